"""Whose rows are the sample: of everybody, or, as Stata and SAS have it, of those who answered."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.design import SurveyDesign


def test_a_cluster_in_which_nobody_answered_leaves_statas_design(gone):
    """R: svymean(~q1, svydesign(..., data = subset(f, !is.na(q1)))), confint(df = degf): 9 clusters, 6 df."""
    design = SurveyDesign(gone, weight="w", cluster="settlement", stratum="stratum", conventions="stata")
    result = sk.means(design, "q1")
    row = result.table.iloc[0]
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high", "df")] == pytest.approx(
        [3.2893818887793, 0.0803043686688, 3.0928841773849, 3.4858796001736, 6], rel=1e-12
    )
    missing = gone["q1"].isna()
    assert f"{missing.sum()} incomplete rows and 1 cluster with nobody else left the design" in result.method
    assert result.missing["n"].sum() == missing.sum()  # they are still counted as missing
    ours = sk.means(design.with_conventions("surveykit"), "q1").table.iloc[0]
    assert ours["std_error"] != pytest.approx(row["std_error"], rel=1e-3)  # its cluster counts with a total of zero
    by = sk.means(design, "q1", by="sex").table
    assert by["std_error"].tolist() == pytest.approx([0.09598427968, 0.08375589724], rel=1e-9) and set(by["df"]) == {6}
    assert sk.means(design.with_conventions("sas"), "q1").table["std_error"].item() == pytest.approx(row["std_error"])


@pytest.mark.filterwarnings("ignore:.elected. does not vary")
def test_the_two_way_table_is_one_of_those_who_answered(gone):
    """R on the complete rows: F 1.4281, 1.704138 and 10.224830 df, p .2796; Pearson's statistic scales to them too."""
    design = SurveyDesign(gone, weight="w", cluster="settlement", stratum="stratum", conventions="stata")
    row = sk.rao_scott_test(design, "q1", "elected").table.iloc[0]
    assert [row["statistic"], row["df"], row["df_denominator"], row["p_value"]] == pytest.approx(
        [1.4281, 1.704138, 10.224830, 0.2796], rel=1e-4
    )
    known = gone.dropna(subset=["q1"])
    share = known.groupby(["q1", "elected"])["w"].sum().unstack() / known["w"].sum()
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))
    assert row["pearson"] == pytest.approx(len(known) * float(((share - expected) ** 2 / expected).to_numpy().sum()))


def test_strata_without_members_of_a_subpopulation_leave_statas_degrees_of_freedom(ili_like):
    """[SVY] subpopulation estimation: strata with no subpopulation members are omitted; clusters without stay."""
    design = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum", conventions="stata")
    first = sorted(ili_like["stratum"].unique())[0]
    where = (ili_like["stratum"] != first) & (ili_like["sex"] == 1)
    left = ili_like[ili_like["stratum"] != first]
    row = sk.means(design, "age", where=where).table.iloc[0]
    assert row["df"] == left["settlement"].nunique() - left["stratum"].nunique()
    whole = sk.means(design.with_conventions("surveykit"), "age", where=where).table.iloc[0]
    assert row["std_error"] == pytest.approx(whole["std_error"], rel=1e-12)  # an empty stratum has no variance


def test_test_after_svy_is_the_adjusted_wald_test(gone):
    """[SVY] svy postestimation: F = (d - k + 1) / (k d) W on (k, d - k + 1); W = 10.41333, d = 6, k = 2 from R."""
    design = SurveyDesign(gone, weight="w", cluster="settlement", stratum="stratum", conventions="stata")
    model = sk.fit_model("q1 ~ C(educ) + age", design)
    errors = model.table["std_error"].tolist()
    assert errors == pytest.approx([0.160739798738, 0.076924841977, 0.108532503763, 0.001832489334], rel=1e-8)
    assert set(model.table["df"]) == {6}
    row = sk.term_test(model, "C(educ)").table.iloc[0]
    assert [row["statistic"], row["df"], row["df_denominator"], row["p_value"]] == pytest.approx(
        [4.338888, 2, 5, 0.08079534], rel=1e-6
    )
    one = sk.term_test(model, "age").table.iloc[0]  # with one coefficient nothing is to be adjusted
    assert one["p_value"] == pytest.approx(model.table["p_value"].iloc[3])
    assert sum(model.dropped) == gone[["q1", "educ", "age"]].isna().any(axis=1).sum()


def test_what_was_decided_about_words_is_told_also_where_rows_leave():
    words = ["agree", "disagree", "strongly agree", None, "agree", "disagree"] * 2
    frame = pd.DataFrame({"q1": words, "colour": ["red", "blue"] * 6, "settlement": list("AABBCC") * 2})
    design = SurveyDesign(frame, cluster="settlement", conventions="stata")
    result = sk.shares(design, ["q1", "colour"])
    assert "The answers of q1 are words in this order: disagree < agree < strongly agree." in result.method
    assert "The answers of colour are words without a known order" in result.method
    assert result.method.endswith("2 incomplete rows left the design, as conventions 'stata' have it.")
    assert result.facts["unordered"] == ("colour",)
    assert result.missing.set_index("outcome")["n"].to_dict() == {"q1": 2, "colour": 0}
