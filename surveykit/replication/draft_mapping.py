"""A first mapping.toml, guessed from names, questions and labels of a file, for its holder to correct."""

import json
import re
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from surveykit.codebook import Code, Codebook, Variable, as_code
from surveykit.coded_answers.undeclared import not_yet_told
from surveykit.errors import CodebookError
from surveykit.files.reading import PathLike
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.replication.study_doors import read_survey
from surveykit.replication.study_file import STUDY_FILE, Study, read_study
from surveykit.replication.study_mapping import meanings, plain
from surveykit.survey import Survey

ALIKE = 0.6
"""Likeness of two questions, from 0 to 1, from which one is proposed for the other: about two thirds of the letters."""
MOST_CODES = 40
"""Distinct values up to which a column is listed code by code."""
WAVE_WORDS = ("wave", "year", "round", "год", "волна", "жыл", "толкын", "толқын")
HEAD = """# A draft: every line is a guess from names, questions and labels. Correct it, then run
#   surveykit replicate {study} --data {file} --out DIR
# What is not there needs no line: tables and figures are made from what the file has.

# `settlement` is the rural district whose akim is elected or appointed (the akim's unit), not the village: where the file
# has both, the unit goes here, because there are as many akims as units, however many villages were asked.
"""


def draft_mapping(study: PathLike, file: PathLike) -> str:
    r"""Return a first mapping.toml for a file of another holder, guessed from its names, questions and labels.

    Parameters
    ----------
    study : path
        A study folder whose study.toml names a codebook under ``[data]``.
    file : path
        A survey file of any kind that `read_survey` reads.

    Returns
    -------
    str
        TOML with a line for every column that looks like an item of the study, and for every code of every such item;
        what could not be guessed stands there as a comment.

    Raises
    ------
    ReadError
        When the study or the file cannot be read.
    CodebookError
        When the study names no codebook.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study, file = pathlib.Path(folder) / "study", pathlib.Path(folder) / "held.csv"
    ...     _ = sk.init_study(study)
    ...     _ = file.write_text("okrug,akim,q12\nA,избран,4\nB,назначен,2\n", encoding="utf-8")
    ...     draft = sk.draft_mapping(study, file)
    ...     print([line for line in draft.splitlines() if "избран" in line])
    ...
    ['"избран" = 2']
    """
    read = read_study(Path(study))
    name = read.section("data").get("codebook")
    if name is None:
        raise CodebookError(f"{STUDY_FILE} of {read.name!r} names no codebook under [data], so its items are not known")
    book = read_codebook(read.file(name))
    with not_yet_told():
        survey = read_survey(file)
    found = propose_columns(read, book, survey)
    lines = [HEAD.format(study=read.name, file=Path(file).name), *_wave_lines(survey, found), "[columns]"]
    lines += [f"{_key(ours)} = {_text(theirs)}{_said(survey.codebook[theirs])}" for ours, theirs in found.items()]
    rest = [column for column in survey.frame if column not in found.values()]
    lines += ["", '# Columns that were not recognized; write  item = "column"  above for those that are items.'] * bool(
        rest
    )
    lines += [f"#   {_text(column)}{_said(survey.codebook[column])}" for column in rest]
    missing = sorted(set(book) - set(found) - set(read.section("interviews")))
    lines += ["", "# Items without a column:", f"#   {', '.join(missing)}"] * bool(missing)
    lines += [
        "",
        "# Codes that are no answer wherever they stand, theirs = ours:",
        "# [missing]",
        "# 8 = 98",
        "# 9 = 99",
    ]
    for ours, theirs in found.items():
        if book[ours].labels:
            lines += ["", *_code_lines(survey, theirs, book[ours])]
    return "\n".join(lines) + "\n"


def propose_columns(study: Study, book: Codebook, survey: Survey) -> dict[str, str]:
    """Return the column of the file for each item that one looks like, the most alike first served."""
    scores: list[tuple[float, str, str]] = []
    for ours in book:
        for theirs in survey.frame:
            score = _likeness(book[ours], survey, theirs)
            if score >= ALIKE:
                scores.append((score, ours, theirs))
    weight = study.section("design").get("weight")
    if weight is not None and survey.provenance.weight is not None:
        scores.append((2.0, weight, survey.provenance.weight))
    found: dict[str, str] = {}
    for _, ours, theirs in sorted(scores, key=lambda one: -one[0]):
        if ours not in found and theirs not in found.values():
            found[ours] = theirs
    return {ours: found[ours] for ours in book if ours in found}


def _likeness(item: Variable, survey: Survey, theirs: str) -> float:
    """Return how much a column looks like an item, from 0 to 2: by its name, its question, its labels."""
    told = survey.codebook[theirs]
    if plain(theirs) == plain(item.name):
        return 2.0
    asked = max((_alike(one, two) for one in told.question.values() for two in item.question.values()), default=0.0)
    named = max((_alike(theirs, two) for two in (item.name, *item.question.values())), default=0.0)
    words = {plain(text) for texts in told.labels.values() for text in texts.values()}
    if survey.frame[theirs].dtype == object or pd.api.types.is_string_dtype(survey.frame[theirs].dtype):
        values = survey.frame[theirs].dropna().unique()
        words |= {plain(str(value)) for value in values[:MOST_CODES]}
    own = {plain(text) for texts in item.labels.values() for text in texts.values()}
    shared = len(words & own) / len(words) if words else 0.0
    few = len(item.labels) <= 3 and item.labels  # "elected" and "appointed" tell the item; five steps of a scale do not
    return max(asked + 0.2 * shared if asked >= ALIKE else 0.0, named, shared if few and shared >= 0.5 else 0.0)


def _alike(one: str, two: str) -> float:
    return SequenceMatcher(None, plain(one.replace("_", " ")), plain(two.replace("_", " ")), autojunk=False).ratio()


def _wave_lines(survey: Survey, found: dict[str, str]) -> list[str]:
    """Return the lines that say which rows belong to which wave."""
    for column in survey.frame:
        if column in found.values():
            continue
        text = plain(f"{column} {survey.codebook[column].ask()}".replace("_", " "))
        values = survey.frame[column].dropna().unique()
        years = [str(as_code(value)) for value in values]
        is_year = 0 < len(years) <= 10 and all(re.fullmatch(r"20\d\d", year) for year in years)
        if is_year or (any(word in text.split() for word in WAVE_WORDS) and 0 < len(values) <= 10):
            return [
                "[wave]",
                f"column = {_text(column)}",
                *(f"codes.{_key(y)} = {_text(y)}" for y in sorted(years)),
                "",
            ]
    return [
        "# [wave]",
        '# name = "2024"                  # the year of the survey, when all of the file is one wave',
        "",
    ]


def _code_lines(survey: Survey, theirs: str, item: Variable) -> list[str]:
    """Return a line for every code of a column: what it stands for, or what it says where that is not known."""
    told, known = survey.codebook[theirs], meanings(item)
    values = survey.frame[theirs].dropna()
    codes: list[Code] = list(
        dict.fromkeys([*told.labels, *told.missing, *(as_code(value) for value in values.unique())])
    )
    if len(codes) > MOST_CODES:
        return [f'# {item.name}: {len(codes)} values; codes.{item.name} = "own" keeps them as they are']
    ordered = sorted(codes, key=lambda code: (isinstance(code, str), code if isinstance(code, str) else float(code)))
    matched = any(plain(_says(told, code)) in known for code in ordered)
    lines = [f"[codes.{_key(item.name)}]"]
    for code in ordered:
        says = _says(told, code)
        ours = known.get(plain(says)) if says else None
        if ours is None and not matched and not says and (code in item.labels or code in item.missing):
            ours = code
        note = f"{says} -> {item.label(ours)}" if says and ours is not None and says != str(code) else says
        note = note if note != str(code) else ""
        if ours is not None:
            lines.append(f"{_key(str(code))} = {json.dumps(ours, ensure_ascii=False)}{_comment(note)}")
        else:
            count = int((values == code).sum())
            choices = ", ".join(f"{own} {item.label(own)}" for own in item.labels)
            lines.append(
                f"# {_key(str(code))} = ?{_comment(f'{says}, {count} answers; one of {choices}'.lstrip(', '))}"
            )
    return lines


def _says(told: Variable, code: Code) -> str:
    return told.label(code) if code in told.labels or code in told.missing or isinstance(code, str) else ""


def _said(told: Variable) -> str:
    return _comment(told.ask()) if told.question else ""


def _comment(text: str) -> str:
    return f"    # {' '.join(text.split())}" if text.strip() else ""


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
