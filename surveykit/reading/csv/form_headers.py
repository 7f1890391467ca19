"""Headers that write a question otherwise than its codebook: other signs for brackets, or the question itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from surveykit._checks import some
from surveykit.codebook import Codebook, Variable

BRACKETED = re.compile(r"\[([^\[\]]*)\]")


def follow_spellings(codebook: Codebook, columns: Sequence[str]) -> tuple[Codebook, list[str]]:
    """Return the codebook with the names that the columns have, and what was matched, in a sentence.

    LimeSurvey's questionnaire names a column Q2[SQ001]; its export for SPSS writes Q2_SQ001, and R's make.names()
    Q2.SQ001. of it. Form tools can write questions instead of names into the header ("Labels" of KoboToolbox), each
    behind the labels of its groups, and an option behind its question. A column is matched where it fits one variable
    alone, and the variable one column alone.

    Examples
    --------
    >>> from surveykit.codebook import Variable
    >>> book = Codebook.of([Variable("Q2[SQ001]"), Variable("age", {"en": "Your age?"})])
    >>> list(follow_spellings(book, ["Q2_SQ001", "Your age?"])[0])
    ['Q2_SQ001', 'Your age?']
    """
    column_of: dict[str, str] = {}
    notes = []
    for what, spell, ends in WAYS:
        spelled = {key: [*spell(codebook[key])] for key in codebook if key not in columns and key not in column_of}
        taken = {*column_of.values()}
        found = _match([one for one in columns if one not in codebook and one not in taken], spelled, ends)
        column_of |= found
        if found:
            key, column = next(iter(found.items()))
            notes.append(f"columns were matched with {what}, such as {column!r} with {key!r} ({some(found.values())})")
    if not column_of:
        return codebook, []
    variables = [replace(variable, name=column_of.get(key, key)) for key, variable in codebook.variables.items()]
    sets = [
        replace(
            one,
            name=column_of.get(one.name, one.name),
            items=tuple(column_of.get(item, item) for item in one.items),
        )
        for one in codebook.response_sets.values()
    ]
    return replace(
        codebook,
        variables={one.name: one for one in variables},
        response_sets={one.name: one for one in sets},
    ), notes


def _match(
    columns: Sequence[str], spelled: Mapping[str, Sequence[str]], ends: Callable[[str], Iterable[str]]
) -> dict[str, str]:
    """Return the column of each key: one that means no other key, and no other column means the key."""
    keys_of: dict[str, dict[str, None]] = {}
    for key, spellings in spelled.items():
        for spelling in spellings:
            keys_of.setdefault(spelling, {})[key] = None
    columns_of: dict[str, list[str]] = {}
    for column in columns:
        keys = next((keys_of[end] for end in ends(column) if end in keys_of), {})
        if len(keys) == 1:
            columns_of.setdefault(next(iter(keys)), []).append(column)
    return {key: given[0] for key, given in columns_of.items() if len(given) == 1}


def _spell_brackets(variable: Variable) -> Iterator[str]:
    if "[" in variable.name:
        yield BRACKETED.sub(r"_\1", variable.name)
        yield BRACKETED.sub(r".\1.", variable.name)


def _spell_questions(variable: Variable) -> Iterator[str]:
    """Yield the question in each language, and an option or row of it as tools write them: "question/option"."""
    for text in variable.question.values():
        asked = _plain(text)
        yield asked
        for colon in re.finditer(": ", asked):
            yield f"{asked[: colon.start()]}/{asked[colon.end() :]}"
            yield f"{asked[: colon.start()]} [{asked[colon.end() :]}]"


def _whole(column: str) -> Iterator[str]:
    yield _plain(column)


def _behind_groups(column: str) -> Iterator[str]:
    """Yield what stands behind the labels of one, two and more groups, the longest first."""
    whole = _plain(column)
    for stroke in re.finditer("/", whole):
        yield whole[stroke.end() :]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


WAYS: tuple[tuple[str, Callable[[Variable], Iterable[str]], Callable[[str], Iterable[str]]], ...] = (
    ("names that the codebook writes with brackets", _spell_brackets, lambda column: (column,)),
    ("the questions of the codebook, which stand in the header", _spell_questions, _whole),
    ("the questions of the codebook behind the labels of their groups", _spell_questions, _behind_groups),
)
"""How a column may write a variable of the codebook, the surest way first."""
