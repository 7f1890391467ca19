"""A file larger than memory, read in pieces."""

from collections.abc import Iterator, Sequence

from surveykit.errors import ArgumentError, ReadError
from surveykit.files.kinds import KIND_WORDS, sniff_kind
from surveykit.files.reading import PathLike, check_file
from surveykit.reading.spss_stata.spss_cases import check_cases
from surveykit.reading.spss_stata.spss_dictionary import read_dictionary
from surveykit.reading.spss_stata.spss_file import read_system_file
from surveykit.reading.spss_stata.survey_from_columns import UserMissing
from surveykit.survey import Survey


def read_spss_in_chunks(
    path: PathLike,
    *,
    rows: int = 100_000,
    encoding: str | None = None,
    lang: str | None = None,
    columns: Sequence[str] | None = None,
    user_missing: UserMissing = "reasons",
) -> Iterator[Survey]:
    """Yield the rows of a .sav or .zsav file in pieces, each a survey of its own.

    Parameters
    ----------
    path : path
    rows : int
        Rows per piece.
    encoding, lang, columns, user_missing
        As in `read_spss`.

    Yields
    ------
    Survey
        Its row labels go on from piece to piece. Totals of pieces add up to totals of the file.

    Raises
    ------
    ReadError
        When the file is absent, truncated or of another kind.
    EncodingError
        When the bytes do not fit the encoding, or leave it in doubt.
    ColumnError
        When one of `columns` is no variable of the file.
    ArgumentError
        When `rows` is below 1.

    Notes
    -----
    The encoding is decided by the labels of the file, and by the answers of each piece; to be sure of one for all
    pieces, name it.

    R: ``haven::read_sav(path, skip = , n_max = )``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "ili.sav"
    ...     sk.write_spss(sk.Survey(pd.DataFrame({"q1": [1, 2, 3, 4, 5]})), file)
    ...     print([int(part.data["q1"].sum()) for part in sk.read_spss_in_chunks(file, rows=2)])
    ...
    [3, 7, 5]
    """
    if rows < 1:
        raise ArgumentError(f"`rows` must be at least 1, but {rows!r} was given")
    file = check_file(path)
    kind = sniff_kind(file)
    if kind != "sav":
        raise ReadError(f"{file.name!r} is {KIND_WORDS[kind]}; only .sav and .zsav files are read in pieces")
    n_rows = check_cases(file, read_dictionary(file), None if columns is None else len(columns), rows)
    offset = 0
    while True:
        piece = read_system_file(file, encoding, lang, columns, user_missing, n_rows, offset, rows)
        if offset == 0 or len(piece):
            yield _shift(piece, offset)
        offset += len(piece)
        if len(piece) < rows:
            break
    if offset != n_rows:
        raise ReadError(
            f"{file.name!r} promises {n_rows} rows and holds {offset}; it is truncated or damaged, get the file again"
        )


def _shift(piece: Survey, offset: int) -> Survey:
    data = piece.data
    data.index = data.index + offset
    reasons = {name: codes.set_axis(codes.index + offset) for name, codes in piece.missing_reasons.items()}
    return Survey(data, piece.codebook, piece.provenance, reasons)
