"""The matrix of strong, neutral and weak positions: draw_snw."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from surveykit._checks import check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import printable
from surveykit.report.figures.drawing import (
    SMALL_SIZE,
    TEXT_SIZE,
    Drawing,
    figure_of,
    finish,
    heading_height,
    put,
    start_axes,
    width_of,
)
from surveykit.report.figures.palette import INK, LEFT, MIDDLE, RIGHT, RULE, ink_on
from surveykit.report.figures.row_layout import Block, lay_out, left_of, place_rows
from surveykit.report.records import records
from surveykit.report.translation import page_language
from surveykit.results import Origin, Result
from surveykit.words.pages import word

RATINGS = {"S": ("strength", RIGHT), "N": ("neutral", MIDDLE), "W": ("weakness", LEFT)}
"""Word and colour of each rating, in the order of the columns."""
_COLUMN = 84.0
"""Width of a column in points."""


def draw_snw(
    matrix: Result | pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str = "",
    lang: str | None = None,
) -> Axes:
    """Draw which positions are strong, neutral and weak.

    Parameters
    ----------
    matrix : Result or DataFrame
        Columns position and rating ("S", "N" or "W"), optionally block: the heading that a position stands under.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    title : str
        Heading of the figure; none by default.
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of the result.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        When `ax` is no Axes of a figure, or a rating is none of S, N and W.
    ColumnError
        When the table lacks a column of its kind.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rated = pd.DataFrame({"position": ["Self-nomination", "Party nomination"], "rating": ["S", "W"]})
    >>> ax = sk.draw_snw(sk.snw_matrix(rated))
    >>> sk.alt_text(ax).split(". ")[1:]
    ['strong: 1, neutral: 0, weak: 1', 'Self-nomination: strong; Party nomination: weak.']
    """
    table, origin = (matrix.table, matrix.origin) if isinstance(matrix, Result) else (matrix, Origin())
    check_columns(table, ["position", "rating"], "matrix")
    lang = page_language(lang, origin)
    columns = [name for name in ("block", "position", "rating") if name in table]
    numbers = table[columns].astype(str).reset_index(drop=True)
    if "block" in numbers:  # each heading once, in the order of first appearance
        blocks = list(dict.fromkeys(numbers["block"]))
        numbers = numbers.sort_values(
            "block", key=lambda names: names.map(blocks.index), kind="stable", ignore_index=True
        )
    wrong = numbers[~numbers["rating"].isin(list(RATINGS))]
    if len(wrong):
        row = wrong.iloc[0]
        raise ArgumentError(f"a rating must be one of {list(RATINGS)}, but {row['position']!r} has {row['rating']!r}")
    given = ax is not None
    ax = start_axes(ax, 3.0)
    room = width_of(ax)
    layout = lay_out(_blocks(numbers), label_room=room - 3 * _COLUMN - 20, heading_room=room - 3 * _COLUMN)
    if not given:
        height = layout.inches + 0.5 + heading_height(title, origin.simulated, ())
        figure_of(ax).set_size_inches(figure_of(ax).get_figwidth(), height)
    place_rows(ax, layout)
    ax.set_xlim(0, 3)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    for at, (name, _) in enumerate(RATINGS.values()):
        put(
            ax,
            word(name, lang),
            (at + 0.5, 0.1),
            (0, 0),
            TEXT_SIZE,
            across="data",
            up="data",
            ha="center",
            va="baseline",
            weight="bold",
        )
    for row, y in zip(records(numbers), layout.rows):
        _draw_row(ax, row.rating, y)
    counts = numbers["rating"].value_counts()
    said = "; ".join(f"{printable(row.position)}: {word(RATINGS[row.rating][0], lang)}" for row in records(numbers))
    total = ", ".join(f"{word(name, lang)}: {int(counts.get(rating, 0))}" for rating, (name, _) in RATINGS.items())
    alt = f"{title or word('snw_alt', lang)}. {total}. {said}."
    return finish(ax, Drawing(numbers, alt, origin, lang, title), notes_below=6, left=left_of(layout), above=16)


def _blocks(numbers: pd.DataFrame) -> list[Block]:
    if "block" not in numbers:
        return [Block("", tuple(numbers["position"]))]
    blocks: list[tuple[str, list[str]]] = []
    for row in records(numbers):
        if not blocks or blocks[-1][0] != row.block:
            blocks.append((row.block, []))
        blocks[-1][1].append(row.position)
    return [Block(name, tuple(positions)) for name, positions in blocks]


def _draw_row(ax: Axes, rating: str, y: float) -> None:
    for at, (code, (_, color)) in enumerate(RATINGS.items()):
        chosen = code == rating
        ax.add_patch(
            Rectangle(
                (at + 0.04, y - 0.4),
                0.92,
                0.8,
                facecolor=color if chosen else "none",
                edgecolor=INK if chosen else RULE,
                linewidth=0.6,
            )
        )
        if chosen:
            ax.text(at + 0.5, y, code, ha="center", va="center_baseline", fontsize=SMALL_SIZE, color=ink_on(color))
