"""Errors of coefficients; their numbers are held against R in test_regression.py and test_model_clusters.py."""

import numpy as np
import pytest

from surveykit.errors import SurveyKitWarning
from surveykit.estimation.models.regression import fit_model
from tests.estimation.agreement import make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


def test_more_coefficients_than_clusters_warn(ili_like):
    with pytest.warns(SurveyKitWarning, match="no interval can be given"):
        fit = fit_model("q1 ~ C(ageband) + C(educ) + C(sex) + hhsize", make_design(ili_like, "D1"))
    assert fit.df_residual == 0
    assert fit.table["p_value"].isna().all()


def test_missing_covariates_are_counted_and_their_clusters_stay(ili_like):
    holes = ili_like.assign(sex=ili_like["sex"].mask(ili_like["settlement"] == "S03"))
    holes.loc[5, "q1"] = np.nan
    fit = fit_model("q1 ~ elected + C(sex)", make_design(holes, "D2"))
    assert fit.dropped["sex"] == (ili_like["settlement"] == "S03").sum()
    assert fit.table["n_clusters"].iloc[0] == 9
    assert fit.df_residual == 9 - 1 + 1 - 3
    complete = fit_model("q1 ~ elected + C(sex)", make_design(ili_like, "D2"), where=holes["sex"].notna())
    assert fit.params.to_numpy() == pytest.approx(complete.params.to_numpy(), abs=0.01)
    assert f"sex ({fit.dropped['sex']})" in fit.method
