"""How wide a text is on a page or a figure, and where its lines break."""

from collections.abc import Iterable
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from surveykit.formatting import without_controls

_MEASURE = TextToPath()  # advance widths: fifty times faster than measuring outlines


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of the longest line of a text in points."""
    lines = [line for line in without_controls(text).split("\n") if line.strip()]
    return max((_line_width(line, size, weight) for line in lines), default=0.0)


@lru_cache(maxsize=20_000)
def _line_width(line: str, size: float, weight: str) -> float:
    font = FontProperties(size=size, weight=weight)
    return float(_MEASURE.get_text_width_height_descent(line.replace("$", "S"), font, ismath=False)[0])


def wrap(text: str, width: float, size: float, most_lines: int = 99, weight: str = "normal") -> str:
    """Return text broken into lines that fit a width in points; what exceeds `most_lines` ends in an ellipsis."""
    words, lines = " ".join(without_controls(str(text)).split()).split(" "), [""]
    for each in (piece for chunk in words for piece in _cut(chunk, width, size, weight)):
        longer = f"{lines[-1]} {each}".strip()
        if lines[-1] and _line_width(longer, size, weight) > width:
            lines.append(each)
        else:
            lines[-1] = longer
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], lines[most_lines - 1].rstrip(" .,;:") + " …"]
    return "\n".join(lines)


def _cut(chunk: str, width: float, size: float, weight: str) -> Iterable[str]:
    """Cut a word that is wider than the line."""
    most = max(4, int(width / (0.62 * size)))
    if len(chunk) <= most or _line_width(chunk, size, weight) <= width:
        return [chunk]
    return [chunk[start : start + most] for start in range(0, len(chunk), most)]
