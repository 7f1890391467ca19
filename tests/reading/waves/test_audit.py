import pandas as pd
import pytest

import surveykit as sk
from surveykit.coded_answers.wordings import likeness
from surveykit.reading.waves.crosswalk import parse_crosswalk

AGREE = {1: {"en": "Disagree"}, 2: {"en": "Neither"}, 3: {"en": "Agree"}}


def wave(name, question, codes, labels=AGREE, **columns):
    frame = pd.DataFrame({name: codes, **columns})
    book = sk.Codebook.of([sk.Variable(name, {"en": question}, labels, measure="ordinal")])
    return sk.Survey(frame, book)


FIRST = wave(
    "Q71C",
    "Q71c. Performance: local councilor",
    [1, 3, 9, 998],
    {**AGREE, 9: {"en": "Don't know"}, 998: {"en": "Refused"}},
)
SECOND = wave(
    "Q68", "Q68. Performance: local councillor", [3, 2, 98], {**AGREE, 9: {"en": "Don’t know"}, 98: {"en": "Refused"}}
)


def test_likeness_ignores_the_number_of_the_question():
    assert likeness("Q71c. Trust in the akim", "Q68. Trust in the akim") == 1
    assert likeness("Trust in the akim", "Age of respondent") < 0.6


def test_a_renamed_variable_and_undeclared_missing_codes_are_found():
    audit = sk.audit_waves({"r5": FIRST, "r6": SECOND})
    assert [dict(rename.names) for rename in audit.renames] == [{"r5": "Q71C", "r6": "Q68"}]
    assert audit.undeclared == {"r5": {"Q71C": (9, 998)}, "r6": {"Q68": (9, 98)}}
    assert set(audit.table["kind"]) == {"absent", "renamed", "undeclared"}
    assert "cannot be stacked" in audit.method and "Wave audit" in audit.summary()


def test_the_proposed_crosswalk_stacks_what_it_names(tmp_path):
    audit = sk.audit_waves({"r5": FIRST, "r6": SECOND})
    text = audit.propose_crosswalk(tmp_path / "crosswalk.toml")
    assert (tmp_path / "crosswalk.toml").read_text(encoding="utf-8") == text
    stacked = sk.stack_waves({"r5": FIRST, "r6": SECOND}, crosswalk=tmp_path / "crosswalk.toml")
    assert stacked.frame["Q68"].tolist()[:2] == [1, 3] and stacked.frame["Q68"].notna().sum() == 4
    assert stacked.count_missing("Q68").to_dict() == {9.0: 1, 98.0: 1, 998.0: 1, "empty": 0}
    assert list(stacked.codebook["Q68"].labels) == [1, 2, 3]
    assert any("Q71C became Q68" in note for note in stacked.provenance.notes)
    assert any("2 answers with the codes 9, 998 became missing" in note for note in stacked.provenance.notes)


def test_a_difference_is_refused_until_a_person_accepts_it():
    other = wave("q1", "Do you agree?", [1], {**AGREE, 4: {"en": "Fully"}})
    waves = {"a": wave("q1", "Do you agree?", [1, 3]), "b": other}
    with pytest.raises(sk.CodebookError, match="settle it in a crosswalk"):
        sk.stack_waves(waves)
    settled = parse_crosswalk({"variables": {"q1": {"settled": True}}})
    stacked = sk.stack_waves(waves, crosswalk=settled)
    assert any(note.endswith("which was accepted") for note in stacked.provenance.notes)
    kept = sk.stack_waves(
        waves | {"b": other.with_columns({"z": [1]})}, crosswalk=parse_crosswalk({"drop": ["q1", "z"]})
    )
    assert list(kept.frame.columns) == ["wave"]


def test_only_the_listed_variables():
    first, second = FIRST.with_columns({"x": [1, 2, 3, 4]}), SECOND.with_columns({"y": [1, 2, 3]})
    crosswalk = parse_crosswalk(
        {
            "only_listed": True,
            "variables": {
                "councillor": {"from": {"r5": "Q71C", "r6": "Q68"}, "missing": {"r5": [9, 998], "r6": [9, 98]}}
            },
        }
    )
    stacked = sk.stack_waves({"r5": first, "r6": second}, crosswalk=crosswalk)
    assert list(stacked.frame.columns) == ["wave", "councillor"]


@pytest.mark.parametrize(("content", "error", "words"), [
    ({"variables": {"q": {"form": {}}}}, sk.CodebookError, "has the key 'form'.*did you mean 'from'"),
    ({"variables": {"q": {"missing": [9]}}}, sk.CodebookError, "`missing` of .* must be a table by wave"),
    ({"variables": {"q": {"missing": {"r5": 9}}}}, sk.CodebookError, r"as in missing.r5 = \[98, 99\]"),
    ({"variables": {"q": {"from": {"r7": "Q71C"}}}}, sk.ColumnError, "names the wave 'r7'; the waves are"),
    ({"variables": {"q": {"from": {"r5": "Q71"}}}}, sk.ColumnError, "from 'Q71', which is not a column.*'Q71C'"),
    ({"variables": {"Q68": {"from": {"r6": "z"}}}}, sk.ColumnError, "has a column 'Q68' besides 'z'|not a column"),
])  # fmt: skip
def test_a_crosswalk_that_does_not_fit_is_refused_in_one_sentence(content, error, words):
    with pytest.raises(error, match=words) as caught:
        sk.stack_waves({"r5": FIRST, "r6": SECOND}, crosswalk=parse_crosswalk(content))
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_the_two_afrobarometer_rounds_become_one_survey(shared_data):
    folder = shared_data / "afrobarometer_tunisia"
    with pytest.warns(sk.SurveyKitWarning, match="codes that look missing are not declared so"):
        waves = {
            "2013": sk.read_spss(folder / "tunisia_r5.sav", lang="en"),
            "2015": sk.read_spss(folder / "tunisia_r6.sav", lang="en"),
        }
    audit = sk.audit_waves(waves)
    assert {"2013": "Q71C", "2015": "Q68_TUN_C"} in [dict(rename.names) for rename in audit.renames]
    assert audit.undeclared["2013"]["Q71C"] == (-1, 9, 998) and audit.undeclared["2015"]["Q68_TUN_C"] == (-1, 9, 98)
    crosswalk = parse_crosswalk(
        {
            "only_listed": True,
            "variables": {
                "councillor": {
                    "from": {"2013": "Q71C", "2015": "Q68_TUN_C"},
                    "missing": {"2013": [-1, 9, 998], "2015": [-1, 9, 98]},
                },
                "withinwt": {},
                "URBRUR": {},
            },
        }
    )
    survey = sk.stack_waves(waves, crosswalk=crosswalk)
    assert len(survey) == 2400 and survey.provenance.weight == "withinwt"
    counts = survey.frame.groupby("wave", observed=True)["councillor"].value_counts().unstack()
    # Counts of PSPP's FREQUENCIES on the two files.
    assert counts.loc["2013", [1, 2, 3, 4]].tolist() == [314, 276, 207, 15]
    assert counts.loc["2015", [1, 2, 3, 4]].tolist() == [224, 334, 362, 50]
    assert survey.count_missing("councillor").to_dict() == {-1.0: 2, 9.0: 616, "empty": 0}
    assert survey.codebook["councillor"].label(1) == "Strongly Disapprove"
