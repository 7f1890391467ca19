import pandas as pd
import pytest

from surveykit.report.tables.latex_table import CELL_LETTERS, PAGE_LINES, latex_table
from surveykit.report.tables.table_text import page_table
from surveykit.results import Result, escape_latex


def test_a_label_that_heads_several_rows_stands_across_the_table(item_shares):
    text = latex_table(page_table(item_shares, lang="en"))
    assert r"\multicolumn{9}{l}{\textit{I trust the akim}} \\" in text
    rows = [line for line in text.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
    assert {line.count("&") for line in rows} == {8} and len(rows) == 1 + len(item_shares.table)


def test_a_long_text_in_a_cell_is_broken():
    text = latex_table(page_table(pd.DataFrame({"check": ["short", "word " * 12], "value": [1, 2]})))
    assert r"\begin{tabular}[t]{@{}l@{}}" in text
    assert max(len(line) for part in text.split("word word") for line in part.split(r"\\")) < CELL_LETTERS + 200
    assert text.count("word") == 12 and text.count(r"\begin{tabular}[t]") == 1


@pytest.mark.parametrize(("rows", "pieces"), [(PAGE_LINES, 1), (PAGE_LINES + 1, 2), (3 * PAGE_LINES, 3)])
def test_a_table_longer_than_a_page_is_set_in_pieces_with_its_header_on_each(rows, pieces):
    frame = pd.DataFrame({"village": [f"S{number}" for number in range(rows)], "n": range(rows)})
    text = latex_table(page_table(Result(frame, "A sentence.", title="Villages")))
    assert text.count(r"\toprule") == text.count("village & n") == text.count(r"\bottomrule") == pieces
    assert (r"\begin{table}" in text) == (pieces == 1)
    assert [f"S{number} & " in text for number in range(rows)] == [True] * rows


def test_a_bracket_in_front_is_no_argument_of_the_line_break_above():
    assert escape_latex("[0] none") == "{}[0] none" and escape_latex("* starred") == "{}* starred"
    text = latex_table(page_table(pd.DataFrame({"item": ["a", "[b]", "*c"], "n": [1, 2, 3]})))
    assert "\n{}[b] & " in text and "\n{}*c & " in text
