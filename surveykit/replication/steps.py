"""The steps of a study.toml, run one after the other: tables, figures, the report, the ledger."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from surveykit.codebook import as_texts, pick_text
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitError
from surveykit.replication.claims import Ledger
from surveykit.replication.findings import check_findings
from surveykit.replication.manifest import Output
from surveykit.replication.study_comparisons import Comparisons
from surveykit.replication.study_data import ALL_WAVES, StudyData
from surveykit.replication.study_figures import heading, make_figure
from surveykit.replication.study_file import STUDY_FILE, Study
from surveykit.replication.study_tables import make_table
from surveykit.replication.study_values import FIGURE_FORMATS, TABLE_FORMATS
from surveykit.report.figures.figure_file import save_figure
from surveykit.report.pages.document import write_report
from surveykit.report.pages.exhibits import Exhibit, Part
from surveykit.report.pages.table_file import write_table
from surveykit.results import Result
from surveykit.words.pages import word

DEFAULT_FORMATS = ("csv", "md", "tex", "svg", "pdf")
REPORT_FILE = "report.html"
FROM_INTERVIEWS = ("themes", "agreement", "joint_display")
ONLY_SIMULATED = ("recovery",)
"""Kinds of tables that only make sense where the truth is known."""


@dataclass(frozen=True)
class Step:
    """One table or figure to make; `made_by` is "tables" or "figures"."""

    made_by: str
    options: Mapping[str, Any]


def run_steps(
    study: Study, data: StudyData, work: Path, lang: str, progress: Callable[[list[Any]], Iterable[Any]]
) -> tuple[Ledger, list[Output], bool]:
    """Make every table and figure of a study, its report and its ledger in the folder `work`."""
    comparisons = Comparisons(data, lang)
    steps = [Step("tables", given) for given in study.section("tables")]
    steps += [Step("figures", given) for given in study.section("figures")]
    steps = [step for step in steps if _applies(step, data)]
    made: list[Output] = []
    exhibits: dict[str, list[Part]] = {"tables": [], "figures": []}
    for step in progress(steps):
        try:
            part, output = _make(study, step, data, comparisons, work, lang)
        except SurveyKitError as error:
            raise type(error)(f"{step.options['name']}: {error}") from error
        exhibits[step.made_by].append(part)
        made.append(output)
    write_report(_report_parts(study, data, exhibits, lang), work / REPORT_FILE, title=study.heading(lang), lang=lang)
    made.append(Output("Report", REPORT_FILE, STUDY_FILE))
    ledger = Ledger() if study.claims_file is None else check_findings(Ledger.from_csv(study.claims_file), study, data)
    return ledger, made, data.simulated


def _applies(step: Step, data: StudyData) -> bool:
    """Return whether a step has the data it needs: its wave is there, and the truth is known where it must be."""
    if step.options["kind"] in ONLY_SIMULATED and not data.simulated:
        return False
    if step.options["kind"] in FROM_INTERVIEWS and data.coding is None and data.study.section("interviews"):
        return False
    if step.options["kind"] == "group_time" and ALL_WAVES not in data.designs:
        return False
    given = data.study.section("comparisons").get(step.options.get("comparison"), {})
    wave = step.options.get("wave", given.get("wave"))
    known = data.study.section("waves")
    return wave is None or wave in data.designs or (wave not in known and wave != ALL_WAVES)


def _make(
    study: Study, step: Step, data: StudyData, comparisons: Comparisons, work: Path, lang: str
) -> tuple[Part, Output]:
    options, title = step.options, heading(step.options, lang)
    formats = study.section("study").get("formats", DEFAULT_FORMATS)
    claims = tuple(options.get("claims", ()))
    folder = work / step.made_by
    folder.mkdir(exist_ok=True)
    program = f"{STUDY_FILE}, [[{step.made_by}]] {options['name']}"
    if step.made_by == "tables":
        result = make_table(options, data, comparisons, lang)
        content: Result | Axes = replace(result, title=title or result.title)
        kinds = [kind for kind in formats if kind in TABLE_FORMATS]
        for kind in kinds:
            write_table(content, folder / f"{options['name']}.{kind}", lang=lang)
    else:
        content = make_figure(options, data, comparisons, lang)
        kinds = [kind for kind in formats if kind in FIGURE_FORMATS]
        for number, kind in enumerate(kinds):
            save_figure(content, folder / f"{options['name']}.{kind}", sidecar=number == 0)
    file = f"{step.made_by}/{options['name']}.{kinds[0]}"
    output = Output(options["name"].replace("_", " ").capitalize(), file, program, claims, title)
    return Exhibit(content, title or options["name"]), output


def _report_parts(study: Study, data: StudyData, exhibits: Mapping[str, list[Part]], lang: str) -> list[Part]:
    summary = pick_text(as_texts(study.summary), lang)
    described = [describe_wave(wave, design, lang) for wave, design in data.designs.items() if wave != ALL_WAVES]
    made_up = pick_text(as_texts(study.section("study").get("simulated")), lang) if data.simulated else ""
    parts: list[Part] = [text for text in (summary, made_up) if text]
    parts += [f"# {word('study_data', lang)}", "\n\n".join(described)]
    parts += [f"# {word('study_figures', lang)}", *exhibits["figures"]] if exhibits["figures"] else []
    parts += [f"# {word('study_tables', lang)}", *exhibits["tables"]] if exhibits["tables"] else []
    return parts


def describe_wave(wave: str, design: SurveyDesign, lang: str) -> str:
    """Return in one language how many were asked in a wave, where, and how they are weighted."""
    units = design.units
    names = ", ".join(design.cluster) or "-"
    parts = [word("study_wave", lang, wave=wave, n=len(design), k=units.n_clusters, names=names)]
    parts += [word("study_weight", lang, name=design.weight)] if design.weight else []
    parts += [word("study_calibrated", lang, names=", ".join(step.columns)) for step in design.calibration]
    return "; ".join(parts) + "."
