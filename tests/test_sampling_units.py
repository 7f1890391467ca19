"""Clusters, strata and stages as arrays."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import DesignError, SurveyKitWarning
from tests.test_design import FRAME


def test_units_are_clusters_sorted_by_stratum():
    design = SurveyDesign(FRAME, weight="w", cluster="village", stratum="zone")
    assert design.units.cluster_of_row.tolist() == [0, 0, 1, 1, 2, 3]
    assert design.units.stages[0].stratum.tolist() == [0, 0, 1, 1]
    assert design.units.stratum_names == ["n", "s"]
    assert design.degrees_of_freedom == 2
    assert design.describe() == "6 respondents, 4 clusters (village), 2 strata (zone), weighted by w"


def test_without_clusters_every_respondent_is_a_unit_sorted_by_stratum():
    design = SurveyDesign(FRAME.iloc[::-1], stratum="zone")
    assert design.units.n_clusters == 6
    assert design.units.stages[0].stratum.tolist() == [0, 0, 0, 0, 1, 1]
    assert design.units.stages[0].stratum[design.units.of_row].tolist() == [1, 1, 0, 0, 0, 0]


def test_row_labels_do_not_matter():
    shuffled = FRAME.sample(frac=1, random_state=1)
    design = SurveyDesign(shuffled, weight="w", cluster="village", stratum="zone")
    names = dict(zip(shuffled["village"], design.units.cluster_of_row))
    assert names == {"A": 0, "B": 1, "C": 2, "D": 3}


def test_incomplete_clusters_and_strata():
    holed = FRAME.assign(village=["A", None, "B", "B", "C", "D"])
    with pytest.raises(
        DesignError, match=r"every respondent needs a cluster, but 'village' is missing in 1 row\(s\): 1"
    ):
        SurveyDesign(holed, cluster="village")
    with pytest.raises(DesignError, match="every respondent needs a stratum, but 'village' is missing"):
        SurveyDesign(holed, stratum="village")


def test_lonely_strata_are_named_with_the_remedies():
    with pytest.raises(DesignError, match='but stratum s has one; merge.*lonely_psu="remove", "certainty", "adjust"'):
        SurveyDesign(FRAME.assign(village=["A", "A", "B", "B", "C", "C"]), cluster="village", stratum="zone")


def test_one_cluster_in_all():
    with pytest.raises(DesignError, match="has one value in all data; name a finer cluster"):
        SurveyDesign(FRAME.assign(village="A"), cluster="village")


def test_reused_cluster_codes_are_nested_with_a_warning():
    with pytest.warns(SurveyKitWarning, match="1 codes of 'house' occur in more than one stratum"):
        design = SurveyDesign(FRAME.assign(house=[1, 2, 2, 1, 1, 3]), cluster="house", stratum="zone")
    assert design.units.n_clusters == 4


def test_population_counts_and_fractions_say_the_same():
    by_count = SurveyDesign(FRAME.assign(N=[4, 4, 4, 4, 8, 8]), cluster="village", stratum="zone", fpc="N")
    by_share = SurveyDesign(
        FRAME.assign(N=[0.5, 0.5, 0.5, 0.5, 0.25, 0.25]), cluster="village", stratum="zone", fpc="N"
    )
    assert by_count.units.stages[0].population.tolist() == [4, 4, 8, 8]
    np.testing.assert_allclose(by_share.units.stages[0].population, by_count.units.stages[0].population)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ([1.5, 1.5, 1.5, 1.5, 8, 8], "says 1.5 units in a stratum of which 2 were drawn"),
        ([4, 5, 4, 4, 8, 8], "must be constant inside each sampling unit"),
        ([4, 4, 5, 5, 8, 8], "must be constant inside each stratum"),
    ],
)
def test_impossible_population_counts(column, words):
    with pytest.raises(DesignError, match=words):
        SurveyDesign(FRAME.assign(N=column), cluster="village", stratum="zone", fpc="N")


def test_more_fpc_columns_than_stages():
    with pytest.raises(DesignError, match="names 2 columns, but the design has 1 stage"):
        SurveyDesign(FRAME.assign(N=9, M=9), cluster="village", fpc=["N", "M"])


@pytest.mark.parametrize("kind", ["int8", "int16", "int64", "uint64", "float32", "float64", "str", "category"])
def test_clusters_and_strata_of_every_type(kind):
    codes = np.array([100, -100, 0, 100, -100, 0]) if kind[0] != "u" else np.array([100, 1, 50, 100, 1, 50])
    answers = pd.DataFrame(
        {
            "place": pd.Series(codes).astype(kind),
            "zone": pd.Series([2, 1, 2, 2, 1, 2]).astype(kind),
            "part": [1, 1, 1, 1, 2, 1],
        }
    )
    with pytest.warns(SurveyKitWarning, match="1 codes of 'place' occur in more than one stratum"):
        design = SurveyDesign(answers, cluster="place", stratum=["zone", "part"], lonely_psu="remove")
    names = [(float(zone), part) for zone, part in design.units.stratum_names]
    assert names == [(1, 1), (1, 2), (2, 1)]
    # in zone 2 the place 0 (or 50) comes before 100 as a number, and as a text where it is 0
    assert design.units.cluster_of_row.tolist() == [3, 0, 2, 3, 1, 2]


def test_columns_with_too_many_combinations_for_strata():
    answers = pd.DataFrame({f"c{k}": np.arange(4000) / 7 for k in range(6)} | {"v": np.arange(4000)})
    with pytest.raises(DesignError, match="too many combinations to serve as stratum; name fewer"):
        SurveyDesign(answers, stratum=[f"c{k}" for k in range(6)])
