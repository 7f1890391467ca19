"""The one door to the terminal: whatever a label, a file name or an error brings along, it is read and never obeyed."""

import re
import unicodedata

import click

BREAKS = "\t\v\f\u2028\u2029"
"""What separates words without being a space; a line feed stays where it is."""


def printable(text: str) -> str:
    """Return text without what steers a terminal or turns the order of its letters round.

    Control characters (ESC, BEL, CR, the 8-bit CSI and OSC) are left out, and so are the invisible format characters,
    those that turn writing round (bidirectional overrides and isolates) among them. Spaces of every kind become a
    space. A character that no program knows becomes a question mark. Line feeds stay.

    Examples
    --------
    >>> printable("\\x1b[2Jtrust\\x07 in\\u00a0the \\u202emika\\u202c\\nakim")
    '[2Jtrust in the mika\\nakim'
    """
    return "".join(each if each == "\n" or each.isprintable() else _replacement(each) for each in text)


def _replacement(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Zs" or character in BREAKS:
        return " "
    return "" if kind in ("Cc", "Cf") else "?"


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print text; the standard output is for results, the standard error stream for all that is said beside them."""
    click.echo(printable(text), err=err, nl=nl)


def say_json(text: str) -> None:
    """Print JSON; what must not reach a terminal is spelled as JSON's escapes, which a program reads as what it was."""
    click.echo(re.sub(r"[^\n]", _escaped, text))


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character.isprintable():
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
