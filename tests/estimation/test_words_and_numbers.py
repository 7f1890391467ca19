"""What a method sentence says of the intervals is what they are made of: every estimator under every convention.

The sentence is read as a reader would: "normal quantiles", "the design's 7 degrees of freedom", "each row's own degrees
of freedom", "all who were asked". The degrees of freedom that follow are counted here from the data, and the ends of
the intervals are computed anew from them.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import surveykit as sk
from surveykit.design import SurveyDesign

PRESETS = list(sk.CONVENTIONS)


@pytest.fixture(scope="module")
def answers(ili_like) -> pd.DataFrame:
    """Nobody in one settlement of a stratum of three answered `top`, and its `age` is empty for some."""
    frame = ili_like.assign(top=ili_like["q1top"].mask(ili_like["settlement"] == "S03"))
    return frame.assign(income=frame["income"].mask(frame["settlement"].isin(["S03"]) & (frame["sex"] == 1)))


def counted(frame: pd.DataFrame, rows: pd.Series) -> float:
    """Clusters minus strata among some respondents."""
    return frame.loc[rows, "settlement"].nunique() - frame.loc[rows, "stratum"].nunique()


def said(method: str, frame: pd.DataFrame, answered: pd.Series, asked: pd.Series) -> float:
    """Degrees of freedom that a sentence promises for a row, infinite for normal quantiles."""
    if "normal quantiles" in method:
        return np.inf
    if "of all who were asked" in method:
        return counted(frame, asked)
    if whole := re.search(r"the design's ([\d.]+) degrees of freedom", method):
        return float(whole.group(1))
    assert "each row's own degrees of freedom (clusters minus strata present)" in method, method
    return counted(frame, answered)


def quantile(df: float, confidence: float = 0.95) -> float:
    return stats.norm.ppf((1 + confidence) / 2) if np.isinf(df) else stats.t.ppf((1 + confidence) / 2, df)


def ends(kind: str, row: pd.Series, df: float, n_asked: int) -> tuple[float, float]:
    """Ends of an interval by its name, from estimate and error."""
    p, se, t, n = row["estimate"], row["std_error"], quantile(df), row["n"]
    if kind in ("t", "z", "wald"):
        return p - t * se, p + t * se
    if kind == "Fisher":
        return tuple(np.tanh(np.arctanh(p) + sign * t * se / (1 - p**2)) for sign in (-1, 1))
    if kind == "logit":
        return tuple(special.expit(special.logit(p) + sign * t * se / (p * (1 - p))) for sign in (-1, 1))
    if kind == "arcsine":
        return tuple(
            np.sin(np.arcsin(np.sqrt(p)) + sign * t * se / (2 * np.sqrt(p * (1 - p)))) ** 2 for sign in (-1, 1)
        )
    size = p * (1 - p) / se**2
    if kind == "wilson":
        centre, reach = (p + t**2 / (2 * size)) / (1 + t**2 / size), np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
        return tuple(centre + sign * t / (1 + t**2 / size) * reach for sign in (-1, 1))
    size *= (quantile((n_asked if kind == "beta" else n) - 1) / t) ** 2
    size = size if kind == "beta" else min(size, n)
    return (stats.beta.ppf(0.025, size * p, size * (1 - p) + 1), stats.beta.ppf(0.975, size * p + 1, size * (1 - p)))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["means", "totals", "ratios", "variances", "covariances", "correlations", "standardised",
                                  "logit", "korn-graubard", "beta", "wilson", "arcsine", "wald", "default share"])  # fmt: skip
def test_the_sentence_names_the_interval(answers, preset, name):
    design = SurveyDesign(answers, weight="w", cluster="settlement", stratum="stratum", conventions=preset)
    calls = {
        "means": lambda: sk.means(design, "income", by="sex"), "totals": lambda: sk.totals(design, "income", by="sex"),
        "ratios": lambda: sk.ratios(design, [("income", "hhsize")], by="sex"),
        "variances": lambda: sk.variances(design, "income", by="sex"),
        "covariances": lambda: sk.covariances(design, ["income", "age"], by="sex"),
        "correlations": lambda: sk.correlations(design, ["income", "age"], by="sex"),
        "standardised": lambda: sk.standardised_means(design, "income", {"educ": {1: 0.3, 2: 0.4, 3: 0.3}}, by="sex"),
        "default share": lambda: sk.shares(design, "top", by="sex"),
    }  # fmt: skip
    result = calls[name]() if name in calls else sk.shares(design, "top", by="sex", interval=name)
    kind = re.search(r"95% (\S+) intervals", result.method).group(1)
    for _, row in result.table.iterrows():
        asked = answers["sex"].astype(str).isin([row["group"], row["group"].split(" ")[-1]])
        if not asked.any():
            asked = answers["sex"] == {"men": 1, "women": 2}.get(row["group"], 1)
        answered = asked & answers["top" if row["outcome"] == "top" else "income"].notna()
        df = said(result.method, answers, answered, asked)
        assert row["df"] == df, (result.method, row["df"], df)
        counted_in = answered if "left the design" in result.method else asked  # Stata and SAS ask nobody else
        low, high = ends(kind, row, df, int(counted_in.sum()))
        assert (row["conf_low"], row["conf_high"]) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("interval", ["woodruff", "mean", "beta", "xlogit", "asin", "score"])
def test_the_sentence_names_the_degrees_of_freedom_of_quantiles(answers, preset, interval):
    design = SurveyDesign(answers, weight="w", cluster="settlement", stratum="stratum", conventions=preset)
    result = sk.quantiles(design, "income", by="sex", interval=interval)
    assert ("Woodruff" if interval in ("woodruff", "mean") else interval) + " intervals" in result.method
    assert f"rule {sk.CONVENTIONS[preset].quantile_rule!r}" in result.method
    for _, row in result.table.iterrows():
        asked = answers["sex"] == int(row["group"])
        df = said(result.method, answers, asked & answers["income"].notna(), asked)
        assert row["df"] == df
        assert row["conf_high"] - row["conf_low"] == pytest.approx(2 * quantile(df) * row["std_error"], rel=1e-9)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_sentence_names_the_degrees_of_freedom_of_tests_and_models(answers, preset):
    design = SurveyDesign(answers, weight="w", cluster="settlement", stratum="stratum", conventions=preset)
    model = sk.fit_model("income ~ C(educ) + age", design)
    for result in (
        sk.t_test(design, "income", "sex"),
        sk.t_test(design, "income"),
        model,
        sk.predictions(model, {"educ": [1, 2], "age": 40}),
        sk.average_marginal_effects(model),
    ):
        df = float(re.search(r"([\d.]+) degrees of freedom", result.method).group(1))
        assert set(result.table["df"]) == {df}, result.method
        reach = quantile(df) * result.table["std_error"]
        for end, sign in (("conf_low", -1), ("conf_high", 1)):
            assert result.table[end].tolist() == pytest.approx(
                (result.table["estimate"] + sign * reach).tolist(), rel=1e-9
            )
