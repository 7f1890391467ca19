"""The totals of clusters: all that a regression of few clusters needs to know of its respondents."""

from dataclasses import dataclass

import numpy as np

_MANY_CLUSTERS = 500
"""With more of them one pass over all rows is faster than a loop over the clusters; both give the same sums."""
NUMBERS_AT_A_TIME = 500_000
"""Numbers in the largest table of several fits at a time; more would leave the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterTotals:
    """Sums over the respondents of each cluster: all that weighted least squares and its robust errors need.

    With ``d = w - 1`` and weights scaled to mean 1: where all weigh alike d is exactly zero and W X exactly X, and
    where they nearly do, the products of d keep the digits in which weights differ, which those of w would lose.

    Attributes
    ----------
    xx, xdx, xddx : float array, (clusters, columns, columns)
        ``X'X``, ``X'dX`` and ``X'd^2X``.
    xy, xdy : float array, (clusters, columns)
        ``X'y`` and ``X'dy``.
    n : int array, (clusters,)
        Respondents.
    weight : float array, (clusters,)
        Sum of the scaled weights.
    """

    xx: np.ndarray
    xdx: np.ndarray
    xddx: np.ndarray
    xy: np.ndarray
    xdy: np.ndarray
    n: np.ndarray
    weight: np.ndarray

    @property
    def xwx(self) -> np.ndarray:
        """``X'WX`` of each cluster."""
        return np.asarray(self.xx + self.xdx)

    @property
    def xwy(self) -> np.ndarray:
        """``X'Wy`` of each cluster."""
        return np.asarray(self.xy + self.xdy)

    def keep(self, clusters: np.ndarray) -> "ClusterTotals":
        """Return the totals of some clusters."""
        return ClusterTotals(
            self.xx[clusters],
            self.xdx[clusters],
            self.xddx[clusters],
            self.xy[clusters],
            self.xdy[clusters],
            self.n[clusters],
            self.weight[clusters],
        )

    def columns(self, wanted: np.ndarray) -> "ClusterTotals":
        """Return the totals of some columns of X."""
        xx, xdx, xddx = (part[:, wanted][:, :, wanted] for part in (self.xx, self.xdx, self.xddx))
        return ClusterTotals(xx, xdx, xddx, self.xy[:, wanted], self.xdy[:, wanted], self.n, self.weight)


def cluster_totals(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, cluster: np.ndarray, n_clusters: int | None = None
) -> ClusterTotals:
    """Return the totals of clusters coded 0, 1, ...

    Parameters
    ----------
    x : float array, (respondents, columns)
        Design matrix, the constant included.
    y : float array, (respondents,)
    weights : float array, (respondents,)
        Sampling weights on any scale.
    cluster : int array, (respondents,)
    n_clusters : int, optional
        Number of clusters, when some may have no respondents.
    """
    n_clusters = int(cluster.max()) + 1 if n_clusters is None else n_clusters
    scaled = weights * (len(weights) / weights.sum())
    counts = np.bincount(cluster, minlength=n_clusters)
    weight = np.bincount(cluster, scaled, minlength=n_clusters)
    order = _by_cluster(cluster, n_clusters)
    columns = np.vstack([x.T, y])[:, order]
    return _totals_of(_products(columns, scaled[order] - 1, counts), counts, weight)


def _by_cluster(cluster: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return the order of respondents in which those of a cluster stand together."""
    # numpy sorts small integers by their digits, several times as fast as by comparing
    return np.argsort(cluster.astype(np.int16 if n_clusters < 2**15 else np.int64), kind="stable")


def _totals_of(products: np.ndarray, n: np.ndarray, weight: np.ndarray) -> ClusterTotals:
    """Return totals of products of the columns of X and, last, y: with 1, d and d^2, (3, clusters, ..., ...)."""
    square, vector = products[:, :, :-1, :-1], products[:2, :, -1, :-1]
    return ClusterTotals(square[0], square[1], square[2], vector[0], vector[1], n, weight)


def _products(columns: np.ndarray, d: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return ``Z'Z``, ``Z'dZ`` and ``Z'd^2Z`` of each cluster, (3, clusters, columns, columns).

    Parameters
    ----------
    columns : float array, (columns, respondents)
        Z', the respondents of a cluster side by side.
    d : float array, (respondents,)
    counts : int array, (clusters,)
    """
    ends, p = np.concatenate([[0], np.cumsum(counts)]), len(columns)
    products = np.zeros((3, len(counts), p, p))
    if len(counts) > _MANY_CLUSTERS:
        present = counts > 0
        starts = ends[:-1][present]
        for place, power in enumerate((None, d, d**2)):
            for number, column in enumerate(columns):
                others = columns[number:] * (column if power is None else column * power)
                sums = np.add.reduceat(others, starts, axis=1).T
                products[place, present, number, number:] = products[place, present, number:, number] = sums
        return products
    both = np.concatenate([columns, columns * d])
    for g in np.flatnonzero(counts):
        here = both[:, ends[g] : ends[g + 1]]
        squares = here @ here.T
        products[0, g], products[1, g], products[2, g] = squares[:p, :p], squares[:p, p:], squares[p:, p:]
    return products


@dataclass(frozen=True, slots=True, eq=False)
class CellProducts:
    """Products of columns summed over the respondents of each cell, from which totals for several weights follow.

    With ``d = u - 1`` and weights u scaled to mean 1 in each cell. Weights that multiply those of a cell by a factor
    (the settlement average beside the person average) and columns that are constant inside cells (a treatment, a wave)
    need no second pass over respondents.

    Attributes
    ----------
    products : float array, (3, cells, columns, columns)
        ``Z'Z``, ``Z'dZ`` and ``Z'd^2Z`` with Z the constant, columns, and last the outcome.
    n : int array, (cells,)
        Respondents.
    mean_weight : float array, (cells,)
    """

    products: np.ndarray
    n: np.ndarray
    mean_weight: np.ndarray

    def columns(self, wanted: np.ndarray) -> "CellProducts":
        """Return the products of some columns between the constant and the outcome."""
        kept = np.concatenate([[0], 1 + wanted, [self.products.shape[2] - 1]])
        return CellProducts(self.products[:, :, kept[:, None], kept], self.n, self.mean_weight)

    def totals(self, constant: np.ndarray, weight: np.ndarray, cells_each: int = 1) -> ClusterTotals:
        """Return the totals of clusters that hold several cells each, in order.

        Parameters
        ----------
        constant : float array, (cells, constants)
            Columns of X that are constant inside cells and stand in place of Z's constant, before its other columns.
        weight : float array, (cells,)
            Mean weight of the respondents of a cell, on any scale.
        cells_each : int
        """
        n_cells, n_constant = constant.shape
        n_columns = self.products.shape[2] - 1
        turn = np.zeros((n_cells, n_constant + n_columns, n_columns + 1))
        turn[:, :n_constant, 0] = constant
        turn[:, n_constant + np.arange(n_columns), 1 + np.arange(n_columns)] = 1.0
        plain, linear, squared = turn @ self.products @ np.swapaxes(turn, 1, 2)
        alike = weight.min() == weight.max()
        scale = np.ones(n_cells) if alike else weight * (self.n.sum() / (weight @ self.n))
        # weights c u of a cell are 1 + (c - 1) + c d: both parts are as exact as d where c is near 1, and keep the sum
        # of the squares of c u - 1 as exact as c u itself where it is not
        shift, c = (scale - 1)[:, None, None], scale[:, None, None]
        products = np.stack(
            [plain, shift * plain + c * linear, shift**2 * plain + 2 * shift * c * linear + c**2 * squared]
        )
        whole = products.reshape(3, -1, cells_each, *products.shape[2:]).sum(axis=2)
        return _totals_of(
            whole, self.n.reshape(-1, cells_each).sum(axis=1), (self.n * scale).reshape(-1, cells_each).sum(axis=1)
        )


def cell_products(
    columns: np.ndarray, y: np.ndarray, weights: np.ndarray, cell: np.ndarray, n_cells: int
) -> CellProducts:
    """Return the products of some columns and an outcome in cells coded 0, 1, ..., none of them empty.

    Parameters
    ----------
    columns : float array, (respondents, columns)
        Without the constant.
    y, weights : float array, (respondents,)
    cell : int array, (respondents,)
    n_cells : int
    """
    order = _by_cluster(cell, n_cells)
    counts = np.bincount(cell, minlength=n_cells)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    z, w = np.ones((columns.shape[1] + 2, len(y))), weights[order]
    for place, column in enumerate((*columns.T, y)):
        z[1 + place] = column[order]
    lowest, highest = np.minimum.reduceat(w, starts), np.maximum.reduceat(w, starts)
    # weights that are all alike are their mean without the rounding of a sum, so that d is exactly zero
    mean = np.where(lowest == highest, lowest, np.add.reduceat(w, starts) / counts)
    return CellProducts(_products(z, w / np.repeat(mean, counts) - 1, counts), counts, mean)
