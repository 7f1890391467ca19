import pandas as pd
import pytest

from surveykit.report.pages.document import write_report
from surveykit.report.pages.table_file import write_table
from surveykit.report.pages.word_grid import ACROSS, POINTS, SMALLEST_POINTS, WIDTH, column_widths, panels
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
    header = tuple(f"c{place}" for place in range(10))
    widths, points = widths_of(header, tuple("1234.8" for _ in header))
    assert SMALLEST_POINTS <= points < POINTS and sum(widths) <= WIDTH


def wide_table(columns: int, above: tuple[tuple[str, int], ...] = ()) -> PageTable:
    header = ("Question", "Answer", *(f"column{place}" for place in range(columns)))
    row = ("trust", "yes", *("1234567.8" for _ in range(columns)))
    return PageTable("", header, (row,), (False, False, *[True] * columns), (), False, "en", above)


def test_letters_are_nine_points_and_more_and_no_number_is_broken():
    """A table too wide for the page is set in parts, each with the labels and as many columns as fit."""
    inner, groups = group_rows(wide_table(30))
    parts = panels(inner, groups, ACROSS)
    assert len(parts) == 4 and sum(len(part.header) - 2 for part, _ in parts) == 30
    for part, rows in parts:
        widths, points = column_widths(part, rows, ACROSS)
        assert points >= 9 and sum(widths) <= ACROSS
        assert part.header[:2] == ("Question", "Answer") and rows[0][1][0][:2] == ("trust", "yes")
        assert all(width > text_width("1234567.8", points) for width in widths[2:])


def test_columns_of_one_question_stay_together():
    inner, groups = group_rows(wide_table(16, (("", 2), ("Akim", 6), ("Sex", 4), ("Education", 6))))
    assert [part.above for part, _ in panels(inner, groups, ACROSS)] == [
        (("", 2), ("Akim", 6)), (("", 2), ("Sex", 4)), (("", 2), ("Education", 6)),
    ]  # fmt: skip


@pytest.mark.parametrize(("columns", "across"), [(3, False), (9, True)])
def test_a_wide_table_turns_the_page(tmp_path, columns, across):
    docx = pytest.importorskip("docx")
    frame = pd.DataFrame({"label": ["a"], **{f"c{place}": [1234567.5] for place in range(columns)}})
    section = docx.Document(str(write_table(frame, tmp_path / "t.docx"))).sections[0]
    assert (section.page_width > section.page_height) == across
    assert (section.orientation == docx.enum.section.WD_ORIENT.LANDSCAPE) == across


def test_a_report_turns_back_to_upright_pages(tmp_path):
    docx = pytest.importorskip("docx")
    wide = pd.DataFrame({"label": ["a"], **{f"c{place}": [1234567.5] for place in range(9)}})
    path = write_report(["Before.", wide, "After."], tmp_path / "r.docx", title="Report")
    sections = docx.Document(str(path)).sections
    assert [section.page_width > section.page_height for section in sections] == [False, True, False]


@pytest.mark.parametrize(("lang", "code"), [("en", "en-GB"), ("ru", "ru-RU"), ("kk", "kk-KZ")])
def test_a_document_says_its_language_and_keeps_its_tables_whole(item_shares, tmp_path, lang, code):
    docx = pytest.importorskip("docx")
    document = docx.Document(str(write_table(item_shares, tmp_path / "t.docx", lang=lang)))
    (language,) = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang/@w:val")
    assert language == code == document.core_properties.language
    caption, grid = document.paragraphs[0], document.tables[0]
    assert caption.style.name == "Caption" and caption.paragraph_format.keep_with_next
    assert len(grid._tbl.xpath("w:tr/w:trPr/w:tblHeader")) == 1
    assert len(grid._tbl.xpath("w:tr/w:trPr/w:cantSplit")) == len(grid.rows)
    sizes = {run.font.size.pt for row in grid.rows for cell in row.cells for run in cell.paragraphs[0].runs}
    sizes |= {run.font.size.pt for paragraph in document.paragraphs[1:] for run in paragraph.runs}
    assert min(sizes) >= 9


def test_a_word_table_has_no_width_of_its_own_beyond_the_page(item_shares, tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document(str(write_table(item_shares, tmp_path / "t.docx")))
    section, grid = document.sections[0], document.tables[0]
    assert (
        sum(column.width for column in grid.columns) <= section.page_width - section.left_margin - section.right_margin
    )
