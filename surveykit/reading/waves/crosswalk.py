"""What a person settled between waves: which columns are one variable, which codes become which, which are missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from surveykit._checks import some, suggest, warn
from surveykit.codebook import Code, Codebook, Texts, Variable, as_code, as_texts
from surveykit.errors import CodebookError, ColumnError
from surveykit.files.reading import PathLike, check_file
from surveykit.reading.codebook_file import parse_code
from surveykit.survey import Survey
from surveykit.toml_file import check_keys, read_toml

VARIABLE_KEYS = ("from", "missing", "recode", "labels", "question", "settled", "note")
FILE_KEYS = ("only_listed", "drop", "variables")


@dataclass(frozen=True)
class CrosswalkVariable:
    """How one variable is made from the waves.

    Attributes
    ----------
    name : str
        Its name in the stacked survey.
    source : mapping from wave to column
        Where it is in each wave; a wave that is not named has it under `name`.
    missing : mapping from wave to codes
        Codes that become missing in that wave, the code kept as the reason.
    recode : mapping from wave to mapping from code to code
    labels : mapping from code to texts
        Labels of the stacked variable, where they replace those of the waves.
    question : mapping from language to text
    settled : bool
        True when a person accepts the differences that remain.
    note : str
        Why; it goes into the provenance.
    """

    name: str
    source: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    recode: Mapping[str, Mapping[Code, Code]] = field(default_factory=dict)
    labels: Mapping[Code, Texts] = field(default_factory=dict)
    question: Texts = field(default_factory=dict)
    settled: bool = False
    note: str = ""


@dataclass(frozen=True)
class Crosswalk:
    """What was settled for all variables.

    Attributes
    ----------
    variables : mapping from name to CrosswalkVariable
    only_listed : bool
        True when the stacked survey holds the listed variables only.
    drop : tuple of str
        Variables that are left out of every wave.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> waves = {"2021": sk.Survey(pd.DataFrame({"q1": [1, 2]})), "2023": sk.Survey(pd.DataFrame({"q1": [2, 2]}))}
    >>> waves["2023"] = waves["2023"].with_columns({"asked_by": ["Ann", "Bek"]})
    >>> sk.stack_waves(waves, crosswalk=sk.Crosswalk(drop=("asked_by",))).data
       wave  q1
    0  2021   1
    1  2021   2
    2  2023   2
    3  2023   2
    """

    variables: Mapping[str, CrosswalkVariable] = field(default_factory=dict)
    only_listed: bool = False
    drop: tuple[str, ...] = ()


def read_crosswalk(path: PathLike) -> Crosswalk:
    r"""Read a crosswalk from a TOML file, as `WaveAudit.propose_crosswalk` writes it and a person edits it.

    Parameters
    ----------
    path : path

    Returns
    -------
    Crosswalk

    Raises
    ------
    ReadError
        When the file is absent or no TOML.
    CodebookError
        When it has a key that no crosswalk has, or something under a key that does not belong there.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "crosswalk.toml"
    ...     _ = file.write_text("drop = ['asked_by']\n[variables.trust]\nfrom = {2021 = 'q1', 2023 = 'q7'}\n")
    ...     crosswalk = sk.read_crosswalk(file)
    ...
    >>> crosswalk.drop, list(crosswalk.variables)
    (('asked_by',), ['trust'])
    """
    file = check_file(path)
    content = read_toml(file)
    try:
        return parse_crosswalk(content)
    except CodebookError as error:
        raise CodebookError(f"{file.name!r}: {error}") from error


def parse_crosswalk(content: Mapping[str, Any]) -> Crosswalk:
    """Return the crosswalk that a parsed TOML document describes."""
    check_keys(content, FILE_KEYS, "the crosswalk")
    drop, only = content.get("drop", ()), _truth(content, "only_listed", "the crosswalk")
    if not isinstance(drop, list | tuple) or not all(isinstance(name, str) for name in drop):
        raise CodebookError(f'`drop` of the crosswalk must list columns, as in drop = ["trust"], not {drop!r}')
    given = content.get("variables", {})
    if not isinstance(given, dict) or not all(isinstance(block, dict) for block in given.values()):
        raise CodebookError("`variables` of the crosswalk must be tables such as [variables.trust]")
    variables = {name: _parse_variable(name, block) for name, block in given.items()}
    return Crosswalk(variables, only, tuple(drop))


def _parse_variable(name: str, block: Mapping[str, Any]) -> CrosswalkVariable:
    where = f"variable {name!r} of the crosswalk"
    check_keys(block, VARIABLE_KEYS, where)
    for key in ("from", "missing", "recode", "labels"):
        if not isinstance(block.get(key, {}), dict):
            raise CodebookError(f"`{key}` of {where} must be a table by wave, not {block[key]!r}")
    for wave, codes in block.get("missing", {}).items():
        if not isinstance(codes, list) or not all(map(_is_code, codes)):
            raise CodebookError(f"`missing` of {where} must list codes, as in missing.{wave} = [98, 99], not {codes!r}")
    for wave, pairs in block.get("recode", {}).items():
        if not isinstance(pairs, dict) or not all(_is_code(new) for new in pairs.values()):
            raise CodebookError(
                f"`recode` of {where} must say which code becomes which in each wave, as in recode.{wave} = {{1 = 5, 2 = 4}}, not {pairs!r}"
            )
    for wave, source in block.get("from", {}).items():
        if not isinstance(source, str):
            raise CodebookError(f'`from` of {where} must name a column, as in from.{wave} = "q1", not {source!r}')
    for texts in (block.get("question", {}), *block.get("labels", {}).values()):
        by_language = isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())
        if not (by_language or isinstance(texts, str)):
            raise CodebookError(
                f'the texts of {where} must be texts, or texts by language such as {{en = "Yes"}}, not {texts!r}'
            )
    return CrosswalkVariable(
        name,
        block.get("from", {}),
        {wave: tuple(as_code(code) for code in codes) for wave, codes in block.get("missing", {}).items()},
        {
            wave: {_key(old): as_code(new) for old, new in pairs.items()}
            for wave, pairs in block.get("recode", {}).items()
        },
        {_key(code): as_texts(texts) for code, texts in block.get("labels", {}).items()},
        as_texts(block.get("question", {})),
        _truth(block, "settled", where),
        str(block.get("note", "")),
    )


def _truth(given: Mapping[str, Any], key: str, where: str) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise CodebookError(f"`{key}` of {where} must be true or false, without quotation marks, not {value!r}")
    return value


def _is_code(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool) and not pd.isna(value)


def _key(text: str) -> Code:
    """Return a key as the number that it is written as; "01" stays a text, because a number has no such zero."""
    return parse_code(text) if str(parse_code(text)) == text else text


def _in_kind_of(values: pd.Series, code: Code) -> Code:
    """Return a code of the crosswalk as a column holds it: the text as written among texts, else the number."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return parse_code(code) if isinstance(code, str) else code
    return str(code) if pd.api.types.is_string_dtype(values.dtype) else code


def apply_crosswalk(surveys: Mapping[str, Survey], crosswalk: Crosswalk) -> dict[str, Survey]:
    """Return the waves as the crosswalk settles them: columns renamed, codes recoded, missing codes set aside.

    Raises
    ------
    ColumnError
        When it names a wave or a column that does not exist.
    """
    for variable in crosswalk.variables.values():
        for wave in (*variable.source, *variable.missing, *variable.recode):
            if wave not in surveys:
                raise ColumnError(
                    f"the crosswalk of {variable.name!r} names the wave {wave!r}; the waves are {list(surveys)}{suggest(wave, surveys)}"
                )
    columns = dict.fromkeys(column for survey in surveys.values() for column in survey.frame.columns)
    for name in crosswalk.drop:
        if name not in columns:
            raise ColumnError(f"the crosswalk drops {name!r}, which is a column of no wave{suggest(name, columns)}")
    return {wave: _settle(wave, survey, crosswalk) for wave, survey in surveys.items()}


def _settle(wave: str, survey: Survey, crosswalk: Crosswalk) -> Survey:
    columns: dict[str, pd.Series] = {}
    described: list[Variable] = []
    reasons: dict[str, pd.Series] = {}
    notes: list[str] = []
    sources = {variable.source.get(wave, name) for name, variable in crosswalk.variables.items()}
    for name in survey.frame.columns:
        if not crosswalk.only_listed and name not in sources and name not in crosswalk.drop:
            columns[name] = survey.frame[name]
            described.append(survey.codebook[name])
            if name in survey.missing_reasons:
                reasons[name] = survey.missing_reasons[name]
    for name, settled in crosswalk.variables.items():
        source = settled.source.get(wave, name)
        if source not in survey.frame.columns:
            if wave in settled.source:
                hint = suggest(source, survey.frame.columns)
                raise ColumnError(
                    f"the crosswalk takes {name!r} of wave {wave!r} from {source!r}, which is not a column{hint}"
                )
            continue
        if name in columns:
            raise ColumnError(
                f"wave {wave!r} has a column {name!r} besides {source!r}, which the crosswalk calls {name!r}; list {name!r} under `drop`, or give the variable another name"
            )
        variable = survey.codebook[source]
        held = _as_held(survey.frame[source], settled, wave)
        _check_recode(wave, variable, held)
        columns[name], found, said = _make_column(wave, survey, source, held)
        described.append(_describe(variable, held, wave, columns[name]))
        if len(found):
            reasons[name] = found
        notes += said
    frame = pd.DataFrame(columns, index=survey.frame.index)
    codebook = replace(survey.codebook.keep(columns), variables=Codebook.of(described).variables)
    origin = replace(survey.provenance, weight=_follow_weight(survey, crosswalk, wave, columns))
    return Survey(frame, codebook, origin.note(*notes), reasons)


def _follow_weight(survey: Survey, crosswalk: Crosswalk, wave: str, columns: Iterable[str]) -> str | None:
    """Return the name under which the crosswalk carries the weight that a wave's file names."""
    weight = survey.provenance.weight
    if weight is None:
        return None
    moved = [name for name, variable in crosswalk.variables.items() if variable.source.get(wave, name) == weight]
    return next((name for name in [*moved, weight] if name in columns), None)


def _as_held(values: pd.Series, settled: CrosswalkVariable, wave: str) -> CrosswalkVariable:
    """Return the codes that a wave's column loses or changes as the column holds them."""
    missing = tuple(_in_kind_of(values, code) for code in settled.missing.get(wave, ()))
    recode = {_in_kind_of(values, old): new for old, new in settled.recode.get(wave, {}).items()}
    return replace(settled, missing={wave: missing}, recode={wave: recode})


def _check_recode(wave: str, variable: Variable, settled: CrosswalkVariable) -> None:
    for old, new in settled.recode[wave].items():
        if old in variable.missing and (new in variable.labels or new in settled.labels):
            raise CodebookError(
                f"the crosswalk recodes {old!r} of {variable.name!r} in wave {wave!r}, which is declared missing there, to {new!r}, which is an answer; take it out of `recode`, or read the wave with a codebook that does not declare it"
            )


def _warn_of_codes_unseen(wave: str, values: pd.Series, variable: Variable, settled: CrosswalkVariable) -> None:
    """Warn when not one of the codes named is in the column or its codebook: as a rule another file is meant."""
    for key, codes in (("missing", settled.missing[wave]), ("recode", tuple(settled.recode[wave]))):
        known = {*variable.labels, *variable.missing}
        if codes and values.notna().any() and not known & {*codes} and not values.isin(list(codes)).any():
            warn(
                f"`{key}.{wave}` of {settled.name!r} in the crosswalk names {some(map(repr, codes), 5)}, of which {variable.name!r} holds none; it holds {some(map(repr, values.dropna().unique().tolist()), 5)}"
            )


def _make_column(
    wave: str, survey: Survey, source: str, settled: CrosswalkVariable
) -> tuple[pd.Series, pd.Series, list[str]]:
    """Return the settled column, the codes set aside in it, and what was done."""
    values = survey.frame[source].rename(settled.name)
    before = survey.missing_reasons.get(source, pd.Series(dtype=values.dtype)).rename(settled.name)
    notes = [] if source == settled.name else [f"{source} became {settled.name}"]
    _warn_of_codes_unseen(wave, values, survey.codebook[source], settled)
    codes = settled.missing.get(wave, ())
    found = values.isin(list(codes))
    if codes:
        notes.append(f"{settled.name}: {int(found.sum())} answers with the codes {some(codes)} became missing")
    reasons = pd.concat([before, values[found]]) if len(before) else values[found]
    values = values.mask(found)
    pairs = settled.recode.get(wave, {})
    if pairs:
        counts = [
            f"{old} to {new} ({int((values == old).sum() + (before == old).sum())} answers)"
            for old, new in pairs.items()
        ]
        notes.append(f"{settled.name}: recoded {some(counts, 20)}")
        values = values.map(lambda value: pairs.get(as_code(value), value) if not pd.isna(value) else value)
        numeric = not any(isinstance(code, str) for code in (*pairs.values(), *values.dropna().unique()))
        values = values.astype(float) if numeric else values
        reasons = reasons.map(lambda code: pairs.get(as_code(code), code))
    if notes and settled.note:
        notes.append(f"{settled.name}: {settled.note}")
    return values, reasons, notes


def _describe(variable: Variable, settled: CrosswalkVariable, wave: str, values: pd.Series) -> Variable:
    """Return the description of a settled column: labels move with their codes, merged codes carry all their labels."""
    moved = settled.missing.get(wave, ())
    pairs = settled.recode.get(wave, {})
    set_aside = {code: variable.labels.get(code, variable.missing.get(code, {})) for code in moved}
    given = {_in_kind_of(values, code): texts for code, texts in settled.labels.items()}
    labels = given or _move_labels({code: texts for code, texts in variable.labels.items() if code not in moved}, pairs)
    missing = _move_labels({**variable.missing, **set_aside}, pairs)
    missing = {code: texts for code, texts in missing.items() if code not in labels}
    question = settled.question or variable.question
    return replace(variable, name=settled.name, question=question, labels=labels, missing=missing)


def _move_labels(labels: Mapping[Code, Texts], pairs: Mapping[Code, Code]) -> dict[Code, Texts]:
    """Return labels at the codes that they were recoded to; where codes were merged, all their texts, in code order."""
    together: dict[Code, list[Texts]] = {}
    for code, texts in sorted(labels.items(), key=_by_size):
        together.setdefault(pairs.get(code, code), []).append(texts)
    joined = {code: _join_texts(parts) for code, parts in together.items()}
    return dict(sorted(joined.items(), key=_by_size))


def _join_texts(parts: Sequence[Texts]) -> Texts:
    langs = dict.fromkeys(lang for texts in parts for lang in texts)
    return {lang: " / ".join(dict.fromkeys(texts[lang] for texts in parts if lang in texts)) for lang in langs}


def _by_size(pair: tuple[Code, Texts]) -> tuple[bool, Any]:
    return isinstance(pair[0], str), pair[0]
