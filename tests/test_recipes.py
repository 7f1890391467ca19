"""Code that a result or a design prints of itself makes it again: the same numbers."""

import copy
import dataclasses
import gc

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit import recipes

ROLES = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}


def again(made, **given):
    """Run the code of an object; return what its last line makes."""
    space, code = dict(given), made.code()
    exec(compile(code, "code", "exec"), space)
    return space[[line.split(" = ")[0] for line in code.splitlines() if " = " in line and line[0] not in " #"][-1]]


@pytest.fixture(scope="module")
def design():
    return sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")


@pytest.mark.parametrize(
    "make",
    [
        lambda d: sk.means(d, ["trust_akim", "listens"], by="akim"),
        lambda d: sk.shares(d, "trust_akim", by=["akim", "sex"], lang="en", interval="wilson"),
        lambda d: sk.quantiles(d, "age", [0.1, 0.5]),
        lambda d: sk.rao_scott_test(d, "trust_akim", "sex"),
        lambda d: sk.crosstab(d, "trust_akim", "sex", percent="column"),
        lambda d: sk.contrast(sk.means(d, "trust_akim", by="sex"), {0: -1, 1: 1}, name="difference"),
        lambda d: sk.compare_settlements(d, "trust_akim", **ROLES, methods=["cr2", "wild"], rng=3),
        lambda d: sk.describe_sample(d, ["age", "sex"], by="akim"),
        lambda d: sk.cronbach_alpha(d, sk.LikertScale("trust", ["trust_akim", "trust_kenes"], lowest=1, highest=5)),
        lambda d: sk.fit_model("trust_akim ~ C(sex) + age", d),
        lambda d: sk.average_marginal_effects(sk.fit_model("I(trust_akim >= 4) ~ age", d, "binomial"), "age"),
    ],
)
def test_the_code_of_a_result_gives_its_numbers(design, make):
    made = make(design)
    pd.testing.assert_frame_equal(again(made).table, made.table)


@pytest.mark.parametrize(
    "make",
    [
        lambda d: sk.rake(d, {"sex": {"Man": 0.48, "Woman": 0.52}}, max_weight_ratio=5),
        lambda d: sk.poststratify(d, pd.Series({1: 0.48, 2: 0.52}).rename_axis("sex")),
        lambda d: sk.calibrate(d, {"sex": {1: 20_000, 2: 22_000}, "adults": 110_000}, method="raking"),
        lambda d: sk.rake(sk.trim_weights(d, upper=400), pd.DataFrame({"column": "sex", "level": [1, 2], "target": [0.5, 0.5]})),
        lambda d: d.with_replicates(sk.replicate_weights(d, "JKn")),
        lambda d: sk.scale_weights(d, 1000),
    ],
)  # fmt: skip
def test_the_code_of_a_design_weights_alike(design, make):
    made = make(design)
    other = again(made)
    np.testing.assert_array_equal(other.weights, made.weights)
    assert other.steps == made.steps
    pd.testing.assert_frame_equal(
        sk.means(other, "trust_akim", by="akim").table, sk.means(made, "trust_akim", by="akim").table
    )


def test_a_file_is_read_anew_and_a_survey_prepared_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sk.write_study(sk.simulate_study(1, interviews=0.2), "ili")
    survey = sk.read_csv("ili/ili_2023.csv", codebook="ili/codebook.toml")
    scale = sk.LikertScale("trust", items=["trust_akim", "trust_kenes"], lowest=1, highest=5, question={"en": "Trust"})
    scored = sk.score_scale(survey, scale, min_answered=2).keep_rows(
        (survey.frame["age"] < 60).to_numpy(), "under sixty"
    )
    made = sk.means(sk.SurveyDesign(scored, weight="base_weight", cluster="settlement"), "trust")
    raked = sk.rake(sk.SurveyDesign(survey, weight="base_weight"), sk.read_margins_file("ili/margins.csv"))
    assert "margins = sk.read_margins_file('ili/margins.csv')" in raked.code()
    kept = (survey.frame["age"] < 60).to_numpy()
    assert f"# values: the ndarray of {len(kept)} values, to be put here" in made.code()
    pd.testing.assert_frame_equal(again(made, values=kept).table, made.table)


def test_a_long_table_is_named_and_a_short_one_written_out():
    short = pd.DataFrame({"q1": [1, 2, 3, None], "village": ["A", "A", "B", "B"]})
    made = sk.means(sk.SurveyDesign(short, cluster="village"), "q1")
    pd.testing.assert_frame_equal(again(made).table, made.table)
    long = pd.concat([short] * 10, ignore_index=True)
    made = sk.means(sk.SurveyDesign(long, cluster="village"), "q1", where=long["q1"] > 1)
    assert "# answers: the DataFrame of 40 rows and 2 columns, to be put here" in made.code()
    assert "# values: the Series of 40 values, to be put here" in made.code()
    pd.testing.assert_frame_equal(again(made, answers=long, values=long["q1"] > 1).table, made.table)


def test_one_design_stands_once_and_two_have_two_names(design):
    raked = sk.rake(design, {"sex": {1: 0.48, 2: 0.52}})
    code = sk.compare_weights(design, raked).code()
    assert code.count("sk.SurveyDesign(") == 1 and "sk.compare_weights(design, design_2)" in code


def test_the_seed_is_named_and_its_absence_too(design):
    seeded = sk.compare_settlements(design, "trust_akim", **ROLES, methods=["cr2", "wild"], rng=3)
    assert seeded.seed == 3 and "rng=3" in seeded.code() and "differs from run to run" not in seeded.code()
    plain = sk.compare_settlements(design, "trust_akim", **ROLES, methods=["cr2"])
    assert plain.seed is None and "# no rng= was given" in plain.code()
    drawn = sk.compare_settlements(design, "trust_akim", **ROLES, methods=["cr2"], rng=np.random.default_rng(3))
    assert drawn.seed is None and "# rng: the numpy Generator as it was before the call" in drawn.code()


def test_what_was_not_made_by_a_call_says_so(design):
    made = sk.means(design, "trust_akim")
    for other in (copy.copy(made), dataclasses.replace(made, title="Another")):
        with pytest.raises(sk.ArgumentError, match="how this Estimates was made is not known"):
            other.code()


def test_an_argument_that_changes_later_is_printed_as_it_was(design):
    outcomes = ["trust_akim"]
    made = sk.means(design, outcomes)
    outcomes.append("listens")
    assert "['trust_akim']" in made.code()


def test_what_is_gone_is_forgotten():
    gc.collect()
    before = len(recipes._KNOWN)
    made = sk.means(sk.SurveyDesign(pd.DataFrame({"q": [1, 2, 3]})), "q")
    assert len(recipes._KNOWN) > before
    del made
    gc.collect()
    assert len(recipes._KNOWN) == before


def test_what_an_argument_holds_inside_is_printed_as_it_was(design):
    targets = {"sex": {1: 100.0, 2: 200.0}}
    raked = sk.rake(design, targets)
    targets["sex"][1] = 5000.0
    assert "100.0" in raked.code() and "5000" not in raked.code()
    margin = pd.Series([100.0, 200.0], index=pd.Index([1, 2], name="sex"))
    again = sk.rake(design, margin)
    margin.iloc[0] = 5000.0
    assert "100.0" in again.code() and "5000" not in again.code()


def test_categories_with_an_order_are_not_written_as_texts():
    answers = pd.DataFrame({"q": pd.Categorical(["low", "high", "low"], ["low", "high"], ordered=True)})
    code = sk.shares(sk.SurveyDesign(answers), "q").code()
    assert "# answers: the DataFrame of 3 rows and 1 columns, to be put here" in code
