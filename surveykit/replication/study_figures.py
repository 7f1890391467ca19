"""The kinds of figures that a study.toml may ask for; each turns options into one Axes."""

from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.axes import Axes

from surveykit._checks import check_option
from surveykit.codebook import as_texts, pick_text
from surveykit.replication.study_comparisons import Comparisons, Options, needed
from surveykit.replication.study_data import ALL_WAVES, StudyData
from surveykit.replication.study_doors import (
    compare_weights,
    draw_differences,
    draw_influence,
    draw_randomization,
    draw_shares,
    draw_snw,
    draw_weights,
    shares,
)
from surveykit.replication.study_file import STUDY_FILE
from surveykit.replication.study_interviews import snw_table


def make_figure(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    """Return the Axes that one entry of [[figures]] asks for."""
    check_option(options["kind"], list(FIGURES), f"{STUDY_FILE}: kind of figure {options['name']!r}")
    return FIGURES[options["kind"]](options, data, comparisons, lang)


def heading(options: Options, lang: str) -> str:
    """Return the title of a table or figure in one language."""
    return pick_text(as_texts(options.get("title")), lang)


def _settings(options: Options, *names: str) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}


def _shares(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    found = shares(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)
    return draw_shares(found, title=heading(options, lang), lang=lang, **_settings(options, "neutral"))


def _differences(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    return draw_differences(
        comparisons[needed(options, "comparison")],
        title=heading(options, lang),
        lang=lang,
        **_settings(options, "outcomes", "methods"),
    )


def _randomization(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    return draw_randomization(
        comparisons[needed(options, "comparison")],
        options.get("outcome"),
        options.get("estimand"),
        title=heading(options, lang) or None,
        lang=lang,
    )


def _weights(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    wave = options.get("wave", data.last_wave)
    check_option(wave, [name for name in data.designs if name != ALL_WAVES], "wave")
    compared = compare_weights(data.unraked[wave], data.designs[wave])
    return draw_weights(compared, title=heading(options, lang) or None, lang=lang)


def _influence(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    return draw_influence(
        comparisons[needed(options, "comparison")],
        title=heading(options, lang),
        lang=lang,
        **_settings(options, "outcome", "estimand"),
    )


def _snw(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Axes:
    return draw_snw(snw_table(options, data, comparisons, lang), title=heading(options, lang), lang=lang)


FIGURES: Mapping[str, Callable[[Options, StudyData, Comparisons, str], Axes]] = {
    "shares": _shares, "differences": _differences, "randomization": _randomization, "weights": _weights,
    "influence": _influence, "snw": _snw,
}  # fmt: skip
