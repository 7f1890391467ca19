"""What a person settled between waves is done as it is written, or refused in one sentence."""

import dataclasses
import tomllib

import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.waves.crosswalk import parse_crosswalk

LABELS = {1: {"en": "No"}, 2: {"en": "Yes"}}


def stack(first, second, text):
    waves = {
        name: one if isinstance(one, sk.Survey) else sk.Survey(pd.DataFrame({"t": one}))
        for name, one in (("1", first), ("2", second))
    }
    return sk.stack_waves(waves, crosswalk=parse_crosswalk(tomllib.loads(text)))


def test_codes_of_a_text_column_are_matched_as_they_are_written():
    stacked = stack(
        ["01", "02"],
        ["1", "2"],
        '[variables.t]\nrecode.1 = {"01" = "1", "02" = "2"}\nlabels = {"1" = "No", "2" = "Yes"}\n',
    )
    assert stacked.frame["t"].tolist() == ["1", "2", "1", "2"]
    assert dict(stacked.codebook["t"].labels) == {"1": {"und": "No"}, "2": {"und": "Yes"}}
    assert any("01 to 1 (1 answers)" in note for note in stacked.provenance.notes)
    kept = stack(["01", "02"], ["01", "02"], '[variables.t]\nlabels = {"01" = "No", "02" = "Yes"}\n')
    assert list(kept.codebook["t"].labels) == ["01", "02"]


def test_a_number_in_the_list_means_the_text_of_a_text_column():
    stacked = stack(["1", "99"], ["1", "2"], "[variables.t]\nmissing.1 = [99]\n")
    assert stacked.frame["t"].isna().tolist() == [False, True, False, False]
    assert stacked.missing_reasons["t"].tolist() == ["99"]


def test_a_text_in_the_list_means_the_number_of_a_column_of_numbers():
    stacked = stack([1, 99], [1, 2], '[variables.t]\nmissing.1 = ["99"]\nrecode.1 = {"01" = 2}\n')
    assert stacked.frame["t"].tolist()[0] == 2 and stacked.missing_reasons["t"].tolist() == [99]


@pytest.mark.parametrize("text", ["missing.1 = [97, 98]", "recode.1 = {7 = 1}"])
def test_codes_that_a_wave_does_not_have_are_told_of(text):
    with pytest.warns(
        sk.SurveyKitWarning, match="of 't' in the crosswalk names .* of which 't' holds none; it holds 1, 2"
    ):
        stack([1, 2], [1, 2], f"[variables.t]\n{text}\n")
    book = sk.Codebook.of([sk.Variable("t", labels={**LABELS, 7: "x", 97: "y"})])
    known = sk.Survey(pd.DataFrame({"t": [1, 2]}), book)
    stack(known, known.keep_rows([True, False], "half"), f"settled = true\n{text}\n".join(["[variables.t]\n", ""]))


def test_a_code_that_is_missing_may_become_another_missing_code_only():
    book = sk.Codebook.of([sk.Variable("t", labels=LABELS, missing={9: {"en": "DK"}})])
    other = sk.Codebook.of([dataclasses.replace(book["t"], missing={8: {"en": "DK"}})])
    first = sk.Survey(pd.DataFrame({"t": [1, 2, 9.0]}), book).with_missing_codes()
    second = sk.Survey(pd.DataFrame({"t": [1, 2, 8.0]}), other).with_missing_codes()
    stacked = stack(first, second, "[variables.t]\nrecode.1 = {9 = 8}\n")
    assert stacked.missing_reasons["t"].tolist() == [8, 8] and list(stacked.codebook["t"].missing) == [8]
    assert any("9 to 8 (1 answers)" in note for note in stacked.provenance.notes)
    with pytest.raises(
        sk.CodebookError,
        match="recodes 9 of 't' in wave '1', which is declared missing there, to 2, which is an answer",
    ):
        stack(first, second, "[variables.t]\nrecode.1 = {9 = 2}\n")


@pytest.mark.parametrize(("text", "words"), [
    ('drop = "t"', r"`drop` of the crosswalk must list columns, as in drop = \[\"trust\"\], not 't'"),
    ('only_listed = "false"', "`only_listed` of the crosswalk must be true or false, without quotation marks"),
    ('[variables.t]\nsettled = "no"', "`settled` of variable 't' of the crosswalk must be true or false"),
    ("[variables.t]\nrecode.1 = [1]", r"`recode` of .* as in recode.1 = \{1 = 5, 2 = 4\}, not \[1\]"),
    ("[variables.t]\nrecode = {1 = 2}", "`recode` of .* not 2"),
    ("[variables.t]\nlabels = {1 = 5}", "the texts of variable 't' .* not 5"),
    ("[variables.t]\nquestion = 5", "the texts of variable 't' .* not 5"),
    ("[variables.t]\nfrom.1 = 5", "`from` of .* must name a column"),
    ("[variables.t]\nmissing.1 = [[1]]", "`missing` of .* must list codes"),
    ("[variables.t]\nmissing.1 = [nan]", "`missing` of .* must list codes"),
])  # fmt: skip
def test_values_of_the_wrong_kind_are_refused(text, words):
    with pytest.raises(sk.CodebookError, match=words):
        stack([1, 2], [1, 2], text)


def test_a_column_to_drop_must_be_one():
    with pytest.raises(sk.ColumnError, match="the crosswalk drops 'tt', which is a column of no wave"):
        stack([1, 2], [1, 2], 'drop = ["tt"]')
