"""Regenerate the Namibian leaders study from its authors' file: tables, figures, report and ledger.

    python replicate.py --data leadership.dta --out results/namibia_leaders

does what `surveykit replicate` does with this folder.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import namibia_answers as answers
import namibia_figures as figures
import namibia_tables as tables
from matplotlib.axes import Axes
from namibia_words import text, title

import surveykit as sk
from surveykit.cli import main
from surveykit.replication.changed_digits import mark_changed_digits

HERE = Path(__file__).parent
METHODS = ("linearized", "cr2", "cr3", "cr1s", "welch", "wild", "randomization")
SHOWN_METHODS = ("linearized", "cr2", "wild", "randomization")
SEED = 2020
READING_ORDER = (
    ("text", ("opening", "leaders")),
    ("table", ("democratic_choices",)),
    ("figure", ("democratic_choices",)),
    ("table", ("leaders_paired", "nepotism")),
    ("figure", ("nepotism",)),
    ("table", ("social_preferences",)),
    ("figure", ("social_preferences",)),
    ("table", ("personality",)),
    ("figure", ("personality",)),
    ("table", ("earnings",)),
    ("figure", ("earnings", "earnings_distribution")),
    ("table", ("program_tests",)),
    ("text", ("perceptions",)),
    ("figure", ("perceptions_published", "perceptions_known")),
    ("table", ("perceptions_published", "perceptions_known")),
    ("text", ("paired",)),
    ("figure", ("paired_ratings",)),
    ("table", ("paired_ratings",)),
    ("text", ("settlements",)),
    ("table", ("verdicts",)),
    (
        "figure",
        (
            "elected_chiefs_published",
            "elected_chiefs_known",
            "randomization_published",
            "randomization_known",
            "influence_satisfaction",
            "influence_dont_know",
        ),
    ),
    ("table", ("elected_chiefs_published", "elected_chiefs_known", "elected_chiefs_dont_know")),
    ("text", ("power",)),
    ("figure", ("power",)),
    ("table", ("power",)),
)
"""Paragraphs of words.toml, tables and figures as the report has them; files carry the numbers of this order."""


def replicate(data: Path | None, out: Path, lang: str = "en") -> sk.Ledger:
    """Write every table and figure and the report into `out`, and return the ledger.

    Parameters
    ----------
    data : Path
        The authors' leadership.dta, or the folder that holds it.
    out : Path
        An existing folder.
    lang : {"en", "ru", "kk"}
        Language of headings and labels.

    Raises
    ------
    ReadError
        When the file is not there; the message says where its authors publish it.
    """
    if data is not None and Path(data).is_dir():
        data = Path(data) / "leadership.dta"
    if data is None or not Path(data).is_file():
        raise sk.ReadError(
            f"the authors' leadership.dta is not part of the project; download it from {answers.PUBLISHED_AT} and give its path with --data"
        )
    survey = answers.read_answers(Path(data))
    made = make_tables(survey, lang)
    drawn = draw_figures(made, lang)
    for folder in ("tables", "figures"):
        (out / folder).mkdir(exist_ok=True)
    for number, name in enumerate(in_order("table"), start=1):
        for suffix in ("csv", "html"):
            sk.write_table(made[name], out / "tables" / f"table{number:02d}_{name}.{suffix}", lang=lang)
    for number, name in enumerate(in_order("figure"), start=1):
        sk.save_figure(drawn[name], out / "figures" / f"figure{number:02d}_{name}.svg")
    sk.write_report(report(survey, made, drawn, lang), out / "report.html", title=title("report", lang), lang=lang)
    return judge(survey, made)


def in_order(kind: str) -> list[str]:
    """Return the names of the tables, or of the figures, in the order of the report."""
    return [name for each, names in READING_ORDER for name in names if each == kind]


def make_tables(survey: sk.Survey, lang: str) -> dict[str, sk.Result]:
    """Return every table by name."""
    villagers, leaders, villages = answers.villagers(survey), answers.leaders(survey), answers.villages(survey)
    made = {
        "democratic_choices": tables.procedural_choices(leaders, lang),
        "leaders_paired": tables.leaders_paired(villages, lang, SEED),
        "nepotism": tables.means_by_kind(leaders, ("nepotistic", "nepotisNR", "vengefulRN"), "nepotism", lang),
        # their authors publish the answers, one row a person
        "social_preferences": sk.show_small_cells(
            tables.social_preferences(survey, lang), why="the answers are published, one row a person"
        ),
        "personality": tables.means_by_kind(leaders, tables.TRAITS, "personality", lang),
        "earnings": tables.means_by_kind(leaders, ("m_fg",), "earnings", lang),
        "earnings_distribution": tables.earnings_distribution(leaders, lang),
        "program_tests": tables.program_tests(leaders, villagers, lang),
        "perceptions_published": sk.shares(villagers, list(answers.ITEMS), lang=lang),
        "perceptions_known": sk.shares(villagers, list(answers.KNOWN_ITEMS), lang=lang),
        "paired_ratings": tables.paired_ratings(villagers, lang, SEED),
        "elected_chiefs_published": compare(villagers, answers.ITEMS, lang),
        "elected_chiefs_known": sk.show_small_cells(
            compare(villagers, answers.KNOWN_ITEMS, lang), why="the answers are published, one row a person"
        ),
        "elected_chiefs_dont_know": compare(villagers, ("dont_know",), lang),
        "power": tables.power(leaders, lang),
    }
    made["verdicts"] = tables.clustering_verdicts(
        made["elected_chiefs_published"], made["elected_chiefs_known"], villagers, lang
    )
    return {name: replace(result, title=title(name, lang)) for name, result in made.items()}


def compare(villagers: sk.SurveyDesign, items: tuple[str, ...], lang: str) -> sk.Result:
    """Compare villages whose chief was elected with the others, every few-cluster method beside the others."""
    return sk.compare_settlements(
        villagers,
        list(items),
        group="chief_elected",
        baseline=0,
        settlement="village",
        methods=list(METHODS),
        rng=SEED,
        lang=lang,
    )


def draw_figures(made: Mapping[str, sk.Result], lang: str) -> dict[str, Axes]:
    """Return every figure by name."""

    drawn = {
        "democratic_choices": figures.draw_by(
            made["democratic_choices"], "panel", "minus", lang, note="leaders_independent", inner=0.9
        ),
        "nepotism": figures.draw_by(made["nepotism"], "group", "share", lang, note="taken_independent"),
        "social_preferences": figures.draw_by(
            made["social_preferences"], "group", "share", lang, note="taken_independent"
        ),
        "personality": figures.draw_by(made["personality"], "group", "score", lang, note="taken_independent"),
        "earnings": figures.draw_by(made["earnings"], "group", "dollars", lang, note="taken_independent"),
        "earnings_distribution": figures.draw_distribution(made["earnings_distribution"], lang=lang),
        "paired_ratings": figures.draw_paired(made["paired_ratings"], lang=lang),
        "power": figures.draw_power(made["power"], lang=lang),
    }
    for name, table, outcome in (
        ("influence_satisfaction", "elected_chiefs_published", "e_2"),
        ("influence_dont_know", "elected_chiefs_dont_know", "dont_know"),
    ):
        drawn[name] = sk.draw_influence(made[table], outcome=outcome, title=title(name, lang), lang=lang)
    for coding, item in (("published", "e_2"), ("known", "k_2")):
        shares, compared = made[f"perceptions_{coding}"], made[f"elected_chiefs_{coding}"]
        drawn[f"perceptions_{coding}"] = sk.draw_shares(shares, title=shares.title, lang=lang)
        drawn[f"elected_chiefs_{coding}"] = sk.draw_differences(
            compared, methods=list(SHOWN_METHODS), title=compared.title, lang=lang
        )
        drawn[f"randomization_{coding}"] = sk.draw_randomization(
            compared, outcome=item, estimand="person", title=title(f"randomization_{coding}", lang), lang=lang
        )
    return drawn


def judge(survey: sk.Survey, made: Mapping[str, sk.Result]) -> sk.Ledger:
    """Return the ledger: every published number beside the recomputed one."""
    leaders, villagers = answers.leaders(survey), answers.villagers(survey)
    facts = answers.count_sample(survey) | tables.published_facts(
        leaders, villagers, made["democratic_choices"], made["paired_ratings"]
    )
    ledger = sk.Ledger.from_csv(HERE / "claims.csv")
    ledger = ledger.check({claim.claim_id: facts[claim.check] for claim in ledger if claim.check in facts})
    ledger = ledger.refuse({claim.claim_id: claim.why for claim in ledger if claim.expected == "not recomputable"})
    return mark_changed_digits(ledger)


def report(
    survey: sk.Survey, made: Mapping[str, sk.Result], drawn: Mapping[str, Axes], lang: str
) -> list[str | sk.Result | sk.Exhibit | Axes]:
    """Return the report's texts, tables and figures in reading order."""
    numbers = tables.count_verdicts(made)
    parts: list[str | sk.Result | sk.Exhibit | Axes] = []
    for kind, names in READING_ORDER:
        for name in names:
            if kind == "text":
                parts.append(text(name, lang, **numbers))
            else:
                parts.append(tables.for_page(name, made[name], lang) if kind == "table" else drawn[name])
    if survey.provenance.sha256 != answers.SHA256:
        parts.insert(1, text("other_version", lang))
    return parts


if __name__ == "__main__":
    main(["replicate", str(HERE), *sys.argv[1:]])
