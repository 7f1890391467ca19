"""The proposal of a crosswalk: valid TOML for any waves, both questions in full, and nothing settled that a person did not."""

import tomllib
import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.waves.crosswalk import parse_crosswalk
from tests.coded_answers.test_wordings import OTHER_QUESTIONS

QUESTIONS = ["Trust the president", "Trust the police", "Trust in the president", "Age in years", "Are you content with \"roads\"?", "Дороги\nи мосты",
             "Has the akim visited you \\ your family?", "Q5. Trust the President", "1"]  # fmt: skip
SCALES = [{}, {1: {"en": "No"}, 2: {"en": "Yes"}}, {1: {"en": "Yes"}, 2: {"en": "No"}}, {1: {"en": "No"}, 2: {"en": "Yes"}, 9: {"en": "Don't know"}},
          {1: {"en": "No"}, 2: {"en": "Yes"}, 98: {"en": "Refused"}}]  # fmt: skip
NAMES = ["q1", "q2", "q 3", "Вопрос", 'x"y', "a.b"]
WAVES = ["2019", "2021", "wave 3", "r.4", "after"]


@st.composite
def some_waves(draw):
    found = {}
    for name in WAVES[: draw(st.integers(2, 5))]:
        columns = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
        book = [
            sk.Variable(one, {"en": draw(st.sampled_from(QUESTIONS))}, draw(st.sampled_from(SCALES))) for one in columns
        ]
        values = {one: draw(st.lists(st.sampled_from([1.0, 2.0]), min_size=3, max_size=3)) for one in columns}
        found[name] = sk.Survey(pd.DataFrame(values), sk.Codebook.of(book))
    return found


def refusal(waves, crosswalk=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sk.stack_waves(waves, crosswalk=crosswalk)
        except sk.SurveyKitError as error:
            return str(error)
    return ""


@pytest.mark.slow
@given(some_waves())
@settings(max_examples=200, deadline=None)
def test_a_proposal_is_toml_and_what_was_refused_stays_refused(waves):
    audit = sk.audit_waves(waves)
    text = audit.propose_crosswalk()
    crosswalk = parse_crosswalk(tomllib.loads(text))
    assert not any(variable.settled or variable.recode for variable in crosswalk.variables.values())
    before = refusal(waves)
    if before:
        assert refusal(waves, crosswalk), f"{before!r} vanished under\n{text}"
    for difference in audit.differences:
        if difference.kind == "question":
            for asked in difference.texts:
                assert " ".join(asked.split("\n")) in text


@pytest.mark.parametrize(("ours", "theirs"), OTHER_QUESTIONS)
def test_another_question_is_refused_told_with_both_and_never_proposed(ours, theirs):
    for name in ("q1", "q2"):
        waves = {"2021": survey("q1", ours), "2023": survey(name, theirs)}
        text = sk.audit_waves(waves).propose_crosswalk()
        crosswalk = parse_crosswalk(tomllib.loads(text))
        if name == "q1":
            with pytest.raises(sk.CodebookError, match="'q1' asks something else"):
                sk.stack_waves(waves)
            assert ours in text and theirs in text
            with pytest.raises(sk.CodebookError, match="'q1' asks something else"):
                sk.stack_waves(waves, crosswalk=crosswalk)
        else:
            assert not any(variable.source for variable in crosswalk.variables.values())


def survey(name, question, codes=(1, 2), labels=None):
    return sk.Survey(pd.DataFrame({name: codes}), sk.Codebook.of([sk.Variable(name, {"en": question}, labels or {})]))


def test_one_variable_under_four_names_is_one_block():
    waves = {
        name: survey(column, f"Q{number}. Trust in the akim")
        for number, (name, column) in enumerate(
            {"2015": "a1", "2017": "b1", "2019": "c1", "2021": "d1", "2023": "d1"}.items()
        )
    }
    text = sk.audit_waves(waves).propose_crosswalk()
    crosswalk = parse_crosswalk(tomllib.loads(text))
    assert dict(crosswalk.variables["d1"].source) == {"2015": "a1", "2017": "b1", "2019": "c1", "2021": "d1"}
    assert len(sk.stack_waves(waves, crosswalk=crosswalk)) == 10


def test_missing_codes_of_a_refused_variable_are_proposed_as_a_comment():
    first = survey("q1", "Trust", (1, 9), {1: {"en": "No"}, 2: {"en": "Yes"}, 9: {"en": "Don't know"}})
    second = survey("q1", "Trust", (1, 98), {1: {"en": "No"}, 2: {"en": "Yes"}, 98: {"en": "Don't know"}})
    text = sk.audit_waves({"a": first, "b": second}).propose_crosswalk()
    assert "\n# missing.a = [9]\n# missing.b = [98]\n" in text
    with pytest.raises(sk.CodebookError, match="scales of different codes"):
        sk.stack_waves({"a": first, "b": second}, crosswalk=parse_crosswalk(tomllib.loads(text)))
    settled = parse_crosswalk(tomllib.loads(text.replace("# missing", "missing")))
    assert sk.stack_waves({"a": first, "b": second}, crosswalk=settled).frame["q1"].tolist()[::2] == [1, 1]


def test_merged_and_moved_codes_take_their_labels_along():
    labels = {
        code: {"en": text, "ru": f"р{code}"}
        for code, text in enumerate(("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"), 1)
    }
    first, second = survey("q1", "Trust", (1, 2, 3, 4, 5), labels), survey("q1", "Trust", (1, 2, 3))
    merged = parse_crosswalk({"variables": {"q1": {"recode": {"a": {"1": 1, "2": 1, "3": 2, "4": 3, "5": 3}}}}})
    book = sk.stack_waves({"a": first, "b": second}, crosswalk=merged).codebook["q1"]
    assert [book.label(code, "en") for code in book.labels] == [
        "Strongly disagree / Disagree",
        "Neither",
        "Agree / Strongly agree",
    ]
    assert book.label(1, "ru") == "р1 / р2"
    turned = parse_crosswalk({"variables": {"q1": {"recode": {"a": {"1": 5, "2": 4, "4": 2, "5": 1}}}}})
    book = sk.stack_waves({"a": first, "b": survey("q1", "Trust", (1, 2, 3, 4, 5))}, crosswalk=turned).codebook["q1"]
    assert [book.label(code, "en") for code in (1, 5)] == ["Strongly agree", "Strongly disagree"]
    onto = parse_crosswalk({"variables": {"q1": {"recode": {"a": {"5": 4}}}}})
    book = sk.stack_waves({"a": first, "b": survey("q1", "Trust", (1, 2, 3, 4))}, crosswalk=onto).codebook["q1"]
    assert book.label(4, "en") == "Agree / Strongly agree" and 5 not in book.labels
    named = parse_crosswalk(
        {"variables": {"q1": {"recode": {"a": {"1": 1, "2": 1, "3": 2, "4": 3, "5": 3}}, "labels": {"1": "No"}}}}
    )
    assert sk.stack_waves({"a": first, "b": second}, crosswalk=named).codebook["q1"].label(1) == "No"


def test_scales_in_languages_that_share_none_are_compared_by_their_known_words():
    first = survey("q1", "Trust", (1, 2), {1: {"ru": "Да"}, 2: {"ru": "Отчасти"}, 3: {"ru": "Нет"}})
    turned = survey("q1", "Trust", (1, 2), {1: {"kk": "Жоқ"}, 2: {"kk": "Ішінара"}, 3: {"kk": "Иә"}})
    straight = survey("q1", "Trust", (1, 2), {1: {"kk": "Иә"}, 2: {"kk": "Ішінара"}, 3: {"kk": "Жоқ"}})
    unknown = survey("q1", "Trust", (1, 2), {1: {"kk": "Ағаш"}, 2: {"kk": "Тас"}, 3: {"kk": "Су"}})
    with pytest.raises(sk.CodebookError, match="'q1' runs the other way .*: 1 is 'Да' and 'Жоқ'"):
        sk.stack_waves({"a": first, "b": turned})
    for other in (straight, unknown):
        with pytest.warns(sk.SurveyKitWarning, match="'q1' was not compared .* its labels are in ru and in kk"):
            sk.stack_waves({"a": first, "b": other})
    audit = sk.audit_waves({"a": first, "b": unknown})
    assert "texts of 1 variables were not compared, because they have no language in common: q1" in audit.method


@pytest.mark.parametrize("name", ["waves_signs_reversed", "waves_languages_reversed"])
def test_the_shared_waves_that_run_against_each_other_are_refused(shared_data, name):
    waves = {year: sk.read_csv(shared_data.parent / "inputs" / f"{name}_{year}.csv") for year in ("2021", "2023")}
    with pytest.raises(sk.CodebookError, match="runs the other way"):
        sk.stack_waves(waves)


def test_the_shared_crosswalk_of_merged_codes(shared_data):
    folder = shared_data.parent / "inputs"
    waves = {year: sk.read_csv(folder / f"crosswalk_merged_label_{year}.csv") for year in ("2021", "2023")}
    stacked = sk.stack_waves(waves, crosswalk=folder / "crosswalk_merged_label.toml")
    assert stacked.codebook["agree"].label(1) == "Strongly disagree / Disagree"


@pytest.mark.slow
def test_how_many_common_columns_of_two_real_rounds_are_refused(shared_data):
    """Read by eye, all 144: 'EA_SEC_E' (by local community / by private security, local community) is the one that was let through before."""
    folder = shared_data / "afrobarometer_tunisia"
    with pytest.warns(sk.SurveyKitWarning):
        waves = {name: sk.read_spss(folder / f"tunisia_{name}.sav") for name in ("r5", "r6")}
    audit = sk.audit_waves(waves)
    common = [name for name in waves["r5"].frame if name in waves["r6"].frame]
    refused = {difference.variable for difference in audit.differences if difference.blocking}
    assert len(common) == 144 and len(refused) == 101
    tomllib.loads(audit.propose_crosswalk())
