"""What takes a code or its label has one rule: a text that is the label of one code and prints as another is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk

# two codes whose labels are each other's numbers, as an export that mixed up its columns has them
CROSSED = sk.Codebook.of([sk.Variable("grp", labels={1: {"en": "2"}, 2: {"en": "1"}})])


@pytest.fixture
def design(rng) -> sk.SurveyDesign:
    village = np.repeat(np.arange(8), 12)
    frame = pd.DataFrame({"v": village, "grp": village % 2 + 1, "y": rng.normal(size=96), "w": rng.uniform(1, 2, 96)})
    return sk.SurveyDesign(sk.Survey(frame, CROSSED), weight="w", cluster="v")


COMPARED = {"group": "grp", "settlement": "v", "methods": ["cr2"]}
DOORS = {
    "compare_settlements": lambda d, text: sk.compare_settlements(d, "y", baseline=text, **COMPARED),
    "compare_groups": lambda d, text: sk.compare_groups(d, "y", group="grp", baseline=text),
    "t_test": lambda d, text: sk.t_test(d, "y", "grp", baseline=text),
    "rake": lambda d, text: sk.rake(d, {"grp": {text: 0.5, 2: 0.5}}),
    "poststratify": lambda d, text: sk.poststratify(d, {"grp": {text: 50, 2: 50}}),
    "codebook": lambda d, text: CROSSED.code_of("grp", text),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_a_text_that_means_two_codes_is_refused_with_both_shown(design, door):
    with pytest.raises(sk.SurveyKitError) as refused:
        DOORS[door](design, "1")
    assert "may mean 1 ('2') or 2 ('1'); give the code" in str(refused.value)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_a_code_is_a_code(design, door):
    DOORS[door](design, 1)


@given(
    st.dictionaries(st.integers(0, 4), st.sampled_from(["0", "1", "2", "no", "yes"]), min_size=1),
    st.sampled_from(["0", "1", "2", "no", "yes"]),
)
def test_what_is_meant_is_whatever_is_named_so(labels, text):
    variable = sk.Variable("q", labels=labels)
    codes = list(labels)
    expected = [place for place, code in enumerate(codes) if labels[code] == text or str(code) == text]
    assert variable.meant_by(text, codes) == expected
    for place, code in enumerate(codes):
        assert variable.meant_by(code, codes) == [place]
        assert variable.meant_by(float(code), codes) == [place]
