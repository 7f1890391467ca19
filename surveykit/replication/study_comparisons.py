"""What several kinds of tables and figures share: their options, and comparisons computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveykit._checks import as_names, check_option
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.comparison.feasibility import Feasibility
from surveykit.errors import CodebookError, FeasibilityError, MixedSettlementError
from surveykit.replication.study_data import StudyData
from surveykit.replication.study_doors import check_feasibility, compare_settlements
from surveykit.replication.study_file import STUDY_FILE
from surveykit.report.verdict import verdict_of
from surveykit.words.pages import word

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """A comparison, or an outcome of one, that the settlements which answered cannot carry.

    Attributes
    ----------
    comparison : str
    outcomes : tuple of str
        Empty when it is refused as a whole.
    reason : str
        What the gate says, as an error.
    told : str
        The verdict with its reasons, in the language of the report.
    """

    comparison: str
    outcomes: tuple[str, ...]
    reason: str
    told: str


class Comparisons:
    """The comparisons of a study by name, each computed once however many tables and figures show it."""

    def __init__(self, data: StudyData, lang: str) -> None:
        self._data, self._lang = data, lang
        self._done: dict[str, SettlementComparison] = {}
        self._refused: dict[str, Refusal] = {}
        self._parts: list[Refusal] = []

    def __getitem__(self, name: str) -> SettlementComparison:
        known = self._data.study.section("comparisons")
        check_option(name, list(known), f"{STUDY_FILE}: comparison")
        if name in self._refused:
            raise FeasibilityError(self._refused[name].reason)
        if name not in self._done:
            self._done[name] = self._compare(name)
        return self._done[name]

    @property
    def refused(self) -> list[Refusal]:
        """What the gate refused so far, in the order in which it was asked for."""
        return [*self._refused.values(), *self._parts]

    def feasibility(self, name: str) -> Feasibility:
        """Return the verdicts on a comparison; where it is refused, the checks on all its settlements."""
        try:
            return self[name].feasibility
        except MixedSettlementError:
            raise
        except FeasibilityError:
            if self._one_sided(name) is not None:
                raise
            return self._checks(name)

    def _checks(self, name: str, outcome: str | None = None) -> Feasibility:
        """Return the checks on the settlements of a comparison, or on those that answered one outcome."""
        given = self._data.study.section("comparisons")[name]
        roles = {key: given[key] for key in ("group", "baseline", "settlement", "strata") if key in given}
        return check_feasibility(self._data.design(given.get("wave")), **roles, outcome=outcome, lang=self._lang)

    def _compare(self, name: str) -> SettlementComparison:
        """Compare the outcomes that there are; leave out those on which a side has too few settlements."""
        given = dict(self._data.study.section("comparisons")[name])
        wave = given.pop("wave", None)
        design = self._data.design(wave)
        outcomes = as_names(given.pop("outcomes"), "outcomes")
        here = [one for one in outcomes if one not in self._data.absent(outcomes, wave)]
        adjust_for = as_names(given.pop("adjust_for", ()), "adjust_for")
        held = [one for one in adjust_for if one not in self._data.absent(adjust_for, wave)]
        how = {**given, "adjust_for": held, "rng": self._data.study.seed, "lang": self._lang}
        alone = self._one_sided(name)
        if alone is not None:
            self._refused[name] = Refusal(name, (), alone, word("gap_one_sided", self._lang))
            raise FeasibilityError(alone)
        try:
            return compare_settlements(design, here, **how)
        except MixedSettlementError:  # a settlement of both kinds is a slip in the data, and no finding
            raise
        except FeasibilityError as error:
            if self._data.columns is None:  # the study's own answers: its author ought to know
                raise
            carried = self._carried(name, here, design, how)
            if not carried:
                self._refused[name] = Refusal(name, (), str(error), verdict_of(self._checks(name), self._lang))
                raise
        return compare_settlements(design, carried, **how)

    def _one_sided(self, name: str) -> str | None:
        """Return why a file of another holder has nobody to compare with, when all its respondents are of one group."""
        given = self._data.study.section("comparisons")[name]
        survey = self._data.design(given.get("wave")).survey
        if self._data.columns is None or given["group"] not in survey.frame:
            return None
        codes = list(survey.frame[given["group"]].dropna().unique())
        if len(codes) != 1:
            return None
        label = survey.codebook[given["group"]].label(codes[0], self._lang)
        return f"everybody in the file has {given['group']} = {label!r}, so there is nobody to compare with"

    def _carried(self, name: str, outcomes: list[str], design: Any, how: Options) -> list[str]:
        """Return the outcomes that can be compared; note the others with the reason of each."""
        carried, refused = [], []
        for outcome in outcomes:
            try:
                compare_settlements(design, [outcome], **{**how, "methods": ["cr2"]})
                carried.append(outcome)
            except FeasibilityError as error:
                told = verdict_of(self._checks(name, outcome), self._lang)
                refused.append(Refusal(name, (outcome,), str(error), told))
        self._parts += refused if carried else []
        return carried


def needed(options: Options, key: str) -> Any:
    """Return an option that the kind of table or figure cannot do without."""
    if key not in options:
        raise CodebookError(f"{STUDY_FILE}: {options['name']!r} is of the kind {options['kind']!r} and needs `{key}`")
    return options[key]
