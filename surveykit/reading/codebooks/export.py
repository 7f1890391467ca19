"""A codebook for other eyes: CSV, a page, DDI-Codebook XML, TOML."""

import html
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_option, check_weights, suggest
from surveykit.codebook import UNDETERMINED, Code, Codebook, Texts, as_code, pick_text
from surveykit.errors import ArgumentError, ColumnError
from surveykit.files.reading import PathLike
from surveykit.files.writing import write_text_whole
from surveykit.formatting import without_controls
from surveykit.reading.codebook_file import check_codebook_target, format_codebook
from surveykit.reading.codebooks.ddi import Row, format_ddi
from surveykit.spreadsheet_text import csv_rows
from surveykit.survey import Survey, known_hashes
from surveykit.words.pages import texts_of
from surveykit.words.simulated import SIMULATED_SENTENCE

Format = Literal["toml", "csv", "html", "ddi"]
BY_EXTENSION: dict[str, Format] = {"toml": "toml", "csv": "csv", "html": "html", "htm": "html", "xml": "ddi"}
MOST_CODES = 60
STYLE = "body{font:15px/1.45 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a}table{border-collapse:collapse;margin:.3rem 0 1.2rem}td,th{border-bottom:1px solid #ddd;padding:.15rem .8rem .15rem 0;text-align:left;vertical-align:top}td.n,th.n{text-align:right}h2{margin:1.4rem 0 .2rem;font-size:1.05rem}.missing td{color:#666}.simulated{background:#fff3cd;border:1px solid #b58900;padding:.5rem .8rem;font-weight:bold}"


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
        A file that is there is replaced only when surveykit wrote it and nobody changed it since.
    format : {"toml", "csv", "html", "ddi"}, optional
        By default what the extension says (.toml, .csv, .html, .xml).
    lang : str, optional
        Language of the page (without it, the page shows every language side by side), and the first of the others.
    weights : str, optional
        Column of weights, for weighted counts beside the plain ones; by default the file's own weight.

    Raises
    ------
    ArgumentError
        When neither `format` nor the extension of `path` names a kind, or a column of weights holds negative numbers.
    ColumnError
        When `weights` names no column, or one that holds no numbers.
    WriteError
        When the file cannot be written, or is a codebook that was edited by hand.

    Notes
    -----
    CSV has one row per code. DDI is DDI-Codebook 2.5 (``stdyDscr`` and ``dataDscr``), with ``xml:lang`` on every text
    and missing codes marked twice, in ``invalrng`` and as ``catgry missing="Y"``; a response set is a ``varGrp`` of
    type ``multipleResp``, and how an answer was got is a ``collMode`` that its variable refers to. A label that begins
    like a formula gets an apostrophe in front in the CSV, so that a spreadsheet shows it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> q1 = sk.Variable("q1", "The akim listens", labels={1: "No", 2: "Yes"}, missing={9: "refused"})
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, 9]}), sk.Codebook.of([q1])).with_missing_codes()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sk.export_codebook(survey, pathlib.Path(folder) / "codebook.csv")
    ...     print((pathlib.Path(folder) / "codebook.csv").read_text(encoding="utf-8").splitlines()[0])
    ...
    variable,question_und,measure,kind,code,label_und,n,n_weighted,simulated,universe,mode
    """
    chosen = format or BY_EXTENSION.get(str(path).rpartition(".")[2].lower())
    if chosen is None:
        raise ArgumentError(
            f"the extension of {str(path)!r} names no codebook format; use .toml, .csv, .html, .xml or `format=`"
        )
    answers = known_hashes(survey.provenance) if isinstance(survey, Survey) else []
    text = render_codebook(survey, chosen, lang=lang, weights=weights)
    if chosen == "toml":
        check_codebook_target(path)
    write_text_whole(text, path, answers=answers)


def render_codebook(
    survey: Survey | Codebook, format: Format, *, lang: str | None = None, weights: str | None = None
) -> str:
    """Return the codebook as text; `export_codebook` writes it to a file and says what the parameters mean.

    Parameters
    ----------
    survey, format, lang, weights
        As in `export_codebook`.

    Returns
    -------
    str

    Raises
    ------
    ArgumentError, ColumnError
        As in `export_codebook`.

    Examples
    --------
    >>> import surveykit as sk
    >>> book = sk.Codebook.of([sk.Variable("q1", {"en": "Do you?"}, {1: {"en": "Yes"}})])
    >>> print(sk.render_codebook(book, "toml"))
    [variables.q1]
    question.en = "Do you?"
    <BLANKLINE>
    [variables.q1.labels]
    1.en = "Yes"
    <BLANKLINE>
    """
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
    page = _as_html(given, rows, lang, weight) if format == "html" else format_ddi(given, rows, lang, weight)
    return without_controls(page)


def _count_codes(survey: Survey, weight: str | None) -> list[Row]:
    """Return one row per code of every column; a column of many unlabelled values has one row of valid answers."""
    if weight is not None and weight not in survey.frame.columns:
        raise ColumnError(f"`weights` names {weight!r}, which is not a column{suggest(weight, survey.frame.columns)}")
    survey = survey.with_missing_codes()
    w = np.ones(len(survey)) if weight is None else check_weights(survey.frame[weight], "weights")
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
        here = values.notna().to_numpy(dtype=bool)
        if codes:
            here = here & ~values.isin(codes).to_numpy(dtype=bool)  # truth and not 0 and 1, which would be places in w
        if not codes or here.any():
            texts = texts_of("label_other_values") if codes else {}
            rows.append((variable, "valid", None, texts, int(here.sum()), float(w[here].sum())))
        reasons = survey.missing_reasons.get(name, pd.Series(dtype=float))
        explained = values.index.isin(reasons.index)
        for code in dict.fromkeys([*variable.missing, *(as_code(value) for value in reasons.unique())]):
            here = values.index.isin(reasons.index[(reasons == code).to_numpy(dtype=bool)])
            texts = variable.missing.get(code, {})
            rows.append((variable, "missing", code, texts, int(here.sum()), float(w[here].sum())))
        empty = values.isna().to_numpy() & ~explained
        rows.append((variable, "empty", None, texts_of("empty"), int(empty.sum()), float(w[empty].sum())))
    return rows


def _is_moment(values: pd.Series) -> bool:
    kinds = pd.api.types
    return bool(kinds.is_datetime64_any_dtype(values.dtype) or kinds.is_timedelta64_dtype(values.dtype))


def _list_codes(book: Codebook) -> list[Row]:
    rows: list[Row] = []
    for variable in book.variables.values():
        coded: list[tuple[str, Code | None, Texts]]
        coded = [
            (kind, code, texts)
            for kind, given in (("valid", variable.labels), ("missing", variable.missing))
            for code, texts in given.items()
        ]
        rows += [(variable, *one, None, None) for one in coded or [("valid", None, {})]]
    return rows


def _languages(book: Codebook, lang: str | None) -> list[str]:
    found = list(book.languages) or [UNDETERMINED]
    return [lang, *(other for other in found if other != lang)] if lang in found else found


def _as_csv(survey: Survey, rows: Sequence[Row], lang: str | None) -> str:
    languages = _languages(survey.codebook, lang)
    table: list[Sequence[Any]] = [
        [
            "variable",
            *(f"question_{one}" for one in languages),
            "measure",
            "kind",
            "code",
            *(f"label_{one}" for one in languages),
            "n",
            "n_weighted",
            "simulated",
            "universe",
            "mode",
        ]
    ]
    for variable, kind, code, texts, n, weighted in rows:
        table.append(
            [
                variable.name,
                *(variable.question.get(one, "") for one in languages),
                variable.measure or "",
                kind,
                "" if code is None else code,
                *(texts.get(one, "") for one in languages),
                "" if n is None else n,
                "" if weighted is None else f"{weighted:.10g}",
                "SIMULATED" if survey.provenance.simulated else "",
                pick_text(variable.universe, lang),
                pick_text(variable.mode, lang),
            ]
        )
    return csv_rows(table)


def _as_html(survey: Survey, rows: Sequence[Row], lang: str | None, weight: str | None) -> str:
    title = pick_text(survey.codebook.title, lang, survey.provenance.source)
    parts = [
        f'<!DOCTYPE html><html lang="{html.escape(lang or "en")}"><head><meta charset="utf-8">',
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>",
    ]
    if survey.provenance.simulated:
        parts.append(f'<p class="simulated">{SIMULATED_SENTENCE}</p>')
    said = f"weighted by {weight}" if weight else "unweighted"
    parts.append(
        f"<p>{html.escape(survey.provenance.source)}, {len(survey)} rows, SHA-256 {survey.provenance.sha256 or 'unknown'}; weighted counts: {html.escape(said)}.</p>"
    )
    shown: list[str | None] = [lang] if lang else [*_languages(survey.codebook, None)]
    heads = "".join(f"<th>label{f' ({one})' if len(shown) > 1 else ''}</th>" for one in shown)
    for name in dict.fromkeys(row[0].name for row in rows):
        mine = [row for row in rows if row[0].name == name]
        asked = dict.fromkeys(mine[0][0].ask(one) for one in shown)
        questions = "".join(f"<p>{html.escape(text)}</p>" for text in asked)
        about = dict.fromkeys(
            pick_text(texts, one) for texts in (mine[0][0].universe, mine[0][0].mode) if texts for one in shown
        )
        questions += f"<p><small>{html.escape('; '.join(about))}</small></p>" if about else ""
        parts.append(
            f'<h2>{html.escape(name)}</h2>{questions}<table><tr><th>code</th>{heads}<th class="n">n</th><th class="n">weighted</th></tr>'
        )
        for _, kind, code, texts, n, weighted in mine:
            cells = ["" if code is None else str(code), *(pick_text(texts, one) for one in shown)]
            counts = ["" if n is None else f"{n:,}", "" if weighted is None else f"{weighted:,.1f}"]
            parts.append(
                f'<tr class="{kind}">'
                + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
                + "".join(f'<td class="n">{count}</td>' for count in counts)
                + "</tr>"
            )
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>", ""])
