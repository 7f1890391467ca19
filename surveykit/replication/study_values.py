"""The values of a study.toml: each of the kind that its key takes, or a sentence that says what it must be."""

import math
import os
from collections.abc import Callable, Mapping
from typing import Any

from surveykit.errors import CodebookError

TABLE_FORMATS, FIGURE_FORMATS = ("csv", "md", "html", "tex"), ("svg", "pdf", "png")
NEEDED = {
    "waves": ("file",),
    "comparisons": ("outcomes", "group", "baseline", "settlement"),
    "interviews": ("coding",),
    "raking": ("margins",),
    "scales": ("name", "items", "lowest", "highest"),
    "collapsed": ("items",),
    "findings": ("outcome", "group", "level", "above"),
}
"""Keys that a section cannot do without."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_path(value: Any) -> bool:
    """Return whether a disk can have a file of this name: no null character, no part of more than 255 bytes."""
    return (
        _is_text(value)
        and "\0" not in value
        and len(value) <= 2000
        and all(len(os.fsencode(part)) <= 255 for part in value.split("/"))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_code(value: Any) -> bool:
    return isinstance(value, str | int | float)


Kind = tuple[Callable[[Any], bool], str]
TEXT: Kind = (_is_text, "a text in quotation marks")
FILE: Kind = (_is_path, "a text in quotation marks that can name a file")
TEXTS: Kind = (
    lambda value: isinstance(value, str) or _is_table(value),
    'a text, or one for each language (title.en = "...")',
)
LIST: Kind = (_is_list, 'a list of texts, ["a", "b"]')
NAMES: Kind = (
    lambda value: _is_text(value) or (_is_list(value) and bool(value)),
    'a text or a list of texts, ["a", "b"]',
)
NUMBER: Kind = (_is_number, "a number")
WHOLE: Kind = (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number")
FLAG: Kind = (lambda value: isinstance(value, bool), "true or false")
CODE: Kind = (_is_code, "a code or its label")
CODES: Kind = (
    lambda value: isinstance(value, dict) and bool(value) and all(map(_is_code, value.values())),
    "a table { column = code }",
)
TABLE: Kind = (_is_table, 'a table { theme = "outcome" }')

_COMMON = {
    "name": TEXT,
    "kind": TEXT,
    "title": TEXTS,
    "note": TEXTS,
    "claims": LIST,
    "wave": TEXT,
    "outcomes": NAMES,
    "by": NAMES,
    "comparison": TEXT,
    "methods": LIST,
}
KINDS: Mapping[str, Mapping[str, Kind]] = {
    "study": {
        "title": TEXTS,
        "summary": TEXTS,
        "simulated": TEXTS,
        "claims": FILE,
        "program": FILE,
        "formats": LIST,
        "authors": LIST,
        "reference": TEXT,
    },
    "data": {"file": FILE, "where": TEXTS, "required": FLAG, "codebook": FILE},
    "waves": {**dict.fromkeys(("file", "codebook"), FILE), **dict.fromkeys(("encoding", "delimiter", "decimal"), TEXT)},
    "design": {"weight": TEXT, "cluster": NAMES, "stratum": NAMES, "fpc": NAMES, "lonely_psu": TEXT},
    "raking": {"margins": FILE, "max_weight_ratio": NUMBER, "tolerance": NUMBER},
    "scales": {
        "name": TEXT,
        "items": LIST,
        "lowest": NUMBER,
        "highest": NUMBER,
        "reversed_items": LIST,
        "min_answered": WHOLE,
        "question": TEXTS,
    },
    "collapsed": {
        "items": NAMES,
        "top": WHOLE,
        "bottom": WHOLE,
        "lowest": NUMBER,
        "highest": NUMBER,
        "question": TEXTS,
    },
    "comparisons": {
        "wave": TEXT,
        "outcomes": NAMES,
        "group": TEXT,
        "baseline": CODE,
        "settlement": TEXT,
        "adjust_for": NAMES,
        "strata": TEXT,
        "methods": NAMES,
        "allow_single": FLAG,
    },
    "tables": {
        **_COMMON,
        "truth": FILE,
        "scales": NAMES,
        "interval": TEXT,
        "links": TABLE,
        "opposed": LIST,
        "first_wave": TEXT,
        "term": TEXT,
    },
    "figures": {**_COMMON, "methods": NAMES, "outcome": TEXT, "estimand": TEXT, "neutral": TEXT},
    "findings": {"outcome": TEXT, "wave": TEXT, "group": CODES, "level": NUMBER, "above": NUMBER},
    "interviews": dict.fromkeys(("coding", "quotations", "codebook"), FILE),
    "outputs": {"name": TEXT, "file": FILE, "claims": LIST},
}


def check_values(section: str, place: str, given: Mapping[str, Any]) -> None:
    """Raise when a section lacks a key that it needs, or a key holds a value of another kind than it takes.

    Parameters
    ----------
    section : str
        "waves", "tables", ...
    place : str
        Where the reader finds it: "[waves.2021]".
    """
    for key, value in given.items():
        fits, wanted = KINDS[section].get(key, (_is_anything, ""))
        if not fits(value):
            raise CodebookError(f"study.toml: `{key}` in {place} must be {wanted}, but {value!r} was given")
    for key in NEEDED.get(section, ()):
        if key not in given:
            raise CodebookError(f"study.toml: {place} needs `{key}`; add it")


def _is_anything(value: Any) -> bool:
    return True


def check_formats(content: Mapping[str, Any]) -> None:
    """Raise when a format is not known, or tables or figures would have none to be written in."""
    formats = content.get("study", {}).get("formats")
    if formats is None:
        return
    unknown = [one for one in formats if one not in TABLE_FORMATS + FIGURE_FORMATS]
    if unknown:
        raise CodebookError(
            f"study.toml: `formats` in [study] must be among {[*TABLE_FORMATS, *FIGURE_FORMATS]}, but {unknown[0]!r} was given"
        )
    for section, known in (("tables", TABLE_FORMATS), ("figures", FIGURE_FORMATS)):
        if content.get(section) and not set(known) & set(formats):
            raise CodebookError(
                f"study.toml has [[{section}]], but `formats` in [study] names no format that they can be written in; add one of {list(known)}"
            )
