"""Do the answers to an item follow given shares? A design-based goodness-of-fit test."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from scipy import linalg

from surveykit._checks import check_columns, check_proportions, some, suggest, warn
from surveykit.codebook import as_code
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import calibrated_totals
from surveykit.estimation.engine.chi_square_sums import Approximation, upper_tail
from surveykit.estimation.engine.complete_rows import from_complete_rows
from surveykit.estimation.engine.domains import make_domains
from surveykit.estimation.engine.levels import item_levels
from surveykit.estimation.engine.respondents import degrees_of_freedom_among
from surveykit.estimation.engine.result_columns import RatioTotals, domain_degrees_of_freedom, facts_of
from surveykit.estimation.engine.rounding import rounding_of, warn_of_no_variation, without_rounding
from surveykit.estimation.engine.totals import unit_tabulator
from surveykit.estimation.engine.variance import covariance_of_totals, scaled_deviations
from surveykit.results import Result, glossary_frame


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
    frame, book = design.survey.frame, design.survey.codebook
    check_columns(frame, [item], "item")
    ask = partial(goodness_of_fit_test, item=item, shares=shares, approximation=approximation, lang=lang)
    if answer := from_complete_rows(design, [item], where, ask):
        return answer
    ((levels, codes, _),) = item_levels(frame, [item])
    asked = make_domains(design, None, where)
    tabulator = unit_tabulator(design, asked)
    counts = tabulator.by_level(levels)[:, 0] if codes else np.zeros((design.units.n_units, 0))
    answers = [*codes, *(code for code in book[item].labels if code not in codes)]
    labels = {book[item].label(code, language): code for language in (None, *book.languages) for code in answers}
    wanted = _expected_shares(shares, item, answers, labels)
    kept = [position for position, code in enumerate(codes) if code in wanted]
    nobody = [code for code in wanted if code not in codes]  # a count of zero, as R's factor levels
    unexplained = [codes[k] for k in np.flatnonzero(counts.sum(axis=0) > 0) if codes[k] not in wanted]
    if unexplained:
        raise ArgumentError(
            f"`shares` must name every answer that occurs, but {some(unexplained)} of {item!r} has none; give its expected share"
        )
    share = np.array([*(wanted[codes[k]] for k in kept), *(wanted[code] for code in nobody)], dtype=float)
    if len(share) < 2 or not kept:
        raise ArgumentError(
            f"`shares` must name at least two answers of {item!r}, one that occurs among them, or there is nothing to test"
        )
    share = share / share.sum()

    def with_nobody(counts: np.ndarray) -> np.ndarray:
        """Return the counts of the answers that shares were given for, zero where nobody gave them."""
        return np.hstack([counts[:, kept], np.zeros((len(counts), len(nobody)))])

    unseen = [codes[k] for k in kept if not counts[:, k].any()] + nobody
    counts = with_nobody(counts)
    inside = (asked.of_row >= 0) & (levels.index < len(codes))
    z = calibrated_totals(
        RatioTotals(counts, counts, counts, fixed=True),
        design,
        asked,
        lambda other: (with_nobody(other.by_level(levels)[:, 0]), np.empty(0)),
    )
    observed, total = counts.sum(axis=0), counts.sum()
    expected = share * total
    statistic = float(((observed - expected) ** 2 / expected).sum())
    # r_k = (O_k - E_k) / sqrt(E_k) moves with its own count and, since E_k = p_k N, with the total N: the slope is
    # dr_k / dE_k. The sum of r_k^2 is then one of chi-squares times the eigenvalues of the covariance of r (Rao &
    # Scott 1981)
    slope = -1 / np.sqrt(expected) - (observed - expected) / (2 * expected**1.5)
    change = z / np.sqrt(expected) + z.sum(axis=1, keepdims=True) * (share * slope)
    covariance = covariance_of_totals(change, design.units, design.lonely_psu)
    has_variance = np.isfinite(covariance).all()
    if not has_variance:
        warn(f"the variance of {item!r} is missing, because a stratum has a single cluster, so there is no test")
    # replicates that are multiples of the weights move the totals, but not the shares that are tested
    shared = np.eye(len(share)) - np.outer(np.ones(len(share)), observed / total)
    moved = without_rounding(z @ shared, observed @ np.abs(shared), rounding_of(design))
    varies = has_variance and scaled_deviations(moved, design.units, design.lonely_psu).any()
    if has_variance and not varies:
        warn_of_no_variation(f"the shares of the answers to {item!r}")
    # one eigenvalue is zero where the fit is perfect, because the p_k sum to one; degrees of freedom of the design do
    # not enter
    scales = linalg.eigvalsh(covariance) if varies else np.full(len(share), np.nan)
    df_design, _ = degrees_of_freedom_among(design, asked.of_row >= 0)
    columns = {
        "outcome": [item],
        "method": "goodness of fit",
        "statistic": statistic,
        "df": float(len(share) - 1),
        "p_value": upper_tail(statistic, scales, method=approximation),
        "n": int(inside.sum()),
        "n_clusters": domain_degrees_of_freedom(counts.sum(axis=1, keepdims=True), design)[1],
        "n_weighted": total,
        "mean_scale": scales.sum() / (len(share) - 1),
    }
    nothing = "" if varies or not has_variance else " The shares do not vary between clusters, so there is no p-value."
    gone = f", {some(map(repr, unseen))} given by nobody" if unseen else ""
    sentence = f"Goodness of fit of weighted totals to given shares{gone}, sum of chi-squares by {approximation}, {df_design:g} degrees of freedom of the design; {design.describe()}; conventions {design.conventions}.{nothing}"
    return Result(
        glossary_frame(columns, ("mean_scale",)),
        sentence,
        design.origin(lang),
        facts_of(design, 0.95),
        f"Goodness of fit: {book[item].ask(lang)}",
    )


def _expected_shares(
    shares: Mapping[object, float], item: str, codes: list[object], code_of_label: dict[str, object]
) -> dict[object, float]:
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
