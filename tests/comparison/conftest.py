import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.survey import Survey


@pytest.fixture(scope="session")
def ili_design(ili_like) -> SurveyDesign:
    """The reference data as a survey with labels: settlements as clusters, three strata."""
    akim = Variable(
        "elected",
        {"en": "How the akim came to office", "ru": "Как аким получил должность"},
        {0: {"en": "appointed", "ru": "назначен"}, 1: {"en": "elected", "ru": "избран"}},
    )
    sex = Variable("sex", labels={1: {"en": "man"}, 2: {"en": "woman"}})
    age = Variable("ageband", labels={k: {"en": text} for k, text in enumerate(("18-29", "30-44", "45-59", "60+"), 1)})
    education = Variable("educ", labels={1: {"en": "school"}, 2: {"en": "college"}, 3: {"en": "university"}})
    return SurveyDesign(
        Survey(ili_like, Codebook.of([akim, sex, age, education])), weight="w", cluster="settlement", stratum="stratum"
    )


def small_design(treated: int, settlements: int = 10, size: int = 12, seed: int = 1, effect: float = 0.0, **columns):
    """Settlements S00, S01, ... of which the first `treated` are elected; five-point answers."""
    rng = np.random.default_rng(seed)
    settlement = np.repeat(np.arange(settlements), size)
    frame = pd.DataFrame(
        {
            "settlement": [f"S{number:02d}" for number in settlement],
            "akim": np.where(settlement < treated, "elected", "appointed"),
            "q1": np.clip(
                np.round(
                    3
                    + rng.normal(0, 0.3, settlements)[settlement]
                    + effect * (settlement < treated)
                    + rng.normal(0, 1, len(settlement))
                ),
                1,
                5,
            ),
            "w": rng.uniform(0.5, 2, len(settlement)),
            **columns,
        }
    )
    return SurveyDesign(frame, weight="w", cluster="settlement")
