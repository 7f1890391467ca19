"""`surveykit report`: a comparison of settlements as a page, or as a folder with every table and figure."""

from pathlib import Path
from typing import Any

import click

import surveykit as sk
from surveykit.cli.data import check_outputs, run_comparison
from surveykit.cli.language import Speaking
from surveykit.cli.options import (
    FILE,
    LANGUAGES,
    codebook_option,
    comparison_roles,
    design_roles,
    json_option,
    quiet_option,
    survey_file,
)
from surveykit.cli.printing import data_status, echo_json, echo_written, simulated_line
from surveykit.cli.terminal import say
from surveykit.cli.tool import FINDING

PAGES = (".html", ".docx", ".md", ".tex")


@click.command(cls=Speaking)
@survey_file
@click.argument("outcomes", metavar="OUTCOME...", nargs=-1, required=True)
@comparison_roles
@design_roles
@codebook_option
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="A page (.html, .docx, .md, .tex), or a folder for page, tables and figures.",
)
@click.option("--title", help="Title of the report; by default the two kinds of settlement.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the report.")
@quiet_option
@json_option
def report(
    file: Path,
    outcomes: tuple[str, ...],
    codebook: Path | None,
    out: Path,
    title: str | None,
    lang: str,
    quiet: bool,
    as_json: bool,
    **roles: Any,
) -> int:
    """Write a report on settlements of two kinds: what they can answer, answers, differences, influence, weights.

    Exit code 1 when the settlements cannot answer the question, whatever the estimate.
    """
    from surveykit.comparison.answers.settlements import SettlementComparison  # pandas, which help need not wait for

    inputs = [path for path in (file, codebook, roles["margins"]) if path is not None]
    as_folder = out.is_dir() or not out.suffix
    if not as_folder:
        if out.suffix.lower() not in PAGES:
            raise sk.WriteError(f"`out` must end in one of {', '.join(PAGES)}, or name a folder, but '{out}' was given")
        check_outputs([out], inputs)
    design, result = run_comparison(file, codebook, outcomes, roles, lang)
    parts = sk.compose_report(design, result, lang=lang)
    contents = [part.content for part in parts if isinstance(part, sk.Exhibit)]
    result = next(one for one in contents if isinstance(one, SettlementComparison))  # its small cells hidden
    title = title or result.title[:1].upper() + result.title[1:]
    written = (
        sk.write_report_folder(parts, out, title=title, lang=lang, inputs=inputs)
        if as_folder
        else sk.write_report(parts, out, title=title, lang=lang)
    )
    if as_json:
        echo_json(
            {
                "data_status": data_status(result.origin.simulated),
                "verdict": result.facts["verdict"],
                "title": title,
                "file": written,
            }
        )
    elif not quiet:
        if result.origin.simulated:
            say(simulated_line())
        say(result.headline())
        echo_written([written])
    return FINDING if result.facts["verdict"] == "cannot answer" else 0
