import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.likert.quality import QualityRule, check_quality, interviewer_effects

ITEMS = ["q1", "q2", "q3", "q4"]


def answers():
    return pd.DataFrame({
        "settlement": ["S01", "S01", "S02", "S02", None],
        "q1": [3, 1, 3, np.nan, 5], "q2": [3, 2, 3, np.nan, 4], "q3": [3, 3, np.nan, np.nan, 3], "q4": [3, 4, np.nan, 1, 3],
        "start": pd.to_datetime(["2021-07-25 10:00"] * 5),
        "end": pd.to_datetime(["2021-07-25 10:30", "2021-07-25 10:02", "2021-07-25 09:00", None, "2021-07-26 10:00"]),
        "age": [30, 17, 120, np.nan, 40],
    })  # fmt: skip


@pytest.mark.parametrize(("rule", "flagged"), [
    (QualityRule("r", "straight_line", ITEMS), [1, 0, 0, 0, 0]),
    (QualityRule("r", "straight_line", ITEMS, minimum=2), [1, 0, 1, 0, 0]),
    (QualityRule("r", "nonresponse", ITEMS), [0, 0, 0, 1, 0]),
    (QualityRule("r", "nonresponse", ITEMS, maximum=0.4), [0, 0, 1, 1, 0]),
    (QualityRule("r", "duplicate", ["q3", "q4"]), [1, 0, 0, 0, 1]),
    (QualityRule("r", "duplicate", ["q3"]), [1, 1, 0, 0, 1]),
    (QualityRule("r", "duration", ["start", "end"], minimum=5, maximum=180), [0, 1, 1, 0, 1]),
    (QualityRule("r", "date", ["end"], maximum="2021-07-25 23:59"), [0, 0, 0, 0, 1]),
    (QualityRule("r", "date", ["end"], minimum="2021-07-25 10:00"), [0, 0, 1, 0, 0]),
    (QualityRule("r", "range", ["age"], minimum=18, maximum=110), [0, 1, 1, 0, 0]),
])  # fmt: skip
def test_a_rule_flags_by_hand(rule, flagged):
    assert check_quality(answers(), rule).flags["r"].astype(int).tolist() == flagged


def test_an_answer_that_was_not_to_be_asked_is_flagged():
    missing = {97: "Not asked"}
    book = sk.Codebook.of([sk.Variable("why_not", missing=missing, asked_of={"voted": [0]}), sk.Variable("voted")])
    frame = pd.DataFrame({"voted": [0, 1, 1, None, 0], "why_not": [2, 97, 3, 1, None]})
    survey = sk.Survey(frame, book)
    report = check_quality(survey, QualityRule("skip", "skip", ["why_not"]))
    assert report.flags["skip"].tolist() == [False, False, True, True, False]
    with pytest.raises(sk.ArgumentError, match="holds 'voted' against its skip rule, which is not there"):
        check_quality(survey, QualityRule("skip", "skip", ["voted"]))
    with pytest.raises(sk.ArgumentError, match="rests on 'voted', which is not a column"):
        check_quality(sk.Survey(frame[["why_not"]], book), QualityRule("skip", "skip", ["why_not"]))


def test_counts_by_settlement_and_nothing_dropped():
    survey = sk.Survey(answers(), provenance=sk.Provenance(simulated=True))
    rules = [QualityRule("line", "straight_line", ITEMS), QualityRule("age", "range", ["age"], 18)]
    report = check_quality(survey, rules, settlement="settlement")
    table = report.table
    mine = table[table["outcome"] == "age"]
    assert mine["group"].tolist()[1:] == ["S01", "S02", "missing"] and pd.isna(mine["group"].iloc[0])
    assert mine["n"].tolist() == [5, 2, 2, 1] and mine["n_flagged"].tolist() == [1, 1, 0, 0]
    assert mine["estimate"].tolist() == [0.2, 0.5, 0.0, 0.0]
    assert len(report.flags) == len(survey) == 5
    assert "None is dropped" in report.method and "SIMULATED" in report.summary()


@pytest.mark.parametrize(("make", "words"), [
    (lambda: QualityRule("r", "straight", ITEMS), "`kind` must be one of"),
    (lambda: QualityRule("r", "duration", ["start"], minimum=1), "needs two columns"),
    (lambda: QualityRule("r", "straight_line", ["q1", "q2"]), "three items at least"),
    (lambda: QualityRule("r", "range", ["age"]), "needs `minimum`, `maximum` or both"),
    (lambda: QualityRule("r", "range", []), "names no column"),
    (lambda: check_quality(answers(), [QualityRule("r", "range", ["age"], 1)] * 2), "two rules are named 'r'"),
    (lambda: check_quality(answers(), QualityRule("r", "date", ["age"], minimum="2021-01-01")), "needs dates, but 'age' holds 30"),
    (lambda: check_quality(answers(), QualityRule("r", "range", ["agee"], 1)), "did you mean 'age'"),
])  # fmt: skip
def test_what_is_asked_wrongly(make, words):
    with pytest.raises(sk.SurveyKitError, match=words):
        make()


def test_interviewer_effects_of_a_published_example():
    # Shrout & Fleiss (1979), table 2: six targets, four judges each; ICC(1,1) = .17, F = 11.24 / 6.26 = 1.79.
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    frame = pd.DataFrame({"y": np.ravel(ratings), "who": np.repeat(np.arange(6), 4)})
    table = interviewer_effects(frame, "y", interviewer="who").table
    assert table["estimate"].item() == pytest.approx(0.17, abs=0.005)
    assert table["statistic"].item() == pytest.approx(1.79, abs=0.01)
    assert (table["df"].item(), table["n"].item(), table["n_clusters"].item()) == (18, 24, 6)
    assert table["deff"].item() == pytest.approx(1 + 3 * table["estimate"].item())


def test_interviewer_effects_at_the_edges():
    frame = pd.DataFrame({"y": [1.0, 2, 3], "same": [2.0, 2, 2], "one": ["a", "a", "a"], "who": ["a", "a", "b"]})
    assert np.isnan(interviewer_effects(frame, "y", interviewer="one").table["estimate"].item())
    assert np.isnan(interviewer_effects(frame, "same", interviewer="who").table["estimate"].item())
    with pytest.raises(sk.ColumnError):
        interviewer_effects(frame, "who", interviewer="one")


def test_dates_with_a_time_zone():
    aware = pd.DataFrame(
        {
            "s": pd.to_datetime(["2020-01-01T10:00:00Z", "2020-01-03T10:00:00Z"]),
            "e": pd.to_datetime(["2020-01-01T10:20:00Z", "2020-01-03T10:01:00Z"]),
        }
    )
    assert check_quality(aware, QualityRule("d", "date", "s", minimum="2020-01-02")).flags["d"].tolist() == [
        True,
        False,
    ]
    assert check_quality(aware, QualityRule("d", "date", "s", minimum="2020-01-01T10:30+01:00")).flags[
        "d"
    ].tolist() == [False, False]
    rule = QualityRule("d", "duration", ["s", "e"], minimum=5)
    assert check_quality(aware, rule).flags["d"].tolist() == [False, True]
    with pytest.raises(sk.ColumnError, match="the rule 'd' compares 's' with 'e', of which one has a time zone"):
        check_quality(aware.assign(e=aware["e"].dt.tz_localize(None)), rule)
    with pytest.raises(sk.ArgumentError, match="has a limit with a time zone, '2020-01-01T00Z', for dates without one"):
        check_quality(
            aware.assign(s=aware["s"].dt.tz_localize(None)), QualityRule("d", "date", "s", minimum="2020-01-01T00Z")
        )


@pytest.mark.parametrize("limit", ["yesterday-ish", [1]])
def test_a_limit_that_is_no_date(limit):
    frame = pd.DataFrame({"s": pd.to_datetime(["2020-01-01"])})
    with pytest.raises(sk.ArgumentError, match="the rule 'd' needs limits such as '2023-11-05', not"):
        check_quality(frame, QualityRule("d", "date", "s", minimum=limit))


def test_a_declared_missing_code_that_stands_in_the_data_is_no_answer():
    book = sk.Codebook.of([sk.Variable(name, missing={9: "DK"}) for name in "abc"])
    survey = sk.Survey(pd.DataFrame({"a": [9, 1, 1], "b": [9, 1, 9], "c": [9, 1, 9], "who": [1, 1, 2]}), book)
    rules = [QualityRule("line", "straight_line", ["a", "b", "c"]), QualityRule("none", "nonresponse", ["a", "b", "c"])]
    flags = check_quality(survey, rules).flags
    assert flags["line"].tolist() == [False, True, False] and flags["none"].tolist() == [True, False, True]
    assert interviewer_effects(survey, ["b"], interviewer="who").table["n"].tolist() == [1]
