"""One question, one case: who is judged, counted and told of are those who answered."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from tests.comparison.conftest import BY, small_design


def silenced(design, treated_left, baseline_left=None):
    """The design with the answers to q1 kept in so many settlements of each side only."""
    frame = design.data
    keep = []
    for side, left in (("elected", treated_left), ("appointed", baseline_left)):
        names = sorted(frame.loc[frame["akim"] == side, "settlement"].unique())
        keep += names if left is None else names[:left]
    frame["q1"] = frame["q1"].where(frame["settlement"].isin(keep))
    frame["yes"] = (frame["q1"] >= 4).astype(float).where(frame["q1"].notna())
    return sk.SurveyDesign(frame, weight="w", cluster="settlement")


def two_waves(design):
    frame = pd.concat([design.data.assign(wave=wave) for wave in (2021, 2023)], ignore_index=True)
    return sk.SurveyDesign(frame, weight="w", cluster="settlement")


ASKED = {
    "settlements": lambda design: sk.compare_settlements(design, "q1", **BY, methods=["cr2", "randomization"]),
    "odds": lambda design: sk.compare_odds(design, "yes", **BY, methods=["cr2", "randomization"]),
    "mixed": lambda design: sk.compare_mixed(sk.SurveyDesign(design.data, cluster="settlement"), "q1", **BY),
    "waves": lambda design: sk.difference_in_differences(two_waves(design), "q1", **BY, wave="wave", methods=["cr2"]),
    "any statistic": lambda design: sk.randomization_test(design, "q1", **BY),
    "power": lambda design: sk.minimum_detectable_effect(design, "q1", **BY, draws=20, test="cr2"),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("left", [0, 1])
def test_fewer_than_two_settlements_that_answered_are_refused_everywhere(name, left):
    words = (
        "nobody in akim = 'elected' answered|no settlement of akim = 'elected' has answers"
        if left == 0
        else (r"one side keeps a single settlement \(akim = 'elected'\), because nobody answered .*S01, S02, S03")
    )
    with pytest.raises(FeasibilityError, match=words):
        ASKED[name](silenced(small_design(4), left))


@pytest.mark.parametrize("name", ASKED)
def test_the_verdict_is_on_the_two_settlements_that_answered(name):
    with pytest.warns(SurveyKitWarning, match=r"nobody answered '\w+'.* in settlement\(s\) S02, S03, S04, S05"):
        result = ASKED[name](silenced(small_design(6, 12), 2))
    facts = result.feasibility.facts
    assert (result.feasibility.verdict, facts["n_treated"], facts["n_baseline"]) == ("fragile", 2, 6)
    assert facts["n_assignments"] == 28  # 8 over 2
    assert facts["smallest_p_two_sided"] == pytest.approx(1 / 28)
    assert set(result.table["n_clusters"]) == {8}
    assert "2 settlement(s) in the group 'elected' stand against 6" in result.headline()
    assert "924" not in result.summary()  # the assignments of all twelve


def test_a_split_questionnaire_has_a_verdict_for_each_outcome():
    frame = small_design(6, 12).data
    frame["q2"] = frame["q1"].where(~frame["settlement"].isin(["S02", "S03", "S04", "S05"]))
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning, match="nobody answered 'q2'"):
        result = sk.compare_settlements(design, ["q1", "q2"], **BY)
    verdicts = result.feasibility.table.set_index("outcome")
    assert verdicts["verdict"].to_dict() == {"q1": "sound", "q2": "fragile"}
    assert verdicts["n_assignments"].to_dict() == {"q1": 924, "q2": 28}
    assert result.headline().startswith("Feasibility: FRAGILE. For q2: 2 settlement(s)")
    assert "By outcome: fragile for q2; sound for q1." in result.headline()
    assert "for q1 6 against 6 settlements" in result.method and "for q2 2 against 6 settlements" in result.method
    assert "all 924 assignments of the group to settlements (q1)" in result.method
    assert "all 28 assignments of the group to settlements (q2)" in result.method
    alone = sk.compare_settlements(
        sk.SurveyDesign(frame[frame["q2"].notna()], weight="w", cluster="settlement"), "q2", **BY
    )
    columns = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    assert result.table.query("outcome == 'q2'")[columns].to_numpy() == pytest.approx(
        alone.table[columns].to_numpy(), rel=1e-12, nan_ok=True
    )


def test_covariates_missing_in_settlements_have_their_own_verdict():
    frame = small_design(6, 12).data
    frame["age"] = np.where(frame["settlement"].isin(["S02", "S03", "S04", "S05"]), np.nan, np.arange(len(frame)) % 50)
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning, match="with all covariates known in settlement"):
        result = sk.compare_settlements(design, "q1", **BY, adjust_for="age", methods=["cr2"])
    table = result.feasibility.table.set_index("term")
    assert table["n_group"].to_dict() == {"unadjusted": 6, "adjusted": 2}
    assert table["verdict"].to_dict() == {"unadjusted": "sound", "adjusted": "fragile"}
    assert result.headline().startswith("Feasibility: FRAGILE. 2 settlement(s)")


@pytest.mark.parametrize(("name", "role"), [("akim", "group"), ("settlement", "settlement")])
def test_a_column_has_one_role(name, role):
    frame = small_design(5).data
    frame["settlement"], frame["akim"] = frame["settlement"].str[1:].astype(int), (frame["akim"] == "elected") * 1
    with pytest.raises(ArgumentError, match=f"`outcomes` names '{name}', which is the column of `{role}`"):
        sk.compare_settlements(sk.SurveyDesign(frame), name, group="akim", baseline=0, settlement="settlement")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("early", "late"), [("pre", "post"), ("before", "after"), ("wave 9", "wave 10"), ("первая", "вторая")]
)
def test_texts_tell_no_order_of_waves(early, late):
    frame = pd.concat(
        [small_design(5, seed=k).data.assign(wave=wave) for k, wave in ((1, early), (2, late))], ignore_index=True
    )
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.raises(ArgumentError, match="`wave` must tell which wave comes first, .* pass before= and after="):
        sk.difference_in_differences(design, "q1", **BY, wave="wave")
    frame["number"] = np.where(frame["wave"] == early, 1, 2)
    right = sk.difference_in_differences(
        sk.SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, wave="number", methods=["cr2"]
    ).table
    for told in ({"before": early, "after": late}, {"before": early}, {"after": late}):
        found = sk.difference_in_differences(design, "q1", **BY, wave="wave", **told, methods=["cr2"])
        assert found.table["estimate"].tolist() == pytest.approx(right["estimate"].tolist(), rel=1e-12)
        assert found.title.startswith(f"Change from {early} to {late}")
    with pytest.raises(ArgumentError, match="must be two waves, but both are"):
        sk.difference_in_differences(design, "q1", **BY, wave="wave", before=early, after=early)


def test_means_shown_are_those_that_the_estimate_used():
    frame = pd.concat(
        [small_design(5, seed=k).data.assign(wave=wave) for k, wave in ((1, 2021), (2, 2023))], ignore_index=True
    )
    rest = frame[
        ~((frame["settlement"] == "S00") & (frame["wave"] == 2021))
        & ~((frame["settlement"] == "S09") & (frame["wave"] == 2023))
    ]
    with pytest.warns(SurveyKitWarning, match=r"nobody answered 'q1' in both waves in settlement\(s\) S00, S09"):
        result = sk.difference_in_differences(
            sk.SurveyDesign(rest, weight="w", cluster="settlement"), "q1", **BY, wave="wave", methods=["cr2"]
        )
    means = result.groups.set_index(["group", "term"])["estimate"]
    change = {side: means[side, "2023"] - means[side, "2021"] for side in ("elected", "appointed")}
    assert change["elected"] - change["appointed"] == pytest.approx(result.table["estimate"].iloc[0], rel=1e-12)
    assert (result.feasibility.facts["n_treated"], result.feasibility.facts["n_baseline"]) == (4, 4)
    assert set(result.groups["n_clusters"]) == {4}


def test_uneven_blocks_are_told_and_adjusting_for_them_mends_the_estimate():
    """Blocks of 2 and 6 of 8 treated settlements, answers differ between blocks only: the plain difference is not 0."""
    block = np.repeat([0, 1], 8)
    treated = np.r_[[True] * 2, [False] * 6, [True] * 6, [False] * 2]
    frame = pd.DataFrame({"settlement": np.repeat(np.arange(16), 10)})
    frame["akim"] = np.where(treated[frame["settlement"]], "elected", "appointed")
    frame["zone"] = block[frame["settlement"]]
    frame["y"] = frame["zone"] + np.tile([-1.0, 1], 80) * 0.5
    design = sk.SurveyDesign(frame)
    with pytest.warns(SurveyKitWarning, match="the blocks of 'zone' differ in their share .*adjust_for='zone'"):
        plain = sk.compare_settlements(design, "y", **BY, strata="zone", methods=["randomization"])
    assert plain.table["estimate"].iloc[0] == pytest.approx(0.5)
    held = sk.compare_settlements(design, "y", **BY, strata="zone", adjust_for="zone", methods=["randomization"])
    assert held.table.query("term == 'adjusted'")["estimate"].abs().max() < 1e-9


UNEVEN = pd.DataFrame(
    {
        "s": [f"S{i:02d}" for i in range(12)],
        "zone": np.repeat(["A", "B"], 6),
        "akim": np.where([1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0], "elected", "appointed"),
        "y": [1, 1.2, 1.1, 1.3, 1.4, 1.5, 4, 4.1, 4.2, 4.3, 4.4, 4.9],
    }
)


@pytest.mark.parametrize("sign", [1, -1])
def test_uneven_blocks_are_held_against_what_is_expected_inside_them(sign):
    """All 36 ways: one of six in A, five of six in B. The elected are the lowest of both blocks, which is the extreme."""
    y = sign * UNEVEN["y"].to_numpy()
    drawn, ranks = [], []
    order = pd.Series(y).rank().to_numpy()
    for a, b in itertools.product(range(6), range(6, 12)):
        side = np.zeros(12, dtype=bool)
        side[[a, *[place for place in range(6, 12) if place != b]]] = True
        drawn.append(y[side].mean() - y[~side].mean())
        ranks.append(order[side].sum())
    seen = [
        y[UNEVEN["akim"] == "elected"].mean() - y[UNEVEN["akim"] != "elected"].mean(),
        order[UNEVEN["akim"] == "elected"].sum(),
    ]
    expected = [
        np.mean(np.abs(d - np.mean(d)) >= abs(s - np.mean(d)) - 1e-9) for d, s in ((drawn, seen[0]), (ranks, seen[1]))
    ]
    assert expected == pytest.approx([1 / 36, 2 / 36])
    by = {"group": "akim", "baseline": "appointed", "settlement": "s", "strata": "zone"}
    design = sk.SurveyDesign(UNEVEN.assign(y=y))
    with pytest.warns(SurveyKitWarning, match="blocks of 'zone' differ in their share"):
        rows = sk.compare_settlements(design, "y", **by, methods=["randomization", "randomization_studentized"]).table
    assert rows["p_value"].tolist() == pytest.approx([1 / 36] * 4)
    low, high = rows.query("method == 'randomization'")[["conf_low", "conf_high"]].iloc[0]
    for null, inside in ((low - 0.01, False), (low + 0.01, True), (high - 0.01, True), (high + 0.01, False)):
        shifted = (
            y - null * (UNEVEN["akim"] == "elected").to_numpy()
        )  # the interval is of constant effects, by definition
        moved = []
        for a, b in itertools.product(range(6), range(6, 12)):
            side = np.zeros(12, dtype=bool)
            side[[a, *[place for place in range(6, 12) if place != b]]] = True
            moved.append(shifted[side].mean() - shifted[~side].mean())
        real = (UNEVEN["akim"] == "elected").to_numpy()
        far = abs(shifted[real].mean() - shifted[~real].mean() - np.mean(moved))
        assert (np.mean(np.abs(np.array(moved) - np.mean(moved)) >= far - 1e-9) > 0.05) == inside
    with pytest.warns(SurveyKitWarning, match="blocks of 'zone' differ in their share"):
        assert sk.randomization_test(design, "y", **by).table["p_value"].item() == pytest.approx(2 / 36)


def test_blocks_are_told_of_as_they_are_among_those_who_answered():
    frame = small_design(6, 12).data
    frame["zone"] = np.where(frame["settlement"].isin(["S00", "S01", "S02", "S06", "S07", "S08"]), "A", "B")
    assert sk.compare_settlements(sk.SurveyDesign(frame), "q1", **BY, strata="zone", methods=["cr2"]).feasibility
    frame["q1"] = frame["q1"].where(~frame["settlement"].isin(["S09", "S10"]))
    with pytest.warns(SurveyKitWarning) as told:
        sk.compare_settlements(sk.SurveyDesign(frame), "q1", **BY, strata="zone", methods=["cr2"])
    assert any(
        "among the settlements that answered 'q1' the blocks of 'zone' differ" in str(one.message) for one in told
    )


@pytest.mark.slow
@pytest.mark.parametrize("extra", ["a district not asked", "one level of two people who skipped", "a copy"])
def test_covariates_are_those_of_people_who_answered(extra):
    frame = small_design(6, 12).data
    place = frame["settlement"].str[1:].astype(int)
    frame["zone"] = np.array(["A", "B", "C"])[place % 3]
    frame["age"] = np.arange(len(frame)) % 7
    held = ["zone", "age"]
    if extra == "a district not asked":
        frame["q1"] = frame["q1"].where(frame["zone"] != "C")
    elif extra == "a copy":
        frame["again"] = 2 * frame["age"] + 1
        held.append("again")
    else:
        frame.loc[[3, 100], "zone"] = "D"
        frame.loc[[3, 100], "q1"] = np.nan
    asked = frame[frame["q1"].notna()].drop(columns="again", errors="ignore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sk.compare_settlements(sk.SurveyDesign(frame, weight="w"), "q1", **BY, adjust_for=held).table
        right = sk.compare_settlements(sk.SurveyDesign(asked, weight="w"), "q1", **BY, adjust_for=["zone", "age"]).table
        numbers = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
        assert found[numbers].to_numpy() == pytest.approx(right[numbers].to_numpy(), rel=1e-8, nan_ok=True)
        mixed = [
            sk.compare_mixed(sk.SurveyDesign(data), "q1", **BY, adjust_for=names).table["p_value"].tolist()
            for data, names in ((frame, held), (asked, ["zone", "age"]))
        ]
        assert mixed[0] == pytest.approx(mixed[1], rel=1e-6)


def test_a_placebo_has_its_own_words_and_verdict():
    frame = pd.concat(
        [small_design(6, 12, seed=k).data.assign(wave=wave) for k, wave in ((1, 2017), (2, 2019), (3, 2021))],
        ignore_index=True,
    )
    frame["q1"] = frame["q1"].where(~((frame["wave"] == 2017) & frame["settlement"].isin(["S02", "S03", "S04", "S05"])))
    with pytest.warns(
        SurveyKitWarning, match="in the placebo from 2017 to 2019: nobody answered 'q1' in both waves"
    ) as told:
        result = sk.difference_in_differences(
            sk.SurveyDesign(frame, weight="w", cluster="settlement"),
            "q1",
            **BY,
            wave="wave",
            before=2019,
            after=2021,
            methods=["cr2"],
        )
    assert len(told) == 1
    assert "Placebo of q1 from 2017 to 2019: 2 against 6 settlements, fragile." in result.method
    assert set(result.table["n_clusters"]) == {12}
