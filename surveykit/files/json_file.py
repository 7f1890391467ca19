"""The one door for JSON files: what is no plain file, too large or too deep is refused before it costs anything."""

import json
from pathlib import Path
from typing import Any

from surveykit.errors import ReadError
from surveykit.files.refusals import reason

MOST_BYTES = 50_000_000
"""Of a file: a manifest of 100,000 outputs has about 20 million."""


def read_json(path: Path) -> Any:
    """Return what a JSON file says.

    Raises
    ------
    ReadError
        When it is absent, is no plain file (opening a pipe would wait for ever), is too large, or is no JSON.
    """
    try:
        if not path.is_file():
            raise ReadError(f"{path.name!r} is no file that can be read: it is absent, a folder, a pipe or a device")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ReadError(
                f"{path.name!r} has {size:,} bytes, more than the {MOST_BYTES:,} that a JSON file may have; is it the data?"
            )
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except ReadError:
        raise
    except OSError as error:
        raise ReadError(
            f"{path.name!r} cannot be read ({reason(error)}); check the name and the permissions"
        ) from error
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, lists too deep in each other
        raise ReadError(f"{path.name!r} is no valid JSON for surveykit; was it changed?") from error
