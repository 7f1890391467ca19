import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.codebook import ResponseSet

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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("suffix", "short"), [(".sav", 24), (".zsav", 8), (".zsav", 24), (".zsav", 40), (".sav", None)]
)
def test_a_file_of_which_the_end_did_not_reach_the_disk_is_refused(tmp_path, suffix, short):
    """A disk that is full to the byte: the library takes the refusal of the system for a success."""
    resource = pytest.importorskip("resource")
    path, numbers = tmp_path / f"a{suffix}", np.arange(5000.0)
    given = sk.Survey(pd.DataFrame({"a": numbers * 1.37, "b": np.sin(numbers)}))
    sk.write_spss(given, path)
    limit = path.stat().st_size - short if short else 0
    path.unlink()
    before = {one.name for one in tmp_path.iterdir()}
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, allowed[1]))
    try:
        with pytest.raises(sk.WriteError, match="cannot be written: not all of it came onto the disk"):
            sk.write_spss(given, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert {one.name for one in tmp_path.iterdir()} == before


@pytest.mark.parametrize("suffix", [".sav", ".zsav"])
@pytest.mark.parametrize("cells", [[], [np.nan] * 9, ["x" * 1000, "", None]], ids=["no row", "no answer", "long text"])
def test_what_the_disk_holds_whole_is_not_refused(tmp_path, suffix, cells):
    sk.write_spss(
        sk.Survey(pd.DataFrame({"a": pd.Series(cells, dtype=None if cells else float)})), tmp_path / f"a{suffix}"
    )
    assert len(sk.read_spss(tmp_path / f"a{suffix}").data) == len(cells)
