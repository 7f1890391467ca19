"""Survey result and interview theme side by side: do they converge, complement or contradict each other?"""

from collections.abc import Mapping

import numpy as np

from surveykit._checks import check_columns, check_share
from surveykit.errors import ArgumentError
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import said_groups
from surveykit.words.messages import Figure, Label, Message, Slot, Told
from surveykit.words.pages import method_word

SAME_SHARE = 1e-9
"""3/5 - 2/5 falls short of 1/5 by 5e-17; shares of two sets of interviews that are not equal differ by far more."""
COLUMNS = ("theme", "outcome", "estimate", "conf_low", "conf_high", "share_group", "share_baseline", "relation")
CONVERGENCE, COMPLEMENT, DISSONANCE, SILENCE = "convergence", "complement", "dissonance", "silence"


def joint_display(
    comparison: Result,
    prevalence: Result,
    links: Mapping[str, str],
    *,
    group: str,
    baseline: str,
    opposed: tuple[str, ...] = (),
    method: str = "cr2",
    estimand: str = "person",
    notable: float = 0.2,
) -> Result:
    """Lay survey differences and theme prevalences side by side, with a stated rule for how they relate.

    Parameters
    ----------
    comparison : Result
        What `compare_settlements` returned.
    prevalence : Result
        What `theme_prevalence` returned, by the same groups.
    links : mapping from theme to outcome
        Which theme of the interviews speaks to which outcome of the survey.
    group, baseline : str
        Labels of the two groups in `prevalence`.
    opposed : tuple of str
        Themes whose mention speaks *against* a higher outcome (a complaint, say).
    method, estimand : str
        Which rows of the comparison to show.
    notable : float
        Difference of prevalence, as a share of interviews, from which the interviews count as saying something.

    Returns
    -------
    Result
        Columns theme, outcome, estimate, conf_low, conf_high (survey: group minus baseline), share_group,
        share_baseline (interviews), relation.

    Raises
    ------
    ArgumentError
        When `links` joins a theme or an outcome that is not there, or a theme that was not looked for in a group, when
        `prevalence` has no such group, or `notable` does not lie between 0 and 1.
    ColumnError
        When `prevalence` lacks the columns outcome, theme, group or estimate.

    Notes
    -----
    The survey speaks when the interval of the difference leaves out 0; the interviews speak when prevalences differ
    by at least `notable`. Both speak and point the same way: convergence; opposite ways: dissonance; only one speaks:
    complement; neither: silence. The rule is printed with the table; the judgement stays with the reader. The form is
    the joint display of Fetters, Curry and Creswell (2013).

    References
    ----------
    Fetters, M. D., Curry, L. A. and Creswell, J. W. (2013). Achieving integration in mixed methods designs: principles
    and practices. Health Services Research 48, 2134-2156.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = {"outcome": ["trust"], "estimate": [0.6], "conf_low": [0.1], "conf_high": [1.1]}
    >>> survey |= {"method": ["cr2"], "estimand": ["person"], "term": ["unadjusted"]}
    >>> themes = {"theme": "listens", "outcome": "listens", "group": ["elected", "appointed"], "estimate": [0.8, 0.3]}
    >>> comparison = sk.Result(pd.DataFrame(survey), "A survey.")
    >>> prevalence = sk.Result(pd.DataFrame(themes), "Interviews.")
    >>> display = sk.joint_display(comparison, prevalence, {"listens": "trust"}, group="elected", baseline="appointed")
    >>> display.table[["outcome", "estimate", "share_group", "share_baseline", "relation"]]
      outcome  estimate  share_group  share_baseline     relation
    0   trust       0.6          0.8             0.3  convergence
    """
    check_share(notable, "notable")
    check_columns(prevalence.table, ["outcome", "theme", "group", "estimate"], "prevalence")
    for name in (group, baseline):
        if name not in set(prevalence.table["group"]):
            raise ArgumentError(
                f"`prevalence` has no group {name!r}; its groups are {sorted(set(prevalence.table['group']))}"
            )
    rows = [
        _row(
            theme,
            outcome,
            comparison,
            prevalence,
            group,
            baseline,
            -1 if theme in opposed else 1,
            method,
            estimand,
            notable,
        )
        for theme, outcome in links.items()
    ]
    sides = said_groups(prevalence.group_codes, prevalence.origin.codebook)
    slots: dict[str, Slot] = {
        "group": sides.get(group, group),
        "baseline": sides.get(baseline, baseline),
        "estimand": Message(f"average.{estimand}"),
        "method": Label(method, {one: method_word(method, one) for one in ("ru", "kk")}),
        "gap": Figure(f"{notable:g}"),
    }
    sentence = Told.of(Message("joint_display.method", slots))
    table = table_of(rows, ("theme", "share_group", "share_baseline", "relation"))[list(COLUMNS)]
    return Result(table, sentence, comparison.origin, {"links": len(links)}, Told.of(Message("joint_display.title")))


def _row(
    theme: str,
    outcome: str,
    comparison: Result,
    prevalence: Result,
    group: str,
    baseline: str,
    sign: int,
    method: str,
    estimand: str,
    notable: float,
) -> Row:
    table = comparison.table
    chosen = table[(table["outcome"] == outcome) & (table["method"] == method) & (table["estimand"] == estimand)]
    if "term" in chosen and (chosen["term"] == "unadjusted").any():
        chosen = chosen[chosen["term"] == "unadjusted"]
    said = prevalence.table[prevalence.table["theme"] == theme].set_index("group")["estimate"]
    if chosen.empty or said.empty:
        what = f"outcome {outcome!r} ({method}, {estimand})" if chosen.empty else f"theme {theme!r}"
        raise ArgumentError(f"`links` joins {theme!r} with {outcome!r}, but there is no {what}")
    survey = chosen.iloc[0]
    gap = sign * float(said[group] - said[baseline])
    unknown = [name for name in (group, baseline) if np.isnan(said[name])]
    if unknown:
        raise ArgumentError(
            f"`links` joins {theme!r} with {outcome!r}, but the theme was looked for in no interview of {unknown[0]!r}; leave it out"
        )
    notable_gap = abs(gap) >= notable - SAME_SHARE
    speaks = survey["conf_low"] > 0 or survey["conf_high"] < 0
    label = prevalence.table.loc[prevalence.table["theme"] == theme, "outcome"].iloc[0]
    return Row(
        survey["estimate"],
        conf_low=survey["conf_low"],
        conf_high=survey["conf_high"],
        outcome=outcome,
        extra={
            "theme": label,
            "share_group": float(said[group]),
            "share_baseline": float(said[baseline]),
            "relation": relate(float(survey["estimate"]) if speaks else 0.0, gap if notable_gap else 0.0),
        },
    )


def relate(survey: float, interviews: float) -> str:
    """Return how two findings relate; 0 stands for "says nothing".

    Examples
    --------
    >>> relate(0.4, 0.3), relate(0.4, -0.3), relate(0.4, 0), relate(0, 0)
    ('convergence', 'dissonance', 'complement', 'silence')
    """
    if survey == 0 and interviews == 0:
        return SILENCE
    if survey == 0 or interviews == 0:
        return COMPLEMENT
    return CONVERGENCE if np.sign(survey) == np.sign(interviews) else DISSONANCE
