"""Made-up exports of twelve respondents, written as each form tool documents its layout; every cell is known."""

import pandas as pd
import pytest

import surveykit as sk

TRUST = [4, 2, 5, 1, 3, 3, 4, 5, 2, 1, 4, 3]
SEX = [1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 2, 1]
MEDIA = [
    "tv radio",
    "radio",
    "tv",
    "",
    "paper",
    "tv radio paper",
    "radio",
    "tv",
    "paper tv",
    "radio",
    "tv",
    "radio paper",
]
"""Options chosen; the fourth respondent chose none."""

COUNTS = {"tv": 6, "radio": 6, "paper": 4}
AGE = [34, 51, 28, 60, 45, 39, 22, 71, 55, 33, 48, 19]
TALES = ["", "good", "", "no, thanks", 'the "old" akim', "", "two\nlines", "", "", "fine", "", ""]


def quoted(cell):
    text = str(cell)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def write(path, header, rows):
    path.write_text("".join(",".join(map(quoted, record)) + "\n" for record in [*header, *rows]), encoding="utf-8")
    return path


def check_answers(frame, trust, sex, age):
    assert frame[trust].tolist() == TRUST and frame[sex].tolist() == SEX and frame[age].tolist() == AGE


def chosen(option):
    return [float(option in given.split()) if given else None for given in MEDIA]


QUALTRICS = ["StartDate", "Status", "Progress", "Finished", "ResponseId", "Q1", "Q2", "Q3", "Q4_TEXT"]
QUALTRICS_ASKED = ["Start Date", "Response Type", "Progress", "Finished", "Response ID", "How much do you trust the akim?",
                   "What is your sex?", "How old are you?", "Tell us more - Text"]  # fmt: skip
IMPORT = [f'{{"ImportId":"{name}"}}' for name in ("startDate", "status", "progress", "finished", "_recordId", "QID1", "QID2",
                                                "QID3", "QID4_TEXT")]  # fmt: skip


def qualtrics_rows(finished=1, status=0):
    return [
        [
            f"2023-05-{day:02d} 10:00:00",
            status if day == 2 else 0,
            100,
            finished if day == 1 else 1,
            f"R_{day}",
            trust,
            sex,
            age,
            tale,
        ]
        for day, (trust, sex, age, tale) in enumerate(zip(TRUST, SEX, AGE, TALES), 1)
    ]


@pytest.mark.parametrize("header", [[QUALTRICS, QUALTRICS_ASKED, IMPORT], [QUALTRICS, IMPORT]])
def test_qualtrics(tmp_path, header):
    survey = sk.read_csv(write(tmp_path / "a.csv", header, qualtrics_rows()))
    check_answers(survey.frame, "Q1", "Q2", "Q3")
    assert len(survey) == 12 and survey.frame["StartDate"].iloc[11] == pd.Timestamp("2023-05-12 10:00")
    assert survey.frame["Q4_TEXT"].fillna("").tolist() == TALES
    asked = "How much do you trust the akim?" if len(header) == 3 else ""
    assert survey.codebook["Q1"].ask() == (asked or "Q1")


@pytest.mark.filterwarnings("ignore:.*text was kept in:surveykit.errors.SurveyKitWarning")
def test_qualtrics_without_its_third_row_and_with_header_rows_said(tmp_path):
    path = write(tmp_path / "a.csv", [QUALTRICS, QUALTRICS_ASKED], qualtrics_rows())
    with pytest.warns(
        sk.SurveyKitWarning, match=r"record 2 \(Start Date, Response Type, Progress and 6 more\) says names"
    ):
        survey = sk.read_csv(path)
    check_answers(survey.frame, "Q1", "Q2", "Q3")
    assert survey.codebook["Q2"].ask() == "What is your sex?"
    assert len(sk.read_csv(path, header_rows=2)) == 12
    assert len(sk.read_csv(path, header_rows=1)) == 13
    path = write(tmp_path / "b.csv", [QUALTRICS, QUALTRICS_ASKED, IMPORT], qualtrics_rows())
    assert sk.read_csv(path, header_rows=3).codebook["Q1"].ask() == "How much do you trust the akim?"


def test_qualtrics_tells_of_unfinished_answers_and_trials(tmp_path):
    path = write(tmp_path / "a.csv", [QUALTRICS, QUALTRICS_ASKED, IMPORT], qualtrics_rows(finished=0))
    with pytest.warns(sk.SurveyKitWarning, match=r"1 of 12 interviews are not finished \(column 'Finished', rows 0\)"):
        assert len(sk.read_csv(path)) == 12
    path = write(tmp_path / "a.csv", [QUALTRICS, QUALTRICS_ASKED, IMPORT], qualtrics_rows(status=1))
    with pytest.warns(
        sk.SurveyKitWarning, match=r"1 of 12 interviews are trials of its author \(column 'Status', rows 1\)"
    ):
        sk.read_csv(path)


def kobo(tmp_path, separator="/", option="/", form=True):
    group = f"demo{separator}"
    options = [f"{group}media{option}{name}" for name in COUNTS]
    header = [
        "start",
        f"{group}sex",
        f"{group}age",
        f"{group}media",
        *options,
        f"{group}media{option}other_text",
        "trust",
        "_id",
    ]
    rows = [
        [
            f"2023-05-{day:02d}T10:00:00.000+06:00",
            sex,
            age,
            media,
            *("" if value is None else int(value) for value in given),
            "",
            trust,
            100 + day,
        ]
        for day, (sex, age, media, *given, trust) in enumerate(zip(SEX, AGE, MEDIA, *map(chosen, COUNTS), TRUST), 1)
    ]
    path = write(tmp_path / "kobo.csv", [header], rows)
    if not form:
        return path, None
    write(
        tmp_path / "survey.csv",
        [["type", "name", "label::English (en)", "label::Қазақша (kk)"]],
        [
            ["start", "start", "", ""],
            ["begin_group", "demo", "", ""],
            ["select_one  sex", "sex", "Sex?", "Жынысыңыз?"],
            ["integer", "age", "Age?", "Жасыңыз?"],
            ["select all that apply media", "media", "News from?", ""],
            ["end_group", "", "", ""],
            ["select one from agree", "trust", "Do you trust the akim?", "Әкімге сенесіз бе?"],
        ],
    )
    write(
        tmp_path / "choices.csv",
        [["list_name", "name", "label::English (en)", "label::Қазақша (kk)"]],
        [
            ["sex", 1, "Male", "Ер"],
            ["sex", 2, "Female", "Әйел"],
            ["media", "tv", "TV", ""],
            ["media", "radio", "Radio", ""],
            ["media", "paper", "Newspaper", ""],
            *(["agree", code, f"Level {code}", ""] for code in range(1, 6)),
        ],
    )
    return path, sk.read_xlsform(tmp_path / "survey.csv", choices=tmp_path / "choices.csv")


def test_a_text_beside_the_options_does_not_hide_their_set(tmp_path):
    path, _ = kobo(tmp_path, form=False)
    found = sk.find_response_sets(sk.read_csv(path))
    assert found["demo/media"].items == tuple(f"demo/media/{name}" for name in COUNTS)


def test_kobo_answers_that_were_turned_down(tmp_path):
    rows = [[trust, "Not Approved" if row == 3 else "Approved"] for row, trust in enumerate(TRUST)]
    with pytest.warns(
        sk.SurveyKitWarning, match=r"1 of 12 interviews were not approved \(column '_validation_status', rows 3\)"
    ):
        sk.read_csv(write(tmp_path / "a.csv", [["trust", "_validation_status"]], rows))


LIME = [
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "Q1",
    "Q2",
    "Q3[SQ001]",
    "Q3[SQ002]",
    "Q3[SQ003]",
    "Q3[other]",
    "Q4",
    "Q5[SQ001]",
    "Q5[SQ002]",
]


def lime_rows(unfinished=()):
    return [
        [
            row + 1,
            "" if row in unfinished else "2023-05-01 10:00:00",
            3,
            "ru",
            trust,
            sex,
            *("Y" if name in media.split() else "" for name in COUNTS),
            "blog" if row == 5 else "",
            age,
            "A1",
            "A2",
        ]
        for row, (trust, sex, media, age) in enumerate(zip(TRUST, SEX, MEDIA, AGE))
    ]


def test_limesurvey(tmp_path):
    survey = sk.read_csv(write(tmp_path / "a.csv", [LIME], lime_rows()))
    check_answers(survey.frame, "Q1", "Q2", "Q4")
    sets = sk.find_response_sets(survey)
    assert list(sets) == ["Q3"] and sets["Q3"].items == ("Q3[SQ001]", "Q3[SQ002]", "Q3[SQ003]")  # Q5 is an array
    assert sk.count_responses(survey, sets["Q3"]).table["n"].tolist() == [*COUNTS.values()]
    with pytest.warns(
        sk.SurveyKitWarning, match=r"2 of 12 interviews are not finished \(column 'submitdate', rows 2, 7\)"
    ):
        assert len(sk.read_csv(write(tmp_path / "b.csv", [LIME], lime_rows((2, 7))))) == 12


def test_surveymonkey(tmp_path):
    header = [
        [
            "Respondent ID",
            "Start Date",
            "How much do you trust the akim?",
            "Where do you get news?",
            "",
            "",
            "Sex",
            "Age",
        ],
        ["", "", "Response", "TV", "Radio", "Newspaper", "Response", "Open-Ended Response"],
    ]
    names = {"tv": "TV", "radio": "Radio", "paper": "Newspaper"}
    rows = [
        [
            1000 + row,
            "05/13/2023 10:30:00 AM",
            trust,
            *(label if name in media.split() else "" for name, label in names.items()),
            sex,
            age,
        ]
        for row, (trust, media, sex, age) in enumerate(zip(TRUST, MEDIA, SEX, AGE))
    ]
    frame = sk.read_csv(write(tmp_path / "a.csv", header, rows)).frame
    check_answers(frame, "How much do you trust the akim?", "Sex", "Age")
    assert frame["Where do you get news? / TV"].notna().sum() == 6
    assert frame["Start Date"].iloc[0] == pd.Timestamp("2023-05-13 10:30")


def test_google_forms(tmp_path):
    header = [["Timestamp", "How much do you trust the akim?", "Where do you get news?", "Sex", "Age"]]
    rows = [
        [f"2023/05/{row + 1:02d} 1:30:00 PM GMT+6", trust, media.replace(" ", ";"), sex, age]
        for row, (trust, media, sex, age) in enumerate(zip(TRUST, MEDIA, SEX, AGE))
    ]
    frame = sk.read_csv(write(tmp_path / "a.csv", header, rows)).frame
    check_answers(frame, "How much do you trust the akim?", "Sex", "Age")
    assert frame["Timestamp"].iloc[11] == pd.Timestamp("2023-05-12 13:30")
    assert frame["Where do you get news?"].iloc[0] == "tv;radio"
