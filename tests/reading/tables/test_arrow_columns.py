"""Columns of Arrow, of our own files and of other programs."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.reading.tables.test_parquet_file import KINDS, foreign, pa


@pytest.mark.parametrize("ending", KINDS)
def test_columns_of_other_programs(tmp_path, ending):
    table = pa.table({
        "whole": pa.array([1, 2, 3], pa.int16()),
        "gaps": pa.array([1, None, 3], pa.int64()),
        "long": pa.array([2**53 + 1, None, 3], pa.int64()),
        "price": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("2.25")], pa.decimal128(9, 2)),
        "agrees": pa.array([True, None, False]),
        "region": pa.array(["Almaty", None, ""]).dictionary_encode(),
        "day": pa.array([datetime.date(2023, 5, 1), None, None]),
        "moment": pa.array([datetime.datetime(2023, 5, 1, 4)] * 3, pa.timestamp("us", "UTC")).cast(
            pa.timestamp("us", "Asia/Almaty")),
        "clock": pa.array([datetime.time(9, 30), None, None]),
        "raw": pa.array([b"\xd0\x96", None, b"a"], pa.binary()),
        "nothing": pa.nulls(3),
    })  # fmt: skip
    survey = sk.read_survey(foreign(tmp_path / f"a{ending}", table))
    data = survey.data
    assert data["whole"].tolist() == [1, 2, 3] and data["gaps"].tolist()[::2] == [1, 3] and np.isnan(data["gaps"][1])
    assert data["long"].tolist()[::2] == ["9007199254740993", "3"] and data["price"].tolist()[::2] == [1.5, 2.25]
    assert data["agrees"].tolist()[::2] == [1, 0] and survey.codebook["agrees"].label(1) == "TRUE"
    assert data["region"].tolist()[::2] == ["Almaty", ""] and str(data["region"].dtype) == "str"
    assert data["day"][0] == pd.Timestamp(2023, 5, 1) and data["day"].isna().sum() == 2
    hours = data["moment"].dt.hour.unique().tolist()
    assert hours in ([9], [10])  # Almaty was six hours ahead of UTC in 2023, and five in newer tables of zones
    assert data["clock"][0] == pd.Timedelta(hours=9, minutes=30)
    assert data["raw"].tolist()[::2] == ["Ж", "a"] and data["nothing"].isna().all()
    notes = " ".join(survey.provenance.notes)
    for words in (
        "1 and 0 in agrees",
        "numbers of 16 digits in price",
        "names in moment",
        "midnight in clock",
        "UTF-8 in raw",
    ):
        assert words in notes


@pytest.mark.parametrize("ending", KINDS)
def test_categoricals_of_pandas_stay_and_take_a_codebook(tmp_path, ending):
    frame = pd.DataFrame({
        "sex": [1, 2], "wave": pd.Categorical(["2021", "2023"], ["2023", "2021"], ordered=True),
        "area": pd.Categorical(["rural", "urban"]),
    })  # fmt: skip
    path = foreign(tmp_path / f"a{ending}", pa.Table.from_pandas(frame))
    book = sk.Codebook.of([sk.Variable("sex", {"en": "Sex"}, {1: {"en": "Male"}, 2: {"en": "Female"}})])
    survey = sk.read_parquet(path, codebook=book)
    pd.testing.assert_frame_equal(survey.frame, frame)
    assert survey.codebook["sex"].label(2) == "Female"
