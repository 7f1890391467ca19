"""A report in Markdown, its figures beside it."""

import pytest

from surveykit.files.record import RECORD
from surveykit.report.pages.document import write_report


@pytest.mark.slow
def test_markdown_has_its_figures_beside_it(parts, tmp_path):
    text = write_report(parts, tmp_path / "My report.md", title="T_1", lang="ru").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        RECORD,
        "My report.md",
        "My_report-figure1.svg",
        "My_report-figure2.svg",
    ]
    assert text.startswith("# T\\_1\n\n> **SIMULATED") and "](My_report-figure1.svg)" in text
    assert "## 100 % \\& \\<b\\>more" in text and "**Таблица 1. SIMULATED.**" in text
    assert "\\* no list" in text and "## Данные и программы" in text
