"""Being wrong with it, 13 to 31: codes, waves, designs and weights. Each mistake gets a sentence, or a warning."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.expectations.conftest import AKIM, ITEMS, LEVELS, WHERE, make_book, make_design, make_frame, make_survey
from tests.expectations.words import one_sentence

SHARES = {"sex": {1: 0.5, 2: 0.5}}


def design_with(*, weight="w", cluster="settlement", stratum=None, lonely_psu="error", **columns) -> sk.SurveyDesign:
    frame = make_frame().assign(**columns)
    survey = sk.Survey(frame, make_book()).with_missing_codes()
    return sk.SurveyDesign(survey, weight=weight, cluster=cluster, stratum=stratum, lonely_psu=lonely_psu)


def weights_with(value) -> np.ndarray:
    return np.where(np.arange(240) == 3, value, 1.5)


def wave(**changes) -> sk.Survey:
    frame = pd.DataFrame({"id": [1, 2, 3], "settlement": ["S1", "S1", "S2"], "q1": [1.0, 3.0, 5.0]})
    item = {"name": "q1", "question": {"en": "I trust the akim"}, "labels": LEVELS, **changes}
    return sk.Survey(frame, sk.Codebook.of([sk.Variable(**item)]))


def turned() -> dict:
    return {6 - code: texts for code, texts in LEVELS.items()}


@pytest.mark.parametrize(("number", "call", "kind", "words"), [
    (13, lambda: sk.code_items(sk.Survey(pd.DataFrame({"q": [1, 2, 6]})), "q", lowest=1, highest=5), sk.CodeError, r"'q' holds 6.*1 row\(s\): 2"),
    (14, lambda: sk.means(design_with(q1="Agree"), "q1"), sk.ColumnError, r"text such as 'Agree'.*code_items\(\)"),
    (14, lambda: sk.means(design_with(q1=pd.Categorical(["Agree"] * 240)), "q1"), sk.ColumnError, r"holds categories.*code_items\(\)"),
    (14, lambda: sk.check_feasibility(make_design(), **{**WHERE, "baseline": "apointed"}), sk.ArgumentError, r"did you mean 'appointed'"),
    (16, lambda: sk.stack_waves({"a": wave(), "b": wave(labels={1: {"en": "Yes"}, 2: {"en": "No"}})}), sk.SurveyKitError, r"q1"),
    (17, lambda: sk.stack_waves({"a": wave(), "b": wave(labels={code: LEVELS[code] for code in (1, 2, 3, 4)})}), sk.SurveyKitError, r"q1"),
    (17, lambda: sk.stack_waves({"a": wave(), "b": wave(labels=turned())}), sk.SurveyKitError, r"q1"),
    (18, lambda: sk.link_panel({"a": sk.Survey(pd.DataFrame({"id": [1, 1]})), "b": sk.Survey(pd.DataFrame({"id": [1, 2]}))}, key="id"), sk.ColumnError, r"more than once in wave 'a'"),
    (21, lambda: design_with(w=weights_with(np.nan)), sk.DesignError, r"must be present.*1 row\(s\): 3"),
    (21, lambda: design_with(w=weights_with(0)), sk.DesignError, r"must be positive.*zero_weights=\"drop\""),
    (21, lambda: design_with(w=weights_with(-1)), sk.DesignError, r"must be positive.*1 row\(s\): 3"),
    (21, lambda: design_with(w=weights_with(np.inf)), sk.DesignError, r"must be finite.*1 row\(s\): 3"),
    (21, lambda: design_with(w="heavy"), sk.DesignError, r"weights must be numbers"),
    (23, lambda: design_with(settlement=[None] + ["S"] * 239), sk.DesignError, r"every respondent needs a cluster.*1 row\(s\): 0"),
    (23, lambda: design_with(stratum="zone", zone=[np.nan] + [1] * 239), sk.DesignError, r"stratum.*1 row\(s\): 0"),
    (23, lambda: design_with(cluster="setlement"), sk.ColumnError, r"did you mean 'settlement'"),
    (24, lambda: sk.means(design_with(stratum="zone", zone=np.where(np.arange(240) < 24, 1, 2)), "q1"), sk.DesignError, r"stratum 1 has one.*lonely_psu="),
    (25, lambda: sk.means(design_with(settlement="S01"), "q1"), sk.DesignError, r"at least two clusters.*name a finer cluster"),
    (26, lambda: sk.means(design_with(cluster="zone", stratum="settlement", zone=[f"{i}" for i in np.repeat(np.arange(10), 24)]), "q1"), sk.DesignError, r"at least two clusters per stratum"),
    (27, lambda: sk.rake(make_design(), {"sex": {1: 0.5}}), sk.WeightingError, r"'sex' has 2 \('woman'\) without one"),
    (27, lambda: sk.rake(make_design(), {"sex": {1: 0.5, 2: 0.3, 3: 0.2}}), sk.WeightingError, r"names 3 in 'sex'"),
    (27, lambda: sk.rake(make_design(), {"sex": {1: 9, 2: 9}, "age_group": {1: 9, 2: 9, 3: 9}}), sk.WeightingError, r"'sex' adds up to 18 and 'age_group' to 27"),
    (27, lambda: sk.rake(make_design(), {"sex": {1: 0.5, 2: 0.3}}), sk.WeightingError, r"must add up to 1, but those of 'sex' add up to 0\.8"),
    (27, lambda: sk.poststratify(make_design(), {"sex": {1: 0.7, 2: 0.6}}), sk.WeightingError, r"must add up to 1"),
    (27, lambda: sk.rake(design_with(kind=1), {"kind": {1: 0.5, 2: 0.5}}), sk.WeightingError, r"2"),
    (28, lambda: sk.rake(design_with(a=np.repeat([1, 2], 120), b=np.repeat([1, 2], 120)), {"a": {1: 0.5, 2: 0.5}, "b": {1: 0.6, 2: 0.4}}), sk.WeightingError, r"no weights can meet"),
    (29, lambda: sk.rake(make_design(), {"sex": {1: 0.98, 2: 0.02}}, max_weight_ratio=1.05), sk.WeightingError, r"max_weight_ratio.*raise the ceiling"),
    (30, lambda: sk.calibrate(make_design(), {"sex": {1: 0.9, 2: 0.1}}, method="logit", bounds=(0.9, 1.1)), sk.WeightingError, r"widen `bounds`"),
    (31, lambda: sk.supplied_replicate_weights(make_design(), ["w"], "BRR"), sk.ArgumentError, r"at least two replicate weights"),
    (31, lambda: sk.supplied_replicate_weights(make_design(), ["w1", "w2"], "JK1"), sk.ColumnError, r"'w1', which is not a column"),
])  # fmt: skip
def test_a_mistake_has_its_sentence(number, call, kind, words):
    one_sentence(call, kind, words)


def test_15_an_item_missing_in_one_wave_is_told_and_stays_empty():
    with pytest.warns(sk.SurveyKitWarning, match="'q9' is not in wave 'a'"):
        stacked = sk.stack_waves({"a": wave(), "b": wave().with_columns({"q9": 1.0})})
    assert stacked.frame["q9"].isna().tolist() == [True] * 3 + [False] * 3


def test_22_equal_weights_where_unequal_ones_were_promised():
    with pytest.warns(sk.SurveyKitWarning, match="all weights in 'w' equal 1"):
        design_with(w=1.0)


def test_19_settlement_keys_that_only_look_different():
    """Latin C, o, a in a Cyrillic name; a space behind; small letters."""
    frame = pd.DataFrame({"settlement": ["Совхоз", "Совхоз", "Coвхоз", "совхоз ", "Арман"]})
    survey = sk.unify_keys(sk.Survey(frame), "settlement")
    assert survey.frame["settlement"].tolist() == ["Совхоз"] * 4 + ["Арман"]
    assert any("settlement" in note for note in survey.provenance.notes)


def test_20_a_forgotten_reversal_warns():
    survey = make_survey()
    turned_round = survey.with_columns({"q1": 6 - survey.frame["q1"]})
    with pytest.warns(sk.SurveyKitWarning, match="reversed_items"):
        sk.cronbach_alpha(turned_round, sk.LikertScale("trust", ITEMS, 1, 5))


def test_27_an_empty_cell_is_not_invented():
    """A level of zero respondents with a target above zero, and one with respondents whose target is zero."""
    one_sentence(
        lambda: sk.rake(make_design(), {"akim": {0: 0.6, 1: 0.4}, "sex": {1: 1.0, 2: 0.0}}),
        sk.WeightingError,
        r"target 0, but it has respondents",
    )
    assert set(AKIM) == {0, 1}


def test_raking_and_calibration_leave_the_design_alone():
    design = make_design()
    before = design.weights.copy()
    sk.rake(design, SHARES)
    sk.calibrate(design, SHARES)
    assert np.array_equal(design.weights, before)
