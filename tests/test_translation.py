"""Labels in another language; a word of ours is known by its column, because any word may be a label."""

import pandas as pd

import surveykit as sk
from surveykit.codebook import Codebook, Variable
from surveykit.report.tables.table_text import page_table
from surveykit.results import Origin, Result
from surveykit.translation import group_parts, levels_in, reason_names

BOOK = Codebook.of([
    Variable("q", labels={1: {"en": "radio", "ru": "радио"}, 2: {"en": "other", "ru": "другое"}, 3: {"en": "empty"},
                          4: {"en": "all"}}, missing={9: {"en": "empty head", "ru": "пустая голова"}}),
    Variable("g", labels={1: {"en": "Aqsu, north", "ru": "Аксу, север"}, 2: {"en": "men", "ru": "мужчины"}}),
])  # fmt: skip
ORIGIN = Origin(codebook=BOOK)


def test_an_answer_is_never_a_word_of_ours():
    texts = ["radio", "other", "empty", "all"]
    table = pd.DataFrame({"outcome": "q", "level": [*texts, "none"], "group": "all"})
    found = Result(table, "", ORIGIN, level_codes={"q": {text: code for code, text in enumerate(texts, 1)}})
    assert levels_in(found, table, "ru") == ["радио", "другое", "empty", "all", "none"]


def test_a_table_made_by_hand_keeps_its_texts():
    """Whatever the codebook calls so: without codes nobody knows what they stand for."""
    table = pd.DataFrame({"outcome": "q", "level": ["radio", "other"], "group": ["all", "men"], "estimate": [1.0, 2.0]})
    assert [row[1:3] for row in page_table(Result(table, "", ORIGIN), lang="ru").rows] == [
        ("radio", "all"),
        ("other", "men"),
    ]


def test_numbers_of_a_figure_say_everybody_in_words_where_there_is_no_other_group():
    drawn = pd.DataFrame({"group": ["all", "all"], "value": [1.0, 2.0]})
    assert page_table(drawn, lang="ru").notes == ("Группа: все респонденты.",)
    assert [row[0] for row in page_table(drawn.assign(group=["all", "men"]), lang="ru").rows] == ["all", "men"]


def test_reasons_of_ours_and_declared_ones():
    said = reason_names(["empty", "empty head", "all other reasons"], "q", "ru", ORIGIN)
    assert [*said.values()] == ["нет ответа", "пустая голова", "прочие причины"]
    known = Origin(codebook=Codebook.of([Variable("q", missing={9: {"en": "empty", "ru": "прочерк"}})]))
    assert reason_names(["empty (9)", "empty"], "q", "ru", known) == {"empty (9)": "прочерк", "empty": "empty"}


def test_an_answer_other_is_printed_as_it_was_given(tmp_path):
    frame = pd.DataFrame({"q": [1, 2, 3, 4] * 10, "v": [*range(10)] * 4, "text": ["other", "all", "empty", "x"] * 10})
    design = sk.SurveyDesign(sk.Survey(frame, BOOK), cluster="v")
    sk.write_table(sk.shares(design, "q", lang="en"), tmp_path / "q.md", lang="ru")
    said = (tmp_path / "q.md").read_text(encoding="utf-8")
    assert "другое" in said and "нет ответа" not in said and "| все респонденты" not in said
    assert "Группа: все респонденты" in said  # everybody, although an answer reads "all"
    sk.write_table(sk.means(design, "q", by="text"), tmp_path / "t.md", lang="en")
    assert "no answer" not in (tmp_path / "t.md").read_text(encoding="utf-8")
    sk.write_table(sk.frequencies(design, "v", lang="en"), tmp_path / "f.md", lang="ru")
    assert "нет ответа" in (tmp_path / "f.md").read_text(encoding="utf-8")


def test_labels_that_two_codes_share_are_told_apart():
    """In the table's language and in another: by their codes."""
    book = Codebook.of([
        Variable("q", labels={1: {"en": "a", "ru": "а"}, 2: {"en": "a", "ru": "б"}, 3: {"en": "c", "ru": "в"}}),
        Variable("g", labels={1: {"en": "north", "ru": "север"}, 2: {"en": "north", "ru": "север"}}),
    ])  # fmt: skip
    frame = pd.DataFrame({"q": [1, 2, 3, 3] * 30, "g": [1, 1, 2, 2, 1] * 24, "v": [*range(10)] * 12})
    found = sk.shares(sk.SurveyDesign(sk.Survey(frame, book), cluster="v"), "q", by="g", lang="en")
    assert found.table["level"].tolist() == ["a (1)", "a (2)", "c"] * 2
    assert list(dict.fromkeys(found.table["group"])) == ["north (1)", "north (2)"]
    rows = page_table(found, lang="ru").rows
    assert [row[1] for row in rows] == ["а", "б", "в"] * 2
    assert list(dict.fromkeys(row[2] for row in rows)) == ["север (1)", "север (2)"]
    assert "б 2" in sk.alt_text(sk.draw_shares(found, lang="ru"))


def test_a_group_reads_as_its_codes_do_whatever_other_columns_call_them():
    book = Codebook.of(
        [
            Variable("g", labels={1: {"en": "yes", "ru": "да"}, 2: {"en": "all", "ru": "все сёла"}}),
            Variable("h", labels={1: {"en": "yes", "ru": "согласен"}, 2: {"en": "no, never", "ru": "нет"}}),
        ]
    )
    frame = pd.DataFrame({"g": [1, 2] * 20, "h": [1, 1, 2, 2] * 10, "q": [1, 2, 3, 4] * 10, "v": [*range(10)] * 4})
    design = sk.SurveyDesign(sk.Survey(frame, book), cluster="v")
    found = sk.means(design, "q", by=["g", "h"], lang="en")
    assert found.group_codes["all, no, never"] == (("g", 2), ("h", 2))
    said = group_parts(found, "ru")
    assert said["yes, yes"] == ("да", "согласен") and said["all, no, never"] == ("все сёла", "нет")
    assert [row[1] for row in page_table(found, lang="ru").rows] == [
        "да, согласен",
        "да, нет",
        "все сёла, согласен",
        "все сёла, нет",
    ]
    assert group_parts(sk.means(design, "q"), "ru") == {"all": ()}


def test_reasons_that_two_codes_share_are_counted_apart():
    missing = {
        97: {"en": "no answer", "ru": "нет ответа"},
        98: {"en": "no answer", "ru": "отказ"},
        99: {"en": "empty", "ru": "прочерк"},
    }
    book = Codebook.of([Variable("q", labels={1: "no", 2: "yes"}, missing=missing)])
    frame = pd.DataFrame({"q": [1, 2, 97, 98, 98, 99, 99, 99, None, 1], "v": [*range(5)] * 2})
    design = sk.SurveyDesign(sk.Survey(frame, book).with_missing_codes(), cluster="v")
    found = sk.shares(design, "q", lang="en")
    assert dict(zip(found.missing["reason"], found.missing["n"])) == {
        "no answer (97)": 1,
        "no answer (98)": 2,
        "empty (99)": 3,
        "empty (no code)": 1,
    }
    said = reason_names(found.missing["reason"], "q", "ru", found.origin)
    assert [*said.values()] == ["нет ответа (97)", "отказ", "прочерк", "нет ответа (без кода)"]
    only = sk.shares(sk.SurveyDesign(sk.Survey(frame.head(5), book).with_missing_codes(), cluster="v"), "q", lang="en")
    assert "no answer (97) 20.0%; no answer (98) 40.0%" in sk.alt_text(sk.draw_shares(only, lang="en"))
