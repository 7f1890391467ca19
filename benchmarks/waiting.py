"""Where people wait: seconds of surveykit, and its ratios to a floor and to the peers that are installed.

    python benchmarks/waiting.py [--rounds 3] [--sizes 1000,100000] [--csv-rows 200000] [--jobs first,compare,...]

Every contestant of a job runs in a fresh process, one after the other in each round, so that a busy machine troubles
all alike: the ratios of a round count, and their median is printed. Floors are plain numpy on clean columns, without
checks, labels, design or result table; of a whole process, with pyreadstat to read. pyfixest and pyarrow are asked
where this interpreter has them. Times are of the second call in a process, except for whole processes and for first
calls, which are processor time beyond `import pandas`.
"""

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyreadstat

ITEMS = [f"q{number}" for number in range(1, 21)]

TIMED = """
import sys, time, warnings
warnings.simplefilter("ignore")
{before}
def work():
{call}
work()
start = time.perf_counter()
work()
print(time.perf_counter() - start)
"""
FIRST = """
import sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
frame = pd.DataFrame({{"v": np.arange(400) // 20, "q": np.arange(400) % 5, "w": 1 + np.arange(400) % 3 / 10}})
frame["g"], frame["sex"] = frame["v"] % 2, np.arange(400) // 7 % 2
start = time.process_time()
{call}
print(time.process_time() - start)
"""
DESIGN = 'import surveykit as sk\ndesign = sk.SurveyDesign(frame, weight="w", cluster="v")\n'
FIRST_CALLS = {
    "means": 'sk.means(design, "q")',
    "shares": 'sk.shares(design, "q")',
    "rao_scott_test": 'sk.rao_scott_test(design, "q", "sex")',
    "compare_settlements": 'sk.compare_settlements(design, "q", group="g", baseline=0, settlement="v")',
    "report of tables": 'import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    sk.write_report([sk.means(design, "q", by="g"), sk.shares(design, "q")], folder + "/report.html", title="Trust")',
    "fit_model": 'sk.fit_model(design, "q ~ sex")',
}
WHOLE = """
import sys, tempfile, warnings
warnings.simplefilter("ignore")
import surveykit as sk
design = sk.rake(sk.SurveyDesign(sk.read_spss({sav!r}), weight="w", cluster="v"), {{"sex": {{1: 0.5, 2: 0.5}}}})
items = {items!r}
made = [sk.means(design, items, by="sex"), sk.shares(design, items, by="sex"), sk.rao_scott_test(design, items, "sex")]
with tempfile.TemporaryDirectory() as folder:
    sk.write_report(made, folder + "/report.html", title="Trust")
"""
WHOLE_FLOOR = """
import numpy as np, pyreadstat
frame, _ = pyreadstat.read_sav({sav!r})
sex, weight = frame["sex"].to_numpy(int) - 1, frame["w"].to_numpy()
weight = weight * (weight.sum() / 2 / np.bincount(sex, weight))[sex]
cell = frame["v"].to_numpy(int) * 2 + sex
for name in {items!r}:
    code = frame[name].to_numpy(int)
    np.bincount(cell * 6 + code, weight)
"""
FRAME = """
import numpy as np, pandas as pd
frame = pd.read_pickle({table!r})
"""
COMPARE = """    sk.compare_settlements(design, "q1", group="akim", baseline=0, settlement="v", adjust_for=["age", "income"]{methods})
"""
COMPARE_FLOOR = """    y, v = frame["q1"].to_numpy(float), frame["v"].to_numpy()
    x = np.column_stack([np.ones(len(y)), frame["akim"], frame["age"], frame["income"]])
    w = frame["w"].to_numpy()
    inverse = np.linalg.inv(x.T @ (x * w[:, None]))
    left = y - x @ (inverse @ (x.T @ (w * y)))
    scores = np.column_stack([np.bincount(v, w * left * column) for column in x.T])
    inverse @ scores.T @ scores @ inverse
"""
COMPARE_PYFIXEST = """    pf.feols("q1 ~ akim + age + income", frame, weights="w", vcov={"CRV1": "v"})
"""
RAKED = """
import surveykit as sk
margins = {"sex": {1: 0.5, 2: 0.5}, "region": dict.fromkeys(range(17), 1 / 17)}
raked = sk.rake(sk.SurveyDesign(frame, weight="w"), margins)
"""
RAKED_FLOOR = """    cell = (frame["sex"].to_numpy() - 1) * 17 + frame["region"].to_numpy()
    key, w = (cell * 17 + frame["region"].to_numpy()) * 6 + frame["q1"].to_numpy(), frame["w"].to_numpy()
    np.bincount(key, w), np.bincount(key, w * w), np.bincount(cell, w * w)
"""


class Job(NamedTuple):
    """A job with the programs that do it, by contestant; surveykit's is called so, and the floor too."""

    kind: str
    name: str
    programs: dict[str, str]
    whole_process: bool = False


def make_frame(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(18)
    frame = pd.DataFrame({name: rng.integers(1, 6, n) for name in ITEMS})
    frame["v"] = np.arange(n) % 10
    return frame.assign(
        akim=frame["v"] % 2, sex=rng.integers(1, 3, n), region=rng.integers(0, 17, n), age=rng.integers(18, 90, n),
        income=rng.lognormal(11, 1, n).round(2), w=rng.uniform(0.5, 2, n).round(6),
        place=rng.choice([f"Village {number}" for number in range(40)], n), key=np.arange(1, n + 1),
        day=np.datetime_as_string(np.datetime64("2023-11-01") + rng.integers(0, 30, n)),
        **{f"text{number}": rng.choice(["yes", "no", "don't know"], n) for number in range(9)},
    )  # fmt: skip


def here(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def timed(before: str, call: str) -> str:
    return TIMED.format(before=before, call=call)


def make_jobs(folder: Path, sizes: list[int], csv_rows: int) -> list[Job]:
    """Write the files, and return the jobs on them."""
    jobs = [
        Job("first", f"first call: {name}", {"surveykit": FIRST.format(call=DESIGN + call)})
        for name, call in FIRST_CALLS.items()
    ]
    for size in sizes:
        frame, sav, table = make_frame(size), str(folder / f"{size}.sav"), str(folder / f"{size}.pickle")
        labels = {name: dict(enumerate(("never", "seldom", "at times", "often", "always"), 1)) for name in ITEMS}
        pyreadstat.write_sav(frame, sav, variable_value_labels=labels)
        frame.to_pickle(table)
        load = FRAME.format(table=table)
        both = {"surveykit": WHOLE.format(sav=sav, items=ITEMS), "floor": WHOLE_FLOOR.format(sav=sav, items=ITEMS)}
        jobs.append(Job("whole", f"whole process, .sav to report, {size:,}", both, whole_process=True))
        design = 'import surveykit as sk\ndesign = sk.SurveyDesign(frame, weight="w", cluster="v")\n'
        peers = {"pyfixest": timed("import pyfixest as pf" + load, COMPARE_PYFIXEST)} if here("pyfixest") else {}
        for methods, said in ((', methods="cr2"', "one method"), ("", "all methods")):
            programs = {
                "surveykit": timed(load + design, COMPARE.format(methods=methods)),
                "floor": timed(load, COMPARE_FLOOR),
            }
            jobs.append(Job("compare", f"compare_settlements, {said}, {size:,}", programs | peers))
        programs = {
            "surveykit": timed("import surveykit as sk", f"    sk.read_spss({sav!r})"),
            "pyreadstat": timed("import pyreadstat", f"    pyreadstat.read_sav({sav!r}, user_missing=True)"),
        }
        jobs.append(Job("sav", f".sav, {size:,} × {frame.shape[1]}", programs))
        for call, said in (
            ('rao_scott_test(raked, "q1", "region")', "rao_scott_test by 17 regions"),
            ('totals(raked, ["income", "q1"], by="region")', "two totals by 17 regions"),
        ):
            programs = {"surveykit": timed(load + RAKED, f"    sk.{call}"), "floor": timed(load, RAKED_FLOOR)}
            jobs.append(Job("raked", f"{said}, raked, no clusters, {size:,}", programs))
    path, frame = str(folder / "answers.csv"), make_frame(csv_rows)
    frame.to_csv(path, index=False)
    programs = {
        "surveykit": timed("import surveykit as sk", f"    sk.read_csv({path!r})"),
        "pandas": timed("import pandas as pd", f"    pd.read_csv({path!r})"),
    }
    if here("pyarrow"):
        programs["pyarrow"] = timed("from pyarrow import csv", f"    csv.read_csv({path!r}).to_pandas()")
    return [*jobs, Job("csv", f"CSV, {csv_rows:,} × {frame.shape[1]}", programs)]


def run(program: str, whole_process: bool) -> float:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program}\n{done.stderr}")
    return time.perf_counter() - start if whole_process else float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--csv-rows", type=int, default=200_000)
    parser.add_argument("--jobs", default="whole,first,compare,sav,csv,raked")
    asked = parser.parse_args()
    print("| job | surveykit, ms | times the floor | times a peer |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for job in make_jobs(Path(folder), [int(size) for size in asked.sizes.split(",")], asked.csv_rows):
            if job.kind not in asked.jobs.split(","):
                continue
            rounds = [
                {who: run(program, job.whole_process) for who, program in job.programs.items()}
                for _ in range(asked.rounds)
            ]
            ratio = {
                who: statistics.median(one["surveykit"] / one[who] for one in rounds)
                for who in job.programs
                if who != "surveykit"
            }
            ours = statistics.median(one["surveykit"] for one in rounds)
            floor = f"{ratio.pop('floor'):.1f}" if "floor" in ratio else ""
            peers = ", ".join(f"{value:.1f} {who}" for who, value in ratio.items())
            shown = f"{1000 * ours:,.0f}" if ours >= 0.1 else f"{1000 * ours:.3g}"
            print(f"| {job.name} | {shown} | {floor} | {peers} |", flush=True)


if __name__ == "__main__":
    main()
