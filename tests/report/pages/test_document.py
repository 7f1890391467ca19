import pytest

from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.document import write_report


@pytest.mark.parametrize(
    ("lang", "table", "figure", "data"),
    [
        ("ru", "Таблица 1.", "Рисунок 1.", "Данные и программы"),
        ("kk", "1-кесте.", "1-сурет.", "Деректер мен бағдарламалар"),
    ],
)
def test_other_languages(item_shares, tmp_path, lang, table, figure, data):
    ax = draw_shares(item_shares, lang=lang)
    page = write_report([item_shares, ax], tmp_path / "r.html", title="x", lang=lang).read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert all(wanted in page for wanted in (table, figure, data))


@pytest.mark.slow
def test_two_reports_have_the_same_bytes(item_shares, tmp_path):
    pages = [
        write_report([item_shares, draw_shares(item_shares)], tmp_path / name, title="x").read_bytes()
        for name in ("a.html", "b.html")
    ]
    assert pages[0] == pages[1]
