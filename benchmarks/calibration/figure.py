"""Draw what the calibration found: rejection at 5 % without an effect, one dot per cell, by method and verdict.

python benchmarks/calibration/figure.py benchmarks/calibration/calibration.csv docs/explanation/calibration.svg
"""

import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

NAMES = {
    "respondents": "respondents counted one by one (HC0, z)", "cr0": "CR0, t(G - 1)", "cr1s": "CR1S (Stata), t(G - 1)",
    "linearized": "linearized, t(G - 2)", "cr3": "CR3 jackknife, t(G - 1)", "welch": "Welch t of settlement means",
    "wild": "wild cluster bootstrap", "randomization": "randomization, difference",
    "randomization_studentized": "randomization, studentized", "cr2": "CR2, Satterthwaite",
}  # fmt: skip
LOOKS = {"sound": ("#1b6ca8", "o"), "fragile": ("#e08214", "s"), "cannot answer": ("#8c8c8c", "x")}


def draw(table: pd.DataFrame) -> Figure:
    figure = Figure(figsize=(9.5, 5.2), layout="constrained")
    figure.suptitle(
        "SIMULATED surveys: made by a program to try out the methods",
        fontsize=10,
        fontweight="bold",
        color="#a50026",
        x=0.01,
        ha="left",
    )
    axes = figure.subplots(1, 2, sharey=True)
    table = table[(table["measure"] == "rejection") & (table["draws"] >= 200)]
    for ax, estimand in zip(axes, ("person", "settlement")):
        here = table[table["estimand"] == estimand]
        for row, method in enumerate(reversed(NAMES)):
            for shift, (verdict, (color, marker)) in enumerate(LOOKS.items()):
                dots = here[(here["method"] == method) & (here["verdict"] == verdict)]
                label = verdict if row == 0 and estimand == "person" else None
                ax.scatter(
                    dots["share"],
                    [row + 0.22 * (1 - shift)] * len(dots),
                    s=13,
                    color=color,
                    marker=marker,
                    linewidth=0.8,
                    alpha=0.75,
                    label=label,
                )
        ax.axvspan(0.05 - 2 * 0.0049, 0.05 + 2 * 0.0049, color="#dddddd", zorder=0, linewidth=0)
        ax.axvline(0.05, color="#333333", linewidth=0.8, zorder=0)
        ax.set_xscale("symlog", linthresh=0.1, linscale=1.0)
        ax.set_xlim(-0.004, 0.85)
        ax.set_xticks([0, 0.05, 0.1, 0.2, 0.4, 0.8], ["0", "5", "10", "20", "40", "80"])
        ax.set_yticks(range(len(NAMES)), list(reversed(NAMES.values())), fontsize=8.5)
        ax.tick_params(length=0)
        ax.set_title(f"{estimand} average", fontsize=10, loc="left")
        ax.set_xlabel("rejections in % of surveys without an effect (nominal 5)", fontsize=8.5)
        ax.spines[["top", "right", "left"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    return figure


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "surveykit"
    mpl.rcParams["svg.fonttype"] = "path"
    if len(sys.argv) != 3 or "--help" in sys.argv:
        sys.exit("usage: python benchmarks/calibration/figure.py calibration.csv calibration.svg")
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    draw(pd.read_csv(source)).savefig(target, metadata={"Date": None})
