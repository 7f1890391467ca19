"""Figures of published counts: bars by region or party, each bar with its value and its source."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import StrMethodFormatter

from surveykit.formatting import format_number
from surveykit.report.figures.drawing import Drawing, figure_of, finish, heading_height, light_grid, start_axes
from surveykit.report.figures.palette import INK, LEFT, RIGHT
from surveykit.results import Origin

ROW, TEXT = 0.24, 8.5


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
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.set_xlabel(axis, fontsize=8, color=INK)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    light_grid(ax)
    words = "; ".join(f"{row['label']}: {row['printed']} ({row['source']})" for row in ordered.to_dict("records"))
    return finish(ax, Drawing(ordered, f"{title}. {axis}: {words}.", origin, lang, title, notes), left=100)


def labelled(
    table: pd.DataFrame,
    values: Mapping[str, float],
    sources: Mapping[str, str],
    lang: str,
    published: Mapping[str, str],
) -> pd.DataFrame:
    """Return the rows of a table of expressions as label, value, printed, source."""
    return pd.DataFrame(
        {
            "label": table[f"region.{lang}"].to_numpy(),
            "value": [values[key] for key in table["value"]],
            "printed": [print_value(values[key], published.get(key)) for key in table["value"]],
            "source": [sources[key] for key in table["value"]],
        }
    )


def print_value(value: float, published: str | None) -> str:
    """Return a value with the decimals that were published; with one decimal when it was worked out."""
    return format_number(value, 1 if published is None else len(published.partition(".")[2]))
