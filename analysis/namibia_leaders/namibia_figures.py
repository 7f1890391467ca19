"""The figures of the article: means and differences as dots, earnings as bars, the power of the design as curves."""

from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from namibia_words import title as title_of

import surveykit as sk
from surveykit.report.figures.drawing import AXIS_LEFT, Drawing, finish, light_grid, start_axes
from surveykit.report.figures.palette import INK

COLORS = {0: "#8c510a", 1: "#01665e"}
"""Chief and elected leader: brown and green keep apart under the three colour deficiencies."""
DEMANDED_POWER = 0.8


def draw_by(result: sk.Result, column: str, unit: str, lang: str, *, note: str, inner: float | None = None) -> Axes:
    """Draw estimates as dots with their intervals, the parts of a table told apart by shape and colour."""
    parts = {
        str(name): replace(result, table=rows.reset_index(drop=True).assign(group=None))
        for name, rows in result.table.groupby(column, sort=False)
    }
    unit = title_of(unit, lang)
    return sk.draw_estimates(
        list(parts.values()), names=list(parts), units=dict.fromkeys(result.table["outcome"], unit), digits=2,
        inner_level=inner, title=result.title, notes=title_of(note, lang), lang=lang,
    )  # fmt: skip


def draw_distribution(result: sk.Result, *, lang: str) -> Axes:
    """Draw how many leaders of each kind eliminated how much."""
    table = result.table
    ax = start_axes(None, 3.0, width=5.6)
    for shift, (label, here) in enumerate(table.groupby("group", sort=False)):
        width = (here["bin_high"] - here["bin_low"]) / 2
        ax.bar(
            here["bin_low"] + shift * width,
            here["n"],
            width,
            align="edge",
            color=COLORS[shift],
            edgecolor="white",
            linewidth=0.4,
            label=label,
        )
    ax.set_xlabel(title_of("dollars", lang), fontsize=8, color=INK)
    ax.set_ylabel(title_of("leaders", lang), fontsize=8, color=INK)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False, fontsize=8)
    light_grid(ax, "y")
    numbers = table[["group", "bin_low", "bin_high", "n"]]
    words = "; ".join(f"{row.group}, {row.bin_low:g}-{row.bin_high:g}: {row.n:.0f}" for row in numbers.itertuples())
    return finish(ax, Drawing(numbers, f"{result.title}: {words}.", result.origin, lang, result.title), left=AXIS_LEFT)


def draw_power(result: sk.Result, *, lang: str) -> Axes:
    """Draw the power of the published design against the difference between chiefs and elected leaders."""
    table = result.table[result.table["power"] != DEMANDED_POWER]
    named = table.rename(columns={"level_of_test": "α", "difference": "effect"})[["α", "effect", "power"]]
    curves = replace(result, table=named.reset_index(drop=True))
    return sk.draw_power(
        curves, series="α", target=DEMANDED_POWER, title=result.title, notes=title_of("power_note", lang), lang=lang
    )


def draw_paired(result: sk.Result, *, lang: str) -> Axes:
    """Draw elected leader minus chief as rated by one villager, both codings, four ways to see the villages."""
    named = {method: title_of(method, lang) for method in ("independent", "sign_flip")}
    table = result.table.assign(method=result.table["method"].replace(named))
    return sk.draw_differences(replace(result, table=table), title=result.title, lang=lang)
