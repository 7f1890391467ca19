"""Colours that a colour-blind reader, a printer and a projector can tell apart."""

import numpy as np

# Orange against blue: the pair that the common kinds of colour blindness leave apart (red and green are not). Both
# are dark at the ends of a scale; a grey print tells the sides apart by their order and the numbers in the bars.
LEFT = "#b35806"
"""Orange: the left end of a diverging scale (disagree, weak)."""
RIGHT = "#1f4e8c"
"""Blue: the right end of a diverging scale (agree, strong)."""
LEFT_PALE = "#f6c58f"
RIGHT_PALE = "#a9c8e8"
MIDDLE = "#dcdcdc"
"""Grey: neither."""
INK = "#1a1a1a"
FAINT = "#595959"
RULE = "#bfbfbf"
ALARM = "#a4002b"
"""Of the SIMULATED stamp."""


def diverging_colors(n_left: int, n_middle: int, n_right: int) -> list[str]:
    """Return one colour per level: dark to pale orange, grey, pale to dark blue.

    Examples
    --------
    >>> diverging_colors(2, 1, 2)
    ['#b35806', '#f6c58f', '#dcdcdc', '#a9c8e8', '#1f4e8c']
    """
    left = [_mix(LEFT, LEFT_PALE, step) for step in _steps(n_left)]
    right = [_mix(RIGHT, RIGHT_PALE, step) for step in _steps(n_right)]
    middle = [_mix("#c8c8c8", "#efefef", step) for step in _steps(n_middle)] if n_middle > 1 else [MIDDLE] * n_middle
    return [*left, *middle, *reversed(right)]


def ink_on(color: str) -> str:
    """Return black or white, whichever has the greater contrast on `color`; it is never below 4.5 to 1."""
    luminance = relative_luminance(color)
    # worst where both are equal, at the luminance sqrt(1.05 x 0.05) - 0.05: 4.58 to 1
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (Web Content Accessibility Guidelines 2.1)."""
    low, high = sorted([relative_luminance(one), relative_luminance(other)])
    return (high + 0.05) / (low + 0.05)


def relative_luminance(color: str) -> float:
    """Return the luminance of a colour from 0 (black) to 1 (white), as WCAG 2.1 defines it."""
    channel = _channels(color)
    # the joint of sRGB itself; WCAG prints 0.03928, between which two no colour of eight bits lies
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _steps(count: int) -> list[float]:
    return [0.0] if count == 1 else list(np.linspace(0, 1, count))


def _mix(one: str, other: str, step: float) -> str:
    mixed = (1 - step) * _channels(one) + step * _channels(other)
    return "#" + "".join(f"{round(255 * value):02x}" for value in mixed)


def _channels(color: str) -> np.ndarray:
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
