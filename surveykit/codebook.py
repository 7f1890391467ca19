"""What each column asks, what each code means, which codes are missing and why, in up to three languages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_option, some, suggest
from surveykit.errors import ArgumentError, CodebookError, ColumnError

Code = int | float | str
Texts = Mapping[str, str]
Measure = Literal["nominal", "ordinal", "scale"]

UNDETERMINED = "und"
"""ISO 639 code of a text whose language the file does not tell."""


def as_code(value: object) -> Code:
    """Return a code as int where it is a whole number, else as float or text (an interval or a date as it prints)."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | np.integer):  # a float could not hold all of them
        return int(value)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value).removesuffix(" 00:00:00")
    return int(number) if number.is_integer() else number


def as_texts(text: str | Mapping[str, str] | None, lang: str = UNDETERMINED) -> Texts:
    """Return one text, or texts by language, as an immutable mapping from language to text."""
    if text is None:
        return MappingProxyType({})
    if isinstance(text, str):
        return MappingProxyType({lang: text})
    return MappingProxyType(dict(text))


def pick_text(texts: Texts, lang: str | None = None, default: str = "") -> str:
    """Return the text in `lang`, else of undetermined language, else English, else the first one, else `default`."""
    for wanted in (lang, UNDETERMINED, "en"):
        if wanted is not None and wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()), default)


def distinct_texts(texts: Sequence[str], keys: Sequence[object]) -> list[str]:
    """Return texts of which no two are alike: those that were carry their key in brackets."""
    if len({*texts}) == len(texts):
        return list(texts)
    distinct = [f"{text} ({key})" if texts.count(text) > 1 else text for text, key in zip(texts, keys)]
    while len({*distinct}) < len(distinct):  # a text that reads like another with its key, or the keys 1 and "1"
        distinct = [f"{text} [{place}]" if distinct.count(text) > 1 else text for place, text in enumerate(distinct, 1)]
    return distinct


@dataclass(frozen=True)
class Variable:
    """One column of a survey.

    Attributes
    ----------
    name : str
        Column name in the data.
    question : mapping from language to text
        What was asked, or the variable label.
    labels : mapping from code to texts
        Meaning of each substantive code.
    missing : mapping from code to texts
        Codes that count as missing, each with its reason ("don't know", "refused").
    missing_ranges : tuple of (low, high)
        Closed ranges of missing codes; ``-inf`` and ``inf`` stand for LOWEST and HIGHEST.
    measure : {"nominal", "ordinal", "scale"} or None
    universe : mapping from language to text
        Who was asked ("all respondents", "those who voted").
    mode : mapping from language to text
        How the answer was got ("face to face", "by telephone").
    print_format : str or None
        How SPSS shows its numbers ("F1.0", "EDATE10"); None for SPSS's own choice.
    asked_of : mapping from column to codes
        The skip rule: asked of those who have one of these codes in that column, and in each other column named; of
        everybody where none is named. `universe` says it in words.

    Raises
    ------
    CodebookError
        When a code is both labelled and missing, a range of missing codes runs backwards, or a skip rule names no code.

    Examples
    --------
    >>> import surveykit as sk
    >>> trust = sk.Variable("trust", "Do you trust the akim?", labels={1: "No", 2: "Yes"}, missing={98: "Don't know"})
    >>> trust.ask(), trust.label(2), trust.label(98), trust.label(7)
    ('Do you trust the akim?', 'Yes', "Don't know", '7')
    """

    name: str
    question: Texts = field(default_factory=dict)
    labels: Mapping[Code, Texts] = field(default_factory=dict)
    missing: Mapping[Code, Texts] = field(default_factory=dict)
    missing_ranges: tuple[tuple[float, float], ...] = ()
    measure: Measure | None = None
    universe: Texts = field(default_factory=dict)
    mode: Texts = field(default_factory=dict)
    print_format: str | None = None
    asked_of: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rule = {column: tuple(map(as_code, codes)) for column, codes in self.asked_of.items()}
        object.__setattr__(self, "asked_of", MappingProxyType(rule))
        nobody = next((column for column, codes in rule.items() if not codes), None)
        if nobody is not None:
            raise CodebookError(
                f"variable {self.name!r} is asked of nobody: its `asked_of` names no code of {nobody!r}; name the codes of those who were asked, or leave the column out"
            )
        for about in ("question", "universe", "mode"):
            object.__setattr__(self, about, as_texts(getattr(self, about)))
        for kind in ("labels", "missing"):
            texts = {as_code(code): as_texts(text) for code, text in getattr(self, kind).items()}
            object.__setattr__(self, kind, MappingProxyType(texts))
        both = [code for code in self.labels if code in self.missing]
        if both:
            raise CodebookError(
                f"variable {self.name!r} gives code {both[0]!r} a label and calls it missing; list it once, under `labels` or under `missing`"
            )
        for low, high in self.missing_ranges:
            if not low <= high:
                raise CodebookError(
                    f"variable {self.name!r} has the missing range {low} to {high}, which runs backwards; give the lower end first"
                )

    def label(self, code: object, lang: str | None = None) -> str:
        """Return the label of a code (also of a missing code), or the code itself as text.

        Examples
        --------
        >>> import surveykit as sk
        >>> q1 = sk.Variable("q1", labels={1: {"en": "No", "kk": "Жоқ"}}, missing={9: {"en": "refused"}})
        >>> q1.label(1, "kk"), q1.label(9), q1.label(3)
        ('Жоқ', 'refused', '3')
        """
        key = as_code(code)
        texts = self.labels.get(key) or self.missing.get(key) or {}
        return pick_text(texts, lang, str(key))

    def position(self, value: object, codes: Sequence[object], argument: str, lang: str | None = None) -> int:
        """Return which of `codes` is meant: by the code itself, its label in any language, or the code as it prints.

        Raises
        ------
        ArgumentError
            When it is none of them, or a text that may mean two: a label that they share, or the label of one and the
            number of the other.

        Examples
        --------
        >>> import surveykit as sk
        >>> q1 = sk.Variable("q1", labels={1: {"en": "No"}, 2: {"en": "Yes"}})
        >>> q1.position("Yes", [1, 2], "baseline"), q1.position("1", [1, 2], "baseline")
        (1, 0)
        """
        meant = self.meant_by(value, codes)
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise ArgumentError(
                f"`{argument}` names {value!r}, which may mean {self.spell(codes, meant)}; give the code"
            )
        check_option(value, [self.label(code, lang) for code in codes], argument)
        raise ArgumentError(f"`{argument}` names no code: {value!r}")  # pragma: no cover

    def meant_by(self, value: object, codes: Sequence[object]) -> list[int]:
        """Return which of `codes` a value may mean: the code itself and, for a text, codes labelled or printed so.

        The one rule for whatever takes "a code or its label". A number is a code and nothing else. A text that is the
        label of one code and prints as another means both, and whoever asks refuses it: neither reading is the better.

        Parameters
        ----------
        value : object
        codes : sequence

        Returns
        -------
        list of int
            Places in `codes`.

        Examples
        --------
        >>> import surveykit as sk
        >>> sex = sk.Variable("sex", labels={1: "2", 2: "1"})
        >>> sex.meant_by(1, [1, 2]), sex.meant_by("1", [1, 2])
        ([0], [0, 1])
        """
        given = as_code(value)
        if not isinstance(given, str):
            return [place for place, code in enumerate(codes) if as_code(code) == given]
        texts = [{str(code), str(as_code(code)), *self.labels.get(as_code(code), {}).values()} for code in codes]
        return [place for place, known in enumerate(texts) if given in known]

    def spell(self, codes: Sequence[object], places: Sequence[int]) -> str:
        """Return some of `codes` with their labels, for a message: "1 ('no') or 2 ('yes')".

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.Variable("q1", labels={1: "no", 2: "yes"}).spell([1, 2, 3], [0, 2])
        "1 ('no') or 3"
        """
        chosen = [codes[place] for place in places]
        return " or ".join(
            f"{code!r} ({self.label(code)!r})" if as_code(code) in self.labels else repr(code) for code in chosen
        )

    def ask(self, lang: str | None = None) -> str:
        """Return the question in one language, or the column's name.

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.Variable("q1", {"en": "The akim listens"}).ask("en"), sk.Variable("q2").ask()
        ('The akim listens', 'q2')
        """
        return pick_text(self.question, lang, self.name) or self.name

    def texts(self) -> Iterator[Texts]:
        """Yield all its texts: the question, the labels, the reasons, who was asked and how.

        Examples
        --------
        >>> import surveykit as sk
        >>> [dict(texts) for texts in sk.Variable("q1", {"en": "Do you?"}, {1: {"en": "Yes"}}).texts() if texts]
        [{'en': 'Do you?'}, {'en': 'Yes'}]
        """
        yield from (self.question, *self.labels.values(), *self.missing.values(), self.universe, self.mode)

    def was_asked(self, data: pd.DataFrame) -> np.ndarray:
        """Return a boolean array: which rows the skip rule (`asked_of`) asks; a column that is not there skips nobody.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> voted = sk.Variable("voted", "Did you vote?", asked_of={"akim": [2]})
        >>> voted.was_asked(pd.DataFrame({"akim": [1, 2, None], "voted": [None, 1, None]})).tolist()
        [False, True, False]
        """
        asked = np.ones(len(data), dtype=bool)
        for column, codes in self.asked_of.items():
            if column in data:
                asked &= data[column].isin(codes).to_numpy(dtype=bool)
        return asked

    def is_missing(self, values: pd.Series) -> np.ndarray:
        """Return a boolean array: which values are declared missing (NaN is not declared, it is simply absent).

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> age = sk.Variable("age", missing={-1: "refused"}, missing_ranges=((997, 999),))
        >>> age.is_missing(pd.Series([34, -1, 998, None])).tolist()
        [False, True, True, False]
        """
        found = np.array(values.isin(list(self.missing)), dtype=bool) if self.missing else np.zeros(len(values), bool)
        if self.missing_ranges and (values.dtype == object or pd.api.types.is_numeric_dtype(values.dtype)):
            if values.dtype == object:  # numbers, and texts such as Stata's .a beside them
                numbers = np.array([cell if isinstance(cell, int | float) else np.nan for cell in values], dtype=float)
            else:
                numbers = values.to_numpy(dtype=float, na_value=np.nan)
            for low, high in self.missing_ranges:
                found |= (numbers >= low) & (numbers <= high)
        return found


@dataclass(frozen=True)
class ResponseSet:
    """Columns that answer one question together.

    Attributes
    ----------
    name : str
    items : tuple of str
        One column per option (each with a code for "chosen"), or one column per mention (each with the option's code).
    chosen : int, float, str or None
        The code that means "chosen"; None when the columns hold the options' codes.
    question : mapping from language to text

    Raises
    ------
    ArgumentError
        When it has fewer than two columns.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = sk.Survey(pd.DataFrame({"roads": [1, 0, 1], "water": [1, 1, 0]}))
    >>> needs = sk.ResponseSet("needs", ["roads", "water"], question={"en": "What does the village need?"})
    >>> sk.count_responses(survey, needs).table[["level", "n"]].values.tolist()
    [['roads', 2], ['water', 2]]
    """

    name: str
    items: tuple[str, ...]
    chosen: Code | None = 1
    question: Texts | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(self.items))
        object.__setattr__(self, "question", as_texts(self.question))
        if len(self.items) < 2:
            raise ArgumentError(
                f"the response set {self.name!r} needs at least two columns, as in items=['q1_1', 'q1_2']"
            )


@dataclass(frozen=True)
class Codebook:
    """The variables of a survey by name; immutable, every change makes another codebook.

    Attributes
    ----------
    variables : mapping from name to Variable
    title : mapping from language to text
    response_sets : mapping from name to ResponseSet
        Questions with several answers, one column for each option or mention.
    simulated : bool
        Whether its file says that the answers are simulated; a survey that is given this codebook says so too.
    weight : str or None
        The column that its file names as the weights of those answers.

    Raises
    ------
    CodebookError
        When `of` is given two variables of one name, or a skip rule names a code that its column does not have.

    Examples
    --------
    >>> import surveykit as sk
    >>> q1 = sk.Variable("q1", {"en": "The akim listens"}, labels={1: {"en": "No"}, 2: {"en": "Yes"}}, missing={9: {}})
    >>> book = sk.Codebook.of([q1])
    >>> book["q1"].label(2, "en")
    'Yes'
    >>> len(book), "q1" in book, list(book)
    (1, True, ['q1'])
    """

    variables: Mapping[str, Variable] = field(default_factory=dict)
    title: Texts = field(default_factory=dict)
    response_sets: Mapping[str, ResponseSet] = field(default_factory=dict)
    simulated: bool = field(default=False, kw_only=True)
    weight: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        for kind in ("variables", "response_sets"):
            object.__setattr__(self, kind, MappingProxyType(dict(getattr(self, kind))))
        object.__setattr__(self, "title", as_texts(self.title))
        self._check_skip_rules()

    def _check_skip_rules(self) -> None:
        """Raise when a skip rule rests on a code that its column, where that has codes, does not have."""
        for variable in self.variables.values():
            for column, codes in variable.asked_of.items():
                about = self.variables.get(column)
                if about is None or not about.labels:
                    continue
                undeclared = [code for code in codes if code not in about.labels]
                wrong = [code for code in undeclared if not about.is_missing(pd.Series([code], dtype=object))[0]]
                if wrong:
                    raise CodebookError(
                        f"variable {variable.name!r} is asked of {column!r} {wrong[0]!r}, which is none of its codes; it has {some(list(about.labels))}, so correct `asked_of`, or give the code a label"
                    )

    @classmethod
    def of(cls, variables: Iterable[Variable], title: str | Texts | None = None) -> "Codebook":
        """Make a codebook from variables; two of one name are refused.

        Raises
        ------
        CodebookError
            When two variables have one name.

        Examples
        --------
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("q1", "The akim listens"), sk.Variable("age")], title="Ili 2023")
        >>> [book[name].ask() for name in book]
        ['The akim listens', 'age']
        """
        book: dict[str, Variable] = {}
        for variable in variables:
            if variable.name in book:
                raise CodebookError(f"the codebook describes {variable.name!r} twice; keep one description")
            book[variable.name] = variable
        return cls(book, as_texts(title))

    def __getitem__(self, name: str) -> Variable:
        return self.variables.get(name) or Variable(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.variables

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that occur in it, in order of first appearance.

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.Codebook.of([sk.Variable("q1", {"kk": "Әкім тыңдайды", "en": "The akim listens"})]).languages
        ('kk', 'en')
        """
        seen: dict[str, None] = dict.fromkeys(self.title)
        for variable in self.variables.values():
            for texts in variable.texts():
                seen.update(dict.fromkeys(texts))
        return tuple(seen)

    def code_of(self, name: str, value: object) -> Code:
        """Return the code that `value` stands for in a column: the code itself, or the code that carries this label.

        Raises
        ------
        ColumnError
            When it is neither a known code nor a label in any language.
        CodebookError
            When it may mean two: a label that they share, or the label of one and the number of the other.

        Examples
        --------
        >>> import surveykit as sk
        >>> q1 = sk.Variable("q1", labels={1: {"en": "No", "kk": "Жоқ"}, 2: {"en": "Yes", "kk": "Иә"}})
        >>> book = sk.Codebook.of([q1])
        >>> book.code_of("q1", "Иә"), book.code_of("q1", 1)
        (2, 1)
        """
        variable = self[name]
        codes = list(variable.labels)
        meant = variable.meant_by(value, codes)
        if len(meant) == 1:
            return codes[meant[0]]
        if meant:
            raise CodebookError(f"{value!r} in {name!r} may mean {variable.spell(codes, meant)}; give the code")
        known = [pick_text(texts) for texts in variable.labels.values()]
        raise ColumnError(f"{name!r} has no code or label {value!r}; it has {known}{suggest(value, known)}")

    def replace(self, *variables: Variable) -> "Codebook":
        """Return a codebook in which these variables replace those of the same name, or are added.

        Examples
        --------
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("q1"), sk.Variable("age")])
        >>> book.replace(sk.Variable("q1", "The akim listens"))["q1"].ask()
        'The akim listens'
        """
        return replace(self, variables={**self.variables, **{variable.name: variable for variable in variables}})

    def keep(self, names: Iterable[str]) -> "Codebook":
        """Return a codebook of the named variables only, and of the response sets that are whole among them.

        Raises
        ------
        ArgumentError
            When a name is given twice.

        Examples
        --------
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("q1"), sk.Variable("q2"), sk.Variable("age")])
        >>> list(book.keep(["age", "q1"]))
        ['age', 'q1']
        """
        wanted = dict.fromkeys(as_names(names, "names"))
        sets = {name: one for name, one in self.response_sets.items() if all(item in wanted for item in one.items)}
        variables = {name: self.variables[name] for name in wanted if name in self.variables}
        return replace(self, variables=variables, response_sets=sets)

    def merge(self, other: "Codebook") -> "Codebook":
        """Return a codebook with the texts of `other` added where this one has none (a further language, say).

        Examples
        --------
        >>> import surveykit as sk
        >>> english = sk.Codebook.of([sk.Variable("q1", {"en": "The akim listens"})])
        >>> kazakh = sk.Codebook.of([sk.Variable("q1", {"kk": "Әкім тыңдайды"})])
        >>> dict(english.merge(kazakh)["q1"].question)
        {'kk': 'Әкім тыңдайды', 'en': 'The akim listens'}
        """
        merged = dict(self.variables)
        for name, theirs in other.variables.items():
            ours = merged.get(name)
            merged[name] = theirs if ours is None else _merge_variable(ours, theirs)
        sets = {**other.response_sets, **self.response_sets}
        return replace(self, variables=merged, title={**other.title, **self.title}, response_sets=sets)


def _merge_variable(ours: Variable, theirs: Variable) -> Variable:
    missing = {
        code: {**theirs.missing.get(code, {}), **ours.missing.get(code, {})}
        for code in {**ours.missing, **theirs.missing}
    }
    labels = {
        code: {**theirs.labels.get(code, {}), **ours.labels.get(code, {})}
        for code in {**ours.labels, **theirs.labels}
        if code not in missing
    }
    for code, reason in missing.items():
        missing[code] = {**theirs.labels.get(code, {}), **ours.labels.get(code, {}), **reason}
    return Variable(
        ours.name,
        {**theirs.question, **ours.question},
        labels,
        missing,
        ours.missing_ranges or theirs.missing_ranges,
        ours.measure or theirs.measure,
        {**theirs.universe, **ours.universe},
        {**theirs.mode, **ours.mode},
        ours.print_format or theirs.print_format,
        ours.asked_of or theirs.asked_of,
    )
