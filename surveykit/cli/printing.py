"""Results on a terminal: tables as text, or everything as JSON."""

import codecs
import json
import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveykit.cli.language import tell
from surveykit.cli.terminal import say, say_json

if TYPE_CHECKING:
    import pandas as pd

SIMULATED_LINE = "SIMULATED answers: made by a program, not findings"


def simulated_line() -> str:
    """Return the line above results of made-up answers."""
    return tell(SIMULATED_LINE)


def data_status(simulated: bool) -> str:
    """Return the status of the answers as every JSON output states it."""
    return "SIMULATED" if simulated else "as supplied"


def echo_table(table: "pd.DataFrame", title: str = "") -> None:
    """Print a table, its title above it; each row stays one line, for the programs that read it."""
    from surveykit.formatting import format_table  # it takes pandas, which help need not wait for

    rows = format_table(table).to_string(index=False) if len(table) else tell("(no rows)")
    say("\n".join(part for part in (title, rows) if part))


def echo_written(files: Iterable[Path]) -> None:
    """Name the files that were written, under an empty line."""
    lines = [str(path) for path in files]
    if lines:
        say("\n".join(["", *lines]))


def echo_json(content: Mapping[str, Any]) -> None:
    """Print a mapping as JSON; tables become lists of rows, missing numbers null.

    To a stream that is not of UTF-8 letters beyond ASCII are written as JSON's escapes.
    """
    plain = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name != "utf-8"
    say_json(json.dumps(_plain(content), ensure_ascii=plain, indent=1, allow_nan=False))


def _plain(value: Any) -> Any:
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return [_plain(row) for row in value.astype(object).where(value.notna(), None).to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
