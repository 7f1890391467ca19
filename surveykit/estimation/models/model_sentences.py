"""What the method of a regression says: family and link, where its errors come from, and who was left out."""

from surveykit.conventions import conventions_of
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.result_columns import describe_replicates, tests_end
from surveykit.estimation.models.model_clusters import ModelClusters
from surveykit.estimation.models.model_errors import CoefficientErrors
from surveykit.estimation.models.model_matrix import ModelData
from surveykit.words.messages import Columns, Figure, Message, Slot, Told


def name_errors(design: SurveyDesign, clusters: ModelClusters | None) -> str:
    """Return the word for the errors of a model in the column `method`."""
    if clusters is not None:
        return clusters.variance
    return "linearized" if design.replicates is None else "replicates"


def describe_fit(
    design: SurveyDesign, data: ModelData, family: str, link: str, errors: CoefficientErrors, confidence: float
) -> Told:
    """Return the sentence on how a regression was fitted."""
    left_out = ", ".join(f"{name} ({count})" for name, count in data.dropped.items())
    slots: dict[str, Slot] = {
        "family": family,
        "link": link,
        "formula": data.formula,
        "categories": Message("model.categories", {"names": Columns(tuple(data.coded))}) if data.coded else "",
        "errors": _describe_errors(design, errors.clusters),
        "percent": Figure(f"{100 * confidence:g}%"),
        "freedom": _describe_freedom(errors),
        "left_out": left_out or Message("model.nobody"),
        "end": tests_end(design),
    }
    return Told.of(Message("model.method", slots))


def _describe_freedom(errors: CoefficientErrors) -> Message:
    if errors.clusters is not None:
        return Message("model.satterthwaite")
    df = Figure(f"{errors.df_residual:g}")
    return Message("model.df", {"df": df, "lost": Message("model.lost") if errors.df_lost else ""})


def _describe_errors(design: SurveyDesign, clusters: ModelClusters | None) -> Message:
    """Return the part of the sentence that tells of the errors, and of what in the design they do not use."""
    if clusters is not None:
        of_design = {
            "strata": design.stratum,
            "stages": len(design.cluster) > 1,
            "finite": design.fpc,
            "calibration": design.calibration,
        }
        unused = [Message(f"model.unused_{name}") for name, present in of_design.items() if present]
        named = Told.of(*unused, between=Message("list.and"))
        slots: dict[str, Slot] = {
            "errors": Message(f"model_errors.{clusters.variance}"),
            "n": Figure(str(clusters.n_clusters)),
            "without": Message("model.without", {"unused": named}) if unused else "",
        }
        return Message("model.robust", slots)
    if design.replicates is not None:
        return Message("trend.replicates", {"replicates": describe_replicates(design.replicates)})
    factor = conventions_of(design).model_variance
    slots = {
        "calibrated": Message("estimates.calibrated") if design.calibration else "",
        "times": "" if factor == "design" else Message("model.times", {"factor": factor}),
    }
    return Message("model.sandwich", slots)
