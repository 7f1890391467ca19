import pytest

from surveykit.report.pages.table_file import write_table
from surveykit.report.pages.word_grid import POINTS, SMALLEST_POINTS, WIDTH, column_widths
from surveykit.report.tables.table_groups import group_rows
from surveykit.report.tables.table_text import PageTable, page_table
from surveykit.report.text_widths import text_width


def widths_of(header: tuple[str, ...], *rows: tuple[str, ...]) -> tuple[list[float], float]:
    numeric = tuple(cell[:1].isdigit() for cell in rows[0])
    return column_widths(*group_rows(PageTable("", header, rows, numeric, (), False, "en")))


def test_columns_are_as_wide_as_their_texts_when_there_is_room():
    header, row = ("Item", "n"), ("A question", "1234")
    widths, points = widths_of(header, row)
    assert points == POINTS and sum(widths) < WIDTH
    assert all(width > text_width(cell, points) for width, cell in zip(widths, row))


def test_a_wide_table_keeps_its_numbers_whole(item_shares):
    table = page_table(item_shares, lang="ru")
    inner, groups = group_rows(table)
    widths, points = column_widths(inner, groups)
    assert sum(widths) <= WIDTH + 1e-9 and len(widths) == len(table.header) - 1
    assert all(
        width > text_width(row[place], points)
        for place, width in enumerate(widths)
        for _, rows in groups
        for row in rows
        if inner.numeric[place]
    )


def test_text_gives_way_before_numbers_do():
    widths, points = widths_of(("Item", "n"), ("word " * 60, "1234567"), ("short", "1"))
    assert widths[1] > text_width("1234567", points) and sum(widths) == pytest.approx(WIDTH)


def test_letters_become_smaller_when_numbers_need_the_room():
    header = tuple(f"column{place}" for place in range(10))
    widths, points = widths_of(header, tuple("1234567.8" for _ in header))
    assert SMALLEST_POINTS <= points < POINTS and sum(widths) <= WIDTH


def test_a_table_never_runs_off_the_page():
    header = tuple(f"column{place}" for place in range(30))
    widths, points = widths_of(header, tuple("1234567.8" for _ in header))
    assert points == SMALLEST_POINTS and sum(widths) == pytest.approx(WIDTH)


def test_a_word_table_has_no_width_of_its_own_beyond_the_page(item_shares, tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document(str(write_table(item_shares, tmp_path / "t.docx")))
    section, grid = document.sections[0], document.tables[0]
    assert (
        sum(column.width for column in grid.columns) <= section.page_width - section.left_margin - section.right_margin
    )
