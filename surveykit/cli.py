"""The command line: `surveykit inspect | codebook | audit | replicate | verify | init | simulate`.

The public functions are reached through the package, whose names load on first use; so `surveykit --help` reads
nothing but this file and click.
"""

import json
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

import surveykit as sk

FINDING, WRONG_USE, INTERRUPTED = 1, 2, 130
LANGUAGES = ("en", "ru", "kk")
Step = Callable[[], int | None]


class Tool(click.Group):
    """A group whose commands answer a user's error with one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into one line on the standard error stream."""
        debug = bool(ctx.params.get("debug"))
        with suppress(ValueError):  # only the main thread of a program may set it
            signal.signal(signal.SIGTERM, _interrupt)
        with warnings.catch_warnings():
            warnings.simplefilter("always", sk.SurveyKitWarning)
            warnings.showwarning = _show_warning
            try:
                code = super().invoke(ctx)
            except (click.exceptions.Exit, click.ClickException, click.Abort):
                raise
            except KeyboardInterrupt:
                click.echo("interrupted; nothing half-written was left", err=True)
                ctx.exit(INTERRUPTED)
            except Exception as error:
                if debug:
                    traceback.print_exc()
                click.echo(f"surveykit: {_sentence(error)}", err=True)
                ctx.exit(WRONG_USE)
        ctx.exit(code or 0)


def _interrupt(number: int, frame: Any) -> None:
    """Take a polite request to end as Ctrl-C, so that what was begun is cleared away."""
    raise KeyboardInterrupt


def _sentence(error: Exception) -> str:
    """Return an error as one line; one that surveykit did not foresee says so."""
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, sk.SurveyKitError):
        return text
    if isinstance(error, OSError):
        name = error.filename or "a file"
        return f"{name} cannot be used ({error.strerror or text}); check the name and the permissions"
    if isinstance(error, MemoryError):
        return "the data do not fit into memory; take a part of them"
    return f"unexpected {type(error).__name__}: {text}; run again with --debug and report it"


def _show_warning(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
    if issubclass(category, sk.SurveyKitWarning):
        click.echo(f"warning: {' '.join(str(message).split())}", err=True)


@click.group(cls=Tool, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sk.__version__, prog_name="surveykit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Social surveys compared between few settlements."""


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def inspect(file: Path, as_json: bool) -> None:
    """Say what a survey file is: encoding, weight, missing codes, warnings."""
    report = sk.inspect_file(file)
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=1, default=str))
    else:
        if report.survey.provenance.simulated:
            click.echo("SIMULATED answers: made by a program, not findings")
        click.echo(str(report))


@main.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the outputs.")
@click.option("--data", type=click.Path(path_type=Path), help="The data, when the study does not ship them.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the outputs.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the ledger as JSON.")
def replicate(study: Path, out: Path, data: Path | None, lang: str, quiet: bool, as_json: bool) -> int:
    """Regenerate what a study published; exit code 1 when something that should reproduce does not."""
    started = time.monotonic()
    run = sk.replicate_study(study, data=data, out=out, lang=lang, progress=None if quiet or as_json else _progress)
    if as_json:
        click.echo(json.dumps({"folder": str(run.folder), "succeeded": run.succeeded, "count": run.ledger.count(),
                               "data_status": "SIMULATED" if run.manifest.simulated else "as supplied",
                               "claims": run.ledger.table.to_dict("records")}, ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo(run.summary())
        click.echo(f"{time.monotonic() - started:.1f} s", err=True)
    for claim in run.ledger.surprises:
        click.echo(f"surveykit: {claim.claim_id} is {claim.verdict}, which is not as expected", err=True)
    return 0 if run.succeeded else FINDING


@main.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the files.")
@click.option("--seed", type=click.IntRange(min=0), default=None, help="Seed; by default that of the shipped study.")
@click.option("--effect", type=float, default=1.0, show_default=True, help="Multiplies every effect of the elections.")
@click.option("--interviews", type=float, default=1.0, show_default=True, help="Multiplies the number of interviews.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def simulate(out: Path, seed: int | None, effect: float, interviews: float, quiet: bool) -> None:
    """Write a SIMULATED study with a known truth: two waves, codebook, margins."""
    files = sk.write_study(sk.simulate_study(seed, effect=effect, interviews=interviews), out)
    if not quiet:
        click.echo("\n".join(f"SIMULATED  {file}" for file in files))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="The study folder; else analysis/NAME.")
@click.option("--data", type=click.Path(path_type=Path), help="The data, when the study does not ship them.")
@click.option("--quiet", is_flag=True, help="Print nothing but findings and errors.")
def verify(folder: Path, study: Path | None, data: Path | None, quiet: bool) -> int:
    """Say whether the outputs in FOLDER are what the study and its data give; exit code 1 when not."""
    found = sk.verify_outputs(folder, study, data=data, progress=None if quiet else _progress)
    if not (quiet and found.succeeded):
        click.echo(found.summary())
    return 0 if found.succeeded else FINDING


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def init(folder: Path, quiet: bool) -> None:
    """Make a study folder that runs as it stands, on SIMULATED answers."""
    files = sk.init_study(folder)
    if not quiet:
        click.echo("\n".join(str(file) for file in files))
        click.echo(f"run it: surveykit replicate {folder} --out results/{folder.name}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--codebook", "book", type=click.Path(path_type=Path), help="TOML codebook of a CSV file.")
@click.option("--format", "kind", type=click.Choice(["html", "csv", "toml", "ddi"]), help="By default as --out ends.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without it, the standard output.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language that comes first.")
def codebook(file: Path, book: Path | None, kind: Any, out: Path | None, lang: str | None) -> None:
    """List what the columns of a survey file ask, every code with its label and its count."""
    survey = sk.read_csv(file, codebook=book) if book else sk.read_survey(file)
    if out is not None:
        sk.export_codebook(survey, out, format=kind, lang=lang)
    else:
        click.echo(sk.render_codebook(survey, kind or "csv", lang=lang), nl=False)


@main.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--crosswalk", type=click.Path(path_type=Path), help="Write a crosswalk to edit into this file.")
def audit(files: tuple[Path, ...], crosswalk: Path | None) -> int:
    """Say what changed between the waves of a survey; exit code 1 when they cannot be stacked as they are."""
    names = [file.stem for file in files]
    if len(set(names)) < len(names):  # one name in two folders
        names = [str(file.with_suffix("")) for file in files]
    found = sk.audit_waves({name: sk.read_survey(file) for name, file in zip(names, files)})
    for sentence in found.table["difference"]:
        click.echo(" ".join(str(sentence).split()))
    click.echo(found.method)
    if crosswalk is not None:
        found.propose_crosswalk(crosswalk)
    return FINDING if found.facts["n_blocking"] else 0


def _progress(steps: list[Any]) -> Iterable[Any]:
    """Return the steps with a progress bar on the standard error stream, when that is a terminal."""
    if not sys.stderr.isatty():
        return steps
    from tqdm import tqdm

    return tqdm(steps, file=sys.stderr, leave=False, unit="step")


if __name__ == "__main__":
    main()
