"""Which changed digits are noticed: small ledgers, every change of a digit counted by hand."""

import pytest

from surveykit.replication.changed_digits import changes_of, mark_changed_digits
from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.expressions import settle_expressions
from surveykit.replication.ledger_page import ledger_page
from surveykit.words.pages import word


def caught(*claims, extra=None):
    return {
        claim.claim_id: claim.caught for claim in mark_changed_digits(settle_expressions(Ledger(claims), extra), extra)
    }


def test_each_digit_is_changed_into_the_nine_others():
    assert sorted(changes_of("1.5")) == sorted([f"{n}.5" for n in "023456789"] + [f"1.{n}" for n in "012346789"])
    assert list(changes_of("maslikhat")) == []


def test_a_sum_guards_its_parts_and_itself():
    whole = Claim("AA-1", published="7", rounding="0", check="AA-2 + AA-3")
    assert caught(whole, Claim("AA-2", published="3"), Claim("AA-3", published="4")) == {
        "AA-1": "computed", "AA-2": "computed", "AA-3": "computed",
    }  # fmt: skip


def test_what_nothing_rests_on_is_guarded_by_nothing():
    assert caught(Claim("AA-1", published="7"), Claim("AA-2", published="text")) == {"AA-1": "no", "AA-2": ""}


def test_a_bound_notices_what_crosses_it():
    # more than 30, worked out as 34 + 1: of 34, a first digit of 0, 1 or 2 brings it to 30 or below, no last digit does
    # (30 + 1 is more than 30); of 30 itself, 4 to 9 in front (six) and 5 to 9 behind (five; 35 is not more than 35)
    found = caught(
        Claim("AA-1", published="30", rounding="lower_bound", check="AA-2 + 1"), Claim("AA-2", published="34")
    )
    assert found == {"AA-1": "computed 11/18", "AA-2": "computed 3/18"}


def test_a_known_difference_notices_only_its_own_end():
    # 5 is said to differ from 7, and does so whatever else it is changed to; 7 changed to 5 is noticed as well
    one = Claim("AA-1", published="5", rounding="0", check="= AA-2", expected="differs")
    assert caught(one, Claim("AA-2", published="7", rounding="0")) == {"AA-1": "computed 1/9", "AA-2": "computed 1/9"}


def test_a_quotation_notices_what_it_does_not_have():
    one = Claim("AA-1", published="2012", quotation="in 2012 and 2013")
    assert caught(one)["AA-1"] == "quotation 35/36"


def test_figures_of_others_take_part():
    assert caught(Claim("AA-1", published="7", rounding="0", check="= PUB-01"), extra={"PUB-01": "7"}) == {
        "AA-1": "computed"
    }


def test_a_change_that_stops_the_run_is_noticed():
    # one over a difference that becomes zero stops the run; 2 to 3 leaves one over one half, which is no 1
    ledger = Claim("AA-1", published="1", rounding="1", check="1 / (AA-2 - 1)"), Claim("AA-2", published="2")
    assert caught(*ledger)["AA-2"] == "computed"


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_the_page_says_it(lang):

    ledger = Ledger((Claim("AA-1", published="5", caught="computed 1/9;quotation", quotation="<five>"), Claim("AA-2")))
    page = ledger_page(ledger, title="x", lang=lang)
    assert f"{word('caught_computed', lang)}, 1/9; {word('caught_quotation', lang)}</td>" in page
    assert "<q>&lt;five&gt;</q>" in page and word("ledger_caught", lang) in page
    assert word("ledger_caught", lang) not in ledger_page(Ledger((Claim("AA-2"),)), title="x", lang=lang)
