import numpy as np
import pandas as pd
import pyreadstat
import pytest

import surveykit as sk


def write(path, version=15):
    frame = pd.DataFrame({"a": [1, 2, "a", "b"], "s": ["x", "", "y", "z"], "d": [22300.0, np.nan, -200000.0, 0.0]})
    pyreadstat.write_dta(frame, str(path), file_label="SIMULATED", column_labels=["Answer", "Text", "Day"], version=version,
                         missing_user_values={"a": ["a", "b"]}, variable_value_labels={"a": {1: "one", "a": "refused"}},
                         variable_format={"d": "%td"})


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
    with (pytest.warns(sk.SurveyKitWarning, match="declares utf-8, but its bytes read as"),
          pytest.warns(sk.SurveyKitWarning, match="b8b: 5 .labelled 'Don’t know'; 131 answers")):
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
    (tmp_path / "b.dta").write_bytes(content[:len(content) // 2])
    with pytest.raises(sk.ReadError, match="truncated or damaged"):
        sk.read_stata(tmp_path / "b.dta")
    with pytest.raises(sk.ColumnError, match="`columns` names 'aa'"):
        sk.read_stata(tmp_path / "a.dta", columns=["a", "aa"])
    (tmp_path / "c.dta").write_text("a,b\n")
    with pytest.raises(sk.ReadError, match="is text, not a Stata file"):
        sk.read_stata(tmp_path / "c.dta")
