"""Labels in another language; a word of ours is known by its column, because any word may be a label."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Codebook, Variable
from surveykit.report.translation import translate, translate_group, translate_reason
from surveykit.results import Origin

BOOK = Codebook.of([
    Variable("q", labels={1: {"en": "radio", "ru": "радио"}, 2: {"en": "other", "ru": "другое"}, 3: {"en": "empty"},
                          4: {"en": "all"}}, missing={9: {"en": "empty head", "ru": "пустая голова"}}),
    Variable("g", labels={1: {"en": "Aqsu, north", "ru": "Аксу, север"}, 2: {"en": "men", "ru": "мужчины"}}),
])  # fmt: skip
ORIGIN = Origin(codebook=BOOK)


@pytest.mark.parametrize(("label", "printed"), [("radio", "радио"), ("other", "другое"), ("empty", "empty"), ("all", "all"), ("none", "none")])
def test_an_answer_is_never_a_word_of_ours(label, printed):
    assert translate(label, "ru", ORIGIN, "q") == printed
    assert translate(label, "en", Origin(), "q") == label


def test_groups_and_reasons_of_ours():
    assert translate_group("all", "ru", Origin()) == "все респонденты"
    assert translate_group("all", "ru", ORIGIN) == "all"  # a label of this codebook
    assert translate_group("other", "en", Origin()) == "other"
    assert translate_group("Aqsu, north, men", "ru", ORIGIN) == "Аксу, север, мужчины"
    assert translate_reason("empty", "ru", ORIGIN, "q") == "нет ответа"
    assert translate_reason("empty head", "ru", ORIGIN, "q") == "пустая голова"
    known = Origin(codebook=Codebook.of([Variable("q", missing={9: {"en": "empty", "ru": "прочерк"}})]))
    assert translate_reason("empty", "ru", known, "q") == "прочерк"


def test_an_answer_other_is_printed_as_it_was_given(tmp_path):
    frame = pd.DataFrame({"q": [1, 2, 3, 4] * 10, "v": [*range(10)] * 4, "text": ["other", "all", "empty", "x"] * 10})
    design = sk.SurveyDesign(sk.Survey(frame, BOOK), cluster="v")
    sk.write_table(sk.shares(design, "q", lang="en"), tmp_path / "q.md", lang="ru")
    said = (tmp_path / "q.md").read_text(encoding="utf-8")
    assert "другое" in said and "нет ответа" not in said and "все респонденты" not in said
    sk.write_table(sk.means(design, "q", by="text"), tmp_path / "t.md", lang="en")
    assert "no answer" not in (tmp_path / "t.md").read_text(encoding="utf-8")
    sk.write_table(sk.frequencies(design, "v", lang="en"), tmp_path / "f.md", lang="ru")
    assert "нет ответа" in (tmp_path / "f.md").read_text(encoding="utf-8")
