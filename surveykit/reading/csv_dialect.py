"""How a text file is written: its encoding, its delimiter, its decimal mark."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from surveykit._checks import some
from surveykit.errors import EncodingError, ReadError
from surveykit.reading.encodings import Decision, decide_encoding
from surveykit.reading.spss_file import asked_encoding

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
EXCEL_HINT = re.compile(r"^\ufeff?sep=(.)\r?\n")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
FIGURES = frozenset("0123456789.,+-eENAa")
"""All that a column of numbers is written with, its NA and NaN among them."""

LONE_MARK = re.compile(r"[.,](?!\d)|(?<!\d),")
WHOLE = re.compile(r"[+-]?\d+(?:[eE][+-]?\d+)?")


def decode_text(content: bytes, encoding: str | None, name: str) -> tuple[str, Decision]:
    """Return the text of a file and the decision on its encoding.

    Raises
    ------
    EncodingError
        When the bytes do not fit the encoding asked for, or leave it in doubt.
    """
    decision = asked_encoding(encoding) if encoding else _detect(content, name)
    try:
        text = content.decode("utf-8-sig" if decision.encoding == "utf-8" else decision.encoding)
    except UnicodeDecodeError as error:
        row = content[:error.start].count(b"\n") + 1
        raise EncodingError(f"{name!r} has bytes in line {row} that are no {decision.encoding}; leave `encoding=` out "
                            "to have it detected, or name another") from error
    if "\0" in text:
        raise ReadError(f"{name!r} holds NUL characters, so it is no plain text; export it again as CSV in UTF-8")
    return text.removeprefix("\ufeff"), decision


def _detect(content: bytes, name: str) -> Decision:
    if content.startswith(codecs.BOM_UTF8):
        return Decision("utf-8", "utf-8: the file begins with its byte-order mark")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Decision("utf-16", "utf-16: the file begins with its byte-order mark")
    head = content[:4096]
    if b"\0" in head:
        little = head[1::2].count(0) > head[0::2].count(0)
        return Decision("utf-16-le" if little else "utf-16-be", "utf-16: every second byte of the Latin text is zero")
    if content.isascii():
        return Decision("ascii", "ascii: the whole file is plain ASCII")
    numbered = ((f"line {number}", line) for number, line in enumerate(content.split(b"\n"), 1) if not line.isascii())
    # Of a file that is UTF-8 throughout, a few lines tell as much as all: what is UTF-8 by chance has four letters.
    return decide_encoding(list(islice(numbered, 100) if _is_utf8(content) else numbered), None, name=name)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def split_records(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """Yield the records of a text file as lists of cells."""
    lines = io.StringIO(text, newline="")
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise ReadError(f"{name!r} cannot be split into cells ({error}); a quotation mark that is never closed is the "
                        "usual cause, or give `delimiter=`") from error


def repair_line_ends(text: str) -> str:
    """Return the text with bare carriage returns outside quotes as line ends (old Macintosh files)."""
    if "\r\r\n" in text and text.count("\r\r\n") == text.count("\n"):  # line ends that were translated twice
        return text.replace("\r\r\n", "\n")
    if "\r" not in text or "\n" in text:
        return text
    return text.replace("\r", "\n")


def detect_delimiter(text: str, name: str) -> str:
    """Return the delimiter under which the records agree best on their number of cells.

    Raises
    ------
    ReadError
        When two delimiters divide the file equally well.
    """
    hint = EXCEL_HINT.match(text)
    if hint:
        return hint[1]
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths) / len(widths)
            scores[delimiter] = (round(agreeing, 2), widths[0])
    if not scores:
        return ","
    ranked = sorted(scores, key=lambda delimiter: scores[delimiter], reverse=True)
    if len(ranked) > 1 and scores[ranked[0]] == scores[ranked[1]]:
        raise ReadError(f"{name!r} divides equally well at {ranked[0]!r} and {ranked[1]!r}; say which it is with "
                        "`delimiter=`")
    return ranked[0]


def _widths(text: str, delimiter: str) -> list[int]:
    widths = []
    try:
        for record in csv.reader(io.StringIO(text[:1_000_000], newline=""), delimiter=delimiter):
            if record:
                widths.append(len(record))
            if len(widths) >= SAMPLE_RECORDS:
                break
    except csv.Error:
        return []
    complete = len(text) <= 1_000_000 or len(widths) >= SAMPLE_RECORDS
    return widths if complete else widths[:-1]


def detect_decimal(columns: Sequence[tuple[str, Sequence[str]]], name: str) -> str:
    """Return "." or ",": the mark under which the columns that hold decimals are numbers throughout.

    Parameters
    ----------
    columns : sequence of (name, distinct cells)
    name : str
        Name of the file, for the message.

    Raises
    ------
    ReadError
        When some columns hold decimal commas and others decimal points.
    """
    with_comma = [column for column, cells in columns if _decimal_mark(cells, ",") == ","]
    if not with_comma:
        return "."
    with_point = [column for column, cells in columns if _decimal_mark(cells, ".") == "."]
    if with_point:
        raise ReadError(f"{name!r} has decimal commas in {some(with_comma, 3)} and decimal points in "
                        f"{some(with_point, 3)}; say which mark it is with `decimal=`")
    return ","


def _decimal_mark(cells: Sequence[str], sought: str) -> str:
    """Return the decimal mark of a column of numbers; "" when it has none, both, texts, or lacks the one sought."""
    text = "".join(cells)
    if sought not in text or any(not (mark in FIGURES or mark.isspace() or mark.isdecimal()) for mark in set(text)):
        return ""
    given = [cell for cell in map(str.strip, cells) if cell not in ("", "NA", "NaN")]
    kinds = _quick_kinds(given) or Counter(map(_decimal_kind, given))
    if kinds["text"] or (kinds["comma"] and kinds["point"]):
        return ""
    return "," if kinds["comma"] else "." if kinds["point"] else ""


def _quick_kinds(cells: Sequence[str]) -> Counter[str] | None:
    """Return the one kind of decimals in cells that are numbers throughout; None leaves them to the longer look."""
    text = "\n".join(cells)
    kind = "comma" if "," in text else "point"
    if ("," in text and "." in text) or LONE_MARK.search(text) or set(text) - {*"0123456789.,+-eE\n"}:
        return None
    if kind == "point" and "." not in text:
        return None
    lines = text.replace(",", ".").split("\n")
    try:
        return Counter({kind: len([*map(float, lines)])}) if len(lines) == len(cells) else None
    except ValueError:
        return None


def _decimal_kind(cell: str) -> str:
    for kind, pattern in (("comma", DECIMAL_COMMA), ("point", DECIMAL_POINT), ("whole", WHOLE)):
        if pattern.fullmatch(cell):
            return kind
    return "text"
