"""Dates and moments of a CSV: read where nothing else is possible, left and shown in both readings where something is."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.csv.dates import read_moments


def read(tmp_path, cells, **options):
    (tmp_path / "a.csv").write_text(
        "id,d\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells)), encoding="utf-8"
    )
    return sk.read_csv(tmp_path / "a.csv", **options)


@pytest.mark.parametrize(("cells", "first"), [
    (["01.05.2023", "3.5.2023", ""], "2023-05-01"), (["01.05.2023 10:30", "02.05.2023 9:05:01"], "2023-05-01 10:30"),
    (["2023-05-01T10:00:00.000+06:00", "2023-06-01T10:00:00.000+06:00"], "2023-05-01 10:00"),
    (["2023-05-01T10:00:00Z"], "2023-05-01 10:00"), (["2023/05/01 1:00:00 PM GMT+6"], "2023-05-01 13:00"),
    (["2023-05-01 10:00:00+0600"], "2023-05-01 10:00"), (["13/05/2023", "01/05/2023"], "2023-05-13"),
    (["05/13/2023", "05/01/2023"], "2023-05-13"), (["05/05/2023", "06/06/2023"], "2023-05-05"), (["12/31/2023 12:00 AM"], "2023-12-31"),
    (["01.05.2023", "NA", "-"], "2023-05-01"), (["29.02.2024"], "2024-02-29"),
])  # fmt: skip
def test_what_can_only_be_a_moment_is_one_and_is_told(tmp_path, cells, first):
    survey = read(tmp_path, cells)
    assert survey.frame["d"].iloc[0] == pd.Timestamp(first)
    assert any("dates" in note or "moments" in note for note in survey.provenance.notes)


def test_several_zones_become_utc_with_a_warning(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="name several zones in d; they were read as moments of UTC"):
        frame = read(tmp_path, ["2023-05-01T10:00:00+06:00", "2023-05-01T10:00:00+05:00", "2023-05-01T10:00:00Z"]).frame
    assert frame["d"].dt.hour.tolist() == [4, 5, 10]


@pytest.mark.parametrize(("cells", "words"), [
    (["01/05/2023", "02/06/2023"], r"'01/05/2023' \(2023-05-01 or 2023-01-05\); `date_order='dmy'` or `date_order='mdy'`"),
    (["05/05/2023", "01/02/2023 10:00"], r"'01/02/2023 10:00' \(2023-02-01 or 2023-01-02\)"), (["01-02-2023"], "2023-02-01 or 2023-01-02"),
    (["13/05/2023", "05/13/2023"], "some dates can only have the day first and others only the month first"),
])  # fmt: skip
def test_two_readings_are_shown_and_the_text_stays(tmp_path, cells, words):
    with pytest.warns(sk.SurveyKitWarning, match=words):
        assert read(tmp_path, cells).frame["d"].tolist() == cells


def test_a_declared_order_decides(tmp_path):
    cells = ["01/05/2023", "02/06/2023"]
    assert read(tmp_path, cells, date_order="dmy").frame["d"].dt.month.tolist() == [5, 6]
    assert read(tmp_path, cells, date_order="mdy").frame["d"].dt.month.tolist() == [1, 2]
    assert read(tmp_path, cells, text=["d"]).frame["d"].tolist() == cells
    with pytest.raises(sk.ArgumentError, match="`date_order` must be one of"):
        read(tmp_path, cells, date_order="ymd")


@pytest.mark.parametrize(
    "cells",
    [
        ["31.02.2023"],
        ["01.05.23"],
        ["1.5.2023", "1.2.3"],
        ["2023-05-01T10:00Z", "2023-05-01T10:00"],
        ["01.05/2023"],
        ["01.13.2023"],
        ["2023-05-01T10:00+99:00"],
        ["32/01/2023", "01/01/2023"],
    ],
)
def test_what_is_no_date_throughout_stays_text_and_is_told_of(tmp_path, cells):
    if cells == ["01.05.23"] or cells == ["01.05/2023"]:  # nothing there is written as a date is
        assert read(tmp_path, cells).frame["d"].tolist() == cells
        return
    with pytest.warns(sk.SurveyKitWarning, match="text was kept in d, where most answers look like dates"):
        assert read(tmp_path, cells).frame["d"].tolist() == cells


@pytest.mark.parametrize(("cells", "shown"), [
    (["2023-05-01", "2023-05-02", "не помню"], "'2023-05-01' beside 'не помню'"),
    (["2023-05-01", "2023-05-02", "03.05.2023"], "'2023-05-01' beside '03.05.2023'"),
    (["01.05.2023", "31.02.2023"], "'01.05.2023' beside '31.02.2023'"),
    (["2023-05-01", "45048"], "'2023-05-01' beside '45048'"),
])  # fmt: skip
def test_what_keeps_a_column_of_dates_text_is_shown(tmp_path, cells, shown):
    with pytest.warns(sk.SurveyKitWarning, match=f"in another way: {shown};"):
        assert read(tmp_path, cells).frame["d"].tolist() == cells
    assert read(tmp_path, cells, text=["d"]).frame["d"].tolist() == cells


@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), min_size=1, max_size=10))
def test_any_days_are_read_as_they_were_written_or_left_open(days):
    assert read_moments([day.strftime("%d.%m.%Y") for day in days]).values.astype("datetime64[D]").tolist() == days
    for form, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")):
        found = read_moments([day.strftime(form) for day in days])
        assert found.values is None or found.values.astype("datetime64[D]").tolist() == days
        assert read_moments([day.strftime(form) for day in days], order).values.astype("datetime64[D]").tolist() == days


@pytest.mark.parametrize(("cells", "seconds"), [
    (["10:00:00", "", "12:30:00"], [36000, None, 45000]), (["0:00:01.5", "100:00:00"], [1.5, 360000]),
    (["-1:00:00", "23:59:59"], [-3600, 86399]), (["NA", "09:15:00"], [None, 33300]),
])  # fmt: skip
def test_times_and_durations_with_seconds(tmp_path, cells, seconds):
    survey = read(tmp_path, cells)
    found = survey.frame["d"].dt.total_seconds()
    assert [None if pd.isna(one) else one for one in found] == seconds
    assert any("were read as durations" in note for note in survey.provenance.notes)


@pytest.mark.parametrize("cells", [["10:30", "2:1"], ["10:61:00"], ["10:00:00", "noon"], ["1:2:3"]])
def test_what_is_no_duration_throughout_stays_text(tmp_path, cells):
    assert read(tmp_path, cells).frame["d"].tolist() == cells
