"""`surveykit replicate | map | verify | simulate | init`: studies run again, fitted, checked, made up, begun."""

import hashlib
import json
import os
import platform
import shlex
import time
from pathlib import Path
from typing import Any

import click

import surveykit as sk
from surveykit.cli.language import Speaking, tell
from surveykit.cli.memory import peak_memory
from surveykit.cli.options import FILE, LANGUAGES, quiet_option
from surveykit.cli.printing import data_status, echo_json
from surveykit.cli.terminal import say
from surveykit.cli.tool import FINDING
from surveykit.files.record import RUN_FILE
from surveykit.files.writing import check_target, write_text_whole

no_program_option = click.option(
    "--no-program",
    "program",
    flag_value=False,
    default=True,
    type=bool,
    help="Go without the study's own program, where it has one.",
)


def _announce(sentence: str) -> None:
    """Say what is about to be run, beside the results."""
    say(f"surveykit {sentence}", err=True)


@click.command(cls=Speaking)
@click.argument("study", type=FILE)
@click.option("--out", required=True, type=FILE, help="Folder for the outputs.")
@click.option("--data", type=FILE, help="The data, when the study does not ship them.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the outputs.")
@quiet_option
@click.option("--json", "as_json", is_flag=True, help="Print the ledger as JSON.")
@no_program_option
def replicate(study: Path, out: Path, data: Path | None, lang: str, quiet: bool, as_json: bool, program: bool) -> int:
    """Regenerate what a study published; exit code 1 when something that should reproduce does not."""
    started = time.monotonic()
    run = sk.replicate_study(
        study, data=data, out=out, lang=lang, program=program, announce=None if quiet else _announce
    )
    if as_json:
        echo_json(
            {
                "folder": run.folder,
                "succeeded": run.succeeded,
                "count": run.ledger.count(),
                "data_status": data_status(run.manifest.simulated),
                "claims": run.ledger.table,
                "left_out": run.left_out,
                "refused": run.refused,
            }
        )
    elif not quiet:
        say(run.summary())
    if not quiet:  # who wants nothing but the outputs gets nothing else
        record = _record_of_the_run(time.monotonic() - started, run.manifest.to_json())
        write_text_whole(json.dumps(record, indent=1) + "\n", run.folder / RUN_FILE)
    if not (as_json or quiet):
        known = {"seconds": record["seconds"], "memory": record["peak_memory_mb"], "file": RUN_FILE}
        if known["memory"] is None:
            say(tell("{seconds} s; {file} keeps it", **known), err=True)
        else:
            say(tell("{seconds} s, {memory} MB of memory at most; {file} keeps it", **known), err=True)
    for claim in run.ledger.surprises:
        said = {"claim": claim.claim_id, "verdict": claim.verdict}
        say(tell("surveykit: {claim} is {verdict}, which is not as expected", **said), err=True)
    for refusal in run.refused:
        say(tell("surveykit: the comparison {refusal}", refusal=refusal), err=True)
    return 0 if run.succeeded else FINDING


def _record_of_the_run(seconds: float, manifest: str) -> dict[str, Any]:
    """Return how long a run took, how much memory and on what machine; the manifest's hash tells of which run."""
    return {
        "manifest_sha256": hashlib.sha256(manifest.encode("utf-8")).hexdigest(),
        "seconds": round(seconds, 1),
        "processor_seconds": round(time.process_time(), 1),
        "peak_memory_mb": peak_memory(),
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "processors": os.cpu_count(),
    }


@click.command("map", cls=Speaking)
@click.argument("file", type=FILE)
@click.option("--study", type=FILE, default=Path("analysis/ili_district"), show_default=True, help="The study folder.")
@click.option("--out", type=FILE, help="File for the draft; by default mapping.toml beside FILE.")
@quiet_option
def map_file(file: Path, study: Path, out: Path | None, quiet: bool) -> None:
    """Draft the mapping.toml by which FILE can be given to a study with --data, for you to correct."""
    target = file.parent / "mapping.toml" if out is None else out
    if target.exists():
        raise sk.WriteError(f"'{target}' is there already, and may hold your corrections; give --out another name")
    write_text_whole(sk.draft_mapping(study, file), check_target(target, (".toml",)))
    if not quiet:
        say(tell("{file}: a draft; correct it, then run", file=target))
        words = ("surveykit", "replicate", str(study), "--data", str(file), "--out", f"results/{file.stem}")
        say(shlex.join(words))


@click.command(cls=Speaking)
@click.option("--out", required=True, type=FILE, help="Folder for the files.")
@click.option("--seed", type=click.IntRange(min=0), default=None, help="Seed; by default that of the shipped study.")
@click.option("--effect", type=float, default=1.0, show_default=True, help="Multiplies every effect of the elections.")
@click.option("--interviews", type=float, default=1.0, show_default=True, help="Multiplies the number of interviews.")
@quiet_option
def simulate(out: Path, seed: int | None, effect: float, interviews: float, quiet: bool) -> None:
    """Write a SIMULATED study with a known truth: two waves, codebook, margins."""
    files = sk.write_study(sk.simulate_study(seed, effect=effect, interviews=interviews), out)
    if not quiet:
        say("\n".join(f"SIMULATED  {file}" for file in files))


@click.command(cls=Speaking)
@click.argument("folder", type=FILE)
@click.option("--study", type=FILE, help="The study folder; else analysis/NAME.")
@click.option("--data", type=FILE, help="The data, when the study does not ship them.")
@click.option("--quiet", is_flag=True, help="Print nothing but findings and errors.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@no_program_option
def verify(folder: Path, study: Path | None, data: Path | None, quiet: bool, as_json: bool, program: bool) -> int:
    """Say whether the outputs in FOLDER are what the study and its data give; exit code 1 when not."""
    found = sk.verify_outputs(folder, study, data=data, program=program, announce=None if quiet else _announce)
    if as_json:
        echo_json(
            {
                "folder": found.folder,
                "succeeded": found.succeeded,
                "checked": found.checked,
                "run_again": found.run_again,
                "findings": found.findings,
                "remarks": found.remarks,
            }
        )
    elif not (quiet and found.succeeded):
        say(found.summary())
    return 0 if found.succeeded else FINDING


@click.command(cls=Speaking)
@click.argument("folder", type=FILE)
@quiet_option
def init(folder: Path, quiet: bool) -> None:
    """Make a study folder that runs as it stands, on SIMULATED answers."""
    files = sk.init_study(folder)
    if not quiet:
        say("\n".join(str(file) for file in files))
        words = ("surveykit", "replicate", str(folder), "--out", f"results/{folder.name}")
        say(tell("run it: {line}", line=shlex.join(words)))
