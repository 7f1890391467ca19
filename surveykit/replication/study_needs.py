"""What a table or figure of a study needs, and what is left of it when a file of another holder lacks some."""

from collections.abc import Iterable, Mapping
from typing import Any

from surveykit._checks import as_names
from surveykit.replication.study_comparisons import Comparisons, Options
from surveykit.replication.study_data import ALL_WAVES, Gap, StudyData

FROM_INTERVIEWS = ("themes", "agreement", "joint_display")
ONLY_SIMULATED = ("recovery",)
"""Kinds of tables that only make sense where the truth is known."""
ONLY_REAL = ("items",)
"""Kinds of tables that only make sense where a file of another holder was mapped to the study's items."""


def belongs(options: Options, data: StudyData) -> bool:
    """Return whether a step is of the run at all: simulated answers have a truth, a holder's file has a mapping."""
    if options["kind"] in ONLY_SIMULATED:
        return data.simulated
    return options["kind"] not in ONLY_REAL or data.columns is not None


def fit(options: Options, data: StudyData, comparisons: Comparisons) -> Options | Gap:
    """Return the options of a step without what the data lack, or the gap that leaves nothing of it.

    Raises
    ------
    FeasibilityError
        When the step shows a comparison that the settlements cannot carry.
    """
    wave = _wave(options, data)
    if wave is not None and wave not in data.designs:
        known = data.study.section("waves")
        if wave == ALL_WAVES:
            return Gap("gap_waves")
        return Gap("gap_wave", {"wave": wave}) if wave in known else options
    if options["kind"] == "group_time" and ALL_WAVES not in data.designs:
        return Gap("gap_waves")
    if options["kind"] in FROM_INTERVIEWS and data.coding is None and data.study.section("interviews"):
        return Gap("gap_interviews")
    if data.columns is None:
        return options
    if options["kind"] == "weights" and not any(design.steps for design in data.designs.values()):
        return Gap("gap_not_raked")
    return _fit_columns(options, data, comparisons, wave)


def _wave(options: Options, data: StudyData) -> str | None:
    if options["kind"] == "group_time" or "first_wave" in options:
        return ALL_WAVES
    given = data.study.section("comparisons").get(options.get("comparison"), {})
    found: str | None = options.get("wave", given.get("wave"))
    return found


def _fit_columns(options: Options, data: StudyData, comparisons: Comparisons, wave: str | None) -> Options | Gap:
    """Return the options with the columns that are there, or the gap when none of a kind that it needs is."""
    kept: dict[str, Any] = dict(options)
    for key in ("by", "first_wave", "outcome"):
        lacking = data.absent(as_names(options.get(key, ()), key), wave)
        if lacking:
            return Gap("gap_columns", {"names": ", ".join(lacking)})
    name = options.get("comparison")
    outcomes = as_names(options.get("outcomes", ()), "outcomes")
    if name is not None:
        asked = as_names(data.study.section("comparisons").get(name, {}).get("outcomes", ()), "outcomes")
        lacking = data.absent(asked, wave)
        if asked and len(lacking) == len(asked):
            return Gap("gap_columns", {"names": ", ".join(lacking)})
        if options["kind"] != "feasibility":
            compared = set(comparisons[name].table["outcome"])
            return _fit_comparison(kept, compared)
    if options["kind"] == "snw" and _has_lone_unit(options, data, wave):
        return Gap("gap_lone_unit")
    if options["kind"] == "reliability":
        return _fit_scales(kept, data)
    here = _without(outcomes, data.absent(outcomes, wave))
    if outcomes and not here:
        return Gap("gap_columns", {"names": ", ".join(outcomes)})
    return kept | ({"outcomes": here} if outcomes else {})


def _fit_comparison(kept: dict[str, Any], compared: set[str]) -> Options | Gap:
    """Return the options of a step that shows a comparison with the outcomes that it compares."""
    if "outcome" in kept and kept["outcome"] not in compared:
        return Gap("gap_columns", {"names": kept["outcome"]})
    links: Mapping[str, str] = kept.get("links", {})
    if links:
        kept["links"] = {theme: outcome for theme, outcome in links.items() if outcome in compared}
        kept["opposed"] = [theme for theme in kept.get("opposed", ()) if theme in kept["links"]]
        if not kept["links"]:
            return Gap("gap_columns", {"names": ", ".join(dict.fromkeys(links.values()))})
    if "outcomes" in kept:
        asked = as_names(kept["outcomes"], "outcomes")
        kept["outcomes"] = [outcome for outcome in asked if outcome in compared]
        if not kept["outcomes"]:
            return Gap("gap_columns", {"names": ", ".join(asked)})
    return kept


def _fit_scales(kept: dict[str, Any], data: StudyData) -> Options | Gap:
    asked = as_names(kept.get("scales", list(data.scales)), "scales")
    here = _without(asked, data.absent(asked, kept.get("wave")))
    return kept | {"scales": here} if here else Gap("gap_columns", {"names": ", ".join(asked)})


def _has_lone_unit(options: Options, data: StudyData, wave: str | None) -> bool:
    """Return whether a group of a step is a single cluster, so that no interval can be given for it."""
    design = data.design(wave)
    by = as_names(options.get("by", ()), "by")
    if not by or not design.cluster:
        return False
    clusters = design.units.cluster_of_row
    return bool(design.survey.frame.assign(unit_of_row=clusters).groupby(by)["unit_of_row"].nunique().min() < 2)


def split(options: Options, data: StudyData, lang: str) -> list[Options]:
    """Return a figure of answers as one figure for each set of answers that its items have in a holder's file.

    The study's own items share their answers; those of a file may each be worded in their own way.
    """
    if options["kind"] != "shares" or data.columns is None or "title" not in options:
        return [options]
    book = data.design(options.get("wave")).survey.codebook
    sets: dict[tuple[str, ...], list[str]] = {}
    for outcome in as_names(options.get("outcomes", ()), "outcomes"):
        variable = book[outcome]
        sets.setdefault(tuple(variable.label(code, lang) for code in variable.labels), []).append(outcome)
    return [
        {**options, "outcomes": outcomes}
        if number == 1
        else {**options, "outcomes": outcomes, "name": f"{options['name']}_{number}", "note": ""}
        for number, outcomes in enumerate(sets.values(), start=1)
    ]


def _without(names: Iterable[str], lacking: Iterable[str]) -> list[str]:
    return [name for name in names if name not in lacking]


def named_columns(data: StudyData) -> list[str]:
    """Return the columns that the tables, figures, comparisons and findings of a study show, in its order."""
    study, names = data.study, list[str]()
    for given in [*study.section("comparisons").values(), *study.section("tables"), *study.section("figures")]:
        for key in ("outcomes", "outcome", "by", "adjust_for", "first_wave"):
            names += as_names(given.get(key, ()), key)
        names += given.get("links", {}).values()
    for given in study.section("scales"):
        names += given["items"]
    names += [given["outcome"] for given in study.section("findings").values()]
    return list(dict.fromkeys(names))
