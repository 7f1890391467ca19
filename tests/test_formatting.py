"""How numbers become text on a page."""

import pandas as pd

from surveykit.formatting import format_number, format_p, format_percent, format_table, p_text


def test_numbers_on_a_page():
    assert format_number(-0.004, 2) == "0.00"
    assert format_number(-1.5) == "\u22121.50"
    assert format_number(float("nan")) == ""
    assert format_number(float("inf")) == "∞"
    assert format_p(0.0004) == "<0.001" and format_p(0.25) == "0.250"
    assert format_percent(0.1234, 1) == "12.3%"


def test_page_tables_drop_empty_columns_and_group_thousands():
    shown = format_table(pd.DataFrame({"n": [2000], "estimate": [0.12345], "group": [None]}))
    assert shown.iloc[0].to_dict() == {"n": "2,000", "estimate": "0.123"}


def test_a_count_that_is_no_number_of_persons_is_printed_as_it_is():
    shown = format_table(pd.DataFrame({"n": [float("inf"), 1234.0, -float("inf")]}))
    assert shown["n"].tolist() == ["∞", "1,234", "−∞"]


def test_russian_and_kazakh_write_a_decimal_comma_and_part_thousands_by_a_narrow_space():
    for lang in ("ru", "kk"):
        assert format_number(-12345.678, 2, lang) == "−12\u202f345,68"
        assert format_p(0.0004, lang) == "<0,001" and p_text(0.0004, lang) == "p\u00a0<\u00a00,001"
        assert format_percent(0.1234, 1, lang) == "12,3\u202f%"
        shown = format_table(pd.DataFrame({"n": [2000], "estimate": [0.12345], "p_value": [0.5]}), lang=lang)
        assert shown.iloc[0].to_dict() == {"n": "2\u202f000", "estimate": "0,123", "p_value": "0,500"}
    assert format_number(1234.5, 1, "en") == format_number(1234.5, 1) == "1,234.5"
    assert p_text(float("nan")) == "" and p_text(0.25) == "p = 0.250"
