import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

ROWS = [("ауыл", 1, 0.5), ("Қараой", 2, 1.25), ("", 98, 3.0)]
BOOK = """
simulated = true
weight = "w"
[variables.q1]
question.kk = "Әкім тыңдайды"
measure = "ordinal"
labels = {1 = "Жоқ", 2 = "Иә"}
missing = {98 = "Білмеймін"}
"""


def write(tmp_path, content, name="answers.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def table(delimiter, decimal, rows=ROWS):
    lines = [delimiter.join(("name", "q1", "w"))]
    for name, code, number in rows:
        text = str(number).replace(".", decimal)
        quoted = f'"{text}"' if decimal == delimiter else text
        lines.append(delimiter.join((name, str(code), quoted)))
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "kz1048"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_every_dialect_gives_one_identical_frame(tmp_path, encoding, delimiter, decimal):
    rows = [("село Ащысай" if encoding == "cp1251" else "Қараой ауылы", code, number) for _, code, number in ROWS]
    path = write(tmp_path, table(delimiter, decimal, rows).encode(encoding))
    expected = pd.DataFrame({"name": [row[0] for row in rows], "q1": [1, 2, 98], "w": [0.5, 1.25, 3.0]})
    pd.testing.assert_frame_equal(sk.read_csv(path).data, expected)


def test_the_codebook_gives_labels_missing_reasons_weight_and_the_simulated_flag(tmp_path):
    path = write(tmp_path, table(";", ","))
    write(tmp_path, BOOK, "ili.toml")
    survey = sk.read_csv(path, codebook="ili.toml")
    assert survey.provenance.simulated and survey.provenance.weight == "w"
    assert survey.count_missing("q1").to_dict() == {98: 1, "empty": 0}
    assert survey.codebook["q1"].label(2) == "Иә"
    assert survey.codebook["q1"].ask("kk") == "Әкім тыңдайды"


def test_a_codebook_of_the_same_name_is_found(tmp_path):
    path = write(tmp_path, table(";", ","))
    write(tmp_path, BOOK, "answers.toml")
    assert sk.read_csv(path).provenance.simulated


def test_answers_written_as_labels_become_codes(tmp_path):
    write(tmp_path, BOOK, "answers.toml")
    survey = sk.read_csv(write(tmp_path, "q1,w\nИә,1\n жоқ ,2\nБілмеймін,1\n"))
    assert survey.frame["q1"].tolist()[:2] == [2.0, 1.0]
    assert survey.count_missing("q1").to_dict() == {98.0: 1, "empty": 0}
    with pytest.raises(
        sk.CodeError, match=r"'q1' holds 'Мүмкін' \(1 times, rows 1\), which is neither a code nor a label"
    ):
        sk.read_csv(write(tmp_path, "q1,w\nИә,1\nМүмкін,2\n"))


def test_a_code_that_the_codebook_does_not_know(tmp_path):
    write(tmp_path, BOOK, "answers.toml")
    path = write(tmp_path, "q1,w\n1,1\n6,1\n6,1\n")
    with pytest.raises(sk.CodeError, match=r"'q1' holds the code 6, .* \(2 such answers, rows 1, 2\)"):
        sk.read_csv(path)
    assert sk.read_csv(path, on_unknown="keep").frame["q1"].tolist() == [1, 6, 6]
    with pytest.warns(sk.SurveyKitWarning, match="2 answers with codes that its codebook does not know became missing"):
        assert sk.read_csv(path, on_unknown="missing").frame["q1"].isna().sum() == 2


def test_a_codebook_of_another_file_is_noticed(tmp_path):
    write(tmp_path, "[variables.q11]\nmeasure = 'ordinal'\n", "answers.toml")
    with pytest.warns(sk.SurveyKitWarning, match="the codebook describes q11, which 'answers.csv' does not have.*'q1'"):
        sk.read_csv(write(tmp_path, "q1,q2\n1,2\n"))
    write(tmp_path, "weight = 'weigth'", "answers.toml")
    with pytest.raises(sk.ColumnError, match="weight = 'weigth', which is not a column .*did you mean 'weight'"):
        sk.read_csv(write(tmp_path, "q1,weight\n1,2\n"))


def test_line_breaks_inside_cells_and_old_macintosh_lines(tmp_path):
    assert sk.read_csv(write(tmp_path, 'a,b\n1,"two\nlines"\n')).frame["b"].tolist() == ["two\nlines"]
    assert sk.read_csv(write(tmp_path, "a,b\r1,x\r2,y\r")).frame["a"].tolist() == [1, 2]
    assert sk.read_csv(write(tmp_path, "sep=;\na;b\n1;2\n")).frame["b"].tolist() == [2]


def test_a_lost_letter_is_named_with_row_and_column(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match=r"letters were lost .*: column 'name', row 1 holds 'Т\?рғын'"):
        sk.read_csv(write(tmp_path, "name,a\nТұрғын,1\nТ?рғын,2\n"))


@pytest.mark.parametrize(("content", "words"), [
    ("a,b\n1,2\n1,2,3\n", r"record 3, has 3 cells where the header has 2 .*not quoted"),
    ("a,b,c\n1,2,3\n1,2\n", "record 3, has 2 cells where the header has 3 .*breaks off"),
    ("\n\n  \n", "only blank lines"),
    ("a;b,c\n1;2,3\n", "divides equally well at"),
    ("a;b\n1,5;2.5\n", "decimal commas in a and decimal points in b"),
    (b"a,b\n1,\0\n2,3\n" + b"x,\0\n" * 3, "no plain text|no kind"),
    (b"$FL2" + bytes(300), "is an SPSS system file, not a CSV file"),
    ("q1,w\n1,\"" + "x" * 200_000 + "\n", "never closed"),
])  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_in_one_sentence(tmp_path, content, words):
    with pytest.raises(sk.ReadError, match=words) as caught:
        sk.read_csv(write(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_bytes_in_doubt_and_bytes_that_do_not_fit(tmp_path):
    path = write(tmp_path, "a,b\n1,Иә\n2,Жоқ\n".encode("ptcp154"))
    with pytest.raises(sk.EncodingError, match="encoding='kz1048' gives .*encoding='ptcp154' gives"):
        sk.read_csv(path)
    assert sk.read_csv(path, encoding="ptcp154").frame["b"].tolist() == ["Иә", "Жоқ"]
    with pytest.raises(sk.EncodingError, match="bytes in line 3 that are no utf-8"):
        sk.read_csv(path, encoding="utf-8")


def test_write_csv_and_read_it_again(tmp_path):
    frame = pd.DataFrame(
        {
            "q1": [1, 2, 98, 98],
            "w": [0.1, 1 / 3, 2.0, 1e-9],
            "id": [10**17 + 1, 2, 3, 4],
            "s": ["a,b", 'say "x"', None, "line\nbreak"],
            "d": pd.to_datetime(["2021-07-25"] * 4),
        }
    )
    book = sk.Codebook.of([sk.Variable("q1", labels={1: {"en": "No"}, 2: {"en": "Yes"}}, missing={98: {"en": "DK"}})])
    survey = sk.Survey(frame, book).with_missing_codes()
    for options in ({}, {"delimiter": ";", "decimal": ","}, {"encoding": "utf-16", "delimiter": "\t"}):
        path = tmp_path / "out.csv"
        sk.write_csv(survey, path, **options)
        again = sk.read_csv(path, codebook=book)
        pd.testing.assert_frame_equal(again.data, survey.data, check_dtype=False)
        assert again.count_missing("q1").to_dict() == {98: 2, "empty": 0}
    with pytest.raises(sk.WriteError, match="both ','"):
        sk.write_csv(survey, path, decimal=",")
    with pytest.raises(sk.WriteError, match="cannot be written"):
        sk.write_csv(survey, tmp_path / "none" / "out.csv")
    assert sorted(file.name for file in tmp_path.iterdir()) == [".surveykit.json", "out.csv"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "shape", "first"), [
    ("empsoz2_semicolon_likert.csv", (100, 52), "Frage"),
    ("googleforms_ufpr_ce301.csv", (49, 30), "Carimbo de data/hora"),
    ("kobo_hypegrammaR_choices.csv", (2892, 10), "row"),
    ("kobo_hypegrammaR_questions.csv", (541, 23), "row"),
    ("kobo_hypegrammaR_testdata.csv", (100, 544), "row"),
    ("kz_kato_abai_semicolon_bom.csv", (1603, 4), "id"),
    ("limesurvey_rse_uk2016_public.csv", (273, 67), "row"),
])  # fmt: skip
def test_real_exports(shared_data, name, shape, first):
    # Its one letter that is not ASCII (0xC0) is À, Ą or Ŕ: a person must say which.
    encoding = "cp1252" if name == "kobo_hypegrammaR_choices.csv" else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        survey = sk.read_csv(shared_data / "csv_files" / name, encoding=encoding)
    assert survey.frame.shape == shape
    assert survey.frame.columns[0] == first
    assert not any(str(column).startswith("\ufeff") for column in survey.frame.columns)


def test_the_star_wars_file_is_refused_until_its_encoding_is_said(shared_data):
    path = shared_data / "csv_files" / "538_StarWars.csv"
    with pytest.raises(sk.EncodingError, match="encoding='cp1252' gives"):
        sk.read_csv(path)
    survey = sk.read_csv(path, encoding="cp1252")
    assert survey.frame.shape == (1186, 38)
    assert survey.frame["RespondentID"].notna().all()
    assert not any(str(name).startswith("column_") for name in survey.frame.columns)
    assert np.isfinite(survey.frame["RespondentID"]).all()


def test_records_beyond_the_first_block_are_held_to_the_same_rules(tmp_path):
    lines = [f"{number};2,05;x" for number in range(1, 1301)]
    (tmp_path / "a.csv").write_text("\n".join(["id;w;t", *lines[:900], "", ";;", *lines[900:], ""]), encoding="utf-8")
    with pytest.warns(sk.SurveyKitWarning, match="record 903 holds no answer at all"):
        survey = sk.read_csv(tmp_path / "a.csv")
    assert survey.frame["id"].dropna().tolist() == list(range(1, 1301)) and survey.frame["w"].sum() == pytest.approx(
        1300 * 2.05
    )
    assert survey.frame.index[survey.frame["id"].isna()].tolist() == [900]
    (tmp_path / "b.csv").write_text("\n".join(["id;w;t", *lines[:900], "901;2", *lines[901:]]), encoding="utf-8")
    with pytest.raises(sk.ReadError, match="record 902, has 2 cells where the header has 3"):
        sk.read_csv(tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text("\n".join(["w;t", *lines]), encoding="utf-8")
    assert list(sk.read_csv(tmp_path / "c.csv").frame.columns) == ["row", "w", "t"]
