"""What stands in the page in which readers look around: every cell that they may see, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, warn
from surveykit.codebook import Code, Texts, Variable, as_code, pick_text
from surveykit.coded_answers.response_sets import find_response_sets
from surveykit.coded_answers.undeclared import find_undeclared_codes
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.result_columns import Estimates, told_beside_the_number
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.formatting import percent_text, printable
from surveykit.hidden_marks import hidden_mark
from surveykit.progress_bar import track
from surveykit.report.disclosure import hidden_note, hide_together, is_hidden
from surveykit.translation import group_names, level_names
from surveykit.words.explorer import explorer_sentence
from surveykit.words.messages import said_in
from surveykit.words.pages import LANGUAGES, texts_of

MOST_LEVELS = 11
"""Unlabelled values of so many kinds (0 to 10) are still answers; a column of more is a measurement, or a text."""
MOST_GROUPS = 30
"""Values of a group that a reader can still compare."""
GROUPS_FOUND, MOST_FOUND = 5, 6
"""Groups taken where none are named, and the answers that such a group has at most."""
FEW_CLUSTERS = 20
"""Clusters below which the page warns of its intervals (Cameron & Miller 2015: 20 to 50 are few)."""

Content = dict[str, Any]
Trilingual = str | list[str]
"""A text in the order of LANGUAGES, or one that is the same in all."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which columns the page shows, and how.

    Attributes
    ----------
    questions : mapping from column to ("share", "mean"), or one of the two
    groups : tuple of str
    left_out : mapping from column to a key of the words under "left_out"
    found : bool
        Whether the groups were found, not named.
    """

    questions: Mapping[str, tuple[str, ...]]
    groups: tuple[str, ...]
    left_out: Mapping[str, str]
    found: bool


def choose(
    design: SurveyDesign, questions: str | Iterable[str] | None, groups: str | Iterable[str] | None, minimum_n: int
) -> Chosen:
    """Return what a page shows of a survey; parameters as in `write_explorer`."""
    frame = design.survey.frame
    named = as_names(questions, "questions")
    check_columns(frame, named, "questions")
    in_sets = {item for one in find_response_sets(design.survey).values() for item in one.items}
    asked = {name: "set" if name in in_sets else _how_shown(design, frame[name], minimum_n) for name in frame.columns}
    wrong = next((name for name in named if isinstance(asked[name], str)), None)
    if wrong is not None:
        raise ArgumentError(
            f"`questions` names {wrong!r}, which cannot be shown ({explorer_sentence('left_out', str(asked[wrong]))['en']}); give its codes labels in the codebook, or leave it out"
        )
    by = _groups(design, frame, groups, asked)
    both = next((name for name in named if name in by and frame[name].value_counts().min() < minimum_n), None)
    if both is not None:
        raise ArgumentError(
            f"{both!r} is a question and a group, and fewer than {minimum_n} respondents are in one of its groups; leave it out of `questions`, whose shares would tell how many"
        )
    for name in by:  # how many are in a group would stand among the answers of everybody, where nothing is hidden
        if frame[name].value_counts().min() < minimum_n:
            asked[name] = "group"
    shown = {name: how for name, how in asked.items() if not isinstance(how, str) and (not named or name in named)}
    if not shown:
        raise ArgumentError(
            "no column of the survey holds answers to show; give the codes labels in the codebook, or declare measurements with measure='scale'"
        )
    left_out = {
        name: how if isinstance(how, str) else "not_asked_for" for name, how in asked.items() if name not in shown
    }
    return Chosen(shown, by, left_out, groups is None)


def _how_shown(design: SurveyDesign, values: pd.Series, minimum_n: int) -> tuple[str, ...] | str:
    """Return what is shown of a column, or the key of why nothing is."""
    name = str(values.name)
    variable = design.survey.codebook[name]
    kinds = pd.api.types
    if name in (design.weight, design.survey.provenance.weight):
        return "weight"
    if name in (*design.cluster, *design.stratum, *design.fpc):
        return "design"
    known = values.dropna()
    if not len(known):
        return "empty"
    if kinds.is_datetime64_any_dtype(known.dtype) or kinds.is_timedelta64_dtype(known.dtype):
        return "moment"
    counts = known.value_counts()
    if len(counts) < 2 and not variable.labels:
        return "one_answer"
    if not kinds.is_numeric_dtype(known.dtype):
        declared = bool(variable.labels) or isinstance(known.dtype, pd.CategoricalDtype)
        # an answer that hardly anybody else gave, in a column that nobody declared, may be somebody's own words
        closed = len(counts) <= MOST_LEVELS and counts.min() >= minimum_n
        return ("share",) if (declared and len(counts) <= MOST_GROUPS) or closed else "text"
    if variable.measure == "scale":
        return ("mean",)
    if variable.labels and len(counts) <= MOST_GROUPS:
        return ("share", "mean") if variable.measure == "ordinal" else ("share",)
    whole = bool(np.all(np.mod(known.astype(float), 1) == 0))
    if whole and len(counts) <= MOST_LEVELS:
        return ("share",) if variable.measure == "nominal" else ("share", "mean")
    return "number"


def _groups(
    design: SurveyDesign,
    frame: pd.DataFrame,
    groups: str | Iterable[str] | None,
    asked: Mapping[str, tuple[str, ...] | str],
) -> tuple[str, ...]:
    if groups is not None:
        names = as_names(groups, "groups")
        check_columns(frame, names, "groups")
        for name in names:
            many = frame[name].nunique()
            if not 2 <= many <= MOST_GROUPS:
                values = "1 value" if many == 1 else f"{many} different values"
                raise ArgumentError(f"`groups` names {name!r}, which has {values}; a group has 2 to {MOST_GROUPS}")
        return tuple(names)
    book = design.survey.codebook
    found = [
        name for name, how in asked.items()
        if not isinstance(how, str) and "share" in how and book[name].labels and not book[name].missing
        and 2 <= frame[name].nunique() <= MOST_FOUND
    ]  # fmt: skip
    return tuple(found[:GROUPS_FOUND])


def explorer_content(
    design: SurveyDesign, chosen: Chosen, *, minimum_n: int, confidence: float, title: str | None
) -> Content:
    """Return everything that the page shows, as what JSON can hold."""
    tables = _estimated(design, chosen, confidence)
    masked = hide_together([one for _, one in tables], minimum_n)
    frame = design.survey.frame
    clusters = design.cluster[0] if design.cluster and design.replicates is None else None
    notes: list[Trilingual] = []
    cells: dict[str, dict[str, Content]] = {name: {} for name in chosen.questions}
    groups: dict[str, list[Trilingual]] = {by: [] for by in chosen.groups}
    answers: dict[str, list[list[Any]]] = {}
    for (by, kind), result in zip((at for at, _ in tables), masked):
        names = _in_languages({lang: group_names(result, lang) for lang in LANGUAGES})
        for outcome, table in result.table.groupby("outcome", sort=False):
            order = list(dict.fromkeys(table["group"]))
            if by and not groups[by]:
                groups[by] = [names.get(str(one), str(one)) for one in order]
            place = cells[str(outcome)].setdefault(by, {})
            if kind == "share":
                levels = list(dict.fromkeys(table["level"]))
                answers.setdefault(str(outcome), _answers(result, str(outcome), levels))
            place[kind] = [_numbers(table[table["group"] == one], kind) for one in order]
            sizes = [_size(table[table["group"] == one], clusters is not None) for one in order]
            place["n"] = [new or old for new, old in zip(sizes, place.get("n", sizes))]
            note = [hidden_note(table, lang, result.facts) for lang in LANGUAGES]
            if any(note):
                place.setdefault("notes", {})[kind] = _index(notes, note)
    doubtful = _doubtful(design, {*chosen.questions, *chosen.groups})
    variables = [
        _variable(design.survey.codebook[str(name)], chosen, answers.get(str(name)), cells.get(str(name)))
        | ({"doubtful": doubtful[str(name)]} if str(name) in doubtful else {})
        for name in frame.columns
    ]
    _say_without_interval(cells)
    origin = masked[0].origin
    return {
        "title": _title(design, title),
        "simulated": origin.simulated,
        "banner": _trilingual(texts_of("simulated")) if origin.simulated else "",
        "marks": {
            why: [hidden_mark(why, lang, minimum_n) for lang in LANGUAGES]
            for why in ("few", "few in group", "dominated", "protects", "unsaid")
        },
        "variables": variables,
        "first": next((name for name in chosen.questions if _differs(cells[name][""])), next(iter(chosen.questions))),
        "groups": [
            {
                "id": by,
                "text": _asks(design.survey.codebook[by]),
                "levels": groups[by],
                "sides": _sides(design, frame, by, clusters, len(groups[by])),
            }
            for by in chosen.groups
        ],
        "notes": notes,
        "clusters": clusters is not None,
        "warnings": [_trilingual(one) for one in _warnings(design, len(doubtful))],
        "methods": [_trilingual(one) for one in _methods(design, origin, chosen, confidence)],
        "left_out": {
            key: _trilingual(explorer_sentence("left_out", key)) for key in sorted({*chosen.left_out.values()})
        },
    }


def _estimated(design: SurveyDesign, chosen: Chosen, confidence: float) -> list[tuple[tuple[str, str], Estimates]]:
    """Return the estimates by group and kind.

    A column that is a group stands as a question for all respondents only: its shares by another group would be the
    cells of that group's shares by this one, under another name.
    """
    found = []
    for by in track(["", *chosen.groups], "groups"):
        for kind in ("share", "mean"):
            items = [
                name for name, how in chosen.questions.items() if kind in how and (not by or name not in chosen.groups)
            ]
            if items:
                call = shares if kind == "share" else means
                with told_beside_the_number():
                    estimates = call(design, items, by=by or None, confidence=confidence)
                # who did not answer stands in no table of the page, and so tells nothing
                found.append(((by, kind), replace(estimates, count_missing=None)))
    return found


def _doubtful(design: SurveyDesign, names: set[str]) -> dict[str, list[Code]]:
    """Return the codes that look like "no answer", or are declared so, and yet stand among the answers."""
    frame, book = design.survey.frame, design.survey.codebook
    found = {name: [*codes] for name, codes in find_undeclared_codes(design.survey).items() if name in names}
    for name in names:
        standing = frame.loc[book[name].is_missing(frame[name]), name].unique().tolist()
        if standing:
            found[name] = [*found.get(name, []), *standing]
    return {name: [_plain(code) for code in codes] for name, codes in found.items()}


def _differs(shown: Content) -> bool:
    """Whether a figure of everybody shows more than one answer: a consent that all gave is a poor first page."""
    if "share" not in shown:
        return True
    return sum(isinstance(one, list) and bool(one[0]) for one in shown["share"][0]) > 1


def _say_without_interval(cells: Mapping[str, Mapping[str, Content]]) -> None:
    """Say in one line how many numbers of the page have no interval."""
    shown = [
        cell
        for by in cells.values()
        for place in by.values()
        for cell in [*(one for group in place.get("share", []) for one in group), *place.get("mean", [])]
        if isinstance(cell, list)
    ]
    many = sum(cell[0] is not None and None in cell for cell in shown)
    if many:
        warn(f"{many} of the {len(shown)} numbers of the page have no interval, which it says beside each of them")


def _numbers(rows: pd.DataFrame, kind: str) -> list[Any]:
    """Return [estimate, low, high] of each row, percentages in tenths; the reason where it is hidden."""
    hidden = is_hidden(rows)
    numbers = rows[["estimate", "conf_low", "conf_high"]].astype(float).to_numpy()
    shown: list[Any] = []
    for place, one in enumerate(numbers):
        if hidden[place]:
            shown.append(str(rows["hidden_why"].iloc[place]))
        elif kind == "share":
            shown.append([None if np.isnan(value) else round(1000 * value) for value in one])
        else:
            shown.append([None if not np.isfinite(value) else round(float(value), 2) + 0.0 for value in one])
    return shown if kind == "share" else shown[0]


def _size(rows: pd.DataFrame, with_clusters: bool) -> list[int | None] | None:
    """Return respondents and clusters of a group; None where a hidden group shows neither."""
    visible = rows[~is_hidden(rows)]
    if not len(visible):
        return None
    n, clusters = visible["n"].iloc[0], visible["n_clusters"].iloc[0]
    return [int(n), int(clusters) if with_clusters and pd.notna(clusters) else None]


def _answers(result: Estimates, outcome: str, levels: Sequence[object]) -> list[list[Any]]:
    names = _in_languages({lang: level_names(result, outcome, lang) for lang in LANGUAGES})
    codes = result.level_codes.get(outcome, {})
    return [[_plain(codes.get(str(one), str(one))), names.get(str(one), str(one))] for one in levels]


def _variable(
    variable: Variable, chosen: Chosen, answers: list[list[Any]] | None, cells: dict[str, Content] | None
) -> Content:
    """Return a column as the codebook lists it, with its cells where it is a question."""
    listed = answers or [[_plain(code), _in_order(texts, str(code))] for code, texts in variable.labels.items()]
    found: Content = {"id": variable.name, "text": _asks(variable), "answers": listed}
    if variable.missing:
        found["missing"] = [[_plain(code), _in_order(texts, str(code))] for code, texts in variable.missing.items()]
    if variable.universe:
        found["universe"] = _in_order(variable.universe, "")
    if cells is not None:
        found |= {"show": list(chosen.questions[variable.name]), "cells": cells}
        codes = [code for code, _ in listed if not isinstance(code, str)]
        if "mean" in found["show"] and codes:
            found["range"] = [min(codes), max(codes)]
    else:
        found["why"] = chosen.left_out[variable.name]
    return found


def _sides(design: SurveyDesign, frame: pd.DataFrame, by: str, cluster: str | None, many: int) -> list[int] | None:
    """Return how many clusters each value of a group has, where it does not vary inside clusters."""
    if cluster is None or by == cluster or not frame.groupby(cluster)[by].nunique().le(1).all():
        return None
    counts = frame.dropna(subset=[by]).groupby(by, sort=True, observed=True)[cluster].nunique().tolist()
    return counts if len(counts) == many else None


def _warnings(design: SurveyDesign, doubtful: int) -> list[dict[str, str]]:
    found = []
    many = design.units.n_clusters
    if not design.cluster and design.replicates is None:
        found.append(explorer_sentence("warning", "no_clusters"))
    elif design.cluster and many < FEW_CLUSTERS:
        found.append(explorer_sentence("warning", "few", n=str(many)))
    if design.weight is None and not design.steps:
        found.append(explorer_sentence("warning", "unweighted"))
    if doubtful:
        found.append(explorer_sentence("warning", "codes", n=str(doubtful)))
    return [*found, explorer_sentence("warning", "looking")]


def _methods(design: SurveyDesign, origin: Any, chosen: Chosen, confidence: float) -> list[dict[str, str]]:
    found = [
        explorer_sentence(
            "method",
            "sample",
            source=printable(origin.source),
            n=str(len(design)),
            clusters=str(design.units.n_clusters) if design.cluster else "–",
            weights={lang: printable(said_in(origin.weight, lang)) for lang in LANGUAGES},
            conventions=origin.conventions,
        ),
        explorer_sentence(
            "method",
            "estimates" if design.replicates is None else "replicates",
            confidence={lang: percent_text(confidence, lang) for lang in LANGUAGES},
        ),
        explorer_sentence("method", "rounding"),
    ]
    return [*found, explorer_sentence("method", "groups_found")] if chosen.found and chosen.groups else found


def _title(design: SurveyDesign, title: str | None) -> Trilingual:
    if title is not None:
        return printable(title)
    heading = explorer_sentence("page", "heading")
    return _trilingual({lang: pick_text(design.survey.codebook.title, lang, heading[lang]) for lang in LANGUAGES})


def _asks(variable: Variable) -> Trilingual:
    return _trilingual({lang: variable.ask(lang) for lang in LANGUAGES})


def _in_order(texts: Texts, default: str) -> Trilingual:
    return _trilingual({lang: pick_text(texts, lang, default) for lang in LANGUAGES})


def _trilingual(texts: Mapping[str, str]) -> Trilingual:
    said = [printable(texts[lang]) for lang in LANGUAGES]
    return said[0] if len({*said}) == 1 else said


def _in_languages(names: Mapping[str, Mapping[str, str]]) -> dict[str, Trilingual]:
    keys = names[LANGUAGES[0]]
    return {key: _trilingual({lang: names[lang].get(key, key) for lang in LANGUAGES}) for key in keys}


def _plain(code: object) -> Code:
    plain = as_code(code)
    return printable(plain) if isinstance(plain, str) else plain


def _index(notes: list[Trilingual], note: list[str]) -> int:
    if note not in notes:
        notes.append(note)
    return notes.index(note)
