"""Codes that look like "no answer": told at reading, in an inspection and by a design, with the call that declares them."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.coded_answers.undeclared import NO_ANSWER, says_no_answer

# Labels as they stand in files of the Afrobarometer, the World Values Survey, the ESS, the ISSP and of Kazakh and Russian institutes.
NO_ANSWERS = [
    "Don't know",
    "Don’t know",
    "DON´T KNOW",
    "Refused",
    "Refusal",
    "Missing",
    "No answer",
    "Not applicable",
    "Not asked",
    "N/A",
    "Don't know/Haven't heard enough",
    "Don't Know / Can't remember",
    "Refused (DO NOT READ)",
    "99. Don't know",
    "(-1) Refused",
    "-1 = Missing",
    "Don't know; Refused",
    "Can't choose",
    "Missing; Unknown",
    "Затрудняюсь ответить",
    "ЗАТРУДНЯЮСЬ ОТВЕТИТЬ",
    "Отказ",
    "Отказ от ответа",
    "Нет ответа",
    "Не знаю / Отказ",
    "98 Затрудняюсь ответить",
    "Жауап беруге қиналамын",
    "Бас тарту",
    "Білмеймін",
    "Жауап жоқ",
    "Ne sait pas",
    "Sans réponse",
    "No sabe",
    "No sabe / No contesta",
    "Weiß nicht",
    "WEISS NICHT",
    "Keine Angabe",
    "Não sabe",
    "Não respondeu/ Recusa",
    "Bilmiyorum",
]
ANSWERS = [
    "I don't know God",
    "Agnostic (Do not know if there is a God)",
    "Missing, village",
    "Missing persons unit",
    "Refused asylum",
    "Refuse collector",
    "Village of Missing",
    "Knows",
    "No",
    "Нет",
    "Жоқ",
    "Отказник",
    "Отказали в кредите",
    "Не знаю соседей",
    "Билмей қалды",
    "No answer from God",
    "Sabe",
    "Weiß",
    "Not applicable law",
    "None",
    "Other",
    "Agree",
    "Don't know the akim",
    "Knows and refuses",
    "0",
    "",
    "Ответ",
    "Applicable",
    "Data missing from registry office",
]


@pytest.mark.parametrize("text", NO_ANSWERS)
def test_a_whole_label_says_that_there_is_no_answer(text):
    assert says_no_answer(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_a_label_that_only_contains_such_words_is_an_answer(text):
    assert not says_no_answer(text)


@given(
    st.sampled_from([phrase for phrases in NO_ANSWER.values() for phrase in phrases]),
    st.sampled_from([str.upper, str.title, str.capitalize]),
    st.sampled_from(["{}", "{}.", "98. {}", "[{}]", " {} "]),
)
def test_every_phrase_is_known_in_any_case_with_its_code_in_front(phrase, change, form):
    assert says_no_answer(form.format(change(phrase)))


@given(
    st.sampled_from([phrase for phrases in NO_ANSWER.values() for phrase in phrases]),
    st.sampled_from(["the akim", "деревня", "ауыл", "God"]),
)
def test_no_phrase_is_known_inside_a_longer_label(phrase, more):
    assert not says_no_answer(f"{phrase} {more}") and not says_no_answer(f"{more} {phrase}")


def test_refused_beside_one_other_answer_is_an_answer():
    labels = {1: {"en": "Agreed"}, 2: {"en": "Refused"}}
    frame = pd.DataFrame({"q": [1, 2] * 5})
    assert sk.find_undeclared_codes(sk.Survey(frame, sk.Codebook.of([sk.Variable("q", labels=labels)]))) == {}
    labels |= {3: {"en": "Undecided"}}
    found = sk.find_undeclared_codes(sk.Survey(frame, sk.Codebook.of([sk.Variable("q", labels=labels)])))
    assert list(found["q"]) == [2]


@pytest.mark.parametrize(("answers", "codes"), [
    ([1, 2, 3, 4, 5, 99], [99]), ([1, 2, 3, 4, 5, 98, 99], [98, 99]), ([1, 5, 3, 2, 888, 999], [888, 999]), ([0, 1] * 15 + [-1], [-1]),
    ([1, 2, 3, 4, 5, -8, -9], [-9, -8]), ([20, 40, 60, 35, 80, 999], [999]), ([20, 40, 60, 35, 80, -99], [-99]), ([1, 2, -99], [-99]),
    ([1.5, 2.25, 8.5, 3.0, 2.0, -99], [-99]), ([1, 2, 3, 4] * 6 + [9], [9]), ([1, 2, 3] * 8 + [8, 9], [8, 9]), ([0, 1] * 12 + [9], [9]),
    ([1, 2, 3, 4, 5, 99999], [99999]), ([3, 3, 3, 3, 3, 99], [99]),
])  # fmt: skip
def test_a_number_far_outside_the_rest_is_told_of_without_any_codebook(answers, codes):
    """A hand list: the codes that a person picks out of each row."""
    for kind in (float, "Float64", object):
        column = pd.Series(answers, dtype=float).astype(kind)
        found = sk.find_undeclared_codes(pd.DataFrame({"q": pd.to_numeric(column) if kind is object else column}))
        assert list(found.get("q", {})) == codes


@pytest.mark.parametrize("answers", [
    [18, 40, 80, 62, 99], [-2, -1, 0, 1, 2] * 5, [-1, 0, 1] * 9, list(range(0, 101)), [97, 98, 99, 100, 96, 95], [1, 2, 3, 4, 5, 6, 7] * 4,
    [1, 2, 3, 4, 5, 6, 7, 8, 9] * 3, [0, 1, 2, 3, 4, 9] * 5, [-3.5, 2.0, -1.0, 0.25, 4.0, -9.0], [5, 12, 99, 250, 998, 700], [99] * 9,
    [2021, 2023] * 5, [-5, -2, -1, 0, 3, 4, 10, -9], [1, 98], [7, 8, 9] * 8, [10**9 - 1, 10**9 - 2, 10**9 - 3, 10**9 - 4, 10**9 - 5], [], [np.nan] * 5,
])  # fmt: skip
def test_numbers_that_belong_to_the_rest_are_left_in_peace(answers):
    assert sk.find_undeclared_codes(pd.DataFrame({"q": np.array(answers, dtype=float)})) == {}


@given(
    st.integers(2, 7),
    st.sampled_from([66, 77, 88, 97, 98, 99, 888, 998, 999, -8, -9, -88, -99]),
    st.integers(1, 4),
    st.integers(0, 10**6),
)
@settings(max_examples=150, deadline=None)
def test_a_code_beside_any_scale_is_found_and_a_scale_alone_never(points, code, times, seed):
    scale = np.random.default_rng(seed).permutation(np.resize(np.arange(1, points + 1), 5 * points)).astype(float)
    assert sk.find_undeclared_codes(pd.DataFrame({"q": scale})) == {}
    found = sk.find_undeclared_codes(pd.DataFrame({"q": np.append(scale, [code] * times)}))
    assert list(found["q"]) == [code]


LABELS = {1: {"en": "No"}, 2: {"en": "Partly"}, 3: {"en": "Yes"}, 98: {"en": "Don't know"}}


def labelled(**given):
    return sk.Survey(
        pd.DataFrame({"q1": [1.0, 2, 3, 3, 98, 2]}), sk.Codebook.of([sk.Variable("q1", labels=LABELS, **given)])
    )


def test_a_design_and_its_audit_tell_and_the_call_in_the_sentence_mends_it():
    with pytest.warns(
        sk.SurveyKitWarning,
        match=r"q1: 98 \(labelled \"Don't know\"; 1 answers\).*declare_missing\(survey, \{'q1': \[98\]\}\)",
    ):
        design = sk.SurveyDesign(labelled())
    row = sk.audit_design(design).table.set_index("check").loc["codes that look missing"]
    assert row["value"] == 1 and "q1" in row["verdict"]
    mended = sk.declare_missing(labelled(), {"q1": [98]})
    assert mended.codebook["q1"].label(98) == "Don't know" and list(mended.codebook["q1"].labels) == [1, 2, 3]
    assert mended.count_missing("q1").to_dict() == {98.0: 1, "empty": 0}
    assert sk.means(sk.SurveyDesign(mended), "q1").table["estimate"].item() == pytest.approx(11 / 5)
    assert "codes that look missing" not in sk.audit_design(sk.SurveyDesign(mended)).table["check"].tolist()
    assert any("1 answers with the codes 98 were declared missing" in note for note in mended.provenance.notes)


def test_nothing_is_set_aside_by_itself():
    with pytest.warns(sk.SurveyKitWarning):
        design = sk.SurveyDesign(labelled())
    assert sk.means(design, "q1").table["estimate"].item() == pytest.approx(109 / 6)


def test_columns_of_the_design_hold_no_answers():
    frame = pd.DataFrame({"w": [1, 1, 2, 2, 1, 99.0], "village": [1, 2, 3, 1, 2, 99], "q": [1, 2, 1, 2, 1, 2]})
    assert len(sk.SurveyDesign(frame, weight="w", cluster="village")) == 6


@pytest.mark.parametrize("ending", ["sav", "dta", "csv"])
def test_reading_tells_and_a_codebook_that_declares_it_silences(tmp_path, ending):
    frame = pd.DataFrame({"q1": [1.0, 2, 3, 3, 98, 2]})
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    else:
        write = pyreadstat.write_sav if ending == "sav" else pyreadstat.write_dta
        write(frame, str(path), variable_value_labels={"q1": {code: text["en"] for code, text in LABELS.items()}})
    with pytest.warns(
        sk.SurveyKitWarning, match="codes that look missing are not declared so and count as answers: q1: 98"
    ):
        survey = sk.read_survey(path)
    assert survey.frame["q1"].max() == 98, "told, not set aside"
    assert any("q1: 98" in sentence for sentence in sk.inspect_file(path).warnings)
    book = sk.Codebook.of([sk.Variable("q1", missing={98: {"en": "Don't know"}})])
    assert sk.read_survey(path, codebook=book).frame["q1"].max() == 3
    codes = sk.read_survey(path, codebook=book, user_missing="codes") if ending == "csv" else None
    assert codes is None or codes.frame["q1"].max() == 98


def test_many_columns_are_told_of_in_one_sentence():
    frame = pd.DataFrame({f"q{number}": [1, 2, 3, 4, 5, 99] for number in range(30)})
    with pytest.warns(
        sk.SurveyKitWarning, match=r"and 27 more; .*declare_missing\(survey, find_undeclared_codes\(survey\)\)"
    ) as caught:
        sk.SurveyDesign(frame)
    assert len(caught) == 1
    mended = sk.declare_missing(frame, sk.find_undeclared_codes(frame))
    assert mended.frame.isna().sum().sum() == 30 and frame["q0"].max() == 99


@pytest.mark.parametrize("codes", [[98], {"q1": 98}, {"q1": "98"}])
def test_codes_must_be_listed_by_column(codes):
    with pytest.raises(sk.ArgumentError, match="takes a mapping from texts to lists or mappings as `codes`"):
        sk.declare_missing(labelled(), codes)
    with pytest.raises(sk.ColumnError, match="did you mean 'q1'"):
        sk.declare_missing(labelled(), {"q11": [98]})


def test_the_shared_file_of_labels_only(shared_data):
    path = shared_data.parent / "inputs" / "sav_dont_know_only_labelled.sav"
    with pytest.warns(sk.SurveyKitWarning, match="times: -99 .* -98"):
        survey = sk.read_spss(path)
    mended = sk.declare_missing(survey, sk.find_undeclared_codes(survey))
    # 2.667 by hand, as the file's neighbour .md says
    assert sk.means(sk.SurveyDesign(mended), "times").table["estimate"].item() == pytest.approx(8 / 3, rel=1e-12)
