"""Hold read_stata against R haven: values, plain dots and letters of random columns of every storage type.

    python tests/reference/compare_stata_with_haven.py [--files 60] [--seed 3]

Made from the project's folder, where R with haven is installed; prints the number of columns compared and of those that
differ (240 and 0 with haven 2.5), and every one that does.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import surveykit as sk
from tests.reading.dta_bytes import dta

LIMITS = {"byte": (-127, 100), "int": (-32767, 32740), "long": (-(2**31) + 1, 2147483620), "float": (-99, 99), "double": (-99, 99)}
SCRIPT = """
suppressMessages(library(haven))
for (path in commandArgs(TRUE)) {
  data <- read_dta(path)
  for (name in names(data)) {
    values <- unclass(data[[name]]); attributes(values) <- NULL
    letters <- paste(na_tag(data[[name]])[is_tagged_na(data[[name]])], collapse = "")
    cat(basename(path), name, sum(!is.na(values)), format(sum(values[!is.na(values)]), digits = 15), letters, "\\n")
  }
}
"""


def main() -> None:
    """Make the files, read them twice, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(options.files):
            kinds = random.choices(sorted(LIMITS), k=4)
            columns = [(f"v{place}", kind, "") for place, kind in enumerate(kinds)]
            rows = [tuple(random.choice([random.randint(*LIMITS[kind]), None, random.choice("abz")]) for kind in kinds)
                    for _ in range(30)]
            content = dta(columns, rows, release=random.choice((113, 114, 115)), order=random.choice("<>"))
            (folder / f"{number}.dta").write_bytes(content)
        paths = sorted(map(str, folder.glob("*.dta")))
        (folder / "read.R").write_text(SCRIPT, encoding="utf-8")
        run = subprocess.run(["Rscript", str(folder / "read.R"), *paths], capture_output=True, text=True, check=True)
        different = [line for line in run.stdout.splitlines() if not agrees(folder, line)]
    print(len(run.stdout.splitlines()), "columns,", len(different), "differ")
    print("\n".join(different))


def agrees(folder: Path, line: str) -> bool:
    """Say whether a line of haven's is what read_stata finds."""
    file, name, valid, total, *letters = line.split()
    survey = sk.read_stata(folder / file)
    values = survey.frame[name].astype(float)
    found = "".join(reason[1:] for reason in survey.missing_reasons.get(name, ()))
    return (values.notna().sum() == int(valid) and found == "".join(letters)
            and abs(values.sum() - float(total)) <= 1e-9)  # whole numbers below 2**53: exact but for their printing


if __name__ == "__main__":
    main()
