"""A figure shows itself where figures are shown, and is kept by nobody elsewhere."""

import base64
import re
import subprocess
import sys
import textwrap

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from surveykit.report.figures.dots_figure import draw_dots
from surveykit.report.figures.drawing import alt_text

DOTS = pd.DataFrame({"label": ["2021", '<b>"2023"</b>'], "value": [45.0, 61.8]})


def test_the_last_line_of_a_cell_is_the_picture_with_its_words():
    ax = draw_dots(DOTS, axis="percent")
    page = ax._repr_html_()
    picture = base64.b64decode(re.search("base64,([^']+)'", page)[1])
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and ax._repr_png_() == picture
    # the words are the figure's own, and nothing in them ends the attribute
    assert "&lt;b&gt;&quot;2023&quot;&lt;/b&gt;: 61.8" in page and page.count("'") == 6 and page.count("<") == 1
    assert "61.8" in alt_text(ax)


def test_a_script_keeps_no_figure():
    before = plt.get_fignums()
    draw_dots(DOTS)
    assert plt.get_fignums() == before


@pytest.mark.slow
def test_pyplot_shows_the_figure_where_its_backend_shows_figures(tmp_path):
    """A backend that shows: the one of a notebook is such a module, and shows what pyplot knows of."""
    (tmp_path / "inline_shows.py").write_text(
        textwrap.dedent(
            """
            from matplotlib.backend_bases import FigureManagerBase
            from matplotlib.backends.backend_agg import FigureCanvasAgg

            shown = []

            class Manager(FigureManagerBase):
                @classmethod
                def pyplot_show(cls, *, block=None):
                    from matplotlib._pylab_helpers import Gcf
                    shown.extend(manager.canvas.figure for manager in Gcf.get_all_fig_managers())

            class FigureCanvas(FigureCanvasAgg):
                manager_class = Manager
            """
        )
    )
    program = """
    import matplotlib.pyplot as plt, pandas as pd, surveykit as sk, inline_shows
    ax = sk.draw_dots(pd.DataFrame({"label": ["a"], "value": [1.0]}))
    plt.show()
    assert inline_shows.shown == [ax.figure], inline_shows.shown
    # shown as the last line of a cell, it is not shown once more when the cell ends
    ax._repr_html_()
    assert plt.get_fignums() == []
    """
    environment = {"MPLBACKEND": "module://inline_shows", "PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"}
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
