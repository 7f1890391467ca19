import numpy as np
import pytest

from surveykit.comparison.planning.feasibility_check import check_feasibility
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError
from tests.comparison.conftest import BY, small_design


def test_one_of_ten_cannot_answer():
    result = check_feasibility(small_design(1), **BY)
    assert (result.verdict, result.single) == ("cannot answer", True)
    assert result.facts["n_assignments"] == 10
    assert result.facts["smallest_p_two_sided"] == result.facts["smallest_p_one_sided"] == pytest.approx(0.1)
    assert result.summary().count("Only 1 settlement is on one side") == 1


def test_three_against_three_cannot_go_below_a_tenth():
    result = check_feasibility(small_design(3, 6), **BY)
    assert result.verdict == "cannot answer"
    assert result.facts["smallest_p_two_sided"] == pytest.approx(0.1)
    assert result.facts["smallest_p_one_sided"] == pytest.approx(0.05)
    assert "No exact two-sided test can give p below 0.100" in result.headline()


def test_five_against_five_of_like_size_is_sound():
    result = check_feasibility(small_design(5), **BY)
    assert (result.verdict, result.reasons) == ("sound", ())
    assert result.headline().startswith("Feasibility: SOUND. 5 settlement(s) in the group 'elected' stand against 5")


def test_two_against_ten_is_fragile():
    result = check_feasibility(small_design(2, 12), **BY)
    assert result.verdict == "fragile"
    assert any("smaller side has 2" in reason for reason in result.reasons)


def test_one_settlement_with_most_of_the_weight_is_fragile():
    design = small_design(5)
    heavy = design.with_weights(
        design.weights * np.where(design.data["settlement"] == "S07", 12, 1), "one village counts"
    )
    result = check_feasibility(heavy, **BY)
    assert result.verdict == "fragile"
    assert result.facts["largest_settlement"] == "S07"
    assert any("S07 carries" in reason for reason in result.reasons)


def test_equal_settlements_count_in_full():
    design = small_design(5)
    even = design.with_weights(np.ones(len(design)), "equal")
    facts = check_feasibility(even, **BY).facts
    assert facts["effective_settlements"] == pytest.approx(10)
    assert facts["df"] == pytest.approx(8)


def test_settlement_covariates_are_counted():
    far = np.repeat(np.arange(10.0), 12) % 3
    near = np.repeat([0.0, 1, 0, 1, 1, 0, 0, 1, 0, 1], 12)
    more = {f"x{k}": np.repeat(np.random.default_rng(k).normal(size=10), 12) for k in range(3)}
    design = small_design(5, far=far, near=near, age=np.arange(120.0), **more)
    result = check_feasibility(design, **BY, adjust_for=["far", "near", "age"])
    assert result.facts["n_covariates"] == 3 and result.facts["n_settlement_covariates"] == 2
    crowded = check_feasibility(design, **BY, adjust_for=["far", "near", "x0", "x1", "x2"])
    assert crowded.verdict == "fragile"
    assert any("describe settlements" in reason for reason in crowded.reasons)


def test_codes_and_labels_name_the_baseline(ili_design):
    by = {"group": "elected", "settlement": "settlement"}
    code = check_feasibility(ili_design, **by, baseline=0, lang="ru")
    label = check_feasibility(ili_design, **by, baseline="назначен", lang="ru")
    none = check_feasibility(ili_design, **by, lang="ru")
    typed = check_feasibility(ili_design, **by, baseline="0", lang="ru")  # as the command line gives it
    assert {one.facts["baseline"] for one in (code, label, none, typed)} == {"назначен"}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            {"baseline": "apointed"},
            ArgumentError,
            r"`baseline` must be one of \['appointed', 'elected'\].*did you mean 'appointed'",
        ),
        ({"group": "akimm"}, ColumnError, "'akimm', which is not a column; did you mean 'akim'"),
        ({"group": "q1", "baseline": 3}, ArgumentError, "`group` must have two groups, but 'q1' has 5"),
        ({"settlement": "akim"}, None, ""),
    ],
)
def test_wrong_arguments_have_their_sentence(change, error, words):
    design = small_design(5)
    if error is None:
        assert check_feasibility(design, **{**BY, **change}).verdict == "cannot answer"
        return
    with pytest.raises(error, match=words):
        check_feasibility(design, **{**BY, **change})


def test_a_group_that_varies_inside_a_settlement_is_sent_to_compare_groups():
    design = small_design(5, sex=np.arange(120) % 2)
    with pytest.raises(FeasibilityError, match=r"'sex' varies inside S00, S01.*use compare_groups\(\)"):
        check_feasibility(design, group="sex", settlement="settlement", baseline=0)


def test_a_cluster_across_settlements_is_refused():
    frame = small_design(5).data
    frame["round"] = np.arange(120) % 7
    with pytest.raises(FeasibilityError, match="a cluster of the design must lie in one settlement"):
        check_feasibility(SurveyDesign(frame, weight="w", cluster="round"), **BY)


def test_a_missing_settlement_is_named():
    frame = small_design(5).data
    frame.loc[3, "settlement"] = None
    with pytest.raises(ColumnError, match="'settlement' is missing in 1 row"):
        check_feasibility(SurveyDesign(frame, weight="w"), **BY)


def test_blocks_must_hold_whole_settlements():
    design = small_design(5, zone=np.arange(120) % 2)
    with pytest.raises(
        ColumnError, match="`strata` must be the same for everybody in a settlement, but 'zone' varies inside"
    ):
        check_feasibility(design, **BY, strata="zone")


def test_one_side_of_much_larger_settlements_is_fragile():
    design = small_design(5)
    large = design.with_weights(
        design.weights * np.where(design.data["akim"] == "elected", 2.5, 1), "large ones elected"
    )
    result = check_feasibility(large, **BY)
    assert result.verdict == "fragile"
    assert result.facts["size_ratio"] > 2
    assert any("times as large as those of the other" in reason for reason in result.reasons)
