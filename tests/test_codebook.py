import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Codebook, Variable, as_code, pick_text
from surveykit.errors import ArgumentError, CodebookError, ColumnError

AGREE = Variable(
    "q1",
    {"en": "The akim listens", "kk": "Әкім тыңдайды"},
    {1.0: {"en": "No", "kk": "Жоқ"}, 2: {"en": "Yes", "kk": "Иә"}},
    {98: {"en": "don't know"}},
    ((900, float("inf")),),
    "ordinal",
)


def test_codes_are_whole_numbers_where_they_can_be():
    assert as_code(1.0) == 1 and isinstance(as_code(1.0), int)
    assert as_code(1.5) == 1.5
    assert as_code("A") == "A"


def test_text_falls_back_to_undetermined_then_english_then_any():
    assert pick_text({"kk": "а", "en": "b"}, "kk") == "а"
    assert pick_text({"und": "u", "en": "b"}, "kk") == "u"
    assert pick_text({"ru": "р", "en": "b"}, "kk") == "b"
    assert pick_text({"ru": "р"}, "kk") == "р"
    assert pick_text({}, "kk", "q1") == "q1"


def test_labels_by_language_and_for_codes_without_one():
    assert AGREE.label(2, "kk") == "Иә"
    assert AGREE.label(98, "en") == "don't know"
    assert AGREE.label(7) == "7"
    assert AGREE.ask("kk") == "Әкім тыңдайды"
    assert Variable("age").ask("kk") == "age"


def test_missing_codes_and_ranges():
    values = pd.Series([1, 98, 900, 950, None])
    assert AGREE.is_missing(values).tolist() == [False, True, True, True, False]


def test_a_code_is_either_an_answer_or_missing():
    with pytest.raises(CodebookError, match="gives code 9 a label and calls it missing"):
        Variable("q", labels={9: "x"}, missing={9: "y"})


def test_a_range_runs_upwards():
    with pytest.raises(CodebookError, match="runs backwards"):
        Variable("q", missing_ranges=((5, 1),))


def test_code_of_takes_the_code_or_a_label_of_any_language():
    book = Codebook.of([AGREE])
    assert book.code_of("q1", 2) == 2
    assert book.code_of("q1", "Иә") == 2
    with pytest.raises(ColumnError, match="has no code or label 'Yess'.*did you mean 'Yes'"):
        book.code_of("q1", "Yess")


def test_two_codes_of_one_label_are_ambiguous():
    book = Codebook.of([Variable("q", labels={1: "yes", 2: "yes"})])
    with pytest.raises(CodebookError, match=r"'yes' in 'q' may mean 1 \('yes'\) or 2 \('yes'\); give the code"):
        book.code_of("q", "yes")


def test_one_description_per_variable():
    with pytest.raises(CodebookError, match="describes 'q1' twice"):
        Codebook.of([AGREE, AGREE])


def test_merge_adds_languages_and_moves_missing_codes():
    ours = Codebook.of([Variable("q1", {"en": "A"}, {1: {"en": "No"}, 98: {"en": "DK"}})])
    theirs = Codebook.of([Variable("q1", {"kk": "Ә"}, {1: {"kk": "Жоқ"}}, {98: {"kk": "білмеймін"}}), Variable("q2")])
    both = ours.merge(theirs)
    assert dict(both["q1"].question) == {"kk": "Ә", "en": "A"}
    assert dict(both["q1"].labels[1]) == {"kk": "Жоқ", "en": "No"}
    assert dict(both["q1"].missing[98]) == {"en": "DK", "kk": "білмеймін"}
    assert 98 not in both["q1"].labels
    assert "q2" in both
    assert set(both.languages) == {"en", "kk"}


def test_immutable():
    book = Codebook.of([AGREE])
    with pytest.raises(TypeError):
        book.variables["q2"] = AGREE  # type: ignore[index]
    assert "q2" not in book.replace(Variable("q2")).keep(["q1"])
    assert len(book) == 1


@pytest.mark.parametrize(("value", "position"), [(2, 1), (2.0, 1), (True, 0), ("Иә", 1), ("Yes", 1), ("1", 0)])
def test_a_position_is_told_by_code_label_or_text(value, position):
    assert AGREE.position(value, [1, 2], "baseline") == position


def test_a_position_that_is_none_or_two_has_its_sentence():
    with pytest.raises(ArgumentError, match="`baseline` must be one of .*, but 'Yess' was given; did you mean 'Yes'"):
        AGREE.position("Yess", [1, 2], "baseline", "en")
    twice = Variable("q", labels={1: "north", 2: "north"})
    with pytest.raises(ArgumentError, match=r"'north', which may mean 1 \('north'\) or 2 \('north'\); give the code"):
        twice.position("north", [1, 2], "baseline")


def test_a_skip_rule_asks_those_who_meet_it_in_every_column():
    variable = Variable("q", asked_of={"voted": [1, 2], "village": ["A"]})
    data = pd.DataFrame({"voted": [1, 2, 3, None, 1], "village": ["A", "A", "A", "A", "B"]})
    assert variable.was_asked(data).tolist() == [True, True, False, False, False]
    assert variable.was_asked(data[["village"]]).tolist() == [True, True, True, True, False], "no column, no rule"
    assert Variable("q").was_asked(data).all()


def test_a_range_reaches_the_numbers_beside_texts():
    variable = Variable("q", missing={".a": {}}, missing_ranges=((97, float("inf")),))
    values = pd.Series([1, ".a", 98.0, None, "x", "98"], dtype=object)
    assert variable.is_missing(values).tolist() == [False, True, True, False, False, False]


@pytest.mark.parametrize(("code", "known"), [(1, True), (9, True), (98, True), (3, False), ("1", False)])
def test_a_skip_rule_names_codes_of_its_column(code, known):
    voted = sk.Variable("voted", labels={1: {"en": "Yes"}, 2: {"en": "No"}}, missing={9: {}}, missing_ranges=[(97, 99)])
    why = sk.Variable("why", asked_of={"voted": [code]})
    if known:
        assert "why" in sk.Codebook.of([voted, why])
    else:
        with pytest.raises(sk.CodebookError, match="asked of 'voted' .* which is none of its codes"):
            sk.Codebook.of([why, voted])
    assert "why" in sk.Codebook.of([why]), "what is not described may have any code"
