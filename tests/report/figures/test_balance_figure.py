import pandas as pd
import pytest

from surveykit.errors import ArgumentError, ColumnError
from surveykit.report.figures.balance_figure import draw_balance
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.results import Result


def balance_of(design) -> Result:
    table = pd.DataFrame(
        {"covariate": ["q1", "q2"], "level": [None, "Agree"], "before": [0.31, -0.12], "after": [0.02, 0.0]}
    )
    return Result(table, "Balance.", design.origin("en"))


def test_dots_are_the_differences(design):
    ax = draw_balance(balance_of(design))
    drawn = [line.get_xdata()[0] for line in ax.lines if line.get_marker() in ("o", "s")]
    assert drawn == [0.31, -0.12, 0.02, 0.0]
    assert plotted_numbers(ax)[["before", "after"]].to_numpy().ravel().tolist() == [0.31, 0.02, -0.12, 0.0]
    assert (
        "The akim listens to residents: before 0.31, after 0.02; I trust the akim: Agree: before −0.12, after 0.00"
        in alt_text(ax)
    )


def test_without_adjustment_there_is_one_series(design):
    result = balance_of(design)
    only = Result(result.table.drop(columns="after"), "", result.origin)
    ax = draw_balance(only, lang="ru", limit=0.25)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["до"]
    assert {line.get_xdata()[0] for line in ax.lines if line.get_linestyle() != "None"} == {-0.25, 0, 0.25}


def test_a_table_without_differences_is_refused():
    with pytest.raises(ColumnError, match="`result.table` names 'before'"):
        draw_balance(Result(pd.DataFrame({"covariate": ["q1"]}), ""))


def test_sizes_alone_the_largest_on_top(design):
    result = balance_of(design)
    turned = Result(result.table.iloc[::-1], "", result.origin)
    ax = draw_balance(turned, absolute=True, order="before")
    drawn = [line.get_xdata()[0] for line in ax.lines if line.get_marker() in ("o", "s")]
    assert drawn == [0.31, 0.12, 0.02, 0.0] and ax.get_xlabel() == "Absolute standardized difference"
    assert plotted_numbers(ax)["before"].tolist() == [0.31, -0.12]
    with pytest.raises(ArgumentError, match="`order` must be one of"):
        draw_balance(turned, order="size")
