import importlib.util
import zipfile

import pytest

import surveykit as sk

SURVEY = """type,name,label::English (en),label::Қазақша (kk),hint
start,start,,,
begin_group,g1,Group,,
select_one yn,q1,Do you vote?,Дауыс бересіз бе?,
select_multiple media,q2,What do you read?,Не оқисыз?,
integer,age,Age,Жасы,
"""
CHOICES = """list_name,name,label::English (en),label::Қазақша (kk)
yn,1,Yes,Иә
yn,0,No,Жоқ
media,radio,Radio,Радио
media,paper,Newspaper,Газет
"""


def test_a_form_becomes_a_codebook_in_its_languages(tmp_path):
    (tmp_path / "survey.csv").write_text(SURVEY, encoding="utf-8")
    (tmp_path / "choices.csv").write_text(CHOICES, encoding="utf-8")
    book = sk.read_xlsform(tmp_path / "survey.csv", choices=tmp_path / "choices.csv")
    assert list(book) == ["start", "q1", "q2", "q2/radio", "q2/paper", "age"]
    assert book["q1"].ask("kk") == "Дауыс бересіз бе?" and book["q1"].label(1, "kk") == "Иә"
    assert book["q2/radio"].ask("en") == "What do you read?: Radio"
    assert book["age"].measure == "scale" and book["q1"].measure == "nominal"


def test_conditions_are_universes_and_a_select_multiple_is_a_response_set(tmp_path):
    survey = (
        "type,name,label,relevant\nbegin group,g,,${age} > 17\nselect_one yn,vote,Did you vote?,\n"
        "select_multiple media,why,Why?,${vote} = 1\nend group,,,\nbegin_group,h,,NA\ninteger,age,Age,\n"
    )
    (tmp_path / "survey.csv").write_text(survey, encoding="utf-8")
    (tmp_path / "choices.csv").write_text(CHOICES, encoding="utf-8")
    book = sk.read_xlsform(tmp_path / "survey.csv", choices=tmp_path / "choices.csv")
    assert book["vote"].universe == {"und": "${age} > 17"}
    assert book["why"].universe == book["why/radio"].universe == {"und": "${age} > 17 and ${vote} = 1"}
    assert book["age"].universe == {}
    assert book.response_sets["why"].items == ("why/radio", "why/paper") and book.response_sets["why"].chosen == 1


def test_a_workbook_without_its_extra_names_the_line_that_installs_it(tmp_path):
    if importlib.util.find_spec("openpyxl"):
        pytest.skip("openpyxl is installed")
    with zipfile.ZipFile(tmp_path / "form.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(sk.MissingExtraError, match=r'pip install "surveykit-settlements\[excel\]"'):
        sk.read_xlsform(tmp_path / "form.xlsx")


def test_a_workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for title, text in (("survey", SURVEY), ("choices", CHOICES)):
        sheet = book.create_sheet(title)
        for line in text.splitlines():
            sheet.append(line.split(","))
    book.save(tmp_path / "form.xlsx")
    assert sk.read_xlsform(tmp_path / "form.xlsx")["q1"].label(0, "kk") == "Жоқ"


def test_a_sheet_of_another_kind_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(sk.ReadError, match="lacks the columns 'type' and 'name'"):
        sk.read_xlsform(tmp_path / "a.csv")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_the_real_kobo_form_describes_its_answers(shared_data):
    folder = shared_data / "csv_files"
    book = sk.read_xlsform(
        folder / "kobo_hypegrammaR_questions.csv", choices=folder / "kobo_hypegrammaR_choices.csv", encoding="cp1252"
    )
    answers = sk.read_csv(folder / "kobo_hypegrammaR_testdata.csv")
    described = [name for name in answers.frame.columns if name in book]
    assert len(described) > 200
    assert book["region"].ask("en") == "In which region is the interview taking place?"
    assert book["region"].labels and {"en", "prs", "ps"} <= set(book.languages)


def test_a_choice_list_has_codes_of_one_kind(tmp_path):
    (tmp_path / "survey.csv").write_text(
        "type,name,label\nselect_one yn,q1,Q1\nselect_multiple src,q2,Q2\nselect_one mix,q3,Q3\n"
    )
    (tmp_path / "choices.csv").write_text(
        "list_name,name,label\nyn,1,Yes\nyn,0,No\nsrc,01,Radio\nsrc,02,TV\nsrc,other,Other\n"
        "mix,1,One\nmix,2,Two\nmix,other,Other\n"
    )
    book = sk.read_xlsform(tmp_path / "survey.csv", choices=tmp_path / "choices.csv")
    assert list(book["q1"].labels) == [1, 0] and list(book["q3"].labels) == ["1", "2", "other"]
    (tmp_path / "data.csv").write_text(
        "_id,q1,q2,q2/01,q2/02,q2/other,q3\n1,1,01 02,1,1,0,1\n2,0,02,0,1,0,other\n3,1,other,0,0,1,2\n"
    )
    survey = sk.read_csv(tmp_path / "data.csv", codebook=book)
    assert sk.frequencies(survey, "q3").table[["level", "n"]].to_numpy().tolist()[:3] == [
        ["One", 1],
        ["Two", 1],
        ["Other", 1],
    ]
    counted = sk.count_responses(survey, sk.find_response_sets(survey)["q2"]).table
    assert counted["level"].tolist() == ["Q2: Radio", "Q2: TV", "Q2: Other"] and counted["n"].tolist() == [1, 2, 1]
