"""mapping.toml: how the columns and codes of another's file map to those of a study."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from surveykit._checks import check_columns, some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, Texts, Variable, as_code, as_texts
from surveykit.errors import CodebookError, CodeError, ReadError
from surveykit.survey import Survey
from surveykit.toml_file import check_keys, read_toml

MAPPING_FILE = "mapping.toml"
WAVE = "wave"
MAPPING_KEYS = ("columns", "codes", "missing", "questions", "wave")
OWN = "own"
"""What stands for the codes of a column that keeps those of the file, in groups of its own."""
MOST_WAVES = 30
"""Values of a column beyond which it tells no waves: whoever names a column of numbers of respondents is told so."""
UNIT_WORDS = (
    "округ",
    "okrug",
    "ауылдық округ",
    "rural district",
    "unit",
    "settlement",
    "населенный пункт",
    "елді мекен",
)
"""What a column of the akim's unit is called, the surest first."""
SET_APART = 9000
"""Added to a missing code of the file that is an answer's code in the study."""


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a mapping; an empty one when there is no such file."""
    if not path.is_file():
        return {}
    mapping = read_toml(path)
    check_keys(mapping, MAPPING_KEYS, path.name)
    columns = _table(mapping, "columns", path.name)
    for name, column in columns.items():
        if not isinstance(column, str):
            raise CodebookError(f"{path.name}: columns.{name} must name a column of the file, \"{name} = 'theirs'\"")
    codes = _table(mapping, "codes", path.name)
    for name, given in codes.items():
        if given != OWN:
            _check_codes(_table(codes, name, f"{path.name}: codes"), f"{path.name}: codes.{name}", int | float | str)
    _check_codes(_table(mapping, "missing", path.name), f"{path.name}: missing", int | float | str)
    for name, text in _table(mapping, "questions", path.name).items():
        if not isinstance(text, str) and not (
            isinstance(text, dict) and all(isinstance(one, str) for one in text.values())
        ):
            raise CodebookError(f"{path.name}: questions.{name} must be a text, or one for each language")
    wave = _table(mapping, "wave", path.name)
    check_keys(wave, ("column", "name", "codes"), f"{path.name}: wave")
    for key in ("column", "name"):
        if not isinstance(wave.get(key, ""), str):
            raise CodebookError(f"{path.name}: wave.{key} must be a text")
    _check_codes(_table(wave, "codes", f"{path.name}: wave"), f"{path.name}: wave.codes", str)
    return mapping


def _table(within: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    """Return a table of a mapping, an empty one where it is not there."""
    table = within.get(key, {})
    if not isinstance(table, Mapping):
        raise CodebookError(f"{place}: {key} must be a table of names, under the heading [{key}]")
    return table


def _check_codes(codes: Mapping[str, Any], place: str, kind: Any) -> None:
    """Raise unless every code of theirs stands for one code of the study."""
    for theirs, ours in codes.items():
        if isinstance(ours, bool) or not isinstance(ours, kind):
            what = "the name of a wave, a text" if kind is str else "a code of the study, a number or a text"
            raise CodebookError(f"{place}: {theirs!r} must stand for {what}, but {ours!r} was given")


def _keys(text: str) -> tuple[object, ...]:
    """Return what a key of the file may stand for: the text as written, and the number that it reads as."""
    try:
        return text, float(text)
    except ValueError:
        return (text,)


def plain(text: str) -> str:
    """Return a label as it is compared: case, ends, full stops, brackets and the two Russian letters aside."""
    bare = re.sub(r"\([^)]*\)", " ", text).casefold().replace("ё", "е")
    return " ".join(re.sub(r"[.,;:!?«»\"'’]", " ", bare).split())


def translate(
    survey: Survey, mapping: Mapping[str, Any], book: Codebook, groups: frozenset[str] = frozenset()
) -> Survey:
    """Return the survey with its columns and codes under the study's names, and its questions as the file puts them.

    Parameters
    ----------
    survey : Survey
        As the file was read.
    mapping : mapping
        From `read_mapping`.
    book : Codebook
        The study's own items; an item's codes are those that the answers get.
    groups : frozenset of str
        Columns whose labels are the study's, whatever the file calls them.
    """
    columns = mapping.get("columns", {})
    check_columns(survey.frame, columns.values(), f"{MAPPING_FILE}: columns")
    _check_targets(mapping, book)
    frame, whence = _rename(survey.frame, columns)
    for section in ("codes", "questions"):
        check_columns(frame, mapping.get(section, {}), f"{MAPPING_FILE}: {section}")
    parts: dict[str, pd.Series] = {}
    reasons: dict[str, pd.Series] = {}
    variables: list[Variable] = []
    for name, theirs in whence.items():
        # a skip rule of the file names its own columns and codes; one of the study says nothing of whom the file asked
        told = replace(survey.codebook[theirs], name=name, asked_of={})
        lost = survey.missing_reasons.get(theirs)
        if name in book or name in mapping.get("codes", {}):
            values, lost, told = _translate_column(frame[name], lost, told, book[name], mapping, name in groups)
            parts[name] = values
        if lost is not None:
            reasons[name] = lost
        asked = mapping.get("questions", {}).get(name)
        question = as_texts(asked) if asked is not None else told.question
        variables.append(replace(told, question=_question(question, book[name], theirs)))
    weight = survey.provenance.weight
    named = next((name for name, theirs in whence.items() if theirs == weight), weight)
    return Survey(
        frame.assign(**parts), Codebook.of(variables), replace(survey.provenance, weight=named), reasons
    ).with_missing_codes()


def _check_targets(mapping: Mapping[str, Any], book: Codebook) -> None:
    """Raise when a code of the file is to stand for one that the study does not have."""
    for name, given in mapping.get("codes", {}).items():
        item = book[name]
        known = [*item.labels, *item.missing]
        for theirs, ours in given.items() if given != OWN and item.labels else ():
            if as_code(ours) not in known:
                raise CodeError(
                    f"{MAPPING_FILE}: codes.{name} lets {theirs!r} stand for {ours!r}, which is no code of that item; its codes are {some(known)}"
                )
    reasons = {code for item in book.variables.values() for code in item.missing}
    for theirs, ours in mapping.get("missing", {}).items():
        if reasons and as_code(ours) not in reasons:
            raise CodeError(
                f"{MAPPING_FILE}: missing lets {theirs!r} stand for {ours!r}, which is no missing code of any item; they are {some(sorted(reasons, key=str))}"
            )


def _question(asked: Texts, item: Variable, theirs: str) -> Texts:
    """Return the question as the file puts it; where it puts none, the name of its column with the item in brackets."""
    asked = as_texts({lang: text for lang, text in asked.items() if text.strip()})
    if {plain(text) for text in asked.values()} & {plain(text) for text in item.question.values()}:
        return item.question  # the study's own, and so known in its languages
    if asked or theirs == item.name or not item.question:
        return asked or item.question or as_texts(theirs)
    return as_texts({lang: f"{theirs} [{text}]" for lang, text in item.question.items()})


def _rename(frame: pd.DataFrame, columns: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the frame under the study's names, and the file's name of each column.

    A column of the file that has a name of the study's and is not meant by it gives way to the one that is.
    """
    whence: dict[str, str] = {}
    for theirs in frame.columns:
        ours = [name for name, column in columns.items() if column == theirs]
        whence |= dict.fromkeys(ours, theirs) if ours or theirs in columns else {theirs: theirs}
    return pd.DataFrame({name: frame[theirs] for name, theirs in whence.items()}, index=frame.index), whence


def _translate_column(
    values: pd.Series,
    lost: pd.Series | None,
    told: Variable,
    item: Variable,
    mapping: Mapping[str, Any],
    is_group: bool,
) -> tuple[pd.Series, pd.Series | None, Variable]:
    """Return the answers to one item in the study's codes, the reasons of those missing, and what the codes mean."""
    name = item.name
    given = mapping.get("codes", {}).get(name)
    if given == OWN or (given is None and not item.labels):
        measure = item.measure if told.measure is None else told.measure
        return values, lost, replace(told, measure=measure)
    table = _code_table(values, told, item, {} if given is None else given, mapping.get("missing", {}))
    coded = values.map(table, na_action="ignore")
    if all(not isinstance(code, str) for code in item.labels):
        coded = coded.astype(float)
    missing = {**item.missing}
    if lost is not None:
        lost, missing = _translate_reasons(lost, told, item, missing, mapping.get("missing", {}))
    labels = dict(item.labels) if is_group else _labels(table, told, item)
    known = replace(item, labels=labels, missing=missing, missing_ranges=())
    return coded, lost, replace(known, question=told.question, universe=told.universe, mode=told.mode, asked_of={})


def _code_table(
    values: pd.Series, told: Variable, item: Variable, given: Mapping[str, Any], missing: Mapping[str, Any]
) -> dict[object, Code]:
    """Return the study's code of every code of a column; refuse answers whose meaning nothing tells.

    What the mapping lists comes first, then labels that read like one of the item's, then, when the mapping lists
    nothing and no label is the item's, the codes as they are.
    """
    listed = {key: ours for theirs, ours in given.items() for key in _keys(theirs)}
    outside = {key: ours for theirs, ours in missing.items() if ours in item.missing for key in _keys(theirs)}
    known, answers = meanings(item), list(values.dropna().unique())
    by_words: dict[object, Code] = {}
    as_they_are: dict[object, Code] = {}
    said: dict[object, Code] = {}
    for value in [*answers, *(code for code in told.labels if code not in answers)]:
        text = plain(_words(told, value))
        if value in listed or value in outside:
            said[value] = listed[value] if value in listed else outside[value]
        elif text in known:
            by_words[value] = known[text]
        elif not given and (as_code(value) in item.labels or as_code(value) in item.missing):
            as_they_are[value] = as_code(value)
    # where some labels are the item's, another code's number need not be the item's number
    table = said | by_words | ({} if by_words else as_they_are)
    unknown = [value for value in answers if value not in table]
    if unknown:
        spelled = some(sorted(_spell(told, value) for value in unknown))
        raise CodeError(
            f'{MAPPING_FILE}: codes.{item.name} does not say what {spelled} means; add it under [codes.{item.name}] (theirs = ours; `surveykit map` drafts the list), under [missing] when it is no answer, or write codes.{item.name} = "{OWN}" to keep the groups of the file'
        )
    if as_they_are and told.labels and not by_words:
        warn(
            f"no label of {item.name!r} in the file is one of the study's, so its codes {some(sorted(map(str, as_they_are.values())))} are taken to be the study's own; say so, or what they are, under [codes.{item.name}] in {MAPPING_FILE}"
        )
    return table


def _words(told: Variable, value: object) -> str:
    """Return the words of an answer in the file: its label, or the answer itself where it is a text."""
    return told.label(value) if as_code(value) in told.labels or isinstance(value, str) else ""


def _spell(told: Variable, value: object) -> str:
    return f"{as_code(value)!r}" + (f" ({told.label(value)!r})" if as_code(value) in told.labels else "")


def meanings(item: Variable) -> dict[str, Code]:
    """Return the codes of an item by their labels in every language, as labels are compared."""
    every = {**item.missing, **item.labels}
    return {plain(text): code for code, texts in every.items() for text in texts.values() if plain(text)}


def _labels(table: Mapping[object, Code], told: Variable, item: Variable) -> dict[Code, Texts]:
    """Return the labels of an item as the file words them, or the study's where all are the same words.

    A code that gathers several of the file's, or has no words there, has the study's; one that no code of the file
    stands for is no answer that could be given. A file without words has the study's.
    """
    said: dict[Code, list[str]] = {code: [] for code in item.labels}
    for value, code in table.items():
        if code in said:
            said[code].append(_words(told, value).strip())
    if not any(word for words in said.values() for word in words):
        return dict(item.labels)
    known = meanings(item)
    if all(known.get(plain(word)) == code for code, words in said.items() for word in words):
        return {code: item.labels[code] for code, words in said.items() if words}
    return {
        code: as_texts(words[0]) if len(words) == 1 and words[0] else item.labels[code]
        for code, words in said.items()
        if words
    }


def _translate_reasons(
    lost: pd.Series, told: Variable, item: Variable, missing: Mapping[Code, Texts], given: Mapping[str, Any]
) -> tuple[pd.Series, dict[Code, Texts]]:
    """Return the codes of missing answers in the study's numbering, with the texts of those that only the file has."""
    outside = {key: ours for theirs, ours in given.items() if ours in item.missing for key in _keys(theirs)}
    known, all_reasons = meanings(item), dict(missing)
    table: dict[object, Code] = {}
    for value in lost.unique():
        code, text = as_code(value), plain(told.label(value))
        ours = outside.get(value, known.get(text))
        if ours is None or ours not in item.missing:
            ours = code if code not in item.labels else f"missing {code}" if isinstance(code, str) else SET_APART + code
            all_reasons[ours] = told.missing.get(code) or {UNDETERMINED: told.label(value)}
        table[value] = ours
    return lost.map(table), all_reasons


def unit_columns(survey: Survey) -> list[str]:
    """Return the columns that are called after the unit of an akim, the surest first: a district before a village."""
    texts = {
        column: f" {plain(f'{column} {survey.codebook[column].ask()}'.replace('_', ' '))} " for column in survey.frame
    }
    found = [column for word in UNIT_WORDS for column, text in texts.items() if f" {word} " in text]
    return list(dict.fromkeys(found))


def warn_of_coarser_unit(survey: Survey, settlement: str, group: str) -> None:
    """Warn when settlements lie in fewer units of a column that is called after the akim's unit.

    There are as many akims as such units. Villages in their place would pass for more akims than there are.
    """
    for column in unit_columns(survey):
        if column in (settlement, group) or group not in survey.frame or settlement not in survey.frame:
            continue
        frame = survey.frame[[column, settlement, group]].dropna()
        within = frame.groupby(settlement)[column].nunique().max() == 1
        alike = frame.groupby(column)[group].nunique().max() == 1
        units, settlements = frame[column].nunique(), frame[settlement].nunique()
        if within and alike and 1 < units < settlements:
            warn(
                f"the {settlements} values of {settlement!r} lie in {units} of {column!r}, and all in one have the same kind of akim; if {column!r} is the unit that has an akim, write {settlement} = {column!r} under [columns] in {MAPPING_FILE}, because there are as many akims as units"
            )
            return


def split_waves(survey: Survey, mapping: Mapping[str, Any], waves: list[str], name: str) -> dict[str, Survey]:
    """Return the survey of each wave that a file holds: a column tells it, or all of it is one wave.

    A wave that the mapping does not name is called after the year in the name of the file, or after the file.
    """
    rule = mapping.get("wave", {})
    if "column" not in rule:
        years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", name)
        return {rule.get("name", years[0] if len(years) == 1 else Path(name).stem): survey}
    check_columns(survey.frame, [rule["column"]], f"{MAPPING_FILE}: wave.column")
    told = survey.frame[rule["column"]]
    names = _wave_names(told, rule.get("codes", {}), waves)
    if names.isna().any():
        lost = told[names.isna()]
        values = some(dict.fromkeys("nothing" if missing else repr(value) for value, missing in zip(lost, lost.isna())))
        raise ReadError(
            f"every row of {name!r} must belong to a wave, but in {len(lost)} of {len(names)} rows {rule['column']!r} is {values}; say what that means in {MAPPING_FILE} ([wave] codes), correct it, or leave these rows out of the file"
        )
    found = [one for one in waves if (names == one).any()]
    found += sorted(set(names) - set(found))
    if len(found) > MOST_WAVES:
        raise ReadError(
            f"{rule['column']!r} of {name!r} has {len(found)} values, which are no waves; say in {MAPPING_FILE} which column tells the wave, or [wave] name"
        )
    if rule["column"] == WAVE:  # stacked waves get a column of this name
        survey = replace(
            survey,
            frame=survey.frame.drop(columns=WAVE),
            codebook=Codebook.of([survey.codebook[other] for other in survey.codebook if other != WAVE]),
        )
    return {wave: survey.keep_rows((names == wave).to_numpy(), f"wave {wave}") for wave in _in_order(found, waves)}


def _wave_names(told: pd.Series, codes: Mapping[str, str], waves: list[str]) -> pd.Series:
    """Return the wave of each row: what the mapping says, a wave of the study, else the value itself."""
    known: dict[object, str] = {key: wave for wave in waves for key in _keys(wave)}
    known |= {key: ours for theirs, ours in codes.items() for key in _keys(theirs)}
    names = told.map(known, na_action="ignore")
    if codes:
        return names
    return names.where(names.notna() | told.isna(), told.map(lambda value: str(as_code(value)), na_action="ignore"))


def _in_order(found: list[str], waves: list[str]) -> list[str]:
    """Return waves in the order of time, as far as their names tell it: years before all, else as they were found."""
    if all(re.fullmatch(r"\d{4}", wave) for wave in found):
        return sorted(found)
    return found
