"""Figures of published counts, and of the stages: each bar with its value and its source."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from surveykit.formatting import format_number
from surveykit.report.figures.drawing import Drawing, figure_of, finish, heading_height, light_grid, put, start_axes
from surveykit.report.figures.palette import INK, LEFT, LEFT_PALE, MIDDLE, RIGHT, RIGHT_PALE
from surveykit.report.text_widths import text_width
from surveykit.results import Origin

ROW, TEXT = 0.24, 8.5
STAGE = 0.72
"""Inches of a stage, its name above its bar."""
SHADES = (MIDDLE, RIGHT_PALE, LEFT_PALE)


def draw_counts(
    numbers: pd.DataFrame,
    *,
    title: str,
    axis: str,
    lang: str,
    origin: Origin,
    notes: tuple[str, ...] = (),
    highlight: str = "",
    percent: bool = False,
) -> Axes:
    """Draw one bar per row of `numbers` (columns label, value, printed, source), the rows of one label side by side.

    Bars of the label `highlight` (the whole country, say) have the other colour; where there is a column `kind`, bars
    of its first value have it, and each bar says its kind. An axis of percentages is marked up to 100.
    """
    labels = list(dict.fromkeys(numbers["label"]))
    ax = start_axes(None, 3.0)
    height = ROW * (len(numbers) + 0.6 * len(labels)) + 0.9
    figure_of(ax).set_size_inches(7.2, height + heading_height(title, False, notes))
    places, ticks, top = [], {}, 0.0
    for label in labels:
        rows = numbers.index[numbers["label"] == label]
        for _ in rows:
            places.append(top)
            top += 1
        ticks[label] = top - (len(rows) + 1) / 2
        top += 0.6
    ordered = pd.concat([numbers[numbers["label"] == label] for label in labels], ignore_index=True)
    if "kind" in ordered:
        colors = [LEFT if kind == ordered["kind"].iloc[0] else RIGHT for kind in ordered["kind"]]
        ordered["source"] = ordered["kind"] + " \u00b7 " + ordered["source"]
    else:
        colors = [LEFT if label == highlight else RIGHT for label in ordered["label"]]
    ax.barh(places, ordered["value"], height=0.78, color=colors)
    for place, row in zip(places, ordered.to_dict("records")):
        ax.annotate(
            f"{row['printed']}   {row['source']}",
            (row["value"], place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=INK,
            annotation_clip=False,
        )
    ax.set_yticks(list(ticks.values()), list(ticks), fontsize=TEXT)
    ax.set_ylim(top - 0.4, -0.8)
    furthest = 1.35 * float(ordered["value"].max())
    ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= (min(furthest, 100) if percent else furthest)])
    ax.set_xlim(0, furthest)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format_number(value, 0, lang)))
    ax.set_xlabel(axis, fontsize=8, color=INK)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    light_grid(ax)
    left = max(text_width(label, TEXT) for label in labels) + 8
    words = "; ".join(f"{row['label']}: {row['printed']} ({row['source']})" for row in ordered.to_dict("records"))
    return finish(ax, Drawing(ordered, f"{title}. {axis}: {words}.", origin, lang, title, notes), left=left)


def labelled(labels: list[str], values: list[float], printed: list[str], sources: list[str]) -> pd.DataFrame:
    """Return the rows of a figure of counts."""
    return pd.DataFrame({"label": labels, "value": values, "printed": printed, "source": sources})


def print_value(value: float, published: str, lang: str) -> str:
    """Return a value with the decimals that were published."""
    return format_number(value, len(published.partition(".")[2]), lang)


def draw_stages(
    stages: pd.DataFrame,
    *,
    title: str,
    axis: str,
    otherwise: str,
    notes: tuple[str, ...],
    lang: str,
    origin: Origin,
) -> Axes:
    """Draw each stage as a bar from its first to its last year, with a dot and the year at every election.

    A year is a place on the axis and not a span of time, so that 2013 stands at 2013; a bar reaches half a year beyond
    both ends. A stage without a last year goes on as an arrow. Years in `otherwise` are those of another source.
    """
    ax = start_axes(None, 3.0)
    figure_of(ax).set_size_inches(7.2, STAGE * len(stages) + 0.9 + heading_height(title, False, notes))
    years = [[int(year) for year in str(cell).split(";")] for cell in stages["elections"]]
    first, last = min(map(min, years)), max(map(max, years))
    told = []
    for at, (row, elections) in enumerate(zip(stages.to_dict("records"), years)):
        begins, open_end = int(row["begins"]), row["ends"] == ""
        ends = last + 1.4 if open_end else int(row["ends"]) + 0.5
        ax.barh(at, ends - begins + 0.5, left=begins - 0.5, height=0.42, color=SHADES[at % len(SHADES)])
        if open_end:
            ax.plot([ends], [at], ">", color=SHADES[at % len(SHADES)], markersize=16, clip_on=False)
        span = f"{begins}\u2013" if open_end else f"{begins}\u2013{int(row['ends'])}"
        name = f"{row['stage']}, {span}"
        put(ax, name, (0, at - 0.24), (0, 3), TEXT, up="data", va="bottom", weight="bold")
        for year in elections:
            ax.plot([year], [at], "o", color=INK, markersize=5, zorder=3)
            put(ax, str(year), (year, at), (0, -8), 7.5, across="data", up="data", ha="center", va="top")
        others = [int(year) for year in str(row["otherwise"]).split(";") if year]
        for year in others:
            ax.plot([year], [at], "D", markerfacecolor="white", markeredgecolor=LEFT, markersize=6, zorder=3)
            words = f"{year}: {row['source']}, {otherwise}"
            put(ax, words, (year, at), (-4, -8), 7.5, across="data", up="data", va="top", color=LEFT)
        also = f" ({row['source']}: {', '.join(map(str, others))})" if others else ""
        told.append(f"{row['stage']}, {span}: {', '.join(map(str, elections))}{also}")
    ax.set_ylim(len(stages) - 0.5, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlim(first - 1.2, last + 1.8)
    ax.set_xticks(range(first, last + 1), minor=True)
    ax.set_xticks(range(first, last + 1, 2))
    ax.set_xlabel(axis, fontsize=8, color=INK)
    light_grid(ax)
    alt = f"{title}. {'; '.join(told)}."
    return finish(ax, Drawing(stages, alt, origin, lang, title, notes), notes_below=32, left=0)
