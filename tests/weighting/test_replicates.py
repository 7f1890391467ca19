import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, DesignError, WeightingError
from surveykit.weighting.raking import rake
from surveykit.weighting.replicates import ReplicateWeights, replicate_weights
from surveykit.weighting.supplied_replicates import supplied_replicate_weights

DESIGNS = {
    "JK1": {"cluster": "settlement"},
    "JKn": {"cluster": "settlement", "stratum": "stratum"},
    "JKn6": {"cluster": "ea", "stratum": "settlement"},
    "BRR": {"cluster": "half_of", "stratum": "settlement"},
    "Fay": {"cluster": "half_of", "stratum": "settlement"},
    "boot": {"cluster": "ea", "stratum": "settlement"},
}


def made(
    kind: str, with_halves: pd.DataFrame, bootstrap_columns: pd.DataFrame, mse: bool
) -> tuple[SurveyDesign, ReplicateWeights]:
    design = SurveyDesign(with_halves, weight="w", **DESIGNS[kind])
    if kind == "boot":
        data = pd.concat([with_halves, bootstrap_columns], axis=1)
        found = supplied_replicate_weights(
            SurveyDesign(data, weight="w"),
            list(bootstrap_columns),
            "bootstrap",
            scale=1 / 99,
            mse=mse,
            df=design.degrees_of_freedom,
        )
        return design, found
    return design, replicate_weights(design, kind.replace("6", ""), mse=mse)


def statistics(with_halves: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """q1 and income means, income and head counts, income over household size, q1 by elected, a regression of q1."""
    both = with_halves["q1"].notna() & with_halves["income"].notna()
    means = [np.average(with_halves.loc[both, name], weights=weights[both]) for name in ("q1", "income")]
    totals = [weights @ with_halves["income"], weights.sum()]
    ratio = [weights @ with_halves["income"] / (weights @ with_halves["hhsize"])]
    answered = with_halves["q1"].notna()
    by = [
        np.average(with_halves.loc[answered & rows, "q1"], weights=weights[answered & rows])
        for rows in (with_halves["elected"] == 0, with_halves["elected"] == 1)
    ]
    x = np.column_stack(
        [np.ones(answered.sum()), with_halves.loc[answered, "elected"], with_halves.loc[answered, "sex"] == 2]
    )
    fit = sm.WLS(with_halves.loc[answered, "q1"].to_numpy(), x, weights=weights[answered]).fit()
    return np.array([*means, *totals, *ratio, *by, *fit.params])


@pytest.mark.parametrize("mse", [False, True], ids=["centred at the mean", "centred at the estimate"])
@pytest.mark.parametrize("kind", list(DESIGNS))
def test_errors_equal_those_of_r(with_halves, bootstrap_columns, expected, kind, mse):
    design, found = made(kind, with_halves, bootstrap_columns, mse)
    entry = expected[f"rep.{kind}.mse" if mse else f"rep.{kind}"]
    value, tol = entry["value"], entry["tol"]
    estimates = statistics(with_halves, design.weights)
    replicates = np.array([statistics(with_halves, weights) for weights in found.weights(design).T])
    errors = np.sqrt(np.diag(found.covariance(replicates, estimates)))
    names = ["mean_se", "total_se", "ratio_se", "by_elected_se", "glm_se"]
    stated = [value[name] for name in names]
    flat = [number for part in stated for number in (part.values() if isinstance(part, dict) else np.atleast_1d(part))]
    assert errors == pytest.approx(flat, rel=tol)
    assert found.n_replicates == value["n_replicates"]
    assert found.scale == pytest.approx(value["scale"])
    assert sorted(set(found.rscales.round(12))) == pytest.approx(sorted(np.atleast_1d(value["rscales_unique"])))
    assert found.df == value["degf"]


def test_weighting_steps_are_repeated_in_every_replicate(with_halves, margins):
    design = SurveyDesign(with_halves, weight="w", cluster="settlement", stratum="stratum")
    wanted = {name: margins[name] for name in ("sex", "ageband", "educ")}
    found = replicate_weights(design, "JKn", steps=lambda given: rake(given, wanted))
    raked = rake(design, wanted)
    weights = found.weights(raked)
    for name, targets in wanted.items():
        for code, target in targets.items():
            assert weights[with_halves[name] == int(code)].sum(axis=0) == pytest.approx(target, rel=1e-7)
    # a margin is a constant, so its jackknife error is nothing
    sex = (with_halves["sex"] == 1).to_numpy(dtype=float)
    totals = sex @ weights
    assert found.covariance(totals[:, None], [sex @ raked.weights])[0, 0] ** 0.5 < 1e-3
    # each replicate leaves out one settlement
    gone = weights == 0
    assert sorted(with_halves["settlement"][column].unique()[0] for column in gone.T) == sorted(
        with_halves["settlement"].unique()
    )
    assert [with_halves["settlement"][column].nunique() for column in gone.T] == [1] * 10


def test_steps_that_fail_name_the_replicate(with_halves):
    only = with_halves.assign(rare=(with_halves["settlement"] == "S01").astype(int))
    design = SurveyDesign(only, weight="w", cluster="settlement")
    with pytest.raises(
        WeightingError, match="the weighting steps fail in replicate 1 of 10: .*where there is no resp|names"
    ):
        replicate_weights(design, "JK1", steps=lambda given: rake(given, {"rare": {0: 0.9, 1: 0.1}}))


@pytest.mark.parametrize(("design", "kind", "options", "error", "words"), [
    ("JKn", "JK1", {}, DesignError, 'kind "JK1" knows no strata, but the design has 3; use "JKn"'),
    ("JKn", "BRR", {}, DesignError, "need exactly two clusters per stratum, but 3 of 3 strata have another number"),
    ("BRR", "Fay", {"fay_rho": 1}, ArgumentError, "`fay_rho` must lie from 0 to below 1"),
    ("JKn", "JKn", {"replicates": 5}, ArgumentError, "follows from the design; leave out `replicates`"),
    ("JKn", "bootstrap", {"replicates": 1}, ArgumentError, "must be a whole number of at least 2, but 1 was given"),
    ("JKn", "bootstrap", {"rng": "seed"}, ArgumentError, "`rng` must be a numpy Generator"),
    ("JKn", "boot", {}, ArgumentError, "`kind` must be one of"),
])  # fmt: skip
def test_designs_that_do_not_suit_the_kind_are_refused(with_halves, design, kind, options, error, words):
    with pytest.raises(error, match=words):
        replicate_weights(SurveyDesign(with_halves, weight="w", **DESIGNS[design]), kind, **options)


def test_replicates_of_other_respondents_are_refused(with_halves):
    found = replicate_weights(SurveyDesign(with_halves, weight="w", cluster="settlement"), "JK1")
    with pytest.raises(ArgumentError, match="belong to 904 respondents, but the design has 500"):
        found.weights(SurveyDesign(with_halves.iloc[:500], weight="w"))
