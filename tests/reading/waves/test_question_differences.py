"""What differs in the questions of two waves."""

import tomllib

import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.waves.crosswalk import parse_crosswalk
from tests.reading.waves.test_audit import wave


def test_a_scale_that_runs_the_other_way_is_turned_by_a_recode():
    turned = wave("q1", "Do you agree?", [1, 3], {1: {"en": "Agree"}, 2: {"en": "Neither"}, 3: {"en": "Disagree"}})
    straight = wave("q1", "Do you agree?", [1, 3])
    with pytest.raises(sk.CodebookError, match="runs the other way"):
        sk.stack_waves({"a": straight, "b": turned})
    crosswalk = parse_crosswalk(tomllib.loads('[variables.q1]\nrecode.b = {1 = 3, 3 = 1}\nnote = "b was turned"'))
    stacked = sk.stack_waves({"a": straight, "b": turned}, crosswalk=crosswalk)
    assert stacked.frame["q1"].tolist() == [1, 3, 3, 1]
    assert stacked.codebook["q1"].label(3) == "Agree"
    assert any("1 to 3 (1 answers)" in note for note in stacked.provenance.notes)
    assert any("b was turned" in note for note in stacked.provenance.notes)


def test_another_question_under_the_same_name_is_refused():
    with pytest.raises(sk.CodebookError, match="'q1' asks something else"):
        sk.stack_waves({"a": wave("q1", "Trust in the akim", [1]), "b": wave("q1", "How old is your house?", [1])})


def test_another_skip_rule_is_another_universe():
    def asked(rule):
        book = sk.Codebook.of([sk.Variable("q1", {"en": "Do you?"}, asked_of=rule), sk.Variable("voted")])
        return sk.Survey(pd.DataFrame({"q1": [1, 2], "voted": [1, 1]}), book)

    audit = sk.audit_waves({"a": asked({"voted": [1]}), "b": asked({"voted": [0, 1]})})
    assert audit.table[["outcome", "kind", "blocks"]].values.tolist() == [["q1", "universe", True]]
    assert "voted [1] and voted [0, 1]" in audit.table["difference"][0]
    same = sk.audit_waves({"a": asked({"voted": [1, 0]}), "b": asked({"voted": [0, 1]})})
    untold = sk.audit_waves({"a": asked({"voted": [1]}), "b": asked({})})
    assert same.table.empty and untold.table.empty


def test_another_universe_is_refused_and_another_mode_is_told():
    def asked(universe, mode):
        book = sk.Codebook.of([sk.Variable("q1", {"en": "Do you?"}, universe={"en": universe}, mode={"en": mode})])
        return sk.Survey(pd.DataFrame({"q1": [1, 2]}), book)

    all_adults, voters = asked("All adults", "face to face"), asked("those who voted", "face to face")
    audit = sk.audit_waves({"a": all_adults, "b": voters})
    assert audit.table[["kind", "blocks"]].values.tolist() == [["universe", True]]
    assert (
        "asked of different people in waves 'a' and 'b': 'All adults' and 'those who voted'"
        in audit.table["difference"][0]
    )
    assert "# settled = true" in audit.propose_crosswalk()
    with pytest.raises(sk.CodebookError, match="was asked of different people"):
        sk.stack_waves({"a": all_adults, "b": voters})
    by_phone = asked("all adults.", "by telephone")
    audit = sk.audit_waves({"a": all_adults, "b": by_phone})
    assert audit.table[["kind", "blocks"]].values.tolist() == [["mode", False]]
    stacked = sk.stack_waves({"a": all_adults, "b": by_phone})
    assert any("asked in different ways" in note for note in stacked.provenance.notes)
    unknown = sk.Survey(pd.DataFrame({"q1": [1, 2]}))
    assert sk.audit_waves({"a": all_adults, "b": unknown}).table.empty
