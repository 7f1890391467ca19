"""The Namibian replication, on its authors' file, against R's answers (tests/reference/namibia_reference.R) and against print."""

import itertools
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import surveykit as sk
from surveykit.replication.study import StudyRun

ROOT = Path(__file__).parent.parent
STUDY = ROOT / "analysis" / "namibia_leaders"
sys.path.insert(0, str(STUDY))
import authors_tests  # noqa: E402
import exact_table  # noqa: E402
import namibia_answers  # noqa: E402
import namibia_tables  # noqa: E402

pytestmark = pytest.mark.slow  # a study from end to end

sys.path.remove(str(STUDY))


@pytest.fixture(scope="module")
def in_r() -> dict:
    return json.loads((ROOT / "tests" / "reference" / "namibia_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def file(shared_data) -> Path:
    path = shared_data / "namibia_leaders" / "leadership.dta"
    if not path.is_file():
        pytest.skip("leadership.dta is not here; its authors publish it at github.com/IvoSteimanis/Leadership-Namibia")
    return path


@pytest.fixture(scope="module")
def survey(file) -> sk.Survey:
    return namibia_answers.read_answers(file)


@pytest.fixture(scope="module")
def leaders(survey) -> sk.SurveyDesign:
    return namibia_answers.leaders(survey)


@pytest.fixture(scope="module")
def villagers(survey) -> sk.SurveyDesign:
    return namibia_answers.villagers(survey)


def close(ours: dict, theirs: dict, names: tuple[str, ...], tol: float = 1e-9) -> None:
    for name in names:
        assert ours[name] == pytest.approx(theirs[name], rel=tol, abs=1e-12), name


class TestAnswers:
    def test_the_counts_are_those_of_r(self, survey, in_r):
        counts = namibia_answers.count_sample(survey)
        assert counts["sample.leaders"] == in_r["sample"]["leaders"] == 64
        assert counts["sample.villagers"] == in_r["sample"]["villagers"] == 384
        assert counts["sample.villages"] == in_r["sample"]["villages"] == 32
        assert counts["sample.villagers_per_village"] == 12
        assert counts["sample.months"] == ";".join(str(month) for month in in_r["sample"]["months"])

    def test_every_neutral_answer_was_a_dont_know(self, survey, in_r):
        table = namibia_answers.recoded_neutral(survey)
        assert (table["neutral"] == table["dont_know"]).all()
        assert table.set_index("item")["dont_know"].to_dict() == in_r["dont_know"]

    def test_dont_know_leaves_the_known_items_with_its_reason(self, survey, in_r):
        people = survey.keep_rows(survey.frame["id"] > 64, "villagers")
        for item, n in in_r["dont_know"].items():
            assert people.count_missing(item.replace("e_", "k_")).to_dict() == {8: n, "empty": 0}

    def test_leaders_have_no_answer_to_the_items(self, leaders):
        assert leaders.survey.frame[[*namibia_answers.ITEMS, *namibia_answers.KNOWN_ITEMS]].isna().all(axis=None)

    def test_five_chiefs_were_elected_and_every_villager_knows_how_the_chief_came_in(self, villagers, in_r):
        by_village = villagers.survey.frame.groupby("village")["chief_elected"].agg(["nunique", "first"])
        assert (by_village["nunique"] == 1).all()
        assert int(by_village["first"].sum()) == in_r["assignment"]["treated"] == 5

    def test_villages_have_numbers_not_names(self, survey):
        assert survey.codebook["village"].label(7, "en") == "V07"

    def test_every_column_used_has_texts_in_three_languages(self):
        book = sk.read_codebook(STUDY / "codebook.toml")
        for name in book:
            for texts in (book[name].question, *book[name].labels.values(), *book[name].missing.values()):
                assert set(texts) == {"en", "ru", "kk"}, name

    def test_another_stata_file_is_refused_by_name(self, tmp_path):
        pd.DataFrame({"id": [1.0], "village": [2.0]}).to_stata(tmp_path / "other.dta", write_index=False)
        with pytest.raises(sk.ColumnError, match=r"other.dta has no column 'DEL'.*IvoSteimanis/Leadership-Namibia"):
            namibia_answers.read_answers(tmp_path / "other.dta")


class TestAuthorsTests:
    """scipy and statsmodels against R, relative tolerance 1e-9."""

    NUMBERS = (
        "estimate",
        "std_error",
        "statistic",
        "df",
        "p_value",
        "p_greater",
        "p_less",
        "conf_low",
        "conf_high",
        "n",
    )

    def test_robust_difference(self, leaders, in_r):
        frame = leaders.survey.frame
        close(authors_tests.robust_difference(frame["dem7"], frame["DEL"]), in_r["dem7"], self.NUMBERS)

    @pytest.mark.parametrize(("panel", "stem"), [("A", "dem"), ("B", "pseudo")])
    @pytest.mark.parametrize("decision", [1, 2, 3, 4])
    def test_figure_1(self, leaders, in_r, panel, stem, decision):
        frame, theirs = leaders.survey.frame, in_r["figure1"][panel][decision - 1]
        close(authors_tests.robust_difference(frame[f"{stem}{decision}"], frame["DEL"]), theirs, self.NUMBERS)
        narrow = authors_tests.robust_difference(frame[f"{stem}{decision}"], frame["DEL"], confidence=0.90)
        assert narrow["conf_low"] == pytest.approx(theirs["conf90_low"], rel=1e-9, abs=1e-12)

    @pytest.mark.parametrize("outcome", ["nepotistic", "nepotisNR", "vengefulRN"])
    def test_figure_2(self, leaders, in_r, outcome):
        frame, theirs = leaders.survey.frame, in_r[outcome]
        tests = authors_tests.share_tests(frame[outcome], frame["DEL"])
        assert tests["Pearson chi-squared"] == pytest.approx(
            (theirs["tests"]["chi2"], theirs["tests"]["p_chi2"]), rel=1e-9
        )
        assert tests["Fisher exact"][1] == pytest.approx(theirs["tests"]["p_exact"], rel=1e-7)
        assert tests["t, equal variances"][1] == pytest.approx(theirs["tests"]["p_t"], rel=1e-9)
        assert authors_tests.rank_sum(frame[outcome], frame["DEL"])[1] == pytest.approx(
            theirs["rank"]["p_value"], rel=1e-9
        )
        found = namibia_tables.means_by_kind(leaders, [outcome], "nepotism", "en").table
        close(found.iloc[0], theirs["chiefs"], ("estimate", "std_error", "conf_low", "conf_high", "n"))

    def test_figure_5(self, leaders, in_r):
        frame, theirs = leaders.survey.frame, in_r["m_fg"]
        assert authors_tests.rank_sum(frame["m_fg"], frame["DEL"])[1] == pytest.approx(
            theirs["rank"]["p_value"], rel=1e-9
        )
        assert authors_tests.pooled_t(frame["m_fg"], frame["DEL"])[1] == pytest.approx(theirs["t_p"], rel=1e-9)
        assert authors_tests.variance_ratio(frame["m_fg"], frame["TL"])[1] == pytest.approx(
            theirs["variance_p"], rel=1e-9
        )

    def test_the_table_of_both_satisfactions(self, leaders, villagers, in_r):
        tests = authors_tests.all_tests(leaders.survey.frame, villagers.survey.frame)
        found = tests[tests["outcome"] == "e_2 by e_1"].set_index("method")
        theirs = in_r["rel_performance"]
        assert found.loc["Pearson chi-squared", "statistic"] == pytest.approx(theirs["chi2"], rel=1e-9)
        assert found.loc["Fisher exact", "p_value"] == pytest.approx(theirs["p_exact"], rel=1e-6)

    def test_rank_sum_has_the_sign_of_the_difference(self):
        answers, treated = pd.Series([1, 2, 3, 4, 5, 6.0]), pd.Series([0, 0, 0, 1, 1, 1])
        assert authors_tests.rank_sum(answers, treated)[0] > 0 > authors_tests.rank_sum(-answers, treated)[0]

    def test_power_is_that_of_power_prop_test(self, in_r):
        gaps = in_r["power_64"]["difference"]
        for level, theirs in ((0.05, in_r["power_64"]["one_sided_05"]), (0.10, in_r["power_64"]["one_sided_10"])):
            ours = [authors_tests.power_of_two_shares(0.5, 0.5 + gap, 32, level, sides=1) for gap in gaps]
            assert ours == pytest.approx(theirs, rel=1e-9)
        for level, theirs in ((0.05, in_r["detectable"]["two_sided_05"]), (0.10, in_r["detectable"]["two_sided_10"])):
            ours = [authors_tests.detectable_difference(0.58, n, level) for n in in_r["detectable"]["n"]]
            assert ours == pytest.approx(theirs, abs=1e-6)


class TestExactTable:
    """Fisher's exact test beyond two by two; expected values from R's fisher.test, or counted by hand."""

    def test_the_diagonal_of_six_by_hand(self):
        # 6! / (3! 2! 1!) = 60 ways to place the columns in the rows, of which one is the diagonal: nothing is rarer
        assert exact_table.fisher_exact_table(pd.DataFrame(np.diag([3, 2, 1]))) == pytest.approx(1 / 60)

    def test_three_by_three_equals_r(self):
        table = pd.DataFrame([[4, 0, 2], [2, 3, 2], [1, 5, 6]])
        assert exact_table.fisher_exact_table(table) == pytest.approx(0.101583192686, rel=1e-10)

    def test_two_by_two_equals_scipy_and_turning_the_table_changes_nothing(self):
        table = pd.DataFrame([[3, 1], [2, 7]])
        expected = stats.fisher_exact(table.to_numpy()).pvalue
        for turned in (table, table.T, table.iloc[::-1], table.iloc[:, ::-1]):
            assert exact_table.fisher_exact_table(turned) == pytest.approx(expected, rel=1e-10)

    def test_every_way_to_fill_a_column_is_listed_once(self):
        ways = exact_table.fillings(np.array([2, 1, 3]), 3)
        listed = {tuple(way) for way in ways}
        assert len(listed) == len(ways)
        assert listed == {way for way in itertools.product(range(3), range(2), range(4)) if sum(way) == 3}


class TestPerceptions:
    """Figure 4 with village-clustered intervals: R svymean and svyciprop(method = "logit"), relative tolerance 1e-6."""

    @pytest.mark.parametrize("coding", ["published", "known"])
    def test_shares_and_intervals(self, villagers, in_r, coding):
        items = namibia_answers.ITEMS if coding == "published" else namibia_answers.KNOWN_ITEMS
        table = sk.shares(villagers, list(items), lang="en").table
        for item in items:
            rows, theirs = table[table["outcome"] == item].reset_index(drop=True), in_r["figure4"][coding][item]
            assert rows["n"].tolist() == [theirs["n"]] * 5
            assert rows["estimate"].tolist() == pytest.approx(
                [level["estimate"] for level in theirs["levels"]], abs=1e-12
            )
            for row, level in zip(rows.itertuples(), theirs["levels"]):
                if level["std_error"] is not None:
                    assert (row.std_error, row.conf_low, row.conf_high) == pytest.approx(
                        (level["std_error"], level["conf_low"], level["conf_high"]), rel=1e-6)  # fmt: skip

    def test_the_neutral_category_is_empty_without_dont_know(self, villagers):
        table = sk.shares(villagers, list(namibia_answers.KNOWN_ITEMS), lang="en").table
        neutral = table[table["level"] == "neutral"]
        assert len(neutral) == 8
        assert (neutral["estimate"] == 0).all()


def test_the_claims_have_a_source_that_is_described():
    claims = pd.read_csv(STUDY / "claims.csv", dtype=str, keep_default_na=False)
    sources = pd.read_csv(STUDY / "sources.csv", dtype=str)
    assert set(claims["source"]) <= set(sources["source"])
    assert np.all(claims.loc[claims["expected"] != "", "why"] != "")


@pytest.fixture(scope="module")
def run(file, tmp_path_factory) -> StudyRun:
    return sk.replicate_study(STUDY, data=file, out=tmp_path_factory.mktemp("namibia") / "results")


def read_table(run, number: int, name: str) -> pd.DataFrame:
    return pd.read_csv(run.folder / "tables" / f"table{number:02d}_{name}.csv")


class TestRun:
    """The whole run: the ledger against print, the tables against R."""

    def test_every_claim_has_the_verdict_that_is_explained(self, run):
        assert run.succeeded
        assert run.ledger.count() == {"reproduced": 29, "differs": 2, "not recomputable": 2, "undecided": 0, "open": 0}

    @pytest.mark.parametrize(
        ("claim", "recomputed", "verdict"),
        [("NAM-07", 100 * 21.75 / 32, "reproduced"), ("NAM-08", 100 * 18.5 / 32, "reproduced"),
         ("NAM-09", 100 * 8 / 32, "reproduced"), ("NAM-10", 100 * 13 / 32, "differs"), ("NAM-19", 20, "reproduced")],
    )  # fmt: skip
    def test_published_numbers_counted_by_hand(self, run, claim, recomputed, verdict):
        assert run.ledger[claim].recomputed == pytest.approx(recomputed)
        assert run.ledger[claim].verdict == verdict

    def test_one_sided_p_values_are_the_published_ones(self, run, in_r):
        assert run.ledger["NAM-11"].recomputed == pytest.approx(in_r["dem7"]["p_greater"], rel=1e-9)
        assert run.ledger["NAM-12"].recomputed == pytest.approx(in_r["dem7"]["p_less"], rel=1e-9)

    @pytest.mark.parametrize("coding", ["published", "known"])
    def test_paired_ratings_equal_r(self, run, in_r, coding):
        table = read_table(run, 10, "paired_ratings")
        table = table[table["coding"] == coding]
        for outcome, theirs in zip(dict.fromkeys(table["outcome"]), in_r["paired"][coding]):
            rows = table[table["outcome"] == outcome].set_index("method")
            assert rows.loc["cr2", "n"] == theirs["n"]
            assert rows["estimate"].to_numpy() == pytest.approx(theirs["estimate"], rel=1e-9)
            close(rows.loc["cr2"], theirs["cr2"], ("std_error", "df", "p_value"), tol=1e-8)
            assert rows.loc["linearized", "std_error"] == pytest.approx(theirs["linearized"]["std_error"], rel=1e-9)
            assert rows.loc["independent", "p_value"] == pytest.approx(theirs["naive"]["p_value"], rel=1e-9)

    @pytest.mark.parametrize("coding", ["published", "known"])
    def test_sign_flips_agree_with_the_exact_distribution(self, run, in_r, coding):
        """R convolves all 2^32 flips of the village totals; ours draws 9,999: four Monte Carlo errors of room."""
        table = read_table(run, 10, "paired_ratings")
        rows = table[(table["coding"] == coding) & (table["method"] == "sign_flip")]
        for ours, theirs in zip(rows["p_value"], in_r["paired"][coding]):
            exact = theirs["sign_flip_total"]["p_value"]
            assert ours == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9_999) + 2e-4)

    @pytest.mark.parametrize(("coding", "number"), [("published", 12), ("known", 13)])
    def test_elected_chiefs_equal_r(self, run, in_r, coding, number):
        table = read_table(run, number, f"elected_chiefs_{coding}")
        for outcome, theirs in in_r["settlements"][coding].items():
            rows = table[table["outcome"] == outcome].set_index(["estimand", "method"])
            person = rows.loc["person"]
            assert person["estimate"].to_numpy() == pytest.approx(theirs["robust"]["estimate"], rel=1e-9, abs=1e-12)
            for method in ("linearized", "cr2"):
                close(person.loc[method], theirs[method], ("std_error", "df", "p_value"), tol=1e-8)
            for estimand in ("person", "settlement"):
                exact = theirs["randomization"][estimand]
                assert rows.loc[(estimand, "randomization"), "p_value"] == pytest.approx(exact["p_value"], abs=1e-9)
                assert rows.loc[(estimand, "randomization"), "estimate"] == pytest.approx(exact["estimate"], abs=1e-9)
            close(rows.loc[("settlement", "welch")], theirs["welch"], ("std_error", "df", "p_value"), tol=1e-8)

    def test_clustering_takes_two_verdicts_away_and_dont_know_a_third(self, run):
        table = read_table(run, 11, "verdicts").set_index("outcome")
        assert table.index[table["verdict"] == "lost by clustering"].tolist() == ["e_7", "k_7"]
        assert table.index[table["verdict"] == "stands"].tolist() == ["e_2"]
        assert table.loc["k_2", "p_hc1"] > 0.05

    def test_leaders_of_one_village_equal_the_paired_t_of_r(self, run, in_r):
        table = read_table(run, 2, "leaders_paired")
        rows = table[table["method"] == "cr2"].set_index("outcome")
        for outcome, theirs in in_r["leaders_paired"].items():
            close(rows.loc[f"{outcome}_elected - {outcome}_chief"], theirs,
                  ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"), tol=1e-8)  # fmt: skip

    def test_bars_of_figures_3_and_5_equal_r(self, run, in_r):
        types = read_table(run, 4, "social_preferences").set_index(["group", "level"])
        for who, label in (("elected", "elected leader"), ("chiefs", "chief"), ("villagers", "villager")):
            for level, theirs in in_r["figure3A"][who].items():
                close(types.loc[(label, level)], theirs, ("estimate", "conf_low", "conf_high", "n"))
        traits = read_table(run, 5, "personality").set_index(["group", "outcome"])
        for trait, theirs in in_r["figure3B"].items():
            close(traits.loc[("chief", f"{trait}_normal")], theirs["chiefs"], ("estimate", "conf_low", "conf_high"))
        money = read_table(run, 6, "earnings").set_index("group")
        close(money.loc["elected leader"], in_r["m_fg"]["elected"], ("estimate", "std_error", "conf_low", "n"))

    def test_no_village_is_named(self, run):
        named = [
            path.name
            for path in run.folder.rglob("*")
            if path.is_file()
            and any(village in path.read_text(encoding="utf-8") for village in ("Edundja", "Omakango", "Ouhongo"))
        ]
        assert named == []

    def test_figures_carry_the_numbers_they_draw(self, run):
        numbers = pd.read_csv(run.folder / "figures" / "figure07_perceptions_published.csv")
        drawn = numbers[(numbers["mark"] == "level") & (numbers["outcome"] == "e_6") & (numbers["level"] == "neutral")]
        assert drawn["value"].item() == pytest.approx(144 / 384)
        observed = pd.read_csv(run.folder / "figures" / "figure12_randomization_published.csv")["observed"].iloc[0]
        assert observed == pytest.approx(
            read_table(run, 12, "elected_chiefs_published").query("outcome == 'e_2'")["estimate"].iloc[0]
        )


def test_a_second_run_elsewhere_gives_the_same_bytes(run, file, tmp_path):
    out = tmp_path / "другая папка"
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Almaty", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(STUDY / "replicate.py"), "--data", str(file), "--out", str(out), "--quiet"],
                          env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = {"run.json", ".surveykit.json"}  # seconds and memory, which differ, and who wrote them
    first, second = (
        {path.relative_to(at): path.read_bytes() for path in at.rglob("*") if path.is_file() and path.name not in told}
        for at in (run.folder, out)
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize("given", [[], ["--data", "nowhere.dta"]])
def test_without_the_file_it_says_where_to_get_it_and_writes_nothing(tmp_path, given):
    done = subprocess.run([sys.executable, str(STUDY / "replicate.py"), *given, "--out", str(tmp_path / "out")],
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 2
    assert "github.com/IvoSteimanis/Leadership-Namibia" in done.stderr
    program, *said = done.stderr.strip().splitlines()  # which program of the study runs, then one sentence
    assert program.startswith("surveykit runs ") and len(said) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_page_on_clustering_prints_what_the_run_gives(run):
    """docs/explanation/namibia.md: every number of its two tables of verdicts."""
    methods = ("linearized", "cr2", "wild", "randomization")
    parts = [read_table(run, number, name) for number, name in
             ((12, "elected_chiefs_published"), (13, "elected_chiefs_known"), (14, "elected_chiefs_dont_know"))]  # fmt: skip
    table = pd.concat(parts).query("estimand == 'person'").set_index(["outcome", "method"])
    robust = read_table(run, 11, "verdicts").set_index("outcome")["p_hc1"]
    page = (ROOT / "docs" / "explanation" / "namibia.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in page.splitlines()
            if line.startswith(("| e_", "| k_", "| dont_know"))]  # fmt: skip
    assert len(rows) == 11
    for name, difference, hc1, *printed in rows:
        outcome = name.split()[0]
        assert float(difference) == pytest.approx(table.loc[(outcome, "cr2"), "estimate"], abs=5.1e-4)
        found = [robust.get(outcome), *(table.loc[(outcome, method), "p_value"] for method in methods)]
        for cell, p in zip([hc1, *printed], found):
            if p is not None:
                assert p < 0.001 if cell == "<0.001" else float(cell) == pytest.approx(p, abs=5.1e-4), (outcome, found)


@pytest.mark.parametrize(("name", "lowest", "highest"), [("figure14_influence_satisfaction", 0.016, 0.063),
                                                         ("figure15_influence_dont_know", 0.010, 0.135)])  # fmt: skip
def test_one_village_moves_p_as_far_as_the_page_says(run, name, lowest, highest):
    drawn = pd.read_csv(run.folder / "figures" / f"{name}.csv")
    alone = drawn[drawn["left_out"].notna()]["p_value"]
    assert (alone.min(), alone.max()) == pytest.approx((lowest, highest), abs=5.1e-4)


def test_dont_know_differs_most_where_the_chief_was_elected(run, in_r):
    rows = read_table(run, 14, "elected_chiefs_dont_know").query("estimand == 'person'").set_index("method")
    theirs = in_r["settlements_dont_know"]
    assert rows["estimate"].to_numpy() == pytest.approx(theirs["robust"]["estimate"], rel=1e-9)
    close(rows.loc["cr2"], theirs["cr2"], ("std_error", "df", "p_value"), tol=1e-8)
    assert rows.loc["randomization", "p_value"] == pytest.approx(theirs["randomization"]["person"]["p_value"], abs=1e-9)


def test_study_toml_names_every_table_and_figure_that_the_run_writes(run):
    named = {one["file"] for one in tomllib.loads((STUDY / "study.toml").read_text(encoding="utf-8"))["outputs"]}
    written = {*(f"figures/{path.name}" for path in (run.folder / "figures").glob("*.svg")),
               *(f"tables/{path.name}" for path in (run.folder / "tables").glob("*.csv")), "ledger.csv", "report.html"}  # fmt: skip
    assert named == written
