import itertools

import numpy as np
import pytest
from scipy import sparse

from surveykit.report.protection import Cells, protect, ranges


def make_cells(n, lines, minimum=5):
    """Cells of which totals over lines are known, marked as the pages mark them."""
    n = np.asarray(n, dtype=float)
    totals = np.array([n[list(line)].sum() for line in lines])
    relations = np.zeros((len(lines), len(n) + len(lines)))
    for at, line in enumerate(lines):
        relations[at, list(line)], relations[at, len(n) + at] = 1, -1
    values = np.concatenate([n, totals])
    small = (values > 0) & (values < minimum) & (np.arange(len(values)) < len(n))
    low, high = np.where(small, 1.0, np.minimum(minimum, values)), np.where(small, minimum - 1.0, np.inf)
    cost = np.where(np.arange(len(values)) < len(n), 1 + values / (1e6 + values), 1e6)
    cost[values == 0] = np.inf  # nobody hides nobody
    width = np.where(small, (minimum - 1) // 2, 0.0)
    return Cells(values, sparse.csr_array(relations), low, high, width, cost), small


def solutions(cells, hidden):
    """Every table of two rows and three columns that marks and margins allow: two of its numbers make the others."""
    n = cells.values[:6].reshape(2, 3)
    rows, columns = n.sum(axis=1), n.sum(axis=0)
    found = []
    for first, second in itertools.product(range(int(rows[0]) + 1), repeat=2):
        top = np.array([first, second, rows[0] - first - second])
        table = np.concatenate([top, columns - top])
        low = np.where(hidden[:6], cells.low[:6], cells.values[:6])
        high = np.where(hidden[:6], cells.high[:6], cells.values[:6])
        if (low <= table).all() and (table <= high).all():
            found.append(table)
    return np.array(found)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        ([4, 30, 9, 80], [True, False, True, False]),
        ([3, 3, 50, 60], [True, True, False, False]),  # 2 to 4 each
        ([4, 4, 50, 60], [True, True, True, False]),  # two below 5 that make 8 are 4 and 4
        ([1, 1, 50, 60], [True, True, True, False]),  # and two that make 2 are 1 and 1
        ([10, 20], [False, False]),
        ([0, 3, 30, 40], [False, True, True, False]),  # nobody hides nobody
    ],
)
def test_one_line_by_hand(n, expected):
    cells, small = make_cells(n, [range(len(n))])
    found = protect(cells, small)
    assert found.hidden[: len(n)].tolist() == expected and found.fewest and not len(found.exposed)


def test_four_of_ten_cells_suffice():
    n = [3, 30, 40, 50, 60, 70, 80, 90, 100, 110]
    lines = [range(5), range(5, 10), *([at, at + 5] for at in range(5))]
    found = protect(*make_cells(n, lines))
    assert found.hidden[:10].sum() == 4 and found.hidden[[0, 5]].all()


@pytest.mark.parametrize("seed", range(12))
def test_a_patient_outsider_finds_no_more_and_fewer_cells_would_not_do(seed):
    """Complete enumeration: of the tables that are possible, and of the cells that could be hidden instead."""
    rng = np.random.default_rng(seed)
    n = rng.choice([0, 1, 2, 3, 4, 5, 6, 7, 9, 12], size=6)
    lines = [range(3), range(3, 6), [0, 3], [1, 4], [2, 5]]
    cells, small = make_cells(n, lines)
    found = protect(cells, small)

    def is_safe(hidden):
        tables = solutions(cells, hidden)
        spread = tables.max(axis=0) - tables.min(axis=0)
        return bool((spread[small[:6]] >= cells.width[:6][small[:6]]).all())

    may_go = np.flatnonzero(~small[:6] & (n > 0))
    choices = [set(one) for size in range(len(may_go) + 1) for one in itertools.combinations(may_go, size)]
    masks = [np.append(small[:6] | np.isin(np.arange(6), list(one)), np.zeros(5, dtype=bool)) for one in choices]
    best = next((mask for mask in masks if is_safe(mask)), None)
    if best is None:  # no choice protects: then a total that stands nowhere is taken to be unknown
        assert found.hidden[6:].any()
        return
    assert not found.hidden[6:].any() and is_safe(found.hidden)
    assert found.hidden.sum() == best.sum() or int(n.sum()) == 0
    asked = np.flatnonzero(found.hidden)
    tables = solutions(cells, found.hidden)
    if len(asked):
        ends = ranges(cells, found.hidden, asked)
        assert ends.tolist() == [[tables[:, cell].min(), tables[:, cell].max()] for cell in asked]


def test_what_nothing_protects_is_told():
    cells, small = make_cells([3, 0], [range(2)])
    fixed = Cells(cells.values, cells.relations, cells.low, cells.high, cells.width, np.full(3, np.inf))
    assert protect(fixed, small).exposed.tolist() == [0]
