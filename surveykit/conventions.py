"""Numerical conventions: where survey packages differ by choice, each by name, so that a reviewer can match them.

``SurveyDesign(..., conventions="r-survey")`` or ``means(design, ..., conventions="r-survey")`` switches them together;
the name is stamped on every result. docs/explanation/conventions.md says what each one changes, with a worked number.
"""

from dataclasses import dataclass
from typing import Literal

from surveykit.design import ConventionName, SurveyDesign

ShareInterval = Literal["logit", "korn-graubard", "beta", "wilson", "arcsine", "likelihood", "wald"]
QuantileRule = Literal["math", "school", "shahvaish", "shahvaish-normalised", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6",
                       "hf7", "hf8", "hf9", "hf4-distinct", "haverage"]  # fmt: skip


@dataclass(frozen=True)
class RakingStop:
    """When raking stops.

    Attributes
    ----------
    measured : {"margins", "cells"}
        How far the margins are from their targets, as a part of them; or how far the last sweep moved the cells of the
        full table, in weighted respondents.
    below : float
        Raking stops when none is further than this.
    sweeps : int
        So many sweeps over all margins are made at the most, unless the caller says otherwise.
    """

    measured: Literal["margins", "cells"]
    below: float
    sweeps: int


MARGINS_MET = RakingStop("margins", below=1e-8, sweeps=1000)
"""Far below what a survey can tell, far above what rounding leaves of sums of weights; sweeps are cheap."""


@dataclass(frozen=True)
class Conventions:
    """The choices of one package.

    Attributes
    ----------
    name : str
    interval : {"t", "z"}
        Quantile behind intervals of means, totals, ratios, shares and their contrasts.
    df : {"row", "design"}
        Degrees of freedom of these: clusters minus strata that the row's respondents have, or the whole design's.
    share_interval : str
        Default interval of a share.
    quantile_rule : str
        Default rule of quantiles.
    simple_random : {"group", "sample"}
        Whether a design effect compares with a simple random sample of the row's own group, or of everybody, in which
        the group is as large as it happens to be (Stata, without `srssubpop`). With "sample" the comparison is without
        replacement where the design has finite populations, and with replacement elsewhere.
    regression_df : {"residual", "design"}
        Design degrees of freedom plus one minus coefficients, or the design's.
    incomplete : {"stay", "leave"}
        Whether the clusters of respondents without an answer stay in the design; see `complete_sample`.
    wald : {"unadjusted", "adjusted"}
        Whether the Wald test of a model's terms is ``W / k`` on (k, d), or ``W (d - k + 1) / (k d)`` on (k, d - k + 1).
    model_variance : {"design", "(n - 1) / (n - p)"}
        What multiplies the design-based covariance of a model's coefficients: nothing, or the factor of Hidiroglou,
        Fuller & Hickman, n being the respondents and p the coefficients.
    prediction_interval : {"link", "response"}
        Scale on which intervals of a model's predictions are made.
    test_df_lost : int
        What a t test takes off the design's degrees of freedom.
    raking_tolerance : RakingStop
        When `rake` stops, unless its `tolerance` or a ceiling on weights is given, which only the margins measure.

    Examples
    --------
    >>> import surveykit as sk
    >>> sk.CONVENTIONS["r-survey"].interval, sk.CONVENTIONS["surveykit"].interval
    ('z', 't')
    >>> sk.CONVENTIONS["stata"].quantile_rule
    'school'
    """

    name: ConventionName
    interval: Literal["t", "z"] = "t"
    df: Literal["row", "design"] = "row"
    share_interval: ShareInterval = "logit"
    quantile_rule: QuantileRule = "math"
    simple_random: Literal["group", "sample"] = "group"
    regression_df: Literal["residual", "design"] = "residual"
    incomplete: Literal["stay", "leave"] = "stay"
    wald: Literal["unadjusted", "adjusted"] = "unadjusted"
    model_variance: Literal["design", "(n - 1) / (n - p)"] = "design"
    prediction_interval: Literal["link", "response"] = "link"
    test_df_lost: int = 1
    raking_tolerance: RakingStop = MARGINS_MET


CONVENTIONS: dict[ConventionName, Conventions] = {
    "surveykit": Conventions("surveykit"),
    "r-survey": Conventions(
        "r-survey",
        interval="z",
        df="design",
        share_interval="wald",
        raking_tolerance=RakingStop("cells", below=1.0, sweeps=10),  # rake(control = list(maxit = 10, epsilon = 1))
    ),
    "stata": Conventions(
        "stata",
        df="design",
        quantile_rule="school",
        simple_random="sample",
        regression_df="design",
        incomplete="leave",
        wald="adjusted",
        prediction_interval="response",
        test_df_lost=0,
    ),
    "sas": Conventions(
        "sas",
        df="design",
        share_interval="wald",
        quantile_rule="hf4-distinct",
        regression_df="design",
        incomplete="leave",
        model_variance="(n - 1) / (n - p)",
        test_df_lost=0,
    ),
    "spss": Conventions("spss", df="design", quantile_rule="haverage", regression_df="design", test_df_lost=0),
    "svy": Conventions("svy", test_df_lost=0),
}
"""The presets by name. Only "r-survey" and "svy" were held against runs of these packages. "stata" and "sas" rest on
printed output where docs/explanation/conventions.md says so and on the manuals elsewhere; "spss" on its documentation
alone. What a preset does not list is as in "surveykit": replicate degrees of freedom (declared, or rank minus one), the
Rao-Scott second-order F, Woodruff intervals of quantiles."""


def conventions_of(design: SurveyDesign) -> Conventions:
    """Return the numerical conventions that a design asks for."""
    return CONVENTIONS[design.conventions]
