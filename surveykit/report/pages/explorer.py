"""One page in which a person without Python looks around in a survey."""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from surveykit._checks import check_share
from surveykit.design import SurveyDesign
from surveykit.files.seal import seal
from surveykit.files.writing import check_target, write_bytes_together
from surveykit.formatting import without_controls
from surveykit.report.disclosure import MINIMUM_N
from surveykit.report.pages.explorer_content import Content, choose, explorer_content
from surveykit.survey import Survey, known_hashes
from surveykit.words.explorer import page_words
from surveykit.words.pages import LANGUAGES, Lang, check_language, word


def write_explorer(
    data: SurveyDesign | Survey,
    path: str | Path,
    *,
    questions: str | Sequence[str] | None = None,
    groups: str | Sequence[str] | None = None,
    title: str | None = None,
    lang: Lang = "en",
    minimum_n: int = MINIMUM_N,
    confidence: float = 0.95,
) -> Path:
    """Write one page in which a person without Python picks a question and a group and sees the weighted figure.

    Parameters
    ----------
    data : SurveyDesign or Survey
        A survey is weighted by the weight that its file names, and taken as drawn person by person: pass a design with
        its clusters wherever settlements were drawn.
    path : str or Path
        Ending in .html.
    questions : str or sequence of str, optional
        Columns to show. By default all whose codes have labels, numbers of at most 11 whole values, texts of at most 11
        kinds each given by at least `minimum_n` respondents (shown in percent), and what the codebook calls a scale
        (shown as means). Ordered answers and unlabelled numbers are shown both ways. What is left out, and why, the
        page says.
    groups : str or sequence of str, optional
        Columns by which answers are shown, one at a time, of 2 to 30 values. By default the first five labelled columns
        of two to six answers without codes for missing ones, which the page says; ``[]`` for none.
    title : str, optional
        By default that of the codebook.
    lang : {"en", "ru", "kk"}
        Language in which the page opens; readers switch it.
    minimum_n : int
        Respondents that a cell must rest on, as in `hide_small_cells`.
    confidence : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    WriteError
        When the name does not end in .html, or the file cannot be written or is one that surveykit did not write.
    ColumnError
        When a question or group is no column.
    ArgumentError
        When a question that is named cannot be shown, a group has one value or more than 30, or nothing is left.

    Notes
    -----
    Everything is computed before: the page holds the cells that it shows, rounded, and no respondent. Cells of few
    respondents and those that would tell them are hidden under one mask over all tables of the page
    (`hide_together`), and are not in the file. The page reaches no network and says so to the browser (a content
    security policy); it works from the disk, with the keyboard, with a screen reader, on a phone and in print. The part
    of its address behind # names what is shown, so that a link leads there: ``page.html#q=trust&by=sex&lang=kk``.

    The same data give the same bytes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     items = ["trust_akim", "will_vote"]
    ...     page = sk.write_explorer(design, pathlib.Path(folder) / "ili.html", questions=items, groups=["akim", "sex"])
    ...     print(page.stat().st_size < 2_000_000)
    ...
    True
    """
    target = check_target(path, (".html",))
    check_language(lang)
    check_share(confidence, "confidence")
    design = (
        data
        if isinstance(data, SurveyDesign)
        else SurveyDesign(data.with_missing_codes(), weight=data.provenance.weight)
    )
    chosen = choose(design, questions, groups, minimum_n)
    content = explorer_content(design, chosen, minimum_n=minimum_n, confidence=confidence, title=title)
    page = seal(without_controls(explorer_page(content, lang)).encode("utf-8"), ".html")
    write_bytes_together({target: page}, answers=known_hashes(design.survey.provenance))
    return target


def explorer_page(content: Content, lang: str) -> str:
    """Return the page around what it shows."""
    words = {one: {**page_words(one), "data_status": word("data_status", one)} for one in LANGUAGES}
    style, script = _part("explorer.css"), _part("explorer.js")
    title = content["title"] if isinstance(content["title"], str) else content["title"][LANGUAGES.index(lang)]
    return (
        jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
        .from_string(_part("explorer.html"))
        .render(
            lang=lang,
            title=title,
            simulated=content["simulated"],
            policy=f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {_digest(style)}; script-src {_digest(script)}",
            style=style,
            script=script,
            content=_json({"languages": LANGUAGES, "lang": lang, "words": words, **content}),
            no_script=[(one, words[one]["no_script"]) for one in LANGUAGES],
        )
    )


def _part(name: str) -> str:
    return files("surveykit.report.pages").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return how a content security policy names a style or script that may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"


def _json(content: Any) -> str:
    """Return JSON that may stand inside a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")
