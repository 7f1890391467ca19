"""A workbook and the CSV of its sheet are one survey; what only a workbook can say is told."""

import csv
import datetime
import re
import sys
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from tests.expectations.words import one_sentence

openpyxl = pytest.importorskip("openpyxl")


def workbook(path, *rows, sheet="Data", change=lambda sheet: None):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(path)
    return path


def spelled(cell):
    """A typed cell as Excel writes it into a CSV with decimal points and ISO dates."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime.datetime):
        return str(cell).removesuffix(" 00:00:00")
    return str(cell)


whole = st.integers(-(10**9), 10**9)
numbers = st.one_of(whole, st.decimals("-1000", "1000", places=2).map(float))
words = st.text("abЯжқ ,.;-'\"", min_size=1, max_size=6).filter(lambda text: text.strip() == text)
moments = st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2050, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
codes = st.sampled_from(["01", "1", "12", "007", "NA", "n/a", "-", ".", "1.5", "2,5", "1,3", "150,000", "01.05.2023"])
column = st.one_of(
    *(st.lists(st.one_of(st.none(), kind), min_size=5, max_size=5) for kind in (whole, numbers, words, moments, codes)),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=5, max_size=5),
)


@given(st.lists(column, min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_a_sheet_and_its_csv_are_one_survey(tmp_path_factory, columns):
    folder = tmp_path_factory.mktemp("pair")
    names = ["key", *(f"q{place}" for place in range(len(columns)))]
    rows = [names, *([f"r{number}", *cells] for number, cells in enumerate(zip(*columns)))]
    workbook(folder / "a.xlsx", *rows)
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([[spelled(cell) for cell in row] for row in rows])
    try:
        there = sk.read_csv(folder / "a.csv")
    except sk.ReadError:  # decimal commas beside decimal points, which typed numbers are not
        return
    here = sk.read_excel(folder / "a.xlsx")
    assert list(here.codebook) == list(there.codebook)
    for name in names:
        if here.frame[name].dtype != there.frame[name].dtype and name != "key":
            # What is a number by its type needs no proof of its mark; a CSV may leave its column text.
            assert any(isinstance(cell, float) for cell in columns[names.index(name) - 1])
            continue
        pd.testing.assert_series_equal(here.frame[name], there.frame[name])
        assert here.codebook[name].labels == there.codebook[name].labels


def test_types_of_cells(tmp_path):
    def types(sheet):
        sheet["B2"].number_format = "0%"
        sheet["F2"].number_format = sheet["F3"].number_format = "00000"

    path = workbook(
        tmp_path / "a.xlsx",
        ["id", "share", "day", "moment", "agrees", "post code", "clock"],
        [1, 0.5, datetime.date(2023, 5, 1), datetime.datetime(2023, 5, 1, 10, 30), True, 123, datetime.time(9, 5)],
        [2, 0.25, datetime.date(2023, 5, 2), None, False, 4567, None],
        [3, 1.0, None, None, None, None, None],
        change=types,
    )
    survey = sk.read_excel(path)
    data = survey.data
    assert data["share"].tolist() == [0.5, 0.25, 1.0]
    assert data["day"].dt.strftime("%d.%m.%Y").tolist()[:2] == ["01.05.2023", "02.05.2023"]
    assert data["moment"][0] == pd.Timestamp(2023, 5, 1, 10, 30)
    assert data["agrees"].tolist()[:2] == [1, 0] and survey.codebook["agrees"].label(1) == "TRUE"
    assert data["post code"].tolist()[:2] == ["00123", "04567"]
    assert data["clock"][0] == pd.Timedelta(hours=9, minutes=5)
    notes = " ".join(survey.provenance.notes)
    assert "percentages are shares in share (0.5 for one)" in notes and "texts in post code ('00123' for one)" in notes
    assert "holds as texts" not in notes
    assert survey.provenance.format == "Excel .xlsx" and len(survey.provenance.sha256) == 64


def test_numbers_in_texts_are_noted_and_can_be_kept(tmp_path):
    """As KoboToolbox writes them, and as its CSV is read."""
    path = workbook(tmp_path / "a.xlsx", ["id", "q", "day"], ["7", 4, "2023-05-01"], ["8", None, "2023-05-02"])
    survey = sk.read_excel(path)
    assert survey.data["id"].tolist() == [7, 8]
    assert any("became these in id, day; `text=` keeps them" in note for note in survey.provenance.notes)
    assert sk.read_excel(path, text="id").data["id"].tolist() == ["7", "8"]


def test_error_cells_are_empty_and_told(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, 4], [2, "#N/A"], [3, "#DIV/0!"])
    with pytest.warns(sk.SurveyKitWarning, match=r"2 cells hold an error of the spreadsheet \(B3 \(#N/A\), B4"):
        survey = sk.read_excel(path)
    assert survey.data["q"].tolist()[0] == 4 and survey.data["q"].isna().sum() == 2


def test_formulas_count_with_their_saved_value(tmp_path):
    """openpyxl saves formulas without values; a spreadsheet program saves both."""
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, "=1+1"], [2, "=2+2"], [3, 7])
    with pytest.warns(sk.SurveyKitWarning, match=r"2 cells hold a formula whose value was not saved \(B2, B3\)"):
        assert sk.read_excel(path).data["q"].isna().tolist() == [True, True, False]
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            text = re.sub(rb"<f>(\d)\+(\d)</f><v ?(/>|></v>)", rb"<f>\1+\2</f><v>\1</v>", old.read(name))
            new.writestr(name, text)
    survey = sk.read_excel(saved)
    assert survey.data["q"].tolist() == [1, 2, 7]
    assert "formulas count with the value that was saved last, in q" in survey.provenance.notes


def test_a_merged_header_takes_two_rows_and_a_title_stays_one(tmp_path):
    def merge(sheet):
        for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
            sheet.merge_cells(cells)

    path = workbook(
        tmp_path / "a.xlsx", ["Survey of 2023"], ["id", "Trust", None, "age"], [None, "akim", "court", None],
        [1, 4, 5, 33], [2, 3, 1, 44], change=merge,
    )  # fmt: skip
    with pytest.warns(sk.SurveyKitWarning, match=r"'Survey of 2023'\) was taken for a title"):
        survey = sk.read_excel(path)
    assert survey.data.to_dict("list") == {
        "id": [1, 2], "Trust / akim": [4, 3], "Trust / court": [5, 1], "age": [33, 44],
    }  # fmt: skip


def test_decimals_as_numbers_and_as_texts_are_told(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "w", "v"], [1, 1.5, "0,5"], [2, "2,5", "1,25"])
    with pytest.warns(
        sk.SurveyKitWarning, match=r"text was kept in w, where some cells are numbers and others .*'2,5'"
    ):
        data = sk.read_excel(path).data
    assert data["w"].tolist() == ["1.5", "2,5"] and data["v"].tolist() == [0.5, 1.25]


def test_a_value_merged_over_rows_counts_for_each(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", ["settlement", "q"], ["S01", 4], [None, 5], ["S02", 1],
        change=lambda sheet: sheet.merge_cells("A2:A3"),
    )  # fmt: skip
    with pytest.warns(sk.SurveyKitWarning, match=r"merged over several rows of answers \(A2:A3\)"):
        assert sk.read_excel(path).data["settlement"].tolist() == ["S01", "S01", "S02"]


def two_sheets(path, *, hidden=False):
    book = openpyxl.Workbook()
    for title, cell in (("2021", 4), ("2023", 5)):
        sheet = book.create_sheet(title)
        sheet.append(["id", "q"])
        sheet.append([1, cell])
    book["2023"].sheet_state = "hidden" if hidden else "visible"
    book.save(path)
    return path


def test_the_sheet_is_named_where_several_hold_tables(tmp_path):
    path = two_sheets(tmp_path / "a.xlsx")  # the first, empty sheet is no choice
    said = one_sentence(lambda: sk.read_excel(path), sk.ReadError)
    assert "2 sheets that hold tables: '2021' (2 x 2), '2023' (2 x 2)" in said and "sheet='2021'" in said
    assert sk.read_excel(path, sheet="2023").data["q"].tolist() == [5]
    assert "did you mean '2023'" in one_sentence(lambda: sk.read_excel(path, sheet="20232"), sk.ArgumentError)
    assert "is empty" in one_sentence(lambda: sk.read_excel(path, sheet="Sheet"), sk.ReadError)
    assert sk.read_survey(path, sheet="2021").data["q"].tolist() == [4]


def test_a_hidden_sheet_is_no_choice_but_told(tmp_path):
    survey = sk.read_excel(two_sheets(tmp_path / "a.xlsx", hidden=True))
    assert survey.data["q"].tolist() == [4]
    assert any("the sheets '2023' were not read" in note for note in survey.provenance.notes)


def test_a_form_is_no_answers(tmp_path):
    path = workbook(tmp_path / "form.xlsx", ["type", "name", "label"], ["integer", "age", "Age"], sheet="survey")
    assert "give it as `codebook=`" in one_sentence(lambda: sk.read_excel(path), sk.ReadError)


def test_what_is_far_or_empty_or_no_workbook(tmp_path):
    far = workbook(tmp_path / "far.xlsx", ["id", "q"], [1, 2], change=lambda sheet: sheet.__setitem__("XFD90000", "x"))
    assert "something in the cell XFD90000, far away" in one_sentence(lambda: sk.read_excel(far), sk.ReadError)
    empty = workbook(tmp_path / "empty.xlsx")
    assert "no sheet of 'empty.xlsx' holds anything" in one_sentence(lambda: sk.read_excel(empty), sk.ReadError)
    (tmp_path / "a.xlsx").write_text("a,b\n1,2\n")
    assert "is text, not an Excel workbook" in one_sentence(lambda: sk.read_excel(tmp_path / "a.xlsx"), sk.ReadError)
    declared = workbook(tmp_path / "d.xlsx", ["id", "q"], [1, 2])
    laughing = tmp_path / "laugh.xlsx"
    with zipfile.ZipFile(declared) as old, zipfile.ZipFile(laughing, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("sheet1.xml"):  # in UTF-16 the bytes of "<!DOCTYPE" are others
                text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY a "ha">]>{text}'
                new.writestr(name, text.encode("utf-16"))
            else:
                new.writestr(name, text)
    assert "defines entities" in one_sentence(lambda: sk.read_excel(laughing), sk.ReadError)


def test_a_blank_row_between_answers_is_a_respondent_as_in_a_csv(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, 2], [], [3, 4])
    with pytest.warns(sk.SurveyKitWarning, match="record 3 holds no answer at all and counts as a respondent"):
        assert len(sk.read_excel(path)) == 3


def test_a_lying_ending_a_header_alone_and_a_missing_extra(tmp_path, monkeypatch):
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, 2], [2, 5]).rename(tmp_path / "a.csv")
    found = sk.inspect_file(path)
    assert found.survey.data["q"].tolist() == [2, 5]
    assert found.warnings == ("the name ends in '.csv', but the bytes are an Excel workbook",)
    alone = workbook(tmp_path / "b.xlsx", ["id", "q"])
    (tmp_path / "b.csv").write_text("id,q\n")
    with pytest.warns(sk.SurveyKitWarning, match="has a header and no answers below it"):
        assert len(sk.read_excel(alone)) == len(sk.read_csv(tmp_path / "b.csv")) == 0
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = one_sentence(lambda: sk.read_excel(path), sk.MissingExtraError)
    assert 'pip install "surveykit-settlements[excel]"' in said


def test_inspection_names_the_sheet(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, 2], [2, 5])
    found = sk.inspect_file(path)
    assert found.facts["format"] == "Excel .xlsx" and "sheet 'Data'" in found.facts["decided"] and not found.warnings


def test_a_title_merged_over_the_whole_table_is_no_header(tmp_path):
    for rows in (["id", "listens"], ["a", "Да"], ["b", "Нет"]), (["id", "listens", "helps"], ["a", "Да", "Да"]):
        path = workbook(tmp_path / "a.xlsx", ["Опрос 2023"], *rows)
        book = openpyxl.load_workbook(path)
        book.active.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(rows[0]))
        book.save(path)
        with pytest.warns(sk.SurveyKitWarning, match=r"\('Опрос 2023'\) was taken for a title and left out"):
            assert list(sk.read_excel(path).frame.columns) == rows[0]


def test_identifiers_that_a_spreadsheet_cannot_keep_are_told_of(tmp_path):
    """Excel keeps 15 digits: 1234567890123456789 and 1234567890123456788 are one number in the file."""
    path = workbook(tmp_path / "a.xlsx", ["card", "q"], [1234567890123456789, 1], [1234567890123456788, 2])
    with pytest.warns(sk.SurveyKitWarning, match=r"more than 15 digits in card \(1234567890123457\d{3}\)"):
        assert sk.read_excel(path).frame["card"].nunique() == 1
    path = workbook(tmp_path / "a.xlsx", ["iin", "q"], [920101300123, 1], [999999999999999, 2])
    assert sk.read_excel(path).frame["iin"].tolist() == [920101300123, 999999999999999]


def test_texts_that_became_numbers_are_noted_without_those_of_the_total(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, "4"], [2, "5"], ["Итого", 9])
    with pytest.warns(sk.SurveyKitWarning, match="is a total"):
        survey = sk.read_excel(path)
    assert any("became these in q;" in note for note in survey.provenance.notes)
