"""Writing a survey as an SPSS system file, the same bytes on every run."""

import datetime
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import some, suggest, warn
from surveykit.codebook import Code, ResponseSet, Variable, as_code, pick_text
from surveykit.errors import ReadError, WriteError
from surveykit.files.reading import PathLike
from surveykit.files.writing import check_disk, write_whole
from surveykit.reading.spss_stata.moments import spss_kind
from surveykit.reading.spss_stata.spss_attributes import (
    FILE_LABEL_BYTES,
    LABEL_BYTES,
    LABELS,
    QUESTION,
    SIMULATED,
    TITLE,
    VALUE_LABEL_BYTES,
    can_hold,
    format_attributes,
    format_variable_attributes,
)
from surveykit.reading.spss_stata.spss_cases import holds_all_cases
from surveykit.reading.spss_stata.spss_dictionary import SpssDictionary, read_dictionary
from surveykit.reading.spss_stata.spss_extension import complete_file
from surveykit.reading.spss_stata.spss_letters import number_letters
from surveykit.reading.spss_stata.spss_response_sets import format_sets
from surveykit.survey import Survey, known_hashes

# Limits of SPSS in bytes, not letters: Cyrillic takes two each in UTF-8.
NAME_BYTES = 64
STRING_BYTES = 32767
EPOCH = datetime.datetime(1970, 1, 1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RESERVED = ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH")
PRINT_FORMAT = re.compile(
    r"(?:F|COMMA|DOT|DOLLAR|PCT|E|N|Z|P|PK|IB|PIB|PIBHEX|RB|RBHEX|CC[A-E]|DATE|ADATE|EDATE|JDATE|SDATE|QYR|MOYR|WKYR|"
    r"DATETIME|YMDHMS|TIME|DTIME|MTIME|WKDAY|MONTH)[1-9]\d?(?:\.\d{1,2})?"
)


def write_spss(
    survey: Survey,
    path: PathLike,
    *,
    lang: str | None = None,
    weight: str | None = None,
    timestamp: datetime.datetime = EPOCH,
) -> None:
    """Write a survey as an SPSS system file (.sav, or .zsav by its name).

    Parameters
    ----------
    survey : Survey
    path : path
        The file, never one that the survey was read from.
    lang : str, optional
        Language of the labels; an SPSS file holds one.
    weight : str, optional
        Weight variable, saved as WEIGHT BY; by default the one that the survey's provenance names.
    timestamp : datetime
        Creation date written into the file. It is fixed by default, so that two runs write the same bytes.

    Raises
    ------
    WriteError
        When SPSS's rules cannot hold the survey (a variable name, missing codes that are neither three values nor a
        range, a column of mixed kinds), when `weight` is no column, when the file cannot be written or is the one that
        the survey was read from, or when it is there: it is replaced only when surveykit wrote it and nobody changed it
        since.

    Notes
    -----
    Answers that are missing for a reason go back to their codes, and the codes are declared user-missing; Stata's
    letters become numbers, which a warning names. SPSS keeps 256 bytes of a variable label, 120 of a value label and 64
    of the file label; longer ones are cut between characters, stand whole in custom attributes of the file (where
    `read_spss` finds them), and are named in a warning (a Cyrillic letter takes two bytes). Print formats and
    multiple-response sets are written as `read_spss` found them. The file label says SIMULATED when the answers are
    simulated.
    R: ``haven::write_sav``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> q1 = sk.Variable("q1", "The akim listens", labels={1: "No", 2: "Yes"}, missing={9: "refused"})
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, 9]}), sk.Codebook.of([q1])).with_missing_codes()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sk.write_spss(survey, pathlib.Path(folder) / "ili.sav")
    ...     print(sk.read_spss(pathlib.Path(folder) / "ili.sav", user_missing="codes").data["q1"].tolist())
    ...
    [1.0, 2.0, 9.0]
    """
    survey = number_letters(survey)
    data, book, formats = survey.data, survey.codebook, {}
    _check_names(data.columns)
    chosen = weight or survey.provenance.weight
    if weight is not None and weight not in data.columns:
        raise WriteError(f"`weight` names {weight!r}, which is not a column{suggest(weight, data.columns)}")
    variables = [book[name] for name in data.columns]
    for variable in variables:
        name = variable.name
        data[name], formats[name] = _storable(data[name], survey.missing_reasons.get(name), variable.print_format)
    texts = _Texts()
    questions = {v.name: texts.question(v.name, pick_text(v.question, lang)) for v in variables if v.question}
    labels = {v.name: _value_labels(v, data[v.name], lang, texts) for v in variables if v.labels or v.missing}
    title = pick_text(book.title, lang)
    file_label = texts.title(title, survey.provenance.simulated)
    texts.tell()
    sets, unwritten = _storable_sets(survey, lang)
    lost = [*unwritten, *(f"who was asked {v.name!r} and how" for v in variables if v.universe or v.mode or v.asked_of)]
    if lost:
        warn(f"a .sav written here does not hold {some(lost, 5)}; write_codebook() keeps that")
    settings: dict[str, Any] = {
        "file_label": file_label,
        "column_labels": questions,
        "variable_value_labels": {name: given for name, given in labels.items() if given},
        "missing_ranges": {
            v.name: _missing_ranges(v, data[v.name]) for v in variables if v.missing or v.missing_ranges
        },
        "variable_measure": {v.name: v.measure for v in variables if v.measure},
        "variable_format": {name: form for name, form in formats.items() if form},
    }
    zlib = str(path).lower().endswith(".zsav")
    weighted = chosen if chosen in data.columns else None

    def write(temporary: Path) -> None:
        try:
            pyreadstat.write_sav(data, str(temporary), compress=zlib, row_compress=not zlib, **settings)
        except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, TypeError, UnicodeError, OverflowError) as error:
            check_disk(temporary.parent)  # the library says "Unable to write data" and not why
            raise WriteError(f"the survey cannot be written as SPSS: {error}") from error
        # pyreadstat chooses the short names (of eight bytes) by which the record of sets knows its variables, so they
        # are read back
        written = _read_back(temporary, path)
        short = {name.decode("utf-8"): by for name, by in written.short_names.items()}
        records = {
            7: format_sets(sets, short),
            17: format_attributes(texts.of_file).encode("utf-8"),
            18: format_variable_attributes(texts.of_variables).encode("utf-8"),
        }
        position = written.elements[weighted.encode("utf-8")] if weighted else 0
        complete_file(temporary, records, position, _date(timestamp))

    write_whole(path, write, answers=known_hashes(survey.provenance))


def _read_back(temporary: Path, path: PathLike) -> SpssDictionary:
    """Return the dictionary of what was written, once all cases are known to stand on the disk.

    ReadStat takes a write that the system refuses outright (a full disk, a quota that is used up to the byte) for a
    whole one, so that the last rows would be missing without a word.
    """
    try:
        written = read_dictionary(temporary)
        if holds_all_cases(temporary, written):
            return written
        cause = None
    except ReadError as error:
        cause = error
    check_disk(temporary.parent)
    raise WriteError(
        f"{str(path)!r} cannot be written: not all of it came onto the disk, which is full or limited for you; choose a folder on another disk, or free some room"
    ) from cause


def _date(moment: datetime.datetime) -> str:
    return f"{moment.day:02d} {MONTHS[moment.month - 1]} {moment.year % 100:02d}{moment:%H:%M:%S}"


def _check_names(names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        text = str(name)
        if not _is_name(text):
            raise WriteError(
                f"{text!r} cannot name an SPSS variable; a name begins with a letter and holds letters, digits, '_', '.', '$', '#' and '@'; rename the column"
            )
        if len(text.encode("utf-8")) > NAME_BYTES or text.upper() in RESERVED:
            raise WriteError(
                f"{text!r} cannot name an SPSS variable: it is longer than {NAME_BYTES} bytes or a word of SPSS's own; rename the column"
            )
        if text.lower() in seen:
            raise WriteError(
                f"{seen[text.lower()]!r} and {text!r} are one name to SPSS, which ignores case; rename one"
            )
        seen[text.lower()] = text


def _is_name(text: str) -> bool:
    sound = text[:1].isalpha() or text[:1] in tuple("@#$")
    return sound and all(mark.isalnum() or mark in "._$#@" for mark in text) and not text.endswith(".")


def _doubles(column: pd.Series) -> pd.Series:
    """Return a column as the floats that SPSS stores; whole numbers that these cannot hold are refused."""
    numbers = column.astype(float)
    if pd.api.types.is_integer_dtype(column.dtype):
        wrong = next((cell for cell, number in zip(column, numbers) if not pd.isna(cell) and int(number) != cell), None)
        if wrong is not None:
            raise WriteError(
                f"{column.name!r} holds {wrong}, which SPSS would store as another number; identifiers of more than 15 digits belong in a column of texts"
            )
    return numbers


def _storable(column: pd.Series, reasons: pd.Series | None, form: str | None) -> tuple[pd.Series, str]:
    """Return a column in a kind that SPSS stores, with its missing codes, and its print format when it needs one.

    A declared print format is kept where it shows what the column holds.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        naive = column.dt.tz_localize(None) if getattr(column.dtype, "tz", None) is not None else column
        days = naive.dropna()
        usual = "DATE11" if len(days) and (days == days.dt.normalize()).all() else "DATETIME23.2"
        stored = (naive - pd.Timestamp("1582-10-14").as_unit("s")).dt.total_seconds().astype(float)
        return _with_codes(stored, reasons), _checked(form, column.name, usual, "date")
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        stored = column.dt.total_seconds().astype(float)
        return _with_codes(stored, reasons), _checked(form, column.name, "TIME11.2", "time")
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return _with_codes(_doubles(column), reasons), _checked(form, column.name, "", None)
    texts = _with_codes(column.astype(object), reasons)
    wrong = next((cell for cell in texts if not isinstance(cell, str) and not pd.isna(cell)), None)
    if wrong is not None:
        raise WriteError(
            f"{column.name!r} holds {wrong!r} among texts; an SPSS column holds numbers or texts, not both (write_csv() and write_codebook() keep them)"
        )
    texts = texts.where(texts.notna(), "")
    long = next((row for row, cell in texts.items() if len(cell.encode("utf-8")) > STRING_BYTES), None)
    if long is not None:
        raise WriteError(
            f"{column.name!r} holds a text of more than {STRING_BYTES} bytes in row {long!r}; SPSS stores no more"
        )
    return texts.astype("str"), ""


def _with_codes(column: pd.Series, reasons: pd.Series | None) -> pd.Series:
    """Return a column with the original code in every cell that is missing for a stated reason."""
    if reasons is None or not len(reasons):
        return column
    filled = column.copy()
    filled.loc[reasons.index] = reasons.astype(column.dtype)
    return filled


def _checked(form: str | None, name: object, usual: str, kind: str | None) -> str:
    """Return a declared print format, or the usual one where the declared shows something else."""
    if form is None:
        return usual
    known = PRINT_FORMAT.fullmatch(form.upper())
    if not known:
        raise WriteError(
            f'{name!r} has the print format {form!r}, which is none of SPSS\'s for numbers; "F8.2", "DATE11" and "TIME8" are some'
        )
    return form.upper() if kind in (None, spss_kind(form)) else usual


class _Texts:
    """The labels of a file, cut where SPSS keeps no more, and the whole ones for its custom attributes."""

    def __init__(self) -> None:
        self.of_file: dict[str, list[str]] = {}
        self.of_variables: dict[str, dict[str, list[str]]] = {}
        self.cut: dict[str, None] = {}
        self.lost: dict[str, None] = {}

    def _keep(self, text: str, limit: int, name: str, kept: str) -> tuple[str, list[str]]:
        """Return what SPSS keeps of a text, and what goes into an attribute."""
        fitting = _fit(text, limit)
        if fitting == text:
            return text, []
        (self.cut if can_hold(kept) else self.lost)[name] = None
        return fitting, [kept] if can_hold(kept) else []

    def question(self, name: str, text: str) -> str:
        """Return a variable label."""
        fitting, whole = self._keep(text, LABEL_BYTES, name, text)
        if whole:
            self.of_variables.setdefault(name, {})[QUESTION] = whole
        return fitting

    def label(self, name: str, code: Code, text: str) -> str:
        """Return a value label."""
        fitting, whole = self._keep(text, VALUE_LABEL_BYTES, name, f"{as_code(code)} = {text}")
        if whole:
            self.of_variables.setdefault(name, {}).setdefault(LABELS, []).extend(whole)
        return fitting

    def title(self, title: str, simulated: bool) -> str:
        """Return the file label, which says SIMULATED where the answers are."""
        heading = " ".join([SIMULATED, title]).strip() if simulated else title
        fitting, whole = self._keep(heading, FILE_LABEL_BYTES, "the file label", title)
        if whole:
            self.of_file[TITLE] = whole
        return fitting

    def tell(self) -> None:
        """Warn of texts that were cut."""
        said = f"SPSS keeps {LABEL_BYTES} bytes of a variable label, {VALUE_LABEL_BYTES} of a value label and {FILE_LABEL_BYTES} of the file label"
        if self.cut:
            warn(
                f"{said}; those of {some(self.cut)} are cut where SPSS shows them, and stand whole in custom attributes of the file, where read_spss() finds them"
            )
        if self.lost:
            warn(f"{said}; those of {some(self.lost)} were cut in the file, write_codebook() keeps them whole")


def _fit(text: str, limit: int) -> str:
    encoded = text.encode("utf-8")
    # the part of a letter that the cut leaves is dropped with it, so that no program finds broken UTF-8
    return text if len(encoded) <= limit else encoded[:limit].decode("utf-8", "ignore")


def _value_labels(variable: Variable, column: pd.Series, lang: str | None, texts: _Texts) -> dict[float | str, str]:
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    known: Mapping[Any, Any] = {**variable.labels, **{code: text for code, text in variable.missing.items() if text}}
    wrong = next((code for code in known if isinstance(code, str) == numeric), None)
    if wrong is not None:
        kind = "numbers" if numeric else "texts"
        raise WriteError(
            f"{variable.name!r} holds {kind}, but its codebook labels the code {wrong!r}; make codes and data agree"
        )
    return {
        float(code) if numeric else code: texts.label(variable.name, code, pick_text(text, lang))
        for code, text in known.items()
        if pick_text(text, lang)
    }


def _storable_sets(survey: Survey, lang: str | None) -> tuple[list[tuple[ResponseSet, str]], list[str]]:
    """Return the multiple-response sets that the file will hold, each with its label, and the words for the others."""
    columns, stored, lost = survey.frame.columns, [], []
    for name, one in survey.codebook.response_sets.items():
        whole = all(item in columns for item in one.items)
        sound = _is_name(name) and not name.startswith("$") and len(name.encode("utf-8")) < NAME_BYTES
        alike = whole and len({pd.api.types.is_string_dtype(survey.frame[item].dtype) for item in one.items}) == 1
        if whole and sound and alike:
            stored.append((one, pick_text(one.question or {}, lang).replace("\n", " ")))
        elif whole:
            lost.append(f"the response set {name!r}")
    return stored, lost


def _missing_ranges(variable: Variable, column: pd.Series) -> list[Any]:
    """Return up to three missing values, or one range and one value, which is all that SPSS holds."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return _missing_texts(variable)
    ranges = [{"lo": low, "hi": high} for low, high in variable.missing_ranges]
    codes = sorted(
        float(code)
        for code in variable.missing
        if not isinstance(code, str) and not any(low <= code <= high for low, high in variable.missing_ranges)
    )
    if len(ranges) + bool(ranges) * len(codes) <= 2 and len(ranges) <= 1 and len(codes) <= 3:
        return [*ranges, *codes]
    answers = {float(code) for code in variable.labels if not isinstance(code, str)} | set(column.dropna()) - set(codes)
    for inside, alone in ((codes, []), (codes[1:], codes[:1]), (codes[:-1], codes[-1:])):
        if not ranges and not any(inside[0] <= answer <= inside[-1] for answer in answers):
            return [{"lo": inside[0], "hi": inside[-1]}, *alone]
    raise WriteError(
        f"{variable.name!r} has the missing codes {some(codes)} and {len(ranges)} ranges; SPSS holds three codes, or one range and one code: recode some of them into one"
    )


def _missing_texts(variable: Variable) -> list[str]:
    codes = [str(code) for code in variable.missing]
    if len(codes) > 3 or any(len(code.encode("utf-8")) > 8 for code in codes):
        raise WriteError(
            f"{variable.name!r} has the missing codes {some(map(repr, codes))}; SPSS holds three texts of up to eight bytes as missing: recode them"
        )
    return codes
