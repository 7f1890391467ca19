"""XLSForm: the questionnaire of KoboToolbox and ODK becomes a codebook with all its languages."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveykit._checks import warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, ResponseSet, Texts, Variable, as_code
from surveykit.errors import MissingExtraError, ReadError
from surveykit.reading.codebook_file import NUMBER
from surveykit.reading.csv_columns import PADDED
from surveykit.reading.csv_dialect import decode_text, detect_delimiter
from surveykit.reading.csv_quotes import split_records
from surveykit.reading.files import PathLike, check_file, sniff_kind

Sheet = list[dict[str, str]]
LANGUAGES = {
    "english": "en", "russian": "ru", "русский": "ru", "kazakh": "kk", "қазақша": "kk", "казахский": "kk",
    "french": "fr", "spanish": "es", "arabic": "ar", "dari": "prs", "pashto": "ps", "german": "de", "kyrgyz": "ky",
    "uzbek": "uz",
}  # fmt: skip
LABEL = re.compile(r"label(?:\s*(?:::|:|\.\.)\s*(.+))?$", re.IGNORECASE)
CODE_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3})\)\s*$")
MEASURE = {
    "select_one": "nominal", "select_multiple": "nominal", "integer": "scale", "decimal": "scale", "range": "scale",
}  # fmt: skip
NO_QUESTION = ("begin_group", "end_group", "begin group", "end group", "begin_repeat", "end_repeat", "begin repeat",
               "end repeat", "note")  # fmt: skip


def read_xlsform(path: PathLike, *, choices: PathLike | None = None, encoding: str | None = None) -> Codebook:
    """Read an XLSForm as a codebook.

    Parameters
    ----------
    path : path
        The form (.xlsx), or the CSV of its survey sheet.
    choices : path, optional
        The CSV of its choices sheet, when `path` is a CSV.
    encoding : str, optional
        Encoding of the CSV sheets; detected when not given.

    Returns
    -------
    Codebook
        One variable per question; a select_multiple question also gives one variable per option, named question/option,
        with 0 and 1, and a response set of them. Labels in all languages of the form ("label::Қазақша (kk)",
        "label..english"). Where a question is asked under a condition (`relevant`, its groups' too), the condition is
        its universe.

    Raises
    ------
    ReadError
        When the sheets are not those of an XLSForm.
    MissingExtraError
        When an .xlsx is given and openpyxl is not installed.
    """
    found = check_file(path)
    if sniff_kind(found) == "xlsx":
        survey, options = _read_workbook(found)
    else:
        survey = _read_sheet(found, encoding)
        options = _read_sheet(check_file(choices), encoding) if choices is not None else []
    if not survey or not {"type", "name"} <= set(survey[0]):
        raise ReadError(f"{found.name!r} is no survey sheet of an XLSForm: it lacks the columns 'type' and 'name'")
    if options and "list_name" not in options[0] and "list name" not in options[0]:
        raise ReadError("the choices sheet of the XLSForm lacks the column 'list_name'")
    return _make_codebook(survey, options, found.name)


def _read_workbook(path: Path) -> tuple[Sheet, Sheet]:
    try:
        openpyxl = importlib.import_module("openpyxl")
    except ImportError as error:
        raise MissingExtraError(f'{path.name!r} is an Excel workbook; install the reader for it with: pip install '
                                '"surveykit[excel]"') from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {
            sheet.title.lower(): [["" if cell is None else str(cell) for cell in row]
                                  for row in sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets
        }  # fmt: skip
    except Exception as error:  # a damaged zip raises what its parts raise
        why = type(error).__name__
        raise ReadError(f"{path.name!r} is no Excel workbook that can be read ({why}); save it again") from error
    if "survey" not in sheets:
        raise ReadError(f"{path.name!r} has no sheet 'survey', so it is no XLSForm; it has {sorted(sheets)}")
    return _as_rows(sheets["survey"]), _as_rows(sheets.get("choices", []))


def _read_sheet(path: Path, encoding: str | None) -> Sheet:
    text, _ = decode_text(path.read_bytes(), encoding, path.name)
    return _as_rows(list(split_records(text, detect_delimiter(text, path.name), path.name)))


def _as_rows(records: list[list[str]]) -> Sheet:
    if not records:
        return []
    header = [" ".join(cell.split()) for cell in records[0]]
    filled = [record for record in records[1:] if any(cell.strip() for cell in record)]
    return [dict(zip(header, (cell.strip() for cell in record))) for record in filled]


def _texts(row: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of a row by language."""
    texts = {}
    for column, text in row.items():
        match = LABEL.match(column)
        if match and text and text != "NA":
            texts[_language(match[1])] = " ".join(text.split())
    return texts


def _language(name: str | None) -> str:
    if not name:
        return UNDETERMINED
    bracket = CODE_IN_BRACKETS.search(name)
    if bracket:
        return bracket[1].lower()
    return LANGUAGES.get(name.strip().lower(), name.strip().lower())


def _make_codebook(survey: Sheet, options: Sheet, name: str) -> Codebook:
    lists: dict[str, dict[str, Texts]] = {}
    for row in options:
        given = row.get("name") or row.get("value", "")
        key = row.get("list_name") or row.get("list name", "")
        if given and key:
            lists.setdefault(key, {}).setdefault(given, _texts(row))
    variables: dict[str, Variable] = {}
    sets: dict[str, ResponseSet] = {}
    conditions: list[str] = []
    double = []
    for row in survey:
        kind, _, rest = row.get("type", "").partition(" ")
        _enter_group(row, conditions)
        if not row.get("name") or row["name"] == "NA" or row.get("type", "").lower() in NO_QUESTION:
            continue
        labels = lists.get(rest.split(" ")[0], {}) if kind.startswith("select") else {}
        question, key = _texts(row), row["name"]
        if key in variables:
            double.append(key)
            continue
        one = kind == "select_one"
        asked = " and ".join(filter(None, [*conditions, _relevant(row)]))
        about: dict[str, Any] = {"universe": asked} if asked else {}
        codes = _as_codes(labels) if one else {}
        variables[key] = Variable(key, question, codes, measure=MEASURE.get(kind), **about)  # type: ignore[arg-type]
        if kind == "select_multiple":
            for option_code, texts in labels.items():
                chosen = {lang: f"{question.get(lang, key)}: {text}" for lang, text in texts.items()}
                option = f"{key}/{option_code}"
                variables[option] = Variable(option, chosen, YES_NO, measure="nominal", **about)
            if len(labels) > 1:
                sets[key] = ResponseSet(key, tuple(f"{key}/{code}" for code in labels), 1, question)
    if double:
        warn(f"{name!r} asks {double[0]!r} twice; the first question describes the column")
    return replace(Codebook.of(variables.values()), response_sets=sets)


def _as_codes(options: Mapping[str, Texts]) -> dict[Code, Texts]:
    """Return the options by code: numbers where all of them are, without a leading zero; else the names as written."""
    numbers = all(NUMBER.match(name) and not PADDED.fullmatch(name) for name in options)
    return {as_code(float(name)) if numbers else name: texts for name, texts in options.items()}


def _relevant(row: Mapping[str, str]) -> str:
    text = row.get("relevant", "") or row.get("relevance", "")
    return "" if text == "NA" else " ".join(text.split())


def _enter_group(row: Mapping[str, str], conditions: list[str]) -> None:
    """Keep the conditions of the groups and repeats that the rows after this one stand in."""
    kind = row.get("type", "").lower().replace("_", " ")
    if kind in ("begin group", "begin repeat"):
        conditions.append(_relevant(row))
    elif kind in ("end group", "end repeat") and conditions:
        conditions.pop()


YES_NO: dict[Code, Texts] = {
    0: {"en": "Not selected", "ru": "Не выбрано", "kk": "Таңдалмаған"},
    1: {"en": "Selected", "ru": "Выбрано", "kk": "Таңдалған"},
}  # fmt: skip
