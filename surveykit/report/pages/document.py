"""A report in one file: texts, tables, figures, and where the numbers come from."""

from collections.abc import Iterable
from pathlib import Path

from surveykit.files.seal import seal
from surveykit.files.writing import check_target, safe_name, write_bytes_together
from surveykit.formatting import without_controls
from surveykit.report.pages.exhibits import Part, Report, figure_bytes, make_report
from surveykit.report.pages.html_document import html_page
from surveykit.report.pages.latex_document import latex_document
from surveykit.report.pages.markdown_document import markdown_document
from surveykit.report.pages.word_file import word_document

FIGURE_KIND = {".html": None, ".docx": None, ".md": "svg", ".tex": "pdf"}
"""Kinds of report, and the kind of figure files that lie beside those which cannot hold figures themselves."""


def write_report(
    parts: Iterable[Part],
    path: str | Path,
    *,
    title: str,
    lang: str = "en",
    subtitle: str = "",
    digits: int = 3,
) -> Path:
    """Write a report: texts, tables, figures, and where the numbers come from.

    Parameters
    ----------
    parts : iterable of str, Result, DataFrame, Axes or Exhibit
        In reading order. A text that begins with "# " or "## " is a heading; blank lines separate paragraphs.
        `Exhibit(content, caption)` gives a table or figure a caption of its own.
    path : str or Path
        Ending in .html (one page that needs nothing else), .docx (needs python-docx), .md or .tex (XeLaTeX or
        LuaLaTeX); beside the last two lie the figures, named `<report>-figure1.svg` or `.pdf`.
    title, subtitle : str
        Headings of the page.
    lang : {"en", "ru", "kk"}
        Language of headings, labels and notes that surveykit writes.
    digits : int
        Decimals in tables.

    Returns
    -------
    Path
        Of the report.

    Raises
    ------
    WriteError
        When the name has another ending, the file cannot be written (nothing half-written stays), or a page or figure
        is there that surveykit did not write, that was changed since, or that belongs to another report.
    ArgumentError
        When `parts` is no list of texts, results, tables, figures and exhibits.
    MissingExtraError
        When python-docx is absent; the message holds the line that installs it.

    Notes
    -----
    The page needs no network and no script. If any number rests on simulated answers, a banner says so. The same
    parts give the same bytes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 2, 3, 4, 2, 5], "village": list("AABBCC")})
    >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "trust")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = sk.write_report(["# Trust", result], pathlib.Path(folder) / "report.md", title="Ili 2023")
    ...     print(path.read_text(encoding="utf-8").splitlines()[0])
    ...
    # Ili 2023
    """
    target = check_target(path, tuple(FIGURE_KIND))
    report = make_report(parts, title=title, subtitle=subtitle, lang=lang, digits=digits)
    kind = FIGURE_KIND[target.suffix.lower()]
    names = {figure.number: f"{safe_name(target.stem)}-figure{figure.number}.{kind}" for figure in report.figures}
    content = _content(target.suffix.lower(), report, names)
    files = {
        target.parent / names[figure.number]: seal(figure_bytes(figure, kind), f".{kind}", target.name)
        for figure in report.figures
        if kind is not None
    }
    write_bytes_together({**files, target: content}, answers=report.answers)
    return target


def _content(suffix: str, report: Report, names: dict[int, str]) -> bytes:
    if suffix == ".docx":
        return word_document(report)
    if suffix == ".html":
        text = html_page(report)
    else:
        text = (markdown_document if suffix == ".md" else latex_document)(report, names)
    return seal(without_controls(text).encode("utf-8"), suffix)
