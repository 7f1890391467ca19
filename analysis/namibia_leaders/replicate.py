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

HERE = Path(__file__).parent
METHODS = ("linearized", "cr2", "cr3", "cr1s", "welch", "wild", "randomization")
SHOWN_METHODS = ("linearized", "cr2", "wild", "randomization")
SEED = 2020
READING_ORDER = [
    "opening",
    "leaders",
    "table01_democratic_choices",
    "figure1_democratic_choices",
    "table12_leaders_paired",
    "table02_nepotism",
    "figure2_nepotism",
    "table03_social_preferences",
    "figure3a_social_preferences",
    "table03b_personality",
    "figure3b_personality",
    "table13_earnings",
    "figure5_earnings",
    "table11_program_tests",
    "perceptions",
    "figure4_perceptions_published",
    "figure4b_perceptions_known",
    "table04_perceptions_published",
    "table05_perceptions_known",
    "paired",
    "figure6_paired_ratings",
    "table06_paired_ratings",
    "settlements",
    "table09_verdicts",
    "figure7_elected_chiefs_published",
    "figure8_elected_chiefs_known",
    "figure9_randomization_published",
    "figure9b_randomization_known",
    "table07_elected_chiefs_published",
    "table08_elected_chiefs_known",
    "power",
    "figure10_power",
    "table10_power",
]
"""Paragraphs of words.toml, tables and figures, as the report has them."""


def replicate(data: Path | None, out: Path, lang: str = "en") -> sk.Ledger:
    """Write every table and figure and the report into `out`, and return the ledger.

    Parameters
    ----------
    data : Path
        The authors' leadership.dta.
    out : Path
        An existing folder.
    lang : {"en", "ru", "kk"}
        Language of headings and labels.

    Raises
    ------
    ReadError
        When the file is not there; the message says where its authors publish it.
    """
    if data is None or not Path(data).is_file():
        raise sk.ReadError(
            f"the authors' leadership.dta is not part of the project; download it from "
            f"{answers.PUBLISHED_AT} and give its path with --data"
        )
    survey = answers.read_answers(Path(data))
    made = make_tables(survey, lang)
    drawn = draw_figures(made, lang)
    for folder in ("tables", "figures"):
        (out / folder).mkdir(exist_ok=True)
    for name, result in made.items():
        for suffix in ("csv", "html"):
            sk.write_table(result, out / "tables" / f"{name}.{suffix}", lang=lang)
    for name, ax in drawn.items():
        sk.save_figure(ax, out / "figures" / f"{name}.svg")
    sk.write_report(report(survey, made, drawn, lang), out / "report.html", title=title("report", lang), lang=lang)
    return judge(survey, made)


def make_tables(survey: sk.Survey, lang: str) -> dict[str, sk.Result]:
    """Return every table by name, in the order of the report."""
    villagers, leaders, villages = answers.villagers(survey), answers.leaders(survey), answers.villages(survey)
    made = {
        "table01_democratic_choices": tables.procedural_choices(leaders, lang),
        "table02_nepotism": tables.means_by_kind(leaders, ("nepotistic", "nepotisNR", "vengefulRN"), "table2", lang),
        "table03_social_preferences": tables.social_preferences(survey, lang),
        "table03b_personality": tables.means_by_kind(leaders, tables.TRAITS, "table3b", lang),
        "table04_perceptions_published": sk.shares(villagers, list(answers.ITEMS), lang=lang),
        "table05_perceptions_known": sk.shares(villagers, list(answers.KNOWN_ITEMS), lang=lang),
        "table06_paired_ratings": tables.paired_ratings(villagers, lang, SEED),
        "table07_elected_chiefs_published": compare(villagers, answers.ITEMS, lang),
        "table08_elected_chiefs_known": compare(villagers, answers.KNOWN_ITEMS, lang),
        "table10_power": tables.power(leaders, lang),
        "table11_program_tests": tables.program_tests(leaders, villagers, lang),
        "table12_leaders_paired": tables.leaders_paired(villages, lang, SEED),
        "table13_earnings": tables.means_by_kind(leaders, ("m_fg",), "figure5", lang),
    }
    made["table09_verdicts"] = tables.clustering_verdicts(
        made["table07_elected_chiefs_published"], made["table08_elected_chiefs_known"], villagers, lang
    )
    named = {
        name: replace(result, title=title(f"table{name[5:7].lstrip('0')}", lang))
        if name[5:7] in ("04", "05", "06", "07", "08", "12")
        else result
        for name, result in made.items()
    }
    return dict(sorted(named.items()))


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
    published, known = made["table07_elected_chiefs_published"], made["table08_elected_chiefs_known"]

    def estimates(table: str, **settings: object) -> Axes:
        return figures.draw_estimates(made[table], lang=lang, title=made[table].title, **settings)

    def differences(table: str, **settings: object) -> Axes:
        return sk.draw_differences(made[table], title=made[table].title, lang=lang, **settings)

    return {
        "figure1_democratic_choices": estimates("table01_democratic_choices", zero=True, axis=title("minus", lang)),
        "figure2_nepotism": estimates("table02_nepotism", axis=title("share", lang)),
        "figure3a_social_preferences": estimates(
            "table03_social_preferences", by_level=True, axis=title("share", lang)
        ),
        "figure3b_personality": estimates("table03b_personality", axis=title("score", lang)),
        "figure4_perceptions_published": sk.draw_shares(
            made["table04_perceptions_published"], title=title("table4", lang), lang=lang
        ),
        "figure4b_perceptions_known": sk.draw_shares(
            made["table05_perceptions_known"], title=title("table5", lang), lang=lang
        ),
        "figure5_earnings": estimates("table13_earnings", axis=title("dollars", lang)),
        "figure6_paired_ratings": figures.draw_paired(made["table06_paired_ratings"], lang=lang),
        "figure7_elected_chiefs_published": differences(
            "table07_elected_chiefs_published", methods=list(SHOWN_METHODS)
        ),
        "figure8_elected_chiefs_known": differences("table08_elected_chiefs_known", methods=list(SHOWN_METHODS)),
        "figure9_randomization_published": sk.draw_randomization(
            published, outcome="e_2", estimand="person", lang=lang
        ),
        "figure9b_randomization_known": sk.draw_randomization(known, outcome="k_2", estimand="person", lang=lang),
        "figure10_power": figures.draw_power(made["table10_power"], lang=lang),
    }


def judge(survey: sk.Survey, made: Mapping[str, sk.Result]) -> sk.Ledger:
    """Return the ledger: every published number beside the recomputed one."""
    leaders, villagers = answers.leaders(survey), answers.villagers(survey)
    facts = answers.count_sample(survey) | tables.published_facts(
        leaders, villagers, made["table01_democratic_choices"], made["table06_paired_ratings"]
    )
    ledger = sk.Ledger.from_csv(HERE / "claims.csv")
    ledger = ledger.check({claim.claim_id: facts[claim.check] for claim in ledger if claim.check in facts})
    return ledger.refuse({claim.claim_id: claim.why for claim in ledger if claim.expected == "not recomputable"})


def report(survey: sk.Survey, made: Mapping[str, sk.Result], drawn: Mapping[str, Axes], lang: str) -> list[object]:
    """Return the report's texts, tables and figures in reading order."""
    numbers = tables.count_verdicts(made)
    parts = [made.get(name) or drawn.get(name) or text(name, lang, **numbers) for name in READING_ORDER]
    if survey.provenance.sha256 != answers.SHA256:
        parts.insert(1, text("other_version", lang))
    return parts


if __name__ == "__main__":
    main(["replicate", str(HERE), *sys.argv[1:]])
