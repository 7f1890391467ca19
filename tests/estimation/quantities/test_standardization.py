import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.standardization import standardized_means
from surveykit.survey import Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected

AGES = {"ageband": {1: 0.3, 2: 0.3, 3: 0.25, 4: 0.15}}


@pytest.mark.parametrize("name", ["D1", "D2", "D3"])
def test_it_equals_r(ili_like, name):
    design, more = make_design(ili_like, name), more_expected()
    groups = standardized_means(design, "q1", AGES, by="elected").table
    assert_equals(groups["estimate"], more[f"standardised.{name}"]["est"], 1e-9)
    assert_equals(groups["std_error"], more[f"standardised.{name}"]["se"], 1e-9)
    everyone = standardized_means(design, "q1", AGES).table.iloc[0]
    assert_equals([everyone["estimate"], everyone["std_error"]], list(more[f"standardised.all.{name}"].values()), 1e-9)


def test_the_samples_own_composition_changes_no_mean(ili_like):
    design = make_design(ili_like, "D1")
    known = ili_like.dropna(subset=["q1"])
    shares = known.groupby("ageband")["w"].sum().to_dict()
    ours = standardized_means(design, "q1", {"ageband": shares}).table["estimate"].item()
    assert ours == pytest.approx(means(design, "q1").table["estimate"].item(), rel=1e-12)


def test_two_columns_are_crossed_and_labels_serve():
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4] * 2, "sex": [1, 1, 2, 2] * 2, "age": [1, 2] * 4, "c": [1] * 4 + [2] * 4})
    book = Codebook.of([Variable("sex", labels={1: {"en": "woman"}, 2: {"en": "man"}})])
    to = {"sex": {"woman": 3, "man": 1}, "age": {1: 0.5, 2: 0.5}}
    table = standardized_means(SurveyDesign(Survey(frame, book), cluster="c"), "y", to).table
    assert table["estimate"].item() == pytest.approx(0.375 * (1 + 2) + 0.125 * (3 + 4))


def test_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="a share, but 4 has none"):
        standardized_means(design, "q1", {"ageband": {1: 0.5, 2: 0.3, 3: 0.2}})
    with pytest.raises(ArgumentError, match="has none in cells that make up 0.100 of the composition"):
        standardized_means(design, "q1", {"ageband": {1: 0.5, 2: 0.2, 3: 0.1, 4: 0.1, 5: 0.1}})
    with pytest.raises(ArgumentError, match="`to` and `by` both name elected"):
        standardized_means(design, "q1", {"elected": {0: 0.5, 1: 0.5}}, by="elected")
    with pytest.raises(ArgumentError, match="shares of at least 0"):
        standardized_means(design, "q1", {"ageband": {1: -0.5, 2: 0.3, 3: 0.2, 4: 1}})


@pytest.mark.parametrize("shares", [[0.6, 0.5], [0.5, 0.4], [1, 0.1], [0.2, 0.2]])
def test_shares_that_do_not_add_up_are_refused(shares):
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4] * 2, "sex": [1, 1, 2, 2] * 2, "c": [1] * 4 + [2] * 4})
    with pytest.raises(
        ArgumentError, match=rf"the shares of 'sex' in `to` must add up to 1, but they add up to {sum(shares):g};"
    ):
        standardized_means(SurveyDesign(frame, cluster="c"), "y", {"sex": dict(zip([1, 2], shares))})


@pytest.mark.parametrize("shares", [[0.6, 0.4], [3, 1], [1, 1], [0.3334, 0.6667], [12.5, 13.5]])
def test_counts_and_rounded_shares_serve(shares):
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4] * 2, "sex": [1, 1, 2, 2] * 2, "c": [1] * 4 + [2] * 4})
    table = standardized_means(SurveyDesign(frame, cluster="c"), "y", {"sex": dict(zip([1, 2], shares))}).table
    assert table["estimate"].item() == pytest.approx((1.5 * shares[0] + 3.5 * shares[1]) / sum(shares))
