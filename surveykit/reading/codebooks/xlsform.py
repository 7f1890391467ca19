"""XLSForm: the questionnaire of KoboToolbox and ODK becomes a codebook with all its languages."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveykit._checks import some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, ResponseSet, Texts, Variable, as_code, pick_text
from surveykit.errors import ReadError
from surveykit.files.kinds import sniff_kind
from surveykit.files.reading import PathLike, check_file
from surveykit.reading.codebook_file import NUMBER, PADDED
from surveykit.reading.codebooks.size import Room
from surveykit.reading.csv.dialect import decode_text, detect_delimiter
from surveykit.reading.csv.quotes import split_records
from surveykit.reading.tables.workbook import read_workbook
from surveykit.words.pages import texts_of

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
SELECTS = (
    ("add select one prompt using", "select_one"), ("add select multiple prompt using", "select_multiple"),
    ("select all that apply from", "select_multiple"), ("select all that apply", "select_multiple"),
    ("select multiple from file", "select_multiple"), ("select multiple from", "select_multiple"),
    ("select multiple", "select_multiple"), ("select one from file", "select_one"),
    ("select one external", "select_one"), ("select one from", "select_one"),
    ("select one", "select_one"), ("select1", "select_one"), ("rank", "rank"),
)  # fmt: skip
"""How pyxform lets a select question be written (underscores as spaces), the longer spelling first."""

OTHER = re.compile(r"\s+or\s+(?:specify\s+)?other$", re.IGNORECASE)
OUTSIDE = re.compile(r"\.(?:csv|xml|geojson)$|\$\{")
"""A list of choices that stands outside the form: in a file, or in the answers to another question."""

NO_QUESTION = ("begin group", "end group", "begin repeat", "end repeat", "note")


def read_xlsform(path: PathLike, *, choices: PathLike | None = None, encoding: str | None = None) -> Codebook:
    r"""Read an XLSForm as a codebook.

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
        with 0 and 1, and a response set of them. ``or_other`` adds the option "other" and a question for its text.
        Labels in all languages of the form ("label::Қазақша (kk)", "label..english"). A name that stands in several
        groups is described in each of them, as group/name from the second on. Where a question is asked under a
        condition (`relevant`, its groups' too), the condition is its universe.

    Raises
    ------
    ReadError
        When the file is absent, no Excel workbook, or its sheets are not those of an XLSForm.
    EncodingError
        When the bytes of a CSV sheet leave its encoding in doubt.
    ArgumentError
        When Python knows no such `encoding`.
    MissingExtraError
        When an .xlsx is given and openpyxl is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     form, choices = pathlib.Path(folder) / "survey.csv", pathlib.Path(folder) / "choices.csv"
    ...     _ = form.write_text("type,name,label::English (en)\nselect_one yn,q1,The akim listens\n")
    ...     _ = choices.write_text("list_name,name,label::English (en)\nyn,1,Yes\nyn,2,No\n")
    ...     book = sk.read_xlsform(form, choices=choices)
    ...
    >>> book["q1"].ask("en"), book["q1"].label(1, "en")
    ('The akim listens', 'Yes')
    """
    file = check_file(path)
    if sniff_kind(file) == "xlsx":
        survey, options = _read_workbook(file)
    else:
        survey = _read_sheet(file, encoding)
        options = _read_sheet(check_file(choices), encoding) if choices is not None else []
    if not survey or not {"type", "name"} <= set(survey[0]):
        raise ReadError(f"{file.name!r} is no survey sheet of an XLSForm: it lacks the columns 'type' and 'name'")
    if options and "list_name" not in options[0] and "list name" not in options[0]:
        raise ReadError("the choices sheet of the XLSForm lacks the column 'list_name'")
    return _make_codebook(survey, options, file.name)


def _read_workbook(path: Path) -> tuple[Sheet, Sheet]:
    sheets = read_workbook(path)
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
    lists = _read_lists(options, name)
    variables: dict[str, Variable] = {}
    sets: dict[str, ResponseSet] = {}
    groups: list[tuple[str, str]] = []
    room = Room(name)
    double, lost = [], []
    for row in survey:
        kind, listed, other = _read_type(row.get("type", ""))
        _enter_group(kind, row, groups)
        if not row.get("name") or row["name"] == "NA" or kind in NO_QUESTION:
            continue
        key = row["name"]
        path = "/".join([*(group for group, _ in groups if group), key])
        if key in variables and path != key and path not in variables:
            key = path
        if key in variables:
            double.append(key)
            continue
        if kind in ("select_one", "select_multiple", "rank") and listed not in lists and not OUTSIDE.search(listed):
            lost.append(f"{listed!r} (of {key!r})")
        labels = _add_other(lists.get(listed, {})) if other else lists.get(listed, {})
        question = _texts(row)
        asked = " and ".join(filter(None, [*(condition for _, condition in groups), _relevant(row)]))
        about: dict[str, Any] = {"universe": asked} if asked else {}
        room.take(len(labels))
        codes = as_codes(labels) if kind == "select_one" else {}
        variables[key] = Variable(key, question, codes, measure=MEASURE.get(kind), **about)  # type: ignore[arg-type]
        if kind == "select_multiple":
            for option_code, texts in labels.items():
                chosen = {lang: f"{question.get(lang, key)}: {text}" for lang, text in texts.items()}
                room.take(len(SELECTED))
                option = f"{key}/{option_code}"
                variables[option] = Variable(option, chosen, SELECTED, measure="nominal", **about)
            if len(labels) > 1:
                sets[key] = ResponseSet(key, tuple(f"{key}/{code}" for code in labels), 1, question)
        if other:
            further = {
                tongue: f"{text} ({pick_text(texts_of('label_other'), tongue)})" for tongue, text in question.items()
            }
            variables.setdefault(f"{key}_other", Variable(f"{key}_other", further, **about))
    if double:
        warn(f"{name!r} asks {double[0]!r} twice; the first question describes the column")
    if lost and not options:
        warn(f"{name!r} came without its choices, so that {len(lost)} questions have no labels; `choices=` gives them")
    elif lost:
        warn(f"the choices of {name!r} lack the lists {some(lost)}; those questions have no labels")
    return replace(Codebook.of(variables.values()), response_sets=sets)


def _read_lists(options: Sheet, name: str) -> dict[str, dict[str, Texts]]:
    """Return the options of each list by name; one that a list gives to several options has the texts of all."""
    lists: dict[str, dict[str, Texts]] = {}
    twice = []
    for row in options:
        given = row.get("name") or row.get("value", "")
        key = row.get("list_name") or row.get("list name", "")
        if not (given and key):
            continue
        known = lists.setdefault(key, {})
        # A list that is filtered (choice_filter) may hold one option under several regions: the same text is no fault.
        texts = _texts(row)
        if given in known and known[given] != texts:
            texts = {
                tongue: " / ".join(dict.fromkeys(filter(None, (known[given].get(tongue), texts.get(tongue)))))
                for tongue in {**known[given], **texts}
            }
            twice.append(f"{given!r} in list {key!r} ({some(map(repr, texts.values()))})")
        known[given] = texts
    if twice:
        warn(
            f"the choices of {name!r} give one name to several options: {some(twice, 3)}; answers with it cannot be told apart, and its label names them all. Give each a name of its own"
        )
    return lists


def _read_type(text: str) -> tuple[str, str, bool]:
    """Return the kind of a question, its list of choices, and whether "other" was added (``or_other``).

    Examples
    --------
    >>> _read_type("select all that apply from  media or_other"), _read_type("select1\\u00a0yn")
    (('select_multiple', 'media', True), ('select_one', 'yn', False))
    """
    words = " ".join(text.split())
    spaced = words.replace("_", " ")
    for spelled, kind in SELECTS:
        if spaced.casefold() == spelled or spaced.casefold().startswith(f"{spelled} "):
            rest = words[len(spelled) :].strip()
            other = OTHER.search(f" {rest.replace('_', ' ')}")
            return kind, rest.split(" ")[0], other is not None
    return spaced.casefold(), "", False


def _add_other(labels: Mapping[str, Texts]) -> dict[str, Texts]:
    tongues = dict.fromkeys(tongue for texts in labels.values() for tongue in texts) or {UNDETERMINED: None}
    return {
        **labels,
        "other": labels.get("other", {tongue: pick_text(texts_of("label_other"), tongue) for tongue in tongues}),
    }


def as_codes(options: Mapping[str, Texts]) -> dict[Code, Texts]:
    """Return the options by code: numbers where all of them are, without a leading zero; else the names as written."""
    numbers = all(NUMBER.match(name) and not PADDED.fullmatch(name) for name in options)
    return {as_code(float(name)) if numbers else name: texts for name, texts in options.items()}


def _relevant(row: Mapping[str, str]) -> str:
    text = row.get("relevant", "") or row.get("relevance", "")
    return "" if text == "NA" else " ".join(text.split())


def _enter_group(kind: str, row: Mapping[str, str], groups: list[tuple[str, str]]) -> None:
    """Keep the names and conditions of the groups and repeats that the rows after this one stand in."""
    if kind in ("begin group", "begin repeat"):
        groups.append((row.get("name", ""), _relevant(row)))
    elif kind in ("end group", "end repeat") and groups:
        groups.pop()


SELECTED: dict[Code, Texts] = {0: texts_of("label_not_selected"), 1: texts_of("label_selected")}
