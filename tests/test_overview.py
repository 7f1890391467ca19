"""What a notebook shows of a survey and of a design: columns, answers, who is missing and why; nothing runs."""

import re

import numpy as np
import pandas as pd

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.overview import MOST_COLUMNS
from surveykit.survey import Provenance, Survey

EVIL = "<script>alert('x')</script>&"


def survey_of(simulated: bool = True) -> Survey:
    book = Codebook.of(
        [
            Variable("q1", EVIL, {1: EVIL, 2: "yes"}, {98: "don't know", 99: "refused"}),
            Variable("region", labels={code: f"district {code}" for code in range(20)}),
        ]
    )
    frame = pd.DataFrame({"q1": [1.0, 2, 98, 98, 99, np.nan], "region": range(6), "w": [0.5, 1.0, 1, 1, 1, 2]})
    frame["village"], frame["day"] = list("aabbcc"), pd.Timestamp("2023-05-01")
    frame[f"{EVIL}column"] = [True] * 6
    provenance = Provenance("ili.sav", simulated=simulated, weight="w")
    return Survey(frame, book, provenance).with_missing_codes()


def cells_of(page: str) -> dict[str, list[str]]:
    rows = re.findall("<tr>(.*?)</tr>", page)
    return {cells[0]: cells[1:] for row in rows if (cells := re.findall("<td>(.*?)</td>", row))}


def test_a_survey_in_one_line():
    assert repr(survey_of()) == "Survey(6 respondents, 6 columns, weight w, ili.sav, SIMULATED)"
    assert repr(survey_of(False)).endswith("ili.sav)")


def test_the_table_says_what_each_column_asks_and_who_is_missing_why():
    page = survey_of()._repr_html_()
    rows = cells_of(page)
    assert rows["q1"][-1] == "4 (67%): don&#x27;t know 2; refused 1; empty 1"
    assert rows["q1"][-2].endswith("2 = yes") and rows["region"][-2].endswith("4 = district 4; …")
    assert rows["w"][0] == "weight" and rows["w"][-2] == "0.5 to 2" and rows["village"][-2] == "3 different texts"
    assert rows["day"][-2].startswith("2023-05-01") and page.index("SIMULATED") < page.index("<table>")
    assert "overflow-x: auto" in page


def test_every_text_is_escaped():
    page = survey_of()._repr_html_()
    assert "<script" not in page and page.count("&lt;script&gt;") == 3


def test_a_design_says_weight_clusters_and_strata():
    design = SurveyDesign(survey_of(), weight="w", cluster="village")
    assert repr(design) == "SurveyDesign(6 respondents, 3 clusters (village), no strata, weighted by w; SIMULATED)"
    rows = cells_of(design._repr_html_())
    assert rows["village"][0] == "cluster" and rows["w"][0] == "weight" and rows["q1"][0] == ""


def test_a_wide_file_does_not_fill_the_notebook():
    page = Survey(pd.DataFrame(np.zeros((3, 500)), columns=[f"v{at}" for at in range(500)]))._repr_html_()
    assert len(cells_of(page)) == MOST_COLUMNS and f"and {500 - MOST_COLUMNS} columns more" in page
    assert "(empty)" in Survey(pd.DataFrame({"a": [None, None]}))._repr_html_()
