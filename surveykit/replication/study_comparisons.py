"""What several kinds of tables and figures share: their options, and comparisons computed once."""

from collections.abc import Mapping
from typing import Any

from surveykit._checks import check_option
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.errors import CodebookError
from surveykit.replication.study_data import StudyData
from surveykit.replication.study_doors import compare_settlements
from surveykit.replication.study_file import STUDY_FILE

Options = Mapping[str, Any]


class Comparisons:
    """The comparisons of a study by name, each computed once however many tables and figures show it."""

    def __init__(self, data: StudyData, lang: str) -> None:
        self._data, self._lang = data, lang
        self._done: dict[str, SettlementComparison] = {}

    def __getitem__(self, name: str) -> SettlementComparison:
        known = self._data.study.section("comparisons")
        check_option(name, list(known), f"{STUDY_FILE}: comparison")
        if name not in self._done:
            given = dict(known[name])
            design = self._data.design(given.pop("wave", None))
            self._done[name] = compare_settlements(
                design, given.pop("outcomes"), **given, rng=self._data.study.seed, lang=self._lang
            )
        return self._done[name]


def needed(options: Options, key: str) -> Any:
    """Return an option that the kind of table or figure cannot do without."""
    if key not in options:
        raise CodebookError(f"{STUDY_FILE}: {options['name']!r} is of the kind {options['kind']!r} and needs `{key}`")
    return options[key]
