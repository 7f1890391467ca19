"""A new study folder that runs as it stands."""

from pathlib import Path

from surveykit.errors import WriteError
from surveykit.files.reading import PathLike
from surveykit.files.temporary import WORK
from surveykit.files.writing import filled_folder, write_text_whole
from surveykit.simulation.ili_like import simulate_study
from surveykit.simulation.study_files import write_study

STARTER = Path(__file__).parent / "starter"


def init_study(folder: PathLike) -> list[Path]:
    """Make a study folder that runs as it stands, on SIMULATED answers, to be filled with one's own.

    Parameters
    ----------
    folder : path
        A folder that does not exist yet, or is empty.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    WriteError
        When the folder holds anything, or cannot be made.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = sk.init_study(pathlib.Path(folder) / "mine")
    ...     print(sorted(path.name for path in written if path.suffix == ".toml"))
    ...
    ['codebook.toml', 'study.toml']
    """
    target = Path(folder)
    with filled_folder(target, _fill) as files:
        if target.exists() and (not target.is_dir() or any(map(_is_in_the_way, target.iterdir()))):
            raise WriteError(f"{str(folder)!r} exists and is not an empty folder; name a new one")
    return files


def _is_in_the_way(path: Path) -> bool:
    return not path.name.startswith(WORK)


def _fill(work: Path) -> list[str]:
    starters = sorted(path for path in STARTER.iterdir() if path.is_file())
    for path in starters:
        write_text_whole(path.read_text(encoding="utf-8"), work / path.name)
    data = write_study(simulate_study(), work / "data")
    return [*(path.name for path in starters), *(f"data/{path.name}" for path in data)]
