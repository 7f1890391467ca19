"""What the method of a regression says: family and link, where its errors come from, and who was left out."""

from surveykit.conventions import conventions_of
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.result_columns import describe_replicates
from surveykit.estimation.models.model_clusters import VARIANCE_WORDS, ModelClusters
from surveykit.estimation.models.model_errors import CoefficientErrors
from surveykit.estimation.models.model_matrix import ModelData


def name_errors(design: SurveyDesign, clusters: ModelClusters | None) -> str:
    """Return the word for the errors of a model in the column `method`."""
    if clusters is not None:
        return clusters.variance
    return "linearized" if design.replicates is None else "replicates"


def describe_fit(
    design: SurveyDesign, data: ModelData, family: str, link: str, errors: CoefficientErrors, confidence: float
) -> str:
    """Return the sentence on how a regression was fitted."""
    categories = f"; {', '.join(data.coded)} taken as categories by the codebook" if data.coded else ""
    left_out = ", ".join(f"{name} ({count})" for name, count in data.dropped.items()) or "nobody"
    return f"Weighted {family} regression ({link} link), {data.formula}{categories}; {_describe_errors(design, errors.clusters)}; {100 * confidence:g}% t intervals with {_describe_freedom(errors)}; left out for missing values: {left_out}; {design.describe()}; conventions {design.conventions}."


def _describe_freedom(errors: CoefficientErrors) -> str:
    if errors.clusters is not None:
        return "Satterthwaite degrees of freedom of each coefficient"
    lost = " plus one minus coefficients" if errors.df_lost else ""
    return f"{errors.df_residual:g} degrees of freedom (clusters minus strata{lost})"


def _describe_errors(design: SurveyDesign, clusters: ModelClusters | None) -> str:
    """Return the part of the sentence that tells of the errors, and of what in the design they do not use."""
    if clusters is not None:
        of_design = {
            "strata": design.stratum,
            "stages after the first": len(design.cluster) > 1,
            "finite populations": design.fpc,
            "calibration": design.calibration,
        }
        unused = [name for name, present in of_design.items() if present]
        without = f", which take no account of {' and '.join(unused)}" if unused else ""
        return f"{VARIANCE_WORDS[clusters.variance]} over {clusters.n_clusters} clusters{without}"
    if design.replicates is not None:
        return f"refitted with {describe_replicates(design.replicates)}"
    calibrated = ", residualized on the calibration totals" if design.calibration else ""
    factor = conventions_of(design).model_variance
    times = "" if factor == "design" else f", times {factor}"
    return f"sandwich of the design covariance of score totals{calibrated}{times}"
