"""A codebook as DDI-Codebook 2.5, the XML that data archives read."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from surveykit.codebook import UNDETERMINED, Code, ResponseSet, Texts, Variable, pick_text
from surveykit.formatting import without_controls
from surveykit.survey import Survey

Row = tuple[Variable, str, Code | None, Texts, int | None, float | None]
"""Variable, kind ("valid", "missing", "empty"), code, its texts, count, weighted count."""

DDI = "ddi:codebook:2_5"
XML = "http://www.w3.org/XML/1998/namespace"
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""What `xml:lang` may hold (xs:language)."""


def format_ddi(survey: Survey, rows: Sequence[Row], lang: str | None, weight: str | None) -> str:
    """Return DDI-Codebook 2.5; the children of every element stand in the order of its schema.

    References
    ----------
    DDI Alliance (2012). DDI-Codebook 2.5, XML schema ``codebook.xsd``.
    """
    ElementTree.register_namespace("", DDI)
    root = ElementTree.Element(f"{{{DDI}}}codeBook", {"version": "2.5"})
    study = _add(root, "stdyDscr")
    statement = _add(_add(study, "citation"), "titlStmt")
    title = pick_text(survey.codebook.title, lang, survey.provenance.source)
    _add(statement, "titl", f"SIMULATED: {title}" if survey.provenance.simulated else title)
    by_variable: dict[str, list[Row]] = {}
    for row in rows:
        by_variable.setdefault(row[0].name, []).append(row)
    modes = _add_modes(study, [mine[0][0] for mine in by_variable.values()])
    data = _add(root, "dataDscr")
    ids = _identifiers(list(by_variable))
    for number, responses in enumerate(survey.codebook.response_sets.values(), 1):
        if all(item in ids for item in responses.items):
            _add_group(data, responses, f"G{number}", ids)
    for mine in by_variable.values():
        _add_variable(data, mine, ids, modes, weight, survey)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _identifiers(names: Sequence[str]) -> dict[str, str]:
    """Return an XML identifier for every variable; a letter, digits and no two alike."""
    return {name: f"V{number}" for number, name in enumerate(names, 1)}


def _add_modes(study: ElementTree.Element, variables: Sequence[Variable]) -> dict[frozenset[tuple[str, str]], str]:
    """Add every mode of collection once, in each of its languages; return the identifiers that variables refer to."""
    modes: dict[frozenset[tuple[str, str]], str] = {}
    for variable in variables:
        if variable.mode and frozenset(variable.mode.items()) not in modes:
            if not modes:
                collection = _add(_add(study, "method"), "dataColl")
            key = f"M{len(modes) + 1}"
            modes[frozenset(variable.mode.items())] = " ".join(f"{key}.{n}" for n in range(1, len(variable.mode) + 1))
            for number, (lang, text) in enumerate(variable.mode.items(), 1):
                _add(collection, "collMode", text, {"ID": f"{key}.{number}"} | _language(lang))
    return modes


def _add_group(data: ElementTree.Element, responses: ResponseSet, key: str, ids: Mapping[str, str]) -> None:
    members = " ".join(ids[item] for item in responses.items)
    group = _add(
        data,
        "varGrp",
        attributes={"ID": key, "type": "multipleResp", "var": members, "name": without_controls(responses.name)},
    )
    _add_texts(group, "labl", responses.question or {})


def _add_variable(
    data: ElementTree.Element,
    rows: Sequence[Row],
    ids: Mapping[str, str],
    modes: Mapping[frozenset[tuple[str, str]], str],
    weight: str | None,
    survey: Survey,
) -> None:
    variable = rows[0][0]
    nominal = variable.measure in ("nominal", "ordinal") or bool(variable.labels)
    attributes = {
        "ID": ids[variable.name],
        "name": without_controls(variable.name),
        "intrvl": "discrete" if nominal else "contin",
    }
    if variable.measure:
        attributes["nature"] = {"scale": "ratio"}.get(variable.measure, variable.measure)
    if variable.name == weight:
        attributes["wgt"] = "wgt"
    elif weight is not None and weight in ids:
        attributes["wgt-var"] = ids[weight]
    if variable.mode:
        attributes["methrefs"] = modes[frozenset(variable.mode.items())]
    element = _add(data, "var", attributes=attributes)
    _add_texts(element, "labl", variable.question)
    if variable.question:
        _add_texts(_add(element, "qstn"), "qstnLit", variable.question)
    _add_missing(element, variable, [code for _, kind, code, *_ in rows if kind == "missing"])
    _add_texts(element, "universe", variable.universe)
    if rows[0][4] is not None:
        valid = sum(row[4] or 0 for row in rows if row[1] == "valid")
        _add(element, "sumStat", str(valid), {"type": "vald"})
        _add(element, "sumStat", str(len(survey) - valid), {"type": "invd"})
    for _, kind, code, texts, n, weighted in rows:
        if code is not None:
            category = _add(element, "catgry", attributes={"missing": "Y"} if kind == "missing" else {})
            _add(category, "catValu", str(code))
            _add_texts(category, "labl", texts)
            if n is not None:
                _add(category, "catStat", str(n), {"type": "freq"})
                if weight:
                    _add(category, "catStat", f"{weighted:.10g}", {"type": "freq", "wgtd": "wgtd"})
    _add(element, "varFormat", attributes=_format(variable, survey.frame[variable.name]))


def _add_missing(element: ElementTree.Element, variable: Variable, codes: Sequence[Code | None]) -> None:
    if codes or variable.missing_ranges:
        invalid = _add(element, "invalrng")
        for code in codes:
            _add(invalid, "item", attributes={"VALUE": without_controls(str(code))} | _units(code))
        for low, high in variable.missing_ranges:
            ends = {"min": f"{low:.15g}"} if math.isfinite(low) else {}
            ends |= {"max": f"{high:.15g}"} if math.isfinite(high) else {}
            whole = all(float(end).is_integer() for end in (low, high) if math.isfinite(end))
            _add(invalid, "range", attributes=ends if whole else {"UNITS": "REAL"} | ends)


def _units(code: Code | None) -> dict[str, str]:
    return {"UNITS": "REAL"} if isinstance(code, float) else {}


def _format(variable: Variable, values: pd.Series) -> dict[str, str]:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return {"type": "character", "category": "date"}
    coded = bool(variable.labels or variable.missing or variable.missing_ranges)
    texts_only = not pd.api.types.is_numeric_dtype(values.dtype) and (len(values) > 0 or not coded)
    return {"type": "character" if texts_only else "numeric"}


def _add_texts(parent: ElementTree.Element, tag: str, texts: Texts) -> None:
    for lang, text in texts.items():
        _add(parent, tag, text, _language(lang))


def _language(lang: str) -> dict[str, str]:
    return {f"{{{XML}}}lang": lang} if lang != UNDETERMINED and LANGUAGE.fullmatch(lang) else {}


def _add(parent: ElementTree.Element, tag: str, text: str = "", attributes: dict[str, str] | None = None) -> Any:
    element = ElementTree.SubElement(parent, f"{{{DDI}}}{tag}", attributes or {})
    element.text = without_controls(text) or None
    return element
