"""Cells that rest on too few respondents are hidden, with those from which they could be worked out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from surveykit.errors import ArgumentError
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.report.records import row_keys
from surveykit.results import Meaning, Result

MINIMUM_N = 5
"""Respondents that a cell must rest on to be shown, unless the caller asks for more."""
HIDDEN = "hidden"
DEPENDENT = 1e-9
"""What rounding leaves of zero in equations of zeros and ones (1e-15), with room: singular values, and how much of a
cell the totals leave open. Values in between are fractions of small whole numbers, so that nothing lies near it."""
_KEPT = ("outcome", "level", "group", "baseline", "term", "estimand", "method", "wave")

AnyResult = TypeVar("AnyResult", bound=Result)


def hide_small_cells(result: AnyResult, minimum_n: int = MINIMUM_N) -> AnyResult:
    """Return a result in which estimates for groups of too few respondents are missing, and marked as hidden.

    Parameters
    ----------
    result : Result
        Its table has columns group and n (unweighted respondents); rows for everybody ("all", where there is no other
        group) and differences between groups (with a baseline) stay as they are; a `contrast` of cells of which one
        is to be hidden is hidden too.
    minimum_n : int
        Respondents that a cell must rest on.

    Returns
    -------
    Result
        Of the same class. Hidden rows have missing values for every number and True in the column `hidden`; `facts`
        and `method` say what was done. Tables, figures, sidecar files and text versions made of it show the same mask.

    Raises
    ------
    ArgumentError
        When `minimum_n` is no whole number of at least 1, or cells are hidden already.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    The mask is set on the unweighted n. The total over the groups of an outcome is taken as known to the reader
    (with several `by` columns: the totals over each of them; `group_codes` says which cell a group is). Further groups,
    the smallest first, are hidden until no hidden cell is determined by these totals and the visible cells (no unit
    vector of a hidden cell lies in the row space of the equations), and until the hidden cells of each total together
    rest on at least `minimum_n`.
    `write_table`, `write_report`, `draw_shares`, `draw_trend`, `draw_influence` and `draw_dots` hide cells below 5 by
    themselves; `Result.to_latex` and the like show the table as it is. To show small cells everywhere,
    pass `show_small_cells(result, why=...)`, which is written into the method.

    The groups of a table made by hand are taken as those of one column, and the method says so: give `group_codes` to
    `Result` where they cross several.

    R: ``sdcTable::protectTable``.

    References
    ----------
    Hundepool, A., Domingo-Ferrer, J., Franconi, L., Giessing, S., Schulte Nordholt, E., Spicer, K. and de Wolf, P.-P.
    (2012). Statistical Disclosure Control. Wiley, chapter 4.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2", "S3"], "estimate": [2.0, 4, 3], "n": [4, 9, 80]})
    >>> sk.hide_small_cells(sk.Result(table, "Shares.")).table
      outcome group  estimate     n  hidden
    0      q1    S1       NaN   NaN    True
    1      q1    S2       NaN   NaN    True
    2      q1    S3       3.0  80.0   False
    """
    if isinstance(minimum_n, bool) or not isinstance(minimum_n, int) or minimum_n < 1:
        raise ArgumentError(f"`minimum_n` must be a whole number of respondents, at least 1, not {minimum_n!r}")
    done = result.facts.get("minimum_n")
    if isinstance(done, int) and done > 0:
        if minimum_n <= done:
            return result
        raise ArgumentError(f"cells below {done} are hidden already; pass the result as it was computed")
    hidden = rows_to_hide(result, minimum_n)
    sentence = f"Disclosure control: cells on fewer than {minimum_n} respondents hidden, with complements."
    if hidden.any() and None in result.meanings_of(result.table["group"].dropna()):
        sentence += " Groups without codes are taken as those of one column."
    facts = {**result.facts, "minimum_n": minimum_n, "hidden_rows": int(hidden.sum())}
    changes: dict[str, object] = {
        "table": _masked(result.table, hidden),
        "facts": facts,
        "method": f"{result.method} {sentence}".strip(),
    }
    if isinstance(result, Estimates) and result.count_missing is not None:
        groups = set(result.table.loc[hidden, ["outcome", "group"]].itertuples(index=False, name=None))
        counts = result.missing
        gone = np.array([key in groups for key in zip(counts["outcome"], counts["group"])], dtype=bool)
        changes["count_missing"] = lambda: _masked(counts, gone, ("outcome", "group", "reason"))
    return replace(result, **changes)  # type: ignore[arg-type]


def show_small_cells(result: AnyResult, *, why: str) -> AnyResult:
    """Return a result whose small cells will be shown; the reason becomes part of its method.

    Parameters
    ----------
    result : Result
    why : str
        Why cells of few respondents may be shown.

    Returns
    -------
    Result
        Of the same class.

    Raises
    ------
    ArgumentError
        When no reason is given, or the cells are hidden already.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2"], "estimate": [2.0, 4.0], "n": [4, 90]})
    >>> sk.show_small_cells(sk.Result(table, "Shares."), why="the answers are simulated").method
    'Shares. Disclosure control switched off: the answers are simulated.'
    """
    if not why.strip():
        raise ArgumentError("`why` must say why small cells may be shown; it is written into the method")
    if result.facts.get("minimum_n"):
        raise ArgumentError("the small cells of this result are hidden already; pass the result as it was computed")
    sentence = f"Disclosure control switched off: {why.strip().rstrip('.')}."
    return replace(result, facts={**result.facts, "minimum_n": 0}, method=f"{result.method} {sentence}".strip())


def protected(result: AnyResult) -> AnyResult:
    """Return a result as it may leave the house: as it is if its small cells were dealt with or it has none."""
    if "minimum_n" in result.facts or not rows_to_hide(result, MINIMUM_N).any():
        return result
    return hide_small_cells(result)


def rows_to_hide(result: Result, minimum_n: int) -> np.ndarray:
    """Return which rows of a result must be hidden: small cells, and functions of cells of which one is hidden."""
    hidden = small_cells(result, minimum_n)
    if isinstance(result, Estimates) and result.combines is not None:
        source, used = result.combines
        if source.facts.get("minimum_n") == 0:  # shown on purpose
            return hidden
        gone = source.table[HIDDEN].to_numpy(dtype=bool) if HIDDEN in source.table else rows_to_hide(source, minimum_n)
        hidden |= bool(gone[used].any())
    return hidden


def small_cells(result: Result, minimum_n: int) -> np.ndarray:
    """Return which rows of a result rest on too few respondents, or give one that does away, (rows,)."""
    table = result.table
    hidden = np.zeros(len(table), dtype=bool)
    if not {"group", "n"} <= set(table.columns):
        return hidden
    candidates = (table["group"].notna() & table["n"].notna()).to_numpy()
    if "baseline" in table:
        candidates = candidates & table["baseline"].isna().to_numpy()
    keys = row_keys(table, ("outcome", "level", "term", "estimand", "method", "wave"))
    for key in dict.fromkeys(keys):
        rows = np.flatnonzero(candidates & np.array([each == key for each in keys]))
        groups = table["group"].iloc[rows].tolist()
        cells = result.meanings_of(groups)
        if not any(cells) and {*groups} <= {"all"}:  # everybody; beside others, "all" is a group of that name
            continue
        lines = lines_of(cells)
        hidden[rows] = suppress(table["n"].iloc[rows].to_numpy(dtype=float), lines, minimum_n)
    return hidden


def lines_of(cells: Sequence[Meaning | None]) -> list[np.ndarray]:
    """Return the totals that a reader may know: for each, the positions of the groups that it adds up.

    Groups that cross several columns belong to one total for each column, over its codes; those of a single column,
    and those of which it is not known what they stand for, to the total of all.
    """
    lines: dict[tuple[object, ...], list[int]] = {}
    alone = False
    for position, cell in enumerate(cells):
        if cell is None or len(cell) < 2:
            alone = True
            continue
        for free in range(len(cell)):
            lines.setdefault((free, *cell[:free], None, *cell[free + 1 :]), []).append(position)
    everything = [np.arange(len(cells))] if alone else []
    return everything + [np.array(line) for line in lines.values()]


def suppress(n: np.ndarray, lines: Sequence[np.ndarray], minimum_n: int) -> np.ndarray:
    """Return which cells to hide so that none below `minimum_n` can be seen or worked out, (cells,).

    Examples
    --------
    >>> suppress(np.array([4.0, 30, 9, 80]), [np.arange(4)], 5).tolist()
    [True, False, True, False]
    """
    hidden = n < minimum_n
    while True:
        weak = next((line for line in _weak_lines(n, hidden, lines, minimum_n) if not hidden[line].all()), None)
        if weak is None:
            return hidden
        visible = weak[~hidden[weak]]
        hidden[visible[np.argmin(n[visible])]] = True


def _weak_lines(n: np.ndarray, hidden: np.ndarray, lines: Sequence[np.ndarray], minimum_n: int) -> list[np.ndarray]:
    """Return the totals that give a hidden cell away, alone or together with the others."""
    few = [line for line in lines if hidden[line].any() and n[line][hidden[line]].sum() < minimum_n]
    return few + [line for cell in determined(hidden, lines) for line in lines if cell in line]


def determined(hidden: np.ndarray, lines: Sequence[np.ndarray]) -> np.ndarray:
    """Return the hidden cells whose value follows from the totals and the visible cells."""
    cells = np.flatnonzero(hidden)
    if not len(cells):
        return cells
    equations = np.array([np.isin(cells, line) for line in lines], dtype=float)
    _, sizes, rows = np.linalg.svd(equations, full_matrices=False)
    basis = rows[sizes > DEPENDENT * max(float(sizes.max(initial=0.0)), 1.0)]
    return np.asarray(cells[(basis**2).sum(axis=0) > 1 - DEPENDENT])


def _masked(table: pd.DataFrame, hidden: np.ndarray, kept: Sequence[str] = _KEPT) -> pd.DataFrame:
    masked = table.copy()
    for name in masked.columns:
        if name not in kept:
            masked[name] = masked[name].mask(hidden)
    return masked.assign(**{HIDDEN: hidden})
