"""Negative binomial regression (NB2) with weights: coefficients and dispersion by Newton's method."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from surveykit._checks import TINY
from surveykit.errors import FeasibilityError
from surveykit.estimation.models.model_kinds import EACH, FALL, Solution, newton_step

_SEPARATED = (
    "the model does not converge: some covariates separate the counts completely; leave them out, or merge categories"
)

LIFT = 1e-8
"""Smallest eigenvalue, relative to the largest number, that the curvature is lifted to where it is not convex.

Far from the maximum the likelihood bends upwards in log(size), and Newton's step would go down it. So small a lift
makes a long step, which is cut to five and halved until the likelihood rises.
"""
SETTLED = 1e-10
"""Newton's step, relative to the parameters, at which the search ends: the one after it would be its square."""
SEPARATED = 1e-10
"""Eigenvalue of the curvature scaled to ones on its diagonal, below which some direction has no maximum: the counts
rise without bound along it, and the search has ended where the likelihood is flat to rounding."""
SMALLEST_MEAN = 1e-8
"""Mean count from which the search starts where all counts are zero, of which there is no logarithm."""


@dataclass(frozen=True)
class NegativeBinomialModel:
    """Counts with mean ``mu = exp(x b)`` and variance ``mu + mu**2 / size``; the parameter is log(size).

    Attributes
    ----------
    levels : tuple of float
        Counts that occur, in ascending order.
    """

    levels: tuple[object, ...]

    def further_names(self) -> list[str]:
        """Return the name of the shape parameter."""
        return ["log(size)"]

    def _counts(self) -> np.ndarray:
        return np.asarray(self.levels, dtype=float)

    def tally(self, pattern: np.ndarray, n_patterns: int, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the weight of each count in each pattern."""
        depth = len(self.levels)
        index = pattern * depth + np.searchsorted(self._counts(), y)
        return np.bincount(index, weights, minlength=n_patterns * depth).reshape(-1, depth)

    def solve(self, x: np.ndarray, sums: np.ndarray, start: np.ndarray | None = None) -> Solution:
        """Maximize the weighted likelihood over coefficients and log(size) together."""
        y, n_slopes = self._counts(), x.shape[1]
        params = self._start(x, sums) if start is None else start
        value, slope, curvature = self._likelihood(params, x, y, sums)
        for _ in range(
            200
        ):  # each step is cut to five: a size of e^15 is three such steps away, a flat ridge many more
            lowest = np.linalg.eigvalsh(-curvature)[0]
            ridge = max(0.0, LIFT * np.abs(np.diag(curvature)).max() - lowest) if lowest <= 0 else 0.0
            step = newton_step(curvature, slope, _SEPARATED, ridge)
            step *= min(1.0, 5 / np.abs(step).max()) if np.abs(step).max() > 0 else 1.0
            for _ in range(40):  # 2^-40 of a step is rounding
                found = self._likelihood(params + step, x, y, sums)
                if found[0] >= value - FALL * abs(value):
                    break
                step = step / 2
            params = params + step
            value, slope, curvature = found
            if params[-1] > 15:  # a size of 3 million: nothing tells the counts from Poisson's
                raise FeasibilityError(
                    'the counts vary less than a negative binomial model allows (its size grows without bound); use family="poisson"'
                )
            if np.abs(step).max() <= SETTLED * (1 + np.abs(params).max()) and not ridge:
                size = np.sqrt(np.clip(np.diag(-curvature), TINY, None))
                if not np.linalg.eigvalsh(-curvature / np.outer(size, size))[0] > SEPARATED:
                    raise FeasibilityError(_SEPARATED)
                return Solution(params, np.linalg.inv(-curvature), value, n_slopes)
        raise FeasibilityError('the negative binomial model does not converge; use family="poisson"')

    def _start(self, x: np.ndarray, sums: np.ndarray) -> np.ndarray:
        y, weight = self._counts(), sums.sum()
        mean = float((sums @ y).sum() / weight)
        spread = float((sums @ (y - mean) ** 2).sum() / weight)
        target = np.full(len(x), np.log(max(mean, SMALLEST_MEAN)))
        slopes = np.linalg.lstsq(x, target, rcond=None)[0]
        # moments: variance = mean + mean^2 / size; a tenth of the mean where the counts vary less than Poisson's
        return np.append(slopes, np.log(mean**2 / max(spread - mean, 0.1 * mean)))

    def _parts(self, params: np.ndarray, eta: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return log-likelihood, its slopes in eta and log(size), and its second derivatives (all broadcast)."""
        # log f = log G(y + s) - log G(s) - log y! + s log s + y eta - (y + s) log(s + mu), s the size (Lawless 1987,
        # Canadian Journal of Statistics 15); derivatives by log s are those by s times s, the second one plus the first
        size, mu = np.exp(params[-1]), np.exp(eta)
        whole = size + mu
        loglik = (
            special.gammaln(y + size)
            - special.gammaln(size)
            - special.gammaln(y + 1)
            + size * params[-1]
            + y * eta
            - (y + size) * np.log(whole)
        )
        in_eta = (y - mu) * size / whole
        in_size = (
            special.digamma(y + size) - special.digamma(size) + params[-1] + 1 - np.log(whole) - (y + size) / whole
        )
        eta_eta = -mu * size * (y + size) / whole**2
        eta_size = (y - mu) * mu / whole**2
        size_size = (
            special.polygamma(1, y + size) - special.polygamma(1, size) + 1 / size - 2 / whole + (y + size) / whole**2
        )
        return loglik, in_eta, size * in_size, eta_eta, size * eta_size, size**2 * size_size + size * in_size

    def _likelihood(
        self, params: np.ndarray, x: np.ndarray, y: np.ndarray, sums: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        loglik, in_eta, in_size, eta_eta, eta_size, size_size = (
            sums * part for part in self._parts(params, (x @ params[:-1])[:, None], y[None, :])
        )
        gradient = np.append(x.T @ in_eta.sum(axis=1), in_size.sum())
        hessian = np.empty((len(params), len(params)))
        hessian[:-1, :-1] = (x * eta_eta.sum(axis=1)[:, None]).T @ x
        hessian[:-1, -1] = hessian[-1, :-1] = x.T @ eta_size.sum(axis=1)
        hessian[-1, -1] = size_size.sum()
        return float(loglik.sum()), gradient, hessian

    def scores(
        self, solution: Solution, eta: np.ndarray, y: np.ndarray, pattern: np.ndarray | slice = EACH
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the derivative of the log-likelihood in the linear predictor and in log(size)."""
        _, in_eta, in_size, _, _, _ = self._parts(solution.params, eta[pattern], y)
        return in_eta, in_size[:, None]

    def mean(self, solution: Solution, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the mean count and its slope in the linear predictor."""
        mu = np.exp(eta)[:, None]
        return mu, mu, np.zeros((len(eta), 1, 1))
