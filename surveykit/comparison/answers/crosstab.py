"""The weighted crosstab: answers by groups, with bases, errors, tests of independence and letters of larger columns."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_mask, check_option, check_share, warn
from surveykit.codebook import Code, Codebook, ResponseSet, Texts, Variable, as_code
from surveykit.coded_answers.response_sets import chosen_options, find_response_sets
from surveykit.coded_answers.text_answers import prepare_answers
from surveykit.comparison.methods.multiplicity import adjust_p_values
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.engine.domains import EMPTY, Carried, Domains, carried_by, make_domains, missing_table
from surveykit.estimation.engine.levels import item_levels
from surveykit.estimation.engine.result_columns import Estimates, facts_of
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.hypotheses.rao_scott import rao_scott_test
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means, totals
from surveykit.estimation.quantities.ratios import ratios
from surveykit.estimation.quantities.shares import shares
from surveykit.estimation.quantities.wide_form import ALL, Layout, Percent, Show, wide_form
from surveykit.formatting import format_number, format_percent, in_language, p_text, percent_text
from surveykit.results import GLOSSARY, Meaning, glossary_frame
from surveykit.translation import page_language, question_of, reason_names
from surveykit.wide_results import WideForm, WideResult
from surveykit.words.messages import Told, as_sentence, told_of
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED_SENTENCE

Base = Literal["respondents", "mentions"]
MOST_DIGITS = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class Crosstab(WideResult):
    """A crosstab: a tidy table of its estimates, and the page form with answers down and groups across.

    Attributes
    ----------
    percent : {"column", "row", "total"} or None
        What the shares are shares of; None for weighted counts.
    show : {"interval", "std_error"} or None
        What stands in brackets behind each estimate of the page.
    digits : int
        Decimals of percentages on the page; means have one more.
    confidence : float
    letters : float or None
        Level of the pairwise tests behind the letters.
    several : mapping from str to {"respondents", "mentions"}
        Questions with several answers, and what their shares are shares of.
    tests : pandas.DataFrame
        Rao-Scott F of each question (`outcome`) by each question across (`term`).
    missing : pandas.DataFrame
        Who did not answer, by question (`outcome`) and `reason`: `n` and weighted `share` of all asked.
    comparisons : pandas.DataFrame
        The pairwise tests behind the letters: `group` minus `baseline`, `p_value` and `p_holm`.
    ungrouped : mapping from str to int
        Respondents who stand in no column of a question across.
    few_ungrouped : tuple of str
        Questions across of which it is only told that so few stand in no column that disclosure control hides how many.
    persons : mapping from (outcome, term, level, group) to int
        Respondents behind each cell, unweighted; of level "" those who answered.
    carried : mapping from (outcome, term, group) to Carried
        Who carries the weight of those who answered.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2, 1, 1], "akim": [1, 2] * 4, "village": list("AABBCCDD")})
    >>> found = sk.crosstab(sk.SurveyDesign(answers, cluster="village"), "q1", "akim")
    >>> found.wide().loc["q1", "akim"].to_dict("list")
    {'1': [75.0, 25.0, 100.0, 4.0, 4.0], '2': [25.0, 75.0, 100.0, 4.0, 4.0], 'Total': [50.0, 50.0, 100.0, 8.0, 8.0]}
    """

    percent: Percent | None = "column"
    show: Show | None = None
    digits: int = 1
    confidence: float = 0.95
    letters: float | None = None
    several: Mapping[str, Base] = field(default_factory=dict)
    tests: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    missing: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    comparisons: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    ungrouped: Mapping[str, int] = field(default_factory=dict, repr=False)
    few_ungrouped: tuple[str, ...] = ()
    persons: Mapping[tuple[str, str, str, str], int] = field(default_factory=dict, repr=False)
    carried: Mapping[tuple[str, str, str], Carried] = field(default_factory=dict, repr=False)

    def wide(self) -> pd.DataFrame:
        """Return the page form as numbers: percentages, counts and means that are not rounded.

        Rows are named by question and answer, columns by question across and group; totals and bases included.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2], "akim": [1, 2] * 3, "village": list("AABBCC")})
        >>> found = sk.crosstab(sk.SurveyDesign(answers, cluster="village"), "q1", "akim", percent="row")
        >>> float(found.wide().loc[("q1", "2"), ("akim", "Total")])
        100.0
        """
        return self.form().numbers()

    def notes(self) -> list[str]:
        """Return the sentences under the table: what the numbers are, tests, letters, missing answers, the method.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2], "akim": [1, 2] * 3, "village": list("AABBCC")})
        >>> sk.crosstab(sk.SurveyDesign(answers, cluster="village"), "q1", "akim").notes()[0]
        'Column percent.'
        """
        first = [SIMULATED_SENTENCE] if self.origin.simulated else []
        return [*first, *sentences_under(self), self.method]

    def form(self, lang: str | None = None, digits: int | None = None) -> WideForm:
        """Return the page form in one language; None: that of the crosstab, and the decimals it was asked for.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2, 1, 1], "akim": [1, 2] * 4, "village": list("AABBCCDD")})
        >>> found = sk.crosstab(sk.SurveyDesign(answers, cluster="village"), "q1", "akim")
        >>> found.form("ru").plain().iloc[:3, 1:].values.tolist()
        [['1', '75,0', '25,0', '50,0'], ['2', '25,0', '75,0', '50,0'], ['Всего', '100,0', '100,0', '100,0']]
        """
        # shares of answers given add up to 100; those of respondents who gave several do not
        several = tuple(name for name, base in self.several.items() if base == "respondents")
        decimals = self.digits if digits is None else digits
        return wide_form(self, lang, Layout(self.percent, decimals, self.show, several))


def title_in(result: Crosstab, lang: str | None) -> str:
    """Return the title: what is tabulated, where it is one question, and by what."""
    asked, terms = (result.table[name].unique() for name in ("outcome", "term"))
    across = ", ".join(question_of(name, lang, result.origin) for name in terms)
    return f"{question_of(asked[0], lang, result.origin)} × {across}" if len(asked) == 1 else across


PERCENT_OF = {None: "weighted_counts", "column": "percent_column", "row": "percent_row", "total": "percent_total"}
BASE_OF = {"respondents": "of_respondents", "mentions": "of_mentions"}
IN_BRACKETS = {"interval": "brackets_interval", "std_error": "brackets_std_error"}
"""Keys of the sentences under a table, whole, so that each can be found where it is used."""


def sentences_under(result: Crosstab, labels: str | None = None) -> list[str]:
    """Return what stands beneath the page form: what the numbers are, tests, letters and who did not answer."""
    labels, lang = labels or result.origin.lang, page_language(labels, result.origin)

    def ask(name: str) -> str:
        return question_of(name, labels, result.origin)

    said = [word(PERCENT_OF[result.percent], lang)]
    said += [word(BASE_OF[base], lang, question=ask(name)) for name, base in result.several.items()]
    if result.show:
        said.append(word(IN_BRACKETS[result.show], lang, percent=percent_text(result.confidence, lang)))
    if result.letters is not None:
        said.append(word("letters_note", lang, level=in_language(f"{result.letters:g}", lang)))
    if len(result.tests):
        tests = [
            f"{ask(row.outcome)} × {ask(row.term)}: F({format_number(row.df, 2, lang)}; {format_number(row.df_denominator, 1, lang)}) = {format_number(row.statistic, 2, lang)}, {p_text(row.p_value, lang)}"
            for row in result.tests.itertuples()
            if not np.isnan(row.statistic)
        ]
        said += [word("rao_scott_note", lang, tests="; ".join(tests))] if tests else []
    for name in dict.fromkeys(result.missing.get("outcome", ())):
        rows = result.missing[(result.missing["outcome"] == name) & (result.missing["n"] > 0)]
        names = reason_names(rows["reason"], name, labels, result.origin)
        given = [
            f"{names[row.reason]} {format_percent(row.share, result.digits, lang)} (n = {format_number(row.n, 0, lang)})"
            for row in rows.itertuples()
        ]
        said += [word("outside_base", lang, question=ask(name), reasons=", ".join(given))] if given else []
    said += [
        word("without_group", lang, question=ask(name), n=format_number(n, 0, lang))
        for name, n in result.ungrouped.items()
        if n
    ]
    said += [
        word("few_without_group", lang, question=ask(name), n=int(result.facts["minimum_n"]))
        for name in result.few_ungrouped
    ]
    return said


def crosstab(
    design: SurveyDesign,
    rows: str | ResponseSet | Sequence[str | ResponseSet] | None,
    columns: str | Sequence[str],
    *,
    percent: Percent | None = "column",
    means_of: str | Sequence[str] | None = None,
    show: Show | None = None,
    letters: float | None = None,
    base: Base = "respondents",
    where: pd.Series | np.ndarray | None = None,
    digits: int = 1,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Crosstab:
    """Tabulate answers by groups: weighted percentages, bases, tests of independence, letters of larger columns.

    Parameters
    ----------
    design : SurveyDesign
    rows : str, ResponseSet, or sequence of them, or None
        Questions whose answers go down the page. A question with several answers is named by its set, as
        `find_response_sets` knows it, or given as a `ResponseSet`. None for a table of means alone.
    columns : str or sequence of str
        Questions whose answers are the groups across, side by side, each with a total of those who stand in its groups.
    percent : {"column", "row", "total"} or None
        Shares of each group, of each answer, of all in both, or weighted counts.
    means_of : str or sequence of str, optional
        Numeric columns (scores, items) whose means stand beneath.
    show : {"interval", "std_error"}, optional
        What the page puts in brackets behind an estimate; the table always has both.
    letters : float, optional
        Level, such as 0.05, at which columns of one question across are compared in pairs; needs percent="column".
    base : {"respondents", "mentions"}
        What shares of a question with several answers are shares of: those who answered it, or all answers given.
    where : boolean Series or array, optional
        Restricts the table to a part of the respondents; the rest stays in the design for the variance.
    digits : int
        Decimals of percentages on the page, 0 to 6; means have one more.
    confidence : float
        Confidence level of the intervals.
    lang : str, optional
        Language of questions, answers and groups.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Crosstab
        The table has a row for each answer, question across (`term`) and group, "all" for the total; `estimand` is
        "share", "mean" or "total"; `n` and `n_weighted` are the base of the row (of a count: those counted). A row
        without a `level` is a mean, or a margin: all answers together. `tests`, `missing` and `comparisons` beside it.
        Printed, and written by `write_table`, it is the page form; `wide()` has its numbers.

    Raises
    ------
    ColumnError
        When a column is absent or one of means holds text.
    ArgumentError
        When nothing is asked for, a question is tabulated by itself, nobody answered one, nobody is left in any group,
        or an option is out of its range or does not go with another.

    Notes
    -----
    Every number is that of another function: `shares` (percent="column": by the groups; "row": of the groups, by
    answer; "total": of both crossed), `totals`, `means` and `ratios`, `rao_scott_test` with its second-order F, and
    `contrast` for each pair of columns, its p-values adjusted by Holm's method over the pairs of one line and one
    question across. A letter is given where the adjusted p-value lies below the level, beside the larger value.

    Groups nobody is in have no column; answers of the codebook that nobody gave have a line in percent="column" and
    "total". A question or a grouping of a single answer has no test. Questions with several answers have none either.
    A total is formed before rounding.

    R: ``svyby(~factor(q1), ~akim, design, svymean)``, ``svytable(~q1 + akim, design)``,
    ``svychisq(~q1 + akim, design)``.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
    65-70.
    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data. Annals of Statistics 12, 46-60.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2, 1, 1], "akim": [1, 2] * 4, "village": list("AABBCCDD")})
    >>> found = sk.crosstab(sk.SurveyDesign(answers, cluster="village"), "q1", "akim")
    >>> found.table[["level", "term", "group", "estimate", "n"]]
      level  term group  estimate  n
    0     1  akim     1      0.75  4
    1     2  akim     1      0.25  4
    2     1  akim     2      0.25  4
    3     2  akim     2      0.75  4
    4     1  akim   all      0.50  8
    5     2  akim   all      0.50  8
    >>> found.tests[["outcome", "term", "statistic", "p_value"]].round(3)
      outcome  term  statistic  p_value
    0      q1  akim       2.25    0.231
    """
    design = design.with_conventions(conventions)
    asked = _Asked.check(design, rows, columns, means_of, where, percent, letters, base)
    check_option(percent, (*get_args(Percent), None), "percent")
    check_option(show, (*get_args(Show), None), "show")
    check_share(confidence, "confidence")
    if not 0 <= digits <= MOST_DIGITS:
        raise ArgumentError(f"`digits` must lie between 0 and {MOST_DIGITS}, but {digits!r} was given")
    ready = prepare_answers(design.survey, [name for name in (*asked.items, *asked.across) if isinstance(name, str)])
    design = design if ready.survey is design.survey else design.with_survey(ready.survey)
    options = _Options(percent, letters, base, confidence, lang)
    with warnings.catch_warnings(record=True) as caught:  # many estimates say one thing many times
        warnings.simplefilter("always")
        parts = [
            part for name in asked.items for term in asked.across for part in _parts(design, asked, name, term, options)
        ]
        averages = [
            part for name in asked.means for term in asked.across for part in _means(design, asked, name, term, options)
        ]
        tests = _tests(design, asked, lang)
    said = list(dict.fromkeys(told_of(one.message) for one in caught if issubclass(one.category, SurveyKitWarning)))
    for text in said:
        warn(text)
    methods = dict.fromkeys(some[0].method for some in (parts, averages) if some)
    parts += averages
    table, group_codes, compared = _joined(parts, letters)
    level_codes: dict[str, Mapping[str, Code]] = {}
    for part in parts:
        level_codes |= {part.outcome: part.levels} if part.levels else {}
    sets = [name for name in asked.items if isinstance(name, ResponseSet)]
    origin = design.origin(lang)
    book = origin.codebook.replace(*(_variable(one, origin.codebook) for one in sets))
    everybody = make_domains(design, None, asked.where)
    plain = list(dict.fromkeys([*(name for name in asked.items if isinstance(name, str)), *asked.means]))
    inside = everybody.of_row >= 0
    frame = design.survey.frame
    method = [*methods, *ready.sentences, *(as_sentence(text) for text in said)]
    persons, carried = _persons(design, asked, sets, table, group_codes, level_codes, lang)
    found = Crosstab(
        table,
        Told.of(*method, between=" "),
        replace(origin, codebook=book),
        facts_of(design, confidence),
        group_codes=group_codes,
        level_codes=level_codes,
        percent=percent,
        show=show,
        digits=digits,
        confidence=confidence,
        letters=letters,
        several={one.name: base for one in sets},
        tests=tests,
        missing=_missing(design, everybody, plain, sets, lang),
        comparisons=compared,
        ungrouped={name: int((inside & frame[name].isna().to_numpy()).sum()) for name in asked.across},
        persons=persons,
        carried=carried,
    )
    return replace(found, title=title_in(found, lang))


@dataclass(frozen=True, slots=True)
class _Options:
    percent: Percent | None
    letters: float | None
    base: Base
    confidence: float
    lang: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is tabulated: questions down, questions across, and among whom."""

    items: list[str | ResponseSet]
    means: list[str]
    across: list[str]
    where: np.ndarray | None

    @classmethod
    def check(
        cls,
        design: SurveyDesign,
        rows: str | ResponseSet | Sequence[str | ResponseSet] | None,
        columns: str | Sequence[str],
        means_of: str | Sequence[str] | None,
        where: pd.Series | np.ndarray | None,
        percent: Percent | None,
        letters: float | None,
        base: Base,
    ) -> "_Asked":
        frame = design.survey.frame
        sets = find_response_sets(design.survey)
        given = [] if rows is None else [rows] if isinstance(rows, str | ResponseSet) else list(rows)
        items = [sets.get(name, name) if isinstance(name, str) else name for name in given]
        names = as_names([name if isinstance(name, str) else name.name for name in items], "rows")
        means_asked, across = as_names(means_of, "means_of"), as_names(columns, "columns")
        check_columns(frame, [name for name in items if isinstance(name, str)], "rows")
        check_columns(frame, [item for one in items if isinstance(one, ResponseSet) for item in one.items], "rows")
        check_columns(frame, means_asked, "means_of")
        check_columns(frame, across, "columns")
        if not items and not means_asked:
            raise ArgumentError("`rows` must name at least one question, or `means_of` one numeric column")
        if not across:
            raise ArgumentError("`columns` must name at least one question across; for shares of all, call shares()")
        for argument, own in (("rows", names), ("means_of", means_asked)):
            both = next((name for name in own if name in across), None)
            if both is not None:
                raise ArgumentError(
                    f"`{argument}` and `columns` both name {both!r}; a question is not tabulated by itself, so name two different columns"
                )
        for argument, own in (("means_of", means_asked), ("columns", across)):
            empty = next((name for name in own if not frame[name].notna().any()), None)
            if empty is not None:
                raise ArgumentError(f"`{argument}` names {empty!r}, which is empty for every respondent; leave it out")
        check_option(base, get_args(Base), "base")
        several = next((one.name for one in items if isinstance(one, ResponseSet)), None)
        if several is not None and percent != "column":
            raise ArgumentError(
                f"`rows` names {several!r}, a question with several answers, whose shares are shares of each group; write percent='column'"
            )
        if letters is not None:
            check_share(letters, "letters")
            if percent != "column":
                raise ArgumentError(
                    f"`letters` compare the shares of columns, but percent={percent!r} was given; write percent='column'"
                )
        return cls(items, means_asked, across, None if where is None else check_mask(where, frame, "where"))

    def inside(self, design: SurveyDesign, *names: str) -> np.ndarray:
        """Return who answered all these columns, among those asked."""
        here = design.survey.frame[list(names)].notna().all(axis=1).to_numpy(dtype=bool)
        return np.asarray(here if self.where is None else here & self.where)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Estimates of one outcome by one question across.

    Attributes
    ----------
    rows : DataFrame
        In the glossary's columns, with outcome, level, group and term of the crosstab.
    levels, groups : mapping
        What the texts in them stand for.
    compared : DataFrame, optional
        Pairwise tests of its columns.
    """

    outcome: str
    term: str
    rows: pd.DataFrame
    method: str
    groups: Mapping[str, Meaning]
    levels: Mapping[str, Code] = field(default_factory=dict)
    compared: pd.DataFrame | None = None


def _parts(design: SurveyDesign, asked: _Asked, item: str | ResponseSet, term: str, options: _Options) -> list[_Part]:
    here = asked.inside(design, term)
    if isinstance(item, ResponseSet):
        return _several_answers(design, item, term, here, options)
    domains = make_domains(design, term, here, options.lang)
    if options.percent == "column":
        return _column_percent(design, item, term, here, options)
    if options.percent == "row":
        return _row_percent(design, item, term, asked.inside(design, item, term), domains, options)
    return _crossed(design, item, term, asked.inside(design, item, term), domains, options)


def _part(found: Estimates, outcome: str, term: str, estimand: str, **columns: object) -> pd.DataFrame:
    return found.table.assign(outcome=outcome, term=term, estimand=estimand, **columns)


def _column_percent(design: SurveyDesign, item: str, term: str, here: np.ndarray, options: _Options) -> list[_Part]:
    by_group = shares(design, item, by=term, where=here, confidence=options.confidence, lang=options.lang)
    in_all = shares(design, item, where=here, confidence=options.confidence, lang=options.lang)
    levels = by_group.level_codes[item]
    compared = _compare(by_group, by_group.table["level"], item, term, "share", options)
    return [
        _Part(
            item, term, _part(by_group, item, term, "share"), by_group.method, by_group.group_codes, levels, compared
        ),
        _Part(item, term, _part(in_all, item, term, "share"), in_all.method, {}, levels),
    ]


def _row_percent(
    design: SurveyDesign, item: str, term: str, both: np.ndarray, domains: Domains, options: _Options
) -> list[_Part]:
    found = shares(design, term, by=item, where=both, confidence=options.confidence, lang=options.lang)
    margin = shares(design, term, where=both, confidence=options.confidence, lang=options.lang)
    names = {meaning[0][1]: name for name, meaning in domains.group_codes.items()}
    levels = shares(design, item, where=both, confidence=options.confidence, lang=options.lang).level_codes[item]
    text_of = {code: text for text, code in levels.items()}
    level = found.table["group"].map({name: text_of[meaning[0][1]] for name, meaning in found.group_codes.items()})

    def turned(one: Estimates, level: object) -> pd.DataFrame:
        # groups of the codebook that nobody is in have no column
        group = [names.get(one.level_codes[term][text]) for text in one.table["level"]]
        rows = _part(one, item, term, "share", level=level, group=group)
        return rows[rows["group"].notna()]

    # answers in the order of their scale: texts as groups stand by the alphabet
    answers = turned(found, level).sort_values("level", key=lambda texts: texts.map([*levels].index), kind="stable")
    return [
        _Part(item, term, answers, found.method, domains.group_codes, levels),
        _Part(item, term, turned(margin, None), margin.method, domains.group_codes),
    ]


def _crossed(
    design: SurveyDesign, item: str, term: str, both: np.ndarray, domains: Domains, options: _Options
) -> list[_Part]:
    """Return shares or counts of answers and groups crossed, and the margins of both."""
    named = shares(design, item, where=both, confidence=options.confidence, lang=options.lang).level_codes[item]
    (read, codes, _), order = item_levels(design.survey.frame, [item])[0], list(named.values())
    place = np.array([order.index(code) if code in order else -1 for code in codes] + [-1])[read.index]
    place, group = np.where(both, place, -1), np.where(both, domains.of_row, -1)
    texts, groups = list(named), domains.labels
    crossings: list[tuple[np.ndarray, list[tuple[str | None, str]]]] = [
        (place * len(groups) + group, [(text, name) for text in texts for name in groups]),
        (place, [(text, ALL) for text in texts]),
        (group, [(None, name) for name in groups]),
    ]
    if options.percent is None:
        crossings.append((np.zeros(len(both), dtype=int), [(None, ALL)]))
    parts = []
    for of_row, cells in crossings:
        found = _count(design, f"{item} × {term}", np.where(both, of_row, -1), len(cells), both, options)
        kind = "share" if options.percent else "total"
        level, name = np.array(cells, dtype=object).T
        rows = _part(found, item, term, kind, level=level, group=name)
        if options.percent is None:  # a count rests on those counted
            n = np.bincount(of_row[both], minlength=len(cells))
            rows = rows.assign(n=n, n_weighted=rows["estimate"])
        parts.append(_Part(item, term, rows, found.method, {} if cells[0][1] == ALL else domains.group_codes, named))
    return parts


def _count(
    design: SurveyDesign, name: str, of_row: np.ndarray, n_cells: int, here: np.ndarray, options: _Options
) -> Estimates:
    """Return shares or totals of the cells numbered 0, 1, ..., also of those that nobody is in."""
    labels: dict[Code, Texts] = {cell: {"en": str(cell)} for cell in range(n_cells)}
    cells = pd.Categorical.from_codes(of_row, categories=range(n_cells))
    survey = design.survey.with_columns({name: cells}, Variable(name, {"en": name}, labels))
    estimate = shares if options.percent else totals
    return estimate(design.with_survey(survey), name, where=here, confidence=options.confidence, lang=options.lang)


def _several_answers(
    design: SurveyDesign, item: ResponseSet, term: str, here: np.ndarray, options: _Options
) -> list[_Part]:
    """Return shares of a question with several answers: each option is one of its own among those who answered."""
    survey = design.survey
    texts, codes, chose = chosen_options(survey, item, options.lang)
    if not texts:
        raise ArgumentError(f"nobody chose an option of {item.name!r}; is chosen={item.chosen!r} its code?")
    answered = survey.frame[list(item.items)].notna().any(axis=1).to_numpy(dtype=bool)
    names = [f"{item.name}: {text}" for text in texts]
    mentions = f"{item.name}: all answers"
    made = {name: np.where(answered, here_chosen, np.nan) for name, here_chosen in zip(names, chose)}
    made[mentions] = np.where(answered, np.sum(chose, axis=0), np.nan)
    taken = next((name for name in made if name in survey.frame.columns), None)
    if taken is not None:
        raise ArgumentError(
            f"the survey has a column {taken!r}, which a crosstab makes of {item.name!r}; rename it first"
        )
    described = [Variable(name, {}, {0: {"en": "0"}, 1: {"en": "1"}}) for name in names]
    made_of = design.with_survey(survey.with_columns(made, *described))
    levels = dict(zip(texts, codes))
    parts = []
    for by in (term, None):
        if options.base == "mentions":
            pairs = [(name, mentions) for name in names]
            found = ratios(made_of, pairs, by=by, where=here, confidence=options.confidence, lang=options.lang)
            level = dict(zip((f"{top} / {bottom}" for top, bottom in pairs), texts))
            kept = np.ones(len(found.table), dtype=bool)
        else:
            found = shares(made_of, names, by=by, where=here, confidence=options.confidence, lang=options.lang)
            level, kept = dict(zip(names, texts)), np.array([code == 1 for code in found.codes_of_levels(found.table)])
        said = found.table["outcome"].map(level)
        compared = _compare(found, said, item.name, term, "share", options, kept) if by else None
        rows = _part(found, item.name, term, "share", level=said)[kept]
        parts.append(_Part(item.name, term, rows, found.method, found.group_codes, levels, compared))
    return parts


def _means(design: SurveyDesign, asked: _Asked, name: str, term: str, options: _Options) -> list[_Part]:
    here = asked.inside(design, term)
    parts = []
    for by in (term, None):
        found = means(design, name, by=by, where=here, confidence=options.confidence, lang=options.lang)
        compared = _compare(found, found.table["level"], name, term, "mean", options) if by else None
        parts.append(_Part(name, term, _part(found, name, term, "mean"), found.method, found.group_codes, {}, compared))
    return parts


def _compare(
    found: Estimates,
    levels: pd.Series,
    outcome: str,
    term: str,
    estimand: str,
    options: _Options,
    kept: np.ndarray | None = None,
) -> pd.DataFrame | None:
    """Return the pairwise tests of columns, line by line, their p-values adjusted inside each line."""
    if options.letters is None:
        return None
    lines: dict[str | None, list[int]] = {}
    for row, level in enumerate(levels):
        if kept is None or kept[row]:
            lines.setdefault(level if isinstance(level, str) else None, []).append(row)
    groups = found.table["group"]
    tested = []
    for level, rows in lines.items():
        with warnings.catch_warnings(record=True) as caught:  # ten columns make 45 pairs, each with its own sentences
            warnings.simplefilter("always")
            pairs = [contrast(found, {one: 1.0, other: -1.0}).table for one, other in combinations(rows, 2)]
        if caught:
            warn(
                f"some pairs of columns of {term!r} have no test, or one that takes many clusters for granted where few stand behind a column; contrast() says so of each pair, and compare_settlements() goes by the number of settlements"
            )
        if not pairs:
            continue
        sides = np.array([(groups[one], groups[other]) for one, other in combinations(rows, 2)], dtype=object).T
        line = pd.concat(pairs, ignore_index=True).assign(
            outcome=outcome, level=level, term=term, estimand=estimand, group=sides[0], baseline=sides[1]
        )
        tested.append(line.assign(p_holm=adjust_p_values(line["p_value"].to_numpy(), "holm")))
    return pd.concat(tested, ignore_index=True) if tested else None


def _tests(design: SurveyDesign, asked: _Asked, lang: str | None) -> pd.DataFrame:
    """Return the Rao-Scott F of each question by each question across; two answers of each are needed."""
    found = []
    for name in [name for name in asked.items if isinstance(name, str)]:
        for term in asked.across:
            both = asked.inside(design, name, term)
            frame = design.survey.frame.loc[both, [name, term]]
            if frame[name].nunique() > 1 and frame[term].nunique() > 1:
                try:
                    test = rao_scott_test(design, name, term, where=asked.where, lang=lang)
                except FeasibilityError as refusal:  # the table itself can be read nevertheless
                    warn(str(refusal))
                    continue
                found.append(test.table.assign(term=term, group=None))
    extra = ("df_denominator", "pearson", "mean_deff")
    return (
        pd.concat(found, ignore_index=True)
        if found
        else glossary_frame({"n": []}, ()).reindex(columns=[*GLOSSARY, *extra])
    )


def _missing(
    design: SurveyDesign, everybody: Domains, names: list[str], sets: list[ResponseSet], lang: str | None
) -> pd.DataFrame:
    """Return who did not answer; a question with several answers is unanswered where all its columns are empty."""
    found = missing_table(design, everybody, names, lang).drop(columns="group")
    inside = np.flatnonzero(everybody.of_row >= 0)
    for one in sets:
        absent = inside[design.survey.frame[list(one.items)].isna().all(axis=1).to_numpy()[inside]]
        share = weights_of(design, absent).sum() / weights_of(design, inside).sum()
        row = {"outcome": one.name, "reason": EMPTY, "n": len(absent), "share": share}
        found = pd.DataFrame([*found.to_dict("records"), row], columns=found.columns)
    return found


def _persons(
    design: SurveyDesign,
    asked: _Asked,
    sets: list[ResponseSet],
    table: pd.DataFrame,
    group_codes: Mapping[str, Meaning],
    level_codes: Mapping[str, Mapping[str, Code]],
    lang: str | None,
) -> tuple[dict[tuple[str, str, str, str], int], dict[tuple[str, str, str], Carried]]:
    """Return how many respondents stand behind each cell and its margins, and who carries the weight of the groups."""
    frame = design.survey.frame
    codes: dict[str, np.ndarray] = {}

    def holds(name: str, code: object) -> np.ndarray:
        if name not in codes:
            answers = pd.factorize(frame[name].astype(object))
            codes[name] = np.array([*map(as_code, answers[1]), None], dtype=object)[answers[0]]
        return np.asarray(codes[name] == code)

    gave: dict[tuple[str, str], np.ndarray] = {}
    for name in dict.fromkeys(table["outcome"]):
        one = next((each for each in sets if each.name == name), None)
        columns = [name] if one is None else list(one.items)
        gave[name, ""] = frame[columns].notna().any(axis=1).to_numpy(dtype=bool)
        if one is not None:
            texts, _, chose = chosen_options(design.survey, one, lang)
            gave |= {(name, text): gave[name, ""] & mark for text, mark in zip(texts, np.asarray(chose, dtype=bool))}
        else:
            gave |= {(name, text): holds(name, code) for text, code in level_codes.get(name, {}).items()}
    found, carried = {}, {}
    for name, term in dict.fromkeys(zip(table["outcome"], table["term"])):
        here = asked.inside(design, term)
        for group in [ALL, *dict.fromkeys(table.loc[table["term"] == term, "group"])]:
            of_group = here.copy()
            for column, code in group_codes.get(group, ()):
                of_group &= holds(column, code)
            carried[name, term, group] = carried_by(design, gave[name, ""] & of_group)
            for outcome, level in gave:
                if outcome == name:
                    found[name, term, level, group] = int((gave[outcome, level] & of_group).sum())
    return found, carried


def _joined(parts: list[_Part], letters: float | None) -> tuple[pd.DataFrame, dict[str, Meaning], pd.DataFrame]:
    """Return all rows in one table, what its names of groups stand for, and the tests of its columns.

    No two names are alike: of two questions across both may have a group "yes", and one may be called "all". Such names
    carry their question in brackets.
    """
    pairs = dict.fromkeys((part.term, name) for part in parts for name, meaning in part.groups.items() if meaning)
    alike = [name for _, name in pairs]
    names = {
        pair: f"{pair[1]} ({pair[0]})" if pair[1] == ALL or alike.count(pair[1]) > 1 else pair[1] for pair in pairs
    }
    meanings: dict[str, Meaning] = {ALL: ()}
    tables, tests = [], []
    for part in parts:
        own = {name: names[part.term, name] for name, meaning in part.groups.items() if meaning}
        meanings |= {own[name]: part.groups[name] for name in own}
        tables.append(part.rows.assign(group=[own.get(name, name) for name in part.rows["group"]]))
        if part.compared is not None:
            tests.append(part.compared.replace({"group": own, "baseline": own}))
    table = pd.concat(tables, ignore_index=True)
    compared = pd.concat(tests, ignore_index=True) if tests else pd.DataFrame()
    return table if letters is None else _lettered(table, compared, list(names.values()), letters), meanings, compared


def _lettered(table: pd.DataFrame, compared: pd.DataFrame, groups: list[str], level: float) -> pd.DataFrame:
    """Return the table with the letter of each column and those of the columns with a smaller value, line by line."""
    letters = {name: _letter(place) for place, name in enumerate(groups)}
    larger: dict[tuple[str, ...], list[str]] = {}
    for test in compared.to_dict("records"):
        if test["p_holm"] < level:  # False where there is no p-value
            first, second = test["group"], test["baseline"]
            high, low = (first, second) if test["estimate"] > 0 else (second, first)
            larger.setdefault((*_line(test), high), []).append(letters[low])
    found = [larger.get((*_line(row), row["group"]), []) for row in table.to_dict("records")]
    return table.assign(
        column_letter=[letters.get(name) for name in table["group"]],
        larger_than=[" ".join(sorted(one, key=lambda letter: (len(letter), letter))) or None for one in found],
    )


def _line(row: Mapping[object, object]) -> tuple[str, ...]:
    return tuple(
        str(row[name]) if isinstance(row[name], str) else "" for name in ("outcome", "estimand", "level", "term")
    )


def _letter(place: int) -> str:
    """Return A to Z, then AA, AB, ..., as the columns of a spreadsheet are named."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _variable(responses: ResponseSet, book: Codebook) -> Variable:
    """Return a question with several answers as one question, whose codes are its columns or its options' codes."""
    if responses.chosen is None:
        labels = book[responses.items[0]].labels
    else:
        labels = {item: book[item].question for item in responses.items if book[item].question}
    return Variable(responses.name, responses.question or book[responses.name].question, labels)
