"""Keys of settlements, clusters and groups whose spellings only look different: found, told of, and made one."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from numbers import Number
from typing import Any

import pandas as pd

from surveykit._checks import check_columns, some, warn
from surveykit.survey import Survey

LOOK_ALIKE = str.maketrans("aceopxykmtbhiё", "асеорхукмтвніе")
"""Small Latin letters that look like Cyrillic ones, small or large, and ё, which most write as е."""
ZERO = re.compile("(?<=[0-9])[oо]|[oо](?=[0-9])")
"""A letter O, Latin or Cyrillic, beside a digit: a zero on another key."""
NO_ANSWERS = {"", "na", "n/a", "#n/a", "nan", "none", "null", "<na>", "nat", "."}
"""What programs write where nothing is, in small letters."""
DIGITS = re.compile(r"\s*([+-]?)0*([0-9]+)(\.0*)?\s*")
OF_NUMBERS = " \t+-.0123456789"


def fold_key(key: object) -> str:
    """Return a key without what the eye does not see: needless spaces, case, Latin look-alikes of Cyrillic letters.

    Every Latin look-alike is taken for its Cyrillic letter, so that the village "T01" is the one that is typed with a
    Cyrillic "Т"; so is an O beside a digit for a zero.

    Examples
    --------
    >>> fold_key(" Қapaой ") == fold_key("Қараой"), fold_key("SО1") == fold_key("s01")
    (True, True)
    """
    # NFKC makes й one letter where it came as и with a breve (file names of macOS), and spaces that do not break
    # plain ones
    text = " ".join(unicodedata.normalize("NFKC", str(key)).split())
    return ZERO.sub("0", text.casefold().translate(LOOK_ALIKE))


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

    Returns
    -------
    Survey
        With the same rows; every change stands in the provenance.

    Raises
    ------
    ColumnError
        When a column does not exist.

    Notes
    -----
    Every change goes into the provenance. Names that changed for good (a renamed village) are another matter: recode
    them to one code in a crosswalk.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = sk.Survey(pd.DataFrame({"village": ["Baiserke", "baiserke ", "Baiserke", "Kazstroi"]}))
    >>> sk.unify_keys(survey, "village").data["village"].unique().tolist()
    ['Baiserke', 'Kazstroi']
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


def warn_of_alike_keys(frame: pd.DataFrame, column: str) -> None:
    """Warn of keys in a column (settlements, groups, strata) that are one place to the eye and several to a program.

    Tells of texts that `unify_keys` would make one, of numbers written in several ways (1, "1", "01"), and of texts
    that read like no answer. Works on the distinct values, so that a million rows take no longer than their count.
    """
    values = frame[column]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        for sentence in tell_of_alike_keys(values.drop_duplicates().dropna().to_numpy(dtype=object), column):
            warn(sentence)


def tell_of_alike_keys(distinct: Iterable[Any], column: str) -> list[str]:
    """Return the sentences of `warn_of_alike_keys` on the distinct values of a column; none for numbers and dates."""
    keys = list(distinct)
    texts = [key for key in keys if isinstance(key, str)]
    if not texts:
        return []
    sentences = []
    groups = _alike(texts)
    if groups:
        listed = [" and ".join(map(repr, spellings)) for spellings in groups]
        sentences.append(
            f"{column!r} spells one key in several ways that look alike, {some(listed, 5)}; each counts apart. Make them one with unify_keys(survey, {column!r})"
        )
    same = _same_numbers(keys, texts)
    if same:
        listed = [" and ".join(map(repr, alike)) for alike in same]
        sentences.append(
            f"{column!r} writes one number in several ways, {some(listed, 5)}; each counts apart. Write them alike, all as text or all as numbers"
        )
    absent = [text for text in texts if len(text) < 8 and text.strip().casefold() in NO_ANSWERS]
    if absent:
        sentences.append(
            f"{column!r} has the key {some(map(repr, absent), 5)}, which reads like no answer but counts as a key; make it missing, or name the place"
        )
    return sentences


def _same_numbers(keys: list[Any], texts: list[str]) -> list[list[Any]]:
    """Return the groups of keys that write one whole number differently."""
    written = [
        text
        for text in texts
        if not text.strip(OF_NUMBERS) and text and not (text.isdigit() and (text[0] != "0" or text == "0"))
    ]
    others = [key for key in keys if isinstance(key, Number)] if len(texts) < len(keys) else []
    if not written and not others:
        return []
    numbers: dict[tuple[str, str], list[Any]] = {}
    for key in keys:
        found = DIGITS.fullmatch(key if isinstance(key, str) else str(key) if isinstance(key, Number) else "")
        if found:
            numbers.setdefault((found[1].replace("+", ""), found[2]), []).append(key)
    return [
        alike
        for alike in numbers.values()
        if len({fold_key(key) if isinstance(key, str) else key for key in alike}) > 1
    ]


def _alike(texts: list[str]) -> list[list[str]]:
    """Return the groups of distinct texts that fold to one key.

    All texts are folded as one long text first, and every letter O taken for a zero, which takes a tenth of the time
    and mostly shows that none are alike.
    """
    mark = "\x00"
    joined = unicodedata.normalize("NFKC", mark.join(texts)).casefold()
    if not joined.isascii():
        for latin, cyrillic in LOOK_ALIKE.items():
            joined = joined.replace(chr(latin), chr(cyrillic))
    rough = joined.replace("o", "0").replace("о", "0").split(mark)
    if re.search(r"\s", joined):
        rough = [" ".join(text.split()) for text in rough]
    if len(rough) == len(texts) == len(set(rough)):  # more parts than texts: one of them holds the mark itself
        return []
    return list(find_spellings(pd.Series(texts, dtype=object)).values())


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
            warn(
                f"{name!r} spells one key in several ways that look alike, {some(map(repr, spellings))}{more}; unify_keys(survey, {name!r}) makes them {kept!r}"
            )
