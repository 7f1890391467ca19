"""How strong would something unmeasured about the settlements have to be to explain the difference away?"""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_option, check_share
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.comparison.feasibility import UnderVerdict
from surveykit.distributions import t_quantile_at
from surveykit.errors import ArgumentError
from surveykit.results import glossary_frame
from surveykit.translated_names import said_groups
from surveykit.words.messages import Figure, Message, Number, Share, Slot, Told, called


@dataclass(frozen=True, slots=True)
class _Needed:
    """How strong a confounder of one difference must be; NaN where the difference has no test."""

    partial_r2: float
    robustness: float
    robustness_of_significance: float
    e_value: float
    e_value_of_interval: float


SENSITIVITY_COLUMNS = tuple(field.name for field in fields(_Needed))


def sensitivity_to_confounding(
    comparison: SettlementComparison, *, method: str = "cr2", level: float = 0.05
) -> UnderVerdict:
    """Say how strong an unmeasured difference between settlements would have to be to change the conclusion.

    Parameters
    ----------
    comparison : SettlementComparison
        From `compare_settlements` or `difference_in_differences`.
    method : str
        Which rows' t statistic and degrees of freedom to start from: "cr2", "cr3", "linearized" or "welch".
    level : float
        Level of significance that must be lost.

    Returns
    -------
    UnderVerdict
        One row per outcome, estimand and term: partial_r2 (share of what is left of the differences between
        settlements that the group explains), robustness (share of both that a confounder must explain to bring the
        difference to zero), robustness_of_significance (to lose significance; 0 when there was none), e_value and
        e_value_of_interval (on the scale of risk ratios). A sentence per row is in `.method`.

    Raises
    ------
    ArgumentError
        When the comparison has no rows of `method`, or `level` does not lie between 0 and 1.

    Notes
    -----
    ``partial R2 = t^2 / (t^2 + df)``; robustness value ``(sqrt(f^4 + 4 f^2) - f^2) / 2`` with ``f = |t| / sqrt(df)``
    (Cinelli & Hazlett 2020, JRSS B 82, 39-67; R ``sensemakr``), with the few-cluster degrees of freedom, since the
    confounder belongs to settlements. For significance f is what it is above ``f* = t(1 - level / 2, df - 1) /
    sqrt(df - 1)``, or, where ``f > 1 / f*``, the value is ``(f^2 - f*^2) / (1 + f^2)``: the usual branch with few
    settlements. E-value for a difference of means: ``RR = exp(0.91 d)`` with d in standard
    deviations of the answers, ``E = RR + sqrt(RR (RR - 1))`` (VanderWeele & Ding 2017, Annals of Internal Medicine
    167, 268-274; R ``EValue``).

    References
    ----------
    Cinelli, C. and Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias. Journal of the
    Royal Statistical Society B 82, 39-67.
    VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
    Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> answers["trust"] = answers["trust"] + 2 * (answers["akim"] == "elected")
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods="cr2")
    >>> sk.sensitivity_to_confounding(result).table[["estimand", "robustness", "e_value"]].round(3)
         estimand  robustness  e_value
    0      person       0.917    4.896
    1  settlement       0.917    4.896
    """
    check_option(method, ["cr2", "cr3", "linearized", "welch"], "method")
    check_share(level, "level")
    table = comparison.table[comparison.table["method"] == method]
    if table.empty:
        raise ArgumentError(f"`comparison` has no rows of method {method!r}; compare with methods that include it")
    spreads = {(case.outcome, case.estimand, case.term): case.standard_deviation for case in comparison.cases}
    groups = said_groups(comparison.group_codes, comparison.origin.codebook)
    strengths, sentences = [], []
    for row in table.to_dict("records"):
        t, df = float(row["statistic"]), float(row["df"])
        spread = spreads.get((row["outcome"], row["estimand"], row["term"]), math.nan)
        tested = df > 0 and math.isfinite(t) and float(row["std_error"]) > 0
        nearer = min(abs(row["conf_low"]), abs(row["conf_high"])) if row["conf_low"] * row["conf_high"] > 0 else 0.0
        needed = _Needed(
            # the partial R2 of the group, which a confounder that explained all that is left of the answers would
            # have to share with it
            t**2 / (t**2 + df) if tested else math.nan,
            robustness_value(t, df) if tested else math.nan,
            robustness_value(t, df, level) if tested else math.nan,
            e_value(row["estimate"] / spread) if spread > 0 else math.nan,
            e_value(nearer / spread) if spread > 0 and tested else math.nan,
        )
        strengths.append(needed)
        if tested:
            sentences.append(_sentence(row, needed, level, groups.get(row["group"], row["group"])))
    frame = pd.concat([table.reset_index(drop=True), pd.DataFrame(strengths)], axis=1)
    return UnderVerdict(
        glossary_frame(frame, SENSITIVITY_COLUMNS),
        Told.of(*sentences, Message("sensitivity_method.end"), between=" "),
        comparison.origin,
        {"level": level},
        Told.of(Message("titles.sensitivity")),
        feasibility=comparison.feasibility,
    )


def robustness_value(t: float, df: float, level: float | None = None) -> float:
    """Return the share of group and outcome that must be explained to bring t to zero (or below significance)."""
    f = abs(t) / math.sqrt(df)
    if level is None:
        return _equal_strength(f)
    if df <= 1:
        return 0.0
    # one degree fewer: the confounder is a further column
    needed = float(t_quantile_at(1 - level / 2, df - 1)) / math.sqrt(df - 1)
    if f <= needed:
        return 0.0
    if f > 1 / needed:  # the confounder's toll on the degrees of freedom counts for more than the bias that it makes
        return (f**2 - needed**2) / (1 + f**2)
    return _equal_strength(f - needed)


def _equal_strength(f: float) -> float:
    """Return the partial R2 with group and with outcome that takes a partial f of the group to zero."""
    # Cinelli & Hazlett (2020): the R with R^2 / (1 - R) = f^2, a confounder that explains as much of the group as of
    # the outcome
    return 0.5 * (math.sqrt(f**4 + 4 * f**2) - f**2)


def e_value(standardized: float) -> float:
    """Return the E-value of a difference given in standard deviations."""
    # VanderWeele & Ding (2017): a difference of d standard deviations is about a risk ratio of exp(0.91 d)
    ratio = float(np.exp(0.91 * abs(standardized)))
    return ratio + math.sqrt(ratio * (ratio - 1))


def _sentence(row: Mapping[Hashable, Any], needed: _Needed, level: float, group: Slot) -> Message:
    significance = needed.robustness_of_significance
    slots: dict[str, Slot] = {
        "outcome": row["outcome"],
        "estimand": called("estimand", row["estimand"]),
        "term": called("term", row["term"]),
        "share": Share(needed.robustness, 0),
        "group": group,
        "estimate": Number(float(row["estimate"])),
        "level": Figure(f"{level:g}"),
    }
    if significance > 0:
        return Message("sensitivity_method.significant", {**slots, "significance": Share(significance, 0)})
    return Message("sensitivity_method.not_significant", slots)
