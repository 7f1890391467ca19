from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

LABELS = {1: {"en": "No", "kk": "Жоқ"}, 2: {"en": "Maybe", "kk": "Мүмкін"}, 10: {"en": "Yes", "kk": "Иә"}}


def survey():
    frame = pd.DataFrame(
        {"q1": [10, 1, 98, np.nan, 1], "q2": ["b", "a", None, "b", "b"], "w": [1.0, 2.0, 1.0, 1.0, 0.5]}
    )
    book = sk.Codebook.of(
        [
            sk.Variable(
                "q1", {"en": "Does the akim listen?"}, LABELS, {98: {"en": "don't know"}, 99: {}}, measure="ordinal"
            )
        ]
    )
    return sk.Survey(frame, book, sk.Provenance(simulated=True)).with_missing_codes()


def test_categories_follow_the_codes_and_not_the_alphabet():
    column = sk.as_category(survey(), "q1", "kk")
    assert list(column.cat.categories) == ["Жоқ", "Мүмкін", "Иә"]
    assert column.cat.ordered
    assert column.tolist()[:2] == ["Иә", "Жоқ"] and column.isna().sum() == 2


def test_kazakh_labels_with_a_missing_value_in_a_file(tmp_path):
    sk.write_spss(survey(), tmp_path / "a.sav", lang="kk")
    column = sk.as_category(sk.read_spss(tmp_path / "a.sav", lang="kk"), "q1")
    assert list(column.cat.categories) == ["Жоқ", "Мүмкін", "Иә"]
    assert {type(name) for name in column.cat.categories} == {str}


def test_unlabelled_codes_and_labels_that_two_codes_share():
    book = sk.Codebook.of([sk.Variable("q", labels={1: {"en": "Yes"}, 3: {"en": "Yes"}}, measure="nominal")])
    column = sk.as_category(sk.Survey(pd.DataFrame({"q": [2.0, 3.0, 2.5]}), book), "q")
    assert list(column.cat.categories) == ["Yes (1)", "2", "2.5", "Yes (3)"]
    assert column.tolist() == ["2", "Yes (3)", "2.5"]


def test_a_column_of_text_and_a_plain_frame():
    assert list(sk.as_category(pd.DataFrame({"s": ["b", "a"]}), "s").cat.categories) == ["a", "b"]
    with pytest.raises(sk.ColumnError, match="`column` names 'q22'.*did you mean 'q2'"):
        sk.as_category(survey(), "q22")


def test_a_wave_keeps_its_own_order():
    waves = sk.stack_waves({"before": survey(), "after": survey()})
    assert list(sk.as_category(waves, "wave").cat.categories) == ["before", "after"]
    assert sk.frequencies(waves, "wave").table["level"].tolist() == ["before", "after", "empty", "all"]
    assert sk.frequencies(waves, "q1", lang="en").table["n"].tolist() == [4, 0, 2, 2, 2, 10]


def test_the_dictionary_is_searched_in_every_language():
    found = sk.describe_columns(survey(), "ЖОҚ", lang="en")
    assert found["name"].tolist() == ["q1"]
    row = found.iloc[0]
    assert row["labels"] == "1 = No; 2 = Maybe; 10 = Yes"
    assert row["missing_codes"] == "98 = don't know; 99"
    assert (row["n_valid"], row["n_reason"], row["n_empty"], row["n_distinct"]) == (3, 1, 1, 2)
    assert len(sk.describe_columns(survey())) == 3
    assert sk.describe_columns(survey(), "nothing of this").empty


def test_frequencies_add_up_to_all_rows():
    result = sk.frequencies(survey(), "q1", lang="en")
    table = result.table
    assert table["level"].tolist() == ["No", "Maybe", "Yes", "don't know", "empty", "all"]
    assert table["n"].tolist() == [2, 0, 1, 1, 1, 5]
    assert table["estimate"].tolist()[:3] == [2 / 3, 0, 1 / 3] and table["estimate"].isna().tolist()[3:] == [True] * 3
    assert table["share_all"].tolist() == [0.4, 0.0, 0.2, 0.2, 0.2, 1.0]
    assert "SIMULATED" in result.summary()


def test_frequencies_with_weights():
    table = sk.frequencies(survey(), "q1", weights="w").table
    assert table["n_weighted"].tolist() == [2.5, 0.0, 1.0, 1.0, 1.0, 5.5]
    assert table["estimate"].tolist()[0] == pytest.approx(2.5 / 3.5)


def test_frequencies_of_a_design_use_its_weights():
    design = sk.SurveyDesign(survey(), weight="w")
    result = sk.frequencies(design, "q1")
    assert result.table["n_weighted"].tolist()[-1] == 5.5
    assert "weighted by w" in result.method


@pytest.mark.slow
def test_every_variable_of_the_reference_file_adds_up():
    data = sk.read_spss(Path(__file__).parent / "reference" / "ili_like.sav")
    for name in data.frame.columns:
        table = sk.frequencies(data, name).table
        parts = table[table["kind"] != "all"]["n"].sum()
        assert parts == len(data) == table[table["kind"] == "all"]["n"].item(), name


def test_labels_that_read_like_another_label_with_its_code_stay_apart():
    book = sk.Codebook.of([sk.Variable("q", labels={1: "x", 2: "x (1)", 3: "x"})])
    column = sk.as_category(sk.Survey(pd.DataFrame({"q": [1, 2, 3]}), book), "q")
    assert column.nunique() == 3 and column.cat.categories[2] == "x (3)"
    mixed = sk.Codebook.of([sk.Variable("q", labels={1: "x", "1": "x"})])
    assert sk.frequencies(sk.Survey(pd.DataFrame({"q": [1, 1]}), mixed), "q").table["level"].nunique() == 4


def test_missing_ranges_are_shown_with_all_their_digits():
    book = sk.Codebook.of([sk.Variable("q", missing_ranges=((9999997.0, 9999999.0), (float("-inf"), -1.0)))])
    shown = sk.describe_columns(sk.Survey(pd.DataFrame({"q": [1]}), book))["missing_codes"].item()
    assert shown == "9999997 to 9999999; -inf to -1"


def test_weights_that_are_none_are_refused_or_told_of():
    frame = pd.DataFrame({"q": [1, 2, 2, 1], "w": [1, 2, np.nan, -1.0]})
    with pytest.raises(sk.ArgumentError, match="`weights` names 'w', which holds negative weights, -1 for one"):
        sk.frequencies(frame, "q", weights="w")
    with pytest.warns(
        sk.SurveyKitWarning,
        match="`weights` names 'w', which is empty for 1 of 3 rows; they count with a weight of zero",
    ):
        assert sk.frequencies(frame[:3], "q", weights="w").table["n_weighted"].tolist()[:2] == [1, 2]


def test_a_declared_missing_code_that_stands_in_the_data_is_no_answer():
    book = sk.Codebook.of([sk.Variable("a", labels={1: "No", 2: "Yes"}, missing={9: "DK"})])
    left, aside = (
        sk.Survey(pd.DataFrame({"a": [9, 1, 2, 1]}), book),
        sk.Survey(pd.DataFrame({"a": [9, 1, 2, 1]}), book).with_missing_codes(),
    )
    for count in (lambda one: sk.frequencies(one, "a").table, sk.describe_columns):
        pd.testing.assert_frame_equal(count(left), count(aside), check_dtype=False)
    assert sk.render_codebook(left, "csv") == sk.render_codebook(aside, "csv")
    table = sk.frequencies(left, "a").table
    assert table[["level", "kind", "n"]].to_numpy().tolist()[2] == ["DK", "missing", 1]
    assert table["estimate"].tolist()[:2] == [2 / 3, 1 / 3]
    assert left.frame["a"].tolist() == [9, 1, 2, 1]
