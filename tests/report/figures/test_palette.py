"""Colour deficiencies are simulated after Machado, Oliveira & Fernandes (2009), severity 1.0; distances are CIE76 in Lab."""

import numpy as np
import pytest

from surveykit.report.figures.palette import ALARM, FAINT, INK, contrast, diverging_colors, ink_on

MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(color: str) -> np.ndarray:
    channel = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = TO_XYZ @ rgb / WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, deficiency: str) -> float:
    matrix = np.array(MACHADO[deficiency])
    seen = [lab(np.clip(matrix @ linear(color), 0, 1)) for color in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def chroma_distance(one: str, other: str, deficiency: str) -> float:
    """Distance without lightness: what is left when both sides are equally dark."""
    matrix = np.array(MACHADO[deficiency])
    seen = [lab(np.clip(matrix @ linear(color), 0, 1))[1:] for color in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@pytest.mark.parametrize("deficiency", MACHADO)
@pytest.mark.parametrize("count", [2, 4, 5, 7])
def test_agree_and_disagree_differ_for_the_colour_blind(deficiency, count):
    half = count // 2
    colors = diverging_colors(half, count % 2, half)
    for left, right in zip(colors[:half], reversed(colors[-half:])):
        assert distance(left, right, deficiency) > 25
        assert chroma_distance(left, right, deficiency) > 20


def test_the_measure_can_fail():
    assert (
        chroma_distance("#d7191c", "#1a9641", "deuteranopia")
        < 40
        < chroma_distance("#b35806", "#1f4e8c", "deuteranopia")
    )


@pytest.mark.parametrize("count", range(1, 12))
def test_text_on_bars_is_readable(count):
    for left, middle, right in [(count // 2, count % 2, count // 2), (0, 0, count), (count, 0, 0), (0, count, 0)]:
        for color in diverging_colors(left, middle, right):
            assert contrast(color, ink_on(color)) >= 4.5


def test_words_on_white_are_readable():
    assert min(contrast(color, "#ffffff") for color in (INK, FAINT, ALARM)) >= 4.5


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("count", range(2, 12))
def test_levels_have_distinct_colours(count):
    colors = diverging_colors(count // 2, count % 2, count // 2)
    assert len(set(colors)) == len(colors) == count
