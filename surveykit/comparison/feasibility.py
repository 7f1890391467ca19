"""What the settlements at hand can answer, said before any estimate is made."""

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit._checks import as_names
from surveykit.comparison.arms import Arms, Covariates, make_arms, make_covariates
from surveykit.comparison.randomization import count_assignments, smallest_p
from surveykit.design import SurveyDesign
from surveykit.estimation.few_clusters import cluster_totals, fit_robust, solve_weighted
from surveykit.formatting import format_number, format_p, format_percent
from surveykit.results import Result

Verdict = Literal["sound", "fragile", "cannot answer"]

FEWEST_IN_AN_ARM = 5
"""Settlements that the smaller arm needs for "sound"."""
FEWEST_DF = 5.0
"""Satterthwaite degrees of freedom needed for "sound": Tipton (2015) asks for 4; one more is caution."""
LARGEST_RATIO = 2.0
"""How many times as heavy the settlements of one side may be on average; beyond, size and side are one thing."""
LARGEST_SHARE = 0.5
"""Share of its arm's weight above which one settlement dominates."""
LEVEL = 0.05
"""Level that a verdict speaks of."""


@dataclass(frozen=True, eq=False)
class Feasibility(Result):
    """Whether a comparison between settlements can be answered; a table of checks under a verdict.

    Attributes
    ----------
    verdict : {"sound", "fragile", "cannot answer"}
    reasons : tuple of str
        Why the verdict is not better, one sentence each.
    single : bool
        True when one arm is a single settlement.
    reason_names : tuple of str
        A word for each reason, by which a report finds it in another language.
    """

    verdict: Verdict = "sound"
    reasons: tuple[str, ...] = ()
    single: bool = False
    arms: Arms | None = field(default=None, repr=False)
    reason_names: tuple[str, ...] = ()

    def headline(self) -> str:
        """Return the verdict and its reasons in one paragraph."""
        facts = self.facts
        start = (f"Feasibility: {self.verdict.upper()}. {facts['n_treated']} settlement(s) in the group "
                 f"'{facts['group']}' stand against {facts['n_baseline']} in '{facts['baseline']}' "
                 f"({facts['n_respondents']:,} respondents); the smallest two-sided p that an exact test can give is "
                 f"{format_p(float(facts['smallest_p_two_sided']))}.")
        return " ".join([start, *self.reasons])

    def notes(self) -> list[str]:
        """Return the verdict with its reasons, then the method."""
        return [self.headline(), *super().notes()]


@dataclass(frozen=True, eq=False)
class UnderVerdict(Result):
    """A result on settlements, with the verdict on what they can answer at its head.

    Attributes
    ----------
    feasibility : Feasibility
    """

    feasibility: Feasibility | None = None

    def headline(self) -> str:
        """Return the verdict and its reasons."""
        return "" if self.feasibility is None else self.feasibility.headline()

    def summary(self) -> str:
        """Return verdict, table and notes as plain text, the verdict first."""
        return "\n".join([self.headline(), super().summary()])

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.headline())}</strong></p>{super()._repr_html_()}"

    def to_latex(self, caption: str | None = None, label: str | None = None) -> str:
        """Return a LaTeX table whose caption carries the verdict."""
        verdict = "" if self.feasibility is None else f"Feasibility: {self.feasibility.verdict}"
        return super().to_latex(f"{caption or self.title}. {verdict}.", label)


def check_feasibility(
    design: SurveyDesign,
    *,
    group: str,
    settlement: str,
    baseline: object = None,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    lang: str | None = None,
) -> Feasibility:
    """Return what a comparison between settlements can answer, before any outcome is looked at.

    Parameters
    ----------
    design : SurveyDesign
    group : str
        Column with two groups, the same for everybody in a settlement.
    settlement : str
        Column of the units on which the treatment fell.
    baseline : code or label, optional
        The group that the other is compared with; default the first code.
    adjust_for : str or sequence of str
        Covariates that the comparison would hold equal.
    strata : str, optional
        Column of blocks inside which the assignment is thought of as random.
    lang : str, optional
        Language of labels.

    Returns
    -------
    Feasibility
        Columns check, value, remark; `.verdict` is "sound", "fragile" or "cannot answer", `.reasons` says why.

    Notes
    -----
    *Cannot answer*: an arm of one settlement, or a smallest attainable two-sided p above 0.05. *Fragile*: an arm of
    fewer than 5 settlements, fewer than 5 Satterthwaite degrees of freedom (Tipton 2015), one settlement with more
    than half of its arm's weight, settlements of one side more than twice as large on average, or more covariates of
    settlements than their number allows. *Sound* otherwise. The
    thresholds are held against simulation in `benchmarks/calibration`. The effective number of clusters is that of
    Carter, Schnepel & Steigerwald (2017, REStat 99, 698-709) for perfectly alike neighbours: ``G / (1 + cv^2)`` of the
    settlements' shares in the variance of the difference.

    Examples
    --------
    Ili district in July 2021: one of ten rural units had elected its akim.

    >>> answers = pd.DataFrame({"unit": [f"U{i % 10:02d}" for i in range(100)]})
    >>> answers["akim"] = ["elected" if unit == "U03" else "appointed" for unit in answers["unit"]]
    >>> result = check_feasibility(SurveyDesign(answers), group="akim", baseline="appointed", settlement="unit")
    >>> result.verdict, round(result.facts["smallest_p_two_sided"], 2)
    ('cannot answer', 0.1)
    """
    names = as_names(adjust_for, "adjust_for")
    arms = make_arms(design, group, baseline, settlement, strata, lang)
    rows = arms.of_row >= 0
    covariates = make_covariates(design, names, rows, lang)
    return assess(design, arms, covariates, rows, lang)


def assess(design: SurveyDesign, arms: Arms, covariates: Covariates, rows: np.ndarray, lang: str | None) -> Feasibility:
    """Return the feasibility of a comparison among the respondents in `rows`."""
    found, df_of_terms = _count(design, arms, covariates, rows)
    verdict, reasons = weigh_reasons(found.n_treated, found.n_baseline, found.smallest_p_two_sided, found.df_adjusted,
                                     found.largest_share_of_arm, found.largest_settlement, found.size_ratio,
                                     found.n_settlement_covariates)
    numbers: dict[str, Any] = {"group": arms.label, "baseline": arms.baseline, **asdict(found)}
    remarks = {
        "settlements, group compared": arms.label, "settlements, baseline": arms.baseline,
        "effective number of settlements": "Carter, Schnepel & Steigerwald 2017",
        "covariate columns": ", ".join(covariates.terms[:8]),
        "Satterthwaite degrees of freedom, adjusted": ", ".join(
            f"{term} {format_number(df, 1)}" for term, df in zip(covariates.terms[:8], df_of_terms)),
        "largest settlement, share of its arm's weight": str(numbers["largest_settlement"]),
    }
    checks = {
        "respondents": "n_respondents",
        "settlements, group compared": "n_treated", "settlements, baseline": "n_baseline",
        "blocks": "n_blocks", "distinct assignments": "n_assignments", "smallest p, one-sided": "smallest_p_one_sided",
        "smallest p, two-sided": "smallest_p_two_sided", "Satterthwaite degrees of freedom": "df",
        "Satterthwaite degrees of freedom, adjusted": "df_adjusted",
        "effective number of settlements": "effective_settlements",
        "largest settlement, share of all weight": "largest_share",
        "largest settlement, share of its arm's weight": "largest_share_of_arm",
        "average settlement, heavier side to lighter": "size_ratio",
        "largest settlement, share of the variance": "largest_variance_share",
        "covariate columns": "n_covariates", "covariate columns that describe settlements": "n_settlement_covariates",
        "rank without any one settlement": "leave_one_out_rank",
    }  # fmt: skip
    table = pd.DataFrame([{"check": check, "value": float(numbers[key]), "remark": remarks.get(check, "")}
                          for check, key in checks.items()])
    method = (f"Feasibility of comparing {arms.label} with {arms.baseline} ({arms.group}) by {arms.settlement}: "
              "verdict "
              f"'{verdict}' at the {LEVEL:.0%} level, from the number, size and weight of the settlements alone.")
    return Feasibility(
        table,
        method,
        design.origin(lang),
        numbers,
        "Can the settlements answer?",
        verdict,
        tuple(reasons.values()),
        single=min(int(arms.treated.sum()), int((~arms.treated).sum())) == 1,
        arms=arms,
        reason_names=tuple(reasons),
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    n_respondents: int
    n_treated: int
    n_baseline: int
    n_blocks: int
    n_assignments: int
    smallest_p_one_sided: float
    smallest_p_two_sided: float
    df: float
    df_adjusted: float
    effective_settlements: float
    largest_share: float
    largest_share_of_arm: float
    size_ratio: float
    largest_settlement: str
    largest_variance_share: float
    n_covariates: int
    n_settlement_covariates: int
    leave_one_out_rank: int


def _count(
    design: SurveyDesign, arms: Arms, covariates: Covariates, rows: np.ndarray
) -> tuple[_Numbers, list[float]]:
    """Return the numbers of the gate, and the degrees of freedom of each covariate's coefficient."""
    chosen = np.flatnonzero(rows & covariates.complete)
    cluster, weights = arms.of_row[chosen], design.weights[chosen]
    x = np.column_stack([np.ones(len(chosen)), arms.treated[cluster], covariates.matrix[chosen]]).astype(float)
    totals = cluster_totals(x, np.zeros(len(chosen)), weights, cluster, len(arms))
    present = totals.n > 0
    totals, treated, block = totals.keep(present), arms.treated[present], arms.block[present]
    names = [name for name, here in zip(arms.names, present) if here]
    n_treated, n_baseline = int(treated.sum()), int((~treated).sum())
    plain = totals.columns(np.array([0, 1]))
    both = min(n_treated, n_baseline) >= 1
    df = float(fit_robust(plain).df[1]) if both and len(treated) > 2 else np.nan
    pull = ((plain.xwx[:, :, 0] @ solve_weighted(plain)[1])[:, 1]) ** 2
    spread = pull.var() / pull.mean() ** 2 if pull.mean() > 0 else np.nan
    of_arm = totals.weight / np.where(treated, totals.weight[treated].sum(), totals.weight[~treated].sum())
    one_sided, two_sided = smallest_p(treated, block) if both else (1.0, 1.0)
    whole = totals.xwx.sum(axis=0)
    adjusted = fit_robust(totals).df if both and covariates.terms and len(treated) > 2 else np.array([np.nan, df])
    numbers = _Numbers(
        len(chosen),
        n_treated,
        n_baseline,
        len(np.unique(block)),
        count_assignments(treated, block),
        one_sided,
        two_sided,
        df,
        float(adjusted[1]),
        len(treated) / (1 + spread),
        float((totals.weight / totals.weight.sum()).max()),
        float(of_arm[_alone(treated)].max(initial=0.0)),
        _size_ratio(totals.weight, treated),
        names[int(np.argmax(of_arm * _alone(treated)))],
        float(pull.max() / pull.sum()) if pull.sum() > 0 else np.nan,
        x.shape[1] - 2,
        _settlement_columns(x[:, 2:], cluster),
        int(min(np.linalg.matrix_rank(whole - one, hermitian=True) for one in totals.xwx)),
    )
    return numbers, [float(value) for value in adjusted[2:]]


def _size_ratio(weight: np.ndarray, treated: np.ndarray) -> float:
    if treated.all() or not treated.any():
        return float("nan")
    means = weight[treated].mean(), weight[~treated].mean()
    return float(max(means) / min(means))


def _alone(treated: np.ndarray) -> np.ndarray:
    """Return which settlements have company in their arm (one alone always has all of its arm's weight)."""
    return np.where(treated, treated.sum() > 1, (~treated).sum() > 1)


def _settlement_columns(matrix: np.ndarray, cluster: np.ndarray) -> int:
    """Return how many covariates are constant inside every settlement."""
    constant = 0
    for values in matrix.T:
        low, high = np.full(int(cluster.max()) + 1, np.inf), np.full(int(cluster.max()) + 1, -np.inf)
        np.minimum.at(low, cluster, values)
        np.maximum.at(high, cluster, values)
        constant += int((high[cluster] - low[cluster] <= 1e-12 * (1 + np.abs(values))).all())
    return constant


def judge(
    n_treated: int,
    n_baseline: int,
    lowest_p: float,
    df: float,
    share: float,
    largest: str = "",
    ratio: float = 1.0,
    n_settlement_columns: int = 0,
) -> tuple[Verdict, list[str]]:
    """Return the verdict and its reasons from the numbers that it rests on.

    Parameters
    ----------
    n_treated, n_baseline : int
        Settlements on each side.
    lowest_p : float
        Smallest two-sided p that an exact test can give.
    df : float
        Satterthwaite degrees of freedom.
    share : float
        Largest share that one settlement has in the weight of its side.
    largest : str
        Name of that settlement.
    ratio : float
        Average weight of a settlement on the heavier side, as a multiple of that on the other.
    n_settlement_columns : int
        Covariate columns that describe settlements.
    """
    verdict, reasons = weigh_reasons(n_treated, n_baseline, lowest_p, df, share, largest, ratio, n_settlement_columns)
    return verdict, list(reasons.values())


def weigh_reasons(
    n_treated: int, n_baseline: int, lowest_p: float, df: float, share: float, largest: str, ratio: float,
    n_settlement_columns: int,
) -> tuple[Verdict, dict[str, str]]:
    """Return the verdict and its reasons by name; parameters as in `judge`."""
    fewest, total = min(n_treated, n_baseline), n_treated + n_baseline
    fatal, doubts = {}, {}
    if fewest <= 1:
        fatal["alone"] = (f"Only {fewest} settlement is on one side, so its own character cannot be told from the "
                          "effect; more respondents there do not help.")
    if lowest_p > LEVEL:
        fatal["p"] = f"No exact two-sided test can give p below {format_p(lowest_p)}, whatever the answers."
    if 1 < fewest < FEWEST_IN_AN_ARM:
        doubts["few"] = (f"The smaller side has {fewest} settlements; at least {FEWEST_IN_AN_ARM} are needed for "
                         "tests that hold their level whatever the sizes.")
    if fewest > 1 and not df >= FEWEST_DF:
        doubts["df"] = (f"The Satterthwaite degrees of freedom are {format_number(df, 1)}, below {FEWEST_DF:g}, "
                        "where even the corrected t test is unreliable.")
    if share > LARGEST_SHARE:
        doubts["dominant"] = (f"Settlement {largest} carries {format_percent(share)} of the weight of its side, so the "
                              "person average is largely that settlement's average.")
    if ratio > LARGEST_RATIO:
        doubts["sizes"] = (f"Settlements of one side are on average {format_number(ratio, 1)} times as large as those "
                           "of the other, so the person average compares large settlements with small ones; read the "
                           "settlement average and the studentised test.")
    if n_settlement_columns and n_settlement_columns >= max(1, total - 2) // 2:
        doubts["covariates"] = (f"{n_settlement_columns} covariate column(s) describe settlements and use up the "
                                f"{total - 2} degrees of freedom between settlements.")
    verdict: Verdict = "cannot answer" if fatal else "fragile" if doubts else "sound"
    return verdict, fatal | doubts
