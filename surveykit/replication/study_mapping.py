"""mapping.toml: how the columns and codes of another's file map to those of a study."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveykit._checks import check_columns, check_option, some
from surveykit.codebook import Codebook
from surveykit.errors import CodebookError, CodeError, ReadError
from surveykit.survey import Survey
from surveykit.toml_file import check_keys, read_toml

MAPPING_FILE = "mapping.toml"
WAVE = "wave"
MAPPING_KEYS = ("columns", "codes", "wave")


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
    for name in codes:
        _check_codes(_table(codes, name, f"{path.name}: codes"), f"{path.name}: codes.{name}", int | float | str)
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


def translate(survey: Survey, mapping: Mapping[str, Any]) -> Survey:
    """Return the survey with its columns and codes under the study's names."""
    columns = mapping.get("columns", {})
    check_columns(survey.frame, columns.values(), f"{MAPPING_FILE}: columns")
    renamed = {theirs: ours for ours, theirs in columns.items()}
    frame = survey.frame.rename(columns=renamed)
    reasons = {renamed.get(name, name): codes for name, codes in survey.missing_reasons.items()}
    book = Codebook.of([replace(survey.codebook[name], name=renamed.get(name, name)) for name in survey.codebook])
    for name, codes in mapping.get("codes", {}).items():
        check_columns(frame, [name], f"{MAPPING_FILE}: codes")
        table = {key: ours for theirs, ours in codes.items() for key in _keys(theirs)}
        unknown = sorted({str(value) for value in frame[name].dropna().unique() if value not in table})
        if unknown:
            raise CodeError(f"{MAPPING_FILE}: codes.{name} does not say what {unknown[0]!r} means; add it")
        frame = frame.assign(**{name: frame[name].map(table)})
        book = Codebook.of([book[other] for other in book if other != name])
    weight = renamed.get(survey.provenance.weight or "", survey.provenance.weight)
    return Survey(frame, book, replace(survey.provenance, weight=weight), reasons)


def split_waves(survey: Survey, mapping: Mapping[str, Any], waves: list[str], name: str) -> dict[str, Survey]:
    """Return the survey of each wave that a file holds: a column tells it, or all of it is one wave (else the last)."""
    rule = mapping.get("wave", {})
    if "column" not in rule:
        wave = rule.get("name", waves[-1])
        check_option(wave, waves, f"{MAPPING_FILE}: wave.name")
        return {wave: survey}
    check_columns(survey.frame, [rule["column"]], f"{MAPPING_FILE}: wave.column")
    known = {key: wave for wave in waves for key in _keys(wave)}
    known |= {key: ours for theirs, ours in rule.get("codes", {}).items() for key in _keys(theirs)}
    names = survey.frame[rule["column"]].map(known, na_action="ignore")
    if names.notna().any() and not names.isin(waves).all():
        lost = survey.frame.loc[~names.isin(waves), rule["column"]]
        values = some(dict.fromkeys("nothing" if missing else repr(value) for value, missing in zip(lost, lost.isna())))
        raise ReadError(
            f"every row of {name!r} must belong to a wave of the study ({', '.join(waves)}), but in {len(lost)} of {len(names)} rows {rule['column']!r} is {values}; say what that means in {MAPPING_FILE} ([wave] codes), correct it, or leave these rows out of the file"
        )
    if rule["column"] == WAVE:  # stacked waves get a column of this name
        survey = replace(
            survey,
            frame=survey.frame.drop(columns=WAVE),
            codebook=Codebook.of([survey.codebook[other] for other in survey.codebook if other != WAVE]),
        )
    found = {
        wave: survey.keep_rows((names == wave).to_numpy(), f"wave {wave}") for wave in waves if (names == wave).any()
    }
    if not found:
        raise ReadError(
            f"no row of {name!r} belongs to a wave of the study ({', '.join(waves)}); say in {MAPPING_FILE} which column tells the wave"
        )
    return found
