"""What the settlements that answered can say: the verdicts on a comparison, as a result."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from surveykit._checks import check_option, some, warn
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.found import FAMILIES, Compared, describe_detectable, describe_settlements, describe_statistic
from surveykit.comparison.judgement import LEVEL, VERDICTS, Judgement, Verdict
from surveykit.findings import Names
from surveykit.formatting import format_number, format_p, printable_lines
from surveykit.results import Origin, Result
from surveykit.translated_names import said_groups
from surveykit.words.messages import Figure, Message, Slot, Told


@dataclass(frozen=True, eq=False, kw_only=True)
class Feasibility(Result):
    """Whether a comparison between settlements can be answered.

    Attributes
    ----------
    table : pandas.DataFrame
        From `check_feasibility`: one check per row. Of a comparison: one row per outcome and term, with the
        settlements and respondents that answered, the smallest p, the degrees of freedom and the verdict.
    verdict : {"sound", "fragile", "cannot answer"}
        Of several outcomes, that of the worst.
    reasons : tuple of str
        Why the verdict is not better, one sentence each.
    single : bool
        True when one side is a single settlement, for any outcome.
    compared : ComparedGroups
        The settlements asked about and the two groups that they stand in; `arms` until 0.1.0.
    reason_names : tuple of str
        A word for each reason, by which a report finds it in another language.
    judgements : tuple of Judgement
        One for each outcome and term.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] == "U3", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.check_feasibility(design, **roles)
    >>> result.verdict, result.single
    ('cannot answer', True)
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    single: bool
    compared: ComparedGroups = field(repr=False)
    reason_names: tuple[str, ...]
    judgements: tuple[Judgement, ...] = field(repr=False)

    @property
    def arms(self) -> ComparedGroups:
        """The former name of `compared`, which works for two minor versions and says so.

        Examples
        --------
        >>> import warnings
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": [f"U{i % 10}" for i in range(100)]})
        >>> answers["akim"] = ["elected" if unit < "U5" else "appointed" for unit in answers["unit"]]
        >>> result = sk.check_feasibility(sk.SurveyDesign(answers), group="akim", settlement="unit")
        >>> with warnings.catch_warnings(action="ignore"):
        ...     result.arms is result.compared
        ...
        True
        """
        warn("Feasibility.arms is called Feasibility.compared now; the former name will go")
        return self.compared

    @property
    def worst(self) -> Judgement:
        """The judgement that gave the verdict."""
        return max(self.judgements, key=lambda one: one.rank)

    def by_outcome(self) -> dict[str, Verdict]:
        """Return the verdict on each outcome, the worse one where covariates are held equal.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
        >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
        >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
        >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
        >>> design = sk.SurveyDesign(answers, cluster="unit")
        >>> sk.compare_settlements(design, "trust", **roles, methods="cr2").feasibility.by_outcome()
        {'trust': 'sound'}
        """
        verdicts: dict[str, Verdict] = {}
        for judgement in self.judgements:
            verdicts[judgement.outcome] = max(
                verdicts.get(judgement.outcome, "sound"), judgement.verdict, key=VERDICTS.index
            )
        return verdicts

    def of_outcome(self, outcome: str) -> "Feasibility":
        """Return the verdict on one outcome alone.

        Raises
        ------
        ArgumentError
            When it is no outcome of the comparison.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
        >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
        >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
        >>> answers["water"] = np.random.default_rng(2).integers(1, 6, len(answers))
        >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
        >>> design = sk.SurveyDesign(answers, cluster="unit")
        >>> both = sk.compare_settlements(design, ["trust", "water"], **roles, methods="cr2").feasibility
        >>> both.by_outcome(), both.of_outcome("water").by_outcome()
        ({'trust': 'sound', 'water': 'sound'}, {'water': 'sound'})
        """
        check_option(outcome, list(self.by_outcome()), "outcome")
        own = [one for one in self.judgements if one.outcome == outcome]
        return collect_verdicts(own, self.compared, self.origin)

    def reasons_of(self, outcome: str) -> tuple[str, ...]:
        """Return why the verdict on one outcome is not better, one sentence each.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
        >>> answers["akim"] = np.where(answers["unit"] < "U3", "elected", "appointed")
        >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
        >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
        >>> design = sk.SurveyDesign(answers, cluster="unit")
        >>> verdict = sk.compare_settlements(design, "trust", **roles, methods="cr2").feasibility
        >>> verdict.by_outcome(), len(verdict.reasons_of("trust"))
        ({'trust': 'fragile'}, 2)
        """
        reasons = [reason for one in self.judgements if one.outcome == outcome for reason in one.reasons.values()]
        return tuple(dict.fromkeys(reasons))

    def headline(self) -> str:
        """Return the verdict and its reasons in one paragraph; of several outcomes, those of the worst first.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
        >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
        >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
        >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
        >>> design = sk.SurveyDesign(answers, cluster="unit")
        >>> sk.check_feasibility(design, **roles).headline().split(". ")[0]
        'Feasibility: SOUND'
        """
        facts, worst, verdicts = self.facts, self.worst, self.by_outcome()
        named = f"For {_name(worst)}: " if len(verdicts) > 1 else ""
        who = "respondents who answered" if worst.outcome else "respondents"
        start = f"Feasibility: {self.verdict.upper()}. {named}{facts['n_treated']} settlement(s) in the group '{facts['group']}' stand against {facts['n_baseline']} in '{facts['baseline']}' ({facts['n_respondents']:,} {who}); the smallest two-sided p that an exact test can give is {format_p(float(facts['smallest_p_two_sided']))}."
        return " ".join([start, *self.reasons, *self._others(verdicts)])

    def _others(self, verdicts: Mapping[str, Verdict]) -> list[str]:
        if len(set(verdicts.values())) < 2:
            return []
        groups = [
            f"{verdict} for {some([name for name, of_outcome in verdicts.items() if of_outcome == verdict])}"
            for verdict in reversed(VERDICTS)
            if verdict in verdicts.values()
        ]
        return [f"By outcome: {'; '.join(groups)}."]

    def notes(self) -> list[str]:
        """Return the verdict with its reasons, then the method."""
        return [self.headline(), *super().notes()]


def _name(judgement: Judgement) -> str:
    return judgement.outcome + (" (adjusted)" if judgement.term == "adjusted" else "")


VERDICT_COLUMNS = (
    "outcome",
    "term",
    "verdict",
    "n_group",
    "n_baseline",
    "n",
    "n_assignments",
    "smallest_p",
    "df",
    "largest_share_of_arm",
    "true_level",
)
"""Columns of the table of verdicts."""


def collect_verdicts(judgements: Sequence[Judgement], compared: ComparedGroups, origin: Origin) -> Feasibility:
    """Return the verdicts on the outcomes of a comparison: one row each, the worst at the head.

    Parameters
    ----------
    judgements : sequence of Judgement
        At least one.
    compared : ComparedGroups
        All settlements asked about.
    origin : Origin
    """
    worst = max(judgements, key=lambda one: one.rank)
    rows = [
        {
            "outcome": one.outcome,
            "term": one.term,
            "verdict": one.verdict,
            "n_group": one.numbers.n_treated,
            "n_baseline": one.numbers.n_baseline,
            "n": one.numbers.n_respondents,
            "n_assignments": short_count(one.numbers.n_assignments),
            "smallest_p": one.numbers.smallest_p_two_sided,
            "df": one.numbers.df_adjusted,
            "largest_share_of_arm": one.numbers.largest_share_of_arm,
            "true_level": one.numbers.true_level,
        }
        for one in judgements
    ]
    table = pd.DataFrame(rows, columns=list(VERDICT_COLUMNS))
    method = Told.of(Message("feasibility.by_outcome", _asked(compared, origin)))
    return Feasibility(
        table,
        method,
        origin,
        worst.facts,
        Told.of(Message("feasibility.title")),
        verdict=worst.verdict,
        reasons=tuple(worst.reasons.values()),
        single=any(one.single for one in judgements),
        compared=compared,
        reason_names=tuple(worst.reasons),
        judgements=tuple(judgements),
        group_codes=compared.group_codes,
    )


def list_checks(judgement: Judgement, compared: ComparedGroups, origin: Origin) -> Feasibility:
    """Return one judgement check by check."""
    facts = judgement.facts
    terms = list(judgement.df_of_terms.items())[:8]
    remarks = {
        "settlements, group compared": compared.label,
        "settlements, baseline": compared.baseline,
        "effective number of settlements": "Carter, Schnepel & Steigerwald 2017",
        "covariate columns": ", ".join(name for name, _ in terms),
        "Satterthwaite degrees of freedom, adjusted": ", ".join(f"{name} {format_number(df, 1)}" for name, df in terms),
        "largest settlement, share of its arm's weight": str(facts["largest_settlement"]),
        "level of CR2's test at 5 %, person average": "normal answers, neighbours alike by 0.02 to 0.15",
    }
    checks = {
        "respondents": "n_respondents",
        "settlements, group compared": "n_treated", "settlements, baseline": "n_baseline",
        "blocks": "n_blocks", "distinct assignments": "n_assignments", "smallest p, one-sided": "smallest_p_one_sided",
        "smallest p, two-sided": "smallest_p_two_sided", "Satterthwaite degrees of freedom": "df",
        "Satterthwaite degrees of freedom, adjusted": "df_adjusted",
        "effective number of settlements": "effective_settlements",
        "largest settlement, share of all weight": "largest_share",
        "largest settlement, share of its arm's weight": "largest_share_of_arm",
        "largest share, group compared": "largest_share_treated", "largest share, baseline": "largest_share_baseline",
        "average settlement, heavier side to lighter": "size_ratio",
        "largest settlement, share of the variance": "largest_variance_share",
        "level of CR2's test at 5 %, person average": "true_level",
        "covariate columns": "n_covariates", "covariate columns that describe settlements": "n_settlement_covariates",
        "rank without any one settlement": "leave_one_out_rank",
    }  # fmt: skip
    table = pd.DataFrame(
        [
            {"check": check, "value": as_float(facts[key]), "remark": remarks.get(check, "")}
            for check, key in checks.items()
        ]
    )
    slots: dict[str, Slot] = {
        **_asked(compared, origin),
        "who": Message("feasibility.among", {"outcome": judgement.outcome}) if judgement.outcome else "",
        "verdict": Message(f"verdict.{judgement.verdict.replace(' ', '_')}"),
    }
    method = Told.of(Message("feasibility.one", slots))
    return Feasibility(
        table,
        method,
        origin,
        facts,
        Told.of(Message("feasibility.title")),
        verdict=judgement.verdict,
        reasons=tuple(judgement.reasons.values()),
        single=judgement.single,
        compared=compared,
        reason_names=tuple(judgement.reasons),
        judgements=(judgement,),
        group_codes=compared.group_codes,
    )


def _asked(compared: ComparedGroups, origin: Origin) -> dict[str, Slot]:
    """Return what the sentences on a comparison say of the question."""
    sides = said_groups(compared.group_codes, origin.codebook)
    return {
        "group": sides.get(compared.label, compared.label),
        "baseline": sides.get(compared.baseline, compared.baseline),
        "column": compared.group,
        "settlement": compared.settlement,
        "level": Figure(f"{LEVEL:.0%}"),
    }


def short_count(count: int) -> float:
    """Return a count as a table shows it: all digits up to fifteen, then a float, infinite beyond floats."""
    # a float has all digits of whole numbers to 2^53, about 9e15
    return count if count < 10**15 else as_float(count)


def as_float(value: float) -> float:
    """Return a number as a float; one that is beyond floats is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")


@dataclass(frozen=True, eq=False, kw_only=True)
class UnderVerdict(Result):
    """A result on settlements, with the verdict on what they can answer at its head.

    Attributes
    ----------
    feasibility : Feasibility

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.randomization_test(design, "trust", **roles)
    >>> result.feasibility.verdict
    'sound'
    """

    feasibility: Feasibility

    def _messages(self, table: pd.DataFrame, names: Names) -> list[Message]:
        """Return what rows of the table found, under the verdict."""
        compared = self._compared_settlements()
        if self.quantity in FAMILIES:
            return describe_settlements(table, names, compared)
        if self.quantity == "statistic":
            return describe_statistic(table, names, compared)
        if self.quantity == "detectable_effect":
            return describe_detectable(table, names, compared)
        return super()._messages(table, names)

    def _compared_settlements(self) -> Compared:
        """Return what the sentences on a comparison need beside its table."""
        confidence = float(self.facts.get("confidence", 0.95))
        return Compared(self.quantity, confidence, self.feasibility.judgements)

    def headline(self) -> str:
        """Return the verdict and its reasons."""
        return self.feasibility.headline()

    def summary(self) -> str:
        """Return what was found, the verdict, table and notes as plain text."""
        return printable_lines("\n".join(part for part in (self.finding(), self.headline(), self._body()) if part))

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.headline())}</strong></p>{super()._repr_html_()}"

    def to_latex(self, caption: str | None = None, label: str | None = None) -> str:
        """Return a LaTeX table whose caption carries the verdict."""
        return super().to_latex(f"{caption or self.title}. Feasibility: {self.feasibility.verdict}.", label)
