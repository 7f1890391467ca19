"""What every estimate comes back as: a tidy table, a sentence, and where the numbers come from."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_option
from surveykit.codebook import Code, Codebook
from surveykit.errors import ArgumentError
from surveykit.findings import Names, describe
from surveykit.formatting import BREAKS, file_name, format_table, printable_lines, without_controls
from surveykit.recipes import code_of, seed_of
from surveykit.terminal_table import fit_lines, fit_table
from surveykit.translated_names import is_everybody, names_of_groups, names_of_levels
from surveykit.words.messages import Message, Told
from surveykit.words.pages import LANGUAGES, check_language, word
from surveykit.words.simulated import SIMULATED, SIMULATED_SENTENCE

GLOSSARY = (
    "outcome", "level", "group", "baseline", "term", "estimand", "method", "estimate", "std_error", "statistic", "df",
    "p_value", "conf_low", "conf_high", "deff", "n", "n_clusters", "n_weighted",
)  # fmt: skip
"""Columns of every result table: one order, one spelling. A column beyond them is described by its function."""

Meaning = tuple[tuple[str, Code], ...]
"""What the name of a group stands for: columns and their codes; none for everybody."""

GROUPS, WAVES = ("group", "baseline"), ("first_wave", "wave")
"""Columns of result tables that name groups of respondents; those of waves do where a table has no groups."""


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate, with the glossary's names; what a method does not give is missing.

    Attributes
    ----------
    estimate, std_error : float
        In the units of the outcome.
    statistic, df, p_value : float
        Of the test that the estimate is zero.
    conf_low, conf_high : float
    outcome, level, group, baseline, term, estimand, method : str or None
        What was estimated, of whom, and how.
    deff, n, n_clusters, n_weighted : float
        What the numbers rest on.
    extra : mapping
        Cells of columns beyond the glossary's.
    """

    estimate: float = float("nan")
    std_error: float = float("nan")
    statistic: float = float("nan")
    df: float = float("nan")
    p_value: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")
    _: KW_ONLY
    outcome: str | None = None
    level: str | None = None
    group: str | None = None
    baseline: str | None = None
    term: str | None = None
    estimand: str | None = None
    method: str | None = None
    deff: float = float("nan")
    n: float = float("nan")
    n_clusters: float = float("nan")
    n_weighted: float = float("nan")
    extra: Mapping[str, object] = field(default_factory=dict)


class WeightingStep(Told):
    """What was done to weights, in English, with the words and names it is made of: a page says it in its language.

    A text by inheritance, because `SurveyDesign.steps` has always held texts, which callers join, compare and print.

    Attributes
    ----------
    key : str
        Of the words that a page says it in ("raked to"); "" for a step that is printed as it is.
    slots : mapping from str to str
        What fills them: `names` of columns, and a `ceiling` or the `rule` followed, where there is one.
    """

    key: str
    slots: Mapping[str, str]

    def __new__(cls, text: str, key: str = "", **slots: str) -> "WeightingStep":
        """Make a step of its English text; a copy that pickle makes gets key and slots afterwards."""
        step = super().__new__(cls, text)
        step.key, step.slots = key, slots
        return step

    def say(self, lang: str) -> str:
        """Return the step in another language where its words are known, else as it is."""
        if lang == "en" or not self.key:
            return str(self)
        details = [word("ceiling", lang, n=self.slots["ceiling"])] if "ceiling" in self.slots else []
        details += [word(self.slots["rule"], lang)] if "rule" in self.slots else []
        return " ".join([word(self.key, lang, names=self.slots["names"]), *(f"({detail})" for detail in details)])


@dataclass(frozen=True)
class Origin:
    """Where the numbers of a result come from; carried along so that a page can say it.

    Attributes
    ----------
    source : str
        Name of the data file, or "a DataFrame".
    sha256 : str or None
        Hash of the data file.
    simulated : bool
        True when the answers are simulated; every rendering then says SIMULATED.
    weight : str
        "weighted by X; raked to ..." or "unweighted"; made of `weighted_by` and `steps` where it is not given.
    codebook : Codebook
        Labels for renderings in another language.
    lang : str or None
        Language of the labels in the table.
    conventions : str
        Name of the numerical conventions.
    files : tuple of str
        SHA-256 of every file that the answers and their codebook were read from.
    weighted_by : str or None
        Column of weights.
    steps : tuple of str
        What was done to the weights.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"q1": [1, 2], "w": [1.0, 2.0]}), weight="w")
    >>> origin = sk.means(design, "q1").origin
    >>> origin.source, origin.weight, origin.simulated
    ('a DataFrame', 'weighted by w', False)
    """

    source: str = "a DataFrame"
    sha256: str | None = None
    simulated: bool = False
    weight: str = ""
    codebook: Codebook = field(default_factory=Codebook, repr=False)
    lang: str | None = None
    conventions: str = "surveykit"
    files: tuple[str, ...] = field(default=(), repr=False)
    weighted_by: str | None = field(default=None, repr=False)
    steps: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", file_name(self.source))
        if not self.weight:
            given = self.weighted_by
            base = Message("weights.by", {"name": given}) if given else Message("weights.none")
            object.__setattr__(self, "weight", Told.of(base, *self.steps, between="; "))

    @property
    def hashes(self) -> tuple[str, ...]:
        """SHA-256 of the files that no output may be written over.

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.Origin("ili_2023.csv", sha256="5e0f").hashes
        ('5e0f',)
        """
        return tuple(dict.fromkeys([*([self.sha256] if self.sha256 else []), *self.files]))


@dataclass(frozen=True, eq=False)
class Result:
    """A tidy table plus a sentence.

    This is a base class, and this is the reason: a reader who knows one result knows them all, and one test walks
    over every class that promises `tidy`, `glance`, `summary`, `_repr_html_` and `to_latex`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per estimate, in the glossary's columns.
    method : str
        One sentence (or a paragraph) naming estimator, variance, degrees of freedom and conventions.
    origin : Origin
    facts : mapping
        What holds for the whole table (numbers of respondents, clusters, strata, ...); the columns of `glance`.
    title : str
        Heading of a rendered table.
    group_codes : mapping from str to tuple of (column, code)
        What each name in the columns `group` and `baseline` stands for (`first_wave` and `wave` in a table without
        groups): columns and their codes, none for everybody. Labels may hold commas, or be words such as "all", so that
        the name itself does not tell. Empty where the groups are not made of columns.
    level_codes : mapping from outcome to mapping from str to code
        The code that each text in the column `level` stands for; no two codes of an outcome have one text.
    quantity : str
        What the rows are ("mean", "share", "difference", "association", ...), by which `finding` has its sentences; ""
        for a table that is no estimate and no test.

    Notes
    -----
    Codes are found by what a row says, among the names of this one result, in which no two are alike. So they stay
    right when the table is filtered, sorted, renumbered or cut; a row with another text, one that was edited by hand,
    has no codes. See `codes`.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "village": ["A", "A", "B", "B"]})
    >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "q1")
    >>> result.table[["outcome", "estimate", "std_error", "n", "n_clusters"]]
      outcome  estimate  std_error  n  n_clusters
    0      q1       2.5        1.0  4           2
    >>> result.method.split("; ")[2]
    '4 respondents, 2 clusters (village), no strata, unweighted'
    """

    table: pd.DataFrame = field(repr=False)
    method: str
    origin: Origin = field(default_factory=Origin, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    title: str = ""
    group_codes: Mapping[str, Meaning] = field(default_factory=dict, repr=False, kw_only=True)
    level_codes: Mapping[str, Mapping[str, Code]] = field(default_factory=dict, repr=False, kw_only=True)
    quantity: str = field(default="", repr=False, kw_only=True)

    @property
    def codes(self) -> pd.DataFrame:
        """The codes behind the texts of the table: one row for each of its rows, under the same index.

        Columns are named twice, by the table's column and by what was asked: ``("level", "")`` is the code of the
        answer to the row's outcome; ``("group", "akim")`` the code of `akim` in the group, ``("baseline", "akim")``
        that in the baseline. ``result.codes["group"]`` holds those of the group. None where a text stands for no code:
        everybody, a table made by hand, a text that was edited.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("sex", labels={1: "men", 2: "women"})])
        >>> answers = sk.Survey(pd.DataFrame({"q1": [1, 2, 2, 2], "sex": [1, 2, 1, 2]}), book)
        >>> result = sk.shares(sk.SurveyDesign(answers), "q1", by="sex")
        >>> result.table["group"].tolist(), result.codes["group"]["sex"].tolist()
        (['men', 'men', 'women', 'women'], [1, 1, 2, 2])
        """
        found: dict[tuple[str, str], list[Code | None]] = {}
        if self.level_codes and "level" in self.table:
            found["level", ""] = self.codes_of_levels(self.table)
        for name in GROUPS if "group" in self.table and self.table["group"].notna().any() else WAVES:
            meanings = [dict(one or ()) for one in self.meanings_of(self.table.get(name, ()))]
            for column in dict.fromkeys(column for one in meanings for column in one):
                found[name, column] = [one.get(column) for one in meanings]
        columns = pd.MultiIndex.from_tuples(list(found), names=["column", "variable"]) if found else None
        rows = np.empty((len(self.table), len(found)), dtype=object)
        for place, codes in enumerate(found.values()):
            rows[:, place] = codes
        return pd.DataFrame(rows, index=self.table.index, columns=columns)

    def meanings_of(self, groups: Iterable[object]) -> list[Meaning | None]:
        """Return what names of groups stand for, () for everybody; None where the result does not know.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("sex", labels={1: "men", 2: "women"})])
        >>> answers = sk.Survey(pd.DataFrame({"q1": [1, 2, 2, 2], "sex": [1, 2, 1, 2]}), book)
        >>> result = sk.shares(sk.SurveyDesign(answers), "q1", by="sex")
        >>> result.meanings_of(["women", "nobody"])
        [(('sex', 2),), None]
        """
        return [self.group_codes.get(name) if isinstance(name, str) else None for name in groups]

    def codes_of_levels(self, table: pd.DataFrame) -> list[Code | None]:
        """Return the code of the answer in each row of a table that has this result's outcomes and levels.

        Raises
        ------
        ColumnError
            When the table lacks the column outcome or level.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> book = sk.Codebook.of([sk.Variable("sex", labels={1: "men", 2: "women"})])
        >>> answers = sk.Survey(pd.DataFrame({"q1": [1, 2, 2, 2], "sex": [1, 2, 1, 2]}), book)
        >>> result = sk.shares(sk.SurveyDesign(answers), "q1", by="sex")
        >>> result.codes_of_levels(result.table)
        [1, 2, 1, 2]
        """
        check_columns(table, ["outcome", "level"], "table")
        return [self.level_codes.get(name, {}).get(text) for name, text in zip(table["outcome"], table["level"])]

    @property
    def seed(self) -> int | None:
        """The seed of what was drawn at random; None where nothing was, or no whole number was given as `rng`.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
        >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
        >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
        >>> design = sk.SurveyDesign(answers, cluster="unit")
        >>> sk.compare_settlements(design, "trust", group="akim", baseline="appointed", settlement="unit", rng=7).seed
        7
        """
        return seed_of(self)

    @property
    def fitted_models(self) -> "Mapping[str, Result]":
        """The models whose coefficients the table shows, by name; of a fit itself under "", of other results none.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> design = sk.SurveyDesign(pd.DataFrame({"y": [1, 2, 4, 3], "x": [1, 2, 3, 4]}))
        >>> fit = sk.fit_model("y ~ x", design)
        >>> len(sk.means(design, "y").fitted_models), list(sk.compare_models([fit, fit]).fitted_models)
        (0, ['(1)', '(2)'])
        """
        return {}

    def code(self) -> str:
        """Return the code that makes this result again, from the reading of its file on.

        Raises
        ------
        ArgumentError
            When it is not known how the result was made: it was copied, unpickled, or made inside another function.

        Notes
        -----
        Each call is written as it was made. A table of more than 30 rows, a function and a numpy Generator cannot be
        written out: a comment names them, and they have to be there under that name when the code is run.

        Examples
        --------
        >>> import surveykit as sk
        >>> design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
        >>> print(sk.means(design, "trust_akim", by="akim").code())
        import surveykit as sk
        <BLANKLINE>
        survey = sk.load_example('ili_2023')
        design = sk.SurveyDesign(survey, weight='base_weight', cluster='settlement')
        result = sk.means(design, 'trust_akim', by='akim')
        <BLANKLINE>
        """
        return code_of(self)

    def finding(self, lang: str | None = None, *, outcome: str | None = None) -> str:
        """Return what was found, in whole sentences; "" for a table that is no estimate and no test.

        Parameters
        ----------
        lang : {"en", "ru", "kk"}, optional
            Language of the sentences; that of the labels by default.
        outcome : str, optional
            Of several outcomes, the one to tell of; by default all together.

        Raises
        ------
        ArgumentError
            When `lang` is no language that surveykit speaks, or the table has no such outcome.

        Notes
        -----
        "Shown" means that the test has a p below one minus the level of the intervals; "not shown" is not "none". The
        sentences say the numbers of the table and no others, rounded so that an error keeps two digits.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "village": ["A", "A", "B", "B"]})
        >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "q1")
        >>> result.finding()
        '“q1”: weighted mean 2.5, confidence interval (95%) [−10.2; 15.2]. Respondents: 4.'
        """
        language = self._language(lang)
        return " ".join(message.say(language) for message in self.findings(lang, outcome=outcome))

    def findings(self, lang: str | None = None, *, outcome: str | None = None) -> tuple[Message, ...]:
        """Return the sentences of `finding` as records: the key of each, and the numbers and names that fill its gaps.

        Parameters
        ----------
        lang, outcome
            As in `finding`.

        Raises
        ------
        ArgumentError
            As `finding` does.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "village": ["A", "A", "B", "B"]})
        >>> message = sk.means(sk.SurveyDesign(answers, cluster="village"), "q1").findings()[0]
        >>> message.key, message.slots["estimate"].value, message.slots["n"]
        ('estimate.all', 2.5, 4)
        """
        table = self.table
        if outcome is not None:
            check_columns(table, ["outcome"], "table")
            check_option(outcome, [name for name in table["outcome"].unique() if isinstance(name, str)], "outcome")
            table = table[table["outcome"] == outcome]
        messages = self._messages(table, self._wording(self._language(lang)))
        return (*([Message("simulated")] if messages and self.origin.simulated else []), *messages)

    def _language(self, lang: str | None) -> str:
        """Return the language to say things in: the one asked for, else that of the labels, else English."""
        return check_language(lang if lang is not None else self.origin.lang if self.origin.lang in LANGUAGES else None)

    def _wording(self, lang: str) -> Names:
        """Return what groups and answers are called in one language."""
        book = self.origin.codebook
        levels = {
            (outcome, text): name
            for outcome, codes in self.level_codes.items()
            for text, name in names_of_levels(codes, book, outcome, lang).items()
        }
        everybody = frozenset(name for name in ("all", *self.group_codes) if is_everybody(self.group_codes, name))
        return Names(lang, book, names_of_groups(self.group_codes, book, lang), levels, everybody)

    def _messages(self, table: pd.DataFrame, names: Names) -> list[Message]:
        """Return what rows of the table found, as records; a comparison under a verdict has sentences of its own."""
        return describe(self.quantity, table, names, float(self.facts.get("confidence", 0.95)))

    def tidy(self) -> pd.DataFrame:
        """Return the table, one row per estimate, numbers in full precision.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "village": ["A", "A", "B", "B"]})
        >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "q1")
        >>> list(result.tidy().columns) == list(sk.GLOSSARY), len(result.tidy())
        (True, 1)
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row of facts on the whole result.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "village": ["A", "A", "B", "B"]})
        >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "q1")
        >>> result.glance()[["n_rows", "n_clusters", "weight", "conventions"]]
           n_rows  n_clusters      weight conventions
        0       4           2  unweighted   surveykit
        """
        origin = self.origin
        row = {
            **self.facts,
            "weight": origin.weight,
            "conventions": origin.conventions,
            "source": origin.source,
            "sha256": origin.sha256,
            "simulated": origin.simulated,
        }
        return pd.DataFrame([row])

    def notes(self) -> list[str]:
        """Return the sentences that stand under the table: the method, and the warning that answers are simulated.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> simulated = sk.Origin(simulated=True)
        >>> sk.Result(pd.DataFrame({"estimate": [2.5]}), "A mean.", simulated).notes()
        ['SIMULATED answers: made by a program to try out the method. They are not findings.', 'A mean.']
        """
        return ([SIMULATED_SENTENCE] if self.origin.simulated else []) + [self.method]

    def summary(self) -> str:
        """Return what was found, the table and its notes as plain text.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> table = pd.DataFrame({"outcome": ["trust"], "estimate": [2.5], "n": [120]})
        >>> print(sk.Result(table, "Weighted means.", title="Trust in the akim").summary())
        Trust in the akim
        outcome estimate   n
          trust    2.500 120
        Weighted means.
        """
        return printable_lines("\n".join(part for part in (self.finding(), self._body()) if part))

    def _body(self) -> str:
        """Return title, table and notes as plain text."""
        return "\n".join(part for part in (self.title, self._text_rows(), *self.notes()) if part)

    def _text_rows(self) -> str:
        """Return the rows in 80 columns; a result with a page form of its own has other rows, here and below."""
        return fit_table(self._printed(), GLOSSARY[:7]) if len(self.table) else "(no rows)"

    def _printed(self) -> pd.DataFrame:
        """Return the rows that a tidy rendering shows, every cell a text."""
        return format_table(self.table)

    def __str__(self) -> str:
        return fit_lines(self.summary())

    def _repr_html_(self) -> str:
        rows = self._html_rows()
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        title = f"<h4>{html.escape(self.title)}</h4>" if self.title else ""
        # a wide table scrolls by itself: the page of a notebook would be moved with it
        return f"<div class='surveykit'>{title}<div style='overflow-x: auto'>{rows}</div>{notes}</div>"

    def _html_rows(self) -> str:
        return with_scopes(str(self._printed().to_html(index=False, escape=True, border=0)))

    def to_latex(self, caption: str | None = None, label: str | None = None) -> str:
        r"""Return a LaTeX table (package booktabs) with its notes; texts from files are escaped.

        The table as it is: `write_table` hides the cells of few respondents before they leave the house.

        Raises
        ------
        ArgumentError
            When `label` holds more than a label may: it stands in the text as it is.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> print(sk.Result(pd.DataFrame({"outcome": ["q_1"], "estimate": [2.5]}), "Means.").to_latex("Trust & more"))
        \begin{table}
        \centering
        \caption{Trust \& more}
        \begin{tabular}{ll}
        \toprule
        outcome & estimate \\
        \midrule
        q\_1 & 2.500 \\
        \bottomrule
        \end{tabular}
        \par\small Means.
        \end{table}
        <BLANKLINE>
        """
        if label is not None and not re.fullmatch(r"[A-Za-z0-9:._/-]+", label):
            raise ArgumentError(
                f"`label` is a name for \\ref, of letters, digits and : . _ / - alone, but {label!r} was given"
            )
        heading = escape_latex(caption or self.title)
        if self.origin.simulated:
            heading = f"{heading} ({SIMULATED})".strip()
        lines = [r"\begin{table}", r"\centering"]
        lines += [rf"\caption{{{heading}}}"] if heading else []
        lines += [rf"\label{{{label}}}"] if label else []
        notes = [rf"\par\small {escape_latex(note)}" for note in self.notes()]
        return "\n".join([*lines, self._latex_rows().strip(), *notes, r"\end{table}"]) + "\n"

    def _latex_rows(self) -> str:
        shown = self._printed()
        shown.columns = [escape_latex(name) for name in shown.columns]
        return str(shown.map(escape_latex).to_latex(index=False, escape=False))

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """The estimates in the form that maketables.ETable takes; maketables itself is never imported."""
        rows = self.table.reindex(columns=GLOSSARY)
        names = [
            " / ".join(str(part) for part in parts if isinstance(part, str) and part)
            for parts in rows[list(GLOSSARY[:7])].itertuples(index=False)
        ]
        columns = {
            "b": "estimate",
            "se": "std_error",
            "t": "statistic",
            "p": "p_value",
            "ci95l": "conf_low",
            "ci95u": "conf_high",
        }
        numbers = {short: rows[name].astype(float).to_numpy() for short, name in columns.items()}
        return pd.DataFrame(numbers, index=pd.Index(names, name="Coefficient"))

    @property
    def __maketables_depvar__(self) -> str:
        """What the estimates speak of: the outcomes, and SIMULATED when the answers are."""
        outcomes = ", ".join(dict.fromkeys(self.table["outcome"].dropna())) if "outcome" in self.table else self.title
        return f"{outcomes} ({SIMULATED})" if self.origin.simulated else outcomes

    def __maketables_stat__(self, key: str) -> object:
        """Return a statistic of the whole result by maketables' name for it."""
        facts = {"N": "n_rows", "se_type": "weight"}
        return self.glance().iloc[0].to_dict().get(facts.get(key, key))


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\u2212": r"$-$", "<": r"\textless{}",
    ">": r"\textgreater{}", "\u221e": r"$\infty$", "\u202f": r"\,",
}  # fmt: skip


def with_scopes(table: str) -> str:
    """Return a table that pandas wrote in HTML, its header cells told to a screen reader as those of columns or rows.

    Examples
    --------
    >>> with_scopes("<thead><tr><th></th><th>n</th></tr></thead><tbody><tr><th>men</th><td>3</td></tr></tbody>")
    '<thead><tr><td></td><th scope="col">n</th></tr></thead><tbody><tr><th scope="row">men</th><td>3</td></tr></tbody>'
    """
    head, end, body = table.partition("</thead>")
    head = re.sub(r"<th( [^>]*)?></th>", r"<td\1></td>", head)
    head = head.replace("<th colspan", '<th scope="colgroup" colspan').replace("<th>", '<th scope="col">')
    body = body.replace("<th rowspan", '<th scope="rowgroup" rowspan').replace("<th>", '<th scope="row">')
    return head + end + body


def escape_latex(text: object) -> str:
    """Return text in which LaTeX's special characters stand for themselves; line breaks become spaces.

    A bracket or star in front would be read as an argument of the line break above it.
    """
    escaped = " ".join(
        BREAKS.split("".join(_LATEX.get(character, character) for character in without_controls(str(text))).strip())
    )
    return "{}" + escaped if escaped.startswith(("[", "*")) else escaped


def table_of(rows: Sequence[Row], extra: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a result table of rows, with the glossary's columns in their order and those that `extra` names."""
    columns: dict[str, object] = {name: [row.extra[name] for row in rows] for name in extra}
    if not rows:  # so that columns of texts stay such
        return glossary_frame({"n": np.empty(0), **columns}, extra)
    return glossary_frame({name: [getattr(row, name) for row in rows] for name in GLOSSARY} | columns, extra)


def glossary_frame(columns: Mapping[str, object] | pd.DataFrame, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a result table with the glossary's columns in their order; absent ones are missing values.

    `extra` names further columns, which follow the glossary's.
    """
    given = dict(columns)
    n = max(
        (len(values) for values in given.values() if not isinstance(values, str) and hasattr(values, "__len__")),
        default=1,
    )
    no_text, no_number = np.full(n, None, dtype=object), np.full(n, np.nan)
    named = {name: given.get(name, no_text if name in GLOSSARY[:7] else no_number) for name in GLOSSARY}
    named |= {name: given[name] for name in extra}
    # texts spelled out as objects: pandas takes them several times faster than one text to repeat, or numpy's own kind
    return pd.DataFrame(
        {
            name: np.full(n, values, dtype=object) if isinstance(values, str) else values
            for name, values in named.items()
        },
        copy=True,
    )
