"""A printed result fits a terminal and loses nothing."""

import itertools

import pandas as pd
import pytest

from surveykit.results import Result, glossary_frame
from surveykit.terminal_table import COLUMNS, fit_lines, fit_table

LONG = "The akim of our village listens to what residents say about roads, water and the budget of the rural district"


def result_of(rows: int = 3, **columns: object) -> Result:
    table = glossary_frame(
        {
            "outcome": [f"q{at}" for at in range(rows)], "group": LONG, "method": "linearized", "estimate": 1234.5678,
            "std_error": 0.5, "statistic": 2.0, "df": 7.0, "p_value": 0.0123, "conf_low": 1.0, "conf_high": 2.0, "deff": 1.5,
            "n": range(rows), "n_clusters": 10, "n_weighted": 100.0,
        }
        | columns
    )  # fmt: skip
    return Result(table, f"{LONG}. {LONG}.", title=LONG)


@pytest.mark.parametrize("rows", [1, 3])
def test_no_line_is_longer_than_a_terminal_and_every_number_is_there(rows):
    printed = str(result_of(rows, level=[LONG, "no", LONG][:rows]))
    assert max(map(len, printed.split("\n"))) <= COLUMNS
    words = " ".join(printed.split())
    assert LONG in words and "1,234.6" in words and "0.012" in words
    assert all(name in words for name in ("std_error", "n_clusters", "n_weighted", "deff"))


def test_what_is_the_same_in_every_row_stands_once_above():
    printed = str(result_of())
    assert printed.count("linearized") == 1 and printed.index("method: linearized") < printed.index("q0")
    # of estimates it is a finding and not a setting that they are alike
    assert printed.count("1,234.6") == 3


def test_what_fits_is_printed_as_pandas_prints_it():
    table = pd.DataFrame({"outcome": ["q1", "q2"], "n": ["1", "1"]})
    assert fit_table(table, ["outcome"]) == table.to_string(index=False)


def test_labels_are_repeated_where_columns_go_below():
    columns = {f"column_{at}": ["1.234", "5.678"] for at in range(12)}
    lines = fit_table(pd.DataFrame({"outcome": ["q1", "q2"], **columns}), ["outcome"]).split("\n")
    blocks = [list(block) for empty, block in itertools.groupby(lines, lambda line: not line) if not empty]
    assert len(blocks) == 2 and all(block[1].split()[0] == "q1" and block[2].split()[0] == "q2" for block in blocks)
    assert sum(block[0].count("column_") for block in blocks) == 12


def test_lines_are_broken_between_words_alone():
    assert fit_lines("x" * 100) == "x" * 100
    assert " ".join(fit_lines(LONG).split("\n")) == LONG


def test_a_wide_table_scrolls_in_a_notebook():
    assert "<div style='overflow-x: auto'><table" in result_of()._repr_html_()
