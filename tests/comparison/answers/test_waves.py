import itertools
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from surveykit.comparison.answers.waves import difference_in_differences
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from tests.estimation.agreement import replication_expected

BY = {"group": "akim", "baseline": "appointed", "wave": "wave"}


def panel(effect=0.0, waves=(2021, 2023), settlements=8, seed=4):
    rng = np.random.default_rng(seed)
    parts = []
    for number, wave in enumerate(waves):
        size = rng.integers(8, 30, settlements)
        settlement = np.repeat(np.arange(settlements), size)
        level = np.random.default_rng(9).normal(0, 0.5, settlements)[settlement] + 0.2 * number
        treated = settlement < settlements // 2
        y = 3 + level + effect * treated * (wave == waves[-1]) + rng.normal(0, 1, len(settlement))
        parts.append(
            pd.DataFrame(
                {
                    "settlement": settlement,
                    "wave": wave,
                    "akim": np.where(treated, "elected", "appointed"),
                    "q1": np.clip(np.round(y), 1, 5),
                    "age": rng.integers(18, 80, len(settlement)),
                    "w": rng.uniform(0.5, 3, len(settlement)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def frame():
    return panel()


@pytest.fixture(scope="module")
def result(frame):
    return difference_in_differences(
        SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, adjust_for="age"
    )


def row(result, **keys):
    found = result.table
    for column, value in {"estimand": "person", "term": "unadjusted", **keys}.items():
        found = found[found[column] == value]
    assert len(found) == 1
    return found.iloc[0]


def test_the_person_average_is_the_saturated_regression(result, frame):
    frame = frame.assign(z=(frame["akim"] == "elected") * 1.0, late=(frame["wave"] == 2023) * 1.0)
    for term, extra in (("unadjusted", ""), ("adjusted", " + age")):
        fit = smf.wls(f"q1 ~ z * late{extra}", frame, weights=frame["w"]).fit()
        assert row(result, method="cr2", term=term)["estimate"] == pytest.approx(fit.params["z:late"])
    stata = smf.wls("q1 ~ z * late", frame, weights=frame["w"]).fit(
        cov_type="cluster", cov_kwds={"groups": frame["settlement"]}
    )
    assert row(result, method="cr1s")["std_error"] == pytest.approx(stata.bse["z:late"])
    x = np.column_stack([np.ones(len(frame)), frame["z"] * frame["late"], frame["z"], frame["late"]])
    cr2 = fit_robust(cluster_totals(x, frame["q1"].to_numpy(), frame["w"].to_numpy(), frame["settlement"].to_numpy()))
    assert (row(result, method="cr2")["std_error"], row(result, method="cr2")["df"]) == pytest.approx(
        (cr2.std_errors[1], cr2.df[1])
    )


def cell_means(frame):
    return (
        frame.groupby(["settlement", "wave"])[["q1", "w"]]
        .apply(lambda part: np.average(part["q1"], weights=part["w"]))
        .unstack()
    )


def test_the_settlement_average_is_the_mean_change_and_welch_its_t_test(result, frame):
    change = cell_means(frame)[2023] - cell_means(frame)[2021]
    assert row(result, estimand="settlement", method="cr2")["estimate"] == pytest.approx(
        change[:4].mean() - change[4:].mean()
    )
    from scipy import stats

    assert row(result, estimand="settlement", method="welch")["p_value"] == pytest.approx(
        stats.ttest_ind(change[:4], change[4:], equal_var=False).pvalue
    )
    sets = [np.isin(np.arange(8), chosen) for chosen in itertools.combinations(range(8), 4)]
    drawn = np.array([change[s].mean() - change[~s].mean() for s in sets])
    seen = change[:4].mean() - change[4:].mean()
    assert row(result, estimand="settlement", method="randomization")["p_value"] == pytest.approx(
        np.mean(np.abs(drawn) >= abs(seen) - 1e-10)
    )


@pytest.mark.slow
def test_randomization_of_the_person_average_equals_an_enumeration(result, frame):
    def did(frame, chosen):
        inside, late = frame["settlement"].isin(chosen), frame["wave"] == 2023
        mean = {(a, b): np.average(part["q1"], weights=part["w"]) for (a, b), part in frame.groupby([inside, late])}
        return mean[True, True] - mean[True, False] - mean[False, True] + mean[False, False]

    drawn = np.array([did(frame, chosen) for chosen in itertools.combinations(range(8), 4)])
    found = row(result, method="randomization")
    assert found["estimate"] == pytest.approx(did(frame, range(4)))
    assert found["p_value"] == pytest.approx(np.mean(np.abs(drawn) >= abs(did(frame, range(4))) - 1e-10))
    np.testing.assert_allclose(np.sort(result.randomization["difference"]), np.sort(drawn), atol=1e-10)
    low = found["conf_low"]
    for null, inside in ((low + 1e-6, True), (low - 1e-6, False)):
        shifted = frame.assign(q1=frame["q1"] - null * ((frame["akim"] == "elected") & (frame["wave"] == 2023)))
        moved = np.array([did(shifted, chosen) for chosen in itertools.combinations(range(8), 4)])
        assert (np.mean(np.abs(moved) >= abs(did(shifted, range(4))) - 1e-10) > 0.05) == inside


def test_changes_of_the_groups_and_their_difference(result):
    changes = result.changes.set_index("group")["estimate"]
    assert changes["elected"] - changes["appointed"] == pytest.approx(row(result, method="cr2")["estimate"])
    means = result.groups.set_index(["group", "term"])["estimate"]
    assert means["elected", "2023"] - means["elected", "2021"] == pytest.approx(changes["elected"])


def test_an_effect_is_found(frame):
    strong = difference_in_differences(SurveyDesign(panel(2.0), weight="w", cluster="settlement"), "q1", **BY)
    assert (strong.table["p_value"].dropna() < 0.05).all()


def test_without_earlier_waves_there_is_no_placebo(result):
    assert len(result.placebo) == 0 and "estimate" in result.placebo


def test_earlier_waves_are_placebos():
    frame = panel(1.5, waves=(2019, 2020, 2021, 2023))
    result = difference_in_differences(SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, before=2021)
    assert result.placebo["term"].unique().tolist() == ["2019 to 2021", "2020 to 2021"]
    assert result.facts["before"] == "2021"
    early = frame[frame["wave"] < 2023]
    other = difference_in_differences(
        SurveyDesign(early, weight="w", cluster="settlement"), "q1", **BY, before=2020, after=2021
    )
    mine = result.placebo.query("term == '2020 to 2021' and method == 'cr2' and estimand == 'person'")
    assert mine["estimate"].item() == pytest.approx(row(other, method="cr2")["estimate"])


@pytest.mark.parametrize(("key", "lacking"), [("two", False), ("lacking", True)])
@pytest.mark.parametrize("estimand", ["person", "settlement"])
def test_adjusted_rows_weigh_those_whose_covariates_are_known_as_in_r(ili_like, key, lacking, estimand):
    """R: lm with weights over the complete rows, divided by their sums for the settlement average; clubSandwich CR2."""
    waves = [ili_like.assign(wave=wave, y=ili_like[item]) for wave, item in ((1, "q1"), (2, "q2"))]
    two = pd.concat(waves, ignore_index=True)
    unknown = ((two["hhsize"] == 2) & (two["wave"] == 1)) | ((two["hhsize"] == 5) & (two["wave"] == 2))
    if lacking:
        unknown |= (two["settlement"] == "S03") & (two["wave"] == 1)
    two["z"] = (two["income"] / 1e5).mask(unknown)
    told = (
        pytest.warns(SurveyKitWarning, match="nobody answered 'y' in both waves with all") if lacking else nullcontext()
    )
    with told:
        result = difference_in_differences(
            SurveyDesign(two, weight="w", cluster="settlement"),
            "y",
            group="elected",
            baseline=0,
            wave="wave",
            adjust_for="z",
            methods=["cr2"],
        )
    found = row(result, estimand=estimand, term="adjusted", method="cr2")
    columns = ["estimate", "std_error", "df", "p_value", "n", "n_clusters"]
    assert found[columns].tolist() == pytest.approx(
        list(replication_expected()[f"did.{key}.{estimand}"].values()), rel=1e-8
    )


def test_covariates_known_in_one_wave_only_leave_nothing_to_compare(frame):
    frame = frame.assign(age=frame["age"].mask((frame["akim"] == "elected") & (frame["wave"] == 2021)))
    with pytest.raises(FeasibilityError, match="in both waves with all covariates known, .* fewer covariates"):
        difference_in_differences(SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, adjust_for="age")


def test_a_settlement_without_one_wave_leaves_the_comparison(frame):
    rest = frame[~((frame["settlement"] == 2) & (frame["wave"] == 2023))]
    with pytest.warns(SurveyKitWarning, match=r"nobody answered 'q1' in both waves in settlement\(s\) 2"):
        one = difference_in_differences(
            SurveyDesign(rest, weight="w", cluster="settlement"), "q1", **BY, methods=["cr2"]
        )
    two = difference_in_differences(
        SurveyDesign(frame[frame["settlement"] != 2], weight="w", cluster="settlement"), "q1", **BY, methods=["cr2"]
    )
    assert one.table["estimate"].tolist() == pytest.approx(two.table["estimate"].tolist())
    assert (one.table["n_clusters"] == 7).all()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"before": 2023, "after": 2021}, ArgumentError, "`before` must be an earlier wave than `after`"),
        ({"before": 2020}, ArgumentError, "`before` must be one of"),
        (
            {"wave": "akim", "group": "akim"},
            ArgumentError,
            "`wave` must tell which wave comes first, but 'akim' holds texts",
        ),
        ({"settlement": "q1"}, FeasibilityError, "a cluster of the design must lie in one settlement"),
    ],
)
def test_wrong_arguments_have_their_sentence(frame, change, error, words):
    design = SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.raises(error, match=words):
        difference_in_differences(design, "q1", **{**BY, **change})


def test_a_wave_present_in_one_group_only(frame):
    rest = frame[~((frame["akim"] == "elected") & (frame["wave"] == 2021))]
    with pytest.raises(FeasibilityError, match="no settlement of akim = 'elected' has answers to 'q1' in both waves"):
        difference_in_differences(SurveyDesign(rest, weight="w", cluster="settlement"), "q1", **BY)


def test_a_design_without_clusters_must_name_settlements(frame):
    with pytest.raises(ArgumentError, match="`settlement` must name the column of settlements"):
        difference_in_differences(SurveyDesign(frame, weight="w"), "q1", **BY)


def test_a_group_that_starts_later_is_sent_to_a_lasting_column(frame):
    frame = frame.assign(now=np.where((frame["akim"] == "elected") & (frame["wave"] == 2023), "elected", "appointed"))
    with pytest.raises(FeasibilityError, match=r"'now' varies inside some settlements.*group_time_effects\(\)"):
        difference_in_differences(SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **{**BY, "group": "now"})


KINDS_OF_WAVE = {
    "bool": lambda later: later.to_numpy(bool),
    "boolean": lambda later: later.astype("boolean"),
    "Arrow bool": lambda later: later.astype("bool[pyarrow]"),
    "object": lambda later: later.astype(bool).astype(object),
    "date": lambda later: pd.to_datetime(np.where(later, "2023-05-01", "2021-05-01")),
    "period": lambda later: pd.PeriodIndex(np.where(later, "2023", "2021"), freq="Y"),
    "category of dates": lambda later: pd.Categorical(pd.to_datetime(np.where(later, "2023-05-01", "2021-05-01"))),
    "interval": lambda later: pd.cut(later, [-1, 0, 1]),
    "text": lambda later: np.where(later, "second", "first"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(KINDS_OF_WAVE))
def test_any_ordered_column_can_tell_the_waves(frame, result, kind):
    if kind == "Arrow bool":
        pytest.importorskip("pyarrow", reason="the extra surveykit-settlements[big] is not installed")
    wave = pd.Series(KINDS_OF_WAVE[kind]((frame["wave"] == 2023).astype(int)), index=frame.index)
    design = SurveyDesign(frame.assign(wave=wave), weight="w", cluster="settlement")
    told = {"before": "first", "after": "second"} if kind == "text" else {}  # texts tell no order by themselves
    new = difference_in_differences(design, "q1", **BY, **told, adjust_for="age", methods=["cr2"])
    pd.testing.assert_frame_equal(
        new.table.drop(columns=["p_holm", "p_bh"]).dropna(axis=1),
        result.table.query("method == 'cr2'")
        .reset_index(drop=True)[new.table.columns]
        .drop(columns=["p_holm", "p_bh"])
        .dropna(axis=1),
    )
    named = difference_in_differences(design, "q1", **BY, before=wave.iloc[0], after=wave.iloc[-1], methods=["cr2"])
    assert named.table["estimate"].tolist() == new.table.query("term == 'unadjusted'")["estimate"].tolist()


def test_waves_with_some_unknown_leave_these_respondents_out(frame):
    later = pd.to_datetime(pd.Series(np.where(frame["wave"] == 2023, "2023-05-01", "2021-05-01")))
    unknown = frame.index % 7 == 0
    rows = [
        difference_in_differences(
            SurveyDesign(one, weight="w", cluster="settlement"), "q1", **BY, methods=["cr2"]
        ).table
        for one in (frame.assign(wave=later.mask(unknown)), frame[~unknown])
    ]
    assert rows[0]["estimate"].tolist() == pytest.approx(rows[1]["estimate"].tolist(), rel=1e-12)
    assert rows[0]["n"].tolist() == [int((~unknown).sum())] * 2


def test_the_sentence_names_only_what_was_computed(frame, result):
    design = SurveyDesign(frame, weight="w", cluster="settlement")
    said = difference_in_differences(design, "q1", **BY, methods=["cr2"]).method
    assert "Linearized t" not in said and "Randomization inference" not in said
    assert (
        "Linearized t: settlements as clusters" in result.method
        and "(all 70 assignments of the group to" in result.method
    )


def test_a_second_wave_of_fewer_people_is_compared_with_covariates_too(frame):
    """A settlement of which less than half was asked later used to leave nothing to divide by."""
    rows = np.random.default_rng(2).random(len(frame)) < np.where(frame["wave"] == 2023, 0.25, 1.0)
    few = frame[rows]
    found = difference_in_differences(SurveyDesign(few, weight="w", cluster="settlement"), "q1", **BY, adjust_for="age")
    model = smf.wls("q1 ~ C(akim) * C(wave) + age", few, weights=few["w"]).fit()
    estimate = found.table.query("term == 'adjusted' and estimand == 'person'")["estimate"].iloc[0]
    assert estimate == pytest.approx(model.params.iloc[3], rel=1e-10)
