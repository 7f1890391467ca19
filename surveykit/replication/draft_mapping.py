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
from surveykit.formatting import without_controls
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.replication.study_doors import read_survey
from surveykit.replication.study_file import STUDY_FILE, Study, read_study
from surveykit.replication.study_mapping import meanings, plain, unit_columns
from surveykit.survey import Survey

ALIKE = 0.6
"""Likeness of two texts letter by letter, from 0 to 1, from which one is proposed for the other."""
SHARED = 0.45
"""Share of the stems of two questions that both have, from which one is proposed for the other: a draft may be wrong,
and a line that is there is sooner corrected than one that is not."""
STEM = 5
"""Letters of a word that stand for it: the endings of Russian and Kazakh come after them."""
GROUP_WORDS = ("elect", "appoint", "избра", "выбра", "выбир", "назнач", "vybr", "сайла", "тағайын")
FEWEST_LETTERS = 5
"""Letters from which the beginning of a question, as the name of a column, tells which question it is."""
MOST_CODES = 40
"""Distinct values up to which a column is listed code by code."""
YES_NO = {"yes", "no", "да", "нет", "иә", "жоқ"}
"""Answers of so many questions that they tell none."""
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
    lines = [HEAD.format(study=_bare(read.name), file=_bare(Path(file).name)), *_wave_lines(survey, found), "[columns]"]
    lines += [f"{_key(ours)} = {_text(theirs)}{_said(survey.codebook[theirs])}" for ours, theirs in found.items()]
    rest = [column for column in survey.frame if column not in found.values()]
    lines += ["", '# Columns that were not recognized; write  item = "column"  above for those that are items.'] * bool(
        rest
    )
    lines += [f"#   {_text(column)}{_said(survey.codebook[column])}" for column in rest]
    missing = sorted(set(book) - set(found) - set(read.section("interviews")))
    lines += ["", "# Items without a column:", f"#   {_bare(', '.join(missing))}"] * bool(missing)
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
            if score > 0:
                scores.append((score, ours, theirs))
    weight = study.section("design").get("weight")
    if weight is not None and survey.provenance.weight is not None:
        scores.append((2.0, weight, survey.provenance.weight))
    scores += [(3.0, ours, theirs) for ours, theirs in _roles(study, survey)]
    found: dict[str, str] = {}
    for _, ours, theirs in sorted(scores, key=lambda one: -one[0]):
        if ours not in found and theirs not in found.values():
            found[ours] = theirs
    return {ours: found[ours] for ours in book if ours in found}


def _roles(study: Study, survey: Survey) -> list[tuple[str, str]]:
    """Return the columns that look like the unit of the akim, and like the kind of akim: two values, one in a unit."""
    given = next(iter(study.section("comparisons").values()), None)
    if given is None:
        return []
    units = [theirs for theirs in unit_columns(survey) if 2 < survey.frame[theirs].nunique() < len(survey) / 2]
    found = [(given["settlement"], units[0])] if units else []
    for theirs in survey.frame:
        text = plain(f"{theirs} {survey.codebook[theirs].ask()}".replace("_", " "))
        two = survey.frame[theirs].nunique() == 2
        constant = not units or survey.frame.groupby(units[0])[theirs].nunique().max() == 1
        if two and constant and any(word in text for word in GROUP_WORDS):
            return [*found, (given["group"], theirs)]
    return found


def _likeness(item: Variable, survey: Survey, theirs: str) -> float:
    """Return how much a column looks like an item, from 0 to 2: by its name, its question, its labels."""
    told = survey.codebook[theirs]
    if plain(theirs) == plain(item.name):
        return 2.0
    if item.measure == "scale" and not pd.api.types.is_numeric_dtype(survey.frame[theirs].dtype):
        return 0.0
    asked = max((_same(one, two) for one in told.question.values() for two in item.question.values()), default=0.0)
    named = max((_named(theirs, two) for two in (item.name, *item.question.values())), default=0.0)
    words = {plain(text) for texts in told.labels.values() for text in texts.values()}
    if survey.frame[theirs].dtype == object or pd.api.types.is_string_dtype(survey.frame[theirs].dtype):
        values = survey.frame[theirs].dropna().unique()
        words |= {plain(str(value)) for value in values[:MOST_CODES]}
    own = {plain(text) for texts in item.labels.values() for text in texts.values()}
    shared = len(words & own) / len(words) if words else 0.0
    few = len(item.labels) <= 3 and item.labels  # "elected" and "appointed" tell the item; five steps of a scale do not
    by_words = shared if few and shared >= 0.5 and not own & YES_NO else 0.0
    by_question = asked + 0.2 * shared
    return max(by_question if by_question >= SHARED else 0.0, named if named >= ALIKE else 0.0, by_words)


def _same(one: str, two: str) -> float:
    """Return how much two questions are one: letter by letter, or by the stems that both have (Dice's coefficient)."""
    stems = [{word[:STEM] for word in plain(text).split() if len(word) >= STEM - 1} for text in (one, two)]
    both, each = len(stems[0] & stems[1]), len(stems[0]) + len(stems[1])
    letters = _alike(one, two)
    return max(letters if letters >= ALIKE else 0.0, 2 * both / each if each else 0.0)


def _named(column: str, text: str) -> float:
    """Return how much the name of a column is a text: the beginning of one is as good as a question that is alike."""
    begins = len(plain(column)) >= FEWEST_LETTERS and plain(text).startswith(plain(column))
    return max(_alike(column, text), ALIKE if begins else 0.0)


def _alike(one: str, two: str) -> float:
    """Return the likeness of two texts letter by letter, and 0 where two quick upper bounds say it is below `ALIKE`."""
    pair = SequenceMatcher(None, plain(one.replace("_", " ")), plain(two.replace("_", " ")), autojunk=False)
    return pair.ratio() if min(pair.real_quick_ratio(), pair.quick_ratio()) >= ALIKE else 0.0


def _wave_lines(survey: Survey, found: dict[str, str]) -> list[str]:
    """Return the lines that say which rows belong to which wave."""
    for column in survey.frame:
        if column in found.values():
            continue
        text = plain(column.replace("_", " "))
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
    return f"    # {_bare(text)}" if _bare(text) else ""


def _bare(text: str) -> str:
    """Return a text as a comment of TOML can hold it: in one line, without the control characters that TOML refuses."""
    return " ".join(without_controls(text).split())


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
