"""Writing a survey as an SPSS system file, the same bytes on every run."""

import datetime
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import some, suggest, warn
from surveykit.codebook import Variable, pick_text
from surveykit.errors import WriteError
from surveykit.reading.csv_writer import restore_missing_codes
from surveykit.reading.files import PathLike, check_disk, write_whole
from surveykit.reading.spss_dictionary import CREATED_AT, WEIGHT_INDEX_AT, read_dictionary
from surveykit.survey import Survey, known_hashes

LABEL_BYTES = 256
VALUE_LABEL_BYTES = 120
FILE_LABEL_BYTES = 64
NAME_BYTES = 64
STRING_BYTES = 32767
EPOCH = datetime.datetime(1970, 1, 1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RESERVED = ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH")


def write_spss(survey: Survey, path: PathLike, *, lang: str | None = None, weight: str | None = None,
               timestamp: datetime.datetime = EPOCH) -> None:
    """Write a survey as an SPSS system file (.sav, or .zsav by its name).

    Parameters
    ----------
    survey : Survey
    path : path
        The file; it is replaced when it exists, unless it is the one that the survey was read from.
    lang : str, optional
        Language of the labels; an SPSS file holds one.
    weight : str, optional
        Weight variable, saved as WEIGHT BY; by default the one that the survey's provenance names.
    timestamp : datetime
        Creation date written into the file. It is fixed by default, so that two runs write the same bytes.

    Raises
    ------
    WriteError
        When SPSS's rules cannot hold the survey: a variable name, missing codes that are neither three values nor a
        range, a column of mixed kinds.

    Notes
    -----
    Answers that are missing for a reason go back to their codes, and the codes are declared user-missing. SPSS keeps
    256 bytes of a variable label, 120 of a value label and 64 of the file label; longer ones are cut between
    characters and named in a warning (a Cyrillic letter takes two bytes). The file label says SIMULATED when the
    answers are simulated.
    R: ``haven::write_sav``.
    """
    data = restore_missing_codes(survey)
    book = survey.codebook
    _check_names(data.columns)
    chosen = weight or survey.provenance.weight
    if weight is not None and weight not in data.columns:
        raise WriteError(f"`weight` names {weight!r}, which is not a column{suggest(weight, data.columns)}")
    variables = [book[name] for name in data.columns]
    formats: dict[str, str] = {}
    for name in data.columns:
        data[name], form = _storable(data[name])
        if form:
            formats[name] = form
    cut: list[str] = []
    questions = {v.name: _fit(pick_text(v.question, lang), LABEL_BYTES, v.name, cut) for v in variables if v.question}
    labels = {v.name: _value_labels(v, data[v.name], lang, cut) for v in variables if v.labels or v.missing}
    title = pick_text(book.title, lang)
    heading = " ".join(["SIMULATED", title]).strip() if survey.provenance.simulated else title
    file_label = _fit(heading, FILE_LABEL_BYTES, "", [])
    if file_label != heading:
        warn(f"SPSS keeps {FILE_LABEL_BYTES} bytes of a file label; {heading!r} has {len(heading.encode('utf-8'))} and "
             f"was cut to {file_label!r}; write_codebook() keeps it whole")
    if cut:
        warn(f"SPSS keeps {LABEL_BYTES} bytes of a variable label and {VALUE_LABEL_BYTES} of a value label; those of "
             f"{some(dict.fromkeys(cut))} were cut in the file, write_codebook() keeps them whole")
    lost = [*(f"the response set {name!r}" for name in book.response_sets),
            *(f"who was asked {v.name!r} and how" for v in variables if v.universe or v.mode)]
    if lost:
        warn(f"a .sav written here does not hold {some(lost, 5)}; write_codebook() keeps that")
    settings: dict[str, Any] = {
        "file_label": file_label,
        "column_labels": questions,
        "variable_value_labels": {name: texts for name, texts in labels.items() if texts},
        "missing_ranges": {
            v.name: _missing_ranges(v, data[v.name]) for v in variables if v.missing or v.missing_ranges
        },
        "variable_measure": {v.name: v.measure for v in variables if v.measure},
        "variable_format": formats,
    }
    zlib = str(path).lower().endswith(".zsav")

    def write(temporary: Path) -> None:
        try:
            pyreadstat.write_sav(data, str(temporary), compress=zlib, row_compress=not zlib, **settings)
        except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, TypeError, UnicodeError, OverflowError) as error:
            check_disk(temporary.parent)  # the library says "Unable to write data" and not why
            raise WriteError(f"the survey cannot be written as SPSS: {error}") from error
        _patch_header(temporary, chosen if chosen in data.columns else None, timestamp)

    write_whole(path, write, answers=known_hashes(survey.provenance))


def _check_names(names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        text = str(name)
        sound = text[:1].isalpha() or text[:1] in "@#$"
        if not sound or not all(mark.isalnum() or mark in "._$#@" for mark in text) or text.endswith("."):
            raise WriteError(f"{text!r} cannot name an SPSS variable; a name begins with a letter and holds letters, "
                             "digits, '_', '.', '$', '#' and '@'; rename the column")
        if len(text.encode("utf-8")) > NAME_BYTES or text.upper() in RESERVED:
            raise WriteError(f"{text!r} cannot name an SPSS variable: it is longer than {NAME_BYTES} bytes or a word "
                             "of SPSS's own; rename the column")
        if text.lower() in seen:
            raise WriteError(f"{seen[text.lower()]!r} and {text!r} are one name to SPSS, which ignores case; rename "
                             "one")
        seen[text.lower()] = text


def _doubles(column: pd.Series) -> pd.Series:
    """Return a column as the floats that SPSS stores; whole numbers that these cannot hold are refused."""
    numbers = column.astype(float)
    if pd.api.types.is_integer_dtype(column.dtype):
        wrong = next((cell for cell, number in zip(column, numbers) if not pd.isna(cell) and int(number) != cell), None)
        if wrong is not None:
            raise WriteError(f"{column.name!r} holds {wrong}, which SPSS would store as another number; identifiers of "
                             "more than 15 digits belong in a column of texts")
    return numbers


def _storable(column: pd.Series) -> tuple[pd.Series, str]:
    """Return a column in a kind that SPSS stores, and its print format when it needs one."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        naive = column.dt.tz_localize(None) if getattr(column.dtype, "tz", None) is not None else column
        days = naive.dropna()
        if len(days) and (days == days.dt.normalize()).all():
            return (naive - pd.Timestamp("1582-10-14").as_unit("s")).dt.total_seconds().astype(float), "DATE11"
        return (naive - pd.Timestamp("1582-10-14").as_unit("s")).dt.total_seconds().astype(float), "DATETIME23.2"
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return column.dt.total_seconds().astype(float), "TIME11.2"
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return _doubles(column), ""
    texts = column.astype(object)
    wrong = next((cell for cell in texts if not isinstance(cell, str) and not pd.isna(cell)), None)
    if wrong is not None:
        raise WriteError(f"{column.name!r} holds {wrong!r} among texts; an SPSS column holds numbers or texts, not "
                         "both (Stata's .a to .z are texts among numbers: write_csv() and write_codebook() keep them)")
    texts = texts.where(texts.notna(), "")
    long = next((row for row, cell in texts.items() if len(cell.encode("utf-8")) > STRING_BYTES), None)
    if long is not None:
        raise WriteError(f"{column.name!r} holds a text of more than {STRING_BYTES} bytes in row {long!r}; SPSS "
                         "stores no more")
    return texts.astype("str"), ""


def _fit(text: str, limit: int, name: str, cut: list[str]) -> str:
    encoded = text.encode("utf-8")
    if len(encoded) <= limit:
        return text
    cut.append(name)
    return encoded[:limit].decode("utf-8", "ignore")


def _value_labels(variable: Variable, column: pd.Series, lang: str | None, cut: list[str]) -> dict[float | str, str]:
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    texts: Mapping[Any, Any] = {**variable.labels, **{code: text for code, text in variable.missing.items() if text}}
    wrong = next((code for code in texts if isinstance(code, str) == numeric), None)
    if wrong is not None:
        kind = "numbers" if numeric else "texts"
        raise WriteError(f"{variable.name!r} holds {kind}, but its codebook labels the code {wrong!r}; make codes and "
                         "data agree")
    return {float(code) if numeric else code: _fit(pick_text(text, lang), VALUE_LABEL_BYTES, variable.name, cut)
            for code, text in texts.items() if pick_text(text, lang)}


def _missing_ranges(variable: Variable, column: pd.Series) -> list[Any]:
    """Return up to three missing values, or one range and one value, which is all that SPSS holds."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return _missing_texts(variable)
    ranges = [{"lo": low, "hi": high} for low, high in variable.missing_ranges]
    codes = sorted(float(code) for code in variable.missing if not isinstance(code, str)
                   and not any(low <= code <= high for low, high in variable.missing_ranges))
    if len(ranges) + bool(ranges) * len(codes) <= 2 and len(ranges) <= 1 and len(codes) <= 3:
        return [*ranges, *codes]
    low, high = codes[0], codes[-1]
    between = ((column >= low) & (column <= high) & ~column.isin(codes)).any() or any(
        low <= code <= high for code in variable.labels if not isinstance(code, str))
    if ranges or between:
        raise WriteError(f"{variable.name!r} has the missing codes {some(codes)} and {len(ranges)} ranges; SPSS holds "
                         "three codes, or one range and one code: recode some of them into one")
    return [{"lo": low, "hi": high}]


def _missing_texts(variable: Variable) -> list[str]:
    codes = [str(code) for code in variable.missing]
    if len(codes) > 3 or any(len(code.encode("utf-8")) > 8 for code in codes):
        raise WriteError(f"{variable.name!r} has the missing codes {some(map(repr, codes))}; SPSS holds three texts "
                         "of up to eight bytes as missing: recode them")
    return codes


def _patch_header(path: Path, weight: str | None, timestamp: datetime.datetime) -> None:
    """Set the creation date, and the position of the weight variable, which pyreadstat leaves out."""
    date = f"{timestamp.day:02d} {MONTHS[timestamp.month - 1]} {timestamp.year % 100:02d}{timestamp:%H:%M:%S}"
    position = read_dictionary(path).elements.get(weight.encode("utf-8"), 0) if weight else 0
    with path.open("r+b") as stream:
        stream.seek(CREATED_AT)
        stream.write(date.encode("ascii"))
        stream.seek(WEIGHT_INDEX_AT)
        stream.write(struct.pack("<i", position))
