"""Twelve made-up respondents as each form tool exports them, after its documented layout; every cell is known.

Kobo: formpack's Export (headers group/question, question/option, _id, _uuid, _submission_time, _index; repeats in sheets
with _parent_table_name and _parent_index). ODK Central: Submissions, CSV. Google Forms: the sheet of responses.
SurveyMonkey: All responses data, two header rows. LimeSurvey: question codes, answer codes. Qualtrics: three header rows.
"""

import csv
import datetime
import json
import re

import pytest

import surveykit as sk

openpyxl = pytest.importorskip("openpyxl")

SEX = [1, 2, 2, 1, 1, 2, 2, 1, 2, 1, 2, 1]
AGE = [34, 51, 28, 63, 45, 19, 72, 38, 56, 41, 30, 25]
TRUST = [4, 5, None, 2, 3, 1, 5, 4, 99, 2, 3, 4]  # 99: don't know
MEDIA = ["tv", "tv radio", "", "radio", "tv web", "web", "tv", "radio web", "tv radio web", "web", "", "tv"]
WEIGHT = [1.25, 0.75, 1.0, 1.5, 0.5, 1.0, 2.0, 0.25, 1.0, 1.0, 1.75, 1.0]
DAY = [datetime.datetime(2023, 5, 1, 9, 30) + datetime.timedelta(hours=7 * number) for number in range(12)]
CHILDREN = {1: [("boy", 4), ("girl", 7)], 4: [("girl", 2)], 12: [("boy", 1)]}
OPTIONS = ("tv", "radio", "web")


def chosen(option):
    return [option in given.split() for given in MEDIA]


def as_answers(column):
    return [None if cell != cell else cell for cell in column]


def save(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


# KoboToolbox and ODK


def xlsform(path):
    survey = [
        ["type", "name", "label::English (en)", "label::Русский (ru)"],
        ["start", "start", None, None],
        ["begin_group", "demo", "About you", "О вас"],
        ["select_one sex", "sex", "Sex", "Пол"],
        ["integer", "age", "Age in years", "Возраст"],
        ["end_group", None, None, None],
        ["begin_repeat", "child", "Children", "Дети"],
        ["select_one kid", "kid", "Boy or girl?", "Мальчик или девочка?"],
        ["integer", "child_age", "Age of the child", "Возраст ребёнка"],
        ["end_repeat", None, None, None],
        ["begin_group", "views", "Your views", "Ваше мнение"],
        ["select_one trust", "trust", "How much do you trust the akim?", "Насколько Вы доверяете акиму?"],
        ["select_multiple media", "media", "Where do you get news?", "Откуда Вы узнаёте новости?"],
        ["end_group", None, None, None],
    ]
    lists = {
        "sex": [("1", "Male", "Мужской"), ("2", "Female", "Женский")],
        "kid": [("boy", "Boy", "Мальчик"), ("girl", "Girl", "Девочка")],
        "trust": [("1", "Not at all", "Совсем нет"), ("2", "Little", "Мало"), ("3", "Some", "Отчасти"),
                  ("4", "Much", "Во многом"), ("5", "Fully", "Полностью"), ("99", "Don't know", "Не знаю")],
        "media": [("tv", "Television", "Телевидение"), ("radio", "Radio", "Радио"), ("web", "Internet", "Интернет")],
    }  # fmt: skip
    choices = [["list_name", "name", "label::English (en)", "label::Русский (ru)"]]
    choices += [[name, *option] for name, options in lists.items() for option in options]
    return save(path, survey=survey, choices=choices, settings=[["form_title"], ["Ili 2023"]])


def kobo(path, *, typed):
    """Kobo writes numbers as texts or as numbers, as the user ticks "Store date and number responses as text"."""
    head = [
        "start", "demo/sex", "demo/age", "views/trust", "views/media", *(f"views/media/{one}" for one in OPTIONS),
        "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__",
        "_tags", "_index",
    ]  # fmt: skip
    rows: list[list[object]] = [head]
    for place in range(12):
        ticks = [int(chosen(one)[place]) if MEDIA[place] else None for one in OPTIONS]
        rows.append([
            f"{DAY[place]:%Y-%m-%dT%H:%M:%S}.000+06:00", SEX[place], AGE[place], TRUST[place], MEDIA[place] or None,
            *ticks, 7000 + place, f"3f1a-{place:02d}", DAY[place], None, None, "submitted_via_web", "team1", "vQx7",
            None, place + 1,
        ])  # fmt: skip
    if not typed:
        rows = [[None if cell is None else str(cell) for cell in row] for row in rows]
    repeats = [["child/kid", "child/child_age", "_index", "_parent_table_name", "_parent_index", "_submission__id"]]
    for parent, kids in CHILDREN.items():
        repeats += [[*kid, len(repeats) + at, "Ili 2023", parent, 7000 + parent - 1] for at, kid in enumerate(kids)]
    return save(path, **{"Ili 2023": rows, "child": repeats})


@pytest.mark.parametrize("typed", [True, False])
def test_a_field_team_reads_kobo_in_two_calls(tmp_path, typed):
    answers, form = kobo(tmp_path / "answers.xlsx", typed=typed), xlsform(tmp_path / "form.xlsx")
    with pytest.warns(sk.SurveyKitWarning) as said:
        book = sk.read_xlsform(form)
        survey = sk.read_excel(answers, codebook=book)
    words = " ".join(str(one.message) for one in said)
    assert "the codebook describes kid, child_age, which 'answers.xlsx' does not have" in words  # in another sheet
    assert 'views/trust: 99 (labelled "Don\'t know"; 1 answers)' in words and len(said) == 2
    data = survey.data
    assert as_answers(data["demo/sex"]) == SEX and as_answers(data["demo/age"]) == AGE
    assert as_answers(data["views/trust"]) == TRUST
    for option in OPTIONS:
        expected = [int(tick) if given else None for tick, given in zip(chosen(option), MEDIA)]
        assert as_answers(data[f"views/media/{option}"]) == expected
    assert [text if isinstance(text, str) else "" for text in data["views/media"]] == MEDIA
    assert data["_submission_time"].tolist() == DAY and data["start"].tolist() == DAY
    assert data["_id"].tolist() == list(range(7000, 7012))
    trust = survey.codebook["views/trust"]
    assert trust.ask("ru") == "Насколько Вы доверяете акиму?" and trust.label(5, "en") == "Fully"
    assert survey.codebook["demo/sex"].label(2, "ru") == "Женский"
    counts = sk.count_responses(survey, survey.codebook.response_sets["views/media"], lang="en").table
    assert dict(zip(counts["level"], counts["n"])) == {
        f"Where do you get news?: {option}": n for option, n in (("Television", 6), ("Radio", 4), ("Internet", 5))
    }
    assert any("the repeats stand in sheets of their own" in note for note in survey.provenance.notes)


def with_labels(path, lang, groups):
    """Kobo's export with "Labels" for values and headers; groups are put before them when the user ticks so."""
    asked = {
        "sex": ("Sex", "Пол"), "age": ("Age in years", "Возраст"), "media": ("Where do you get news?", "Откуда Вы узнаёте новости?"),
        "trust": ("How much do you trust the akim?", "Насколько Вы доверяете акиму?"), "demo": ("About you", "О вас"),
        "views": ("Your views", "Ваше мнение"), "tv": ("Television", "Телевидение"), "radio": ("Radio", "Радио"),
        "web": ("Internet", "Интернет"),
    }  # fmt: skip
    at = ("en", "ru").index(lang)
    words = ({1: "Male", 2: "Female"}, {1: "Мужской", 2: "Женский"})[at]
    scale = (WORDS, dict(zip(WORDS, ("Совсем нет", "Мало", "Отчасти", "Во многом", "Полностью", "Не знаю"))))[at]

    def head(group, *parts):
        return "/".join(asked[part][at] for part in ((group, *parts) if groups else parts))

    rows: list[list[object]] = [[
        "start", head("demo", "sex"), head("demo", "age"), head("views", "trust"), head("views", "media"),
        *(head("views", "media", one) for one in OPTIONS), "_id", "_index",
    ]]  # fmt: skip
    for place in range(12):
        ticks = [int(chosen(one)[place]) if MEDIA[place] else None for one in OPTIONS]
        joined = ", ".join(asked[one][at] for one in MEDIA[place].split()) or None
        rows.append([f"{DAY[place]:%Y-%m-%dT%H:%M:%S}.000+06:00", words[SEX[place]], AGE[place], scale.get(TRUST[place]),
                     joined, *ticks, 7000 + place, place + 1])  # fmt: skip
    return save(path, Ili=rows), rows[0]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("groups", [False, True])
def test_kobos_labels_in_header_and_cells_find_their_form(tmp_path, lang, groups):
    answers, head = with_labels(tmp_path / "answers.xlsx", lang, groups)
    with pytest.warns(sk.SurveyKitWarning) as said:
        survey = sk.read_excel(answers, codebook=xlsform(tmp_path / "form.xlsx"))
    words = " ".join(str(one.message) for one in said)
    assert "the codebook describes kid, child_age, which 'answers.xlsx' does not have" in words and len(said) == 2
    data, book = survey.data, survey.codebook
    assert list(data) == head
    assert as_answers(data[head[1]]) == SEX and as_answers(data[head[2]]) == AGE and as_answers(data[head[3]]) == TRUST
    assert book[head[1]].label(2, "ru") == "Женский" and book[head[3]].ask("en") == "How much do you trust the akim?"
    counts = sk.count_responses(survey, book.response_sets[head[4]], lang="en").table
    assert counts["n"].tolist() == [6, 4, 5]
    assert any("such as" in note and repr(head[1]) in note for note in survey.provenance.notes)


def test_one_question_in_two_columns_or_of_two_variables_is_not_guessed(tmp_path):
    book = sk.Codebook.of([
        sk.Variable("other", {"en": "Other, specify"}), sk.Variable("more", {"en": "Other,  Specify"}),
        sk.Variable("age", {"en": "Age"}), sk.Variable("sex", {"en": "Sex"}),
    ])  # fmt: skip
    path = write_csv(tmp_path / "a.csv", [["Other, specify", "He/Age", "She/Age", "Sex"], ["x", 40, 38, 1]])
    with pytest.warns(sk.SurveyKitWarning, match="the codebook describes other, more, age, which"):
        survey = sk.read_csv(path, codebook=book)
    assert survey.codebook["He/Age"].ask() == "He/Age" and survey.codebook["Sex"].ask() == "Sex"


def test_kobos_repeats_are_a_sheet_of_their_own(tmp_path):
    answers, form = kobo(tmp_path / "answers.xlsx", typed=True), xlsform(tmp_path / "form.xlsx")
    with pytest.warns(sk.SurveyKitWarning, match="which 'answers.xlsx' does not have"):
        children = sk.read_survey(answers, sheet="child", codebook=form)
    data = children.data
    assert data["child/kid"].tolist() == ["boy", "girl", "girl", "boy"] and data["child/child_age"].tolist() == [
        4,
        7,
        2,
        1,
    ]
    assert data["_parent_index"].tolist() == [1, 1, 4, 12] and data["_parent_table_name"].tolist() == ["Ili 2023"] * 4
    assert children.codebook["child/kid"].label("girl", "ru") == "Девочка"


def test_odk_central_as_csv(tmp_path):
    head = ["SubmissionDate", "start", "demo-sex", "demo-age", "views-trust", "views-media",
            *(f"views-media/{one}" for one in OPTIONS), "KEY"]  # fmt: skip
    rows: list[list[object]] = [head]
    for place in range(12):
        ticks = [int(chosen(one)[place]) if MEDIA[place] else "" for one in OPTIONS]
        moment = f"{DAY[place]:%Y-%m-%dT%H:%M:%S}.000Z"
        trust = "" if TRUST[place] is None else TRUST[place]
        rows.append([moment, moment, SEX[place], AGE[place], trust, MEDIA[place], *ticks, f"uuid:{place}"])
    path = write_csv(tmp_path / "form.csv", rows)
    with pytest.warns(sk.SurveyKitWarning):
        survey = sk.read_csv(path, codebook=xlsform(tmp_path / "form.xlsx"))
    assert as_answers(survey.data["views-trust"]) == TRUST and survey.data["SubmissionDate"].tolist() == DAY
    assert survey.codebook["views-trust"].label(5, "ru") == "Полностью"
    assert survey.codebook.response_sets["views-media"].items == tuple(f"views-media/{one}" for one in OPTIONS)


# Google Forms


WORDS = {1: "Not at all", 2: "Little", 3: "Some", 4: "Much", 5: "Fully", 99: "Don't know"}
SPOKEN = {"tv": "Television", "radio": "Radio", "web": "Internet"}


def test_google_forms_sheet_of_responses(tmp_path):
    asked = ["Timestamp", "Your sex", "Your age", "How much do you trust the akim?", "Where do you get news?"]
    rows = [asked]
    for place in range(12):
        rows.append([
            DAY[place], {1: "Male", 2: "Female"}[SEX[place]], AGE[place], WORDS.get(TRUST[place]),
            ", ".join(SPOKEN[one] for one in MEDIA[place].split()) or None,
        ])  # fmt: skip
    path = save(tmp_path / "responses.xlsx", **{"Form Responses 1": rows})
    data = sk.read_excel(path).data
    assert list(data) == asked and data["Timestamp"].tolist() == DAY and data["Your age"].tolist() == AGE
    trust = data["How much do you trust the akim?"]
    assert [None if cell != cell else cell for cell in trust] == [WORDS.get(code) for code in TRUST]
    split = sk.split_answers(sk.read_excel(path), "Where do you get news?")
    counts = sk.count_responses(split, sk.find_response_sets(split)["Where do you get news?"]).table
    assert dict(zip(counts["level"], counts["n"])) == {"Television": 6, "Radio": 4, "Internet": 5}


# SurveyMonkey


def surveymonkey_rows():
    first = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
             "Last Name", "Custom Data 1", "What is your sex?", "How old are you?", "Where do you get news?", None, None,
             "How much do you trust ...", None]  # fmt: skip
    second = [None] * 9 + [
        "Response",
        "Open-Ended Response",
        "Television",
        "Radio",
        "Internet",
        "the akim",
        "the court",
    ]
    rows: list[list[object]] = [first, second]
    for place in range(12):
        rows.append([
            11800000000 + place, 424242, DAY[place], DAY[place] + datetime.timedelta(minutes=9), "10.0.0.1", None, None,
            None, None, {1: "Male", 2: "Female"}[SEX[place]], AGE[place],
            *(SPOKEN[one] if chosen(one)[place] else None for one in OPTIONS), TRUST[place], SEX[place] + 1,
        ])  # fmt: skip
    return rows


def test_surveymonkeys_two_header_rows(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="99 .far from the other answers, 1 to 5; 1 answers"):
        survey = sk.read_excel(save(tmp_path / "monkey.xlsx", Sheet=surveymonkey_rows()))
    data = survey.data
    assert len(data) == 12 and data["Respondent ID"].tolist() == [11800000000 + place for place in range(12)]
    assert data["What is your sex?"].tolist() == [{1: "Male", 2: "Female"}[code] for code in SEX]
    assert data["How old are you?"].tolist() == AGE and data["Start Date"].tolist() == DAY
    assert as_answers(data["How much do you trust ... / the akim"]) == TRUST
    assert data["How much do you trust ... / the court"].tolist() == [code + 1 for code in SEX]
    assert data["Where do you get news? / Radio"].notna().tolist() == chosen("radio")


# LimeSurvey


def row(**cells):
    inside = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in cells.items())
    return f"<row>{inside}</row>"


QUESTIONS = [("1", "G", "sex", "Your sex", "Ваш пол"), ("2", "N", "age", "<p>Your <b>age</b></p>", "Ваш возраст"),
             ("3", "L", "trust", "How much do you trust the akim?", "Насколько Вы доверяете акиму?"),
             ("4", "M", "media", "Where do you get news?", "Откуда Вы узнаёте новости?"),
             ("5", "F", "rate", "Rate them", "Оцените их"), ("6", "X", "intro", "Thank you", "Спасибо"),
             ("7", "1", "two", "Then and now", "Тогда и сейчас")]  # fmt: skip
PARTS = [("41", "4", "tv", "Television", "Телевидение"), ("42", "4", "radio", "Radio", "Радио"),
         ("43", "4", "web", "Internet", "Интернет"), ("51", "5", "SQ001", "the akim", "акима"),
         ("71", "7", "SQ001", "the court", "суд")]  # fmt: skip
ANSWERS = [("3", "0", code, text) for code, text in WORDS.items()] + [
    ("5", "0", "A1", "Good"), ("5", "0", "A2", "Bad"), ("7", "0", "1", "Low"), ("7", "0", "2", "High"),
    ("7", "1", "1", "Fell"), ("7", "1", "2", "Rose"),
]  # fmt: skip


def lss(path, *, old):
    """The structure as releases up to 3 write it (texts in the rows, one per language) or since 4 (texts beside)."""
    tables: dict[str, list[str]] = {"answers": [], "questions": [], "subquestions": []}
    beside: dict[str, list[str]] = {"question_l10ns": [], "answer_l10ns": []}
    for qid, kind, title, english, russian in QUESTIONS:
        about = {"qid": qid, "parent_qid": "0", "type": kind, "title": title, "other": "Y" if title == "trust" else "N"}
        for lang, text in (("en", english), ("ru", russian)):
            if old:
                tables["questions"].append(row(**about, question=text, language=lang))
            else:
                beside["question_l10ns"].append(row(qid=qid, question=text, language=lang))
        tables["questions"] += [] if old else [row(**about)]
    for order, (qid, parent, title, english, russian) in enumerate(PARTS):
        about = {
            "qid": qid,
            "parent_qid": parent,
            "title": title,
            "question_order": order,
            "scale_id": "0",
            "type": "T",
        }
        for lang, text in (("en", english), ("ru", russian)):
            if old:
                tables["subquestions"].append(row(**about, question=text, language=lang))
            else:
                beside["question_l10ns"].append(row(qid=qid, question=text, language=lang))
        tables["subquestions"] += [] if old else [row(**about)]
    for aid, (qid, scale, code, text) in enumerate(ANSWERS):
        about = {"qid": qid, "code": code, "sortorder": aid, "scale_id": scale}
        if old:
            tables["answers"].append(row(**about, answer=text, language="en"))
        else:
            tables["answers"].append(row(aid=aid, **about))
            beside["answer_l10ns"].append(row(aid=aid, answer=text, language="en"))
    body = "".join(
        f"<{name}><fields/><rows>{''.join(rows)}</rows></{name}>" for name, rows in {**tables, **beside}.items() if rows
    )
    title = row(surveyls_survey_id="1", surveyls_language="en", surveyls_title="Ili 2023")
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
        f" <DBVersion>{350 if old else 630}</DBVersion><languages><language>en</language><language>ru</language>"
        f"</languages>{body}<surveys_languagesettings><rows>{title}</rows></surveys_languagesettings></document>",
        encoding="utf-8",
    )
    return path


def limesurvey_csv(path):
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", "sex", "age", "trust", "trust[other]",
            *(f"media[{one}]" for one in OPTIONS), "rate[SQ001]", "two[SQ001][1]", "two[SQ001][2]"]  # fmt: skip
    rows: list[list[object]] = [head]
    for place in range(12):
        rows.append([
            place + 1, f"{DAY[place]:%Y-%m-%d %H:%M:%S}", 3, "en", 991 + place, "MF"[SEX[place] - 1], AGE[place],
            "-oth-" if place == 2 else TRUST[place], "the district" if place == 2 else "",
            *("Y" if chosen(one)[place] else "" for one in OPTIONS), f"A{SEX[place]}", SEX[place], 3 - SEX[place],
        ])  # fmt: skip
    return write_csv(path, rows)


@pytest.mark.parametrize("old", [True, False])
def test_limesurvey_with_its_structure(tmp_path, old):
    with pytest.warns(sk.SurveyKitWarning, match='labelled "Don\'t know"; 1 answers'):
        survey = sk.read_csv(limesurvey_csv(tmp_path / "results.csv"), codebook=lss(tmp_path / "form.lss", old=old))
    data, book = survey.data, survey.codebook
    assert data["age"].tolist() == AGE and data["sex"].tolist() == ["MF"[code - 1] for code in SEX]
    assert data["trust"].tolist() == ["-oth-" if place == 2 else str(TRUST[place]) for place in range(12)]
    assert book["trust"].ask("ru") == "Насколько Вы доверяете акиму?" and book["trust"].label("5", "en") == "Fully"
    assert book["age"].ask("en") == "Your age" and book["sex"].label("F", "ru") == "Женский"
    assert book["rate[SQ001]"].ask("en") == "Rate them: the akim" and book["rate[SQ001]"].label("A2", "en") == "Bad"
    assert book["two[SQ001][2]"].label(2, "en") == "Rose" and book["two[SQ001][1]"].label(2, "en") == "High"
    assert "intro" not in book and book.title == {"en": "Ili 2023"}
    counts = sk.count_responses(survey, sk.find_response_sets(survey)["media"], lang="en").table
    assert counts["n"].tolist() == [6, 4, 5]


@pytest.mark.parametrize("signs", ["_{}", ".{}."])
def test_limesurveys_columns_as_spss_and_r_name_them(tmp_path, signs):
    path = limesurvey_csv(tmp_path / "results.csv")
    head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(re.sub(r"\[(\w+)\]", lambda found: signs.format(found[1]), head) + "\n" + rest, encoding="utf-8")
    with pytest.warns(sk.SurveyKitWarning, match='labelled "Don\'t know"') as said:
        survey = sk.read_csv(path, codebook=lss(tmp_path / "form.lss", old=False))
    assert len(said) == 1
    book = survey.codebook
    names = ["media" + signs.format(one) for one in OPTIONS]
    assert book["rate" + signs.format("SQ001")].label("A2", "en") == "Bad" and book[names[0]].ask("en").endswith(
        "Television"
    )
    assert book["two" + signs.format("SQ001") + signs.format("2")].label(2, "en") == "Rose"
    assert book.response_sets["media"].items == tuple(names)
    assert sk.count_responses(survey, sk.find_response_sets(survey)["media"], lang="en").table["n"].tolist() == [
        6,
        4,
        5,
    ]


@pytest.mark.parametrize("name", ["media[{}]", "media_{}"])
@pytest.mark.parametrize("not_ticked", ["", "N"])
def test_limesurveys_sets_are_found_without_the_questionnaire(tmp_path, name, not_ticked):
    rows: list[list[object]] = [["id", *map(name.format, OPTIONS), name.format("other")]]
    rows += [[at, *("Y" if chosen(one)[at] else not_ticked for one in OPTIONS), "fax" * (at == 3)] for at in range(12)]
    survey = sk.read_csv(write_csv(tmp_path / "a.csv", rows))
    found = sk.find_response_sets(survey)
    assert list(found) == ["media"] and sk.count_responses(survey, found["media"]).table["n"].tolist() == [6, 4, 5]


def test_options_whose_codes_are_numbers_are_not_one_option(tmp_path):
    """media[1] and media[2] are two columns of a questionnaire, and neither describes a column called media."""
    book = sk.Codebook.of([sk.Variable(f"media[{number}]", {"en": f"Option {number}"}) for number in (1, 2)])
    with pytest.warns(sk.SurveyKitWarning, match="does not have"):
        survey = sk.read_csv(write_csv(tmp_path / "a.csv", [["id", "x/media"], [1, "a"]]), codebook=book)
    assert survey.codebook["x/media"].ask() == "x/media"


# Qualtrics


def qsf(path):
    def question(number, tag, kind, selector, text, **more):
        payload = {"QuestionText": text, "DataExportTag": tag, "QuestionType": kind, "Selector": selector,
                   "QuestionID": f"QID{number}", "Language": [], **more}  # fmt: skip
        return {"SurveyID": "SV_1", "Element": "SQ", "PrimaryAttribute": f"QID{number}", "Payload": payload}

    trust = {str(key): {"Display": f"<b>{text}</b>"} for key, text in enumerate(WORDS.values(), 1)}
    recode = {str(key): str(code) for key, code in enumerate(WORDS, 1)}
    russian = {"RU": {"QuestionText": "Насколько Вы доверяете акиму?", "Choices": {"5": {"Display": "Полностью"}}}}
    elements = [
        {"Element": "BL", "Payload": [{"Type": "Trash", "BlockElements": [{"Type": "Question", "QuestionID": "QID9"}]}]},
        question(1, "sex", "MC", "SAVR", "Your sex", Choices={"1": {"Display": "Male"}, "2": {"Display": "Female"}}),
        question(2, "age", "TE", "SL", "Your&nbsp;age"),
        question(3, "trust", "MC", "SAHR", "How much do you trust the akim?", Choices=trust, RecodeValues=recode,
                 ChoiceOrder=["6", "1", "2", "3", "4", "5"], Language=russian),
        question(4, "media", "MC", "MAVR", "Where do you get news?",
                 Choices={"1": {"Display": "Television"}, "2": {"Display": "Radio"},
                          "3": {"Display": "Internet", "TextEntry": "true"}}),
        question(5, "rate", "Matrix", "Likert", "Rate them", SubSelector="SingleAnswer",
                 Choices={"1": {"Display": "the akim"}, "2": {"Display": "the court"}},
                 Answers={"1": {"Display": "Good"}, "2": {"Display": "Bad"}}),
        question(6, "intro", "DB", "TB", "Thank you"), question(9, "thrown", "TE", "SL", "Thrown away"),
    ]  # fmt: skip
    entry = {"SurveyID": "SV_1", "SurveyName": "Ili 2023", "SurveyLanguage": "EN"}
    path.write_text(json.dumps({"SurveyEntry": entry, "SurveyElements": elements}), encoding="utf-8")
    return path


def qualtrics_csv(path):
    head = ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId", "sex", "age", "trust", "media_1",
            "media_2", "media_3", "media_3_TEXT", "rate_1", "rate_2"]  # fmt: skip
    asked = ["Start Date", "End Date", "Response Type", "Progress", "Finished", "Response ID", "Your sex", "Your age",
             "How much do you trust the akim?", *(f"Where do you get news? - Selected Choice - {one}" for one in
             SPOKEN.values()), "Where do you get news? - Internet - Text", "Rate them - the akim",
             "Rate them - the court"]  # fmt: skip
    rows: list[list[object]] = [head, asked, [json.dumps({"ImportId": f"QID{place}"}) for place in range(len(head))]]
    for place in range(12):
        ticks = [1 if chosen(one)[place] else "" for one in OPTIONS]
        moment = f"{DAY[place]:%Y-%m-%d %H:%M:%S}"
        rows.append([moment, moment, 0, 100, 1, f"R_{place:03d}", SEX[place], AGE[place], TRUST[place], *ticks,
                     "news.kz" if place == 4 else "", SEX[place], 3 - SEX[place]])  # fmt: skip
    return write_csv(path, rows)


def test_qualtrics_with_its_questionnaire(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match='labelled "Don\'t know"; 1 answers'):
        survey = sk.read_csv(qualtrics_csv(tmp_path / "export.csv"), codebook=qsf(tmp_path / "form.qsf"))
    data, book = survey.data, survey.codebook
    assert data["sex"].tolist() == SEX and data["age"].tolist() == AGE and as_answers(data["trust"]) == TRUST
    assert book["trust"].label(99, "en") == "Don't know" and next(iter(book["trust"].labels)) == 99
    assert book["trust"].ask("ru") == "Насколько Вы доверяете акиму?" and book["trust"].label(5, "ru") == "Полностью"
    assert book["rate_2"].ask("en") == "Rate them: the court" and book["rate_2"].label(2, "en") == "Bad"
    assert data["media_3_TEXT"].notna().sum() == 1 and "thrown" not in book and "intro" not in book
    counts = sk.count_responses(survey, book.response_sets["media"], lang="en").table
    assert counts["n"].tolist() == [6, 4, 5]


def test_qualtrics_choice_texts_become_codes(tmp_path):
    text = (qualtrics_csv(tmp_path / "export.csv")).read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(text))
    for record in rows[3:]:
        record[6], record[8] = {"1": "Male", "2": "Female"}[record[6]], WORDS.get(int(record[8] or 0), "")
        record[9:12] = [word if tick else "" for tick, word in zip(record[9:12], SPOKEN.values())]
        record[13:15] = [{"1": "Good", "2": "Bad"}[code] for code in record[13:15]]
    with pytest.warns(sk.SurveyKitWarning, match='labelled "Don\'t know"; 1 answers'):
        survey = sk.read_csv(write_csv(tmp_path / "words.csv", rows), codebook=qsf(tmp_path / "form.qsf"))
    assert survey.data["sex"].tolist() == SEX and as_answers(survey.data["trust"]) == TRUST
    assert as_answers(survey.data["media_2"]) == [1 if tick else None for tick in chosen("radio")]
