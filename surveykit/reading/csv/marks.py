"""Which mark stands before decimals: a comma or a point may also group thousands or part the codes of a choice list."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from surveykit._checks import some
from surveykit.errors import ReadError
from surveykit.reading.csv.empty_words import NOT_A_NUMBER

DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d+(?:[eE][+-]?\d+)?")
FIGURES = frozenset("0123456789.,+-eE") | frozenset("".join(NOT_A_NUMBER))
"""All that a column of numbers is written with, its words for "empty" among them."""

LONE_POINT = re.compile(r"\.(?!\d)")
LONE_COMMA = re.compile(r",(?!\d)|(?<!\d),")
# One to three digits, a mark, three digits, no leading zero: 1,150 may be a thousand or a little more than one, 0,150
# may not.
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
# "1,3" may be the options 1 and 3, as form tools join the codes that were chosen.
LISTED = re.compile(r"([1-9]\d?),([1-9]\d?)")
CODE = re.compile(r"-?(?:\d{1,3}|9+|8+)")
"""A code of an option, or of a missing answer (9999)."""

Meaning = Literal["", "decimals", "thousands", "list", "rising list"]
"""What a mark of a column must mean; "thousands" and the lists may also be decimals."""

Doubt = Literal["thousands or decimals", "list or decimals", "decimals or list"]


class Marks(NamedTuple):
    """The decimal mark of a file, and the columns in which a mark can mean something else."""

    decimal: str
    doubts: dict[str, Doubt]


def judge_marks(columns: Sequence[tuple[str, Sequence[str]]], delimiter: str, name: str) -> Marks:
    """Return the mark under which the columns that hold decimals are numbers throughout, and the columns in doubt.

    Parameters
    ----------
    columns : sequence of (name, distinct cells)
    delimiter : str
    name : str
        Name of the file, for the message.

    Notes
    -----
    "0,5" and "12,75" beside "1,5" cannot be anything but decimals; "150,000" can be a number of thousands, and "1,3" in
    quotes the first and third of several options. Where commas part the cells, a comma is a decimal mark only if some
    cell cannot be anything else; where semicolons or tabs do, it is the usual one. One proof holds for the whole file,
    because no program writes thousands and decimals with one mark.

    Raises
    ------
    ReadError
        When some columns hold decimal commas and others decimal points.
    """
    commas = {column: meaning for column, cells in columns if (meaning := judge_column(cells, ","))}
    points = {column: meaning for column, cells in columns if (meaning := judge_column(cells, "."))}
    # in a file that commas delimit nobody writes decimal commas by habit, so that only what is neither list nor
    # thousands proves them; with semicolons, as where the comma is decimal, lists count as decimals too, and one that
    # rises is told of
    proven = ("decimals",) if delimiter == "," else ("decimals", "list", "rising list")
    unsure = ("rising list", "list") if delimiter == "," else ("rising list",)
    with_comma = [column for column, meaning in commas.items() if meaning in proven]
    with_point = [column for column, meaning in points.items() if meaning == "decimals"]
    if with_comma and with_point:
        raise ReadError(
            f"{name!r} has decimal commas in {some(with_comma, 3)} and decimal points in {some(with_point, 3)}; say which mark it is with `decimal=`"
        )
    listed: Doubt = "list or decimals" if delimiter == "," else "decimals or list"
    doubts: dict[str, Doubt] = {column: listed for column, meaning in commas.items() if meaning in unsure}
    if not with_comma and not with_point:
        doubts |= {
            column: "thousands or decimals"
            for column, meaning in (*commas.items(), *points.items())
            if meaning == "thousands"
        }
    elif with_point:
        doubts |= {column: "thousands or decimals" for column, meaning in commas.items() if meaning == "thousands"}
    return Marks("," if with_comma else ".", doubts)


def judge_column(cells: Sequence[str], mark: str) -> Meaning:
    """Return what a mark means in a column of numbers; "" when it lacks the mark, has both marks, or holds texts.

    Examples
    --------
    >>> judge_column(["1,5", "0,25"], ","), judge_column(["150,000", "7"], ","), judge_column(["1,3", "2"], ",")
    ('decimals', 'thousands', 'rising list')
    """
    if _decimal_mark(cells, mark) != mark:
        return ""
    seen: set[Meaning] = set()
    for cell in map(str.strip, cells):
        if mark in cell:
            seen.add("thousands" if GROUPED.fullmatch(cell) else _judge_list(cell))
        elif cell and cell not in NOT_A_NUMBER and not CODE.fullmatch(cell):
            seen.add("thousands")  # a number of no list
        if "decimals" in seen or ("thousands" in seen and len(seen) > 1):
            return "decimals"
    return "thousands" if "thousands" in seen else "list" if "list" in seen else "rising list"


def _judge_list(cell: str) -> Meaning:
    """Say whether a cell may be two codes of one or two digits; nobody chooses one option twice."""
    match = LISTED.fullmatch(cell)
    if match is None or match[1] == match[2]:
        return "decimals"
    return "rising list" if int(match[1]) < int(match[2]) else "list"


def _decimal_mark(cells: Sequence[str], sought: str) -> str:
    """Return the decimal mark of a column of numbers; "" when it has none, both, texts, or lacks the one sought."""
    text = "".join(cells)
    if sought not in text or any(not (mark in FIGURES or mark.isspace() or mark.isdecimal()) for mark in set(text)):
        return ""
    given = [cell for cell in map(str.strip, cells) if cell and cell not in NOT_A_NUMBER]
    kinds = _quick_kinds(given) or Counter(map(_decimal_kind, given))
    if kinds["text"] or (kinds["comma"] and kinds["point"]):
        return ""
    return "," if kinds["comma"] else "." if kinds["point"] else ""


def _quick_kinds(cells: Sequence[str]) -> Counter[str] | None:
    """Return the one kind of decimals in cells that are numbers throughout; None leaves them to the longer look."""
    text = "\n".join(cells)
    kind = "comma" if "," in text else "point"
    lone = LONE_COMMA if kind == "comma" else LONE_POINT  # a pattern that begins with its mark is sought fast
    if ("," in text and "." in text) or lone.search(text) or set(text) - {*"0123456789.,+-eE\n"}:
        return None
    if kind == "point" and "." not in text:
        return None
    lines = text.replace(",", ".").split("\n")
    try:
        return Counter({kind: len([*map(float, lines)])}) if len(lines) == len(cells) else None
    except ValueError:
        return None


def _decimal_kind(cell: str) -> str:
    for kind, pattern in (("comma", DECIMAL_COMMA), ("point", DECIMAL_POINT), ("whole", WHOLE)):
        if pattern.fullmatch(cell):
            return kind
    return "text"


def ungroup(cells: Sequence[str], mark: str) -> Sequence[str]:
    """Return the cells of a column of numbers without the marks that group their thousands; texts stay as they are."""
    # French and Russian group by a space that does not break, wide or narrow
    marks = f"[{re.escape(mark)}\u00a0\u202f]" if mark == " " else re.escape(mark)
    other = re.escape({",": ".", ".": ","}.get(mark, ".,"))
    grouped = re.compile(rf"[+-]?\d{{1,3}}(?:{marks}\d{{3}})+(?:[{other}]\d+)?")
    plain = re.compile(rf"[+-]?\d+(?:[{other}]\d+)?")
    given = [cell for cell in map(str.strip, cells) if cell and cell not in NOT_A_NUMBER]
    if not all(grouped.fullmatch(cell) or plain.fullmatch(cell) for cell in given):
        return cells
    return [re.sub(marks, "", cell.strip()) if grouped.fullmatch(cell.strip()) else cell for cell in cells]
