"""Results on a terminal: JSON that any program reads, files under an empty line."""

import io
import json
import sys

import numpy as np
import pandas as pd
import pytest

from surveykit.cli.printing import data_status, echo_json, echo_table, echo_written


def test_json_has_no_numbers_that_json_has_not(capsys):
    table = pd.DataFrame({"p": [0.1, np.nan, np.inf], "n": np.array([1, 2, 3])})
    table["hidden"] = pd.array([4, None, 6], dtype="Int64")
    echo_json(
        {"table": table, "one": np.float64(2.5), "none": None, "flag": np.bool_(True), "pair": (1, "б"), 3: "key"}
    )
    said = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert said["table"] == [
        {"p": 0.1, "n": 1, "hidden": 4},
        {"p": None, "n": 2, "hidden": None},
        {"p": "inf", "n": 3, "hidden": 6},
    ]
    assert (said["one"], said["none"], said["flag"], said["pair"], said["3"]) == (2.5, None, True, [1, "б"], "key")


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "халық"), ("cp1252", "\\u0445\\u0430\\u043b\\u044b\\u049b")])
def test_letters_that_a_stream_has_not_are_escaped(monkeypatch, encoding, shown):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    echo_json({"word": "халық"})
    sys.stdout.flush()
    text = raw.getvalue().decode(encoding)
    assert shown in text and json.loads(text) == {"word": "халық"}


def test_files_stand_under_an_empty_line_and_none_is_no_line(capsys, tmp_path):
    echo_written([])
    assert capsys.readouterr().out == ""
    echo_written([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert capsys.readouterr().out.splitlines() == ["", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]


def test_a_table_has_its_title_above_it(capsys):
    echo_table(pd.DataFrame({"n": [3]}), "How many")
    assert capsys.readouterr().out.splitlines()[0] == "How many"
    assert (data_status(True), data_status(False)) == ("SIMULATED", "as supplied")
