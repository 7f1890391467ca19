"""Replicate weights that come with the data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.estimation.quantities.means import means, totals
from surveykit.weighting.replicates import replicate_weights
from surveykit.weighting.supplied_replicates import supplied_replicate_weights


def test_rank_gives_the_degrees_of_freedom_of_supplied_weights(with_halves, bootstrap_columns):
    data = SurveyDesign(pd.concat([with_halves, bootstrap_columns], axis=1), weight="w")
    # 58 areas in 10 settlements whose factors add up to constants: 48 free directions and the constant
    assert supplied_replicate_weights(data, list(bootstrap_columns), "bootstrap").df == 48


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options", "scale"), [
    ("SDR", {}, 4 / 100), ("BRR", {}, 1 / 100), ("Fay", {"fay_rho": 0.5}, 1 / 25), ("JK1", {}, 0.99),
    ("other", {"scale": 2}, 2), ("JKn", {"rscales": [0.5] * 100}, 1),
])  # fmt: skip
def test_scales_of_agencies(with_halves, bootstrap_columns, kind, options, scale):
    data = SurveyDesign(pd.concat([with_halves, bootstrap_columns], axis=1), weight="w")
    found = supplied_replicate_weights(data, list(bootstrap_columns), kind, **options)
    assert found.scale == pytest.approx(scale)
    assert found.weights(data) == pytest.approx(bootstrap_columns.to_numpy())


@pytest.mark.parametrize(("kind", "options", "words"), [
    ("ACS", {}, 'kind "ACS" has 80 replicate weights, but `columns` names 100'),
    ("Fay", {}, 'kind "Fay" needs `fay_rho`'),
    ("JKn", {}, 'kind "JKn" needs `rscales`'),
    ("JKn", {"rscales": [1, 2]}, "there are 100 replicates and 2 rscales"),
    ("other", {}, 'kind "other" needs `scale`'),
    ("jack", {}, "`kind` must be one of"),
])  # fmt: skip
def test_supplied_weights_that_do_not_fit_are_explained(with_halves, bootstrap_columns, kind, options, words):
    data = SurveyDesign(pd.concat([with_halves, bootstrap_columns], axis=1), weight="w")
    with pytest.raises(ArgumentError, match=words):
        supplied_replicate_weights(data, list(bootstrap_columns), kind, **options)


def test_supplied_weights_must_be_numbers(with_halves):
    data = SurveyDesign(with_halves.assign(r1=1.0, r2=np.where(with_halves.index == 3, -1, 1)), weight="w")
    with pytest.raises(ColumnError, match="must be numbers of at least 0, but 'r2' holds others"):
        supplied_replicate_weights(data, ["r1", "r2"], "BRR")
    with pytest.raises(ColumnError, match="`columns` names 'r9', which is not a column"):
        supplied_replicate_weights(data, ["r1", "r9"], "BRR")
    with pytest.raises(ArgumentError, match="at least two replicate weights, but 1 is named"):
        supplied_replicate_weights(data, ["r1"], "BRR")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:all weights")
@pytest.mark.parametrize("mean", [1.0, 638.75, 0.02])
@pytest.mark.parametrize("spread", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("kind", ["JK1", "BRR", "bootstrap"])
def test_factors_are_not_taken_for_whole_weights_nor_whole_weights_for_factors(kind, spread, mean):
    """Nothing but the columns tells them apart; where weights are all 1, they are the same and either name is right."""
    if kind == "bootstrap" and mean == 1 and spread == 0.1:
        pytest.skip("weights that differ by less than the noise of the replicates cannot be told from ones")
    rng = np.random.default_rng(3)
    w = rng.lognormal(0, spread, 400)
    data = pd.DataFrame(
        {"w": w / w.mean() * mean, "y": rng.normal(size=400), "v": np.arange(400) // 20, "s": np.arange(400) // 40}
    )
    design = SurveyDesign(data, weight="w", cluster="v", stratum="s" if kind == "BRR" else None)
    made = replicate_weights(design, kind, rng=4, **({"replicates": 60} if kind == "bootstrap" else {}))
    factors = made.weights(design) / design.weights[:, None]
    names = [f"r{number}" for number in range(factors.shape[1])]
    same = mean == 1 and spread == 0
    for columns, combined in ((made.weights(design), True), (factors, False)):
        held = SurveyDesign(pd.concat([data, pd.DataFrame(columns, columns=names)], axis=1), weight="w")
        found = supplied_replicate_weights(held, names, kind, combined=combined)
        assert found.factors == pytest.approx(factors)
        if same:
            assert supplied_replicate_weights(held, names, kind, combined=not combined).factors == pytest.approx(
                factors
            )
            continue
        with pytest.raises(ArgumentError, match=f"pass combined={combined}"):
            supplied_replicate_weights(held, names, kind, combined=not combined)


def test_replicate_weights_of_another_weight_are_doubted(with_halves):
    data = SurveyDesign(with_halves.assign(r1=1000.0, r2=2000.0), weight="w")
    with pytest.warns(SurveyKitWarning, match="fit neither as whole weights nor as factors"):
        supplied_replicate_weights(data, ["r1", "r2"], "JK1")


def test_factors_beside_whole_weights_of_a_file():
    """R svrepdesign: mean 3.2544 (SE .60957), total 16,630 (SE 2,631.69) with either; mixed up it warns of both."""
    path = Path(__file__).parents[3] / "shared" / "inputs" / "replicate_factors_beside_replicate_weights.csv"
    if not path.is_file():
        pytest.skip("the bad inputs (shared/inputs beside the project) are not here")
    data = SurveyDesign(pd.read_csv(path), weight="w")
    columns = {
        combined: [f"{letter}{number}" for number in range(1, 9)] for combined, letter in ((False, "f"), (True, "r"))
    }
    for combined, names in columns.items():
        design = data.with_replicates(supplied_replicate_weights(data, names, "JK1", combined=combined))
        table = pd.concat([means(design, "y").table, totals(design, "y").table])
        assert table["estimate"].tolist() == pytest.approx([3.2544, 16630], rel=1e-5)  # as printed beside the file
        assert table["std_error"].tolist() == pytest.approx([0.60957, 2631.69], rel=1e-5)
        with pytest.raises(ArgumentError, match=f"pass combined={not combined}"):
            supplied_replicate_weights(data, columns[not combined], "JK1", combined=combined)
