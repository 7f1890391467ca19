"""Estimates as dots with their intervals, the numbers printed beside them: draw_estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import as_names, check_columns
from surveykit.errors import ArgumentError
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.estimation.tables.model_comparison import RATIOS, compare_models
from surveykit.formatting import format_number, format_p, format_percent
from surveykit.report.disclosure import HIDDEN, WHY, is_hidden, mark_of, protected
from surveykit.report.figures.drawing import Drawing, Width, finish, sentences
from surveykit.report.figures.interval_marks import check_series
from surveykit.report.figures.mark_rows import (
    Heading,
    Mark,
    Panel,
    digits_of,
    draw_mark_rows,
    groups_of_units,
    with_interval,
)
from surveykit.report.records import records
from surveykit.report.tables.table_text import percent_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.translation import group_names, is_everybody, level_names, page_language, question_of
from surveykit.wide_results import WideResult
from surveykit.words.pages import coded, word, word_or_text

_NUMBERS = ("estimate", "conf_low", "conf_high", "p_value", "n")
_NAMES = ("outcome", "level", "group", "baseline", "term", "estimand", "method")


def draw_estimates(
    results: Result | Sequence[Result],
    ax: Axes | None = None,
    *,
    outcomes: str | Sequence[str] | None = None,
    names: str | Sequence[str] | None = None,
    exponentiate: bool | None = None,
    labels: Mapping[str, str] | None = None,
    units: str | Mapping[str, str] | None = None,
    show_n: bool = True,
    digits: int | None = None,
    inner_level: float | None = None,
    title: str = "",
    notes: str | Sequence[str] = (),
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw estimates as dots with their intervals; estimate, interval and n are printed beside them.

    Parameters
    ----------
    results : Result or sequence of Result
        Means, shares, totals, ratios, contrasts, differences, marginal effects, or models of `fit_model`. Several
        results or models are told apart by shape and colour.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure. One Axes holds one unit.
    outcomes : str or sequence of str, optional
        Which to draw, in this order. None: all.
    names : str or sequence of str, optional
        What each result or model is called in the legend; their titles, or "(1)", "(2)" and so on, by default.
    exponentiate : bool, optional
        Whether models with a logit or log link show ratios of odds or rates, on a logarithmic axis. None: where all of
        them can.
    labels : mapping from str to str, optional
        Other texts for questions, answers, groups and terms.
    units : str or mapping from outcome to str, optional
        Units of the outcomes, printed at the axis; those of one unit share an axis. Without it only items with the same
        answer codes do.
    show_n : bool
        Whether the number of respondents stands beside each estimate.
    digits : int, optional
        Decimals printed. None: none from 1,000 on, one from 100 on, else two; percentages have none.
    inner_level : float, optional
        Confidence of a second interval, drawn as a thick line inside the first: 0.9 draws what stands in the columns
        `conf90_low` and `conf90_high` of each table.
    title : str
        Heading of the figure; none by default.
    notes : str or sequence of str
        Sentences under the figure.
    width : {"page", "column"}
        Width of a new figure: that of a page, or of one column of a journal (85 mm).
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of the first result.

    Returns
    -------
    matplotlib Axes
        The first panel; `plotted_numbers(ax)` and `alt_text(ax)` say what all panels show.

    Raises
    ------
    ArgumentError
        When there is no estimate to draw, an outcome or `names` do not fit the results, models stand beside other
        results, there are more results than a figure can tell apart, or `ax` is given for outcomes of several units.
    ColumnError
        When a table lacks a column of its kind, or those of `inner_level`.

    Notes
    -----
    Constants, thresholds and shapes of models are left out: they answer no question. Reference answers stand in their
    place without a mark. Cells of few respondents are hidden as in tables.

    R: ``modelsummary::modelplot``, ``ggstats::ggcoef_compare``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 2, 3, 4, 2, 5] * 2, "sex": [1, 2] * 6, "village": list("AABBCC") * 2})
    >>> design = sk.SurveyDesign(answers, cluster="village")
    >>> ax = sk.draw_estimates(sk.means(design, "trust", by="sex"))
    >>> sk.plotted_numbers(ax)[["group", "estimate", "n"]].round(3)
      group  estimate    n
    0     1     2.000  6.0
    1     2     3.667  6.0
    """
    given = [results] if isinstance(results, Result) else list(results)
    if not given:
        raise ArgumentError("`results` must hold at least one result, but it is empty")
    wrong = next((one for one in given if not isinstance(one, Result)), None)
    if wrong is not None:
        raise ArgumentError(f"`results` must hold results, but a {type(wrong).__name__} is among them")
    lang = page_language(lang, given[0].origin)
    fits = [one for one in given if isinstance(one, ModelFit)]
    if fits and len(fits) < len(given):
        raise ArgumentError("`results` must be models alone or other results alone; draw the two kinds in two figures")
    if isinstance(given[0], WideResult):
        raise ArgumentError(
            "`results` are tables that readers see wide, with no axis of their own; pass the models or estimates that they lay side by side"
        )
    if fits:
        if inner_level is not None:
            raise ArgumentError(
                "`inner_level` is for tables that hold its interval, and a model's holds one interval; leave it out"
            )
        rows, origin_result = _of_models(fits, as_names(names, "names"), exponentiate, lang)
    else:
        rows, origin_result = _of_results(given, as_names(names, "names"), _inner_columns(inner_level), lang)
    rows = _chosen(rows, as_names(outcomes, "outcomes"))
    for name in ("heading", "label", "series"):
        rows[name] = [(labels or {}).get(text, text) for text in rows[name]]
    series = list(dict.fromkeys(rows["series"]))
    check_series(series, "results")
    inside = _inner_columns(inner_level)
    panels = _panels(rows, series, origin_result, units, digits, show_n, inside, lang)
    if ax is not None and len(panels) > 1:
        raise ArgumentError(
            f"`ax` holds one unit, but the outcomes have {len(panels)}; leave `ax` out, choose `outcomes`, or say in `units` which share one"
        )
    intervals = rows["conf_low"].notna().any()
    below = [word("whiskers_note", lang, percent=percent_of(given[0], lang))] if intervals else []
    if inner_level is not None:
        inner, outer = format_percent(inner_level, 0, lang), percent_of(given[0], lang)
        below = [word("two_intervals_note", lang, inner=inner, outer=outer)]
    minimum_n = origin_result.facts.get("minimum_n")
    below += [word("hidden_note", lang, n=minimum_n)] if minimum_n and (rows["instead"] != "").any() else []
    below += sentences(notes)
    head = verdict_of(given[0], lang) if len(given) == 1 else ""
    heading = Heading(title, tuple(below), origin_result.origin.simulated, head, lang)
    headers = [word("estimate_and_interval" if intervals else "estimate_axis", lang)]
    headers += ["p"] * _has_p(rows) + ["n"] * bool(show_n and rows["n"].notna().any())
    axes, left, depth = draw_mark_rows(ax, panels, headers, series if len(series) > 1 else [""], heading, width=width)
    drawn = ("series", *_NAMES, *_NUMBERS, *_inner_columns(inner_level))
    numbers = rows[[name for name in drawn if name in rows]].reset_index(drop=True)
    numbers = numbers.drop(columns=["series"] if len(series) < 2 else [])
    alt = _alt_text(panels, series, title or word("estimates_alt", lang), head, headers)
    drawing = Drawing(numbers, alt, origin_result.origin, lang, title, tuple(below))
    return finish(axes[0], drawing, notes_below=depth, left=left, head=head, panels=axes)


def _of_models(
    fits: Sequence[ModelFit], names: list[str], exponentiate: bool | None, lang: str
) -> tuple[pd.DataFrame, Result]:
    """Return the coefficients that answer a question, one row each, and the models side by side."""
    turned = all(fit.link in RATIOS for fit in fits) if exponentiate is None else exponentiate
    heads = names or [f"({number})" for number in range(1, len(fits) + 1)]
    masked = [protected(fit) for fit in fits]
    found = compare_models(masked, names=heads, exponentiate=turned)
    table = found.table[found.table["method"] != "fit"]
    known = found.rows or {}
    marks = {
        (head, term): mark_of(why, lang, one.facts)
        for head, one in zip(heads, masked)
        if is_hidden(one.table).any()
        for term, why in one.table.loc[is_hidden(one.table), ["term", WHY]].itertuples(index=False, name=None)
    }
    if marks:
        least = next(one.facts["minimum_n"] for one in masked if is_hidden(one.table).any())
        found = replace(found, facts={**found.facts, "minimum_n": least})
    shapes = {term for fit in fits for term in fit.table["term"].iloc[len(fit.data.names) :]}
    rows = []
    for row in records(table):
        reference = row.method == "reference"
        stands = known.get((row.term, reference))
        if stands is None and (row.term == "Intercept" or "|" in str(row.term) or row.term in shapes):
            continue
        book, heading, label = found.origin.codebook, "", str(row.term)
        if stands is not None:
            heading, label = stands.heading(book, lang), stands.answer(book, lang) or word("per_unit", lang)
        rows.append(
            {name: getattr(row, name) for name in (*_NAMES, *_NUMBERS)}
            | {"heading": heading, "label": label, "series": row.model, "kind": _kind(fits, heads, row.model, turned)}
            | {"instead": word("reference", lang) if reference else ""}
            | ({"instead": marks[row.model, row.term]} if not reference and (row.model, row.term) in marks else {})
        )
    if not rows:
        raise ArgumentError(
            "the models have no coefficient beside constants and thresholds, so there is nothing to draw"
        )
    table = pd.DataFrame(rows)
    # the rows of one answer in all models follow each other, reference answers first, in the order of the first model
    order = {key: at for at, key in enumerate(dict.fromkeys(zip(table["heading"], table["label"])))}
    place = [order[key] for key in zip(table["heading"], table["label"])]
    table = table.iloc[np.argsort(place, kind="stable")]
    again = table["instead"].ne("") & table.duplicated(["heading", "label", "instead"])
    return table[~again].reset_index(drop=True), found


def _kind(fits: Sequence[ModelFit], heads: Sequence[str], model: str, turned: bool) -> str:
    """Return what the coefficients of a model are, by the key of their words."""
    link = next((fit.link for fit, head in zip(fits, heads) if head == model), "")
    return {"logit": "axis_odds_ratio", "log": "axis_rate_ratio"}.get(link, "coefficient") if turned else "coefficient"


def _inner_columns(level: float | None) -> tuple[str, ...]:
    """Return the columns that hold the second interval: conf90_low and conf90_high for 0.9."""
    if level is None:
        return ()
    if not 0 < level < 1:
        raise ArgumentError(f"`inner_level` must lie between 0 and 1 (for example 0.9), but {level!r} was given")
    return tuple(f"conf{100 * level:g}_{end}" for end in ("low", "high"))


def _of_results(
    given: Sequence[Result], names: list[str], inner: tuple[str, ...], lang: str
) -> tuple[pd.DataFrame, Result]:
    """Return the rows of results with their words, and the result whose origin and mask the figure tells of."""
    if names and len(names) != len(given):
        raise ArgumentError(f"`names` must name each of the {len(given)} results, but {len(names)} were given")
    heads = names or [one.title or f"({number})" for number, one in enumerate(given, start=1)]
    if len(set(heads)) < len(heads):
        heads = [f"({number})" for number in range(1, len(given) + 1)]
    shown = [protected(one) for one in given]
    parts = [_rows(one, head if len(given) > 1 else "", inner, lang) for one, head in zip(shown, heads)]
    table = pd.concat(parts, ignore_index=True)
    order = {key: at for at, key in enumerate(dict.fromkeys(zip(table["heading"], table["label"])))}
    place = [order[key] for key in zip(table["heading"], table["label"])]
    table = table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    origin = replace(shown[0].origin, simulated=any(one.origin.simulated for one in shown))
    minimum = next((one.facts["minimum_n"] for one in shown if one.facts.get("minimum_n")), 0)
    return table, replace(shown[0], origin=origin, facts={**shown[0].facts, "minimum_n": minimum})


def _rows(result: Result, series: str, inner: tuple[str, ...], lang: str) -> pd.DataFrame:
    """Return the rows of a result with heading, label and series, in one language."""
    check_columns(result.table, ["outcome", "estimate", "conf_low", "conf_high", *inner], "the table of a result")
    table = result.table.reset_index(drop=True)
    rows = table.reindex(columns=[*_NAMES, *_NUMBERS, *inner])
    rows["n"] = rows["n"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)  # whole numbers beside hidden ones
    groups = group_names(result, lang)
    everybody = [is_everybody(result, group) or pd.isna(group) for group in rows["group"]]
    group = ["" if alone else groups.get(name, name) for name, alone in zip(rows["group"], everybody)]
    level = [
        "" if pd.isna(text) else level_names(result, str(outcome), lang).get(text, text)
        for outcome, text in zip(rows["outcome"], rows["level"])
    ]
    # what tells rows of one outcome, answer and group apart is named as well
    further = {
        "term": [coded("term", str(term), lang) if not pd.isna(term) else "" for term in rows["term"]],
        "estimand": [word_or_text(str(one), lang) if not pd.isna(one) else "" for one in rows["estimand"]],
        "method": [word_or_text(str(one), lang) if not pd.isna(one) else "" for one in rows["method"]],
    }
    also = [texts for name, texts in further.items() if rows[name].nunique() > 1 or (name == "term" and any(texts))]
    question = ["" if pd.isna(name) else question_of(name, lang, result.origin) for name in rows["outcome"]]
    by_series = not series and any(level) and 1 < len({*group}) <= 6 and all(group)
    details = list(zip(level, *([] if by_series else [group]), *also))
    label = [", ".join(part for part in parts if part) for parts in details]
    # rows that differ in nothing but their question carry it themselves
    alone = not any(label) or (len({*label}) == 1 and len({*question}) > 1)
    share = bool(result.level_codes) and any(level) and rows["baseline"].isna().all()
    kind = "share" if share else "log_odds_ratio" if "odds_ratio" in table else ""
    if not kind:
        kind = "difference" if rows["baseline"].notna().any() or rows["term"].notna().any() else "estimate_axis"
    hidden = table[HIDDEN].to_numpy(dtype=bool) if HIDDEN in table else np.zeros(len(table), dtype=bool)
    return rows.assign(
        heading="" if alone else question,
        label=question if alone else label,
        series=group if by_series else series,
        kind=kind,
        instead=[word("hidden", lang, n=result.facts["minimum_n"]) if gone else "" for gone in hidden],
    )


def _chosen(rows: pd.DataFrame, outcomes: list[str]) -> pd.DataFrame:
    known = list(dict.fromkeys(rows["outcome"]))
    strange = next((name for name in outcomes if name not in known), None)
    if strange is not None:
        raise ArgumentError(f"`outcomes` must be among {known}, but {strange!r} was given")
    kept = rows if not outcomes else rows[rows["outcome"].isin(outcomes)]
    if not len(kept):
        raise ArgumentError("`results` hold no estimate, so there is nothing to draw")
    order = outcomes or known
    return kept.iloc[np.argsort([order.index(name) for name in kept["outcome"]], kind="stable")].reset_index(drop=True)


def _has_p(rows: pd.DataFrame) -> bool:
    return bool(rows["p_value"].notna().any())


def _panels(
    rows: pd.DataFrame,
    series: list[str],
    result: Result,
    units: str | Mapping[str, str] | None,
    digits: int | None,
    show_n: bool,
    inner: tuple[str, ...],
    lang: str,
) -> list[Panel]:
    """Return the rows as panels: one for each unit, or each kind of number."""
    if rows["kind"].isin(["share", "coefficient", "axis_odds_ratio", "axis_rate_ratio", "axis_ratio"]).all():
        parts = [(kind, "", rows[rows["kind"] == kind]) for kind in dict.fromkeys(rows["kind"])]
    else:
        shared = groups_of_units([str(name) for name in rows["outcome"]], result.origin, units)
        parts = [
            (kind, str(key[1]) if key[0] == "unit" else "", rows[rows["outcome"].isin(group) & (rows["kind"] == kind)])
            for key, group in shared.items()
            for kind in dict.fromkeys(rows["kind"])
        ]
    with_n, with_p = bool(show_n and rows["n"].notna().any()), _has_p(rows)
    panels = []
    for kind, unit, here in parts:
        if not len(here):
            continue
        percent = kind == "share"
        size = (
            digits if digits is not None else 0 if percent else digits_of(here[["estimate", "conf_low", "conf_high"]])
        )
        marks = []
        for row in records(here):
            cells = [with_interval(row.estimate, row.conf_low, row.conf_high, size, lang, percent)]
            cells += [format_p(row.p_value, lang)] * with_p + [format_number(row.n, 0, lang)] * with_n
            numbers = (row.estimate, row.conf_low, row.conf_high)
            inside = (getattr(row, inner[0]), getattr(row, inner[1])) if inner else None
            at = series.index(row.series)
            marks.append(Mark(row.heading, row.label, at, *numbers, tuple(cells), row.instead, inside))
        axis = word("share_axis" if percent else kind, lang)
        ratios = kind.startswith("axis_")
        origin = 1.0 if ratios else 0.0 if kind in ("coefficient", "difference", "log_odds_ratio") else None
        panels.append(Panel(tuple(marks), f"{axis}, {unit}" if unit else axis, origin, ratios, percent))
    return panels


def _alt_text(panels: Sequence[Panel], series: Sequence[str], title: str, head: str, headers: Sequence[str]) -> str:
    said = []
    for panel in panels:
        for mark in panel.marks:
            name = series[mark.series] if len(series) > 1 and not mark.instead else ""
            what = ", ".join(part for part in (mark.heading, mark.label, name) if part)
            number, *rest = mark.cells
            named = [f"{header} = {cell}".replace("= <", "< ") for header, cell in zip(headers[1:], rest) if cell]
            said.append(f"{what}: {mark.instead or ', '.join([number or '–', *named])}")
    axes = "; ".join(dict.fromkeys(panel.axis for panel in panels))
    return " ".join(part for part in (f"{title} ({axes}).", head, f"{'; '.join(said)}.") if part)
