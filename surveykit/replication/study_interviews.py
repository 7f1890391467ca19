"""The kinds of tables that rest on coded interviews, alone or beside the survey."""

from dataclasses import replace

from surveykit.errors import CodebookError
from surveykit.interviews.coding import Coding
from surveykit.replication.study_comparisons import Comparisons, Options, needed
from surveykit.replication.study_data import StudyData
from surveykit.replication.study_doors import joint_display, means, rate_positions, theme_agreement, theme_prevalence
from surveykit.replication.study_file import STUDY_FILE
from surveykit.results import Result
from surveykit.words.pages import coded


def themes_table(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return in how many interviews each theme occurs, by kind of settlement."""
    result = theme_prevalence(_coding(data), by=options.get("by"), lang=lang)
    return replace(result, table=result.table.drop(columns="theme"))


def agreement_table(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return how far the coders agree, theme by theme."""
    return theme_agreement(_coding(data), rng=data.study.seed, lang=lang)


def joint_table(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return survey differences and theme prevalences side by side."""
    name = needed(options, "comparison")
    comparison, given = comparisons[name], data.study.section("comparisons")[name]
    prevalence = theme_prevalence(_coding(data), by=given["group"], lang=lang)
    code = data.design(None).survey.codebook.code_of(given["group"], given["baseline"])
    base = _coding(data).codebook[given["group"]].label(code, lang)
    others = [label for label, meaning in prevalence.group_codes.items() if meaning != ((given["group"], code),)]
    if len(others) != 1:
        raise CodebookError(
            f"{STUDY_FILE}: {options['name']!r} needs two kinds of settlements in the interviews, but there are {others} beside {base!r}"
        )
    result = joint_display(
        comparison,
        prevalence,
        needed(options, "links"),
        group=others[0],
        baseline=next((label for label in prevalence.group_codes if label not in others), base),
        opposed=tuple(options.get("opposed", ())),
    )
    relations = [coded("relation", relation, lang) for relation in result.table["relation"]]
    return replace(result, table=result.table.assign(relation=relations))


def snw_table(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return positions rated strong, neutral and weak by the survey: 0/1 outcomes, by group."""
    found = means(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)
    return rate_positions(found, lang=lang)


def _coding(data: StudyData) -> Coding:
    if data.coding is None:
        raise CodebookError(f"{STUDY_FILE}: this needs coded interviews; name them under [interviews], `coding`")
    return data.coding
