import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.ratios import ratios
from tests.estimation.designs import DESIGNS
from tests.estimation.quantities.test_means import design_of


@pytest.mark.parametrize("name", DESIGNS)
def test_ratios_equal_r(ili_like, expected, name):
    entry = expected[f"ratio.income_hhsize.{name}"]
    row = ratios(design_of(ili_like, name), [("income", "hhsize")]).table.iloc[0]
    for theirs, ours in {"est": "estimate", "se": "std_error", "ci_t_low": "conf_low", "df": "df"}.items():
        assert row[ours] == pytest.approx(entry["value"][theirs], rel=entry["tol"]), theirs


def test_a_ratio_to_one_is_a_mean(ili_like):
    design = design_of(ili_like, "D1")
    ratio, mean = ratios(design, [("q1", "one")], by="sex").table, means(design, "q1", by="sex").table
    for column in ("estimate", "std_error", "df", "n", "n_clusters", "n_weighted"):
        assert ratio[column].tolist() == pytest.approx(mean[column].tolist()), column
    assert ratio["outcome"].tolist() == ["q1 / one"] * 2


def test_pairs_need_both_values():
    frame = pd.DataFrame({"a": [1, 2, None, 4], "b": [1, None, 1, 1], "village": list("AABB")})
    row = ratios(SurveyDesign(frame, cluster="village"), [("a", "b")]).table.iloc[0]
    assert (row["estimate"], row["n"]) == (2.5, 2)


def test_wrong_arguments(ili_like):
    design = design_of(ili_like, "D1")
    with pytest.raises(ArgumentError, match="list of .numerator, denominator. pairs"):
        ratios(design, ["income"])
    with pytest.raises(ColumnError, match="`pairs` names 'incme'"):
        ratios(design, [("incme", "hhsize")])


def test_a_denominator_of_zero_gives_no_ratio_and_says_so():
    answers = pd.DataFrame({"top": [1.0, 2, 3, 4], "bottom": [0.0, 0, 1, 2], "g": list("AABB"), "v": [1, 2, 3, 4]})
    with pytest.warns(
        SurveyKitWarning, match=r"denominator of top / bottom \(A\) adds up to zero, so there is no ratio"
    ):
        table = ratios(SurveyDesign(answers, cluster="v"), [("top", "bottom")], by="g").table
    assert table["estimate"].isna().tolist() == [True, False]
    assert table.loc[0, ["std_error", "conf_low", "conf_high"]].isna().all()
    assert table["estimate"].iloc[1] == pytest.approx(7 / 3)
