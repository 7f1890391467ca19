import re
import warnings

import matplotlib as mpl
import numpy as np
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.errors import ArgumentError, ColumnError
from surveykit.report.figures.difference_figure import draw_differences
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.results import Result


def texts_of(ax) -> list[str]:
    return [text.get_text() for text in ax.figure.findobj(mpl.text.Text)]


def test_marks_are_the_estimates(comparison):
    ax = draw_differences(comparison)
    points = [line for line in ax.lines if line.get_marker() in ("o", "s") and len(line.get_xdata()) == 1]
    # one line of the figure per method, on it the mark of each estimand
    assert [line.get_xdata()[0] for line in points] == comparison.table["estimate"].iloc[[0, 2, 1, 3]].tolist()
    assert [line.get_marker() for line in points] == ["o", "s", "o", "s"]
    assert plotted_numbers(ax)["p_value"].tolist() == comparison.table["p_value"].tolist()


def test_an_endless_interval_ends_in_an_arrow_and_a_missing_one_is_left_out(comparison):
    ax = draw_differences(comparison)
    assert [line.get_marker() for line in ax.lines].count(">") == 1
    assert [line.get_marker() for line in ax.lines].count("<") == 0
    spans = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() > 1]
    assert len(spans) == 3
    assert np.isfinite(ax.get_xlim()).all()


def test_the_verdict_stands_at_the_head(comparison):
    head = next(text for text in texts_of(draw_differences(comparison)) if text.startswith("Feasibility"))
    assert "fragile" in head and "Only 3 settlements stand against 3." in head.replace("\n", " ")
    assert "ограниченная" in alt_text(draw_differences(comparison, lang="ru"))


def test_the_alt_text_has_the_plotted_numbers(comparison):
    said = alt_text(draw_differences(comparison))
    assert "0.22 [−0.19; 0.63], p = 0.245" in said
    assert "0.22 [−0.15; ∞], p = 0.200" in said
    assert "0.25, p <0.001" in said.replace("p < 0.001", "p <0.001").replace("p <0.001", "p <0.001")


@pytest.mark.parametrize(
    ("lang", "axis", "method"),
    [
        ("en", "Difference: elected akim minus appointed akim", "randomization test"),
        ("ru", "Разность: «избранный аким» минус «назначенный аким»", "рандомизационный критерий"),
        ("kk", "Айырма: «сайланған әкім» минус «тағайындалған әкім»", "рандомизациялық критерий"),
    ],
)
def test_axis_and_methods_change_with_the_language(comparison, lang, axis, method):
    ax = draw_differences(comparison, lang=lang)
    assert ax.get_xlabel() == axis
    assert method in [label.get_text() for label in ax.get_yticklabels()]


def test_outcomes_and_methods_can_be_chosen(comparison):
    assert set(plotted_numbers(draw_differences(comparison, methods="cr2"))["method"]) == {"cr2"}
    with pytest.raises(ArgumentError, match=r"`methods` must be among \['cr2', 'randomization'\], but 'cr9' was given"):
        draw_differences(comparison, methods=["cr9"])


@pytest.mark.slow
def test_a_real_comparison_is_drawn_without_a_warning(design):
    result = compare_settlements(
        design,
        ["q1", "q2"],
        group="akim",
        baseline=0,
        settlement="village",
        methods=["cr2", "randomization", "linearized"],
        lang="en",
    )
    for lang in ("en", "ru", "kk"):
        ax = draw_differences(result, lang=lang)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ax.figure.draw_without_rendering()
        assert len(plotted_numbers(ax)) == len(result.table)
        assert (
            not [text for text in texts_of(ax) if re.search(r"\b(person|unadjusted|linearized)\b", text)]
            or lang == "en"
        )


def test_a_table_without_intervals_is_refused():
    with pytest.raises(ColumnError, match=r"`result.table` names 'outcome', which is not a column"):
        import pandas as pd

        draw_differences(Result(pd.DataFrame({"x": [1]}), ""))
