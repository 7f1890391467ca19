"""A page's rows: answers down, groups across; totals are sums of shares that were not rounded."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.estimation.quantities.wide_form import Layout, wide_form

BOOK = sk.Codebook.of([
    sk.Variable("q", {"en": "Question", "ru": "Вопрос"}, {
        1: {"en": "one", "ru": "один"}, 2: {"en": "two", "ru": "два"}, 3: {"en": "three", "ru": "три"}}),
    sk.Variable("g", {"en": "Group"}, {"a": {"en": "A"}, "b": {"en": "B"}}),
])  # fmt: skip


@pytest.fixture
def shares() -> sk.Result:
    """A third each: 33.3 % three times is 99.9 when rounded first."""
    frame = pd.DataFrame({"q": [1, 2, 3] * 4, "g": ["a"] * 6 + ["b"] * 6})
    return sk.shares(sk.SurveyDesign(sk.Survey(frame, BOOK)), "q", by="g")


def test_totals_are_formed_before_rounding(shares):
    form = wide_form(shares)
    texts, numbers = form.texts(), form.numbers()
    assert texts.loc[("Question", "Total")].tolist() == ["100.0", "100.0"]
    assert "33.3" in texts.to_numpy()
    assert "99.9" not in texts.to_numpy()
    thirds = numbers.to_numpy(dtype=float)
    assert np.isclose(thirds, 100 / 3).sum() == 6


def test_decimals_are_the_callers(shares):
    assert "33" in wide_form(shares, layout=Layout(digits=0)).texts().to_numpy()


def test_answers_groups_and_numbers_are_those_of_the_page_s_language(shares):
    texts = wide_form(shares, "ru").texts()
    assert texts.index.tolist()[:4] == [("Вопрос", "один"), ("Вопрос", "два"), ("Вопрос", "три"), ("Вопрос", "Всего")]
    assert texts.columns.tolist() == [("Group", "A"), ("Group", "B")]
    assert texts.iloc[:4, 0].tolist() == ["33,3", "33,3", "33,3", "100,0"]


def test_a_cell_knows_the_numbers_it_is_made_of(shares):
    cell = wide_form(shares, layout=Layout(show="interval")).rows[0][2][0]
    row = shares.table.iloc[0]
    assert [part.value for part in cell.parts] == [row["estimate"], row["conf_low"], row["conf_high"]]
    assert [(part.kind, part.before, part.after) for part in cell.parts] == [
        ("share", "", ""), ("share", "[", ""), ("share", "", "]")]  # fmt: skip
