"""A codebook as a TOML file that a person can write by hand."""

import math
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from surveykit._checks import suggest, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, ResponseSet, Texts, Variable, as_code, pick_text
from surveykit.errors import ArgumentError, CodebookError
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.files.writing import check_target, write_text_whole
from surveykit.formatting import without_controls
from surveykit.toml_file import check_keys, read_toml

FILE_KEYS = ("title", "simulated", "weight", "lang", "universe", "mode", "scales", "variables", "response_sets")
SCALE_KEYS = ("labels", "missing", "missing_ranges", "measure", "type")
VARIABLE_KEYS = ("question", "scale", "universe", "mode", "print_format", "asked_of", *SCALE_KEYS)
SET_KEYS = ("items", "chosen", "question")
MEASURES = ("nominal", "ordinal", "scale")
MOST_DIGITS = 300
"""Of a code: a float holds numbers of up to 308 digits."""
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
PADDED = re.compile(r"[+-]?0\d+")
"""A whole number with leading zeros: an identifier, which a number would change."""


@dataclass(frozen=True)
class CodebookFile:
    """What a codebook file says: the codebook, and what holds for the data as a whole.

    Attributes
    ----------
    codebook : Codebook
    simulated : bool
        True when the answers that it describes are simulated.
    weight : str or None
        The weight variable.
    lang : str or None
        Language of the texts that are given without one.
    files : tuple of str
        SHA-256 of the file that it was read from.
    """

    codebook: Codebook = field(default_factory=Codebook)
    simulated: bool = False
    weight: str | None = None
    lang: str | None = None
    files: tuple[str, ...] = ()


def read_codebook_file(path: PathLike) -> CodebookFile:
    """Read a TOML codebook with what it says of the data as a whole (`read_codebook` opens other kinds too)."""
    file = check_file(path)
    content = read_toml(file)
    try:
        return replace(parse_codebook(content), files=(hash_file(file),))
    except CodebookError as error:
        raise CodebookError(f"{file.name!r}: {error}") from error


def parse_codebook(content: Mapping[str, Any]) -> CodebookFile:
    """Return the codebook that a parsed TOML document describes."""
    check_keys(content, FILE_KEYS, "the codebook")
    lang = content.get("lang")
    for key, kind in (
        ("lang", str),
        ("weight", str),
        ("simulated", bool),
        ("scales", dict),
        ("variables", dict),
        ("response_sets", dict),
    ):
        if key in content and not isinstance(content[key], kind):
            raise CodebookError(f"`{key}` must be {_KINDS[kind]}, but {content[key]!r} was given")
    scales = content.get("scales", {})
    for name, scale in scales.items():
        _check_table(scale, f"scale {name!r}")
        check_keys(scale, SCALE_KEYS, f"scale {name!r}")
    about = {key: content.get(key, {}) for key in ("universe", "mode")}
    variables = [
        _parse_variable(name, given, scales, about, lang) for name, given in content.get("variables", {}).items()
    ]
    title = _parse_texts(content.get("title", {}), lang, "the title")
    sets = {name: _parse_set(name, given, lang) for name, given in content.get("response_sets", {}).items()}
    codebook = replace(Codebook.of(variables, title), response_sets=sets)
    return CodebookFile(codebook, content.get("simulated", False), content.get("weight"), lang)


_KINDS: dict[type, str] = {str: "text", bool: "true or false", dict: "a table"}


def _parse_variable(
    name: str, given: Any, scales: Mapping[str, Any], about: Mapping[str, Any], lang: str | None
) -> Variable:
    where = f"variable {name!r}"
    _check_table(given, where)
    check_keys(given, VARIABLE_KEYS, where)
    scale = given.get("scale")
    if scale is not None and not isinstance(scale, str):
        raise CodebookError(f"`scale` of {where} must be the name of one of [scales.<name>], not {scale!r}")
    if scale is not None and scale not in scales:
        raise CodebookError(
            f"{where} has the scale {scale!r}, which no [scales.{scale}] describes{suggest(scale, scales)}"
        )
    merged = {**about, **(scales[scale] if scale is not None else {}), **given}
    measure = merged.get("measure")
    if measure is not None and measure not in MEASURES:
        raise CodebookError(f"{where} has the measure {measure!r}; it must be one of {list(MEASURES)}")
    if merged.get("type", "number") not in ("number", "text"):
        raise CodebookError(f"{where} has the type {merged['type']!r}; it must be 'number' or 'text'")
    as_text = merged.get("type") == "text"
    labels = _parse_labels(merged.get("labels", {}), as_text, lang, f"`labels` of {where}")
    missing = _parse_labels(merged.get("missing", {}), as_text, lang, f"`missing` of {where}")
    _warn_shared_label(labels, where)
    question = _parse_texts(given.get("question", {}), lang, f"`question` of {where}")
    ranges = _parse_ranges(merged.get("missing_ranges", []), where)
    universe, mode = (_parse_texts(merged[key], lang, f"`{key}` of {where}") for key in ("universe", "mode"))
    form = given.get("print_format")
    if form is not None and not isinstance(form, str):
        raise CodebookError(f'`print_format` of {where} must be a text such as "F8.2", not {form!r}')
    asked_of = _parse_skip_rule(given.get("asked_of", {}), where)
    return Variable(name, question, labels, missing, ranges, measure, universe, mode, form, asked_of)


def _parse_skip_rule(given: Any, where: str) -> dict[str, tuple[Code, ...]]:
    if not isinstance(given, dict):
        raise CodebookError(f"`asked_of` of {where} must be codes by column, as in {{voted = [1]}}, not {given!r}")
    rule = {}
    for column, codes in given.items():
        listed = codes if isinstance(codes, list) else [codes]
        if not all(isinstance(code, str) or _is_number(code) for code in listed):
            raise CodebookError(f"`asked_of` of {where} must list codes of {column!r}, not {codes!r}")
        rule[column] = tuple(map(as_code, listed))
    return rule


def _parse_set(name: str, given: Any, lang: str | None) -> ResponseSet:
    where = f"response set {name!r}"
    _check_table(given, where)
    check_keys(given, SET_KEYS, where)
    items, chosen = given.get("items"), given.get("chosen")
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise CodebookError(f'`items` of {where} must list columns, as in items = ["q1_1", "q1_2"], not {items!r}')
    if chosen is not None and not isinstance(chosen, str) and not _is_number(chosen):
        raise CodebookError(f'`chosen` of {where} must be the code that means "chosen", not {chosen!r}')
    question = _parse_texts(given.get("question", {}), lang, f"`question` of {where}")
    try:
        return ResponseSet(name, tuple(items), None if chosen is None else as_code(chosen), question)
    except ArgumentError as error:
        raise CodebookError(str(error)) from error


def _parse_labels(given: Any, as_text: bool, lang: str | None, where: str) -> dict[Code, Texts]:
    if isinstance(given, list):
        given = {str(code): {} for code in given}
    _check_table(given, where)
    labels: dict[Code, Texts] = {}
    for key, texts in given.items():
        code = key if as_text else parse_code(key)
        if code in labels:
            raise CodebookError(f"{where} gives code {code!r} twice; list it once")
        labels[code] = _parse_texts(texts, lang, f"code {key!r} in {where}")
    return labels


def parse_code(text: str) -> Code:
    """Return the number that a text reads as, every digit of it, or the text."""
    if re.fullmatch(r"[+-]?\d+", text):
        if len(text) > MOST_DIGITS:
            raise CodebookError(f"the code {text[:20]}... has {len(text)} digits; a code has at most {MOST_DIGITS}")
        return int(text)
    return as_code(float(text)) if NUMBER.match(text) and math.isfinite(float(text)) else text


def _parse_texts(given: Any, lang: str | None, where: str) -> dict[str, str]:
    texts = {lang or UNDETERMINED: given} if isinstance(given, str) else given
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise CodebookError(f'{where} must be a text, or texts by language such as {{en = "Yes"}}, not {given!r}')
    return texts


def _parse_ranges(given: Any, where: str) -> tuple[tuple[float, float], ...]:
    pairs = given if isinstance(given, list) else [given]
    for pair in pairs:
        numbers = isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair))
        if not numbers:
            raise CodebookError(
                f"`missing_ranges` of {where} must be pairs of numbers such as [[97, 99]], not {pair!r}"
            )
    return tuple((float(low), float(high)) for low, high in pairs)


def _is_number(given: Any) -> bool:
    """Tell whether a value is a number that a column can hold: not NaN, and no integer beyond all floats."""
    return (isinstance(given, float) and not math.isnan(given)) or (
        isinstance(given, int) and not isinstance(given, bool) and abs(given) <= sys.float_info.max
    )


def _warn_shared_label(labels: Mapping[Code, Texts], where: str) -> None:
    for lang in dict.fromkeys(lang for texts in labels.values() for lang in texts):
        seen: dict[str, Code] = {}
        for code, texts in labels.items():
            if lang in texts and texts[lang] in seen:
                warn(
                    f"{where} gives the codes {seen[texts[lang]]!r} and {code!r} one label, {texts[lang]!r}; categories made of it carry the code in brackets"
                )
                return
            if lang in texts:
                seen[texts[lang]] = code


def _check_table(given: Any, where: str) -> None:
    if not isinstance(given, dict):
        raise CodebookError(f'{where} must be a table such as {{1 = "No", 2 = "Yes"}}, not {given!r}')


def check_codebook_target(path: PathLike) -> Path:
    """Return the path of a codebook file to be written; raise WriteError when it does not end in .toml."""
    return check_target(path, (".toml",))


def write_codebook(codebook: Codebook, path: PathLike, *, simulated: bool = False, weight: str | None = None) -> None:
    """Write a codebook as a TOML file; a set of labels that several variables share is written once, under `scales`.

    Parameters
    ----------
    codebook : Codebook
    path : path
        The file, ending in .toml. One that is there is replaced only when surveykit wrote it and nobody changed it
        since.
    simulated : bool
        Say in the file that the answers are simulated; said in any case where the codebook says so.
    weight : str, optional
        Name the weight variable; by default the one that the codebook names.

    Raises
    ------
    WriteError
        When the name does not end in .toml, or the file there was edited or is none of surveykit's.
    CodebookError
        When a code is a text of more digits than a code may have, beside codes that are numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> book = sk.Codebook.of([sk.Variable("q1", {"en": "Do you?"}, {1: {"en": "Yes"}})])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sk.write_codebook(book, pathlib.Path(folder) / "book.toml")
    ...     print((pathlib.Path(folder) / "book.toml").read_text(encoding="utf-8"))
    ...
    [variables.q1]
    question.en = "Do you?"
    <BLANKLINE>
    [variables.q1.labels]
    1.en = "Yes"
    <BLANKLINE>
    """
    text = format_codebook(codebook, simulated=simulated, weight=weight)
    write_text_whole(text, check_codebook_target(path))


def format_codebook(codebook: Codebook, *, simulated: bool = False, weight: str | None = None) -> str:
    """Return a codebook as TOML."""
    head = [f"{_dotted('title', lang)} = {quote(text)}" for lang, text in codebook.title.items()]
    head += ["simulated = true"] if simulated or codebook.simulated else []
    weight = weight or codebook.weight
    head += [f"weight = {quote(weight)}"] if weight else []
    scales = _shared_scales(codebook.variables.values())
    blocks = ["\n".join(head)] if head else []
    for key, (name, variable) in scales.items():
        del key
        blocks += _format_scale(["scales", name], [], variable)
    for variable in codebook.variables.values():
        lines = [
            f"{_dotted(about, lang)} = {quote(text)}"
            for about in ("question", "universe", "mode")
            for lang, text in getattr(variable, about).items()
        ]
        lines += [f"print_format = {quote(variable.print_format)}"] if variable.print_format else []
        lines += [_format_skip_rule(variable.asked_of)] if variable.asked_of else []
        shared = scales.get(_scale_key(variable))
        if shared:
            blocks.append("\n".join([_table("variables", variable.name), *lines, f"scale = {quote(shared[0])}"]))
        else:
            blocks += _format_scale(["variables", variable.name], lines, variable)
    blocks += [_format_set(one) for one in codebook.response_sets.values()]
    return "\n\n".join(blocks) + "\n"


def _format_skip_rule(rule: Mapping[str, tuple[Code, ...]]) -> str:
    parts = []
    for column, codes in rule.items():
        listed = ", ".join(quote(code) if isinstance(code, str) else _number(code) for code in codes)
        parts.append(f"{_key(column)} = [{listed}]")
    return f"asked_of = {{ {', '.join(parts)} }}"


def _format_set(responses: ResponseSet) -> str:
    chosen = responses.chosen
    lines = [f"{_dotted('question', lang)} = {quote(text)}" for lang, text in (responses.question or {}).items()]
    lines.append(f"items = [{', '.join(quote(item) for item in responses.items)}]")
    if chosen is not None:
        lines.append(f"chosen = {quote(chosen) if isinstance(chosen, str) else _number(chosen)}")
    return "\n".join([_table("response_sets", responses.name), *lines])


def _scale_key(variable: Variable) -> str:
    return repr(_format_scale(["x"], [], variable))


def _shared_scales(variables: Iterable[Variable]) -> dict[str, tuple[str, Variable]]:
    """Return, by content, the name and a carrier of every set of labels that at least two variables share."""
    users: dict[str, list[Variable]] = {}
    for variable in variables:
        if len(variable.labels) + len(variable.missing) > 1:
            users.setdefault(_scale_key(variable), []).append(variable)
    return {key: (f"as_{group[0].name}", group[0]) for key, group in users.items() if len(group) > 1}


def _format_scale(table: list[str], lines: list[str], variable: Variable) -> list[str]:
    lines = list(lines)
    codes = (*variable.labels, *variable.missing)
    texts = [code for code in codes if isinstance(code, str)]
    if texts and (len(texts) == len(codes) or any(parse_code(code) != code for code in texts)):
        lines.append('type = "text"')
    if variable.measure:
        lines.append(f"measure = {quote(variable.measure)}")
    if variable.missing_ranges:
        pairs = ", ".join(f"[{_number(low)}, {_number(high)}]" for low, high in variable.missing_ranges)
        lines.append(f"missing_ranges = [{pairs}]")
    blocks = ["\n".join([_table(*table), *lines])]
    for kind, labels in (("labels", variable.labels), ("missing", variable.missing)):
        rows = [line for code, texts in labels.items() for line in _format_code(code, texts)]
        if rows:
            blocks.append("\n".join([_table(*table, kind), *rows]))
    return blocks


def _format_code(code: Code, texts: Texts) -> list[str]:
    key = code if isinstance(code, str) else _number(code)
    if not texts:
        return [f"{_key(key)} = {{}}"]
    if set(texts) == {UNDETERMINED}:
        return [f"{_key(key)} = {quote(pick_text(texts))}"]
    return [f"{_dotted(key, lang)} = {quote(text)}" for lang, text in texts.items()]


def _number(value: float) -> str:
    return str(as_code(value)) if math.isfinite(value) else ("inf" if value > 0 else "-inf")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quote(name)


def _dotted(name: str, lang: str) -> str:
    return f"{_key(name)}.{_key(lang)}"


def _table(*names: str) -> str:
    return f"[{'.'.join(_key(name) for name in names)}]"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def quote(text: str) -> str:
    """Return text as a TOML basic string on one line."""
    escaped = (
        _ESCAPES.get(mark) or (mark if mark >= " " and without_controls(mark) else f"\\u{ord(mark):04X}")
        for mark in text.encode("utf-8", "replace").decode("utf-8")
    )
    return f'"{"".join(escaped)}"'
