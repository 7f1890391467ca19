"""Groups of respondents for which estimates are made."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.estimation.quantities.means import means, totals
from tests.estimation.quantities.test_means import design_of


@pytest.mark.parametrize("name", ["D1", "D1f", "D2", "D3", "D6"])
@pytest.mark.parametrize("by", ["elected", "sex", "ageband", "educ"])
def test_domains_equal_r(ili_like, expected, name, by):
    entry = expected[f"domain.q1_by_{by}.{name}"]
    want, tol = entry["value"], entry["tol"]
    result = means(design_of(ili_like, name), "q1", by=by, design_effect="without_replacement")
    assert result.table["group"].tolist() == want["level"]
    for theirs, ours in {"est": "estimate", "se": "std_error", "deff": "deff"}.items():
        assert result.table[ours].tolist() == pytest.approx(want[theirs], rel=tol), theirs
    # covariances that are zero but for rounding are compared absolutely
    np.testing.assert_allclose(result.covariance, want["vcov"], rtol=tol, atol=1e-15)


def test_a_domain_keeps_the_clusters_outside_it(ili_like, expected):
    design = design_of(ili_like, "D1")
    want = expected["domain.subset_drops_psus.D1"]["value"]
    row = means(design, "q1", where=ili_like["settlement"].isin(["S01", "S02", "S08", "S09"])).table.iloc[0]
    assert (row["estimate"], row["std_error"], row["df"]) == pytest.approx(
        (want["est"], want["se"], want["df"]), rel=1e-9
    )
    assert row["n_clusters"] == 4
    want = expected["domain.subset_women_18_29.D1"]["value"]
    young_women = (ili_like["sex"] == 2) & (ili_like["ageband"] == 1)
    mean, total = (
        means(design, "q1", where=young_women).table.iloc[0],
        totals(design, "income", where=young_women).table.iloc[0],
    )
    assert (mean["estimate"], mean["std_error"]) == pytest.approx((want["mean"], want["mean_se"]), rel=1e-9)
    assert (total["estimate"], total["std_error"], total["n"]) == pytest.approx(
        (want["total"], want["total_se"], want["n"]), rel=1e-9
    )


def test_two_grouping_columns_equal_r(ili_like, expected):
    want = expected["domain.q1top_by_elected_sex.D1"]["value"]
    table = means(design_of(ili_like, "D1"), "q1top", by=["sex", "elected"]).table
    assert table["estimate"].tolist() == pytest.approx(want["est"], rel=1e-9)
    assert table["std_error"].tolist() == pytest.approx(want["se"], rel=1e-9)
    assert table["group"].tolist() == ["1, 0", "1, 1", "2, 0", "2, 1"]


def test_reasons_are_shares_of_those_who_were_asked():
    """Weights 1 to 6; voters (1, 2, 3, 4) were asked: one of weight 2 does not know; 5 and 6 were not asked."""
    book = sk.Codebook.of([
        sk.Variable("why", missing={97: "Not asked", 98: "Don't know"}, asked_of={"voted": [1]}), sk.Variable("voted")
    ])  # fmt: skip
    frame = pd.DataFrame({"voted": [1, 1, 1, 1, 0, 0], "why": [1, 98, 2, 1, 97, 97], "w": [1.0, 2, 3, 4, 5, 6]})
    design = sk.SurveyDesign(sk.Survey(frame, book).with_missing_codes(), weight="w")
    table = means(design, "why").missing.set_index("reason")
    assert table["n"].to_dict() == {"Not asked": 2, "Don't know": 1, "empty": 0}
    assert table["share"].to_dict() == pytest.approx({"Not asked": np.nan, "Don't know": 0.2, "empty": 0}, nan_ok=True)
