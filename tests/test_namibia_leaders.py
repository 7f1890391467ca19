"""The Namibian replication, on its authors' file, against R's answers (tests/reference/namibia_reference.R) and against print."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

ROOT = Path(__file__).parent.parent
STUDY = ROOT / "analysis" / "namibia_leaders"
sys.path.insert(0, str(STUDY))
import authors_tests  # noqa: E402
import namibia_answers  # noqa: E402

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

    NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "p_greater", "p_less", "conf_low", "conf_high", "n")

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
        assert tests["Pearson chi-squared"] == pytest.approx((theirs["tests"]["chi2"], theirs["tests"]["p_chi2"]), rel=1e-9)
        assert tests["Fisher exact"][1] == pytest.approx(theirs["tests"]["p_exact"], rel=1e-7)
        assert tests["t, equal variances"][1] == pytest.approx(theirs["tests"]["p_t"], rel=1e-9)
        assert authors_tests.rank_sum(frame[outcome], frame["DEL"])[1] == pytest.approx(theirs["rank"]["p_value"], rel=1e-9)
        chiefs = authors_tests.mean_with_interval(frame.loc[frame["DEL"] == 0, outcome])
        close(chiefs, theirs["chiefs"], ("estimate", "std_error", "conf_low", "conf_high", "n"))

    def test_figure_5(self, leaders, in_r):
        frame, theirs = leaders.survey.frame, in_r["m_fg"]
        assert authors_tests.rank_sum(frame["m_fg"], frame["DEL"])[1] == pytest.approx(theirs["rank"]["p_value"], rel=1e-9)
        assert authors_tests.pooled_t(frame["m_fg"], frame["DEL"])[1] == pytest.approx(theirs["t_p"], rel=1e-9)
        assert authors_tests.variance_ratio(frame["m_fg"], frame["TL"])[1] == pytest.approx(theirs["variance_p"], rel=1e-9)

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


class TestPerceptions:
    """Figure 4 with village-clustered intervals: R svymean and svyciprop(method = "logit"), relative tolerance 1e-6."""

    @pytest.mark.parametrize("coding", ["published", "known"])
    def test_shares_and_intervals(self, villagers, in_r, coding):
        items = namibia_answers.ITEMS if coding == "published" else namibia_answers.KNOWN_ITEMS
        table = sk.shares(villagers, list(items), lang="en").table
        for item in items:
            rows, theirs = table[table["outcome"] == item].reset_index(drop=True), in_r["figure4"][coding][item]
            assert rows["n"].tolist() == [theirs["n"]] * 5
            assert rows["estimate"].tolist() == pytest.approx([level["estimate"] for level in theirs["levels"]], abs=1e-12)
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
