"""The tests of the authors' own program, done again with scipy and statsmodels, one row per test or bar."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import statsmodels.api as sm
from exact_table import fisher_exact_table
from scipy import optimize, stats


def robust_difference(answers: pd.Series, treated: pd.Series, confidence: float = 0.95) -> dict[str, float]:
    """Return the difference of two means with HC1 errors and t with n - 2 df (Stata: ``regress y x, vce(robust)``)."""
    rows = answers.notna() & treated.notna()
    fit = sm.OLS(answers[rows], sm.add_constant(treated[rows].astype(float))).fit(cov_type="HC1", use_t=True)
    low, high = fit.conf_int(1 - confidence).iloc[1]
    t = fit.tvalues.iloc[1]
    return {
        "estimate": fit.params.iloc[1],
        "std_error": fit.bse.iloc[1],
        "statistic": t,
        "df": fit.df_resid,
        "p_value": fit.pvalues.iloc[1],
        "p_greater": stats.t.sf(t, fit.df_resid),
        "p_less": stats.t.cdf(t, fit.df_resid),
        "conf_low": low,
        "conf_high": high,
        "n": int(rows.sum()),
    }


def two_sided(t: float, df: float) -> float:
    """Return the two-sided p-value of a t statistic."""
    return float(2 * stats.t.sf(abs(t), df))


def share_tests(answers: pd.Series, treated: pd.Series) -> dict[str, tuple[float, float]]:
    """Return statistic and p-value of the three tests of a 0/1 answer in two groups: Pearson, Fisher exact, t."""
    table = pd.crosstab(answers, treated)
    pearson = stats.chi2_contingency(table, correction=False)
    pooled = stats.ttest_ind(answers[treated == 1], answers[treated == 0])
    return {
        "Pearson chi-squared": (pearson.statistic, pearson.pvalue),
        "Fisher exact": (np.nan, stats.fisher_exact(table.to_numpy()).pvalue),
        "t, equal variances": (pooled.statistic, pooled.pvalue),
    }


def rank_sum(answers: pd.Series, treated: pd.Series) -> tuple[float, float]:
    """Return z and p of the rank-sum test, ties corrected, no continuity correction (Stata: ``ranksum``)."""
    one, other = answers[treated == 1], answers[treated == 0]
    result = stats.mannwhitneyu(one, other, method="asymptotic", use_continuity=False)
    sign = np.sign(result.statistic - len(one) * len(other) / 2)
    return sign * stats.norm.isf(result.pvalue / 2), result.pvalue


def variance_ratio(answers: pd.Series, treated: pd.Series) -> tuple[float, float]:
    """Return F and the two-sided p of the ratio of two variances (Stata: ``sdtest``)."""
    one, other = answers[treated == 1], answers[treated == 0]
    ratio = one.var(ddof=1) / other.var(ddof=1)
    below = stats.f.cdf(ratio, len(one) - 1, len(other) - 1)
    return ratio, 2 * min(below, 1 - below)


def pooled_t(answers: pd.Series, treated: pd.Series) -> tuple[float, float]:
    """Return t and p of two means with equal variances (Stata: ``ttest``)."""
    result = stats.ttest_ind(answers[treated == 1], answers[treated == 0])
    return result.statistic, result.pvalue


def power_of_two_shares(share: float, other: float, per_group: int, level: float, sides: int) -> float:
    """Return the power of Pearson's test of two shares in two groups of one size (Stata: ``power twoproportions``).

    ``Phi((|p2 - p1| - z s0) / s1)`` with s0 the error under equality and s1 the error as it is.
    """
    gap, pooled = abs(other - share), (share + other) / 2
    under_null = np.sqrt(2 * pooled * (1 - pooled) / per_group)
    as_is = np.sqrt((share * (1 - share) + other * (1 - other)) / per_group)
    return float(stats.norm.cdf((gap - stats.norm.isf(level / sides) * under_null) / as_is))


def detectable_difference(share: float, n: int, level: float, power: float = 0.8) -> float:
    """Return the rise from `share` that n persons in two equal groups find with this power, two-sided."""

    def lack(other: float) -> float:
        return power_of_two_shares(share, other, n // 2, level, sides=2) - power

    return optimize.brentq(lack, share + 1e-6, 1 - 1e-9) - share


def all_tests(leaders: pd.DataFrame, villagers: pd.DataFrame) -> pd.DataFrame:
    """Return every test of the authors' program that compares elected leaders with chiefs, one row each."""
    rows: list[dict[str, object]] = []

    def add(figure: str, outcome: str, named: Iterable[tuple[str, tuple[float, float]]]) -> None:
        rows.extend(
            {"figure": figure, "outcome": outcome, "method": name, "statistic": value[0], "p_value": value[1]}
            for name, value in named
        )

    elected, chief = leaders["DEL"], leaders["TL"]
    robust = robust_difference(leaders["dem7"], elected)
    add(
        "text",
        "dem7",
        [
            ("HC1 regression, two-sided", (robust["statistic"], robust["p_value"])),
            ("HC1 regression, elected leaders more democratic", (robust["statistic"], robust["p_greater"])),
            ("HC1 regression, chiefs more democratic", (robust["statistic"], robust["p_less"])),
        ],
    )
    add("text", "dem2", share_tests(leaders["dem2"], elected).items())
    add("2", "nepotistic", share_tests(leaders["nepotistic"], elected).items())
    for outcome in ("nepotisNR", "vengefulRN"):
        add("2", outcome, list(share_tests(leaders[outcome], elected).items())[:2])
        add("2", outcome, [("rank sum", rank_sum(leaders[outcome], elected))])
        robust = robust_difference(leaders[outcome], elected)
        add("2", outcome, [("HC1 regression, two-sided", (robust["statistic"], robust["p_value"]))])
    table = pd.crosstab(villagers["e_2"], villagers["e_1"])
    pearson = stats.chi2_contingency(table, correction=False)
    add(
        "4",
        "e_2 by e_1",
        [
            ("Pearson chi-squared", (pearson.statistic, pearson.pvalue)),
            ("Fisher exact", (np.nan, fisher_exact_table(table))),
        ],
    )
    add(
        "5",
        "m_fg",
        [
            ("rank sum", rank_sum(leaders["m_fg"], chief)),
            ("F, ratio of variances", variance_ratio(leaders["m_fg"], chief)),
            ("t, equal variances", pooled_t(leaders["m_fg"], 1 - chief)),
        ],
    )
    return pd.DataFrame(rows)
