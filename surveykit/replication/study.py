"""Replicating a study: its folder in; tables, figures, report, ledger and manifest out."""

import importlib.util
import shlex
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from surveykit._checks import check_option, some
from surveykit.errors import ReadError, SurveyKitError, WriteError
from surveykit.files.reading import hash_file
from surveykit.files.writing import write_text_whole
from surveykit.formatting import file_name, printable_lines
from surveykit.progress_bar import track
from surveykit.replication.claims import Ledger
from surveykit.replication.codecheck import CODECHECK_FILE, format_codecheck
from surveykit.replication.ledger_page import write_ledger_page
from surveykit.replication.manifest import (
    Manifest,
    Output,
    format_provenance_table,
    hash_files,
    read_manifest,
    used_versions,
)
from surveykit.replication.output_folder import MARKER, output_folder, read_record
from surveykit.replication.steps import StepsRun, run_steps
from surveykit.replication.study_data import load_study_data, missing_data
from surveykit.replication.study_file import STUDY_FILE, Study, read_study
from surveykit.replication.study_mapping import MAPPING_FILE
from surveykit.words.messages import Message
from surveykit.words.pages import LANGUAGES, word
from surveykit.words.simulated import SIMULATED, SIMULATED_SENTENCE

Progress = Callable[[list[Any]], Iterable[Any]]
LEDGER_FILE, PAGE_FILE, TABLE_FILE = "ledger.csv", "ledger.html", "README.md"
RESULTS = "results"
"""A folder in the study's own that holds what runs left behind, and is no input; nor is any other that a run wrote."""
SIDECARS = (".csv", ".txt")
"""Endings of the files beside a figure; the figure itself names the output."""


@dataclass(frozen=True)
class StudyRun:
    """What a replication left behind.

    Attributes
    ----------
    folder : Path
        The output folder.
    ledger : Ledger
        Empty when the study publishes no claims.
    manifest : Manifest
    left_out : tuple of str
        What the data did not allow, one sentence each, in the language of the report.
    refused : tuple of str
        Comparisons that the settlements cannot carry, with the reason; there is a report all the same.
    """

    folder: Path
    ledger: Ledger
    manifest: Manifest = field(repr=False)
    left_out: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether every claim has the verdict that is known and explained, and no comparison was refused."""
        return not self.ledger.surprises and not self.refused

    def summary(self) -> str:
        """Return whether the answers are simulated, what was left out, one line per claim, then what was written."""
        lines = [SIMULATED_SENTENCE] if self.manifest.simulated else []
        lines += list(self.left_out)
        lines += [self.ledger.summary()] if len(self.ledger) else []
        counted = f"{len(self.manifest.made)} tables, figures and pages in {self.folder}"
        return printable_lines("\n".join([*lines, counted]))


def replicate_study(
    folder: str | Path,
    *,
    data: str | Path | None = None,
    out: str | Path,
    lang: str = "en",
    progress: Progress | None = None,
    program: bool = True,
    announce: Callable[[str], None] | None = None,
) -> StudyRun:
    r"""Run a study folder and write everything it publishes, with a ledger and a manifest.

    Parameters
    ----------
    folder : path
        A folder with a study.toml; see docs/reference/study_toml.md.
    data : path, optional
        The data file (or folder of files), when the study does not ship it.
    out : path
        Output folder; made, or brought up to date when an earlier run wrote it: files are replaced that its manifest
        lists and that nobody changed since. A folder that holds anything else, or a file that the run reads, is
        refused.
    lang : {"en", "ru", "kk"}
        Language of tables, figures and report.
    progress : callable, optional
        Takes the list of steps and gives them back one by one; by default `surveykit.progress` decides whether a bar
        is shown.
    program : bool
        Whether the study's own program is run, where study.toml names one. It may do whatever you may do: False goes
        without it, by the steps of study.toml alone. See docs/explanation/what_surveykit_runs.md.
    announce : callable, optional
        Takes a sentence that says which file of the study is about to be run; ``print``, say.

    Returns
    -------
    StudyRun

    Raises
    ------
    ReadError
        When the study or its data cannot be read, or its program stops; the message says where the data are to be had.
    CodebookError
        When study.toml, or the claims, contradict themselves or have a key that no study has.
    WriteError
        When the output folder cannot be written, holds other files or files of the study, or is in use by another run.
    ArgumentError
        When `lang` is none of the languages.
    SurveyKitError
        What a step raises, as the child that it is, with the name of the step in front.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study, out = pathlib.Path(folder) / "study", pathlib.Path(folder) / "out"
    ...     study.mkdir()
    ...     _ = (study / "ili.csv").write_text("trust,village\n1,A\n2,A\n4,B\n5,B\n")
    ...     _ = (study / "study.toml").write_text('''
    ... [study]
    ... title = "Trust in Ili"
    ... formats = ["csv"]
    ... [waves.2023]
    ... file = "ili.csv"
    ... [design]
    ... cluster = "village"
    ... [[tables]]
    ... name = "trust"
    ... kind = "means"
    ... outcomes = ["trust"]
    ... ''')
    ...     run = sk.replicate_study(study, out=out)
    ...     print(run.succeeded, sorted(path.name for path in out.rglob("*.csv")))
    ...
    True ['trust.csv']
    """
    check_option(lang, list(LANGUAGES), "lang")
    study = choose_program(read_study(folder), program, announce)
    return run_into(study, data, out, lang, progress, announce)


def run_into(
    study: Study,
    data: str | Path | None,
    out: str | Path,
    lang: str,
    progress: Progress | None,
    announce: Callable[[str], None] | None,
) -> StudyRun:
    """Run a study that was read into a folder; say at once when the folder is of a run on other data."""
    given = None if data is None else Path(data)
    absent = missing_data(study, given)
    if absent:
        raise ReadError(absent)
    if announce is not None and (other := _other_inputs(study, given, Path(out))):
        announce(
            f"finds other data than those of the outputs in {str(out)!r}, which will be replaced: {some(other, 4)}"
        )
    with output_folder(out, _files_read(study, given)) as work:
        done = _run(study, given, work, lang, progress or _track)
        manifest = _finish(study, given, work, lang, done)
    return StudyRun(Path(out), done.ledger, manifest, tuple(done.left_out), tuple(done.refused))


def _other_inputs(study: Study, data: Path | None, out: Path) -> list[str]:
    """Return the inputs that are others than those of the run that a folder holds; none where it holds no run."""
    try:
        before = read_manifest(out / MARKER).inputs
    except ReadError:
        return []
    now = study_inputs(study, data)
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def _track(steps: list[Any]) -> Iterable[Any]:
    return track(steps, "steps")


def choose_program(study: Study, program: bool, announce: Callable[[str], None] | None) -> Study:
    """Return the study with its own program, announced, or without one."""
    if study.program is None:
        return study
    if program:
        if announce is not None:
            announce(f"runs {str(study.file(study.program))!r}, the program of the study {study.name!r}")
        return study
    if not (study.section("tables") or study.section("figures")):
        raise ReadError(
            f"study {study.name!r} is made by its program {study.program!r} alone; without it there is nothing to run. Read it, and run it when you trust it"
        )
    return replace(study, program=None)


def run_study(folder: str | Path, data: str | Path | None, out: str | Path, lang: str = "en") -> Ledger:
    r"""Run the steps of study.toml into an existing folder; for a study's own replicate.py that adds to them.

    Parameters
    ----------
    folder : path
        The study folder.
    data : path or None
        The data file (or folder of files), when the study does not ship it.
    out : path
        A folder that exists; what the steps write goes into it.
    lang : {"en", "ru", "kk"}
        Language of tables, figures and report.

    Returns
    -------
    Ledger
        The claims of the study, as far as the steps answered them.

    Raises
    ------
    ReadError, CodebookError, WriteError
        As in `replicate_study`; also when `out` is no folder.
    SurveyKitError
        What a step raises, as the child that it is, with the name of the step in front.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study, out = pathlib.Path(folder) / "study", pathlib.Path(folder) / "out"
    ...     study.mkdir()
    ...     _ = (study / "ili.csv").write_text("trust,village\n1,A\n2,A\n4,B\n5,B\n")
    ...     _ = (study / "study.toml").write_text('''
    ... [study]
    ... title = "Trust in Ili"
    ... formats = ["csv"]
    ... [waves.2023]
    ... file = "ili.csv"
    ... [design]
    ... cluster = "village"
    ... [[tables]]
    ... name = "trust"
    ... kind = "means"
    ... outcomes = ["trust"]
    ... ''')
    ...     out.mkdir()
    ...     ledger = sk.run_study(study, None, out)
    ...     print(len(ledger), sorted(path.name for path in out.rglob("*.csv")))
    ...
    0 ['trust.csv']
    """
    study = read_study(folder)
    if not Path(out).is_dir():
        raise WriteError(f"`out` must be a folder that exists, which {str(out)!r} is not; make it, or name another one")
    given = None if data is None else Path(data)
    return run_steps(study, load_study_data(study, given), Path(out), lang, _track).ledger


def _run(study: Study, data: Path | None, work: Path, lang: str, progress: Progress) -> StepsRun:
    if study.program is None:
        return run_steps(study, load_study_data(study, data), work, lang, progress)
    with _own_program(study):
        replicate = load_program(study)
    ledger: Ledger | None = None
    for _ in progress([study.program]):
        with _own_program(study):
            ledger = replicate(data, work, lang)
    if not isinstance(ledger, Ledger):
        raise ReadError(
            f"replicate() in {study.program!r} of {study.name!r} must return a Ledger, not {type(ledger).__name__}"
        )
    return StepsRun(ledger, [], any(SIMULATED.encode() in path.read_bytes() for path in work.rglob("*.csv")))


@contextmanager
def _own_program(study: Study) -> Iterator[None]:
    """Turn an error in the study's own program into a sentence that says where."""
    try:
        yield
    except (SurveyKitError, MemoryError):
        raise
    except Exception as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(study.folder.resolve())
        ]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        where = f" at line {line}" if line else ""
        raise ReadError(
            f"the program {study.program!r} of {study.name!r} stopped{where} with {type(error).__name__}: {error}; correct it"
        ) from error


def load_program(study: Study) -> Callable[[Path | None, Path, str], Any]:
    """Return the function ``replicate`` of the study's own program."""
    assert study.program is not None
    path = study.file(study.program).resolve()
    if not path.is_relative_to(study.folder.resolve()):
        raise ReadError(
            f"study {study.name!r} names the program {study.program!r}, which lies outside its folder; put it into the folder, so that whoever has the study has its program"
        )
    if not path.is_file():
        raise ReadError(f"study {study.name!r} names the program {study.program!r}, which is not in its folder")
    name = f"surveykit_study_{study.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    before, written = list(sys.path), sys.dont_write_bytecode
    sys.path.insert(0, str(path.parent))
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = before
        sys.dont_write_bytecode = written
    if not callable(getattr(module, "replicate", None)):
        raise ReadError(f"{study.program!r} of {study.name!r} needs a function replicate(data, out, lang)")
    found: Callable[[Path | None, Path, str], Any] = module.replicate
    return found


def study_inputs(study: Study, data: Path | None = None) -> dict[str, str]:
    """Return the SHA-256 of the files of the study folder, caches and results left out, and of all that it names.

    A file outside the folder is called as study.toml calls it ("../answers.csv"), without the place of its folder.
    """
    inside = _files_inside(study)
    named = {name: study.file(name) for name in study.named_files()}
    outside = {
        file_name(path.name if Path(name).is_absolute() else Path(name).as_posix()): hash_file(path)
        for name, path in named.items()
        if path.is_file() and path not in inside
    }
    supplied = {f"--data {file_name(path.name)}": hash_file(path) for path in _supplied(study, data)}
    return hash_files(inside, study.folder) | outside | supplied


def _files_inside(study: Study) -> list[Path]:
    """Return the files of the study folder that are inputs: caches and what runs left behind are none."""
    files = [path for path in sorted(study.folder.rglob("*")) if path.is_file()]
    left = [
        path.parent
        for path in files
        if path.name == MARKER and path.parent != study.folder and read_record(path.parent)
    ]
    return [path for path in files if _is_input(path, study.folder) and not any(map(path.is_relative_to, left))]


def _is_input(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return parts[0] != RESULTS and not any(part == "__pycache__" or part.startswith(".") for part in parts)


def _files_read(study: Study, data: Path | None) -> list[Path]:
    """Return the files that a run reads: of the study, named by it, and the data of another place."""
    named = [study.file(name) for name in study.named_files()]
    return [path for path in [*_files_inside(study), *named, *_supplied(study, data)] if path.is_file()]


def _supplied(study: Study, data: Path | None) -> list[Path]:
    """Return the files that stand in for those of the study, or beside them."""
    if data is None:
        return []
    margins = Path(study.section("raking").get("margins", "-")).name
    interviews = [Path(name).name for name in study.section("interviews").values()]
    beside = [data, *(data.parent / name for name in (MAPPING_FILE, margins, *interviews))]
    return [path for path in (beside if data.is_file() else sorted(data.iterdir())) if path.is_file()]


def _finish(study: Study, data: Path | None, work: Path, lang: str, done: StepsRun) -> Manifest:
    """Write ledger, table of outputs and manifest; return the manifest."""
    ledger, simulated = done.ledger, done.simulated
    if len(ledger):
        ledger.to_csv(work / LEDGER_FILE)
        write_ledger_page(ledger, work / PAGE_FILE, title=study.heading(lang), lang=lang, simulated=simulated)
    made = _complete(study, work, done.made)
    write_text_whole(_describe(study, lang, made, done), work / TABLE_FILE)
    given = "" if data is None else " --data FILE"
    command = f"surveykit replicate {shlex.quote(study.name)} --out DIR --lang {lang}{given}"
    write_text_whole(format_codecheck(made, study, lang, command, simulated), work / CODECHECK_FILE)
    files = [path for path in work.rglob("*") if path.is_file() and path.name != MARKER]
    inputs = study_inputs(study, data)
    outputs = hash_files(files, work)
    manifest = Manifest(
        study.name, inputs, outputs, tuple(made), study.seed, lang, simulated=simulated, versions=used_versions()
    )
    manifest.write(work / MARKER)
    return manifest


def _complete(study: Study, work: Path, made: list[Output]) -> list[Output]:
    """Return the outputs with every file that is in none of them; study.toml may name such files in [[outputs]].

    Files that differ in their ending only are one output, called after its picture, or after the file that is named.
    """
    named: dict[str, Mapping[str, Any]] = {one.get("file", ""): one for one in study.section("outputs")}
    known = {Path(one.file).with_suffix("").as_posix() for one in made}
    groups: dict[str, list[str]] = {}
    for path in sorted((path for path in work.rglob("*") if path.is_file()), key=_reading_order):
        inside = path.relative_to(work)
        groups.setdefault(inside.with_suffix("").as_posix(), []).append(inside.as_posix())
    found = list(made)
    for stem, files in groups.items():
        if stem not in known:
            file = next((file for file in files if file in named), files[0])
            given = named.get(file, {})
            name = given.get("name", Path(stem).name.replace("_", " "))
            found.append(Output(name, file, study.program or STUDY_FILE, tuple(given.get("claims", ()))))
    return found


def _reading_order(path: Path) -> tuple[object, ...]:
    return path.parent, path.stem, path.suffix in SIDECARS and path.parent.name != "tables", path.suffix


def _describe(study: Study, lang: str, made: list[Output], done: StepsRun) -> str:
    lines = [f"# {study.heading(lang)}", ""]
    if done.simulated:
        lines += [f"**{word('simulated', lang)}**", ""]
    lines += [
        Message("study.folder").say(lang),
        "",
    ]
    if done.left_out:
        lines += [f"## {word('study_left_out', lang)}", "", *(f"- {sentence}" for sentence in done.left_out), ""]
    return "\n".join(lines) + "\n" + format_provenance_table(made)
