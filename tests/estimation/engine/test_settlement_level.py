"""Every general test tells of groups of few clusters, and gives no error that one cluster cannot give."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.estimation.engine.settlement_level import find_sides

N = 6
"""Respondents of each of ten settlements, as in tests/reference/settlement_level_reference.R."""


def answers(n_settlements=10) -> pd.DataFrame:
    k = np.arange(n_settlements * N)
    place = k // N
    return pd.DataFrame(
        {
            "settlement": [f"S{one:03d}" for one in place],
            "sex": k % 2,
            "w": 1.0 + k % 3,
            "y": ((7 * k) % 11 + place % 4).astype(float),
            "one": (place < 1).astype(int),
            "two": (place < 2).astype(int),
        }
    ).assign(high=lambda frame: (frame["y"] > 6).astype(float))


def design_of(frame, **more):
    return sk.SurveyDesign(frame, weight="w", cluster="settlement", **more)


def by_levels(design, group):
    shown = sk.shares(design, "high", by=group)
    return sk.contrast(shown, np.where(shown.table["level"] == "1", 1, 0) * np.array([-1, -1, 1, 1]))


TESTS = {
    "t_test": lambda design, group: sk.t_test(design, "y", group),
    "rank_test": lambda design, group: sk.rank_test(design, "y", group),
    "median": lambda design, group: sk.rank_test(design, "y", group, "median"),
    "trend_test": lambda design, group: sk.trend_test(design, "y", group),
    "trend of ranks": lambda design, group: sk.trend_test(design, "y", group, of="rank"),
    "rao_scott_test": lambda design, group: sk.rao_scott_test(design, "high", group),
    "rao_scott_test turned": lambda design, group: sk.rao_scott_test(design, group, "high"),
    "rao_scott_test wald": lambda design, group: sk.rao_scott_test(design, "high", group, statistic="wald"),
    "rao_scott_test lincom": lambda design, group: sk.rao_scott_test(design, "high", group, statistic="lincom"),
    "compare_groups": lambda design, group: sk.compare_groups(design, "y", group=group, baseline=0),
    "compare_groups adjusted": lambda design, group: sk.compare_groups(
        design, "y", group=group, baseline=0, adjust_for="age"
    ),
    "contrast of means": lambda design, group: sk.contrast(sk.means(design, "y", by=group), [-1, 1]),
    "ratio of means": lambda design, group: sk.contrast(sk.means(design, "y", by=group), lambda m: m[1] / m[0]),
    "contrast of shares": by_levels,
    "contrast of ratios": lambda design, group: sk.contrast(sk.ratios(design, [("y", "w")], by=group), [-1, 1]),
    "fit_model": lambda design, group: coefficient(sk.fit_model(f"y ~ {group} + age", design), group),
    "fit_model logit": lambda design, group: coefficient(
        sk.fit_model(f"high ~ {group} + age", design, "binomial"), group
    ),
    "fit_model ordinal": lambda design, group: coefficient(
        sk.fit_model(f"third ~ {group} + age", design, "ordinal"), group
    ),
    "term_test": lambda design, group: sk.term_test(sk.fit_model(f"y ~ {group} + age", design), group),
    "average_marginal_effects": lambda design, group: coefficient(
        sk.average_marginal_effects(sk.fit_model(f"high ~ {group} + age", design, "binomial")), f"{group}: 1 - 0"
    ),
    "contrast of a model": lambda design, group: sk.contrast(sk.fit_model(f"y ~ {group} + age", design), {group: 1}),
    "contrast of predictions": lambda design, group: sk.contrast(
        sk.average_predictions(sk.fit_model(f"y ~ {group} + age", design), group), [-1, 1]
    ),
    "contrast of a contrast": lambda design, group: sk.contrast(
        sk.contrast(sk.means(design, "y", by=group), [-1, 1]), [2]
    ),
}
UNKNOWN = ("std_error", "p_value", "conf_low", "conf_high", "statistic")


class coefficient:
    """One row of a result."""

    def __init__(self, result, term):
        self.table, self.method = result.table[result.table["term"] == term], result.method


def said_by(call, *args):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = call(*args)
    # what means() says of the mean of a single cluster is held by its own tests
    of_a_mean = ("no interval can be given", "all who answered there are of one cluster")
    return result, [str(one.message) for one in said if not any(words in str(one.message) for words in of_a_mean)]


def more_of(frame):
    rng = np.random.default_rng(5)
    return frame.assign(age=rng.integers(20, 80, len(frame)), third=np.digitize(frame["y"], [4, 8]))


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("answering", [1, 2])
def test_who_answered_decides_what_is_said_and_given(name, answering):
    # three of ten settlements are elected by the column; those who answered are of one or two of them
    frame = more_of(answers())
    frame["akim"] = (frame["settlement"] < "S003").astype(int)
    silent = frame["settlement"].isin(["S000", "S001"][: 3 - answering])
    frame.loc[silent, ["y", "high", "third"]] = np.nan
    result, said = said_by(TESTS[name], design_of(frame), "akim")
    assert len(said) == 1, said
    assert "compare_settlements()" in said[0] and "many clusters" in said[0]
    counts = f"has {answering} cluster" if "fit_model" not in said[0] else f"has {answering} and 7 clusters"
    assert counts in said[0]
    of_model = name in ("term_test", "average_marginal_effects", "contrast of a model", "contrast of predictions")
    if not name.startswith("contrast of") or name in ("contrast of means", "contrast of shares", "contrast of ratios"):
        assert said[0].split(".")[0] in result.method
    if "estimate" in result.table and "rao" not in name and name != "term_test":
        assert result.table["estimate"].notna().all() or of_model
    if answering == 1:
        shown = result.table.reindex(columns=UNKNOWN)
        assert shown.isna().all(axis=None), shown
    else:
        assert result.table["p_value"].notna().all()


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("answering", [1, 2])
def test_a_group_that_varies_inside_clusters_needs_no_word(name, answering):
    frame = more_of(answers())
    frame.loc[frame["settlement"].isin(["S000", "S001"][: 3 - answering]), ["y", "high", "third"]] = np.nan
    result, said = said_by(TESTS[name], design_of(frame), "sex")
    assert said == []
    assert result.table["p_value"].notna().all()
    assert "compare_settlements" not in result.method


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in TESTS
        if not name.startswith(("fit_", "term", "average"))
        and name not in ("contrast of a model", "contrast of predictions")
    ],
)
def test_nobody_of_a_side_answered(name):
    frame = more_of(answers())
    frame.loc[frame["one"] == 1, ["y", "high", "third"]] = np.nan
    try:
        result, _ = said_by(TESTS[name], design_of(frame), "one")
    except sk.SurveyKitError:
        return
    assert result.table["p_value"].isna().all()


@pytest.mark.slow
@pytest.mark.parametrize("conventions", ["r-survey", "stata", "spss", "svy"])
@pytest.mark.parametrize("name", TESTS)
def test_another_packages_number_is_given_with_the_warning(name, conventions):
    design = design_of(more_of(answers()), conventions=conventions)
    result, said = said_by(TESTS[name], design, "one")
    assert len(said) == 1 and "compare_settlements()" in said[0] and f"conventions '{conventions}'" in said[0]
    assert result.table["p_value"].notna().all()


# R survey 4.1, tests/reference/settlement_level_reference.R: difference, error, t, p; F, p. R prints 12 digits.
R = {
    "one": (-2.2407407407407, 0.4640818669197, -4.8283307331382, 0.0013074089068, 21.52211870520048, 0.00122065717703),
    "two": (
        -2.572916666666667,
        0.409939178669633,
        -6.276337565529843,
        0.000238806744357,
        31.96700721447089,
        0.00031203318331,
    ),
}


@pytest.mark.parametrize("group", R)
def test_what_other_conventions_give_equals_r(group):
    design = design_of(answers(), conventions="r-survey")
    estimate, error, t, p, f, p_f = R[group]
    test, _ = said_by(sk.t_test, design, "y", group)
    model, _ = said_by(sk.fit_model, f"y ~ {group}", design)
    table, _ = said_by(sk.rao_scott_test, design, "high", group)
    assert test.table[["estimate", "std_error", "statistic", "p_value"]].iloc[0].tolist() == pytest.approx(
        [estimate, error, t, p], rel=1e-10
    )
    assert model.table[["estimate", "std_error", "statistic", "p_value"]].iloc[1].tolist() == pytest.approx(
        [estimate, error, t, p], rel=1e-10
    )
    assert table.table[["statistic", "p_value"]].iloc[0].tolist() == pytest.approx([f, p_f], rel=1e-10)


def test_the_coefficient_beside_a_lone_one_keeps_the_error_that_r_gives():
    model, _ = said_by(sk.fit_model, "y ~ one + sex", design_of(answers()))
    row = model.table.set_index("term").loc["sex"]
    assert row[["estimate", "std_error", "statistic", "p_value"]].tolist() == pytest.approx(
        [0.0333333333333, 0.7126718982589, 0.0467723414025, 0.9640010966526], rel=1e-9
    )


@pytest.mark.parametrize(
    ("term", "lone"),
    [
        ("C(one)", {"C(one)[T.1]"}),
        ("C(one, Treatment(1))", {"Intercept", "C(one, Treatment(1))[T.0]"}),
        ("C(one, Sum)", {"Intercept", "C(one, Sum)[S.0]"}),
        ("0 + C(one)", {"C(one)[1]"}),
        ("I(3 - 2 * one)", {"Intercept", "I(3 - 2 * one)"}),
        ("one * sex", {"one", "one:sex"}),
        ("one:sex + sex", {"one:sex"}),
        ("kind", {"kind[T.b]"}),
        ("I(one * 1e6 + 20231105)", {"Intercept", "I(one * 1e6 + 20231105)"}),
    ],
)
def test_a_coefficient_is_known_from_one_cluster_whatever_the_coding(term, lone):
    # by hand: which coefficients change when any number is added to all answers of S000
    frame = answers().assign(
        kind=lambda frame: np.select([frame["settlement"] == "S000", frame["settlement"] < "S004"], ["b", "c"], "a")
    )
    model, said = said_by(sk.fit_model, f"y ~ {term}", design_of(frame))
    assert len([one for one in said if "leaves nothing" not in one]) <= 1
    assert set(model.table.loc[model.table["std_error"].isna(), "term"]) == lone


def test_a_model_with_a_term_for_every_settlement_keeps_what_varies_inside():
    model, _ = said_by(sk.fit_model, "high ~ C(settlement) + age", design_of(more_of(answers())), "binomial")
    error = model.table.set_index("term")["std_error"]
    assert error["age"] > 0 and error.drop("age").isna().all()
    effect, said = said_by(sk.average_marginal_effects, model, "age")
    assert effect.table["std_error"].item() > 0 and said == []


def sides(frame, group, **roles):
    codes = frame[group].to_numpy()
    return find_sides(
        sk.SurveyDesign(frame, **{"cluster": "settlement"} | roles), codes, list("abc")[: codes.max() + 1]
    )


@pytest.mark.parametrize(
    ("clusters", "treated", "few"),
    [(40, 20, False), (40, 19, True), (100, 20, False), (39, 20, True), (1000, 19, True), (12, 6, True)],
)
def test_fewer_than_twenty_on_a_side_are_few(clusters, treated, few):
    frame = answers(clusters).assign(g=lambda frame: (frame["settlement"] < f"S{treated:03d}").astype(int))
    found = sides(frame, "g")
    assert found.few == few and found.settlement_level and found.clusters == {"a": clusters - treated, "b": treated}


@pytest.mark.parametrize(("each", "few"), [(9, True), (10, False)])
def test_whole_strata_may_be_ten(each, few):
    frame = answers(2 * each).assign(g=lambda frame: (frame["settlement"] < f"S{each:03d}").astype(int))
    assert sides(frame, "g", stratum="g").few == few
    assert sides(frame, "g").few
    # two regions to a group: still whole strata; a stratum with both groups: not
    frame["region"] = frame["settlement"].str[-1].isin(list("02468")) * 2 + frame["g"]
    assert sides(frame, "g", stratum="region").few == few
    frame["region"] = frame["settlement"].str[-1].isin(list("02468"))
    assert sides(frame, "g", stratum="region").few


@pytest.mark.slow
def test_households_and_designs_without_clusters_are_left_alone():
    frame = answers(60).groupby("settlement").head(2).assign(g=lambda frame: (frame["settlement"] < "S010").astype(int))
    assert not sides(frame, "g").few  # sixty households of two
    assert sides(frame[frame["settlement"] < "S030"], "g").few  # thirty
    assert not sides(answers().assign(g=answers()["one"]), "g", cluster=()).settlement_level
    for test in TESTS.values():
        result, said = said_by(test, sk.SurveyDesign(more_of(answers()), weight="w"), "one")
        assert said == [] and result.table["p_value"].notna().all()


def test_some_typed_wrong_hide_no_settlement():
    frame = answers().assign(g=answers()["one"])
    frame.loc[N, "g"] = 1  # one of S001 counts as elected
    found = sides(frame, "g")
    assert found.settlement_level and found.apart == 1 and found.clusters == {"a": 9, "b": 1} and found.lone
    for name in ("t_test", "rank_test", "rao_scott_test", "compare_groups", "contrast of means", "contrast of shares"):
        result, said = said_by(TESTS[name], design_of(frame), "g")
        assert "hardly varies (1 respondents differ" in said[0] and result.table["p_value"].isna().all(), name


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_group_of_respondents_is_never_taken_for_one_of_clusters(seed):
    rng = np.random.default_rng(seed)
    frame = answers().assign(g=rng.integers(0, 2, 10 * N))
    assert not sides(frame, "g").settlement_level  # that an intraclass correlation of .8 comes by chance: below 1e-9


def test_groups_that_stand_alone_in_their_strata_have_no_error():
    frame = answers().assign(
        g=answers()["two"], zone=lambda frame: np.where(frame["settlement"] < "S002", frame["settlement"], "rest")
    )
    design = sk.SurveyDesign(frame, cluster="settlement", stratum="zone", lonely_psu="adjust")
    for test in ("t_test", "compare_groups", "contrast of means"):
        result, said = said_by(TESTS[test], design, "g")
        assert "clusters that stand alone in their strata" in said[0]
        assert result.table[["std_error", "p_value"]].isna().all(axis=None)


def test_a_block_of_one_and_one_keeps_its_error():
    # ten blocks with one settlement of each kind: each mean has no degrees of freedom, the difference has ten
    frame = answers(20).assign(
        g=lambda frame: frame["settlement"].str[-1].isin(list("13579")).astype(int),
        block=lambda frame: frame["settlement"].str[2] + frame["settlement"].str[3].astype(int).floordiv(2).astype(str),
    )
    design = sk.SurveyDesign(frame, cluster="settlement", stratum="block")
    result, said = said_by(sk.t_test, design, "y", "g")
    assert result.table["df"].item() == 9 and result.table["p_value"].notna().item()
    assert "has 10 clusters and" in said[0] and "no error" not in said[0]


def test_a_mean_of_one_cluster_has_no_error_and_r_prints_its_zero():
    design = design_of(answers())
    for estimate in (lambda d: sk.means(d, "y", by="one"), lambda d: sk.shares(d, "high", by="one")):
        table = said_by(estimate, design)[0].table
        assert table.loc[table["group"] == "1", ["std_error", "conf_low", "conf_high"]].isna().all(axis=None)
        assert (table.loc[table["group"] == "0", "std_error"] > 0).all()
        ours = said_by(estimate, design.with_conventions("r-survey"))[0].table
        assert ours.loc[ours["group"] == "1", "std_error"].to_numpy() == pytest.approx(0, abs=1e-12)
    assert said_by(sk.totals, design, "y")[0].table["std_error"].item() > 0


def test_a_sum_of_totals_is_the_total():
    design = design_of(answers())
    parts, _ = said_by(lambda: sk.totals(design, "y", by="one"))
    whole, said = said_by(lambda: sk.contrast(parts, [1, 1]))
    assert said == []
    assert whole.table["std_error"].item() == pytest.approx(sk.totals(design, "y").table["std_error"].item(), rel=1e-12)
    average, said = said_by(lambda: sk.contrast(said_by(lambda: sk.means(design, "y", by="one"))[0], [0.5, 0.5]))
    assert np.isnan(average.table["std_error"].item()) and "has one cluster" in said[0]
    assert "compare_settlements" not in said[0]  # an average holds nothing against another


def test_an_interaction_with_a_group_of_clusters_has_its_sides():
    design = design_of(answers())
    cells = sk.means(design, "y", by=["two", "sex"])
    result, said = said_by(lambda: sk.contrast(cells, [1, -1, -1, 1]))
    assert "has 2 clusters and '0, 0, 0, 1' 8" in said[0] and result.table["p_value"].notna().item()
    inside, said = said_by(lambda: sk.contrast(cells, [1, -1, 0, 0]))
    assert said == [] and inside.table["p_value"].notna().item()


def test_one_respondent_or_one_village_of_a_mixed_group():
    frame = more_of(answers()).assign(
        kind=lambda frame: ((frame["settlement"] == "S003") & (frame["sex"] == 1)).astype(int)
    )
    for test in ("t_test", "rank_test", "compare_groups", "compare_groups adjusted", "contrast of means", "fit_model"):
        result, said = said_by(TESTS[test], design_of(frame), "kind")
        assert len(said) == 1 and "compare_settlements" not in said[0], test
        assert result.table[["std_error", "p_value"]].isna().all(axis=None), test
    frame["kind"] = (np.arange(len(frame)) == 7).astype(int)
    for roles in ({"cluster": "settlement"}, {}):
        for test in ("t_test", "rank_test", "compare_groups", "contrast of means"):
            result, said = said_by(TESTS[test], sk.SurveyDesign(frame, **roles), "kind")
            assert "has one respondent" in said[0] and result.table["p_value"].isna().all()


def test_several_outcomes_and_groups_have_one_warning():
    frame = more_of(answers()).assign(
        kind=lambda frame: np.select([frame["settlement"] == "S000", frame["settlement"] < "S005"], [0, 1], 2),
        other=lambda frame: frame["y"] + 1,
    )
    frame.loc[frame["settlement"] == "S009", "other"] = np.nan
    design = design_of(frame)
    result, said = said_by(lambda: sk.compare_groups(design, ["y", "high", "other"], group="kind", baseline=2))
    assert len(said) == 1
    assert "of those who answered 'y', 'high', '0' has 1 cluster and '2' 5" in said[0]
    assert "of those who answered 'other', '0' has 1 cluster and '2' 4" in said[0]
    lone = result.table["group"] == "0"
    assert result.table.loc[lone, "p_value"].isna().all() and result.table.loc[~lone, "p_value"].notna().all()
    for test in (
        lambda: sk.rank_test(design, "y", "kind", "kruskal-wallis"),
        lambda: sk.rao_scott_test(design, ["high", "third"], "kind"),
    ):
        table, said = said_by(test)
        assert len(said) == 1 and table.table["p_value"].isna().all()
    slope, said = said_by(sk.trend_test, design, "y", "kind")
    assert len(said) == 1 and slope.table["p_value"].notna().all()


def test_numbers_that_are_constant_in_clusters_are_told_of():
    frame = more_of(answers(60)).assign(people=lambda frame: frame["settlement"].str[1:].astype(int) * 10.0 + 300)
    few = frame["settlement"] < "S039"
    _, said = said_by(lambda: sk.fit_model("y ~ people + age", design_of(frame), where=few))
    assert "'people' takes one value in each of 39 clusters" in said[0]
    _, said = said_by(lambda: sk.fit_model("y ~ people + age", design_of(frame)))
    assert said == []


def test_the_n_of_a_contrast_counts_everybody_behind_it_once():
    frame = more_of(answers())
    frame.loc[:4, "high"] = np.nan
    design = design_of(frame)
    assert sk.contrast(sk.means(design, "y", by="sex"), [-1, 1]).table["n"].item() == 60
    both = sk.contrast(sk.means(design, ["y", "high"]), [-1, 1]).table
    assert both["n"].item() == 60 and both["n_weighted"].item() == frame["w"].sum()
    cells = sk.means(design, ["y", "high"], by="sex")  # y of women with high of men
    mixed = sk.contrast(cells, [1, 0, 0, -1]).table
    assert mixed["n"].item() == 30 + frame.loc[frame["sex"] == 1, "high"].notna().sum()
    shown = sk.shares(design, "high", by="sex")
    assert sk.contrast(shown, [-1, 0, 1, 0]).table["n"].item() == frame["high"].notna().sum()
    again = sk.contrast(sk.contrast(cells, [1, 0, 0, -1]), [1])
    assert again.table["n"].item() == mixed["n"].item()
    by_ratio = sk.ratios(design, [("y", "w")], by="sex")
    assert sk.contrast(by_ratio, [-1, 1]).table["n"].item() == 60


@pytest.mark.slow
@pytest.mark.parametrize("treated", [1, 2])
def test_nothing_is_printed_under_the_null_without_the_warning(treated):
    # settlement SD .8, residual SD 1, ten of ten: the general tests reject 50 and 16 % here (Monte Carlo error 3 points)
    rng = np.random.default_rng(treated)
    rejected = []
    for _ in range(60):
        frame = pd.DataFrame(
            {
                "settlement": np.repeat(np.arange(10), 10),
                "y": np.repeat(rng.normal(0, 0.8, 10), 10) + rng.normal(size=100),
            }
        )
        frame["g"] = (frame["settlement"] < treated).astype(int)
        frame["high"] = (frame["y"] > 0).astype(int)
        design = sk.SurveyDesign(frame, cluster="settlement")
        for test in ("t_test", "rank_test", "rao_scott_test", "compare_groups", "contrast of means", "trend_test"):
            result, said = said_by(TESTS[test], design, "g")
            assert len(said) == 1 and "compare_settlements()" in said[0]
            rejected.append((result.table["p_value"] < 0.05).any())
    assert (np.mean(rejected) == 0) if treated == 1 else (np.mean(rejected) > 0.1)


@pytest.mark.parametrize("clusters", [{"cluster": "area"}, {}])
def test_groups_of_whole_strata_say_of_what_they_speak(clusters):
    # settlements as strata, areas inside them as clusters: nothing warns, the method says what the test is about
    frame = more_of(answers(40)).assign(
        area=lambda frame: frame["settlement"],
        stratum=lambda frame: frame["settlement"].str[3].astype(int),
        akim=lambda frame: (frame["settlement"].str[3].astype(int) < 4).astype(int),
    )
    design = sk.SurveyDesign(frame, weight="w", stratum="stratum", **clusters)
    for name in ("t_test", "rank_test", "compare_groups", "contrast of means", "fit_model"):
        result, said = said_by(TESTS[name], design, "akim")
        assert said == [] and result.table["p_value"].notna().all()
        assert "'akim' does not vary inside the strata (stratum)" in result.method
        assert "inside the strata" not in said_by(TESTS[name], design, "sex")[0].method


def test_a_number_of_persons_who_are_their_own_clusters_is_none_of_settlements():
    frame = more_of(answers()).assign(settlement=lambda frame: np.arange(len(frame)))
    _, said = said_by(
        lambda: sk.fit_model("y ~ age", sk.SurveyDesign(frame, cluster="settlement"), where=frame.index < 30)
    )
    assert said == []
