"""Files and folders whose names are no UTF-8, as old archives unpack them: read and written as all others."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")

NAME = os.fsdecode("сұрау".encode("ptcp154"))
FRAME = pd.DataFrame({"q1": [1.0, 2.0, 3.0], "place": ["a", "b", "c"]})
WRITERS = {
    "csv": lambda path: sk.write_csv(sk.Survey(FRAME), path),
    "sav": lambda path: sk.write_spss(sk.Survey(FRAME), path),
    "zsav": lambda path: sk.write_spss(sk.Survey(FRAME), path),
    "parquet": lambda path: sk.write_parquet(sk.Survey(FRAME), path),
    "feather": lambda path: sk.write_parquet(sk.Survey(FRAME), path),
    "dta": lambda path: FRAME.to_stata(path, write_index=False),
    "xlsx": lambda path: FRAME.to_excel(path, index=False),
}


@pytest.mark.parametrize("inside", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("kind", WRITERS)
def test_a_name_that_is_no_utf8(kind, inside, tmp_path):
    if kind in ("parquet", "feather", "xlsx"):
        pytest.importorskip("openpyxl" if kind == "xlsx" else "pyarrow")
    folder = tmp_path / NAME if inside else tmp_path
    folder.mkdir(exist_ok=True)
    path = folder / ("answers" if inside else NAME)
    path = path.with_suffix(f".{kind}")
    WRITERS[kind](path)
    survey = sk.read_survey(path)
    assert survey.frame["q1"].tolist() == [1, 2, 3] and survey.frame["place"].tolist() == ["a", "b", "c"]
    assert repr(survey).encode(), "what is said of it can be printed"
    assert [each.name for each in Path(folder).glob("*.*") if each.name[0] != "."] == [path.name]
