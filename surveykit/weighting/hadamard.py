"""Hadamard matrices: which half samples balance each other."""

import numpy as np


def hadamard_matrix(at_least: int) -> np.ndarray:
    """Return a normalized Hadamard matrix, its order the smallest of those built here that is `at_least` so large.

    Orders are powers of two times p + 1 for a prime p that is 3 modulo 4 (Paley 1933), or times one (Sylvester 1867).

    Examples
    --------
    >>> h = hadamard_matrix(10)
    >>> h.shape, bool((h @ h.T == 12 * np.eye(12)).all()), h[0].tolist() == [1] * 12
    ((12, 12), True, True)
    """
    order = max(1, at_least)
    while True:
        found = _build(order)
        if found is not None:
            return found
        order += 1


def _build(order: int) -> np.ndarray | None:
    if order in (1, 2):
        return np.array([[1]]) if order == 1 else np.array([[1, 1], [1, -1]])
    if order % 4:
        return None
    prime = order - 1
    if prime % 4 == 3 and all(prime % divisor for divisor in range(2, int(prime**0.5) + 1)):
        return _paley(prime)
    half = _build(order // 2)
    return None if half is None else np.block([[half, half], [half, -half]])


def _paley(prime: int) -> np.ndarray:
    """Return the matrix of order p + 1 whose core is the negated quadratic character of i + j modulo p."""
    character = np.full(prime, -1)
    character[np.unique(np.arange(prime) ** 2 % prime)] = 1  # squares, zero among them
    core = -character[np.add.outer(np.arange(prime), np.arange(prime)) % prime]
    return np.block([[np.ones((1, 1)), np.ones((1, prime))], [np.ones((prime, 1)), core]]).astype(int)
