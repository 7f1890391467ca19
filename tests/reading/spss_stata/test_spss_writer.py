import dataclasses
import datetime
import subprocess
import warnings

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.codebook import ResponseSet
from surveykit.reading.spss_stata.spss_dictionary import read_dictionary
from tests.reading.dta_bytes import dta

BOOK = sk.Codebook.of([
    sk.Variable("q1", {"en": "The akim listens", "kk": "Әкім тыңдайды"}, {1: {"en": "No", "kk": "Жоқ"}, 2: {"en": "Yes"}},
                {98: {"en": "don't know"}, 99: {}}, measure="ordinal"),
    sk.Variable("r", missing_ranges=((97, np.inf),)),
    sk.Variable("s", labels={"F": {"en": "Female"}}, missing={"X": {"en": "refused"}}, measure="nominal"),
], {"en": "Ili"})  # fmt: skip


def survey():
    frame = pd.DataFrame({
        "q1": [1, 2, 98, 99, np.nan], "s": ["F", "X", "", None, "Ұзын" * 30], "r": [1, 97, 98, 3, 4.5],
        "w": [1.0, 2.0, 0.5, 1.0, 1.0], "d": pd.to_datetime(["2021-07-25", None, "1500-01-02", "2021-07-25", "2021-07-26"]),
        "t": pd.to_datetime(["2021-07-25 10:30:15", None, "2021-07-25", "2021-07-25", "2021-07-26"], format="ISO8601"),
    })  # fmt: skip
    return sk.Survey(frame, BOOK, sk.Provenance(simulated=True, weight="w")).with_missing_codes()


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_what_is_written_is_read_again(tmp_path, name):
    before = survey()
    sk.write_spss(before, tmp_path / name, lang="en")
    after = sk.read_spss(tmp_path / name, lang="en")
    expected = before.data
    expected["s"] = expected["s"].replace("", None)
    pd.testing.assert_frame_equal(after.data, expected, check_dtype=False)
    for column in ("q1", "r", "s"):
        assert after.missing_reasons[column].tolist() == before.missing_reasons[column].tolist()
    assert after.codebook["q1"].labels == {1: {"en": "No"}, 2: {"en": "Yes"}}
    assert after.codebook["q1"].missing == {98: {"en": "don't know"}, 99: {}}
    assert after.codebook["q1"].measure == "ordinal" and after.codebook["s"].measure == "nominal"
    assert after.codebook["r"].missing_ranges == ((97.0, np.inf),)
    assert after.codebook["s"].missing == {"X": {"en": "refused"}}
    assert after.codebook.title == {"en": "Ili"}
    assert after.provenance.weight == "w" and after.provenance.simulated


def test_the_weight_position_is_that_of_pspp(tmp_path):
    sk.write_spss(survey(), tmp_path / "a.sav")
    assert read_dictionary(tmp_path / "a.sav").weight == b"w"
    syntax = tmp_path / "a.sps"
    syntax.write_text(f"GET FILE='{tmp_path / 'a.sav'}'.\nSHOW WEIGHT.\n")
    try:
        said = subprocess.run(["pspp", str(syntax)], capture_output=True, text=True, timeout=60, check=False)
    except FileNotFoundError:
        pytest.skip("PSPP is not installed")
    assert "WEIGHT is w" in said.stdout


def test_two_runs_write_the_same_bytes_and_the_date_can_be_given(tmp_path):
    for name in ("a.sav", "b.sav"):
        sk.write_spss(survey(), tmp_path / name)
    assert (tmp_path / "a.sav").read_bytes() == (tmp_path / "b.sav").read_bytes()
    sk.write_spss(survey(), tmp_path / "b.sav", timestamp=datetime.datetime(2021, 7, 25, 10, 30))
    assert (tmp_path / "b.sav").read_bytes()[92:109] == b"25 Jul 2110:30:00"


def test_labels_that_spss_would_cut_are_named_cut_between_letters_and_whole_when_read_again(tmp_path):
    book = sk.Codebook.of(
        [sk.Variable("q1", {"kk": "Ә" * 200}, {1: {"kk": "Ә" * 70}, 2: {"kk": "жоқ"}}, {9: {"kk": "Б" * 61}})]
    )
    with pytest.warns(
        sk.SurveyKitWarning, match="those of q1 are cut where SPSS shows them, and stand whole in custom"
    ):
        sk.write_spss(sk.Survey(pd.DataFrame({"q1": [1.0]}), book), tmp_path / "a.sav")
    _, shown = pyreadstat.read_sav(tmp_path / "a.sav", user_missing=True)  # what SPSS shows: 256 and 120 bytes
    assert shown.column_labels == ["Ә" * 128] and shown.variable_value_labels["q1"] == {
        1: "Ә" * 60,
        2: "жоқ",
        9: "Б" * 60,
    }
    after = sk.read_spss(tmp_path / "a.sav").codebook["q1"]
    assert after.ask() == "Ә" * 200 and [after.label(code) for code in (1, 2, 9)] == ["Ә" * 70, "жоқ", "Б" * 61]


def test_a_label_that_was_changed_in_spss_is_not_overruled_by_the_whole_one(tmp_path):
    book = sk.Codebook.of([sk.Variable("q1", labels={1: {"en": "a" * 130}})])
    with pytest.warns(sk.SurveyKitWarning, match="custom attributes"):
        sk.write_spss(sk.Survey(pd.DataFrame({"q1": [1.0]}), book), tmp_path / "a.sav")
    content = (tmp_path / "a.sav").read_bytes()
    (tmp_path / "a.sav").write_bytes(content.replace(b"a" * 120, b"b" * 120, 1))
    assert sk.read_spss(tmp_path / "a.sav").codebook["q1"].label(1) == "b" * 120


def test_a_file_label_that_spss_would_cut_is_measured_in_bytes_and_reported(tmp_path):
    whole = sk.Survey(pd.DataFrame({"q1": [1.0]}), sk.Codebook.of([], {"kk": "Ә" * 32}))
    sk.write_spss(whole, tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").codebook.title == {"und": "Ә" * 32}
    long = sk.Survey(pd.DataFrame({"q1": [1.0]}), sk.Codebook.of([], {"kk": "Ә" * 33}), sk.Provenance(simulated=True))
    with pytest.warns(
        sk.SurveyKitWarning, match="64 of the file label; those of the file label are cut where SPSS shows"
    ):
        sk.write_spss(long, tmp_path / "a.sav")
    _, shown = pyreadstat.read_sav(tmp_path / "a.sav")
    assert shown.file_label == "SIMULATED " + "Ә" * 27
    after = sk.read_spss(tmp_path / "a.sav")
    assert after.codebook.title == {"und": "Ә" * 33} and after.provenance.simulated


def make(frame, *variables):
    return sk.Survey(pd.DataFrame(frame), sk.Codebook.of(variables))


@pytest.mark.parametrize(("given", "words"), [
    (make({"a b": [1]}), "'a b' cannot name an SPSS variable"),
    (make({"with": [1]}), "'with' cannot name an SPSS variable"),
    (make({"q": [1], "Q": [2]}), "'q' and 'Q' are one name to SPSS"),
    (make({"q": ["a", 1]}), "holds 1 among texts"),
    (make({"q": ["a"]}, sk.Variable("q", labels={1: {"en": "x"}})), "'q' holds texts, but its codebook labels the code 1"),
    (make({"q": [1, 50, 9]}, sk.Variable("q", missing={1: {}, 20: {}, 60: {}, 99: {}})), "'q' has the missing codes 1.0, 20.0"),
    (make({"q": ["a"]}, sk.Variable("q", missing={"long missing": {}})), "up to eight bytes"),
])  # fmt: skip
def test_what_spss_cannot_hold_is_refused_in_one_sentence(tmp_path, given, words):
    with pytest.raises(sk.WriteError, match=words) as caught:
        sk.write_spss(given, tmp_path / "a.sav")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_and_a_weight_that_is_none(tmp_path):
    with pytest.raises(sk.WriteError, match="choose a folder that exists"):
        sk.write_spss(survey(), tmp_path / "none" / "a.sav")
    with pytest.raises(sk.WriteError, match="`weight` names 'ww', .*did you mean 'w'"):
        sk.write_spss(survey(), tmp_path / "a.sav", weight="ww")


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd"), max_size=12).map(str.rstrip)
NUMBER = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@st.composite
def surveys(draw):
    n = draw(st.integers(0, 5))
    columns, variables = {}, []
    for index in range(draw(st.integers(1, 4))):
        name, codes = f"v{index}", TEXT.filter(bool) if draw(st.booleans()) else st.integers(-999, 999)
        texts = draw(st.booleans())
        if texts:
            cells = pd.Series(draw(st.lists(TEXT | st.none(), min_size=n, max_size=n)), dtype="str")
            cells = cells.mask(cells == "")
            codes = TEXT.filter(lambda text: 0 < len(text.encode()) <= 8)
        else:
            cells = pd.Series(draw(st.lists(NUMBER | st.just(np.nan), min_size=n, max_size=n)), dtype=float)
            codes = st.integers(-999, 999)
        labels = draw(st.dictionaries(codes, TEXT.filter(bool), max_size=3))
        missing = [code for code in draw(st.lists(codes, max_size=3, unique=True)) if code not in labels]
        columns[name] = cells
        question, measure = draw(TEXT), draw(st.sampled_from([None, "nominal", "ordinal", "scale"]))
        variables.append(
            sk.Variable(
                name,
                {"und": question} if question else {},
                {code: {"und": text} for code, text in labels.items()},
                {code: {} for code in missing},
                (),
                measure,
            )
        )
    return sk.Survey(pd.DataFrame(columns), sk.Codebook.of(variables)).with_missing_codes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_survey=surveys())
def test_any_survey_comes_back(tmp_path, given_survey):
    path = tmp_path / "a.sav"
    sk.write_spss(given_survey, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        after = sk.read_spss(path)
    pd.testing.assert_frame_equal(after.data, given_survey.data, check_dtype=False)
    for name in given_survey.codebook:
        ours, theirs = given_survey.codebook[name], after.codebook[name]
        assert (ours.question, ours.labels, dict(ours.missing), ours.measure) == (
            theirs.question,
            theirs.labels,
            dict(theirs.missing),
            theirs.measure,
        )
        assert given_survey.count_missing(name).to_dict() == after.count_missing(name).to_dict()


def test_whole_numbers_that_spss_cannot_hold_are_refused(tmp_path):
    survey = sk.Survey(pd.DataFrame({"id": [12345678901234567, 12345678901234568]}))
    with pytest.raises(sk.WriteError, match="'id' holds 12345678901234567, which SPSS would store as another number"):
        sk.write_spss(survey, tmp_path / "a.sav")
    sk.write_spss(sk.Survey(pd.DataFrame({"id": [2**53, 7]})), tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").frame["id"].tolist() == [2**53, 7]


def test_what_the_file_does_not_hold_is_told(tmp_path):
    book = sk.Codebook.of([sk.Variable("a"), sk.Variable("b", universe={"en": "voters"}), sk.Variable("c")])
    book = dataclasses.replace(book, response_sets={"m": ResponseSet("m", ("a", "c"))})
    survey = sk.Survey(pd.DataFrame({"a": [1.0, 1.0], "b": [1.0, np.nan], "c": ["x", "y"]}), book)
    # "m" mixes numbers and texts, which a set of SPSS cannot; where it can, the file holds it (below).
    with pytest.warns(
        sk.SurveyKitWarning, match="does not hold the response set 'm', who was asked 'b' and how; write_code"
    ):
        sk.write_spss(survey, tmp_path / "a.sav")


def rich():
    """A survey with what a .sav can hold beside codes and labels."""
    frame = pd.DataFrame({
        "radio": [1.0, 0, 1, np.nan], "paper": [0.0, 1, 1, 0], "t1": ["Y", "N", "Y", None], "t2": ["N", "N", "Y", "Y"],
        "m1": [1.0, 2, 3, 2], "m2": [3.0, np.nan, 1, 1], "money": [1234.5, 2.25, np.nan, 7], "w": 1.0,
        "day": pd.to_datetime(["2021-07-25", None, "2022-01-01", None]),
        "started": pd.to_timedelta(["10:00:00", None, "12:30:00", "25:00:01.25"]),
    })  # fmt: skip
    book = sk.Codebook.of([
        sk.Variable("radio", {"und": "Radio"}, print_format="F1.0"), sk.Variable("money", print_format="DOLLAR10.2"),
        sk.Variable("day", missing={0: {"und": "never"}}, print_format="EDATE10"),
        sk.Variable("started", missing={0: {"und": "not recorded"}}, print_format="TIME8"),
    ])  # fmt: skip
    sets = {
        "media": ResponseSet("media", ("radio", "paper"), 1, {"und": "Media: БАҚ"}),
        "word": ResponseSet("word", ("t1", "t2"), "Y"),
        "named": ResponseSet("named", ("m1", "m2"), None),
    }
    reasons = {"started": pd.Series([0.0], index=[1]), "day": pd.Series([0.0], index=[3])}
    return sk.Survey(frame, dataclasses.replace(book, response_sets=sets), sk.Provenance(weight="w"), reasons)


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_sets_formats_times_and_their_missing_codes_survive(tmp_path, name):
    before = rich()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sk.write_spss(before, tmp_path / name)
        after = sk.read_spss(tmp_path / name)
    pd.testing.assert_frame_equal(after.data, before.data, check_dtype=False)
    assert after.codebook.response_sets == before.codebook.response_sets
    for column in before.codebook:
        assert after.codebook[column] == before.codebook[column]
    for column in ("started", "day"):
        assert after.count_missing(column).to_dict() == before.count_missing(column).to_dict()
    assert after.provenance.weight == "w"
    shares = sk.count_responses(after, after.codebook.response_sets["word"]).table
    assert shares["n"].tolist() == [2, 2]


def ask_pspp(tmp_path, name, *commands):
    syntax = tmp_path / "ask.sps"
    syntax.write_text("\n".join(["SET WIDTH=255.", f"GET FILE='{tmp_path / name}'.", *commands]), encoding="utf-8")
    try:
        run = subprocess.run(
            ["pspp", "-O", "width=400", str(syntax)], capture_output=True, text=True, timeout=60, check=False
        )
    except FileNotFoundError:
        pytest.skip("PSPP is not installed")
    return run.stdout + run.stderr


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_pspp_finds_sets_formats_and_missing_times(tmp_path, name):
    sk.write_spss(rich(), tmp_path / name)
    said = ask_pspp(tmp_path, name, "MRSETS /DISPLAY NAME=ALL.", "DISPLAY DICTIONARY.", "DESCRIPTIVES started day.")
    assert "error" not in said and "warning" not in said
    for words in (
        "$media",
        "Media: БАҚ",
        "$word",
        "Dichotomies|Y",
        "$named",
        "Categories",
        "EDATE10",
        "DOLLAR10.2",
        "TIME8",
    ):
        assert words in said, words
    # DESCRIPTIVES: three durations and two dates are valid; the missing codes are not among them.
    rows = [
        [cell.strip() for cell in line.split("|")] for line in said.split("Descriptive Statistics")[-1].splitlines()
    ]
    assert {row[1]: float(row[2]) for row in rows if len(row) > 2 and row[1] in ("started", "day")} == {
        "started": 3,
        "day": 2,
    }


def test_letters_of_stata_become_declared_missing_codes_which_are_told(tmp_path):
    rows = [(1, 1), (2, "a"), ("a", "d"), ("d", None), ("r", "z")]
    path = tmp_path / "a.dta"
    path.write_bytes(
        dta(
            [("vote", "byte", ""), ("few", "byte", "")],
            rows,
            labels={"vote": {1: "yes", 2: "no", "a": "not asked", "b": "nobody's", "d": "don't know"}},
        )
    )
    before = sk.read_stata(path)
    with pytest.warns(
        sk.SurveyKitWarning, match=r"\.a = -901, \.b = -902, \.d = -904, \.r = -918, \.z = -926 \(in vote"
    ):
        sk.write_spss(before, tmp_path / "a.sav")
    after = sk.read_spss(tmp_path / "a.sav")
    assert after.frame["vote"].tolist()[:2] == [1, 2] and after.frame["vote"].isna().sum() == 3
    assert after.count_missing("vote").to_dict() == {-918: 1, -904: 1, -901: 1, "empty": 0}
    assert after.count_missing("few").to_dict() == {-926: 1, -904: 1, -901: 1, "empty": 1}
    book = after.codebook["vote"]
    assert {code: book.label(code) for code in book.missing} == {
        -901: "not asked",
        -902: "nobody's",
        -904: "don't know",
        -918: ".r",
    }
    assert list(book.labels) == [1, 2] and before.codebook["vote"].label(".d") == "don't know"


def test_the_numbers_for_letters_are_none_that_anybody_has(tmp_path):
    frame = pd.DataFrame({"x": [-901.0, -9926.0, np.nan]})
    book = sk.Codebook.of([sk.Variable("x", missing={".a": {}, "n/a": {}})])
    survey = sk.Survey(frame, book, missing_reasons={"x": pd.Series([".a"], index=[2])})
    with pytest.warns(sk.SurveyKitWarning, match=r"\.a = -99901, n/a = -99927"):
        sk.write_spss(survey, tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").count_missing("x").to_dict() == {-99901.0: 1, "empty": 0}


def test_the_file_with_a_label_of_an_unused_letter_is_written(tmp_path, shared_inputs):
    survey = sk.read_stata(shared_inputs / "dta_label_of_unused_missing_letter.dta")
    with pytest.warns(sk.SurveyKitWarning, match=r"\.d = -904, \.r = -918"):
        sk.write_spss(survey, tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").codebook["vote"].label(-904) == "dk"


@pytest.mark.parametrize(("codes", "answers", "held"), [
    ([1, 2, 3, 99], [50], ([(1, 3)], [99])), ([-9, 96, 97, 98], [1, 5], ([(96, 98)], [-9])), ([6, 7, 8, 9], [1], ([(6, 9)], [])),
])  # fmt: skip
def test_four_missing_codes_are_a_range_and_a_code_where_no_answer_lies_between(tmp_path, codes, answers, held):
    book = sk.Codebook.of([sk.Variable("q", missing={code: {} for code in codes})])
    sk.write_spss(sk.Survey(pd.DataFrame({"q": [*map(float, answers), *map(float, codes)]}), book), tmp_path / "a.sav")
    after = sk.read_spss(tmp_path / "a.sav")
    assert (list(after.codebook["q"].missing_ranges), list(after.codebook["q"].missing)) == held
    assert after.frame["q"].dropna().tolist() == answers


def test_a_print_format_that_spss_does_not_know_is_refused(tmp_path):
    with pytest.raises(sk.WriteError, match="'q' has the print format 'X9', which is none of SPSS's for numbers"):
        sk.write_spss(make({"q": [1.0]}, sk.Variable("q", print_format="X9")), tmp_path / "a.sav")
