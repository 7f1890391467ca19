"""What kind of file lies there, by its first bytes, and what to do with the kinds that are not read."""

import os
import re
from pathlib import Path
from typing import Literal

FileKind = Literal[
    "sav",
    "por",
    "dta",
    "xlsx",
    "zip",
    "sas",
    "xpt",
    "parquet",
    "feather",
    "pdf",
    "text",
    "unknown",
    "docx",
    "ods",
    "xls",
    "rtf",
    "lss",
    "qsf",
    "json",
    "html",
    "xml",
    "sps",
]

_SIGNATURES: tuple[tuple[int, bytes, FileKind], ...] = (
    (0, b"$FL2", "sav"), (0, b"$FL3", "sav"), (8, b"ENCRYPTEDSAV", "sav"), (0, b"<stata_dta>", "dta"),
    (0, b"PK\x03\x04", "zip"), (0, b"PAR1", "parquet"), (0, b"ARROW1", "feather"), (0, b"FEA1", "feather"),
    (0, b"%PDF", "pdf"), (0, b"\xd0\xcf\x11\xe0", "xls"),
    (0, b"{\\rtf", "rtf"), (84, b"SAS FILE", "sas"), (0, b"HEADER RECORD*******LIB", "xpt"),
)  # fmt: skip

_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

OLD_STATA = (102, 103, 104, 105, 106, 107, 108, 110, 111, 112, 113, 114, 115)

KIND_WORDS: dict[FileKind, str] = {
    "sav": "an SPSS system file", "por": "an SPSS portable file", "dta": "a Stata file", "xlsx": "an Excel workbook",
    "zip": "a zip archive", "sas": "a SAS file", "xpt": "a SAS transport file", "parquet": "a Parquet file",
    "feather": "a Feather file",
    "pdf": "a PDF document", "text": "text",
    "unknown": "a file of no kind that surveykit knows", "docx": "a Word document", "ods": "an OpenDocument file",
    "xls": "an old Excel or Word file (.xls, .doc)", "rtf": "a rich text document",
    "lss": "a LimeSurvey questionnaire (.lss), which holds questions and no answers",
    "qsf": "a Qualtrics questionnaire (.qsf), which holds questions and no answers",
    "json": "a JSON file", "html": "a web page (HTML)", "xml": "an XML file",
    "sps": "SPSS syntax (.sps), which describes data and holds none",
}  # fmt: skip

WAYS_OUT: dict[FileKind, str] = {
    "xlsx": "read_excel() reads it", "ods": "save the sheet as CSV (UTF-8)",
    "xls": "open it in a spreadsheet and save the sheet as CSV (UTF-8)",
    "html": "open it in a spreadsheet and save the table as CSV (UTF-8); exports named .xls are often web pages",
    "lss": "export the responses (Responses, Export) as CSV, and give this file as `codebook=`",
    "qsf": "export the responses (Data & Analysis, Export) as CSV, and give this file as `codebook=`",
    "json": "export the answers as CSV",
    "xml": "read the answers (CSV, .sav, .dta), and give a DDI-Codebook as `codebook=`",
    "sps": "read the data file that it names, and give this file as `codebook=`",
}  # fmt: skip
"""What to do with a file of each kind that is not read; for the others, export the data."""


def sniff_kind(path: Path) -> FileKind:
    """Return what a file is by its first bytes; its extension is not asked."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    for offset, mark, kind in _SIGNATURES:
        if head[offset : offset + len(mark)] == mark:
            return _sniff_zip(path, head) if kind == "zip" else kind
    if _is_portable(head.replace(b"\r", b"").replace(b"\n", b"")):
        return "por"
    if len(head) > 3 and head[0] in OLD_STATA and head[1] in (1, 2) and head[2] == 1:  # the fourth byte means nothing
        return "dta"
    if head.startswith(_TEXT_MARKS) or b"\0" not in head:
        return _sniff_text(head, path)
    return _sniff_text(head, path) if _looks_like_utf16(head) else "unknown"


def _sniff_zip(path: Path, head: bytes) -> FileKind:
    with path.open("rb") as stream:
        stream.seek(-min(4096, path.stat().st_size), os.SEEK_END)
        names = head + stream.read()
    if b"mimetypeapplication/vnd.oasis.opendocument" in head:
        return "ods"
    return "xlsx" if b"xl/" in names else "docx" if b"word/" in names else "zip"


_MARKUP: tuple[tuple[re.Pattern[bytes], FileKind], ...] = (
    (re.compile(rb"<\?xml[^>]*>.{0,400}<LimeSurveyDocType>", re.DOTALL), "lss"),
    (re.compile(rb"\s*<(?:!doctype html|html|table|head|meta)\b|<\?xml[^>]*>\s*(?:<!DOCTYPE html[^>]*>\s*)?<html\b",
                re.IGNORECASE), "html"),
    (re.compile(rb"\s*<\?xml\b|\s*<[A-Za-z][\w:.-]*(?:\s[\w:.-]+=\"[^\"]*\"\s*)*/?>"), "xml"),
    (re.compile(rb"\s*\{\s*\"SurveyEntry\"\s*:"), "qsf"),
    (re.compile(rb"\s*(?:\{\s*\"(?:[^\"\\]|\\.)*\"\s*:|\[\s*(?:\{|\[|\]))|\s*\{\s*\}"), "json"),
)  # fmt: skip

_SYNTAX = re.compile(
    rb"^[ \t]*(?:(GET\s+DATA|GET\s+FILE|DATA\s+LIST)\b|(VARIABLE\s+LABELS?|VAR\s+LABELS?)\b|"
    rb"(VALUE\s+LABELS?)\b|(MISSING\s+VALUES?)\b|(BEGIN\s+DATA|EXECUTE|SET\s+\w+)\b)",
    re.IGNORECASE | re.MULTILINE,
)


def _sniff_text(head: bytes, path: Path) -> FileKind:
    """Say what a text is: a table, or something that is only written in letters."""
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    for pattern, kind in _MARKUP:
        if pattern.match(plain):
            return kind
    commands = {match.lastindex for match in _SYNTAX.finditer(plain)}
    return "sps" if len(commands) > 1 or (commands and path.suffix.lower() == ".sps") else "text"


_PORTABLE = b"ASCII SPSS PORT FILE"

_PORTABLE_HEADS = (_PORTABLE, _PORTABLE.decode("ascii").encode("cp037"))


def _is_portable(head: bytes) -> bool:
    """Say whether bytes without line ends begin an SPSS portable file, also one that is cut inside its header."""
    named = len(head) >= 10 and any(head[: len(mark)] == mark[: len(head)] for mark in _PORTABLE_HEADS)
    return named or head[456:464] == b"SPSSPORT"


def _looks_like_utf16(head: bytes) -> bool:
    if len(head) < 4 or max(head[0::2].count(0), head[1::2].count(0)) <= len(head) / 20:
        return False
    order = "le" if head[1::2].count(0) > head[0::2].count(0) else "be"
    text = head[: len(head) // 4 * 4].decode(f"utf-16-{order}", "replace")
    usual = sum(" " <= mark < "\u0600" or mark in "\t\r\n" or "\u2000" <= mark < "\u2100" for mark in text)
    return usual >= 0.9 * len(text)
