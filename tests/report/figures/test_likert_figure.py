import re
import warnings

import matplotlib as mpl
import pytest
from matplotlib.colors import to_hex

from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.shares import shares
from surveykit.formatting import format_percent
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.figures.palette import diverging_colors
from tests.report.conftest import LEVELS, make_design


def texts_of(ax) -> list[str]:
    return [text.get_text() for text in ax.figure.findobj(mpl.text.Text)]


def test_the_bars_are_the_plotted_numbers(item_shares):
    ax = draw_shares(item_shares)
    numbers = plotted_numbers(ax)
    drawn = numbers[(numbers["mark"] == "level") & (numbers["value"] > 0)]
    bars = [patch for patch in ax.patches if patch.get_width() > 0]
    assert [bar.get_x() for bar in bars] == drawn["x_from"].tolist()
    assert [bar.get_width() for bar in bars] == pytest.approx(drawn["value"].tolist())
    colors = diverging_colors(2, 1, 2)
    assert [to_hex(bar.get_facecolor()) for bar in bars[:5]] == colors


def test_the_plotted_numbers_are_those_of_the_estimates(item_shares):
    numbers = plotted_numbers(draw_shares(item_shares))
    levels = numbers[numbers["mark"] == "level"]
    assert levels["value"].tolist() == item_shares.table["estimate"].tolist()
    assert levels["n"].tolist() == item_shares.table["n"].tolist()


def test_whiskers_are_the_intervals(item_shares):
    ax = draw_shares(item_shares)
    numbers = plotted_numbers(ax)
    totals = numbers[numbers["mark"] == "total"]
    lines = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2 and line.get_marker() == "|"]
    assert len(lines) == len(totals)
    for (low, high), row in zip(lines, totals.itertuples()):
        assert high - low == pytest.approx(row.conf_high - row.conf_low)
        assert row.x_to - low == pytest.approx(row.value - row.conf_low)


def test_the_alt_text_has_the_plotted_numbers(item_shares):
    ax = draw_shares(item_shares)
    said = re.findall(r"(\d+\.\d)%", alt_text(ax))
    numbers = plotted_numbers(ax)
    wanted = []
    for outcome in ("q1", "q2"):
        for group in dict.fromkeys(numbers["group"]):
            here = numbers[(numbers["outcome"] == outcome) & (numbers["group"] == group)]
            wanted += [format_percent(value, 1).rstrip("%") for value in here["value"].dropna()]
    assert said == wanted


def test_n_and_missing_stand_beside_the_bars(item_shares):
    words = texts_of(draw_shares(item_shares))
    first = item_shares.table["n"].iloc[0]
    assert str(first) in words and "don't know" in words and "refused" in words
    bare = texts_of(draw_shares(item_shares, show_n=False, show_missing=False))
    assert str(first) not in bare and "don't know" not in bare


@pytest.mark.parametrize(
    ("lang", "label", "question"),
    [
        ("en", "Strongly agree", "I trust the akim"),
        ("ru", "Полностью согласен", "Я доверяю акиму"),
        ("kk", "Толық келісемін", "Мен әкімге сенемін"),
    ],
)
def test_every_label_changes_with_the_language(item_shares, lang, label, question):
    ax = draw_shares(item_shares, lang=lang)
    words = texts_of(ax)
    assert label in words and question in words
    assert question in alt_text(ax)
    if lang != "en":
        latin = [each for each in words if re.search("[A-Za-z]{3}", each.replace("SIMULATED", ""))]
        assert latin == []


@pytest.mark.parametrize("neutral", ["split", "left", "right", "drop"])
def test_neutral(item_shares, neutral):
    ax = draw_shares(item_shares, neutral=neutral)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert ("Neither" in legend) == (neutral != "drop")
    assert "Neither" in texts_of(ax)


def test_hostile_labels_are_drawn_as_they_are():
    hostile = {
        code: {"en": text}
        for code, text in enumerate(
            ["costs $5 and $6", r"\frac{1}{2} & 50 %", "a_b^c", "<script>alert(1)</script>", "x" * 300], start=1
        )
    }
    questions = {
        "q1": {"en": "Is $x_1$ in {braces} 100 % \\textbf{ok}?\nNew line " + "word " * 60},
        "q2": {"en": "سؤال"},
    }
    result = shares(make_design(questions=questions, levels=hostile), ["q1", "q2"], by="akim", lang="en")
    ax = draw_shares(result)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.draw_without_rendering()
    assert any("costs $5 and $6" in text for text in texts_of(ax))


def test_outcomes_are_drawn_in_the_order_asked_for(item_shares):
    numbers = plotted_numbers(draw_shares(item_shares, outcomes=["q2", "q1"]))
    assert list(dict.fromkeys(numbers["outcome"])) == ["q2", "q1"]
    with pytest.raises(
        ArgumentError, match=r"`outcomes` must be among the items of `shares`, \['q1', 'q2'\], but 'q9'"
    ):
        draw_shares(item_shares, outcomes="q9")


def test_a_level_that_nobody_chose_stays_in_the_legend(item_shares):
    ax = draw_shares(item_shares, outcomes="q2")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [label["en"] for label in LEVELS.values()]
    numbers = plotted_numbers(ax)
    assert (numbers[numbers["level"] == "Strongly agree"]["value"] == 0).all()
