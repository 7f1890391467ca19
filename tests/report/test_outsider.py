"""An outsider reads the files of a release, writes down what they add up to, and tries to work out what is hidden."""

import os
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.report.disclosure import hide_together
from surveykit.report.pages.table_file import write_table

SURVEYS = int(os.environ.get("SURVEYKIT_RED_TEAM", "25"))
"""Random surveys by default; .ci/slow asks for 200."""


def random_survey(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sizes = rng.choice([2, 3, 4, 6, 8, 12, 20, 30, 40], size=rng.integers(3, 7))
    village = np.repeat([f"V{at}" for at in range(len(sizes))], sizes)
    return pd.DataFrame({"v": village, "q": rng.choice([1, 2, 3], p=[0.2, 0.5, 0.3], size=len(village))})


def what_he_can_tell(table: pd.DataFrame, everybody: pd.DataFrame, of_means: pd.DataFrame) -> dict[tuple, tuple]:
    """The least and the greatest number of persons behind each hidden answer, from the text of three CSV files alone."""
    villages, levels = list(dict.fromkeys(table["group"])), list(dict.fromkeys(table["level"]))
    place = {key: at for at, key in enumerate((v, k) for v in villages for k in levels)}
    low, high = np.zeros(len(place)), np.full(len(place), np.inf)
    rows, sums = [], []
    for row in table.to_dict("records"):
        at = place[row["group"], row["level"]]
        if not row["hidden"]:
            low[at] = high[at] = round(row["estimate"] * row["n"])
        elif row["hidden_why"] == "few":
            low[at], high[at] = 0, 4
        elif row["hidden_why"] == "few in group":
            high[at] = 9
        else:
            low[at] = 0
    for row in everybody[~everybody["hidden"]].to_dict("records"):
        rows.append([float(level == row["level"]) for _, level in place])
        sums.append(round(row["estimate"] * row["n"]))
    known = {row["group"]: row["n"] for one in (table, of_means) for row in one.dropna(subset="n").to_dict("records")}
    for village, n in known.items():
        rows.append([float(v == village) for v, _ in place])
        sums.append(n)
    for row in of_means[~of_means["hidden"]].to_dict("records"):
        rows.append([float(level) * (v == row["group"]) for v, level in place])
        sums.append(round(row["estimate"] * row["n"]))
    rules = LinearConstraint(np.array(rows), sums, sums) if rows else ()
    found = {}
    for row in table[table["hidden"]].to_dict("records"):
        key = row["group"], row["level"]
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(place))
            aim[place[key]] = sign
            solved = milp(aim, constraints=rules, integrality=np.ones(len(place)), bounds=Bounds(low, high))
            assert solved.x is not None, "the truth is one of the tables that he thinks possible"
            ends.append(round(solved.x[place[key]]))
        found[key] = tuple(ends)
    return found


@pytest.mark.parametrize("seed", range(SURVEYS))
def test_the_outsider_does_not_learn_what_is_hidden(seed, tmp_path):
    frame = random_survey(seed)
    design = SurveyDesign(frame)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurveyKitWarning)
        found = hide_together([shares(design, "q", by="v"), shares(design, "q"), means(design, "q", by="v")])
    tables = [pd.read_csv(write_table(one, tmp_path / f"{at}.csv")) for at, one in enumerate(found)]
    told = what_he_can_tell(*tables)
    truth = frame.groupby(["v", "q"]).size()
    for (village, level), (least, greatest) in told.items():
        count, n = int(truth.get((village, int(level)), 0)), int((frame["v"] == village).sum())
        assert least <= count <= greatest
        sensitive = count > 0 and (n < 10 or count < 5 or 0 < n - count < 5)
        assert not sensitive or greatest > least, (village, level, count)
    shown = tables[0][~tables[0]["hidden"]]
    for row in shown.to_dict("records"):
        count = round(row["estimate"] * row["n"])
        assert row["n"] >= 10 and (count == 0 or count >= 5) and (count == row["n"] or row["n"] - count >= 5)
