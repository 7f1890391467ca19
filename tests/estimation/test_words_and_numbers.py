"""What a method sentence says of the intervals is what they are made of: every estimator under every convention.

The sentence is read as a reader would: "normal quantiles", "the design's 7 degrees of freedom", "each row's own degrees
of freedom", "all who were asked". The degrees of freedom that follow are counted here from the data, and the ends of
the intervals are computed anew from them.
"""

import inspect
import re

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special, stats

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
    if kind == "likelihood":

        def beyond(q):
            return 2 * size * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))) - t**2

        return optimize.brentq(beyond, 1e-12, p), optimize.brentq(beyond, p, 1 - 1e-12)
    if kind == "wilson":
        centre, reach = (p + t**2 / (2 * size)) / (1 + t**2 / size), np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
        return tuple(centre + sign * t / (1 + t**2 / size) * reach for sign in (-1, 1))
    size *= (quantile((n_asked if kind == "beta" else n) - 1) / t) ** 2
    size = size if kind == "beta" else min(size, n)
    return (stats.beta.ppf(0.025, size * p, size * (1 - p) + 1), stats.beta.ppf(0.975, size * p + 1, size * (1 - p)))


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["means", "totals", "ratios", "variances", "covariances", "correlations", "standardized",
                                  "logit", "korn-graubard", "beta", "wilson", "arcsine", "likelihood", "wald", "default share"])  # fmt: skip
def test_the_sentence_names_the_interval(answers, preset, name):
    design = SurveyDesign(answers, weight="w", cluster="settlement", stratum="stratum", conventions=preset)
    calls = {
        "means": lambda: sk.means(design, "income", by="sex"), "totals": lambda: sk.totals(design, "income", by="sex"),
        "ratios": lambda: sk.ratios(design, [("income", "hhsize")], by="sex"),
        "variances": lambda: sk.variances(design, "income", by="sex"),
        "covariances": lambda: sk.covariances(design, ["income", "age"], by="sex"),
        "correlations": lambda: sk.correlations(design, ["income", "age"], by="sex"),
        "standardized": lambda: sk.standardized_means(design, "income", {"educ": {1: 0.3, 2: 0.4, 3: 0.3}}, by="sex"),
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


@pytest.mark.parametrize("preset", PRESETS)
def test_the_first_table_of_a_paper_names_its_intervals(answers, preset):
    """It has no argument `confidence`, but intervals of shares and of means all the same."""
    design = SurveyDesign(answers, weight="w", cluster="settlement", stratum="stratum", conventions=preset)
    result = sk.describe_sample(design, ["top", "income"], by="sex", categorical="top")
    of_share, of_mean = re.search(r"95% intervals \((\S+) of shares and (\S+) of means\)", result.method).groups()
    rows = result.table[result.table["std_error"].notna()]
    assert set(rows["outcome"]) == {"top", "income"}
    for _, row in rows.iterrows():
        asked = answers["sex"].astype(str) == row["group"]
        asked = asked if asked.any() else answers["sex"].notna()
        answered = asked & answers[row["outcome"]].notna()
        if "in the column df" in result.method:  # who lacks an answer may have left the design
            everybody = answers[row["outcome"]].notna() | (sk.CONVENTIONS[preset].incomplete == "stay")
            assert row["df"] == counted(answers, everybody)
        else:
            assert row["df"] == said(result.method, answers, answered, asked)
        low, high = ends(of_share if row["outcome"] == "top" else of_mean, row, row["df"], int(asked.sum()))
        assert (row["conf_low"], row["conf_high"]) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))


SCALE = sk.LikertScale("scale", ["q1", "q2", "q3", "q4"], lowest=1, highest=5)
SIDES = {"group": "kind", "baseline": "b", "settlement": "settlement"}
OTHERS = {
    "contrast": lambda d, m, w: sk.contrast(sk.means(d, "income", by="sex"), {"1": -1, "2": 1}),
    "trend_test": lambda d, m, w: sk.trend_test(d, "income", "educ"),
    "predictions": lambda d, m, w: sk.predictions(m, {"educ": [1, 2], "age": 40}),
    "average_predictions": lambda d, m, w: sk.average_predictions(m, "educ"),
    "average_marginal_effects": lambda d, m, w: sk.average_marginal_effects(m),
    "compare_groups": lambda d, m, w: sk.compare_groups(d, "income", group="sex", baseline=1),
    "compare_paired": lambda d, m, w: sk.compare_paired(d, [("q1", "q2")]),
    "compare_settlements": lambda d, m, w: sk.compare_settlements(
        d, "income", methods=["cr2", "cr3", "linearized", "welch", "cr1s", "cr0"], **SIDES
    ),
    "compare_odds": lambda d, m, w: sk.compare_odds(d, "yes", methods=["cr2", "cr3", "linearized", "cr1s"], **SIDES),
    "compare_mixed": lambda d, m, w: sk.compare_mixed(sk.SurveyDesign(d.survey, conventions=d.conventions), "income", **SIDES),
    "difference_in_differences": lambda d, m, w: sk.difference_in_differences(w, "income", wave="wave", methods=["cr2", "cr3", "cr1s"], **SIDES),
    "group_time_effects": lambda d, m, w: sk.group_time_effects(w, "income", first_wave="first", wave="wave", settlement="settlement"),
    "cronbach_alpha": lambda d, m, w: sk.cronbach_alpha(d, SCALE),
    "check_dimensions": lambda d, m, w: sk.check_dimensions(d, SCALE),
    "intraclass_correlation": lambda d, m, w: sk.intraclass_correlation(d, "income", settlement="settlement"),
}  # fmt: skip
"""Estimators with an interval beyond those above; d, m and w are a design, a logit model and two waves."""
FIXED = [("cr3", "G - 1 degrees of freedom", 9), ("cr1s", "G - 1 degrees of freedom", 9), ("cr0", "", 9),
         ("mixed", "settlements minus 2 degrees of freedom", 8), ("sign_flip", "inverting the test", None)]  # fmt: skip
"""What a method of a comparison is said to have, and how many: ten settlements, three strata."""
LEFT_OUT = {"means", "totals", "ratios", "variances", "covariances", "correlations", "standardized_means", "shares",
            "quantiles", "t_test", "fit_model", "crosstab", "write_explorer"}  # fmt: skip
"""Tested above; intervals of a crosstab and an explorer are those of `shares`, held to them in their own tests."""


def test_every_estimator_with_an_interval_is_held_to_its_sentence():
    """By the argument `confidence`; coders are no sample, so that no convention reaches their agreement, and the explorer has the intervals of `shares` and `means`."""
    takes = {
        name
        for name in sk.__all__
        if inspect.isfunction(getattr(sk, name)) and "confidence" in inspect.signature(getattr(sk, name)).parameters
    }
    of_models = {"predictions", "average_predictions", "average_marginal_effects"}
    assert takes - {"coder_agreement"} == (LEFT_OUT | set(OTHERS)) - of_models


@pytest.fixture(scope="module")
def kinds(ili_like) -> pd.DataFrame:
    frame = ili_like.assign(kind=np.where(ili_like["elected"] == 1, "t", "b"), yes=ili_like["q1top"])
    return frame.assign(first=np.where(frame["kind"] == "t", 2.0, np.nan))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::surveykit.SurveyKitWarning")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", OTHERS)
def test_other_estimators_do_as_they_say(kinds, preset, name):
    design = SurveyDesign(kinds, weight="w", cluster="settlement", stratum="stratum", conventions=preset)
    model = sk.fit_model("yes ~ C(educ) + age", design, family="binomial")
    second = kinds.assign(wave=2, income=kinds["income"] * np.where(kinds["kind"] == "t", 1.02, 1) + 50 * kinds["age"])
    waves = SurveyDesign(
        pd.concat([kinds.assign(wave=1), second], ignore_index=True),
        weight="w", cluster="settlement", stratum="stratum", conventions=preset,
    )  # fmt: skip
    result = OTHERS[name](design, model, waves)
    table, method = result.table[result.table["conf_low"].notna()], result.method
    assert len(table)
    link = "logit scale, turned back" in method
    for _, row in table.iterrows():
        p, se, df = row["estimate"], row["std_error"], row["df"]
        if np.isnan(df) or np.isnan(se):  # by inverting a test, or exact
            assert any(word in method for word in ("inverting the test", "exact interval")), method
            continue
        t = quantile(df)
        if name in ("cronbach_alpha", "check_dimensions"):
            assert re.search(r"on log\(1 - \w+\), df = 7\.", method) and df == 7
            low, high = (1 - (1 - p) * np.exp(sign * t * se / (1 - p)) for sign in (1, -1))
        elif link:
            low, high = (special.expit(special.logit(p) + sign * t * se / (p * (1 - p))) for sign in (-1, 1))
        else:
            low, high = p - t * se, p + t * se
        assert (row["conf_low"], row["conf_high"]) == (pytest.approx(low, rel=1e-7), pytest.approx(high, rel=1e-7))
        if name in ("contrast", "trend_test", "predictions", "average_predictions", "average_marginal_effects"):
            promised = re.search(r"([\d.]+) degrees of freedom", method)
            assert df == (float(promised.group(1)) if promised else said(method, kinds, *[kinds["income"].notna()] * 2))
        elif row["method"] == "linearized":
            assert df == 6 and ("minus 1 degrees of freedom" in method or "linearized t within the 3 strata" in method)
        elif row["method"] == "cr2":
            assert "Satterthwaite" in method or "CR2" in method or name == "difference_in_differences"
        elif row["method"] == "welch":
            assert "Welch's t test" in method and 2 < df < 8
        elif name == "compare_mixed" or name in ("compare_settlements", "compare_odds"):
            words, count = {one: (words, count) for one, words, count in FIXED}[row["method"]]
            assert words in method and df == count


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::surveykit.SurveyKitWarning")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(
    "name", [name for name in OTHERS if name.startswith(("compare", "difference", "cronbach", "intra"))]
)
def test_comparisons_are_the_same_under_every_convention(kinds, preset, name):
    """They have methods of their own, and their sentences name no convention."""
    tables = []
    for one in ("surveykit", preset):
        design = SurveyDesign(kinds, weight="w", cluster="settlement", stratum="stratum", conventions=one)
        frame = pd.concat([kinds.assign(wave=1), kinds.assign(wave=2, income=kinds["income"] + 50 * kinds["age"])])
        waves = SurveyDesign(
            frame.reset_index(drop=True), weight="w", cluster="settlement", stratum="stratum", conventions=one
        )
        result = OTHERS[name](design, None, waves)
        assert "conventions" not in result.method
        tables.append(result.table)
    pd.testing.assert_frame_equal(*tables)
