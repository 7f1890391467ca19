"""How large a questionnaire or a codebook may be, asked before it is read."""

from pathlib import Path

from surveykit.errors import ReadError

MOST_BYTES = 200_000_000
"""Of a codebook with statistics, as archives hand it out; the European Social Survey's has some 20 million."""


def check_size(path: Path, most: int = MOST_BYTES) -> None:
    """Raise when a file is larger than any codebook."""
    size = path.stat().st_size
    if size > most:
        raise ReadError(
            f"{path.name!r} has {size:,} bytes, more than the {most:,} that a codebook or a questionnaire may have; is it the data?"
        )
