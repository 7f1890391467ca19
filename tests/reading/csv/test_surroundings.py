"""Titles above the header, the header again, totals below: none of them is a respondent, and each is told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.csv.surroundings import count_title_rows, find_totals

TABLE = "id,q1,village\n1,4,Aksu\n2,5,Tasty\n3,1,Aksu\n"


def read(tmp_path, content, **options):
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    return sk.read_csv(tmp_path / "a.csv", **options)


@pytest.mark.parametrize(
    "title",
    [
        "Survey of villages 2023,,\n",
        "Survey of villages 2023\n",
        "\nОпрос\n\n",
        "Опрос,,\nмай 2023,,\n,,\n",
        '"Опрос, май 2023",,\n',
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_title_above_the_header(tmp_path, title, delimiter):
    content = (
        (title + TABLE).replace(",", delimiter)
        if '"' not in title
        else title.replace(",,", delimiter * 2) + TABLE.replace(",", delimiter)
    )
    with pytest.warns(sk.SurveyKitWarning, match="was taken for a title and left out, and record .* for the header"):
        frame = read(tmp_path, content).frame
    assert list(frame.columns) == ["id", "q1", "village"] and frame["q1"].tolist() == [4, 5, 1]


def test_what_is_said_about_titles_decides(tmp_path):
    content = "Survey,,\n" + TABLE
    assert read(tmp_path, content, title_rows=1).frame["q1"].tolist() == [4, 5, 1]
    with pytest.warns(sk.SurveyKitWarning, match="text was kept in Survey"):
        assert len(read(tmp_path, content, title_rows=0, header_rows=1)) == 4
    with pytest.raises(sk.ArgumentError, match="`title_rows` is 9"):
        read(tmp_path, content, title_rows=9)
    with pytest.raises(sk.ArgumentError, match="takes a whole number as `title_rows`, but the text '1' was given"):
        read(tmp_path, content, title_rows="1")


WORDS = "id,listens,helps\na,Да,Нет\nb,Нет,Да\n"


@pytest.mark.parametrize("title", ["Опрос 2023,,\n", "Опрос 2023\n", "Опрос\n\nСело,,\n"])
def test_a_title_above_a_table_of_words(tmp_path, title):
    with pytest.warns(sk.SurveyKitWarning, match="was taken for a title and left out"):
        frame = read(tmp_path, title + WORDS).frame
    assert list(frame.columns) == ["id", "listens", "helps"] and frame["listens"].tolist() == ["Да", "Нет"]


def test_a_header_that_names_one_column_only_is_told_of(tmp_path):
    """Two columns of words below one text: a title and a header, or a header whose second name is lost."""
    with pytest.warns(
        sk.SurveyKitWarning, match=r"the header \('name'\) names the first column only; if it is a title"
    ):
        assert len(read(tmp_path, "name,\nAnna,Aksu\nBek,Tasty\n")) == 2
    assert len(read(tmp_path, "name,\nAnna,Aksu\nBek,Tasty\n", title_rows=0)) == 2
    with pytest.warns(sk.SurveyKitWarning, match="names the first column only"):  # a name that is an answer below
        assert len(read(tmp_path, "name,,\nAnna,Aksu,x\nBek,Aksu,x\n")) == 2


def test_what_was_left_out_or_kept_stands_in_the_notes(tmp_path):
    with pytest.warns(sk.SurveyKitWarning):
        survey = read(tmp_path, TABLE + "Итого,10,\n")
    assert any("is a total of those above and was left out" in note for note in survey.provenance.notes)


def test_a_total_without_a_word_is_kept_and_told_of(tmp_path):
    """4 + 5 + 1 = 10 and 1.5 + 2.5 + 1 = 5."""
    content = "id,q1,w\na,4,1.5\nb,5,2.5\nc,1,1\n"
    with pytest.warns(sk.SurveyKitWarning, match="its numbers are the sums of those above; it was kept"):
        assert len(read(tmp_path, content + ",10,5\n")) == 4
    assert len(read(tmp_path, content + ",10,4\n")) == len(read(tmp_path, content + "d,10,5\n")) == 4


@pytest.mark.parametrize(
    "content",
    [
        "name,\nAnna,Aksu\nBek,Tasty\n",
        'answer\nyes\n"no, never"\n',
        "q1\n1\n2\n",
        "id,q1\n1,\n2,\n",
        "w;t\n1;2,5;x\n2;2,55;x\n",
    ],
)
def test_a_header_is_no_title(tmp_path, content):
    (tmp_path / "a.csv").write_text(content)
    assert count_title_rows([line.split(",") for line in content.splitlines()]) == 0


@pytest.mark.parametrize(
    "total", ["Итого,10,", "Total,3.33,", "Барлығы:,3,", ",,\nВсего,10,", "Total:,10,\nMean,3.33,", "Gesamt (n=3),,"]
)
@pytest.mark.filterwarnings("ignore:.*record 5 holds no answer at all:surveykit.errors.SurveyKitWarning")
def test_totals_below_the_answers(tmp_path, total):
    with pytest.warns(sk.SurveyKitWarning, match="total"):
        frame = read(tmp_path, TABLE + total + "\n").frame
    assert frame["id"].tolist() == [1, 2, 3] and frame["q1"].tolist() == [4, 5, 1]


def test_a_word_that_no_figure_proves_is_kept_and_told_of(tmp_path):
    content = "brand,q1\nShell,4\nBP,5\nTotal,2\n"
    with pytest.warns(sk.SurveyKitWarning, match="begins Total and looks like a total; it was kept as a respondent"):
        assert read(tmp_path, content).frame["brand"].tolist() == ["Shell", "BP", "Total"]


def test_the_header_again_in_the_middle(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="the header stands again in one record below it, record 5"):
        frame = read(tmp_path, TABLE + TABLE).frame
    assert frame["q1"].tolist() == [4, 5, 1, 4, 5, 1]


@pytest.mark.slow
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30))
def test_the_sum_below_is_found_and_no_other_record_is(numbers):
    ids, answers = [f"a{number}" for number in range(len(numbers))], list(map(str, numbers))
    assert find_totals([["id", *ids], ["q", *answers]]) == (0, "", False)
    assert find_totals([["id", *ids, "Итого"], ["q", *answers, str(sum(numbers))]])[0::2] == (1, True)
