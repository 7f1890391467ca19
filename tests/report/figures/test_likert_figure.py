import re
import warnings

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Annotation

from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.agreement import agreement
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


@pytest.mark.parametrize("neutral", ["split", "left", "right", "drop"])
def test_marks_and_whiskers_stand_where_the_axis_has_their_numbers(item_shares, neutral):
    ax = draw_shares(item_shares, neutral=neutral)
    totals = agreement(item_shares).table.query("term == 'right'")
    lines = [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    assert lines == totals[["conf_low", "conf_high"]].to_numpy().tolist()
    assert [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"] == totals["estimate"].tolist()
    numbers = plotted_numbers(ax).query("mark == 'total'")
    assert numbers["value"].tolist() == numbers["x_to"].tolist() == totals["estimate"].tolist()
    assert not [line for line in draw_shares(item_shares, intervals=False).lines if line.get_marker() == "|"]


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


def test_agreement_puts_the_largest_total_on_top(item_shares):
    numbers = plotted_numbers(draw_shares(item_shares, outcomes=["q2", "q1"], order="agreement")).query(
        "mark == 'total'"
    )
    assert list(dict.fromkeys(numbers["outcome"])) == ["q1", "q2"]
    for _, of_item in numbers.groupby("outcome"):
        assert of_item["value"].is_monotonic_decreasing


def test_bars_of_a_group_can_stand_together(item_shares):
    numbers = plotted_numbers(draw_shares(item_shares, facets="group")).query("mark == 'level'")
    assert numbers["group"].tolist() == ["appointed akim"] * 10 + ["elected akim"] * 10
    given = item_shares.table.set_index(["outcome", "group", "level"])["estimate"]
    assert [given[key] for key in zip(numbers["outcome"], numbers["group"], numbers["level"])] == numbers[
        "value"
    ].tolist()


def test_totals_stand_on_both_sides(item_shares):
    ax = draw_shares(item_shares, totals="both")
    left = agreement(item_shares).table.query("term == 'left'")
    assert plotted_numbers(ax).query("mark == 'total left'")["value"].tolist() == left["estimate"].tolist()
    row = left.iloc[0]
    printed = f"{100 * row['estimate']:.0f}% [{100 * row['conf_low']:.0f}; {100 * row['conf_high']:.0f}]"
    assert printed in texts_of(ax) and printed not in texts_of(draw_shares(item_shares))
    none = texts_of(draw_shares(item_shares, totals="none", intervals=False))
    assert not any("[" in text for text in none)


def test_the_words_that_all_questions_begin_with_are_said_once():
    begin = "To what extent do you agree that the akim: "
    questions = {"q1": {"en": f"{begin}listens"}, "q2": {"en": f"{begin}answers complaints"}}
    result = shares(make_design(questions=questions), ["q1", "q2"], lang="en")
    ax = draw_shares(result)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["listens", "answers complaints"]
    assert begin.strip() in [text.replace("\n", " ") for text in texts_of(ax)]
    assert f"{begin}listens (n =" in alt_text(ax)
    whole = [label.get_text().replace("\n", " ") for label in draw_shares(result, stem=False).get_yticklabels()]
    assert whole == [f"{begin}listens", f"{begin}answers complaints"]


def test_the_callers_labels_are_printed(item_shares):
    ax = draw_shares(
        item_shares, labels={"Agree": "Rather yes", "elected akim": "after an election", "I trust the akim": "Trust"}
    )
    words = texts_of(ax)
    assert {"Rather yes", "after an election", "Trust"} <= {*words} and "Agree" not in words
    assert "Trust, after an election" in alt_text(ax)


def test_small_bars_carry_no_number_and_pale_ones_a_pattern(item_shares):
    ax = draw_shares(item_shares, smallest_label=0.2, hatch=True)
    inside = {text.get_text() for text in ax.texts if not isinstance(text, Annotation)}
    assert inside == {f"{100 * share:.0f}" for share in item_shares.table["estimate"] if share >= 0.2}
    assert [bar.get_hatch() or "" for bar in ax.patches[:5]] == ["", "\\\\\\\\", "...", "////", ""]
    with pytest.raises(ArgumentError, match="`smallest_label` is a share from 0 to 1"):
        draw_shares(item_shares, smallest_label=5)


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_in_a_column_all_numbers_are_there_and_nothing_is_cut(item_shares, lang):
    page, column = (draw_shares(item_shares, width=width, lang=lang) for width in ("page", "column"))
    assert column.figure.get_figwidth() * 25.4 == pytest.approx(85)
    pd.testing.assert_frame_equal(plotted_numbers(page), plotted_numbers(column))
    said = " ".join(" ".join(texts_of(column)).split())
    for text in texts_of(page):
        if "[" in text or "%" in text:
            assert " ".join(text.split()) in said
    assert "…" not in said
    column.figure.draw_without_rendering()
    edge = column.figure.bbox.width + 1
    for text in column.texts:
        assert text.get_window_extent().x0 >= -1 and text.get_window_extent().x1 <= edge, text.get_text()
