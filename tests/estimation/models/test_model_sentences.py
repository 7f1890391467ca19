"""The method of a regression says what was done, word for word."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.design import SurveyDesign
from surveykit.estimation.models.regression import fit_model

rng = np.random.default_rng(4)
FRAME = pd.DataFrame(
    {
        "y": rng.normal(size=60),
        "x": rng.normal(size=60),
        "village": np.repeat(list("ABCDEF"), 10),
        "zone": np.repeat([1, 2], 30),
    }
)
FRAME.loc[0, "x"] = None
DESIGN = SurveyDesign(FRAME, cluster="village", stratum="zone")
END = "left out for missing values: x (1); 60 respondents, 6 clusters (village), 2 strata (zone), unweighted; conventions surveykit."


def test_the_design_gives_the_errors():
    assert fit_model("y ~ x", DESIGN).method == (
        f"Weighted gaussian regression (identity link), y ~ x; sandwich of the design covariance of score totals; 95% t intervals with 3 degrees of freedom (clusters minus strata plus one minus coefficients); {END}"
    )


def test_clusters_give_the_errors_and_what_they_do_not_use_is_said():
    assert fit_model("y ~ x", DESIGN, variance="cr2", confidence=0.9).method == (
        f"Weighted gaussian regression (identity link), y ~ x; bias-reduced cluster-robust errors (CR2, Bell & McCaffrey 2002) over 6 clusters, which take no account of strata; 90% t intervals with Satterthwaite degrees of freedom of each coefficient; {END}"
    )


def test_replicates_give_the_errors():
    design = DESIGN.with_replicates(sk.replicate_weights(DESIGN, "JKn"))
    method = fit_model("y ~ x", design).method
    assert "; refitted with 6 replicate weights (JKn, " in method


@pytest.mark.parametrize(("conventions", "factor"), [("sas", ", times (n - 1) / (n - p)"), ("r-survey", "")])
def test_factors_of_other_packages_are_said(conventions, factor):
    method = fit_model("y ~ x", DESIGN, conventions=conventions).method
    assert f"sandwich of the design covariance of score totals{factor};" in method
