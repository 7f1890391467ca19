"""`surveykit compare`: settlements that elected their akim against settlements whose akim was appointed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import surveykit as sk
from surveykit.cli.data import check_outputs, run_comparison
from surveykit.cli.language import Speaking
from surveykit.cli.options import (
    FILE,
    codebook_option,
    comparison_roles,
    design_roles,
    json_option,
    language_option,
    quiet_option,
    survey_file,
)
from surveykit.cli.printing import data_status, echo_json, echo_table, echo_written, simulated_line
from surveykit.cli.terminal import say
from surveykit.cli.tool import FINDING

if TYPE_CHECKING:
    import pandas as pd

    from surveykit.comparison.answers.settlements import SettlementComparison

EXACT = ("randomization_studentized", "randomization")
"""Randomization tests whose p stands beside the interval: the first of them that was computed."""


@click.command(cls=Speaking)
@survey_file
@click.argument("outcomes", metavar="OUTCOME...", nargs=-1, required=True)
@comparison_roles
@design_roles
@codebook_option
@click.option(
    "--out",
    type=FILE,
    multiple=True,
    help="Write the whole table: .csv, .xlsx, .docx, .html, .md or .tex; may be given several times.",
)
@language_option
@quiet_option
@json_option
def compare(
    file: Path,
    outcomes: tuple[str, ...],
    codebook: Path | None,
    out: tuple[Path, ...],
    lang: str | None,
    quiet: bool,
    as_json: bool,
    **roles: Any,
) -> int:
    """Compare the answers in settlements of two kinds: what they can answer first, then the difference.

    Exit code 1 when the settlements cannot answer the question, whatever the estimate.
    """
    from surveykit.report.disclosure import protected  # it takes pandas, which help need not wait for

    check_outputs(out, [file, codebook, roles["margins"]])
    _, result = run_comparison(file, codebook, outcomes, roles, lang)
    result = protected(result)
    for path in out:
        sk.write_table(result, path, lang=lang)
    if as_json:
        echo_json(_content(result))
    elif not quiet:
        _print(result, lang or "en")
        echo_written(out)
    return FINDING if result.facts["verdict"] == "cannot answer" else 0


def _content(result: "SettlementComparison") -> dict[str, Any]:
    """Return what --json prints."""
    return {
        "data_status": data_status(result.origin.simulated),
        "verdict": result.feasibility.verdict,
        "reasons": result.feasibility.reasons,
        "facts": result.facts,
        "title": result.title,
        "table": result.table,
        "groups": result.groups,
        "influence": result.influence,
        "missing": result.missing,
        "method": result.method,
    }


def _print(result: "SettlementComparison", lang: str) -> None:
    from surveykit.report.verdict import verdict_of  # these take pandas, which help need not wait for
    from surveykit.words.messages import Message, said_in

    if result.origin.simulated:
        say(simulated_line())
    say(f"{result.headline() if lang == 'en' else verdict_of(result, lang)}\n")
    echo_table(headline_table(result), said_in(result.title, lang))
    if exact_test(result):
        say(Message("command.exact", {"method": str(exact_test(result))}).say(lang))
    say(f"\n{said_in(result.method, lang)}")


def exact_test(result: "SettlementComparison") -> str | None:
    """Return the name of the randomization test whose p stands beside the interval."""
    return next((name for name in EXACT if name in set(result.table["method"])), None)


def headline_table(result: "SettlementComparison") -> "pd.DataFrame":
    """Return one row per outcome, estimand and term: the means, the difference with one interval, and its tests.

    The interval is that of the first method with a p: methods stand in the order in which they hold their level.
    """
    table = result.table
    keys = ["outcome", "estimand", "term"]
    families = [rows for _, rows in table.groupby(keys, sort=False)]
    picked = table.loc[[rows["p_value"].notna().idxmax() for rows in families]]
    means = result.groups.set_index(["outcome", "estimand", "group"])["estimate"]
    shown = picked[keys]
    for label in (result.facts["group"], result.facts["baseline"]):
        shown = shown.assign(
            **{
                f"mean, {label}": [
                    means[(row["outcome"], row["estimand"], label)] if row["term"] == "unadjusted" else None
                    for row in picked.to_dict("records")
                ]
            }
        )
    shown = shown.join(picked[["estimate", "conf_low", "conf_high", "method", "df", "p_value"]])
    exact = exact_test(result)
    if exact:
        shown = shown.assign(
            p_randomization=[rows.loc[rows["method"] == exact, "p_value"].iloc[0] for rows in families]
        )
    if table["outcome"].nunique() > 1:
        shown = shown.join(picked[["p_holm"]])
    return shown if table["term"].nunique() > 1 else shown.drop(columns="term")
