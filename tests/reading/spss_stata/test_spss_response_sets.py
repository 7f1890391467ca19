"""Sets of several answers as an SPSS file declares them."""

import pytest

import surveykit as sk
from surveykit.reading.spss_stata.spss_response_sets import StoredSet, parse_sets
from tests.reading.sav_bytes import sav
from tests.reading.spss_stata.test_spss_file import write


def test_a_record_of_sets_is_taken_apart_as_pspp_documents_it():
    # The example of the developers' guide of GNU PSPP, "Multiple Response Sets Records".
    first = b"$a=C 10 my mcgroup a b c\n$b=D2 55 0  g e f d\n$c=D3 Yes 10 mdgroup #2 h i j\n"
    second = b"$d=E 1 2 34 13 third mdgroup k l m\n$e=E 11 6 choice 0  n o p\n"
    assert parse_sets([first, second]) == [
        StoredSet(b"a", None, b"my mcgroup", (b"a", b"b", b"c")),
        StoredSet(b"b", b"55", b"", (b"g", b"e", b"f", b"d")),
        StoredSet(b"c", b"Yes", b"mdgroup #2", (b"h", b"i", b"j")),
        StoredSet(b"d", b"34", b"third mdgroup", (b"k", b"l", b"m")),
        StoredSet(b"e", b"choice", b"", (b"n", b"o", b"p")),
    ]


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"$a",
        b"$a=",
        b"$a=X 1 b c d",
        b"$a=D9999999999999999999 1",
        b"$a=D1",
        b"$a=C 5 a",
        b"$a=C -1 a b",
        b"\n\n\n",
        b"$=C 0  a b\n",
        b"$a=E 5 1 1 0  a b\n",
    ],
)
def test_a_record_of_sets_that_makes_no_sense_is_none(record):
    assert parse_sets([record]) == []


@pytest.mark.parametrize(("record", "chosen", "counts"), [
    (b"$m=D1 1 4 News a b\n", 1, [2, 1]), (b"$m=D1 2 4 News a b\n", 2, [1, 1]), (b"$m=D3 1.0 4 News a b\n", 1, [2, 1]),
    (b"$m=E 1 1 0 4 News a b\n", 0, [0, 1]),
])  # fmt: skip
def test_a_set_counts_the_value_of_its_record(tmp_path, record, chosen, counts):
    rows = [(1, 0), (1, 1), (2, 2)]
    content = sav([("a", 0, "Radio"), ("b", 0, "Paper")], rows, declared="UTF-8", records=[(7, record)])
    survey = sk.read_spss(write(tmp_path, content))
    one = survey.codebook.response_sets["m"]
    assert (one.chosen, one.items, dict(one.question)) == (chosen, ("a", "b"), {"und": "News"})
    assert sk.count_responses(survey, one).table["n"].tolist() == counts


def test_a_set_counts_a_text(tmp_path, shared_inputs):
    content = sav(
        [("a", 3, "Radio"), ("b", 3, "Paper")],
        [("Yes", "No"), ("Yes", "Yes")],
        declared="UTF-8",
        records=[(7, b"$m=D3 Yes 0  a b\n")],
    )
    survey = sk.read_spss(write(tmp_path, content))
    assert survey.codebook.response_sets["m"].chosen == "Yes"
    assert sk.count_responses(survey, survey.codebook.response_sets["m"]).table["n"].tolist() == [2, 1]
    news = sk.read_spss(shared_inputs / "sav_mrset_counts_a_text.sav")  # PSPP: counted value Y
    table = sk.count_responses(news, news.codebook.response_sets["news"]).table
    assert table["level"].tolist() == ["Radio", "Paper", "Internet"] and table["n"].tolist() == [1, 1, 1]
