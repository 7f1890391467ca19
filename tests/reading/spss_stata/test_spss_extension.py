"""Records that pyreadstat does not write, put into the dictionary of a file that it wrote."""

import dataclasses
import datetime
import subprocess
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import ResponseSet
from tests.reading.spss_stata.test_spss_writer import survey


def test_two_runs_write_the_same_bytes_and_the_date_can_be_given(tmp_path):
    for name in ("a.sav", "b.sav"):
        sk.write_spss(survey(), tmp_path / name)
    assert (tmp_path / "a.sav").read_bytes() == (tmp_path / "b.sav").read_bytes()
    sk.write_spss(survey(), tmp_path / "b.sav", timestamp=datetime.datetime(2021, 7, 25, 10, 30))
    assert (tmp_path / "b.sav").read_bytes()[92:109] == b"25 Jul 2110:30:00"


def rich():
    """A survey with what a .sav can hold beside codes and labels."""
    frame = pd.DataFrame({
        "radio": [1.0, 0, 1, np.nan], "paper": [0.0, 1, 1, 0], "t1": ["Y", "N", "Y", None], "t2": ["N", "N", "Y", "Y"],
        "m1": [1.0, 2, 3, 2], "m2": [3.0, np.nan, 1, 1], "money": [1234.5, 2.25, np.nan, 7], "w": 1.0,
        "day": pd.to_datetime(["2021-07-25", None, "2022-01-01", None]),
        "started": pd.to_timedelta(["10:00:00", None, "12:30:00", "25:00:01.25"]),
    })  # fmt: skip
    book = sk.Codebook.of([
        sk.Variable("radio", {"und": "Radio"}, print_format="F1.0"), sk.Variable("money", print_format="DOLLAR10.2"),
        sk.Variable("day", missing={0: {"und": "never"}}, print_format="EDATE10"),
        sk.Variable("started", missing={0: {"und": "not recorded"}}, print_format="TIME8"),
    ])  # fmt: skip
    sets = {
        "media": ResponseSet("media", ("radio", "paper"), 1, {"und": "Media: БАҚ"}),
        "word": ResponseSet("word", ("t1", "t2"), "Y"),
        "named": ResponseSet("named", ("m1", "m2"), None),
    }
    reasons = {"started": pd.Series([0.0], index=[1]), "day": pd.Series([0.0], index=[3])}
    return sk.Survey(frame, dataclasses.replace(book, response_sets=sets), sk.Provenance(weight="w"), reasons)


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_sets_formats_times_and_their_missing_codes_survive(tmp_path, name):
    before = rich()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sk.write_spss(before, tmp_path / name)
        after = sk.read_spss(tmp_path / name)
    pd.testing.assert_frame_equal(after.data, before.data, check_dtype=False)
    assert after.codebook.response_sets == before.codebook.response_sets
    for column in before.codebook:
        assert after.codebook[column] == before.codebook[column]
    for column in ("started", "day"):
        assert after.count_missing(column).to_dict() == before.count_missing(column).to_dict()
    assert after.provenance.weight == "w"
    shares = sk.count_responses(after, after.codebook.response_sets["word"]).table
    assert shares["n"].tolist() == [2, 2]


def ask_pspp(tmp_path, name, *commands):
    syntax = tmp_path / "ask.sps"
    syntax.write_text("\n".join(["SET WIDTH=255.", f"GET FILE='{tmp_path / name}'.", *commands]), encoding="utf-8")
    try:
        run = subprocess.run(
            ["pspp", "-O", "width=400", str(syntax)], capture_output=True, text=True, timeout=60, check=False
        )
    except FileNotFoundError:
        pytest.skip("PSPP is not installed")
    return run.stdout + run.stderr


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_pspp_finds_sets_formats_and_missing_times(tmp_path, name):
    sk.write_spss(rich(), tmp_path / name)
    said = ask_pspp(tmp_path, name, "MRSETS /DISPLAY NAME=ALL.", "DISPLAY DICTIONARY.", "DESCRIPTIVES started day.")
    assert "error" not in said and "warning" not in said
    for words in (
        "$media",
        "Media: БАҚ",
        "$word",
        "Dichotomies|Y",
        "$named",
        "Categories",
        "EDATE10",
        "DOLLAR10.2",
        "TIME8",
    ):
        assert words in said, words
    # DESCRIPTIVES: three durations and two dates are valid; the missing codes are not among them.
    rows = [
        [cell.strip() for cell in line.split("|")] for line in said.split("Descriptive Statistics")[-1].splitlines()
    ]
    assert {row[1]: float(row[2]) for row in rows if len(row) > 2 and row[1] in ("started", "day")} == {
        "started": 3,
        "day": 2,
    }
