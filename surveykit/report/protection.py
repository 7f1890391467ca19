"""Which further cells to hide so that nobody can work out a hidden one: arithmetic on counts and the sums they obey."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse.csgraph import connected_components

EXACT_CELLS = 60
"""Cells of an outcome that may be hidden up to which the fewest are searched for; beyond, they are taken one by one."""
EXACT_RELEASE = 1_500
"""Cells of a release beyond which they are taken one by one for every outcome: a hundred questions by five groups then
take seconds."""
SOLVED_CELLS = 300
"""Cells that hang together beyond which the outsider first takes the sums one at a time and narrows what each leaves
open (the shuttle algorithm): it finds in seconds most of what must go in a table of a thousand settlements. The integer
program then asks for what is left, as in small tables."""
_NODES = 50
"""Branches of an integer program after which a cell of such a table counts as known: more is hidden than must be."""
_STEPS = 20
"""Rounds after which the search for the fewest ends and cells are taken one by one."""
_AT_ONCE = 12
"""Cells known too well that are dealt with in one round: what protects these often protects the others."""
_ZERO = 1e-7
"""What a solver or a division leaves of zero; whole numbers are rounded past it, never to their neighbour."""
_FAR = 1e4
"""How far a cell may be moved in a table that is thought possible: no proof needs more."""
_WHOLE = 1e-5
"""How close to a whole number what a linear program returns must be to be taken for one."""
_NEAR_ENOUGH = 0.2
"""Part of its price by which a whole move may be dearer than the cheapest one."""
_WITNESSES = 6
"""Tables drawn at random among the possible ones before cells are asked for one by one: each speaks for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Counts that are written together, and what ties them.

    Attributes
    ----------
    values : float array, (cells,)
        Whole numbers.
    relations : sparse array, (relations, cells)
        Each row adds up to zero: parts with 1, their total with -1.
    low, high : float array, (cells,)
        What an outsider knows of a cell that is hidden: what its mark says.
    width : float array, (cells,)
        How far apart the least and the greatest value must be that he can still think possible once the cell is hidden.
    cost : float array, (cells,)
        Of hiding a cell; infinite for one that stays.
    brings : tuple of (cell, cell)
        Hiding the first hides the second.
    """

    values: np.ndarray
    relations: sparse.csr_array
    low: np.ndarray
    high: np.ndarray
    width: np.ndarray
    cost: np.ndarray
    brings: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """Which cells to hide.

    Attributes
    ----------
    hidden : bool array, (cells,)
    fewest : bool
        Whether no cheaper choice protects as well.
    exposed : int array
        Cells that nothing protects: all that could be hidden with them is.
    """

    hidden: np.ndarray
    fewest: bool
    exposed: np.ndarray


def protect(cells: Cells, primary: np.ndarray, known: dict[bytes, Protection] | None = None) -> Protection:
    """Return the cells to hide so that no primary one is known more narrowly than its width.

    Notes
    -----
    An outsider solves the relations for the hidden cells. Where he gets too close, his proof uses some visible cells:
    one of them must go (a cut; Fischetti & Salazar-González 2001, Management Science 47, in the form of a
    hitting set). The cheapest choice that meets all cuts is found by an integer program, and the outsider tries again.
    He has the last word, so what is returned is safe whoever chose it. Where many cells could go, the cheapest second
    table is searched for each cell instead. `known` keeps what was found for parts, for a call in which few changed.

    Examples
    --------
    Three parts of a known total: the smallest is hidden, and the next smallest with it.

    >>> parts = sparse.csr_array(np.array([[1.0, 1.0, 1.0, -1.0]]))
    >>> most = np.array([4, np.inf, np.inf, np.inf])
    >>> known = Cells(np.array([3.0, 9, 80, 92]), parts, np.array([1.0, 5, 5, 5]), most,
    ...               np.array([2.0, 0, 0, 0]), np.array([1, 1.1, 1.8, np.inf]))
    >>> protect(known, np.array([True, False, False, False])).hidden.tolist()
    [True, True, False, False]
    """
    hidden, exposed, fewest = primary.copy(), [], True
    known = {} if known is None else known
    parts = _components(cells, primary)
    few = sum(int(np.isfinite(cells.cost[places]).sum()) for places in parts) <= EXACT_RELEASE
    for places in parts:
        part = _only(cells, places)
        name = b"".join(one.tobytes() for one in (places, part.low, part.high, part.width, part.cost, primary[places]))
        found = known[name] = known.get(name) or _protect_component(part, primary[places], few)
        hidden[places] = found.hidden
        exposed.append(places[found.exposed])
        fewest = fewest and found.fewest
    return Protection(hidden, fewest, np.concatenate([*exposed, np.empty(0, dtype=int)]))


def _components(cells: Cells, primary: np.ndarray) -> list[np.ndarray]:
    """Return the places of cells that hang together, where any of them is to be hidden: outcomes do not."""
    ties = abs(cells.relations).astype(float)
    size = len(cells.values)
    brought = np.array(cells.brings, dtype=int).reshape(-1, 2)
    beside = sparse.csr_array((np.ones(len(brought)), (brought[:, 0], brought[:, 1])), shape=(size, size))
    rows = ties.shape[0]
    graph = sparse.block_array([[None, ties], [sparse.csr_array((size, rows)), beside]], format="csr")
    label = connected_components(graph, directed=False)[1][rows:]
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return [part for part in parts if primary[part].any()]


def _only(cells: Cells, places: np.ndarray) -> Cells:
    """Return the cells at some places that nothing ties to others."""
    at = {int(place): new for new, place in enumerate(places)}
    relations = sparse.csr_array(cells.relations.tocsc()[:, places])
    return Cells(
        cells.values[places],
        sparse.csr_array(relations[np.flatnonzero(np.diff(relations.indptr))]),
        cells.low[places],
        cells.high[places],
        cells.width[places],
        cells.cost[places],
        tuple((at[first], at[second]) for first, second in cells.brings if first in at),
    )


def _protect_component(cells: Cells, primary: np.ndarray, few: bool) -> Protection:
    cuts: list[np.ndarray] = []
    exposed: set[int] = set()
    free = np.isfinite(cells.cost) & ~primary
    large = len(cells.values) > SOLVED_CELLS
    exact = few and int(free.sum()) <= EXACT_CELLS and not large
    if not exact and not large:
        return _protect_by_witnesses(cells, primary)
    hidden = _with_brought(cells, primary.copy())
    seen = cells.values.copy(), cells.values.copy()
    for step in range(_STEPS + int(free.sum()) + len(cells.values)):
        if exact:  # other cells than before are hidden; else further ones, and what was possible still is
            seen = cells.values.copy(), cells.values.copy()
        found = _cuts_of_sums(cells, hidden, exposed, *seen) if large else []
        found = found or _cuts(cells, hidden, exposed, *seen)
        if not found:
            return Protection(hidden, exact, np.array(sorted(exposed), dtype=int))
        exposed.update(cell for cell, cut in found if not len(cut))
        new = [cut for _, cut in found if len(cut)]
        if not new:
            continue
        cuts += new
        exact = exact and step < _STEPS
        hidden = _cheapest(cells, primary, cuts) if exact else _with_cheapest_of(cells, hidden, new)
    raise AssertionError("each step hides a further cell or gives one up, so the steps end")


def _protect_by_witnesses(cells: Cells, primary: np.ndarray) -> Protection:
    """Return cells to hide so that each primary one has a second table in which it is another number, far enough away.

    The linear programming heuristic of Kelly, Golden & Assad (1992, Networks 22): the cheapest change of the true table
    that moves a cell by its width and keeps every sum. What it changes is hidden, so that the outsider cannot tell the
    changed table from the true one; it is a whole table, and so a proof, and one for each cell that it moves.
    """
    hidden = _with_brought(cells, primary.copy())
    least, most = cells.values.copy(), cells.values.copy()
    exposed: list[int] = []
    sensitive = np.flatnonzero(primary & (cells.width > 0))
    for cell in sensitive[np.argsort(cells.values[sensitive], kind="stable")].tolist():
        for change in _changes(cells, cell, least[cell], most[cell]):
            if most[cell] - least[cell] >= cells.width[cell]:
                break
            table = _cheapest_change(cells, hidden, cell, change)
            if table is not None:
                least, most = np.minimum(least, table), np.maximum(most, table)
                hidden = _with_brought(cells, hidden | (table != cells.values))
        if most[cell] - least[cell] < cells.width[cell]:
            exposed.append(cell)
    if exposed:  # nothing protects them: hide all that could
        hidden = _with_brought(cells, hidden | _around(cells, exposed))
    return Protection(hidden, False, np.array(exposed, dtype=int))


def _changes(cells: Cells, cell: int, least: float, most: float) -> list[float]:
    """Return by how much a cell is to be moved, the roomier side first; if neither has room, by less to each."""
    width, value = cells.width[cell], cells.values[cell]
    side = 1.0 if cells.high[cell] - value >= value - cells.low[cell] else -1.0
    seen = {1.0: most - value, -1.0: value - least}
    steps = [(one, step) for step in range(int(width), 0, -1) for one in (side, -side)]
    return [one * step for one, step in steps if step > seen[one]]


def _cheapest_change(cells: Cells, hidden: np.ndarray, cell: int, change: float) -> np.ndarray | None:
    """Return the possible table that has a cell moved by `change` and others by as little as hides most cheaply."""
    size = len(cells.values)
    free = np.isfinite(cells.cost) | hidden
    free[cell] = True
    room = [
        np.where(free, np.minimum(side, _FAR), 0.0) for side in (cells.high - cells.values, cells.values - cells.low)
    ]
    room = [np.maximum(side, 0.0) for side in room]
    low = np.zeros(2 * size)
    which = cell if change > 0 else size + cell
    if room[0 if change > 0 else 1][cell] < abs(change):
        return None
    room[1 if change > 0 else 0][cell] = 0.0
    low[which] = abs(change)
    high = np.concatenate(room)
    high[which] = abs(change)
    price = np.where(hidden, _ZERO, np.where(np.isfinite(cells.cost), cells.cost, 0.0))
    moved = _least_move(cells, price, low, high, whole=False)
    if moved is None or _is_whole(moved):
        return None if moved is None else cells.values + np.round(moved)
    moves = np.abs(moved) > _ZERO  # a whole one is often found where the broken one moves, or in the same lines
    lines = np.abs(cells.relations).sign() @ moves.astype(float) > 1
    in_line = hidden | (np.abs(cells.relations).T @ lines.astype(float) > 0)
    for places in (moves | hidden, in_line, free):
        moved = _least_move(cells, price, low, np.where(np.concatenate([places, places]), high, 0.0), whole=True)
        if moved is not None:
            return cells.values + np.round(moved)
    return None


def _least_move(cells: Cells, price: np.ndarray, low: np.ndarray, high: np.ndarray, whole: bool) -> np.ndarray | None:
    """Return the cheapest move of cells (up first, then down, between `low` and `high`) that keeps every sum."""
    places = np.flatnonzero(high > 0)
    size = len(cells.values)
    signs = np.where(places < size, 1.0, -1.0)
    equations = cells.relations[:, places % size].multiply(signs).tocsr()
    equations = equations[np.flatnonzero(np.diff(equations.indptr))]
    rows = np.zeros(equations.shape[0])
    found = milp(
        price[places % size],
        constraints=LinearConstraint(equations, rows, rows) if len(rows) else (),
        integrality=np.full(len(places), int(whole)),
        bounds=Bounds(low[places], high[places]),
        options={"node_limit": _NODES, "mip_rel_gap": _NEAR_ENOUGH} if whole else {},
    )
    if found.x is None:
        return None
    return np.bincount(places % size, found.x * signs, minlength=size)


def _is_whole(moved: np.ndarray) -> bool:
    return bool(np.allclose(moved, np.round(moved), rtol=0, atol=_WHOLE))


def _around(cells: Cells, exposed: list[int]) -> np.ndarray:
    """Return the cells that stand in a sum with some others and may be hidden."""
    rows = np.flatnonzero(np.abs(cells.relations[:, exposed]).sum(axis=1) > 0)
    near = np.asarray(np.abs(cells.relations[rows]).sum(axis=0)).ravel() > 0
    return np.asarray(near & np.isfinite(cells.cost))


def ranges(cells: Cells, hidden: np.ndarray, wanted: Sequence[int]) -> np.ndarray:
    """Return the least and the greatest whole number that an outsider can think of for each cell, (wanted, 2)."""
    found = []
    for cell in wanted:
        part = _part_of(cells, hidden, int(cell))
        found.append([part.extreme(int(cell), sign)[0] for sign in (1, -1)])
    return np.array(found).reshape(-1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The hidden cells that hang together with one of them, and the equations that an outsider has on them."""

    columns: np.ndarray
    rows: np.ndarray
    equations: sparse.csr_array
    totals: np.ndarray
    low: np.ndarray
    high: np.ndarray
    values: np.ndarray

    def witnesses(self) -> list[np.ndarray]:
        """Return some tables that are possible, for parts of many cells."""
        if len(self.columns) <= 4 * _WITNESSES or not len(self.rows):
            return []
        rng = np.random.default_rng(0)
        found = [
            self._solve(rng.normal(size=len(self.columns)), self.values + 4 * self.values.max())
            for _ in range(_WITNESSES)
        ]
        return [np.round(one.x) for one in found if one.x is not None]

    def _solve(self, aim: np.ndarray, most: np.ndarray | float = np.inf) -> OptimizeResult:
        return milp(
            aim,
            constraints=LinearConstraint(self.equations, self.totals, self.totals),
            integrality=np.ones(len(aim)),
            bounds=Bounds(np.maximum(self.low, -1e9), np.minimum(self.high, most)),
            options={"node_limit": _NODES} if len(self.columns) > SOLVED_CELLS else {},
        )

    def extreme(self, cell: int, sign: int) -> tuple[float, np.ndarray]:
        """Return the least (sign 1) or greatest (-1) value of a cell, and the whole table in which it has it."""
        aim = sign * (self.columns == cell).astype(float)
        if not len(self.rows):
            bound = self.low if sign == 1 else self.high
            return float(bound[self.columns == cell][0]), self.values
        found = self._solve(aim)
        if found.x is None:  # unbounded, or given up: the true table is one, and says nothing further
            return (-sign * np.inf if found.status == 3 else float(self.values[self.columns == cell][0])), self.values
        return float(np.round(found.x[self.columns == cell][0])), np.round(found.x)


def _part_of(cells: Cells, hidden: np.ndarray, cell: int) -> _Part:
    columns, rows = np.array([cell]), np.empty(0, dtype=int)
    touching = cells.relations[:, np.flatnonzero(hidden)]
    places = np.flatnonzero(hidden)
    inside = places == cell
    while True:
        rows_now = np.flatnonzero(np.abs(touching[:, np.flatnonzero(inside)]).sum(axis=1) > 0)
        grown = np.abs(touching[rows_now]).sum(axis=0) > 0 if len(rows_now) else inside
        grown = np.asarray(grown).ravel() | inside
        if grown.sum() == inside.sum():
            columns, rows = places[inside], rows_now
            break
        inside = grown
    equations = cells.relations[rows][:, columns]
    return _Part(
        columns,
        rows,
        sparse.csr_array(equations),
        equations @ cells.values[columns],
        cells.low[columns],
        cells.high[columns],
        cells.values[columns],
    )


def _cuts(
    cells: Cells, hidden: np.ndarray, exposed: set[int], least: np.ndarray, most: np.ndarray
) -> list[tuple[int, np.ndarray]]:
    """Return the hidden cells that an outsider knows too well, each with the visible cells of which one must go.

    Every table that he finds possible is a witness for all its cells, so that few are asked for one by one; `least` and
    `most`, the ends of what was seen, are widened in place.
    """
    found: list[tuple[int, np.ndarray]] = []
    parts: list[_Part] = []
    for cell in [one for one in np.flatnonzero(hidden & (cells.width > 0)).tolist() if one not in exposed]:
        if most[cell] - least[cell] >= cells.width[cell]:
            continue
        part = next((one for one in parts if cell in one.columns), None)
        if part is None:
            part = _part_of(cells, hidden, cell)
            parts.append(part)
            for table in part.witnesses():
                least[part.columns] = np.minimum(least[part.columns], table)
                most[part.columns] = np.maximum(most[part.columns], table)
        for sign in (1, -1):
            if most[cell] - least[cell] >= cells.width[cell]:
                break
            value, table = part.extreme(cell, sign)
            least[part.columns] = np.minimum(least[part.columns], table)
            most[part.columns] = np.maximum(most[part.columns], table)
            least[cell], most[cell] = min(least[cell], value), max(most[cell], value)
        if most[cell] - least[cell] < cells.width[cell]:
            found.append((cell, _visible_in_proof(cells, hidden, part, cell)))
            if len(found) == _AT_ONCE:
                break
    return found


def _cuts_of_sums(
    cells: Cells, hidden: np.ndarray, exposed: set[int], least: np.ndarray, most: np.ndarray
) -> list[tuple[int, np.ndarray]]:
    """Return what `_cuts` does, for an outsider who narrows the hidden cells by one sum at a time.

    The shuttle algorithm (Buzzigoli & Giusti 1999; Dobra & Fienberg 2000): each sum bounds each of its cells by the
    bounds of the others, again and again. An outsider who combines sums may come closer: `_cuts` asks him next.
    """
    low = np.where(hidden, cells.low, cells.values)
    high = np.where(hidden, cells.high, cells.values)
    table = cells.relations.tocoo()
    row, column, weight = table.row, table.col, table.data
    size = cells.relations.shape[0]
    for _ in range(_STEPS):
        ends = np.sort(np.column_stack([weight * low[column], weight * high[column]]), axis=1)
        open_ = ~np.isfinite(ends)
        shut = np.where(open_, 0.0, ends)
        total = np.column_stack([np.bincount(row, shut[:, side], size) for side in (0, 1)])[row] - shut
        unknown = np.column_stack([np.bincount(row, open_[:, side], size) for side in (0, 1)])[row] - open_
        # what the others of the sum add up to at most and at least, with the sign turned, is what this one is
        bottom = np.where(unknown[:, 1] > 0, -np.inf, -total[:, 1]) / np.abs(weight)
        top = np.where(unknown[:, 0] > 0, np.inf, -total[:, 0]) / np.abs(weight)
        bottom, top = np.where(weight > 0, bottom, -top), np.where(weight > 0, top, -bottom)
        tighter_low, tighter_high = low.copy(), high.copy()
        np.maximum.at(tighter_low, column, np.ceil(bottom - _ZERO))
        np.minimum.at(tighter_high, column, np.floor(top + _ZERO))
        if np.array_equal(tighter_low, low) and np.array_equal(tighter_high, high):
            break
        low, high = tighter_low, tighter_high
    close = np.flatnonzero(hidden & (cells.width > 0) & (high - low < cells.width))
    free = np.isfinite(cells.cost) & ~hidden
    narrow = np.minimum(top, cells.high[column]) - np.maximum(bottom, cells.low[column]) < cells.width[column]
    found = []
    for cell in [one for one in close.tolist() if one not in exposed]:
        tells = (column == cell) & narrow
        rows = np.unique(row[tells if tells.any() else column == cell])
        around = (
            np.unique(cells.relations[rows[:1]].indices) if tells.any() else np.unique(cells.relations[rows].indices)
        )
        if not free[around].any():
            around = np.unique(cells.relations[rows].indices)
        found.append((cell, around[free[around]]))
    return found


def _visible_in_proof(cells: Cells, hidden: np.ndarray, part: _Part, cell: int) -> np.ndarray:
    """Return the visible cells in the proof that a cell lies in a narrow range; all around it if not.

    By duality the range of a linear program is a combination of its equations; cells that are not in it do not matter.
    """
    free = np.isfinite(cells.cost) & ~hidden
    ends, weights = [], np.zeros(cells.relations.shape[1])
    for sign in (1, -1):
        aim = sign * (part.columns == cell).astype(float)
        solved = linprog(
            aim, A_eq=part.equations, b_eq=part.totals, bounds=np.column_stack([part.low, part.high]), method="highs"
        )
        if solved.x is None:
            break
        ends.append(sign * solved.fun)
        weights += np.abs(solved.eqlin.marginals @ cells.relations[part.rows])
    proved = len(ends) == 2 and ends[1] - ends[0] < cells.width[cell] - _ZERO
    around = weights if proved else np.asarray(np.abs(cells.relations[part.rows]).sum(axis=0)).ravel()
    return np.flatnonzero(free & (around > _ZERO))


def _cheapest(cells: Cells, primary: np.ndarray, cuts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the cheapest cells that meet every cut, beside the primary ones."""
    names = np.unique(np.concatenate([*cuts, np.array([two for one in cells.brings for two in one], dtype=int)]))
    names = names[np.isfinite(cells.cost[names])]
    place = {int(name): at for at, name in enumerate(names)}
    lines = [np.isin(names, cut).astype(float) for cut in cuts]
    for first, second in cells.brings:
        if first in place and second in place:
            line = np.zeros(len(names))
            line[place[second]], line[place[first]] = 1.0, -1.0
            lines.append(line)
    at_least = np.concatenate([np.ones(len(cuts)), np.zeros(len(lines) - len(cuts))])
    start = primary[names].astype(float)
    found = milp(
        cells.cost[names],
        constraints=LinearConstraint(np.array(lines), at_least, np.inf),
        integrality=np.ones(len(names)),
        bounds=Bounds(start, np.ones(len(names))),
    )
    hidden = primary.copy()
    hidden[names[found.x > 0.5]] = True
    return _with_brought(cells, hidden)


def _with_cheapest_of(cells: Cells, hidden: np.ndarray, cuts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the hidden cells with the cheapest of each cut that none of them meets."""
    grown, cost = hidden.copy(), cells.cost.copy()
    for first, second in cells.brings:
        cost[first] += cells.cost[second] if np.isfinite(cells.cost[second]) else 0.0
    for cut in cuts:
        if not grown[cut].any():
            grown[cut[np.argmin(cost[cut])]] = True
            grown = _with_brought(cells, grown)
    return grown


def _with_brought(cells: Cells, hidden: np.ndarray) -> np.ndarray:
    grown = hidden.copy()
    while True:
        new = [second for first, second in cells.brings if grown[first] and not grown[second]]
        if not new:
            return grown
        grown[new] = True
