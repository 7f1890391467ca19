"""The sample described: who answered, by group and in all, as the first table of a paper has it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric, check_option, some
from surveykit.codebook import as_code, distinct_texts
from surveykit.coded_answers.text_answers import prepare_answers
from surveykit.conventions import conventions_of
from surveykit.design import ConventionName, SurveyDesign
from surveykit.distributions import upper_f
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.domains import EMPTY, Carried, Domains, carried_by, make_domains, missing_table
from surveykit.estimation.engine.group_means import answering_groups, group_means
from surveykit.estimation.engine.result_columns import Estimates, facts_of, freedom_of, warn_without_df
from surveykit.estimation.engine.rounding import warn_of_no_variation
from surveykit.estimation.engine.settlement_level import Sides, find_sides, tell_of_sides, withholds
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.engine.variance import covariance_of_totals
from surveykit.estimation.hypotheses.rao_scott import rao_scott_test
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.estimation.tables.standardized_differences import DEPENDENT, Differences, differences_of
from surveykit.formatting import Printed, beside, format_number, format_p, format_percent
from surveykit.hidden_marks import hidden_mark
from surveykit.results import Row, table_of
from surveykit.translated_names import said_groups
from surveykit.translation import group_names, level_names, page_language, question_of, reason_names
from surveykit.wide_results import WideForm, WideResult
from surveykit.words.messages import Columns, Figure, Label, Message, Slot, Told, spaced
from surveykit.words.pages import LANGUAGES, word

EXTRA = ("count", "df_denominator")
"""Columns beyond the glossary's."""
DIGITS = 3
"""Decimals of a share from 0 to 1 and of a standardized difference on a page."""


@dataclass(frozen=True, eq=False)
class SampleDescription(WideResult):
    """The sample by group and in all; see `describe_sample`.

    Attributes
    ----------
    missing : pandas.DataFrame
        Those who did not answer: outcome, group, reason, n, share (weighted, of all in the group).
    carried : mapping from (outcome, group) to Carried
        Who carries the weight of those who answered; of outcome "" of all in the group.
    """

    missing: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, kw_only=True)
    carried: Mapping[tuple[str, str], Carried] = field(default_factory=dict, repr=False, kw_only=True)

    def wide(self, lang: str | None = None, digits: int = DIGITS) -> pd.DataFrame:
        """Return the table as a paper prints it: variables and answers down, groups across, every cell a text.

        `digits` are the decimals of a share (3: 51.3 %) and of a standardized difference; means have one fewer.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"age": [20, 30, 40, 50], "sex": [1, 2, 1, 2]})
        >>> page = sk.describe_sample(sk.SurveyDesign(answers), "age", by="sex").wide(digits=1)
        >>> page.iloc[2].tolist()
        ['age', 'mean (SD)', '30 (14)', '40 (14)', '35 (13)', '0.7']
        """
        return self.form(lang, digits).plain()

    def form(self, lang: str | None = None, digits: int | None = None) -> WideForm:
        """Return the page form in one language; `digits` as in `wide`.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"age": [20, 30, 40, 50], "sex": [1, 2, 1, 2]})
        >>> sk.describe_sample(sk.SurveyDesign(answers), "age", by="sex").form("ru").heads
        ('1', '2', 'все респонденты', 'Станд. разность')
        """
        return _Page(self, lang, DIGITS if digits is None else digits).form()


class _Page:
    """The page form of a description, in one language."""

    def __init__(self, result: SampleDescription, lang: str | None, digits: int) -> None:
        self.result, self.digits = result, digits
        self.lang, self.labels = page_language(lang, result.origin), lang or result.origin.lang

    def form(self) -> WideForm:
        table, lang = self.result.table, self.lang
        names = group_names(self.result, self.labels)
        groups = [str(group) for group in table.loc[table["term"] == "respondents", "group"]]
        beside_groups = {"standardized_difference": "standardized_difference", "independence": "p_value"}
        further = {term: head for term, head in beside_groups.items() if (table["term"] == term).any()}
        heads = [names.get(group, group) for group in groups] + [word(head, lang) for head in further.values()]
        rows = [
            (head, said, tuple(cells.get(column, Printed("")) for column in (*groups, *further)))
            for head, said, cells in self._lines()
        ]
        labels = (word("outcome", lang), word("count_and_share", lang))
        distinct = distinct_texts([*labels, *heads], range(len(heads) + 2))[2:]
        return WideForm(labels, tuple(distinct), tuple(rows))

    def _lines(self) -> Iterator[tuple[str, str, dict[str, Printed]]]:
        """Yield heading, label and cells (by group, and of the difference and p) of each line of the page."""
        table, lang = self.result.table, self.lang
        size = table[table["term"] == "respondents"]
        head = word("respondents", lang)
        for name, column, digits in (("n", "count", 0), ("n_weighted", "n_weighted", 1)):
            cells = {
                row["group"]: self._cell(row, format_number(row[column], digits, lang)) for _, row in size.iterrows()
            }
            yield head, word(name, lang), cells
        for outcome, part in table[table["outcome"].notna()].groupby("outcome", sort=False):
            of_all = self._beside(part)
            for said, cells in self._of_variable(str(outcome), part):
                yield question_of(outcome, self.labels, self.result.origin), said, {**cells, **of_all}
                of_all = {}  # said once, in the first line of a variable

    def _beside(self, part: pd.DataFrame) -> dict[str, Printed]:
        """Return the difference and the p-value of a variable as a whole."""
        found = {}
        for _, row in part[part["level"].isna()].iterrows():
            if row["term"] == "standardized_difference":
                found["standardized_difference"] = format_number(row["estimate"], self.digits, self.lang)
            elif row["term"] == "independence":
                found["independence"] = format_p(row["p_value"], self.lang)
        return found

    def _of_variable(self, outcome: str, part: pd.DataFrame) -> Iterator[tuple[str, dict[str, Printed]]]:
        """Yield label and cells of the lines of a variable: its mean, or its answers, and who did not answer."""
        lang, digits = self.lang, self.digits
        mean = part[part["term"] == "mean"].set_index("group")
        if len(mean):
            spread = part[part["term"] == "std_deviation"].set_index("group")["estimate"]
            less = max(digits - 1, 0)
            yield (
                word("mean_and_spread", lang),
                {
                    str(group): self._pair(
                        row, format_number(row["estimate"], less, lang), format_number(spread[group], less, lang)
                    )
                    for group, row in mean.iterrows()
                },
            )
        texts = level_names(self.result, outcome, self.labels)
        answers = part[part["term"] == "share"]
        differ = part[(part["term"] == "standardized_difference") & part["level"].notna()].set_index("level")
        for level, rows in answers.groupby("level", sort=False):
            cells = {
                row["group"]: self._pair(
                    row,
                    format_number(row["count"], 0, lang),
                    format_percent(row["estimate"], max(digits - 2, 0), lang),
                )
                for _, row in rows.iterrows()
            }
            if level in differ.index:
                cells["standardized_difference"] = format_number(differ.loc[level, "estimate"], digits, lang)
            yield texts.get(str(level), str(level)), cells
        gone = part[part["term"] == "missing"]
        reasons = reason_names(gone["level"].unique(), outcome, self.labels, self.result.origin)
        for reason, rows in gone.groupby("level", sort=False):
            said = reasons[reason]
            if said != word(EMPTY, lang):
                said = word("missing", lang, reason=said)
            yield (
                said,
                {row["group"]: self._cell(row, format_number(row["count"], 0, lang)) for _, row in rows.iterrows()},
            )

    def _pair(self, row: pd.Series, first: Printed, second: Printed) -> Printed:
        """Return a number, and another in brackets behind it."""
        return self._cell(row, beside(first, second.marked("(", ")") or "(–)"))

    def _cell(self, row: pd.Series, shown: Printed) -> Printed:
        """Return what stands in a cell, or that it is hidden."""
        if not row.get("hidden", False):
            return shown
        mark = hidden_mark(row.get("hidden_why"), self.lang, int(self.result.facts["minimum_n"]))
        return Printed(mark, (mark,))


def describe_sample(
    design: SurveyDesign,
    variables: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    baseline: object = None,
    differences: Differences | None = "multivariate",
    p_values: bool = False,
    numeric: str | Sequence[str] = (),
    categorical: str | Sequence[str] = (),
    where: pd.Series | np.ndarray | None = None,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> SampleDescription:
    """Describe the sample by group and in all: the first table of a paper.

    Parameters
    ----------
    design : SurveyDesign
    variables : str or sequence of str
        Columns to describe. One that the codebook calls "nominal" or "ordinal", that has labels, or that holds text,
        categories or truths is described by the shares of its answers; any other by mean and standard deviation.
    by : str or sequence of str, optional
        Columns whose combinations form the groups. Those without a group are left out, also of "all".
    baseline : code or label, optional
        Group that differences are taken from, where there are two; the first in code order by default.
    differences : {"multivariate", "level"} or None
        Standardized differences between two groups: of a categorical variable one for all its answers together, or one
        for each answer; None for no differences. More than two groups have none.
    p_values : bool
        Whether each variable is tested for a difference between the groups of a single column.
    numeric, categorical : str or sequence of str
        Variables to be described by mean and standard deviation, or by shares, whatever the codebook says.
    where : boolean Series or array, optional
        Restricts the description to a part of the respondents; the rest stays in the design for the variance.
    lang : str, optional
        Language of the labels in the table.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    SampleDescription
        `table` has one row per estimate: `term` is "respondents" (size of a group and its weighted share), "share",
        "mean", "std_deviation", "missing" (`level` is the reason, `estimate` the weighted share of all in the group),
        "standardized_difference" or "independence" (a test). `count` is the unweighted number of respondents,
        `n` the number that a share or mean rests on. Printed and written to a page it is wide: groups across, cells
        "n (weighted %)" or "mean (SD)".

    Raises
    ------
    ColumnError
        When a column is absent, or one to be averaged holds text.
    ArgumentError
        When no variable is named or one twice, one is both `numeric` and `categorical` or forms the groups, nobody
        answered one or is left in any group, `baseline` is none of the groups or there are not two of them, or p-values
        are asked for without a single column `by` that has two groups.

    Notes
    -----
    Shares and means are those of `shares` and `means`; the standard deviation is the root of
    ``n / (n - 1) sum(w (y - ybar)**2) / sum(w)``. The standardized difference of a numeric variable, and of one answer,
    is that of the (weighted) means over ``sqrt((v_1 + v_0) / 2)`` (v of a share is ``p (1 - p)``): the group minus the
    baseline. That of all answers together is ``sqrt((p_1 - p_0)' S^-1 (p_1 - p_0))`` with S the average of the two
    multinomial covariances, without one answer (Yang & Dalton 2012), and has no sign; for two answers it is the size of
    the other one. It is infinite where the groups share no spread. Standardized differences do not grow with the
    sample; p-values do, which is why they come on request only.

    Tests: the second-order Rao-Scott F of `rao_scott_test`, and for means Wald's F of all differences between groups
    with ``df - (groups - 1)`` in the denominator (for two groups the square of `t_test`'s t). Conventions that take no
    degree of freedom off the t test take the adjusted F of k differences, times ``(df - k + 1) / df`` on k and
    ``df - k + 1``. Groups that are a property of clusters warn as those tests do; `compare_settlements` is for them.

    R: ``svyby(~y, ~g, design, svymean)``, ``svyvar``, ``svychisq``, ``regTermTest(svyglm(y ~ g, design), ~g)``;
    ``tableone::svyCreateTableOne(smd = TRUE)``.

    References
    ----------
    Yang, D. and Dalton, J. E. (2012). A unified approach to measuring the effect size between two groups using SAS. SAS
    Global Forum 2012, paper 335.
    Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between treatment
    groups in propensity-score matched samples. Statistics in Medicine 28, 3083-3107.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"sex": list("fmfmfm"), "age": [20, 30, 40, 50, 60, 61], "akim": [1, 1, 1, 2, 2, 2]})
    >>> result = sk.describe_sample(sk.SurveyDesign(answers), "age", by="akim")
    >>> result.table[["term", "group", "estimate", "n"]].round(2)
                          term group  estimate  n
    0              respondents     1      0.50  3
    1              respondents     2      0.50  3
    2              respondents   all      1.00  6
    3                     mean     1     30.00  3
    4            std_deviation     1     10.00  3
    5                     mean     2     57.00  3
    6            std_deviation     2      6.08  3
    7                     mean   all     43.50  6
    8            std_deviation   all     16.54  6
    9  standardized_difference     2      3.26  6
    >>> result.wide().iloc[2].tolist()  # as it is printed
    ['age', 'mean (SD)', '30.00 (10.00)', '57.00 (6.08)', '43.50 (16.54)', '3.262']
    """
    design = design.with_conventions(conventions)
    names = as_names(variables, "variables")
    columns = as_names(by, "by")
    _check_names(design, names, columns, baseline, p_values)
    if differences is not None:
        check_option(differences, get_args(Differences), "differences")
    averaged = _averaged(design, names, as_names(numeric, "numeric"), as_names(categorical, "categorical"))
    counted = [name for name in names if name not in averaged]
    ready = prepare_answers(design.survey, counted)
    design = design if ready.survey is design.survey else design.with_survey(ready.survey)
    domains = make_domains(design, columns or None, where, lang)
    inside = domains.of_row >= 0
    total = distinct_texts([*domains.labels, "all"], [*range(len(domains)), "total"])[-1]
    groups = {label: domains.of_row == place for place, label in enumerate(domains.labels)} if columns else {}
    groups[total] = inside
    sides = _two_sides(design, domains, columns, baseline, lang)
    tests, told = _tests(design, counted, averaged, columns, domains, lang) if p_values else ({}, Told())
    found = _estimates(design, counted, averaged, columns, inside, lang)
    gone = _missing(design, domains, names, lang, total)
    level_codes = {name: dict(codes) for one in found for name, codes in one.level_codes.items()}
    rows = list(_sizes(design, groups, inside))
    for name in names:
        rows += _rows_of(design, name, found, groups, total, level_codes.get(name, {}))
        rows += _missing_rows(gone[gone["outcome"] == name], groups)
        rows += differences_of(name, rows, sides, differences) if differences and sides else []
        rows += [tests[name]] if name in tests else []
    left = int((_asked(design, where) & ~inside).sum())
    return SampleDescription(
        table_of(rows, EXTRA),
        Told.of(
            _sentence(
                design, sides and said_sides(sides, domains, design), differences, columns, left, averaged, counted
            ),
            told,
            *map(spaced, ready.sentences),
        ),
        design.origin(lang),
        facts_of(design, 0.95),
        "",
        missing=gone,
        carried={
            (name, label): carried_by(design, here & (design.survey.frame[name].notna().to_numpy() if name else True))
            for name in ("", *names)
            for label, here in groups.items()
        },
        group_codes={**(domains.group_codes if columns else {}), total: ()},
        level_codes=level_codes,
    )


def said_sides(sides: tuple[str, str], domains: Domains, design: SurveyDesign) -> tuple[Slot, Slot]:
    """Return the group compared and the baseline as a sentence in any language says them."""
    labels = said_groups(domains.group_codes, design.survey.codebook)
    return labels[sides[0]], labels[sides[1]]


def _check_names(design: SurveyDesign, names: list[str], columns: list[str], baseline: object, p_values: bool) -> None:
    frame = design.survey.frame
    if not names:
        raise ArgumentError("`variables` must name at least one column")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"`variables` names {twice!r} twice; name each variable once")
    check_columns(frame, names, "variables")
    check_columns(frame, columns, "by")
    both = next((name for name in names if name in columns), None)
    if both is not None:
        raise ArgumentError(f"`variables` and `by` both name {both!r}; a group is not described by itself")
    if baseline is not None and not columns:
        raise ArgumentError("`baseline` names a group, but `by` names no column of groups")
    if p_values and len(columns) != 1:
        raise ArgumentError(
            f"p-values compare the groups of one column, but `by` names {columns}; name a single column"
        )


def _averaged(design: SurveyDesign, names: list[str], numeric: list[str], categorical: list[str]) -> list[str]:
    """Return the variables to be described by a mean: those that the caller or the codebook, or their kind, say."""
    for argument, given in (("numeric", numeric), ("categorical", categorical)):
        stray = next((name for name in given if name not in names), None)
        if stray is not None:
            raise ArgumentError(f"`{argument}` names {stray!r}, which is none of the `variables` {names}")
    both = next((name for name in numeric if name in categorical), None)
    if both is not None:
        raise ArgumentError(f"`numeric` and `categorical` both name {both!r}; a variable is described in one way")
    for name in numeric:
        check_numeric(design.survey.frame[name], "numeric")
    return [name for name in names if name in numeric or (name not in categorical and _is_scale(design, name))]


def _is_scale(design: SurveyDesign, name: str) -> bool:
    variable, column = design.survey.codebook[name], design.survey.frame[name]
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return False
    return variable.measure == "scale" or (variable.measure is None and not variable.labels)


def _two_sides(
    design: SurveyDesign, domains: Domains, columns: list[str], baseline: object, lang: str | None
) -> tuple[str, str] | None:
    """Return the group compared and the baseline where there are two groups."""
    if len(domains) != 2:
        if baseline is not None:
            raise ArgumentError(
                f"`baseline` is for two groups, but there are {len(domains)}: {some(domains.labels)}; pick two with `where`"
            )
        return None
    if baseline is None:
        first = 0
    elif len(columns) == 1:
        codes = [key[0] for key in domains.keys]
        first = design.survey.codebook[columns[0]].position(baseline, codes, "baseline", lang)
    else:
        check_option(baseline, domains.labels, "baseline")
        first = domains.labels.index(str(baseline))
    return domains.labels[1 - first], domains.labels[first]


def _asked(design: SurveyDesign, where: pd.Series | np.ndarray | None) -> np.ndarray:
    return np.asarray(make_domains(design, None, where).of_row >= 0)


def _estimates(
    design: SurveyDesign,
    counted: list[str],
    averaged: list[str],
    columns: list[str],
    inside: np.ndarray,
    lang: str | None,
) -> list[Estimates]:
    """Return shares and means, by group and in all; each variable alone where incomplete rows leave the design."""
    alone = conventions_of(design).incomplete == "leave"
    found = []
    for estimate, names in ((shares, counted), (means, averaged)):
        for batch in [[name] for name in names] if alone else [names] if names else []:
            for by in ([columns] if columns else []) + [[]]:
                found.append(estimate(design, batch, by=by or None, where=inside, lang=lang))
    return found


def _sizes(design: SurveyDesign, groups: Mapping[str, np.ndarray], inside: np.ndarray) -> Iterator[Row]:
    everybody = weights_of(design, inside).sum()
    for label, here in groups.items():
        n, weight = int(here.sum()), float(weights_of(design, here).sum())
        clusters = len(np.unique(design.units.cluster_of_row[here]))
        extra = {"count": float(n), "df_denominator": np.nan}
        yield Row(weight / everybody, group=label, term="respondents", n=n, n_clusters=clusters, n_weighted=weight, extra=extra)  # fmt: skip


def _rows_of(
    design: SurveyDesign,
    name: str,
    found: Sequence[Estimates],
    groups: Mapping[str, np.ndarray],
    total: str,
    codes: Mapping[str, object],
) -> list[Row]:
    """Return the rows of a variable: its shares, or mean and standard deviation in each group."""
    column, rows = design.survey.frame[name], []
    for estimates in found:
        everybody = not any(estimates.group_codes.values())
        for _, row in estimates.table[estimates.table["outcome"] == name].iterrows():
            label = total if everybody else row["group"]
            here = groups[label] & column.notna().to_numpy()
            kept = {key: row[key] for key in ("estimate", "std_error", "df", "conf_low", "conf_high", "deff")}
            rests = {key: row[key] for key in ("n", "n_clusters", "n_weighted", "method")}
            known = {"outcome": name, "group": label, **rests}
            if isinstance(row["level"], str):
                answer = [cell for cell in column[here].unique() if as_code(cell) == codes[row["level"]]]
                extra = {"count": float(column[here].isin(answer).sum()), "df_denominator": np.nan}
                rows.append(Row(**kept, **known, level=row["level"], term="share", extra=extra))
            else:
                extra = {"count": float(here.sum()), "df_denominator": np.nan}
                rows.append(Row(**kept, **known, term="mean", extra=extra))
                spread = _spread(column[here].to_numpy(dtype=float), weights_of(design, here))
                rows.append(Row(spread, **known, term="std_deviation", extra=extra))
    return rows


def _spread(y: np.ndarray, w: np.ndarray) -> float:
    """Return the standard deviation of a population, estimated as `variances` does; NaN of a single respondent."""
    if len(y) < 2:
        return float("nan")
    return float(np.sqrt(len(y) / (len(y) - 1) * np.average((y - np.average(y, weights=w)) ** 2, weights=w)))


def _missing(design: SurveyDesign, domains: Domains, names: list[str], lang: str | None, total: str) -> pd.DataFrame:
    """Return who did not answer, by variable, group and reason, and in all."""
    of_all = make_domains(design, None, domains.of_row >= 0)
    everybody = missing_table(design, of_all, names, lang).assign(group=total)
    by_group = missing_table(design, domains, names, lang) if domains.columns else everybody.iloc[:0]
    return pd.concat([by_group, everybody], ignore_index=True)


def _missing_rows(gone: pd.DataFrame, groups: Mapping[str, np.ndarray]) -> list[Row]:
    """Return a row for each reason that anybody had, and group."""
    known = gone.groupby("reason", sort=False)["n"].transform("sum") > 0
    return [
        Row(
            row["share"],
            outcome=row["outcome"],
            level=row["reason"],
            group=row["group"],
            term="missing",
            n=int(groups[row["group"]].sum()),
            extra={"count": float(row["n"]), "df_denominator": np.nan},
        )
        for _, row in gone[known].iterrows()
    ]


def _tests(
    design: SurveyDesign,
    counted: list[str],
    averaged: list[str],
    columns: list[str],
    domains: Domains,
    lang: str | None,
) -> tuple[dict[str, Row], Told]:
    """Return a test of each variable against the groups, and the sentences on them."""
    group, inside = columns[0], domains.of_row >= 0
    if len(domains) < 2:
        raise ArgumentError(f"p-values need two groups, but `by` names {group!r}, which has one: {domains.labels[0]!r}")
    frame = design.survey.frame
    varied = [name for name in counted if frame.loc[inside, name].nunique() > 1]
    found: dict[str, Row] = {}
    told: list[Slot] = []
    if varied:
        test = rao_scott_test(design, varied, group, where=inside, lang=lang)
        for _, row in test.table.iterrows():
            kept = {key: row[key] for key in ("statistic", "df", "p_value", "n", "n_clusters", "n_weighted", "method")}
            extra = {"count": np.nan, "df_denominator": row["df_denominator"]}
            found[row["outcome"]] = Row(outcome=row["outcome"], term="independence", **kept, extra=extra)
        told.append(spaced(test.method))
    if averaged:
        sides = []
        for name in averaged:
            found[name], side = _wald(design, name, group, inside, lang)
            sides.append((name, side))
        warn_without_df(np.array([_denominator(found[name]) for name in averaged]), averaged)
        wald = "wald" if conventions_of(design).test_df_lost else "adjusted_wald"
        told += [spaced(Message(f"sample_method.{wald}")), tell_of_sides(design, group, "describe_sample()", sides)]
    alike = [name for name in counted if name not in varied]
    if alike:
        told.append(spaced(Message("sample_method.alike", {"names": Columns(tuple(alike), 10)})))
    return found, Told.of(*told)


def _denominator(row: Row) -> float:
    value = row.extra["df_denominator"]
    return float(value) if isinstance(value, float) else float("nan")


def _wald(design: SurveyDesign, name: str, group: str, inside: np.ndarray, lang: str | None) -> tuple[Row, Sides]:
    """Return Wald's F test that a mean is the same in all groups, and the clusters behind each group."""
    frame = design.survey.frame
    domains = answering_groups(design, name, group, inside, lang)
    sides = find_sides(design, domains.of_row, domains.labels)
    # means of distances from one and the same mean: differences of large numbers keep their digits
    values = pd.Series(check_numeric(frame[name], "variables"), index=frame.index, name=name)
    found = group_means(design, values - values[domains.of_row >= 0].mean(), domains)
    k = len(domains) - 1
    differences = np.hstack([-np.ones((k, 1)), np.eye(k)])
    covariance = differences @ covariance_of_totals(found.linearized, design.units, design.lonely_psu) @ differences.T
    lost = conventions_of(design).test_df_lost
    df = found.df - lost * k if lost else found.df - k + 1
    row = Row(
        outcome=name,
        term="independence",
        method="wald",
        df=k,
        n=int(found.n.sum()),
        n_clusters=found.n_clusters,
        n_weighted=found.n_weighted,
        extra={"count": np.nan, "df_denominator": float(df)},
    )
    known = np.isfinite(covariance).all() and np.linalg.matrix_rank(covariance, DEPENDENT * np.trace(covariance)) == k
    if not known:
        warn_of_no_variation(f"answers to {name!r}")
    if not known or df <= 0 or (sides.lone and withholds(design)):
        return row, sides
    gap = differences @ found.estimates
    statistic = float(gap @ np.linalg.solve(covariance, gap)) / k * (1.0 if lost else df / found.df)
    return replace(row, statistic=statistic, p_value=float(upper_f(statistic, k, df))), sides


def _sentence(
    design: SurveyDesign,
    sides: tuple[Slot, Slot] | None,
    differences: Differences | None,
    columns: list[str],
    left: int,
    averaged: list[str],
    counted: list[str],
) -> Told:
    """Return what the table holds."""
    both = Message("list.and")
    what = [Message("sample_method.shares")] if counted else []
    what += [Message("sample_method.means")] if averaged else []
    rules = conventions_of(design)
    of_what = [Message("sample_method.of_shares", {"interval": _interval(rules.share_interval)})] if counted else []
    of_what += [Message("sample_method.of_means", {"interval": _interval(rules.interval)})] if averaged else []
    # incomplete rows may leave, of each variable others, so that the design's degrees of freedom stand in the column
    whose = "in_column" if freedom_of(design) == "design" else freedom_of(design)
    opening: dict[str, Slot] = {
        "what": Told.of(*what, between=both),
        "design": design.describe(),
        "conventions": design.conventions,
    }
    intervals: dict[str, Slot] = {
        "percent": Figure("95%"),
        "intervals": Told.of(*of_what, between=both),
        "whose": Message(f"freedom.{whose}"),
    }
    said = [Message("sample_method.opening", opening), Message("sample_method.intervals", intervals)]
    if left:
        lacking: dict[str, Slot] = {"n": Figure(str(left)), "columns": Columns(tuple(columns), 10)}
        said.append(Message("sample_method.left", lacking))
    if sides and differences:
        parts = [Message("sample_method.apart_means")] if averaged else []
        parts += [Message(f"sample_method.apart_{differences}")] if counted else []
        apart: dict[str, Slot] = {"parts": Told.of(*parts, between=both), "group": sides[0], "baseline": sides[1]}
        said.append(Message("sample_method.differences", apart))
    elif columns and differences:
        said.append(Message("sample_method.no_differences"))
    return Told.of(*said, between=" ")


def _interval(name: str) -> Label:
    """Return the kind of an interval: its name in English, what it goes by elsewhere."""
    return Label(name, {lang: Message(f"interval.{name}").say(lang) for lang in LANGUAGES if lang != "en"})
