"""Pseudo-inverses in columns of length one, held against exact fractions and against numpy on independent columns."""

from fractions import Fraction

import numpy as np
import pytest

from surveykit.estimation.engine.pseudo_inverse import (
    DEPENDENT,
    column_lengths,
    inverse_in_unit_lengths,
    pseudo_inverse,
    solve_each,
)


def test_independent_columns_have_their_inverse():
    """By hand: the inverse of [[2, 1], [1, 3]] is [[3, -1], [-1, 2]] / 5."""
    by_hand = [[float(Fraction(part, 5)) for part in row] for row in ((3, -1), (-1, 2))]
    np.testing.assert_allclose(pseudo_inverse(np.array([[2.0, 1], [1, 3]])), by_hand, rtol=1e-15)


def test_a_column_in_small_units_is_no_combination_of_the_others(rng):
    """In other units the inverse is that of the columns as they were, divided by the units."""
    x, units = rng.normal(size=(50, 3)), np.array([1.0, 1e-9, 1e6])
    expected = np.linalg.inv(x.T @ x) / np.outer(units, units)
    products = (x * units).T @ (x * units)
    np.testing.assert_allclose(pseudo_inverse(products), expected, rtol=1e-9)  # rounding, times the condition of x
    assert not np.allclose(np.linalg.pinv(products, hermitian=True), expected)  # which takes the small for rounding


def test_a_column_twice_gets_half_of_the_fit_each():
    products = np.full((2, 2), 4.0)
    assert pseudo_inverse(products).sum() == pytest.approx(0.25)
    assert (pseudo_inverse(products) @ [8.0, 8.0]).tolist() == pytest.approx([1.0, 1.0])  # y = 2 x


def test_a_column_of_zeros_has_no_part_in_it():
    assert column_lengths(np.diag([9.0, 0.0])).tolist() == [3.0, 1.0]
    assert pseudo_inverse(np.diag([9.0, 0.0])).tolist() == [[1 / 9, 0.0], [0.0, 0.0]]


def test_several_systems_are_solved_one_by_one(rng):
    x = rng.normal(size=(4, 20, 3))
    products, vectors = x.swapaxes(1, 2) @ x, rng.normal(size=(4, 3))
    each = [np.linalg.solve(table, vector) for table, vector in zip(products, vectors)]
    np.testing.assert_allclose(solve_each(products, vectors, DEPENDENT), each, rtol=1e-12)
    inverse, length = inverse_in_unit_lengths(products, DEPENDENT)
    assert inverse.shape == products.shape and length.shape == vectors.shape
