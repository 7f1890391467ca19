import pytest

from surveykit.report.pages.provenance import weight_in_words


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "weighted by w; raked to sex, age_group (ceiling 6); by hand"),
        ("ru", "взвешено по w; рейкинг по sex, age_group (предел 6); by hand"),
        ("kk", "w бойынша салмақталған; sex, age_group бойынша рейкинг (шегі 6); by hand"),
    ],
)
def test_weights_and_their_steps_in_words(lang, said):
    assert weight_in_words("weighted by w; raked to sex, age_group (ceiling 6); by hand", lang) == said


def test_a_step_without_a_ceiling():
    assert weight_in_words("unweighted; post-stratified by sex", "ru") == "без взвешивания; постстратификация по sex"
