"""Are these outputs what this study and this data give? The folder held against its manifest, and against a new run."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from surveykit.errors import ReadError
from surveykit.files.reading import hash_file
from surveykit.formatting import printable_lines
from surveykit.replication.manifest import Manifest, read_manifest
from surveykit.replication.output_folder import MARKER, is_from_the_system
from surveykit.replication.study import Progress, choose_program, run_into, study_inputs
from surveykit.replication.study_file import STUDY_FILE, Study, place_of_study, read_study


@dataclass(frozen=True)
class Verification:
    """What a folder of outputs turned out to be.

    Attributes
    ----------
    folder : Path
    findings : tuple of str
        One sentence per thing that is not as it should be; empty when the outputs are what study and data give.
    remarks : tuple of str
        What explains a finding without being one: other versions of the programs, say.
    checked : int
        Number of outputs compared.
    run_again : bool
        Whether the study was run again; without its program it was not.
    """

    folder: Path
    findings: tuple[str, ...]
    remarks: tuple[str, ...] = field(default=())
    checked: int = 0
    run_again: bool = True

    @property
    def succeeded(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def summary(self) -> str:
        """Return the verdict, then one line per finding and remark."""
        given = "what the study and the data give" if self.run_again else "what the manifest says"
        verdict = (
            f"{self.checked} outputs in {self.folder} are {given}"
            if self.succeeded
            else f"{self.folder} is not {given}: {len(self.findings)} findings"
        )
        return printable_lines("\n".join([verdict, *self.findings, *self.remarks]))


def verify_outputs(
    folder: str | Path,
    study: str | Path | None = None,
    *,
    data: str | Path | None = None,
    progress: Progress | None = None,
    program: bool = True,
    announce: Callable[[str], None] | None = None,
) -> Verification:
    r"""Say whether the outputs in a folder are what a study and its data give.

    Parameters
    ----------
    folder : path
        Output folder of `replicate_study`.
    study : path, optional
        The study folder; without it, the folder of the name in the manifest, in this folder or in ``analysis``.
    data : path, optional
        The data file, when the study does not ship it.
    progress, announce : callable, optional
        As in `replicate_study`.
    program : bool
        Whether the study's own program is run, where it has one. Without it, outputs that the program made are held
        against the manifest and the study's files only, and a remark says so.

    Returns
    -------
    Verification

    Raises
    ------
    ReadError
        When `folder` is not the output folder of a run, or of another study, or the study or data cannot be read.
    CodebookError
        When study.toml contradicts itself or has a key that no study has.
    SurveyKitError
        What a step of the new run raises.

    Notes
    -----
    Three comparisons: the files in the folder with the hashes in its manifest (was an output changed?); the study's
    files with the hashes of the inputs (was an input changed?); a new run with the manifest (does the same come out,
    and does the manifest say the same of it: whether answers are simulated, seed, conventions, what made which file?).
    The new run writes into a temporary folder that is deleted.

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
    ...     _ = sk.replicate_study(study, out=out)
    ...     print(sk.verify_outputs(out, study).succeeded)
    ...
    True
    """
    place = Path(folder)
    manifest = read_manifest(place / MARKER)
    findings = _changed_outputs(place, manifest)
    found, remarks = _study_of(manifest, _find_study(manifest.study) if study is None else study)
    inputs = study_inputs(found, None if data is None else Path(data))
    other = _compare("input", manifest.inputs, inputs, NOT_THAT_ONE)
    if announce is not None:
        for sentence in other:  # at once: the run may take its time
            announce(f"sees that {sentence}")
    if not program and found.program is not None and any(one.program == found.program for one in manifest.made):
        return Verification(
            place,
            tuple(findings + other),
            (
                *remarks,
                f"the program {found.program!r} of the study was not run, so whether the same comes out again is not known",
            ),
            len(manifest.outputs),
            run_again=False,
        )
    with tempfile.TemporaryDirectory(prefix="surveykit-verify-") as temporary:
        chosen = choose_program(found, program, announce)
        again = run_into(chosen, data, Path(temporary) / "out", manifest.lang, progress, announce).manifest
    findings += _compare("input", manifest.inputs, again.inputs, NOT_THAT_ONE)
    findings += _compare("output", manifest.outputs, again.outputs, "comes out otherwise when the study is run again")
    findings += _compare_statements(manifest, again)
    # after the contents agree: what is left are bytes that no run writes
    if not findings and manifest.to_json() != (place / MARKER).read_text(encoding="utf-8"):
        findings.append(f"{MARKER} was changed after the run")
    versions = [
        f"{name} {manifest.versions.get(name)} then, {version} now"
        for name, version in again.versions.items()
        if manifest.versions.get(name) != version
    ]
    if versions:
        remarks = (*remarks, f"made with other versions: {', '.join(versions)}")
    return Verification(place, tuple(findings), remarks, len(manifest.outputs))


NOT_THAT_ONE = "is not the one that the outputs were made from"


def _study_of(manifest: Manifest, folder: str | Path) -> tuple[Study, tuple[str, ...]]:
    """Return the study in a folder, under the name that it had when the outputs were made, with a remark on the name.

    A folder that was renamed holds the same study.toml; one that has another name and another study.toml is another.
    """
    found = read_study(folder)
    if found.name == manifest.study:
        return found, ()
    if hash_file(found.file(STUDY_FILE)) != manifest.inputs.get(STUDY_FILE):
        raise ReadError(f"the outputs are those of the study {manifest.study!r}, but {found.name!r} was given")
    remark = (
        f"the folder of the study is called {found.name!r} now; it was {manifest.study!r} when the outputs were made"
    )
    return replace(found, called=manifest.study), (remark,)


def _find_study(name: str) -> Path:
    folder = place_of_study(name)
    if (folder / STUDY_FILE).is_file():
        return folder
    raise ReadError(
        f"the outputs are those of the study {name!r}, and there is no such folder here or in 'analysis'; give its place with --study"
    )


def _changed_outputs(folder: Path, manifest: Manifest) -> list[str]:
    findings = []
    for name, digest in manifest.outputs.items():
        path = folder / name
        if not path.is_file():
            findings.append(f"output {name} is gone from the folder")
        elif hash_file(path) != digest:
            findings.append(f"output {name} was changed after the run")
    here = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    here = {name for name in here if not is_from_the_system(name)}
    findings += [f"{name} is in the folder, but no run wrote it" for name in sorted(here - {*manifest.outputs, MARKER})]
    return findings


def _compare_statements(before: Manifest, after: Manifest) -> list[str]:
    """Return what a manifest says otherwise than that of a new run, hashes and versions apart."""
    findings = [
        f"{MARKER} says {name} {getattr(before, name)!r}, but the study gives {getattr(after, name)!r}"
        for name in ("data_status", "seed", "conventions")
        if getattr(before, name) != getattr(after, name)
    ]
    was, now = ({one.file: one for one in made} for made in (before.made, after.made))
    findings += [f"{MARKER} says of {file} what the study does not give" for file in now if was.get(file) != now[file]]
    findings += [f"{MARKER} lists {file}, which the study does not make" for file in was if file not in now]
    same = [one.file for one in before.made] == [one.file for one in after.made]
    return findings if findings or same else [f"{MARKER} lists what was made otherwise than the study gives it"]


def _compare(what: str, before: Mapping[str, str], after: Mapping[str, str], words: str) -> list[str]:
    findings = [f"{what} {name} {words}" for name in before if name in after and before[name] != after[name]]
    findings += [f"{what} {name} is missing now" for name in before if name not in after]
    return findings + [f"{what} {name} was not there then" for name in after if name not in before]
