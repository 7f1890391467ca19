"""Whether a number stands in the words quoted for it: answers worked out by reading."""

import pytest

from surveykit.errors import CodebookError
from surveykit.replication.claims import Ledger
from surveykit.replication.quotations import numbers_in, stands_in


@pytest.mark.parametrize(("published", "quotation", "answer"), [
    ("1209817", "Thus, 1,209,817 voters took part", True),
    ("1209818", "Thus, 1,209,817 voters took part", False),
    ("61.8", "1,419 (61.8 percent)", True),
    ("33.0", "Akmola (33.0%)", True),
    ("3", "Akmola (33.0%)", False),
    ("2013;2017", "in 2013 and 2017, general indirect elections", True),
    ("2013;2018", "in 2013 and 2017, general indirect elections", False),
    ("2020", "for 2013-2020was adopted", True),
    ("2000", "over 2 thousand people", True),
    ("1210000", "About 1 million 210 thousand voters", True),
    ("2021-07-25", "would take place on 25 July", True),
    ("2021-07-25", "on July 25 2021", True),
    ("2020-07-25", "on July 25 2021", False),
    ("2021-06-25", "on July 25 2021", False),
    ("2021-07-24", "on July 25 2021", False),
    ("2021-19-25", "on July 25 2021", False),
    ("2021-05", "In May 2021, the power shifted", True),
    ("2021-05-25", "mayors, on June 25", False),  # the letters of May stand in "mayors"
    ("2021-05-25", "25.05.2021", None),
    ("20", "every fifth candidate", None),
    ("maslikhat", "elected in 2013", None),
    ("", "elected in 2013", None),
])  # fmt: skip
def test_whether_a_number_stands_in_a_quotation(published, quotation, answer):
    assert stands_in(published, quotation) is answer


def test_numbers_of_a_sentence():
    assert numbers_in("2,297 registered, 1,419 (61.8 percent), in 2021, 30.") == {2297, 1419, 61.8, 2021, 30}


def test_a_ledger_refuses_a_number_that_its_quotation_does_not_have(tmp_path):
    file = tmp_path / "claims.csv"
    file.write_text('claim_id,value,quotation\nA-1,1491,"1,419 (61.8 percent)"\n', encoding="utf-8")
    with pytest.raises(
        CodebookError, match="'A-1' has the published value '1491', which does not stand in its quotation"
    ):
        Ledger.from_csv(file)
