"""The tables of the published analysis, each a Result in the glossary's columns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from authors_tests import (
    all_tests,
    detectable_difference,
    power_of_two_shares,
    robust_difference,
    two_sided,
)
from namibia_answers import KNOWN_PAIRS, LEADER_OUTCOMES, PAIRS
from namibia_words import title

import surveykit as sk
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.results import glossary_frame

TRAITS = (
    "extraversion_normal",
    "agreeableness_normal",
    "conscientiousness_normal",
    "neuroticism_normal",
    "openness_normal",
)
FIRST_AGREEING = 4
NOT_ON_PAGE = ("conf90_low", "conf90_high", "p_greater", "p_less", "n_weighted", "n_clusters", "deff", "panel")
"""Columns that stand in the table files only: a page is narrow."""
LEVEL = 0.05
STEP = 2
INDEPENDENT = "respondents taken as independent, as in the publication"


def procedural_choices(leaders: sk.SurveyDesign, lang: str) -> sk.Result:
    """Figure 1 of the article: elected leaders minus chiefs, HC1 errors, with 95 and 90 percent intervals."""
    frame, rows = leaders.survey.frame, []
    for panel, stem in (("A", "dem"), ("B", "pseudo")):
        for decision in range(1, 5):
            rows.append(_difference(leaders, f"{stem}{decision}", lang) | {"panel": title(panel, lang)})
    rows.append(_difference(leaders, "dem7", lang) | {"panel": title("all", lang)})
    table = glossary_frame(pd.DataFrame(rows), extra=("conf90_low", "conf90_high", "p_greater", "p_less", "panel"))
    method = f"Difference of means, elected leaders minus chiefs, by least squares with HC1 errors and 95% t intervals with n - 2 degrees of freedom (90% ones beside them), {INDEPENDENT}. Panel A: democratic rule against any other; panel B: pseudo-democratic against dictatorial among those who did not choose the democratic rule. {len(frame)} leaders."
    return _result(leaders, table, method, "democratic_choices", lang)


def _difference(leaders: sk.SurveyDesign, outcome: str, lang: str) -> dict[str, object]:
    frame, book = leaders.survey.frame, leaders.survey.codebook
    wide, narrow = (robust_difference(frame[outcome], frame["DEL"], level) for level in (0.95, 0.90))
    shown = {name: value for name, value in wide.items() if name not in ("p_greater", "p_less")}
    return {
        "outcome": outcome,
        "group": book["DEL"].label(1, lang),
        "baseline": book["DEL"].label(0, lang),
        "method": "hc1",
        **shown,
        "conf90_low": narrow["conf_low"],
        "conf90_high": narrow["conf_high"],
        "p_greater": wide["p_greater"],
        "p_less": wide["p_less"],
    }


def means_by_kind(leaders: sk.SurveyDesign, outcomes: Sequence[str], key: str, lang: str) -> sk.Result:
    """Figures 2, 3B and 5 of the article: means of both kinds of leader with t intervals."""
    frame, book = leaders.survey.frame, leaders.survey.codebook
    parts = [
        sk.means(_alone(leaders.survey, frame["DEL"] == kind), outcomes, lang=lang).table.assign(
            group=book["DEL"].label(kind, lang)
        )
        for kind in (0, 1)
    ]
    table = _taken_as_independent(pd.concat(parts), outcomes, "outcome")
    return _result(leaders, table, f"Means with 95% t intervals, {INDEPENDENT}.", key, lang)


def _alone(survey: sk.Survey, rows: pd.Series) -> sk.SurveyDesign:
    """Return the design of some respondents, each a sampling unit: how the publication took them."""
    return sk.SurveyDesign(survey.keep_rows(rows, "one kind of respondents"))


def _taken_as_independent(table: pd.DataFrame, order: Sequence[str], column: str) -> pd.DataFrame:
    """Return rows in an order, without the columns in which independent respondents only count themselves."""
    kept = table.drop(columns=["n_clusters", "n_weighted", "deff"]).assign(method="independent")
    return glossary_frame(kept.sort_values(column, key=lambda names: names.map([*order].index), kind="stable"))


def earnings_distribution(leaders: sk.SurveyDesign, lang: str) -> sk.Result:
    """Figure 5, panel B of the article: how many leaders of each kind eliminated how much, in steps of two dollars."""
    frame, book = leaders.survey.frame, leaders.survey.codebook
    edges = np.arange(0, frame["m_fg"].max() + 2 * STEP, STEP)
    rows = []
    for kind in (0, 1):
        counts = np.histogram(frame.loc[frame["DEL"] == kind, "m_fg"], edges)[0]
        rows += [
            {
                "outcome": "m_fg",
                "group": book["DEL"].label(kind, lang),
                "bin_low": low,
                "bin_high": low + STEP,
                "n": int(n),
            }
            for low, n in zip(edges[:-1], counts)
        ]
    table = glossary_frame(pd.DataFrame(rows), extra=("bin_low", "bin_high"))
    method = "Number of leaders; an interval holds its lower end and not its upper one, the last one both."
    return _result(leaders, table, method, "earnings_distribution", lang)


def social_preferences(survey: sk.Survey, lang: str) -> sk.Result:
    """Figure 3A of the article: shares of the four types among elected leaders, chiefs and villagers."""
    frame, book = survey.frame, survey.codebook
    parts = [
        sk.shares(_alone(survey, frame["id1"] == kind), "social_type2", interval="wald", lang=lang).table.assign(
            group=book["id1"].label(kind, lang)
        )
        for kind in book["id1"].labels
    ]
    levels = [book["social_type2"].label(code, lang) for code in book["social_type2"].labels]
    table = _taken_as_independent(pd.concat(parts), levels, "level")
    method = f"Shares with 95% t intervals, {INDEPENDENT}."
    return _result(sk.SurveyDesign(survey), table, method, "social_preferences", lang)


def program_tests(leaders: sk.SurveyDesign, villagers: sk.SurveyDesign, lang: str) -> sk.Result:
    """Every test of the authors' program, one row each."""
    table = glossary_frame(all_tests(leaders.survey.frame, villagers.survey.frame), extra=("figure",))
    method = f"The tests of the authors' program: chi-squared without continuity correction, Fisher's exact test, t with equal variances, rank sum with ties corrected, variance ratio, HC1 regressions; {INDEPENDENT}. Two-sided unless said."
    return _result(leaders, table, method, "program_tests", lang)


def power(leaders: sk.SurveyDesign, lang: str) -> sk.Result:
    """The power analysis at the end of the authors' program."""
    rows = []
    for level in (0.05, 0.10):
        rows += [
            {
                "term": "power, one-sided, 32 against 32, share of chiefs 0.50",
                "level_of_test": level,
                "leaders": 64,
                "difference": gap / 100,
                "power": power_of_two_shares(0.5, 0.5 + gap / 100, 32, level, sides=1),
            }
            for gap in range(5, 45, 5)
        ]
        rows += [
            {
                "term": "detectable difference, two-sided, 80 % power, share of elected leaders 0.58",
                "level_of_test": level,
                "leaders": n,
                "difference": detectable_difference(0.58, n, level),
                "power": 0.8,
            }
            for n in range(64, 513, 32)
        ]
    table = glossary_frame(pd.DataFrame(rows), extra=("level_of_test", "leaders", "difference", "power"))
    method = "Power of Pearson's test of two shares in groups of one size, normal approximation (Stata: power twoproportions); leaders taken as independent."
    return _result(leaders, table, method, "power", lang)


def clustering_verdicts(published: sk.Result, known: sk.Result, villagers: sk.SurveyDesign, lang: str) -> sk.Result:
    """What robust errors, clustering, few-cluster methods and the place of "don't know" do to each verdict."""
    rows = []
    for name, result in (("published", published), ("known", known)):
        table = result.table[(result.table["estimand"] == "person") & (result.table["term"] == "unadjusted")]
        for outcome in dict.fromkeys(table["outcome"]):
            p_values = table[table["outcome"] == outcome].set_index("method")["p_value"]
            frame = villagers.survey.frame
            robust = robust_difference(frame[outcome], frame["chief_elected"])
            rows.append(_verdict(name, outcome, robust, p_values))
    extra = ("coding", "p_hc1", "p_linearized", "p_cr2", "p_randomization", "verdict")
    table = glossary_frame(pd.DataFrame(rows), extra=extra)
    method = "Difference between villagers whose chief was elected and villagers whose chief was appointed or inherited the office. p_hc1: least squares with HC1 errors, villagers taken as independent (the errors of the publication); p_linearized: villages as clusters, t; p_cr2: CR2 with Satterthwaite degrees of freedom; p_randomization: exact, over all assignments of five villages out of 32. Level 0.05, not adjusted for the number of items."
    return _result(villagers, table, method, "verdicts", lang)


def _verdict(coding: str, outcome: str, robust: Mapping[str, float], p_values: pd.Series) -> dict[str, object]:
    found = {
        "p_hc1": robust["p_value"],
        "p_linearized": p_values["linearized"],
        "p_cr2": p_values["cr2"],
        "p_randomization": p_values["randomization"],
    }
    naive, honest = found["p_hc1"] < LEVEL, max(found["p_cr2"], found["p_randomization"]) < LEVEL
    words = {
        (True, True): "stands",
        (True, False): "lost by clustering",
        (False, True): "found by clustering",
        (False, False): "",
    }
    return {
        "outcome": outcome,
        "coding": coding,
        "estimate": robust["estimate"],
        "n": robust["n"],
        **found,
        "verdict": words[naive, honest],
    }


def for_page(name: str, result: sk.Result, lang: str) -> sk.Result | sk.Exhibit:
    """Return a table as the report has it: one item a row, person averages only; the files have the rest."""
    if isinstance(result, Estimates):
        return sk.Exhibit(result, result.title, layout="across")
    table = result.table
    if name.startswith("elected_chiefs"):
        table = table[table["estimand"] == "person"].drop(columns=["p_bh"])
    if name == "verdicts":
        verdicts = {"lost by clustering": "lost", "found by clustering": "found", "stands": "stands"}
        table = table.assign(
            coding=[title(coding, lang) for coding in table["coding"]],
            verdict=[title(verdicts[each], lang) if each in verdicts else "" for each in table["verdict"]],
        )
    if name == "paired_ratings":
        table = table.drop(columns=["coding", "p_bh"])
    return replace(result, table=table.drop(columns=[column for column in NOT_ON_PAGE if column in table]))


def count_verdicts(made: Mapping[str, sk.Result]) -> dict[str, int]:
    """Return how many items differ at the 5 percent level in both codings: robust errors, honest ones, after Holm."""
    verdicts = made["verdicts"].table
    counts = {"n": int((verdicts["coding"] == "published").sum())}
    for letter, coding, table in (
        ("n", "published", "elected_chiefs_published"),
        ("k", "known", "elected_chiefs_known"),
    ):
        here, full = verdicts[verdicts["coding"] == coding], made[table].table
        drawn = full[(full["method"] == "randomization") & (full["estimand"] == "person")]
        counts |= {
            f"{letter}_robust": int((here["p_hc1"] < LEVEL).sum()),
            f"{letter}_honest": int((here["verdict"] == "stands").sum()),
            f"{letter}_holm": int((drawn["p_holm"] < LEVEL).sum()),
        }
    return counts


def paired_ratings(villagers: sk.SurveyDesign, lang: str, seed: int) -> sk.Result:
    """One villager rates both leaders: elected leader minus chief, in both codings, with and without the villages."""
    parts = []
    for coding, pairs in (("published", PAIRS), ("known", KNOWN_PAIRS)):
        result = sk.compare_paired(villagers, list(pairs), rng=seed, lang=lang)
        naive = pd.DataFrame([_paired_alone(villagers, *pair) for pair in pairs])
        rows = pd.concat([naive, result.table], ignore_index=True)
        order = {f"{one} - {other}": place for place, (one, other) in enumerate(pairs)}
        parts.append(
            rows.assign(coding=coding).sort_values("outcome", key=lambda names, o=order: names.map(o), kind="stable")
        )
    table = _name_leaders(pd.concat(parts, ignore_index=True), villagers, lang)
    method = f"{result.method} Rows 'independent': t of the differences with the villages left out of account. 'published': \"don't know\" counted as neutral; 'known': only villagers who answered on both. p_holm and p_bh within each coding."
    return replace(result, table=glossary_frame(table, extra=("p_holm", "p_bh", "coding")), method=method)


def _paired_alone(villagers: sk.SurveyDesign, one: str, other: str) -> dict[str, object]:
    """Return the paired t test that takes villagers as independent."""
    outcome = f"{one} - {other}"
    difference = villagers.survey.frame[one] - villagers.survey.frame[other]
    survey = villagers.survey.with_columns({outcome: difference})
    row = sk.means(_alone(survey, difference.notna()), outcome).table.iloc[0]
    t = row["estimate"] / row["std_error"]
    kept = ("outcome", "estimate", "std_error", "df", "conf_low", "conf_high", "n")
    return {**row[list(kept)], "method": "independent", "statistic": t, "p_value": two_sided(t, row["df"])}


def leaders_paired(villages: sk.SurveyDesign, lang: str, seed: int) -> sk.Result:
    """Elected leader minus chief of the same village, for what leaders did."""
    pairs = [(f"{outcome}_elected", f"{outcome}_chief") for outcome in LEADER_OUTCOMES]
    result = sk.compare_paired(villages, pairs, rng=seed, lang=lang)
    return replace(result, table=glossary_frame(_name_leaders(result.table, villages, lang), extra=("p_holm", "p_bh")))


def _name_leaders(table: pd.DataFrame, design: sk.SurveyDesign, lang: str) -> pd.DataFrame:
    """Return a table of paired differences whose groups are the two kinds of leader; empty columns left out."""
    kinds = design.survey.codebook["DEL"]
    return table.dropna(axis="columns", how="all").assign(group=kinds.label(1, lang), baseline=kinds.label(0, lang))


def published_facts(
    leaders: sk.SurveyDesign, villagers: sk.SurveyDesign, choices: sk.Result, paired: sk.Result
) -> dict[str, float]:
    """Return the recomputed numbers of the ledger, by the keys in its column `check`."""
    rows = choices.table.set_index("outcome")
    frame, answers = leaders.survey.frame, villagers.survey.frame
    percent = {
        f"{outcome}.{who}": 100 * frame.loc[frame["DEL"] == kind, outcome].mean()
        for outcome in LEADER_OUTCOMES[:2]
        for who, kind in (("chiefs", 0), ("elected", 1))
    }
    sizes = {
        f"figure1.{panel}{i}.n": rows.loc[f"{stem}{i}", "n"]
        for panel, stem in (("A", "dem"), ("B", "pseudo"))
        for i in range(1, 5)
    }
    majority = {
        key: 100 * (answers[item] >= FIRST_AGREEING).mean()
        for key, item in (
            ("satisfied.chief", "e_1"),
            ("satisfied.elected", "e_2"),
            ("understandable.chief", "e_3"),
            ("understandable.elected", "e_4"),
        )
    }
    return {
        **percent,
        **sizes,
        **majority,
        "dem7.p_greater": rows.loc["dem7", "p_greater"],
        "dem7.p_less": rows.loc["dem7", "p_less"],
        "relative_satisfaction.mean": paired.table.loc[paired.table["outcome"] == "e_2 - e_1", "estimate"].iloc[0],
    }


def _result(design: sk.SurveyDesign, table: pd.DataFrame, method: str, key: str, lang: str) -> sk.Result:
    facts = {"n_rows": len(design)} | ({"confidence": 0.95} if "conf_low" in table else {})
    return sk.Result(table, method, design.origin(lang), facts, title(key, lang))
