"""The files beside the project, one by one: each gives its right value, or the right sentence, and none is forgotten.

What is right stands in the `.md` beside each input. Every cell of a CSV that is not in doubt is held to Python's own csv
module; the .sav, .por and .dta of `shared/data` are held to haven and PSPP in test_real_files.py.
"""

import csv
import math
import warnings

import pandas as pd
import pytest

import surveykit as sk
from tests.reading.test_real_files import REFERENCE

KINDS = (".csv", ".sav", ".zsav", ".por", ".dta", ".xlsx", ".toml")

# What is said of an input: a part of a warning, or of the refusal ("!" in front). Inputs that are not named are read
# without a word.
SAID = {
    "bomb_dim.xlsx": "!has something in the cell XFD1048576, far away",
    "bomb_laughs.xlsx": "!is a form (XLSForm)",
    "bomb_rows.xlsx": "!far away from the others",
    "bomb_strings.xlsx": "!is a form (XLSForm)",
    "csv_kobo_set_beside_other_text.csv": "record 4 holds no answer at all and counts as a respondent",
    "csv_multiselect_comma_list.csv": "'1,3' (1.3, or the options 1 and 3)",
    "csv_thousands_comma_quoted.csv": "'150,000' (150 or 150000)",
    "csv_turkish_cp1254.csv": "!encoding='cp1254' gives '12,Kesinlikle katılıyorum'",
    "csv_utf8_one_broken_byte.csv": "letters were lost before the file was saved: column 'село', row 38",
    "dta_utf8_cell_cut_inside_letter.dta": "broken inside a letter: column 'v', row 1",
    "keys_trailing_space.csv": "answers that differ by blanks or capitals only count as different ones in settlement",
    "sav_dont_know_only_labelled.sav": "times: -99 (labelled \"Don't know\"; 1 answers), -98 (labelled 'Refused'",
    "sav_utf8_label_cut_inside_letter.sav": "broken inside a letter: the codebook of 'Q2'",
    "trunc_minus1.sav": "!does not tell how many rows it has, and ends early, inside row 214",
    "unclosed_quote.csv": "!line 52 ('50,1,\"fine'), opens a quotation mark that is never closed",
    "us_thousands.csv": "'150,000' (150 or 150000)",
    "x_far.xlsx": "!has something in the cell XFD1048576, far away",
    "x_laughs.xlsx": "!defines entities in 'xl/worksheets/sheet1.xml'",
    "xlsform_spaces_aliases_or_other_choices.csv": "text was kept in name, where most answers are numbers",
}
# Cells of one column, and for a column of codes the reasons of missing answers.
VALUES = {
    "csv_kobo_set_beside_other_text.csv": ("group_a/media/tv", [1, 0, None, 0]),
    "csv_multiselect_comma_list.csv": ("media", ["1,3", "2", "1,2", "5"]),
    "csv_ona_words_for_skipped.csv": ("age", [34, None, 51, 28]),
    "csv_qualtrics_three_header_rows.csv": ("Q1", [4, 2, 5, 1]),
    "csv_russian_mac_cyrillic.csv": ("answer", ["Полностью согласен", "Не знаю", "Глава села"]),
    "csv_spss_null_sas_dot.csv": ("income", [100, None, 300]),
    "csv_thousands_comma_quoted.csv": ("income", ["150,000", "90,500", "7", "1,500"]),
    "csv_utf8_few_special_signs.csv": ("household", ["≥5 people", "1 to 4", "≥5 people"]),
    "csv_utf8_one_broken_byte.csv": ("село", ["Ащибулак", "Караой"]),
    "dta_column_of_extended_missing_only.dta": ("two", [None] * 4),
    "dta_label_of_unused_missing_letter.dta": ("vote", [1, 0, 1, 0]),
    "dta_utf8_cell_cut_inside_letter.dta": ("v", ["Ащибулак", "Карао", "Боралдай"]),
    "sav_dont_know_only_labelled.sav": ("times", [1, 2, -99, 5]),
    "sav_mrset_counts_a_text.sav": ("M1", ["Y", "N", "N"]),
    "sav_user_missing_time.sav": ("started", [pd.Timedelta(hours=10), None, pd.Timedelta(hours=12.5), None]),
    "us_thousands.csv": ("income", ["150,000", "85,000"]),
    "utf8_one_emoji.csv": ("comment", ["fine", "👍", "no comment"]),
    "waves_languages_reversed_2023.csv": ("trust", [3, 3, 1]),
    "waves_signs_reversed_2021.csv": ("change", [1, 2, 3, 4]),
}
LABELS = {
    "sav_declared_gb18030.sav": ("Q1", "您信任村长吗", 1, "非常同意"),
    "sav_declared_greek_cp1253.sav": ("Q1", "Εμπιστεύεστε τον δήμαρχο", 1, "Συμφωνώ"),
    "sav_utf8_label_cut_inside_letter.sav": ("Q1", "Доверие акиму", 1, "Да"),
}
AS_THEY_STAND = "csv_", "us_", "utf8_", "unclosed_"
NO_CODEBOOK = {"crosswalk_merged_label.toml": "has the key 'recode'"}


def inputs(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix in KINDS)


def read(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_survey(path)
    return survey, " ".join(str(one.message) for one in caught)


def test_every_input_is_read_right_or_answered_in_the_right_sentence(shared_inputs):
    names = inputs(shared_inputs)
    assert {*SAID, *VALUES, *LABELS, *NO_CODEBOOK} <= {*names}
    for name in names:
        path = shared_inputs / name
        if path.suffix == ".toml":
            if name in NO_CODEBOOK:
                with pytest.raises(sk.CodebookError, match=NO_CODEBOOK[name]):
                    sk.read_codebook(path)
            else:
                assert len(sk.read_codebook(path)), name
            continue
        said = SAID.get(name, "")
        if said.startswith("!"):
            with pytest.raises(sk.ReadError) as refused:
                sk.read_survey(path)
            assert said[1:] in str(refused.value), name
            continue
        survey, warned = read(path)
        assert said in warned if said else not warned, (name, warned)
        if name in VALUES:
            column, expected = VALUES[name]
            cells = survey.data[column].astype(object).where(survey.data[column].notna(), None).tolist()
            assert cells[: len(expected)] == expected, name
        if name in LABELS:
            column, question, code, label = LABELS[name]
            assert survey.codebook[column].ask() == question and survey.codebook[column].label(code) == label, name


def test_the_cells_of_every_other_csv_are_those_that_stand_there(shared_inputs):
    plain = [name for name in inputs(shared_inputs) if name.endswith(".csv") and not name.startswith(AS_THEY_STAND)]
    assert len(plain) > 30
    for name in plain:
        with (shared_inputs / name).open(encoding="utf-8", newline="") as stream:
            header, *rows = [record for record in csv.reader(stream) if record]
        survey, _ = read(shared_inputs / name)
        assert list(survey.frame.columns) == header and len(survey) == len(rows), name
        for place, column in enumerate(header):
            for cell, found in zip((row[place] for row in rows), survey.frame[column]):
                if isinstance(found, str):
                    assert found == cell, (name, column)
                else:
                    assert (cell == "" and math.isnan(found)) or float(cell) == found, (name, column, cell, found)


def test_no_real_file_is_forgotten(shared_data):
    here = {path.name for path in shared_data.rglob("*") if path.suffix in KINDS}
    in_csv = {path.name for path in (shared_data / "csv_files").iterdir()}  # test_csv_file.py: shapes and first columns
    assert here == {*REFERENCE} | in_csv
    cells = {
        "empsoz2_semicolon_likert.csv": ("A1Krone", 100, 347),
        "googleforms_ufpr_ce301.csv": ("Qual a sua altura?", 49, 8532),
        "kobo_hypegrammaR_questions.csv": ("row", 541, 541 * 542 / 2),
        "kobo_hypegrammaR_testdata.csv": ("X", 100, 1048395),
        "kz_kato_abai_semicolon_bom.csv": ("parent_id", 1603, 1254541),
        "limesurvey_rse_uk2016_public.csv": ("currentEmp11", 123, 3466),
    }
    assert in_csv == {*cells, "538_StarWars.csv", "kobo_hypegrammaR_choices.csv"}  # refused: test_csv_file.py
    for name, (column, count, total) in cells.items():
        survey, _ = read(shared_data / "csv_files" / name)
        assert (survey.frame[column].count(), survey.frame[column].sum()) == (count, total), name
