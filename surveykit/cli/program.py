"""The program `surveykit` with all its commands.

The public functions are reached through the package, whose names load on first use; so `surveykit --help` reads
nothing but this room and click.
"""

import click

import surveykit as sk
from surveykit.cli import comparing, exploring, files, reporting, studies, weighting
from surveykit.cli.options import LANGUAGES
from surveykit.cli.tool import Tool


@click.group(cls=Tool, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sk.__version__, prog_name="surveykit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Language of help, answers, warnings and pages; English by default, whatever LANG says.",
)
@click.pass_context
def main(ctx: click.Context, debug: bool, lang: str | None) -> None:
    """Social surveys compared between few settlements."""
    if lang is not None:  # the language of every command that does not name another
        ctx.default_map = {name: {"lang": lang} for name in main.commands}


for command in (
    files.inspect,
    files.codebook,
    files.audit,
    weighting.weight,
    comparing.compare,
    reporting.report,
    exploring.explore,
    studies.replicate,
    studies.map_file,
    studies.verify,
    studies.simulate,
    studies.init,
):
    main.add_command(command)
