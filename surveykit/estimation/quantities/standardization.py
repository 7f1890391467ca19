"""Group means as they would be if every group had the same composition: direct standardization."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_proportions, some
from surveykit.codebook import Codebook
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import Domains, make_domains, missing_table
from surveykit.estimation.engine.result_columns import (
    Estimates,
    RatioTotals,
    UnitTotals,
    assemble,
    spread_of,
    standard_columns,
)
from surveykit.estimation.engine.totals import make_outcome, unit_tabulator
from surveykit.words.messages import Columns, Message

NOT_COVERED = 1e-9
"""Part of a composition that may be in cells without respondents: shares that were written with ten decimals and add up
to one have no more. A real cell is never so small, and its mean would move nothing by more than this part of itself."""


def standardized_means(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    to: Mapping[str, Mapping[object, float]],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate group means at a common composition.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns.
    to : mapping from column to {code or label: share}
        Composition that every group is given: the shares (which add up to 1) or counts of one column's values. Several
        columns are crossed, their shares multiplied.
    by, where, confidence, lang
        As in `means`.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Estimates
        One row per outcome and group.

    Raises
    ------
    ArgumentError
        When a group has no respondent in a cell of the composition, a value has no share, shares do not add up to 1,
        `to` and `by` share a column, nobody answered, or `confidence` does not lie between 0 and 1.
    ColumnError
        When a column is absent, an outcome holds text, or `to` names a code or label that the column has not.
    CodebookError
        When `to` names a label that two codes share.

    Notes
    -----
    ``sum_k P_k ybar_gk``, the shares P fixed; linearized over the cells (Kitagawa 1955; Graubard & Korn 1999).
    R: ``svyby(~y, ~by, svystandardize(design, by = ~x, over = ~by, population = P, excluding.missing = ~y), svymean)``.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. JASA 50, 1168-1194.
    Graubard, B. I. and Korn, E. L. (1999). Predictive margins with survey data. Biometrics 55, 652-659.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 3, 5, 2, 4, 4], "age": [1, 1, 2] * 2, "village": list("AABBCC")})
    >>> design = sk.SurveyDesign(answers, cluster="village")
    >>> plain, standard = sk.means(design, "y"), sk.standardized_means(design, "y", {"age": {1: 0.5, 2: 0.5}})
    >>> plain.table["estimate"].round(4).item(), standard.table["estimate"].item()
    (3.1667, 3.5)
    """
    design = design.with_conventions(conventions)
    names, groups_by = as_names(outcomes, "outcomes"), as_names(by, "by")
    if not names or not to:
        raise ArgumentError("`outcomes` must name at least one column and `to` at least one composition")
    frame = design.survey.frame
    check_columns(frame, names, "outcomes")
    check_columns(frame, to, "to")
    if set(to) & set(groups_by):
        raise ArgumentError(
            f"`to` and `by` both name {some(set(to) & set(groups_by))}; a group cannot be standardized to the column that defines it"
        )
    sample = complete_sample(design, [*names, *groups_by, *to], where)
    design, where = sample.design, sample.where
    groups = make_domains(design, by, where, lang)
    of_outcomes = [_standardize(design, name, to, groups_by, groups, where, lang) for name in names]
    estimate, linearized, presence = (
        np.concatenate([of_outcome[0] for of_outcome in of_outcomes]),
        np.hstack([of_outcome[1] for of_outcome in of_outcomes]),
        np.hstack([of_outcome[2] for of_outcome in of_outcomes]),
    )
    outcome = [name for name in names for _ in groups.labels]
    unit_totals = UnitTotals(linearized, presence)
    columns = standard_columns(
        design,
        outcome,
        groups.labels * len(names),
        estimate,
        spread_of(unit_totals, design),
        np.concatenate([of_outcome[3] for of_outcome in of_outcomes]),
        confidence,
    )
    columns["method"] = "standardized"
    what = Message("estimator.standardized", {"names": Columns(tuple(to))})
    result = assemble(
        columns,
        what,
        design,
        quantity="standardized_mean",
        lang=lang,
        confidence=confidence,
        unit_totals=unit_totals,
        count_missing=partial(missing_table, design, groups, names, lang),
        group_codes=groups.group_codes,
    )
    return sample.tell(result, names, by, lang)


def _standardize(
    design: SurveyDesign,
    name: str,
    to: Mapping[str, Mapping[object, float]],
    by: list[str],
    groups: Domains,
    where: pd.Series | np.ndarray | None,
    lang: str | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    frame = design.survey.frame
    inside = frame[name].notna().to_numpy() & (groups.of_row >= 0)
    inside &= frame[list(to)].notna().all(axis=1).to_numpy()
    if not inside.any():
        raise ArgumentError(f"nobody answered {name!r}, so it has no standardized mean; leave it out")
    cells = make_domains(design, [*by, *to], inside, lang)
    compositions = {column: _shares(design.survey.codebook, column, shares) for column, shares in to.items()}
    share = np.array(
        [
            np.prod([compositions[column].get(code, np.nan) for column, code in zip(to, key[len(by) :])])
            for key in cells.keys
        ]
    )
    strange = [cells.labels[k] for k in np.flatnonzero(np.isnan(share))]
    if strange:
        raise ArgumentError(
            f"`to` must give every value of {list(to)} a share, but {some(strange)} has none; give it one (or 0), or leave these respondents out with `where`"
        )
    group_of_cell = np.array([groups.keys.index(key[: len(by)]) for key in cells.keys])
    covered = np.bincount(group_of_cell, share, minlength=len(groups))
    lacking = np.flatnonzero(covered < 1 - NOT_COVERED)
    if len(lacking):
        raise ArgumentError(
            f"standardizing {name!r} needs respondents in every cell of {list(to)}, but group {groups.labels[lacking[0]]!r} has none in cells that make up {1 - covered[lacking[0]]:.3f} of the composition; merge values"
        )
    outcome = make_outcome(frame[name], "outcomes")
    tabulator = unit_tabulator(design, cells)
    sum_wy, sum_w, _ = outcome.sums(tabulator)
    ratio = RatioTotals(sum_wy, sum_w, sum_w)
    fixed = FixedTotals.of(design, cells)
    linearized = calibrated_totals(ratio, fixed, [outcome.sums(table)[:2] for table in fixed.tables])
    mix = np.zeros((len(cells), len(groups)))
    mix[np.arange(len(cells)), group_of_cell] = share
    member = (mix > 0).astype(float)
    return ratio.estimates @ mix, linearized @ mix, sum_w @ member, (outcome.count(cells) @ member).astype(int)


def _shares(book: Codebook, column: str, shares: Mapping[object, float]) -> dict[object, float]:
    codes = {
        key if not isinstance(key, str) or not book[column].labels else book.code_of(column, key): float(share)
        for key, share in shares.items()
    }
    wrong = [key for key, share in codes.items() if not (np.isfinite(share) and share >= 0)]
    total = sum(codes.values())
    if wrong or not total > 0:
        raise ArgumentError(
            f"`to` must hold shares of at least 0 that do not all vanish, but {column!r} has {codes if not wrong else wrong[0]!r}"
        )
    check_proportions(codes.values(), f"the shares of {column!r} in `to`")
    return {key: share / total for key, share in codes.items()}
