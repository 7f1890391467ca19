"""Compare surveykit with R's survey package on any data, for a reader who doubts.

    python tests/reference/compare_with_r.py DATA [--weight W] [--cluster C [C ...]] [--stratum S [S ...]]
        [--fpc F [F ...]] [--outcomes Y ...] [--items Q ...] [--group G] [--missing CODE ...] [--tolerance 1e-8]

DATA is a file that surveykit reads (.sav, .dta, .csv); declared missing codes and those after --missing become NaN.
Outcomes are numbers (means, totals, variances, quartiles, and means and a regression by group), items are coded answers
(shares, and a Rao-Scott test by group). Rscript with the packages survey (4.1 or later) and jsonlite must be on the
path. One line per quantity is printed, with the largest relative difference; the exit code is 1 when one is above the
tolerance. Example, on the simulated reference data:

    python tests/reference/compare_with_r.py tests/reference/ili_like.csv --weight w --cluster settlement \
        --stratum stratum --outcomes income q1 --items q1 q2 --group elected --missing 98 99
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import surveykit as sk
from surveykit.coded_answers.undeclared import not_yet_told

SCRIPT = Path(__file__).with_name("compare_with_r.R")


def our_answers(design: sk.SurveyDesign, outcomes: list[str], items: list[str], group: str | None) -> dict[str, list]:
    """Return surveykit's answers under the names that compare_with_r.R uses."""
    found: dict[str, list] = {"df": [design.degrees_of_freedom]}

    def put(name: str, table: pd.DataFrame, **columns: str) -> None:
        for suffix, column in columns.items():
            found[f"{name} {suffix}".removesuffix(" est")] = table[column].tolist()

    for y in outcomes:
        for name, estimator in (("mean", sk.means), ("total", sk.totals), ("variance", sk.variances)):
            put(f"{name} {y}", estimator(design, y).table, est="estimate", se="std_error")
        put(f"quantiles {y}", sk.quantiles(design, y).table, est="estimate", low="conf_low", high="conf_high")
        if group:
            put(f"mean {y} by {group}", sk.means(design, y, by=group).table, est="estimate", se="std_error")
            fit = sk.fit_model(f"{y} ~ C({group})", design, numeric=[group])
            put(f"regression {y}", fit.table, est="estimate", se="std_error")
    for y in items:
        table = sk.shares(design, y).table
        put(f"shares {y}", table[table["estimate"] > 0], est="estimate", se="std_error")
        if group:
            row = sk.rao_scott_test(design, y, group).table.iloc[0]
            found[f"Rao-Scott {y}"] = row[["statistic", "df", "df_denominator", "p_value"]].tolist()
    return found


def their_answers(frame: pd.DataFrame, roles: dict[str, list[str]]) -> dict[str, list]:
    """Return R's answers."""
    program = shutil.which("Rscript")
    if program is None:
        raise SystemExit("Rscript is not on the path; install R with the packages survey and jsonlite")
    with tempfile.TemporaryDirectory() as folder:
        columns = list(dict.fromkeys(name for names in roles.values() for name in names))
        frame[columns].to_csv(Path(folder) / "data.csv", index=False)
        (Path(folder) / "roles.json").write_text(json.dumps(roles), encoding="utf-8")
        subprocess.run([program, str(SCRIPT), folder], check=True)
        return json.loads((Path(folder) / "answers.json").read_text(encoding="utf-8"))


def compare(ours: dict[str, list], theirs: dict[str, list]) -> pd.DataFrame:
    """Return one row per quantity with the largest relative difference."""
    rows = []
    for name, values in theirs.items():
        mine = np.array(ours[name], dtype=float)
        other = np.array([np.nan if value in ("NA", "NaN", None) else value for value in values], dtype=float)
        if mine.shape != other.shape:
            rows.append((name, mine.size, np.inf))
            continue
        scale = np.maximum(np.abs(other), 1e-12)
        gap = np.where(np.isnan(mine) & np.isnan(other), 0.0, np.abs(mine - other) / scale)
        rows.append((name, mine.size, float(np.nan_to_num(gap, nan=np.inf).max())))
    return pd.DataFrame(rows, columns=["quantity", "numbers", "largest_relative_difference"])


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weight")
    parser.add_argument("--group")
    for name in ("cluster", "stratum", "fpc", "outcomes", "items"):
        parser.add_argument(f"--{name}", nargs="+", default=[])
    parser.add_argument("--missing", nargs="+", type=float, default=[])
    parser.add_argument("--tolerance", type=float, default=1e-8)
    given = parser.parse_args(arguments)
    with not_yet_told():  # --missing names the codes that the file does not declare
        survey = sk.read_survey(given.data)
    asked = list(dict.fromkeys([*given.outcomes, *given.items]))
    survey = survey.with_columns({name: survey.frame[name].mask(survey.frame[name].isin(given.missing))
                                  for name in asked})
    others = [name for name in sk.find_undeclared_codes(survey) if name not in asked]  # columns that nobody asks for
    survey = replace(survey, frame=survey.data.drop(columns=others))
    weight = given.weight or "weight of one"
    if given.weight is None:
        survey = survey.with_columns({weight.replace(" ", "_"): 1.0})
    weight = weight.replace(" ", "_")
    design = sk.SurveyDesign(survey, weight=given.weight, cluster=given.cluster, stratum=given.stratum, fpc=given.fpc)
    roles = {"weight": [weight], "cluster": given.cluster, "stratum": given.stratum, "fpc": given.fpc,
             "outcomes": given.outcomes, "items": given.items, "group": [given.group] if given.group else []}
    result = compare(our_answers(design, given.outcomes, given.items, given.group), their_answers(survey.frame, roles))
    print(result.to_string(index=False))
    worst = result["largest_relative_difference"].max()
    print(f"\n{int(result['numbers'].sum())} numbers, largest relative difference {worst:.1e}")
    return int(worst > given.tolerance)


if __name__ == "__main__":
    sys.exit(main())
