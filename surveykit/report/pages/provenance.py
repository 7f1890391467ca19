"""Where the numbers of a page come from: data, hash, weights, conventions, software."""

import platform
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import surveykit
from surveykit.results import Origin, WeightingStep
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "pyreadstat", "matplotlib")


def software_versions() -> str:
    """Return the versions of surveykit, Python and the packages that compute the numbers, in one line."""
    found = [f"surveykit {surveykit.__version__}", f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def provenance_rows(origins: Iterable[Origin], lang: str) -> list[tuple[str, str]]:
    """Return (what, value) for each distinct source of data, then the software."""
    groups: dict[tuple[tuple[str, str], ...], None] = {}
    for origin in origins:
        group = (
            (word("source", lang), origin.source),
            (word("sha256", lang), origin.sha256 or "—"),
            (word("status", lang), SIMULATED if origin.simulated else word("collected", lang)),
            (word("weighting", lang), weight_in_words(origin, lang)),
            (word("conventions", lang), origin.conventions),
        )
        groups[group] = None
    return [*(row for group in groups for row in group), (word("versions", lang), software_versions())]


def weight_in_words(origin: Origin, lang: str) -> str:
    """Return "weighted by X; raked to ..." in one language; an origin that only has the sentence keeps it."""
    if origin.weight != replace(origin, weight="").weight:  # it was given as a sentence
        return origin.weight
    base = word("weighted by", lang, name=origin.weighted_by) if origin.weighted_by else word("unweighted", lang)
    return "; ".join([base, *(_step_in_words(step, lang) for step in origin.steps)])


def _step_in_words(step: str, lang: str) -> str:
    """Return a weighting step in another language where its words are known, else as it is."""
    if not isinstance(step, WeightingStep) or not step.key:
        return step
    details = []
    if "ceiling" in step.slots:
        details.append(word("ceiling", lang, n=step.slots["ceiling"]))
    if "rule" in step.slots:
        details.append(word(step.slots["rule"], lang))
    return " ".join([word(step.key, lang, names=step.slots["names"]), *(f"({detail})" for detail in details)])
