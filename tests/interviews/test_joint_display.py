import itertools
from fractions import Fraction
from pathlib import Path

import pytest

import surveykit as sk
from surveykit.interviews.joint_display import joint_display, relate
from surveykit.results import Result, glossary_frame


@pytest.fixture
def comparison() -> Result:
    table = glossary_frame(
        {
            "outcome": ["trust", "water"],
            "estimand": ["person"] * 2,
            "method": ["cr2"] * 2,
            "term": ["unadjusted"] * 2,
            "estimate": [0.4, 0.1],
            "conf_low": [0.1, -0.2],
            "conf_high": [0.7, 0.4],
        }
    )
    return Result(table, "m")


def prevalence(elected: float, appointed: float) -> Result:
    table = glossary_frame(
        {"outcome": ["Trust"] * 2, "group": ["elected", "appointed"], "estimate": [elected, appointed]}
    )
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
    result = joint_display(
        comparison,
        prevalence(elected, appointed),
        {"trust_theme": outcome},
        group="elected",
        baseline="appointed",
        opposed=opposed,
    )
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


@pytest.mark.slow
@pytest.mark.parametrize("notable", [0.1, 0.2, 0.25, 0.3, 0.5])
def test_a_difference_of_just_the_notable_size_is_notable(comparison, notable):
    """Shares of up to seven interviews, held against exact fractions: 3/5 - 2/5 is 1/5, in floating point less."""
    exact = Fraction(str(notable))
    for n_one, n_other in itertools.product(range(1, 8), repeat=2):
        for one, other in itertools.product(range(n_one + 1), range(n_other + 1)):
            gap = Fraction(one, n_one) - Fraction(other, n_other)
            if abs(abs(gap) - exact) > Fraction(1, 50):
                continue
            result = joint_display(
                comparison,
                prevalence(one / n_one, other / n_other),
                {"trust_theme": "trust"},
                group="elected",
                baseline="appointed",
                notable=notable,
            )
            wanted = "complement" if abs(gap) < exact else "convergence" if gap > 0 else "dissonance"
            assert result.table["relation"].item() == wanted, (one, n_one, other, n_other)


def test_three_of_five_against_two_of_five_converge(comparison):
    path = Path(__file__).parents[3] / "shared" / "inputs" / "interviews_three_of_five_two_of_five.csv"
    if not path.is_file():
        pytest.skip("the bad inputs (shared/inputs beside the project) are not here")
    found = sk.theme_prevalence(sk.read_coding(path), by="akim")
    assert found.table["estimate"].tolist() == [2 / 5, 3 / 5] and found.table["n"].tolist() == [5, 5]
    row = joint_display(comparison, found, {"roads": "trust"}, group="e", baseline="b").table.iloc[0]
    assert row["relation"] == "convergence"


def test_a_theme_that_a_group_was_not_asked_for_is_no_silence(comparison):
    with pytest.raises(sk.ArgumentError, match="looked for in no interview of 'appointed'; leave it out"):
        joint_display(
            comparison, prevalence(0.5, float("nan")), {"trust_theme": "trust"}, group="elected", baseline="appointed"
        )
