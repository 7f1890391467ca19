"""Population targets: read from dicts, Series or tables, by code or by label, and checked against the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from surveykit._checks import some, suggest, warn
from surveykit.codebook import Variable, pick_text
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, WeightingError
from surveykit.formatting import format_number
from surveykit.weighting.cells import Cells, make_cells
from surveykit.words.simulated import SIMULATED

Margins: TypeAlias = Mapping[Any, Any] | pd.Series | pd.DataFrame | Sequence[pd.Series | pd.DataFrame]
TARGET_COLUMNS = ("target", "Freq", "freq", "count", "n", "N", "population", "share", "percent")
DATA_STATUS = "data_status"
"""Column of a table of targets that says SIMULATED when the population is made up."""
SAME_SUM = 1e-6
"""Margins whose sums differ by less than this, relative to the sum, are taken for equal (shares are rounded)."""
BETWEEN_ONE_AND_HUNDRED = 50
"""Sum of targets below which they are meant for shares, above for percentages, where they miss 1 or 100 by rounding:
nothing that rounding does brings either near it."""
ABOUT_HUNDRED, OTHER_SIZE = (90, 110), 1.5
"""Sum of targets that looks like percentages copied with a fault of some points, if the weights add up to something
else than that, by half as much again at least: 100 persons among whom 95 answered are persons."""
STRICTLY = 1e-6
"""Rounded shares miss their sum by *less* than half a unit each; this keeps the bound itself, and its rounding, out."""


@dataclass(frozen=True, eq=False, slots=True)
class Margin:
    """One set of targets, matched to the cells.

    Attributes
    ----------
    columns : tuple of str
        The column, or the columns that are crossed.
    codes : tuple
        Code of each level (a tuple of codes where columns are crossed), in code order.
    labels : tuple of str
        What the codes mean.
    targets : float array, (levels,)
        Population totals, in persons (or on the scale of `total`).
    level : int array, (cells,)
        Level of each cell.
    """

    columns: tuple[str, ...]
    codes: tuple[object, ...]
    labels: tuple[str, ...]
    targets: np.ndarray
    level: np.ndarray

    @property
    def name(self) -> str:
        """The column, or the crossed columns as "sex:age_group"."""
        return ":".join(self.columns)

    def sums(self, of_cell: np.ndarray) -> np.ndarray:
        """Return the sum of a quantity of the cells over each level."""
        return np.bincount(self.level, of_cell, minlength=len(self.targets))


def read_margins(
    design: SurveyDesign, margins: Margins, total: float | None, argument: str = "margins"
) -> tuple[Cells, list[Margin]]:
    """Return the cells of the margins' columns and the margins matched to them.

    Targets that add up to 1 (or to 100) are shares (or percentages) of `total`, or of what the other margins add up
    to, or of the present sum of weights; with `total`, every margin is scaled to it. Those that miss 1 or 100 by their
    rounding are too, with a warning. A target of 0 for a level that nobody has asks for nothing.
    """
    refuse_simulated(design, margins, argument)
    return match_margins(design, as_margin_dict(margins, argument), [], total, argument)


def match_margins(
    design: SurveyDesign, margins: Margins, further: Sequence[str], total: float | None, argument: str
) -> tuple[Cells, list[Margin]]:
    """Return the cells of the margins' and of further columns, and the margins (there may be none) matched to them."""
    wanted = as_margin_dict(margins, argument) if len(margins) else {}
    columns = list(dict.fromkeys([*(name for names in wanted for name in names), *further]))
    cells = make_cells(design.survey.frame, columns, design.weights, argument)
    book = design.survey.codebook
    found = [
        _match(cells, names, targets, [book[name] for name in names], argument) for names, targets in wanted.items()
    ]
    return cells, [] if not found else scale_targets(found, total, float(design.weights.sum()), argument)


def as_margin_dict(margins: Margins, argument: str) -> dict[tuple[str, ...], dict[object, float]]:
    """Return targets of any accepted form as {columns: {code or label (or tuple of them): target}}."""
    if isinstance(margins, Mapping):
        found = {_as_columns(key): _as_targets(value, argument) for key, value in margins.items()}
    elif isinstance(margins, pd.Series):
        names: Any = margins.index.names if margins.index.nlevels > 1 else [margins.index.name or margins.name]
        found = {tuple(names): _as_targets(margins, argument)}
    elif isinstance(margins, pd.DataFrame):
        found = _from_table(margins, argument)
    elif isinstance(margins, Sequence) and not isinstance(margins, str) and margins:
        found = {}
        for part in margins:
            found.update(as_margin_dict(part, argument))
    else:
        found = {}
    if not found or not all(isinstance(name, str) for names in found for name in names):
        raise ArgumentError(
            f"`{argument}` must give targets by column, such as {{'sex': {{'women': 0.52, 'men': 0.48}}}}, a Series named after its column, or a table with the columns 'column', 'level', 'target'"
        )
    return found


def refuse_simulated(design: SurveyDesign, margins: object, argument: str) -> None:
    """Raise when real answers would be weighted to a simulated population."""
    tables = [margins] if isinstance(margins, pd.DataFrame) else margins if isinstance(margins, list | tuple) else []
    made_up = any((table[DATA_STATUS] == SIMULATED).any() for table in tables if DATA_STATUS in table)
    if made_up and not design.survey.provenance.simulated:
        raise ArgumentError(
            f"`{argument}` holds the margins of a simulated population, but the answers are real; give those of the real population"
        )


def _as_columns(key: object) -> tuple[str, ...]:
    return tuple(key) if isinstance(key, tuple) else (key,)  # type: ignore[return-value]


def _as_targets(value: Any, argument: str) -> dict[object, float]:
    if not isinstance(value, Mapping | pd.Series):
        raise ArgumentError(
            f"`{argument}` must map each level of a column to its target, but {type(value).__name__} was given; write {{'women': 0.52, 'men': 0.48}}"
        )
    pairs = list(value.items())
    if len({key for key, _ in pairs}) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ArgumentError(f"`{argument}` names the level {repeated!r} twice; give each level one target")
    for key, target in pairs:
        is_number = isinstance(target, int | float | np.number) and not isinstance(target, bool)
        if not is_number or not np.isfinite(target) or target < 0:
            raise WeightingError(
                f"every target in `{argument}` must be a number that is not negative, but {key!r} has {target!r}; give a count of persons or a share"
            )
    return {key: float(target) for key, target in pairs}


def _from_table(table: pd.DataFrame, argument: str) -> dict[tuple[str, ...], dict[object, float]]:
    if {"column", "level", "target"} <= set(table.columns):
        return {
            (str(name),): _as_targets(part.set_index("level")["target"], argument)
            for name, part in table.groupby("column", sort=False)
        }
    number = [name for name in table.columns if name in TARGET_COLUMNS]
    if len(number) != 1 or table.shape[1] < 2:
        raise ArgumentError(
            f"a table of `{argument}` needs the columns 'column', 'level', 'target', or the columns of the data and one column of targets named {', '.join(map(repr, TARGET_COLUMNS[:4]))}, but it has {list(table.columns)}"
        )
    names = [name for name in table.columns if name not in (number[0], DATA_STATUS)]
    return as_margin_dict(table.set_index(names)[number[0]], argument)


def _match(
    cells: Cells, names: tuple[str, ...], targets: dict[object, float], variables: list[Variable], argument: str
) -> Margin:
    """Return a margin whose levels are those of the data; whatever does not fit is refused in one sentence."""
    rows = [cells.columns.index(name) for name in names]
    sizes = [len(cells.values[row]) for row in rows]
    used, level = np.unique(np.ravel_multi_index(tuple(cells.levels[rows]), sizes), return_inverse=True)
    parts = np.array(np.unravel_index(used, sizes)).T
    present = [tuple(cells.values[row][part] for row, part in zip(rows, one)) for one in parts]
    levels = [sorted({one[i] for one in present}, key=str) for i in range(len(names))]
    known: list[dict[object, object]] = [{} for _ in names]  # each name of a level is looked up once
    goal: dict[tuple[object, ...], float] = {}
    for key, target in targets.items():
        pieces = key if isinstance(key, tuple) else (key,)
        if len(pieces) != len(names):
            raise ArgumentError(
                f"`{argument}` crosses {len(names)} columns ({', '.join(names)}), so each level needs {len(names)} codes in a tuple, but {key!r} was given"
            )
        for i, piece in enumerate(pieces):
            if piece not in known[i]:
                if target == 0 and not variables[i].meant_by(piece, [*levels[i], *variables[i].labels]):
                    continue
                known[i][piece] = find_code(piece, variables[i], levels[i], argument)
        if any(piece not in known[i] for i, piece in enumerate(pieces)):
            continue  # nobody is wanted where nobody is, not even in the codebook
        code = tuple(known[i][piece] for i, piece in enumerate(pieces))
        if code in goal:
            raise ArgumentError(
                f"`{argument}` names the level {describe(code, variables)} of {':'.join(names)!r} twice, by code and by label; give it one target"
            )
        goal[code] = target
    _check_levels(present, goal, variables, argument)
    codes = tuple(one[0] if len(one) == 1 else one for one in present)
    labels = tuple(describe(one, variables, quote=False) for one in present)
    return Margin(names, codes, labels, np.array([goal[one] for one in present]), level)


def _check_levels(
    present: list[tuple[object, ...]], goal: dict[tuple[object, ...], float], variables: list[Variable], argument: str
) -> None:
    name = ":".join(variable.name for variable in variables)
    missed = [one for one in present if one not in goal]
    occupied = set(present)
    if missed:
        raise WeightingError(
            f"`{argument}` must give a target for every level in the data, but {name!r} has {some(describe(one, variables) for one in missed)} without one; add it, or leave these respondents out first"
        )
    empty = [one for one, target in goal.items() if one not in occupied and target > 0]
    if empty:
        raise WeightingError(
            f"`{argument}` asks for {goal[empty[0]]:g} in level {some(describe(one, variables) for one in empty)} of {name!r}, where there is no respondent; merge it with a neighbouring level"
        )
    zero = [one for one in present if goal[one] == 0]
    if zero:
        raise WeightingError(
            f"`{argument}` gives level {some(describe(one, variables) for one in zero)} of {name!r} the target 0, but it has respondents; leave them out first, or give it a positive target"
        )


def describe(code: tuple[object, ...], variables: Sequence[Variable], quote: bool = True) -> str:
    """Return codes with their labels: 2 ('women')."""
    words = []
    for one, variable in zip(code, variables):
        label = variable.label(one) if one in variable.labels else ""
        words.append(f"{one!r} ({label!r})" if quote and label else label or (repr(one) if quote else str(one)))
    return " x ".join(words)


def find_code(key: object, variable: Variable, present: Sequence[object], argument: str) -> object:
    """Return the code that a code, its label (in any language) or its text ("1" for 1) stands for."""
    known = [*present, *(code for code in variable.labels if code not in present)]
    meant = variable.meant_by(key, known)
    if len(meant) == 1:
        return known[meant[0]]
    if meant:
        raise WeightingError(
            f"`{argument}` names {key!r} in {variable.name!r}, which may mean {variable.spell(known, meant)}; give the code"
        )
    names = [pick_text(texts) for texts in variable.labels.values()] or [str(code) for code in present]
    raise WeightingError(
        f"`{argument}` names {key!r} in {variable.name!r}, which is neither a code nor a label there; it has {some(names)}{suggest(key, names)}"
    )


def scale_targets(margins: list[Margin], total: float | None, present_sum: float, argument: str) -> list[Margin]:
    """Return the margins on one scale: shares and percentages become totals, all margins add up to the same."""
    with np.errstate(over="ignore"):
        sums = [float(margin.targets.sum()) for margin in margins]
    if not np.isfinite(sums).all():
        raise WeightingError(
            f"the targets in `{argument}` add up to a number beyond what can be computed with; give counts of persons or shares"
        )
    rounded = [value for margin, value in zip(margins, sums) if total is None and _is_rounded(margin, present_sum)]
    for margin, value in zip(margins, sums):
        if value in rounded:
            kind = "shares" if value < BETWEEN_ONE_AND_HUNDRED else "percentages"
            warn(
                f"the targets in `{argument}` of {margin.name!r} add up to {value:g}, as rounded {kind} do; they are taken for such and scaled to one sum; write them with more decimals, or pass total= if they are something else"
            )
    counts = [value for value in sums if not _is_share(value) and value not in rounded]
    if total is not None and not (isinstance(total, int | float | np.number) and np.isfinite(total) and total > 0):
        raise ArgumentError(f"`total` must be a positive number of persons, but {total!r} was given")
    aim = float(total) if total is not None else counts[0] if counts else present_sum
    for margin, value in zip(margins, sums):
        fractions = margin.targets.max() <= 1 and (margin.targets % 1 > 0).any()
        if value in rounded:
            continue
        if total is None and fractions and not _is_share(value):
            raise WeightingError(
                f"shares in `{argument}` must add up to 1, but those of {margin.name!r} add up to {value:g}; correct them, or pass total= to scale them to one sum"
            )
        if total is None and not _is_share(value) and _may_be_percentages(margin, present_sum):
            raise WeightingError(
                f"percentages in `{argument}` must add up to 100, but those of {margin.name!r} add up to {value:g}; correct them, or pass total= to scale them to one sum"
            )
        if total is None and not _is_share(value) and abs(value / aim - 1) > SAME_SUM:
            first = margins[sums.index(aim)].name
            raise WeightingError(
                f"all of `{argument}` must add up to one total, but {first!r} adds up to {_number(aim)} and {margin.name!r} to {_number(value)}; correct them, or pass total= to scale each to one sum"
            )
    return [Margin(m.columns, m.codes, m.labels, m.targets * (aim / value), m.level) for m, value in zip(margins, sums)]


def _may_be_percentages(margin: Margin, present_sum: float) -> bool:
    """Say whether targets look like percentages copied wrongly: about 100 in sum, far from the sum of the weights.

    With decimals and within 1 of 100 they need not be far from it: nobody counts tenths of persons.
    """
    value = float(margin.targets.sum())
    near = ABOUT_HUNDRED[0] <= value <= ABOUT_HUNDRED[1] and margin.targets.max() <= 100 and _places(margin) <= 2
    persons = _places(margin) == 0 and value >= present_sum  # a small population, larger than the sample
    apart = max(value, present_sum) / min(value, present_sum)
    tenths = _places(margin) > 0 and abs(value - 100) <= 1 and apart > 1.01
    return near and not persons and (apart > OTHER_SIZE or tenths)


def _is_rounded(margin: Margin, present_sum: float) -> bool:
    """Say whether targets are shares or percentages that miss 1 or 100 by no more than rounding can do.

    n numbers rounded to a unit u miss their sum by less than n u / 2. Whole numbers that add up to 99 may also be
    persons; they are percentages where there are more respondents (by weight) than that.
    """
    value = float(margin.targets.sum())
    whole = 1.0 if value < BETWEEN_ONE_AND_HUNDRED else 100.0
    if _is_share(value) or margin.targets.max() > whole:
        return False
    places = _places(margin)
    if places == 0 and (whole == 1 or value >= present_sum):
        return False
    return bool(abs(value - whole) < len(margin.targets) * 0.5 * 10.0**-places * (1 - STRICTLY))


def _places(margin: Margin) -> int:
    """Return how many decimals the targets were written with."""
    return max(len(f"{target:.10f}".rstrip("0").partition(".")[2]) for target in margin.targets)


def _is_share(value: float) -> bool:
    return abs(value - 1) <= SAME_SUM or abs(value - 100) <= 100 * SAME_SUM


def _number(value: float) -> str:
    return format_number(value, 0 if float(value).is_integer() else 4)


def margin_table(margins: Sequence[Margin], before: np.ndarray, after: np.ndarray, counts: np.ndarray) -> pd.DataFrame:
    """Return one row per level: its target, the weighted sums of the cells before and after, the relative error."""
    rows = []
    for margin in margins:
        old, new, people = margin.sums(before), margin.sums(after), margin.sums(counts)
        rows.append(
            pd.DataFrame(
                {
                    "column": margin.name,
                    "level": list(margin.codes),
                    "label": list(margin.labels),
                    "n": people.astype(int),
                    "target": margin.targets,
                    "before": old,
                    "after": new,
                    "relative_error": new / margin.targets - 1,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
