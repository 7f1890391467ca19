import numpy as np
import pytest

from surveykit.design import SurveyDesign
from surveykit.estimation.quantities.share_sums import interval_of_sums
from surveykit.estimation.quantities.shares import shares


@pytest.mark.parametrize(("name", "options"), [("D1", {"stratum": "stratum"}), ("D2", {})])
def test_two_answers_together_equal_r(ili_like, expected, name, options):
    """R: svyciprop(~q1top, design, method = "xlogit"), q1top being 4 or 5."""
    entry = expected[f"ciprop.q1top.xlogit.{name}"]
    result = shares(SurveyDesign(ili_like, weight="w", cluster="settlement", **options), "q1")
    found = interval_of_sums(result, np.arange(5), np.array([False, False, False, True, True]))
    assert found[0].tolist() == pytest.approx([entry["value"]["low"], entry["value"]["high"]], rel=entry["tol"])


def test_all_answers_or_none_have_no_interval(ili_like):
    result = shares(SurveyDesign(ili_like, weight="w", cluster="settlement"), "q1", by="elected")
    for chosen in (np.ones(5, dtype=bool), np.zeros(5, dtype=bool)):
        found = interval_of_sums(result, np.arange(10), chosen)
        assert found.shape == (2, 2) and np.isnan(found).all()
