"""A new study folder that runs as it stands."""

from pathlib import Path

from surveykit.errors import WriteError
from surveykit.reading.files import PathLike, write_text_whole
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
    """
    target = Path(folder)
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise WriteError(f"{str(folder)!r} exists and is not an empty folder; name a new one")
        target.mkdir(parents=True, exist_ok=True)
    except WriteError:
        raise
    except OSError as error:
        raise WriteError(f"the folder {str(folder)!r} cannot be made ({error.strerror}); choose another one") from error
    starters = sorted(path for path in STARTER.iterdir() if path.is_file())
    files = [write_text_whole(path.read_text(encoding="utf-8"), target / path.name) for path in starters]
    return [*files, *write_study(simulate_study(), target / "data")]
