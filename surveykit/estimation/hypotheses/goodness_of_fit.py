"""Do the answers to an item follow given shares? A design-based goodness-of-fit test."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg

from surveykit._checks import check_columns, check_proportions, some, suggest, warn
from surveykit.codebook import as_code
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals
from surveykit.estimation.engine.chi_square_sums import Approximation, upper_tail
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import Domains, make_domains
from surveykit.estimation.engine.levels import item_levels
from surveykit.estimation.engine.respondents import degrees_of_freedom_by_conventions
from surveykit.estimation.engine.result_columns import RatioTotals, domain_degrees_of_freedom, facts_of, tests_end
from surveykit.estimation.engine.rounding import rounding_of, warn_of_no_variation, without_rounding
from surveykit.estimation.engine.totals import unit_tabulator
from surveykit.estimation.engine.variance import covariance_of_totals, scaled_deviations
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import question_label
from surveykit.words.messages import Figure, Message, Slot, Told


def goodness_of_fit_test(
    design: SurveyDesign,
    item: str,
    shares: Mapping[object, float],
    *,
    where: pd.Series | np.ndarray | None = None,
    approximation: Approximation = "satterthwaite",
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Result:
    """Test whether the weighted answers to an item follow given shares.

    Parameters
    ----------
    design : SurveyDesign
    item : str
        Column of codes, categories or text.
    shares : mapping from code or label to share
        Expected share (or count; only proportions matter) of every answer that occurs. An answer that nobody gave may
        have one too, and then counts as zero.
    where : boolean Series or array, optional
        Restricts the test to a part of the respondents.
    approximation : {"satterthwaite", "integration", "saddlepoint"}
        How the weighted sum of chi-squares is evaluated.
    lang : str, optional
        Language of the title.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Result
        One row: `statistic` (Pearson's, on the weighted totals), `df` (answers minus one), `p_value`, and the
        `mean_scale` of the chi-squares.

    Raises
    ------
    ArgumentError
        When an answer that occurs has no expected share, a share is not positive, names no answer or one twice, the
        shares do not add up to 1, or `where` does not hold one True or False per respondent.
    ColumnError
        When the item does not exist.

    Notes
    -----
    ``X2 = sum((O - E)**2 / E)`` with O the weighted totals and ``E = share * sum(O)``; its distribution is that of a
    sum of chi-squares times the eigenvalues of the design covariance of ``(O - E) / sqrt(E)``.
    R: ``svygofchisq(~item, p, design)``, ``~factor(item, levels = 1:5)`` where nobody gave 5.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1981). The analysis of categorical data from complex sample surveys: chi-squared
    tests for goodness of fit and independence in two-way tables. JASA 76, 221-230.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2, 2, 1], "village": list("AABBCCDD")})
    >>> test = sk.goodness_of_fit_test(sk.SurveyDesign(answers, cluster="village"), "q1", {1: 0.5, 2: 0.5})
    >>> test.table[["statistic", "df", "p_value"]].round(4)
       statistic   df  p_value
    0        0.5  1.0   0.3173
    """
    design = design.with_conventions(conventions)
    check_columns(design.survey.frame, [item], "item")
    sample = complete_sample(design, [item], where)
    design = sample.design
    asked = make_domains(design, None, sample.where)
    counted = _count_answers(design, item, shares, asked)
    observed, total = counted.totals.sum(axis=0), counted.totals.sum()
    expected = counted.share * total
    statistic = float(((observed - expected) ** 2 / expected).sum())
    scales, note = _scales(design, item, counted)
    row = Row(
        statistic=statistic,
        df=float(len(expected) - 1),
        p_value=upper_tail(statistic, scales, method=approximation),
        outcome=item,
        method="goodness of fit",
        n=counted.n,
        n_clusters=domain_degrees_of_freedom(counted.totals.sum(axis=1, keepdims=True), design)[1][0],
        n_weighted=total,
        extra={"mean_scale": scales.sum() / (len(expected) - 1)},
    )
    df_design, _ = degrees_of_freedom_by_conventions(design, asked.of_row >= 0)
    nobody = Message("goodness.nobody", {"answers": some(map(repr, counted.given_by_nobody))})
    slots: dict[str, Slot] = {
        "nobody": nobody if counted.given_by_nobody else "",
        "approximation": approximation,
        "df": Figure(f"{df_design:g}"),
        "end": tests_end(design),
    }
    method = Told.of(Message("goodness.method", slots), note)
    result = Result(
        table_of([row], ("mean_scale",)),
        method,
        design.origin(lang),
        facts_of(design, 0.95),
        Told.of(Message("goodness.title", {"question": question_label(design.survey.codebook, item, lang)})),
        quantity="fit",
    )
    return sample.tell(result)


@dataclass(frozen=True, slots=True, eq=False)
class _CountedAnswers:
    """The answers that have an expected share, counted.

    Attributes
    ----------
    share : float array, (answers,)
        Expected shares, adding up to one.
    totals : float array, (units, answers)
        Weighted counts by sampling unit.
    linearized : float array, (units, answers)
        The same, residualized on what the weighting has fixed.
    n : int
        Respondents who answered.
    given_by_nobody : list of code
    """

    share: np.ndarray
    totals: np.ndarray
    linearized: np.ndarray
    n: int
    given_by_nobody: list[object]


def _count_answers(design: SurveyDesign, item: str, shares: Mapping[object, float], asked: Domains) -> _CountedAnswers:
    """Return the answers to an item with the shares expected of them; every answer that occurs must have one."""
    book = design.survey.codebook
    ((levels, codes, _),) = item_levels(design.survey.frame, [item])
    counts = unit_tabulator(design, asked).by_level(levels)[:, 0] if codes else np.zeros((design.units.n_units, 0))
    answers = [*codes, *(code for code in book[item].labels if code not in codes)]
    code_of_label = {book[item].label(code, lang): code for lang in (None, *book.languages) for code in answers}
    wanted = _expected_shares(shares, item, answers, code_of_label)
    kept = [position for position, code in enumerate(codes) if code in wanted]
    absent = [code for code in wanted if code not in codes]  # a count of zero, as R's factor levels
    unexplained = [codes[k] for k in np.flatnonzero(counts.sum(axis=0) > 0) if codes[k] not in wanted]
    if unexplained:
        raise ArgumentError(
            f"`shares` must name every answer that occurs, but {some(unexplained)} of {item!r} has none; give its expected share"
        )
    share = np.array([*(wanted[codes[k]] for k in kept), *(wanted[code] for code in absent)], dtype=float)
    if len(share) < 2 or not kept:
        raise ArgumentError(
            f"`shares` must name at least two answers of {item!r}, one that occurs among them, or there is nothing to test"
        )

    def with_absent(counts: np.ndarray) -> np.ndarray:
        """Return the counts of the answers that shares were given for, zero where nobody gave them."""
        return np.hstack([counts[:, kept], np.zeros((len(counts), len(absent)))])

    totals, fixed = with_absent(counts), FixedTotals.of(design, asked)
    by_table = [(with_absent(table.by_level(levels)[:, 0]), np.empty(0)) for table in fixed.tables]
    linearized = calibrated_totals(RatioTotals(totals, totals, totals, fixed=True), fixed, by_table)
    n = int(((asked.of_row >= 0) & (levels.index < len(codes))).sum())
    given_by_nobody = [codes[k] for k in kept if not counts[:, k].any()] + absent
    return _CountedAnswers(share / share.sum(), totals, linearized, n, given_by_nobody)


def _scales(design: SurveyDesign, item: str, counted: _CountedAnswers) -> tuple[np.ndarray, str]:
    """Return what multiplies the chi-squares that the statistic is a sum of, and a sentence where it cannot be known.

    NaN where nothing varies between clusters, or a variance is missing.
    """
    share, linearized = counted.share, counted.linearized
    observed, total = counted.totals.sum(axis=0), counted.totals.sum()
    expected = share * total
    # r_k = (O_k - E_k) / sqrt(E_k) moves with its own count and, since E_k = p_k N, with the total N: the slope is
    # dr_k / dE_k. The sum of r_k^2 is then one of chi-squares times the eigenvalues of the covariance of r (Rao &
    # Scott 1981)
    slope = -1 / np.sqrt(expected) - (observed - expected) / (2 * expected**1.5)
    change = linearized / np.sqrt(expected) + linearized.sum(axis=1, keepdims=True) * (share * slope)
    covariance = covariance_of_totals(change, design.units, design.lonely_psu)
    unknown = np.full(len(share), np.nan)
    if not np.isfinite(covariance).all():
        warn(f"the variance of {item!r} is missing, because a stratum has a single cluster, so there is no test")
        return unknown, ""
    # replicates that are multiples of the weights move the totals, but not the shares that are tested
    shared = np.eye(len(share)) - np.outer(np.ones(len(share)), observed / total)
    of_shares = without_rounding(linearized @ shared, observed @ np.abs(shared), rounding_of(design))
    if not scaled_deviations(of_shares, design.units, design.lonely_psu).any():
        warn_of_no_variation(f"the shares of the answers to {item!r}")
        return unknown, " The shares do not vary between clusters, so there is no p-value."
    # one eigenvalue is zero where the fit is perfect, because the p_k sum to one; degrees of freedom of the design do
    # not enter
    return linalg.eigvalsh(covariance), ""


def _expected_shares(
    shares: Mapping[object, float], item: str, codes: list[object], code_of_label: dict[str, object]
) -> dict[object, float]:
    """Return the expected shares by the code that each names; refuse those that name no answer, or one twice."""
    wanted: dict[object, float] = {}
    for key, share in shares.items():
        code = key if key in codes else code_of_label.get(str(key))
        numbers = all(isinstance(one, int | float) for one in codes)
        if code is None and isinstance(key, int | float if numbers else str) and not pd.isna(key):
            code = as_code(key)  # were it a wrong name for an answer that occurs, that one would have no share
            warn(
                f"`shares` names {key!r}, which nobody answered to {item!r} and the codebook does not list; it counts as an answer that nobody gave"
            )
        if code is None:
            raise ArgumentError(
                f"`shares` names {key!r}, which is no answer to {item!r}; the answers are {some(codes)}{suggest(key, code_of_label)}"
            )
        if code in wanted:
            raise ArgumentError(
                f"`shares` names the answer {code!r} of {item!r} twice, by its code and by its label; give it one share"
            )
        if not share > 0 or not np.isfinite(share):
            raise ArgumentError(
                f"every expected share must be positive, but {key!r} has {share!r}; merge it with another"
            )
        wanted[code] = float(share)
    check_proportions(wanted.values(), f"the expected shares of {item!r}")
    return wanted
