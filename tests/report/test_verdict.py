"""The verdict on a page, in the reader's language."""

import pytest

import surveykit as sk
from surveykit.report.tables.table_text import page_table
from surveykit.report.verdict import verdict_of
from tests.report.test_codes import coded_design


def test_two_kinds_of_settlements_of_one_label():
    design = coded_design()
    found = sk.compare_settlements(
        design, "trust", group="akim", baseline=0, settlement="unit", methods=["cr2"], lang="en"
    )
    assert set(found.table["group"]) == {"a, b (1)"} and set(found.table["baseline"]) == {"a, b (0)"}
    assert set(found.codes["group", "akim"]) == {1} and set(found.codes["baseline", "akim"]) == {0}
    frame = design.survey.frame
    gap = frame.loc[frame["akim"] == 1, "trust"].mean() - frame.loc[frame["akim"] == 0, "trust"].mean()
    assert found.table["estimate"].iloc[0] == pytest.approx(gap)
    assert sk.draw_differences(found, lang="ru").get_xlabel() == "Разность: «избран» минус «назначен»"
    assert "Группа: избран; База сравнения: назначен;" in " ".join(page_table(found, lang="ru").notes)
    assert "Населённых пунктов в группе «избран»: 5; в группе «назначен»: 5" in verdict_of(found, "ru")


@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_a_figure_of_one_outcome_has_the_verdict_on_it():
    design = coded_design()
    water = design.survey.frame["trust"].where(design.survey.frame["unit"] > design.survey.frame["unit"].min())
    design = design.with_survey(design.survey.with_columns({"water": water}))
    found = sk.compare_settlements(
        design, ["trust", "water"], group="akim", baseline=0, settlement="unit", methods=["cr2", "randomization"]
    )
    alone = sk.compare_settlements(design, "trust", group="akim", baseline=0, settlement="unit", methods=["cr2"])
    assert verdict_of(found, "en") != verdict_of(found, "en", "trust") == verdict_of(alone, "en")
    assert verdict_of(alone, "en").split(".")[0] in sk.alt_text(sk.draw_influence(found, "trust"))
