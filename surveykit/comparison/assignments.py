"""Which settlements could have been the treated ones: the assignments that a randomization test runs over."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from surveykit.comparison.studentized_draws import FEWER_DRAWS, MANY_SETTLEMENTS, block_rows
from surveykit.errors import ArgumentError

ENUMERATION_LIMIT = 250_000
"""Up to so many assignments are all looked at; beyond, some are drawn."""

SAMPLED_ASSIGNMENTS = 9_999


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """Ways in which the treatment could have fallen on the settlements.

    Attributes
    ----------
    treated : int8 array, (assignments, settlements)
        1 for treated settlements (a byte each: 10,000 draws of 5,000 settlements are 50 MB, not 400). The observed
        assignment is the first row when they were drawn, among the rows when all are listed.
    exact : bool
        True when every assignment is listed.
    total : int
        Number of assignments that exist.
    uneven : bool
        True when blocks differ in their share of treated settlements: a difference then does not vary around zero, and
        is held against its mean over the assignments.
    """

    treated: np.ndarray
    exact: bool
    total: int
    uneven: bool = False


def count_assignments(treated: np.ndarray, block: np.ndarray | None = None) -> int:
    """Return the number of distinct assignments that keep the number of treated settlements in each block.

    >>> count_assignments(np.array([True] + [False] * 9)), count_assignments(np.array([True] * 3 + [False] * 3))
    (10, 20)
    """
    block = np.zeros(len(treated), dtype=int) if block is None else block
    # blocks are randomized each for itself: choices of k treated of n multiply
    return math.prod(math.comb(int((block == b).sum()), int(treated[block == b].sum())) for b in np.unique(block))


def smallest_p(treated: np.ndarray, block: np.ndarray | None = None) -> tuple[float, float]:
    """Return the smallest one-sided and two-sided p-value that a randomization test can give.

    The two-sided one is twice the one-sided when every block is split in half, since the mirrored assignment then
    always is as extreme as the observed one.

    >>> [round(p, 3) for p in smallest_p(np.array([True] * 3 + [False] * 3))]
    [0.05, 0.1]
    """
    block = np.zeros(len(treated), dtype=int) if block is None else block
    total = count_assignments(treated, block)
    halves = all(2 * int(treated[block == b].sum()) == int((block == b).sum()) for b in np.unique(block))
    return 1 / total, min(1.0, (2 if halves else 1) / total)


def list_assignments(
    treated: np.ndarray,
    block: np.ndarray | None = None,
    rng: np.random.Generator | None = None,
    limit: int = ENUMERATION_LIMIT,
    draws: int = SAMPLED_ASSIGNMENTS,
) -> Assignments:
    """Return every assignment of the treatment to settlements, or the observed one and `draws` random ones.

    Parameters
    ----------
    treated : bool array, (settlements,)
    block : int array, (settlements,), optional
        The number of treated settlements is kept in each block.
    rng : numpy.random.Generator, optional
        Needed when there are more than `limit` assignments.
    limit, draws : int
    """
    block = np.zeros(len(treated), dtype=int) if block is None else block
    total = count_assignments(treated, block)
    uneven = differ_in_share(treated, block)
    members = [np.flatnonzero(block == b) for b in np.unique(block)]
    chosen = [int(treated[inside].sum()) for inside in members]
    if total <= limit:
        flat = itertools.chain.from_iterable(_combinations(members, chosen))
        picks = np.fromiter(flat, dtype=np.int64, count=total * sum(chosen)).reshape(total, sum(chosen))
        table = np.zeros((total, len(treated)), dtype=np.int8)
        np.put_along_axis(table, picks, 1, axis=1)
        return Assignments(table, True, total, uneven)
    if rng is None:
        raise ArgumentError(
            f"there are {total:,} assignments, too many to list; pass `rng` (a numpy Generator or a seed) so that some can be drawn"
        )
    draws = draws if len(treated) <= MANY_SETTLEMENTS else min(draws, FEWER_DRAWS)
    table = np.zeros((draws + 1, len(treated)), dtype=np.int8)
    table[0] = treated  # the observed assignment is one of those that were possible, so that p is never below one draw
    for inside, k in zip(members, chosen):
        for part in np.array_split(table[1:], max(1, draws // block_rows(len(inside)))):  # as if drawn all at once
            order = np.argsort(rng.random((len(part), len(inside))), axis=1)[:, :k]
            part[np.arange(len(part))[:, None], inside[order]] = 1
    return Assignments(table, False, total, uneven)


def differ_in_share(treated: np.ndarray, block: np.ndarray) -> bool:
    """Return whether blocks differ in their share of treated settlements."""
    n, k = np.bincount(block), np.bincount(block, treated)
    return len({float(share) for share in (k / np.maximum(n, 1))[n > 0]}) > 1


def _combinations(members: list[np.ndarray], chosen: list[int]) -> Iterator[tuple[int, ...]]:
    choices = [itertools.combinations(inside.tolist(), k) for inside, k in zip(members, chosen)]
    if len(choices) == 1:
        return choices[0]
    return (tuple(itertools.chain.from_iterable(parts)) for parts in itertools.product(*choices))
