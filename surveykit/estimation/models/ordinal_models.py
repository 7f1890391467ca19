"""Cumulative link models with weights: Newton's method with analytic score and Hessian on summed covariate patterns.

statsmodels' `OrderedModel` has the parametrization used here (``P(y <= k) = F(threshold_k - x b)``) but accepts
`weights=` and ignores it.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from surveykit._checks import TINY
from surveykit.codebook import as_code, distinct_texts
from surveykit.distributions import normal_quantile
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.models.model_kinds import EACH, FALL, Solution, newton_step

_SEPARATED = "the ordinal model does not converge: some covariates separate the answers completely; leave them out, merge categories, or compare the groups with compare_groups()"

NEAR = 1e-8
"""Newton's step, relative to the parameters, that is the last one: it is still taken, and what is left is its square,
1e-16. Ten times more would leave 1e-14, which replicates would show."""

MOST_LEVELS = 50
"""Answers beyond which thresholds are no scale but a number of its own for every respondent or so."""
LINKS = ("logit", "probit", "cloglog", "loglog")


@dataclass(frozen=True)
class OrdinalModel:
    """A cumulative link model over ordered answers.

    Attributes
    ----------
    link : {"logit", "probit", "cloglog", "loglog"}
        F is the logistic, the normal, ``1 - exp(-exp(z))``, or ``exp(-exp(-z))`` (which R's ``svyolr`` calls cloglog).
    levels : tuple of float
        Answers in ascending order.
    labels : tuple of str
        Their names.
    """

    link: str
    levels: tuple[object, ...]
    labels: tuple[str, ...] = field(default=())

    def further_names(self) -> list[str]:
        """Return the names of the thresholds, "1|2" and so on."""
        return [f"{low}|{high}" for low, high in zip(self.labels[:-1], self.labels[1:])]

    def tally(self, pattern: np.ndarray, n_patterns: int, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the weight of each answer in each pattern."""
        depth = len(self.levels)
        index = pattern * depth + self._position(y)
        return np.bincount(index, weights, minlength=n_patterns * depth).reshape(-1, depth)

    def _position(self, y: np.ndarray) -> np.ndarray:
        return np.searchsorted(np.asarray(self.levels, dtype=float), y)

    def solve(self, x: np.ndarray, sums: np.ndarray, start: np.ndarray | None = None) -> Solution:
        """Maximize by Newton's method; the log-likelihood is concave for these links (Pratt 1981, JASA 76)."""
        n_slopes = x.shape[1]
        params = np.concatenate([np.zeros(n_slopes), self._starting_thresholds(sums)]) if start is None else start
        value, slope, curvature = self.derivatives(params, x, sums)
        for _ in range(60):  # from these starts a dozen steps do; of separated answers the steps never end
            step = newton_step(curvature, slope, _SEPARATED)
            near = np.abs(step).max() <= NEAR * (1 + np.abs(params).max())
            taken, (value, slope, curvature) = self._advance(params, step, value, x, sums)
            params = params + taken
            if near:
                return Solution(params, np.linalg.inv(-curvature), value, n_slopes)
            if not np.isfinite(taken).all() or not taken.any():
                break
        raise FeasibilityError(_SEPARATED)

    def _advance(
        self, params: np.ndarray, step: np.ndarray, value: float, x: np.ndarray, sums: np.ndarray
    ) -> tuple[np.ndarray, tuple[float, np.ndarray, np.ndarray]]:
        for _ in range(40):  # 2^-40 of a step is rounding
            # thresholds out of order have no likelihood
            if (np.diff(params[x.shape[1] :] + step[x.shape[1] :]) > 0).all():
                with np.errstate(all="ignore"):  # a step too far may overflow; it is then halved
                    found = self.derivatives(params + step, x, sums)
                if np.isfinite(found[2]).all() and found[0] >= value - FALL * abs(value):
                    return step, found
            step = step / 2
        return np.zeros_like(step), self.derivatives(params, x, sums)

    def _starting_thresholds(self, sums: np.ndarray) -> np.ndarray:
        below = np.cumsum(sums.sum(axis=0))[:-1] / sums.sum()
        inverse = {
            "logit": special.logit,
            "probit": normal_quantile,
            "cloglog": lambda p: np.log(-np.log1p(-p)),
            "loglog": lambda p: -np.log(-np.log(p)),
        }
        return np.asarray(inverse[self.link](below))

    def _curves(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return F, its density and the density's slope."""
        if self.link == "logit":
            share = special.expit(z)
            density = share * special.expit(-z)
            return share, density, density * (1 - 2 * share)
        if self.link == "probit":
            density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
            return special.ndtr(z), density, -z * density
        sign = 1.0 if self.link == "cloglog" else -1.0
        power = np.exp(np.minimum(sign * z, 700))
        density = np.exp(np.minimum(sign * z, 700) - power)
        share = -np.expm1(-power) if self.link == "cloglog" else np.exp(-power)
        return share, density, sign * density * (1 - power)

    def _cells(self, params: np.ndarray, n_slopes: int, eta: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return shares of the answers and, at upper and lower threshold, density and its slope, (rows, answers)."""
        share, density, bend = self._curves(params[n_slopes:] - eta[:, None])
        edge = np.zeros((len(eta), 1))
        shares = np.maximum(np.diff(np.hstack([edge, share, edge + 1]), axis=1), TINY)
        ends = (np.hstack(pair) / shares for pair in ((density, edge), (edge, density), (bend, edge), (edge, bend)))
        return shares, *ends

    def derivatives(self, params: np.ndarray, x: np.ndarray, sums: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the weighted log-likelihood, its gradient and its Hessian; they add up over parts of the data."""
        n_slopes = x.shape[1]
        shares, upper, lower, bend_up, bend_low = self._cells(params, n_slopes, x @ params[:n_slopes])
        value = float((sums * np.log(shares)).sum())
        gradient = np.concatenate(
            [
                x.T @ (sums * (lower - upper)).sum(axis=1),
                (sums * upper).sum(axis=0)[:-1] - (sums * lower).sum(axis=0)[1:],
            ]
        )
        # With p = F(upper) - F(lower), the slopes of log p are f_u / p and -f_l / p (`upper`, `lower` are without the
        # sign), and its second derivatives f_u' / p - (f_u / p)^2, -f_l' / p - (f_l / p)^2, and f_u f_l / p^2 across;
        # thresholds and linear predictor meet in threshold - eta, hence the signs (McCullagh 1980, J. Royal Statistical
        # Society B 42).
        up, low, both = sums * (bend_up - upper**2), sums * (-bend_low - lower**2), sums * upper * lower
        hessian = np.empty((len(params), len(params)))
        hessian[:n_slopes, :n_slopes] = (x * (up + low + 2 * both).sum(axis=1)[:, None]).T @ x
        hessian[:n_slopes, n_slopes:] = -x.T @ ((up + both)[:, :-1] + (low + both)[:, 1:])
        hessian[n_slopes:, :n_slopes] = hessian[:n_slopes, n_slopes:].T
        beside = both.sum(axis=0)[1:-1]
        # a threshold is the upper end of one answer and the lower end of the next, and shares an answer with its
        # neighbours
        hessian[n_slopes:, n_slopes:] = (
            np.diag(up.sum(axis=0)[:-1] + low.sum(axis=0)[1:]) + np.diag(beside, 1) + np.diag(beside, -1)
        )
        return value, gradient, hessian

    def derivatives_by(
        self, params: np.ndarray, x: np.ndarray, several: np.ndarray, cluster: np.ndarray, n_clusters: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gradients and Hessians of `derivatives` for each cluster and each table of sums, in one pass.

        Parameters
        ----------
        params : float array, (size,)
        x : float array, (rows, slopes)
        several : float array, (tables, rows, answers)
        cluster : int array, (rows,)
        n_clusters : int

        Returns
        -------
        gradient, hessian : float arrays, (tables, clusters, size) and (tables, clusters, size, size)
        """
        n_slopes, size = x.shape[1], len(params)
        _, upper, lower, bend_up, bend_low = self._cells(params, n_slopes, x @ params[:n_slopes])
        gradient = np.zeros((len(several), n_clusters, size))
        hessian = np.zeros((len(several), n_clusters, size, size))
        inner = np.arange(n_slopes, size)

        def summed(values: np.ndarray) -> np.ndarray:
            """Sum the columns of a table of rows by cluster."""
            columns = [np.bincount(cluster, column, minlength=n_clusters) for column in values.T]
            return np.column_stack(columns) if columns else np.zeros((n_clusters, 0))

        for kind, sums in enumerate(several):
            up, low, both = sums * (bend_up - upper**2), sums * (-bend_low - lower**2), sums * upper * lower
            gradient[kind, :, :n_slopes] = summed(x * (sums * (lower - upper)).sum(axis=1)[:, None])
            gradient[kind, :, n_slopes:] = summed((sums * upper)[:, :-1] - (sums * lower)[:, 1:])
            bent = (up + low + 2 * both).sum(axis=1)
            crossed = (up + both)[:, :-1] + (low + both)[:, 1:]
            for place in range(n_slopes):
                hessian[kind, :, place, :n_slopes] = summed(x * (x[:, place] * bent)[:, None])
                hessian[kind, :, place, n_slopes:] = -summed(crossed * x[:, place, None])
                hessian[kind, :, n_slopes:, place] = hessian[kind, :, place, n_slopes:]
            hessian[kind][:, inner, inner] = summed(up[:, :-1] + low[:, 1:])
            beside = summed(both[:, 1:-1])
            hessian[kind][:, inner[:-1], inner[1:]] = beside
            hessian[kind][:, inner[1:], inner[:-1]] = beside
        return gradient, hessian

    def scores(
        self, solution: Solution, eta: np.ndarray, y: np.ndarray, pattern: np.ndarray | slice = EACH
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the derivative of log p in the linear predictor and in each threshold."""
        _, upper, lower, _, _ = self._cells(solution.params, solution.n_slopes, eta)
        depth = len(self.levels)
        cell = np.arange(len(eta))[pattern] * depth + self._position(y)
        thresholds = np.zeros((len(eta), depth, depth - 1))
        inner = np.arange(depth - 1)
        thresholds[:, inner, inner] = upper[:, :-1]
        thresholds[:, inner + 1, inner] = -lower[:, 1:]
        return (lower - upper).ravel()[cell], thresholds.reshape(-1, depth - 1)[cell]

    def mean(self, solution: Solution, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the share of each answer and its slopes in the linear predictor and in the thresholds."""
        shares, upper, lower, _, _ = self._cells(solution.params, solution.n_slopes, eta)
        upper, lower = upper * shares, lower * shares
        slopes = np.zeros((len(eta), len(self.levels), len(self.levels) - 1))
        for threshold in range(len(self.levels) - 1):
            slopes[:, threshold, threshold] = upper[:, threshold]
            slopes[:, threshold + 1, threshold] = -lower[:, threshold + 1]
        return shares, lower - upper, slopes


def make_ordinal_model(y: np.ndarray, link: str, labels: dict[float, str]) -> OrdinalModel:
    """Return the model over the answers that occur; three at least, fifty at most."""
    levels = np.unique(y)
    if len(levels) < 3:
        raise ArgumentError(
            f'an ordinal model needs at least three answers, but {len(levels)} occur; use family="binomial" for two'
        )
    if len(levels) > MOST_LEVELS:
        raise ArgumentError(
            f'an ordinal model is for few ordered answers, but {len(levels)} different ones occur; group them, or use family="gaussian"'
        )
    codes = tuple(levels.tolist())
    names = distinct_texts([labels.get(code, f"{code:g}") for code in codes], [as_code(code) for code in codes])
    return OrdinalModel(link, codes, tuple(names))
