"""Generalized linear models with weights: point estimates from statsmodels, scores for the sandwich."""

import warnings
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from scipy import linalg
from statsmodels.tools.sm_exceptions import ConvergenceWarning, DomainWarning, PerfectSeparationWarning

from surveykit.errors import FeasibilityError
from surveykit.estimation.models.model_kinds import EACH, Solution

FAMILIES = {
    ("gaussian", "identity"): lambda: sm.families.Gaussian(sm.families.links.Identity()),
    ("binomial", "logit"): lambda: sm.families.Binomial(sm.families.links.Logit()),
    ("binomial", "probit"): lambda: sm.families.Binomial(sm.families.links.Probit()),
    ("binomial", "cloglog"): lambda: sm.families.Binomial(sm.families.links.CLogLog()),
    ("poisson", "log"): lambda: sm.families.Poisson(sm.families.links.Log()),
    ("gamma", "log"): lambda: sm.families.Gamma(sm.families.links.Log()),
}
"""Families whose weights a test holds against R."""


SEPARATED = 1e-9
"""Information in some direction below this part of that in the best known one: its coefficient has no finite value."""
SETTLED = 1e-12
"""Change of a coefficient of orthonormal columns at which the iteration ends, relative to it.

The iteration gains twice its digits with each step, so that the fit is then exact to rounding; ten times less may never
come about. Ten times more would show where a replicate is compared with the full sample (`regression.REFITTED`).
"""
DEPENDENT = 1e-10
"""Length that the columns before it leave of a column, as a part of it, below which it is a combination of them.

Rounding leaves 1e-15 or so; a year beside the constant leaves 1e-3, its square 1e-6. `model_matrix` has asked the same
of all covariates; here it is asked again of those whose weight is above zero, in a replicate say.
"""


@dataclass(frozen=True)
class LinearModel:
    """A generalized linear model; respondents with equal covariates are summed first.

    The score equations are linear in y, so that the weighted mean of y in each covariate pattern, with the pattern's
    weight, gives the same coefficients as the respondents themselves (McCullagh & Nelder 1989, section 2.2).
    """

    family: str
    link: str
    levels: tuple[object, ...] = ()

    def further_names(self) -> list[str]:
        """Return no names: a generalized linear model has coefficients only."""
        return []

    def tally(self, pattern: np.ndarray, n_patterns: int, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the sums of weight and of weight times y."""
        return np.column_stack([np.bincount(pattern, one, minlength=n_patterns) for one in (weights, weights * y)])

    def solve(self, x: np.ndarray, sums: np.ndarray, start: np.ndarray | None = None) -> Solution:
        """Fit by statsmodels' iteratively reweighted least squares, to 1e-12 in coefficients of orthonormal columns.

        The columns are made orthonormal first, so that neither their units nor a far origin (a calendar year beside
        the constant) keeps the iteration from ending.
        """
        here = sums[:, 0] > 0
        weight = sums[here, 0]
        # x = Q R with Q'DQ = I: the fit is made in Q, whose coefficients are R b
        triangle = _triangle(x[here], weight)
        columns = linalg.solve_triangular(triangle, x[here].T, trans="T").T
        family = FAMILIES[self.family, self.link]()
        with warnings.catch_warnings():
            for kind in (ConvergenceWarning, DomainWarning, PerfectSeparationWarning, RuntimeWarning):
                warnings.simplefilter("ignore", kind)
            model = sm.GLM(sums[here, 1] / weight, columns, family=family, var_weights=weight / weight.mean())
            fit = model.fit(
                start_params=None if start is None else triangle @ start,
                tol=SETTLED,
                tol_criterion="params",
                maxiter=100,
                scale=1.0,
            )
        eta = columns @ fit.params
        with np.errstate(all="ignore"):  # what overflows is refused below
            mu, slope, variance = self._at(eta)
            weighed = np.nan_to_num(weight * slope**2 / variance)
        known = np.linalg.eigvalsh((columns * (weighed / weight.sum())[:, None]).T @ columns)
        if self.family != "gaussian":
            usual = 0.1 if self.family == "binomial" else 0.0  # the information of a share is a number of that size
            if not known[0] > SEPARATED * max(known[-1], usual):  # in some direction nothing holds the coefficient
                raise FeasibilityError(
                    "the model does not converge: some covariates separate the outcomes completely; leave them out, merge categories, or compare the groups with compare_groups()"
                )
            if not fit.converged or not np.isfinite(fit.params).all():
                raise FeasibilityError("the model does not converge in 100 iterations; leave terms out")
        # Fisher's expected information X' diag(w (d mu / d eta)^2 / V) X (McCullagh & Nelder 1989, section 2.5)
        information = (x[here] * weighed[:, None]).T @ x[here]
        deviance = family.deviance(sums[here, 1] / weight, mu, var_weights=weight)
        params = linalg.solve_triangular(triangle, fit.params)
        return Solution(params, np.linalg.inv(information), -0.5 * float(deviance), x.shape[1])

    def _at(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        family = FAMILIES[self.family, self.link]()
        mu = family.link.inverse(eta)
        return mu, family.link.inverse_deriv(eta), family.variance(mu)

    def scores(
        self, solution: Solution, eta: np.ndarray, y: np.ndarray, pattern: np.ndarray | slice = EACH
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(y - mu) (d mu / d eta) / V(mu)``."""
        mu, slope, variance = self._at(eta)
        return (y - mu[pattern]) * (slope / variance)[pattern], np.empty((len(y), 0))

    def working(self, eta: np.ndarray, y: np.ndarray, pattern: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what multiplies the columns and what is regressed on them in the regression with the same scores.

        The root of the information in the linear predictor, (patterns,), and ``(y - mu) / sqrt(V(mu))``, (rows,): their
        product is the score (McCullagh & Nelder 1989, section 2.5, the last step of the iteration).
        """
        mu, slope, variance = self._at(eta)
        return slope / np.sqrt(variance), (y - mu[pattern]) / np.sqrt(variance)[pattern]

    def mean(self, solution: Solution, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the mean and its slope in the linear predictor."""
        mu, slope, _ = self._at(eta)
        return mu[:, None], slope[:, None], np.empty((len(eta), 1, 0))


def _triangle(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return R with ``x R^-1`` of weighted mean squares one and mean products zero."""
    triangle = np.asarray(np.linalg.qr(x * np.sqrt(weight / weight.sum())[:, None], mode="r"))
    length = np.sqrt((triangle**2).sum(axis=0))
    if len(triangle) < x.shape[1] or (np.abs(np.diag(triangle)) <= DEPENDENT * length).any():
        raise FeasibilityError(
            "some covariates are combinations of others among those who have weight; leave terms out, or merge categories"
        )
    return triangle
