"""Hold the published statements on the election of rural akims against each other; regenerate their tables.

    python analysis/akim_elections/replicate.py --out results/akim_elections [--lang en|ru|kk]

does what `surveykit replicate analysis/akim_elections` does. No microdata are needed: everything is in this folder.
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from published_checks import read, recompute_published, worked_out

import surveykit as sk
from surveykit.cli import main
from surveykit.formatting import format_number
from surveykit.replication.changed_digits import mark_changed_digits
from surveykit.replication.expressions import CLAIM
from surveykit.results import Origin

HERE = Path(__file__).parent
WORDS = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
FIGURES = {"nomination": "figure_2_nomination", "women": "figure_3_women", "mandates": "figure_4_mandates",
           "candidates": "figure_5_candidates", "turnout": "figure_6_turnout", "won": "figure_8_won"}  # fmt: skip
TYPES = {"nomination": ("party", "self"), "won": ("stood", "won")}
"""Figures whose bars are of two types, beside each other."""
OF_REGIONS = ("nomination", "women", "candidates", "turnout")
RATINGS = {"S": "strong", "N": "neutral", "W": "weak"}
NOTED = {
    "total": "SAN-69",
    "north": "KHA-21",
    "least": "smallest:SAN-19,SAN-27",
    "elected": "PUB-02",
    "mandates": "SAN-10 + SAN-11 + SAN-12 + SAN-13 + SAN-14",
    "just_over": "SAN-09",
}
"""Numbers in the notes under figures."""
NO_NUMBERS = ("year", "date", "month")
"""Units of values that are printed as they stand: 2021 is no 2,021."""
WITHOUT_NUMBER = {
    "design": "a statement of design, not a number",
    "method": "a statement of method, not a number",
    "finding": "a finding without a number",
    "rule": "a rule in words, not a number",
    "fact": "a fact in words, not a number",
}
TABLE_FORMATS, FIGURE_FORMATS = ("csv", "md", "tex"), ("svg", "pdf")


def replicate(data: Path | None, out: Path, lang: str = "en") -> sk.Ledger:
    """Write tables, figures and report into `out`; return the ledger of the statements."""
    published = sk.Ledger.from_csv(HERE / "claims.csv")
    public = read("public_figures")
    figures_of_others = dict(zip(public["figure_id"], public["value"]))
    values = {claim.claim_id: claim.published for claim in published} | figures_of_others
    ledger = check(published, figures_of_others)
    tables = make_tables(values, published, public, lang)
    figures = make_figures(values, published, public, lang)
    for name, table in tables.items():
        for kind in TABLE_FORMATS:
            (out / "tables").mkdir(exist_ok=True)
            sk.write_table(table, out / "tables" / f"{name}.{kind}", lang=lang, title=text(name, lang))
    for name, ax in figures.items():
        for number, kind in enumerate(FIGURE_FORMATS):
            (out / "figures").mkdir(exist_ok=True)
            sk.save_figure(ax, out / "figures" / f"{name}.{kind}", sidecar=number == 0)
    exhibits = [sk.Exhibit(content, text(name, lang)) for name, content in {**figures, **tables}.items()]
    heading = tomllib.loads((HERE / "study.toml").read_text(encoding="utf-8"))["study"]["title"][lang]
    sk.write_report([opening(ledger, lang), *exhibits], out / "report.html", title=heading, lang=lang)
    return ledger


def text(key: str, lang: str) -> str:
    """Return a word or title in one language."""
    return WORDS[key][lang]


def opening(ledger: sk.Ledger, lang: str) -> str:
    """Return what the page begins with: how many statements, which verdicts, which digits are guarded."""
    with_digits = [claim for claim in ledger if claim.caught]
    computed = [claim for claim in with_digits if "computed" in claim.caught.split(";")]
    partly = [claim for claim in with_digits if "computed " in claim.caught]
    unguarded = [claim for claim in with_digits if claim.caught == "no"]
    quoted_only = len(with_digits) - len(computed) - len(partly) - len(unguarded)
    return text("opening", lang).format(
        n=len(ledger),
        **{name.replace(" ", "_"): number for name, number in ledger.count().items()},
        digits=len(with_digits),
        computed=len(computed),
        partly=len(partly),
        quoted=quoted_only,
        unguarded=len(unguarded),
    )


def check(ledger: sk.Ledger, public: Mapping[str, str]) -> sk.Ledger:
    """Return the ledger with every statement judged that anything published lets one judge."""
    values = {claim.claim_id: claim.published for claim in ledger} | dict(public)
    found = {claim.claim_id: recompute_published(claim, values) for claim in ledger}
    ledger = ledger.check({claim_id: value for claim_id, value in found.items() if value is not None})
    ledger = ledger.refuse({claim.claim_id: reason(claim, ledger) for claim in ledger if claim.verdict == "open"})
    return mark_changed_digits(ledger, public, recompute_published)


def reason(claim, ledger: sk.Ledger) -> str:
    """Say why a statement cannot be computed from anything published, and which statements rest on it."""
    users = [other.claim_id for other in ledger if claim.claim_id in CLAIM.findall(other.check)]
    if users:
        return f"nothing published to compute it from; held against it: {', '.join(users)}"
    if claim.check == "microdata":
        return "a finding without a number; its data are not public"
    if not claim.published:
        return WITHOUT_NUMBER[claim.kind]
    # a note names what else is said of the same quantity: then it is not stated once
    return "nothing published to compute it from" if claim.note else "stated once; nothing published to compute it from"


def make_tables(
    values: Mapping[str, str], ledger: sk.Ledger, public: pd.DataFrame, lang: str
) -> dict[str, pd.DataFrame]:
    """Return the tables by file name."""
    snw, systems, gaps, regions = (read(name) for name in ("snw_table", "systems_table", "contradictions", "regions"))
    mechanisms, events = read("mechanisms"), read("events")
    sources, units = source_names(ledger, public), units_of(ledger, public)
    matrix = pd.DataFrame(
        {text("column_block", lang): snw[f"block.{lang}"], text("column_position", lang): snw[f"position.{lang}"]}
    )
    for code, name in RATINGS.items():
        matrix[text(f"column_{name}", lang)] = ["\u25cf" if rating == code else "" for rating in snw["rating"]]
    compared = pd.DataFrame(
        {text(f"column_{name}", lang): systems[f"{name}.{lang}"] for name in ("feature", "indirect", "direct")}
    )
    found = pd.DataFrame({
        text("column_quantity", lang): gaps[f"quantity.{lang}"],
        text("column_one", lang): [worth(key, values, sources, units, lang) for key in gaps["one"]],
        text("column_other", lang): [worth(key, values, sources, units, lang) for key in gaps["other"]],
        text("column_gap", lang): [text(f"gap_{kind}", lang) for kind in gaps["kind"]],
        text("column_remark", lang): gaps[f"remark.{lang}"],
    })  # fmt: skip
    by_region = pd.DataFrame({
        text("column_quantity", lang): [text(f"axis_{quantity}", lang) for quantity in regions["quantity"]],
        text("column_region", lang): regions[f"region.{lang}"],
        text("column_value", lang): [shown(key, values, units, lang) for key in regions["value"]],
        text("column_source", lang): [sources_of(key, sources) for key in regions["value"]],
        text("column_claim", lang): regions["value"],
    })  # fmt: skip
    listed = pd.DataFrame({
        text("column_mechanism", lang): mechanisms[f"mechanism.{lang}"],
        text("column_part", lang): [text(f"part_{kind}", lang) for kind in mechanisms["kind"]],
        text("column_quotation", lang): [f"\u201c{words}\u201d" for words in mechanisms["quotation"]],
        text("column_claim", lang): mechanisms["claims"],
        text("column_elsewhere", lang): mechanisms[f"elsewhere.{lang}"],
    })  # fmt: skip
    chronology = pd.DataFrame({
        text("column_date", lang): events["date"],
        text("column_event", lang): events[f"event.{lang}"],
        text("column_source", lang): [sources_of(key, sources) for key in events["claims"]],
        text("column_claim", lang): events["claims"].str.replace(";", ", "),
    })  # fmt: skip
    return {
        "table_1_snw": matrix,
        "table_2_systems": compared,
        "table_3_contradictions": found,
        "table_4_regions": by_region,
        "table_5_units": rural_units(lang),
        "table_6_mechanisms": listed,
        "table_7_chronology": chronology,
    }


def rural_units(lang: str) -> pd.DataFrame:
    """Return the rural units of Ili district under headings of one language; names as the classifier spells them."""
    table = read("ili_units")
    kinds = table["kind"].map(lambda kind: text(f"kind_{kind.replace(' ', '_')}", lang))
    return table.assign(kind=kinds).rename(columns={name: text(f"column_{name}", lang) for name in table})


def make_figures(values: Mapping[str, str], ledger: sk.Ledger, public: pd.DataFrame, lang: str) -> dict[str, Axes]:
    """Return the figures by file name."""
    regions, sources, units = read("regions"), source_names(ledger, public), units_of(ledger, public)
    origin = Origin("claims.csv, public_figures.csv", lang=lang)
    snw = read("snw_table")
    rated = pd.DataFrame({"block": snw[f"block.{lang}"], "position": snw[f"position.{lang}"], "rating": snw["rating"]})
    figures: dict[str, Axes] = {
        "figure_1_stages": sk.draw_timeline(
            stages(values, sources, lang),
            source="source",
            title=text("figure_1_stages", lang),
            notes=text("note_stages", lang),
            lang=lang,
        ),
        "figure_7_snw": sk.draw_snw(rated, title=text("figure_7_snw", lang), lang=lang),
    }
    country = regions.loc[regions["region.en"] == "Kazakhstan", f"region.{lang}"].iloc[0]
    noted = {word: shown(key, values, units, lang) for word, key in NOTED.items()}
    for quantity, name in FIGURES.items():
        rows = regions[regions["quantity"].isin(TYPES.get(quantity, (quantity,)))]
        names = rows[f"region.{lang}"]
        # the country among its regions, or the two ways to be nominated, have marks of their own
        kinds = rows["quantity"] if quantity in TYPES else names.eq(country).map({True: "country", False: "regions"})
        numbers = pd.DataFrame({
            "label": names,
            "value": [float(worked_out(key, values)) for key in rows["value"]],
            "digits": [digits_of(key, values) for key in rows["value"]],
            "kind": [text(f"kind_{kind}", lang) for kind in kinds],
            "source": [sources_of(key, sources) for key in rows["value"]],
        })  # fmt: skip
        figures[name] = sk.draw_dots(
            sk.Result(numbers, "", origin, {"minimum_n": 0}),
            series="kind" if numbers["kind"].nunique() > 1 else None,
            source="source",
            digits="digits",
            title=text(name, lang),
            axis=text(f"axis_{quantity}", lang),
            notes=text(f"note_{quantity}", lang).format(n=len({*names} - {country}), **noted),
            lang=lang,
        )
    return dict(sorted(figures.items()))


def stages(values: Mapping[str, str], sources: Mapping[str, str], lang: str) -> pd.DataFrame:
    """Return the stages of Picture 1 with their elections, and the elections that another source counts otherwise."""
    rows = []
    for row in read("stages").to_dict("records"):
        begins, elections = (worked_out(row[name], values) for name in ("begins", "elections"))
        ends = worked_out(row["ends"], values) if row["ends"] else ""
        label = f"{row[f'stage.{lang}']}: {str(elections).replace(';', ', ')}"
        own = sources_of(" ".join(row[name] for name in ("begins", "ends", "elections")), sources)
        rows.append((f"{begins}/{ends}", label, own))
        if row["otherwise"]:
            label = f"{row[f'stage.{lang}']}, {text('otherwise', lang)}"
            rows.append((str(worked_out(row["otherwise"], values)), label, sources_of(row["otherwise"], sources)))
    return pd.DataFrame(rows, columns=["date", "label", "source"])


def source_names(ledger: sk.Ledger, public: pd.DataFrame) -> dict[str, str]:
    """Return the short name of the source of every statement and public figure."""
    names = {claim.claim_id: WORDS["sources"][claim.source] for claim in ledger}
    return names | {
        key: source.split("/")[0].removeprefix("www.").split(" (")[0].split(":")[0]
        for key, source in zip(public["figure_id"], public["source"])
    }


def units_of(ledger: sk.Ledger, public: pd.DataFrame) -> dict[str, str]:
    """Return the unit of every statement and public figure."""
    return {claim.claim_id: claim.unit for claim in ledger} | dict(zip(public["figure_id"], public["unit"]))


def sources_of(key: str, sources: Mapping[str, str]) -> str:
    """Return the sources that a value rests on."""
    return ", ".join(dict.fromkeys(sources[name] for name in CLAIM.findall(key)))


def shown(key: str, values: Mapping[str, str], units: Mapping[str, str], lang: str) -> str:
    """Return a value as it is printed: a date as it stands, a number with the decimals that were published."""
    value = worked_out(key, values)
    if key in values:
        if value in WORDS["values"]:
            return WORDS["values"][value][lang]
        if units[key] in NO_NUMBERS:
            return str(value)
    elif "year" in [units[name] for name in CLAIM.findall(key)]:
        return f"{float(value):.0f}"
    return format_number(float(value), digits_of(key, values), lang)


def digits_of(key: str, values: Mapping[str, str]) -> int:
    """Return the decimals of a value: those published; worked out, none of a count, one of a share, else its parts'."""
    parts = [str(worked_out(key, values))] if key in values else [values[name] for name in CLAIM.findall(key)]
    if key not in values and (float(worked_out(key, values)) > 1000 or ":" in key):
        return 0
    return 1 if key not in values and "100 *" in key else max(len(part.partition(".")[2]) for part in parts)


def worth(key: str, values: Mapping[str, str], sources: Mapping[str, str], units: Mapping[str, str], lang: str) -> str:
    """Return a value with its sources and statements; of several statements that say the same, the value once."""
    names = key.split(";")
    value = shown(names[0], values, units, lang)
    if all(name in values for name in names):
        return f"{value} ({sources_of(key, sources)}: {', '.join(names)})"
    basis = ", ".join(CLAIM.findall(key)) if ":" in key else key
    return f"{value} ({sources_of(key, sources)}: {basis})"


if __name__ == "__main__":
    main(["replicate", str(HERE), *sys.argv[1:]])
