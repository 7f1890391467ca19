"""Where the numbers of a page come from: data, hash, weights, conventions, software."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

import surveykit
from surveykit.results import Origin
from surveykit.words.messages import said_in
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
            (word("weighting", lang), said_in(origin.weight, lang)),
            (word("conventions", lang), origin.conventions),
        )
        groups[group] = None
    return [*(row for group in groups for row in group), (word("versions", lang), software_versions())]
