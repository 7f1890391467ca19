import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means, totals
from surveykit.survey import Survey
from tests.estimation.designs import DESIGNS

# R's interval of a mean takes the degrees of freedom of the whole design; surveykit takes those of the row's own
# respondents. Where every respondent is a cluster and some did not answer, the two differ, and only intervals do.
SAME_DF = ("D1", "D1f", "D2", "D5", "D6")


def design_of(frame: pd.DataFrame, name: str) -> SurveyDesign:
    return SurveyDesign(frame, weight="w", **DESIGNS[name])


def test_smallest_case_by_hand():
    # villages A (1, 2), B (3, 4): mean 2.5; village totals of (y - 2.5) / 4 are -0.5 and 0.5; 2/1 * (0.25 + 0.25) = 1
    frame = pd.DataFrame({"q1": [1, 2, 3, 4], "village": list("AABB")})
    row = means(SurveyDesign(frame, cluster="village"), "q1").table.iloc[0]
    assert (row["estimate"], row["std_error"], row["df"], row["n"], row["n_clusters"]) == (2.5, 1, 1, 4, 2)
    assert row["conf_high"] == pytest.approx(2.5 + 12.706204736432095)


@pytest.mark.parametrize("name", DESIGNS)
def test_means_equal_r(ili_like, expected, name):
    entry = expected[f"mean.q1_income.{name}"]
    want, tol = entry["value"], entry["tol"]
    design = design_of(ili_like, name)
    table = means(design, ["q1", "income"], missing="listwise", design_effect="without_replacement").table
    columns = {"est": "estimate", "se": "std_error", "deff": "deff"}
    if name in SAME_DF:
        columns |= {"ci_t_low": "conf_low", "ci_t_high": "conf_high"}
        assert table["df"].tolist() == [want["df"]] * 2
    for theirs, ours in columns.items():
        assert table[ours].tolist() == pytest.approx(list(want[theirs].values()), rel=tol), theirs


@pytest.mark.parametrize("name", DESIGNS)
def test_design_effect_with_replacement_equals_r(ili_like, expected, name):
    entry = expected[f"mean.index.deffreplace.{name}"]
    row = means(design_of(ili_like, name), "index").table.iloc[0]
    for theirs, ours in {"est": "estimate", "se": "std_error", "deff": "deff"}.items():
        assert row[ours] == pytest.approx(entry["value"][theirs]["index"], rel=entry["tol"]), theirs


@pytest.mark.parametrize("name", DESIGNS)
def test_totals_equal_r(ili_like, expected, name):
    entry = expected[f"total.income_one.{name}"]
    table = totals(design_of(ili_like, name), ["income", "one"]).table
    for theirs, ours in {
        "est": "estimate",
        "se": "std_error",
        "ci_t_low": "conf_low",
        "ci_t_high": "conf_high",
    }.items():
        assert table[ours].tolist() == pytest.approx(list(entry["value"][theirs].values()), rel=entry["tol"]), theirs
    assert table["deff"].tolist() == pytest.approx(
        [float(x) for x in entry["value"]["deff"].values()], rel=entry["tol"]
    )


def test_covariance_between_outcomes_equals_r(ili_like, expected):
    entry = expected["vcov.q1_q2_q3.D1"]
    result = means(design_of(ili_like, "D1"), ["q1", "q2", "q3"], missing="listwise")
    np.testing.assert_allclose(result.covariance, entry["value"]["vcov"], rtol=entry["tol"])


def test_counting_codes_and_summing_numbers_are_the_same(ili_like):
    # a fractional column takes the path of sums, its whole-number original the path of counts
    frame = ili_like.assign(half=ili_like["q1"] / 2 + 0.25)
    table = means(design_of(frame, "D1"), ["q1", "half"], by="sex").table
    whole, half = table.iloc[:2], table.iloc[2:]
    np.testing.assert_allclose(half["estimate"], whole["estimate"].to_numpy() / 2 + 0.25, rtol=1e-12)
    np.testing.assert_allclose(half["std_error"], whole["std_error"].to_numpy() / 2, rtol=1e-9)
    np.testing.assert_allclose(half["deff"], whole["deff"].to_numpy(), rtol=1e-9)
    assert half["n"].tolist() == whole["n"].tolist()


frames = st.integers(0, 2**32 - 1).map(
    lambda seed: (
        lambda r: pd.DataFrame(
            {
                "y": r.integers(1, 6, 60).astype(float),
                "w": r.uniform(0.2, 3, 60),
                "village": r.permutation(np.arange(60) % 8),
                "zone": 0,
                "sex": r.integers(1, 3, 60),
            }
        ).assign(zone=lambda f: f["village"] % 2)
    )(np.random.default_rng(seed))  # fmt: skip
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(frame=frames, factor=st.floats(0.01, 1000))
def test_properties(frame, factor):
    def run(data, **options):
        design = SurveyDesign(data, weight="w", cluster="village", stratum="zone")
        return means(design, "y", by="sex", **options).table.drop(columns="n_weighted")

    table = run(frame)
    pd.testing.assert_frame_equal(run(frame.assign(w=frame["w"] * factor)), table)  # the scale of weights
    pd.testing.assert_frame_equal(run(frame.sample(frac=1, random_state=1)), table)  # the order of rows
    pd.testing.assert_frame_equal(run(frame.assign(zone=frame["zone"].map({0: "x", 1: "a"}))), table)  # names of strata
    pd.testing.assert_frame_equal(run(frame, where=np.ones(60, dtype=bool)), table)  # a domain that holds everybody
    moved = run(frame.assign(y=10 - frame["y"]))
    np.testing.assert_allclose(moved["estimate"], 10 - table["estimate"])
    np.testing.assert_allclose(moved["std_error"], table["std_error"], rtol=1e-9, atol=1e-12)
    twice = frame.loc[frame.index.repeat(2)].assign(w=lambda f: f["w"] / 2).reset_index(drop=True)
    np.testing.assert_allclose(run(twice)["std_error"], table["std_error"], rtol=1e-9, atol=1e-12)  # duplicates


def test_the_callers_data_stay_as_they_were(ili_like):
    before = ili_like.copy()
    means(design_of(ili_like, "D1"), ["q1", "income"], by="sex")
    pd.testing.assert_frame_equal(ili_like, before)


def test_wrong_arguments(ili_like):
    design = design_of(ili_like, "D1")
    with pytest.raises(ColumnError, match="`outcomes` names 'q11', which is not a column; did you mean 'q1'"):
        means(design, "q11")
    with pytest.raises(ColumnError, match="`outcomes` names 'settlement', which holds text such as 'S01'"):
        means(design, "settlement")
    with pytest.raises(ArgumentError, match="must name at least one column"):
        means(design, [])
    with pytest.raises(ArgumentError, match="names 'q1' twice"):
        means(design, ["q1", "q1"])
    with pytest.raises(ArgumentError, match="nobody|no respondent is left"):
        means(design, "q1", where=np.zeros(len(ili_like), dtype=bool))
    with pytest.raises(ArgumentError, match=r"one True or False per respondent \(904 of them\)"):
        means(design, "q1", where=np.array([True]))
    for missing in ("itemwise", "listwise"):
        with pytest.raises(ArgumentError, match="row labels of the data"):
            means(design, "q1", where=pd.Series(True, index=range(1, 905)), missing=missing)
        with pytest.raises(ArgumentError, match="one True or False per respondent"):
            means(design, "q1", where=np.ones(904), missing=missing)
    with pytest.raises(ArgumentError, match="`confidence` must lie between 0 and 1"):
        means(design, "q1", confidence=95)
    with pytest.raises(ArgumentError, match="`missing` must be one of .*'itemwise', 'listwise'.*but 'pairwise'"):
        means(design, "q1", missing="pairwise")
    with pytest.raises(ArgumentError, match="infinite values"):
        means(design_of(ili_like.assign(q1=np.inf), "D1"), "q1")


@pytest.mark.parametrize("origin", [0, 20231101, 1e8])
def test_the_design_effect_does_not_depend_on_where_zero_lies(origin):
    """Answers far from zero (a date as a number) keep 8 digits of what differs between them."""
    rng = np.random.default_rng(2)
    answers = pd.DataFrame({"v": np.arange(80) % 8, "scale": rng.integers(0, 20, 80), "number": rng.normal(size=80)})
    near = means(SurveyDesign(answers, cluster="v"), ["scale", "number"]).table
    far = means(
        SurveyDesign(answers.assign(scale=answers["scale"] + origin, number=answers["number"] + origin), cluster="v"),
        ["scale", "number"],
    ).table
    assert far["deff"].tolist() == pytest.approx(near["deff"].tolist(), rel=1e-6)


def counted(design):
    table = totals(design, "kind").table
    return [*table["estimate"], *table["std_error"]]


def test_the_total_of_a_category_counts_the_population_by_answer():
    # R survey 4.1, tests/reference/population_counts_reference.R, 12 digits
    k = np.arange(24)
    frame = pd.DataFrame(
        {
            "zone": k // 12,
            "village": k // 4,
            "house": k // 2,
            "y": (5 * k) % 7,
            "kind": np.array(["a", "b", "c"])[(k * k) % 3],
            "N": np.where(k < 12, 9, 15),
            "M": 4 + (k // 4) % 3,
            "w": 1.0 + k % 5,
        }
    )
    two = SurveyDesign(frame, cluster=["village", "house"], stratum="zone", fpc=["N", "M"])
    assert counted(two) == pytest.approx([76, 164, 11.1130553854, 24.3207730140], rel=1e-11)
    by_zone = totals(two, "kind", by="zone").table.set_index(["level", "group"])
    assert by_zone.loc[[("a", "1"), ("b", "1")], "estimate"].tolist() == pytest.approx([47.5, 102.5], rel=1e-11)
    assert by_zone.loc[[("a", "1"), ("b", "1")], "std_error"].tolist() == pytest.approx([9.15150260886, 21.06537443294])
    clusters = SurveyDesign(frame, weight="w", cluster="village", stratum="zone")
    assert counted(clusters) == pytest.approx([22, 48, 3.60555127546, 3.87298334621], rel=1e-11)
    persons = SurveyDesign(frame, weight="w", stratum="zone")
    assert counted(persons) == pytest.approx([22, 48, 7.79277054245, 9.13534594061], rel=1e-11)
    assert totals(persons, "kind").table["deff"].tolist() == pytest.approx([2.01274104683, 2.76601239669], rel=1e-11)
    as_category = SurveyDesign(frame.assign(kind=frame["kind"].astype("category")), weight="w", stratum="zone")
    assert counted(as_category) == counted(persons)


def test_counts_of_answers_stand_beside_totals_of_numbers_and_add_up():
    frame = pd.DataFrame(
        {
            "q": ["yes", "no", None, "yes"] * 5,
            "y": np.arange(20.0),
            "w": 1.0 + np.arange(20) % 3,
            "g": np.arange(20) % 2,
            "c": np.arange(20) // 4,
        }
    )
    design = SurveyDesign(frame, weight="w", cluster="c")
    table = totals(design, ["y", "q"], by="g").table
    assert table["outcome"].tolist() == ["y"] * 2 + ["q"] * 4
    assert table["level"].tolist()[2:] == ["no", "no", "yes", "yes"] and table["level"].iloc[:2].isna().all()
    for level in ("no", "yes"):
        indicator = design.with_survey(
            design.survey.with_columns({"one": (frame["q"] == level).where(frame["q"].notna()).astype(float)})
        )
        theirs = totals(indicator, "one", by="g").table
        ours = table[table["level"] == level]
        for column in ("estimate", "std_error", "df", "n", "deff"):
            np.testing.assert_allclose(ours[column], theirs[column], rtol=1e-12)
    everyone = contrast(totals(design, "q"), [1, 1]).table
    assert everyone["estimate"].item() == frame.loc[frame["q"].notna(), "w"].sum() and everyone["n"].item() == 15


def test_an_answer_that_nobody_gave_is_counted_zero_and_numbers_as_text_are_refused():
    book = Codebook.of([Variable("q", labels={"yes": "Yes", "no": "No", "maybe": "Maybe"})])
    frame = pd.DataFrame({"q": ["yes", "no"] * 4, "income": ["1,5", "2,5"] * 4, "c": np.arange(8) // 2})
    table = totals(SurveyDesign(Survey(frame, book), cluster="c"), "q").table.set_index("level")
    assert table["estimate"].to_dict() == {"Yes": 4, "No": 4, "Maybe": 0}
    with pytest.raises(ColumnError, match="'income', which holds text such as '1,5'"):
        totals(SurveyDesign(frame, cluster="c"), "income")
    with pytest.raises(ColumnError, match="'q', which holds text such as 'yes'"):
        means(SurveyDesign(frame, cluster="c"), "q")
