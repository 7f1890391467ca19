"""Reading CSV files as they come from survey tools, statistical programs and spreadsheets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from surveykit._checks import check_option, some, suggest, warn
from surveykit.codebook import UNDETERMINED, Codebook, Variable
from surveykit.errors import ArgumentError, ColumnError, ReadError
from surveykit.reading.assembly import UserMissing, make_survey
from surveykit.reading.codebook_file import CodebookFile, read_codebook_file
from surveykit.reading.codebook_match import OnUnknown, in_one_kind, match_codebook
from surveykit.reading.csv_columns import describe_decisions, factorize_cells, make_column
from surveykit.reading.csv_dialect import (
    EXCEL_HINT,
    decode_text,
    detect_decimal,
    detect_delimiter,
    repair_line_ends,
)
from surveykit.reading.csv_header import Header, read_header
from surveykit.reading.csv_records import read_columns
from surveykit.reading.damage import warn_of_damage
from surveykit.reading.files import KIND_WORDS, PathLike, check_file, hash_file, sniff_kind
from surveykit.survey import Provenance, Survey


def read_csv(
    path: PathLike,
    *,
    codebook: PathLike | Codebook | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header_rows: int | None = None,
    empty: Sequence[str] = ("",),
    lang: str | None = None,
    on_unknown: OnUnknown = "error",
    user_missing: UserMissing = "reasons",
) -> Survey:
    """Read a CSV file as a survey.

    Parameters
    ----------
    path : path
    codebook : path or Codebook, optional
        What the columns ask and what their codes mean: a TOML file (`read_codebook`), looked for beside the CSV too.
        Without it, a file of the same name that ends in .toml is used when there is one.
    encoding, delimiter, decimal : str, optional
        Detected when not given: from the bytes, from the delimiter under which all records have one width, and from the
        mark under which the columns with decimals are numbers throughout.
    header_rows : {1, 2}, optional
        When not given, a second header row (answer options under the questions) is recognised where the first row
        leaves columns unnamed.
    empty : sequence of str
        Cells that mean "no answer" in every column. In a column of numbers, "NA" and the like are empty too; in a
        column of texts they are answers.
    lang : str, optional
        Language of questions that stand in the header.
    on_unknown : {"error", "keep", "missing"}
        What becomes of a code that its codebook does not know, in a variable whose `measure` is nominal or ordinal.
    user_missing : {"reasons", "codes"}
        As in `read_spss`.

    Returns
    -------
    Survey
        One row per record; a record whose cells are all empty is a respondent who answered nothing, with a warning. A
        column is numeric, a date, or text as a whole. Numbers with leading zeros, of more than 18 digits, and of more
        than 15 beside empty cells stay text, because they are identifiers. Where the codebook gives labels, answers
        written as labels become codes.

    Raises
    ------
    ReadError
        When the records have different widths; the message names the first one.
    EncodingError, CodeError, CodebookError

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = file.write_text("id;q1;w\\n1;4;0,5\\n2;;1,25\\n")
    >>> read_csv(file).data
       id   q1     w
    0   1  4.0  0.50
    1   2  NaN  1.25
    """
    check_option(on_unknown, ("error", "keep", "missing"), "on_unknown")
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    check_option(header_rows, (None, 1, 2), "header_rows")
    check_option(decimal, (None, ".", ","), "decimal")
    if delimiter is not None and len(delimiter) != 1:
        raise ArgumentError(f"`delimiter` must be one character, but {delimiter!r} was given")
    found = check_file(path)
    kind = sniff_kind(found)
    if kind not in ("text", "por"):
        raise ReadError(f"{found.name!r} is {KIND_WORDS[kind]}, not a CSV file{_way_out(kind)}")
    given = _find_codebook(found, codebook)
    given = replace(given, codebook=in_one_kind(given.codebook))
    text, decision = decode_text(found.read_bytes(), encoding, found.name)
    text = repair_line_ends(text)
    mark = delimiter or detect_delimiter(text, found.name)
    cells = read_columns(EXCEL_HINT.sub("", text), mark, found.name)
    header = read_header(cells, header_rows)
    for doubt in header.doubts:
        warn(f"{found.name!r}: {doubt}")
    coded = {name: factorize_cells(column[header.rows:]) for name, column in zip(header.names, cells)}
    point = decimal or detect_decimal([(name, distinct) for name, (_, distinct) in coded.items()], found.name)
    columns = {name: make_column(name, *column, point, ("", *empty)) for name, column in coded.items()}
    data = pd.DataFrame({name: column.values for name, column in columns.items()})
    book = _describe(header, {name: column.variable for name, column in columns.items()}, lang)
    data, matched = match_codebook(data, given.codebook, on_unknown, found.name)
    book = replace(given.codebook, variables={name: _prefer(given.codebook, book, name) for name in header.names})
    weight = given.weight
    if weight is not None and weight not in data.columns:
        raise ColumnError(f"the codebook says weight = {weight!r}, which is not a column of "
                          f"{found.name!r}{suggest(weight, data)}")
    shown = {"\t": "tab"}.get(mark, repr(mark))
    notes = [f"encoding {decision.how}", f"delimiter {shown}, decimal mark {point!r}", *header.notes, *matched]
    notes += describe_decisions(columns)
    grouped = [name for name, column in columns.items() if column.decision == "thousands"]
    if grouped:
        warn(f"{found.name!r}: numbers with thousands marks in {some(grouped)} stay text; take the marks out")
    notes += warn_of_damage(book, data, found.name)
    provenance = Provenance(
        source=found.name, sha256=hash_file(found), format="CSV", encoding=decision.encoding,
        simulated=given.simulated, weight=weight, notes=tuple(notes),
    )  # fmt: skip
    return make_survey(data, book, provenance, user_missing)


def _way_out(kind: str) -> str:
    if kind == "xlsx":
        return "; save the sheet as CSV (UTF-8) and read that"
    return "; read_survey() reads every kind by its bytes" if kind in ("sav", "dta") else ""


def _find_codebook(path: Path, codebook: PathLike | Codebook | None) -> CodebookFile:
    if isinstance(codebook, Codebook):
        return CodebookFile(codebook)
    if codebook is None:
        beside = path.with_suffix(".toml")
        return read_codebook_file(beside) if beside.is_file() and beside != path else CodebookFile()
    beside = path.parent / codebook
    return read_codebook_file(codebook if Path(codebook).exists() or not beside.exists() else beside)


def _describe(header: Header, variables: dict[str, Variable | None], lang: str | None) -> Codebook:
    described = []
    for name in header.names:
        question = {lang or UNDETERMINED: header.questions[name]} if name in header.questions else {}
        variable = variables.get(name) or Variable(name)
        described.append(replace(variable, question=question))
    return Codebook.of(described)


def _prefer(given: Codebook, found: Codebook, name: str) -> Variable:
    """Return the description that was given, with the header's question where it has none."""
    if name not in given:
        return found[name]
    ours = given[name]
    return ours if ours.question else replace(ours, question=found[name].question)
