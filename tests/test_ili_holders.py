"""The study of Ili district on five made-up files of other holders: it runs, and says nothing that a file makes false."""

import html
import re
from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk
from surveykit.files.reading import hash_file
from tests.holders_files import HOLDERS

pytestmark = [
    pytest.mark.slow,  # a study from end to end, nine times
    pytest.mark.filterwarnings("ignore::surveykit.SurveyKitWarning"),  # one unit without an interval is what is tested
]

STUDY = Path(__file__).parent.parent / "analysis" / "ili_district"
IN_OTHER_LANGUAGES = [
    ("one of ten", "kk"),
    ("other codes", "ru"),
    ("two against three", "kk"),
    ("thirty villages", "ru"),
]


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """The study as it is shipped, with fewer formats of files."""
    folder = tmp_path_factory.mktemp("study") / "ili_district"
    folder.mkdir()
    for name in ("study.toml", "instrument.toml", "claims.csv"):
        (folder / name).write_bytes((STUDY / name).read_bytes())
    text = (folder / "study.toml").read_text(encoding="utf-8")
    shorter = text.replace("seed = ", 'formats = ["csv", "svg"]\nseed = ', 1)
    (folder / "study.toml").write_text(shorter, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "margins.csv").write_bytes((STUDY / "data" / "margins.csv").read_bytes())
    return folder


@pytest.fixture(scope="module")
def run(study, tmp_path_factory):
    """Return the run of a holder's file in a language, made once."""
    done: dict[tuple[str, str], sk.replication.study.StudyRun] = {}

    def once(name: str, lang: str = "en"):
        if (name, lang) not in done:
            folder = tmp_path_factory.mktemp("holder")
            file = HOLDERS[name](folder)
            done[name, lang] = sk.replicate_study(study, data=file, out=folder / "out", lang=lang)
        return done[name, lang]

    return once


def text_of(run, name: str = "report.html") -> str:
    """Return a page as its reader sees it."""
    page = (run.folder / name).read_text(encoding="utf-8")
    bare = re.sub(r"(?s)<(style|script|svg).*?</\1>|data:[^\"]*", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def table(run, name: str) -> pd.DataFrame:
    return pd.read_csv(run.folder / "tables" / f"{name}.csv")


@pytest.mark.parametrize(
    ("name", "succeeds", "findings"),
    [
        ("two against three", True, {"undecided", "reproduced"}),
        ("one of ten", False, {"undecided"}),
        ("thirty villages", True, {"undecided"}),
        ("three items", False, {"differs"}),
        ("other codes", True, {"reproduced"}),
    ],
)
def test_what_becomes_of_each_file(run, name, succeeds, findings):
    done = run(name)
    assert done.succeeded == succeeds
    assert {done.ledger[claim].verdict for claim in ("ILI-03", "ILI-04")} == findings
    assert bool(done.refused) == (name == "one of ten")


UNITS = {"two against three": (5, 2, 3, 150), "one of ten": (10, 1, 9, 300), "thirty villages": (10, 3, 7, 360),
         "three items": (10, 5, 5, 300), "other codes": (12, 6, 6, 360)}  # fmt: skip
WAVES = {"two against three": {"2024"}, "one of ten": {"2021"}, "thirty villages": {"2023"}, "three items": {"2022"},
         "other codes": {"2022", "2025"}}  # fmt: skip


@pytest.mark.parametrize(("name", "lang"), [*((name, "en") for name in HOLDERS), *IN_OTHER_LANGUAGES])
def test_no_sentence_is_one_of_other_data(run, name, lang):
    done = run(name, lang)
    units, elected, appointed, n = UNITS[name]
    page = text_of(done)
    assert "SIMULATED" not in page and "simulated" not in page
    said = {"en": f"{n} respondents in {units} such units: “elected” {elected}, “appointed” {appointed}.",
            "ru": f"Респондентов: {n}. Сельских округов: {units}, из них «избран»: {elected}, «назначен»: {appointed}.",
            "kk": f"Респонденттер саны: {n}. Ауылдық округтер саны: {units}, оның ішінде «сайланған»: {elected},"}  # fmt: skip
    assert said[lang] in page
    for pattern in (
        r"\{\w+\}",
        r"252 (ways|способ|тәсіл)",
        "thousand",
        "тысяч",
        "мың ",
        "ten settlements",
        "десят",
        "Он елді",
    ):
        assert not re.search(pattern, page), pattern
    titles = " ".join(one.caption for one in done.manifest.made)
    assert set(re.findall(r"\b20\d\d\b", titles)) == WAVES[name]


def test_questions_are_those_of_the_file(run):
    page = text_of(run("one of ten"))
    assert "Прямые выборы акима — это хорошо для нашего села?" in page
    items = table(run("one of ten"), "table_14_items").set_index("study_item")
    assert items.loc["elections_good", "file_column"] == "q1"
    assert (
        items.loc["elections_good", "study_question"]
        == "It is good for our village that residents elect the akim themselves."
    )
    assert page.count("It is good for our village that residents elect") == 1, "outside that table the file's own stand"
    assert "Полностью не согласен" in page and "Strongly disagree" not in page
    assert "Хорошо, что жители выбирают акима" in text_of(run("two against three"))


def test_one_elected_unit_of_ten_gets_a_report_without_a_comparison(run):
    done, page = run("one of ten"), text_of(run("one of ten"))
    names = {path.stem for path in (done.folder / "tables").glob("*.csv")}
    assert {"table_1_sample", "table_3b_participation", "table_4_elected", "table_5_feasibility"} <= names
    assert "table_6_differences" not in names and not list((done.folder / "figures").glob("figure_4*"))
    assert "The comparison is refused. Feasibility of the comparison: cannot answer." in page
    assert "more respondents there do not help" in page
    assert "One unit is “elected”: what its residents answered has no interval" in page
    checks = table(done, "table_5_feasibility").set_index("check")["value"]
    assert float(checks["smallest p, two-sided"]) == 0.1  # one of ten ways to choose the unit
    shares = table(done, "table_4_elected")
    assert shares.loc[shares["group"] == "elected", "conf_low"].isna().all()
    shown = shares[(shares["group"] == "appointed") & shares["estimate"].notna()]  # the others are hidden
    assert len(shown) and shown["conf_low"].notna().all()
    assert "has one, of 10" in done.refused[0]


def test_the_estimates_are_those_of_the_file(run, tmp_path):
    """Weighted means by pandas from the very file."""
    HOLDERS["thirty villages"](tmp_path)
    frame = pd.read_csv(tmp_path / "field.csv")
    found = table(run("thirty villages"), "table_3_perceptions").set_index(["outcome", "group"])["estimate"]
    means = frame.groupby("is_elected")[["more_participation", "influence"]].mean()
    for outcome in means:
        assert found[outcome, "elected"] == pytest.approx(means.loc[1, outcome], abs=1e-9)
        assert found[outcome, "appointed"] == pytest.approx(means.loc[0, outcome], abs=1e-9)


def test_thirty_villages_in_ten_units_are_ten_akims(run):
    verdicts = table(run("thirty villages"), "table_5_feasibility")
    assert set(zip(verdicts["n_group"], verdicts["n_baseline"])) == {(3, 7)}
    assert set(verdicts["verdict"]) == {"fragile"}
    assert "village U" not in text_of(run("thirty villages"))


def test_what_a_file_lacks_is_said_and_the_rest_is_made(run):
    done, page = run("three items"), text_of(run("three items"))
    assert (
        "The scale trust is not computed, because the file has no trust_kenes, trust_maslikhat, trust_district" in page
    )
    assert "The file has no weight (base_weight): every respondent counts the same." in page
    assert "Left out, because the file has no gatherings, contacted, will_vote: Taking part" in page
    assert {"table_6_differences", "table_4_elected"} <= {path.stem for path in (done.folder / "tables").glob("*.csv")}
    assert "adjusted" not in set(table(done, "table_6_differences")["term"]), "nothing is there to adjust for"
    assert all(sentence in page for sentence in done.left_out)


def test_texts_other_missing_codes_and_groups_of_its_own(run, tmp_path):
    done, file = run("other codes"), HOLDERS["other codes"](tmp_path)
    frame = pd.read_csv(file)
    late = frame[frame["Год"] == 2025]
    missing = table(done, "table_7_missing").set_index(["outcome", "reason"])["n"]
    assert missing["elections_good", "Don't know"] == (late["В1"] == "Затрудняюсь ответить").sum() > 0
    shares = table(done, "table_4_elected").set_index(["outcome", "level", "group"])["estimate"]
    answered = late[(late["Аким"] == "избран") & (late["В1"] != "Затрудняюсь ответить")]
    told = {
        key[1]: share for key, share in shares.items() if key[::2] == ("elections_good", "elected") and share == share
    }
    assert told, "all of its cells are hidden"
    for level, share in told.items():
        assert share == pytest.approx((answered["В1"] == level).mean(), abs=1e-9)
    waves = table(done, "table_8_waves")
    early = frame[(frame["Год"] == 2022) & (frame["Аким"] == "избран") & (frame["В3"] < 8)]
    row = waves[(waves["outcome"] == "trust_akim") & (waves["group"] == "2022, elected")]
    assert row["estimate"].tolist() == [pytest.approx(early["В3"].mean(), abs=1e-9)]
    pictures = {path.stem for path in (done.folder / "figures").glob("figure_2*.csv")}
    assert pictures == {"figure_2_perceptions", "figure_2_perceptions_2"}, "texts and numbers are two scales"


def test_the_same_bytes_twice_and_verified(study, run, tmp_path):
    first = run("other codes")
    file = HOLDERS["other codes"](tmp_path)
    sk.replicate_study(study, data=file, out=tmp_path / "out")
    for path in first.folder.rglob("*"):
        if path.is_file():
            assert hash_file(path) == hash_file(tmp_path / "out" / path.relative_to(first.folder)), path.name
    assert sk.verify_outputs(tmp_path / "out", study, data=file).succeeded
