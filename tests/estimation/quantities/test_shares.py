import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.survey import Survey
from tests.estimation.agreement import more_expected
from tests.estimation.designs import DESIGNS
from tests.estimation.quantities.test_means import SAME_DF, design_of

R_METHOD = {"logit": "xlogit", "beta": "beta", "wilson": "wilson", "arcsine": "asin", "wald": "mean"}


@pytest.mark.parametrize("name", DESIGNS)
def test_shares_equal_r(ili_like, expected, name):
    entry = expected[f"prop.q1.{name}"]
    table = shares(design_of(ili_like, name), "q1", interval="wald", design_effect="without_replacement").table
    columns = {"est": "estimate", "se": "std_error", "deff": "deff"}
    if name in SAME_DF:
        columns |= {"ci_t_low": "conf_low", "ci_t_high": "conf_high"}
    for theirs, ours in columns.items():
        assert table[ours].tolist() == pytest.approx(list(entry["value"][theirs].values()), rel=entry["tol"]), theirs


@pytest.mark.parametrize("name", ["D1", "D2"])
@pytest.mark.parametrize("interval", R_METHOD)
def test_intervals_equal_r(ili_like, expected, name, interval):
    entry = expected[f"ciprop.q1top.{R_METHOD[interval]}.{name}"]
    row = shares(design_of(ili_like, name), "q1top", interval=interval).table.iloc[1]
    want = entry["value"]
    assert (row["estimate"], row["conf_low"], row["conf_high"]) == pytest.approx(
        (want["est"], want["low"], want["high"]), rel=entry["tol"]
    )


def test_intervals_of_a_design_without_clusters_differ_from_r_only_by_df(ili_like, expected):
    # D3: 855 respondents answered q1, so t has 854 degrees of freedom here and 903 in R
    want = expected["ciprop.q1top.mean.D3"]["value"]
    row = shares(design_of(ili_like, "D3"), "q1top", interval="wald").table.iloc[1]
    ratio = stats.t.ppf(0.975, 854) / stats.t.ppf(0.975, 903)
    assert row["conf_high"] - row["estimate"] == pytest.approx((want["high"] - want["est"]) * ratio, rel=1e-9)


def test_korn_graubard_never_uses_more_than_the_sample():
    # villages alike, so the effective size is infinite: Clopper-Pearson with n = 4
    frame = pd.DataFrame({"q1": [1, 0, 1, 0.0], "village": list("AABB")})
    row = shares(SurveyDesign(frame, cluster="village"), "q1", interval="korn-graubard").table.iloc[1]
    assert row["std_error"] == 0
    assert row["conf_low"] == pytest.approx(stats.beta.ppf(0.025, 2, 3))


def test_all_or_nothing_gets_the_korn_graubard_interval():
    frame = pd.DataFrame({"q1": [1.0] * 6, "village": list("AABBCC")})
    book = Codebook.of([Variable("q1", labels={1: "yes", 2: "no"})])
    table = shares(SurveyDesign(Survey(frame, book), cluster="village"), "q1").table
    assert table["level"].tolist() == ["yes", "no"]
    assert table["estimate"].tolist() == [1, 0]
    assert table["conf_high"].iloc[0] == 1 and 0 < table["conf_low"].iloc[0] < 1
    assert table["conf_low"].iloc[1] == 0 and 0 < table["conf_high"].iloc[1] < 1


def test_levels_stand_in_code_order_with_empty_ones():
    book = Codebook.of([Variable("q1", labels={3: "agree", 1: "disagree", 2: "neither", 5: "unused"})])
    frame = pd.DataFrame({"q1": [3, 1, 3, 7, None], "village": list("AABBA")})
    table = shares(SurveyDesign(Survey(frame, book), cluster="village"), "q1").table
    assert table["level"].tolist() == ["disagree", "neither", "agree", "unused", "7"]
    assert table["estimate"].tolist() == [0.25, 0, 0.5, 0, 0.25]
    assert (table["n"] == 4).all()


def test_text_and_categories():
    frame = pd.DataFrame({"a": ["no", "yes", "yes", None], "village": list("AABB")})
    frame["b"] = pd.Categorical(["hi", "lo", "lo", "hi"], ["lo", "mid", "hi"], ordered=True)
    table = shares(SurveyDesign(frame, cluster="village"), ["a", "b"]).table
    assert table["level"].tolist() == ["no", "yes", "lo", "hi"]
    assert table["estimate"].round(6).tolist() == [0.333333, 0.666667, 0.5, 0.5]


def test_shares_are_means_of_indicators(ili_like):
    frame = ili_like.assign(four=(ili_like["q1"] == 4).astype(float).where(ili_like["q1"].notna()))
    design = design_of(frame, "D1")
    share = shares(design, "q1", by="sex", interval="wald").table
    mean = means(design, "four", by="sex").table
    four = share[share["level"] == "4"]
    for column in ("estimate", "std_error", "df", "conf_low", "conf_high", "n", "n_clusters"):
        np.testing.assert_allclose(four[column], mean[column], rtol=1e-9, err_msg=column)


def test_shares_of_a_group_add_up_and_their_covariances_cancel(ili_like):
    result = shares(design_of(ili_like, "D1"), ["q1", "q2"], by="sex")
    assert np.allclose(result.table.groupby(["outcome", "group"])["estimate"].sum(), 1)
    np.testing.assert_allclose(result.covariance[:5, :5].sum(), 0, atol=1e-15)


def test_missing_answers_are_outside_the_base_and_counted(ili_like):
    result = shares(design_of(ili_like, "D1"), "q1", by="sex")
    asked = ili_like.groupby("sex").size()
    base = result.table.groupby("group")["n"].first()
    absent = result.missing.groupby("group")["n"].sum()
    assert (base + absent).tolist() == asked.tolist()


def test_wrong_arguments(ili_like):
    design = design_of(ili_like, "D1")
    with pytest.raises(ArgumentError, match="`interval` must be one of .*did you mean 'wilson'"):
        shares(design, "q1", interval="willson")
    with pytest.raises(ArgumentError, match="'id' has 904 different answers; shares are for items with few"):
        shares(design, "id")
    with pytest.raises(ArgumentError, match="nobody answered 'void'"):
        shares(design_of(ili_like.assign(void=np.nan), "D1"), "void")
    with pytest.warns(SurveyKitWarning, match="no interval can be given for q1"):
        shares(design, "q1", where=ili_like["settlement"] == "S01")


@pytest.mark.parametrize("conventions", ["surveykit", "r-survey"])
@pytest.mark.parametrize(
    ("interval", "method"), [("logit", "xlogit"), ("beta", "beta"), ("arcsine", "asin"), ("wald", "mean")]
)
def test_intervals_in_a_domain_equal_r(ili_like, interval, method, conventions):
    """Some of the domain did not answer: they count among its rows, as in R's subset."""
    want = more_expected()[f"ciprop.domain.{method}"]
    for options in ({"by": "elected"}, {"where": ili_like["elected"] == 1}):
        table = shares(design_of(ili_like, "D1"), "q1top", interval=interval, conventions=conventions, **options).table
        row = table.iloc[-1]  # "wald" is svymean's under "r-survey", where it has z
        if (interval, conventions) != ("wald", "r-survey"):
            found = (row["estimate"], row["conf_low"], row["conf_high"])
            assert found == pytest.approx((want["est"], want["low"], want["high"]), rel=1e-9)
        else:
            assert row["conf_high"] - row["estimate"] == pytest.approx(1.959963984540054 * row["std_error"], rel=1e-9)
