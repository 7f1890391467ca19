"""An outsider reads everything of a release, writes down what it adds up to, and tries to work out what is hidden."""

import os
import warnings
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from surveykit.codebook import Codebook, Variable
from surveykit.comparison.answers.settlements import SettlementComparison, compare_settlements
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError, SurveyKitWarning
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.report.disclosure import hide_together
from surveykit.report.pages.table_file import write_table
from surveykit.results import Result
from surveykit.survey import Survey

SURVEYS = int(os.environ.get("SURVEYKIT_RED_TEAM", "25"))
"""Random surveys by default; .ci/slow asks for 200."""
TOLD_BY_MARKS = 110
"""A survey in which the mark of a village's answers, "n < 10", told how many answered in another one."""
LEVELS, REASONS = (1, 2, 3), ("refused", "unsure")
APART = 2
"""How far apart the numbers must lie that a hidden count of 1 to 4 may still be."""


def random_survey(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sizes = rng.choice([2, 3, 4, 6, 8, 12, 20, 30, 40], size=rng.integers(4, 8))
    village = np.repeat([f"V{at}" for at in range(len(sizes))], sizes)
    kind = {f"V{at}": "elected" if at % 2 else "appointed" for at in range(len(sizes))}
    answers = rng.choice([1, 2, 3, 8, 9], p=[0.15, 0.45, 0.3, 0.06, 0.04], size=len(village))
    return pd.DataFrame({"v": village, "akim": [kind[each] for each in village], "q": answers})


def make_release(frame: pd.DataFrame) -> list[Result]:
    book = Codebook.of([Variable("q", missing={8: "refused", 9: "unsure"})])
    design = SurveyDesign(Survey(frame, book).with_missing_codes())
    open_: list[Result] = [
        shares(design, "q", by="v"), shares(design, "q"), means(design, "q", by="v"), shares(design, "q", by="akim"),
        means(design, "q", by="akim"),
    ]  # fmt: skip
    roles = {"group": "akim", "baseline": "appointed", "settlement": "v"}
    with suppress(FeasibilityError):  # a side without answers has no comparison
        open_.append(compare_settlements(design, "q", **roles, methods="cr2"))
    return hide_together(open_)


class Outsider:
    """Who knows the villages, their kinds and the codes, and how many of each village gave each answer or reason: no more
    than the files say. Every row is a line on those counts: so many of these, or between so many and so many.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.everybody = len(frame)
        self.kind = frame.groupby("v")["akim"].first().to_dict()
        self.cells = [(v, answer) for v in self.kind for answer in (*LEVELS, *REASONS)]
        self.lines: list[tuple[np.ndarray, float, float]] = []

    def counts(self, group: str, answers: tuple = LEVELS, values: tuple = (1, 1, 1)) -> np.ndarray:
        worth = dict(zip(answers, values))
        return np.array([worth.get(a, 0.0) * (group in (v, self.kind[v], "all")) for v, a in self.cells], dtype=float)

    def knows(self, what: np.ndarray, low: float, high: float | None = None) -> None:
        self.lines.append((what, low, low if high is None else high))

    def reads_shares(self, table: pd.DataFrame) -> None:
        for row in table.to_dict("records"):
            group, here = row["group"], self.counts(row["group"], (int(row["level"]),), (1,))
            if not row.get("hidden"):
                self.knows(here, round(row["estimate"] * row["n"]) if row["n"] else 0)
                self.knows(self.counts(group), row["n"])
            elif row["hidden_why"] == "few":
                self.knows(here, 0, 4)
            elif row["hidden_why"] == "few in group":
                self.knows(self.counts(group), 5, 9)
            elif row["hidden_why"] == "protects":  # else its answers would say "n < 10"
                self.knows(self.counts(group), 10, np.inf)

    def reads_means(self, table: pd.DataFrame) -> None:
        """Mean, n and, where nobody is in a cluster with another, error: they give n, sum and sum of squares."""
        for row in table.to_dict("records"):
            group, n = row["group"], row["n"]
            if row.get("hidden"):
                low, high = {"few": (1, 4), "unsaid": (0, np.inf)}.get(row["hidden_why"], (5, np.inf))
                self.knows(self.counts(group), low, high)
                continue
            self.knows(self.counts(group), n)
            self.knows(self.counts(group, LEVELS, LEVELS), round(row["estimate"] * n) if n else 0)
            if n > 1 and not np.isnan(row["std_error"]):
                # of a part of the sample: N / (N - 1) sum(e**2) / n**2, N persons in all
                around = row["std_error"] ** 2 * n**2 * (self.everybody - 1) / self.everybody
                squares = around + row["estimate"] ** 2 * n
                self.knows(self.counts(group, LEVELS, tuple(k * k for k in LEVELS)), round(squares))

    def reads_reasons(self, table: pd.DataFrame) -> None:
        for row in table[table["reason"] != "empty"].to_dict("records"):
            here = self.counts(row["group"], (row["reason"],), (1,))
            if not row.get("hidden"):
                self.knows(here, row["n"])
            elif row["hidden_why"] == "few":
                self.knows(here, 1, 4)

    def reads_comparison(self, result: SettlementComparison) -> None:
        """The averages of both sides, and the difference without each village: with them each tells that village."""
        groups = result.groups[result.groups["term"].isna() | (result.groups["term"] == "unadjusted")]
        persons = groups[groups["estimand"] == "person"].set_index("group")
        villages = groups[groups["estimand"] == "settlement"].set_index("group")
        for group, row in persons.iterrows():
            if not np.isnan(row["estimate"]):
                self.knows(self.counts(group), row["n"])
                self.knows(self.counts(group, LEVELS, LEVELS), round(row["estimate"] * row["n"]))
        for row in result.influence.to_dict("records"):
            v = row["left_out"]
            other = "appointed" if row["treated"] else "elected"
            of = persons if row["estimand"] == "person" else villages
            if not pd.isna(row["n"]):
                self.knows(self.counts(v), row["n"])
            if np.isnan(row["estimate"]) or row["term"] != "unadjusted" or of["estimate"].isna().any():
                continue
            rest = row["estimate"] * (1 if row["treated"] else -1) + of.loc[other, "estimate"]
            side = of.loc[self.kind[v]]
            if row["estimand"] == "person":  # the sum of the rest over their number is `rest`
                what = self.counts(v, LEVELS, LEVELS) - rest * self.counts(v)
                value = side["estimate"] * side["n"] - rest * side["n"]
            else:  # the village's own average
                k = side["n_clusters"]
                what = self.counts(v, LEVELS, LEVELS) - (k * side["estimate"] - (k - 1) * rest) * self.counts(v)
                value = 0.0
            self.knows(what, value - 1e-6, value + 1e-6)

    def ends(self, what: np.ndarray) -> tuple[int, int]:
        """The least and the greatest number that he can think of."""
        lines, low, high = (np.array(each) for each in zip(*self.lines))
        found = []
        for sign in (1, -1):
            solved = milp(sign * what, constraints=LinearConstraint(lines, low, high),
                          integrality=np.ones(len(what)), bounds=Bounds(0, 60))  # fmt: skip
            assert solved.x is not None, "the truth is one of the tables that he thinks possible"
            found.append(round(float(what @ solved.x)))
        return found[0], found[1]


@pytest.mark.parametrize("seed", sorted({*range(SURVEYS), TOLD_BY_MARKS}))
def test_the_outsider_does_not_learn_what_is_hidden(seed, tmp_path):
    frame = random_survey(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurveyKitWarning)
        found = make_release(frame)
    outsider = Outsider(frame)
    tables = [pd.read_csv(write_table(one, tmp_path / f"{at}.csv")) for at, one in enumerate(found)]
    for table, result in zip(tables, found):
        if isinstance(result, SettlementComparison):
            outsider.reads_comparison(result)
            outsider.reads_reasons(result.missing)
        elif table["level"].notna().any():
            outsider.reads_shares(table)
            outsider.reads_reasons(result.missing)
        else:
            outsider.reads_means(table)
    words = frame["q"].replace({8: "refused", 9: "unsure"}).astype(object)

    def behind(group: str, answer: object = None) -> int:
        inside = (frame["v"] == group) | (frame["akim"] == group)
        return int((inside & (words.isin(LEVELS) if answer is None else words == answer)).sum())

    def is_hidden_well(what: np.ndarray, count: int, *where: object) -> None:
        least, greatest = outsider.ends(what)
        assert least <= count <= greatest
        assert greatest - least >= APART, (*where, count, least, greatest)

    for row in tables[0].to_dict("records"):
        count, n = behind(row["group"], int(row["level"])), behind(row["group"])
        sensitive = count > 0 and (n < 10 or count < 5 or 0 < n - count < 5)
        if row.get("hidden") and sensitive:
            here = outsider.counts(row["group"], (int(row["level"]),), (1,))
            is_hidden_well(here, count, "answer", row["group"], row["level"])
        assert row.get("hidden") or n == 0 or not (sensitive or n < 10)
    for row in tables[2].to_dict("records"):
        if 0 < behind(row["group"]) < 5:
            assert row["hidden"]
            is_hidden_well(outsider.counts(row["group"]), behind(row["group"]), "group", row["group"])
    for v in outsider.kind:
        for reason in REASONS:
            if 0 < behind(v, reason) < 5:
                is_hidden_well(outsider.counts(v, (reason,), (1,)), behind(v, reason), "reason", v, reason)
