import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.likert.scale import LikertScale
from surveykit.report.figures.likert_bars import likert_table, positions
from surveykit.results import Result, glossary_frame
from surveykit.survey import Survey

FIVE = ["left", "left", "middle", "right", "right"]
ROW = np.array([[0.1, 0.2, 0.3, 0.25, 0.15]])


@pytest.mark.parametrize(("neutral", "first"), [("split", -0.45), ("left", -0.6), ("right", -0.3), ("drop", -0.3)])
def test_the_neutral_level_lies_where_it_should(neutral, first):
    starts, ends = positions(ROW, FIVE, neutral)
    assert starts[0, 0] == pytest.approx(first)
    widths = (ends - starts)[0]
    drawn = ~np.isnan(widths)
    assert widths[drawn] == pytest.approx(ROW[0][drawn])
    assert list(~drawn) == [False, False, neutral == "drop", False, False]
    assert np.nanmax(ends) - np.nanmin(starts) == pytest.approx(0.7 if neutral == "drop" else 1)


def test_an_even_scale_meets_at_the_centre():
    starts, ends = positions(np.array([[0.1, 0.2, 0.3, 0.4]]), ["left", "left", "right", "right"])
    assert starts[0] == pytest.approx([-0.3, -0.2, 0, 0.3])
    assert ends[0] == pytest.approx([-0.2, 0, 0.3, 0.7])


def table_of(levels: dict[str, list[float]], groups=("all",)) -> Result:
    rows = [
        {"outcome": "q1", "group": group, "level": level, "estimate": values[at], "n": 10}
        for at, group in enumerate(groups)
        for level, values in levels.items()
    ]
    return Result(glossary_frame(pd.DataFrame(rows).to_dict("list")), "")


def test_an_asymmetric_scale_takes_the_split_it_is_given():
    result = table_of({"excellent": [0.1], "good": [0.2], "fair": [0.3], "poor": [0.4]})
    table = likert_table(result, outcomes=["q1"], left_levels=1, right_levels=2)
    assert table.sides == ("left", "middle", "right", "right")
    assert table.totals["estimate"].tolist() == pytest.approx([0.7])
    assert table.bars["x_from"].iloc[0] == pytest.approx(-0.2)


def test_an_empty_level_stays():
    table = likert_table(table_of({"no": [0.4], "between": [0.0], "yes": [0.6]}), outcomes=["q1"])
    assert table.levels == ("no", "between", "yes")
    assert table.bars["estimate"].tolist() == [0.4, 0.0, 0.6]


def test_totals_are_formed_before_rounding():
    table = likert_table(
        table_of({"no": [0.33], "4": [0.335], "5": [0.335]}), outcomes=["q1"], left_levels=1, right_levels=2
    )
    assert f"{table.totals['estimate'].iloc[0]:.0%}" == "67%"
    assert [f"{share:.0%}" for share in table.bars["estimate"]] == ["33%", "34%", "34%"]


@pytest.mark.slow
@pytest.mark.parametrize(("design", "options"), [("D1", {"stratum": "stratum"}), ("D2", {})])
def test_the_interval_of_the_total_equals_r(ili_like, expected, design, options):
    entry = expected[f"ciprop.q1top.xlogit.{design}"]
    result = shares(SurveyDesign(ili_like, weight="w", cluster="settlement", **options), "q1")
    total = likert_table(result, outcomes=["q1"]).totals.iloc[0]
    found = [total["estimate"], total["conf_low"], total["conf_high"]]
    assert found == pytest.approx([entry["value"][name] for name in ("est", "low", "high")], rel=entry["tol"])


def test_the_interval_does_not_depend_on_the_order_of_items(ili_like):
    result = shares(SurveyDesign(ili_like, weight="w", cluster="settlement"), ["q1", "q2", "q3"], by="elected")
    forward = likert_table(result, outcomes=["q1", "q3"]).totals
    backward = likert_table(result, outcomes=["q3", "q1"]).totals
    assert backward["outcome"].tolist() == ["q3", "q3", "q1", "q1"]
    pd.testing.assert_frame_equal(forward.iloc[:2], backward.iloc[2:].reset_index(drop=True))


def test_a_total_of_zero_or_one_has_no_logit_interval():
    answers = pd.DataFrame({"q1": [1.0, 1, 1, 1], "unit": list("aabb")})
    result = shares(SurveyDesign(answers, cluster="unit"), "q1")
    padded = likert_table(result, outcomes=["q1"], left_levels=0, right_levels=1).totals.iloc[0]
    assert padded["estimate"] == 1 and np.isnan(padded["conf_low"])


def test_given_intervals_are_taken_when_they_estimate_the_same(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement")
    agree = means(design, "q1top", by="elected")
    totals = likert_table(shares(design, "q1", by="elected"), outcomes=["q1"], agree=agree).totals
    assert totals["conf_low"].tolist() == agree.table["conf_low"].tolist()
    with pytest.raises(
        ArgumentError, match=r"`agree` must estimate the levels right of the centre, but it differs .* q2"
    ):
        likert_table(shares(design, "q2", by="elected"), outcomes=["q2"], agree=agree)


def test_items_with_different_scales_are_refused(ili_like):
    labels = {name: {code: str(code) for code in sorted(ili_like[name].dropna().unique())} for name in ("q1", "sex")}
    book = Codebook.of([Variable(name, labels=of_name) for name, of_name in labels.items()])
    design = SurveyDesign(Survey(ili_like, book), weight="w", cluster="settlement")
    result = shares(design, ["q1", "sex"])
    with pytest.raises(ArgumentError, match="must share one scale, but 'sex' has the answers"):
        likert_table(result, outcomes=["q1", "sex"])


def test_a_split_that_exceeds_the_scale_is_refused():
    with pytest.raises(
        ArgumentError, match="must together be at most the 2 levels of the scale, but 2 and 1 were given"
    ):
        likert_table(table_of({"no": [0.4], "yes": [0.6]}), outcomes=["q1"], left_levels=2, right_levels=1)


def test_dont_know_is_outside_the_base_and_other_reasons_are_added_up(item_shares):
    table = likert_table(item_shares, outcomes=["q1"])
    sums = table.bars.groupby("group")["estimate"].sum()
    assert sums.to_numpy() == pytest.approx(1)
    raw = item_shares.missing[(item_shares.missing["outcome"] == "q1") & (item_shares.missing["n"] > 0)]
    assert set(table.missing["reason"]) == {"don't know", "refused"} == set(raw["reason"])
    shown = table.missing.set_index(["group", "reason"])["share"]
    for row in raw.itertuples():
        assert shown[row.group, row.reason] == row.share


@pytest.fixture
def unlabelled() -> SurveyDesign:
    """A scale of five points without a codebook: of `trust` nobody chose 1 and 2, of `gap` nobody 2."""
    answers = {
        "trust": [3, 3, 4, 4, 4, 5, 5, 5, 5, 4],
        "gap": [1, 1, 3, 3, 4, 4, 5, 5, 5, 4],
        "all5": [1, 2, 3, 4, 5] * 2,
    }
    frame = pd.DataFrame({name: values * 10 for name, values in answers.items()})
    return SurveyDesign(frame.assign(village=np.repeat(np.arange(10), 10)), cluster="village")


def test_codes_that_nobody_chose_keep_their_place(unlabelled):
    scale = LikertScale("trust", ["trust", "gap", "all5"], lowest=1, highest=5)
    for name, total in (("trust", 0.8), ("gap", 0.6), ("all5", 0.4)):
        table = likert_table(shares(unlabelled, name), outcomes=[name], scale=scale)
        assert table.levels == ("1", "2", "3", "4", "5") and table.columns_of("middle") == ["3"]
        assert table.totals["estimate"].tolist() == pytest.approx([total])
    both = likert_table(shares(unlabelled, ["trust", "all5"]), outcomes=["trust", "all5"], scale=scale)
    assert both.bars["estimate"].tolist() == pytest.approx([0, 0, 0.2, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2, 0.2])


def test_without_a_scale_gaps_are_filled_and_unknown_ends_are_told(unlabelled):
    assert likert_table(shares(unlabelled, "gap"), outcomes=["gap"]).columns_of("right") == ["4", "5"]
    with pytest.warns(SurveyKitWarning, match=r"'trust' have no labels.* from 3 to 5.*pass scale=LikertScale"):
        assert likert_table(shares(unlabelled, "trust"), outcomes=["trust"]).columns_of("middle") == ["4"]
    with pytest.warns(SurveyKitWarning, match="from 1 to 5"):
        table = likert_table(shares(unlabelled, ["trust", "all5"]), outcomes=["trust", "all5"])
    assert table.columns_of("middle") == ["3"]


def test_answers_outside_the_scale_are_refused(unlabelled):
    with pytest.raises(ArgumentError, match="'trust' has the answer 4, outside the scale 1 to 3"):
        likert_table(shares(unlabelled, "trust"), outcomes=["trust"], scale=LikertScale("t", ["trust"], 1, 3))
    with pytest.raises(ArgumentError, match=r"`outcomes` must be one of"):
        likert_table(shares(unlabelled, "gap"), outcomes=["gap"], scale=LikertScale("t", ["trust"], 1, 5))


def test_codes_and_not_labels_decide_what_is_one_scale():
    """Labels of one scale spelled in two ways, and the same labels for other codes."""
    frame = pd.DataFrame(
        {"a": [1, 2, 1, 2] * 3, "b": [2, 1, 1, 2] * 3, "c": [0, 1, 0, 1] * 3, "village": list("vwxyzu") * 2}
    )
    words = [("a", {1: "no", 2: "yes"}), ("b", {1: "No.", 2: "Yes."}), ("c", {0: "no", 1: "yes"})]
    design = SurveyDesign(
        Survey(frame, Codebook.of([Variable(name, labels=of) for name, of in words])), cluster="village"
    )
    assert likert_table(shares(design, ["a", "b"]), outcomes=["a", "b"]).levels == ("no", "yes")
    with pytest.raises(ArgumentError, match="must share one scale, but 'c' has"):
        likert_table(shares(design, ["a", "c"]), outcomes=["a", "c"])
