"""SPSS syntax (.sps) as a codebook: what describes variables is read, nothing is executed."""

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from surveykit._checks import some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, Measure, Texts, Variable, as_code
from surveykit.errors import ReadError
from surveykit.files.reading import hash_file
from surveykit.reading.codebook_file import NUMBER, CodebookFile
from surveykit.reading.codebooks.size import check_size
from surveykit.reading.csv.dialect import decode_text
from surveykit.reading.encodings.detection import codec_name

MOST_BYTES = 50_000_000
MOST_BETWEEN = 10_000
"""Variables that one TO may stand for."""
DECLARED = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\*\s*encoding\s*:\s*([\w.-]+?)\s*\.?\s*\r?\n", re.IGNORECASE)
"""The first line by which SPSS says how a syntax file is written."""

TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\n]|'')*+'|"(?:[^"\n]|"")*+")
    |(?P<aside>/\*(?:(?!\*/)[^\n])*+(?:\*/)?)
    |(?P<end>\.(?=[ \t\f]*(?:\n|\Z)))
    |(?P<blank>\n[ \t\f]*(?=\n))
    |(?P<line>\n)
    |(?P<space>[ \t\f\r,]+)
    |(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w@\#$]))
    |(?P<word>[\w@\#$!](?:[\w.@\#$]*[\w@\#$])?)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
END_OF_COMMENT = re.compile(r"\.[ \t\f]*(?:\n|\Z)|\n[ \t\f]*(?=\n|\Z)|\Z")
COMMANDS = {
    "variable labels": re.compile(r"(?i)VAR(?:I(?:A(?:B(?:L(?:E)?)?)?)?)?\s+LAB(?:E(?:L(?:S)?)?)?\b"),
    "value labels": re.compile(r"(?i)VAL(?:U(?:E)?)?\s+LAB(?:E(?:L(?:S)?)?)?\b"),
    "add value labels": re.compile(r"(?i)ADD\s+VAL(?:U(?:E)?)?\s+LAB(?:E(?:L(?:S)?)?)?\b"),
    "missing values": re.compile(r"(?i)MIS(?:S(?:I(?:N(?:G)?)?)?)?\s+VAL(?:U(?:E(?:S)?)?)?\b"),
    "variable level": re.compile(r"(?i)VAR(?:I(?:A(?:B(?:L(?:E)?)?)?)?)?\s+LEV(?:E(?:L)?)?\b"),
    "weight": re.compile(r"(?i)WEIGHT\b"),
    "get data": re.compile(r"(?i)GET\s+DATA\b"),
    "data list": re.compile(r"(?i)DATA\s+LIST\b"),
}
"""Commands that are understood; SPSS takes the first three letters of each word."""

BLOCKS = (
    (re.compile(r"(?i)BEGIN\s+DATA\b"), re.compile(r"(?im)^[ \t]*END\s+DATA\b[^\n]*")),
    (re.compile(r"(?i)BEGIN\s+(?:PROGRAM|GPL|MATRIX)\b"), re.compile(r"(?im)^[ \t]*END\s+(?:PROGRAM|GPL|MATRIX)\b[^\n]*")),
    (re.compile(r"(?i)DEFINE\b"), re.compile(r"(?im)!ENDDEFINE\b[^\n]*")),
    (re.compile(r"(?i)MATRIX\s*\."), re.compile(r"(?im)^[ \t]*END\s+MATRIX\b[^\n]*")),
)  # fmt: skip
"""What is no syntax between its first and its last line: data, programs, macros."""

SILENT = (
    "EXECUTE", "EXE", "CACHE", "GET", "SAVE", "SET", "SHOW", "TITLE", "SUBTITLE", "DATASET", "FORMATS", "FILE",
    "PRESERVE", "RESTORE",
)  # fmt: skip
"""Commands that say nothing of what answers mean, and are skipped without a word."""
FORMAT = re.compile(r"[A-Za-z]+\d+(?:\.\d+)?|AUTO", re.IGNORECASE)
STEM = re.compile(r"(.*?)(\d+)")
LEVELS: dict[str, Measure] = {"NOMINAL": "nominal", "ORDINAL": "ordinal", "SCALE": "scale"}
ENDS = {"LO": -math.inf, "LOWEST": -math.inf, "HI": math.inf, "HIGHEST": math.inf}


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Command(NamedTuple):
    name: str
    tokens: list[_Token]
    line: int


@dataclass
class _Dictionary:
    """What the commands said so far, by variable."""

    source: str
    order: list[str] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[Code, str]] = field(default_factory=dict)
    missing: dict[str, tuple[list[Code], list[tuple[float, float]]]] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    weight: str | None = None
    skipped: dict[str, int] = field(default_factory=dict)

    def spell(self, name: str) -> str:
        """Return a name as it was first written: SPSS takes Q1 and q1 for one variable."""
        return self.spelled.setdefault(name.casefold(), name)


def read_spss_syntax(path: Path, encoding: str | None = None) -> CodebookFile:
    """Return the codebook that SPSS syntax describes, with its weight.

    Notes
    -----
    VARIABLE LABELS, VALUE LABELS, ADD VALUE LABELS, MISSING VALUES, VARIABLE LEVEL and WEIGHT BY are read. All else is
    skipped, and told where it could change answers. TO stands for the variables between two, in the order of the data
    that the syntax reads; where it reads none, in the order of VARIABLE LABELS, or of numbers (q1 TO q5), and it is
    refused where these differ.

    References
    ----------
    IBM (2021). SPSS Statistics 28 Command Syntax Reference: Universals, VALUE LABELS, MISSING VALUES.
    """
    check_size(path, MOST_BYTES)
    text = _decode(path.read_bytes(), encoding, path.name)
    commands = [*_split(text.replace("\r\n", "\n").replace("\r", "\n"), path.name)]
    dictionary = _Dictionary(path.name)
    listed = [
        token.text
        for command in commands
        if command.name == "variable labels"
        for token in _names_of_labels(command.tokens)
    ]
    for command in commands:
        _take(command, dictionary, listed)
    described = {*dictionary.questions, *dictionary.labels, *dictionary.missing, *dictionary.measures}
    if not described:
        raise ReadError(
            f"{path.name!r} is SPSS syntax that describes no variable: it has no VARIABLE LABELS, VALUE LABELS or MISSING VALUES"
        )
    if dictionary.skipped:
        warn(
            f"{path.name!r}: nothing of a syntax is executed, and these commands were skipped: {some(dictionary.skipped)}; what they change in answers, the data must hold already"
        )
    names = dict.fromkeys(
        [*dictionary.order, *dictionary.questions, *dictionary.labels, *dictionary.missing, *dictionary.measures]
    )
    variables = [_make_variable(name, dictionary) for name in names if name in described]
    return CodebookFile(Codebook.of(variables), weight=dictionary.weight, files=(hash_file(path),))


def _decode(content: bytes, encoding: str | None, name: str) -> str:
    """Return the text; the encoding that the first line declares is believed where the bytes fit it."""
    declared = DECLARED.match(content)
    codec = codec_name(declared[1].decode("ascii", "replace")) if declared else None
    if encoding is None and codec is not None:
        with suppress(UnicodeDecodeError):
            return content.decode(codec).removeprefix("\ufeff")
    return decode_text(content, encoding, name)[0]


def _split(text: str, name: str) -> Iterator[_Command]:
    """Yield the commands: each ends with a point at the end of a line, a blank line, or where another one begins."""
    place, line = 0, 1
    while place < len(text):
        if text[place].isspace() or text[place] == ".":
            line += text[place] == "\n"
            place += 1
            continue
        start = place
        if text.startswith("/*", place):
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
        elif text[place] == "*" or re.match(r"(?i)COMMENT\b", text[place : place + 8]):
            closed = END_OF_COMMENT.search(text, place)
            place = closed.end() if closed else len(text)
        elif (block := _end_of_block(text, place)) is not None:
            place = block
        else:
            kind = next((kind for kind, pattern in COMMANDS.items() if pattern.match(text, place)), "")
            begun = COMMANDS[kind].match(text, place) if kind else None
            tokens, place = _tokens(text, begun.end() if begun else place, line, name if kind else "")
            yield _Command(kind, tokens, line)
        line += text.count("\n", start, place)


def _end_of_block(text: str, place: int) -> int | None:
    """Return where a block of data or of a program ends that begins here."""
    for begin, end in BLOCKS:
        if begin.match(text, place):
            closed = end.search(text, place)
            return closed.end() if closed else len(text)
    return None


def _tokens(text: str, place: int, line: int, name: str) -> tuple[list[_Token], int]:
    """Return the tokens of a command and the place behind it; `name` of the file where the command is understood."""
    tokens: list[_Token] = []
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:  # pragma: no cover
            break
        kind, place = match.lastgroup or "", match.end()
        if kind in ("end", "blank"):
            break
        if kind == "line":
            line += 1
            if any(pattern.match(text, place) for pattern in COMMANDS.values()) and tokens:
                break
        elif kind == "sign" and match[0] in "'\"" and name:
            raise ReadError(
                f"{name!r}, line {line}: a quotation mark opens a text that does not end on its line; close it, or write it twice inside a text"
            )
        elif kind not in ("aside", "space"):
            tokens.append(_Token(kind, match[0], line))
    return tokens, place


def _take(command: _Command, dictionary: _Dictionary, listed: Sequence[str]) -> None:
    """Add what a command says."""
    reader = _TokenReader(command, dictionary, listed)
    if command.name == "variable labels":
        reader.variable_labels()
    elif command.name in ("value labels", "add value labels"):
        reader.value_labels(add=command.name.startswith("add"))
    elif command.name == "missing values":
        reader.missing_values()
    elif command.name == "variable level":
        reader.variable_level()
    elif command.name == "weight":
        words = [token.text for token in command.tokens if token.kind == "word"]
        dictionary.weight = dictionary.spell(words[1]) if len(words) == 2 and words[0].upper() == "BY" else None
    elif command.name in ("get data", "data list"):
        dictionary.order = [dictionary.spell(name) for name in _names_of_data(command)] or dictionary.order
    elif command.tokens:
        word = command.tokens[0].text.upper()
        if word not in SILENT and command.tokens[0].kind == "word":
            dictionary.skipped[word] = dictionary.skipped.get(word, 0) + 1


class _TokenReader:
    """The tokens of one command, taken one after the other."""

    def __init__(self, command: _Command, dictionary: _Dictionary, listed: Sequence[str]) -> None:
        self.command, self.dictionary, self.listed = command, dictionary, listed
        self.place = 0

    def peek(self, ahead: int = 0) -> _Token:
        tokens = self.command.tokens
        place = self.place + ahead
        last = tokens[-1].line if tokens else self.command.line
        return tokens[place] if place < len(tokens) else _Token("over", "the end of the command", last)

    def next(self) -> _Token:
        token = self.peek()
        self.place += 1
        return token

    def is_sign(self, sign: str) -> bool:
        return self.peek().kind == "sign" and self.peek().text == sign

    def skip(self, sign: str) -> bool:
        if self.is_sign(sign):
            self.place += 1
            return True
        return False

    def over(self) -> bool:
        while self.skip("/"):
            pass
        return self.peek().kind == "over"

    def refuse(self, needed: str) -> ReadError:
        token = self.peek()
        return ReadError(
            f"{self.dictionary.source!r}, line {token.line}: {self.command.name.upper()} needs {needed}, but {token.text[:40]!r} stands there; correct it, or cut the file to the commands that describe variables"
        )

    def text(self) -> str:
        """Take a text in quotation marks, and the texts that + joins to it."""
        if self.peek().kind != "text":
            raise self.refuse("a text in quotation marks")
        whole = _unquote(self.next().text)
        while self.is_sign("+") and self.peek(1).kind == "text":
            self.place += 1
            whole += _unquote(self.next().text)
        return whole

    def names(self) -> list[str]:
        """Take the names of variables, with TO and ALL."""
        taken: list[str] = []
        while self.peek().kind == "word":
            word = self.next().text
            if word.upper() == "ALL":
                taken += self.dictionary.order or dict.fromkeys(map(self.dictionary.spell, self.listed))
            elif word.upper() == "TO" and taken and self.peek().kind == "word":
                taken += self.between(taken[-1], self.dictionary.spell(self.next().text))
            else:
                taken.append(self.dictionary.spell(word))
        if not taken:
            raise self.refuse("the names of variables")
        return taken

    def between(self, first: str, last: str) -> list[str]:
        """Return the variables behind `first` up to `last`."""
        if first in self.dictionary.order and last in self.dictionary.order:
            return self.slice(self.dictionary.order, first, last)
        listed = [*dict.fromkeys(map(self.dictionary.spell, self.listed))]
        by_list = self.slice(listed, first, last) if {first, last} <= {*listed} else None
        by_number = [self.dictionary.spell(name) for name in _count_up(first, last)]
        if by_list and by_number and by_list != by_number:
            raise ReadError(
                f"{self.dictionary.source!r}, line {self.peek().line}: {first} TO {last} is {some([first, *by_list], 4)} in the order of VARIABLE LABELS and {some([first, *by_number], 4)} by their numbers; write the names out"
            )
        if not by_list and not by_number:
            raise ReadError(
                f"{self.dictionary.source!r}, line {self.peek().line}: the syntax does not tell which variables stand between {first!r} and {last!r}; write the names out"
            )
        return by_list or by_number

    def slice(self, names: Sequence[str], first: str, last: str) -> list[str]:
        start, stop = names.index(first), names.index(last)
        if stop < start:
            raise ReadError(
                f"{self.dictionary.source!r}, line {self.peek().line}: {first} TO {last} runs backwards in the order of the variables; write the names out"
            )
        return [*names[start + 1 : stop + 1]]

    def variable_labels(self) -> None:
        while not self.over():
            if self.peek().kind != "word":
                raise self.refuse("the name of a variable")
            name = self.dictionary.spell(self.next().text)
            self.skip("=")
            self.dictionary.questions[name] = self.text()

    def value_labels(self, *, add: bool) -> None:
        while not self.over():
            names = self.names()
            labels: dict[Code, str] = {}
            while self.peek().kind in ("number", "text"):
                code = self.code()
                self.skip("=")
                labels[code] = self.text()
            if not labels and not (self.is_sign("/") or self.peek().kind == "over"):
                raise self.refuse("values with their labels")
            for name in names:
                before = self.dictionary.labels.get(name, {}) if add else {}
                self.dictionary.labels[name] = {**before, **labels}

    def code(self) -> Code:
        """Take a value: a number, or a text whose blanks at its end do not count."""
        token = self.next()
        return _number(token.text) if token.kind == "number" else _unquote(token.text).rstrip()

    def missing_values(self) -> None:
        while not self.over():
            names = self.names()
            if not self.skip("("):
                raise self.refuse("missing values in parentheses")
            codes: list[Code] = []
            ranges: list[tuple[float, float]] = []
            while not self.skip(")"):
                word = self.peek().text.upper()
                if self.peek().kind not in ("number", "text") and word not in ENDS:
                    raise self.refuse("a value or a closing parenthesis")
                if self.peek(1).text.upper() != "THRU":
                    if word in ENDS:
                        raise self.refuse("THRU behind LOWEST or HIGHEST")
                    codes.append(self.code())
                    continue
                low = self.end()
                self.place += 1
                high = self.end()
                if low > high:
                    raise self.refuse("a range that begins with its lower end")
                ranges.append((low, high))
            for name in names:
                self.dictionary.missing[name] = (codes, ranges)

    def end(self) -> float:
        """Take one end of a range of numbers."""
        token = self.next()
        if token.text.upper() in ENDS:
            return ENDS[token.text.upper()]
        if token.kind != "number":
            self.place -= 1
            raise self.refuse("numbers at both ends of THRU")
        return float(token.text)

    def variable_level(self) -> None:
        while not self.over():
            names = self.names()
            self.skip("(")
            word = self.next().text.upper()
            if word not in LEVELS:
                self.place -= 1
                raise self.refuse("(NOMINAL), (ORDINAL) or (SCALE)")
            self.skip(")")
            for name in names:
                self.dictionary.measures[name] = LEVELS[word]


def _unquote(text: str) -> str:
    return text[1:-1].replace(text[0] * 2, text[0])


def _number(text: str) -> Code:
    whole = re.fullmatch(r"[+-]?\d{1,300}", text)
    number = int(text) if whole else float(text) if NUMBER.match(text) else math.nan
    return as_code(number) if math.isfinite(number) else text


def _count_up(first: str, last: str) -> list[str]:
    """Return the names behind `first` up to `last` where both end in numbers behind one stem: q1 TO q5, q01 TO q12."""
    from_name, to_name = STEM.fullmatch(first), STEM.fullmatch(last)
    if (
        not from_name
        or not to_name
        or from_name[1].casefold() != to_name[1].casefold()
        or len(from_name[2]) > 9
        or len(to_name[2]) > 9
    ):
        return []
    start, stop = int(from_name[2]), int(to_name[2])
    if not start < stop <= start + MOST_BETWEEN:
        return []
    width = len(from_name[2]) if from_name[2].startswith("0") else 0
    return [f"{from_name[1]}{number:0{width}d}" for number in range(start + 1, stop + 1)]


def _names_of_labels(tokens: Sequence[_Token]) -> list[_Token]:
    """Return the names in a VARIABLE LABELS command."""
    return [name for name, after in pairwise(tokens) if name.kind == "word" and after.kind == "text"]


def _names_of_data(command: _Command) -> list[str]:
    """Return the names of the variables that the syntax reads from a data file, in their order."""
    tokens = command.tokens
    if command.name == "get data":
        start = next((place for place, token in enumerate(tokens) if token.text.upper() == "VARIABLES"), len(tokens))
    else:
        start = next((place for place, token in enumerate(tokens) if token.text == "/"), len(tokens))
    names: list[str] = []
    depth, after_name = 0, False
    for token in tokens[start + 1 :]:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if token.kind == "sign" and token.text == "/" and command.name == "get data":
            break
        if token.kind != "word" or depth:
            continue
        if command.name == "get data" and after_name and FORMAT.fullmatch(token.text):
            after_name = False
        elif token.text.upper() == "TO":
            after_name = False
            names.append("TO")
        else:
            after_name = True
            if names and names[-1] == "TO":
                names.pop()
                names += (_count_up(names[-1], token.text) or [token.text]) if names else [token.text]
            else:
                names.append(token.text)
    return [name for name in names if name != "TO"]


def _make_variable(name: str, dictionary: _Dictionary) -> Variable:
    codes, ranges = dictionary.missing.get(name, ([], []))
    texts: dict[Code, Texts] = {code: {UNDETERMINED: text} for code, text in dictionary.labels.get(name, {}).items()}
    inside = [
        code for code in texts if isinstance(code, int | float) and any(low <= code <= high for low, high in ranges)
    ]
    missing = {code: texts.get(code, {}) for code in dict.fromkeys([*codes, *inside])}
    labels = {code: text for code, text in texts.items() if code not in missing}
    question = dictionary.questions.get(name, "")
    return Variable(
        name,
        {UNDETERMINED: question} if question else {},
        labels,
        missing,
        tuple(ranges),
        dictionary.measures.get(name),
    )
