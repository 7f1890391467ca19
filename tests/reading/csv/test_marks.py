"""A comma or a point in a number: before decimals, between thousands, between options. No number rests on a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.csv.marks import judge_column, judge_marks, ungroup


def read(tmp_path, cells, delimiter=",", **options):
    quoted = [f'"{cell}"' if delimiter in cell else cell for cell in cells]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"id{delimiter}x", *(f"{n}{delimiter}{cell}" for n, cell in enumerate(quoted))]) + "\n")
    return sk.read_csv(path, **options).frame["x"].tolist()


@pytest.mark.parametrize(("cells", "delimiter", "words"), [
    (["150,000", "90,500", "7", "1,500"], ",", r"'150,000' \(150 or 150000\); `decimal=` or `thousands=`"),
    (["150,000", "85,000"], ";", r"'150,000' \(150 or 150000\)"), (["150.000", "90.500"], ";", r"'150.000' \(150 or 150000\)"),
    (["150.000", "7"], ",", r"'150.000' \(150 or 150000\)"), (["12.000", "NA"], "\t", r"'12.000' \(12 or 12000\)"),
    (["1,3", "2", "1,2", "5"], ",", r"'1,3' \(1.3, or the options 1 and 3\)"), (["12,5", "3"], ",", "options 12 and 5"),
    (["3,1", "1,2", "-99"], ",", "options 3 and 1"), (["1,2", "9999"], ",", "options 1 and 2"),
    (["1,150,000", "7"], ",", "thousands marks stay text in x, such as '1,150,000'"),
])  # fmt: skip
def test_two_readings_are_shown_and_the_cells_stay_as_they_are(tmp_path, cells, delimiter, words):
    with pytest.warns(sk.SurveyKitWarning, match=words):
        found = read(tmp_path, cells, delimiter)
    assert [cell for cell in found if isinstance(cell, str)] == cells
    assert read(tmp_path, cells, delimiter, text="x") == cells  # what is declared needs no warning


@pytest.mark.parametrize(("cells", "delimiter", "expected"), [
    (["0,5", "1,25"], ",", [0.5, 1.25]), (["3,05", "1,2"], ",", [3.05, 1.2]), (["1,3333", "2"], ",", [1.3333, 2]),
    (["-1,5", "2,5"], ",", [-1.5, 2.5]), (["150,25", "3"], ",", [150.25, 3]), (["2,2", "1,2"], ",", [2.2, 1.2]),
    (["0.875", "1.250"], ",", [0.875, 1.25]), (["1.25", "150.000"], ",", [1.25, 150]), (["150.000", "2.5"], ";", [150, 2.5]),
    (["7,5", "1,5"], ";", [7.5, 1.5]), (["150,000", "0,500"], ";", [150, 0.5]), (["43.238", "76.9"], ",", [43.238, 76.9]),
])  # fmt: skip
def test_what_can_only_be_decimals_is_read_without_a_word(tmp_path, cells, delimiter, expected):
    assert read(tmp_path, cells, delimiter) == expected


def test_a_declared_mark_decides(tmp_path):
    assert read(tmp_path, ["150,000", "7"], decimal=",") == [150, 7]
    assert read(tmp_path, ["150,000", "1,150,000.5"], thousands=",") == [150000, 1150000.5]
    assert read(tmp_path, ["150.000", "1.150.000,5"], ";", thousands=".") == [150000, 1150000.5]
    assert read(tmp_path, ["150\u00a0000", "1 150 000"], ";", thousands=" ") == [150000, 1150000]
    assert read(tmp_path, ["1,3", "2"], decimal=",") == [1.3, 2]
    with pytest.raises(sk.ArgumentError, match="`decimal` and `thousands` are both ','"):
        read(tmp_path, ["1,3"], decimal=",", thousands=",")
    with pytest.raises(sk.ColumnError, match="`text` names 'y'"):
        read(tmp_path, ["1,3"], text="y")


def test_lists_in_a_semicolon_file_are_told_of_where_all_of_them_rise(tmp_path):
    with pytest.warns(
        sk.SurveyKitWarning, match=r"numbers were read in x, .*'1,3' \(1.3, or the options 1 and 3\); `text=`"
    ):
        assert read(tmp_path, ["1,3", "2"], ";") == [1.3, 2]


def test_one_proof_holds_for_the_whole_file(tmp_path):
    (tmp_path / "a.csv").write_text('id,income,w\n1,"150,000",0.5\n2,"7,000",1.2\n')
    with pytest.warns(sk.SurveyKitWarning, match="text was kept in income"):
        frame = sk.read_csv(tmp_path / "a.csv").frame
    assert frame["w"].tolist() == [0.5, 1.2] and frame["income"].tolist() == ["150,000", "7,000"]
    (tmp_path / "a.csv").write_text("id;income;w\n1;1.500;0,5\n2;2.000;1,2\n")
    with pytest.warns(sk.SurveyKitWarning, match="thousands marks stay text in income"):
        frame = sk.read_csv(tmp_path / "a.csv").frame
    assert frame["w"].tolist() == [0.5, 1.2] and frame["income"].tolist() == ["1.500", "2.000"]
    (tmp_path / "a.csv").write_text("id;income;w\n1;1.500;0.5\n2;2.000;1.2\n")
    assert sk.read_csv(tmp_path / "a.csv").frame["income"].tolist() == [1.5, 2.0]


@given(
    st.lists(st.integers(1000, 999_999), min_size=1, max_size=20), st.sampled_from([",", "."]), st.sampled_from(",;\t")
)
def test_grouped_thousands_never_become_numbers_by_themselves(numbers, mark, delimiter):
    cells = [f"{number:,}".replace(",", mark) for number in numbers]
    found = judge_marks([("x", cells)], delimiter, "a.csv")
    assert found.doubts == {"x": "thousands or decimals"}
    assert list(map(int, ungroup(cells, mark))) == numbers


@given(st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=2, unique=True), min_size=1, max_size=20))
def test_lists_of_options_never_become_numbers_in_a_comma_file(chosen):
    cells = [",".join(map(str, options)) for options in chosen]
    marked = any("," in cell for cell in cells)
    found = judge_marks([("x", cells)], ",", "a.csv")
    assert found.decimal == "." and found.doubts == ({"x": "list or decimals"} if marked else {})


@given(
    st.lists(st.floats(0, 1000).map(lambda number: f"{number:.4f}"), min_size=1, max_size=20),
    st.sampled_from([",", "."]),
)
def test_four_decimals_are_never_in_doubt(cells, mark):
    assert judge_column([cell.replace(".", mark) for cell in cells], mark) == "decimals"
