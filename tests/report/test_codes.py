"""Codes are identity, labels are for the page: whatever codes are called, each row knows which ones it speaks of."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.codebook import Codebook, Variable
from surveykit.report.disclosure import hide_small_cells
from surveykit.report.tables.table_text import page_table
from surveykit.results import Result

LABELS = ["Yes", "Yes, indeed", "indeed", "indeed, Yes", "1", "2", "3", "1, 2", "all", "a (1)", "a", "empty", "hidden"]
"""Labels that hold the mark that joins them, that read like other codes, or like words of this package."""

FRAME = pd.DataFrame({
    "g": [1, 1, 2, 2, 3, 3] * 20, "h": [1, 2] * 60, "q": [1, 2, 3, 3, 2, 1, 1] * 17 + [2], "v": [*range(12)] * 10,
})  # fmt: skip


@st.composite
def books(draw):
    """Codebooks of three columns, codes 1 to 3 labelled anyhow in two languages: alike, crossed, or not at all."""
    text = st.sampled_from(LABELS)
    labels = st.dictionaries(st.sampled_from([1, 2, 3]), st.fixed_dictionaries({"en": text, "ru": text}))
    return Codebook.of([Variable(name, labels=draw(labels)) for name in ("g", "h", "q")])


def share_by_hand(codes: pd.Series) -> float:
    """The share of an answer among those of a group, from the codes that a row says it speaks of."""
    group = FRAME[(FRAME["g"] == codes["group", "g"]) & (FRAME["h"] == codes["group", "h"])]
    return float((group["q"] == codes["level", ""]).mean())


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(books(), st.randoms(use_true_random=False))
def test_the_codes_of_each_row_are_those_that_its_number_speaks_of(book, rng):
    """Also of a table that was filtered, shuffled and numbered anew; every text of a page stands for one code only."""
    found = sk.shares(sk.SurveyDesign(sk.Survey(FRAME, book), cluster="v"), "q", by=["g", "h"], lang="en")
    rows = [row for row in range(len(found.table)) if rng.random() < 0.7]
    rng.shuffle(rows)
    by_hand = found.table.iloc[rows]
    for table in (found.table, by_hand, by_hand.reset_index(drop=True)):
        codes = replace(found, table=table).codes
        assert codes.index.equals(table.index)
        expected = [share_by_hand(row) for _, row in codes.iterrows()]
        np.testing.assert_allclose(table["estimate"].to_numpy(dtype=float), expected, atol=1e-12)
    page = page_table(found, lang="ru")
    place = {name: at for at, name in enumerate(page.header)}
    for header, codes in (("Ответ", found.codes["level"]), ("Группа", found.codes["group"].apply(tuple, axis=1))):
        said = pd.Series([row[place[header]] for row in page.rows]) if header in place else pd.Series(dtype=object)
        assert said.groupby(codes.map(str).to_numpy()).nunique().le(1).all()
        assert codes.map(str).groupby(said.to_numpy()).nunique().le(1).all()


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(books())
def test_labels_do_not_decide_what_is_hidden(book):
    keep = (FRAME["g"] != 3) | (FRAME["h"] != 2) | (np.arange(len(FRAME)) < 20)
    small = FRAME[keep].reset_index(drop=True)
    masks = [
        hide_small_cells(sk.means(sk.SurveyDesign(sk.Survey(small, one), cluster="v"), "q", by=["g", "h"]))
        for one in (book, Codebook())
    ]
    assert masks[1].table["hidden"].any() and not masks[1].table["hidden"].all()
    assert masks[0].table["hidden"].tolist() == masks[1].table["hidden"].tolist()


BOOK = Codebook.of([
    Variable("akim", labels={0: {"en": "a, b", "ru": "назначен"}, 1: {"en": "a, b", "ru": "избран"}}),
    Variable("sex", labels={1: {"en": "2", "ru": "мужчины"}, 2: {"en": "1", "ru": "женщины"}}),
])  # fmt: skip


def coded_design() -> sk.SurveyDesign:
    """Ten villages of twelve whose labels look like each other, like numbers and like lists."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"unit": np.repeat([f"U{k}" for k in range(10)], 12), "trust": rng.integers(1, 6, 120)})
    frame["akim"], frame["sex"] = (frame["unit"] < "U5").astype(int), 1 + np.arange(120) % 2
    return sk.SurveyDesign(sk.Survey(frame, BOOK), cluster="unit")


@pytest.fixture(scope="module")
def design():
    return coded_design()


def test_labels_that_are_numbers_of_other_codes(design):
    found = sk.compare_groups(design, "trust", group="sex", baseline=1, lang="en")
    assert set(found.table["group"]) == {"1"} and set(found.codes["group", "sex"]) == {2}
    assert "Группа: женщины; База сравнения: мужчины" in " ".join(page_table(found, lang="ru").notes)
    balance = sk.covariate_balance(design, "sex", group="akim", baseline=0, settlement="unit", lang="en")
    assert balance.table["level"].tolist() == ["2", "1"] and balance.codes["level", ""].tolist() == [1, 2]
    assert [row[1] for row in page_table(balance, lang="ru").rows] == ["мужчины", "женщины"]


def test_totals_and_predictions_know_their_answers(design):
    counted = sk.totals(design, "unit")
    assert counted.codes["level", ""].tolist() == counted.table["level"].tolist()
    model = sk.fit_model("trust ~ C(sex)", design, family="ordinal")
    assert sk.predictions(model, {"sex": [1]}).codes["level", ""].tolist() == [1, 2, 3, 4, 5]


def test_waves_of_an_event_study(design):
    waves = {
        1: {"en": "first", "ru": "первая"},
        2: {"en": "second", "ru": "вторая"},
        3: {"en": "first", "ru": "третья"},
    }
    frame = pd.concat([design.survey.frame.assign(wave=wave) for wave in (1, 2, 3)], ignore_index=True)
    frame["start"] = frame["unit"].map({"U0": 2, "U1": 2, "U2": 3, "U3": 3})
    book = Codebook.of([Variable("wave", labels=waves)])
    found = sk.group_time_effects(
        sk.SurveyDesign(sk.Survey(frame, book), cluster="unit"), "trust", first_wave="start", wave="wave", lang="en"
    )
    rows = found.table["wave"].notna()
    assert set(found.table["wave"][rows]) <= {"first (1)", "second", "first (3)"}
    told = {"first (1)": 1, "second": 2, "first (3)": 3}
    assert found.codes["wave", "wave"][rows].tolist() == [told[name] for name in found.table["wave"][rows]]


def test_frequencies_are_said_by_their_codes():
    """An answer and a reason of one label, in one language: each row has the code beside it."""
    labels = {1: {"en": "none", "ru": "никто"}, 2: {"en": "one, or two", "ru": "один или два"}}
    book = Codebook.of([Variable("q", labels=labels, missing={9: {"en": "none", "ru": "отказ"}})])
    found = sk.frequencies(
        sk.Survey(pd.DataFrame({"q": [1, 2, 2, 9, None]}), book).with_missing_codes(), "q", lang="en"
    )
    assert found.codes["level", ""].tolist() == [None, 2, None, None, None]
    assert found.table["code"].tolist() == [1, 2, 9, None, None]
    said = [row[1] for row in page_table(found, lang="ru").rows]
    assert said == ["none", "один или два", "отказ", "нет ответа", "все респонденты"]


def test_series_of_a_trend_that_read_alike_stay_apart():
    frame = FRAME.assign(wave=np.where(np.arange(120) % 4 < 2, 2021, 2023))
    book = Codebook.of([
        Variable("g", labels={1: "a", 2: "a, b", 3: "c"}), Variable("h", labels={1: "b, c", 2: "c"}),
    ])  # fmt: skip
    design = sk.SurveyDesign(sk.Survey(frame, book))
    found = sk.means(design, "q", by=["wave", "g", "h"], where=frame["g"] < 3)
    series = sk.plotted_numbers(sk.draw_trend(found))["group"]
    assert set(series) == {"a, b, c (1, 1)", "a, b, c (2, 2)", "a, c", "a, b, b, c"}


def test_an_edited_text_has_no_code_and_is_printed_as_it_was_edited(design):
    found = sk.means(design, "trust", by="sex", lang="en")
    edited = replace(found, table=found.table.assign(group=["men", "1"]))
    assert edited.codes["group", "sex"].tolist() == [None, 2]
    assert [row[1] for row in page_table(edited, lang="ru").rows] == ["men", "женщины"]


def test_a_result_made_by_hand_has_no_codes():
    by_hand = Result(pd.DataFrame({"group": ["a", "b"], "estimate": [1.0, 2.0]}, index=[5, 3]), "By hand.")
    assert by_hand.codes.shape == (2, 0) and by_hand.codes.index.tolist() == [5, 3]
    assert by_hand.meanings_of(by_hand.table["group"]) == [None, None]


def test_everybody_has_no_code_in_particular(design):
    found = sk.means(design, "trust")
    assert found.meanings_of(found.table["group"]) == [()] and found.codes.shape == (1, 0)
