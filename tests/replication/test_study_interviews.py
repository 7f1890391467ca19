"""The kinds of tables that rest on coded interviews."""

from dataclasses import replace

import pytest

import surveykit as sk
from surveykit.interviews.joint_display import COMPLEMENT, CONVERGENCE, DISSONANCE, SILENCE
from surveykit.replication.study_comparisons import Comparisons
from surveykit.replication.study_interviews import agreement_table, themes_table
from surveykit.words.codes import CODED_WORDS


def test_themes_are_counted_by_kind_of_settlement(two_waves):
    options = {"name": "t", "kind": "themes", "by": "akim"}
    found = themes_table(options, two_waves, Comparisons(two_waves, "en"), "en")
    theirs = sk.theme_prevalence(two_waves.coding, by="akim", lang="en")
    assert found.table["estimate"].tolist() == theirs.table["estimate"].tolist() and "theme" not in found.table


def test_without_interviews_they_are_asked_for(two_waves):
    alone = replace(two_waves, coding=None)
    for make in (themes_table, agreement_table):
        with pytest.raises(
            sk.CodebookError, match=r"this needs coded interviews; name them under \[interviews\], `coding`"
        ):
            make({"name": "t", "kind": "themes"}, alone, Comparisons(alone, "en"), "en")


@pytest.mark.parametrize("place", [1, 2])
def test_every_relation_has_a_word_of_its_own(place):
    relations = CODED_WORDS["relation"]
    assert set(relations) == {CONVERGENCE, COMPLEMENT, DISSONANCE, SILENCE}
    assert len({words[place] for words in relations.values()}) == 4
