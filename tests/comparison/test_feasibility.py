"""The verdict as a result: its reasons and its numbers."""

import numpy as np
import pytest

from surveykit.comparison.planning.feasibility_check import check_feasibility
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from tests.comparison.conftest import BY, small_design


def test_numbers_are_those_of_the_fit_and_of_carter_schnepel_steigerwald(ili_design, ili_like):
    result = check_feasibility(
        ili_design, group="elected", baseline="appointed", settlement="settlement", strata="stratum"
    )
    cluster = ili_like["settlement"].astype("category").cat.codes.to_numpy()
    x = np.column_stack([np.ones(len(ili_like)), ili_like["elected"]]).astype(float)
    w = ili_like["w"].to_numpy()
    fit = fit_robust(cluster_totals(x, np.zeros(len(x)), w, cluster))
    assert result.facts["df"] == pytest.approx(fit.df[1])
    assert result.facts["n_assignments"] == 54
    by = np.bincount(cluster, w)
    arm = np.where(np.bincount(cluster, ili_like["elected"]) > 0, (w * x[:, 1]).sum(), (w * (1 - x[:, 1])).sum())
    gamma = (by / arm) ** 2
    assert result.facts["effective_settlements"] == pytest.approx(10 / (1 + gamma.var() / gamma.mean() ** 2))
    assert result.facts["largest_variance_share"] == pytest.approx(gamma.max() / gamma.sum())


def test_degrees_of_freedom_are_given_for_every_coefficient(ili_design, expected):
    of_terms = expected["cr.w_cov.CR2"]["value"]["df_satt"]
    survey = ili_design.survey
    answered = SurveyDesign(
        survey.keep_rows(survey.frame["q1"].notna(), "answered q1"), weight="w", cluster="settlement"
    )
    table = check_feasibility(
        answered, group="elected", baseline="appointed", settlement="settlement", adjust_for=["sex", "ageband", "educ"]
    ).table.set_index("check")
    row = table.loc["Satterthwaite degrees of freedom, adjusted"]
    assert row["value"] == pytest.approx(list(of_terms.values())[1], rel=1e-8)
    said = [float(part.rsplit(" ", 1)[1]) for part in row["remark"].split(", ")]
    assert said == pytest.approx([float(value) for value in list(of_terms.values())[2:]], abs=0.051)


@pytest.mark.filterwarnings("ignore:one cluster, or one respondent in it, weighs so much")
def test_degrees_of_freedom_that_rounding_hides_are_said_to_be_unknown():
    frame = small_design(5).survey.frame.assign(w=1.0)
    frame.loc[frame.index[3], "w"] = 1e9
    result = check_feasibility(SurveyDesign(frame, weight="w", cluster="settlement"), **BY)
    assert np.isnan(result.facts["df_adjusted"])
    assert "The Satterthwaite degrees of freedom are not known" in result.headline()


def test_the_former_name_of_the_groups_works_and_says_so(ili_design):
    result = check_feasibility(ili_design, group="elected", baseline="appointed", settlement="settlement")
    with pytest.warns(SurveyKitWarning, match="called Feasibility.compared now"):
        assert result.arms is result.compared
