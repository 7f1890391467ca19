"""Settlements by waves: their cells, and what is a linear form of them."""

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.event_effects import degrees_of_freedom, estimate_effects, linear_forms, list_effects
from surveykit.comparison.answers.wave_cells import WaveCells
from tests.comparison.answers.test_event_study import effects, stack


@pytest.mark.parametrize("kind", ["date", "period", "text"])
def test_waves_may_be_dates_periods_or_text(kind):
    frame = stack(0.4)
    years = frame[["wave", "first"]].astype("Int64").astype("string")
    make = {
        "date": pd.to_datetime,
        "period": lambda column: pd.Series(pd.PeriodIndex(column, freq="Y")),
        "text": lambda column: column,
    }
    dated = effects(frame.assign(wave=make[kind](years["wave"]), first=make[kind](years["first"])))
    pd.testing.assert_frame_equal(
        dated.drop(columns=["wave", "first_wave"]), effects(frame).drop(columns=["wave", "first_wave"])
    )


@pytest.mark.parametrize("estimand", ["person", "settlement"])
@pytest.mark.parametrize("controls", ["not_yet", "never"])
def test_linear_forms_give_the_estimates(estimand, controls, rng):
    cohort = np.array([1, 1, 2, 2, 2, 4, 4, 4])
    weight, means = rng.uniform(5, 50, (8, 4)), rng.normal(size=(8, 4))
    cells = WaveCells(weight, weight * means, np.full((8, 4), 10))
    some = list_effects(cohort, 4, controls)
    forms = linear_forms(cells, cohort, some, estimand, controls)
    found = estimate_effects(cells, cohort[None, :], some, estimand, controls)[0]
    assert np.einsum("est,st->e", forms, means) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize(
    ("early", "settlements", "df"), [(2, 10, 1.5486725663716816), (2, 20, 1.2336719883889693), (5, 10, 8.0)]
)
def test_degrees_of_freedom_are_those_of_two_means(early, settlements, df):
    """By hand: (1/k + 1/m)^2 / (1/(k^2 (k - 1)) + 1/(m^2 (m - 1))); clubSandwich gives the same for CR2."""
    k, m = early, settlements - early
    assert df == pytest.approx((1 / k + 1 / m) ** 2 / (1 / (k**2 * (k - 1)) + 1 / (m**2 * (m - 1))))
    cohort = np.where(np.arange(settlements) < early, 1, 3)
    cells = WaveCells(np.ones((settlements, 3)), np.zeros((settlements, 3)), np.ones((settlements, 3), dtype=int))
    forms = linear_forms(cells, cohort, list_effects(cohort, 3, "not_yet"), "settlement", "not_yet")
    assert degrees_of_freedom(forms, cohort) == pytest.approx(np.full(len(forms), df))
