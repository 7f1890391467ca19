"""A row of a comparison as a results object of statsmodels: weighted least squares with the row's own errors."""

import warnings
from typing import Any

import numpy as np

from surveykit._checks import check_option
from surveykit.comparison.question import Question
from surveykit.comparison.settlement_totals import Case
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.engine.few_clusters import ClusterRobust, fit_robust

METHODS: tuple[ClusterRobust, ...] = ("cr2", "cr3", "cr1s", "cr0")
"""Methods whose rows are regressions with a covariance."""


def row_to_statsmodels(
    question: Question, case: Case, method: ClusterRobust, second_wave: np.ndarray | None = None, after: str = "after"
) -> Any:
    """Return the regression of one case as statsmodels' WLS results with the covariance of one method.

    Parameters
    ----------
    question : Question
    case : Case
    method : {"cr2", "cr3", "cr1s", "cr0"}
    second_wave : int array, (respondents,), optional
        As in `Question.answers`, for a change between two waves.
    after : str
        Name of the later wave.
    """
    # statsmodels takes more than a second to import, and only this asks for it
    from surveykit.estimation.models.statsmodels_results import to_statsmodels

    check_option(method, METHODS, "method")
    if case.single:
        raise ArgumentError(
            f"one side of {case.outcome!r} is a single settlement, so no errors can be given; read the row of method 'randomization'"
        )
    label, n_settlements = case.compared.label, len(case.compared)
    if (
        second_wave is not None and case.estimand == "settlement" and case.term == "unadjusted"
    ):  # one change per settlement
        x = np.column_stack([np.ones(n_settlements), case.treated]).astype(float)
        y, weights, names = case.means, np.ones(n_settlements), ["Intercept", label]
    else:
        with warnings.catch_warnings():  # what is to be told of those who answered was told by the comparison
            warnings.simplefilter("ignore", SurveyKitWarning)
            answers = question.answers(case.outcome, case.term, second_wave=second_wave)
        x, y, weights = answers.matrix(case.estimand), answers.y, answers.weights_of(case.estimand)
        tested = [label] if second_wave is None else [f"{label}:{after}", label, after]
        names = ["Intercept", *tested, *answers.column_names]
    fit = fit_robust(case.totals, method)
    params = fit.coefficients.copy()
    params[0] += y.min()  # totals hold answers from the smallest on, which moves the constant only
    factor = (n_settlements - 1) / n_settlements if method == "cr3" else 1.0  # CV3, as in the comparison's row
    df: Any = n_settlements - 1.0
    if method == "cr2":

        def df(rows: np.ndarray) -> np.ndarray:
            return fit_robust(case.totals, "cr2", rows).df

    return to_statsmodels(
        x, y, weights, params, factor * fit.covariance, df, names, outcome=case.outcome, errors=method
    )
