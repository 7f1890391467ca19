import warnings

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading import memory
from tests.reading.dta_bytes import dta

OLD = (104, 105, 108, 110, 111, 113, 114, 115)


def write(path, version=15):
    frame = pd.DataFrame({"a": [1, 2, "a", "b"], "s": ["x", "", "y", "z"], "d": [22300.0, np.nan, -200000.0, 0.0]})
    pyreadstat.write_dta(
        frame,
        str(path),
        file_label="SIMULATED",
        column_labels=["Answer", "Text", "Day"],
        version=version,
        missing_user_values={"a": ["a", "b"]},
        variable_value_labels={"a": {1: "one", "a": "refused"}},
        variable_format={"d": "%td"},
    )


@pytest.mark.parametrize("version", [10, 12, 13, 14, 15])
def test_extended_missing_values_become_reasons(tmp_path, version):
    write(tmp_path / "a.dta", version)
    survey = sk.read_stata(tmp_path / "a.dta", lang="en")
    assert survey.frame["a"].tolist()[:2] == [1.0, 2.0] and survey.frame["a"].isna().sum() == 2
    assert survey.count_missing("a").to_dict() == {".a": 1, ".b": 1, "empty": 0}
    assert survey.codebook["a"].label(".a") == "refused" and survey.codebook["a"].label(1, "en") == "one"
    assert survey.codebook["a"].ask("en") == "Answer"
    assert survey.frame["s"].isna().tolist() == [False, True, False, False]
    assert survey.provenance.simulated and survey.provenance.format.startswith("Stata")


def test_days_since_1960_also_long_before(tmp_path):
    write(tmp_path / "a.dta")
    days = sk.read_stata(tmp_path / "a.dta").frame["d"]
    # R: as.Date(c(22300, -200000), origin = "1960-01-01")
    assert days[0] == pd.Timestamp("2021-01-20") and pd.isna(days[1]) and days[2] == pd.Timestamp("1412-06-02")


def test_the_namibian_file_keeps_what_its_readme_says(shared_data):
    with (
        pytest.warns(sk.SurveyKitWarning, match="declares utf-8, but its bytes read as"),
        pytest.warns(sk.SurveyKitWarning, match="b8b: 5 .labelled 'Don’t know'; 131 answers"),
    ):
        survey = sk.read_stata(shared_data / "namibia_leaders" / "leadership.dta")
    frame = survey.frame
    leaders = frame[frame["id"] <= 64]
    assert len(leaders) == 64 and leaders["DEL"].value_counts().to_dict() == {0: 32, 1: 32}
    assert frame["village"].nunique() == 32
    assert any("’" in survey.codebook[name].ask() for name in frame.columns)
    assert round(leaders.loc[leaders["DEL"] == 0, "dem7"].mean(), 2) == 0.68


def test_what_cannot_be_read(tmp_path):
    write(tmp_path / "a.dta")
    content = (tmp_path / "a.dta").read_bytes()
    (tmp_path / "b.dta").write_bytes(content[: len(content) // 2])
    with pytest.raises(sk.ReadError, match="truncated or damaged"):
        sk.read_stata(tmp_path / "b.dta")
    with pytest.raises(sk.ColumnError, match="`columns` names 'aa'"):
        sk.read_stata(tmp_path / "a.dta", columns=["a", "aa"])
    (tmp_path / "c.dta").write_text("a,b\n")
    with pytest.raises(sk.ReadError, match="is text, not a Stata file"):
        sk.read_stata(tmp_path / "c.dta")


@pytest.fixture
def poisoned(monkeypatch):
    """Let every array that is made without being cleared hold 3: an answer that nobody gave."""
    made = np.empty

    def empty(shape, dtype=float, *rest, **more):
        array = made(shape, dtype, *rest, **more)
        if np.issubdtype(array.dtype, np.number):
            array.fill(3)
        return array

    monkeypatch.setattr(np, "empty", empty)


KINDS = {"byte": (-127, 100), "int": (-32767, 32740), "long": (-2147483647, 2147483620), "float": None, "double": None}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def tables(draw):
    n = draw(st.integers(1, 12))
    columns, cells = [], []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        limits = KINDS[kind]
        values = st.integers(*limits) if limits else st.floats(-1e6, 1e6, width=32)
        columns.append((f"v{number}", kind, ""))
        cells.append(draw(st.lists(st.one_of(values, st.none(), st.sampled_from(LETTERS)), min_size=n, max_size=n)))
    return columns, list(zip(*cells)), draw(st.sampled_from("<>"))


@pytest.mark.filterwarnings("ignore:codes that look missing")  # any number may be drawn, -99 among them
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_every_cell_is_that_of_the_file_whatever_stood_in_memory(tmp_path, poisoned, table):
    columns, rows, order = table
    path = tmp_path / "a.dta"
    path.write_bytes(dta(columns, rows, order=order))
    survey = sk.read_stata(path)
    by_pandas = pd.read_stata(path, convert_categoricals=False)
    for number, (name, _, _) in enumerate(columns):
        cells = [row[number] for row in rows]
        values = [np.nan if cell is None or isinstance(cell, str) else cell for cell in cells]
        np.testing.assert_array_equal(survey.frame[name].to_numpy(dtype=float), values)
        np.testing.assert_array_equal(by_pandas[name].to_numpy(dtype=float), values)
        reasons = survey.missing_reasons.get(name, pd.Series(dtype="str"))
        assert dict(reasons) == {row: f".{cell}" for row, cell in enumerate(cells) if isinstance(cell, str)}


def test_a_plain_dot_beside_a_letter_is_no_answer(tmp_path, poisoned):
    rows = [(4,), ("a",), (None,), (1,), (None,)]
    (tmp_path / "a.dta").write_bytes(dta([("q", "byte", "")], rows))
    survey = sk.read_stata(tmp_path / "a.dta")
    assert survey.frame["q"].tolist()[::3] == [4, 1] and survey.frame["q"].notna().sum() == 2
    assert survey.count_missing("q").to_dict() == {".a": 1, "empty": 2}


def test_the_declared_type_decides_and_not_the_cells(tmp_path):
    columns = [("nobody", "byte", ""), ("half", "double", ""), ("word", 3, "")]
    rows = [("a", "b", "a"), ("a", None, "b")]
    content = dta(columns, rows, labels={"nobody": {1: "yes", "a": "not asked", "d": "don't know"}})
    (tmp_path / "a.dta").write_bytes(content)
    survey = sk.read_stata(tmp_path / "a.dta")
    assert survey.frame[["nobody", "half"]].isna().all(axis=None) and survey.frame["word"].tolist() == ["a", "b"]
    assert survey.frame["nobody"].dtype == survey.frame["half"].dtype == float
    assert survey.count_missing("nobody").to_dict() == {".a": 2, "empty": 0}
    assert survey.count_missing("half").to_dict() == {".b": 1, "empty": 1}
    book = survey.codebook["nobody"]  # nobody has .d, and it is no category all the same
    assert list(book.labels) == [1] and {code: book.label(code) for code in book.missing} == {
        ".a": "not asked",
        ".d": "don't know",
    }
    assert sk.as_category(survey, "nobody").cat.categories.tolist() == ["yes"]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("release", OLD)
@pytest.mark.parametrize("unused", [0, 1, 255])
def test_old_files_whatever_their_unused_byte(tmp_path, release, order, unused):
    columns = [
        ("a", "byte", "Answer"),
        ("i", "int", ""),
        ("l", "long", ""),
        ("f", "float", ""),
        ("d", "double", ""),
        ("s", 6, "Text"),
    ]
    rows = [(1, None, 70000, 1.5, 2.25, "x"), (2, 300, None, None, -3.5, "yy"), (None, -5, -70000, 0.25, None, "zzzzz")]
    path = tmp_path / "a.dta"
    path.write_bytes(
        dta(columns, rows, release=release, order=order, unused=unused, label="wave", labels={"a": {1: "No", 2: "Yes"}})
    )
    survey = sk.read_survey(path)
    expected = pd.DataFrame(rows, columns=[name for name, _, _ in columns])
    pd.testing.assert_frame_equal(survey.data, expected, check_dtype=False)
    pd.testing.assert_frame_equal(survey.data, pd.read_stata(path, convert_categoricals=False), check_dtype=False)
    assert [survey.codebook["a"].label(code) for code in (1, 2)] == ["No", "Yes"]
    assert survey.codebook["a"].ask() == "Answer" and survey.codebook.title == {"und": "wave"}
    assert survey.provenance.format == f"Stata .dta (release {release})"


# Counts since 1960 of Stata's `help datetime` (tm(2021m7), tq(2021q3), th(2021h2), tw(2021w30), ty(2021)), and the days
# that pandas makes of them, except for %tC, which pandas does not convert: 27 leap seconds had passed in 2017.
PERIODS = {
    "%tm": (738, "2021-07-01"),
    "%tq": (246, "2021-07-01"),
    "%th": (123, "2021-07-01"),
    "%tw": (3201, "2021-07-23"),
    "%tmMon_CCYY": (-1, "1959-12-01"),
    "%-tm": (0, "1960-01-01"),
    "%td": (22300, "2021-01-20"),
    "%d": (-1, "1959-12-31"),
    "%tc": (1798848000000, "2017-01-01"),
    "%tC": (1798848027000, "2017-01-01"),
}


@pytest.mark.parametrize("form", sorted(PERIODS))
def test_periods_become_their_first_day(tmp_path, form):
    count, day = PERIODS[form]
    path = tmp_path / "a.dta"
    path.write_bytes(dta([("when", "double", "")], [(count,), (None,), ("a",)], formats={"when": form}))
    survey = sk.read_stata(path)
    assert survey.frame["when"].tolist()[0] == pd.Timestamp(day) and survey.frame["when"].isna().tolist()[1:] == [
        True,
        True,
    ]
    assert survey.count_missing("when").to_dict() == {".a": 1, "empty": 1}
    if form not in ("%tC", "%-tm"):  # pandas knows neither
        assert pd.read_stata(path)["when"][0] == pd.Timestamp(day)
    unit = form.replace("-", "")[:3]
    said = any("are read as their first day: when" in note for note in survey.provenance.notes)
    assert said == (unit in ("%tm", "%tq", "%th", "%tw"))


@pytest.mark.parametrize(("milliseconds", "moment"), [
    (0, "1960-01-01 00:00:00"), (394415999000, "1972-06-30 23:59:59"), (394416000000, "1972-07-01 00:00:00"),
    (394416000500, "1972-07-01 00:00:00"), (394416001000, "1972-07-01 00:00:00"), (394416002500, "1972-07-01 00:00:01.5"),
])  # fmt: skip
def test_leap_seconds_are_no_time_of_the_clock(tmp_path, milliseconds, moment):
    # By hand: 30 June 1972 had a second 23:59:60, the 394416001st since 1960; Stata's cofC() makes midnight of it.
    (tmp_path / "a.dta").write_bytes(dta([("t", "double", "")], [(milliseconds,)], formats={"t": "%tC"}))
    assert sk.read_stata(tmp_path / "a.dta").frame["t"][0] == pd.Timestamp(moment)


def test_what_is_no_date_is_told_and_stays_a_number(tmp_path):
    path = tmp_path / "a.dta"
    path.write_bytes(
        dta(
            [("b", "long", ""), ("m", "double", ""), ("y", "int", "")],
            [(100, 1.5, 2021)],
            formats={"b": "%tbnyse", "m": "%tm", "y": "%ty"},
        )
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_stata(path)
    said = " ".join(str(one.message) for one in caught)
    assert "days of a business calendar (%tb) stay numbers" in said and "are no whole periods" in said
    assert survey.frame.iloc[0].tolist() == [100, 1.5, 2021]


@pytest.mark.parametrize("claimed", [10**9, 2**31 - 1, -1])
def test_a_size_that_the_bytes_do_not_hold_is_refused_before_memory_is_taken(tmp_path, claimed):
    path = tmp_path / "a.dta"
    path.write_bytes(dta([("a", "long", "")], [(1,)] * 3, n_rows=claimed))
    with pytest.raises(sk.ReadError, match=f"promises {claimed} rows of 1 variables, more than its"):
        sk.read_stata(path)


def test_a_table_larger_than_the_memory_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "memory_limit", lambda: 1000)
    path = tmp_path / "a.dta"
    path.write_bytes(dta([("a", "byte", ""), ("b", "byte", "")], [(1, 2)] * 50))
    with pytest.raises(sk.ReadError, match=r"claims 50 rows of 2 columns, which take .* GB of memory.*`columns=`"):
        sk.read_stata(path)
    assert sk.read_stata(path, columns=["a"]).frame.shape == (50, 1)


def test_a_cell_that_was_cut_inside_a_letter_is_named_and_the_rest_is_read(tmp_path):
    frame = pd.DataFrame({"village": ["Караой", "Ащибулак", "Боралдай"] * 10, "q": 1.0})
    frame.to_stata(tmp_path / "a.dta", version=118, write_index=False, variable_labels={"q": "Доверие акиму"})
    content = (tmp_path / "a.dta").read_bytes()
    at = content.index("Караой".encode(), content.index("Боралдай".encode()))
    whole, cut = "Караой".encode(), "Караой".encode()[:-1] + b"\0"
    (tmp_path / "a.dta").write_bytes(content[:at] + cut + content[at + len(whole) :])
    with pytest.warns(sk.SurveyKitWarning, match=r"cut or broken inside a letter: column 'village', row 3; .*'Карао'"):
        survey = sk.read_stata(tmp_path / "a.dta")
    assert survey.frame["village"].tolist() == [
        "Караой",
        "Ащибулак",
        "Боралдай",
        "Карао",
        *["Ащибулак", "Боралдай"],
        *(["Караой", "Ащибулак", "Боралдай"] * 8),
    ]
    assert survey.codebook["q"].ask() == "Доверие акиму"
    assert sk.read_stata(tmp_path / "a.dta", columns=["q"]).codebook["q"].ask() == "Доверие акиму"


def test_cyrillic_names_can_be_chosen(tmp_path):
    pd.DataFrame({"село": ["Караой"], "ответ": [1.0]}).to_stata(tmp_path / "a.dta", version=118, write_index=False)
    assert sk.read_stata(tmp_path / "a.dta", columns=["ответ"]).frame.columns.tolist() == ["ответ"]
    with pytest.raises(sk.ColumnError, match="`columns` names 'отвт', .*did you mean 'ответ'"):
        sk.read_stata(tmp_path / "a.dta", columns=["отвт", "село"])


def test_the_files_beside_the_project_are_read_as_haven_reads_them(shared_inputs):
    # haven 2.5: read_dta(), is_tagged_na() and na_tag(); the counts stand in the .md beside each file.
    survey = sk.read_stata(shared_inputs / "dta_column_of_extended_missing_only.dta")
    assert {name: survey.count_missing(name).to_dict() for name in ("nobody", "two", "half")} == {
        "nobody": {".a": 4, "empty": 0},
        "two": {".a": 2, ".b": 2, "empty": 0},
        "half": {".a": 2, "empty": 2},
    }
    survey = sk.read_stata(shared_inputs / "dta_label_of_unused_missing_letter.dta")
    assert sk.as_category(survey, "vote").value_counts().to_dict() == {"no": 2, "yes": 2}
    assert {code: survey.codebook["vote"].label(code) for code in survey.codebook["vote"].missing} == {
        ".d": "dk",
        ".r": "ref",
    }
    with pytest.warns(sk.SurveyKitWarning, match="were cut or broken inside a letter: column 'v'"):
        survey = sk.read_stata(shared_inputs / "dta_utf8_cell_cut_inside_letter.dta")
    assert (
        survey.codebook["q1"].ask() == "Доверие акиму"
        and survey.frame["v"].isin(["Ащибулак", "Караой", "Боралдай"]).sum() == 29
    )
