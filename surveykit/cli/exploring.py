"""`surveykit explore`: one page in which a person without Python looks around in a survey."""

from pathlib import Path
from typing import Any

import click

import surveykit as sk
from surveykit.cli.data import check_outputs, make_design, read_data
from surveykit.cli.language import Speaking
from surveykit.cli.options import (
    FILE,
    LANGUAGES,
    codebook_option,
    design_roles,
    json_option,
    quiet_option,
    survey_file,
)
from surveykit.cli.printing import data_status, echo_json, echo_written, simulated_line
from surveykit.cli.terminal import say


@click.command(cls=Speaking)
@survey_file
@click.option("--out", type=FILE, required=True, help="The page to write, ending in .html.")
@click.option(
    "--question",
    "questions",
    metavar="COL",
    multiple=True,
    help="Show these questions only; may be given several times.",
)
@click.option(
    "--by",
    "groups",
    metavar="COL",
    multiple=True,
    help="A group to choose on the page; may be given several times. By default columns that describe people.",
)
@design_roles
@codebook_option
@click.option(
    "--minimum-n",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Respondents that a number must rest on to be shown.",
)
@click.option("--confidence", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option("--title", help="Title of the page; by default that of the codebook.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language in which the page opens."
)
@quiet_option
@json_option
def explore(
    file: Path,
    out: Path,
    questions: tuple[str, ...],
    groups: tuple[str, ...],
    codebook: Path | None,
    sheet: str | None,
    minimum_n: int,
    confidence: float,
    title: str | None,
    lang: Any,
    quiet: bool,
    as_json: bool,
    **roles: Any,
) -> None:
    """Write one page in which anybody picks a question and a group and sees the weighted figure, without Python."""
    margins, ceiling = roles.pop("margins"), roles.pop("max_weight_ratio")
    check_outputs([out], [file, codebook, margins])
    design = make_design(read_data(file, codebook, sheet), **roles)
    if margins is not None:
        design = sk.rake(design, sk.read_margins_file(margins), max_weight_ratio=ceiling)
    elif ceiling is not None:
        raise sk.ArgumentError("`max_weight_ratio` is the ceiling of raking, so it needs `margins`; give both, or none")
    page = sk.write_explorer(
        design,
        out,
        questions=questions or None,
        groups=groups or None,
        title=title,
        lang=lang,
        minimum_n=minimum_n,
        confidence=confidence,
    )
    simulated = design.survey.provenance.simulated
    if as_json:
        echo_json({"data_status": data_status(simulated), "file": page})
    elif not quiet:
        if simulated:
            say(simulated_line())
        echo_written([page])
