"""Names and questions from the header of a CSV: empty, double, two rows of them, or a code glued to its question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from surveykit._checks import some
from surveykit.errors import ArgumentError
from surveykit.reading.csv.records import counts_rows

SAMPLE = 1000
"""Records that are looked at to tell a second header row from a respondent."""

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
NO_ANSWER = frozenset(
    (
        "na",
        "n/a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "missing",
        "blank",
        "empty",
        "no answer",
        "no response",
        "ref",
        "refused",
        "refusal",
        "declined",
        "dk",
        "don't know",
        "don’t know",
        "dont know",
        "do not know",
        "unknown",
        "skip",
        "skipped",
        "not asked",
        "not applicable",
        "prefer not to say",
        "prefer not to answer",
        "нет",
        "нет ответа",
        "н/д",
        "отказ",
        "отказ от ответа",
        "не знаю",
        "затрудняюсь",
        "затрудняюсь ответить",
        "з/о",
        "пусто",
        "пропуск",
        "жоқ",
        "жауап жоқ",
        "білмеймін",
        "бас тарту",
        "бас тартты",
        "бос",
    )
)
"""Words that a respondent's cell may hold among numbers; they make no header."""

# Qualtrics writes names, questions and, as a third row, {"ImportId":"QID1"}: without it, two rows of text pass for
# respondents.
IMPORT_ID = re.compile(r'\{\s*"ImportId"')
# LimeSurvey's export of codes and questions together: "q1[SQ001]. Do you trust ...?"
CODE_AND_QUESTION = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,30})(?:\[([^\]]*)\])?\.\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Header:
    """The names of the columns, what they ask, and how many records they take.

    Attributes
    ----------
    names : list of str
    questions : dict from name to text
    rows : int
        1; 2 when a second row holds questions or answer options; 3 when a third one holds a tool's own names.
    notes : tuple of str
    doubts : tuple of str
        What was decided and may be otherwise; to be warned of.
    """

    names: list[str]
    questions: dict[str, str]
    rows: int
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_header(columns: Sequence[Sequence[str]], rows: int | None = None) -> Header:
    """Return the header of a table.

    Parameters
    ----------
    columns : sequence of sequences of str
        The cells of each column, its name first.
    rows : int, optional
        1, 2 or 3. When not given, Qualtrics' rows are recognized (names, questions, ImportId), a second row that says
        the names again in other words, and one by columns that only it names and by text where all other records hold
        numbers.

    Notes
    -----
    A second row under columns that all have a name holds their questions; where it names columns that have none, it
    holds the options of the questions before them. The third row is left out.
    """
    first = [" ".join(column[0].split()) for column in columns]
    if rows and rows > 1 and len(columns[0]) < rows:
        has = "one record" if len(columns[0]) == 1 else "two records"
        raise ArgumentError(f"`header_rows` is {rows}, but the file has {has} only; leave it out, or say 1")
    doubts: list[str] = []
    notes = []
    if rows is None:
        rows, questions_at = _find_named_rows(columns)
        if rows == 2 and questions_at == 1:
            doubts = [
                f"record 2 ({some(filter(None, (column[1] for column in columns)), 3)}) says names of the first again, and was taken for their questions; `header_rows=2` says that it is so, `header_rows=1` makes it a respondent"
            ]
        elif rows == 1:
            double, doubts = _judge_second_row(columns)
            rows, questions_at = (2, 1) if double else (1, 0)
    else:
        questions_at = int(rows > 1)
    questions = list(first)
    below = [" ".join(column[questions_at].split()) for column in columns] if questions_at else []
    if below and all(first[1:]):
        notes.append(f"the header takes {rows} rows: names, and what they ask in the row below")
        questions = [text or name for text, name in zip(below, first)]
    elif below:
        notes.append(f"the header takes {rows} rows: questions, and the answer options under them")
        first = _join_rows(first, below)
        questions = list(first)
    elif rows > 1:
        notes.append(f"the header takes {rows} rows: names, and Qualtrics' own names of them")
    glued = [CODE_AND_QUESTION.fullmatch(name) for name in first]
    # most, not all: columns of the tool itself (id, submitdate) have no question glued on
    if sum(match is not None for match in glued) > 0.6 * max(len(first) - 1, 1):
        notes.append("the header joins codes and questions ('q1. Do you ...?'); they were taken apart")
        for index, match in enumerate(glued):
            if match:
                first[index] = match[1] + (f"_{match[2]}" if match[2] else "")
                questions[index] = match[3]
    names, renamed = _distinct_names(first, columns[0][rows:])
    if renamed:
        notes.append(f"columns without a name of their own were named: {some(renamed)}")
    asked = {name: text for name, text in zip(names, questions) if text and text != name}
    return Header(names, asked, rows, tuple(notes), tuple(doubts))


def _find_named_rows(columns: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return how many rows the header takes, and which holds the questions (0: none), where the rows themselves say so.

    Qualtrics writes ``{"ImportId": "QID1"}`` into the last row of its header. A row that says two names of the first
    again ("StartDate", "Start Date") is no respondent either.
    """
    for place in (1, 2):
        marked = sum(len(column) > place and IMPORT_ID.match(column[place].strip()) is not None for column in columns)
        if marked > 0.8 * len(columns):
            return place + 1, place - 1
    if len(columns[0]) < 2:
        return 1, 0
    return (2, 1) if sum(map(_says_its_name_again, columns)) >= 2 else (1, 0)


def _says_its_name_again(column: Sequence[str]) -> bool:
    """Say whether the second cell is the name in other words; an option that respondents choose comes again below."""
    name, cell = column[0].casefold().strip(), column[1].casefold().strip()
    spelled = ["".join(filter(str.isalpha, text)) for text in (name, cell)]
    return name != cell and bool(spelled[0]) and spelled[0] == spelled[1] and column[1] not in column[2:SAMPLE]


def _judge_second_row(columns: Sequence[Sequence[str]]) -> tuple[bool, list[str]]:
    """Say whether the second record is a header, which only unnamed columns can prove, and what remains in doubt.

    A respondent who gave no answer to all questions of numbers must not be taken for one.
    """
    if len(columns[0]) < 4:
        return False, []
    header, second = [column[0] for column in columns], [" ".join(column[1].split()) for column in columns]
    unnamed = [index for index, cell in enumerate(header) if index and not cell.strip()]
    numeric = [index for index, column in enumerate(columns) if _all_numbers(column[2:SAMPLE])]
    worded = [index for index in numeric if _is_heading(second[index])]
    broken = [index for index in numeric if not NUMBER.fullmatch(second[index])]
    named = bool(unnamed) and sum(bool(second[index]) for index in unnamed) >= 0.8 * len(unnamed)
    # the first column is mostly a key: empty in the second record and nowhere else, that record is nobody
    sure = not second[0] and all(cell.strip() for cell in columns[0][2:SAMPLE])
    if named and {*numeric} <= {*broken, *unnamed} and (worded or (broken and sure)):
        return True, [] if sure else [
            f"record 2 ({some(filter(None, second), 3)}) was taken for a second header row; `header_rows=2` says that it is one, `header_rows=1` makes it a respondent"
        ]
    distinct = {second[index].casefold() for index in worded}
    if len(broken) == len(numeric) >= 2 and len(distinct) == len(worded) >= 2:
        return False, [
            f"record 2 ({some(filter(None, second), 3)}) holds texts where all others hold numbers, and was read as a respondent; `header_rows=2` makes it a second header row, `header_rows=1` says that it is none"
        ]
    return False, []


def _is_heading(cell: str) -> bool:
    """Say whether a cell among numbers is a text other than the words for "no answer"."""
    word = cell.casefold().strip(" .-'\"()")
    return not NUMBER.fullmatch(cell) and any(map(str.isalpha, word)) and word not in NO_ANSWER


def _all_numbers(cells: Sequence[str]) -> bool:
    given = [cell.strip() for cell in cells if cell.strip()]
    return len(given) >= 2 and all(NUMBER.fullmatch(cell) for cell in given)


def _join_rows(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Carry each question over the unnamed columns after it, and add the option to it."""
    joined, question = [], ""
    for index, (top, below) in enumerate(zip(first, second)):
        # SurveyMonkey: a question stands over the first of its columns only, its options stand in the row below
        question = top or question
        alone = top and (index + 1 == len(first) or first[index + 1])
        joined.append(question if alone or not below else f"{question} / {below}")
    return joined


def _distinct_names(names: Sequence[str], keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return names that are neither empty nor double, and those that had to be made; `keys` is the first column."""
    taken = {name for name in names if name}
    distinct: list[str] = []
    made: list[str] = []
    for index, name in enumerate(names):
        new = name or ("row" if index == 0 and counts_rows(keys) else f"column_{index + 1}")
        base, number = new, 2
        while new in distinct or (new in taken and new != name):
            new, number = f"{base}_{number}", number + 1
        if new != name:
            made.append(new)
        distinct.append(new)
    return distinct, made
