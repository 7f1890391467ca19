"""How wide a text is on a page or a figure, and where its lines break."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from surveykit.formatting import without_controls

_MATHEMATICS = re.compile(r"(?<!\\)\$(?=\S)(?:\\.|[^$\\])*?(?<=\S)\$(?!\d)")
"""Pandoc's rule: a dollar that a sign follows, up to one that a sign precedes and no digit follows."""


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of the longest line of a text in points."""
    lines = [line for line in without_controls(text).split("\n") if line.strip()]
    return max((_line_width(line, size, weight) for line in lines), default=0.0)


@lru_cache(maxsize=20_000)
def _line_width(line: str, size: float, weight: str) -> float:
    fonts, measure = _fonts()
    font = fonts(size=size, weight=weight)
    return float(measure.get_text_width_height_descent(line.replace("$", "S"), font, ismath=False)[0])


@cache
def _fonts() -> tuple[Any, Any]:
    """Return matplotlib's fonts and its measure of texts: a third of a second, which pages do not wait for."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    return FontProperties, TextToPath()  # advance widths: fifty times faster than measuring outlines


def literal(text: str) -> str:
    """Return a text in which matplotlib reads no dollar as the beginning of mathematics.

    For texts of which matplotlib keeps the object (axis and tick labels): a flag set there would stay when the caller
    writes mathematics of his own into it.

    Examples
    --------
    >>> literal("costs $5 and $6")
    'costs \\\\$5 and \\\\$6'
    """
    return text.replace("$", r"\$")


def mathematics(text: str) -> str:
    """Return a caller's text for matplotlib: its mathematics as such, every other dollar as a dollar.

    Mathematics is what Pandoc reads as such, so that sums of money are not.

    Examples
    --------
    >>> mathematics(r"Effect $\\beta$ of $5 and $6")
    'Effect $\\\\beta$ of \\\\$5 and \\\\$6'
    """
    parts, end = [], 0
    for found in _MATHEMATICS.finditer(text):
        parts += [_escaped(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\$", text)  # a dollar that the caller escaped himself is one already


def longest_word(texts: Iterable[str], size: float, weight: str = "normal") -> float:
    """Return the width in points of the longest word of some texts, which no line may break."""
    return max((_line_width(each, size, weight) for text in texts for each in _words(text)), default=0.0)


def _words(text: str) -> list[str]:
    """Return the words of a text; mathematics is one word."""
    # blanks that break no line, as between a number and its sign, are no blanks here
    plain = re.sub(r"[ \t\n\r\f\v]+", " ", without_controls(str(text))).strip(" ")
    if "$" in plain:  # blanks inside mathematics become such as do not part words
        plain = _MATHEMATICS.sub(lambda found: found[0].replace(" ", "\0"), plain)
    return [each.replace("\0", " ") for each in plain.split(" ")]


def wrap(text: str, width: float, size: float, most_lines: int = 99, weight: str = "normal") -> str:
    """Return text broken into lines that fit a width in points; what exceeds `most_lines` ends in an ellipsis."""
    lines = [""]
    for each in (piece for chunk in _words(text) for piece in _cut(chunk, width, size, weight)):
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
