"""The manifest of a run: what went in, what came out, made by what, answering which claim."""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import surveykit
from surveykit.errors import ReadError
from surveykit.files.json_file import read_json
from surveykit.files.reading import hash_file
from surveykit.files.writing import write_text_whole
from surveykit.formatting import file_name, without_controls
from surveykit.words.simulated import SIMULATED

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "pyreadstat", "matplotlib", "jinja2")
FORMAT = 1


@dataclass(frozen=True)
class Output:
    """One thing that a run made: "Table 2", the file that holds it, the program that made it, the claims it answers."""

    name: str
    file: str
    program: str = ""
    claims: tuple[str, ...] = ()
    caption: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "caption", without_controls(self.caption))


@dataclass(frozen=True)
class Manifest:
    """Record of a run; two runs of one study on one data file write the same bytes.

    Attributes
    ----------
    study : str
        Name of the study folder.
    inputs, outputs : mapping from relative path to SHA-256
    made : tuple of Output
        The table "figure or table, program, file, claim".
    seed : int or None
    lang : str
    conventions : str
    simulated : bool
    versions : mapping from package to version

    Notes
    -----
    When a run was made, and how long it took, is *not* in it: that would differ from run to run. The command line
    prints it and keeps it in `manifest.run.json` beside it.
    """

    study: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    made: tuple[Output, ...] = ()
    seed: int | None = None
    lang: str = "en"
    conventions: str = "surveykit"
    simulated: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "study", without_controls(self.study))

    @property
    def data_status(self) -> str:
        """Whether the answers are simulated, as every output states it."""
        return SIMULATED if self.simulated else "as supplied"

    def to_json(self) -> str:
        """Return the manifest as JSON, keys sorted."""
        made = [
            {
                "name": one.name,
                "file": one.file,
                "program": one.program,
                "claims": list(one.claims),
                "caption": one.caption,
            }
            for one in self.made
        ]
        # no time and no name of a computer: two runs of one study write the same bytes, by which they are compared
        content = {
            "format": FORMAT, "study": self.study, "data_status": self.data_status,
            "inputs": dict(self.inputs), "outputs": dict(self.outputs), "made": made, "seed": self.seed,
            "lang": self.lang, "conventions": self.conventions, "versions": dict(self.versions),
        }  # fmt: skip
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def write(self, path: str | Path) -> None:
        """Write the manifest as JSON."""
        write_text_whole(self.to_json(), path)


def read_manifest(path: str | Path) -> Manifest:
    """Read a manifest.

    Raises
    ------
    ReadError
        When the file is absent or is not a manifest.
    """
    file = Path(path)
    if not os.path.lexists(file):
        raise ReadError(f"{str(file.parent)!r} has no {file.name}; it is not the output folder of a run")
    try:
        content: dict[str, Any] = read_json(file)
        made = tuple(
            Output(
                _text(one["name"]),
                _text(one["file"]),
                _text(one["program"]),
                tuple(_text(claim) for claim in one["claims"]),
                _text(one["caption"]),
            )
            for one in content["made"]
        )
        hashes = [
            {_text(name): _text(value) for name, value in content[kind].items()}
            for kind in ("inputs", "outputs", "versions")
        ]
        seed = content["seed"]
        if not (seed is None or type(seed) is int):
            raise TypeError("seed")
        if outside := [name for name in hashes[1] if not _is_inside(name)]:
            raise ReadError(f"it names {outside[0]!r} as an output, which lies outside its folder")
        return Manifest(
            _text(content["study"]),
            hashes[0],
            hashes[1],
            made,
            seed,
            _text(content["lang"]),
            _text(content["conventions"]),
            content["data_status"] == SIMULATED,
            hashes[2],
        )
    except (ReadError, LookupError, TypeError, AttributeError) as error:
        why = f" ({error})" if isinstance(error, ReadError) else ""
        raise ReadError(f"{file.name!r} in {str(file.parent)!r} is not a manifest{why}; run it again") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _is_inside(name: str) -> bool:
    """Return whether the path of an output lies in its folder: nothing else is read because a manifest says so."""
    path = Path(name)
    return not path.is_absolute() and not path.drive and bool(path.parts) and ".." not in path.parts


def used_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that make the numbers and the ink."""
    versions = {"python": platform.python_version(), "surveykit": surveykit.__version__}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed as a package"
    return versions


def hash_files(paths: Iterable[Path], folder: Path) -> dict[str, str]:
    """Return the SHA-256 of files by their path relative to `folder` (by name, when they lie elsewhere)."""
    hashes = {}
    for path in sorted(paths):
        inside = path.is_relative_to(folder)
        # with forward slashes on Windows too
        hashes[file_name(path.relative_to(folder).as_posix() if inside else path.name)] = hash_file(path)
    return hashes


def format_provenance_table(made: Iterable[Output]) -> str:
    """Return the table "figure or table -> program -> file -> claim" in Markdown, for the replication's README."""
    lines = ["| figure or table | program | file | claims |", "|---|---|---|---|"]
    for output in made:
        cells = (output.name, output.program, output.file, ", ".join(output.claims) or "-")
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
