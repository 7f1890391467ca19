import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.survey import Provenance, Survey
from surveykit.weighting.calibration import calibrate
from surveykit.weighting.diagnostics import compare_weights, summarize_weights
from surveykit.weighting.raking import rake
from surveykit.weighting.trimming import scale_weights


@pytest.fixture(scope="module")
def raked(ili_like, margins) -> SurveyDesign:
    return rake(SurveyDesign(ili_like, weight="w"), {"sex": margins["sex"], "educ": margins["educ"]})


def test_measures_by_hand():
    facts = summarize_weights(SurveyDesign(pd.DataFrame({"w": [1.0, 1, 2, 4]}), weight="w")).facts
    # sum 8, sum of squares 22: deff = 4 * 22 / 64
    assert facts["deff"] == pytest.approx(1.375)
    assert facts["effective_n"] == pytest.approx(64 / 22)
    assert facts["variation"] == pytest.approx(np.std([1, 1, 2, 4]) / 2)
    assert (facts["n"], facts["sum"], facts["smallest"], facts["largest"], facts["largest_to_mean"]) == (4, 8, 1, 4, 2)


def test_kish_equals_r(ili_like, expected):
    facts = summarize_weights(SurveyDesign(ili_like, weight="w")).facts
    entry = expected["kish.base"]
    assert facts["deff"] == pytest.approx(entry["value"]["deff"], rel=entry["tol"])
    assert facts["effective_n"] == pytest.approx(entry["value"]["n_eff"], rel=entry["tol"])


def test_margins_of_past_steps_are_shown_without_asking(raked, margins):
    summary = summarize_weights(raked)
    assert summary.margins["column"].tolist() == ["sex"] * 2 + ["educ"] * 3
    assert summary.margins["target"].tolist() == pytest.approx([*margins["sex"].values(), *margins["educ"].values()])
    assert summary.facts["largest_margin_error"] <= 1e-8
    assert summary.table["measure"].iloc[-1] == "largest relative error of a margin"


def test_margins_not_yet_met_show_their_distance(ili_like, margins):
    summary = summarize_weights(SurveyDesign(ili_like, weight="w"), {"sex": margins["sex"]})
    row = summary.margins.iloc[0]
    weights = ili_like["w"]
    share, target = weights[ili_like["sex"] == 1].sum() / weights.sum(), margins["sex"]["1"] / 58500
    assert row["weighted_share"] == pytest.approx(share)
    assert row["unweighted_share"] == pytest.approx((ili_like["sex"] == 1).mean())
    assert row["relative_error"] == pytest.approx(share / target - 1)
    assert row["standardized_difference"] == pytest.approx((share - target) / np.sqrt(target * (1 - target)))


def test_steps_with_different_totals_can_be_summarized_together(ili_like, margins):
    first = rake(SurveyDesign(ili_like, weight="w"), {"sex": margins["sex"]})
    second = rake(first, {"educ": margins["educ"]}, total=904)
    assert summarize_weights(second).margins["target"].sum() == pytest.approx(2 * 904)


def test_distribution_counts_every_respondent_once(ili_like, raked):
    comparison = compare_weights(SurveyDesign(ili_like, weight="w"), raked, bins=17)
    counted = comparison.distribution
    assert counted[["before", "after"]].sum().tolist() == [904, 904]
    assert len(counted) == 17
    assert (counted["bin_low"].iloc[1:].to_numpy() == counted["bin_high"].iloc[:-1].to_numpy()).all()
    scaled = raked.weights / raked.weights.mean()
    third = counted.iloc[2]
    assert third["after"] == ((scaled >= third["bin_low"]) & (scaled < third["bin_high"])).sum()
    assert comparison.facts["deff_after"] == pytest.approx(summarize_weights(raked).facts["deff"])


def test_who_pays(ili_like, raked):
    payers = compare_weights(SurveyDesign(ili_like, weight="w"), raked).payers.set_index(["column", "level"])
    factor = raked.weights / ili_like["w"] * ili_like["w"].mean() / raked.weights.mean()
    assert payers.loc[("educ", 1), "mean_factor"] == pytest.approx(factor[ili_like["educ"] == 1].mean())
    assert payers.loc["educ", "n"].sum() == 904


def test_other_respondents_are_refused(ili_like, raked):
    with pytest.raises(ArgumentError, match="must hold the same respondents"):
        compare_weights(SurveyDesign(ili_like.iloc[:500], weight="w"), raked)


def test_columns_of_payers_must_be_there(ili_like, raked):
    with pytest.raises(ColumnError, match="`by` names 'sexx', which is not a column; did you mean 'sex'"):
        compare_weights(raked, raked, "sexx")


def test_simulated_weights_say_so(ili_like):
    survey = Survey(ili_like, provenance=Provenance(simulated=True))
    design = SurveyDesign(survey, weight="w")
    assert "SIMULATED" in summarize_weights(design).summary()
    assert "SIMULATED" in compare_weights(design, design).to_latex()


def test_numeric_totals_of_a_calibration_are_shown_and_watched(ili_like, margins):
    design = SurveyDesign(ili_like, weight="w")
    met = calibrate(design, {"sex": margins["sex"], "hhsize": margins["hhsize_total"]}, method="raking")
    row = summarize_weights(met).margins.iloc[-1]
    assert (row["column"], row["label"]) == ("hhsize", "total")
    assert row["target"] == pytest.approx(margins["hhsize_total"])
    assert abs(row["relative_error"]) < 1e-9
    doubled = met.with_weights(met.weights * np.where(ili_like["hhsize"] > 4, 1.2, 1), "by hand")
    row = summarize_weights(scale_weights(doubled)).margins.iloc[-1]
    shift = doubled.weights @ ili_like["hhsize"] / doubled.weights.sum() * margins["N"] / margins["hhsize_total"]
    assert row["relative_error"] == pytest.approx(shift - 1)
    alone = calibrate(design, {"hhsize": margins["hhsize_total"]}, total=margins["N"])
    assert summarize_weights(alone).margins["column"].tolist() == ["hhsize"]
