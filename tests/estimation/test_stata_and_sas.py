"""The presets "stata" and "sas": printed output of SAS, R on the rows that Stata would keep, and the manuals' formulas.

SAS: SAS/STAT User's Guide, "Getting Started" of PROC SURVEYREG and PROC SURVEYMEANS (the data set IceCream, 40 students of
4,000, and what the procedures print of it). Stata is not at hand: [SVY] manual, the formulas named at each test, computed
by R's survey 4.1 on the rows and clusters that the manual keeps.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import surveykit as sk
from surveykit.design import SurveyDesign

ICE_CREAM = """
7 7 39 2 7 7 38 1 8 12 47 1 9 10 47 4 7 1 34 4 7 10 43 2 7 3 44 4 8 20 60 3 8 19 57 4 7 2 35 2 7 2 36 1 9 15 51 1
8 16 53 1 7 6 37 4 7 6 41 2 7 6 39 2 9 15 50 4 8 17 57 3 8 14 46 2 9 8 41 2 9 8 41 1 9 7 47 3 7 3 39 3 7 12 50 2
7 4 43 4 9 14 46 3 8 18 58 4 9 9 44 3 7 2 37 1 7 1 37 2 7 4 44 2 7 11 42 2 9 8 41 2 8 10 42 2 8 13 46 1 7 2 40 3
9 6 45 1 9 11 45 4 7 2 36 1 7 9 46 1"""


@pytest.fixture(scope="module")
def students() -> pd.DataFrame:
    numbers = np.array(ICE_CREAM.split(), dtype=int).reshape(40, 4)
    frame = pd.DataFrame(numbers, columns=["grade", "spending", "income", "kids"])
    population = frame["grade"].map({7: 1824, 8: 1025, 9: 1151})
    frame["w"] = population / frame.groupby("grade")["grade"].transform("size")
    return frame.assign(
        total=4000,
        of_grade=population,
        one=100.0,
        below_four=4 - frame["kids"],
        more=(frame["spending"] >= 10).astype(int),
    )


def test_surveyreg_prints_these_errors(students):
    """proc surveyreg total=4000; class Kids; model Spending = Income Kids / solution: 39 denominator degrees of freedom."""
    with pytest.warns(sk.SurveyKitWarning, match="all weights"):
        design = SurveyDesign(students, weight="one", fpc="total", conventions="sas")
    model = sk.fit_model("spending ~ income + C(below_four)", design)
    printed = {
        "Intercept": (-26.084677, 2.46720403),
        "income": (0.775330, 0.04304415),
        "C(below_four)[T.3]": (0.897655, 1.12352876),
        "C(below_four)[T.2]": (1.494032, 1.24705263),
        "C(below_four)[T.1]": (-0.513181, 1.33454891),
    }  # Kids 1, 2, 3 against 4
    table = model.table.set_index("term")
    for term, (estimate, error) in printed.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, abs=5e-7)
        assert table.loc[term, "std_error"] == pytest.approx(error, abs=5e-9)
    assert set(table["df"]) == {39} and "times (n - 1) / (n - p)" in model.method
    income = table.loc["income"]
    assert income["conf_high"] - income["estimate"] == pytest.approx(stats.t.ppf(0.975, 39) * 0.04304415, rel=1e-7)


def test_surveymeans_prints_these_limits(students):
    """proc surveymeans total=4000; var Spending, and with strata Grade, weight Weight, total=StudentTotals."""
    with pytest.warns(sk.SurveyKitWarning, match="all weights"):
        simple = SurveyDesign(students, weight="one", fpc="total", conventions="sas")
    row = sk.means(simple, "spending").table.iloc[0]
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high", "df")] == pytest.approx(
        [8.75, 0.845139, 7.04054539, 10.4594546, 39], abs=5e-7
    )
    stratified = SurveyDesign(students, weight="w", stratum="grade", fpc="of_grade", conventions="sas")
    row = sk.means(stratified, "spending").table.iloc[0]
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high", "df")] == pytest.approx(
        [9.141298, 0.531799, 8.06377052, 10.2188254, 37], abs=5e-7
    )
    row = sk.shares(stratified, "more").table.iloc[0]  # less than 10 dollars
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high")] == pytest.approx(
        [0.544555, 0.058424, 0.42617678, 0.66293232], abs=6e-7
    )


def test_bootstrap_weights_are_divided_by_their_number():
    """[SVY] variance estimation: V = 1/r sum (theta_i - mean)^2, R divides by r - 1."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.normal(size=60), "w": rng.uniform(1, 2, 60)})
    names = [f"b{number}" for number in range(30)]
    frame = pd.concat(
        [frame, pd.DataFrame(frame["w"].to_numpy()[:, None] * rng.poisson(1, (60, 30)), columns=names)], axis=1
    )
    means = [np.average(frame["y"], weights=frame[name]) for name in names]
    for preset, divisor in (("stata", 30), ("r-survey", 29), ("surveykit", 29)):
        design = SurveyDesign(frame, weight="w", conventions=preset)
        made = sk.supplied_replicate_weights(design, names, "bootstrap", mse=False)
        error = sk.means(design.with_replicates(made), "y").table["std_error"].item()
        assert error == pytest.approx(np.sqrt(((means - np.mean(means)) ** 2).sum() / divisor), rel=1e-10)
