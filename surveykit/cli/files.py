"""`surveykit inspect | codebook | audit`: what a survey file is, what its columns ask, what changed between waves."""

from pathlib import Path
from typing import Any

import click

import surveykit as sk
from surveykit.cli.data import check_outputs, is_workbook, read_data, reading
from surveykit.cli.language import Speaking
from surveykit.cli.options import FILE, LANGUAGES, codebook_option, json_option, sheet_option, survey_file
from surveykit.cli.printing import echo_json, simulated_line
from surveykit.cli.terminal import printable, say
from surveykit.cli.tool import FINDING


@click.command(cls=Speaking)
@survey_file
@codebook_option
@json_option
def inspect(file: Path, codebook: Path | None, sheet: str | None, as_json: bool) -> None:
    """Say what a survey file is: encoding, weight, missing codes, warnings."""
    report = sk.inspect_file(file, **reading(codebook, sheet))
    if as_json:
        echo_json(report.to_dict())
    else:
        if report.survey.provenance.simulated:
            say(simulated_line())
        say(str(report))


@click.command(cls=Speaking)
@survey_file
@codebook_option
@click.option("--format", "kind", type=click.Choice(["html", "csv", "toml", "ddi"]), help="By default as --out ends.")
@click.option("--out", type=FILE, help="File to write; without it, the standard output.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language that comes first.")
def codebook(
    file: Path, codebook: Path | None, sheet: str | None, kind: Any, out: Path | None, lang: str | None
) -> None:
    """List what the columns of a survey file ask, every code with its label and its count.

    As TOML it is a codebook to edit: answers that no codebook describes yet are drafted in it, each with a code.
    """
    if out is not None:
        check_outputs([out], [file, codebook])
    survey = read_data(file, codebook, sheet)
    if (kind or ("toml" if out is not None and out.suffix.lower() == ".toml" else None)) == "toml":
        draft = sk.draft_codebook(survey, out)
        if out is None:
            say(draft, nl=False)
    elif out is not None:
        sk.export_codebook(survey, out, format=kind, lang=lang)
    else:
        say(sk.render_codebook(survey, kind or "csv", lang=lang), nl=False)


@click.command(cls=Speaking)
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--crosswalk", type=FILE, help="Write a crosswalk to edit into this file.")
@sheet_option
def audit(files: tuple[Path, ...], crosswalk: Path | None, sheet: str | None) -> int:
    """Say what changed between the waves of a survey; exit code 1 when they cannot be stacked as they are.

    A sheet that is named is read in every Excel workbook among the files.
    """
    if crosswalk is not None:
        check_outputs([crosswalk], files)
    names = [printable(file.stem) for file in files]
    if len(set(names)) < len(names):  # one name in two folders
        names = [printable(str(file.with_suffix(""))) for file in files]
    sheets = [sheet if is_workbook(file) else None for file in files]
    found = sk.audit_waves({name: read_data(file, None, one) for name, file, one in zip(names, files, sheets)})
    for sentence in found.table["difference"]:
        say(" ".join(str(sentence).split()))
    say(found.method)
    if crosswalk is not None:
        found.propose_crosswalk(crosswalk)
    return FINDING if found.facts["n_blocking"] else 0
