"""The ledger as one page of HTML: every published statement, its recomputed value, its verdict."""

import html
from pathlib import Path

from surveykit.files.writing import write_text_whole
from surveykit.formatting import without_controls
from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.rounding import show_value
from surveykit.words.messages import said_in
from surveykit.words.pages import word

COLUMNS = (
    "ledger_claim", "ledger_source", "ledger_statement", "ledger_published", "ledger_recomputed", "ledger_verdict",
    "ledger_why",
)  # fmt: skip
VERDICTS = {
    "reproduced": "ledger_reproduced",
    "differs": "ledger_differs",
    "undecided": "ledger_undecided",
    "not recomputable": "ledger_not_recomputable",
    "open": "ledger_open",
}
"""Key of the words of each verdict."""
CAUGHT = {"computed": "caught_computed", "quotation": "caught_quotation", "no": "caught_no"}
"""Key of the words of what notices a changed digit."""
PLAIN_UNITS = ("date", "year", "month")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;
border-bottom:1px solid #d5d5d5}thead th{border-bottom:2px solid #1b1b1b}.v{white-space:nowrap;font-weight:600}
.reproduced{color:#0b5e2b}.differs{color:#8a2b06}.not-recomputable,.undecided{color:#4a4a4a}.open,.surprise{color:#a3001b}
.banner{border:2px solid #a3001b;padding:.5rem 1rem;font-weight:600}.num{font-variant-numeric:tabular-nums}
th[scope=row],.num{white-space:nowrap}q{color:#4a4a4a;font-style:italic}
.count{display:inline-block;margin-right:1.5rem}@media print{body{margin:0;font-size:12px}}
"""


def ledger_page(ledger: Ledger, *, title: str, lang: str = "en", simulated: bool = False) -> str:
    """Return the ledger as a self-contained HTML page."""
    verdicts = {verdict: word(key, lang) for verdict, key in VERDICTS.items()}
    name = f"{word('ledger', lang)}: {title}"
    counts = "".join(
        f'<span class="count {_css(verdict)}"><b>{number}</b> {verdicts[verdict]}</span>'
        for verdict, number in ledger.count().items()
        if number
    )
    asked = any(claim.caught for claim in ledger)
    columns = (*COLUMNS, "ledger_caught") if asked else COLUMNS
    head = "".join(f'<th scope="col">{html.escape(word(column, lang))}</th>' for column in columns)
    rows = "\n".join(
        _row(claim, verdicts, word("ledger_surprise", lang), _caught(claim, lang) if asked else None, lang)
        for claim in ledger
    )
    note = f"<p>{html.escape(word('ledger_caught_note', lang))}</p>\n" if asked else ""
    warning = f'<p class="banner">{html.escape(word("simulated", lang))}</p>\n' if simulated else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(name)}</h1>\n{warning}<p>{counts}</p>\n{note}"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def write_ledger_page(
    ledger: Ledger, path: str | Path, *, title: str, lang: str = "en", simulated: bool = False
) -> Path:
    """Write the ledger as a self-contained HTML page."""
    return write_text_whole(without_controls(ledger_page(ledger, title=title, lang=lang, simulated=simulated)), path)


def _row(claim: Claim, verdicts: dict[str, str], surprise: str, caught: str | None, lang: str) -> str:
    mark = "" if claim.as_expected else f' <span class="surprise">({html.escape(surprise)})</span>'
    source = ", ".join(part for part in (claim.source, claim.locator) if part)
    unit = f" {claim.unit}" if claim.published and claim.unit not in ("", *PLAIN_UNITS) else ""
    note = "; ".join(said_in(part, lang) for part in dict.fromkeys((claim.why, claim.note)) if part)
    cells = [
        html.escape(source),
        html.escape(claim.statement) + (f"<br><q>{html.escape(claim.quotation)}</q>" if claim.quotation else ""),
        f'<span class="num">{html.escape(claim.published + unit)}</span>',
        f'<span class="num">{html.escape(show_value(claim.recomputed, claim.rounding))}</span>',
        f'<span class="v {_css(claim.verdict)}">{verdicts[claim.verdict]}</span>{mark}',
        html.escape(note),
    ] + ([] if caught is None else [html.escape(caught)])
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{html.escape(claim.claim_id)}</th>{row}</tr>'


def _caught(claim: Claim, lang: str) -> str:
    """Return in one language what notices a changed digit: "by computation, 7/36; by the quotation"."""
    told = []
    for mark in filter(None, claim.caught.split(";")):
        name, _, share = mark.partition(" ")
        told.append(", ".join(part for part in (word(CAUGHT[name], lang), share) if part))
    return "; ".join(told) or "\N{EN DASH}"


def _css(verdict: str) -> str:
    return verdict.replace(" ", "-")
