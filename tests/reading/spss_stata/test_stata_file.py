import numpy as np
import pandas as pd
import pyreadstat
import pytest

import surveykit as sk


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
