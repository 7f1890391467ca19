import pickle

import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.results import Origin, WeightingStep
from surveykit.weighting.raking import rake
from surveykit.words.messages import said_in

RAKED = WeightingStep("raked to sex, age_group (ceiling 6)", "raked to", names="sex, age_group", ceiling="6")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "weighted by w; raked to sex, age_group (ceiling 6); by hand"),
        ("ru", "веса: столбец «w»; рейкинг по sex, age_group (наибольший вес: 6 средних); by hand"),
        ("kk", "салмақтар: «w» бағаны; sex, age_group бойынша рейкинг (шегі 6); by hand"),
    ],
)
def test_weights_and_their_steps_in_words(lang, said):
    assert said_in(Origin(weighted_by="w", steps=(RAKED, "by hand")).weight, lang) == said


def test_a_step_without_a_ceiling():
    step = WeightingStep("post-stratified by sex", "post-stratified by", names="sex")
    assert said_in(Origin(steps=(step,)).weight, "ru") == "без взвешивания; постстратификация по sex"


def test_an_origin_that_only_has_a_sentence_keeps_it():
    assert said_in(Origin(weight="weighted by w; raked to sex").weight, "ru") == "weighted by w; raked to sex"


def test_steps_stay_records_through_the_weighting_and_through_pickle():
    """Columns may hold the very words of a sentence: nothing is cut at them."""
    frame = pd.DataFrame({"a; b (ceiling 9)": [1, 1, 2, 2], "w": [1.0, 2, 1, 2]})
    design = SurveyDesign(frame, weight="w")
    raked = rake(design, {"a; b (ceiling 9)": {1: 30, 2: 10}}, max_weight_ratio=3)
    assert raked.steps == ("raked to a; b (ceiling 9) (ceiling 3)",)
    for steps in (raked.steps, pickle.loads(pickle.dumps(raked.steps))):
        origin = Origin(weighted_by="w", steps=steps)
        assert origin.weight == raked.origin().weight == "weighted by w; raked to a; b (ceiling 9) (ceiling 3)"
        assert (
            said_in(origin.weight, "ru") == "веса: столбец «w»; рейкинг по a; b (ceiling 9) (наибольший вес: 3 средних)"
        )
