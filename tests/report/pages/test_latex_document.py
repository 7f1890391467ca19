"""A report in LaTeX, its figures beside it."""

import re

import pytest

from surveykit.report.pages.document import write_report


@pytest.mark.slow
def test_latex_is_balanced_and_names_its_figures(parts, tmp_path):
    text = write_report(parts, tmp_path / "r.tex", title="50 % & more", lang="kk").read_text(encoding="utf-8")
    opened, closed = re.findall(r"\\begin\{(\w+)\}", text), re.findall(r"\\end\{(\w+)\}", text)
    assert sorted(opened) == sorted(closed) and opened.count("tabular") == 1
    unescaped = re.sub(r"\\[{}]", "", text)
    assert unescaped.count("{") == unescaped.count("}")
    for name in re.findall(r"\{(r-figure\d\.pdf)\}", text):
        assert (tmp_path / name).read_bytes().startswith(b"%PDF")
    assert r"50 \% \& more" in text and "SIMULATED" in text and "1-кесте" in text
