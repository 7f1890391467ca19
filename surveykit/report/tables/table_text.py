"""A result's table as it stands on a page: words of the language, rounded numbers, empty columns left out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from surveykit.comparison.answers.crosstab import Crosstab, sentences_under, title_in
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.quantities.wide_form import Layout, across_form, wide_form
from surveykit.formatting import MINUS, Number, Printed, beside, format_table, percent_text, printable
from surveykit.report.disclosure import HIDDEN, WHY, hidden_note, is_hidden, mark_of, protected
from surveykit.report.verdict import verdict_of
from surveykit.results import GROUPS, Origin, Result
from surveykit.translation import group_names, levels_in, page_language, question_of, reason_names
from surveykit.wide_results import WideForm, WideResult
from surveykit.words.codes import CODED_WORDS
from surveykit.words.messages import said_in
from surveykit.words.pages import coded, column_heading, method_word, word, word_or_text
from surveykit.words.simulated import SIMULATED

_WORDS_OF_OURS = ("method", "estimand", "verdict")
INTERVAL = "interval"
DIGITS = 3
"""Decimals of a tidy table on a page."""
_CONSTANT = ("group", "baseline", "term", "estimand", "method", "n_clusters")


@dataclass(frozen=True, eq=False)
class PageTable:
    """A table ready for a page.

    Attributes
    ----------
    title : str
    header : tuple of str
    rows : tuple of tuple of str
    numeric : tuple of bool
        Which columns are set flush right.
    notes : tuple of str
    simulated : bool
    lang : str
    above : tuple of (text, columns)
        A line above the header, each text over that many columns; empty where there is none.
    origin : Origin or None
        Where the numbers come from; None for a DataFrame.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    notes: tuple[str, ...]
    simulated: bool
    lang: str
    above: tuple[tuple[str, int], ...] = ()
    origin: Origin | None = None

    @property
    def labels(self) -> int:
        """How many columns of labels stand left of the numbers."""
        return next((place for place, right in enumerate(self.numeric) if right), len(self.numeric))


TableLayout = Literal["tidy", "wide", "across"]


def page_table(
    result: Result | pd.DataFrame,
    *,
    digits: int | None = None,
    lang: str | None = None,
    title: str | None = None,
    layout: TableLayout | None = None,
) -> PageTable:
    """Return a result, or a plain DataFrame, as a table for a page in one language.

    Small cells of a result are hidden; a DataFrame (the numbers of a figure, say) is taken as it is. `layout` asks for
    one row an estimate, answers down and groups across ("wide"), or questions down and answers across ("across"); None
    leaves it to the result. Decimals are those of the kind of
    table unless given.
    """
    origin = result.origin if isinstance(result, Result) else None
    if isinstance(result, pd.DataFrame):
        alone = "group" in result and {*result["group"].dropna().astype(str)} == {"all"}  # no group beside: everybody
        result = Result(result, "", facts={"minimum_n": 0}, group_codes={"all": ()} if alone else {})
    if not isinstance(result, Result):
        raise ArgumentError(f"a table must be a Result or a DataFrame, but {type(result).__name__} was given")
    lang = page_language(lang, result.origin)
    result = protected(result)
    heading = printable(_title(result, lang) if title is None else title)
    if isinstance(result, WideResult) if layout is None else layout != "tidy":
        percent = Layout() if digits is None else Layout(digits=digits)
        if layout == "across":
            form = across_form(result, lang, percent)
            # where nobody gave a reason, the number of answers is the last column
            unit = "percent_row" if form.heads[-1] == word("n", lang) else "percent_across"
        elif isinstance(result, WideResult):
            form, unit = result.form(lang, digits), ""
        else:
            form, unit = wide_form(result, lang, percent), "percent_column"
        return replace(_wide_page(form, result, lang, heading, unit), origin=origin)
    digits = DIGITS if digits is None else digits
    frame = _named_by_texts(result.table.reset_index(drop=True))
    masked = hidden_note(frame, lang, result.facts)
    hidden, why = is_hidden(frame), frame.get(WHY, pd.Series("", index=frame.index))
    frame = frame.drop(columns=[HIDDEN, WHY], errors="ignore")
    shown = format_table(_in_words(frame, lang, result), digits, lang)
    names = {name: _heading(str(name), frame, result, lang) for name in shown.columns}
    names |= {name: _heading(name, frame, result, lang) for name in ("estimate", "n") if name in frame}
    names[INTERVAL] = _heading(INTERVAL, frame, result, lang)
    shown, constant = _without_constants(_intervals_joined(shown), names)
    _put_marks(shown, frame, hidden, why, lang, result)
    numeric = tuple(
        name == INTERVAL or _is_number(frame[name]) or _is_percentage(shown[name]) for name in shown.columns
    )
    header = tuple(names[name] for name in shown.columns)
    rows = tuple(tuple(_clean(cell) for cell in row) for row in shown.itertuples(index=False, name=None))
    notes = _notes(result, lang, [constant], masked)
    return PageTable(heading, header, rows, numeric, notes, result.origin.simulated, lang, origin=origin)


def _wide_page(form: WideForm, result: Result, lang: str, title: str, unit: str) -> PageTable:
    """Return a table of two columns of labels, or one where rows have no second, then numbers."""
    count = 2 if any(label for _, label, _ in form.rows) else 1
    header = tuple(printable(text) for text in (*form.labels[:count], *form.heads))
    rows = tuple((*map(printable, (heading, label)[:count]), *cells) for heading, label, cells in form.rows)
    above = (("", count), *((printable(text), columns) for text, columns in form.spans)) if form.spans else ()
    beneath = sentences_under(result, lang) if isinstance(result, Crosstab) else []
    parts = (part for *_, cells in form.rows for cell in cells for part in cell.parts if isinstance(part, Number))
    beneath += [word(unit, lang)] if unit and any(part.kind == "share" for part in parts) else []
    notes = _notes(result, lang, beneath, hidden_note(result.table, lang, result.facts))
    numeric = (*[False] * count, *[True] * len(form.heads))
    return PageTable(title, header, rows, numeric, notes, result.origin.simulated, lang, above)


def _notes(result: Result, lang: str, own: Sequence[str], masked: str) -> tuple[str, ...]:
    simulated = word("simulated", lang) if result.origin.simulated else ""
    said = (simulated, verdict_of(result, lang), *own, masked, said_in(result.method, lang))
    return tuple(printable(note) for note in said if note)


def _named_by_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns are named by texts, each by its own: 1 is headed "1"."""
    if frame.columns.nlevels > 1:
        raise ColumnError(
            f"the columns have {frame.columns.nlevels} levels, {frame.columns[0]!r} for one, and a table has one line of heads; write frame.columns = ['_'.join(map(str, names)) for names in frame.columns]"
        )
    names = [str(name) for name in frame.columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ColumnError(f"two columns of the table are named {twice!r}; rename one of them first")
    return frame.set_axis(names, axis="columns")


def _put_marks(
    shown: pd.DataFrame, frame: pd.DataFrame, hidden: np.ndarray, why: pd.Series, lang: str, result: Result
) -> None:
    """Say in place of each hidden number why it is, and that nobody was asked where there is none for that reason."""
    places = ("estimate", "n") if "measure" not in frame else ("value", "before")
    place = next((name for name in places if name in frame), None)
    if place is None:
        return
    marks = {at: mark_of(why[at], lang, result.facts) for at in np.flatnonzero(hidden).tolist()}
    if place == "estimate" and "n" in frame and frame["n"].notna().any():
        nobody = frame["n"].eq(0).fillna(False) & frame["estimate"].isna()
        marks |= {at: word("not_asked", lang) for at in np.flatnonzero(nobody).tolist()}
    if marks and place not in shown:
        shown.insert(len(shown.columns), place, "")
    for at, mark in marks.items():
        shown.loc[at, place] = mark


def _title(result: Result, lang: str) -> str:
    return title_in(result, lang) if isinstance(result, Crosstab) else said_in(result.title, lang)


def _clean(cell: str) -> str:
    """Return a cell without control characters; one of numbers, which we print ourselves, holds none."""
    return cell if isinstance(cell, Printed) else printable(cell)


def caption_of(table: PageTable) -> str:
    """Return the title of a table, with SIMULATED in front where it applies."""
    return ". ".join(part for part in (SIMULATED if table.simulated else "", table.title) if part)


def _intervals_joined(shown: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the two ends of the interval in one column."""
    if not {"conf_low", "conf_high"} <= set(shown.columns):
        return shown
    unknown = Printed("–", ("–",))
    joined = [
        beside((low or unknown).marked("["), (high or unknown).marked(after="]"), by="; ") if low or high else ""
        for low, high in zip(shown["conf_low"], shown["conf_high"])
    ]
    return (
        shown.assign(conf_low=pd.Series(joined, shown.index, dtype=object))
        .rename(columns={"conf_low": INTERVAL})
        .drop(columns="conf_high")
    )


def _heading(name: str, frame: pd.DataFrame, result: Result, lang: str) -> str:
    if name == "term":
        return word(_kind_of_term(frame["term"]), lang)
    if name != INTERVAL:
        return printable(column_heading(name, lang))
    return f"{percent_of(result, lang)} {word('conf_interval', lang)}".strip()


def percent_of(result: Result, lang: str | None = None) -> str:
    """Return the confidence level of a result's intervals as text, "95%"; empty when it names none."""
    confidence = getattr(result, "confidence", result.facts.get("confidence"))
    return percent_text(confidence, lang) if isinstance(confidence, float) else ""


def _kind_of_term(terms: pd.Series) -> str:
    """Return which word heads the terms: adjustments, quantities of ours, or terms of the user's own model."""
    found = set(terms.dropna())
    if found and found <= {"unadjusted", "adjusted"}:
        return "term_adjustment"
    return "term_quantity" if found and found <= set(CODED_WORDS["term"]) else "term"


def _without_constants(shown: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, str]:
    """Return the table without the label columns that say the same in every row, and a sentence that says it once."""
    same = [name for name in _CONSTANT if name in shown and len(shown) > 1 and shown[name].nunique() == 1]
    said = "; ".join(f"{names[name]}: {shown[name].iloc[0]}" for name in same)
    return shown.drop(columns=same), f"{said}." if said else ""


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _is_percentage(cells: pd.Series) -> bool:
    """Return whether a column of texts holds percentages, which are set flush right like other numbers."""
    said = [str(cell) for cell in cells if cell]
    return bool(said) and all(re.fullmatch(rf"[-{MINUS}]?[\d.,\u202f]+\s?%", cell) for cell in said)


def _in_words(frame: pd.DataFrame, lang: str, result: Result) -> pd.DataFrame:
    """Return the frame with questions, labels and names of methods in one language."""
    origin, groups = result.origin, group_names(result, lang)
    shown = frame.copy()
    for name in shown.columns:
        if name == "outcome":
            shown[name] = [question_of(cell, lang, origin) if isinstance(cell, str) else cell for cell in frame[name]]
        elif name == "level":
            shown[name] = levels_in(result, frame, lang)
        elif name == "reason":
            shown[name] = _reasons_in_words(frame, lang, origin)
        elif name in (*GROUPS, "remark"):
            shown[name] = [groups.get(cell, cell) if isinstance(cell, str) else cell for cell in frame[name]]
        elif name in _WORDS_OF_OURS:
            tested = "p_value" in frame and frame["p_value"].notna().any()
            said = {} if tested else {"linearized": "linearized_variance"}
            shown[name] = [
                (method_word if name == "method" else word_or_text)(said.get(cell, cell), lang)
                if isinstance(cell, str)
                else cell
                for cell in frame[name]
            ]
        elif name in CODED_WORDS:
            shown[name] = [coded(name, cell, lang) if isinstance(cell, str) else cell for cell in frame[name]]
        elif pd.api.types.is_bool_dtype(frame[name].dtype):
            shown[name] = ["" if pd.isna(cell) else word("yes" if cell else "no", lang) for cell in frame[name]]
    return shown


def _reasons_in_words(frame: pd.DataFrame, lang: str, origin: Origin) -> list[object]:
    """Return the reasons for missing answers in one language."""
    outcomes = frame["outcome"] if "outcome" in frame else [None] * len(frame)
    names = {name: reason_names(frame["reason"], name, lang, origin) for name in dict.fromkeys(outcomes)}
    return [names[name].get(cell, cell) for cell, name in zip(frame["reason"], outcomes)]
