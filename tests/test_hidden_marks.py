"""What stands in place of a hidden number."""

import pytest

from surveykit.hidden_marks import DOMINATED, FEW, FEW_IN_GROUP, PROTECTS, UNSAID, hidden_mark


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_each_reason_has_its_own_mark_in_each_language(lang):
    marks = [hidden_mark(why, lang, 5) for why in (FEW, FEW_IN_GROUP, DOMINATED, PROTECTS, UNSAID)]
    assert len({*marks}) == 5 and all(marks)


def test_a_mark_says_the_threshold_only_of_the_cell_that_is_small():
    assert "5" in hidden_mark(FEW, "en", 5) and "10" in hidden_mark(FEW_IN_GROUP, "en", 5)
    # a complement that said "n < 5" would be a lie, and one that said its own number would give it away
    assert not any(digit.isdigit() for why in (PROTECTS, DOMINATED, UNSAID) for digit in hidden_mark(why, "en", 5))
