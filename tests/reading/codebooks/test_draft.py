"""A draft of a codebook holds every answer as a code with its label, and the data read with it keep every answer."""

import tomllib
import warnings

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.cli import main
from surveykit.reading.codebook_file import parse_codebook

FORM = pd.DataFrame({
    "Timestamp": [f"{hour}:00" for hour in range(24)],
    "The akim listens": np.resize(["Agree", "Strongly agree", "Disagree", "Don't know"], 24),
    "I trust the akim": np.resize(["Strongly disagree", "Agree", "agree ", "Neither agree nor disagree"], 24),
    "Sex": np.resize(["woman", "man"], 24),
    "Needs": np.resize(["Roads, Water", "Water", "Schools, Roads, Water", "Roads"], 24),
    "Children": np.resize(["0", "1", "2", "3+"], 24),
    "Rating": np.resize([1, 2, 3, 4, 5, 99], 24),
    "Remark": [f"remark number {number}" for number in range(24)],
})  # fmt: skip


def write(folder, frame=FORM):
    frame.to_csv(folder / "form.csv", index=False)
    return folder / "form.csv"


def read(path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sk.read_csv(path, **options)


def test_a_form_becomes_codes_in_two_calls(tmp_path):
    path = write(tmp_path)
    draft = sk.draft_codebook(read(path), tmp_path / "form.toml", lang="en")
    assert (tmp_path / "form.toml").read_text(encoding="utf-8") == draft
    survey = read(path)  # finds form.toml beside it
    book = survey.codebook
    # Both items share one scale, so that its five points have the codes 1 to 5 in each, whoever chose which.
    points = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
    for item in ("The akim listens", "I trust the akim"):
        assert [book[item].label(code) for code in book[item].labels] == points and list(book[item].labels) == [
            1,
            2,
            3,
            4,
            5,
        ]
        assert book[item].measure == "ordinal" and book[item].label(99) == "Don't know"
    assert survey.frame["The akim listens"].tolist()[:3] == [4, 5, 2] and np.isnan(survey.frame["The akim listens"][3])
    assert survey.frame["I trust the akim"].tolist()[:4] == [1, 4, 4, 3]
    assert dict(book["Sex"].labels) == {1: {"en": "man"}, 2: {"en": "woman"}} and book["Sex"].measure == "nominal"
    assert list(book["Children"].labels) == ["0", "1", "2", "3+"] and survey.frame["Children"].tolist()[:4] == [
        "0",
        "1",
        "2",
        "3+",
    ]
    assert not book["Remark"].labels and not book["Needs"].labels
    assert (
        "# Needs: several answers in one cell" in draft
        and "# Rating: 99 (far from the other answers, 1 to 5) may be no answers" in draft
    )
    assert 99 in book["Rating"].labels, "a person moves it"


ANSWERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda text: text.strip()
)


@pytest.mark.slow
@given(
    st.lists(
        st.one_of(
            ANSWERS,
            st.sampled_from(["Agree", "Да", "Don't know", "1", "2.5", "-99", "x;y", '"', "\\", "NA", "n/a", "5+"]),
        ),
        min_size=1,
        max_size=9,
    ),
    st.integers(1, 4),
    st.booleans(),
)
@settings(max_examples=250, deadline=None)
@pytest.mark.filterwarnings("ignore:to come back as it was, the file must be read with")
def test_the_data_read_with_their_draft_keep_every_answer(tmp_path_factory, answers, times, second):
    folder = tmp_path_factory.mktemp("draft")
    frame = pd.DataFrame({"q": answers * times, "r": (answers[::-1] if second else ["Agree"] * len(answers)) * times})
    sk.write_csv(sk.Survey(frame), folder / "a.csv")
    (folder / "a.toml").unlink(missing_ok=True)
    plain = read(folder / "a.csv", encoding="utf-8")
    draft = sk.draft_codebook(plain)
    book = parse_codebook(tomllib.loads(draft)).codebook
    coded = read(folder / "a.csv", codebook=book, encoding="utf-8")
    for name in ("q", "r"):
        variable = coded.codebook[name]
        codes = coded.frame[name].astype(object).copy()
        for row, code in coded.missing_reasons.get(name, pd.Series(dtype=object)).items():
            codes[row] = code
        for before, after in zip(plain.frame[name], codes):
            assert pd.isna(before) == pd.isna(after)
            shown = variable.label(after) if not pd.isna(after) else ""
            if isinstance(before, str) and (variable.labels or variable.missing):
                assert shown.strip().casefold() == before.strip().casefold()


def test_what_a_codebook_says_already_stays(tmp_path):
    book = sk.Codebook.of(
        [
            sk.Variable(
                "q", {"en": "Do you?"}, {1: {"en": "No"}, 2: {"en": "Yes"}}, {9: {"en": "Refused"}}, measure="ordinal"
            ),
            sk.Variable("w", measure="scale"),
        ],
        "A title",
    )
    survey = sk.Survey(
        pd.DataFrame({"q": [1, 2, 1], "w": [0.5, 1.0, 1.5]}), book, sk.Provenance(simulated=True, weight="w")
    )
    assert sk.draft_codebook(survey) == sk.render_codebook(survey, "toml")
    added = sk.draft_codebook(sk.Survey(pd.DataFrame({"q": [1, 2, 3.0], "t": ["b", "a", "a"]}), book))
    found = parse_codebook(tomllib.loads(added)).codebook
    assert found["q"].label(3) == "3" and "the codes 3 occur and had no label" in added
    assert [found["t"].label(code) for code in found["t"].labels] == ["a", "b"]


def test_the_command_writes_it(tmp_path):
    path = write(tmp_path)
    shown = CliRunner().invoke(main, ["codebook", str(path), "--format", "toml"])
    assert shown.exit_code == 0 and '1 = "Strongly disagree"' in shown.stdout
    tomllib.loads(shown.stdout)
    assert CliRunner().invoke(main, ["codebook", str(path), "--out", str(tmp_path / "b.toml")]).exit_code == 0
    assert (tmp_path / "b.toml").read_text(encoding="utf-8") == shown.stdout


@pytest.mark.parametrize(("cells", "options"), [
    (["Roads, Water", "Water", "Roads, Schools", "Schools", None], ["Roads", "Schools", "Water"]),
    (["Дороги; Вода", "Вода", "Дороги; Школы", "Школы", "Вода; Школы; Дороги"], ["Вода", "Дороги", "Школы"]),
    (["a|b", "b|c", "c", "a", "a|b|c"], ["a", "b", "c"]),
])  # fmt: skip
def test_several_answers_in_one_cell_become_a_set(cells, options):
    frame = pd.DataFrame({"needs": cells})
    split = sk.split_answers(frame, "needs")
    assert [name for name in split.frame if name != "needs"] == [f"needs/{option}" for option in options]
    counted = sk.count_responses(split, sk.find_response_sets(split)["needs"]).table
    by_hand = [sum(option in cell for cell in cells if cell is not None) for option in options]
    assert counted["level"].tolist() == options and counted["n"].tolist() == by_hand
    assert split.frame[f"needs/{options[0]}"].isna().tolist() == [cell is None for cell in cells]
    assert list(frame.columns) == ["needs"]


@pytest.mark.parametrize(
    "cells",
    [
        ["Almaty, Kazakhstan", "Bishkek, Kyrgyzstan", "Astana, Kazakhstan"],
        ["No, never", "Yes, often", "No, never"],
        ["И да, и нет", "Да", "Нет"],
        ["one", "two", "three"],
        ["I think, that", "Well, no", "See above, please", "So"],
    ],
)
def test_a_place_or_a_remark_is_no_set(cells):
    with pytest.raises(
        sk.ArgumentError, match="does not look like several answers in one cell; name what stands between"
    ):
        sk.split_answers(pd.DataFrame({"x": cells * 3}), "x")


def test_options_that_hold_the_separator_are_named():
    frame = pd.DataFrame({"x": ["Roads, transport, Water", "Water", "Roads, transport"]})
    split = sk.split_answers(frame, "x", separator=", ", options=["Roads, transport", "Water", "Roads"])
    assert split.frame[["x/Roads, transport", "x/Water", "x/Roads"]].values.tolist() == [
        [1, 1, 0],
        [0, 1, 0],
        [1, 0, 0],
    ]
    with pytest.raises(sk.ArgumentError, match="in which 'transport, Water' is none of the options"):
        sk.split_answers(frame, "x", separator=", ", options=["Roads", "Water"])
    with pytest.raises(sk.ArgumentError, match="has a column 'x/Roads' already"):
        sk.split_answers(frame.assign(**{"x/Roads": 1}), "x", separator=", ")
    with pytest.raises(sk.ColumnError):
        sk.split_answers(frame, "y")
