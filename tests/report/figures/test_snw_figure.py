import pandas as pd
import pytest
from matplotlib.colors import to_hex

from surveykit.errors import ArgumentError
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.palette import LEFT, MIDDLE, RIGHT
from surveykit.report.figures.snw_figure import draw_snw

MATRIX = pd.DataFrame({"block": ["A", "A", "B"], "position": ["one", "two", "three"], "rating": ["S", "W", "N"]})


def test_each_position_has_one_cell_in_its_column():
    ax = draw_snw(MATRIX)
    filled = [patch for patch in ax.patches if patch.get_facecolor()[3] > 0]
    assert [to_hex(patch.get_facecolor()) for patch in filled] == [RIGHT, LEFT, MIDDLE]
    assert [int(patch.get_x()) for patch in filled] == [0, 2, 1]
    assert plotted_numbers(ax).equals(MATRIX)


def test_counts_are_said():
    assert "strong: 1, neutral: 1, weak: 1. one: strong; two: weak; three: neutral." in alt_text(draw_snw(MATRIX))
    assert "күшті: 1" in alt_text(draw_snw(MATRIX.drop(columns="block"), lang="kk"))


def test_another_rating_is_refused():
    with pytest.raises(ArgumentError, match=r"a rating must be one of \['S', 'N', 'W'\], but 'one' has 'X'"):
        draw_snw(pd.DataFrame({"position": ["one"], "rating": ["X"]}))


def test_rows_of_a_block_stand_together_under_one_heading():
    mixed = pd.DataFrame({"block": ["B", "A", "B"], "position": ["one", "two", "three"], "rating": ["S", "W", "N"]})
    ax = draw_snw(mixed)
    assert plotted_numbers(ax)["position"].tolist() == ["one", "three", "two"]
    assert [text.get_text() for text in ax.texts].count("B") == 1


def test_no_word_is_broken():
    word = "Институционализация"
    rated = pd.DataFrame(
        {"position": [f"{word} местного самоуправления", "b" * 12], "rating": ["S", "W"], "block": [word] * 2}
    )
    for width in ("page", "column"):
        ax = draw_snw(rated, width=width, lang="ru")
        texts = [text.get_text() for text in [*ax.texts, *ax.get_yticklabels()]]
        assert sum(word in line.split() for text in texts for line in text.split("\n")) == 2, texts
        assert any("нейтральная" in text.split() for text in texts)
