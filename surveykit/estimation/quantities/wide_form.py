"""Estimates as a page has them: answers down, groups across, the bases beneath."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit.codebook import distinct_texts
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.domains import EMPTY
from surveykit.formatting import Number, Printed, beside, format_number
from surveykit.hidden_marks import hidden_mark
from surveykit.results import Result
from surveykit.translation import group_names, level_names, page_language, question_of, reason_names
from surveykit.wide_results import WideForm
from surveykit.words.pages import word

Percent = Literal["column", "row", "total"]
Show = Literal["interval", "std_error"]
BASES = ("n", "n_weighted")
ALL = "all"
"""Name of everybody in the column `group`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How estimates are laid out.

    Attributes
    ----------
    percent : {"column", "row", "total"} or None
        What shares are shares of; None for counts.
    digits : int
        Decimals of percentages.
    show : {"interval", "std_error"} or None
        What stands in brackets behind an estimate.
    several : tuple of str
        Questions with several answers, whose percentages of respondents have no total.
    """

    percent: Percent | None = "column"
    digits: int = 1
    show: Show | None = None
    several: tuple[str, ...] = ()


EMPTY_CELL = Printed("")


Key = tuple[str, str, str | None, str, str]
"""A row of the table: outcome, estimand, answer, question across, group."""


@dataclass(frozen=True, slots=True)
class _Column:
    term: str
    kind: str
    group: str = ""


def wide_form(result: Result, lang: str | None = None, layout: Layout | None = None) -> WideForm:
    """Return shares, counts or means with answers down and groups across, in one language; None: the result's own.

    Totals are sums of what is not yet rounded; where a part of one is hidden or unknown, there is none.
    """
    layout = layout or Layout()
    wording = _Wording(result, page_language(lang, result.origin), lang or result.origin.lang)
    found = _by_key(result)
    across: dict[str, list[str]] = {}
    for _, _, _, term, group in found:
        groups = across.setdefault(term, [])
        if group not in groups:
            groups.append(group)
    columns, heads, spans = [], [], []
    for term, every in across.items():
        groups = [group for group in every if layout.percent != "row" or group != ALL]  # there the total is a sum
        made = [_Column(term, "group", group) for group in groups]
        said = [
            _head(result, group, wording, [found[key] for key in found if key[3:] == (term, group)]) for group in groups
        ]
        if layout.percent == "row":
            made += [_Column(term, kind) for kind in ("total", *BASES)]
            said += [word(kind, wording.lang) for kind in ("total", *BASES)]
        columns += made
        heads += distinct_texts(said, [column.group or column.kind for column in made])
        spans.append((_title(result, term, groups, wording), len(made)))
    rows: list[tuple[str, str, tuple[Printed, ...]]] = []
    for outcome in dict.fromkeys(key[0] for key in found):
        block = _Block(outcome, found, across, layout, wording)
        rows += [
            (wording.question(outcome), label, tuple(cell(column) for column in columns))
            for label, cell in block.lines()
        ]
    labels = (word("outcome", wording.lang), word("level", wording.lang))
    return WideForm(labels, tuple(heads), tuple(rows), tuple(spans))


def across_form(result: Result, lang: str | None = None, layout: Layout | None = None) -> WideForm:
    """Return shares or means as a battery is printed: a question (and group) a row, answers, n and reasons across."""
    layout = layout or Layout()
    wording = _Wording(result, page_language(lang, result.origin), lang or result.origin.lang)
    found = _by_key(result)
    columns = list(dict.fromkeys(key[3:] for key in found))
    across: dict[str, list[str]] = {term: [group for own, group in columns if own == term] for term, _ in columns}
    left_out = (word("total", wording.lang), word("n_weighted", wording.lang))
    rows: list[tuple[str, str, dict[str, Printed], dict[str, Printed]]] = []
    for outcome in dict.fromkeys(key[0] for key in found):
        lines = _Block(outcome, found, across, layout, wording).lines()
        for term, group in columns:
            here = [row for key, row in found.items() if key[0] == outcome and key[3:] == (term, group)]
            cells = {label: cell(_Column(term, "group", group)) for label, cell in lines if label not in left_out}
            name = "" if len(columns) == 1 else _head(result, group, wording, here)
            rows.append((wording.question(outcome), name, cells, _reasons(result, here, layout, wording)))
    closing = [word(name, wording.lang) for name in ("mean", "n")]
    # mean and n stand behind the answers to all questions, and behind them the reasons for no answer
    answers = dict.fromkeys(head for *_, cells, _ in rows for head in cells)
    heads = tuple([head for head in answers if head not in closing] + [head for head in closing if head in answers])
    reasons = tuple(dict.fromkeys(reason for *_, gone in rows for reason in gone))
    labels = (word("outcome", wording.lang), word("group", wording.lang))
    made = tuple(
        (
            above,
            name,
            tuple(
                [
                    *(cells.get(head, EMPTY_CELL) for head in heads),
                    *(gone.get(reason, EMPTY_CELL) for reason in reasons),
                ]
            ),
        )
        for above, name, cells, gone in rows
    )
    return WideForm(labels, (*heads, *reasons), made)


def _reasons(result: Result, rows: list[dict[str, Any]], layout: Layout, wording: "_Wording") -> dict[str, Printed]:
    """Return the shares of those who gave a declared reason instead of an answer; none beside what is hidden."""
    gone = getattr(result, "missing", pd.DataFrame())
    if not len(gone) or any(row.get("hidden") is True for row in rows):
        return {}
    outcome, group = rows[0]["outcome"], rows[0]["group"]
    here = gone[(gone["outcome"] == outcome) & (gone["group"] == group) & (gone["reason"] != EMPTY) & (gone["n"] > 0)]
    names = reason_names(here["reason"], outcome, wording.labels, result.origin)
    return {
        names[reason]: Printed(text, (Number(share, layout.digits, "share"),))
        for reason, share in zip(here["reason"], here["share"])
        if (text := format_number(100 * share, layout.digits, wording.lang))
    }


class _Wording:
    """What questions, answers and groups of a result are called.

    Attributes
    ----------
    lang : str
        Of our own words.
    """

    def __init__(self, result: Result, lang: str, labels: str | None) -> None:
        self.lang, self._result, self.labels = lang, result, labels
        self.groups = group_names(result, labels)
        self.least = int(result.facts.get("minimum_n", 0))

    def question(self, name: str) -> str:
        return question_of(name, self.labels, self._result.origin)

    def levels(self, outcome: str) -> Mapping[str, str]:
        return level_names(self._result, outcome, self.labels)


def _by_key(result: Result) -> dict[Key, dict[str, Any]]:
    table = result.table
    if not {"outcome", "level", "group", "estimate", "n"} <= set(table.columns):
        raise ArgumentError("a wide table is made of shares(), means() or crosstab(); print this result as it is")
    sums = getattr(result, "of_sums", False)
    found: dict[Key, dict[str, Any]] = {}
    for row in table.to_dict("records"):
        level = row["level"] if isinstance(row["level"], str) else None
        kind = (
            row["estimand"] if isinstance(row["estimand"], str) else "total" if sums else "share" if level else "mean"
        )
        term = row["term"] if isinstance(row["term"], str) else ""
        key = (row["outcome"], kind, level, term, row["group"])
        if key in found or not isinstance(row["group"], str) or isinstance(row.get("baseline"), str):
            raise ArgumentError(
                "a wide table has one number for each answer and group, as shares(), means() and crosstab() do; print this result as it is"
            )
        found[key] = row
    return found


def _head(result: Result, group: str, wording: _Wording, rows: list[dict[str, Any]]) -> str:
    if result.group_codes.get(group, () if group == ALL else None) == ():
        return word("total", wording.lang)
    letter = next((row["column_letter"] for row in rows if isinstance(row.get("column_letter"), str)), "")
    name = wording.groups.get(group, group)
    return f"{name} ({letter})" if letter else name


def _title(result: Result, term: str, groups: list[str], wording: _Wording) -> str:
    names = [term] if term else dict.fromkeys(name for group in groups for name, _ in result.group_codes.get(group, ()))
    return ", ".join(wording.question(name) for name in names)


class _Block:
    """The lines of one outcome."""

    def __init__(
        self,
        outcome: str,
        found: dict[Key, dict[str, Any]],
        across: dict[str, list[str]],
        layout: Layout,
        wording: _Wording,
    ) -> None:
        self.outcome, self.layout, self.wording, self.across = outcome, layout, wording, across
        self.found = {key[1:]: row for key, row in found.items() if key[0] == outcome}
        self.kind = next((kind for kind, *_ in self.found if kind != "mean"), "mean")
        self.levels = list(dict.fromkeys(level for kind, level, *_ in self.found if kind == self.kind and level))

    def lines(self) -> list[tuple[str, Callable[[_Column], Printed]]]:
        """Return the label of each line and what stands under each column."""
        lang, percent = self.wording.lang, self.layout.percent
        names = self.wording.levels(self.outcome)
        made: list[tuple[str, Callable[[_Column], Printed]]] = [
            (names.get(level, level), self._line(self.kind, level)) for level in self.levels
        ]
        if self.levels and self.outcome not in self.layout.several:
            made.append((word("total", lang), self._sums() if percent == "column" else self._line(self.kind, None)))
        if any(kind == "mean" for kind, *_ in self.found):
            made.append((word("mean", lang), self._line("mean", None)))
        if percent != "row" or not self.levels:
            made += [(word(name, lang), self._base(name)) for name in BASES]
        return made

    def _line(self, kind: str, level: str | None) -> Callable[[_Column], Printed]:
        def cell(column: _Column) -> Printed:
            groups = self.across[column.term]
            rows = [self.found.get((kind, level, column.term, group)) for group in groups]
            known = [row for row in rows if row is not None]
            if column.kind in BASES:
                return self._count([row[column.kind] for row in known][-1:]) if kind != "mean" else EMPTY_CELL
            if column.kind == "total" and kind != "mean":
                return self._sum(known, kind)
            if column.kind == "total":
                return self._estimate(known[-1], kind) if groups[-1] == ALL else EMPTY_CELL
            row = self.found.get((kind, level, column.term, column.group))
            if row is not None:
                return self._estimate(row, kind)
            return self._sum(known, kind) if level is None and column.group == ALL and kind != "mean" else EMPTY_CELL

        return cell

    def _sums(self) -> Callable[[_Column], Printed]:
        def cell(column: _Column) -> Printed:
            rows = [self.found.get((self.kind, level, column.term, column.group)) for level in self.levels]
            return self._sum([row for row in rows if row is not None], self.kind)

        return cell

    def _base(self, name: str) -> Callable[[_Column], Printed]:
        def cell(column: _Column) -> Printed:
            if column.kind != "group":
                return EMPTY_CELL
            if self.kind == "total":  # each cell counts its own respondents, each margin those of its cells
                margin = self.found.get(("total", None, column.term, column.group))
                if margin is not None:
                    return self._count([margin[name]])
            whole = self.layout.percent == "total" and bool(self.levels)
            if whole and column.group != ALL:
                return EMPTY_CELL
            groups = self.across[column.term] if whole else [column.group]
            rows = [row for (*_, term, group), row in self.found.items() if term == column.term and group in groups]
            return self._count([row[name] for row in rows])

        return cell

    def _sum(self, rows: list[dict[str, Any]], kind: str) -> Printed:
        return self._number(float(np.sum([row["estimate"] for row in rows])) if rows else float("nan"), kind)

    def _count(self, counts: list[float]) -> Printed:
        known = [float(count) for count in counts if not pd.isna(count)]
        return format_number(max(known), 0, self.wording.lang) if known else EMPTY_CELL

    def _estimate(self, row: dict[str, Any], kind: str) -> Printed:
        if row.get("hidden") is True:
            mark = hidden_mark(row.get("hidden_why"), self.wording.lang, self.wording.least)
            return Printed(mark, (mark,))
        said = [self._number(row["estimate"], kind)]
        if self.layout.show == "interval" and not pd.isna(row["conf_low"]):
            low, high = (self._number(row[end], kind) for end in ("conf_low", "conf_high"))
            said.append(beside(low.marked("["), high.marked(after="]"), by="; "))
        elif self.layout.show == "std_error" and not pd.isna(row["std_error"]):
            said.append(self._number(row["std_error"], kind).marked("(", ")"))
        larger = row.get("larger_than")
        if not isinstance(larger, str):
            return beside(*said)
        # the letter of a hidden column would say on which side of a visible number the hidden one lies
        told = ("estimand", "level", "term")
        others = [other for other in self.found.values() if all(_same(other[name], row[name]) for name in told)]
        visible = {other["column_letter"] for other in others}
        return beside(*said, ",".join(letter for letter in larger.split() if letter in visible))

    def _number(self, value: float, kind: str) -> Printed:
        # a mean has one decimal more than a percentage: a scale of five points spans four units and not a hundred
        digits = {"share": self.layout.digits, "mean": self.layout.digits + 1}.get(kind, 0)
        if kind != "share":
            return format_number(value, digits, self.wording.lang)
        text = format_number(100 * value, digits, self.wording.lang)  # the page says once that these are percent
        return Printed(text, (Number(value, digits, "share"),)) if text else text


def _same(one: object, other: object) -> bool:
    return one == other or bool(pd.isna(one) and pd.isna(other))
