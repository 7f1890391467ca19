"""Post-stratification: weights whose sums meet known totals of every combination of some columns."""

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.results import WeightingStep
from surveykit.weighting.raking import calibration_record
from surveykit.weighting.targets import Margins, read_margins


def poststratify(design: SurveyDesign, targets: Margins, *, total: float | None = None) -> SurveyDesign:
    """Return the design with weights whose sums meet population totals of post-strata.

    Parameters
    ----------
    design : SurveyDesign
    targets : dict, Series or DataFrame
        One set of targets: ``{"region": {...}}``, ``{("sex", "age_group"): {("women", 1): 7895, ...}}``, a Series whose
        index levels are named after the columns, or a table with these columns and one of targets. Counts or shares,
        codes or labels, as in `rake`.
    total : float, optional
        What the weights shall add up to.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    WeightingError
        When a combination in the data has no target, or one with a target has no respondent, or a target is no number
        that is not negative.
    ColumnError
        When a column is absent, or a respondent has no value in it.
    ArgumentError
        When there are several sets of targets, or a level is named twice.
    DesignError
        When the design has replicate weights, which would not follow.

    Notes
    -----
    In post-stratum h each weight is multiplied by ``N_h / sum of its weights``. For several sets of targets use `rake`.
    R: ``survey::postStratify(design, ~sex + ageband, population)``.

    References
    ----------
    Holt, D. and Smith, T. M. F. (1979). Post stratification. Journal of the Royal Statistical Society A 142, 33-46.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"sex": ["f", "f", "m"], "zone": [1, 2, 1]})
    >>> people = pd.Series({("f", 1): 300, ("f", 2): 200, ("m", 1): 500}).rename_axis(["sex", "zone"])
    >>> sk.poststratify(sk.SurveyDesign(answers), people).weights.tolist()
    [300.0, 200.0, 500.0]
    """
    cells, margins = read_margins(design, targets, total, "targets")
    if len(margins) != 1:
        raise ArgumentError(
            f"post-stratification takes one set of targets, but `targets` has {len(margins)} ({', '.join(margin.name for margin in margins)}); cross them in one, or use rake()"
        )
    # N_c over the sum of weights in c (Holt & Smith 1979, J. Royal Statistical Society A 142, 33-46)
    factors = margins[0].targets / margins[0].sums(cells.weights)
    weights = design.weights * cells.spread(factors[margins[0].level])
    name = margins[0].name
    step = WeightingStep(f"post-stratified by {name}", "post-stratified by", names=name)
    return design.with_weights(weights, step, calibration_record("post-stratification", margins))
