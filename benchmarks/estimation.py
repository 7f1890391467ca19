"""How far estimation is from plain numpy, and how far ahead of other packages: the shared bench, with surveykit in it.

    python benchmarks/estimation.py BENCH DATA [--python PYTHON] [--svy PYTHON] [--sizes n1000,n100000] [--jobs ...]

BENCH is the folder of the bench (`run.py`, `jobs/`), DATA the folder that its gen_data.py filled. PYTHON runs the
floors and surveykit (it needs surveykit's dependencies and pyarrow); `--svy` names an interpreter with svy. The bench
is copied to a temporary folder, the contestants below are added, and one line per job and size is printed: milliseconds
of the floor, of pandas alone, of surveykit and of svy, and medians of the ratios of interleaved rounds. Where a job has
several floors, the fastest of the round counts. "Pandas alone" takes the columns out of the frame and makes a table of
the result's columns and rows, with nothing computed: floors are given arrays and give arrays back.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HEAD = """# env: surveykit
# label: surveykit
import os
import sys
sys.path[0] = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "common")
import bench
import numpy as np
import surveykit as sk

ROLES = dict(weight="w0", cluster="psu", stratum="stratum")
"""

LOAD_ITEMS = """
def load(ctx):
    return ctx.pandas(columns=["stratum", "psu", "w0", "sex", *ctx.items]), ctx.items
"""

CONTESTANTS = {
    "j3_means": LOAD_ITEMS
    + """
def work(state, mark):
    frame, items = state
    design = sk.SurveyDesign(frame, **ROLES)
    mark("design")
    table = sk.means(design, items, by="sex").table
    return table["estimate"].to_numpy(), table["std_error"].to_numpy()

bench.main(load, work, lambda r: dict(est=r[0], se=r[1]))
""",
    "j4_props": LOAD_ITEMS
    + """
def work(state, mark):
    frame, items = state
    design = sk.SurveyDesign(frame, **ROLES)
    mark("design")
    table = sk.shares(design, items, by="sex").table
    return table["estimate"].to_numpy(), table["std_error"].to_numpy()

bench.main(load, work, lambda r: dict(p=r[0], se=r[1]))
""",
    "j4_raoscott": LOAD_ITEMS
    + """
def work(state, mark):
    frame, items = state
    design = sk.SurveyDesign(frame, **ROLES)
    mark("design")
    table = sk.rao_scott_test(design, items, "sex").table
    return [table[name].to_numpy() for name in ("statistic", "df", "df_denominator")]

bench.main(load, work, lambda r: dict(F=r[0], ndf=r[1], ddf=r[2]))
""",
    "j5_boot": """
def load(ctx):
    return ctx.pandas(columns=["stratum", "psu", "w0", *ctx.items]), ctx.items, ctx.get("reps", 500)

def work(state, mark):
    frame, items, reps = state
    design = sk.SurveyDesign(frame, **ROLES)
    mark("design")
    design = design.with_replicates(sk.replicate_weights(design, "bootstrap", replicates=reps, rng=1, mse=False))
    mark("weights")
    table = sk.means(design, items).table
    return table["estimate"].to_numpy(), table["std_error"].to_numpy()

bench.main(load, work, lambda r: dict(est=r[0], se_mc=r[1]))
""",
    "j5_jack": """
def load(ctx):
    return ctx.pandas(columns=["stratum", "psu", "w0", *ctx.items]), ctx.items

def work(state, mark):
    frame, items = state
    design = sk.SurveyDesign(frame, **ROLES)
    mark("design")
    design = design.with_replicates(sk.replicate_weights(design, "JKn", mse=False))
    mark("weights")
    table = sk.means(design, items).table
    return table["estimate"].to_numpy(), table["std_error"].to_numpy()

bench.main(load, work, lambda r: dict(est=r[0], se=r[1]))
""",
    "j6_ologit": """
def load(ctx):
    return ctx.pandas(columns=["stratum", "psu", "w0", "i01", "sex", "age", "educ", "region"])

def work(frame, mark):
    design = sk.SurveyDesign(frame, **ROLES)
    mark("design")
    fit = sk.fit_model("i01 ~ C(sex) + I(age / 10) + C(educ) + C(region)", design, "ordinal")
    return fit.table["estimate"].to_numpy(), fit.table["std_error"].to_numpy()

bench.main(load, work, lambda r: dict(coef=r[0], se=r[1]))
""",
}


ROWS = {"j3_means": 40, "j4_props": 200, "j4_raoscott": 20, "j5_boot": 20, "j5_jack": 20, "j6_ologit": 16}
PANDAS_ALONE = """# env: surveykit
# label: pandas alone: columns out of the frame, a table of the result's shape
# partial: yes
import os
import sys
sys.path[0] = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "common")
import bench
import numpy as np
import pandas as pd

TEXTS = ("outcome", "level", "group", "baseline", "term", "estimand", "method")
NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high", "deff", "n", "n_clusters",
           "n_weighted")
ROWS = {rows}

def load(ctx):
    return ctx.pandas(columns=["stratum", "psu", "w0", "sex", *ctx.items])

def work(frame, mark):
    columns = [frame[name].to_numpy() for name in frame]
    text, number = np.full(ROWS, "text", dtype=object), np.zeros(ROWS)
    table = pd.DataFrame(dict.fromkeys(TEXTS, text) | dict.fromkeys(NUMBERS, number), copy=True)
    return columns, table

bench.main(load, work)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--svy")
    parser.add_argument("--sizes", default="n1000,n100000")
    parser.add_argument("--jobs", default=",".join(CONTESTANTS))
    parser.add_argument("--rounds", default="5")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "bench"
        shutil.copytree(options.bench, copy, copy_function=shutil.copyfile)
        for path in [copy, *copy.rglob("*")]:
            path.chmod(0o755)
        for job, source in CONTESTANTS.items():
            (copy / "jobs" / job / "surveykit_contestant.py").write_text(HEAD + source, encoding="utf-8")
            for script in (copy / "jobs" / job).glob("*"):
                if script.name.startswith("svy") and options.svy:
                    script.write_text(script.read_text().replace("# env: main", "# env: svy"))
                elif not script.name.startswith(("surveykit", "floor")):
                    script.unlink()
            alone = PANDAS_ALONE.replace("{rows}", str(ROWS[job]))
            (copy / "jobs" / job / "pandas_alone.py").write_text(alone, encoding="utf-8")
        results = copy / "results.jsonl"
        envs = [f"main={options.python}", f"surveykit={options.python}"]
        envs += [f"svy={options.svy}"] if options.svy else []
        command = [
            sys.executable,
            str(copy / "run.py"),
            "--data-root",
            str(options.data),
            "--sizes",
            options.sizes,
            "--jobs",
            options.jobs,
            "--rounds",
            options.rounds,
            "--out",
            str(results),
        ]
        subprocess.run(command + [part for env in envs for part in ("--env", env)], check=True, stdout=sys.stderr)
        print(table([json.loads(line) for line in results.read_text().splitlines()]))


def table(records: list[dict]) -> str:
    lines = [
        "| job | respondents | floor, ms | pandas alone, ms | surveykit, ms | svy, ms | surveykit / floor | svy / surveykit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for job, size in dict.fromkeys((record["job"], record["size"]) for record in records):
        rounds: dict[int, dict[str, float]] = {}
        for record in records:
            if (record["job"], record["size"]) == (job, size) and record.get("s"):
                name = record["name"].split("_")[0]
                seconds = record["s"]
                best = rounds.setdefault(record["round"], {})
                best[name] = min(best.get(name, float("inf")), seconds)
        cells = [
            f"{1000 * statistics.median([r[name] for r in rounds.values() if name in r]):.2f}"
            if any(name in r for r in rounds.values())
            else ""
            for name in ("floor", "pandas", "surveykit", "svy")
        ]
        for top, bottom in (("surveykit", "floor"), ("svy", "surveykit")):
            ratios = [r[top] / r[bottom] for r in rounds.values() if top in r and bottom in r]
            cells.append(f"{statistics.median(ratios):.1f}" if ratios else "")
        lines.append(f"| {job} | {size.removeprefix('n')} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
