"""The matrix of strong, neutral and weak positions: draw_snw."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from surveykit._checks import check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import printable
from surveykit.report.figures.drawing import (
    SLACK,
    SMALL_SIZE,
    TEXT_SIZE,
    Drawing,
    Width,
    finish,
    heading_height,
    inches_of,
    is_narrow,
    put,
    set_height,
    start_axes,
    width_of,
)
from surveykit.report.figures.palette import INK, LEFT, MIDDLE, RIGHT, RULE, ink_on
from surveykit.report.figures.row_layout import Block, lay_out, left_of, place_rows
from surveykit.report.records import records
from surveykit.report.text_widths import longest_word
from surveykit.results import Origin, Result
from surveykit.translation import page_language
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
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw which positions are strong, neutral and weak.

    Parameters
    ----------
    matrix : Result or DataFrame
        Columns position and rating ("S", "N" or "W"), optionally block: the heading that a position stands under.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
    title : str
        Heading of the figure; none by default.
    width : {"page", "column"}
        Width of a new figure: that of a page, or of one column of a journal (85 mm).
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
    ax = start_axes(ax, 3.0, inches_of(width))
    room, above = width_of(ax), is_narrow(ax)
    labels = SLACK * room if above else room - 3 * _COLUMN - 20
    blocks = _blocks(numbers)
    # beside the columns a word longer than the room would be broken, so that all labels go above their rows
    words = [label for block in blocks for label in (block.heading, *block.labels)]
    above = above or longest_word(words, TEXT_SIZE, "bold") > labels
    layout = lay_out(blocks, label_room=labels, heading_room=SLACK * room if above else labels, above=above)
    if not given:
        text = heading_height(title, origin.simulated, (), "", room, lang)
        set_height([ax], [layout.inches], 0.5 + text)
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
            TEXT_SIZE
            if longest_word([word(one, lang) for one, _ in RATINGS.values()], TEXT_SIZE, "bold") < room / 3 - 4
            else SMALL_SIZE - 1,
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
