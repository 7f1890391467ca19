"""The kinds of tables that a study.toml may ask for; each turns options into one result."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from surveykit._checks import as_names, check_columns, check_option
from surveykit.codebook import Codebook, as_code, distinct_texts
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.design import SurveyDesign
from surveykit.errors import CodebookError, ReadError
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.replication.study_comparisons import Comparisons, Options, needed
from surveykit.replication.study_data import ALL_WAVES, StudyData
from surveykit.replication.study_doors import cronbach_alpha, group_time_effects, means, shares, summarize_weights
from surveykit.replication.study_file import STUDY_FILE
from surveykit.replication.study_interviews import agreement_table, joint_table, snw_table, themes_table
from surveykit.results import Result
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

RECOVERY_METHOD = "cr2"


def make_table(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return the result that one entry of [[tables]] asks for."""
    check_option(options["kind"], list(TABLES), f"{STUDY_FILE}: kind of table {options['name']!r}")
    return TABLES[options["kind"]](options, data, comparisons, lang)


def _sample(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Interviews and settlements behind each wave and group, not weighted and weighted."""
    by, settlement = as_names(needed(options, "by"), "by"), data.study.section("design").get("cluster")
    rows, named = [], {}
    for wave, design in data.designs.items():
        if wave == ALL_WAVES:
            continue
        check_columns(design.survey.frame, by, "by")
        frame = design.survey.frame[by].assign(w=design.weights)
        frame["unit"] = design.survey.frame[settlement] if isinstance(settlement, str) else range(len(frame))
        for codes, part in frame.groupby(by, sort=True):
            meaning = tuple((name, as_code(code)) for name, code in zip(by, codes))
            named[meaning] = ", ".join(design.survey.codebook[name].label(code, lang) for name, code in meaning)
            rows.append(
                {
                    "wave": wave,
                    "group": meaning,
                    "n": len(part),
                    "n_clusters": part["unit"].nunique(),
                    "n_weighted": part["w"].sum(),
                }
            )
    weighted = any(design.weight is not None or design.steps for design in data.designs.values())
    units: Slot = Columns((settlement,)) if isinstance(settlement, str) else Message("study.respondents")
    counted: Slot = Message("study.sample_weighted" if weighted else "study.sample_unweighted")
    method = Told.of(Message("study.sample", {"units": units, "weighted": counted}))
    keys = [", ".join(str(code) for _, code in meaning) for meaning in named]
    names = dict(zip(named, distinct_texts(list(named.values()), keys)))
    table = pd.DataFrame([{**row, "group": names[row["group"]]} for row in rows])
    known = {name: meaning for meaning, name in names.items()}
    return Result(table, method, data.design(None).origin(lang), group_codes=known)


def _weights(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return summarize_weights(data.design(options.get("wave")))


def _means(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return means(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)


def _shares(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return shares(
        data.design(options.get("wave")),
        needed(options, "outcomes"),
        by=options.get("by"),
        interval=options.get("interval", "logit"),
        lang=lang,
    )


def _missing(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Who did not answer and why, of those who were asked."""
    result = means(data.design(options.get("wave")), needed(options, "outcomes"), by=options.get("by"), lang=lang)
    method = Told.of(Message("study.missing"))
    return Result(result.missing, method, result.origin, group_codes=result.group_codes)


def _comparison(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    result = comparisons[needed(options, "comparison")]
    return result if "methods" not in options else _only(result, options["methods"])


def _only(result: SettlementComparison, methods: list[str]) -> Result:
    return replace(result, table=result.table[result.table["method"].isin(methods)].reset_index(drop=True))


def _feasibility(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    return comparisons.feasibility(needed(options, "comparison"))


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


def _group_time(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Effects when settlements elect at different times: those that did against those that had not yet."""
    design, name = data.design(ALL_WAVES), needed(options, "first_wave")
    check_columns(design.survey.frame, [name], "first_wave")
    named = design.survey.frame[name].map(_wave_name, na_action="ignore").astype(object)
    early = (named == data.waves[0]).to_numpy()
    survey = design.survey.with_columns({name: named})
    survey = survey.keep_rows(~early, "settlements that had elected by the first wave left out")
    weights = None  # those after all weighting steps: the column alone would forget the raking
    if design.weight is not None or design.steps:
        weights = pd.Series(design.weights[~early], index=survey.frame.index, name=design.weight or "study weights")
    design = SurveyDesign(
        survey, weight=weights, cluster=design.cluster, stratum=design.stratum, lonely_psu=design.lonely_psu
    )
    result = group_time_effects(
        design, needed(options, "outcomes"), first_wave=name, wave="wave", rng=data.study.seed, lang=lang
    )
    rows = result.table["term"] == options.get("term", "overall")
    left_out = Message("study.early", {"n": Figure(str(int(early.sum())))})
    method = Told.of(result.method, left_out if early.any() else "", between=" ")
    return replace(result, table=result.table[rows].reset_index(drop=True), method=method)


def _wave_name(value: object) -> str:
    """Return the name of a wave that a file writes as a number (2023.0)."""
    return str(as_code(value))


def _recovery(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Estimates from simulated answers beside what is true of the simulated population."""
    if "first_wave" in options:
        result, quantity, method = _group_time(options, data, comparisons, lang), "did", "cr3"
        wave = data.last_wave
    else:
        name = needed(options, "comparison")
        result, quantity, method = comparisons[name], "difference", RECOVERY_METHOD
        wave = data.study.section("comparisons")[name].get("wave", data.last_wave)
    true = _true_values(data, needed(options, "truth"), wave)
    caused = "effect" if quantity == "difference" else "did effect"
    chosen = result.table[(result.table["method"] == method) & result.table["term"].isin(["unadjusted", "overall"])]
    rows = []
    for row in chosen.to_dict("records"):
        if (row["outcome"], row["estimand"]) in true.index:
            known = true.loc[(row["outcome"], row["estimand"])]
            inside = row["conf_low"] <= known[quantity] <= row["conf_high"]
            rows.append(
                {
                    "outcome": row["outcome"],
                    "estimand": row["estimand"],
                    "true_difference": known[quantity],
                    "true_effect": known[caused],
                    "estimate": row["estimate"],
                    "conf_low": row["conf_low"],
                    "conf_high": row["conf_high"],
                    "error": row["estimate"] - known[quantity],
                    "covered": bool(inside),
                }
            )
    covered = sum(row["covered"] for row in rows)
    slots: dict[str, Slot] = {
        "what": Message("study.recovery_differences" if quantity == "difference" else "study.recovery_changes"),
        "method": method.upper(),
        "covered": Figure(str(covered)),
        "all": Figure(str(len(rows))),
    }
    sentence = Told.of(Message("study.recovery", slots))
    return Result(pd.DataFrame(rows), sentence, result.origin)


def _items(options: Options, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """The questions of a holder's file beside the study's items that they stand for."""
    name = data.study.section("data").get("codebook")
    book = Codebook() if name is None else read_codebook(data.study.file(name))
    survey = data.design(None).survey
    rows = [
        {
            "file_column": column,
            "file_question": survey.codebook[item].ask(lang),
            "study_item": item,
            "study_question": book[item].ask(lang),
        }
        for item, column in (data.columns or {}).items()
        if item in book
    ]
    method = Told.of(Message("study.items"))
    return Result(pd.DataFrame(rows), method, data.design(None).origin(lang))


def _true_values(data: StudyData, name: str, wave: str) -> pd.DataFrame:
    """Return the true values of a wave, one row per outcome and estimand, one column per quantity."""
    path = data.study.file(name)
    try:
        truth = pd.read_csv(path, dtype={"wave": str})
    except (OSError, ValueError) as error:
        raise ReadError(f"{str(path)!r} cannot be read as a table of true values; `simulate` makes one") from error
    chosen = truth[(truth["wave"] == wave) & (truth["statistic"] == "mean")]
    return chosen.pivot_table(index=["outcome", "estimand"], columns="quantity", values="value", aggfunc="first")


TABLES: Mapping[str, Callable[[Options, StudyData, Comparisons, str], Result]] = {
    "sample": _sample, "weights": _weights, "means": _means, "shares": _shares, "missing": _missing,
    "comparison": _comparison, "feasibility": _feasibility, "reliability": _reliability, "recovery": _recovery,
    "group_time": _group_time, "themes": themes_table, "agreement": agreement_table, "joint_display": joint_table,
    "snw": snw_table, "items": _items,
}  # fmt: skip
