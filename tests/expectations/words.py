"""What an error of surveykit looks like: one line, no traceback words, the offender and the way out."""

from collections.abc import Callable

import pytest

import surveykit as sk


def one_sentence(
    call: Callable[[], object], kind: type[Exception] = sk.SurveyKitError, words: str | None = None
) -> str:
    """Run the call, expect one of surveykit's errors, and return its text."""
    with pytest.raises(kind, match=words) as caught:
        call()
    text = str(caught.value)
    assert isinstance(caught.value, sk.SurveyKitError), f"{type(caught.value).__name__} is no error of surveykit"
    assert "\n" not in text and 20 < len(text) < 700, text
    assert "Traceback" not in text and "object at 0x" not in text
    return text
