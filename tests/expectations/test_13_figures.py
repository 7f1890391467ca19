"""Using it, 13 to 16: axes are taken and returned, settings left alone, three languages without a missing glyph."""

import functools
import re
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import surveykit as sk
from tests.expectations.conftest import ITEMS, LANGUAGES, WHERE

DRAWINGS = sorted(name for name in sk.__all__ if name.startswith("draw_"))
KAZAKH = "Әкім, ғ ң ү ұ қ ө һ і: тұрғындар"


@pytest.fixture(scope="module")
def drawings(design):
    """One call per drawing function, as function(ax, lang), on real results in that language."""

    @functools.cache
    def compared(lang):
        return sk.compare_settlements(design, ITEMS[:2], **WHERE, methods=["cr2", "randomization"], lang=lang)

    @functools.cache
    def trend(lang):
        return sk.means(design, "q1", by=["wave", "akim"], lang=lang)

    raked = sk.rake(design, {"sex": {1: 0.5, 2: 0.5}})
    balance = sk.covariate_balance(design, ["age", "sex"], **WHERE, rng=1)
    plan = sk.plan_comparison(icc=0.05, settlements=[8, 12], respondents=[20], effects=[0.1, 0.3], draws=20, rng=1)
    events = pd.DataFrame({"date": ["2013-08-05", "2021-07-25"], "label": [KAZAKH, "elections"]})
    matrix = pd.DataFrame({"position": [KAZAKH, "budget"], "rating": ["S", "W"]})
    dots = pd.DataFrame({"label": [KAZAKH, "b"], "value": [10.0, 2300.0]})
    return {
        "draw_shares": lambda ax, lang: sk.draw_shares(sk.shares(design, ITEMS, by="akim", lang=lang), ax, lang=lang),
        "draw_estimates": lambda ax, lang: sk.draw_estimates(
            sk.means(design, ITEMS, by="akim", lang=lang), ax, lang=lang
        ),
        "draw_differences": lambda ax, lang: sk.draw_differences(compared(lang), ax, lang=lang),
        "draw_weights": lambda ax, lang: sk.draw_weights(sk.compare_weights(design, raked), ax, lang=lang),
        "draw_randomization": lambda ax, lang: sk.draw_randomization(compared(lang), "q1", "person", ax, lang=lang),
        "draw_balance": lambda ax, lang: sk.draw_balance(balance, ax, lang=lang),
        "draw_influence": lambda ax, lang: sk.draw_influence(compared(lang), "q1", ax=ax, lang=lang),
        "draw_power": lambda ax, lang: sk.draw_power(plan, ax, series="n_settlements", lang=lang),
        "draw_trend": lambda ax, lang: sk.draw_trend(trend(lang), "q1", ax, lang=lang),
        "draw_timeline": lambda ax, lang: sk.draw_timeline(events, ax, lang=lang),
        "draw_snw": lambda ax, lang: sk.draw_snw(matrix, ax, lang=lang),
        "draw_dots": lambda ax, lang: sk.draw_dots(dots, ax, lang=lang),
    }


def test_every_drawing_function_is_walked_over(drawings):
    assert sorted(drawings) == DRAWINGS


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", DRAWINGS)
def test_13_and_15_axes_settings_and_languages(drawings, name, lang):
    settings, opened = dict(mpl.rcParams), plt.get_fignums()
    mine = Figure(figsize=(10, 8)).subplots()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        own = drawings[name](None, lang)
        given = drawings[name](mine, lang)
        own.figure.draw_without_rendering()
        given.figure.draw_without_rendering()
    assert isinstance(own, Axes) and given is mine
    assert dict(mpl.rcParams) == settings and plt.get_fignums() == opened
    numbers = sk.plotted_numbers(own)
    assert len(numbers) and numbers.columns.is_unique


@pytest.mark.parametrize("name", DRAWINGS)
def test_16_the_words_hold_the_plotted_numbers(drawings, name):
    """Every number drawn as a mark can be read in the alt text, at the precision that the text chooses."""
    ax = drawings[name](None, "en")
    words = sk.alt_text(ax).replace("\u2212", "-").replace("\u202f", "").replace(",", "")
    assert words and not re.search(r"\bnan\b|\bNone\b", words)
    spoken = [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", words)]
    drawn = sk.plotted_numbers(ax)
    marks = next((column for column in ("value", "estimate", "difference") if column in drawn), None)
    if marks is None:
        return
    for value in drawn[marks].dropna().head(12):
        near = [abs(said - factor * value) <= 0.5 for said in spoken for factor in (1, 100)]
        assert any(near), f"{value} is drawn but not said"


@pytest.mark.slow
def test_14_likert_rules(design):
    shares = sk.shares(design, ["q1"], by="akim", lang="en")
    assert shares.table.groupby("group")["estimate"].sum().to_numpy() == pytest.approx(1, abs=1e-12)
    left = {
        rule: sk.plotted_numbers(sk.draw_shares(shares, neutral=rule)) for rule in ("split", "left", "right", "drop")
    }
    assert not left["split"].equals(left["left"]) and not left["left"].equals(left["right"])
    drawn = left["drop"].dropna(subset="x_from")
    assert "Neither" not in set(drawn["level"]) and "Agree" in set(drawn["level"])
    missing = shares.missing
    asked = design.survey.frame.groupby("akim").size().to_numpy()
    said_nothing = missing.groupby("group")["n"].sum().to_numpy()
    n = shares.table.groupby("group")["n"].first().to_numpy()
    assert np.array_equal(np.sort(n + said_nothing), np.sort(asked))
    assert (
        "Don't know" in sk.alt_text(sk.draw_shares(shares))
        or "don't know" in sk.alt_text(sk.draw_shares(shares)).lower()
    )


def test_15_every_label_changes_with_the_language(design):
    seen = {}
    for lang in LANGUAGES:
        result = sk.shares(design, ["q1"], by="akim", lang=lang)
        seen[lang] = {*result.table["level"], *result.table["group"], result.origin.codebook["q1"].ask(lang)}
        words = sk.alt_text(sk.draw_shares(result, lang=lang))
        assert all(
            label in words or label in str(sk.plotted_numbers(sk.draw_shares(result, lang=lang)).to_dict())
            for label in result.table["level"]
        )
    assert not seen["en"] & seen["ru"] and not seen["ru"] & seen["kk"] and not seen["en"] & seen["kk"]
