"""Pseudo-inverses of sums of products of columns, taken in columns of length one.

A column that others determine shows as an eigenvalue of zero, but for rounding. So that a column in small units is not
taken for one, eigenvalues are looked at where every column has length one; the inverse is then turned back.
"""

import numpy as np

DEPENDENT = 1e-13
"""Share of a column's sum of squares below which it is a combination of others: the rounding of the sum itself."""
DEPENDENT_WITHOUT = 1e-11
"""The same without one cluster, where the difference of two sums has lost two more digits."""


def column_lengths(products: np.ndarray) -> np.ndarray:
    """Return the lengths of the columns whose products are given, 1 for a column of zeros.

    Parameters
    ----------
    products : float array, (..., columns, columns)

    Returns
    -------
    float array, (..., columns)
    """
    squares = np.diagonal(products, axis1=-2, axis2=-1)
    return np.sqrt(np.where(squares > 0, squares, 1.0))


def inverse_in_unit_lengths(products: np.ndarray, dependent: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pseudo-inverse of products where every column has length one, and the lengths.

    Parameters
    ----------
    products : float array, (..., columns, columns)
        Symmetric: ``X'WX`` of one set of columns, or of several.
    dependent : float
        Part of the largest eigenvalue below which one counts as zero.
    """
    length = column_lengths(products)
    scaled = products / (length[..., :, None] * length[..., None, :])
    return np.linalg.pinv(scaled, rcond=dependent, hermitian=True), length


def pseudo_inverse(products: np.ndarray, dependent: float = DEPENDENT) -> np.ndarray:
    """Return the pseudo-inverse of products, of whose dependent columns each gets a share of the fit.

    Examples
    --------
    >>> pseudo_inverse(np.array([[4.0, 0.0], [0.0, 0.0]])).tolist()
    [[0.25, 0.0], [0.0, 0.0]]
    """
    inverse, length = inverse_in_unit_lengths(products, dependent)
    return np.asarray(inverse / (length[..., :, None] * length[..., None, :]))


def solve_each(products: np.ndarray, vectors: np.ndarray, dependent: float) -> np.ndarray:
    """Solve several symmetric systems, with the least solution where one is singular.

    Parameters
    ----------
    products : float array, (systems, columns, columns)
    vectors : float array, (systems, columns)

    Returns
    -------
    float array, (systems, columns)
    """
    inverse, length = inverse_in_unit_lengths(products, dependent)
    return np.asarray(np.einsum("gpq,gq->gp", inverse, vectors / length) / length)
