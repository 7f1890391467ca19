"""Rows of a table, one at a time, their cells by name."""

import numpy as np
import pandas as pd

from surveykit.report.records import records, row_keys


def test_rows_are_the_cells_whatever_the_index():
    table = pd.DataFrame({"outcome": ["q1", "q2"], "n": [3, 4]}, index=[7, 7])
    assert [(row.outcome, row.n) for row in records(table)] == [("q1", 3), ("q2", 4)]


def test_keys_are_texts_and_a_column_that_is_not_there_is_none():
    table = pd.DataFrame({"outcome": ["q1", None, np.nan], "level": [1, 2.5, pd.NA]})
    assert row_keys(table, ["outcome", "level", "group"]) == [("q1", "1"), ("", "2.5"), ("", "")]
    assert row_keys(table, ["group"]) == [(), (), ()]
