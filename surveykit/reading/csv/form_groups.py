"""Groups of a form in the names of columns: demo/sex and demo-sex are the form's question sex."""

import re
from collections.abc import Sequence
from dataclasses import replace

from surveykit._checks import some
from surveykit.codebook import Codebook, ResponseSet

# Between group and question KoboToolbox and Ona write "/", ODK Central "-", ODK Aggregate ":" (meta:instanceID), and
# R's make.names() a point for any of them.
SEPARATOR = re.compile(r"[/.:-]")
REPEAT = re.compile(r"\[\d+\]")


def follow_groups(codebook: Codebook, columns: Sequence[str]) -> tuple[Codebook, list[str]]:
    """Return the codebook with the names that the columns have, and what was matched, in a sentence.

    KoboToolbox and Ona write a question as group/question, ODK Central as group-question, and its options as
    group-question/option; a repeat has a number (child[2]/age). The longest end of a column's name that the codebook
    knows is its question, unless that question has a column of its own name.

    Examples
    --------
    >>> from surveykit.codebook import Variable
    >>> book, _ = follow_groups(Codebook.of([Variable("sex"), Variable("media/tv")]), ["demo-sex", "demo-media/tv"])
    >>> list(book)
    ['demo-sex', 'demo-media/tv']
    """
    # no REPEAT is taken out of keys: LimeSurvey's media[1] and media[2] are two options
    keys = {SEPARATOR.sub("/", key): key for key in codebook if key not in columns}
    meant = {column: key for column in columns if column not in codebook and (key := _find(column, keys))}
    if not meant:
        return codebook, []
    matched = {*meant.values()}
    variables = {key: variable for key, variable in codebook.variables.items() if key not in matched}
    variables |= {column: replace(codebook[key], name=column) for column, key in meant.items()}
    sets: dict[str, ResponseSet] = {}
    for name, response_set in codebook.response_sets.items():
        for moved in _move_set(response_set, meant) or [response_set]:
            sets[name if moved is response_set else moved.name] = moved
    column, key = next(iter(meant.items()))
    note = f"columns were matched with the questions of the codebook behind their groups, such as {column!r} with {key!r} ({some(meant)})"
    return replace(codebook, variables=variables, response_sets=sets), [note]


def _plain(name: str) -> str:
    return SEPARATOR.sub("/", REPEAT.sub("", name))


def _find(column: str, keys: dict[str, str]) -> str | None:
    """Return the key that is the longest end of a column's name."""
    parts = _plain(column).split("/")
    # the longest end: "a/b/sex" is the form's b/sex where there is one, before sex
    return next((keys[end] for start in range(len(parts)) if (end := "/".join(parts[start:])) in keys), None)


def _move_set(one: ResponseSet, meant: dict[str, str]) -> list[ResponseSet]:
    """Return the set once for each group or repeat that holds all its items."""
    stems: dict[str, dict[str, str]] = {}
    for column, key in meant.items():
        if key in one.items:
            option = _plain(key.removeprefix(one.name))
            stems.setdefault(_plain_stem(column, option), {})[key] = column
    return [
        replace(one, name=stem, items=tuple(items[key] for key in one.items))
        for stem, items in stems.items()
        if len(items) == len(one.items)
    ]


def _plain_stem(column: str, option: str) -> str:
    return column[: len(column) - len(option)] if _plain(column).endswith(option) else column
