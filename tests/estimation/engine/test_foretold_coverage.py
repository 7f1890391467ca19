"""What intervals of few or uneven clusters are foretold to cover, and the sentence beside those that cover too little."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import surveykit as sk
from surveykit.estimation.engine.foretold_coverage import LEAST_COVERED, foretell_coverage


def equal(count, df=None, of=None):
    """Return what the interval of `count` equal clusters, of `of` in the design, is foretold to cover."""
    weight = np.r_[np.ones(count), np.zeros((of or count) - count)]
    return foretell_coverage(weight, np.zeros(len(weight), dtype=int), count - 1.0 if df is None else df, 40 * count)


@pytest.mark.parametrize("count", [2, 3, 5, 10, 40])
def test_equal_clusters_cover_what_t_says(count):
    assert equal(count) == pytest.approx(0.95, abs=2e-7)


# P(|T_9| <= 1.96), of ten clusters by z
def test_an_interval_by_z_covers_what_t_gives_at_its_end():
    assert equal(10, df=np.inf) == pytest.approx(1 - 2 * stats.t.sf(stats.norm.ppf(0.975), 9), abs=1e-9)


# a part of a design counts the clusters that have none of it: 10/9 where 3/2 would be unbiased
def test_a_part_of_three_clusters_in_ten_has_an_error_that_is_too_small():
    reach = stats.t.ppf(0.975, 2) * np.sqrt((10 / 9) / (3 / 2))
    assert equal(3, of=10) == pytest.approx(1 - 2 * stats.t.sf(reach, 2), abs=1e-9)


# two strata of two equal clusters: the variance is that of two halves, each with one degree of freedom
def test_strata_take_their_degrees_of_freedom():
    four = foretell_coverage(np.ones(4), np.array([0, 0, 1, 1]), 2.0, 160)
    assert four == pytest.approx(0.95, abs=1e-7)


def test_it_is_what_drawn_surveys_cover():
    """Monte Carlo with 40,000 draws: an error of 0.15 points."""
    rng, sizes, icc = np.random.default_rng(4), np.array([10, 15, 20, 40, 115]), 0.05
    part = sizes / sizes.sum()
    mean = rng.normal(0, 1, (40_000, 5)) * np.sqrt(icc + (1 - icc) / sizes)
    whole = mean @ part
    error = np.sqrt(5 / 4 * ((part * (mean - whole[:, None])) ** 2).sum(axis=1))
    seen = np.mean(np.abs(whole) <= stats.t.ppf(0.975, 4) * error)
    told = foretell_coverage(sizes.astype(float), np.zeros(5, dtype=int), 4.0, sizes.sum())
    assert told == pytest.approx(seen, abs=0.005) and told < LEAST_COVERED


@pytest.mark.parametrize(("lonely_psu", "error_of_one"), [("remove", 0.0), ("adjust", 1.0), ("average", 0.0)])
def test_a_lone_cluster_errs_whatever_the_interval_makes_of_it(lonely_psu, error_of_one):
    """40,000 draws again; the fourth cluster is alone in its stratum."""
    rng, sizes, icc = np.random.default_rng(5), np.array([15, 30, 45, 120]), 0.05
    part = sizes / sizes.sum()
    mean = rng.normal(0, 1, (40_000, 4)) * np.sqrt(icc + (1 - icc) / sizes)
    whole = mean @ part
    total = part * (mean - whole[:, None])
    inside = 3 / 2 * ((total[:, :3] - total[:, :3].mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    alone = (total[:, 3] - total.mean(axis=1)) ** 2
    variance = (inside + error_of_one * alone) * (2 if lonely_psu == "average" else 1)
    seen = np.mean(np.abs(whole) <= stats.t.ppf(0.975, 2) * np.sqrt(variance))
    told = foretell_coverage(sizes.astype(float), np.array([0, 0, 0, 1]), 2.0, sizes.sum(), lonely_psu)
    assert told == pytest.approx(seen, abs=0.005)


def answers(sizes):
    place = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "village": place,
            "y": rng.normal(3, 1, len(place)).round(2),
            "q": rng.integers(1, 4, len(place)),
            "x": rng.uniform(1, 2, len(place)).round(2),
            "sex": np.arange(len(place)) % 2,
        }
    )


ESTIMATES = {
    "means": lambda design, **more: sk.means(design, "y", **more),
    "shares": lambda design, **more: sk.shares(design, "q", **more),
    "ratios": lambda design, **more: sk.ratios(design, [("y", "x")], **more),
    "quantiles": lambda design, **more: sk.quantiles(design, "y", 0.5, **more),
    "variances": lambda design, **more: sk.variances(design, "y", **more),
    "standardized": lambda design, **more: sk.standardized_means(design, "y", {"sex": {0: 0.5, 1: 0.5}}, **more),
}
UNEVEN, EVEN = [8, 10, 12, 90], [30, 28, 30, 32, 30, 30]


@pytest.mark.parametrize("name", ESTIMATES)
def test_few_uneven_clusters_are_told_in_the_method_and_in_three_languages(name):
    design = sk.SurveyDesign(answers(UNEVEN), cluster="village")
    result = ESTIMATES[name](design)
    told = foretell_coverage(np.array(UNEVEN, dtype=float), np.zeros(4, dtype=int), 3.0, sum(UNEVEN))
    assert f"would hold a true mean in about {100 * told:.0f}% of samples only" in result.method
    assert "Few clusters" in result.finding("en")
    assert "мало кластеров" in result.finding("ru") and "кластерлер аз" in result.finding("kk")


@pytest.mark.parametrize("name", ESTIMATES)
def test_even_clusters_and_no_clusters_are_silent(name):
    frame = answers(EVEN)
    for design in (sk.SurveyDesign(frame, cluster="village"), sk.SurveyDesign(frame)):
        result = ESTIMATES[name](design)
        assert "Few clusters" not in result.method + result.finding("en")
        assert not result.covered


def test_only_the_rows_that_earn_it_are_named():
    frame = answers([30] * 10).assign(kind=lambda rows: np.where(rows["village"] < 2, "few", "many"))
    result = sk.means(sk.SurveyDesign(frame, cluster="village"), "y", by="kind")
    assert set(result.covered) == {("y", "few")}
    assert "stand behind y (few):" in result.method
    assert "Few clusters" in result.finding() and "“few”" in result.finding().split("Few clusters")[1]


def test_of_several_rows_a_finding_names_the_one_that_covers_least():
    frame = answers([*UNEVEN, 20, 90]).assign(kind=lambda rows: np.where(rows["village"] < 4, "uneven", "pair"))
    result = sk.means(sk.SurveyDesign(frame, cluster="village"), "y", by="kind")
    worst = min(result.covered, key=lambda row: result.covered[row])[1]
    assert len(result.covered) == 2
    assert f"“{worst}” and 1 more" in result.finding().split("Few clusters")[1]
    assert f"«{worst}» и ещё 1" in result.finding("ru") and f"«{worst}» және тағы 1" in result.finding("kk")


def test_a_filtered_table_names_its_own_rows_only():
    design = sk.SurveyDesign(answers(UNEVEN), cluster="village")
    result = sk.means(design, ["y", "x"])
    assert "“x”" not in result.finding(outcome="y").split("Few clusters")[1]


def test_totals_and_contrasts_have_rules_of_their_own():
    design = sk.SurveyDesign(answers(UNEVEN), cluster="village")
    assert "Few clusters" not in sk.totals(design, "y").method
    with pytest.warns(sk.SurveyKitWarning, match="spread so unevenly over the clusters"):
        found = sk.contrast(sk.means(design, "y", by="sex"), [1, -1])
    assert "Few clusters" not in found.method


def test_the_numbers_stay():
    """The sentence looks at weights alone: doubling an answer's distance from the mean changes none of it."""
    frame = answers(UNEVEN)
    one, two = (sk.means(sk.SurveyDesign(frame.assign(y=frame["y"] * by), cluster="village"), "y") for by in (1, 5))
    assert one.covered == two.covered


def test_two_stages_count_first_stage_clusters():
    frame = answers(UNEVEN).assign(
        house=lambda rows: np.arange(len(rows)) // 2, big=50, many=60, w=lambda rows: 1 + rows["sex"] / 10
    )
    two = sk.SurveyDesign(frame, weight="w", cluster=["village", "house"], fpc=["big", "many"])
    one = sk.SurveyDesign(frame, weight="w", cluster="village", fpc="big")
    assert sk.means(two, "y").covered
    assert sk.means(two, "y").covered == pytest.approx(sk.means(one, "y").covered)
