"""Whether the number of a claim stands in the words that are quoted for it."""

import re

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_THOUSANDS = re.compile(r"(?:(\d+) million )?(\d+) thousand")


def stands_in(published: str, quotation: str) -> bool | None:
    """Return whether every number of a published value stands in a quotation; None where that cannot be told.

    Parameters
    ----------
    published : str
        The value as a ledger keeps it: "61.8", "2013;2017", "2021-07-25", "maslikhat".
    quotation : str
        Words of the source.

    Notes
    -----
    "1,209,817" is 1209817, "2 thousand" is 2000, and "25 July" is 2021-07-25 unless another year is quoted. It cannot
    be told of a text, of a quotation without digits ("every fifth"), and of a date whose month is not written out in
    English.

    Examples
    --------
    >>> stands_in("1419", "1,419 (61.8 percent) are self-nominated"), stands_in("1491", "1,419 (61.8 percent)")
    (True, False)
    >>> stands_in("2021-07-25", "would take place on 25 July"), stands_in("20", "every fifth candidate")
    (True, None)
    """
    found = numbers_in(quotation)
    answers = [_stands(part.strip(), found, quotation.lower()) for part in published.split(";")]
    return None if not found or None in answers else all(answers)


def numbers_in(text: str) -> set[float]:
    """Return the numbers that are written in digits in a text."""
    found = {float(number.replace(",", "")) for number in _NUMBER.findall(text)}
    spoken = _THOUSANDS.findall(text)
    return found | {1e6 * float(millions or 0) + 1e3 * float(thousands) for millions, thousands in spoken}


def _stands(part: str, found: set[float], text: str) -> bool | None:
    date = _DATE.fullmatch(part)
    if date is None:
        try:
            return float(part) in found
        except ValueError:
            return None
    year, month, day = date.groups()
    if not any(name in text for name in MONTHS):
        return None
    # \b: "may" stands in "mayors"
    named = 1 <= int(month) <= 12 and re.search(rf"\b{MONTHS[int(month) - 1]}\b", text) is not None
    years = {number for number in found if 1900 <= number <= 2100}
    return named and (day is None or float(day) in found) and (not years or float(year) in years)
