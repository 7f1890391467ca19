from dataclasses import replace

import numpy as np
import pytest

from surveykit.comparison.intraclass import VarianceParts
from surveykit.comparison.methods.settlement_methods import METHODS, Settings
from surveykit.comparison.planning.simulated_intervals import detectable, power_at, simulate_intervals
from surveykit.comparison.question import make_question
from tests.comparison.conftest import small_design


def test_detectable_and_power_by_hand():
    ends = np.array([[-1.0, 1], [-2, 2], [-3, 3], [-4, 4]])
    assert detectable(ends, 0.5) == 2 and detectable(ends, 0.8) == 4
    assert power_at(ends, 2.5) == 0.5 and power_at(ends, -2.5) == 0.5


@pytest.mark.parametrize("method", ["cr2", "randomization"])
@pytest.mark.parametrize("estimand", ["person", "settlement"])
def test_surveys_judged_at_once_are_judged_as_one_by_one(method, estimand):
    design = small_design(4, 9, seed=5)
    question = make_question(design, group="akim", baseline="appointed", settlement="settlement")
    case = question.case("q1", estimand=estimand)
    parts = VarianceParts(0.1, 1.0, 12.0, 9, 108)
    at_once = simulate_intervals(case, parts, method, Settings(0.05, seed=3), 12)
    rng = np.random.default_rng(3)
    totals, z = case.totals, case.treated.astype(float)
    n, d, dd = totals.xx[:, 0, 0], totals.xdx[:, 0, 0], totals.xddx[:, 0, 0]
    rest = np.sqrt(np.clip(dd - d**2 / n, 0, None))
    for seen in at_once:
        effect, first, second = rng.standard_normal((3, 9))
        y = n * np.sqrt(0.1) * effect + np.sqrt(n) * first
        dy = d * np.sqrt(0.1) * effect + d / np.sqrt(n) * first + rest * second
        drawn = replace(totals, xy=np.column_stack([y, z * y]), xdy=np.column_stack([dy, z * dy]))
        row = METHODS[method](replace(case, totals=drawn), Settings(0.05, seed=3))
        assert seen == pytest.approx([row.conf_low, row.conf_high], rel=1e-9)
