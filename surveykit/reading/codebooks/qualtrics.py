"""Qualtrics' questionnaire (.qsf) as a codebook, with the columns named as its export names them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveykit._checks import some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, Measure, ResponseSet, Texts, Variable
from surveykit.errors import ReadError
from surveykit.files.reading import hash_file
from surveykit.reading.codebook_file import CodebookFile
from surveykit.reading.codebooks.markup import plain_text
from surveykit.reading.codebooks.size import Room, check_size
from surveykit.reading.codebooks.xlsform import as_codes

MOST_BYTES = 50_000_000
"""Of a questionnaire; one of 500 questions in three languages has some 5 million."""
MANY = ("MAVR", "MAHR", "MACOL", "MSB")
"""Selectors of questions to which several answers can be given."""
NO_COLUMN = ("DB", "Captcha", "Timing", "Meta")
"""Kinds of question that ask nothing of a respondent."""
SCALES = ("Slider", "CS", "RO")
"""Kinds of question whose rows are answered with numbers."""

Json = dict[str, Any]


def read_qualtrics(path: Path) -> CodebookFile:
    """Return the codebook of a Qualtrics questionnaire.

    Notes
    -----
    Columns are named as in an export whose fields of several answers are split: the question's export tag,
    ``Q2_1`` for each option (with its recode value) or row, ``Q2_4_TEXT`` for the text beside an option. Codes are the
    recode values. The label of an option's column is the option itself, so that an export of choice texts is read too.
    Questions in the trash are left out.

    References
    ----------
    Qualtrics Support: Recode Values; Understanding Your Dataset; Import and Export Surveys (.qsf).
    """
    check_size(path, MOST_BYTES)
    content = _load(path)
    elements = content.get("SurveyElements")
    entry = content.get("SurveyEntry")
    if not isinstance(elements, list) or not isinstance(entry, dict):
        raise ReadError(
            f"{path.name!r} is JSON, but no questionnaire of Qualtrics; export it as .qsf (Tools, Import/Export)"
        )
    lang = _word(entry.get("SurveyLanguage")).lower() or UNDETERMINED
    trash = {*_trash(elements)}
    variables: dict[str, Variable] = {}
    sets: dict[str, ResponseSet] = {}
    double = []
    room = Room(path.name)
    for element in elements:
        payload = element.get("Payload") if isinstance(element, dict) and element.get("Element") == "SQ" else None
        if not isinstance(payload, dict) or _word(element.get("PrimaryAttribute")) in trash:
            continue
        for question in (payload, *_parts(payload)):
            columns, responses = _describe(question, lang, room)
            for variable in columns:
                if variable.name in variables:
                    double.append(variable.name)
                variables.setdefault(variable.name, variable)
            if responses is not None:
                sets[responses.name] = responses
    if not variables:
        raise ReadError(f"{path.name!r} is a questionnaire of Qualtrics without questions; export it again")
    if double:
        warn(f"{path.name!r} gives several columns one name, {some(double, 5)}; the first question describes it")
    title = plain_text(_word(entry.get("SurveyName")))
    book = Codebook.of(variables.values(), {lang: title} if title else {})
    return CodebookFile(replace(book, response_sets=sets), files=(hash_file(path),))


def _load(path: Path) -> Json:
    try:
        content = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ReadError(
            f"{path.name!r} has lists too deep in each other, which no questionnaire has; export it again"
        ) from error
    except ValueError as error:
        raise ReadError(f"{path.name!r} is no JSON that can be read ({str(error)[:80]}); export it again") from error
    return content if isinstance(content, dict) else {}


def _trash(elements: list[Any]) -> Iterator[str]:
    """Yield the identifiers of questions that were thrown away."""
    for element in elements:
        payload = element.get("Payload") if isinstance(element, dict) and element.get("Element") == "BL" else None
        for block in payload.values() if isinstance(payload, dict) else payload or []:
            if isinstance(block, dict) and block.get("Type") == "Trash":
                for one in block.get("BlockElements") or []:
                    if isinstance(one, dict):
                        yield _word(one.get("QuestionID"))


def _parts(payload: Json) -> list[Json]:
    """Return the questions that stand side by side in one."""
    inside = payload.get("AdditionalQuestions")
    return [one for one in inside.values() if isinstance(one, dict)] if isinstance(inside, dict) else []


def _word(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _table(value: Any) -> dict[str, Any]:
    """Return a table of choices: where their numbers run from 0, Qualtrics writes a list, and an empty one for none."""
    if isinstance(value, list):
        return {str(number): one for number, one in enumerate(value)}
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else {}


def _display(choice: Any) -> str:
    return plain_text(_word(choice.get("Display")) if isinstance(choice, dict) else _word(choice))


def _question(payload: Json, lang: str) -> dict[str, str]:
    """Return the question in all its languages."""
    texts = {lang: plain_text(_word(payload.get("QuestionText")))}
    for other, one in _table(payload.get("Language")).items():
        if isinstance(one, dict):
            texts.setdefault(other.lower(), plain_text(_word(one.get("QuestionText"))))
    return {tongue: text for tongue, text in texts.items() if text}


def _choices(payload: Json, kind: str, lang: str) -> dict[str, dict[str, str]]:
    """Return the choices (or, of a matrix, the answers) by their identifier, in the order in which they were shown."""
    given = _table(payload.get(kind))
    shown = payload.get("ChoiceOrder" if kind == "Choices" else "AnswerOrder")
    keys = [_word(one) for one in (shown if isinstance(shown, list) else _table(shown).values())]
    order = dict.fromkeys([*(key for key in keys if key in given), *given])
    found = {key: {lang: _display(given[key])} for key in order}
    for other, one in _table(payload.get("Language")).items():
        for key, choice in _table(one.get(kind) if isinstance(one, dict) else None).items():
            if key in found:
                found[key].setdefault(other.lower(), _display(choice))
    return {key: {tongue: text for tongue, text in texts.items() if text} for key, texts in found.items()}


def _describe(payload: Json, lang: str, room: Room) -> tuple[list[Variable], ResponseSet | None]:
    """Return the columns that a question has in an export, and its response set."""
    tag, kind, selector = (_word(payload.get(key)) for key in ("DataExportTag", "QuestionType", "Selector"))
    if not tag or kind in NO_COLUMN or kind == "SBS":
        return [], None
    text = _question(payload, lang)
    choices = _choices(payload, "Choices", lang)
    recoded = {key: _word(value) for key, value in _table(payload.get("RecodeValues")).items()}
    found: list[Variable] = []

    def column(suffix: str, part: Mapping[str, str], codes: Mapping[Code, Texts], level: Measure | None) -> None:
        room.take(len(codes))
        whole = {tongue: f"{text[tongue]}: {part[tongue]}" if tongue in text else part[tongue] for tongue in part}
        name = suffix if suffix.startswith(f"{tag}_") else f"{tag}_{suffix}" if suffix else tag
        found.append(Variable(name, whole or text, codes, measure=level))

    responses = None
    if kind == "Matrix":
        _describe_matrix(payload, lang, choices, recoded, column)
    elif kind == "MC" and selector in MANY:
        for key, texts in choices.items():
            column(recoded.get(key) or key, texts, {1: texts}, "nominal")
        items = tuple(dict.fromkeys(one.name for one in found))
        responses = ResponseSet(tag, items, 1, text) if len(items) > 1 else None
    elif kind == "MC":
        column("", {}, as_codes(_by_code(choices, recoded, tag)), "nominal")
    elif kind in SCALES or (kind == "TE" and selector == "FORM"):
        for key, texts in choices.items():
            column(recoded.get(key) or key, texts, {}, "scale" if kind in SCALES else None)
    else:
        column("", {}, {}, None)
    for key, choice in _table(payload.get("Choices")).items():
        if isinstance(choice, dict) and choice.get("TextEntry") and kind in ("MC", "Matrix"):
            column(f"{recoded.get(key) or key if kind == 'MC' else key}_TEXT", choices.get(key, {}), {}, None)
    return found, responses


def _by_code(choices: Mapping[str, dict[str, str]], recoded: Mapping[str, str], tag: str) -> dict[str, dict[str, str]]:
    """Return the choices by the code that an export writes; where two share one, it has the texts of both."""
    found: dict[str, dict[str, str]] = {}
    for key, texts in choices.items():
        code = recoded.get(key) or key
        if code in found:
            warn(
                f"the question {tag!r} gives one recode value, {code}, to several choices; answers with it cannot be told apart, and its label names them all. Give each choice a value of its own"
            )
            found[code] = {
                tongue: " / ".join(dict.fromkeys(filter(None, (found[code].get(tongue), texts.get(tongue)))))
                for tongue in {**found[code], **texts}
            }
        else:
            found[code] = texts
    return found


def _describe_matrix(
    payload: Json, lang: str, rows: Mapping[str, Mapping[str, str]], recoded: Mapping[str, str], column: Any
) -> None:
    """Describe the columns of a matrix: one for each row, or for each cell where several can be marked."""
    tags = {key: _word(value) for key, value in _table(payload.get("ChoiceDataExportTags")).items()}
    answers = _choices(payload, "Answers", lang)
    codes = _by_code(answers, recoded, _word(payload.get("DataExportTag")))
    texts_only = payload.get("Selector") == "TE"
    for key, texts in rows.items():
        name = tags.get(key) or key
        if payload.get("SubSelector") == "MultipleAnswer" or texts_only:
            for code, answer in codes.items():
                part = {
                    tongue: " / ".join(filter(None, (texts.get(tongue), answer.get(tongue))))
                    for tongue in {**texts, **answer}
                }
                column(f"{name}_{code}", part, {} if texts_only else {1: answer}, None if texts_only else "nominal")
        else:
            column(name, texts, as_codes(codes), "nominal")
