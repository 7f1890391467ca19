"""What users of R, Stata and lme4 type in formulas, and the word for it here; asked only when a formula was refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from surveykit.errors import ArgumentError, SurveyKitError
from surveykit.formulas.grammar import shown

_STATA = (
    "Stata's i.sex is C(sex) here, c.age is age, a##b is a * b and a#b is a:b; a base is named by C(sex, Treatment(2))"
)
HABITS: tuple[tuple[str, str], ...] = (
    (r"`", "backticks quote a name in R; here it is Q('its name')"),
    (r"(?<![\w.])(?:i|ib\d*|ibn|c|o)\.[A-Za-z_]|#", _STATA),
    (
        r"(?<![\w.])(?:as\.)?(?:factor|ordered|character)\s*\(|(?<![\w.])relevel\s*\(",
        "R's factor(x) is C(x) here; the reference is named by C(x, Treatment('value'))",
    ),
    (r"(?<![\w.])as\.(?:numeric|integer|double)\s*\(", "numbers are numbers here; numeric=[...] takes a labelled column as one"),
    (r"(?<![\w.])ns\s*\(", "R's ns(x, df) is cr(x, df) here, a natural cubic spline"),
    (r"(?<![\w.])pm(?:ax|in)\s*\(", "R's pmax() and pmin() are maximum() and minimum() here, of two numbers each"),
    (r"(?<![\w.])offset\s*\(", "formulas have no offset(); a linear model may have it subtracted from the outcome as a column first"),
    (r"(?<![\w.])(?:lag|L\d*)\s*\(|(?<![\w.])[LFD]\d*\.[A-Za-z_]", "formulas know no lags; make the earlier answer a column first, or compare waves by difference_in_differences()"),
    (r"~\s*\.(?![\w])", "'.' stands for all other columns in R; here every column is named"),
    (r"\(\s*[01]\s*(?:\+[^()|]*)?\|", "(1 | settlement) is a random intercept in lme4; compare_mixed() fits one, and errors know of settlements by SurveyDesign(cluster=)"),
    (r"\)\s*\^", "a power is written ** here: I(age**2) for a square, (a + b)**2 for all pairs"),
    (r"[{}]", "curly braces have no meaning in a formula; a column whose name has them is Q('its name')"),
)  # fmt: skip
"""A pattern of what was typed, and what to write; the first that fits is said."""


def habit_in(formula: str) -> str:
    """Return what to write instead of what another program's formulas say; "" where nothing of that kind is there.

    Examples
    --------
    >>> habit_in("trust ~ ns(age, 3)")
    "R's ns(x, df) is cr(x, df) here, a natural cubic spline"
    """
    return next((way_out for pattern, way_out in HABITS if re.search(pattern, formula)), "")


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
