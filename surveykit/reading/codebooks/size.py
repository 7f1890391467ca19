"""How large a questionnaire or a codebook may be, asked before it is read."""

from pathlib import Path

from surveykit.errors import ReadError

MOST_BYTES = 200_000_000
"""Of a codebook with statistics, as archives hand it out; the European Social Survey's has some 20 million."""

MOST_COLUMNS, MOST_LABELS = 100_000, 2_000_000
"""That a questionnaire may describe. A matrix multiplies its rows and columns: a small file can ask for billions."""


def check_size(path: Path, most: int = MOST_BYTES) -> None:
    """Raise when a file is larger than any codebook."""
    size = path.stat().st_size
    if size > most:
        raise ReadError(
            f"{path.name!r} has {size:,} bytes, more than the {most:,} that a codebook or a questionnaire may have; is it the data?"
        )


class Room:
    """Counts what a questionnaire describes while it is read, and refuses one that describes more than any does."""

    def __init__(self, name: str) -> None:
        self.name, self.columns, self.labels = name, 0, 0

    def take(self, labels: int) -> None:
        """Count one more column with so many labels."""
        self.columns, self.labels = self.columns + 1, self.labels + labels
        if self.columns > MOST_COLUMNS or self.labels > MOST_LABELS:
            raise ReadError(
                f"{self.name!r} describes more than {MOST_COLUMNS:,} columns or {MOST_LABELS:,} labels, which no questionnaire does; it is damaged, or made to take all memory"
            )
