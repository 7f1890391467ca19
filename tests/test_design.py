import warnings
from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.design_audit import audit_design
from surveykit.errors import ColumnError, DesignError, SurveyKitWarning
from surveykit.estimation.quantities.means import means, totals
from surveykit.survey import Provenance, Survey
from surveykit.weighting.replicates import replicate_weights

FRAME = pd.DataFrame({
    "w": [1.0, 2, 1, 2, 3, 1],
    "village": ["A", "A", "B", "B", "C", "D"],
    "zone": ["n", "n", "n", "n", "s", "s"],
    "house": [1, 2, 1, 1, 1, 1],
})  # fmt: skip


def test_the_callers_frame_stays_as_it_was():
    before = FRAME.copy()
    SurveyDesign(FRAME, weight="w", cluster="village")
    pd.testing.assert_frame_equal(FRAME, before)


def test_zero_weights_can_be_left_out():
    design = SurveyDesign(FRAME.assign(w=[1, 0, 1, 2, 1, 1]), weight="w", zero_weights="drop")
    assert len(design) == 5
    assert design.survey.provenance.notes == ("kept 5 of 6 rows: weight of zero left out",)


def test_nobody_left():
    with pytest.raises(DesignError, match="all weights in 'w' are zero"):
        SurveyDesign(FRAME.assign(w=0), weight="w", zero_weights="drop")
    with pytest.raises(DesignError, match="no rows"):
        SurveyDesign(FRAME.iloc[:0])


def test_a_file_that_names_its_weight_is_not_used_unweighted_in_silence():
    survey = Survey(FRAME, provenance=Provenance(weight="w"))
    with pytest.warns(SurveyKitWarning, match="the file names 'w' as its weight, but the design is unweighted"):
        assert SurveyDesign(survey).origin().weight == "unweighted"
    assert SurveyDesign(survey, weight="w").origin().weight == "weighted by w"


def test_misspelt_columns():
    with pytest.raises(ColumnError, match="`cluster` names 'vilage', which is not a column; did you mean 'village'"):
        SurveyDesign(FRAME, cluster="vilage")


def test_new_weights_are_written_down():
    design = SurveyDesign(FRAME, weight="w").with_weights(np.ones(6), "raked to sex")
    assert design.origin().weight == "weighted by w; raked to sex"
    assert design.weights.sum() == 6
    with pytest.raises(ValueError, match="read-only"):
        design.weights[0] = 2


def test_with_survey_wants_the_same_rows():
    design = SurveyDesign(FRAME, weight="w")
    assert "score" in design.with_survey(design.survey.with_columns({"score": 1})).survey.frame
    with pytest.raises(DesignError, match="must hold the design's rows"):
        design.with_survey(Survey(FRAME.iloc[:3]))


def test_a_warning_points_at_the_callers_line():
    with pytest.warns(SurveyKitWarning, match="occur in more than one stratum") as found:
        SurveyDesign(pd.DataFrame({"v": [1, 2, 1, 2], "z": [1, 1, 2, 2]}), cluster="v", stratum="z")
    assert found[0].filename == __file__


def test_replicates_made_from_a_design_leave_its_units_as_they_are():
    answers = pd.DataFrame({"v": [1, 1, 2, 3], "y": [1, 2, 3, 4]})
    design = SurveyDesign(answers, cluster="v")
    repeated = design.with_replicates(replicate_weights(design, "JK1"))
    assert repeated.units.of_row is design.units.of_row
    assert repeated.units.replicates is repeated.replicates
    assert design.replicates is None
    assert design.units.replicates is None


def test_declared_missing_codes_that_still_stand_are_told_of():
    book = Codebook.of([Variable("q", missing={9: {"en": "refused"}}), Variable("z", missing_ranges=((90, 99),))])
    survey = Survey(pd.DataFrame({"q": [9, 2, 1], "z": [1, 95, 3]}), book)
    with pytest.warns(SurveyKitWarning, match="stand among the answers of q, z and will count as answers"):
        SurveyDesign(survey)
    with warnings.catch_warnings(action="error"):
        SurveyDesign(survey.with_missing_codes())


def test_weights_are_no_argument_and_copies_keep_theirs():
    with pytest.raises(
        DesignError, match="`weights` is what a design makes of `weight` and cannot be given; pass weight="
    ):
        SurveyDesign(FRAME, weights=FRAME["w"].to_numpy())
    design = SurveyDesign(FRAME, weight="w", cluster="village")
    with pytest.raises(DesignError, match="`weights` is what a design makes"):
        replace(design, weights=np.ones(6))
    raked = design.with_weights(design.weights * 2, "doubled")
    for changed in (
        replace(raked, lonely_psu="adjust"),
        copy(raked),
        raked.with_survey(Survey(FRAME.assign(new=1))),
        raked.with_conventions("stata"),
    ):
        np.testing.assert_array_equal(changed.weights, 2 * FRAME["w"])
        assert changed.origin().weight == "weighted by w; doubled"
    np.testing.assert_array_equal(replace(design, weight="house").weights, FRAME["house"])
    with pytest.raises(DesignError, match="`weight` cannot be replaced after 'doubled'"):
        replace(raked, weight="house")
    kept = design.keep_rows(FRAME["zone"] == "n", "north")
    np.testing.assert_array_equal(replace(kept, lonely_psu="adjust").weights, FRAME["w"][:4])


def population() -> pd.DataFrame:
    """The data of tests/reference/population_counts_reference.R."""
    k = np.arange(24)
    return pd.DataFrame(
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


# R survey 4.1, tests/reference/population_counts_reference.R: distinct weights; mean, error, total, error
@pytest.mark.parametrize(
    ("roles", "weights", "estimates"),
    [
        ({"cluster": "village", "fpc": "N"}, [3, 5], [2.947916666667, 0.213985818585, 283, 20.542638584174]),
        (
            {"cluster": ["village", "house"], "fpc": ["N", "M"]},
            [6, 7.5, 9, 10, 12.5, 15],
            [2.975, 0.306092504854, 714, 91.558724324883],
        ),
        ({"fpc": "ten"}, [7.5, 12.5], [2.947916666667, 0.408289364516, 707.5, 97.989447483807]),
    ],
)
def test_population_counts_give_the_weights_that_r_gives(roles, weights, estimates):
    frame = population().assign(ten=lambda frame: 10 * frame["N"])
    design = SurveyDesign(frame, stratum="zone", **roles)
    assert np.unique(design.weights.round(9)).tolist() == weights
    assert design.origin().weight.startswith("weighted by population over sample by stage (")
    found = [kind(design, "y").table[["estimate", "std_error"]].iloc[0].tolist() for kind in (means, totals)]
    assert np.concatenate(found).tolist() == pytest.approx(estimates, rel=1e-11)  # R prints 12 digits


def test_sampling_fractions_give_the_same_weights():
    frame = population().assign(f=lambda frame: 3 / frame["N"])
    by_share = SurveyDesign(frame, cluster="village", stratum="zone", fpc="f")
    np.testing.assert_allclose(
        by_share.weights, SurveyDesign(frame, cluster="village", stratum="zone", fpc="N").weights
    )


def test_population_counts_that_give_no_weights_warn():
    frame = population()
    with pytest.warns(SurveyKitWarning, match=r"unweighted although `fpc` \(N\) says .* conventions 'stata'"):
        design = SurveyDesign(frame, cluster="village", stratum="zone", fpc="N", conventions="stata")
    assert design.origin().weight == "unweighted" and (design.weights == 1).all()
    with pytest.warns(SurveyKitWarning, match=r"`fpc` \(N\) counts the units of 1 of 2 stages"):
        design = SurveyDesign(frame, cluster=["village", "house"], stratum="zone", fpc="N")
    assert design.origin().weight == "unweighted"
    with pytest.warns(
        SurveyKitWarning, match="the file names 'w' as its weight, but the design is weighted by population"
    ):
        SurveyDesign(Survey(frame, provenance=Provenance(weight="w")), cluster="village", stratum="zone", fpc="N")


def test_keys_that_look_alike_are_told_of():
    frame = FRAME.assign(village=["A", "A ", "b", "B", "C", "D"])
    with pytest.warns(
        SurveyKitWarning,
        match="'village' spells one key in several ways that look alike, 'A' and 'A ', "
        r"'B' and 'b'; each counts apart. Make them one with unify_keys\(survey, 'village'\)",
    ):
        design = SurveyDesign(frame, cluster="village")
    row = audit_design(design).table.set_index("check").loc["keys that look alike"]
    assert row["value"] == 1 and "unify_keys" in row["verdict"]
    with pytest.warns(SurveyKitWarning, match="'zone' spells one key .* 'S' and 's'"):
        SurveyDesign(FRAME.assign(zone=["n", "n", "S", "S", "s", "s"]), stratum="zone")
    with pytest.warns(SurveyKitWarning, match="'village' has the key '', 'NA', which reads like no answer"):
        SurveyDesign(FRAME.assign(village=["NA", "A", "B", "B", "", "D"]), cluster="village")
    with pytest.warns(SurveyKitWarning, match="'house' spells one key"):  # a later stage
        SurveyDesign(
            FRAME.assign(house=["x", "X", "y", "y", "z", "q"], N=9, M=9),
            cluster=["village", "house"],
            fpc=["N", "M"],
            weight="w",
            lonely_psu="certainty",
        )
    assert (
        audit_design(SurveyDesign(FRAME, cluster="village"))
        .table.set_index("check")
        .loc["keys that look alike", "verdict"]
        == "ok"
    )
