"""Parts of a report: captions, banner, what is no part."""

import pytest

from surveykit.errors import ArgumentError, WriteError
from surveykit.estimation.quantities.shares import shares
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.document import write_report
from tests.report.conftest import make_design


@pytest.mark.slow
def test_captions_are_numbered(page):
    assert "Table 1. SIMULATED." in page
    assert "Figure 1. SIMULATED. Answers" in page and "Figure 2. SIMULATED. A caption of my own" in page


def test_the_banner_and_where_the_numbers_come_from(page):
    assert '<aside class="banner" aria-label="SIMULATED"><p>SIMULATED answers' in page
    assert "<title>SIMULATED: Trust &amp; &lt;b&gt;reform&lt;/b&gt;</title>" in page
    for wanted in ("answers.csv", "ab" * 32, "weighted by w", "surveykit 0.1.0", "pandas"):
        assert wanted in page


def test_without_simulated_answers_no_word_of_them(tmp_path):
    result = shares(make_design(simulated=False), "q1", by="akim")
    page = write_report([result, draw_shares(result)], tmp_path / "r.html", title="Found").read_text(encoding="utf-8")
    assert "SIMULATED" not in page and "as collected" in page


def test_what_is_no_part_is_refused_and_nothing_is_written(item_shares, tmp_path):
    with pytest.raises(ArgumentError, match="`parts` must hold texts, results, .* but int was given"):
        write_report([3], tmp_path / "r.html", title="x")
    with pytest.raises(ArgumentError, match="`parts` must be a list of parts; put square brackets around a single one"):
        write_report(item_shares, tmp_path / "r.html", title="x")
    with pytest.raises(WriteError, match="must end in one of"):
        write_report([], tmp_path / "r.gif", title="x")
    assert list(tmp_path.iterdir()) == []
