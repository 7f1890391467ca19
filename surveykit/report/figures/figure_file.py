"""A figure as a file, with the numbers that it draws and its text version beside it: save_figure."""

import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from surveykit.files.seal import seal
from surveykit.files.writing import check_target, write_bytes_together
from surveykit.formatting import without_controls
from surveykit.report.figures.drawing import Drawing, drawing_of, figure_of
from surveykit.report.figures.notebook import save_bytes
from surveykit.spreadsheet_text import csv_text
from surveykit.words.simulated import SIMULATED

SUFFIXES = (".svg", ".pdf", ".png")


def save_figure(ax: Axes, path: str | Path, *, sidecar: bool = True, dpi: float = 300) -> Path:
    """Write a figure to a file, and beside it the numbers that it draws and the figure in words.

    Parameters
    ----------
    ax : matplotlib Axes
        From a ``draw_...`` function; all Axes of its figure are saved.
    path : str or Path
        Ending in .svg, .pdf or .png.
    sidecar : bool
        Whether `<name>.csv` (numbers drawn, hash of the data behind them) and `<name>.txt` (text version) are written.
    dpi : float
        Pixels per inch of a .png.

    Returns
    -------
    Path
        Of the figure.

    Raises
    ------
    WriteError
        When the file cannot be written (nothing half-written stays) or has another ending, or one of the files is
        there: it is replaced only when surveykit wrote it and nobody changed it since, and a sidecar only when it
        belongs to this figure.
    ArgumentError
        When no surveykit function drew on the Axes.

    Notes
    -----
    The same figure gives the same bytes: no date, no random identifiers. Title, text version and SIMULATED stand in
    the file's metadata too.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> ax = sk.draw_dots(pd.DataFrame({"label": ["2021", "2023"], "value": [45.0, 61.8]}), axis="percent")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sk.save_figure(ax, pathlib.Path(folder) / "figure.svg")
    ...     print(sorted(path.name for path in pathlib.Path(folder).glob("figure.*")))
    ...
    ['figure.csv', 'figure.svg', 'figure.txt']
    """
    target = check_target(path, SUFFIXES)
    drawings = drawings_of(ax)
    content = render(figure_of(ax), target.suffix.lower()[1:], drawings, dpi)
    files = {target: content}
    if sidecar:
        numbers = csv_text(sidecar_table(drawings)).encode("utf-8")
        words = seal(f"{text_version(drawings)}\n".encode(), ".txt", also=numbers)
        files = {target.with_suffix(".csv"): numbers, target.with_suffix(".txt"): words, **files}
    write_bytes_together(files, answers=[digest for drawing in drawings for digest in drawing.origin.hashes])
    return target


def drawings_of(ax: Axes) -> list[Drawing]:
    """Return the records of all surveykit drawings in the figure of an Axes, in the order of its panels."""
    drawings = [drawing_of(each) for each in figure_of(ax).axes if hasattr(each, "surveykit")]
    # the panels that one call made have one record
    return list({id(drawing): drawing for drawing in drawings}.values()) or [drawing_of(ax)]


def render(figure: Figure, kind: str, drawings: list[Drawing], dpi: float = 300) -> bytes:
    """Return a figure as the bytes of a file, the same bytes every time."""
    buffer = io.BytesIO()
    for each in figure.findobj(Text):
        each.set_text(without_controls(each.get_text()))
    save_bytes(figure, buffer, format=kind, dpi=dpi, metadata=_metadata(kind, drawings))
    return buffer.getvalue()


def svg_of(ax: Axes) -> str:
    """Return a figure as an SVG element for a page: no XML prologue, a title and a description for screen readers."""
    text = render(figure_of(ax), "svg", drawings_of(ax)).decode("utf-8")
    return re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)


def sidecar_table(drawings: list[Drawing]) -> pd.DataFrame:
    """Return the numbers of all panels with the hash of the data behind them."""
    parts = []
    for number, drawing in enumerate(drawings, start=1):
        extra: dict[str, Any] = {} if len(drawings) == 1 else {"panel": number}
        extra |= {"source": drawing.origin.source, "sha256": drawing.origin.sha256 or ""}
        extra |= {"data_status": SIMULATED} if drawing.origin.simulated else {}
        parts.append(drawing.numbers.assign(**extra))
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def text_version(drawings: list[Drawing]) -> str:
    """Return the figure in words, one paragraph per panel."""
    return without_controls("\n\n".join(drawing.alt_text for drawing in drawings))


def _metadata(kind: str, drawings: list[Drawing]) -> dict[str, object]:
    title = without_controls(next((drawing.title for drawing in drawings if drawing.title), "surveykit"))
    words = " ".join(text_version(drawings).split())
    simulated = any(drawing.origin.simulated for drawing in drawings)
    status = SIMULATED if simulated else "surveykit"
    if simulated:
        title = f"{SIMULATED}: {title}"
    if kind == "svg":
        return {"Date": None, "Creator": "surveykit", "Title": title, "Description": words, "Keywords": [status]}
    if kind == "pdf":
        return {
            "CreationDate": None,
            "ModDate": None,
            "Creator": "surveykit",
            "Producer": "matplotlib",
            "Title": title,
            "Subject": words,
            "Keywords": status,
        }
    return {"Software": "surveykit", "Title": title, "Description": words, "Comment": status}
