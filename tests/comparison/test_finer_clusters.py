"""Villages inside the akim's unit: the gate and every method count akims, however finely the sample is clustered."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.comparison.judgement import VERDICTS

ROLES = {"group": "akim", "baseline": "appointed", "settlement": "unit"}


def split_units(elected: int, villages: int, seed: int = 3) -> pd.DataFrame:
    """Ten units, each of the same 24 respondents in one to four villages; the first units elected their akim."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(10), 24)
    return pd.DataFrame(
        {
            "unit": [f"U{number}" for number in unit],
            "village": [f"V{number}-{place % villages}" for place, number in enumerate(unit)],
            "akim": np.where(unit < elected, "elected", "appointed"),
            "trust": np.clip(np.round(3 + rng.normal(0, 0.4, 10)[unit] + rng.normal(0, 1, len(unit))), 1, 5),
        }
    )


@pytest.mark.parametrize("elected", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("villages", [2, 3, 4])
def test_villages_do_not_make_a_verdict_better(elected, villages):
    frame = split_units(elected, villages)
    by_unit, by_village = (
        sk.check_feasibility(sk.SurveyDesign(frame, cluster=cluster), **ROLES) for cluster in ("unit", "village")
    )
    assert VERDICTS.index(by_village.verdict) >= VERDICTS.index(by_unit.verdict)
    assert str(by_village.facts) == str(by_unit.facts)  # as texts, in which NaN is NaN
    assert (by_village.facts["n_treated"], by_village.facts["n_baseline"]) == (elected, 10 - elected)


def test_three_of_ten_units_stay_fragile_with_thirty_villages():
    """By villages it would be nine against twenty-one, which is sound; there are three elected akims all the same."""
    design = sk.SurveyDesign(split_units(3, 3), cluster="village")
    assert design.units.n_clusters == 30
    assert sk.check_feasibility(design, **ROLES).verdict == "fragile"
    assert sk.check_feasibility(design, **{**ROLES, "settlement": "village"}).verdict == "sound"
    compared = sk.compare_settlements(design, "trust", **ROLES, methods="all")
    assert set(compared.table["n_clusters"]) == {10} and len(compared.influence["left_out"].unique()) == 10
    assert "3 settlement(s) in the group 'elected' stand against 7" in compared.headline()


@pytest.mark.parametrize("method", ["cr2", "cr3", "linearized", "randomization", "welch"])
def test_no_method_gains_from_villages(method):
    frame = split_units(4, 3)
    coarse, fine = (
        sk.compare_settlements(sk.SurveyDesign(frame, cluster=cluster), "trust", **ROLES, methods=method).table
        for cluster in ("unit", "village")
    )
    columns = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    pd.testing.assert_frame_equal(coarse[columns], fine[columns], atol=1e-12)


def test_a_unit_finer_than_the_clusters_is_refused():
    design = sk.SurveyDesign(split_units(4, 3), cluster="unit")
    with pytest.raises(sk.FeasibilityError, match="name the unit in which the akim is chosen, or a coarser one"):
        sk.check_feasibility(design, **{**ROLES, "settlement": "village"})
