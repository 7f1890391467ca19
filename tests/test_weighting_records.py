import numpy as np
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.weighting_records import Calibration
from tests.test_design import FRAME


def test_fixing_the_total_of_every_cluster_is_warned_of():
    design = SurveyDesign(FRAME, weight="w", cluster="village")
    record = Calibration("raking", ("village",), ((("A", 1.0), ("B", 1.0), ("C", 1.0), ("D", 1.0)),), (("village",),))
    with pytest.warns(SurveyKitWarning, match="fixes the totals of 4 levels of 'village', each of whole clusters"):
        design.with_weights(np.ones(6), "raked to village", record)
    by_house = Calibration("raking", ("house",), ((("1", 1.0), ("2", 1.0)),), (("house",),))
    assert design.with_weights(np.ones(6), "raked to house", by_house).calibration
