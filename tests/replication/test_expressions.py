import time
from fractions import Fraction

import pytest

from surveykit.errors import CodebookError
from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.expressions import evaluate, is_expression, settle_expressions

VALUES = {"KHA-08": "2297", "KHA-09": "1419", "SAN-05": "5", "SAN-06": "2", "SAN-07": "3"}


def test_arithmetic_is_exact():
    assert evaluate("100 * KHA-09 / KHA-08", VALUES) == Fraction(141900, 2297)
    assert evaluate("SAN-05 + SAN-06 - SAN-07", VALUES) == 4
    assert evaluate("-(SAN-05) * 0.1", VALUES) == Fraction(-1, 2)


def test_comparisons_hold_or_do_not():
    assert evaluate("SAN-05 > SAN-06 and SAN-05 > SAN-07", VALUES) is True
    assert evaluate("SAN-05 > SAN-06 and SAN-06 > SAN-07", VALUES) is False


@pytest.mark.parametrize(
    ("check", "is_one"),
    [
        ("100 * KHA-09 / KHA-08", True),
        ("= ILI-07", True),
        ("KHA-07", True),
        ("microdata", False),
        ("snw_table.csv:S", False),
        ("", False),
    ],
)
def test_what_is_an_expression(check, is_one):
    assert is_expression(check) is is_one


def test_settled_in_the_ledger():
    ledger = settle_expressions(Ledger((
        Claim("KHA-08", published="2297"), Claim("KHA-09", published="1419"),
        Claim("KHA-10", published="61.8", rounding="1", check="100 * KHA-09 / KHA-08"),
        Claim("KHA-03", published="2021-05-25", check="= ILI-07"), Claim("ILI-07", published="2021-05-24"),
        Claim("SAN-08", published="holds", check="KHA-08 > KHA-09"),
    )))  # fmt: skip
    assert ledger["KHA-10"].verdict == "reproduced"
    assert ledger["KHA-03"].verdict == "differs" and ledger["KHA-03"].recomputed == "2021-05-24"
    assert ledger["SAN-08"].verdict == "reproduced"
    assert ledger["ILI-07"].verdict == "open"


@pytest.mark.parametrize(("check", "words"), [
    ("KHA-09 / KHA-99", "refers to 'KHA-99', which the ledger does not have"),
    ("KHA-09 ** KHA-08", "cannot be computed"),
    ("__import__('os') and KHA-09", "cannot be computed"),
    ("KHA-09 / (SAN-05 - SAN-05)", "cannot be computed"),
    ("KHA-09 +", "cannot be computed"),
])  # fmt: skip
def test_words_of_the_errors(check, words):
    with pytest.raises(CodebookError, match=words):
        evaluate(check, VALUES, "X")


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("= AB-1", "has the check '= AB-1', which refers to itself"),
        ("AB-1 * 1", "refers to itself"),
        ("CD-2 * 2", "whose value is beyond all numbers"),
    ],
)
def test_a_claim_does_not_prove_itself(check, words):
    ledger = Ledger((Claim("AB-1", published="5", check=check), Claim("CD-2", published="1e400")))
    with pytest.raises(CodebookError, match=words):
        settle_expressions(ledger)


DEEP = 4_900
BOMBS = {
    "exponent": ("1e999999999", "AA-1 * 2"), "small exponent": ("1e-999999999", "AA-1 * 2"), "exponent of an exponent": ("1e5e5", "AA-1 * 2"),
    "digits": ("9" * 5_000, "AA-1 * 2"), "division": ("1/0", "AA-1 * 2"), "infinite": ("inf", "AA-1 * 2"), "no number": ("nan", "AA-1 * 2"),
    "literal": ("1", "AA-1 * 1e999999999"), "long literal": ("1", f"AA-1 * 1{'0' * 4_000}"), "power": ("1", "AA-1 * 10**9**9"),
    "terms": ("1", " + ".join(["AA-1"] * 20_000)), "more terms than may be": ("1", " + ".join(["AA-1"] * 251)),
    "product beyond all numbers": ("1e299", " * ".join(["AA-1"] * 250)), "brackets": ("1", "(" * DEEP + "AA-1"), "signs": ("1", "-" * DEEP + "AA-1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_made_to_take_for_ever_is_a_sentence_at_once(name):
    published, check = BOMBS[name]
    ledger = Ledger((Claim("AA-1", published=published), Claim("AA-2", published="2", check=check)))
    started = time.monotonic()
    with pytest.raises(CodebookError, match=r"^claim 'AA-2' (has a|has the|refers to)"):
        settle_expressions(ledger)
    assert time.monotonic() - started < 5


def test_a_check_of_as_many_terms_as_may_be():
    ledger = Ledger((Claim("AA-1", published="2"), Claim("AA-2", published="500", check=" + ".join(["AA-1"] * 250))))
    assert settle_expressions(ledger)["AA-2"].verdict == "reproduced"
    ledger = Ledger((Claim("AA-1", published="2e300"), Claim("AA-2", published="1e300", check="AA-1 / 2")))
    assert settle_expressions(ledger)["AA-2"].verdict == "reproduced"


@pytest.mark.parametrize(
    "rounding", ["999999999", "-999999999", "truncated:99999999", "truncated:-99999999", "16", "1" * 5_000]
)
def test_a_rounding_beyond_all_numbers(rounding):
    with pytest.raises(CodebookError, match="`rounding` must be a number of decimals"):
        Ledger((Claim("A-1", published="1e999999999", rounding=rounding),)).check({"A-1": 2.0})
