"""Where the numbers of a page come from: data, hash, weights, conventions, software."""

import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

import surveykit
from surveykit.results import SIMULATED, Origin
from surveykit.words.pages import word

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
            (word("weighting", lang), weight_in_words(origin.weight, lang)),
            (word("conventions", lang), origin.conventions),
        )
        groups[group] = None
    return [*(row for group in groups for row in group), (word("versions", lang), software_versions())]


def weight_in_words(weight: str, lang: str) -> str:
    """Return "weighted by X; raked to ..." with its first words in another language."""
    base, _, steps = weight.partition("; ")
    if base.startswith("weighted by "):
        base = word("weighted by", lang, name=base.removeprefix("weighted by "))
    elif base == "unweighted":
        base = word("unweighted", lang)
    return "; ".join([base, *(_step_in_words(step, lang) for step in steps.split("; ") if step)])


def _step_in_words(step: str, lang: str) -> str:
    """Return a weighting step in another language where its words are known, else as it is."""
    for known in ("raked to", "post-stratified by"):
        found = re.fullmatch(rf"{known} (?P<names>.+?)(?: \(ceiling (?P<ceiling>[^)]+)\))?", step)
        if found:
            said = word(known, lang, names=found["names"])
            return f"{said} ({word('ceiling', lang, n=found['ceiling'])})" if found["ceiling"] else said
    return step
