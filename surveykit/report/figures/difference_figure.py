"""Differences between groups of settlements, every method beside the others: draw_differences."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import as_names, check_columns
from surveykit.errors import ArgumentError
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.formatting import format_p
from surveykit.report.figures.drawing import Drawing, Width, finish
from surveykit.report.figures.estimates_figure import draw_estimates
from surveykit.report.figures.mark_rows import (
    Heading,
    Mark,
    Panel,
    digits_of,
    draw_mark_rows,
    groups_of_units,
    with_interval,
)
from surveykit.report.records import records, row_keys
from surveykit.report.tables.table_text import percent_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.translation import group_names, page_language, question_of
from surveykit.words.pages import coded, word, word_or_text


def draw_differences(
    result: Result,
    ax: Axes | None = None,
    *,
    outcomes: str | Sequence[str] | None = None,
    methods: str | Sequence[str] | None = None,
    units: str | Mapping[str, str] | None = None,
    title: str = "",
    digits: int | None = None,
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw estimated differences with their intervals, one row per method, outcome by outcome.

    Parameters
    ----------
    result : Result
        What `compare_settlements` (or `compare_groups`, `compare_paired`) returned: rows with estimate, conf_low,
        conf_high, p_value, method and, for settlements, estimand. A model of `fit_model` is drawn as `draw_estimates`
        draws it, its constants and thresholds left out.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure. One Axes holds one unit.
    outcomes, methods : str or sequence of str, optional
        Which to draw, in this order. None: all.
    units : str or mapping from outcome to str, optional
        Units of the outcomes, printed at the axis; those of one unit share an axis. Without it only items with the same
        answer codes do, and every other outcome has a panel of its own.
    title : str
        Heading of the figure; none by default.
    digits : int, optional
        Decimals of the differences. None: none from 1,000 on, one from 100 on, else two.
    width : {"page", "column"}
        Width of a new figure: that of a page, or of one column of a journal (85 mm).
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of `result`.

    Returns
    -------
    matplotlib Axes
        The first panel; `plotted_numbers(ax)` and `alt_text(ax)` say what all panels show.

    Raises
    ------
    ArgumentError
        When `ax` is no Axes of a figure or given for outcomes of several units, or `outcomes` or `methods` are none of
        those in the result.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Circles are the person average, squares the settlement average: two estimands, often two answers. A method that
    gives no interval shows its estimate alone; an interval without end runs out of the picture with an arrow. What
    the data can answer (`result.feasibility`) stands at the head.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods="cr2")
    >>> ax = sk.draw_differences(result)
    >>> sk.plotted_numbers(ax)[["estimand", "estimate", "conf_low", "conf_high"]].round(3)
         estimand  estimate  conf_low  conf_high
    0      person     -0.15    -0.625      0.325
    1  settlement     -0.15    -0.625      0.325
    """
    if isinstance(result, ModelFit):
        if outcomes or methods:
            raise ArgumentError("a model has one outcome and one method; leave `outcomes` and `methods` out")
        return draw_estimates(result, ax, title=title, digits=digits, width=width, units=units, lang=lang)
    check_columns(result.table, ["outcome", "method", "estimate", "conf_low", "conf_high", "p_value"], "result.table")
    lang = page_language(lang, result.origin)
    table = _chosen(result.table, outcomes, methods)
    estimands = list(dict.fromkeys(table["estimand"].astype(str)))
    table["label"] = _labels(table, lang, result)
    table["heading"] = [question_of(name, lang, result.origin) for name in table["outcome"]]
    shared = groups_of_units([str(name) for name in table["outcome"]], result.origin, units)
    if ax is not None and len(shared) > 1:
        raise ArgumentError(
            f"`ax` holds one unit, but the outcomes have {len(shared)}; leave `ax` out, choose `outcomes`, or say in `units` which share one"
        )
    axis = _axis(result, table, lang)
    panels = [
        _panel(
            table[table["outcome"].isin(names)], estimands, axis, str(key[1]) if key[0] == "unit" else "", digits, lang
        )
        for key, names in shared.items()
    ]
    head = verdict_of(result, lang)
    notes = (word("whiskers_note", lang, percent=percent_of(result, lang)),)
    heading = Heading(title, notes, result.origin.simulated, head, lang)
    names = [word_or_text(estimand, lang) for estimand in estimands]
    axes, left, depth = draw_mark_rows(
        ax, panels, [word("estimate_and_interval", lang), "p"], names, heading, width=width
    )
    alt = _alt_text(panels, names, title or word("difference_alt", lang), head)
    drawing = Drawing(_numbers(table), alt, result.origin, lang, title, notes)
    return finish(axes[0], drawing, notes_below=depth, left=left, head=head, panels=axes)


def _chosen(
    table: pd.DataFrame, outcomes: str | Sequence[str] | None, methods: str | Sequence[str] | None
) -> pd.DataFrame:
    kept = table.copy()
    if "estimand" not in kept:
        kept["estimand"] = "person"
    kept["estimand"] = kept["estimand"].fillna("person")
    for name, wanted in (("outcome", as_names(outcomes, "outcomes")), ("method", as_names(methods, "methods"))):
        known = list(dict.fromkeys(kept[name].astype(str)))
        unknown = [each for each in wanted if each not in known]
        if unknown:
            raise ArgumentError(f"`{name}s` must be among {known}, but {unknown[0]!r} was given")
        if wanted:
            kept = kept[kept[name].isin(wanted)]
            kept = kept.iloc[np.argsort([wanted.index(each) for each in kept[name]], kind="stable")]
    order = {name: place for place, name in enumerate(dict.fromkeys(kept["outcome"]))}
    return kept.iloc[np.argsort([order[name] for name in kept["outcome"]], kind="stable")].reset_index(drop=True)


def _row_key(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return what tells the lines of the figure apart; rows of two estimands share a line."""
    return row_keys(table, ("outcome", "method", "term", "group", "adjusted"))


def _labels(table: pd.DataFrame, lang: str, result: Result) -> list[str]:
    """Return what each row is called under its question: its method, and what else tells it from others."""
    labels = [word_or_text(str(method), lang) for method in table["method"]]
    if "term" in table and table["term"].nunique() > 1:
        labels = [
            f"{label}, {coded('term', term, lang)}" if isinstance(term, str) and term != "unadjusted" else label
            for label, term in zip(labels, table["term"])
        ]
    if "group" in table and table["group"].nunique() > 1:
        groups = group_names(result, lang)
        labels = [
            f"{label}, {groups.get(group, group)}" if isinstance(group, str) else label
            for label, group in zip(labels, table["group"])
        ]
    if "adjusted" in table and table["adjusted"].nunique() > 1:
        labels = [
            f"{label}, {word('adjusted', lang)}" if flag else label for label, flag in zip(labels, table["adjusted"])
        ]
    return labels


def _panel(here: pd.DataFrame, estimands: list[str], axis: str, unit: str, digits: int | None, lang: str) -> Panel:
    """Return the rows of one unit; marks of two estimands share a row."""
    size = digits_of(here[["estimate", "conf_low", "conf_high"]]) if digits is None else digits
    keys = row_keys(here, ("outcome", "method", "term", "group", "adjusted"))
    order = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    here = here.iloc[np.argsort([order[key] for key in keys], kind="stable")]
    marks = tuple(
        Mark(
            row.heading,
            row.label,
            estimands.index(str(row.estimand)),
            row.estimate,
            row.conf_low,
            row.conf_high,
            (with_interval(row.estimate, row.conf_low, row.conf_high, size, lang), format_p(row.p_value, lang)),
        )
        for row in records(here)
    )
    return Panel(marks, f"{axis}, {unit}" if unit else axis, 0.0)


def _axis(result: Result, table: pd.DataFrame, lang: str) -> str:
    """Return the name of the axis: the groups whose difference it is, where these are always the same."""
    groups = [str(each) for each in dict.fromkeys(table["group"].dropna())] if "group" in table else []
    baselines = [str(each) for each in dict.fromkeys(table["baseline"].dropna())] if "baseline" in table else []
    if len(groups) != 1 or len(baselines) != 1:
        return word("difference", lang)
    names = group_names(result, lang)
    group, baseline = (names.get(each, each) for each in (groups[0], baselines[0]))
    return word("difference_axis", lang, group=group, baseline=baseline)


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    names = [
        "outcome",
        "group",
        "baseline",
        "term",
        "adjusted",
        "estimand",
        "method",
        "estimate",
        "conf_low",
        "conf_high",
        "p_value",
        "n",
        "n_clusters",
    ]
    return table[[name for name in names if name in table]].copy()


def _alt_text(panels: Sequence[Panel], names: Sequence[str], title: str, head: str) -> str:
    sentences = []
    for mark in (mark for panel in panels for mark in panel.marks):
        number, p = mark.cells
        said = f", p = {p}".replace("= <", "< ") if p else ""
        sentences.append(f"{mark.heading}, {mark.label}, {names[mark.series]}: {number}{said}.")
    return " ".join(part for part in (f"{title}.", head, *sentences) if part)
