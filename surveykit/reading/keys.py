"""Keys of settlements and respondents: spellings that only look different, and respondents of a panel across waves."""

import unicodedata
from collections.abc import Mapping, Sequence

import pandas as pd

from surveykit._checks import as_names, check_columns, some, warn
from surveykit.errors import ArgumentError, ColumnError
from surveykit.survey import Survey, as_survey

LOOK_ALIKE = str.maketrans("aceopxykmtbhiABCEHKMOPTXYI", "асеорхукмтвніАВСЕНКМОРТХУІ")
"""Latin letters that look like Cyrillic ones."""


def fold_key(key: object) -> str:
    """Return a key without what the eye does not see: needless spaces, case, Latin look-alikes of Cyrillic letters.

    Examples
    --------
    >>> fold_key(" Қapaой ") == fold_key("Қараой")
    True
    """
    text = " ".join(unicodedata.normalize("NFKC", str(key)).split())
    return text.translate(LOOK_ALIKE).casefold() if _has_cyrillic(text) else text.casefold()


def _has_cyrillic(text: str) -> bool:
    return any("\u0400" <= mark <= "\u04ff" for mark in text)


def find_spellings(values: pd.Series) -> dict[str, list[str]]:
    """Return the groups of keys that differ only by spaces, case or look-alike letters, by the commonest spelling.

    Of two that are equally common, the one of one script without needless spaces is kept.

    Examples
    --------
    >>> find_spellings(pd.Series(["Ащысай", "ащысай ", "Қараой", "Ащысай"]))
    {'Ащысай': ['Ащысай', 'ащысай ']}
    """
    counts = values.dropna().astype(str).value_counts()
    folded: dict[str, list[str]] = {}
    for spelling in sorted(counts.index, key=lambda one: (-counts[one], _oddity(one), one)):
        folded.setdefault(fold_key(spelling), []).append(spelling)
    return {spellings[0]: spellings for spellings in folded.values() if len(spellings) > 1}


def _oddity(spelling: str) -> tuple[bool, bool]:
    """Return what makes a spelling the worse of two that are equally common: two scripts in one, needless spaces."""
    mixed = _has_cyrillic(spelling) and any(mark.isascii() and mark.isalpha() for mark in spelling)
    return mixed, spelling != " ".join(spelling.split())


def unify_keys(survey: Survey, columns: str | Sequence[str]) -> Survey:
    """Return the survey in which spellings of one key that only look different became the commonest of them.

    Parameters
    ----------
    survey : Survey
    columns : str or sequence of str
        Columns of text keys (settlements, interviewers).

    Notes
    -----
    Every change goes into the provenance. Names that changed for good (a renamed village) are another matter: recode
    them to one code in a crosswalk.
    """
    data, notes = survey.data, []
    names = [columns] if isinstance(columns, str) else list(columns)
    check_columns(data, names, "columns")
    for name in names:
        groups = find_spellings(data[name])
        pairs = {other: kept for kept, spellings in groups.items() for other in spellings[1:]}
        if pairs:
            data[name] = data[name].map(lambda key, pairs=pairs: pairs.get(key, key) if isinstance(key, str) else key)
            notes += [f"{name}: {some(map(repr, spellings[1:]))} became {kept!r}" for kept, spellings in groups.items()]
    return Survey(data, survey.codebook, survey.provenance.note(*notes), survey.missing_reasons)


def warn_of_spellings(frame: pd.DataFrame, most: int = 500) -> None:
    """Warn of text columns in which keys differ only by spaces, case or look-alike letters.

    A column whose texts hardly repeat (free answers) holds no keys.
    """
    for name in frame.columns:
        if not pd.api.types.is_string_dtype(frame[name].dtype):
            continue
        distinct = frame[name].nunique()
        if distinct > most or distinct > 0.8 * frame[name].notna().sum():
            continue
        groups = find_spellings(frame[name])
        if groups:
            kept, spellings = next(iter(groups.items()))
            more = f", and {len(groups) - 1} more such groups" if len(groups) > 1 else ""
            warn(f"{name!r} spells one key in several ways that look alike, {some(map(repr, spellings))}{more}; "
                 f"unify_keys(survey, {name!r}) makes them {kept!r}")


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
        When a respondent occurs twice in one wave, or has no key; the message names them. When the key is a number in
        one wave and a text in another.
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
            raise ColumnError(f"{len(absent)} respondents of wave {wave!r} have no {key!r} (rows {some(absent)}); "
                              "give them one, or leave them out with keep_rows()")
        twice = frame.loc[frame[key].duplicated(keep=False), key].drop_duplicates()
        if len(twice):
            raise ColumnError(f"{len(twice)} respondents occur more than once in wave {wave!r} ({key} {some(twice)}); "
                              "keep one row of each")
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
        raise ColumnError(f"`key` names {key!r}, which holds numbers in one wave and texts in another, so that nobody "
                          "would be found again; make it text in every wave")


def _find_impossible(waves: Mapping[str, Survey], key: str, traits: Sequence[str], keys: pd.Index) -> pd.Series:
    impossible = pd.Series(False, index=keys)
    for trait in traits:
        seen = pd.concat([as_survey(survey).frame.set_index(key)[trait] for survey in waves.values()])
        changed = seen.groupby(level=0).nunique() > 1
        if changed.any():
            changing = changed.index[changed]
            warn(f"{len(changing)} respondents change their {trait!r} between waves ({key} {some(changing)}); one key "
                 "stands for two people there")
            impossible |= changed.reindex(keys)
    return impossible
