"""Reading CSV files as they come from survey tools, statistical programs and spreadsheets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from surveykit._checks import check_option, suggest, warn
from surveykit.codebook import Codebook, Variable
from surveykit.errors import ArgumentError, ColumnError, ReadError
from surveykit.files.kinds import KIND_WORDS, WAYS_OUT, FileKind, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.reading.codebook_file import CodebookFile
from surveykit.reading.codebooks.any_codebook import read_described
from surveykit.reading.csv.codebook_match import OnUnknown, as_moments, in_one_kind, match_codebook
from surveykit.reading.csv.columns import LEFT_AS_TEXT, describe_decisions
from surveykit.reading.csv.dates import DateOrder
from surveykit.reading.csv.dialect import EXCEL_HINT, decode_text, detect_delimiter, repair_line_ends
from surveykit.reading.csv.form_groups import follow_groups
from surveykit.reading.csv.form_headers import follow_spellings
from surveykit.reading.csv.records import read_columns
from surveykit.reading.csv.table import Table, TableOptions, make_table
from surveykit.reading.encodings.damage import warn_of_damage
from surveykit.reading.spss_stata.survey_from_columns import UserMissing, make_survey
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
    r"""Read a CSV file as a survey.

    Parameters
    ----------
    path : path
    codebook : path or Codebook, optional
        What the columns ask and what their codes mean: a file that `read_codebook` reads (TOML, DDI, .sps, .lss, .qsf,
        XLSForm), looked for beside the CSV too. Without it, a file of the same name that ends in .toml is used when
        there is one.
    encoding, delimiter, decimal : str, optional
        Detected when not given: from the bytes, from the delimiter under which all records have one width, and from the
        mark under which the columns with decimals are numbers throughout. A comma in a comma-delimited file is a
        decimal mark only where some cell cannot be anything else; a column whose mark may also group thousands, or part
        options that were chosen, stays text with a warning.
    thousands : {".", ",", " ", "'"}, optional
        The mark that groups thousands; it is taken out of columns that are numbers then.
    date_order : {"dmy", "mdy"}, optional
        What stands first in dates such as 01/05/2023, which stay text with a warning when their cells do not tell.
    text : str or sequence of str
        Columns that stay text as they stand, whatever they look like.
    title_rows : int, optional
        Records above the header that are left out. When not given, titles are recognized, with a warning.
    header_rows : {1, 2, 3}, optional
        1; 2 with questions (where every column has a name) or answer options in the second row; 3 where a third row
        holds a tool's own names. When not given, Qualtrics' rows are recognized, and a second row of options where the
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
        When the file is absent, empty or no CSV, when the records have different widths (the message names the first
        one), or when two delimiters or decimal marks fit equally well.
    EncodingError
        When the bytes do not fit the encoding, or leave it in doubt; the message shows the possible readings.
    CodeError
        When a cell is neither a code nor a label of its codebook, or the label of several codes.
    CodebookError
        When the codebook contradicts itself or has a key that no codebook has.
    ColumnError
        When `text`, or the weight of the codebook, names no column.
    ArgumentError
        When `delimiter` is no single character, `encoding` is unknown, or the file has no such `title_rows` or
        `header_rows`.

    Notes
    -----
    R: ``readr::read_delim(path, delim, locale = locale(decimal_mark, encoding))``, which takes these from the caller
    and guesses the types of columns from their first rows.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "answers.csv"
    ...     _ = file.write_text("id;q1;w\n1;4;0,5\n2;;1,25\n")
    ...     print(sk.read_csv(file).data)
    ...
       id   q1     w
    0   1  4.0  0.50
    1   2  NaN  1.25
    """
    check_option(on_unknown, ("error", "keep", "missing"), "on_unknown")
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    options = TableOptions(decimal, thousands, date_order, text, title_rows, header_rows, empty)
    options.check()
    if delimiter is not None and len(delimiter) != 1:
        raise ArgumentError(f"`delimiter` must be one character, but {delimiter!r} was given")
    file = check_file(path)
    kind = sniff_kind(file)
    if kind not in ("text", "por"):
        raise ReadError(f"{file.name!r} is {KIND_WORDS[kind]}, not a CSV file{_way_out(kind)}")
    given = find_codebook(file, codebook)
    content, decision = decode_text(file.read_bytes(), encoding, file.name)
    content = repair_line_ends(content)
    mark = delimiter or detect_delimiter(content, file.name)
    cells = read_columns(EXCEL_HINT.sub("\n", content), mark, file.name, title_rows)
    table = make_table(cells, mark, file.name, options)
    shown = {"\t": "tab"}.get(mark, repr(mark))
    origin = Provenance(
        source=file.name, sha256=hash_file(file), format="CSV", encoding=decision.encoding,
        encoding_how=decision.how,
        notes=(f"encoding {decision.how}", f"delimiter {shown}, decimal mark {table.decimal!r}"),
    )  # fmt: skip
    return describe_table(table, given, origin, lang, on_unknown, user_missing)


def describe_table(
    table: Table,
    given: CodebookFile,
    origin: Provenance,
    lang: str | None,
    on_unknown: OnUnknown,
    user_missing: UserMissing,
) -> Survey:
    """Return the survey of a table and its codebook; `origin` says which file it came from."""
    origin = origin.note(*table.notes)
    survey = describe_frame(table.data, table.describe(lang), given, origin, on_unknown, user_missing)
    doubts = _tell_texts(table, survey)
    if not len(survey):
        doubts.append("the table has a header and no answers below it")
    for doubt in doubts:
        warn(f"{origin.source!r}: {doubt}")
    return replace(survey, provenance=survey.provenance.note(*doubts))


def _tell_texts(table: Table, survey: Survey) -> list[str]:
    """Return what keeps columns text that are mostly numbers or dates, when no codebook describes their answers."""
    left = {
        name: column
        for name, column in table.columns.items()
        if pd.api.types.is_string_dtype(survey.frame[name].dtype)
        and not any((survey.codebook[name].labels, survey.codebook[name].missing, survey.codebook[name].missing_ranges))
    }
    return describe_decisions(left, LEFT_AS_TEXT)


def describe_frame(
    frame: pd.DataFrame,
    found: Codebook,
    given: CodebookFile,
    origin: Provenance,
    on_unknown: OnUnknown,
    user_missing: UserMissing,
) -> Survey:
    """Return the survey of columns, of what their file itself tells of them (`found`) and of a codebook."""
    name = origin.source
    in_groups, grouped = follow_groups(in_one_kind(given.codebook), list(frame.columns))
    spelled, matched = follow_spellings(in_groups, list(frame.columns))
    data, coded = match_codebook(frame, spelled, on_unknown, name)
    book = replace(spelled, variables={column: _prefer(spelled, found, column) for column in data.columns})
    weight = given.weight
    if weight is not None and weight not in data.columns:
        raise ColumnError(
            f"the codebook says weight = {weight!r}, which is not a column of {name!r}{suggest(weight, data)}"
        )
    notes = [*origin.notes, *grouped, *matched, *coded, *warn_of_damage(book, data, name)]
    provenance = replace(
        origin, simulated=given.simulated, weight=weight, notes=tuple(notes), files=(*origin.files, *given.files)
    )
    convert = as_moments if user_missing == "reasons" else None  # beside codes they stay among them
    return make_survey(data, book, provenance, user_missing, convert=convert)


def _way_out(kind: FileKind) -> str:
    reads = "read_survey() reads every kind by its bytes" if kind in ("sav", "dta") else WAYS_OUT.get(kind)
    return f"; {reads}" if reads else ""


def find_codebook(path: Path, codebook: PathLike | Codebook | None) -> CodebookFile:
    """Return the codebook that was given, or the one that lies beside the data under their name."""
    if isinstance(codebook, Codebook):
        return CodebookFile(codebook, codebook.simulated, codebook.weight)
    if codebook is None:
        beside = path.with_suffix(".toml")
        return read_described(beside) if beside.is_file() and beside != path else CodebookFile()
    beside = path.parent / codebook
    return read_described(codebook if Path(codebook).exists() or not beside.exists() else beside)


def _prefer(given: Codebook, found: Codebook, name: str) -> Variable:
    """Return the description that was given, with the header's question where it has none."""
    if name not in given:
        return found[name]
    ours = given[name]
    return ours if ours.question else replace(ours, question=found[name].question)
