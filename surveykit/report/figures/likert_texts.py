"""What a Likert figure says beside its bars: labels, numbers, notes and the text version."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from surveykit.formatting import format_number, format_percent
from surveykit.report.disclosure import hidden_note, is_hidden, mark_of
from surveykit.report.figures.likert_bars import LikertTable, Neutral
from surveykit.report.figures.palette import diverging_colors
from surveykit.report.figures.row_layout import (
    Block,
    Column,
)
from surveykit.report.records import records
from surveykit.report.released_cells import missing_of
from surveykit.report.tables.table_text import percent_of
from surveykit.results import Result
from surveykit.translation import (
    group_names,
    is_everybody,
    level_names,
    question_of,
    reason_names,
)
from surveykit.words.pages import word

Totals = Literal["right", "both", "none"]
Facets = Literal["outcome", "group"]
HATCHES = {"left": ("", "\\\\\\\\", "xxx"), "middle": ("...",), "right": ("", "////", "+++")}
"""Patterns of the levels on each side, from the end of the scale towards its middle."""
NO_BREAK = "\u00a0"


STEM = 12
"""Letters that questions must have in common, in whole words, to be said once."""


def common_stem(questions: Sequence[str]) -> str:
    """Return the words with which all questions begin, "" where these are few or one question ends with them.

    Examples
    --------
    >>> common_stem(["How much do you trust: the akim", "How much do you trust: the court"])
    'How much do you trust:'
    """
    if len(questions) < 2:
        return ""
    words = [re.findall(r"\S+\s*", question) for question in questions]
    count = 0
    while all(count < len(each) - 1 for each in words) and len({each[count].strip() for each in words}) == 1:
        count += 1
    # up to a colon or a dash, where the sentence itself parts what the items have in common
    marks = [at for at in range(count) if words[0][at].strip().endswith((":", "…", "...", "–", "—"))]
    stem = "".join(words[0][: marks[-1] + 1 if marks else count]).strip()
    return stem if len(stem) >= STEM and count > 1 else ""


class LikertTexts:
    """The words of one Likert figure in one language."""

    def __init__(
        self,
        table: LikertTable,
        shares: Result,
        lang: str,
        neutral: Neutral,
        labels: Mapping[str, str],
        facets: Facets,
        totals: Totals,
    ) -> None:
        self.table, self.lang, self.neutral, self.origin = table, lang, neutral, shares.origin
        self.facets, self.sides = facets, totals
        self.hidden_note = hidden_note(shares.table, lang, shares.facts)
        if not self.hidden_note and is_hidden(missing_of(shares)).any():
            self.hidden_note = word("hidden_note", lang, n=shares.facts["minimum_n"])
        self.marks = [mark_of(why, lang, shares.facts) if why else "" for why in table.bars["why"]]
        self.percent = percent_of(shares, lang)
        outcomes = list(dict.fromkeys(table.totals["outcome"]))
        named = {text: said for name in outcomes for text, said in level_names(shares, name, lang).items()}
        for code, level in zip(
            table.scale.codes, table.levels
        ):  # an answer that nobody gave stands in the codebook alone
            named.setdefault(level, shares.origin.codebook[outcomes[0]].label(code, lang))
        self.levels = {level: labels.get(named[level], named[level]) for level in table.levels}
        counts = [len(table.columns_of(side)) for side in ("left", "middle", "right")]
        self.colors = dict(zip(table.levels, diverging_colors(*counts)))
        self.hatches = dict(zip(table.levels, hatches(*counts)))
        self.reasons = reason_names(dict.fromkeys(table.missing["reason"]), outcomes[0], lang, shares.origin)
        groups = group_names(shares, lang)
        shown = [groups.get(group, group) for group in table.totals["group"]]
        self.groups = [labels.get(group, group) for group in shown]
        asked = {name: question_of(name, lang, shares.origin) for name in outcomes}
        self.questions = {name: labels.get(question, question) for name, question in asked.items()}
        self.rows = dict(self.questions)
        self.details: list[str] = []
        self.ungrouped = all(is_everybody(shares, group) for group in table.totals["group"])

    def shorten(self) -> str:
        """Take what all questions begin with out of their rows, and return it to be said once."""
        stem = common_stem(list(self.questions.values()))
        if stem:
            self.rows = {name: question[len(stem) :].strip() for name, question in self.questions.items()}
        return f"{stem} …" if stem[-1:].isalnum() else stem

    def drawn(self) -> list[str]:
        """Return the levels that have a bar."""
        gone = self.table.columns_of("middle") if self.neutral == "drop" else []
        return [level for level in self.table.levels if level not in gone]

    def blocks(self) -> list[Block]:
        """Return the rows of labels, a block for each question or group."""
        questions = [self.rows[name] for name in self.table.totals["outcome"]]
        details = self.details or [""] * len(questions)
        if self.ungrouped:
            return [Block("", tuple(questions), (), tuple(details))]
        pairs = zip(questions, self.groups) if self.facets == "outcome" else zip(self.groups, questions)
        blocks: list[tuple[str, list[tuple[str, str]]]] = []
        for (heading, label), detail in zip(pairs, details):
            if not blocks or blocks[-1][0] != heading:
                blocks.append((heading, []))
            blocks[-1][1].append((label, detail))
        return [Block(heading, *apart(rows)) for heading, rows in blocks]

    def in_words(self, columns: Sequence[Column]) -> list[str]:
        """Return the numbers of each bar in words, for figures that have no room for columns."""
        return [
            "; ".join(
                f"{column.header}{NO_BREAK}{f'={NO_BREAK}' if column.header == 'n' else ''}{column.cells[at]}"
                for column in columns
                if column.cells[at]
            )
            for at in range(len(self.table.totals))
        ]

    def columns_before(self) -> list[Column]:
        """Return the column left of the bars: the total left of the centre."""
        left = self.table.scale.text("left", self.levels)
        if self.sides != "both" or not left:
            return []
        return [Column(left, tuple(self._with_interval(row) for row in records(self.table.left)), room=60)]

    def columns(self, show_n: bool) -> list[Column]:
        """Return the columns right of the bars."""
        totals, right = self.table.totals, self.table.scale.text("right", self.levels)
        found = []
        if right and self.sides != "none":
            found.append(Column(right, tuple(self._with_interval(row) for row in records(totals)), room=76))
        if self.neutral == "drop":
            for level in self.table.columns_of("middle"):
                rows = self.table.bars[self.table.bars["level"].astype(str) == level]
                cells = tuple(format_percent(share, 0, self.lang) for share in rows["estimate"])
                found.append(Column(self.levels[level], cells))
        if show_n:
            found.append(
                Column("n", tuple("" if pd.isna(n) else str(format_number(n, 0, self.lang)) for n in totals["n"]))
            )
        gone: str = word("hidden_short", self.lang)
        shares = {
            (row.outcome, row.group, row.reason): gone
            if np.isnan(row.share)
            else str(format_percent(row.share, 0, self.lang))
            for row in records(self.table.missing)
        }
        for reason, text in self.reasons.items():
            here = tuple(shares.get((row.outcome, row.group, reason), "") for row in records(totals))
            found.append(Column(text, here))
        return found

    def _with_interval(self, row: pd.Series, digits: int = 0) -> str:
        text = format_percent(row.estimate, digits, self.lang)
        if np.isnan(row.conf_low) or np.isnan(row.conf_high):
            return text
        ends = [format_number(100 * end, digits, self.lang) for end in (row.conf_low, row.conf_high)]
        return f"{text} [{ends[0]}; {ends[1]}]"

    def notes(self, intervals: bool) -> list[str]:
        """Return the sentences under the figure."""
        notes = []
        right = self.table.scale.text("right", self.levels)
        symbol = f"«{right}»" if self.lang != "en" else f"“{right}”"
        known = self.table.totals["conf_low"].notna().any()
        if right and self.sides != "none" and known:
            notes.append(word("interval_note", self.lang, symbol=symbol, percent=self.percent))
        elif right and self.sides != "none":
            notes.append(word("total_note", self.lang, symbol=symbol))
        if right and intervals and known:
            notes.append(word("mark_note", self.lang, symbol=symbol))
        middle = self.table.columns_of("middle")
        if self.neutral == "drop" and middle:
            notes.append(word("neutral_note", self.lang, level=", ".join(self.levels[level] for level in middle)))
        if self.reasons:
            reasons = "; ".join(self.reasons.values())
            notes.append(word("missing_note", self.lang, reasons=reasons[:1].upper() + reasons[1:]))
        if self.hidden_note:
            notes.append(self.hidden_note)
            partly = self.table.bars["estimate"].isna() & self.table.bars["x_to"].notna()
            notes += [word("hidden_bars_note", self.lang)] if partly.any() else []
        return notes

    def numbers(self) -> pd.DataFrame:
        """Return every number drawn or printed: levels, totals, missing; shares from 0 to 1."""
        bars = self.table.bars.rename(columns={"estimate": "value"}).assign(mark="level")
        known = self.table.totals["estimate"]  # a mark that is hidden has no place either
        totals = self.table.totals.rename(columns={"estimate": "value"}).assign(
            mark="total", level=self.table.scale.text("right"), x_from=0 * known, x_to=known
        )
        left = self.table.left.rename(columns={"estimate": "value"}).assign(
            mark="total left", level=self.table.scale.text("left")
        )
        missing = self.table.missing.rename(columns={"share": "value", "reason": "level"}).assign(mark="missing")
        if self.lang != "en":
            missing["level"] = missing["level"].replace(self.reasons)
        columns = ["mark", "outcome", "group", "level", "value", "conf_low", "conf_high", "n", "x_from", "x_to"]
        shown = (bars, totals, *([left] if self.columns_before() else []), missing)
        parts = [part.reindex(columns=columns) for part in shown if len(part)]
        numbers = pd.DataFrame({name: [cell for part in parts for cell in part[name]] for name in columns})
        # 411 stays a whole number beside a hidden one
        return numbers.astype({"n": "Int64"}) if numbers["n"].isna().any() else numbers

    def marks_of(self, position: int) -> list[str]:
        """Return what stands in place of each hidden answer of a row, "" for those that are shown."""
        width = len(self.table.levels)
        return self.marks[position * width : (position + 1) * width]

    def mark_of_row(self, position: int) -> str:
        """Return why nothing of a row is drawn."""
        why = [mark for mark in self.marks_of(position) if mark]
        return why[0] if why else word("not_asked", self.lang)

    def alt_text(self, title: str) -> str:
        """Return the figure in words, its questions whole."""
        rows = []
        shares = self.table.bars["estimate"].to_numpy().reshape(-1, len(self.table.levels))
        right, left = (self.table.scale.text(side, self.levels) for side in ("right", "left"))
        for position, row in enumerate(records(self.table.totals)):
            group = "" if self.ungrouped else f", {self.groups[position]}"
            marks = self.marks_of(position)
            if np.isnan(shares[position]).all():
                rows.append(f"{self.questions[row.outcome]}{group}: {self.mark_of_row(position)}.")
                continue
            parts = [
                f"{self.levels[level]} {mark or format_percent(share, 1, self.lang)}"
                for level, share, mark in zip(self.table.levels, shares[position], marks)
            ]
            if right and not np.isnan(row.estimate):
                parts.append(f"{right} {self._with_interval(row, 1)}")
            if self.columns_before() and not np.isnan(self.table.left["estimate"].iloc[position]):
                parts.append(f"{left} {self._with_interval(self.table.left.iloc[position], 1)}")
            gone = self.table.missing[
                (self.table.missing["outcome"] == row.outcome) & (self.table.missing["group"] == row.group)
            ]
            parts += [
                f"{self.reasons[each.reason]} {format_percent(each.share, 1, self.lang) or word('hidden_short', self.lang)}"
                for each in records(gone)
            ]
            n = format_number(row.n, 0, self.lang)
            rows.append(f"{self.questions[row.outcome]}{group} (n = {n}): {'; '.join(parts)}.")
        return " ".join([f"{title or word('likert_alt', self.lang)}:", *rows])


def apart(rows: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    """Return labels, no counts of marks, and what stands under the labels."""
    return tuple(label for label, _ in rows), (), tuple(detail for _, detail in rows)


def hatches(n_left: int, n_middle: int, n_right: int) -> list[str]:
    """Return the pattern of each level: none at the ends, which are dark."""
    sides = {"left": n_left, "middle": n_middle, "right": n_right}
    found = {side: [HATCHES[side][min(at, len(HATCHES[side]) - 1)] for at in range(n)] for side, n in sides.items()}
    return [*found["left"], *found["middle"], *reversed(found["right"])]
