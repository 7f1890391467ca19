"""The other columns of a regression taken out of outcome and treatment, from settlement totals alone."""

from dataclasses import dataclass

import numpy as np

from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.pseudo_inverse import pseudo_inverse

NOTHING_LEFT = 1e-9
"""Part of the treatment's variation below which the other columns leave nothing of it, only rounding.

Where they determine it, 1e-13 is left of sums over settlements; where they do not, one respondent in a million leaves
1e-6. What is left divides the estimate, which a smaller bound would let be any number.
"""


@dataclass(frozen=True, slots=True, eq=False)
class PartialledOut:
    """What is left of outcome and treatment in each settlement after the other columns (Frisch-Waugh-Lovell).

    Attributes
    ----------
    observed, weight : float array, (settlements,)
        1 for treated settlements; sums of weights.
    sums, square : float array, (settlements, others) and (settlements, others, others)
        Sums of w x and of w x x' over the other columns.
    bread : float array, (others, others)
        Inverse of their cross-product over all settlements.
    cross_y, cross_z : float array, (settlements, others)
        Sums of w x y and of w x z.
    rest_y, rest_z : float array, (settlements,)
        Sums of what is left of outcome and treatment.
    """

    observed: np.ndarray
    weight: np.ndarray
    sums: np.ndarray
    square: np.ndarray
    bread: np.ndarray
    cross_y: np.ndarray
    cross_z: np.ndarray
    rest_y: np.ndarray
    rest_z: np.ndarray


def partial_out(totals: ClusterTotals, column: int) -> PartialledOut:
    """Return the settlement sums of what is left of outcome and treatment after the other columns."""
    others = np.delete(np.arange(totals.xx.shape[1]), column)
    xwx = totals.xwx
    sums, square = xwx[:, 0, :][:, others], xwx[:, others][:, :, others]
    bread = pseudo_inverse(square.sum(axis=0))
    observed = (xwx[:, 0, column] > 0.5 * xwx[:, 0, 0]).astype(float)
    cross_y, cross_z = totals.xwy[:, others], xwx[:, others, column]
    # Frisch-Waugh-Lovell: y minus its regression on the other columns, b = (X'WX)^-1 X'Wy, sums in settlement g to
    # sum_g w y - (sum_g w x)' b; so does z. The treatment's coefficient under any assignment follows from these sums.
    rest_y = totals.xwy[:, 0] - sums @ (bread @ cross_y.sum(axis=0))
    rest_z = xwx[:, 0, column] - sums @ (bread @ cross_z.sum(axis=0))
    return PartialledOut(observed, xwx[:, 0, 0], sums, square, bread, cross_y, cross_z, rest_y, rest_z)


def partial_size(pieces: PartialledOut, treated: np.ndarray) -> np.ndarray:
    """Return the weighted variation of each assignment that the other columns leave; NaN where they leave none."""
    weight, cross = treated @ pieces.weight, treated @ pieces.sums
    # z is 0 or 1, so that z'Wz is the weight of the treated; the regression of z on the others takes off c'(X'WX)^-1 c
    # with c = X'Wz, settlement sums added over the treated
    size = weight - ((cross @ pieces.bread) * cross).sum(axis=1)
    return np.where(size > NOTHING_LEFT * weight, size, np.nan)


def partial_share(totals: ClusterTotals, column: int) -> float:
    """Return the share of the treatment's variation that the other columns leave, 0 when they determine it."""
    pieces = partial_out(totals, column)
    # z'Wz of any column z: between two waves what is tested is one only in the second, and no settlement is all of it
    size, cross = float(totals.xwx[:, column, column].sum()), pieces.cross_z.sum(axis=0)
    return (size - float(cross @ pieces.bread @ cross)) / size
