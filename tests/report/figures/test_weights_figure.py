import pytest

from surveykit.errors import ArgumentError
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.weights_figure import draw_weights


def test_the_steps_are_the_distribution(weights):
    ax = draw_weights(weights)
    before, after = (patch.get_data() for patch in ax.patches)
    assert before.values.tolist() == [0, 100, 120, 20] and after.values.tolist() == [30, 90, 80, 40]
    assert before.edges.tolist() == [0, 0.5, 1, 1.5, 2]
    assert plotted_numbers(ax).equals(weights.distribution)


@pytest.mark.parametrize(
    ("lang", "title", "after"),
    [
        ("en", "Weights before and after", "after 30"),
        ("ru", "Веса до и после", "после 30"),
        ("kk", "Түзетуге дейінгі және одан кейінгі салмақтар", "түзетілген 30"),
    ],
)
def test_words(weights, lang, title, after):
    ax = draw_weights(weights, lang=lang)
    assert title in alt_text(ax) and after in alt_text(ax)


def test_a_result_without_a_distribution_is_refused(item_shares):
    with pytest.raises(
        ArgumentError, match=r"must have a `distribution` of weights; pass what compare_weights\(\) returned"
    ):
        draw_weights(item_shares)
