"""What stands around a table: titles above its header, its header again in the middle, totals below it."""

import re
from collections.abc import Sequence

import numpy as np

from surveykit._checks import some
from surveykit.reading.csv.coded_cells import CodedCells

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
MOST_TITLES = 6
"""Records above the header that are looked at; more of them are no title."""

TOTALS = frozenset((
    "total", "totals", "grand total", "sum", "average", "mean", "итого", "всего", "итог", "сумма", "среднее",
    "в среднем", "барлығы", "жиыны", "жалпы", "қорытынды", "орташа", "gesamt", "insgesamt", "summe", "mittelwert",
    "total général", "moyenne", "total general", "suma", "promedio", "toplam", "ortalama", "soma", "média",
))  # fmt: skip
"""Words with which a spreadsheet begins its row of totals."""
SAME_TOTAL = 1e-9
"""Part of a total by which a sum of the cells above may miss it: a million decimals add up to 1e-10 of rounding."""


def count_title_rows(records: Sequence[Sequence[str]]) -> int:
    """Return how many of the first records stand above the header: one cell each, over a header of several.

    The header holds texts over a column of numbers or dates, or, in a table of words, at least three names that differ
    and of which none is an answer below.

    Examples
    --------
    >>> count_title_rows([["Survey of 2023", "", ""], ["id", "q1", "q2"], ["1", "4", "2"], ["2", "5", "1"]])
    1
    """
    filled = [sum(bool(cell.strip()) for cell in record) for record in records]
    start = next((place for place, count in enumerate(filled) if count > 1), 0)
    if not start or start > MOST_TITLES or not any(filled[:start]):
        return 0
    header = records[start]
    below = [record for record, count in zip(records[start + 1 :], filled[start + 1 :]) if count]
    named = header[0].strip() and filled[start] >= 0.8 * len(header)
    alike = all(len(record) == len(header) for record in below)
    if not (named and alike) or any(cell.strip()[:1].isdigit() for cell in header):
        return 0
    columns = [[record[index] for record in below] for index in range(len(header))]
    return start if any(map(_are_figures, columns)) or _are_names(header, columns) else 0


def _are_names(header: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Say whether cells over columns of words are names: all there, all different, and no answer."""
    names = [" ".join(cell.split()).casefold() for cell in header]
    if len(names) < 3 or not all(names) or len({*names}) < len(names) or not columns[0]:
        return False
    return not any(name in (" ".join(cell.split()).casefold() for cell in cells) for name, cells in zip(names, columns))


def _are_figures(cells: Sequence[str]) -> bool:
    """Say whether the cells are numbers or moments, which a header cannot be."""
    given = [cell.strip() for cell in cells if cell.strip()]
    return bool(given) and all(NUMBER.fullmatch(cell) or DATE.match(cell) for cell in given)


def leave_out_surroundings(columns: Sequence[Sequence[str]]) -> tuple[Sequence[Sequence[str]], list[str]]:
    """Return the columns without the header where it stands again, and without totals below; and what to warn of."""
    doubts = []
    again = find_repeated_headers(columns)
    if again:
        count = f"{len(again)} records below it, the first of them" if len(again) > 1 else "one record below it,"
        doubts.append(
            f"the header stands again in {count} record {again[0] + 1}, as where files were put one under the other; it was left out there"
        )
        places = set(again)
        columns = [[cell for place, cell in enumerate(column) if place not in places] for column in columns]
    below, words, proven = find_totals(columns)
    if below and proven:
        doubts.append(
            f"the last {below} records ({words}) are totals of those above and were left out"
            if below > 1
            else f"the last record ({words}) is a total of those above and was left out"
        )
        columns = [column[:-below] for column in columns]
    elif below:
        doubts.append(
            f"the last record begins {words} and looks like a total; it was kept as a respondent, because no number of it adds up. Delete it in the file if it is none"
        )
    elif _adds_up_without_word(columns):
        doubts.append(
            "the last record has nothing in the first column, which all others fill, and its numbers are the sums of those above; it was kept as a respondent. Delete it in the file if it is a total"
        )
    return columns, doubts


def _adds_up_without_word(columns: Sequence[Sequence[str]]) -> bool:
    """Say whether the last record names nobody and sums up those above in two columns; one may do so by chance."""
    keys = columns[0] if columns else ()
    if len(keys) < 4 or keys[-1].strip() or not all(cell.strip() for cell in keys[1:-1]):
        return False
    sums = 0
    for column in columns[1:]:
        above, last = [cell.strip() for cell in column[1:-1] if cell.strip()], column[-1].strip()
        if not last or not NUMBER.fullmatch(last) or len(above) < 2 or not all(map(NUMBER.fullmatch, above)):
            continue
        total = sum(map(_number, above))
        sums += total != 0 and abs(_number(last) - total) <= SAME_TOTAL * abs(total)
    return sums >= 2


def find_repeated_headers(columns: Sequence[Sequence[str]]) -> list[int]:
    """Return the places of records that are the header again, as where files were put one under the other."""
    if len(columns) < 2:
        return []
    names, first = [column[0] for column in columns], columns[0]
    if isinstance(first, CodedCells):
        alike: list[int] = (np.flatnonzero(first.codes[1:] == first.codes[0]) + 1).tolist()
    else:
        alike = [place for place in range(1, len(first)) if first[place] == names[0]]
    return [place for place in alike if all(column[place] == name for column, name in zip(columns, names))]


def find_totals(columns: Sequence[Sequence[str]]) -> tuple[int, str, bool]:
    """Return how many of the last records are totals, their words, and whether figures prove it.

    A record that begins with a word such as "Итого" is a total where one of its numbers is the sum, the mean or the
    count of the numbers above it, or where its word stands in a column of numbers.
    """
    length, found = len(columns[0]) if columns else 0, 0
    words = []
    while length - found > 2:
        place = length - found - 1
        index = next((index for index, column in enumerate(columns) if column[place].strip()), None)
        if index is None and not found:
            break
        if index is None:  # the blank line between the answers and their total
            found += 1
            continue
        word = re.sub(r"[\s:=.\-–—]*(?:\(.*\))?[\s:=.\-–—\d]*$", "", columns[index][place].strip())
        if word.casefold() not in TOTALS:
            break
        words.append(columns[index][place].strip())
        found += 1
    if not words:
        return 0, "", False
    proven = any(_is_total(column, length - found, range(length - found, length)) for column in columns)
    return found, some(words[::-1]), proven


def _is_total(column: Sequence[str], stop: int, below: range) -> bool:
    given = [cell.strip() for cell in column[1:stop] if cell.strip()]
    numbers = [_number(cell) for cell in given if NUMBER.fullmatch(cell)]
    if len(numbers) < 2 or len(numbers) < 0.8 * len(given):
        return False
    if any(column[place].strip() and not NUMBER.fullmatch(column[place].strip()) for place in below):
        return True
    for cell in (column[place].strip() for place in below):
        digits = len(re.split("[.,]", cell)[1]) if re.search("[.,]", cell) else 0
        # A whole number is near the mean of a scale by chance, and equal to the count of a few respondents.
        made = [
            sum(numbers),
            *([sum(numbers) / len(numbers)] if digits else []),
            *([float(len(numbers))] if len(numbers) > 10 else []),
        ]
        # Half a unit of the last digit that is printed.
        if NUMBER.fullmatch(cell) and any(abs(_number(cell) - one) <= 0.5 * 10.0**-digits for one in made):
            return True
    return False


def _number(cell: str) -> float:
    return float(cell.replace(",", "."))
