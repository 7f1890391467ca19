"""The verdict on the settlements that answered one outcome, from the totals that its numbers are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
from scipy import special

from surveykit._checks import TINY
from surveykit.comparison.assignments import count_assignments, smallest_p
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.cr2_level import MOST_SETTLEMENTS, true_level
from surveykit.distributions import t_quantile_at, upper_t
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.few_clusters import fit_robust, solve_weighted
from surveykit.formatting import format_number, format_p, format_percent

Verdict = Literal["sound", "fragile", "cannot answer"]
VERDICTS: tuple[Verdict, ...] = ("sound", "fragile", "cannot answer")
"""Verdicts, the best first."""

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
LARGEST_LEVEL = 0.055
"""Level of CR2's test above which it is not said to hold its 5 %: half a point more, about one Monte Carlo error of the
calibration's 2,000 draws."""
ALIKE = (0.02, 0.15)
"""Intraclass correlations at which that level is computed: neighbours whose opinions are hardly and strongly alike."""
LARGEST_RANDOMIZATION_LEVEL = 0.07
"""The same for the plain randomization test, by a normal approximation that is a point or two too low."""
ALIKE_BUT_ROUNDED = 1e-9
"""Part of the largest weight (or mean) by which those of the two sides differ from their side's average where all are
alike: 1e-15 by rounding, and weights written with nine digits leave the rest. A correlation of that would be any
number."""
LEANING = 0.05
"""p of the correlation of weight and answer below which weights are said to lean on the answer."""


OF_SIZES = (
    "df", "df_adjusted", "effective_settlements", "largest_share", "largest_share_of_arm", "largest_share_treated",
    "largest_share_baseline", "largest_variance_share", "true_level", "randomization_level", "leaning",
)  # fmt: skip
"""Numbers that are functions of how many answered in each settlement; a ratio of averages over sides is not."""
REASONS_OF_SIZES = ("df", "dominant", "level", "exchange", "leaning")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a verdict rests on."""

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
    largest_share_treated: float
    largest_share_baseline: float
    size_ratio: float
    largest_settlement: str
    largest_variance_share: float
    true_level: float
    randomization_level: float
    leaning: float
    n_covariates: int
    n_settlement_covariates: int
    leave_one_out_rank: int


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """The verdict on one outcome, with or without covariates, and why it is not better.

    Attributes
    ----------
    outcome, term : str
        Outcome ("" before any is named) and "unadjusted" or "adjusted".
    group, baseline : str
        Names of the two sides.
    numbers : Numbers
    verdict : {"sound", "fragile", "cannot answer"}
    reasons : mapping from str to str
        Sentences by a word for each, by which a page finds them in another language.
    df_of_terms : mapping from str to float
        Satterthwaite degrees of freedom of each covariate's coefficient.
    further : mapping from str to str
        What else a page needs to say the reasons in another language.
    """

    outcome: str
    term: str
    group: str
    baseline: str
    numbers: Numbers
    verdict: Verdict
    reasons: Mapping[str, str]
    df_of_terms: Mapping[str, float] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)

    @property
    def single(self) -> bool:
        """Whether one side is a single settlement."""
        return min(self.numbers.n_treated, self.numbers.n_baseline) == 1

    @property
    def rank(self) -> tuple[int, int, float, float]:
        """By which judgements are put in order, the worst last."""
        numbers = self.numbers
        return (
            VERDICTS.index(self.verdict),
            -min(numbers.n_treated, numbers.n_baseline),
            numbers.smallest_p_two_sided,
            -round(float(np.nan_to_num(numbers.df, nan=0.0)), 9),  # the same sums in another order are no other df
        )

    def without_sizes(self) -> "Judgement":
        """Return the same verdict without the numbers that tell how large single settlements are, or are made of it."""
        gone: dict[str, Any] = {**dict.fromkeys(OF_SIZES, float("nan")), "largest_settlement": ""}
        numbers = replace(self.numbers, **gone)
        reasons = {name: text for name, text in self.reasons.items() if name not in REASONS_OF_SIZES}
        return replace(self, numbers=numbers, reasons=reasons, df_of_terms={})

    @property
    def facts(self) -> dict[str, Any]:
        """The numbers with the names of the sides, for a result."""
        return {"group": self.group, "baseline": self.baseline, **asdict(self.numbers), **self.further}


def judge(
    totals: ClusterTotals,
    compared: ComparedGroups,
    *,
    outcome: str = "",
    term: str = "unadjusted",
    two_waves: bool = False,
    covariates: Sequence[str] = (),
    n_settlement_covariates: int = 0,
    n_balanced: int = 0,
    means: np.ndarray | None = None,
) -> Judgement:
    """Return the verdict on the settlements of a comparison, from the very totals that its numbers are made of.

    Parameters
    ----------
    totals : ClusterTotals
        With sampling weights (the person average), over the settlements of `compared`; column 1 is what is tested.
    compared : ComparedGroups
        The settlements that answered.
    outcome, term : str
    two_waves : bool
        Whether the comparison without covariates has, instead of constant and treatment, constant, product, treatment
        and wave. Its level is looked at for constant and treatment alone.
    covariates : sequence of str
        Names of the last columns.
    n_settlement_covariates : int
        How many of them are constant inside every settlement.
    n_balanced : int
        Columns before them that hold balanced settlement means; they belong to the comparison without covariates.
    means : float array, (settlements,), optional
        Mean answers (or changes) of the settlements: tells weights that lean on them.
    """
    treated, block = compared.treated, compared.block
    n_treated, n_baseline = int(treated.sum()), int((~treated).sum())
    both, enough = min(n_treated, n_baseline) >= 1, len(treated) > 2
    # constant, treatment, and with two waves these in the second too: the columns that the comparison has without
    # covariates
    first = 4 if two_waves else 2 + n_balanced
    unadjusted = totals.columns(np.arange(first))
    df = float(fit_robust(unadjusted).df[1]) if both and enough else np.nan
    # what each settlement puts into the coefficient, squared, if every one's error were the same for all its people:
    # the shares of variance when neighbours answer alike; (sum)^2 / sum of squares of them is G / (1 + cv^2)
    pull = ((unadjusted.xwx[:, :, 0] @ solve_weighted(unadjusted)[1])[:, 1]) ** 2
    relative_variance = pull.var() / pull.mean() ** 2 if pull.mean() > 0 else np.nan
    weight = totals.weight
    of_arm = weight / np.where(treated, weight[treated].sum(), weight[~treated].sum())
    one_sided, two_sided = smallest_p(treated, block) if both else (1.0, 1.0)
    all_products = totals.xwx.sum(axis=0)
    adjusted = fit_robust(totals).df if both and enough and len(covariates) else np.array([np.nan, df])
    has_company = np.where(treated, n_treated > 1, n_baseline > 1)  # one alone always has all of its side's weight
    numbers = Numbers(
        n_respondents=int(totals.n.sum()),
        n_treated=n_treated,
        n_baseline=n_baseline,
        n_blocks=len(np.unique(block)),
        n_assignments=count_assignments(treated, block),
        smallest_p_one_sided=one_sided,
        smallest_p_two_sided=two_sided,
        df=df,
        df_adjusted=float(adjusted[1]),
        effective_settlements=len(treated) / (1 + relative_variance),
        largest_share=float((weight / weight.sum()).max()),
        largest_share_of_arm=float(of_arm[has_company].max(initial=0.0)),
        largest_share_treated=float(of_arm[treated].max(initial=0.0)),
        largest_share_baseline=float(of_arm[~treated].max(initial=0.0)),
        size_ratio=size_ratio(weight, treated),
        largest_settlement=compared.names[int(np.argmax(of_arm * has_company))],
        largest_variance_share=float(pull.max() / pull.sum()) if pull.sum() > 0 else np.nan,
        true_level=_true_level(
            totals.columns(np.array([0, 2])) if two_waves else unadjusted, min(n_treated, n_baseline)
        ),
        randomization_level=randomization_level(weight, effective_sizes(totals), treated),
        leaning=lean(weight, means, treated) if means is not None else np.nan,
        n_covariates=len(covariates),
        n_settlement_covariates=n_settlement_covariates + n_balanced,
        leave_one_out_rank=int(np.linalg.matrix_rank(all_products - totals.xwx, hermitian=True).min()),
    )
    verdict, reasons = weigh_reasons(numbers)
    of_terms = {} if two_waves else {name: float(value) for name, value in zip(covariates, adjusted[first:])}
    return Judgement(outcome, term, compared.label, compared.baseline, numbers, verdict, reasons, of_terms)


def _true_level(totals: ClusterTotals, fewest: int) -> float:
    """Return the largest level of CR2's test over the intraclass correlations looked at."""
    if fewest < 2 or len(totals.n) > MOST_SETTLEMENTS:
        return float("nan")
    df = float(fit_robust(totals).df[1])
    critical = float(t_quantile_at(1 - LEVEL / 2, df))
    return max(true_level(totals, 1, critical, icc) for icc in ALIKE) if np.isfinite(critical) else float("nan")


def effective_sizes(totals: ClusterTotals) -> np.ndarray:
    """Return Kish's effective number of respondents of each settlement, ``(sum w)^2 / sum w^2``."""
    n, d, dd = totals.xx[:, 0, 0], totals.xdx[:, 0, 0], totals.xddx[:, 0, 0]
    # (w - 1)^2 = w^2 - 2 (w - 1) - 1. Of weights far below 1 the sum of squares is lost in rounding; it is never less
    # than the squared sum over n.
    whole, squares = (n + d) ** 2, dd + 2 * d + n
    return np.where(squares > whole / n, whole / np.where(squares > 0, squares, 1.0), n)


def randomization_level(weight: np.ndarray, sizes: np.ndarray, treated: np.ndarray) -> float:
    """Return about how often the plain randomization test rejects a true null at 5 %, at worst over both averages.

    Notes
    -----
    It takes settlements for exchangeable, so that its reference distribution has the variance of an average over all
    of them, where the difference has that of the settlements of its two sides: too little where the side of fewer
    settlements varies more. With ``s2_g = icc + (1 - icc) / m_g`` (m_g the effective size) and weights a_g inside the
    sides, ``true = sum a_g^2 s2_g`` and ``reference = (1/k + 1/m) mean((w_g / mean w)^2 s2_g)``; the level is that of a
    normal test whose error is too small by their ratio (Neyman's variance against Fisher's: Ding 2017, Statistical
    Science 32, 331-345).
    """
    k, m = int(treated.sum()), int((~treated).sum())
    if min(k, m) < 2:
        return float("nan")
    worst = 0.0
    for w in (weight, np.ones(len(weight))):
        inside = w / np.where(treated, w[treated].sum(), w[~treated].sum())
        for icc in ALIKE:
            variance_of_mean = icc + (1 - icc) / sizes
            true = float(inside**2 @ variance_of_mean)
            # what permuting sees: every settlement stands on either side in turn, so each side varies as all
            # settlements do
            reference = (1 / k + 1 / m) * float(np.mean((w / w.mean()) ** 2 * variance_of_mean))
            worst = max(worst, 2 * float(special.ndtr(-special.ndtri(1 - LEVEL / 2) * np.sqrt(reference / true))))
    return worst


def lean(weight: np.ndarray, means: np.ndarray, treated: np.ndarray) -> float:
    """Return the correlation, inside the two sides, of what settlements weigh with how they answer.

    NaN where it cannot be told from chance (two-sided p of its t test at least `LEANING`), or nothing varies.
    """
    # a mean for each side and the slope
    freedom = len(treated) - 3
    if freedom < 1:
        return float("nan")
    rests = []
    for values in (weight, means):
        centre = np.where(treated, values[treated].mean(), values[~treated].mean())
        rest = values - centre
        if not np.abs(rest).max() > ALIKE_BUT_ROUNDED * np.abs(values).max():  # equal but for rounding
            return float("nan")
        rests.append(rest / np.sqrt(rest @ rest))
    r = float(np.clip(rests[0] @ rests[1], -1, 1))
    t = abs(r) * np.sqrt(freedom / max(1 - r**2, TINY))
    return r if 2 * float(upper_t(t, freedom)) < LEANING else float("nan")


def size_ratio(weight: np.ndarray, treated: np.ndarray) -> float:
    """Return how many times as heavy the settlements of one side are on average as those of the other."""
    if treated.all() or not treated.any():
        return float("nan")
    means = weight[treated].mean(), weight[~treated].mean()
    return float(max(means) / min(means))


def weigh_reasons(numbers: Numbers) -> tuple[Verdict, dict[str, str]]:
    """Return the verdict and its reasons, by a word for each, from the numbers that it rests on."""
    fewest, total = min(numbers.n_treated, numbers.n_baseline), numbers.n_treated + numbers.n_baseline
    fatal, doubts = {}, {}
    if fewest <= 1:
        fatal["alone"] = (
            f"Only {fewest} settlement is on one side, so its own character cannot be told from the effect; more respondents there do not help."
        )
    if numbers.smallest_p_two_sided > LEVEL:
        fatal["p"] = (
            f"No exact two-sided test can give p below {format_p(numbers.smallest_p_two_sided)}, whatever the answers."
        )
    if 1 < fewest < FEWEST_IN_AN_ARM:
        doubts["few"] = (
            f"The smaller side has {fewest} settlements; at least {FEWEST_IN_AN_ARM} are needed for tests that hold their level whatever the sizes."
        )
    if fewest > 1 and not numbers.df_adjusted >= FEWEST_DF:
        doubts["df"] = (
            "The Satterthwaite degrees of freedom are not known, so the corrected t test says nothing."
            if np.isnan(numbers.df_adjusted)
            else f"The Satterthwaite degrees of freedom are {format_number(numbers.df_adjusted, 1)}, below {FEWEST_DF:g}, where even the corrected t test is unreliable."
        )
    if numbers.largest_share_of_arm > LARGEST_SHARE:
        doubts["dominant"] = (
            f"Settlement {numbers.largest_settlement} carries {format_percent(numbers.largest_share_of_arm)} of the weight of its side, so the person average is largely that settlement's average."
        )
    if numbers.true_level > LARGEST_LEVEL:
        doubts["level"] = (
            f"With settlements of so unequal weight, CR2's test of the person average rejects a true null up to {format_percent(numbers.true_level, 1)} of the time instead of {format_percent(LEVEL)}; read the settlement average and the randomization tests."
        )
    if numbers.size_ratio > LARGEST_RATIO:
        doubts["sizes"] = (
            f"Settlements of one side are on average {format_number(numbers.size_ratio, 1)} times as large as those of the other, so the person average compares large settlements with small ones; read the settlement average and the studentized test."
        )
    elif numbers.randomization_level > LARGEST_RANDOMIZATION_LEVEL:
        doubts["exchange"] = (
            f"The side with fewer settlements varies more, by their sizes alone: the plain randomization test, which takes settlements for exchangeable, rejects a true null about {format_percent(numbers.randomization_level)} of the time instead of {format_percent(LEVEL)}; read the studentized one."
        )
    if np.isfinite(numbers.leaning):
        doubts["leaning"] = (
            f"Settlements that weigh more answer {'higher' if numbers.leaning > 0 else 'lower'} (correlation {format_number(numbers.leaning)} inside the sides), so the person average depends on which settlements are large; read the settlement average."
        )
    columns = numbers.n_settlement_covariates
    if columns and columns >= max(1, total - 2) // 2:
        doubts["covariates"] = (
            f"{columns} covariate column(s) describe settlements and use up the {total - 2} degrees of freedom between settlements."
        )
    verdict: Verdict = "cannot answer" if fatal else "fragile" if doubts else "sound"
    return verdict, fatal | doubts
