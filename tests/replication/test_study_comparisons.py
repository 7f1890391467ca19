"""Comparisons of a study are computed once, and what a kind of exhibit needs is asked for by name."""

import pytest

import surveykit as sk
from surveykit.replication.study_comparisons import Comparisons, needed


@pytest.mark.slow
def test_a_comparison_is_computed_once_and_by_its_name(two_waves):
    comparisons = Comparisons(two_waves, "en")
    assert comparisons["main"] is comparisons["main"]
    assert set(comparisons["main"].table["method"]) == {"cr2"} and comparisons["main"].facts["baseline"] == "appointed"
    with pytest.raises(sk.ArgumentError, match="study.toml: comparison.*'main'.*'mian'"):
        comparisons["mian"]


def test_an_option_that_is_not_there():
    options = {"name": "t", "kind": "means", "outcomes": ["q1"]}
    assert needed(options, "outcomes") == ["q1"]
    with pytest.raises(sk.CodebookError, match="study.toml: 't' is of the kind 'means' and needs `by`"):
        needed(options, "by")
