"""How a text file is written: its encoding, its delimiter, its decimal mark."""

import codecs
import csv
import io
import re
from itertools import islice

from surveykit.errors import EncodingError, ReadError
from surveykit.reading.csv.surroundings import count_title_rows
from surveykit.reading.encodings.decoding import asked_encoding
from surveykit.reading.encodings.detection import Decision, decide_encoding

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
# "sep=;" as a first line tells Excel the delimiter; exporters that write for it put it there.
EXCEL_HINT = re.compile(r"^\ufeff?sep=(.)(?:\r?\n|\r)")


def decode_text(content: bytes, encoding: str | None, name: str) -> tuple[str, Decision]:
    """Return the text of a file and the decision on its encoding.

    Raises
    ------
    EncodingError
        When the bytes do not fit the encoding asked for, or leave it in doubt.
    """
    decision = asked_encoding(encoding) if encoding else _detect(content, name)
    try:
        text = content.decode(
            "utf-8-sig" if decision.encoding == "utf-8" else decision.encoding,
            "replace" if decision.damaged else "strict",
        )
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise EncodingError(
            f"{name!r} has bytes in line {row} that are no {decision.encoding}; leave `encoding=` out to have it detected, or name another"
        ) from error
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
        # Latin letters have their zero byte second in little endian and first in big endian
        little = head[1::2].count(0) > head[0::2].count(0)
        return Decision("utf-16-le" if little else "utf-16-be", "utf-16: every second byte of the Latin text is zero")
    if content.isascii():
        return Decision("ascii", "ascii: the whole file is plain ASCII")
    numbered = ((f"line {number}", line) for number, line in enumerate(content.split(b"\n"), 1) if not line.isascii())
    # Of a file that is UTF-8 throughout, a few lines tell as much as all: what is UTF-8 by chance has four letters.
    lines = list(islice(numbered, 100) if _is_utf8(content) else numbered)
    return decide_encoding(lines, None, name=name, forgive=True)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def repair_line_ends(text: str) -> str:
    """Return the text of a file whose line ends were translated twice with one line end each."""
    # a file that was written with \r\n and translated once more on Windows; only when all ends are so, for \r alone
    # may end lines too
    twice = "\r\r\n" in text and text.count("\r\r\n") == text.count("\n")
    return text.replace("\r\r\n", "\n") if twice else text


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
    scores: dict[str, tuple[float, bool, int]] = {}
    for delimiter in DELIMITERS:
        records = _sample(text, delimiter)
        titles = count_title_rows(records)
        widths = [len(record) for record in records[titles:]]
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths) / len(widths)
            # equal shares in whole per cent are equal: then the delimiter without rows of titles above, then the one
            # with more cells wins
            scores[delimiter] = (round(agreeing, 2), not titles, widths[0])
    if not scores:
        return ","
    ranked = sorted(scores, key=lambda delimiter: scores[delimiter], reverse=True)
    if len(ranked) > 1 and scores[ranked[0]] == scores[ranked[1]]:
        raise ReadError(
            f"{name!r} divides equally well at {ranked[0]!r} and {ranked[1]!r}; say which it is with `delimiter=`"
        )
    return ranked[0]


def _sample(text: str, delimiter: str) -> list[list[str]]:
    """Return the first records that hold anything, as this delimiter divides them."""
    records = []
    try:
        for record in csv.reader(io.StringIO(text[:1_000_000], newline=""), delimiter=delimiter):
            if record:
                records.append(record)
            if len(records) >= SAMPLE_RECORDS:
                break
    except csv.Error:
        return []
    # the last record of a cut sample is cut too
    complete = len(text) <= 1_000_000 or len(records) >= SAMPLE_RECORDS
    return records if complete else records[:-1]
