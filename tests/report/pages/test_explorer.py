"""The page in which readers look around: what is in the file, what is not, and what a browser shows of it."""

import html
import json
import re
import shutil
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, ResponseSet, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning, WriteError
from surveykit.report.pages.explorer import write_explorer
from surveykit.survey import Provenance, Survey
from tests.report.conftest import HOSTILE
from tests.report.test_outsider import LEVELS, Outsider, random_survey

TRUST = {
    1: {"en": "No", "ru": "Нет", "kk": "Жоқ"},
    2: {"en": "Partly", "ru": "Отчасти", "kk": "Жартылай"},
    3: {"en": "Yes", "ru": "Да", "kk": "Иә"},
}
SEX = {1: {"en": "Man", "ru": "Мужчина", "kk": "Ер"}, 2: {"en": "Woman", "ru": "Женщина", "kk": "Әйел"}}


def survey(simulated: bool = True) -> Survey:
    """Forty persons in eight villages: of 20 men 10, 5 and 5 answer No, Partly, Yes; of 20 women 5, 5 and 10."""
    frame = pd.DataFrame(
        {
            "village": np.tile([f"S{at}" for at in range(8)], 5),
            "sex": np.repeat([1, 2], 20),
            "trust": np.repeat([1, 2, 3, 1, 2, 3], [10, 5, 5, 5, 5, 10]),
            "w": np.repeat([1.0, 3.0], 20),
            "age": np.arange(40) + 20,
            "own_words": [f"text {at}" for at in range(40)],
            "heard_a": np.tile([0, 1], 20),
            "heard_b": np.tile([1, 0], 20),
            "number": np.arange(40) * 7,
            "nothing": np.nan,
        }
    )
    book = Codebook.of(
        [
            Variable(
                "trust",
                {"en": "Do you trust?", "ru": "Доверяете ли Вы?", "kk": "Сенесіз бе?"},
                TRUST,
                missing={9: {"en": "refused", "ru": "отказ", "kk": "бас тартты"}},
                measure="ordinal",
                universe={"en": "adults", "ru": "взрослые", "kk": "ересектер"},
            ),
            Variable("sex", {"en": "Sex", "ru": "Пол", "kk": "Жынысы"}, SEX, measure="nominal"),
            Variable("age", {"en": "Age", "ru": "Возраст", "kk": "Жасы"}, measure="scale"),
        ]
    )
    book = replace(book, response_sets={"heard": ResponseSet("heard", ("heard_a", "heard_b"), 1)})
    return Survey(frame, book, Provenance("small.csv", simulated=simulated))


def design(simulated: bool = True) -> SurveyDesign:
    return SurveyDesign(survey(simulated), weight="w", cluster="village")


def shown(page: Path) -> dict:
    """What the script of the page reads."""
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found is not None
    return json.loads(found[1])


def column(content: dict, name: str) -> dict:
    return next(one for one in content["variables"] if one["id"] == name)


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    return write_explorer(design(), tmp_path_factory.mktemp("explorer") / "page.html")


def test_the_cells_are_the_weighted_shares_and_means(page):
    trust = column(shown(page), "trust")
    # 20 men count 1 each, 20 women 3: No is (10 + 15) / 80, Partly (5 + 15) / 80, Yes (5 + 30) / 80
    assert [one[0] for one in trust["cells"][""]["share"][0]] == [312, 250, 438]
    assert [[one[0] for one in group] for group in trust["cells"]["sex"]["share"]] == [[500, 250, 250], [250, 250, 500]]
    # (25 + 2 * 20 + 3 * 35) / 80 = 2.125, of men 35 / 20, of women 45 / 20
    assert trust["cells"][""]["mean"][0][0] == pytest.approx(2.125, abs=0.0051)
    assert [one[0] for one in trust["cells"]["sex"]["mean"]] == [1.75, 2.25]
    assert trust["cells"][""]["n"] == [[40, 8]] and trust["cells"]["sex"]["n"] == [[20, 8], [20, 8]]
    for low, estimate, high in [(one[1], one[0], one[2]) for one in trust["cells"][""]["share"][0]]:
        assert low < estimate < high


def test_what_is_shown_and_what_is_left_out_with_its_reason(page):
    content = shown(page)
    assert {one["id"]: one["show"] for one in content["variables"] if "cells" in one} == {
        "sex": ["share"], "trust": ["share", "mean"], "age": ["mean"],
    }  # fmt: skip
    assert {one["id"]: one["why"] for one in content["variables"] if "why" in one} == {
        "village": "design", "w": "weight", "own_words": "text", "heard_a": "set", "heard_b": "set",
        "number": "number", "nothing": "empty",
    }  # fmt: skip
    assert [one["id"] for one in content["groups"]] == ["sex"]
    assert list(column(content, "sex")["cells"]) == [""]  # sex by sex, or by another group, would be that group's cells
    text = page.read_text(encoding="utf-8")
    assert "text 7" not in text


def test_labels_stand_in_three_languages_and_simulated_is_said(page, tmp_path):
    content, text = shown(page), page.read_text(encoding="utf-8")
    assert column(content, "trust")["answers"][0] == [1, ["No", "Нет", "Жоқ"]]
    assert column(content, "trust")["missing"] == [[9, ["refused", "отказ", "бас тартты"]]]
    assert content["groups"][0]["levels"] == [["Man", "Мужчина", "Ер"], ["Woman", "Женщина", "Әйел"]]
    assert content["simulated"] and "SIMULATED: " in text and '<meta name="data-status" content="SIMULATED">' in text
    other = write_explorer(design(simulated=False), tmp_path / "other.html").read_text(encoding="utf-8")
    assert '<meta name="data-status"' not in other and "<title>SIMULATED" not in other
    assert any("8" in warning[0] for warning in content["warnings"])  # few clusters


def test_a_group_that_belongs_to_the_cluster_is_said_with_its_sides(tmp_path):
    frame = survey().frame.assign(akim=lambda here: here["village"].isin(["S0", "S1", "S2"]).astype(int))
    content = shown(write_explorer(SurveyDesign(frame, cluster="village"), tmp_path / "p.html", groups=["akim", "sex"]))
    assert {one["id"]: one["sides"] for one in content["groups"]} == {"akim": [5, 3], "sex": None}
    assert content["title"][0] == "Look around in the survey"


def test_the_page_opens_on_the_first_question_with_more_than_one_answer(tmp_path):
    yes, ordered = {1: {"en": "Yes"}, 2: {"en": "No"}}, {1: {"en": "low"}, 2: {"en": "high"}}
    frame = pd.DataFrame({"consent": 1, "adult": 1, "trust": np.tile([1, 2], 20)})
    book = Codebook.of(
        [Variable("consent", labels=yes), Variable("adult", labels=yes), Variable("trust", labels=ordered)]
    )
    assert shown(write_explorer(Survey(frame, book), tmp_path / "p.html"))["first"] == "trust"
    alike = write_explorer(Survey(frame[["consent", "adult"]], book), tmp_path / "p.html")
    assert shown(alike)["first"] == "consent"


def test_numbers_without_an_interval_are_one_line_and_the_page_says_the_rest(tmp_path, recwarn):
    # everybody of region 1 lives in village S0, so that nothing tells how villages of it differ
    frame = survey().frame.assign(region=lambda here: (here["village"] != "S0").astype(int) + 1)
    frame = pd.concat([frame] * 6, ignore_index=True)
    made = SurveyDesign(frame[["village", "region", "trust", "sex"]], cluster="village")
    content = shown(write_explorer(made, tmp_path / "p.html", questions=["trust", "sex"], groups="region"))
    region = column(content, "trust")["cells"]["region"]
    assert region["mean"][0][1:] == [None, None] and None not in region["mean"][1]
    said = [str(one.message) for one in recwarn if issubclass(one.category, SurveyKitWarning)]
    # of region 1: three shares and a mean of trust, two shares and a mean of sex; as many of region 2 and of everybody
    assert said == ["7 of the 21 numbers of the page have no interval, which it says beside each of them"]


def test_the_page_says_which_codes_of_no_answer_count_as_answers(tmp_path):
    frame = pd.DataFrame(
        {"trust": np.tile([1, 2, 3, 4, 99], 20), "rating": np.tile([1, 2, 3, 4, 8], 20), "sex": np.repeat([1, 2], 50)}
    )
    book = Codebook.of([Variable("rating", missing={8: "unsure"}), Variable("sex", labels=SEX)])
    with pytest.warns(SurveyKitWarning):
        content = shown(write_explorer(SurveyDesign(Survey(frame, book)), tmp_path / "p.html", groups="sex"))
    assert {one["id"]: one["doubtful"] for one in content["variables"] if "doubtful" in one} == {
        "trust": [99],
        "rating": [8],
    }
    assert any("Columns with such codes: 2" in one[0] for one in content["warnings"])
    declared = Survey(frame[["rating", "sex"]], book).with_missing_codes()
    assert '"doubtful":[' not in write_explorer(declared, tmp_path / "p.html", groups="sex").read_text(encoding="utf-8")


def test_the_same_survey_gives_the_same_bytes_and_is_replaced(tmp_path):
    first = write_explorer(design(), tmp_path / "p.html").read_bytes()
    assert write_explorer(design(), tmp_path / "p.html").read_bytes() == first
    (tmp_path / "p.html").write_bytes(first + b"mine")
    with pytest.raises(WriteError):
        write_explorer(design(), tmp_path / "p.html", title="other")
    assert (tmp_path / "p.html").read_bytes() == first + b"mine"


@pytest.mark.parametrize(
    ("wrong", "kind", "said"),
    [
        ({"path": "p.pdf"}, WriteError, "must end in one of .html, but 'p.pdf' was given"),
        ({"questions": ["trusst"]}, ColumnError, "`questions` names 'trusst', which is not a column; did you mean 'trust'"),
        ({"questions": ["own_words"]}, ArgumentError, "`questions` names 'own_words', which cannot be shown"),
        ({"groups": ["nothing"]}, ArgumentError, "which has 0 different values; a group has 2 to 30"),
        ({"groups": ["number"]}, ArgumentError, "which has 40 different values"),
        ({"groups": ["sexx"]}, ColumnError, "`groups` names 'sexx'"),
        ({"lang": "de"}, ArgumentError, "`lang` must be one of"),
        ({"confidence": 95}, ArgumentError, "`confidence`"),
        ({"minimum_n": 0}, ArgumentError, "`minimum_n` must be a whole number of respondents"),
        ({"questions": ["sex"], "groups": ["sex"], "minimum_n": 21}, ArgumentError, "is a question and a group"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(tmp_path, wrong, kind, said):
    call = {"path": "p.html"} | wrong
    with pytest.raises(kind, match=re.escape(said)):
        write_explorer(design(), tmp_path / call.pop("path"), **call)
    assert list(tmp_path.iterdir()) == []


def test_a_survey_without_answers_to_show_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="no column of the survey holds answers to show"):
        write_explorer(Survey(pd.DataFrame({"id": np.arange(40) * 3})), tmp_path / "p.html")


@pytest.mark.parametrize("seed", range(6))
def test_an_outsider_learns_no_hidden_cell_from_the_page(seed, tmp_path):
    frame = random_survey(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurveyKitWarning)
        book = Codebook.of([Variable("q", missing={8: "refused", 9: "unsure"})])
        made = SurveyDesign(Survey(frame, book).with_missing_codes())
        content = shown(write_explorer(made, tmp_path / "p.html", questions="q", groups=["v", "akim"]))
    cells, outsider = column(content, "q")["cells"], Outsider(frame)
    hidden = []
    for by, place in cells.items():
        names = next((one["levels"] for one in content["groups"] if one["id"] == by), ["all"])
        for name, answers, mean, size in zip(names, place["share"], place["mean"], place["n"]):
            rows = [
                {"group": name, "level": level, "estimate": cell[0] / 1000, "n": size[0]}
                if isinstance(cell, list) and cell[0] is not None
                else {"group": name, "level": level, "n": 0, "hidden": isinstance(cell, str), "hidden_why": cell}
                for (level, _), cell in zip(column(content, "q")["answers"], answers)
            ]
            outsider.reads_shares(pd.DataFrame(rows).fillna({"hidden": False} if "hidden" in rows[0] else 0))
            hidden += [(name, row["level"]) for row in rows if row.get("hidden")]
            if isinstance(mean, list) and mean[0] is not None:  # rounded, so that it tells a range of sums
                what = outsider.counts(name, LEVELS, LEVELS)
                outsider.knows(what, (mean[0] - 0.0051) * size[0], (mean[0] + 0.0051) * size[0])
    asked = 0
    for name, level in hidden:
        inside = (frame["v"] == name) | (frame["akim"] == name)
        n, count = int((inside & frame["q"].isin(LEVELS)).sum()), int((inside & (frame["q"] == level)).sum())
        if count and (n < 10 or count < 5 or 0 < n - count < 5):
            least, greatest = outsider.ends(outsider.counts(name, (level,), (1,)))
            assert least <= count <= greatest and greatest - least >= 2, (name, level)
            asked += 1
    assert asked  # something was hidden, or the test shows nothing


def test_no_label_ends_the_script_or_becomes_markup(tmp_path):
    labels = {at: {"en": text} for at, text in enumerate(HOSTILE)}
    frame = pd.DataFrame({"q": np.repeat(np.arange(len(HOSTILE)), 6), "g": np.tile([0, 1], 3 * len(HOSTILE))})
    book = Codebook.of(
        [Variable("q", {"en": HOSTILE[0]}, labels), Variable("g", {"en": "--><!--"}, {0: "<b>", 1: "</script>"})]
    )
    path = write_explorer(SurveyDesign(Survey(frame, book)), tmp_path / "p.html", title="</title><script>x</script>")
    text = path.read_text(encoding="utf-8")
    assert text.count("<script") == 2 and text.count("</script>") == 2 and text.count("<title>") == 1
    assert column(shown(path), "q")["answers"][0][1] == HOSTILE[0]
    assert "eval(" not in text and "innerHTML" not in text


def test_the_policy_of_the_page_lets_its_own_script_run_and_nothing_else(page):
    text = page.read_text(encoding="utf-8")
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
    assert policy.startswith("default-src 'none'") and policy.count("'sha256-") == 2 and "unsafe" not in policy
    assert (
        not re.search(r"""(src|href)=["']?(https?:)?//""", text)
        and " style=" not in text
        and " on" not in re.sub(r"<script.*?</script>", "", text, flags=re.S).split("<body")[1].replace(" on ", " ")
    )


def test_a_hundred_questions_by_five_groups_stay_under_two_megabytes(tmp_path):
    rng = np.random.default_rng(3)
    labels = {
        code: {"en": f"answer number {code}", "ru": f"ответ номер {code}", "kk": f"{code} нөмірлі жауап"}
        for code in range(1, 6)
    }
    variables = [
        Variable(
            f"q{at}",
            {"en": f"Question {at} " * 8, "ru": f"Вопрос {at} " * 8, "kk": f"Сұрақ {at} " * 8},
            labels,
            measure="ordinal",
        )
        for at in range(100)
    ] + [Variable(f"g{at}", {"en": f"Group {at}"}, labels) for at in range(5)]
    frame = pd.DataFrame({one.name: rng.integers(1, 6, 800) for one in variables})
    made = SurveyDesign(Survey(frame, Codebook.of(variables)))
    path = write_explorer(made, tmp_path / "p.html", groups=[f"g{at}" for at in range(5)])
    assert len(shown(path)["groups"]) == 5 and path.stat().st_size < 2_000_000


CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: what a browser shows is not tried")


def seen(page: Path, state: str, profile: Path) -> str:
    """What stands in the page when its address ends in this state, without the script and its data."""
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--virtual-time-budget=3000",
         "--enable-logging=stderr", "--dump-dom", f"{page.as_uri()}#{state}"],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert b"CONSOLE" not in done.stderr, done.stderr.decode()
    return re.sub(r"<script.*?</script>", "", done.stdout.decode("utf-8"), flags=re.S)


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "there", "absent"),
    [
        ("q=trust&by=sex&show=share&lang=en", ["SIMULATED. Do you trust?", ">Woman<", ">50.0%<", "Who was asked: adults"], ["Доверяете"]),
        ("q=trust&by=&show=mean&lang=ru", ["Доверяете ли Вы?", ">2,12<", "Скопировать таблицу", 'lang="ru"'], ["Do you trust?", "50,0"]),
        ("q=age&lang=kk", [">Жасы<", "Кестені көшіру", "Респонденттер"], ["Copy the table"]),
        ("q=no_such&by=neither&show=both&lang=xx", ["<h2 id=\"asked\">Sex</h2>"], []),
        ("find=" + "%D0%B4%D0%BE%D0%B2%D0%B5%D1%80", ["Found: 1 of 10"], ["own_words</code>"]),
    ],
)  # fmt: skip
def test_a_browser_shows_what_the_address_says(page, tmp_path, state, there, absent):
    text = html.unescape(seen(page, state, tmp_path / "profile"))
    for one in there:
        assert one in text, one
    for one in absent:
        assert one not in text, one
    assert 'id="banner"' in text and "data:text/csv" in text


@needs_chromium
@pytest.mark.slow
def test_a_browser_shows_a_long_question_whole_in_the_heading_and_cut_in_the_list(tmp_path):
    block = "How much do you trust the people and bodies that govern the place where you live, on the whole: "
    frame = pd.DataFrame({name: np.tile([1, 2, 3, 99], 20) for name in ("akim", "kenes")})
    frame["region"], frame["village"] = np.repeat([1, 2], 40), np.repeat(["a", "b", "c", "d"], [40, 14, 13, 13])
    labels = {1: {"en": "a"}, 2: {"en": "b"}, 3: {"en": "c"}}
    book = Codebook.of([Variable(name, {"en": block + name}, labels) for name in ("akim", "kenes")])
    with pytest.warns(SurveyKitWarning):
        made = SurveyDesign(Survey(frame, book), cluster="village")
        path = write_explorer(made, tmp_path / "p.html", groups="region")
    text = seen(path, "q=kenes&by=region&show=share", tmp_path / "profile")
    assert f'<h2 id="asked">{block}kenes</h2>' in text and f">{block}kenes</option>" not in text
    assert re.search(r">How much do you trust[^<]{1,40}\u2026[^<]{1,40}: kenes</option>", text)
    assert '<span class="lacking">no interval</span>' in text and "No interval can be given for: 1." in text
    assert "count as answers: 99." in text


@needs_chromium
@pytest.mark.slow
def test_a_browser_runs_nothing_that_a_label_brings_along(tmp_path):
    evil = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    frame = pd.DataFrame({"q": np.repeat([1, 2], 20), "g": np.tile([1, 2], 20)})
    book = Codebook.of(
        [Variable("q", {"en": evil}, {1: evil, 2: "=1+1"}), Variable("g", {"en": evil}, {1: evil, 2: "b"})]
    )
    path = write_explorer(SurveyDesign(Survey(frame, book)), tmp_path / "p.html", groups="g", title=evil)
    text = seen(path, "q=q&by=g", tmp_path / "profile")
    assert "<img" not in text and "<title>taken" not in text and "&lt;img" in text
    assert "%22'%3D1%2B1%22" in text  # in the CSV no cell runs
