"""A codebook for other eyes: CSV, a page, DDI-Codebook XML, TOML."""

import csv
import html
import io
import math
import re
from collections.abc import Sequence
from typing import Any, Literal
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_numeric, check_option, suggest
from surveykit.codebook import UNDETERMINED, Code, Codebook, Texts, Variable, as_code, pick_text
from surveykit.errors import ArgumentError, ColumnError
from surveykit.reading.codebook_file import format_codebook
from surveykit.reading.files import PathLike, write_text_whole
from surveykit.survey import Survey

Format = Literal["toml", "csv", "html", "ddi"]
BY_EXTENSION: dict[str, Format] = {"toml": "toml", "csv": "csv", "html": "html", "htm": "html", "xml": "ddi"}
DDI = "ddi:codebook:2_5"
XML = "http://www.w3.org/XML/1998/namespace"
MOST_CODES = 60
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SIMULATED_WORDS = "SIMULATED answers, made by a program. They are not findings."
STYLE = (
    "body{font:15px/1.45 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:.3rem 0 1.2rem}"
    "td,th{border-bottom:1px solid #ddd;padding:.15rem .8rem .15rem 0;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right}h2{margin:1.4rem 0 .2rem;font-size:1.05rem}.missing td{color:#666}"
    ".simulated{background:#fff3cd;border:1px solid #b58900;padding:.5rem .8rem;font-weight:bold}"
)


def export_codebook(
    survey: Survey | Codebook,
    path: PathLike,
    *,
    format: Format | None = None,
    lang: str | None = None,
    weights: str | None = None,
) -> None:
    """Write what the columns of a survey ask and what their codes mean, with the number of answers of each.

    Parameters
    ----------
    survey : Survey or Codebook
        With a survey, every code carries its count; with a codebook alone, there are no counts.
    path : path
    format : {"toml", "csv", "html", "ddi"}, optional
        By default what the extension says (.toml, .csv, .html, .xml).
    lang : str, optional
        Language of the page (without it, the page shows every language side by side), and the first of the others.
    weights : str, optional
        Column of weights, for weighted counts beside the plain ones; by default the file's own weight.

    Notes
    -----
    CSV has one row per code. DDI is DDI-Codebook 2.5 (``stdyDscr`` and ``dataDscr``), with ``xml:lang`` on every text
    and missing codes marked twice, in ``invalrng`` and as ``catgry missing="Y"``. A label that begins like a formula
    gets an apostrophe in front in the CSV, so that a spreadsheet shows it.
    """
    chosen = format or BY_EXTENSION.get(str(path).rpartition(".")[2].lower())
    if chosen is None:
        raise ArgumentError(f"the extension of {str(path)!r} names no codebook format; use .toml, .csv, .html, .xml "
                            "or `format=`")
    write_text_whole(render_codebook(survey, chosen, lang=lang, weights=weights), path)


def render_codebook(
    survey: Survey | Codebook, format: Format, *, lang: str | None = None, weights: str | None = None
) -> str:
    """Return the codebook as text; `export_codebook` writes it to a file and says what the parameters mean."""
    check_option(format, ("toml", "csv", "html", "ddi"), "format")
    given = survey if isinstance(survey, Survey) else Survey(pd.DataFrame(columns=list(survey)), survey)
    weight = weights or given.provenance.weight
    if weights is not None:
        check_columns(given.frame, [weights], "weights")
    if format == "toml":
        book = given.codebook.keep(given.frame.columns) if isinstance(survey, Survey) else survey
        return format_codebook(book, simulated=given.provenance.simulated, weight=given.provenance.weight)
    rows = _count_codes(given, weight) if isinstance(survey, Survey) else _list_codes(survey)
    if format == "csv":
        return _as_csv(given, rows, lang)
    return _as_html(given, rows, lang, weight) if format == "html" else _as_ddi(given, rows, lang, weight)


Row = tuple[Variable, str, Code | None, Texts, int | None, float | None]
"""Variable, kind ("valid", "missing", "empty"), code, its texts, count, weighted count."""

EMPTY_TEXTS = {"en": "empty", "ru": "пусто", "kk": "бос"}


def _count_codes(survey: Survey, weight: str | None) -> list[Row]:
    """Return one row per code of every column; a column of many unlabelled values has one row of valid answers."""
    if weight is not None and weight not in survey.frame.columns:
        raise ColumnError(f"`weights` names {weight!r}, which is not a column{suggest(weight, survey.frame.columns)}")
    w = np.ones(len(survey)) if weight is None else np.nan_to_num(check_numeric(survey.frame[weight], "weights"))
    rows: list[Row] = []
    for name in survey.frame.columns:
        variable, values = survey.codebook[name], survey.frame[name]
        listed = list(variable.labels)
        found = {as_code(v) for v in values.dropna().unique()} if listed and not _is_moment(values) else set()
        found = found if len(found) <= MOST_CODES else set()
        codes = sorted({*listed, *found}, key=lambda code: (isinstance(code, str), code))
        for code in codes:
            here = (values == code).fillna(False).to_numpy(dtype=bool)
            texts = variable.labels.get(code, {})
            rows.append((variable, "valid", code, texts, int(here.sum()), float(w[here].sum())))
        if not codes:
            here = values.notna().to_numpy()
            rows.append((variable, "valid", None, {}, int(here.sum()), float(w[here].sum())))
        reasons = survey.missing_reasons.get(name, pd.Series(dtype=float))
        explained = values.index.isin(reasons.index)
        for code in dict.fromkeys([*variable.missing, *(as_code(value) for value in reasons.unique())]):
            here = values.index.isin(reasons.index[(reasons == code).to_numpy(dtype=bool)])
            texts = variable.missing.get(code, {})
            rows.append((variable, "missing", code, texts, int(here.sum()), float(w[here].sum())))
        empty = values.isna().to_numpy() & ~explained
        rows.append((variable, "empty", None, EMPTY_TEXTS, int(empty.sum()), float(w[empty].sum())))
    return rows


def _is_moment(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(values.dtype) or pd.api.types.is_timedelta64_dtype(values.dtype)


def _list_codes(book: Codebook) -> list[Row]:
    return [(variable, kind, code, texts, None, None) for variable in book.variables.values()
            for kind, given in (("valid", variable.labels), ("missing", variable.missing))
            for code, texts in given.items()]


def _languages(book: Codebook, lang: str | None) -> list[str]:
    found = list(book.languages) or [UNDETERMINED]
    return [lang, *(other for other in found if other != lang)] if lang in found else found


def _as_csv(survey: Survey, rows: Sequence[Row], lang: str | None) -> str:
    languages = _languages(survey.codebook, lang)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["variable", *(f"question_{one}" for one in languages), "measure", "kind", "code",
                     *(f"label_{one}" for one in languages), "n", "n_weighted", "simulated"])
    for variable, kind, code, texts, n, weighted in rows:
        cells = [variable.name, *(variable.question.get(one, "") for one in languages), variable.measure or "", kind,
                 "" if code is None else code, *(texts.get(one, "") for one in languages),
                 "" if n is None else n, "" if weighted is None else f"{weighted:.10g}",
                 "SIMULATED" if survey.provenance.simulated else ""]
        writer.writerow([_safe(cell) for cell in cells])
    return stream.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _as_html(survey: Survey, rows: Sequence[Row], lang: str | None, weight: str | None) -> str:
    title = pick_text(survey.codebook.title, lang, survey.provenance.source)
    parts = [f'<!DOCTYPE html><html lang="{html.escape(lang or "en")}"><head><meta charset="utf-8">',
             f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>"]
    if survey.provenance.simulated:
        parts.append(f'<p class="simulated">{SIMULATED_WORDS}</p>')
    said = f"weighted by {weight}" if weight else "unweighted"
    parts.append(f"<p>{html.escape(survey.provenance.source)}, {len(survey)} rows, SHA-256 "
                 f"{survey.provenance.sha256 or 'unknown'}; weighted counts: {html.escape(said)}.</p>")
    shown: list[str | None] = [lang] if lang else [*_languages(survey.codebook, None)]
    heads = "".join(f"<th>label{f' ({one})' if len(shown) > 1 else ''}</th>" for one in shown)
    for name in dict.fromkeys(row[0].name for row in rows):
        mine = [row for row in rows if row[0].name == name]
        asked = dict.fromkeys(mine[0][0].ask(one) for one in shown)
        questions = "".join(f"<p>{html.escape(text)}</p>" for text in asked)
        parts.append(f"<h2>{html.escape(name)}</h2>{questions}<table>"
                     f'<tr><th>code</th>{heads}<th class="n">n</th><th class="n">weighted</th></tr>')
        for _, kind, code, texts, n, weighted in mine:
            cells = ["" if code is None else str(code), *(pick_text(texts, one) for one in shown)]
            counts = ["" if n is None else f"{n:,}", "" if weighted is None else f"{weighted:,.1f}"]
            parts.append(f'<tr class="{kind}">' + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
                         + "".join(f'<td class="n">{count}</td>' for count in counts) + "</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>", ""])


def _as_ddi(survey: Survey, rows: Sequence[Row], lang: str | None, weight: str | None) -> str:
    """Return DDI-Codebook 2.5; the children of `var` stand in the order of its schema."""
    ElementTree.register_namespace("", DDI)
    root = ElementTree.Element(f"{{{DDI}}}codeBook", {"version": "2.5"})
    study = _add(root, "stdyDscr")
    statement = _add(_add(study, "citation"), "titlStmt")
    title = pick_text(survey.codebook.title, lang, survey.provenance.source)
    _add(statement, "titl", f"SIMULATED: {title}" if survey.provenance.simulated else title)
    data = _add(root, "dataDscr")
    ids = _identifiers([str(name) for name in survey.frame.columns])
    for name in dict.fromkeys(row[0].name for row in rows):
        mine = [row for row in rows if row[0].name == name]
        _add_variable(data, mine, ids, lang, weight, survey)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _identifiers(names: Sequence[str]) -> dict[str, str]:
    """Return an XML identifier for every variable; a letter, digits and no two alike."""
    return {name: f"V{number}" for number, name in enumerate(names, 1)}


def _add_variable(data: ElementTree.Element, rows: Sequence[Row], ids: dict[str, str], lang: str | None,
                  weight: str | None, survey: Survey) -> None:
    variable = rows[0][0]
    nominal = variable.measure in ("nominal", "ordinal") or bool(variable.labels)
    attributes = {"ID": ids[variable.name], "name": _xml(variable.name), "intrvl": "discrete" if nominal else "contin"}
    if variable.measure:
        attributes["nature"] = {"scale": "ratio"}.get(variable.measure, variable.measure)
    if variable.name == weight:
        attributes["wgt"] = "wgt"
    elif weight in ids:
        attributes["wgt-var"] = ids[weight]
    element = _add(data, "var", attributes=attributes)
    _add_texts(element, "labl", variable.question)
    if variable.question:
        question = _add(element, "qstn")
        _add_texts(question, "qstnLit", variable.question)
    codes = [code for _, kind, code, *_ in rows if kind == "missing"]
    if codes or variable.missing_ranges:
        invalid = _add(element, "invalrng")
        for code in codes:
            _add(invalid, "item", attributes={"VALUE": _xml(str(code))})
        for low, high in variable.missing_ranges:
            ends = {"min": f"{low:g}"} if math.isfinite(low) else {}
            ends |= {"max": f"{high:g}"} if math.isfinite(high) else {}
            _add(invalid, "range", attributes=ends)
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
    texts_only = not variable.labels and not pd.api.types.is_numeric_dtype(survey.frame[variable.name].dtype)
    _add(element, "varFormat", attributes={"type": "character" if texts_only else "numeric"})


def _add_texts(parent: ElementTree.Element, tag: str, texts: Texts) -> None:
    for lang, text in texts.items():
        _add(parent, tag, text, {} if lang == UNDETERMINED else {f"{{{XML}}}lang": lang})


def _add(parent: ElementTree.Element, tag: str, text: str = "", attributes: dict[str, str] | None = None) -> Any:
    element = ElementTree.SubElement(parent, f"{{{DDI}}}{tag}", attributes or {})
    element.text = _xml(text) or None
    return element


def _xml(text: str) -> str:
    """Return text without the control characters that XML forbids."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)
