"""Population targets that stand in a file: a table as CSV, or one table per column as TOML."""

import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from surveykit.codebook import Codebook
from surveykit.errors import SurveyKitWarning, WeightingError
from surveykit.files.reading import PathLike, check_file
from surveykit.reading.csv.csv_file import read_csv
from surveykit.toml_file import read_toml
from surveykit.weighting.targets import DATA_STATUS
from surveykit.words.simulated import SIMULATED


def read_margins_file(path: PathLike) -> pd.DataFrame:
    """Return population targets from a file, as the table that `rake`, `poststratify` and `calibrate` take.

    Parameters
    ----------
    path : path
        A CSV with the columns column, level, target (or, for a cross table, the columns of the data and one of
        targets), separated by commas, semicolons or tabs; or a file that ends in .toml with one table per column.

    Returns
    -------
    DataFrame
        With the column data_status when the population is a simulated one (in CSV the same column says SIMULATED, in
        TOML ``simulated = true``); such targets are refused for real answers.

    Raises
    ------
    ReadError, EncodingError
        When the file cannot be read as what it is.
    WeightingError
        When it holds no targets, or one that is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "margins.toml"
    ...     _ = file.write_text('''
    ... [sex]
    ... Man = 0.48
    ... Woman = 0.52
    ... [age_group]
    ... 1 = 0.55
    ... 2 = 0.45
    ... ''')
    ...     print(sk.read_margins_file(file))
    ...
          column  level  target
    0        sex    Man    0.48
    1        sex  Woman    0.52
    2  age_group      1    0.55
    3  age_group      2    0.45
    """
    file = check_file(path)
    table = _from_toml(file) if file.suffix.lower() == ".toml" else _from_csv(file)
    if not len(table):
        raise WeightingError(f"{file.name!r} holds no targets; give a line for each level, such as sex,Woman,0.52")
    return table


def _from_csv(path: Path) -> pd.DataFrame:
    """Return the table; levels of several questions stand in one column, so that numbers among texts are no slip."""
    with warnings.catch_warnings():  # what there is to tell is told by the second reading
        warnings.simplefilter("ignore", SurveyKitWarning)
        table = read_csv(path, codebook=Codebook()).data
    levels = [name for name in ("level",) if name in table and not pd.api.types.is_numeric_dtype(table[name])]
    return read_csv(path, codebook=Codebook(), text=levels).data if len(table) else table


def _from_toml(path: Path) -> pd.DataFrame:
    content = read_toml(path)
    simulated = content.pop("simulated", False)
    rows = [
        {"column": name, "level": level, "target": target}
        for name, targets in content.items()
        for level, target in _levels(path, name, targets).items()
    ]
    table = pd.DataFrame(rows, columns=["column", "level", "target"])
    return table.assign(**{DATA_STATUS: SIMULATED}) if simulated else table


def _levels(path: Path, name: str, targets: Any) -> dict[str, float]:
    """Return the targets of one column by level."""
    sound = isinstance(targets, dict) and all(
        isinstance(target, int | float) and not isinstance(target, bool) for target in targets.values()
    )
    if not sound:
        raise WeightingError(
            f"{path.name!r} must give each level of {name!r} a number, under the heading [{name}]: Woman = 0.52"
        )
    return dict(targets)
