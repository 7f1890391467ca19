"""A simulated study written as real files, the same bytes on every run."""

import os
import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from surveykit._checks import some
from surveykit.errors import SurveyKitWarning, WriteError
from surveykit.files.reading import PathLike, hash_file
from surveykit.files.writing import filled_folder, write_text_whole
from surveykit.reading.codebook_file import write_codebook
from surveykit.reading.csv.csv_writer import write_csv
from surveykit.reading.spss_stata.spss_writer import write_spss
from surveykit.simulation.ili_like import SimulatedStudy
from surveykit.spreadsheet_text import csv_text

README_FILE = "README.txt"
README = """SIMULATED data
==============

Every answer in this folder was made by a program. No person and no village stands behind any row, and nothing here is
a finding about any place.

Made by `surveykit simulate --out DIR{seed}`; the same command gives the same files.

- ili_2021.sav     first wave, SPSS, Russian labels, user-missing codes 97, 98 and 99, weight base_weight
- ili_2023.csv     second wave, CSV; its codes are explained by codebook.toml
- codebook.toml    questions, answers and skip rules in English, Russian and Kazakh (a reconstruction by this project)
- margins.csv      population counts for raking
- settlements.csv  the ten settlements: adults, month of the first direct election, exposure and mood
- coding.csv       structured interviews coded by two coders: passage, theme, present (0 or 1)
- quotations.csv   passages of the interviews; only those cleared may be shown
- truth.csv        what an estimate from these answers ought to recover
- truth_themes.csv how often each theme is truly expected in an interview

SHA-256 of the files as they were written (`surveykit simulate` replaces a file only while it is what stands here):

"""
LISTED = re.compile(r"(?m)^([0-9a-f]{64})  (\S+)$")
MADE_BY = re.compile(r"simulate --out DIR((?: --seed \d+)?)`;")


def write_study(study: SimulatedStudy, folder: PathLike) -> list[Path]:
    """Write the waves, the codebook, the margins and the truth of a simulated study into a folder.

    Parameters
    ----------
    study : SimulatedStudy
        From `simulate_study`.
    folder : path
        Made when it does not exist. Files of another simulation are replaced, unless somebody changed them.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    WriteError
        When the folder cannot be made, or holds a file of these names that no simulation wrote or that was changed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> study = sk.simulate_study(1, interviews=0.1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print([path.name for path in sk.write_study(study, pathlib.Path(folder) / "study")][:4])
    ...
    ['ili_2021.sav', 'ili_2023.csv', 'codebook.toml', 'margins.csv']
    """
    target = Path(folder)
    with filled_folder(target, lambda work: _fill(study, work)) as files:
        _check_folder(target, files)
    return files


def _fill(study: SimulatedStudy, work: Path) -> list[str]:
    """Write the files of a study into an empty folder; return their names, the README last."""
    first, second = study.waves
    coded = study.interviews
    tables = {
        "margins": study.margins,
        "settlements": study.settlements,
        "truth": study.truth,
        "coding": coded.coding,
        "quotations": coded.quotations,
        "truth_themes": coded.truth,
    }
    names = [f"ili_{first}.sav", f"ili_{second}.csv", "codebook.toml", *(f"{name}.csv" for name in tables)]
    with warnings.catch_warnings():  # what is cut or left out stands whole in codebook.toml
        warnings.filterwarnings("ignore", "SPSS keeps 256 bytes of a variable label", SurveyKitWarning)
        warnings.filterwarnings("ignore", "a .sav written here does not hold who was asked", SurveyKitWarning)
        write_spss(study.waves[first], work / f"ili_{first}.sav", lang="ru")
    write_csv(study.waves[second], work / f"ili_{second}.csv")
    write_codebook(study.waves[second].codebook, work / "codebook.toml", simulated=True, weight="base_weight")
    for name, table in tables.items():
        _write_table(table, work / f"{name}.csv")
    seed = "" if study.seed is None else f" --seed {study.seed}"
    write_text_whole(_readme(seed, {name: hash_file(work / name) for name in names}), work / README_FILE)
    return [*names, README_FILE]


def _readme(seed: str, hashes: Mapping[str, str]) -> str:
    return README.format(seed=seed) + "".join(f"{digest}  {name}\n" for name, digest in hashes.items())


def _check_folder(folder: Path, files: Iterable[Path]) -> None:
    """Raise when a file would be lost that, as the README there tells, no simulation wrote, or that was changed."""
    written = _read_record(folder / README_FILE)
    there = [path for path in files if os.path.lexists(path)]
    foreign = [path.name for path in there if path.name not in written]
    changed = [path.name for path in there if not path.is_file() or hash_file(path) != written.get(path.name)]
    if changed:
        what = "no simulation wrote" if foreign else "was changed since a simulation wrote it"
        raise WriteError(
            f"the folder {str(folder)!r} holds {some(foreign or changed, 3)}, which {what} and which would be lost; name a new or an empty folder"
        )


def _read_record(readme: Path) -> dict[str, str]:
    """Return the SHA-256 of the files that a simulation wrote, its README included; none when the README is another."""
    if not readme.is_file():
        return {}
    text = readme.read_bytes().decode("utf-8", "replace")
    hashes = {name: digest for digest, name in LISTED.findall(text)}
    seed = MADE_BY.search(text)
    if seed is None or text != _readme(seed.group(1), hashes):
        return {}
    return {**hashes, README_FILE: hash_file(readme)}


def _write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV; numbers to ten significant digits, so that the last bits of a platform do not show."""
    shown = table.assign(data_status="SIMULATED")
    write_text_whole(csv_text(shown, "%.10g"), path)
