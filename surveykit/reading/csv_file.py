"""Reading CSV files as they come from survey tools, statistical programs and spreadsheets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from surveykit._checks import as_names, check_columns, check_option, some, suggest, warn
from surveykit.codebook import UNDETERMINED, Codebook, Variable
from surveykit.errors import ArgumentError, ColumnError, ReadError
from surveykit.reading.assembly import UserMissing, make_survey
from surveykit.reading.codebook_file import CodebookFile, read_codebook_file
from surveykit.reading.codebook_match import OnUnknown, in_one_kind, match_codebook
from surveykit.reading.csv_columns import WARNINGS, describe_decisions, factorize_cells, keep_text, make_column
from surveykit.reading.csv_dialect import EXCEL_HINT, decode_text, detect_delimiter, repair_line_ends
from surveykit.reading.csv_header import Header, read_header
from surveykit.reading.csv_marks import Marks, judge_marks, ungroup
from surveykit.reading.csv_moments import DateOrder
from surveykit.reading.csv_records import read_columns
from surveykit.reading.csv_surroundings import leave_out_surroundings
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
    thousands: str | None = None,
    date_order: DateOrder | None = None,
    text: str | Sequence[str] = (),
    title_rows: int | None = None,
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
        mark under which the columns with decimals are numbers throughout. A comma in a comma-delimited file is a decimal
        mark only where some cell cannot be anything else; a column whose mark may also group thousands, or part options
        that were chosen, stays text with a warning.
    thousands : {".", ",", " ", "'"}, optional
        The mark that groups thousands; it is taken out of columns that are numbers then.
    date_order : {"dmy", "mdy"}, optional
        What stands first in dates such as 01/05/2023, which stay text with a warning when their cells do not tell.
    text : str or sequence of str
        Columns that stay text as they stand, whatever they look like.
    title_rows : int, optional
        Records above the header that are left out. When not given, titles are recognised, with a warning.
    header_rows : {1, 2, 3}, optional
        1; 2 with questions (where every column has a name) or answer options in the second row; 3 where a third row
        holds a tool's own names. When not given, Qualtrics' rows are recognised, and a second row of options where the
        first row leaves columns unnamed.
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
        column is numeric, a date, or text as a whole. The header again in the middle, and totals below the answers, are
        left out with a warning. Numbers with leading zeros, of more than 18 digits, and of more
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
    check_option(header_rows, (None, 1, 2, 3), "header_rows")
    check_option(thousands, (None, ".", ",", " ", "'"), "thousands")
    check_option(date_order, (None, "dmy", "mdy"), "date_order")
    if title_rows is not None and (isinstance(title_rows, bool) or not isinstance(title_rows, int) or title_rows < 0):
        raise ArgumentError(f"`title_rows` must be a number of records, 0 or more, but {title_rows!r} was given")
    check_option(decimal, (None, ".", ","), "decimal")
    if delimiter is not None and len(delimiter) != 1:
        raise ArgumentError(f"`delimiter` must be one character, but {delimiter!r} was given")
    found = check_file(path)
    kind = sniff_kind(found)
    if kind not in ("text", "por"):
        raise ReadError(f"{found.name!r} is {KIND_WORDS[kind]}, not a CSV file{_way_out(kind)}")
    given = _find_codebook(found, codebook)
    given = replace(given, codebook=in_one_kind(given.codebook))
    content, decision = decode_text(found.read_bytes(), encoding, found.name)
    content = repair_line_ends(content)
    mark = delimiter or detect_delimiter(content, found.name)
    cells = read_columns(EXCEL_HINT.sub("\n", content), mark, found.name, title_rows)
    cells = leave_out_surroundings(cells, found.name)
    header = read_header(cells, header_rows)
    for doubt in header.doubts:
        warn(f"{found.name!r}: {doubt}")
    texts = as_names(text, "text")
    check_columns(pd.DataFrame(columns=header.names), texts, "text")
    coded = {name: factorize_cells(column[header.rows:]) for name, column in zip(header.names, cells)}
    if thousands is not None:
        coded = {name: (codes, distinct if name in texts else ungroup(distinct, thousands))
                 for name, (codes, distinct) in coded.items()}
    guessed = [(name, distinct) for name, (_, distinct) in coded.items() if name not in texts]
    if decimal is None and thousands in (",", "."):
        decimal = "." if thousands == "," else ","
    marks = Marks(decimal, {}) if decimal else judge_marks(guessed, mark, found.name)
    point, nothing = marks.decimal, ("", *empty)
    columns = {name: keep_text(name, *column, nothing) if name in texts
               else make_column(name, *column, point, nothing, marks.doubts.get(name), date_order)
               for name, column in coded.items()}
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
    for sentence in describe_decisions(columns, WARNINGS):
        warn(f"{found.name!r}: {sentence}")
        notes.append(sentence)
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
