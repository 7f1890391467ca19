"""Why the system refused, and what to do then."""

import errno

import pytest

from surveykit.errors import WriteError
from surveykit.files.refusals import reason, refusal_of_the_system, way_out


def behind(cause: Exception | None) -> WriteError:
    error = WriteError("outer")
    error.__cause__ = cause
    return error


def test_the_systems_error_is_found_behind_ours():
    system = OSError(errno.EACCES, "Permission denied")
    assert refusal_of_the_system(system) is system
    assert refusal_of_the_system(behind(behind(system))) is system
    assert refusal_of_the_system(behind(None)) is None and refusal_of_the_system(behind(ValueError("x"))) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [(OSError(28, "No space left"), "No space left"), (ValueError("odd"), "odd"), (KeyError(), "KeyError")],
)
def test_a_reason_is_never_empty(error, words):
    assert reason(error) == words


def test_a_full_disk_asks_for_another_disk():
    assert "this disk is full" in way_out(OSError(errno.ENOSPC, "x")) and "this disk is full" in way_out(
        OSError(errno.EDQUOT, "x")
    )
    assert way_out(OSError(errno.EACCES, "x")) == "choose a folder that you may write to"
