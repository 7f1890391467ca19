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
from surveykit.results import Result


def figure_source(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return the numbers that one entry of [[figures]] asks for, as they were computed."""
    check_option(options["kind"], list(FIGURES), f"{STUDY_FILE}: kind of figure {options['name']!r}")
    return FIGURES[options["kind"]][0](options, data, comparisons, lang)


def draw_figure(options: Options, source: Result, lang: str) -> Axes:
    """Return the Axes of one entry of [[figures]], drawn from its numbers as they are published."""
    return FIGURES[options["kind"]][1](options, source, lang)


def heading(options: Options, lang: str) -> str:
    """Return the title of a table or figure in one language."""
    return pick_text(as_texts(options.get("title")), lang)


def _settings(options: Options, *names: str) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}


def _shares(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return shares(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)


def _comparison(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return comparisons[needed(options, "comparison")]


def _weights(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    wave = options.get("wave", data.last_wave)
    check_option(wave, [name for name in data.designs if name != ALL_WAVES], "wave")
    return compare_weights(data.unraked[wave], data.designs[wave])


def _draw_shares(options: Options, source: Result, lang: str) -> Axes:
    return draw_shares(source, title=heading(options, lang), lang=lang, **_settings(options, "neutral"))


def _draw_differences(options: Options, source: Result, lang: str) -> Axes:
    how = _settings(options, "outcomes", "methods")
    return draw_differences(source, title=heading(options, lang), lang=lang, **how)


def _draw_randomization(options: Options, source: Result, lang: str) -> Axes:
    title = heading(options, lang) or None
    return draw_randomization(source, options.get("outcome"), options.get("estimand"), title=title, lang=lang)


def _draw_weights(options: Options, source: Result, lang: str) -> Axes:
    return draw_weights(source, title=heading(options, lang) or None, lang=lang)


def _draw_influence(options: Options, source: Result, lang: str) -> Axes:
    how = _settings(options, "outcome", "estimand")
    return draw_influence(source, title=heading(options, lang), lang=lang, **how)


def _draw_snw(options: Options, source: Result, lang: str) -> Axes:
    return draw_snw(source, title=heading(options, lang), lang=lang)


Source = Callable[[Options, StudyData, Comparisons, str], Result]
Draw = Callable[[Options, Result, str], Axes]
FIGURES: Mapping[str, tuple[Source, Draw]] = {
    "shares": (_shares, _draw_shares), "differences": (_comparison, _draw_differences),
    "randomization": (_comparison, _draw_randomization), "weights": (_weights, _draw_weights),
    "influence": (_comparison, _draw_influence), "snw": (snw_table, _draw_snw),
}  # fmt: skip
