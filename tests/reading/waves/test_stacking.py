import dataclasses

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

AGREE = {1: {"en": "Disagree"}, 2: {"en": "Neither"}, 3: {"en": "Agree"}}


def wave(codes, labels=AGREE, missing=None, sha256=None, **columns):
    frame = pd.DataFrame({"q1": codes, **columns})
    book = sk.Codebook.of([sk.Variable("q1", {"en": "The akim listens"}, labels, missing or {}, measure="ordinal")])
    source = sk.Provenance(source=f"{sha256}.sav", sha256=sha256, weight="w" if "w" in columns else None)
    return sk.Survey(frame, book, source).with_missing_codes()


def test_waves_become_one_survey_with_an_ordered_wave():
    first = wave([1, 3, 98], missing={98: {"en": "don't know"}}, sha256="a" * 64)
    second = wave([2, 998], missing={998: {"en": "don't know"}}, sha256="b" * 64)
    stacked = sk.stack_waves({"2023": first, "2021": second})
    assert stacked.frame["wave"].cat.categories.tolist() == ["2023", "2021"] and stacked.frame["wave"].cat.ordered
    assert stacked.frame["wave"].tolist() == ["2023"] * 3 + ["2021"] * 2
    assert stacked.frame.index.tolist() == [0, 1, 2, 3, 4]
    assert stacked.missing_reasons["q1"].to_dict() == {2: 98.0, 4: 998.0}
    assert stacked.count_missing("q1").to_dict() == {98.0: 1, 998.0: 1, "empty": 0}
    assert set(stacked.codebook["q1"].missing) == {98, 998}
    assert "2023" in stacked.provenance.notes[0] and "a" * 64 in stacked.provenance.notes[0]
    assert len(stacked.provenance.sha256) == 64


def test_the_surveys_stay_as_they_were():
    first, second = wave([1, 2]), wave([3, 1])
    sk.stack_waves({"a": first, "b": second}, qualify="q1")
    assert first.frame["q1"].tolist() == [1, 2] and list(first.frame.columns) == ["q1"]


def test_one_simulated_wave_makes_the_survey_simulated():
    real = wave([1])
    made = sk.Survey(real.frame, real.codebook, sk.Provenance(simulated=True))
    assert sk.stack_waves({"a": real, "b": made}).provenance.simulated
    assert not sk.stack_waves({"a": real, "b": real}).provenance.simulated


def test_areas_drawn_anew_are_qualified_by_wave():
    stacked = sk.stack_waves({"2021": wave([1, 2], ea=[5, 6]), "2023": wave([1, 2], ea=[5.0, np.nan])}, qualify=["ea"])
    assert stacked.frame["ea"].tolist()[:3] == ["2021: 5", "2021: 6", "2023: 5"]
    assert stacked.frame["ea"].isna().sum() == 1


def test_codes_of_ten_digits_keep_their_digits_when_qualified():
    codes = [1101234501, 1101234502, 1101234503]
    stacked = sk.stack_waves(
        {"2021": wave([1, 2, 3], ea=[float(code) for code in codes]), "2023": wave([1, 2, 3], ea=codes)}, qualify="ea"
    )
    assert stacked.frame["ea"].tolist() == [f"{name}: {code}" for name in ("2021", "2023") for code in codes]
    small = sk.stack_waves({"a": wave([1], ea=[0.1234567]), "b": wave([1], ea=[True])}, qualify="ea")
    assert small.frame["ea"].tolist() == ["a: 0.1234567", "b: 1"]


@pytest.mark.parametrize(("second", "words"), [
    (wave([1], {1: {"en": "Agree"}, 2: {"en": "Neither"}, 3: {"en": "Disagree"}}), "runs the other way"),
    (wave([1], {**AGREE, 4: {"en": "Agree strongly"}}), "scales of different codes .*: 1, 2, 3 and 1, 2, 3, 4"),
    (wave([1], {**AGREE, 3: {"en": "Refused"}}), "one code two meanings .*: 3 is 'Agree' and 'Refused'"),
    (wave([1], {1: {"en": "Disagree"}, 2: {"en": "Neither"}}, {3: {"en": "Agree"}}), "missing in one wave"),
    (wave(["yes"], {}), "different kinds of values .*: numbers and texts"),
])  # fmt: skip
def test_a_column_that_would_mix_two_meanings_is_refused(second, words):
    with pytest.raises(sk.CodebookError, match=f"the waves cannot be stacked: 'q1' .*{words}"):
        sk.stack_waves({"2021": wave([1, 2, 3]), "2023": second})


def test_wordings_that_differ_only_in_case_and_stops_agree():
    other = {1: {"en": "disagree."}, 2: {"en": " NEITHER"}, 3: {"en": "Agree"}}
    assert len(sk.stack_waves({"a": wave([1]), "b": wave([1], other)})) == 2


def test_labels_in_other_languages_are_not_compared():
    russian = {1: {"ru": "Нет"}, 2: {"ru": "Ни то"}, 3: {"ru": "Да"}}
    with pytest.warns(sk.SurveyKitWarning, match="'q1' was not compared .* its labels are in en and in ru"):
        stacked = sk.stack_waves({"a": wave([1]), "b": wave([3], russian)})
    assert stacked.codebook["q1"].label(3, "ru") == "Да" and stacked.codebook["q1"].label(3, "en") == "Agree"


def test_a_variable_that_one_wave_lacks_is_told():
    with pytest.warns(sk.SurveyKitWarning, match="'age' is not in wave 'b'"):
        stacked = sk.stack_waves({"a": wave([1], age=[30]), "b": wave([2])})
    assert stacked.frame["age"].isna().tolist() == [False, True]


def test_parts_of_one_file_that_share_no_row_are_waves():
    both = wave([1, 2, 3], year=[2021, 2021, 2023], sha256="c" * 64)
    early, late = both.keep_rows([True, True, False], "2021"), both.keep_rows([False, False, True], "2023")
    stacked = sk.stack_waves({"2021": early, "2023": late})
    assert stacked.frame["wave"].astype(str).tolist() == ["2021", "2021", "2023"]
    assert stacked.frame["q1"].tolist() == [1, 2, 3]
    with pytest.raises(sk.ArgumentError, match="are the same file"):
        sk.stack_waves({"2021": both, "2023": late})


def test_what_cannot_be_stacked_at_all():
    with pytest.raises(sk.ArgumentError, match="at least two waves"):
        sk.stack_waves({"a": wave([1])})
    with pytest.raises(sk.ArgumentError, match="waves 'a' and 'b' are the same file"):
        sk.stack_waves({"a": wave([1], sha256="c" * 64), "b": wave([1], sha256="c" * 64)})
    with pytest.raises(sk.ArgumentError, match="wave 'a' has a column 'wave' already"):
        sk.stack_waves({"a": wave([1], wave=[1]), "b": wave([2])})


@pytest.mark.parametrize(("labels", "code"), [(AGREE, 97), ({**AGREE, 99: {"en": "Other"}}, 99)])
def test_a_code_in_a_missing_range_of_one_wave_is_no_answer_of_the_other(labels, code):
    book = sk.Codebook.of([sk.Variable("q1", labels=AGREE, missing_ranges=((97.0, float("inf")),))])
    first = sk.Survey(pd.DataFrame({"q1": [1, 2, 97, 3.0]}), book).with_missing_codes()
    second = sk.Survey(pd.DataFrame({"q1": [1, 2, 97, 98.0]}), sk.Codebook.of([sk.Variable("q1", labels=labels)]))
    for waves in ({"a": first, "b": second}, {"a": second, "b": first}):
        with pytest.raises(sk.CodebookError, match=f"missing in one wave and an answer in the other .*: {code};"):
            sk.stack_waves(waves)
    declared = sk.Survey(second.frame, book).with_missing_codes()
    assert sk.stack_waves({"a": first, "b": declared}).frame["q1"].max() == 3
    labelled = sk.Survey(second.frame, sk.Codebook.of([dataclasses.replace(book["q1"], labels={**AGREE, 98: "DK"})]))
    assert len(sk.stack_waves({"a": labelled, "b": labelled.keep_rows([True] * 4, "all")})) == 8
