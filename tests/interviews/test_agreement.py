"""Agreement of coders: a case by hand, the published example, the reference programs, then properties and words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.interviews.agreement import coder_agreement, cohen_kappa, krippendorff_alpha
from tests.conftest import REFERENCE

CODERS = ["coder1", "coder2", "coder3", "coder4"]


@pytest.fixture(scope="module")
def codes() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "coders.csv")


def test_by_hand():
    """Two coders, ten units, 0/1: Krippendorff (2011), section B: alpha = 0.095."""
    one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    other = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha(np.array([one, other]).T) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_equals_the_reference_program(codes, expected, level):
    entry = expected[f"krippendorff.{level}"]
    matrix = codes[CODERS].to_numpy(dtype=float)
    assert krippendorff_alpha(matrix, level) == pytest.approx(entry["value"]["all_four"], rel=entry["tol"])
    assert krippendorff_alpha(matrix[:, :2], level) == pytest.approx(entry["value"]["first_two"], rel=entry["tol"])


def test_kappa_equals_psych(codes, expected):
    entry = expected["kappa.coder1_coder2"]
    one, other = (codes[name].to_numpy(dtype=float) for name in CODERS[:2])
    assert cohen_kappa(one, other) == pytest.approx(entry["value"]["kappa"], rel=entry["tol"])
    assert cohen_kappa(one, other, "quadratic") == pytest.approx(entry["value"]["weighted_quadratic"], rel=entry["tol"])


def test_the_result(codes):
    result = coder_agreement(codes, CODERS, level="ordinal", draws=200)
    assert len(result.table) == 1 + 6 * 3
    first = result.table.iloc[0]
    assert first["conf_low"] < first["estimate"] < first["conf_high"]
    assert "percentile interval from 200 bootstrap draws of units" in result.method
    pd.testing.assert_frame_equal(result.table, coder_agreement(codes, CODERS, level="ordinal", draws=200).table)
    assert "Krippendorff" in result.summary() and "krippendorff" in result.to_latex()


def test_redrawing_interviews_widens_the_interval(codes):
    """Ten copies of every unit in one interview: the units say more than the interviews know."""
    copied = pd.concat([codes] * 10)
    by_unit = coder_agreement(copied, CODERS, draws=400).table.iloc[0]
    by_interview = coder_agreement(copied, CODERS, cluster="unit", draws=400).table.iloc[0]
    assert by_interview["n_clusters"] == 60
    assert by_interview["conf_high"] - by_interview["conf_low"] > 2 * (by_unit["conf_high"] - by_unit["conf_low"])


matrices = st.lists(st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=3, max_size=3), min_size=4, max_size=12)


@settings(max_examples=60, deadline=None)
@given(matrices, st.randoms())
def test_order_of_units_and_coders_does_not_matter(matrix, random):
    array = np.array(matrix)
    rows, columns = list(range(len(array))), [0, 1, 2]
    random.shuffle(rows)
    random.shuffle(columns)
    for level in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha(array[rows][:, columns], level) == pytest.approx(
            krippendorff_alpha(array, level), nan_ok=True
        )


@settings(max_examples=40, deadline=None)
@given(matrices, st.floats(0.1, 50), st.floats(-20, 20))
def test_interval_alpha_knows_no_unit(matrix, scale, shift):
    array = np.array(matrix)
    assert krippendorff_alpha(array * scale + shift, "interval") == pytest.approx(
        krippendorff_alpha(array, "interval"), abs=1e-8, nan_ok=True
    )


def test_perfect_agreement_and_no_variation():
    same = np.repeat([[1.0], [2], [3]], 3, axis=1)
    assert krippendorff_alpha(same) == 1
    assert np.isnan(krippendorff_alpha(np.ones((5, 2))))


def test_words_of_the_errors(codes):
    with pytest.raises(sk.ArgumentError, match=r"at least two coders, but `coders` names 1"):
        coder_agreement(codes, "coder1")
    with pytest.raises(sk.ColumnError, match=r"`coders` names 'coder9'"):
        coder_agreement(codes, ["coder1", "coder9"])
    with pytest.raises(sk.ArgumentError, match=r"`level` must be one of"):
        coder_agreement(codes, CODERS, level="ordnal")
    with pytest.raises(sk.ColumnError, match=r"no unit was coded by two coders"):
        coder_agreement(pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, 2.0]}), ["a", "b"])
    with pytest.raises(sk.ColumnError, match=r"holds text"):
        coder_agreement(
            pd.DataFrame({"a": ["x"], "b": ["y"]}), ["a", "b"], level="ordinal"
        )  # nominal ones need no order


def test_weighted_kappa_takes_distances_between_codes_and_psych_between_places():
    """R psych 2.2.9: cohen.kappa(cbind(a, b))$weighted.kappa is 0.862068966, with the code 5 as with 4 in its place."""
    one = np.array([1, 2, 3, 5, 5, 1, 2, 3, 5, 1.0])
    other = np.array([1, 2, 5, 5, 3, 1, 1, 3, 5, 2.0])
    places = [np.where(codes == 5, 4, codes) for codes in (one, other)]
    assert cohen_kappa(*places, "quadratic") == pytest.approx(0.862068966, abs=1e-9)
    # By hand: sum of squared distances 1 + 1 + 4 + 4 = 10 of 10 units; expected 2 * var + (difference of means)^2.
    expected = one.var() + other.var() + (one.mean() - other.mean()) ** 2
    assert cohen_kappa(one, other, "quadratic") == pytest.approx(1 - 1.0 / expected)


def test_a_unit_without_an_interview_is_refused():
    codes = pd.DataFrame({"a": [1, 2, 1, 2], "b": [1, 2, 2, 2], "interview": ["x", None, "y", "y"]})
    with pytest.raises(sk.ColumnError, match="`cluster` names 'interview', which is empty for 1 units"):
        coder_agreement(codes, ["a", "b"], cluster="interview")


def test_texts_serve_as_nominal_codes(codes):
    words = {value: f"theme {value:g}" for value in np.unique(codes[CODERS].to_numpy()) if not np.isnan(value)}
    spelled = codes[CODERS].apply(lambda column: column.map(words))
    for other in (spelled, spelled.astype("category"), spelled.fillna(""), codes[CODERS].astype(object)):
        pd.testing.assert_frame_equal(
            coder_agreement(other, CODERS, rng=1).table, coder_agreement(codes, CODERS, rng=1).table, rtol=1e-12
        )


def test_a_code_is_the_same_as_number_and_as_text():
    mixed = pd.DataFrame({"a": [1, 2, 2, 1], "b": ["1", "2.0", " 2", "1"]})
    assert coder_agreement(mixed, ["a", "b"], draws=0).table["estimate"].tolist() == [1, 1, 1]
    with pytest.warns(sk.SurveyKitWarning, match="'Yes' and 'yes' differ only in their spelling"):
        coder_agreement(pd.DataFrame({"a": ["Yes", "no"], "b": ["yes", "no"]}), ["a", "b"], draws=0)
