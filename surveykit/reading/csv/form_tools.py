"""What form tools write about an interview beside its answers: is it finished, was it a trial, was it turned down?"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from surveykit._checks import some


def find_unfinished(frame: pd.DataFrame) -> list[str]:
    """Return one sentence for each mark by which a form tool tells interviews that are no finished answers.

    LimeSurvey leaves `submitdate` empty, Qualtrics writes 0 or False into `Finished` and "Survey Preview" (1) into
    `Status`, KoboToolbox "Not Approved" into `_validation_status`. Nothing is left out.
    """
    said = []
    for beside, column, judge, what in MARKS:
        if column in frame.columns and (not beside or any(name in frame.columns for name in beside)):
            unfinished = judge(frame[column])
            if unfinished.any():
                said.append(
                    f"{int(unfinished.sum())} of {len(frame)} interviews {what} (column {column!r}, rows {some(frame.index[unfinished])}); they are kept, keep_rows() leaves them out"
                )
    return said


def _is_unsubmitted(column: pd.Series) -> np.ndarray:
    """LimeSurvey writes 1980-01-01 where a survey keeps no dates, so only an empty cell is no end."""
    return np.asarray(column.isna().to_numpy())


def _is_any_of(*words: str) -> Callable[[pd.Series], np.ndarray]:
    def judge(column: pd.Series) -> np.ndarray:
        return np.asarray(column.astype(object).map(lambda cell: str(cell).strip().casefold() in words).to_numpy(bool))

    return judge


# Columns by which an export is known, because "Status" or "submitdate" alone may be anybody's question.
LIMESURVEY = ("lastpage", "startlanguage", "seed")
QUALTRICS = ("ResponseId", "ResponseID", "RecordedDate")
MARKS: tuple[tuple[tuple[str, ...], str, Callable[[pd.Series], np.ndarray], str], ...] = (
    (LIMESURVEY, "submitdate", _is_unsubmitted, "are not finished"),
    (QUALTRICS, "Finished", _is_any_of("0", "0.0", "false", "no"), "are not finished"),
    (
        QUALTRICS,
        "Status",
        _is_any_of("1", "1.0", "2", "2.0", "survey preview", "survey test"),
        "are trials of its author",
    ),
    ((), "_validation_status", _is_any_of("not approved", "validation_status_not_approved"), "were not approved"),
)
