"""Options that several commands take: declared once, so that one word means the same everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

LANGUAGES = ("en", "ru", "kk")
FILE = click.Path(path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])

survey_file = click.argument("file", type=FILE)
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, every number in full precision.")
language_option = click.option("--lang", type=click.Choice(LANGUAGES), help="Language of labels, tables and pages.")


def together(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Return one decorator that declares several options, in the order in which the help lists them."""

    def declare(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return declare


sheet_option = click.option("--sheet", metavar="NAME", help="Sheet of an Excel workbook, where several hold tables.")
codebook_option = together(
    click.option("--codebook", type=FILE, help="Codebook of the file: TOML, DDI, .sps, .lss, .qsf or an XLSForm."),
    sheet_option,
)

ceiling_option = click.option(
    "--max-weight-ratio",
    type=float,
    metavar="RATIO",
    help="Ceiling of raking: nobody weighs more than this many times the mean; the margins still hold.",
)
MARGINS_HELP = "Targets: a CSV with column, level, target, or a TOML file with a table for each column."

zero_weights_option = click.option(
    "--zero-weights",
    type=click.Choice(["error", "drop"]),
    default="error",
    show_default=True,
    help="Whether rows of weight zero stop the work or leave it.",
)

design_roles = together(
    click.option("--weight", metavar="COL", help="Weight; by default the one that the file names (WEIGHT BY)."),
    click.option(
        "--cluster", metavar="COL", help="Primary sampling unit; where --settlement is given, by default that."
    ),
    click.option("--stratum", metavar="COL", multiple=True, help="Stratum of the sample; may be given several times."),
    click.option(
        "--lonely-psu",
        type=click.Choice(["error", "remove", "certainty", "adjust", "average"]),
        default="error",
        show_default=True,
        help="What a stratum with a single sampling unit adds.",
    ),
    zero_weights_option,
    click.option("--margins", type=FILE, help=f"Rake to these before comparing. {MARGINS_HELP}"),
    ceiling_option,
)

comparison_roles = together(
    click.option("--settlement", metavar="COL", required=True, help="The settlement, to which the treatment belongs."),
    click.option("--elected", "--group", "group", metavar="COL", required=True,
                 help="The kind of settlement: two values, the same for everybody in a settlement."),
    click.option("--baseline", metavar="VALUE",
                 help="Value of that column (label or code) with which the other is compared; by default the lower code."),
    click.option("--adjust-for", metavar="COL", multiple=True, help="Hold it equal; may be given several times."),
    click.option("--blocks", "strata", metavar="COL", help="Blocks of settlements inside which the kind was assigned."),
    click.option("--estimand", type=click.Choice(["both", "person", "settlement"]), default="both", show_default=True,
                 help="Average over persons, or over settlements that count the same."),
    click.option("--methods", metavar="NAME", multiple=True, default=("everyday",), show_default=True,
                 help="'everyday', 'all' or methods such as cr2, wild, randomization; may be given several times."),
    click.option("--confidence", type=float, default=0.95, show_default=True, help="Level of the intervals."),
    click.option("--allow-single", is_flag=True, help="Compute although one side is a single settlement."),
    click.option("--seed", "rng", type=click.IntRange(min=0), default=0, show_default=True,
                 help="Where assignments or bootstrap weights are drawn."),
)  # fmt: skip
