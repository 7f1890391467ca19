"""A codebook and the columns that it describes: kinds of codes, labels that two codes share."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk


def read(tmp_path, content, *variables, **options):
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    return sk.read_csv(path, codebook=sk.Codebook.of(variables) if variables else None, **options)


def test_numbers_with_stata_letters_survive_csv_and_codebook(tmp_path):
    book = sk.Codebook.of([sk.Variable("q", labels={1: "No", 2: "Yes"}, missing={".a": "refused"}, measure="ordinal")])
    survey = sk.Survey(
        pd.DataFrame({"q": [1, 2, np.nan, np.nan]}), book, missing_reasons={"q": pd.Series([".a"], index=[2])}
    )
    sk.write_csv(survey, tmp_path / "q.csv")
    sk.write_codebook(book, tmp_path / "q.toml")
    assert sk.read_codebook(tmp_path / "q.toml")["q"] == book["q"]
    again = sk.read_csv(tmp_path / "q.csv")
    pd.testing.assert_frame_equal(again.data, survey.data)
    assert again.missing_reasons["q"].to_dict() == {2: ".a"}
    assert again.count_missing("q").to_dict() == {".a": 1, "empty": 1}


def test_letters_beside_numbers_without_labels_and_beside_ranges(tmp_path):
    survey = read(tmp_path, "id,x\n1,1200\n2,.a\n3,98\n", sk.Variable("x", missing={".a": "refused"}))
    assert survey.frame["x"].dropna().tolist() == [1200, 98] and survey.missing_reasons["x"].to_dict() == {1: ".a"}
    survey = read(
        tmp_path,
        "id,x\n1,1200\n2,.a\n3,98\n",
        sk.Variable("x", labels={1: "one"}, missing={".a": {}}, missing_ranges=((97, 99),)),
    )
    assert survey.frame["x"].dropna().tolist() == [1200] and survey.missing_reasons["x"].to_dict() == {1: ".a", 2: 98.0}
    assert read(tmp_path, "id,x\n1,5\n2,6\n", sk.Variable("x", missing={".a": {}})).frame["x"].tolist() == [5, 6]
    texts = read(tmp_path, "id,x\n1,why\n2,refused\n", sk.Variable("x", missing={"refused": {}}))
    assert texts.frame["x"].dropna().tolist() == ["why"]


def test_the_label_of_a_letter_is_the_letter(tmp_path):
    one = sk.Variable("q", labels={1: "No", 2: "Yes"}, missing={".a": "refused", 9: "DK"})
    survey = read(tmp_path, "id,q\n1,Yes\n2,refused\n3,DK\n", one)
    assert survey.frame["q"].dropna().tolist() == [2] and survey.missing_reasons["q"].tolist() == [".a", 9]


def test_letters_and_numbers_are_counted_side_by_side(tmp_path):
    one = sk.Variable("q", labels={1: "No"}, missing={".a": "refused", 9: "DK"})
    survey = read(tmp_path, "id,q\n1,1\n2,.a\n3,9\n4,\n", one)
    assert survey.count_missing("q").to_dict() == {9: 1, ".a": 1, "empty": 1}


def test_texts_that_read_like_numbers_stay_texts(tmp_path):
    for labels in ({"1": "No", "2": "Yes"}, {"01": "No", "x": "Yes"}):
        book = sk.Codebook.of([sk.Variable("q", labels=labels, missing={"99": "DK"})])
        sk.write_codebook(book, tmp_path / "q.toml")
        assert sk.read_codebook(tmp_path / "q.toml")["q"] == book["q"]


def test_codes_of_eighteen_digits_keep_them(tmp_path):
    book = sk.Codebook.of([sk.Variable("k", labels={711110000000000001: "A", 711110000000000002: "B"})])
    sk.write_codebook(book, tmp_path / "k.toml")
    assert sk.read_codebook(tmp_path / "k.toml")["k"] == book["k"]


def test_a_list_with_one_text_among_numbers_is_a_list_of_texts(tmp_path):
    one = sk.Variable("q", labels={1: "One", 2: "Two", "other": "Other"}, missing={9: "DK"}, measure="nominal")
    survey = read(tmp_path, "id,q\n1,1\n2,other\n3,9\n", one)
    assert survey.frame["q"].dropna().tolist() == ["1", "other"] and survey.missing_reasons["q"].tolist() == ["9"]
    assert sk.as_category(survey, "q").dropna().tolist() == ["One", "Other"]
    assert read(tmp_path, "id,q\n1,1\n2,2\n", one).frame["q"].tolist() == ["1", "2"]


def test_a_label_of_two_codes_cannot_be_read_as_one(tmp_path):
    shared = sk.Variable("q", labels={1: "Other", 2: "Other", 3: "x"})
    with pytest.raises(
        sk.CodeError, match="'q' holds 'Other', which is the label of several codes, 1, 2; write the codes"
    ):
        read(tmp_path, "id,q\n1,Other\n2,x\n", shared)
    assert read(tmp_path, "id,q\n1,1\n2,x\n", shared).frame["q"].tolist() == [1, 3]
    tongues = sk.Variable("q", labels={1: {"ru": "Бар", "kk": "Мейрамхана"}, 2: {"ru": "Есть", "kk": "Бар"}})
    with pytest.raises(sk.CodeError, match="'Бар', which is the label of several codes"):
        read(tmp_path, "id,q\n1,Бар\n2,Есть\n", tongues)
    same = sk.Variable("q", labels={1: {"ru": "Бар", "kk": "Бар"}, 2: {"ru": "Нет"}})
    assert read(tmp_path, "id,q\n1,Бар\n2,Нет\n", same).frame["q"].tolist() == [1, 2]


def test_identifiers_of_sixteen_digits_beside_empty_cells_keep_their_digits(tmp_path):
    survey = read(tmp_path, "a,b\n123456789012345678,2\n123456789012345679,3\n,4\n")
    assert survey.frame["a"].tolist()[:2] == ["123456789012345678", "123456789012345679"] and pd.isna(
        survey.frame["a"][2]
    )
    assert any("16 digits and more stay text" in note for note in survey.provenance.notes)
    exact = read(tmp_path, "a,b\n9007199254740992,2\n,4\n")
    assert exact.frame["a"].tolist()[0] == 2**53
