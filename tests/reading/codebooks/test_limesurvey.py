"""A questionnaire of LimeSurvey as a codebook."""

import pytest

import surveykit as sk
from tests.reading.codebooks.test_any_codebook import LSS


def test_a_list_question_has_its_text_without_markup_and_its_answers(tmp_path):
    (tmp_path / "a.lss").write_text(
        LSS.replace(">Trust<", "><![CDATA[<p>Do you <b>trust</b> the akim?</p>]]><"), encoding="utf-8"
    )
    variable = sk.read_codebook(tmp_path / "a.lss")["q1"]
    assert variable.ask("en") == "Do you trust the akim?"
    assert {code: variable.label(code, "en") for code in variable.labels} == {1: "No", 2: "Yes"}


@pytest.mark.parametrize(("old", "new", "words"), [
    ("<title>q1</title>", "", "without questions; export the survey structure again"), ("</document>", "", "is no XML that can be read"),
])  # fmt: skip
def test_what_is_damaged_ends_in_one_sentence(tmp_path, old, new, words):
    (tmp_path / "a.lss").write_text(LSS.replace(old, new), encoding="utf-8")
    with pytest.raises(sk.SurveyKitError, match=words) as caught:
        sk.read_codebook(tmp_path / "a.lss")
    assert "\n" not in str(caught.value)
