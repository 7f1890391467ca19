"""LimeSurvey's questionnaire (.lss) as a codebook, with the columns named as its export names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from surveykit._checks import some, warn
from surveykit.codebook import Code, Codebook, Measure, ResponseSet, Texts, Variable
from surveykit.errors import ReadError
from surveykit.files.reading import hash_file
from surveykit.reading.codebook_file import CodebookFile
from surveykit.reading.codebooks.markup import plain_text
from surveykit.reading.codebooks.size import Room, check_size
from surveykit.reading.codebooks.xlsform import as_codes
from surveykit.reading.xml_parser import Attributes, parse_xml
from surveykit.words.pages import texts_of

MOST_BYTES, MOST_ELEMENTS = 100_000_000, 5_000_000
"""Of a questionnaire; one of 500 questions in three languages has some 5 million bytes."""
TABLES = (
    "questions", "subquestions", "answers", "question_l10ns", "answer_l10ns", "surveys_languagesettings", "groups",
)  # fmt: skip
"""The tables of LimeSurvey's database that say what was asked."""

Row = dict[str, str]
YES = {"en": "Yes", "ru": "Да", "kk": "Иә"}
NO = {"en": "No", "ru": "Нет", "kk": "Жоқ"}
FIXED: dict[str, dict[Code, Texts]] = {
    "Y": {"Y": YES, "N": NO},
    "G": {"F": {"en": "Female", "ru": "Женский", "kk": "Әйел"}, "M": {"en": "Male", "ru": "Мужской", "kk": "Ер"}},
    "C": {"Y": YES, "U": {"en": "Uncertain", "ru": "Не уверен(а)", "kk": "Сенімді емеспін"}, "N": NO},
    "E": {"I": {"en": "Increase", "ru": "Увеличение", "kk": "Арту"}, "S": {"en": "Same", "ru": "То же", "kk": "Сол күйі"},
          "D": {"en": "Decrease", "ru": "Уменьшение", "kk": "Кему"}},
}  # fmt: skip
"""Types of question whose answers LimeSurvey itself brings along."""

MEASURES: dict[str, Measure] = {
    "L": "nominal", "!": "nominal", "O": "nominal", "F": "nominal", "H": "nominal", "1": "nominal", "Y": "nominal",
    "G": "nominal", "C": "nominal", "E": "ordinal", "5": "ordinal", "A": "ordinal", "B": "ordinal", "N": "scale",
    "K": "scale", ":": "scale",
}  # fmt: skip
OTHER = "-oth-"
"""The code with which LimeSurvey writes that an answer stands in the column for another one."""
NO_COLUMN = ("", "X")


@dataclass
class _Form:
    """The rows of the tables, the texts of questions and answers by language, and the room that is left."""

    room: Room
    tables: dict[str, list[Row]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    kind: str = ""
    grouped: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict)
    beside: dict[str, dict[str, str]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def rows_of(self, table: str, key: str, value: str) -> list[Row]:
        """Return the rows of a table that have a value under a key; the table is gone through once."""
        if (table, key) not in self.grouped:
            groups: dict[str, list[Row]] = {}
            for row in self.rows(table):
                groups.setdefault(row.get(key, ""), []).append(row)
            self.grouped[table, key] = groups
        return self.grouped[table, key].get(value, [])


def read_limesurvey(path: Path) -> CodebookFile:
    """Return the codebook of a LimeSurvey questionnaire.

    Notes
    -----
    Columns are named as in an export with question codes: ``Q1``, ``Q2[SQ001]`` for each subquestion or option,
    ``Q2[other]``, ``Q1[comment]``, ``Q3[SQ001][1]`` for the first of two scales, ``Q4[1]`` for the first rank,
    ``Q5[SQ001_SQ002]`` for a cell of a matrix of texts or numbers. Options that were ticked are Y, and a response set
    for each question. Old structures (texts in the tables of questions) and those since release 4 (texts beside them)
    are read.

    References
    ----------
    LimeSurvey Manual: Exporting results; Question types; Survey structure file (.lss).
    """
    check_size(path, MOST_BYTES)
    form = _parse(path)
    if form.kind != "Survey" and not form.rows("questions"):
        raise ReadError(f"{path.name!r} is no questionnaire of LimeSurvey; export it again as Survey structure (.lss)")
    form.beside = _texts_by_key(form, "answer_l10ns", key="aid", text="answer")
    asked = _texts_by_key(form, "questions", "subquestions", "question_l10ns", key="qid", text="question")
    titles = {
        row.get("surveyls_language", ""): plain_text(row.get("surveyls_title", ""))
        for row in form.rows("surveys_languagesettings")
    }
    variables: dict[str, Variable] = {}
    sets: dict[str, ResponseSet] = {}
    double = []
    for question in _distinct(form.rows("questions"), "qid"):
        if question.get("parent_qid", "0") not in ("0", ""):
            continue
        columns, responses = _describe(question, form, asked)
        for variable in columns:
            if variable.name in variables:
                double.append(variable.name)
            variables.setdefault(variable.name, variable)
        if responses is not None:
            sets[responses.name] = responses
    if not variables:
        raise ReadError(
            f"{path.name!r} is a questionnaire of LimeSurvey without questions; export the survey structure again"
        )
    if double:
        warn(f"{path.name!r} gives several columns one name, {some(double, 5)}; the first question describes it")
    book = replace(
        Codebook.of(variables.values(), {lang: text for lang, text in titles.items() if text}), response_sets=sets
    )
    return CodebookFile(book, files=(hash_file(path),))


def _parse(path: Path) -> _Form:
    form = _Form(Room(path.name))
    where: list[str] = []
    row: Row = {}
    pieces: list[str] = []

    def start(tag: str, _: Attributes) -> None:
        where.append(tag)
        pieces.clear()
        if tag == "row":
            row.clear()

    def end(tag: str) -> None:
        where.pop()
        if len(where) >= 2 and where[-1] == "row":
            row[tag] = "".join(pieces).strip()
        elif tag == "row" and len(where) >= 2 and where[-2] in TABLES:
            form.tables.setdefault(where[-2], []).append(dict(row))
        elif tag == "language" and where[-1:] == ["languages"]:
            form.languages.append("".join(pieces).strip())
        elif tag == "LimeSurveyDocType":
            form.kind = "".join(pieces).strip()
        pieces.clear()

    with path.open("rb") as stream:
        parse_xml(stream, path.name, start, end, pieces.append, most_elements=MOST_ELEMENTS)
    return form


def _distinct(rows: Iterable[Row], key: str) -> list[Row]:
    """Return the rows of one language: the first of each key (old structures have one row for each language)."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.get(key, ""), row)
    return list(found.values())


def _texts_by_key(form: _Form, *tables: str, key: str, text: str) -> dict[str, dict[str, str]]:
    """Return the texts of questions or answers by key and language."""
    found: dict[str, dict[str, str]] = {}
    for table in tables:
        for row in form.rows(table):
            words = plain_text(row.get(text, ""))
            if words:
                found.setdefault(row.get(key, ""), {}).setdefault(row.get("language", "") or _first(form), words)
    return found


def _first(form: _Form) -> str:
    return form.languages[0] if form.languages else "und"


def _options(qid: str, scale: str, form: _Form) -> dict[str, Texts]:
    """Return the answers to a question by code, in their order."""
    mine = [row for row in form.rows_of("answers", "qid", qid) if (row.get("scale_id") or "0") == scale]
    mine.sort(key=lambda row: _order(row.get("sortorder")))
    options: dict[str, dict[str, str]] = {}
    for row in mine:
        texts = options.setdefault(row.get("code", ""), {})
        words = plain_text(row.get("answer", ""))
        texts.update(
            {row.get("language", "") or _first(form): words} if words else form.beside.get(row.get("aid", ""), {})
        )
    return {code: texts for code, texts in options.items() if code}


def _order(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


@dataclass
class _Question:
    """A question, its subquestions, and the columns that it has in an export."""

    row: Row
    form: _Form
    asked: Mapping[str, Mapping[str, str]]
    found: list[Variable] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.row.get("type", "")

    @property
    def text(self) -> Mapping[str, str]:
        return self.asked.get(self.row.get("qid", ""), {})

    def parts(self, scale: str) -> list[tuple[str, Mapping[str, str]]]:
        """Return the code and the texts of each subquestion on one side of the question, in their order."""
        mine = _distinct(self.form.rows_of("subquestions", "parent_qid", self.row.get("qid", "")), "qid")
        mine = [row for row in mine if (row.get("scale_id") or "0") == scale]
        mine.sort(key=lambda row: _order(row.get("question_order")))
        return [(row.get("title", ""), self.asked.get(row.get("qid", ""), {})) for row in mine]

    def labels(self, scale: str = "0", *, other: bool = False) -> Mapping[Code, Texts]:
        if self.kind in FIXED:
            return FIXED[self.kind]
        options = _options(self.row.get("qid", ""), scale, self.form)
        return as_codes({**options, OTHER: texts_of("label_other")} if other else options)

    def column(self, suffix: str, part: Mapping[str, str], codes: Mapping[Code, Texts], level: Measure | None) -> str:
        """Add a column and return its name."""
        self.form.room.take(len(codes))
        text = self.text
        whole = {lang: f"{text[lang]}: {part[lang]}" if lang in text else part[lang] for lang in part}
        name = f"{self.row.get('title', '')}{suffix}"
        self.found.append(Variable(name, whole or dict(text), codes, measure=level))
        return name

    def ticked(self) -> ResponseSet | None:
        """Add the options of a question with several answers."""
        items = []
        for code, part in self.parts("0"):
            items.append(self.column(f"[{code}]", part, {"Y": YES}, None))
            if self.kind == "P":
                self.column(f"[{code}comment]", part, {}, None)
        name = self.row.get("title", "")
        return ResponseSet(name, tuple(items), "Y", dict(self.text)) if len({*items}) > 1 else None

    def two_scales(self) -> None:
        for code, part in self.parts("0"):
            for scale in ("0", "1"):
                self.column(f"[{code}][{int(scale) + 1}]", part, self.labels(scale), MEASURES[self.kind])

    def ranked(self) -> None:
        labels = self.labels()
        for rank in range(1, len(labels) + 1):
            self.column(f"[{rank}]", {}, labels, "nominal")

    def cells(self) -> None:
        for code, part in self.parts("0"):
            for across, beside in self.parts("1"):
                self.column(f"[{code}_{across}]", _join(part, beside), {}, MEASURES.get(self.kind))

    def plain(self, *, other: bool) -> None:
        """Add one column, or one for each subquestion."""
        labels, measure = self.labels(other=other), MEASURES.get(self.kind)
        for code, part in self.parts("0"):
            self.column(f"[{code}]", part, labels, measure)
        if not self.found:
            self.column("", {}, labels, measure)


def _describe(
    row: Row, form: _Form, asked: Mapping[str, Mapping[str, str]]
) -> tuple[list[Variable], ResponseSet | None]:
    """Return the columns that a question has in an export, and its response set."""
    question = _Question(row, form, asked)
    if question.kind in NO_COLUMN or not row.get("title"):
        return [], None
    other = row.get("other") == "Y"
    responses = None
    if question.kind in ("M", "P"):
        responses = question.ticked()
    elif question.kind == "1":
        question.two_scales()
    elif question.kind == "R":
        question.ranked()
    elif question.kind in (";", ":"):
        question.cells()
    else:
        question.plain(other=other and question.kind in ("L", "!"))
    if other and question.kind in ("L", "!", "M", "P"):
        question.column("[other]", texts_of("label_other"), {}, None)
    if question.kind == "O":
        question.column("[comment]", {}, {}, None)
    return question.found, responses


def _join(one: Mapping[str, str], two: Mapping[str, str]) -> dict[str, str]:
    return {lang: " / ".join(filter(None, (one.get(lang), two.get(lang)))) for lang in {**one, **two}}
