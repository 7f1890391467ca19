"""Rows of labels beside bars, none over another."""

from surveykit.estimation.quantities.shares import shares
from surveykit.report.figures.likert_figure import draw_shares
from tests.report.figures.test_likert_figure import texts_of


def test_nothing_is_drawn_over_another_text(item_shares):
    ax = draw_shares(item_shares, title="Residents on local government")
    ax.figure.draw_without_rendering()
    renderer = ax.figure.canvas.get_renderer() if hasattr(ax.figure.canvas, "get_renderer") else None
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts if text.get_text().strip()]
    for at, (one, box) in enumerate(boxes):
        for other, another in boxes[at + 1 :]:
            overlap = (
                min(box.x1, another.x1) - max(box.x0, another.x0),
                min(box.y1, another.y1) - max(box.y0, another.y0),
            )
            assert min(overlap) < 1.5, f"{one!r} lies over {other!r}"
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    for text, box in boxes:
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, text


def test_without_groups_the_question_stands_beside_its_bar(design):
    ax = draw_shares(shares(design, ["q1", "q2"], lang="en"))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["The akim listens to residents", "I trust the akim"]
    assert "all" not in texts_of(ax)
