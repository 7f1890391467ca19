"""A quotation mark that is lost swallows rows: no file with one may be read with fewer rows and no word."""

import csv
import io
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.csv.quotes import find_faults, split_records

HEADER = "id{0}trust{0}comment"


def rows(delimiter, count=100, comment="fine"):
    return [HEADER.format(delimiter), *(f"{n}{delimiter}{n % 5 + 1}{delimiter}{comment}" for n in range(count))]


def read(tmp_path, lines, **options):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sk.read_csv(path, **options)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("place", [0, 1, 51, 99, 100])
def test_a_mark_that_never_closes_is_refused_with_its_line(tmp_path, delimiter, place):
    lines = rows(delimiter)
    cells = lines[place].split(delimiter)
    lines[place] = delimiter.join([*cells[:2], f'"{cells[2]}'])
    with pytest.raises(sk.ReadError, match=rf"line {place + 1} \('.*, opens a quotation mark that is never closed"):
        read(tmp_path, lines, delimiter=delimiter)
    if place > 1:  # in the first lines no delimiter can be seen either
        with pytest.raises(sk.ReadError, match=rf"line {place + 1} "):
            read(tmp_path, lines)


def test_the_line_is_that_of_the_mark_and_not_of_its_record(tmp_path):
    with pytest.raises(sk.ReadError, match=r"line 4 \('b\",\"open'\)"):
        read(tmp_path, ["id,a,b", "1,x,y", '2,"a', 'b","open', "3,x,y"])


@pytest.mark.parametrize(("first", "second"), [(50, 80), (50, 51), (1, 100)])
def test_two_marks_that_never_close_do_not_make_one_cell_of_the_rows_between(tmp_path, first, second):
    for closing in ('"{}', '{}"'):  # the second mark opens a cell of its own, or ends one
        lines = rows(",")
        for place, form in ((first, '"{}'), (second, closing)):
            cells = lines[place].split(",")
            lines[place] = ",".join([*cells[:2], form.format(cells[2])])
        with pytest.raises(sk.ReadError, match=rf"(line|record) {first + 1}\b"):
            read(tmp_path, lines)


def test_every_text_quoted_and_one_mark_lost(tmp_path):
    lines = rows(",", comment='"fine"')
    lines[50] = lines[50][:-1]
    with pytest.raises(sk.ReadError, match=r"line 51 .* closes in the middle of line 52, so that the rows between"):
        read(tmp_path, lines)


def test_marks_that_are_as_they_should_be(tmp_path):
    comments = ['"two\nlines, with a comma"', '"she said ""no"""', '5" pipe', '"1,2\n3,4"', '""', '"a\n\nb"', '"""x"""']
    frame = read(tmp_path, [HEADER.format(","), *(f"{n},{n},{comment}" for n, comment in enumerate(comments))]).frame
    assert frame["comment"].tolist()[:4] == ["two\nlines, with a comma", 'she said "no"', '5" pipe', "1,2\n3,4"]
    assert frame["comment"].isna().tolist() == [False] * 4 + [True, False, False]
    assert frame["comment"].tolist()[5:] == ["a\n\nb", '"x"'] and frame["id"].tolist() == list(range(7))


def test_text_behind_a_closing_mark_on_its_own_line_is_told_of_and_kept(tmp_path):
    with pytest.warns(
        sk.SurveyKitWarning, match=r"2 lines \(the first is line 3\) hold text behind a closing quotation"
    ):
        frame = read(tmp_path, [*rows(",", 1), '1,2,"Forum" party', "2,3,x", '3,4,"Union" list']).frame
    # pandas 3.1: pd.read_csv gives the same cells.
    assert frame["comment"].tolist() == ["fine", "Forum party", "x", "Union list"]


CELL = st.text(st.sampled_from('ab1,;"\n\r '), max_size=6)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_what_the_csv_module_writes_is_split_as_it_was(records):
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(records)
    assert [tuple(record) for record in split_records(stream.getvalue(), ",", "a.csv")] == records


@given(st.lists(st.text(st.sampled_from('ab1 ,"'), max_size=8), min_size=1, max_size=8))
def test_any_lines_are_refused_told_of_or_as_many_records(lines):
    text = "\n".join(f"{line}x" for line in lines) + "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        try:
            records = list(split_records(text, ",", "a.csv"))
        except sk.ReadError as error:
            assert "line " in str(error)
            return
    if len(records) < len(lines):  # only a cell that is quoted as it should be may hold line ends
        assert all(one.opened == one.closed for one in find_faults(text, ","))
        assert any("\n" in cell for record in records for cell in record)
    assert len(records) + sum(cell.count("\n") for record in records for cell in record) == len(lines)
