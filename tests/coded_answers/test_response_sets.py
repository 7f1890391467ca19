import dataclasses

import pandas as pd
import pytest

import surveykit as sk


def test_sets_that_an_spss_file_declares(shared_data):
    survey = sk.read_spss(shared_data / "spss_files" / "pyreadstat_mrsets_simple_alltypes.sav")
    sets = sk.find_response_sets(survey)
    assert sets["mymrset"].items == ("bool1", "bool2", "bool3") and sets["mymrset"].chosen == 1
    assert sets["categorical_array"].chosen is None
    table = sk.count_responses(survey, sets["mymrset"]).table
    assert table["n"].tolist() == [int((survey.frame[item] == 1).sum()) for item in sets["mymrset"].items]


def test_a_set_has_its_question_its_code_and_all_its_columns(shared_data):
    plain = sk.read_spss(shared_data / "spss_files" / "pyreadstat_mrsets_simple_alltypes.sav", lang="en")
    assert plain.codebook.response_sets["mymrset"].question == {"en": "My multiple response set"}
    cyrillic = sk.read_spss(shared_data / "spss_files" / "cp1251_declared_mrset.sav")
    assert cyrillic.codebook.response_sets["mymrset"].question == {"und": "Какие источники новостей"}
    # The file's own record: "$dich=D1 1 13 Dichotomy set q1 q2 q3", "$cat=C 12 Category set q1 q2", "$counted=E ...".
    sets = sk.find_response_sets(sk.read_spss(shared_data / "spss_files" / "spss_sav_comprehensive.sav"))
    found = {name: (one.items, one.chosen) for name, one in sets.items()}
    assert found == {"dich": (("q1", "q2", "q3"), 1), "cat": (("q1", "q2"), None), "counted": (("q2", "q3"), 1)}


def test_a_set_survives_the_codebook_file_columns_left_out_and_waves(tmp_path):
    names = [f"m{number}" for number in range(12)]
    media = sk.ResponseSet("media", tuple(names), None, {"kk": "Не оқисыз?"})
    chosen = sk.ResponseSet("a set", ("m0", "m1"), "x")
    book = sk.Codebook.of([sk.Variable(name, {"en": f"Mention {name}"}) for name in names])
    book = dataclasses.replace(book, response_sets={"media": media, "a set": chosen})
    sk.write_codebook(book, tmp_path / "b.toml")
    assert sk.read_codebook(tmp_path / "b.toml").response_sets == {"media": media, "a set": chosen}
    frame = pd.DataFrame({name: [1.0, 2.0] for name in names})
    assert sk.find_response_sets(sk.Survey(frame, book))["media"].items == tuple(names)
    assert list(sk.find_response_sets(sk.Survey(frame.drop(columns="m1"), book))) == []
    assert list(book.keep(["m0", "m1"]).response_sets) == ["a set"]
    stacked = sk.stack_waves({"1": sk.Survey(frame, book), "2": sk.Survey(frame + 1, book)})
    assert sk.find_response_sets(stacked)["media"] == media


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('items = "m1"', "`items` of response set 's' must list columns"),
        ('items = ["m1"]', "needs at least two columns"),
        ('items = ["m1", "m2"]\nchosen = true', "`chosen` of response set 's' must be the code"),
        ('item = ["m1", "m2"]', "has the key 'item'.*did you mean 'items'"),
    ],
)
def test_a_set_written_wrongly_is_refused(tmp_path, text, words):
    (tmp_path / "b.toml").write_text(f"[response_sets.s]\n{text}\n", encoding="utf-8")
    with pytest.raises(sk.CodebookError, match=words):
        sk.read_codebook(tmp_path / "b.toml")


def test_columns_named_question_and_option():
    frame = pd.DataFrame(
        {
            "q2": ["radio paper", "paper", None],
            "q2/radio": [1, 0, None],
            "q2/paper": [1, 1, None],
            "q2/none": [0.0, 0, None],
            "other": [1, 2, 3],
        }
    )
    survey = sk.Survey(frame)
    sets = sk.find_response_sets(survey)
    assert list(sets) == ["q2"] and len(sets["q2"].items) == 3
    result = sk.count_responses(survey, sets["q2"])
    assert result.table["level"].tolist() == ["radio", "paper", "none"]
    assert result.table["estimate"].tolist() == [0.5, 1.0, 0.0]
    assert result.table["share_responses"].tolist() == [1 / 3, 2 / 3, 0.0]
    assert result.facts["n_asked"] == 2


def test_columns_of_mentions_count_each_option_once_per_respondent():
    book = sk.Codebook.of([sk.Variable(name, labels={1: {"en": "Radio"}, 2: {"en": "Paper"}}) for name in ("m1", "m2")])
    survey = sk.Survey(pd.DataFrame({"m1": [1, 2, 1], "m2": [1, 1, None], "w": [1.0, 2.0, 1.0]}), book)
    by_hand = sk.ResponseSet("media", ("m1", "m2"), chosen=None)
    assert sk.count_responses(survey, by_hand).table["n"].tolist() == [3, 1]
    assert sk.count_responses(survey, by_hand, weights="w").table["estimate"].tolist() == [1.0, 0.5]


def test_a_set_needs_columns():
    with pytest.raises(sk.ArgumentError, match="needs at least two columns"):
        sk.ResponseSet("media", ("m1",))
    with pytest.raises(sk.ColumnError, match="names 'm2', which is not a column"):
        sk.count_responses(sk.Survey(pd.DataFrame({"m1": [1]})), sk.ResponseSet("media", ("m1", "m2")))


def test_options_of_one_text_are_counted_apart():
    book = sk.Codebook.of(
        [
            sk.Variable("p_1", {"en": "What problems?"}),
            sk.Variable("p_2", {"en": "What problems?"}),
            sk.Variable("p_3", {"en": "Roads"}),
        ]
    )
    frame = pd.DataFrame({"p_1": [1, 1, 1, 0], "p_2": [0, 0, 1, 0], "p_3": [0, 1, 0, 0]})
    table = sk.count_responses(sk.Survey(frame, book), sk.ResponseSet("p", ("p_1", "p_2", "p_3")), lang="en").table
    assert table["level"].tolist() == ["What problems? (p_1)", "What problems? (p_2)", "Roads"]
    assert table["n"].tolist() == [3, 1, 1]
    assert table["share_responses"].tolist() == [0.6, 0.2, 0.2]


def test_mentions_of_one_label_are_counted_apart():
    labels = {1: {"en": "Other"}, 2: {"en": "Other"}, 3: {"en": "Roads"}}
    book = sk.Codebook.of([sk.Variable("p_1", labels=labels), sk.Variable("p_2")])
    survey = sk.Survey(pd.DataFrame({"p_1": [1, 1, 3, 2], "p_2": [2, 3, None, 3]}), book)
    table = sk.count_responses(survey, sk.ResponseSet("p", ("p_1", "p_2"), None), lang="en").table
    assert table[["level", "n"]].to_numpy().tolist() == [["Other (1)", 2], ["Other (2)", 2], ["Roads", 3]]


def test_weights_of_responses_are_checked():
    frame = pd.DataFrame({"m1": [1, 0], "m2": [1, 1], "w": [1, -2.0]})
    media = sk.ResponseSet("media", ("m1", "m2"))
    with pytest.raises(sk.ArgumentError, match="holds negative weights, -2"):
        sk.count_responses(sk.Survey(frame), media, weights="w")
    with pytest.raises(sk.ColumnError, match="`weights` names 'v', which is not a column"):
        sk.count_responses(sk.Survey(frame), media, weights="v")
