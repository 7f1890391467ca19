import types
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import surveykit as sk
from surveykit.reading import memory
from surveykit.reading.spss_stata import sas_file

SMALL = Path(__file__).parent.parent.parent / "reference" / "small.sas7bdat"  # written by R haven: make_sas_reference.R


def test_what_haven_wrote_is_read_cell_by_cell():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        survey = sk.read_sas(SMALL, lang="kk")
    expected = pd.DataFrame({
        "id": [1.0, 2, 3, 4, 5], "vote": [1, 2, np.nan, np.nan, np.nan], "village": ["Караой", "Ащибулак", None, "x", "Боралдай"],
        "day": pd.to_datetime(["2021-07-25", None, "1959-12-31", "1900-01-01", "2021-07-26"]),
        "moment": pd.to_datetime(["2021-07-25 10:30:15", None, "1960-01-01", "2000-02-29 23:59:59", "1950-01-01"],
                                 format="ISO8601"),
        "time": pd.to_timedelta([36000, np.nan, 0, 45000, 86399], unit="s"),
    })  # fmt: skip
    pd.testing.assert_frame_equal(survey.data, expected, check_dtype=False)
    assert survey.count_missing("vote").to_dict() == {".A": 1, ".Z": 1, "empty": 1}
    assert list(survey.codebook["vote"].missing) == [".A", ".Z"]
    assert survey.codebook["vote"].ask("kk") == "Сенім білдіресіз бе?"
    assert (survey.provenance.format, survey.provenance.encoding) == ("SAS .sas7bdat", "utf-8")
    assert sk.read_survey(SMALL).data.equals(survey.data) and sk.inspect_file(SMALL).facts["format"] == "SAS .sas7bdat"
    assert sk.read_sas(SMALL, columns=["day"]).frame.columns.tolist() == ["day"]
    by_pandas = pd.read_sas(SMALL, encoding="utf-8")
    assert (
        by_pandas["vote"].equals(survey.frame["vote"])
        and by_pandas["day"].tolist()[2:] == survey.frame["day"].tolist()[2:]
    )


def test_letters_of_sas_go_to_spss(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match=r"\.A = -927, \.Z = -928 \(in vote\)"):
        sk.write_spss(sk.read_sas(SMALL), tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").count_missing("vote").to_dict() == {-928: 1, -927: 1, "empty": 1}


def transport(path, version=8):
    frame = pd.DataFrame({"q1": [1.0, 2.5, np.nan], "s": ["Караой", "x", ""], "d": [22486.0, -1, 0]})
    pyreadstat.write_xport(
        frame,
        str(path),
        column_labels=["Answer", "", "Day"],
        variable_format={"d": "DATE9."},
        file_format_version=version,
    )


@pytest.mark.parametrize("version", [5, 8])
def test_a_transport_file(tmp_path, version):
    transport(tmp_path / "a.xpt", version)
    with pytest.warns(sk.SurveyKitWarning, match=r"without the letters .*: empty cells of q1 may have had a reason"):
        survey = sk.read_survey(tmp_path / "a.xpt")
    assert survey.frame.columns.str.lower().tolist() == ["q1", "s", "d"] and survey.provenance.format == "SAS .xpt"
    assert survey.frame.iloc[:, 0].tolist()[:2] == [1, 2.5] and survey.frame.iloc[:, 1].tolist()[:2] == ["Караой", "x"]
    assert survey.frame.iloc[:, 2].tolist() == [
        pd.Timestamp("2021-07-25"),
        pd.Timestamp("1959-12-31"),
        pd.Timestamp("1960-01-01"),
    ]
    assert any("does not tell how many rows" in note for note in survey.provenance.notes)
    if version == 5:  # pandas reads that version only
        assert pd.read_sas(tmp_path / "a.xpt", encoding="utf-8").iloc[:, 0].tolist()[:2] == [1, 2.5]


def test_labels_come_from_a_catalog_and_without_one_they_are_missed(tmp_path, monkeypatch):
    frame = pd.DataFrame({"q1": [1.0, 2.0], "s": ["M", "F"], "n": [1.0, 2.0]})
    pyreadstat.write_xport(
        frame,
        str(tmp_path / "a.xpt"),
        variable_format={"q1": "AGREE.", "s": "$SEX.", "n": "BEST12."},
        file_format_version=8,
    )
    with pytest.warns(
        sk.SurveyKitWarning, match=r"the labels of q1 \(AGREE\), s \(\$SEX\) are formats of another file.*catalog="
    ):
        sk.read_sas(tmp_path / "a.xpt")
    book = types.SimpleNamespace(value_labels={"AGREE": {1.0: "Yes", 2.0: "No", "A": "refused"}, "$SEX": {"M": "male"}})
    monkeypatch.setattr(sas_file.pyreadstat, "read_sas7bcat", lambda path, encoding: (None, book))
    (tmp_path / "formats.sas7bcat").write_bytes(b"x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        survey = sk.read_sas(tmp_path / "a.xpt", catalog=tmp_path / "formats.sas7bcat")
    assert [survey.codebook["q1"].label(code) for code in (1, 2, ".A")] == ["Yes", "No", "refused"]
    assert list(survey.codebook["q1"].missing) == [".A"] and survey.codebook["s"].label("M") == "male"


def test_what_cannot_be_read(tmp_path, monkeypatch):
    content = SMALL.read_bytes()
    for cut in (1, 100, len(content) // 2):
        (tmp_path / "a.sas7bdat").write_bytes(content[:-cut])
        with pytest.raises(sk.ReadError, match="truncated or damaged"):
            sk.read_sas(tmp_path / "a.sas7bdat")
    transport(tmp_path / "a.xpt")
    (tmp_path / "b.xpt").write_bytes((tmp_path / "a.xpt").read_bytes()[:-30])
    with pytest.raises(sk.ReadError, match="a transport file has records of 80 bytes"):
        sk.read_sas(tmp_path / "b.xpt")
    with pytest.raises(sk.ReadError, match="`catalog`: 'a.xpt' is truncated or damaged"):
        sk.read_sas(SMALL, catalog=tmp_path / "a.xpt")
    with pytest.raises(sk.ColumnError, match="`columns` names 'votes', .*did you mean 'vote'"):
        sk.read_sas(SMALL, columns=["votes"])
    (tmp_path / "c.xpt").write_text("a,b\n")
    with pytest.raises(sk.ReadError, match="is text, not a SAS file"):
        sk.read_sas(tmp_path / "c.xpt")
    monkeypatch.setattr(memory, "memory_limit", lambda: 100)
    with pytest.raises(sk.ReadError, match="claims 5 rows of 6 columns"):
        sk.read_sas(SMALL)
