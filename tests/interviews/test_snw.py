from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk
from surveykit.interviews.snw import rate_positions, snw_matrix
from surveykit.results import Result, glossary_frame


def test_the_published_matrix():
    """Table 1 of Sankhayeva and Askeeva: five strong, two neutral, three weak positions."""
    path = Path(__file__).parent.parent.parent / "analysis" / "akim_elections" / "data" / "snw_table.csv"
    table = pd.read_csv(path).rename(columns={"block.en": "block", "position.en": "position"})
    result = snw_matrix(table)
    assert dict(result.facts) == {"strong": 5, "neutral": 2, "weak": 3}
    assert result.table.columns.tolist() == ["block", "position", "rating"]
    assert sk.draw_snw(result) is not None


def test_words_are_taken_for_letters():
    rated = pd.DataFrame({"position": ["a", "b", "c", "d"], "rating": ["strong", " W ", "neutral", "s"]})
    assert snw_matrix(rated).table["rating"].tolist() == ["S", "W", "N", "S"]


def test_rated_by_a_survey():
    table = glossary_frame(
        {
            "outcome": ["a", "b", "c"],
            "estimate": [0.7, 0.5, 0.2],
            "conf_low": [0.6, 0.4, 0.1],
            "conf_high": [0.8, 0.6, 0.3],
        }
    )
    result = rate_positions(Result(table, "m"))
    assert result.table["rating"].tolist() == ["S", "N", "W"]
    assert "strong (S) where the whole interval" in result.method
    assert rate_positions(Result(table, "m"), middle=0.15).table["rating"].tolist() == ["S", "S", "N"]


def test_groups_become_blocks():
    table = glossary_frame(
        {
            "outcome": ["a", "a", "b", "b"],
            "group": ["two", "one"] * 2,
            "estimate": [0.7] * 4,
            "conf_low": [0.6, 0.4, 0.6, 0.1],
            "conf_high": [0.8, 0.6, 0.8, 0.3],
        }
    )
    result = rate_positions(Result(table, "m")).table
    assert result["block"].tolist() == ["two", "two", "one", "one"]
    assert result["rating"].tolist() == ["S", "S", "N", "W"]


def test_words_of_the_errors():
    with pytest.raises(sk.CodeError, match=r"a rating must be one of S, N, W .* but there is X"):
        snw_matrix(pd.DataFrame({"position": ["a"], "rating": ["X"]}))
    with pytest.raises(sk.CodeError, match=r"position 'a' is rated twice"):
        snw_matrix(pd.DataFrame({"position": ["a", "a"], "rating": ["S", "W"]}))
    with pytest.raises(sk.ColumnError, match=r"`positions` names 'rating'"):
        snw_matrix(pd.DataFrame({"position": ["a"]}))


def test_a_position_without_an_interval_has_no_rating():
    table = glossary_frame(
        {
            "outcome": ["a", "b"],
            "estimate": [0.7, 1.0],
            "conf_low": [0.6, float("nan")],
            "conf_high": [0.8, float("nan")],
        }
    )
    with pytest.raises(sk.ArgumentError, match="rated by its interval, but b has none"):
        rate_positions(Result(table, "m"))
