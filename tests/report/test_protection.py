import itertools

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

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


def test_cells_that_nothing_protects_do_not_hide_one_that_can_be():
    """Fourteen of 3 stand in two tables, once in a published one; the last of 3 has a neighbour of 30 to hide with it."""
    n = np.array([3.0] * 15 + [30] + [3] * 14 + [75])
    relations = np.zeros((15, len(n)))
    for at in range(14):
        relations[at, [at, 16 + at]] = 1, -1
    relations[14, :16], relations[14, -1] = 1, -1
    small = np.arange(len(n)) < 15
    cost = np.where(np.arange(len(n)) < 16, 1.0, np.inf)
    low, high = np.where(small, 1.0, 5), np.where(small, 4.0, np.inf)
    width = np.where(small, 2.0, 0)
    found = protect(Cells(n, sparse.csr_array(relations), low, high, width, cost), small)
    assert found.exposed.tolist() == list(range(14)) and found.hidden[15]


def test_an_integer_program_has_the_last_word_in_tables_of_hundreds_of_cells():
    """150 settlements by two sexes: each small cell asked for by a program that knows all margins and marks."""
    rng = np.random.default_rng(3)
    n = rng.poisson(rng.choice([3, 8, 30], size=150)[:, None], size=(150, 2)).ravel()
    lines = [*([2 * at, 2 * at + 1] for at in range(150)), range(0, 300, 2), range(1, 300, 2)]
    cells, small = make_cells(n, lines)
    found = protect(cells, small)
    assert not found.fewest and not len(found.exposed)
    gone = np.flatnonzero(found.hidden[:300])
    known = [line for line, unknown in zip(lines, found.hidden[300:]) if not unknown]  # two of 1 make 2 by themselves
    assert len(known) > 120
    rows = np.array([np.isin(gone, line) for line in known], dtype=float)
    sums = rows @ n[gone]
    low, high = np.where(small[gone], 1, 5), np.where(small[gone], 4, np.inf)
    for at in np.flatnonzero(small[gone]).tolist():
        aim = np.eye(len(gone))[at]
        ends = [
            milp(sign * aim, constraints=LinearConstraint(rows, sums, sums), integrality=np.ones(len(gone)),
                 bounds=Bounds(low, high)).x[at]
            for sign in (1, -1)
        ]  # fmt: skip
        assert round(ends[1] - ends[0]) >= 2, n[gone[at]]


@pytest.mark.parametrize("seed", range(6))
def test_many_cells_are_safe_as_well_and_not_many_more_than_must_be(seed, monkeypatch):
    """Where the fewest are not searched for: the integer program of the outsider, and the fewest for comparison."""
    rng = np.random.default_rng(seed)
    n = rng.choice([0, 2, 3, 4, 6, 8, 12, 20, 30, 40], size=20)
    lines = [*(range(at, at + 5) for at in range(0, 20, 5)), *(range(at, 20, 5) for at in range(5))]
    cells, small = make_cells(n, lines)
    fewest = protect(cells, small)
    monkeypatch.setattr("surveykit.report.protection.EXACT_RELEASE", 0)
    found = protect(cells, small)
    assert not found.fewest and set(found.exposed) == set(fewest.exposed)
    safe = np.setdiff1d(np.flatnonzero(small), found.exposed)
    ends = ranges(cells, found.hidden, safe)
    assert (ends[:, 1] - ends[:, 0] >= cells.width[safe]).all()
    if fewest.fewest:
        assert found.hidden.sum() <= 1.5 * fewest.hidden.sum() + 1
