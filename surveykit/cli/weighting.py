"""`surveykit weight`: a survey raked to population margins, and what the weighting costs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import surveykit as sk
from surveykit.cli.data import check_outputs, make_design, read_data
from surveykit.cli.language import Speaking, language_of, tell
from surveykit.cli.options import (
    FILE,
    MARGINS_HELP,
    ceiling_option,
    codebook_option,
    json_option,
    language_option,
    quiet_option,
    survey_file,
    zero_weights_option,
)
from surveykit.cli.printing import data_status, echo_json, echo_table, echo_written, simulated_line
from surveykit.cli.terminal import say
from surveykit.files.writing import check_target

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".sav", ".zsav", ".csv", ".parquet", ".feather")
IN_SHORT = "Before: {before}. After: {after}. {method}"
QUESTION = {"en": "Weight: {steps}", "ru": "Вес: {steps}", "kk": "Салмақ: {steps}"}


@click.command(cls=Speaking)
@survey_file
@click.option("--margins", type=FILE, required=True, help=MARGINS_HELP)
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="The data with the weight: .sav, .zsav, .parquet, .feather, or .csv with a codebook.",
)
@click.option("--weight", metavar="COL", help="Weight to begin with; by default the one that the file names.")
@click.option("--column", metavar="NAME", default="raked_weight", show_default=True, help="Name of the new weight.")
@zero_weights_option
@ceiling_option
@click.option("--trim-lower", "lower", type=float, metavar="WEIGHT", help="Afterwards, raise lower weights to this.")
@click.option(
    "--trim-upper",
    "upper",
    type=float,
    metavar="WEIGHT",
    help="Afterwards, cut higher weights to this; the margins are then met no more.",
)
@click.option("--total", type=float, metavar="N", help="What the weights shall add up to.")
@click.option("--tolerance", type=float, help="Largest relative error of a margin; by default 1e-8.")
@click.option("--max-iterations", type=int, metavar="N", help="Sweeps before giving up; by default 1000.")
@codebook_option
@language_option
@quiet_option
@json_option
def weight(
    file: Path,
    margins: Path,
    out: Path,
    weight: str | None,
    column: str,
    lower: float | None,
    upper: float | None,
    zero_weights: Any,
    codebook: Path | None,
    sheet: str | None,
    lang: str | None,
    quiet: bool,
    as_json: bool,
    **raking: Any,
) -> None:
    """Rake a survey to population margins, say what that costs, and write the data with the weight.

    Beside a CSV lies its codebook, of the same name with the ending .toml: labels, missing codes, the weight.
    """
    check_target(out, KINDS)
    book = out.with_suffix(".toml") if out.suffix.lower() == ".csv" else None
    check_outputs([out, *([book] if book else [])], [file, margins, codebook])
    if book is not None and book.exists() and not out.exists():
        raise sk.WriteError(
            f"'{book}' exists already, and the codebook of '{out.name}' would take its place; give --out another name"
        )
    survey = read_data(file, codebook, sheet)
    if column in survey.frame.columns:
        raise sk.ColumnError(f"`column` names {column!r}, which the data have already; give the weight another name")
    before = make_design(survey, weight, zero_weights=zero_weights)
    targets = sk.read_margins_file(margins)
    after = sk.rake(before, targets, **raking)
    if lower is not None or upper is not None:
        after = sk.trim_weights(after, lower=lower, upper=upper)
    compared = sk.compare_weights(before, after)
    summary = sk.summarize_weights(after, targets)
    table = margin_table(summary.margins, sk.summarize_weights(before, targets).margins)
    parts = {"before": before.origin().weight, "after": after.origin().weight, "method": summary.method}
    _write(after, column, out, book, lang)
    simulated = survey.provenance.simulated
    if as_json:
        echo_json(
            {
                "data_status": data_status(simulated),
                "file": out,
                "column": column,
                "steps": after.steps,
                "weights": compared.table,
                "margins": table,
                "payers": compared.payers,
                "method": IN_SHORT.format(**parts),
            }
        )
    elif not quiet:
        from surveykit.words.messages import said_in  # it takes pandas, which help need not wait for

        spoken = language_of(click.get_current_context())
        if simulated:
            say(simulated_line())
        echo_table(compared.table, said_in(compared.title, spoken))
        say()
        echo_table(table, tell("Margins: shares of respondents, of weights before and after, and of the population"))
        say("\n" + tell(IN_SHORT, **{name: said_in(text, spoken) for name, text in parts.items()}))
        echo_written([out, *([book] if book else [])])


def margin_table(after: "pd.DataFrame", before: "pd.DataFrame") -> "pd.DataFrame":
    """Return a row for each level of a margin: respondents, and its shares before and after the weighting."""
    people = after.groupby("column", sort=False)["n"].transform("sum")
    return after[["column", "level", "label", "n"]].assign(
        share_unweighted=after["n"] / people,
        share_before=before["weighted_share"],
        share_after=after["weighted_share"],
        share_target=after["target_share"],
    )


def _write(design: "sk.SurveyDesign", column: str, out: Path, book: Path | None, lang: str | None) -> None:
    """Write the data with the weight, all of it or nothing."""
    steps = design.origin().weight
    question: Mapping[str, str] = {language: text.format(steps=steps) for language, text in QUESTION.items()}
    variable = sk.Variable(column, question, measure="scale")
    survey = design.survey.with_columns({column: design.weights}, variable)
    survey = replace(survey, provenance=replace(survey.provenance, weight=column))
    if out.suffix.lower() in (".parquet", ".feather"):
        sk.write_parquet(survey, out)
        return
    if book is None:
        sk.write_spss(survey, out, lang=lang, weight=column)
        return
    sk.write_csv(survey, out, codebook=book)
