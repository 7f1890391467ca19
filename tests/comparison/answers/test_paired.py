import itertools

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.paired import compare_paired
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.weighting.replicates import replicate_weights
from tests.estimation.agreement import REPLICATED, replicated_design, replication_expected


def test_linearized_equals_svyttest(ili_design, expected):
    value = expected["ttest.q1_q2_paired.D1"]["value"]
    row = compare_paired(ili_design, [("q1", "q2")]).table.set_index("method").loc["linearized"]
    for column, key in {"estimate": "est", "statistic": "t", "df": "df", "p_value": "p", "conf_low": "low"}.items():
        assert row[column] == pytest.approx(value[key], rel=1e-8)


@pytest.mark.parametrize("name", ["ps.D1", *REPLICATED])
def test_weighting_and_replicate_weights_are_in_the_design_based_row(ili_like, margins, name):
    """R: svyttest(I(q1 - q2) ~ 0) on postStratify() and as.svrepdesign()."""
    table = compare_paired(replicated_design(ili_like, margins, name), [("q1", "q2")]).table.set_index("method")
    row = table.loc["linearized" if name == "ps.D1" else "replicates"]
    assert row[["estimate", "statistic", "df", "p_value"]].tolist() == pytest.approx(
        list(replication_expected()[f"paired.{name}"].values()), rel=1e-8
    )


def test_any_number_of_replicates_will_do_also_with_clusters_named_anew(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="ea", stratum="settlement")
    design = design.with_replicates(replicate_weights(design, "bootstrap", replicates=40, rng=1))
    test = t_test(design, "q1", paired_with="q2").table.iloc[0]
    row = compare_paired(design, [("q1", "q2")]).table.iloc[1]
    assert row[["estimate", "std_error", "df"]].tolist() == pytest.approx(
        test[["estimate", "std_error", "df"]].tolist()
    )
    named = compare_paired(design, [("q1", "q2")], cluster="settlement").table.set_index("method")
    assert named.loc["replicates", "std_error"] == pytest.approx(test["std_error"])
    assert named.loc["replicates", "df"] == 8  # ten settlements in one stratum, and one for the test
    plain = compare_paired(SurveyDesign(ili_like, weight="w"), [("q1", "q2")], cluster="settlement").table
    assert named.loc["cr2", "std_error"] == pytest.approx(plain["std_error"].iloc[0])


def test_cr2_is_the_fit_of_a_constant(ili_like):
    frame = ili_like.dropna(subset=["q1", "q2"])
    cluster = frame["settlement"].astype("category").cat.codes.to_numpy()
    fit = fit_robust(
        cluster_totals(
            np.ones((len(frame), 1)), (frame["q1"] - frame["q2"]).to_numpy(float), frame["w"].to_numpy(), cluster
        )
    )
    row = compare_paired(SurveyDesign(ili_like, weight="w"), [("q1", "q2")], cluster="settlement").table.iloc[0]
    assert (row["std_error"], row["df"]) == pytest.approx((fit.std_errors[0], fit.df[0]))


def test_sign_flips_equal_the_enumeration_and_the_interval_inverts_them():
    frame = pd.DataFrame(
        {
            "a": [5, 4, 4, 5, 2, 4, 3, 5, 5, 4, 4, 3],
            "b": [3, 3, 4, 2, 3, 3, 3, 2, 4, 4, 2, 3],
            "village": list("AABBCCDDEEFF"),
            "w": np.linspace(1, 2, 12),
        }
    )
    row = compare_paired(SurveyDesign(frame, weight="w", cluster="village"), [("a", "b")]).table.set_index("method")
    row = row.loc["sign_flip"]

    def p_at(null):
        part = ((frame["a"] - frame["b"] - null) * frame["w"]).groupby(frame["village"]).sum().to_numpy()
        drawn = [abs(np.dot(signs, part)) for signs in itertools.product([-1, 1], repeat=6)]
        return np.mean(np.array(drawn) >= abs(part.sum()) - 1e-9)

    assert row["p_value"] == pytest.approx(p_at(0))
    assert p_at(row["conf_low"] + 1e-6) > 0.05 >= p_at(row["conf_low"] - 1e-6)
    assert p_at(row["conf_high"] - 1e-6) > 0.05 >= p_at(row["conf_high"] + 1e-6)


def test_many_clusters_are_sampled_by_seed(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="ea")
    one, two = (compare_paired(design, [("q1", "q2"), ("q3", "q4")]) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    flips = one.table[one.table["method"] == "sign_flip"]
    assert flips["p_value"].iloc[0] == pytest.approx(1e-4)
    assert (flips["p_holm"] >= flips["p_value"]).all()


def test_swapping_the_pair_flips_the_sign(ili_design):
    one, two = (compare_paired(ili_design, [pair]).table for pair in (("q1", "q3"), ("q3", "q1")))
    np.testing.assert_allclose(one["estimate"], -two["estimate"])
    np.testing.assert_allclose(one["p_value"], two["p_value"])


def test_wrong_input_has_its_sentence(ili_design):
    with pytest.raises(
        ArgumentError, match=r"pairs of two different columns, such as \[\('q1', 'q2'\)\], but 'q1' was given"
    ):
        compare_paired(ili_design, ["q1"])
    with pytest.raises(ArgumentError, match="at least one pair"):
        compare_paired(ili_design, [])
    with pytest.raises(ColumnError, match="'q77', which is not a column"):
        compare_paired(ili_design, [("q1", "q77")])
    frame = ili_design.data.assign(q1=np.nan)
    with pytest.raises(ColumnError, match="nobody answered both 'q1' and 'q2'"):
        compare_paired(SurveyDesign(frame, weight="w"), [("q1", "q2")])
