"""The ledger as one page: every statement with its verdict, nothing of it run."""

import re

import pytest

from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.ledger_page import COLUMNS, VERDICTS, ledger_page
from surveykit.words.pages import word

NASTY = "<script>alert(1)</script>"
LEDGER = Ledger((
    Claim(claim_id="A-1", source=NASTY, locator="p. 3", statement="a share", published="0.5", unit="share"),
    Claim(claim_id="A-2", source="paper", statement="a year", published="2021", unit="year"),
)).check({"A-1": 0.52, "A-2": 2021})  # fmt: skip


def test_every_claim_has_a_row_with_its_verdict():
    page = ledger_page(LEDGER, title=f"Study {NASTY}")
    assert NASTY not in page and page.count("&lt;script&gt;") == 3, "title and heading once, the source once"
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>.*?<span class="v ([\w-]+)">', page)
    assert rows == [("A-1", "differs"), ("A-2", "reproduced")]
    assert "0.5 share</span>" in page and ">2021</span>" in page, "a year has no unit behind it"
    assert "(not as expected)" in page and "SIMULATED" not in page


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_languages_have_the_same_words(lang):
    page = ledger_page(LEDGER, title="x", lang=lang, simulated=True)
    assert (
        f'<html lang="{lang}">' in page
        and word("simulated", lang) in page
        and f"<b>1</b> {word(VERDICTS['differs'], lang)}" in page
    )
    assert all(f">{word(column, lang)}</th>" in page for column in COLUMNS)
