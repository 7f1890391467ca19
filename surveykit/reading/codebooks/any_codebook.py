"""The one door for codebooks: what a file is, is told by its bytes, and each kind has its reader."""

from dataclasses import replace
from pathlib import Path

from surveykit.codebook import Codebook
from surveykit.errors import ArgumentError, ReadError
from surveykit.files.kinds import KIND_WORDS, FileKind, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.reading.codebook_file import CodebookFile, read_codebook_file
from surveykit.reading.codebooks.ddi_file import read_ddi
from surveykit.reading.codebooks.limesurvey import read_limesurvey
from surveykit.reading.codebooks.qualtrics import read_qualtrics
from surveykit.reading.codebooks.spss_syntax import read_spss_syntax
from surveykit.reading.codebooks.xlsform import read_xlsform

DATA: tuple[FileKind, ...] = ("sav", "por", "dta", "sas", "xpt", "parquet", "feather")
"""Kinds of file that hold answers, and their codebook with them."""
BY_NAME: dict[str, FileKind] = {".sps": "sps", ".xml": "xml", ".lss": "lss", ".qsf": "qsf"}


def read_codebook(path: PathLike, *, encoding: str | None = None) -> Codebook:
    """Read a codebook from a TOML file, or from what an archive or a form tool has: DDI, .sps, .lss, .qsf, XLSForm.

    Parameters
    ----------
    path : path
        File in the form that `write_codebook` writes and `docs/reference/codebook_toml.md` describes; DDI-Codebook XML
        (2.5, and 1.2.2 and 2.1); SPSS syntax with VARIABLE LABELS, VALUE LABELS and MISSING VALUES (nothing of it is
        executed); a questionnaire of LimeSurvey (.lss) or Qualtrics (.qsf); an XLSForm (.xlsx).
    encoding : str, optional
        Encoding of SPSS syntax; detected when not given.

    Returns
    -------
    Codebook

    Raises
    ------
    ReadError
        When the file is absent, of none of these kinds, or damaged; the message gives the place.
    CodebookError
        When it contradicts itself or has a key that no codebook has.
    ArgumentError
        When `encoding` is given for anything but SPSS syntax, or is none that Python knows.
    EncodingError
        When SPSS syntax leaves its encoding in doubt; the message shows the possible readings.
    MissingExtraError
        When an XLSForm is given and openpyxl is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     toml, syntax = pathlib.Path(folder) / "book.toml", pathlib.Path(folder) / "book.sps"
    ...     _ = toml.write_text('''
    ... [variables.q1]
    ... question.en = "The akim listens"
    ... labels = {1 = "No", 2 = "Yes"}
    ... missing = {9 = "refused"}
    ... ''')
    ...     _ = syntax.write_text("VALUE LABELS q1 1 'No' 2 'Yes' 9 'refused'.\\nMISSING VALUES q1 (9).\\n")
    ...     books = [sk.read_codebook(file) for file in (toml, syntax)]
    ...
    >>> [(book["q1"].ask(), book["q1"].label(2), book["q1"].label(9)) for book in books]
    [('The akim listens', 'Yes', 'refused'), ('q1', 'Yes', 'refused')]
    """
    said = read_described(path, encoding)
    return replace(said.codebook, simulated=said.simulated, weight=said.weight)


def read_described(path: PathLike, encoding: str | None = None) -> CodebookFile:
    """Read a codebook file of any kind with what it says of the data as a whole."""
    file = check_file(path)
    kind = _kind_of(file)
    if encoding is not None and kind != "sps":
        raise ArgumentError(f"`encoding` is for SPSS syntax, but {file.name!r} is {KIND_WORDS[kind]}; leave it out")
    if kind == "sps":
        return read_spss_syntax(file, encoding)
    if kind == "xml":
        return read_ddi(file)
    if kind == "lss":
        return read_limesurvey(file)
    if kind == "qsf":
        return read_qualtrics(file)
    if kind == "xlsx":
        return CodebookFile(read_xlsform(file), files=(hash_file(file),))
    if kind in DATA:
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[kind]}: its codebook comes with its answers, as in read_survey({file.name!r}).codebook"
        )
    if file.suffix.lower() != ".toml" and kind not in ("text", "json"):
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[kind]}, no codebook; give a TOML file, DDI-Codebook XML, .sps, .lss, .qsf or an XLSForm"
        )
    return read_codebook_file(file)


def _kind_of(path: Path) -> FileKind:
    """Return what a file is by its bytes; its name decides between kinds of text only."""
    kind = sniff_kind(path)
    if path.suffix.lower() == ".toml" and kind in ("text", "json", "sps"):
        return "text"
    named = BY_NAME.get(path.suffix.lower())
    return named if named is not None and kind in ("text", "json", "xml") else kind
