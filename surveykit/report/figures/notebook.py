"""A figure that shows itself: as the last line of a notebook's cell, and with pyplot where pyplot shows figures."""

import base64
import html
import io
import sys
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SILENT = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")
"""Backends that show nothing: under them no figure is registered, so that a script that draws a thousand keeps none."""
SCREEN = 110
"""Pixels per inch in a notebook."""

SETTINGS: Any = {
    # names of clip paths are random without a salt
    "svg.hashsalt": "surveykit",
    # letters as shapes: the page looks the same without the font, and Kazakh letters are not replaced
    "svg.fonttype": "path",
    # TrueType: many journals refuse the Type 3 that matplotlib writes by default
    "pdf.fonttype": 42,
    # a user's "tight" would cut the figure to another size on every machine, by its fonts
    "savefig.bbox": None,
    "path.simplify": True,
    # letters keep their widths at every resolution, so that lines broken to fit do fit
    "text.hinting": "no_hinting",
    # a user's setting would run LaTeX over questions with % and _ in them
    "text.usetex": False,
}
"""Of matplotlib, for every file: the same figure gives the same bytes."""


class DrawnAxes(Axes):
    """Axes of a figure that surveykit made: a notebook shows the whole figure, a screen reader its words."""

    def _repr_html_(self) -> str:
        figure = self.get_figure(root=True)
        assert isinstance(figure, Figure)
        words = getattr(getattr(self, "surveykit", None), "alt_text", "")
        picture = base64.b64encode(_picture(figure)).decode("ascii")
        return f"<img style='max-width: 100%' alt='{html.escape(words)}' src='data:image/png;base64,{picture}'>"

    def _repr_png_(self) -> bytes:
        figure = self.get_figure(root=True)
        assert isinstance(figure, Figure)
        return _picture(figure)


def _picture(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    save_bytes(figure, buffer, format="png", dpi=SCREEN)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and "inline" in mpl.get_backend():
        pyplot.close(figure)  # it has been shown; the inline backend would show it once more when the cell ends
    return buffer.getvalue()


def save_bytes(figure: Figure, buffer: io.BytesIO, **options: Any) -> None:
    """Write a figure as every file of it is written, whatever the user's settings are."""
    with mpl.rc_context(SETTINGS):
        figure.savefig(buffer, **options)


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches.

    pyplot knows of it where the caller has imported pyplot and its backend shows figures (a notebook, a window), so
    that ``plt.show()`` does; elsewhere nobody does, and it goes when its last user goes.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and mpl.get_backend().lower() not in SILENT:
        return pyplot.figure(figsize=(width, height), dpi=150, facecolor="white")  # type: ignore[no-any-return]
    return Figure(figsize=(width, height), dpi=150, facecolor="white")
