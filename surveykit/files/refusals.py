"""Why the system refused to read or write a file, and what to do then."""

import errno

from surveykit.errors import SurveyKitError, WriteError


def refusal_of_the_system(error: OSError) -> OSError | None:
    """Return the system's error behind one of writing, None when surveykit itself refused.

    A message names the file or folder that was asked for, not the temporary one that could not be written.
    """
    cause: BaseException | None = error
    while isinstance(cause, WriteError):
        cause = cause.__cause__
    return cause if isinstance(cause, OSError) and not isinstance(cause, SurveyKitError) else None


def reason(error: Exception) -> str:
    """Return in a few words why the system refused."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def way_out(error: Exception) -> str:
    """Return what to do when a file cannot be written."""
    if getattr(error, "errno", None) in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return "choose a folder on another disk, or free some room: this disk is full"
    return "choose a folder that you may write to"
