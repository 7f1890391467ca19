import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.comparison.answers.settlements import SettlementComparison, compare_settlements
from surveykit.comparison.planning.adjustment import balance_settlements
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.survey import Survey

BY = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}
ILI = {"group": "elected", "baseline": "appointed", "settlement": "settlement"}


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


@pytest.fixture(scope="session")
def ili_result(ili_design) -> SettlementComparison:
    """Three outcomes of the reference data compared by every everyday method, without and with covariates."""
    with pytest.warns(SurveyKitWarning, match="the linearized t has no degrees of freedom left"):
        return compare_settlements(ili_design, ["q1", "q2", "index"], **ILI, adjust_for=["sex", "ageband", "educ"])


@pytest.fixture(scope="session")
def ili(ili_like) -> dict[str, np.ndarray]:
    """The reference data as arrays: who answered q1, and the settlements' treatment and block."""
    frame = ili_like[ili_like["q1"].notna()]
    cluster = frame["settlement"].astype("category").cat.codes.to_numpy()
    x = np.column_stack([np.ones(len(frame)), frame["elected"]]).astype(float)
    first = frame.groupby("settlement")
    return {
        "x": x,
        "y": frame["q1"].to_numpy(float),
        "w": frame["w"].to_numpy(),
        "cluster": cluster,
        "treated": first["elected"].first().to_numpy() == 1,
        "block": first["stratum"].first().astype("category").cat.codes.to_numpy(),
        "sex": frame["sex"].to_numpy(),
    }


@pytest.fixture(scope="session")
def unbalanced(shared_inputs) -> SurveyDesign:
    return SurveyDesign(pd.read_csv(shared_inputs / "balanced_settlements_settlement_average.csv"), weight="w")


@pytest.fixture(scope="session")
def balanced(unbalanced) -> SurveyDesign:
    return balance_settlements(unbalanced, "km", group="a", baseline="b", settlement="s")


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
