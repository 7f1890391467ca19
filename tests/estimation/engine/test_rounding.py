"""Where nothing varies there is no error, no p-value, and a sentence: one rule, held for every estimator and test.

The data are those of a village survey in which everybody answers alike, or everybody of a group, or two answers differ
by the same amount throughout. With ten villages no exact test has a p-value below 2 / 2**10 = .00195, so that a p-value
of 1e-100 can only be rounding.
"""

import re
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import SurveyKitError, SurveyKitWarning
from surveykit.estimation.engine.rounding import without_rounding
from tests.conftest import SHARED_INPUTS

INPUT = SHARED_INPUTS / "everyone_in_a_group_answers_alike.csv"
SENTENCE = re.compile("nothing|everyone gave|everybody gives|same in every cluster")


def villagers(seed: int, balanced: bool) -> pd.DataFrame:
    """200 persons of ten villages in three zones; sexes at random, or alternating so that all villages are alike."""
    rng = np.random.default_rng(seed)
    village = np.repeat(np.arange(10), 20)
    return pd.DataFrame({
        "village": village, "zone": np.array([1, 1, 1, 2, 2, 2, 3, 3, 3, 3])[village],
        "sex": np.tile([1, 2], 100) if balanced else rng.integers(1, 3, 200),
        "w": 1 + np.arange(200) % 10 / 9 if balanced else rng.uniform(0.5, 3, 200),
        "age": rng.integers(18, 80, 200), "k": rng.integers(1, 6, 200),
    })  # fmt: skip


CASES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "alike": lambda f: f.assign(y=0.1 * 3, other=0.1 * 5),
    "alike, made of decimals": lambda f: f.assign(y=np.where(f["age"] % 2, 0.1 + 0.2, 0.3), other=0.7),
    "alike, far from zero": lambda f: f.assign(y=1e9 + 0.1, other=1e9 + 0.7),
    "alike by sex": lambda f: f.assign(y=np.where(f["sex"] == 1, 0.1, 0.3), other=np.where(f["sex"] == 1, 0.2, 0.4)),
    "alike by sex, far from zero": lambda f: f.assign(y=1e9 + f["sex"] / 10, other=1e9 + f["sex"] / 10 + 0.1),
    "alike by zone": lambda f: f.assign(y=0.1 * 3 * f["zone"], other=0.1 * 3 * f["zone"] + 0.1),
    "shifted": lambda f: f.assign(y=0.1 * f["k"], other=0.1 * (f["k"] + 2)),
    "shifted, far from zero": lambda f: f.assign(y=1e9 + 0.1 * f["k"], other=1e9 + 0.1 * (f["k"] + 2)),
}

DESIGNS: dict[str, Callable[[pd.DataFrame], sk.SurveyDesign]] = {
    "clusters": lambda f: sk.SurveyDesign(f, weight="w", cluster="village"),
    "strata": lambda f: sk.SurveyDesign(f, weight="w", cluster="village", stratum="zone"),
    "persons": lambda f: sk.SurveyDesign(f, weight="w"),
    "raked": lambda f: sk.rake(sk.SurveyDesign(f, weight="w", cluster="village"), {"sex": {1: 500, 2: 600}}),
    "raked persons": lambda f: sk.rake(sk.SurveyDesign(f, weight="w"), {"sex": {1: 500, 2: 600}}),
    "JK1": lambda f: replicated(f, "JK1"),
    "bootstrap": lambda f: replicated(f, "bootstrap", replicates=30, rng=1),
}


def replicated(frame: pd.DataFrame, kind: str, **settings: object) -> sk.SurveyDesign:
    design = sk.SurveyDesign(frame, weight="w", cluster="village")
    return design.with_replicates(sk.replicate_weights(design, kind, **settings))


def on_sex(design: sk.SurveyDesign, family: str = "gaussian") -> object:
    return sk.fit_model("y ~ sex", design, family)


ESTIMATES: dict[str, Callable[[sk.SurveyDesign], sk.Result]] = {
    "means": lambda d: sk.means(d, ["y", "other"]),
    "means by sex": lambda d: sk.means(d, "y", by="sex"),
    "shares": lambda d: sk.shares(d, "y", by="sex", interval="wald"),
    "variances": lambda d: sk.variances(d, "y", by="sex"),
    "covariances": lambda d: sk.covariances(d, ["y", "age"], by="sex"),
    "standardized": lambda d: sk.standardized_means(d, "y", {"sex": {1: 0.5, 2: 0.5}}),
    "average predictions": lambda d: sk.average_predictions(on_sex(d), "sex"),
    "predictions": lambda d: sk.predictions(on_sex(d), {"sex": [1, 2]}),
}

BY_SEX: dict[str, Callable[[sk.SurveyDesign], sk.Result]] = {
    "t": lambda d: sk.t_test(d, "y", "sex"),
    **{f"rank {test}": lambda d, test=test: sk.rank_test(d, "y", "sex", test)
       for test in ("wilcoxon", "median", "vanderwaerden", "kruskal-wallis")},
    "trend": lambda d: sk.trend_test(d, "y", "sex"),
    "trend of ranks": lambda d: sk.trend_test(d, "y", "sex", of="rank"),
    "contrast": lambda d: sk.contrast(sk.means(d, "y", by="sex"), [-1, 1]),
    **{f"term {method}": lambda d, method=method: sk.term_test(on_sex(d), "sex", method)
       for method in ("wald", "wald-chisq", "working-lrt", "working-wald")},
    "effect of a number": lambda d: sk.average_marginal_effects(on_sex(d)),
    "effect of a category": lambda d: sk.average_marginal_effects(sk.fit_model("y ~ C(sex)", d)),
    "effect on a count": lambda d: sk.average_marginal_effects(on_sex(d, "poisson")),
    "groups": lambda d: sk.compare_groups(d, ["y"], group="sex", baseline=1),
}  # fmt: skip

BY_ZONE: dict[str, Callable[[sk.SurveyDesign], sk.Result]] = {
    **{f"rank {test}": lambda d, test=test: sk.rank_test(d, "y", "zone", test)
       for test in ("wilcoxon", "median", "vanderwaerden")},
    "trend": lambda d: sk.trend_test(d, "y", "zone"),
    "trend of ranks": lambda d: sk.trend_test(d, "y", "zone", of="rank"),
    "term": lambda d: sk.term_test(sk.fit_model("y ~ C(zone)", d), "C(zone)"),
    "effects": lambda d: sk.average_marginal_effects(sk.fit_model("y ~ C(zone)", d)),
}  # fmt: skip

PAIRED: dict[str, Callable[[sk.SurveyDesign], sk.Result]] = {
    "t": lambda d: sk.t_test(d, "y", paired_with="other"),
    "paired": lambda d: sk.compare_paired(d, [("y", "other")]),
}

NOTHING = {  # what has nothing to test in each case
    "alike": BY_SEX | BY_ZONE | PAIRED, "alike by sex": BY_SEX | PAIRED, "alike by zone": BY_ZONE | PAIRED,
    "shifted": PAIRED,
}  # fmt: skip
SEEDS = [(1, False), (1, True)]


def run(call: Callable[[sk.SurveyDesign], sk.Result], design: sk.SurveyDesign) -> tuple[pd.DataFrame | None, str]:
    """Return the table, or None where the call refuses, and everything that was said."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            table = call(design).table
        except SurveyKitError as refusal:
            return None, str(refusal)
    assert all(issubclass(one.category, SurveyKitWarning) for one in said), [str(one.message) for one in said]
    return table, " ".join(str(one.message) for one in said)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS, ids=str)
@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize("case", CASES)
def test_no_error_no_p_value_and_a_sentence(case, kind, seed):
    design = DESIGNS[kind](CASES[case](villagers(*seed)))
    for name, call in NOTHING[case.split(",")[0]].items():
        table, said = run(call, design)
        assert SENTENCE.search(said) or (table is not None and (table["estimate"] == 0).all()), (name, said)
        if table is None:  # a model of an outcome that everybody gave
            continue
        exact = table["method"] == "sign_flip"  # an exact test needs no error
        assert table["p_value"][~exact].isna().all(), (name, table["p_value"].tolist())
        assert (table["p_value"][exact] >= 1 / 2**10).all() or kind.endswith("persons")
        if name != "effect on a count":  # a slope that differs by the covariate averages otherwise in another sample
            assert (table["std_error"].fillna(0) == 0).all(), (name, table["std_error"].tolist())


@pytest.mark.slow
@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize("case", CASES)
def test_an_error_is_zero_or_stands_above_rounding(case, kind):
    """Nothing is between: an error is none, or a millionth of a millionth of the answers at least."""
    for seed in SEEDS:
        frame = CASES[case](villagers(*seed))
        design, size = DESIGNS[kind](frame), float(frame["y"].abs().max())
        for name, call in (ESTIMATES | BY_SEX | BY_ZONE | PAIRED).items():
            table, _ = run(call, design)
            if table is None or name == "groups":
                continue
            errors = table["std_error"].dropna()
            assert ((errors == 0) | (errors > 1e-13 * size)).all(), (name, errors.tolist())
            assert not np.isinf(table["statistic"]).any(), name


@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("case", ["alike", "alike, far from zero", "alike by sex", "alike by sex, far from zero"])
def test_means_of_what_does_not_vary_have_no_error(case, balanced):
    for design in (make(CASES[case](villagers(3, balanced))) for make in DESIGNS.values()):
        table, _ = run(ESTIMATES["means by sex"], design)
        assert (table["std_error"] == 0).all() and (table["conf_low"] == table["estimate"]).all()


@pytest.mark.filterwarnings("ignore:.*(hardly varies|does not vary) ")
def test_the_survey_in_which_women_and_men_each_answer_alike():
    """Right values beside the file: t_test gives SE 0 and no p; rank_test was 6e-128, term_test 3e-135."""
    if not INPUT.is_file():
        pytest.skip("the bad inputs (shared/inputs beside the project) are not here")
    design = sk.SurveyDesign(pd.read_csv(INPUT), weight="w", cluster="village")
    for test in ("wilcoxon", "median", "vanderwaerden", "kruskal-wallis"):
        for outcome, group in (("answer", "sex"), ("answer3", "zone")):
            with pytest.warns(SurveyKitWarning, match="nothing to test"):
                assert sk.rank_test(design, outcome, group, test).table["p_value"].isna().all()
    with pytest.warns(SurveyKitWarning, match="nothing"):
        model = sk.fit_model("answer ~ sex", design)
        assert sk.term_test(model, "sex").table[["statistic", "p_value"]].isna().all(axis=None)
        effects = sk.average_marginal_effects(model).table
    assert effects["std_error"].item() == 0 and np.isnan(effects["p_value"].item())


def test_real_variation_far_from_zero_is_kept():
    """One tenge more or less at a thousand million: R's svymean of y - 1e9 has the same error."""
    frame = villagers(4, False)
    frame["y"] = 1e9 + np.random.default_rng(5).integers(0, 2, 200)
    frame["near"] = frame["y"] - 1e9
    for make in DESIGNS.values():
        design = make(frame)
        far, near = (sk.means(design, name).table["std_error"].item() for name in ("y", "near"))
        assert far == pytest.approx(near, rel=1e-4)  # y itself has nine digits before the point: seven are left
        far, near = (sk.t_test(design, name, "sex").table["p_value"].item() for name in ("y", "near"))
        assert far == pytest.approx(near, rel=1e-6)


def test_what_is_not_known_is_not_zero():
    table = without_rounding(np.array([[np.nan, 1e-20], [1e-20, np.nan]]), np.array([1.0, np.nan]))
    assert np.isnan(table[0, 0]) and table[1, 0] == 0 and table[0, 1] == 1e-20


@pytest.mark.parametrize("preset", list(sk.CONVENTIONS))
def test_no_estimate_no_error_and_one_cluster_no_error(preset):
    """An empty group has neither estimate nor error; a group inside one cluster an estimate whose error is unknown.

    Its linearized total is zero in its cluster, whatever the answers: an error of 0 would say that they are known.
    """
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"v": np.arange(60) // 6, "g": np.where(np.arange(60) < 6, 2, 1 + 2 * (np.arange(60) % 2)),
                          "y": rng.normal(size=60), "z": rng.normal(2, 1, 60), "w": rng.uniform(1, 2, 60),
                          "k": rng.integers(1, 4, 60).astype(float)})  # fmt: skip
    frame.loc[frame["g"] == 1, ["y", "z", "k"]] = np.nan
    for kind in ("plain", "JK1"):
        design = sk.SurveyDesign(frame, weight="w", cluster="v", conventions=preset)
        if kind == "JK1":
            design = design.with_replicates(sk.replicate_weights(design, "JK1"))
        for name, call in {
            "means": lambda d: sk.means(d, "y", by="g"),
            "shares": lambda d: sk.shares(d, "k", by="g"),
            "ratios": lambda d: sk.ratios(d, [("y", "z")], by="g"),
            "variances": lambda d: sk.variances(d, "y", by="g"),
            "covariances": lambda d: sk.covariances(d, ["y", "z"], by="g"),
            "correlations": lambda d: sk.correlations(d, ["y", "z"], by="g"),
            "quantiles": lambda d: sk.quantiles(d, "y", 0.5, by="g"),
        }.items():
            table, said = run(call, design)
            said += call_method(call, design)
            for group, rows in table.groupby("group"):
                unknown = rows["std_error"].isna() | (
                    (rows["std_error"] == 0) & (preset != "surveykit")
                )  # theirs, named
                assert unknown.all() == (group != "3"), (kind, name, group, rows["std_error"].tolist())
                assert rows["estimate"].isna().all() == (group == "1"), (kind, name, group)
            assert "can be given for" in said or "is given as conventions" in said, name


def call_method(call: Callable[[sk.SurveyDesign], sk.Result], design: sk.SurveyDesign) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(design).method
