"""A simulated study written as real files, the same bytes on every run."""

import warnings
from pathlib import Path

import pandas as pd

from surveykit._checks import some
from surveykit.errors import SurveyKitWarning, WriteError
from surveykit.reading.codebook_file import write_codebook
from surveykit.reading.csv_writer import write_csv
from surveykit.reading.files import PathLike, write_text_whole
from surveykit.reading.spss_writer import write_spss
from surveykit.simulation.ili_like import SimulatedStudy

README_FILE = "README.txt"
README = """SIMULATED data
==============

Every answer in this folder was made by a program. No person and no village stands behind any row, and nothing here is
a finding about any place.

Made by `surveykit simulate --out DIR{seed}`; the same command gives the same files.

- ili_2021.sav     first wave, SPSS, Russian labels, user-missing codes 98 and 99, weight base_weight
- ili_2023.csv     second wave, CSV; its codes are explained by codebook.toml
- codebook.toml    questions and answers in English, Russian and Kazakh (a reconstruction by this project)
- margins.csv      population counts for raking
- settlements.csv  the ten settlements: adults, month of the first direct election, exposure and mood
- coding.csv       structured interviews coded by two coders: passage, theme, present (0 or 1)
- quotations.csv   passages of the interviews; only those cleared may be shown
- truth.csv        what an estimate from these answers ought to recover
- truth_themes.csv how often each theme is truly expected in an interview
"""


def write_study(study: SimulatedStudy, folder: PathLike) -> list[Path]:
    """Write the waves, the codebook, the margins and the truth of a simulated study into a folder.

    Parameters
    ----------
    study : SimulatedStudy
    folder : path
        Made when it does not exist. Files of another simulation are replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    WriteError
        When the folder cannot be made, or holds a file of these names that no simulation wrote.
    """
    target = Path(folder)
    first, second = study.waves
    coded = study.interviews
    tables = {"margins": study.margins, "settlements": study.settlements, "truth": study.truth, "coding": coded.coding,
              "quotations": coded.quotations, "truth_themes": coded.truth}
    waves = [f"ili_{first}.sav", f"ili_{second}.csv"]
    names = [*waves, "codebook.toml", *(f"{name}.csv" for name in tables), README_FILE]
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"the folder {str(folder)!r} cannot be made ({error.strerror}); choose another one") from error
    _check_folder(target, names)
    seed = "" if study.seed is None else f" --seed {study.seed}"
    write_text_whole(README.format(seed=seed), target / README_FILE)  # first: a run that breaks off may be repeated
    with warnings.catch_warnings():  # the Russian title is cut in the file label; codebook.toml has it whole
        warnings.filterwarnings("ignore", "SPSS keeps 64 bytes of a file label", SurveyKitWarning)
        write_spss(study.waves[first], target / f"ili_{first}.sav", lang="ru")
    write_csv(study.waves[second], target / f"ili_{second}.csv")
    write_codebook(study.waves[second].codebook, target / "codebook.toml", simulated=True, weight="base_weight")
    for name, table in tables.items():
        _write_table(table, target / f"{name}.csv")
    return [target / name for name in names]


def _check_folder(folder: Path, names: list[str]) -> None:
    """Raise when a file would be lost that is not of a simulation, as the README beside it would say."""
    readme = folder / README_FILE
    if readme.is_file() and readme.read_bytes().startswith(README.encode().splitlines()[0]):
        return
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise WriteError(f"the folder {str(folder)!r} holds {some(taken, 3)}, which no simulation wrote and which "
                         "would be lost; name a new or an empty folder")


def _write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV; numbers to ten significant digits, so that the last bits of a platform do not show."""
    shown = table.assign(data_status="SIMULATED")
    write_text_whole(shown.to_csv(index=False, lineterminator="\n", float_format="%.10g"), path)
