"""One question, one case: who is compared with whom, asked of those who answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from surveykit._checks import ROUNDING, TINY, as_names, check_columns, check_numeric, from_smallest, some, warn
from surveykit.comparison.assignments import differ_in_share
from surveykit.comparison.balancing import Balanced, read_balance, refuse_balance
from surveykit.comparison.compared_groups import ComparedGroups, Covariates, make_compared_groups, make_covariates
from surveykit.comparison.feasibility import Feasibility, collect_verdicts
from surveykit.comparison.judgement import judge
from surveykit.comparison.outcome_answers import Answers, Summed, sum_up
from surveykit.comparison.partialling import NOTHING_LEFT, partial_share
from surveykit.comparison.settlement_totals import TREATMENT, Case, Subclusters
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.totals import weights_of
from surveykit.key_spellings import warn_of_alike_keys
from surveykit.sampling_units import factorize_columns
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

COMBINATION = 1e-10
"""Squared length that the columns before it leave of a column of length one, below which it is a combination of them.

The products round to 1e-16, and a pivot is a difference of them: a million times less would take rounding for a column.
A year beside the constant has 1e-6; ten thousand times more would leave it out.
"""
MAY_BE_CONSTANT = 1e-6
"""Part of a column's sum of squares that varies inside settlements up to which its numbers are looked at one by one:
their sums leave 1e-13 where nothing varies."""
WEIGHTLESS = 1e-9
"""Share of all weight below which a side's average is not known: sums over both sides have sixteen digits, and a side
of 1e-12 left an average that was 0.4 % off."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Who is compared with whom, before any answer is looked at; `answers` and `cases` ask those who answered.

    Make it with `make_question`. Every comparison of settlements asks this one object, so that none can judge, count
    or describe other settlements than those that its numbers rest on.

    Attributes
    ----------
    design : SurveyDesign
    compared : ComparedGroups
        All settlements of the two groups.
    covariates : Covariates
    adjust_for : list of str
        Columns that adjusted terms hold equal.
    strata : str or None
        Column of blocks of the assignment.
    lang : str or None
    allow_single : bool or None
        Whether one side may be a single settlement; None: never, and the refusal names no way in.
    balanced : Balanced or None
        What `balance_settlements` did to the settlements.
    last : dict
        What those who answered the last outcome sum up to, by its name; the adjusted term asks for the same again.
    """

    design: SurveyDesign
    compared: ComparedGroups
    covariates: Covariates
    adjust_for: list[str]
    strata: str | None
    lang: str | None
    allow_single: bool | None
    balanced: Balanced | None = None
    last: dict[str, Summed] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that are estimated: "unadjusted", and "adjusted" when columns are held equal."""
        return ("unadjusted", "adjusted") if self.adjust_for else ("unadjusted",)

    def answers(
        self,
        outcome: str,
        term: str = "unadjusted",
        *,
        second_wave: np.ndarray | None = None,
        argument: str = "outcomes",
    ) -> Answers:
        """Return those who answered; refuse when a side has nobody, or a single settlement.

        Parameters
        ----------
        outcome : str
            Numeric column.
        term : {"unadjusted", "adjusted"}
            Adjusted: among those whose covariates are all known.
        second_wave : int array, (respondents,), optional
            0 before, 1 after, -1 in neither wave: only settlements with answers in both waves count.
        argument : str
            Name of the caller's argument that holds the outcome.
        """
        values = check_numeric(self.design.survey.frame[outcome], argument)
        if np.isnan(values).all():
            raise ColumnError(f"`{argument}` names {outcome!r}, which nobody answered; leave it out")
        valid = (self.compared.of_row >= 0) & ~np.isnan(values)
        if second_wave is not None:
            valid &= second_wave >= 0
        if term == "adjusted":
            valid &= self.covariates.complete
        present = np.bincount(self.compared.of_row[valid], minlength=len(self.compared)) > 0
        if second_wave is not None:
            # a settlement asked in one wave only has no change, and would enter one side's mean of that wave alone
            present &= np.bincount(self.compared.of_row[valid & (second_wave == 1)], minlength=len(self.compared)) > 0
            present &= np.bincount(self.compared.of_row[valid & (second_wave == 0)], minlength=len(self.compared)) > 0
            valid &= present[self.compared.of_row]
        self._refuse(outcome, term, present, second_wave is not None)
        compared = self.compared.keep(present)
        self._tell_of_uneven_blocks(outcome, compared)
        rows = np.flatnonzero(valid)
        of_row = (np.cumsum(present) - 1)[self.compared.of_row[rows]]
        cell = of_row if second_wave is None else 2 * of_row + second_wave[rows]
        y, weights = values[rows], weights_of(self.design, rows)
        summed = self._sum_up(outcome, y, weights, rows, cell, len(compared), second_wave)
        kept = np.empty(0, dtype=np.int64)
        if term == "adjusted":  # a level that nobody who answered has is no column, as in R
            plain = summed.products.products[0].sum(axis=0)
            kept = np.flatnonzero(independent_products(plain[:-1, :-1]))
        stratum, how = settlement_strata(self.design, rows, of_row, len(compared))
        balanced = None if self.balanced is None else self.balanced.keep(present)
        answers = Answers(
            outcome,
            term,
            replace(compared, of_row=of_row),
            rows,
            y,
            weights,
            self.covariates,
            kept,
            stratum,
            how,
            None if second_wave is None else second_wave[rows],
            balanced,
            summed,
        )
        if balanced is None:
            return answers
        # a covariate of settlements that is adjusted for need not be a column twice
        twice = [
            name
            for name, column in zip(answers.terms, answers.covariates.T)
            if settlement_columns(column[:, None], of_row)
        ]
        return replace(answers, balanced=balanced.without(twice))

    def _sum_up(
        self,
        outcome: str,
        y: np.ndarray,
        weights: np.ndarray,
        rows: np.ndarray,
        cell: np.ndarray,
        n_settlements: int,
        second_wave: np.ndarray | None,
    ) -> Summed:
        known = self.last.get(outcome)
        # those of whom all covariates are known are all who answered when they are as many
        if known is None or known.n != len(rows) or known.second_wave is not second_wave:
            everybody = len(rows) == len(self.covariates.matrix)
            columns = self.covariates.matrix if everybody else self.covariates.matrix[rows]
            if not self.covariates.complete[rows].all():
                columns = columns[:, :0]
            self.last.clear()
            self.last[outcome] = sum_up(y, weights, columns, cell, n_settlements, second_wave)
        return self.last[outcome]

    def _refuse(self, outcome: str, term: str, present: np.ndarray, two_waves: bool) -> None:
        """Raise when the settlements in which somebody answered are too few on a side; tell of those left out."""
        compared = self.compared
        adjusted = term == "adjusted"
        among = f"{' in both waves' if two_waves else ''}{' with all covariates known' if adjusted else ''}"
        empty = [name for name, here in zip(compared.names, present) if not here]
        for side, label in ((compared.treated, compared.label), (~compared.treated, compared.baseline)):
            count = int((present & side).sum())
            if count == 0 and two_waves and adjusted:
                raise FeasibilityError(
                    f"no settlement of {compared.group} = {label!r} has answers to {outcome!r} in both waves with all covariates known, so no change can be compared; name other waves or another outcome, or fewer covariates in `adjust_for`"
                )
            if count == 0 and two_waves:
                raise FeasibilityError(
                    f"no settlement of {compared.group} = {label!r} has answers to {outcome!r} in both waves, so no change can be compared; name other waves or another outcome"
                )
            if count == 0 and adjusted:
                raise FeasibilityError(
                    f"nobody in {compared.group} = {label!r} answered {outcome!r} with all covariates known, so there is nothing to compare; leave this outcome out, or fewer covariates in `adjust_for`"
                )
            if count == 0:
                raise FeasibilityError(
                    f"nobody in {compared.group} = {label!r} answered {outcome!r}, so there is nothing to compare; leave this outcome out"
                )
            if count > 1 or self.allow_single:
                continue
            if int(side.sum()) == 1:
                lowest = 1 / len(compared)
                raise FeasibilityError(
                    f"a comparison needs at least two settlements on each side, but {compared.group} = {label!r} has one, of {len(compared)}: its own character cannot be told from the effect; {self._way_in()}, whose smallest p is {lowest:.3g}"
                )
            if adjusted:
                raise FeasibilityError(
                    f"for {outcome!r} one side keeps a single settlement ({compared.group} = {label!r}), because nobody answered{among} in {some(empty)}; leave this outcome out, or fewer covariates in `adjust_for`, or {self._way_in()}"
                )
            raise FeasibilityError(
                f"for {outcome!r} one side keeps a single settlement ({compared.group} = {label!r}), because nobody answered{among} in {some(empty)}; leave this outcome out, or {self._way_in()}"
            )
        if empty:
            warn(
                f"nobody answered {outcome!r}{among} in settlement(s) {some(empty)}, so they are not in this comparison, nor in what is said of it"
            )

    def _tell_of_uneven_blocks(self, outcome: str, compared: ComparedGroups) -> None:
        """Warn when blocks differ in their share of treated settlements that answered: a difference mixes blocks."""
        if (
            self.strata is None
            or self.strata in self.adjust_for
            or not differ_in_share(compared.treated, compared.block)
        ):
            return
        warn(
            f"among the settlements that answered {outcome!r} the blocks of {self.strata!r} differ in their share of {compared.group} = {compared.label!r}, so the difference also holds what differs between blocks; the randomization tests hold it against its average inside the blocks, the estimate does not: pass adjust_for={self.strata!r} too, and read the adjusted rows"
        )

    def _way_in(self) -> str:
        if self.allow_single is None:
            return "see compare_settlements(..., allow_single=True) for the randomization test alone"
        return "pass allow_single=True to see the randomization test alone"

    def cases(
        self,
        answers: Answers,
        estimands: Sequence[str] = ("person", "settlement"),
        subcluster_of_row: np.ndarray | None = None,
    ) -> list[Case]:
        """Return a case for each estimand: the answers summed up by settlement, with the verdict on them.

        Parameters
        ----------
        answers : Answers
        estimands : sequence of {"person", "settlement"}
        subcluster_of_row : int array, (respondents,), optional
            Smaller unit of each respondent, nested in settlements.
        """
        compared = replace(answers.compared, of_row=np.empty(0, dtype=np.int64))
        refuse_weightless(answers)
        summed, person = answers.summed, answers.totals("person")
        if answers.column_names and partial_share(person, TREATMENT) < NOTHING_LEFT:
            raise FeasibilityError(
                f"the covariates {answers.column_names} tell the two groups of {compared.group!r} apart completely, so nothing is left to compare; name fewer in `adjust_for`"
            )
        judgement = judge(
            person,
            compared,
            outcome=answers.outcome,
            term=answers.term,
            two_waves=answers.second_wave is not None,
            covariates=answers.terms,
            n_settlement_covariates=_settlement_covariates(answers),
            n_balanced=len(answers.column_names) - len(answers.terms),
            means=summed.means,
        )
        cases = []
        for estimand in estimands:
            totals = person if estimand == "person" else answers.totals(estimand)
            subclusters = None
            if subcluster_of_row is not None:
                x, weights, (y, _) = answers.matrix(estimand), answers.weights_of(estimand), from_smallest(answers.y)
                used, subcluster = np.unique(subcluster_of_row[answers.rows], return_inverse=True)
                settlement = np.empty(len(used), dtype=np.int64)
                settlement[subcluster] = answers.compared.of_row
                subclusters = Subclusters(cluster_totals(x, y, weights, subcluster, len(used)), settlement)
            cases.append(
                Case(
                    answers.outcome,
                    estimand,
                    answers.term,
                    compared,
                    totals,
                    answers.stratum,
                    summed.means,
                    summed.standard_deviation,
                    summed.n,
                    summed.n_weighted,
                    judgement,
                    subclusters,
                    answers.remaining(estimand),
                    summed.zero_one,
                )
            )
        return cases

    def case(
        self, outcome: str, term: str = "unadjusted", estimand: str = "person", *, argument: str = "outcomes"
    ) -> Case:
        """Return the case of one outcome: the settlements that answered, their totals and what they can say."""
        return self.cases(self.answers(outcome, term, argument=argument), (estimand,))[0]

    def left_out(self, cases: Sequence[Case]) -> list[Message]:
        """Return a sentence for each outcome on the settlements in which nobody answered it."""
        sentences = {}
        for case in cases:
            names = [
                name
                for name, number in zip(self.compared.names, self.compared.number)
                if number not in case.compared.number
            ]
            if names:
                known = Message("settlements_method.nobody_covariates") if case.term == "adjusted" else ""
                slots: dict[str, Slot] = {"outcome": case.outcome, "covariates": known}
                slots["settlements"] = Columns(tuple(map(str, names)), 10)
                sentences[case.outcome, case.term] = Message("settlements_method.nobody", slots)
        return list(sentences.values())

    def verdicts(self, cases: Sequence[Case]) -> Feasibility:
        """Return the verdicts on the outcomes of some cases, one for each outcome and term."""
        judgements = {(case.outcome, case.term): case.judgement for case in cases if case.judgement is not None}
        return collect_verdicts(list(judgements.values()), self.compared, self.design.origin(self.lang))


def refuse_weightless(answers: Answers, least: float = WEIGHTLESS) -> None:
    """Raise when one side weighs so little beside the other that their common sums lose its digits."""
    compared, sums = answers.compared, answers.sums(answers.weights)
    for side, label in ((compared.treated, compared.label), (~compared.treated, compared.baseline)):
        if np.min(sums[side].sum(axis=0)) < least * sums.sum():
            raise FeasibilityError(
                f"both sides of a comparison must weigh something, but those of {compared.group} = {label!r} who answered {answers.outcome!r} have less than {least:g} of all weight; look for a mistake in the weights, or for another unit on one side"
            )


def make_question(
    design: SurveyDesign,
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    lang: str | None = None,
    allow_single: bool | None = None,
    among: np.ndarray | None = None,
    may_be_balanced: bool = False,
) -> Question:
    """Return the question who is compared with whom, its columns checked.

    Parameters
    ----------
    design, group, baseline, settlement, adjust_for, strata, lang
        As in `compare_settlements`.
    allow_single : bool, optional
        None where a single settlement on a side is refused whatever the caller says.
    among : bool array, (respondents,), optional
        Respondents over whom covariates are centred and their levels found; default all with a group.
    may_be_balanced : bool
        Whether the caller knows what to do with settlements that `balance_settlements` has balanced.
    """
    if not may_be_balanced:
        refuse_balance(
            design,
            "use compare_settlements(), or pass the design as it was before balance_settlements(), with adjust_for= where covariates are to be held equal",
        )
    frame = design.survey.frame
    for name in dict.fromkeys((group, settlement)):  # the design has told of its own clusters and strata
        if name in frame and name not in (*design.cluster, *design.stratum):
            warn_of_alike_keys(frame, name)
    held = as_names(adjust_for, "adjust_for")
    compared = make_compared_groups(design, group, baseline, settlement, strata, lang)
    rows = compared.of_row >= 0 if among is None else (compared.of_row >= 0) & among
    covariates = make_covariates(design, held, rows, lang)
    return Question(design, compared, covariates, held, strata, lang, allow_single, read_balance(design, compared))


def check_outcomes(design: SurveyDesign, outcomes: str | Sequence[str], question: Question, argument: str) -> list[str]:
    """Return the outcomes as a list of names; refuse none, unknown ones, and those that are group or covariate."""
    names = as_names(outcomes, argument)
    if not names:
        raise ArgumentError(f"`{argument}` must name at least one column")
    check_columns(design.survey.frame, names, argument)
    for name in names:
        if name in (question.compared.group, question.compared.settlement):
            role = "group" if name == question.compared.group else "settlement"
            raise ArgumentError(
                f"`{argument}` names {name!r}, which is the column of `{role}`; name a column of answers"
            )
    wrong = [name for name in question.adjust_for if name in {*names, question.compared.group}]
    if wrong:
        raise ArgumentError(
            f"`adjust_for` names {some(wrong)}, which is an outcome or the group itself; hold other columns equal"
        )
    return names


def independent_columns(matrix: np.ndarray) -> np.ndarray:
    """Return which columns are neither constant nor a combination of the columns before them, (columns,) of bool.

    By Cholesky's steps on the products of the columns scaled to length one; what is left of a column below 1e-10 of
    its squared length is rounding.
    """
    x = np.column_stack([np.ones(len(matrix)), matrix])
    x = x / np.maximum(np.sqrt((x**2).sum(axis=0)), TINY)  # first, so that no square is too large or small
    return independent_products(x.T @ x)


def independent_products(products: np.ndarray) -> np.ndarray:
    """Return the same from the products of a constant and the columns, (1 + columns, 1 + columns)."""
    length = np.maximum(np.sqrt(np.diag(products)), TINY)
    left = products / length[:, None] / length
    told = np.zeros(len(left), dtype=bool)
    for column in range(len(left)):
        pivot = left[column, column]
        if pivot > COMBINATION:
            told[column] = True
            left = left - np.outer(left[:, column], left[column]) / pivot
    return told[1:]


def settlement_columns(matrix: np.ndarray, cluster: np.ndarray) -> int:
    """Return how many columns are constant inside every settlement."""
    if not matrix.shape[1]:
        return 0
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    ordered = matrix[order]
    gap = np.maximum.reduceat(ordered, starts) - np.minimum.reduceat(ordered, starts)
    return int((gap <= ROUNDING * (1 + np.abs(matrix).max(axis=0))).all(axis=0).sum())  # equal but for rounding


def _settlement_covariates(answers: Answers) -> int:
    """Return how many covariates are constant inside every settlement; most are seen not to be from their products."""
    plain = answers.summed.products.columns(answers.kept).products[0][:, :-1, :-1]
    squares = np.einsum("gpp->gp", plain)[:, 1:]
    inside = (squares - plain[:, 0, 1:] ** 2 / plain[:, 0, :1]).sum(axis=0)
    unclear = inside <= MAY_BE_CONSTANT * squares.sum(axis=0)
    return settlement_columns(answers.covariates[:, unclear], answers.compared.of_row) if unclear.any() else 0


def settlement_strata(
    design: SurveyDesign, rows: np.ndarray, settlement: np.ndarray, n_settlements: int
) -> tuple[np.ndarray, Told]:
    """Return the sampling stratum of each settlement that answered, and a sentence on how strata entered.

    Strata count only when every settlement lies in one and no stratum holds a single settlement of the comparison.
    """
    without = np.zeros(n_settlements, dtype=np.int64)
    stratum = list(design.stratum)
    if not stratum:
        return without, Told.of(Message("strata_how.none"))
    codes, _ = factorize_columns(design.survey.frame.iloc[rows], stratum, "stratum")
    stratum_of_settlement = without.copy()
    stratum_of_settlement[settlement] = codes
    column = Columns(tuple(stratum))
    if (stratum_of_settlement[settlement] != codes).any():
        return without, Told.of(Message("strata_how.not_nested", {"column": column}))
    _, stratum_of_settlement = np.unique(stratum_of_settlement, return_inverse=True)
    if (np.bincount(stratum_of_settlement) == 1).any():
        return without, Told.of(Message("strata_how.lonely", {"column": column}))
    n_strata = Figure(str(int(stratum_of_settlement.max()) + 1))
    within = Message("strata_how.within", {"n": n_strata, "column": column})
    return stratum_of_settlement.astype(np.int64), Told.of(within)
