import re
from dataclasses import replace

import pandas as pd
import pytest

from surveykit.comparison.judgement import weigh_reasons
from surveykit.comparison.planning.feasibility_check import check_feasibility
from surveykit.report.tables.table_text import page_table
from surveykit.report.verdict import verdict_of
from surveykit.results import Result, glossary_frame
from surveykit.weighting.diagnostics import MEASURES
from surveykit.words.codes import CODED_WORDS, REASONS
from surveykit.words.pages import coded

EVERY = [(column, key) for column, words in CODED_WORDS.items() for key in words]


@pytest.mark.parametrize(("column", "key"), EVERY)
def test_every_coded_value_stands_in_three_languages(column, key):
    english, russian, kazakh = CODED_WORDS[column][key]
    assert all(text.strip() == text and text for text in (english, russian, kazakh))
    assert len({english, russian}) == len({english, kazakh}) == 2
    assert not set("әғқңөұүһі") & set(russian) and english.isascii()


@pytest.mark.parametrize("name", REASONS)
def test_every_reason_has_the_same_gaps_in_both_languages(name):
    russian, kazakh = REASONS[name]
    assert re.findall(r"{\w+}", russian) and set(re.findall(r"{\w+}", russian)) == set(re.findall(r"{\w+}", kazakh))
    assert set("әғқңөұүһі") & set(kazakh) and not set("әғқңөұүһі") & set(russian)


def test_every_reason_of_the_gate_is_known(design):
    numbers = check_feasibility(design, group="akim", baseline=0, settlement="village").worst.numbers
    bad = replace(
        numbers,
        smallest_p_two_sided=0.2,
        df_adjusted=2.0,
        largest_share_of_arm=0.6,
        size_ratio=3.0,
        true_level=0.08,
        leaning=-0.9,
        n_settlement_covariates=8,
    )
    _, even = weigh_reasons(replace(bad, size_ratio=1.0, randomization_level=0.1))
    _, reasons = weigh_reasons(replace(bad, n_treated=1, n_baseline=9))
    _, doubts = weigh_reasons(replace(bad, n_treated=3, n_baseline=3))
    assert set(reasons) | set(doubts) | set(even) | {"cohorts", "cohorts_small"} == set(REASONS)  # of event studies


def test_reasons_are_told_in_the_readers_language(comparison):
    facts = {
        **comparison.feasibility.facts,
        "n_treated": 3,
        "df_adjusted": 2.34,
        "largest_settlement": "S07",
        "largest_share_of_arm": 0.612,
    }
    gate = replace(comparison.feasibility, facts=facts, reason_names=("few", "df", "dominant", "a new one"))
    said = verdict_of(gate, "ru")
    assert "на меньшей стороне: 3. Чтобы критерии" in said and "по Саттертуэйту 2,3, то есть меньше 5" in said
    assert "«S07» в весе его стороны: 61\u202f%" in said and "a new one" not in said
    assert "Only 3 settlements stand against 3." in verdict_of(gate, "en")


def test_every_check_of_the_gate_and_every_measure_of_weights_is_known(design):
    gate = check_feasibility(design, group="akim", baseline=0, settlement="village")
    assert set(gate.table["check"]) <= set(CODED_WORDS["check"])
    assert set(MEASURES.values()) <= set(CODED_WORDS["measure"])


def test_counts_among_other_numbers_are_whole(design):
    table = page_table(check_feasibility(design, group="akim", baseline=0, settlement="village"), lang="kk")
    cells = {row[0]: row[1] for row in table.rows}
    assert cells["елді мекендер, салыстырылатын топ"] == "4" and cells["респонденттер"] == "240"
    assert cells["ең кіші p, екіжақты"] == "0,029" and table.header[0] == "Тексеру"


def test_a_term_of_the_users_own_keeps_its_name():
    assert coded("term", "power_line", "ru") == "power_line" and coded("term", "adjusted", "kk") == "түзетілген"


@pytest.mark.parametrize(
    ("terms", "heading", "cell"),
    [
        (["unadjusted", "adjusted"], "Поправка", "с поправкой"),
        (["alpha", "omega"], "Величина", "омега Макдональда"),
        (["age", "adjusted"], "Член модели", "с поправкой"),
    ],
)
def test_the_heading_of_terms_says_what_they_are(terms, heading, cell):
    table = page_table(Result(glossary_frame({"term": terms, "estimate": [1.0, 2.0]}), ""), lang="ru")
    assert table.header[0] == heading and table.rows[1][0] == cell


def test_a_variance_is_no_test():
    shown = glossary_frame({"method": ["linearized", "linearized"], "estimate": [1.0, 2.0]})
    assert page_table(Result(shown, "")).notes == ("Method: linearized (Taylor).",)
    assert page_table(Result(shown.assign(p_value=0.5), "")).notes == ("Method: linearized t.",)


def test_reasons_of_missing_answers_in_another_language():
    table = pd.DataFrame({"reason": ["empty", "all other reasons"], "n": [1, 2]})
    assert [row[0] for row in page_table(Result(table, ""), lang="kk").rows] == ["жауап жоқ", "басқа себептер"]
