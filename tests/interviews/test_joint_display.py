import pytest

import surveykit as sk
from surveykit.interviews.joint_display import joint_display, relate
from surveykit.results import Result, glossary_frame


@pytest.fixture
def comparison() -> Result:
    table = glossary_frame({"outcome": ["trust", "water"], "estimand": ["person"] * 2, "method": ["cr2"] * 2,
                            "term": ["unadjusted"] * 2, "estimate": [0.4, 0.1], "conf_low": [0.1, -0.2],
                            "conf_high": [0.7, 0.4]})
    return Result(table, "m")


def prevalence(elected: float, appointed: float) -> Result:
    table = glossary_frame({"outcome": ["Trust"] * 2, "group": ["elected", "appointed"], "estimate": [elected, appointed]})
    return Result(table.assign(theme="trust_theme"), "m")


@pytest.mark.parametrize(("outcome", "elected", "appointed", "opposed", "relation"), [
    ("trust", 0.8, 0.4, (), "convergence"),
    ("trust", 0.4, 0.8, (), "dissonance"),
    ("trust", 0.4, 0.8, ("trust_theme",), "convergence"),  # fewer complaints agree with more trust
    ("trust", 0.5, 0.4, (), "complement"),  # only the survey speaks
    ("water", 0.8, 0.4, (), "complement"),  # only the interviews speak
    ("water", 0.5, 0.4, (), "silence"),
])  # fmt: skip
def test_the_rule(comparison, outcome, elected, appointed, opposed, relation):
    result = joint_display(comparison, prevalence(elected, appointed), {"trust_theme": outcome}, group="elected",
                           baseline="appointed", opposed=opposed)
    row = result.table.iloc[0]
    assert row["relation"] == relation
    assert (row["share_group"], row["share_baseline"]) == (elected, appointed)
    assert "0.2 or more" in result.method


def test_relations_are_symmetric():
    for one, other in [(1, 1), (1, -1), (0, 1), (0, 0)]:
        assert relate(one, other) == relate(other, one) == relate(-one, -other)


def test_words_of_the_errors(comparison):
    with pytest.raises(sk.ArgumentError, match=r"`prevalence` has no group 'chosen'"):
        joint_display(comparison, prevalence(1, 0), {"trust_theme": "trust"}, group="chosen", baseline="appointed")
    with pytest.raises(sk.ArgumentError, match=r"there is no outcome 'roads' \(cr2, person\)"):
        joint_display(comparison, prevalence(1, 0), {"trust_theme": "roads"}, group="elected", baseline="appointed")
    with pytest.raises(sk.ArgumentError, match=r"there is no theme 'other'"):
        joint_display(comparison, prevalence(1, 0), {"other": "trust"}, group="elected", baseline="appointed")
