"""One door for codebooks: the bytes say what a file is, and it opens everywhere a codebook is taken."""

import json

import pandas as pd
import pytest

import surveykit as sk
from tests.expectations.words import one_sentence

SPS = "VARIABLE LABELS q1 'Trust'.\nVALUE LABELS q1 1 'No' 2 'Yes'.\n"
DDI = """<?xml version="1.0"?><codeBook xmlns="ddi:codebook:2_5"><dataDscr><var name="q1"><labl>Trust</labl>
<catgry><catValu>1</catValu><labl>No</labl></catgry><catgry><catValu>2</catValu><labl>Yes</labl></catgry>
<varFormat type="numeric"/></var></dataDscr></codeBook>"""
LSS = """<?xml version="1.0"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType><languages><language>en</language>
</languages><answers><rows><row><qid>1</qid><code>1</code><answer>No</answer></row><row><qid>1</qid><code>2</code>
<answer>Yes</answer></row></rows></answers><questions><rows><row><qid>1</qid><parent_qid>0</parent_qid><type>L</type>
<title>q1</title><question>Trust</question></row></rows></questions></document>"""
QSF = json.dumps({
    "SurveyEntry": {"SurveyName": "x"},
    "SurveyElements": [{"Element": "SQ", "Payload": {
        "DataExportTag": "q1", "QuestionType": "MC", "Selector": "SAVR", "QuestionText": "Trust",
        "Choices": {"1": {"Display": "No"}, "2": {"Display": "Yes"}},
    }}],
})  # fmt: skip
TOML = 'variables.q1 = {question = "Trust", labels = {1 = "No", 2 = "Yes"}}\n'
KINDS = [("b.sps", SPS), ("b.xml", DDI), ("b.lss", LSS), ("b.qsf", QSF), ("b.toml", TOML), ("b.txt", DDI)]


@pytest.mark.parametrize(("name", "text"), KINDS)
def test_each_kind_opens_everywhere(tmp_path, name, text):
    book = tmp_path / name
    book.write_text(text, encoding="utf-8")
    answers = tmp_path / "a.csv"
    answers.write_text("q1\n1\n2\n")
    sk.write_spss(sk.read_csv(answers), tmp_path / "a.sav")
    for survey in (sk.read_csv(answers, codebook=book), sk.read_survey(tmp_path / "a.sav", codebook=str(book)),
                   sk.inspect_file(answers, codebook=book).survey):  # fmt: skip
        variable = survey.codebook["q1"]
        assert variable.ask() == "Trust" and [variable.label(code) for code in (1, 2)] == ["No", "Yes"]
        assert len(survey.provenance.files) == 1
    assert sk.read_codebook(book)["q1"].ask() == "Trust"


def test_what_is_no_codebook(tmp_path):
    sk.write_spss(sk.Survey(pd.DataFrame({"q": [1.0]})), tmp_path / "a.sav")
    said = one_sentence(lambda: sk.read_codebook(tmp_path / "a.sav"), sk.ReadError)
    assert "its codebook comes with its answers" in said
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")
    said = one_sentence(lambda: sk.read_codebook(tmp_path / "a.pdf"), sk.ReadError)
    assert "is a PDF document, no codebook; give a TOML file, DDI-Codebook XML" in said
    said = one_sentence(lambda: sk.read_codebook(_toml(tmp_path), encoding="cp1251"), sk.ArgumentError)
    assert "`encoding` is for SPSS syntax" in said


def _toml(folder):
    (folder / "b.toml").write_text(TOML)
    return folder / "b.toml"


@pytest.mark.parametrize(("name", "text", "words"), [
    ("a.qsf", '{"SurveyEntry": ' + "[" * 100_000, "lists too deep in each other"),
    ("a.qsf", '{"SurveyEntry": {', "is no JSON that can be read"),
    ("a.qsf", '{"a": 1}', "no questionnaire of Qualtrics"),
    ("a.qsf", '{"SurveyEntry": {}, "SurveyElements": [1, null, {"Element": "SQ"}]}', "without questions"),
    ("a.lss", "<?xml version='1.0'?><document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "without questions"),
    ("a.lss", "<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'x'>]><document>&a;</document>", "defines entities"),
    ("a.lss", "<?xml version='1.0'?><document/>", "is no questionnaire of LimeSurvey"),
])  # fmt: skip
def test_damaged_questionnaires(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    one_sentence(lambda: sk.read_codebook(tmp_path / name), sk.ReadError, words)


def test_a_codebook_read_apart_still_says_that_the_answers_are_simulated(tmp_path):
    (tmp_path / "book.toml").write_text('simulated = true\nweight = "w"\n[variables.q]\nquestion.en = "Do you?"\n')
    (tmp_path / "a.csv").write_text("q,w\n1,1.5\n2,0.5\n")
    book = sk.read_codebook(tmp_path / "book.toml")
    assert book.simulated and book.weight == "w"
    for codebook in (book, tmp_path / "book.toml"):
        read = sk.read_csv(tmp_path / "a.csv", codebook=codebook)
        assert read.provenance.simulated and read.provenance.weight == "w"
    assert sk.Survey(read.data, book).provenance.simulated
    sk.write_codebook(book, tmp_path / "again.toml")
    again = sk.read_codebook(tmp_path / "again.toml")
    assert again.simulated and again.weight == "w"
