"""Surveys to try things on: two SIMULATED waves, and a real study that statsmodels ships."""

import tempfile
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from surveykit._checks import check_option
from surveykit.files.reading import hash_file
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.reading.csv.csv_file import read_csv
from surveykit.reading.spss_stata.spss_file import read_spss
from surveykit.simulation.ili_like import simulate_study
from surveykit.simulation.study_files import write_study
from surveykit.survey import Provenance, Survey

Example = Literal["ili_2021", "ili_2023", "anes_1996"]
ANES_CODEBOOK = Path(__file__).parent / "anes_1996.toml"


def load_example(name: Example) -> Survey:
    """Load a survey to try things on; nothing is downloaded, and no copy of the project is needed.

    Parameters
    ----------
    name : {"ili_2021", "ili_2023", "anes_1996"}
        The two waves of the Ili study, SIMULATED by `simulate_study`: ten villages, some of which elected their akim;
        or a real one, the 944 voters of the American National Election Study 1996 that statsmodels ships (public
        domain; it has no weights and no clusters).

    Returns
    -------
    Survey
        As the reader of its file gives it, with its codebook.

    Raises
    ------
    ArgumentError
        When `name` is no example.

    Notes
    -----
    The simulated waves are made anew, once in a session, by the program that made the files of `analysis/ili_district`,
    from the same seed; `write_study(simulate_study(), "ili")` writes all files of the study into a folder.

    Examples
    --------
    >>> import surveykit as sk
    >>> survey = sk.load_example("anes_1996")
    >>> len(survey), survey.provenance.simulated
    (944, False)
    >>> sk.load_example("ili_2023").provenance.simulated
    True
    """
    check_option(name, get_args(Example), "name")
    kept = _anes() if name == "anes_1996" else _ili_waves()[name]
    return replace(kept)  # with a frame of its own: what one caller does to it, the next does not see


@cache
def _anes() -> Survey:
    found = find_spec("statsmodels")
    assert found is not None and found.origin is not None  # statsmodels is a requirement of surveykit
    file = Path(found.origin).parent / "datasets" / "anes96" / "anes96.csv"
    answers = pd.read_csv(file, sep="\t", quotechar="'")  # its column names stand in apostrophes
    provenance = Provenance(file.name, sha256=hash_file(file), format="CSV", notes=("shipped by statsmodels",))
    return Survey(answers, read_codebook(ANES_CODEBOOK), provenance)


@cache
def _ili_waves() -> dict[str, Survey]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_study(simulate_study(), place)
        second = read_csv(place / "ili_2023.csv", codebook=place / "codebook.toml")
        first = read_spss(place / "ili_2021.sav", lang="ru").with_codebook(second.codebook)
    return {"ili_2021": first, "ili_2023": second}
