"""Answers in words: known scales in their order, "don't know" outside, labels as their codes, all else without an order."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk


def test_dont_know_is_outside_the_scale_and_said():
    frame = pd.DataFrame(
        {
            "q": ["Agree", "Disagree", "Don't know", "Agree", None] * 6,
            "p": ["Red", "Blue", "Refused to answer", "Red", "Blue"] * 6,
            "village": np.resize(list("ABC"), 30),
        }
    )
    design = sk.SurveyDesign(frame, cluster="village")
    for item, levels, reason in (
        ("q", ["Disagree", "Agree"], "Don't know"),
        ("p", ["Blue", "Red"], "Refused to answer"),
    ):
        with pytest.warns(sk.SurveyKitWarning, match=f"are outside the scale, {item}: .{reason}"):
            found = sk.shares(design, item)
        assert found.table["level"].tolist() == levels
        assert found.table["estimate"].sum() == pytest.approx(1, abs=1e-12)
        assert found.missing.set_index("reason")["n"][reason] == 6
    assert design.survey.frame["q"].tolist()[2] == "Don't know", "the data stay as they are"


LABELS = {1: {"en": "Disagree", "kk": "Келіспеймін"}, 3: {"en": "Neither"}, 4: {"en": "Agree", "kk": "Келісемін"}}


@pytest.mark.parametrize(
    "words",
    [
        ["Agree", "Disagree", "agree ", "Refused", "Agree"],
        ["Келісемін", "Келіспеймін", "Келісемін", "Refused", "Келісемін"],
        [4, "Disagree", "Agree", "Refused", 4],
    ],
)
@pytest.mark.parametrize("kind", ["str", "category", "object"])
def test_labels_where_codes_are_meant_make_no_second_category(words, kind):
    """By hand: three of four agree, one disagrees, nobody is in between, one refused."""
    if kind != "object" and not all(isinstance(word, str) for word in words):
        pytest.skip("numbers beside texts are an object column")
    frame = pd.DataFrame({"q": pd.Series(words * 4, dtype=object).astype(kind), "village": np.resize(list("ABCD"), 20)})
    survey = sk.Survey(frame, sk.Codebook.of([sk.Variable("q", {}, LABELS, {9: {"en": "Refused"}}, measure="ordinal")]))
    found = sk.shares(sk.SurveyDesign(survey, cluster="village"), "q", lang="en").table
    assert found["level"].tolist() == ["Disagree", "Neither", "Agree"]
    assert found["estimate"].tolist() == pytest.approx([0.25, 0, 0.75]) and set(found["n"]) == {16}
    counted = sk.frequencies(survey, "q", "en").table
    assert counted[["level", "n"]].values.tolist() == [
        ["Disagree", 4],
        ["Neither", 0],
        ["Agree", 12],
        ["Refused", 4],
        ["empty", 0],
        ["all", 20],
    ]
    assert sk.as_category(survey, "q", "en").value_counts().to_dict() == {"Agree": 12, "Disagree": 4, "Neither": 0}


def test_a_label_that_two_codes_share_stays_a_text():
    book = sk.Codebook.of([sk.Variable("q", labels={1: {"en": "Other"}, 2: {"en": "Other"}, 3: {"en": "Agree"}})])
    found = sk.as_category(sk.Survey(pd.DataFrame({"q": ["Other", "Agree"]}), book), "q", "en")
    assert found.isna().sum() == 0 and found.iloc[1] == "Agree"


def test_text_codes_stand_as_their_codebook_lists_them():
    book = sk.Codebook.of([sk.Variable("q", labels={"low": {}, "middle": {}, "high": {}}, measure="ordinal")])
    survey = sk.Survey(pd.DataFrame({"q": ["high", "low", "middle", "high"]}), book)
    assert sk.shares(sk.SurveyDesign(survey), "q").table["level"].tolist() == ["low", "middle", "high"]


def test_an_inspection_says_what_words_were_taken_for(tmp_path):
    frame = pd.DataFrame({"q": ["Agree", "Disagree", "Strongly agree", "Agree"], "m": ["a; b", "b; c", "a", "c"]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    shown = " ".join(str(sk.inspect_file(tmp_path / "a.csv")).split())
    assert "q (agreement: Disagree < Agree < Strongly agree)" in shown and "several answers in one cell m" in shown


@pytest.mark.slow
def test_categories_keep_the_order_that_somebody_gave_them():
    words, own = ["high", "low", "middle"] * 4, ["low", "middle", "high"]
    for order in (False, True):
        frame = pd.DataFrame({"q": pd.Categorical(words, categories=own, ordered=order)})
        found = sk.shares(sk.SurveyDesign(frame), "q")
        assert found.table["level"].tolist() == own and "unordered" not in found.facts
    plain = sk.shares(sk.SurveyDesign(pd.DataFrame({"q": pd.Categorical(words)})), "q")
    assert plain.facts["unordered"] == ("q",), "categories by the alphabet are nobody's order"
    unused = pd.DataFrame({"q": pd.Categorical(["a", "b", "Don't know"] * 4, categories=["Don't know", "a", "b", "c"])})
    with pytest.warns(sk.SurveyKitWarning, match="outside the scale"):
        assert sk.shares(sk.SurveyDesign(unused), "q").table["level"].tolist() == ["a", "b", "c"]
    known = pd.DataFrame({"q": pd.Categorical(["Agree", "Disagree", "Strongly agree"] * 4)})
    assert sk.shares(sk.SurveyDesign(known), "q").table["level"].tolist() == ["Disagree", "Agree", "Strongly agree"]
