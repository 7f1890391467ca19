"""The respondents of a panel across waves: who took part in which, and whose key cannot be one person's."""

from collections.abc import Mapping, Sequence

import pandas as pd

from surveykit._checks import as_names, check_columns, some, warn
from surveykit.errors import ArgumentError, ColumnError
from surveykit.survey import Survey, as_survey


def link_panel(waves: Mapping[str, Survey], *, key: str, constant: str | Sequence[str] = ()) -> pd.DataFrame:
    """Return which respondents of a panel took part in which wave.

    Parameters
    ----------
    waves : mapping from wave to Survey
    key : str
        Column that identifies a respondent in every wave.
    constant : str or sequence of str
        Traits that nobody changes (sex, year of birth). A key under which one changes cannot be the same person: it is
        named in a warning and marked.

    Returns
    -------
    pandas.DataFrame
        One row per respondent (index: the key), one column of True and False per wave; with `constant`, a column
        `impossible` that is True where a trait changed.

    Raises
    ------
    ColumnError
        When a respondent occurs twice in one wave, or has no key (the message names them), when the key is a number in
        one wave and a text in another, or when `key` or `constant` names no column.
    ArgumentError
        When `constant` names the key.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> first = sk.Survey(pd.DataFrame({"id": [1, 2, 3], "born": [1970, 1985, 1990]}))
    >>> second = sk.Survey(pd.DataFrame({"id": [2, 3, 4], "born": [1985, 1909, 2001]}))
    >>> with warnings.catch_warnings(action="ignore"):
    ...     panel = sk.link_panel({"2021": first, "2023": second}, key="id", constant="born")
    ...
    >>> panel.reset_index()
       id   2021   2023  impossible
    0   1   True  False       False
    1   2   True   True       False
    2   3   True   True        True
    3   4  False   True       False
    """
    traits = as_names(constant, "constant")
    if key in traits:
        raise ArgumentError(f"`constant` names {key!r}, which is the `key` itself; name what cannot change")
    _check_kinds(waves, key)
    present = {}
    for wave, survey in waves.items():
        frame = as_survey(survey).frame
        check_columns(frame, [key], "key")
        check_columns(frame, traits, "constant")
        absent = frame.index[frame[key].isna()]
        if len(absent):
            raise ColumnError(
                f"{len(absent)} respondents of wave {wave!r} have no {key!r} (rows {some(absent)}); give them one, or leave them out with keep_rows()"
            )
        twice = frame.loc[frame[key].duplicated(keep=False), key].drop_duplicates()
        if len(twice):
            raise ColumnError(
                f"{len(twice)} respondents occur more than once in wave {wave!r} ({key} {some(twice)}); keep one row of each"
            )
        present[wave] = pd.Series(True, index=pd.Index(frame[key], name=key))
    linked = pd.DataFrame(present).notna().sort_index()
    partial = linked.index[~linked.all(axis=1)]
    if len(partial):
        warn(f"{len(partial)} of {len(linked)} respondents do not take part in every wave ({key} {some(partial)})")
    return linked.assign(impossible=_find_impossible(waves, key, traits, linked.index)) if traits else linked


def _check_kinds(waves: Mapping[str, Survey], key: str) -> None:
    frames = [as_survey(survey).frame for survey in waves.values()]
    kinds = {pd.api.types.is_numeric_dtype(frame[key].dtype) for frame in frames if key in frame.columns}
    if len(kinds) > 1:
        raise ColumnError(
            f"`key` names {key!r}, which holds numbers in one wave and texts in another, so that nobody would be found again; make it text in every wave"
        )


def _find_impossible(waves: Mapping[str, Survey], key: str, traits: Sequence[str], keys: pd.Index) -> pd.Series:
    impossible = pd.Series(False, index=keys)
    for trait in traits:
        seen = pd.concat([as_survey(survey).frame.set_index(key)[trait] for survey in waves.values()])
        changed = seen.groupby(level=0).nunique() > 1
        if changed.any():
            changing = changed.index[changed]
            warn(
                f"{len(changing)} respondents change their {trait!r} between waves ({key} {some(changing)}); one key stands for two people there"
            )
            impossible |= changed.reindex(keys)
    return impossible
