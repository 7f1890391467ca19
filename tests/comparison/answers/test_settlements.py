import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.methods.multiplicity import adjust_p_values
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError, SurveyKitWarning
from surveykit.results import GLOSSARY
from surveykit.survey import Provenance, Survey
from tests.comparison.conftest import BY, ILI, small_design


def row(ili_result, **keys):
    keys = {"outcome": "q1", "estimand": "person", "term": "unadjusted", **keys}
    found = ili_result.table
    for column, value in keys.items():
        found = found[found[column] == value]
    assert len(found) == 1
    return found.iloc[0]


def test_blocks_restrict_the_assignments(ili_design, expected):
    value = expected["randomisation.person_weighted.within_strata"]["value"]
    with pytest.warns(SurveyKitWarning, match="the blocks of 'stratum' differ in their share"):
        found = compare_settlements(ili_design, "q1", **ILI, strata="stratum", methods=["randomization"])
    drawn = found.randomization.query("estimand == 'person'")
    tie = 1e-9  # the reference counts distances from 0, which with such blocks is not what the difference varies around
    assert np.mean(drawn["difference"].abs() >= drawn["observed"].abs() - tie) == pytest.approx(value["p_two_sided"])
    middle = drawn["difference"].mean()
    far = np.mean((drawn["difference"] - middle).abs() >= (drawn["observed"] - middle).abs() - tie)
    assert row(found, method="randomization")["p_value"] == pytest.approx(far)
    assert "all 54 assignments of the group to settlements within blocks of stratum" in found.method
    assert len(found.randomization) == 2 * 54


@pytest.mark.slow
def test_point_estimates_equal_statsmodels(ili_result, ili_like):
    frame = ili_like.dropna(subset=["q1"]).copy()
    frame["v"] = frame["w"] / frame.groupby("settlement")["w"].transform("sum")
    for estimand, weight in (("person", "w"), ("settlement", "v")):
        for term, extra in (("unadjusted", ""), ("adjusted", " + C(sex) + C(ageband) + C(educ)")):
            theirs = smf.wls(f"q1 ~ elected{extra}", frame, weights=frame[weight]).fit()
            assert row(ili_result, method="cr2", estimand=estimand, term=term)["estimate"] == pytest.approx(
                theirs.params["elected"], rel=1e-9
            )


def test_the_table_has_the_glossary_and_the_family_columns(ili_result):
    table = ili_result.table
    assert list(table.columns) == [*GLOSSARY, "p_holm", "p_bh", "p_wy"]
    cr2 = table[(table["method"] == "cr2") & (table["estimand"] == "person") & (table["term"] == "adjusted")]
    np.testing.assert_allclose(cr2["p_holm"], adjust_p_values(cr2["p_value"], "holm"))
    np.testing.assert_allclose(cr2["p_bh"], adjust_p_values(cr2["p_value"], "bh"))
    randomized = table[table["method"] == "randomization"]
    assert randomized["p_wy"].notna().all() and (randomized["p_wy"] >= randomized["p_value"] - 1e-12).all()
    assert table.loc[table["method"] == "cr2", "p_wy"].isna().all()
    assert (table["n_clusters"] == 10).all()


def test_swapping_the_groups_flips_the_sign(ili_design, ili_result):
    other = compare_settlements(ili_design, "q1", **{**ILI, "baseline": "elected"}, methods="everyday")
    for method in ("cr2", "randomization", "wild", "cr3"):
        here, there = row(ili_result, method=method), row(other, method=method)
        assert there["estimate"] == pytest.approx(-here["estimate"])
        assert there["p_value"] == pytest.approx(here["p_value"])
        assert there["conf_low"] == pytest.approx(-here["conf_high"], abs=1e-6)


def test_doubling_the_weights_and_shuffling_the_rows_changes_nothing(ili_design, ili_result):
    frame = ili_design.data.sample(frac=1, random_state=3)
    frame["w"] = 2 * frame["w"]
    again = SurveyDesign(Survey(frame, ili_design.survey.codebook), weight="w", cluster="settlement", stratum="stratum")
    with pytest.warns(SurveyKitWarning, match="no degrees of freedom left"):
        other = compare_settlements(again, ["q1"], **ILI, adjust_for=["sex", "ageband", "educ"])
    mine = ili_result.table[ili_result.table["outcome"] == "q1"]
    for column in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
        np.testing.assert_allclose(other.table[column].astype(float), mine[column].astype(float), rtol=1e-7)


def test_the_data_of_the_caller_stay_as_they_were(ili_design):
    before = ili_design.data.copy(deep=True)
    compare_settlements(ili_design, "q1", **ILI, methods=["cr2"])
    pd.testing.assert_frame_equal(ili_design.data, before)


def test_group_means_and_missing_answers_are_told(ili_result, ili_like):
    means = ili_result.groups[(ili_result.groups["outcome"] == "q1") & (ili_result.groups["estimand"] == "person")]
    by = (
        ili_like.dropna(subset=["q1"])
        .groupby("elected")[["q1", "w"]]
        .apply(lambda part: np.average(part["q1"], weights=part["w"]))
    )
    assert means.set_index("group")["estimate"].to_dict() == pytest.approx({"elected": by[1], "appointed": by[0]})
    missing = ili_result.missing[ili_result.missing["outcome"] == "q1"]
    assert missing["n"].sum() == ili_like["q1"].isna().sum()


@pytest.mark.slow
def test_the_summary_has_what_was_found_and_then_the_verdict(ili_result):
    found, verdict = ili_result.summary().splitlines()[:2]
    assert found == ili_result.finding()
    assert verdict.startswith("Feasibility: SOUND. For q1: 5 settlement(s) in the group 'elected' stand against 5")
    assert ili_result._repr_html_().startswith("<p><strong>Feasibility: SOUND")
    assert "Feasibility: sound" in ili_result.to_latex()
    assert ili_result.glance()["verdict"].item() == "sound"
    for words in (
        "settlements and not respondents are the units of inference",
        "weighted by w",
        "all 1,024 Rademacher signs",
        "all 252 assignments",
        "smallest attainable two-sided p is 0.008",
        "within the 3 strata of stratum",
        "hold sex, ageband, educ equal",
    ):
        assert words in ili_result.method


def test_one_treated_settlement_is_refused_and_on_request_marked():
    design = small_design(1)
    with pytest.raises(
        FeasibilityError, match=r"akim = 'elected' has one, of 10: .*allow_single=True.*smallest p is 0.1"
    ):
        compare_settlements(design, "q1", **BY)
    result = compare_settlements(design, "q1", **BY, allow_single=True)
    table = result.table.set_index("method")
    assert result.feasibility.verdict == "cannot answer"
    found, verdict = result.summary().splitlines()[:2]
    assert "the data cannot answer whether" in found and " p = " not in found
    assert verdict.startswith("Feasibility: CANNOT ANSWER")
    assert table.loc["randomization", "p_value"].min() >= 0.1
    assert table.drop("randomization")["p_value"].isna().all() and table["estimate"].notna().all()
    assert table.drop("randomization")["std_error"].isna().all()


def test_one_untreated_settlement_is_refused_too():
    with pytest.raises(FeasibilityError, match="akim = 'appointed' has one, of 10"):
        compare_settlements(small_design(9), "q1", **BY)


def test_three_against_three_is_computed_with_intervals_that_say_so():
    result = compare_settlements(small_design(3, 6, effect=2), "q1", **BY)
    table = result.table.set_index(["estimand", "method"])
    assert table.loc[("settlement", "randomization"), "p_value"] >= 0.1
    assert table.loc[("settlement", "randomization"), "conf_low"] == -np.inf


def test_strong_effect_is_found_and_no_effect_is_not():
    strong = compare_settlements(small_design(5, effect=2), "q1", **BY).table
    assert (strong["p_value"].dropna() < 0.05).all()
    none = compare_settlements(small_design(5), "q1", **BY).table
    assert (none["p_value"].dropna() > 0.05).all()


def test_a_settlement_where_nobody_answered_is_named():
    frame = small_design(5).data
    frame["q2"] = frame["q1"].where(frame["settlement"] != "S03")
    with pytest.warns(SurveyKitWarning, match=r"nobody answered 'q2' in settlement\(s\) S03"):
        result = compare_settlements(
            SurveyDesign(frame, weight="w", cluster="settlement"), ["q1", "q2"], **BY, methods=["cr2", "randomization"]
        )
    assert "For q2, nobody is left in settlement(s) S03" in result.method
    assert row(result, outcome="q2", method="cr2")["n_clusters"] == 9
    assert result.feasibility.table.set_index("outcome")["n_group"].to_dict() == {"q1": 5, "q2": 4}
    assert result.feasibility.by_outcome() == {"q1": "sound", "q2": "fragile"}
    assert result.feasibility.headline().startswith("Feasibility: FRAGILE. For q2: 4 settlement(s)")


def test_an_outcome_that_leaves_one_settlement_on_a_side_is_refused():
    frame = small_design(2).data
    frame["q2"] = frame["q1"].where(frame["settlement"] != "S00")
    with pytest.raises(
        FeasibilityError,
        match=r"for 'q2' one side keeps a single settlement \(akim = 'elected'\), because nobody answered in S00",
    ):
        compare_settlements(SurveyDesign(frame, weight="w", cluster="settlement"), "q2", **BY)


def test_everyone_gave_one_answer():
    design = small_design(5, same=np.full(120, 3.0))
    with pytest.warns(SurveyKitWarning, match="everybody gave the same answer to 'same'"):
        table = compare_settlements(design, "same", **BY).table
    assert (table["estimate"].abs() < 1e-12).all()
    assert table.loc[table["method"] != "randomization", "p_value"].isna().all()
    assert (table.loc[table["method"] == "randomization", "p_value"] == 1).all()


def test_respondents_without_a_group_are_counted():
    frame = small_design(5).data
    frame.loc[[0, 40], "akim"] = None
    result = compare_settlements(SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, methods=["cr2"])
    assert "2 respondents without a value of 'akim' are left out" in result.method
    assert row(result, method="cr2")["n"] == 118


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"outcomes": "akim"}, ArgumentError, "`outcomes` names 'akim', which is the column of `group`"),
        ({"outcomes": "text"}, ColumnError, "holds text such as 'a'"),
        ({"outcomes": "q9"}, ColumnError, "'q9', which is not a column"),
        ({"outcomes": []}, ArgumentError, "`outcomes` must name at least one column"),
        ({"outcomes": "empty"}, ColumnError, "'empty', which nobody answered"),
        ({"methods": ["cr9"]}, ArgumentError, "`methods` must be one of"),
        ({"confidence": 95}, ArgumentError, "`confidence` must lie between 0 and 1"),
        ({"adjust_for": ["copy"]}, FeasibilityError, "tell the two groups of 'akim' apart completely"),
        ({"outcomes": "half"}, FeasibilityError, "nobody in akim = 'elected' answered 'half'"),
        ({"rng": "seed"}, ArgumentError, "`rng` must be a numpy Generator"),
    ],
)
def test_wrong_arguments_have_their_sentence(arguments, error, words):
    treated = np.arange(120) < 60
    design = small_design(
        5, empty=np.full(120, np.nan), copy=treated.astype(float), half=np.where(treated, np.nan, 3.0), text="a"
    )
    with pytest.raises(error, match=words):
        compare_settlements(design, **{"outcomes": "q1", **BY, **arguments})


def test_simulated_answers_stay_marked():
    survey = Survey(small_design(5).data, provenance=Provenance(simulated=True))
    result = compare_settlements(SurveyDesign(survey, weight="w"), "q1", **BY, methods=["cr2"])
    assert "SIMULATED" in result.summary() and "SIMULATED" in result.to_latex()


def test_a_second_run_gives_the_same_numbers():
    design = small_design(4, 8)
    first, second = (compare_settlements(design, "q1", **BY, methods=["wild"]) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    other = compare_settlements(design, "q1", **BY, methods=["wild"], rng=np.random.default_rng(99))
    assert stats.norm.ppf(0.5) == 0 and not other.table["p_value"].equals(first.table["p_value"])


def test_covariates_that_use_up_the_design_are_said_to():
    more = {f"x{k}": np.random.default_rng(k).normal(size=120) for k in range(9)}
    with pytest.warns(SurveyKitWarning, match="the linearized t has no degrees of freedom left"):
        table = compare_settlements(
            small_design(5, **more), "q1", **BY, adjust_for=list(more), methods="everyday"
        ).table
    adjusted = table[table["term"] == "adjusted"].set_index("method")
    assert adjusted.loc["linearized", "p_value"].isna().all()
    assert adjusted.loc["cr2", "p_value"].notna().all()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), treated=st.integers(2, 6), scale=st.floats(0.01, 100), shift=st.integers(-3, 3))
def test_shifting_and_stretching_the_answers_shifts_and_stretches_the_rows(seed, treated, scale, shift):
    design = small_design(treated, 8, seed=seed)
    other = design.with_survey(design.survey.with_columns({"q1": shift + scale * design.data["q1"]}))
    methods = ["cr2", "randomization", "cr3", "linearized", "welch"]
    one, two = (compare_settlements(which, "q1", **BY, methods=methods).table for which in (design, other))
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        np.testing.assert_allclose(
            two[column].astype(float), scale * one[column].astype(float), rtol=1e-6, atol=1e-9 * scale
        )
    np.testing.assert_allclose(two["p_value"], one["p_value"], rtol=1e-6)


def test_smaller_units_add_a_row(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement")
    result = compare_settlements(
        design, "q1", **{**ILI, "baseline": 0}, subcluster="ea", methods=["wild", "wild_subcluster"]
    )
    rows = result.table[result.table["estimand"] == "person"].set_index("method")
    assert rows.loc["wild", "statistic"] == pytest.approx(rows.loc["wild_subcluster", "statistic"])
    assert 0 < rows.loc["wild_subcluster", "p_value"] < 1
    with pytest.raises(ArgumentError, match="`subcluster` must name the column of smaller units"):
        compare_settlements(design, "q1", **{**ILI, "baseline": 0}, methods="wild_subcluster")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"methods": []}, "`methods` must be 'all', 'everyday' or names among .* but none is given"),
        ({"wild_kind": "12"}, "`wild_kind` must be one of"),
        (
            {"adjust_for": "q1"},
            "`adjust_for` names q1, which is an outcome or the group itself; hold other columns equal",
        ),
        ({"adjust_for": ["akim"]}, "`adjust_for` names akim, which is"),
    ],
)
def test_requests_that_make_no_sense_are_refused_in_one_sentence(wrong, words):
    with pytest.raises(ArgumentError, match=words):
        compare_settlements(small_design(5), "q1", group="akim", baseline="appointed", settlement="settlement", **wrong)


def test_an_unknown_column_of_blocks_is_called_by_its_argument():
    with pytest.raises(ColumnError, match="`strata` names 'nope'"):
        compare_settlements(
            small_design(5), "q1", group="akim", baseline="appointed", settlement="settlement", strata="nope"
        )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["interval", "date", "bool"])
def test_groups_settlements_and_covariates_may_be_dates_and_intervals(kind):
    frame = small_design(4, size=6, age=np.arange(60) % 3).data
    make = {
        "interval": lambda number: pd.cut(number, np.arange(-1, 10)),
        "date": lambda number: pd.Timestamp("2021-05-01") + pd.to_timedelta(number, "D"),
        "bool": lambda number: number > 0,
    }[kind]
    place, elected = frame["settlement"].str[1:].astype(int), (frame["akim"] == "elected").astype(int)
    other = frame.assign(
        akim=make(elected), age=make(frame["age"]), settlement=place if kind == "bool" else make(place)
    )
    plain = frame.assign(age=frame["age"].clip(upper=1) if kind == "bool" else frame["age"]).astype({"age": str})
    rows = [
        compare_settlements(
            SurveyDesign(one, weight="w", cluster="settlement"),
            "q1",
            group="akim",
            baseline=base,
            settlement="settlement",
            adjust_for="age",
            methods=["cr2", "randomization", "wild"],
        ).table
        for one, base in ((plain, "appointed"), (other, other["akim"][elected == 0].iloc[0]))
    ]
    for column in ("estimate", "std_error", "p_value", "n_clusters"):
        assert rows[1][column].tolist() == pytest.approx(rows[0][column].tolist(), rel=1e-10, nan_ok=True)
