"""The steps of a study.toml, run one after the other: tables, figures, the report, the ledger."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError, MixedSettlementError, SurveyKitError
from surveykit.formatting import format_number
from surveykit.replication.changed_digits import mark_changed_digits
from surveykit.replication.claims import Ledger
from surveykit.replication.findings import check_findings
from surveykit.replication.manifest import Output
from surveykit.replication.study_comparisons import Comparisons, Refusal
from surveykit.replication.study_data import Gap, StudyData
from surveykit.replication.study_facts import facts_of, fill
from surveykit.replication.study_figures import draw_figure, figure_source, heading
from surveykit.replication.study_file import STUDY_FILE, Study
from surveykit.replication.study_needs import belongs, fit, named_columns, split
from surveykit.replication.study_tables import make_table
from surveykit.replication.study_values import FIGURE_FORMATS, TABLE_FORMATS
from surveykit.report.figures.figure_file import save_figure
from surveykit.report.pages.document import write_report
from surveykit.report.pages.exhibits import Exhibit, Part
from surveykit.report.pages.table_file import write_table
from surveykit.report.release import Release, lacks
from surveykit.results import Result
from surveykit.words.pages import word

DEFAULT_FORMATS = ("csv", "md", "tex", "svg", "pdf")
REPORT_FILE, HIDDEN_FILE = "report.html", "hidden.csv"


@dataclass(frozen=True)
class Step:
    """One table or figure to make; `made_by` is "tables" or "figures"."""

    made_by: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class StepsRun:
    """What the steps of a study gave.

    Attributes
    ----------
    ledger : Ledger
    made : list of Output
    simulated : bool
    left_out : list of str
        What the data did not allow, one sentence each, in the language of the report.
    refused : list of str
        Comparisons that the settlements cannot carry, with the reason.
    """

    ledger: Ledger
    made: list[Output]
    simulated: bool
    left_out: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def run_steps(
    study: Study, data: StudyData, work: Path, lang: str, progress: Callable[[list[Any]], Iterable[Any]]
) -> StepsRun:
    """Make every table and figure of a study, its report and its ledger in the folder `work`."""
    comparisons = Comparisons(data, lang)
    steps = [Step("tables", given) for given in study.section("tables")]
    steps += [Step("figures", given) for given in study.section("figures")]
    steps = [step for step in steps if belongs(step.options, data)]
    left_out = _lacking_items(data, lang) + [gap.sentence(lang) for gap in data.gaps] + _single_sides(data, lang)
    refused: list[str] = []
    computed: dict[str, tuple[Step, Result]] = {}
    for step in progress(steps):
        title = fill(step.options.get("title"), data, lang, step.options)
        named = title or step.options["name"]
        try:
            options = fit(step.options, data, comparisons)
            if isinstance(options, Gap):
                left_out.append(word("gap_left_out", lang, title=named, reason=options.sentence(lang)))
                continue
            for part in split(options, data, lang):
                one = replace(step, options={**part, "title": title})
                computed[f"{one.made_by}/{part['name']}"] = one, _compute(one, data, comparisons, lang)
        except FeasibilityError as error:
            if data.columns is None or isinstance(error, MixedSettlementError):
                raise type(error)(f"{step.options['name']}: {error}") from error
            left_out.append(word("gap_left_out", lang, title=named, reason=word("gap_refused", lang)))
            refused += [] if step.options.get("comparison") else [f"{step.options['name']}: {error}"]
        except SurveyKitError as error:
            raise type(error)(f"{step.options['name']}: {error}") from error
    release = Release.of({name: result for name, (_, result) in computed.items()})
    made: list[Output] = []
    exhibits: dict[str, list[Part]] = {"tables": [], "figures": []}
    for name, (step, _) in computed.items():
        shown, title = release.results[name], step.options["title"]
        if step.options["kind"] == "randomization" and lacks(shown, step.options.get("outcome")):
            reason = word("gap_telling", lang)
            left_out.append(word("gap_left_out", lang, title=title or step.options["name"], reason=reason))
            continue
        try:
            parts, output = _write(study, step, shown, data, work, lang)
        except SurveyKitError as error:
            raise type(error)(f"{step.options['name']}: {error}") from error
        exhibits[step.made_by] += parts
        made.append(output)
    if len(release.log):
        write_table(release.log, work / HIDDEN_FILE)
        made.append(Output("Hidden cells", HIDDEN_FILE, STUDY_FILE, caption="Which cells are hidden, and why"))
    left_out += [_refusal(one, data, lang) for one in comparisons.refused]
    refused = [
        f"{one.comparison} ({', '.join(one.outcomes) or 'all outcomes'}): {one.reason}" for one in comparisons.refused
    ] + refused
    left_out = list(dict.fromkeys(left_out))
    parts = _report_parts(study, data, exhibits, left_out, lang)
    write_report(parts, work / REPORT_FILE, title=study.heading(lang), lang=lang)
    made.append(Output("Report", REPORT_FILE, STUDY_FILE))
    ledger = Ledger() if study.claims_file is None else check_findings(Ledger.from_csv(study.claims_file), study, data)
    ledger = mark_changed_digits(ledger)
    return StepsRun(ledger, made, data.simulated, left_out, refused)


def _lacking_items(data: StudyData, lang: str) -> list[str]:
    """Return a sentence on the items that nobody of a holder's file answered, where there are such."""
    lacking = [name for name in named_columns(data) if all(data.absent([name], wave) for wave in data.waves)]
    made = {*data.scales, *(name for name in lacking if "_top" in name or "_bottom" in name)}
    items = [name for name in lacking if name not in made]
    return [word("gap_items", lang, names=", ".join(items))] if items else []


def _single_sides(data: StudyData, lang: str) -> list[str]:
    """Return a sentence on a kind of settlement of which a holder's file has one alone."""
    facts = {} if data.columns is None else facts_of(data, lang, {})
    sides = (("group", "n_group"), ("baseline", "n_baseline"))
    return [word("gap_single", lang, group=facts[side]) for side, count in sides if facts.get(count) == "1"]


def _refusal(refusal: Refusal, data: StudyData, lang: str) -> str:
    book = data.design(None).survey.codebook
    named = "; ".join(f"\u00ab{book[outcome].ask(lang)}\u00bb" for outcome in refusal.outcomes)
    return word("gap_comparison", lang, named=f" ({named})" if named else "", verdict=refusal.told)


def _compute(step: Step, data: StudyData, comparisons: Comparisons, lang: str) -> Result:
    """Return the numbers of a table or figure, nothing of them hidden yet."""
    if step.made_by == "figures":
        return figure_source(step.options, data, comparisons, lang)
    result = make_table(step.options, data, comparisons, lang)
    return replace(result, title=heading(step.options, lang) or result.title)


def _write(
    study: Study, step: Step, shown: Result, data: StudyData, work: Path, lang: str
) -> tuple[list[Part], Output]:
    """Write a table or figure from its numbers as they are published."""
    options, title = step.options, heading(step.options, lang)
    formats = study.section("study").get("formats", DEFAULT_FORMATS)
    claims = tuple(options.get("claims", ()))
    folder = work / step.made_by
    folder.mkdir(exist_ok=True)
    program = f"{STUDY_FILE}, [[{step.made_by}]] {options['name']}"
    if step.made_by == "tables":
        content: Result | Axes = shown
        kinds = [kind for kind in formats if kind in TABLE_FORMATS]
        for kind in kinds:
            write_table(content, folder / f"{options['name']}.{kind}", lang=lang)
    else:
        content = draw_figure(options, shown, lang)
        kinds = [kind for kind in formats if kind in FIGURE_FORMATS]
        for number, kind in enumerate(kinds):
            save_figure(content, folder / f"{options['name']}.{kind}", sidecar=number == 0)
    file = f"{step.made_by}/{options['name']}.{kinds[0]}"
    output = Output(options["name"].replace("_", " ").capitalize(), file, program, claims, title)
    note = fill(options.get("note"), data, lang, options)
    return [*([note] if note else []), Exhibit(content, title or options["name"])], output


def _report_parts(
    study: Study, data: StudyData, exhibits: Mapping[str, list[Part]], left_out: list[str], lang: str
) -> list[Part]:
    summary = fill(study.summary, data, lang)
    described = [describe_wave(wave, data.designs[wave], lang) for wave in data.waves]
    made_up = fill(study.section("study").get("simulated"), data, lang) if data.simulated else ""
    parts: list[Part] = [text for text in (summary, made_up) if text]
    parts += [f"# {word('study_data', lang)}", "\n\n".join(described)]
    parts += [f"# {word('study_left_out', lang)}", "\n\n".join(left_out)] if left_out else []
    parts += [f"# {word('study_figures', lang)}", *exhibits["figures"]] if exhibits["figures"] else []
    parts += [f"# {word('study_tables', lang)}", *exhibits["tables"]] if exhibits["tables"] else []
    return parts


def describe_wave(wave: str, design: SurveyDesign, lang: str) -> str:
    """Return in one language how many were asked in a wave, where, and how they are weighted."""
    units = design.units
    names = ", ".join(design.cluster) or "-"
    parts = [
        word("study_wave", lang, wave=wave, n=format_number(len(design), 0, lang), k=units.n_clusters, names=names)
    ]
    parts += [word("study_weight", lang, name=design.weight)] if design.weight else []
    parts += [word("study_calibrated", lang, names=", ".join(step.columns)) for step in design.calibration]
    return "; ".join(parts) + "."
