from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.conventions import ShareInterval
from surveykit.estimation.engine.share_intervals import share_interval

KINDS = get_args(ShareInterval)
LEVELS = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]


def ends(share, error, df, n, kind, confidence=0.95):
    one = [np.array([float(value)]) for value in (share, error, df, n, n)]
    low, high = share_interval(*one, kind, confidence)
    return float(low[0]), float(high[0])


@pytest.mark.parametrize(("kind", "low", "high"), [
    ("logit", 0.0081438809357328, 0.130392031590892), ("beta", 0.00402114930164085, 0.118210149785141),
    ("arcsine", 0.00288650932793024, 0.096925327356873),
])  # fmt: skip
def test_two_of_59_equal_r(kind, low, high):
    """R 4.1: f <- data.frame(y = 1:59, one = 1); svyciprop(~I(y <= 2), svydesign(~1, weights = ~one, data = f), m)."""
    share = 2 / 59
    found = ends(share, np.sqrt(share * (1 - share) / 58), 58, 59, kind)
    assert found == pytest.approx((low, high), rel=1e-8)  # R takes the derivative of asin(sqrt(p)) exactly, as here


def test_the_arcsine_stops_at_0_and_1():
    # by hand: arcsin(sqrt(.02)) = .1419, reach 2.086 * .05 / .28 = .3725; the sine of .1419 - .3725 squared is .052
    assert ends(0.02, 0.05, 20, 50, "arcsine") == (0, pytest.approx(0.242, abs=5e-4))
    assert ends(0.98, 0.05, 20, 50, "arcsine") == (pytest.approx(0.758, abs=5e-4), 1)


def test_clusters_alike_leave_the_share_itself_but_for_the_cap():
    for kind in KINDS:
        if kind == "korn-graubard":  # Clopper-Pearson with 2 of 4, printed in tables
            assert ends(0.5, 0, 3, 4, kind) == pytest.approx((0.0676, 0.9324), abs=5e-5)
        else:
            assert ends(0.5, 0, 3, 4, kind) == pytest.approx((0.5, 0.5), abs=1e-12)


def test_nobody_of_ten():
    # the rule of Clopper & Pearson: 1 - (alpha / 2)**(1 / n); with df = n - 1 nothing is corrected
    for kind in ("beta", "korn-graubard", "logit"):
        assert ends(0, 0, 9, 10, kind) == (0, pytest.approx(1 - 0.025**0.1, rel=1e-12))
    assert np.isnan(ends(0, 0, 9, 10, "arcsine")).all()  # as in R: the delta method has no error there


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.one_of(st.floats(0, 1), st.floats(0, 1e-3), st.floats(0.999, 1), st.sampled_from([0.0, 1.0, 1e-12, 1 - 1e-12])),
    st.one_of(st.just(0.0), st.floats(1e-3, 30)),
    st.integers(2, 200),
    st.integers(1, 199),
)
def test_an_interval_holds_its_estimate_and_grows_with_confidence(kind, share, root_of_effect, n, df):
    """From 0 to 1 and nested, for shares near 0 and 1, two respondents, one degree of freedom, any design effect."""
    error, df = root_of_effect * np.sqrt(share * (1 - share) / n), min(df, n - 1)
    found = np.array([ends(share, error, df, n, kind, level) for level in LEVELS])
    if kind == "arcsine" and share in (0, 1):
        assert np.isnan(found).all()
        return
    rounding = 1e-9  # of the inverse of an incomplete beta function, and of sin(arcsin(sqrt(p)))**2
    assert (found[:, 0] <= share + rounding).all() and (found[:, 1] >= share - rounding).all()
    assert (np.diff(found[:, 0]) <= rounding).all() and (np.diff(found[:, 1]) >= -rounding).all()
    if kind != "wald":
        assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_answer_has_the_mirrored_interval(kind):
    for share, error in ((0.02, 0.05), (0.3, 0.1), (0.5, 0.2)):
        low, high = ends(share, error, 6, 40, kind)
        assert ends(1 - share, error, 6, 40, kind) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_without_degrees_of_freedom_there_is_no_interval(kind):
    assert np.isnan(ends(0.3, 0.1, 0, 40, kind)).all()
