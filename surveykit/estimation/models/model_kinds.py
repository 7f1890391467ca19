"""The kinds of model that can be fitted with weights: what each sums over respondents, and how it is solved."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from surveykit.errors import FeasibilityError

EACH = slice(None)
"""Every respondent is a covariate pattern of his own."""
FALL = 1e-12
"""Part of its value by which a log-likelihood may fall in a step of Newton's method that is still taken.

Near the maximum the step gains less than the rounding of a sum over all patterns, 1e-14; halved until it gains, it
would never end. Ten thousand times more would let a step go past the maximum.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A fitted model.

    Attributes
    ----------
    params : float array, (k,)
        Coefficients of the design matrix, then thresholds or the logarithm of a shape.
    inverse : float array, (k, k)
        Inverse of the weighted information (expected, or observed for ordinal and negative binomial models).
    loglik : float
        Weighted log-likelihood, up to a constant of the data.
    n_slopes : int
        Coefficients of the design matrix.
    """

    params: np.ndarray
    inverse: np.ndarray
    loglik: float
    n_slopes: int

    def transform(self, matrix: np.ndarray) -> "Solution":
        """Return the solution with its parameters multiplied by a matrix."""
        return Solution(matrix @ self.params, matrix @ self.inverse @ matrix.T, self.loglik, self.n_slopes)


class ModelKind(Protocol):
    """One family with one link.

    `tally` sums over respondents what the likelihood needs by covariate pattern, `solve` maximizes the weighted
    likelihood from these sums, `scores` gives each respondent's score: one number that multiplies the covariates, and a
    column per further parameter. `mean` gives predictions from the linear predictor, one column per answer category (or
    one column), and their slopes in the linear predictor and in the further parameters.
    """

    @property
    def levels(self) -> tuple[object, ...]:
        """Answers that predictions are made for; empty when there is one mean."""

    def tally(self, pattern: np.ndarray, n_patterns: int, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the weighted sums by covariate pattern that the likelihood needs, (patterns, m)."""

    def solve(self, x: np.ndarray, sums: np.ndarray, start: np.ndarray | None = None) -> Solution:
        """Return the maximum of the weighted likelihood."""

    def scores(
        self, solution: Solution, eta: np.ndarray, y: np.ndarray, pattern: np.ndarray | slice = EACH
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the score in the linear predictor, (rows,), and in further parameters, (rows, k - slopes).

        `eta` is the linear predictor of each covariate pattern, `pattern` the pattern of each respondent.
        """

    def mean(self, solution: Solution, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return predictions (rows, m), slopes in eta (rows, m), slopes in further parameters (rows, m, k - slopes)."""

    def further_names(self) -> list[str]:
        """Return the names of the parameters beyond the coefficients."""


def newton_step(curvature: np.ndarray, slope: np.ndarray, refusal: str, ridge: float = 0.0) -> np.ndarray:
    """Return the step of Newton's method towards the maximum of a log-likelihood.

    Parameters
    ----------
    curvature : float array, (k, k)
        Second derivatives, negative definite near the maximum.
    slope : float array, (k,)
    refusal : str
        What to say where the curvature has no inverse: some direction has no maximum.
    ridge : float
        Added to minus the curvature where it is not positive definite.
    """
    try:
        return np.linalg.solve(-curvature + ridge * np.eye(len(slope)), slope)
    except np.linalg.LinAlgError as error:
        raise FeasibilityError(refusal) from error
