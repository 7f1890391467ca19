from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Variable
from surveykit.comparison.answers.event_study import group_time_effects
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.means import means
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.trend_figure import draw_trend
from surveykit.results import Result, glossary_frame
from tests.report.conftest import make_survey


@pytest.fixture(scope="module")
def by_wave():
    survey = make_survey()
    waves = np.where(np.arange(len(survey)) % 2, "2021", "2023")
    return means(
        SurveyDesign(survey.with_columns({"wave": waves}), weight="w", cluster="village"),
        ["q1", "q2"],
        by=["wave", "akim"],
        lang="en",
    )


def test_points_are_the_estimates(by_wave):
    numbers = plotted_numbers(draw_trend(by_wave))
    here = by_wave.table[by_wave.table["outcome"] == "q1"]
    assert numbers["estimate"].tolist() == here["estimate"].tolist()
    assert numbers[["time", "group"]].to_numpy().tolist() == [
        ["2021", "appointed akim"],
        ["2021", "elected akim"],
        ["2023", "appointed akim"],
        ["2023", "elected akim"],
    ]


def test_waves_are_categories_at_equal_distances(by_wave):
    ax = draw_trend(by_wave, lang="kk")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2021", "2023"]
    assert list(ax.get_xticks()) == [0, 1]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["тағайындалған әкім", "сайланған әкім"]


def test_numbers_stand_to_scale_with_a_line_at_zero():
    table = glossary_frame(
        {
            "outcome": ["q1"] * 3,
            "estimate": [0.0, 0.2, 0.5],
            "conf_low": [-0.1, 0.1, np.nan],
            "conf_high": [0.1, 0.3, np.nan],
        }
    ).assign(event_time=[-1, 0, 3])
    ax = draw_trend(Result(table, ""), over="event_time")
    assert list(ax.get_xticks()) == [-1, 0, 3]
    assert "3: 0.50." in alt_text(ax) and "nan" not in alt_text(ax)


def test_several_rows_of_one_wave_and_group_need_a_choice(by_wave):
    twice = replace(by_wave, table=pd.concat([by_wave.table, by_wave.table]))
    with pytest.raises(
        ArgumentError, match="one row per wave and group can be drawn, but 2021, 'appointed akim' has several"
    ):
        draw_trend(twice)


def test_groups_without_codes_have_no_place_in_time(by_wave):
    with pytest.raises(ArgumentError, match="does not know what the group '2021, appointed akim' stands for"):
        draw_trend(Result(by_wave.table, ""))


def test_an_event_study_is_drawn_for_both_estimands():
    rng = np.random.default_rng(1)
    answers = pd.DataFrame(
        {"unit": np.repeat(list("ABCDEFGH"), 30), "wave": list(np.repeat([2019, 2021, 2023], 10)) * 8}
    )
    answers["first"] = answers["unit"].map({"A": 2021, "B": 2021, "C": 2023, "D": 2023})
    answers["trust"] = 3.0 + (answers["wave"] >= answers["first"]) + rng.normal(size=len(answers))
    result = group_time_effects(SurveyDesign(answers, cluster="unit"), "trust", first_wave="first", wave="wave")
    ax = draw_trend(result, over="event_time", term="event", method="cr3")
    numbers = plotted_numbers(ax)
    assert set(numbers["group"]) == {"person", "settlement"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["person average", "settlement average"]
    here = result.table[(result.table["term"] == "event") & (result.table["method"] == "cr3")]
    assert numbers["estimate"].tolist() == here["estimate"].tolist()
    one = draw_trend(result, over="event_time", term="event", method="cr3", estimand="person")
    assert one.get_legend() is None and len(plotted_numbers(one)) == len(here) / 2
    with pytest.raises(ArgumentError, match=r"`term` must be one of \['group-time', 'event', 'overall'\], but 'evnt'"):
        draw_trend(result, over="event_time", term="evnt")


def test_small_cells_are_hidden(by_wave):
    table = by_wave.table.copy()
    table.loc[0, "n"] = 4
    ax = draw_trend(replace(by_wave, table=table))
    assert plotted_numbers(ax)["estimate"].isna().sum() >= 2
    assert "2021, appointed akim: hidden (n < 5)" in alt_text(ax)


@pytest.mark.parametrize("by", [["wave", "akim"], ["akim", "wave"]])
def test_labels_may_hold_commas(by):
    survey = make_survey()
    texts = {1: {"en": "2021, spring", "kk": "2021, көктем"}, 2: {"en": "2023"}}
    groups = {0: {"en": "appointed, or none", "kk": "тағайындалған"}, 1: {"en": "elected"}}
    survey = survey.with_columns(
        {"wave": 1 + np.arange(len(survey)) % 2}, Variable("wave", labels=texts), Variable("akim", labels=groups)
    )
    found = means(SurveyDesign(survey, weight="w", cluster="village"), "q1", by=by, lang="en")
    ax = draw_trend(found, lang="kk")
    numbers = plotted_numbers(ax).sort_values(["time", "group"])
    assert numbers[["time", "group"]].to_numpy().tolist() == [
        ["2021, spring", "appointed, or none"],
        ["2021, spring", "elected"],
        ["2023", "appointed, or none"],
        ["2023", "elected"],
    ]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2021, көктем", "2023"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["тағайындалған", "elected"]
    assert "2021, көктем, тағайындалған: " in alt_text(ax)


def test_each_cohort_of_an_event_study_has_a_panel_on_one_scale():
    rows = [(2019, 0, 0.5), (2019, 1, 0.7), (2021, -1, -0.2), (2021, 0, 0.4)]
    table = pd.DataFrame(rows, columns=["first_wave", "event_time", "estimate"])
    table = table.assign(
        outcome="q1", term="group-time", conf_low=table["estimate"] - 1, conf_high=table["estimate"] + 1
    )
    ax = draw_trend(Result(table, ""), over="event_time", panels="first_wave")
    above, below = ax.figure.axes
    assert above.get_ylim() == below.get_ylim()
    for panel, cohort in ((above, 2019), (below, 2021)):
        drawn = [line.get_ydata()[0] for line in panel.lines if line.get_marker() == "o"]
        assert drawn == table.loc[table["first_wave"] == cohort, "estimate"].tolist()
        assert f"First wave after election: {cohort}" in [text.get_text() for text in panel.texts]
    assert plotted_numbers(ax)["panel"].tolist() == [2019, 2019, 2021, 2021]
    with pytest.raises(ArgumentError, match="`ax` holds one panel, but 'first_wave' makes 2"):
        draw_trend(Result(table, ""), ax=above, over="event_time", panels="first_wave")
