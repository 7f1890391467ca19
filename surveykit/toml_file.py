"""The one door for TOML files: what costs more than it can say is refused before it is parsed, unknown keys after."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from surveykit._checks import suggest
from surveykit.errors import CodebookError, ReadError
from surveykit.files.refusals import reason
from surveykit.files.touched import note_read

MOST_BYTES = 20_000_000
"""Of a file: a codebook of 10,000 questions in three languages has about 10 million."""
MOST_PARTS = 12
"""Of a dotted key. The parser remembers every beginning of a key, so that time and memory grow with the square of its
parts: 120 kB of `a.a.a` took 11 GB. No file of surveykit's needs more than five."""
MOST_DIGITS = 250
"""Of a number: as many hexadecimal digits are 10**301, so that every whole number fits a float (10**308)."""
_NO_KEYS = re.compile(
    r'"""(?:[^"\\]|\\(?:.|\Z)|"(?!""))*+(?:"""|\Z)|' r"'''(?:[^']|'(?!''))*+(?:'''|\Z)|"
    r'"(?:[^"\\\n]|\\(?:.|\Z))*+"?|' r"'[^'\n]*+'?|#[^\n]*+",
    re.DOTALL,
)  # fmt: skip
"""Texts and comments, each taken whole and never tried twice, so that the search takes time in proportion."""
_MANY_PARTS = re.compile(rf"(?:\.[\w-]+){{{MOST_PARTS}}}")
_MANY_DIGITS = re.compile(rf"[0-9A-Fa-f_]{{{MOST_DIGITS + 1}}}")


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises
    ------
    ReadError
        When it cannot be read, is larger than any file of surveykit's, is not UTF-8 or no TOML, or has a key of too
        many parts, a number of too many digits or tables too deep in each other.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ReadError(
                f"{path.name!r} has {size:,} bytes, more than the {MOST_BYTES:,} that a TOML file may have; is it the data?"
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ReadError(
            f"{path.name!r} cannot be read ({reason(error)}); check the name and the permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{path.name!r} is not UTF-8; save it as UTF-8 text") from error
    note_read(path)
    return parse_toml(text, path.name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Return what a TOML text says; `name` is that of its file, or of what holds it.

    Raises
    ------
    ReadError
        When it is no TOML, or has a key of too many parts, a number of too many digits or tables that lie too deep.
    """
    bare = re.sub(r"[ \t]+", "", _NO_KEYS.sub(lambda found: "#" if found.group()[0] == "#" else "s", text))
    if _MANY_PARTS.search(bare):
        raise ReadError(
            f"{name!r} is no valid TOML for surveykit: a key has more than {MOST_PARTS} parts, joined by dots; put a name that holds dots in quotation marks"
        )
    if _MANY_DIGITS.search(bare):
        raise ReadError(
            f"{name!r} is no valid TOML for surveykit: a number or a name has more than {MOST_DIGITS:,} digits; shorten it"
        )
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ReadError(
            f"{name!r} is no valid TOML for surveykit: tables or lists lie too deep in each other; write them one level up"
        ) from error
    except ValueError as error:  # of the parser itself, or of a number or a date that Python cannot hold
        raise ReadError(f"{name!r} is no valid TOML: {error}; a code or key given twice is one cause") from error


def check_keys(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Raise CodebookError for a key that is none of `known`; a misspelt one would be left out without a word."""
    for key in given:
        if key not in known:
            raise CodebookError(f"{where} has the key {key!r}, which is none of {list(known)}{suggest(key, known)}")
