"""What answers without labels tell between two waves: keys, kinds, ranges, units, weights. Told or refused, never silent."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.waves.crosswalk import parse_crosswalk


def waves(first, second, **book):
    variable = [sk.Variable("q", **book)] if book else []
    return {
        name: sk.Survey(pd.DataFrame({"q": values}), sk.Codebook.of(variable))
        for name, values in (("a", first), ("b", second))
    }


SETTLED = parse_crosswalk({"variables": {"q": {"settled": True}}})


@pytest.mark.parametrize(("first", "second", "words"), [
    (["1", "2", "x"], ["01", "02", "x"], "writes one key in two ways .*: '1' and '01'; '2' and '02'"),
    (["1.0"], ["1"], "'1.0' and '1'"),
    ([1.0, 2.0], ["1", "2"], "different kinds of values .*: numbers and texts"),
    (pd.Series([1, "1"], dtype=object), ["1", "2"], "numbers beside texts and texts"),
    (pd.to_timedelta([1, 2], unit="s"), [1, 2], "durations and numbers"),
])  # fmt: skip
def test_keys_that_would_become_two_do_not_stack(first, second, words):
    for one, other in ((first, second), (second, first)):
        with pytest.raises(sk.CodebookError, match="the waves cannot be stacked"):
            sk.stack_waves(waves(one, other))
    with pytest.raises(sk.CodebookError, match=words):
        sk.stack_waves(waves(first, second))


def test_keys_that_are_written_alike_stack_and_a_recode_makes_them_alike():
    assert len(sk.stack_waves(waves(["01", "1", "x"], ["01", "1"]))) == 5
    one = parse_crosswalk({"variables": {"q": {"recode": {"a": {"1": "01", "2": "02"}}}}})
    assert sk.stack_waves(waves(["1", "2"], ["01", "02"]), crosswalk=one).frame["q"].tolist() == ["01", "02"] * 2
    assert len(sk.stack_waves(waves(["1", "2"], ["01", "02"]), qualify="q")) == 4, (
        "qualified keys name other units anyway"
    )


@pytest.mark.slow
@given(st.lists(st.integers(0, 999), min_size=1, max_size=30, unique=True), st.integers(1, 3))
@settings(deadline=None, max_examples=50)
def test_any_number_of_leading_zeros_is_another_spelling(numbers, zeros):
    padded = ["0" * zeros + str(number) for number in numbers]
    with pytest.raises(sk.CodebookError, match="writes one key in two ways"):
        sk.stack_waves(waves([str(number) for number in numbers], padded))


FIVE, TEN = np.resize(np.arange(1, 6), 40), np.resize(np.arange(1, 11), 40)


@pytest.mark.parametrize(
    ("first", "second"), [(FIVE, TEN), (TEN, FIVE), (FIVE, TEN - 1), (np.resize(np.arange(1, 8), 35), FIVE)]
)
def test_unlabelled_scales_of_other_ranges_are_told_and_declared_ones_refused(first, second):
    with pytest.warns(sk.SurveyKitWarning, match="looks like scales of different lengths .*settled = true"):
        assert len(sk.stack_waves(waves(first, second))) == len(first) + len(second)
    with pytest.raises(sk.CodebookError, match="has scales of different codes"):
        sk.stack_waves(waves(first, second, measure="ordinal"))
    assert len(sk.stack_waves(waves(first, second), crosswalk=SETTLED)) == len(first) + len(second)
    assert sk.audit_waves(waves(first, second)).table["kind"].tolist() == ["range"]


def test_a_labelled_scale_in_one_wave_and_other_codes_in_the_other_is_refused():
    labels = {code: {"en": text} for code, text in zip(range(1, 6), ("none", "little", "some", "much", "all"))}
    first = sk.Survey(pd.DataFrame({"q": FIVE}), sk.Codebook.of([sk.Variable("q", labels=labels)]))
    with pytest.raises(sk.CodebookError, match="scales of different codes .*: 1 to 5 and 1 to 10"):
        sk.stack_waves({"a": first, "b": sk.Survey(pd.DataFrame({"q": TEN}))})


@pytest.mark.parametrize(("first", "second"), [
    (FIVE, FIVE), (FIVE, np.append(FIVE, 6)), ([1, 2, 3], [1, 2, 3, 4, 5]), (np.arange(18, 80), np.arange(18, 95)), ([1.5, 2.5] * 9, [1, 9] * 9),
    ([0, 1] * 20, [0, 1] * 20), ([np.nan] * 9, TEN), (np.arange(1, 900), np.arange(5001, 5900)),
])  # fmt: skip
def test_what_chance_can_do_is_no_other_scale(first, second):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stacked = sk.stack_waves(waves(np.array(first, dtype=float), np.array(second, dtype=float)))
    assert len(stacked) == len(first) + len(second)


def test_numbers_in_another_unit_are_told():
    tenge = np.round(np.random.default_rng(1).lognormal(12, 0.5, 50), -3)
    with pytest.warns(sk.SurveyKitWarning, match="looks like numbers in different units .*medians"):
        sk.stack_waves(waves(tenge, tenge / 1000))


def test_a_code_that_looks_missing_in_one_wave_only_is_told():
    with pytest.warns(
        sk.SurveyKitWarning,
        match="has codes that look missing in one wave only .*: 99, far from the other answers, 1 to 5",
    ):
        sk.stack_waves(waves(FIVE, np.append(FIVE, [99, 99])))


def weighted(name, values):
    return sk.Survey(pd.DataFrame({name: values, "q": [1, 2, 1]}), provenance=sk.Provenance(weight=name))


def test_weights_of_another_size_are_refused_until_they_are_scaled():
    pair = {"a": weighted("w", [0.5, 1.0, 1.5]), "b": weighted("w", [4000.0, 5000.0, 6000.0])}
    with pytest.raises(
        sk.CodebookError,
        match=r"'w' weighs very differently .*means 1 and 5000; bring them to one scale with scale_weights",
    ):
        sk.stack_waves(pair)
    settled = parse_crosswalk({"variables": {"w": {"settled": True}}})
    assert sk.stack_waves(pair, crosswalk=settled).provenance.weight == "w"
    near = {"a": weighted("w", [0.5, 1.0, 1.5]), "b": weighted("w", [1.0, 2.0, 3.0])}
    assert sk.stack_waves(near).provenance.weight == "w"


def test_a_weight_under_another_name_is_asked_about_and_carried_by_the_crosswalk():
    pair = {"2021": weighted("w21", [0.5, 1.0, 1.5]), "2023": weighted("weight", [0.6, 1.0, 1.4])}
    with pytest.raises(
        sk.CodebookError,
        match=r"wave '2021' by 'w21' and wave '2023' by 'weight'.*\[variables.weight\] with from.2021 = \"w21\"",
    ):
        sk.stack_waves(pair)
    assert "weight" in sk.audit_waves(pair).table["kind"].tolist()
    crosswalk = parse_crosswalk({"variables": {"weight": {"from": {"2021": "w21", "2023": "weight"}}}})
    stacked = sk.stack_waves(pair, crosswalk=crosswalk)
    assert stacked.provenance.weight == "weight" and stacked.frame["weight"].tolist() == [0.5, 1.0, 1.5, 0.6, 1.0, 1.4]
    assert sk.SurveyDesign(stacked, weight=stacked.provenance.weight).weights.sum() == 6


def test_a_weight_that_one_wave_lacks_or_the_crosswalk_loses_is_told():
    bare = sk.Survey(pd.DataFrame({"w": [1.0, 1.0, 1.0], "q": [1, 2, 2]}))
    with pytest.warns(sk.SurveyKitWarning, match="wave 'b' names no weight; a column of that name is taken for it"):
        assert sk.stack_waves({"a": weighted("w", [1.0, 2.0, 1.0]), "b": bare}).provenance.weight == "w"
    pair = {"a": weighted("w", [1.0, 2.0, 1.0]), "b": weighted("w", [1.0, 2.0, 1.0])}
    only = parse_crosswalk({"only_listed": True, "variables": {"q": {}}})
    with pytest.warns(sk.SurveyKitWarning, match="leaves out 'w', by which the file of wave 'a' is weighted"):
        assert sk.stack_waves(pair, crosswalk=only).provenance.weight is None
    assert sk.stack_waves(pair, crosswalk=parse_crosswalk({"drop": ["w"]})).provenance.weight is None
