"""How large a codebook may be, asked before it is read."""

import json

import pytest

import surveykit as sk
from surveykit.errors import ReadError
from surveykit.reading.codebooks import size
from surveykit.reading.codebooks.size import Room, check_size


def test_a_byte_more_than_the_most_is_refused(tmp_path):
    path = tmp_path / "book.xml"
    path.write_bytes(b"x" * 1_000)
    check_size(path, 1_000)
    with pytest.raises(
        ReadError, match=r"'book.xml' has 1,000 bytes, more than the 999 that a codebook .*; is it the data\?"
    ):
        check_size(path, 999)


def test_room_for_columns_and_labels_ends():
    room = Room("form.lss")
    room.take(size.MOST_LABELS)
    with pytest.raises(ReadError, match=r"'form.lss' describes more than 100,000 columns or 2,000,000 labels"):
        room.take(1)


def lss(kind, parts, answers):
    """A question of LimeSurvey with rows and columns of subquestions, or with answers."""
    question = f"<row><qid>1</qid><parent_qid>0</parent_qid><type>{kind}</type><title>Q</title></row>"
    below = "".join(
        f"<row><qid>{at + 10}</qid><parent_qid>1</parent_qid><title>S{at}</title><scale_id>{at % 2}</scale_id></row>"
        for at in range(parts)
    )
    given = "".join(f"<row><qid>1</qid><code>A{at}</code><answer>x</answer></row>" for at in range(answers))
    return (
        "<?xml version='1.0'?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>"
        f"<questions><rows>{question}</rows></questions><subquestions><rows>{below}</rows></subquestions>"
        f"<answers><rows>{given}</rows></answers></document>"
    )


def qsf(rows, columns, several):
    """A matrix of Qualtrics."""
    payload = {
        "QuestionText": "x", "DataExportTag": "Q1", "QuestionID": "QID1", "QuestionType": "Matrix", "Selector": "Likert",
        "SubSelector": "MultipleAnswer" if several else "SingleAnswer",
        "Choices": {str(at): {"Display": "r"} for at in range(rows)},
        "Answers": {str(at): {"Display": "a"} for at in range(columns)},
    }  # fmt: skip
    element = {"Element": "SQ", "PrimaryAttribute": "QID1", "Payload": payload}
    return json.dumps({"SurveyEntry": {"SurveyLanguage": "EN"}, "SurveyElements": [element]})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.lss", lss(";", 1000, 0)),  # 500 x 500 cells
        ("a.lss", lss("R", 0, 400)),  # 400 ranks of 400 answers
        ("a.qsf", qsf(400, 400, True)),
        ("a.qsf", qsf(400, 400, False)),
    ],
)
def test_a_small_file_that_multiplies_is_refused_before_it_takes_memory(tmp_path, monkeypatch, name, text):
    monkeypatch.setattr(size, "MOST_COLUMNS", 100_000)
    monkeypatch.setattr(size, "MOST_LABELS", 100_000)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match="made to take all memory"):
        sk.read_codebook(tmp_path / name)


def test_so_is_a_form_whose_list_is_asked_for_again_and_again(tmp_path, monkeypatch):
    monkeypatch.setattr(size, "MOST_LABELS", 5_000)
    asked = "".join(f"select_one many,q{at},Question\n" for at in range(100))
    (tmp_path / "survey.csv").write_text(f"type,name,label\n{asked}", encoding="utf-8")
    listed = "".join(f"many,{at},Option {at}\n" for at in range(100))
    (tmp_path / "choices.csv").write_text(f"list_name,name,label\n{listed}", encoding="utf-8")
    with pytest.raises(ReadError, match="'survey.csv' describes more than"):
        sk.read_xlsform(tmp_path / "survey.csv", choices=tmp_path / "choices.csv")
