import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.key_spellings import (
    find_spellings,
    fold_key,
    tell_of_alike_keys,
    unify_keys,
    warn_of_alike_keys,
)


def survey(keys):
    return sk.Survey(pd.DataFrame({"settlement": keys, "q1": range(len(keys))}))


def test_spaces_case_and_look_alikes_are_one_key():
    latin = "Kараой".replace("а", "a")  # Latin K and a in a Cyrillic word
    assert fold_key(latin) == fold_key("Караой") == fold_key(" КАРАОЙ ")
    assert fold_key("Kaskelen") != fold_key("Каскелен")
    assert fold_key("cop") == fold_key("сор")  # all Latin and all Cyrillic look the same too: villages T01 and Т01


def test_the_commonest_spelling_stays_and_the_change_is_told():
    before = survey(["Ащысай", "ащысай ", "Ащысай", "Қараой", None])
    after = unify_keys(before, "settlement")
    assert after.frame["settlement"].tolist()[:4] == ["Ащысай", "Ащысай", "Ащысай", "Қараой"]
    assert after.frame["settlement"].isna().sum() == 1
    assert "'ащысай ' became 'Ащысай'" in after.provenance.notes[-1]
    assert before.frame["settlement"].tolist()[1] == "ащысай "
    assert find_spellings(after.frame["settlement"]) == {}


def test_stacking_warns_of_a_settlement_spelt_in_two_ways():
    waves = {"2021": survey(["Ащысай", "Қараой"]), "2023": survey(["ащысай", "Қараой"])}
    with pytest.warns(sk.SurveyKitWarning, match="'settlement' spells one key in several ways .*unify_keys"):
        sk.stack_waves(waves)


def test_of_equally_common_spellings_that_of_one_script_is_kept():
    latin = "A" + "щысай"
    assert list(find_spellings(pd.Series(["Ащысай", latin, "ащысай "]))) == ["Ащысай"]
    assert list(find_spellings(pd.Series([" Ащысай", "Ащысай"]))) == ["Ащысай"]
    assert list(find_spellings(pd.Series([latin, latin, "Ащысай"]))) == [latin]  # the commonest, as ever


@pytest.mark.parametrize(
    "alike",
    [
        ["S01", "S01 "],
        ["S01", "s01"],
        ["S 01", "S\u00a001"],
        ["T01", "Т01"],
        ["A1", "А1"],
        ["SО1", "S01"],
        ["SO1", "S01"],
        ["Королёво", "Королево"],
        ["\u0419од", "\u0418\u0306од"],
        ["Kараой", "Караой"],
        ["Ｓ01", "S01"],
    ],
)
def test_whatever_the_eye_cannot_tell_apart_is_told_of_and_made_one(alike):
    frame = survey([*alike, "Z", "ZZ", "Z2"]).data
    with pytest.warns(sk.SurveyKitWarning, match="'settlement' spells one key in several ways"):
        warn_of_alike_keys(frame, "settlement")
    with pytest.warns(sk.SurveyKitWarning, match="'settlement' spells one key in several ways"):
        warn_of_alike_keys(frame.astype({"settlement": "category"}), "settlement")
    assert unify_keys(sk.Survey(frame), "settlement").frame["settlement"].nunique() == 4


@pytest.mark.parametrize(
    "apart", [["S01", "S1", "S10"], ["Қараой", "Караой"], ["S 01", "S01"], ["o", "0"], [1, 2], [1.5, 2.5]]
)
def test_keys_that_differ_to_the_eye_are_left_alone(apart):
    assert tell_of_alike_keys(apart, "settlement") == []


@pytest.mark.parametrize("same", [[1, "1"], ["1", "01"], [1.0, "1"], ["7", "7.0"], ["07", 7]])
def test_a_number_written_in_several_ways_is_told_of(same):
    said = tell_of_alike_keys([*same, "x"], "settlement")
    assert len(said) == 1 and "'settlement' writes one number in several ways" in said[0]


@pytest.mark.parametrize("absent", ["", " ", "NA", "nan", "None", "NULL", "n/a", "<NA>", "."])
def test_texts_that_read_like_no_answer_are_told_of(absent):
    said = tell_of_alike_keys(["A", absent, "B"], "settlement")
    assert len(said) == 1 and f"has the key {absent!r}, which reads like no answer" in said[0]


def test_a_hundred_thousand_keys_take_no_time():
    keys = [f"EA{number:06d}" for number in range(100_000)]
    start = time.process_time()
    assert tell_of_alike_keys(keys, "area") == []
    assert time.process_time() - start < 1.0  # about 0.05 s; a second allows for a slow machine


@pytest.mark.slow
@given(st.lists(st.text(max_size=4), unique=True, max_size=8))
def test_what_unify_keys_makes_one_is_told_of(keys):
    told = any("spells one key" in sentence for sentence in tell_of_alike_keys(keys, "settlement"))
    assert told == bool(find_spellings(pd.Series(keys, dtype=object)))
