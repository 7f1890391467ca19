"""Which encoding is believed, and what bytes that do not fit it become."""

import pytest

from surveykit.reading.encodings.detection import codec_name, decide_encoding
from tests.reading.legacy_texts import ANSWERS


@pytest.mark.parametrize(
    ("lang", "declared"),
    [
        ("el", "windows-1253"),
        ("zh-TW", "big5"),
        ("ko", "euc-kr"),
        ("zh-CN", "gb18030"),
        ("tr", "windows-1254"),
        ("he", "windows-1255"),
        ("th", "cp874"),
    ],
)
def test_a_declared_code_page_whose_bytes_fit_is_believed(lang, declared):
    for answer in ANSWERS[lang]:
        raw = answer.encode(codec_name(declared))
        if not raw.isascii():
            decision = decide_encoding([("q1", raw)], declared, name="a.sav")
            assert raw.decode(decision.encoding) == answer and not decision.surprise
