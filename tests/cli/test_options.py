"""Options that several commands take mean the same in each, and name what the functions take."""

import inspect

import click
import pandas as pd
import pytest

import surveykit as sk
from surveykit.cli import main
from surveykit.cli.options import together


def options_of(command: str) -> dict[str, click.Parameter]:
    return {one.name: one for one in main.commands[command].params}


def test_options_are_listed_in_the_order_in_which_they_are_declared():
    @click.command()
    @together(click.option("--first"), click.option("--second"))
    def command(first, second): ...

    assert [one.name for one in command.params] == ["first", "second"]


@pytest.mark.parametrize("name", ["weight", "stratum", "lonely_psu", "zero_weights", "confidence", "margins", "rng"])
def test_a_comparison_and_its_report_take_the_same(name):
    compare, report = options_of("compare")[name], options_of("report")[name]
    assert (compare.opts, compare.default, compare.help) == (report.opts, report.default, report.help)


@pytest.mark.parametrize("name", ["adjust_for", "strata", "confidence", "allow_single", "rng", "group", "baseline"])
def test_what_describes_a_comparison_is_an_argument_of_the_function(name):
    assert name in options_of("compare") and name in inspect.signature(sk.compare_settlements).parameters


def test_choices_are_those_of_the_function():
    frame = {"w": [1.0, 2.0], "v": ["a", "b"]}
    for choice in options_of("compare")["lonely_psu"].type.choices:
        sk.SurveyDesign(sk.Survey(pd.DataFrame(frame)), weight="w", lonely_psu=choice)
    with pytest.raises(sk.ArgumentError, match="lonely_psu"):
        sk.SurveyDesign(sk.Survey(pd.DataFrame(frame)), weight="w", lonely_psu="ignore")
