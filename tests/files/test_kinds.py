"""What a file is by its first bytes, whatever its name says."""

from typing import get_args

import pytest

from surveykit.files.kinds import KIND_WORDS, WAYS_OUT, FileKind, sniff_kind


@pytest.mark.parametrize(("content", "kind"), [
    (b"$FL2@(#) SPSS", "sav"), (b"<stata_dta><header>", "dta"), (bytes((114, 2, 1, 0)) + b"\0" * 9, "dta"), (b"PAR1....", "parquet"),
    (b"%PDF-1.7", "pdf"), (b"{\\rtf1", "rtf"), (b"HEADER RECORD*******LIBRARY", "xpt"), (b"PK\x03\x04" + b"\0" * 40 + b"xl/workbook.xml", "xlsx"),
    (b"PK\x03\x04" + b"\0" * 40 + b"word/document.xml", "docx"), (b"PK\x03\x04" + b"\0" * 40, "zip"), (b"id,q1\n1,2\n", "text"),
    ("id,q1\n1,Ә\n".encode("utf-16"), "text"), (b"<!DOCTYPE html><table>", "html"), (b"<?xml version='1.0'?><a>", "xml"),
    (b'{"SurveyEntry": {}}', "qsf"), (b'[{"q1": 1}]', "json"), (b"VALUE LABELS q1 1 'a'.\nEXECUTE.\n", "sps"), (b"\0\x01\x02\xff" * 9, "unknown"),
    (b"ASCII SPSS PORT FILE", "por"), (b"[a],[b]\n1,2\n", "text"),
])  # fmt: skip
def test_kinds_by_their_first_bytes(tmp_path, content, kind):
    for name in ("a.csv", "b.sav"):
        (tmp_path / name).write_bytes(content)
        assert sniff_kind(tmp_path / name) == kind


def test_every_kind_can_be_told_of():
    assert set(KIND_WORDS) == set(get_args(FileKind)) and set(WAYS_OUT) <= set(KIND_WORDS)
