"""What the tests of pages share: a report of texts that may break a page, a table and two figures."""

import pytest

from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.document import write_report
from surveykit.report.pages.exhibits import Exhibit

HOSTILE = ["## 100 % & <b>more</b>", "A_b $5 {x} \\alpha | # no heading\n\n* no list"]


@pytest.fixture(scope="module")
def page(item_shares, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    first, second = draw_shares(item_shares, title="Answers"), draw_shares(item_shares, outcomes="q2")
    write_report(
        [
            "## What was asked",
            "One <script>alert(1)</script> paragraph.\n\nAnd another.",
            item_shares,
            first,
            Exhibit(second, "A caption of my own"),
        ],
        path,
        title="Trust & <b>reform</b>",
        lang="en",
    )
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts(item_shares):
    return [*HOSTILE, item_shares, draw_shares(item_shares, title="Answers"), draw_shares(item_shares, outcomes="q2")]
