import pytest

from surveykit import Ledger
from surveykit.errors import ArgumentError, CodebookError, ReadError, WriteError
from surveykit.replication.claims import COLUMNS, Claim

CSV = """claim_id,source,locator,statement,value,unit,rounding,check,expected,why
A,paper,p. 1,Share of self-nominated,61.8,percent,1,100 * B / C,,
B,paper,p. 2,Nepotistic leaders,40,percent,0,,differs,printed truncated
C,paper,abstract,People like elections,,,,microdata,,
"""


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    (tmp_path / "claims.csv").write_text(CSV, encoding="utf-8")
    return Ledger.from_csv(tmp_path / "claims.csv")


def test_a_claim_is_open_until_it_is_checked(ledger):
    assert ledger.count() == {"reproduced": 0, "differs": 0, "undecided": 0, "not recomputable": 0, "open": 3}
    assert len(ledger.surprises) == 3


def test_verdicts(ledger):
    checked = ledger.check({"A": 61.7762, "B": 40.625}).refuse({"C": "the microdata are not public"})
    assert [claim.verdict for claim in checked] == ["reproduced", "differs", "not recomputable"]
    assert checked["B"].why == "printed truncated"
    assert checked.surprises == ()
    assert ledger["A"].verdict == "open"  # the ledger it came from stays as it was


def test_a_number_that_differs_without_an_explanation_is_a_surprise(ledger):
    assert next(claim.claim_id for claim in ledger.check({"A": 62.0}).surprises) == "A"


def test_an_explained_difference_that_goes_away_is_a_surprise_too(ledger):
    checked = ledger.check({"A": 61.8, "B": 40.0}).refuse({"C": "not public"})
    assert [claim.claim_id for claim in checked.surprises] == ["B"]


def test_a_printed_value_changed_by_hand_is_caught(tmp_path):
    (tmp_path / "claims.csv").write_text(CSV.replace("61.8", "61.9"), encoding="utf-8")
    checked = Ledger.from_csv(tmp_path / "claims.csv").check({"A": 61.7762})
    assert checked["A"].verdict == "differs"
    assert checked["A"] in checked.surprises


def test_written_and_read_back(ledger, tmp_path):
    checked = ledger.check({"A": 61.7762, "B": 40.625}).refuse({"C": "not public"})
    checked.to_csv(tmp_path / "ledger.csv")
    assert Ledger.from_csv(tmp_path / "ledger.csv") == checked
    first = (tmp_path / "ledger.csv").read_bytes()
    checked.to_csv(tmp_path / "ledger.csv")
    assert (tmp_path / "ledger.csv").read_bytes() == first


def test_texts_that_a_spreadsheet_would_run_are_kept_from_it(tmp_path):
    ledger = Ledger((Claim("A", check="= B", published="-3", statement="+cmd|' /C calc'!A0"),))
    ledger.to_csv(tmp_path / "ledger.csv")
    written = (tmp_path / "ledger.csv").read_text(encoding="utf-8")
    assert "'= B" in written and "'+cmd" in written and ",-3," in written
    assert Ledger.from_csv(tmp_path / "ledger.csv") == ledger


def test_one_line_per_claim_for_the_terminal(ledger):
    lines = ledger.check({"A": 61.7762, "B": 40.625}).refuse({"C": "not public"}).summary().splitlines()
    assert lines[0] == "reproduced       A          Share of self-nominated: published 61.8, recomputed 61.776"
    assert lines[1].endswith("published 40, recomputed 40.62 (printed truncated)")
    assert lines[-1] == "3 claims: 1 reproduced, 1 differs, 1 not recomputable"


def test_table_has_one_row_per_claim(ledger):
    assert ledger.table.shape == (3, len(COLUMNS))
    assert ledger.select(["B"]).table["published"].tolist() == ["40"]


def test_words_of_the_errors(ledger, tmp_path):
    with pytest.raises(CodebookError, match=r"no claim 'AA'; did you mean 'A'"):
        ledger.check({"AA": 1.0})
    with pytest.raises(CodebookError, match=r"'C' has no published value to hold 3.0 against"):
        ledger.check({"C": 3.0})
    with pytest.raises(CodebookError, match=r"refused without a reason"):
        ledger.refuse({"C": " "})
    with pytest.raises(CodebookError, match=r"lists claim 'A' twice"):
        Ledger((Claim("A"), Claim("A")))
    with pytest.raises(ArgumentError, match=r"expected of claim A.*must be one of"):
        Ledger((Claim("A", expected="right"),))
    with pytest.raises(ReadError, match=r"cannot be read as a ledger"):
        Ledger.from_csv(tmp_path / "absent.csv")
    (tmp_path / "odd.csv").write_text("claim_id,publishd\nA,1\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"column 'publishd' that a ledger does not know; did you mean 'published'"):
        Ledger.from_csv(tmp_path / "odd.csv")
    (tmp_path / "noid.csv").write_text("id\nA\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"no column 'claim_id'"):
        Ledger.from_csv(tmp_path / "noid.csv")
    with pytest.raises(WriteError, match=r"cannot be written"):
        ledger.to_csv(tmp_path / "absent" / "ledger.csv")
