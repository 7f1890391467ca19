"""Every kind of figure looks as it did when somebody looked at it: three languages, both widths."""

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from tests.report.figures.figures_of_reference import EVERY, FIGURES, FOLDER, file_of, picture

CONSTRAINTS = Path(__file__).parents[3] / "constraints.txt"
PINNED = re.search(r"^matplotlib==(.+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)[1]
FAR = 60
"""Of 255: how far a channel of a pixel may be off before it counts. Fewer colours in the kept pictures make up to 40."""
FEWEST = 8
"""Pixels that may be off: letters and lines are the same to the pixel under one release of matplotlib, and a digit that
changes moves a dozen."""


def pixels_off(one: Image.Image, other: Image.Image) -> int:
    """Return how many pixels of two pictures of one size are not alike."""
    return int((np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).max(axis=2) > FAR).sum())


@pytest.mark.slow
@pytest.mark.skipif(
    mpl.__version__ != PINNED,
    reason=f"pictures were made with matplotlib {PINNED} (constraints.txt); another release sets letters elsewhere",
)
@pytest.mark.parametrize(("name", "lang", "width"), EVERY)
def test_a_figure_looks_as_it_did(name, lang, width):
    drawn, kept = picture(name, lang, width), Image.open(file_of(name, lang, width)).convert("RGB")
    assert drawn.size == kept.size, (
        "look at it, and write it anew with python -m tests.report.figures.figures_of_reference"
    )
    assert pixels_off(drawn, kept) <= FEWEST, "look at it, and write it anew if it is better than before"


def test_every_picture_belongs_to_a_figure_and_all_are_small():
    files = sorted(FOLDER.glob("*.png"))
    assert files == sorted(file_of(*one) for one in EVERY)
    assert sum(path.stat().st_size for path in files) < 4_000_000


def test_a_changed_digit_is_seen():
    """What the tolerance lets pass is less than a digit: the picture of one that was changed is off by more."""
    import pandas as pd

    from surveykit.report.figures.dots_figure import draw_dots
    from surveykit.report.figures.figure_file import drawings_of, render
    from tests.report.figures.figures_of_reference import DPI, io

    def of(value: float) -> Image.Image:
        ax = draw_dots(pd.DataFrame({"label": ["a", "b"], "value": [value, 900.0]}), digits=0)
        return Image.open(io.BytesIO(render(ax.figure, "png", drawings_of(ax), DPI))).convert("RGB")

    assert pixels_off(of(123.0), of(123.0)) == 0 and pixels_off(of(123.0), of(128.0)) > FEWEST
    assert len(FIGURES) == 15
