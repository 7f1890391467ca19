"""What a design rests on: the audit, one check per row, and what its keys look like."""

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, some
from surveykit.coded_answers.undeclared import find_undeclared_codes
from surveykit.design import SurveyDesign, alike_keys
from surveykit.results import Result
from surveykit.sampling_units import factorize_columns
from surveykit.words.messages import Message, Told


def audit_design(design: SurveyDesign, settlement: str | None = None) -> Result:
    """Report what the design rests on, one check per row.

    Parameters
    ----------
    design : SurveyDesign
    settlement : str, optional
        Column of the settlements that will be compared; it must not vary inside a cluster.

    Returns
    -------
    Result
        Columns check, value, verdict ("ok" or a sentence).

    Raises
    ------
    ColumnError
        When `settlement` does not exist.

    Notes
    -----
    R: ``summary(design)`` of package survey shows clusters and strata.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "w": [1.0, 2, 1, 2], "settlement": ["S1", "S1", "S2", "S2"]})
    >>> design = sk.SurveyDesign(answers, weight="w", cluster="settlement")
    >>> sk.audit_design(design, "settlement").table
                                check value verdict
    0                     respondents     4      ok
    1                  sum of weights   6.0      ok
    2      largest to smallest weight   2.0      ok
    3                        clusters     2      ok
    4                          strata     1      ok
    5    fewest clusters in a stratum     2      ok
    6              degrees of freedom     1      ok
    7            keys that look alike     0      ok
    8  clusters inside one settlement  True      ok
    """
    units, weights = design.units, design.weights
    per_stratum = np.bincount(units.stages[0].stratum, minlength=units.n_strata)
    lonely = [name for name, count in zip(units.stratum_names, per_stratum) if count == 1]
    rows: list[tuple[str, float, str]] = [
        ("respondents", len(design), "ok"),
        ("sum of weights", float(weights.sum()), "ok"),
        ("largest to smallest weight", float(weights.max() / weights.min()), "ok"),
        ("clusters", units.n_clusters, "ok"),
        ("strata", units.n_strata, "ok"),
        (
            "fewest clusters in a stratum",
            int(per_stratum.min()),
            f"single cluster in stratum {some(lonely)}, by {design.lonely_psu!r}" if lonely else "ok",
        ),
        (
            "degrees of freedom",
            design.degrees_of_freedom,
            "ok" if design.degrees_of_freedom > 0 else "none left: no interval can be given",
        ),
    ]
    roles = {design.weight, *design.cluster, *design.stratum, *design.fpc}
    undeclared = {name: codes for name, codes in find_undeclared_codes(design.survey).items() if name not in roles}
    if undeclared:
        counted = f"not declared, so they count as answers: {some(undeclared)}"
        rows.append(("codes that look missing", sum(map(len, undeclared.values())), counted))
    alike = alike_keys(design)
    rows.append(("keys that look alike", len(alike), "; ".join(alike) or "ok"))
    if settlement is not None:
        mixed = clusters_across(design, settlement)
        spanning = f"clusters that span several: {some(mixed)}" if mixed else "ok"
        rows.append((f"clusters inside one {settlement}", len(mixed) == 0, spanning))
    table = pd.DataFrame(rows, columns=["check", "value", "verdict"])
    return Result(
        table,
        Told.of(Message("audit.method", {"design": design.describe()})),
        design.origin(),
        title=Told.of(Message("titles.audit")),
    )


def clusters_across(design: SurveyDesign, settlement: str) -> list[str]:
    """Return the clusters whose respondents belong to more than one settlement."""
    check_columns(design.survey.frame, [settlement], "settlement")
    if not design.cluster:
        return []
    codes, _ = factorize_columns(design.survey.frame, [settlement], "settlement")
    cluster = design.units.cluster_of_row
    low = np.full(design.units.n_clusters, len(design), dtype=np.int64)
    high = np.full(design.units.n_clusters, -1, dtype=np.int64)
    np.minimum.at(low, cluster, codes)
    np.maximum.at(high, cluster, codes)
    names = design.survey.frame[design.cluster[0]].to_numpy()
    return sorted({str(name) for name in names[(low != high)[cluster]]})
