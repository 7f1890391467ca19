import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.likert.reliability import cronbach_alpha
from surveykit.likert.scale import LikertScale
from surveykit.survey import Provenance, Survey

ITEMS = [f"q{number}" for number in range(1, 9)]
SCALE = LikertScale("trust", ITEMS, 1, 5)


def row(result, term: str) -> pd.Series:
    return result.table[result.table["term"] == term].iloc[0]


def values(result, term: str) -> list[float]:
    return result.table.loc[result.table["term"] == term, "estimate"].tolist()


def test_two_items_by_hand():
    # variances 1 and 1, covariance 1/2: alpha = 2 (1 - 2/3) = 2/3
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [1, 3, 2]})
    result = cronbach_alpha(frame, LikertScale("s", ["a", "b"], 1, 3))
    assert result.facts["alpha"] == pytest.approx(2 / 3)
    assert row(result, "alpha_standardized")["estimate"] == pytest.approx(2 / 3)
    assert values(result, "item_rest_r") == pytest.approx([0.5, 0.5])
    assert np.isnan(values(result, "alpha_if_dropped")).all()


def test_complete_cases_equal_psych(ili_like, expected):
    entry = expected["alpha.complete"]
    result = cronbach_alpha(ili_like, SCALE)
    assert result.facts["n"] == entry["value"]["n"]
    assert result.facts["alpha"] == pytest.approx(entry["value"]["raw"], rel=entry["tol"])
    assert row(result, "alpha_standardized")["estimate"] == pytest.approx(entry["value"]["std"], rel=entry["tol"])
    assert values(result, "alpha_if_dropped") == pytest.approx(entry["value"]["raw_if_dropped"], rel=entry["tol"])
    assert values(result, "item_rest_r") == pytest.approx(entry["value"]["r_drop"], rel=entry["tol"])


def test_standard_error_and_interval_equal_psych(ili_like):
    # R: a <- psych::alpha(d[complete.cases(d[Q]), Q]); a$total$ase; a$feldt   (psych 2.2.9)
    alpha = row(cronbach_alpha(ili_like, SCALE), "alpha")
    assert alpha["std_error"] == pytest.approx(0.00844906603766755, rel=1e-10)
    assert alpha["conf_low"] == pytest.approx(0.85355087284505105, rel=1e-10)
    assert alpha["conf_high"] == pytest.approx(0.88659605339016301, rel=1e-10)


# R: withReplicates(as.svrepdesign(D, type, mse = TRUE), function(w, d) alpha of cov.wt(complete cases, w))  (survey 4.1-1)
@pytest.mark.parametrize(("roles", "error", "df"), [
    ({"cluster": "settlement", "stratum": "stratum"}, 0.010303533590015243, 7),
    ({"cluster": "settlement"}, 0.0099306468509791478, 9),
    ({}, 0.0086689080279298628, 903),
])  # fmt: skip
def test_weighted_alpha_and_its_jackknife_equal_r(ili_like, expected, roles, error, df):
    result = cronbach_alpha(SurveyDesign(ili_like, weight="w", **roles), SCALE)
    entry = expected["alpha.weighted.D3"]
    alpha = row(result, "alpha")
    assert alpha["estimate"] == pytest.approx(entry["value"]["alpha"], rel=entry["tol"])
    assert alpha["std_error"] == pytest.approx(error, rel=1e-9)
    assert alpha["df"] == df
    assert 0 < alpha["conf_low"] < alpha["estimate"] < alpha["conf_high"] < 1
    assert alpha["n_clusters"] == (10 if roles else 539)


def test_reversal_is_undone_and_a_forgotten_one_warns(ili_like):
    turned = ili_like.assign(q3=6 - ili_like["q3"])
    scale = LikertScale("trust", ITEMS, 1, 5, reversed_items=["q3"])
    assert cronbach_alpha(turned, scale).facts["alpha"] == pytest.approx(cronbach_alpha(ili_like, SCALE).facts["alpha"])
    with pytest.warns(SurveyKitWarning, match="'q3' of scale 'trust' goes against the other items"):
        cronbach_alpha(turned, SCALE)


def test_scale_of_the_weights_does_not_matter(ili_like):
    one, ten = (
        cronbach_alpha(
            SurveyDesign(ili_like.assign(w=ili_like["w"] * times), weight="w", cluster="settlement"), SCALE
        ).table
        for times in (1, 10)
    )
    for column in ("estimate", "std_error", "conf_low"):
        assert ten[column].to_numpy() == pytest.approx(one[column].to_numpy(), nan_ok=True)


def test_item_table_and_labels(ili_like):
    result = cronbach_alpha(Survey(ili_like, provenance=Provenance(simulated=True)), SCALE)
    assert result.items["item"].tolist() == ITEMS
    complete = ili_like[ITEMS].dropna()
    assert result.items["mean"].tolist() == pytest.approx(complete.mean().tolist())
    assert result.items["std_dev"].tolist() == pytest.approx(complete.std().tolist())
    assert "SIMULATED" in result.summary()


@pytest.mark.parametrize(("frame", "items", "words"), [
    (pd.DataFrame({"a": [1, 2, 3]}), ["a"], "reliability needs at least two items"),
    (pd.DataFrame({"a": [1, 2, 3], "b": [2, 2, 2]}), ["a", "b"], "everyone gave one answer to 'b'; drop it"),
    (pd.DataFrame({"a": [1, None, 3], "b": [None, 2, None]}), ["a", "b"], 'pass missing="pairwise"'),
])  # fmt: skip
def test_scales_that_have_no_alpha_are_refused(frame, items, words):
    with pytest.raises(ArgumentError, match=words):
        cronbach_alpha(frame, LikertScale("s", items, 1, 3))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("second", "alpha"), [(lambda q: 6 - q, np.nan), (lambda q: q, 1.0)])
def test_items_without_a_sum_or_without_a_difference_have_no_error(second, alpha, weighted):
    """By hand: q and 6 - q add up to 6, so that the variance of the sum is 0 and alpha has no value (it was -inf, or
    1e15 with weights); of twice the same item alpha is 1, without an error (it was 1.6e-9)."""
    q = np.tile([1, 2, 3, 4, 5, 5], 10)
    answers = pd.DataFrame({"q1": q, "q2": second(q), "v": np.repeat(list("ABCDEF"), 10), "w": 1 + np.arange(60) / 70})
    data = SurveyDesign(answers, weight="w", cluster="v") if weighted else answers
    with pytest.warns(SurveyKitWarning, match="add up to the same|say the same"):
        found = cronbach_alpha(data, LikertScale("s", ["q1", "q2"], lowest=1, highest=5)).table
    assert found["estimate"].iloc[:2].tolist() == pytest.approx([alpha, alpha], nan_ok=True)
    assert found[["std_error", "conf_low", "conf_high"]].isna().all(axis=None)
    assert not np.isinf(found["estimate"]).any()
