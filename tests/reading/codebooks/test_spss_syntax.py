"""SPSS syntax as a codebook; PSPP, which executes it, is the independent reading."""

import shutil
import subprocess

import pytest

import surveykit as sk
from tests.expectations.words import one_sentence

SYNTAX = '''* Encoding: UTF-8.
* don't read this. Nor 'that.
COMMENT VALUE LABELS q9 1 'no'.
DATA LIST LIST NOTABLE / id (F4.0) q1 TO q4 (F2.0) region (A2) w (F8.4).
BEGIN DATA
1 1 2 3 99 AL 1.5
2 2 9 -1 4 AS 0.5
END DATA.
VARIABLE LABELS
  q1 'Доверие к акиму: "Мой аким''s"' /* the first
  q2 "He said ""yes""" +
     ' and left'
  /region 'Region.'.
VAL LAB q1 TO q3 1 'No' 2 'Yes' 9 'Refused' / region 'AL' 'Almaty' 'AS' 'Астана'.
ADD VALUE LABELS q1 3 'Maybe'
  / q4 -1 'Don''t know'.
MISSING VALUES q1 TO q3 (9) q4 (90 THRU HI, -1) / region ('AS').
VARIABLE LEVEL q1 q2 (ORDINAL) /w (SCALE).
WEIGHT BY w.
'''


def book(tmp_path, text, encoding="utf-8", name="book.sps"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return sk.read_codebook(path)


def test_what_syntax_says(tmp_path):
    found = book(tmp_path, SYNTAX)
    assert found["q1"].ask() == 'Доверие к акиму: "Мой аким\'s"' and found["q2"].ask() == 'He said "yes" and left'
    assert found["q1"].labels == {1: {"und": "No"}, 2: {"und": "Yes"}, 3: {"und": "Maybe"}}
    assert found["q2"].labels == found["q3"].labels == {1: {"und": "No"}, 2: {"und": "Yes"}}
    assert found["q2"].missing == {9: {"und": "Refused"}}
    assert found["q4"].missing == {-1: {"und": "Don't know"}} and found["q4"].missing_ranges == ((90, float("inf")),)
    assert found["region"].labels == {"AL": {"und": "Almaty"}} and found["region"].missing == {"AS": {"und": "Астана"}}
    assert found["q1"].measure == "ordinal" and found["w"].measure == "scale" and found["q3"].measure is None
    assert "id" not in found and "q9" not in found


@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not here")
def test_pspp_reads_the_same(tmp_path):
    (tmp_path / "run.sps").write_text(SYNTAX.replace("NOTABLE ", "") + "SAVE OUTFILE='out.sav'.\n", encoding="utf-8")
    subprocess.run(["pspp", "-o", "log.txt", "run.sps"], cwd=tmp_path, check=True, capture_output=True)
    theirs, ours = sk.read_spss(tmp_path / "out.sav", encoding="utf-8"), book(tmp_path, SYNTAX)
    for name in ours:
        one, other = ours[name], theirs.codebook[name]
        assert one.question == other.question and one.labels == other.labels and one.missing == other.missing, name
        assert one.missing_ranges == other.missing_ranges, name
    assert theirs.provenance.weight == "w"


ARCHIVE = """*-----------------------------------------------------------*
*
*        SPSS SETUP FILE: POLITICAL SURVEY, DON'T CARE
*
*-----------------------------------------------------------.

* SPSS DATA LIST COMMAND.

FILE HANDLE DATA / NAME="data-filename" LRECL=154.

DATA LIST FILE=DATA /
    CASEID 1-4            V1 5           V2 6-7
    REGION 8-9 (A)        V3 10-13 (2)
   .

VALUE LABELS
    V1 TO V2   1 'Approve'
             5 'Disapprove'
             9 'NA/Refused' /
    REGION   "NE" "Northeast"
   .

MISSING VALUES
    V1 (8,9) /
    V2 (98 THRU HIGHEST)
   .

*RECODE
*    V1 (9=SYSMIS).

EXECUTE.
"""
TOOL = """*$Rev: 121017 $.
SET UNICODE=ON.
PRESERVE LOCALE.
GET DATA
 /TYPE=TXT
 /FILE='survey_1_SPSS_data_file.dat'
 /DELIMITERS=","
 /QUALIFIER="'"
 /VARIABLES=
 id F6
 submitdate DATETIME23.2
 Q1 A2
 Q2 F1
 Q3 F1
.
CACHE.
EXECUTE.

*Define Variable Properties.
VARIABLE LABELS id 'Response ID'.
VARIABLE LABELS Q1 'Do you trust?'.

*Define Value labels.
VALUE LABELS Q1
"A1" "Yes"
"A2" "No".
VALUE LABELS Q2 TO Q3
1 "Yes"
0 "Not selected".
VARIABLE LEVEL Q3(NOMINAL).
RESTORE LOCALE.
"""


def test_the_layouts_of_an_archive_and_of_limesurvey(tmp_path):
    """As ICPSR's setup files and LimeSurvey's syntax for its export are laid out; the words are made up."""
    found = book(tmp_path, ARCHIVE)
    assert list(found) == ["V1", "V2", "REGION"] and found["REGION"].labels == {"NE": {"und": "Northeast"}}
    assert found["V1"].missing == {8: {}, 9: {"und": "NA/Refused"}} and found["V2"].missing_ranges == (
        (98, float("inf")),
    )
    found = book(tmp_path, TOOL)
    assert list(found) == ["id", "Q1", "Q2", "Q3"] and found["Q1"].label("A2") == "No"
    assert found["Q2"].labels == found["Q3"].labels and found["Q3"].measure == "nominal"


def test_data_and_syntax_together(tmp_path):
    (tmp_path / "a.csv").write_text("id,q1,q2,q3,q4,region,w\n1,1,2,3,99,AL,1.5\n2,2,9,1,4,AL,0.5\n")
    (tmp_path / "a.sps").write_text(SYNTAX, encoding="utf-8")
    survey = sk.read_csv(tmp_path / "a.csv", codebook=tmp_path / "a.sps", on_unknown="keep")
    assert survey.provenance.weight == "w" and survey.data["q4"].isna().tolist() == [True, False]
    assert survey.missing_reasons["q2"].tolist() == [9]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8-sig", "utf-16"])
def test_old_encodings(tmp_path, encoding):
    text = "VARIABLE LABELS q1 'Насколько Вы доверяете акиму своего района?'.\nVALUE LABELS q1 1 'Полностью доверяю'.\n"
    assert book(tmp_path, text, encoding)["q1"].ask().startswith("Насколько Вы")


def test_a_declared_encoding_is_believed(tmp_path):
    found = book(tmp_path, "* Encoding: windows-1253.\nVARIABLE LABELS q1 'Ναι'.\n", "cp1253")
    assert found["q1"].ask() == "Ναι"


def test_commands_end_with_a_blank_line_or_where_the_next_begins(tmp_path):
    text = "VARIABLE LABELS q1 'One'\n\nVALUE LABELS q1 1 'No' 2 'Yes'\nMISSING VALUES q1 (2)\n"
    found = book(tmp_path, text)
    assert found["q1"].ask() == "One" and found["q1"].labels == {1: {"und": "No"}} and 2 in found["q1"].missing


def test_nothing_is_executed_and_what_changes_answers_is_told(tmp_path):
    text = (
        "BEGIN PROGRAM.\nimport os; os.remove('x')\nVALUE LABELS q1 1 'trap'.\nEND PROGRAM.\n"
        "DEFINE !m()\nVALUE LABELS q1 2 'trap'.\n!ENDDEFINE.\nHOST COMMAND=['rm x'].\nRECODE q1 (5=1).\n"
        "VALUE LABELS q1 1 'No'.\nEXECUTE.\n"
    )
    with pytest.warns(sk.SurveyKitWarning, match="these commands were skipped: HOST, RECODE"):
        assert book(tmp_path, text)["q1"].labels == {1: {"und": "No"}}


def test_to_without_data_follows_the_labels_or_the_numbers(tmp_path):
    listed = "VARIABLE LABELS q1 'a' q2 'b' q3 'c'.\nVALUE LABELS q1 TO q3 1 'No'.\n"
    assert [1 in book(tmp_path, listed)[name].labels for name in ("q1", "q2", "q3")] == [True] * 3
    numbered = "VALUE LABELS q08 TO q10 1 'No'.\n"
    assert list(book(tmp_path, numbered)) == ["q08", "q09", "q10"]
    doubtful = "VARIABLE LABELS q1 'a' sex 'b' q3 'c'.\nVALUE LABELS q1 TO q3 1 'No'.\n"
    said = one_sentence(lambda: book(tmp_path, doubtful), sk.ReadError)
    assert "q1, sex, q3 in the order of VARIABLE LABELS and q1, q2, q3 by their numbers" in said
    unknown = "VALUE LABELS sex TO age 1 'No'.\n"
    assert "does not tell which variables stand between" in one_sentence(lambda: book(tmp_path, unknown), sk.ReadError)


def test_all(tmp_path):
    text = "VARIABLE LABELS q1 'a' q2 'b'.\nMISSING VALUES ALL (-9).\n"
    assert all(-9 in book(tmp_path, text)[name].missing for name in ("q1", "q2"))


@pytest.mark.parametrize(("text", "words"), [
    ("VARIABLE LABELS q1 'open.\n", "line 1: a quotation mark opens a text that does not end on its line"),
    ("VARIABLE LABELS\n q1 5.\n", "line 2: VARIABLE LABELS needs a text in quotation marks, but '5'"),
    ("VALUE LABELS 1 'a'.\n", "needs the names of variables, but '1'"),
    ("MISSING VALUES q1 9.\n", "needs missing values in parentheses, but '9'"),
    ("MISSING VALUES q1 (9.\n", "needs a value or a closing parenthesis, but 'the end of the command'"),
    ("MISSING VALUES q1 (9 THRU 1).\n", "a range that begins with its lower end"),
    ("VARIABLE LEVEL q1 (BIG).\n", r"needs \(NOMINAL\), \(ORDINAL\) or \(SCALE\)"),
    ("GET DATA /TYPE=TXT /VARIABLES= q1 F1.\nEXECUTE.\n", "describes no variable"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, words):
    one_sentence(lambda: book(tmp_path, text), sk.ReadError, words)
