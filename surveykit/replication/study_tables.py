"""The kinds of tables that a study.toml may ask for; each turns options into one result."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from surveykit._checks import as_names, check_columns, check_option
from surveykit.comparison.settlements import SettlementComparison, compare_settlements
from surveykit.errors import CodebookError, ReadError
from surveykit.estimation.means import means
from surveykit.estimation.shares import shares
from surveykit.likert.reliability import cronbach_alpha
from surveykit.replication.study_data import ALL_WAVES, StudyData
from surveykit.replication.study_file import STUDY_FILE
from surveykit.results import Result
from surveykit.weighting.diagnostics import summarize_weights

Options = Mapping[str, Any]
RECOVERY_METHOD = "cr2"
EMPTY = {"en": "no answer recorded", "ru": "ответ не записан", "kk": "жауап жазылмаған"}


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
            self._done[name] = compare_settlements(design, given.pop("outcomes"), **given, rng=self._data.study.seed,
                                                   lang=self._lang)
        return self._done[name]


def make_table(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return the result that one entry of [[tables]] asks for."""
    check_option(options["kind"], list(TABLES), f"{STUDY_FILE}: kind of table {options['name']!r}")
    return TABLES[options["kind"]](options, data, comparisons, lang)


def needed(options: Options, key: str) -> Any:
    """Return an option that the kind of table or figure cannot do without."""
    if key not in options:
        raise CodebookError(f"{STUDY_FILE}: {options['name']!r} is of the kind {options['kind']!r} and needs `{key}`")
    return options[key]


def _sample(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Interviews and settlements behind each wave and group, not weighted and weighted."""
    by, settlement = as_names(needed(options, "by"), "by"), data.study.section("design").get("cluster")
    rows = []
    for wave, design in data.designs.items():
        if wave == ALL_WAVES:
            continue
        check_columns(design.survey.frame, by, "by")
        frame = design.survey.frame[by].assign(w=design.weights)
        frame["unit"] = design.survey.frame[settlement] if isinstance(settlement, str) else range(len(frame))
        for codes, part in frame.groupby(by, sort=True):
            labels = [design.survey.codebook[name].label(code, lang) for name, code in zip(by, codes)]
            rows.append({"wave": wave, "group": ", ".join(labels), "n": len(part), "n_clusters": part["unit"].nunique(),
                         "n_weighted": part["w"].sum()})
    method = "Interviews (n), settlements (clusters) and adults whom the weights add up to, by wave."
    return Result(pd.DataFrame(rows), method, data.design(None).origin(lang))


def _weights(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return summarize_weights(data.design(options.get("wave")))


def _means(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return means(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)


def _shares(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return shares(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"),
                  interval=options.get("interval", "logit"), lang=lang)


def _missing(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Who did not answer and why, of those who were asked."""
    result = means(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)
    method = "Respondents who did not answer, by reason: n not weighted, share weighted, of all who were asked."
    table = result.missing.assign(reason=result.missing["reason"].replace("empty", EMPTY[lang]))
    return Result(table, method, result.origin)


def _comparison(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    result = comparisons[needed(options, "comparison")]
    return result if "methods" not in options else _only(result, options["methods"])


def _only(result: SettlementComparison, methods: list[str]) -> Result:
    return replace(result, table=result.table[result.table["method"].isin(methods)].reset_index(drop=True))


def _feasibility(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    result = comparisons[needed(options, "comparison")].feasibility
    assert result is not None
    return result


def _reliability(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Cronbach's alpha of each scale, one row a scale."""
    names = as_names(options.get("scales", list(data.scales)), "scales")
    design, parts, result = data.design(options.get("wave")), [], None
    for name in names:
        check_option(name, list(data.scales), "scales")
        result = cronbach_alpha(design, data.scales[name])
        parts.append(result.table[result.table["term"] == "alpha"] if "term" in result.table else result.table.head(1))
    if result is None:
        raise CodebookError(f"{STUDY_FILE}: {options['name']!r} needs [[scales]]")
    return replace(result, table=pd.concat(parts, ignore_index=True), title="")


def _recovery(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Estimates from simulated answers beside what is true of the simulated population."""
    path = data.study.file(needed(options, "truth"))
    try:
        truth = pd.read_csv(path, dtype={"wave": str})
    except (OSError, ValueError) as error:
        raise ReadError(f"{str(path)!r} cannot be read as a table of true values; `simulate` makes one") from error
    name = needed(options, "comparison")
    wave = data.study.section("comparisons").get(name, {}).get("wave", data.last_wave)
    result = comparisons[name]
    estimates = result.table[(result.table["method"] == RECOVERY_METHOD) & (result.table["term"] == "unadjusted")]
    true = truth[(truth["wave"] == wave) & (truth["statistic"] == "mean")]
    true = true.pivot_table(index=["outcome", "estimand"], columns="quantity", values="value", aggfunc="first")
    rows = []
    for row in estimates.itertuples():
        if (row.outcome, row.estimand) not in true.index:
            continue
        known = true.loc[(row.outcome, row.estimand)]
        rows.append({"outcome": row.outcome, "estimand": row.estimand, "true_difference": known["difference"],
                     "true_effect": known["effect"], "estimate": row.estimate, "conf_low": row.conf_low,
                     "conf_high": row.conf_high, "error": row.estimate - known["difference"],
                     "covered": "yes" if row.conf_low <= known["difference"] <= row.conf_high else "no"})
    table = pd.DataFrame(rows)
    inside = int((table["covered"] == "yes").sum()) if len(table) else 0
    method = ("Differences between the two kinds of settlements in the simulated population, worked out from its "
              f"parameters, beside their estimates (CR2 intervals); {inside} of {len(table)} intervals cover the true "
              "difference. The true effect is what the elections alone changed; the difference also holds what set the "
              "settlements apart.")
    return Result(table, method, result.origin)


TABLES: Mapping[str, Callable[[Options, StudyData, Comparisons, str], Result]] = {
    "sample": _sample, "weights": _weights, "means": _means, "shares": _shares, "missing": _missing,
    "comparison": _comparison, "feasibility": _feasibility, "reliability": _reliability, "recovery": _recovery,
}  # fmt: skip
