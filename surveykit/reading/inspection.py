"""What is this file? One reader for every kind, and a description that a person can check."""

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from surveykit._checks import some, suggest
from surveykit._door import hold_to_signature
from surveykit.codebook import Codebook, as_code, pick_text
from surveykit.coded_answers.response_sets import find_joined_answers, find_response_sets
from surveykit.coded_answers.text_answers import scales_in
from surveykit.coded_answers.undeclared import not_yet_told, warn_of_undeclared
from surveykit.errors import ArgumentError, ReadError, SurveyKitWarning
from surveykit.files.kinds import KIND_WORDS, WAYS_OUT, FileKind, sniff_kind
from surveykit.files.reading import PathLike, check_file
from surveykit.formatting import printable_lines
from surveykit.reading.codebook_file import CodebookFile
from surveykit.reading.codebooks.any_codebook import read_described
from surveykit.reading.csv.csv_file import read_csv
from surveykit.reading.spss_stata.sas_file import read_sas
from surveykit.reading.spss_stata.spss_file import read_spss
from surveykit.reading.spss_stata.stata_file import read_stata
from surveykit.reading.tables.excel_file import read_excel
from surveykit.reading.tables.parquet_file import read_parquet
from surveykit.survey import Survey

READERS: dict[FileKind, Callable[..., Survey]] = {
    "sav": read_spss, "por": read_spss, "dta": read_stata, "sas": read_sas, "xpt": read_sas, "text": read_csv,
    "xlsx": read_excel, "parquet": read_parquet, "feather": read_parquet,
}  # fmt: skip
EXTENSIONS = {
    ".sav": "sav", ".zsav": "sav", ".por": "por", ".dta": "dta", ".sas7bdat": "sas", ".xpt": "xpt",
    ".csv": "text", ".txt": "text", ".tsv": "text", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".parquet": "parquet", ".pq": "parquet", ".feather": "feather", ".arrow": "feather",
}  # fmt: skip


def read_survey(path: PathLike, **options: Any) -> Survey:
    r"""Read a survey file of any kind; what it is, is told by its bytes and not by its extension.

    Parameters
    ----------
    path : path
    **options
        Passed on to `read_spss`, `read_stata`, `read_sas`, `read_csv`, `read_excel` or `read_parquet`. A `codebook` (a
        file that `read_codebook` reads, or a Codebook) adds its texts to a file of any kind.

    Returns
    -------
    Survey
        As the reader of its kind gives it.

    Raises
    ------
    ReadError
        When the file is absent, or of no kind that surveykit reads.
    EncodingError
        When the bytes do not fit the encoding, or leave it in doubt.
    CodebookError
        When a `codebook` contradicts itself.
    ArgumentError
        When an option is none of that reader's; the message lists those that it has.

    Notes
    -----
    R: ``rio::import(path)``, which goes by the extension.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "answers.dat"
    ...     _ = file.write_text("id;q1\n1;4\n2;5\n")
    ...     survey = sk.read_survey(file)
    ...
    >>> survey.provenance.format, survey.data["q1"].tolist()
    ('CSV', [4, 5])
    """
    file = check_file(path)
    kind = sniff_kind(file)
    if kind not in READERS:
        way = WAYS_OUT.get(kind, "export the data as .sav, .dta or .csv")
        raise ReadError(f"{file.name!r} is {KIND_WORDS[kind]}, which surveykit does not read; {way}")
    reader = READERS[kind]
    known = list(inspect.signature(reader).parameters)[1:]
    further = options.pop("codebook", None) if "codebook" not in known else None
    wrong = [name for name in options if name not in known]
    if wrong:
        raise ArgumentError(
            f"`{wrong[0]}` is no option of {reader.__name__}(), which reads {file.name!r}; it has {known}{suggest(wrong[0], known)}"
        )
    if further is None:
        survey: Survey = hold_to_signature(reader)(file, **options)
        return survey
    with not_yet_told():
        survey = hold_to_signature(reader)(file, **options)
    book = (
        CodebookFile(further, further.simulated, further.weight)
        if isinstance(further, Codebook)
        else read_described(further)
    )
    origin = survey.provenance
    origin = replace(
        origin,
        simulated=origin.simulated or book.simulated,
        weight=origin.weight or book.weight,
        files=(*origin.files, *book.files),
    )
    survey = replace(survey, provenance=origin).with_codebook(book.codebook)
    warn_of_undeclared(survey)
    return survey


@dataclass(frozen=True, eq=False)
class Inspection:
    r"""What a file turned out to be.

    Attributes
    ----------
    facts : dict
        What it is, in the order in which it is told.
    columns : pandas.DataFrame
        One row per column: name, question, kind, codes with labels, missing codes, answers.
    warnings : tuple of str
        What a person should know before using it.
    survey : Survey

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "answers.csv"
    ...     _ = file.write_text("id;q1\n1;4\n2;5\n")
    ...     inspection = sk.inspect_file(file)
    ...
    >>> inspection.survey.data["q1"].tolist(), inspection.columns["name"].tolist()
    ([4, 5], ['id', 'q1'])
    """

    facts: dict[str, Any]
    columns: pd.DataFrame = field(repr=False)
    warnings: tuple[str, ...]
    survey: Survey = field(repr=False)

    def __str__(self) -> str:
        width = max(map(len, self.facts))
        lines = [f"{name:<{width}}  {_line(value)}" for name, value in self.facts.items()]
        lines += [f"warning: {_line(sentence)}" for sentence in self.warnings]
        return printable_lines("\n".join([*lines, "", self.columns.to_string(index=False, max_colwidth=48)]))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return {**self.facts, "warnings": list(self.warnings), "columns": self.columns.to_dict("records")}


def inspect_file(path: PathLike, lang: str | None = None, **options: Any) -> Inspection:
    r"""Read a file and tell what it is: kind, size, encoding, weight, missing codes, labels, and what was doubtful.

    Parameters
    ----------
    path : path
    lang : str, optional
        Language of the labels shown, where the file has several.
    **options
        Passed on to the reader.

    Returns
    -------
    Inspection
        The survey that was read, with what the reader noted; ``print`` shows it as a page, `to_dict` gives it for a
        program.

    Raises
    ------
    ReadError, EncodingError
        As the reader of its kind (`read_spss`, `read_stata`, `read_sas`, `read_csv`); when the file is of no kind that
        surveykit reads.
    CodebookError
        When a `codebook` contradicts itself.
    ArgumentError
        When an option is none of the reader's.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "answers.csv"
    ...     _ = file.write_text("id;q1\n1;4\n2;99\n")
    ...     told = sk.inspect_file(file).to_dict()
    ...
    >>> told["format"], told["encoding"], told["rows"]
    ('CSV', 'ascii: the whole file is plain ASCII', 2)
    """
    file = check_file(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = read_survey(file, **options)
    said = tuple(dict.fromkeys(str(item.message) for item in caught if issubclass(item.category, SurveyKitWarning)))
    origin, book = survey.provenance, survey.codebook
    by_bytes, by_name = sniff_kind(file), EXTENSIONS.get(file.suffix.lower())
    if by_name != by_bytes:
        said = (f"the name ends in {file.suffix or 'nothing'!r}, but the bytes are {KIND_WORDS[by_bytes]}", *said)
    declared = [name for name in book if book[name].missing or book[name].missing_ranges]
    sets = [f"{name} ({some(one.items)})" for name, one in find_response_sets(survey).items()]
    facts = {
        "file": origin.source,
        "format": origin.format,
        "rows": len(survey),
        "columns": survey.frame.shape[1],
        "simulated": origin.simulated,
        "title": pick_text(book.title, lang),
        "encoding": origin.encoding_how,
        "weight": f"weighted by {origin.weight}" if origin.weight else "the file names no weight",
        "languages": ", ".join(book.languages),
        "labelled": sum(bool(book[name].labels) for name in book),
        "missing codes": f"declared in {len(declared)} columns" + (f": {some(declared)}" if declared else ""),
        "answers missing for a reason": sum(len(codes) for codes in survey.missing_reasons.values()),
        "multiple response": "; ".join(sets) or "none",
        "decided": "; ".join(_further_notes(survey, said)) or "nothing beyond the plain reading",
        **_describe_words(survey),
        "sha256": origin.sha256,
    }
    return Inspection(facts, _describe(survey, lang), said, survey)


def _describe_words(survey: Survey) -> dict[str, str]:
    """Return what answers in words, which no codebook describes, were taken for."""
    described = [name for name in survey.codebook if survey.codebook[name].labels]
    scales = [
        f"{name} ({order.kind}: {' < '.join(order.answers)})"
        for name, order in scales_in(survey.frame, described).items()
    ]
    joined = [str(name) for name in survey.frame.columns if find_joined_answers(survey.frame[name]) is not None]
    found = {"scales in words": some(scales, 5), "several answers in one cell": some(joined, 5)}
    return {fact: said for fact, said in found.items() if said}


def _describe(survey: Survey, lang: str | None) -> pd.DataFrame:
    rows = []
    for name in survey.frame.columns:
        variable, values = survey.codebook[name], survey.frame[name]
        codes = [f"{code}={variable.label(code, lang)}" for code in variable.labels]
        ranges = [f"{as_code(low)}..{as_code(high)}" for low, high in variable.missing_ranges]
        missing = [*map(str, variable.missing), *ranges]
        rows.append({
            "name": name, "question": _line(pick_text(variable.question, lang)), "labels": _line("; ".join(codes)),
            "missing": ", ".join(missing), "answers": int(values.notna().sum()),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "question", "labels", "missing", "answers"])


def _further_notes(survey: Survey, said: tuple[str, ...]) -> list[str]:
    """Return what the reader decided, without the encoding and what the warnings say already, after the file's name."""
    origin = survey.provenance
    told = {f"encoding {origin.encoding_how}", *said}
    return [note for note in origin.notes if not {note, f"{origin.source!r}: {note}"} & told]


def _line(value: Any) -> str:
    """Return text on one line, without characters that steer a terminal."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in str(value)).split())
