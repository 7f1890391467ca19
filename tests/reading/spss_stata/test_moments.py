"""Dates, moments and times, which SPSS, Stata and SAS keep as counts since an epoch of their own."""

import warnings

import pandas as pd
import pytest

import surveykit as sk
from tests.reading.dta_bytes import dta
from tests.reading.sav_bytes import DATE, DATETIME, TIME, sav
from tests.reading.spss_stata.test_spss_file import write

HOUR, DAY = 3600.0, 86400.0


MOMENTS = {"d": DATE, "t": TIME, "m": DATETIME, "n": 5}


def with_moments():
    # 13 846 464 000 s after 14 October 1582 is 24 July 2021 (R: as.Date(ISOdate(1582, 10, 14)) + 160260).
    rows = [(160260 * DAY, 10 * HOUR, 160260 * DAY + 1.5, 1.0), (0.0, 99.0, 0.0, 99.0), (DAY, 0.0, 99.0, 2.0)]
    return sav(
        [("d", 0, ""), ("t", 0, ""), ("m", 0, ""), ("n", 0, "")],
        rows,
        declared="UTF-8",
        formats=MOMENTS,
        missing={"d": [0.0, DAY], "t": [99.0], "m": [0.0, 99.0], "n": [99.0]},
        value_labels={1: {0.0: "never"}, 2: {99.0: "not recorded"}},
    )


def test_dates_moments_and_times_obey_their_declared_missing_codes(tmp_path):
    survey = sk.read_spss(write(tmp_path, with_moments()))
    assert survey.frame["d"].tolist()[0] == pd.Timestamp("2021-07-24") and survey.frame["d"].isna().tolist()[1:] == [
        True,
        True,
    ]
    assert survey.frame["m"].tolist()[0] == pd.Timestamp("2021-07-24 00:00:01.5")
    assert survey.frame["t"].tolist()[::2] == [
        pd.Timedelta(hours=10),
        pd.Timedelta(0),
    ]  # 0:00 is a time unless declared
    assert {name: survey.count_missing(name).to_dict() for name in "dtmn"} == {
        "d": {0.0: 1, DAY: 1, "empty": 0},
        "t": {99.0: 1, "empty": 0},
        "m": {0.0: 1, 99.0: 1, "empty": 0},
        "n": {99.0: 1, "empty": 0},
    }
    assert survey.codebook["d"].label(0) == "never" and survey.codebook["t"].label(99) == "not recorded"


def test_missing_codes_that_stay_among_dates_keep_them_numbers_which_is_told(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="missing codes of d, t, m are numbers and stay in the data"):
        survey = sk.read_spss(write(tmp_path, with_moments()), user_missing="codes")
    assert survey.frame["t"].tolist() == [10 * HOUR, 99, 0] and survey.frame["n"].tolist() == [1, 99, 2]
    again = survey.with_missing_codes()
    assert again.count_missing("d").to_dict() == {0.0: 1, DAY: 1, "empty": 0}


def test_missing_codes_among_dates_are_written_as_csv(tmp_path):
    sk.write_csv(sk.read_spss(write(tmp_path, with_moments())), tmp_path / "a.csv")
    assert [line.split(",")[0] for line in (tmp_path / "a.csv").read_text().splitlines()] == [
        "d",
        "2021-07-24",
        "0",
        "86400",
    ]


def test_the_time_file_beside_the_project(shared_inputs):
    # GNU PSPP 1.6, DESCRIPTIVES started: N 2, mean 40500 s.
    survey = sk.read_spss(shared_inputs / "sav_user_missing_time.sav")
    assert survey.frame["started"].mean() == pd.Timedelta(seconds=40500) and survey.frame["started"].notna().sum() == 2
    assert survey.count_missing("started").to_dict() == {0.0: 2, "empty": 0}
    assert survey.codebook["started"].label(0) == "not recorded"


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
