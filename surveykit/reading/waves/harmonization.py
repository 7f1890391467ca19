"""What each choice of harmonization does to an estimate, side by side."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from surveykit._door import hold_to_signature
from surveykit.errors import ArgumentError
from surveykit.files.reading import PathLike
from surveykit.reading.waves.crosswalk import Crosswalk
from surveykit.reading.waves.stacking import stack_waves
from surveykit.survey import Survey


def compare_crosswalks(
    waves: Mapping[str, Survey],
    crosswalks: Mapping[str, Crosswalk | PathLike],
    estimate: Callable[[Survey], Any],
    **options: Any,
) -> pd.DataFrame:
    """Stack the waves under each crosswalk and run one estimate on each survey.

    Parameters
    ----------
    waves : mapping from wave to Survey
    crosswalks : mapping from a name to a Crosswalk or its file
        ``Crosswalk()`` is the waves as they are.
    estimate : function of a Survey
        Returns a DataFrame or a result with `.table`, as in ``lambda survey: means(SurveyDesign(survey), ["trust"])``.
    **options
        Passed on to `stack_waves`.

    Returns
    -------
    pandas.DataFrame
        The tables under each other, with a first column `crosswalk`.

    Raises
    ------
    ArgumentError
        When `crosswalks` is empty, or `estimate` returns neither a DataFrame nor a result with a table.
    CodebookError, ColumnError, ReadError
        As in `stack_waves`: when waves cannot be stacked under one of the crosswalks, it names no column or wave, or
        its file cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> waves = {"a": sk.Survey(pd.DataFrame({"q": [1, 2, 9]})), "b": sk.Survey(pd.DataFrame({"q": [1, 2, 9]}))}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "nine.toml"
    ...     _ = file.write_text("variables.q.missing = {a = [9], b = [9]}")
    ...     choices = {"nine counts": sk.Crosswalk(), "nine is missing": sk.read_crosswalk(file)}
    ...
    >>> sk.compare_crosswalks(waves, choices, lambda survey: survey.frame[["q"]].mean().to_frame("mean"))
             crosswalk  mean
    0      nine counts   4.0
    1  nine is missing   1.5
    """
    if not crosswalks:
        raise ArgumentError("`crosswalks` is empty; give at least one, Crosswalk() for the waves as they are")
    if "crosswalk" in options:
        raise ArgumentError("compare_crosswalks() has no argument 'crosswalk'; did you mean 'crosswalks'?")
    tables = []
    for name, crosswalk in crosswalks.items():
        result = estimate(hold_to_signature(stack_waves)(waves, crosswalk=crosswalk, **options))
        table = getattr(result, "table", result)
        if not isinstance(table, pd.DataFrame):
            raise ArgumentError(
                f"`estimate` must return a DataFrame or a result with a table, not {type(result).__name__}"
            )
        table = table.copy()
        table.insert(0, "crosswalk", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
