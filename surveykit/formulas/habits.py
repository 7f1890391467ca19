"""What users of R, Stata and lme4 type in formulas, and the word for it here; asked only when a formula was refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from surveykit.errors import ArgumentError, SurveyKitError
from surveykit.formulas.grammar import shown
from surveykit.habits import FORMULAS


def habit_in(formula: str) -> str:
    """Return what to write instead of what another program's formulas say; "" where nothing of that kind is there.

    Examples
    --------
    >>> habit_in("trust ~ ns(age, 3)")
    "R's ns(x, df) is cr(x, df) here, a natural cubic spline"
    """
    return next((way_out for pattern, way_out in FORMULAS if re.search(pattern, formula)), "")


@contextmanager
def telling_habits(formula: str) -> Iterator[None]:
    """Let a refusal inside the block say the word of this project where the formula shows a habit from another."""
    try:
        yield
    except SurveyKitError as error:
        way_out = habit_in(formula)
        if not way_out or way_out in str(error):
            raise
        raise ArgumentError(f"the formula {shown(formula)} cannot be read: {way_out}") from error
