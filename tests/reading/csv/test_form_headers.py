"""Headers that write a question otherwise than its codebook."""

import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.reading.csv.form_headers import follow_spellings

BOOK = Codebook.of(
    [
        Variable("Q2[SQ001]", {"en": "Which? [radio]"}, {"Y": {"en": "yes"}}),
        Variable("age", {"en": "How old are you?"}),
    ]
)


@pytest.mark.parametrize("column", ["Q2_SQ001", "Q2[SQ001]"])
def test_brackets_may_be_other_signs(column):
    found, told = follow_spellings(BOOK, [column, "age"])
    assert column in found and found["age"].question == {"en": "How old are you?"}
    assert bool(told) == (column != "Q2[SQ001]")


def test_the_question_itself_may_head_the_column():
    found, told = follow_spellings(BOOK, ["How old are you?"])
    assert "How old are you?" in found and told


def test_a_column_that_is_no_question_stays_without_one():
    found, told = follow_spellings(BOOK, ["weight"])
    assert "weight" not in found and not told
