"""Hold the published statements on the election of rural akims against each other; regenerate their tables.

    python analysis/akim_elections/replicate.py --out results/akim_elections [--lang en|ru|kk]

does what `surveykit replicate analysis/akim_elections` does. No microdata are needed: everything is in this folder.
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from elections_figures import draw_counts, labelled, print_value
from matplotlib.axes import Axes

import surveykit as sk
from surveykit.cli import main
from surveykit.replication.expressions import CLAIM, evaluate, settle_expressions
from surveykit.results import Origin

HERE = Path(__file__).parent
WORDS = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
FIGURES = {"nomination": "figure_2_nomination", "women": "figure_3_women", "mandates": "figure_4_mandates",
           "candidates": "figure_5_candidates", "turnout": "figure_6_turnout"}  # fmt: skip
NOMINATION = ("party", "self")
PERCENT = ("nomination", "women", "turnout")
RATINGS = {"S": "strong", "N": "neutral", "W": "weak"}
TABLE_FORMATS, FIGURE_FORMATS = ("csv", "md", "tex"), ("svg", "pdf")


def replicate(data: Path | None, out: Path, lang: str = "en") -> sk.Ledger:
    """Write tables, figures and report into `out`; return the ledger of the 82 statements."""
    published = sk.Ledger.from_csv(HERE / "claims.csv")
    public = read("public_figures")
    values = {claim.claim_id: claim.published for claim in published} | dict(zip(public["figure_id"], public["value"]))
    ledger = check(published, dict(zip(public["figure_id"], public["value"])))
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
    sk.write_report([text("opening", lang), *exhibits], out / "report.html", title=heading, lang=lang)
    return ledger


def read(name: str) -> pd.DataFrame:
    """Return a table of the folder data/, every cell as text."""
    return pd.read_csv(HERE / "data" / f"{name}.csv", dtype=str, keep_default_na=False)


def text(key: str, lang: str) -> str:
    """Return a word or title in one language."""
    return WORDS[key][lang]


def check(ledger: sk.Ledger, public: Mapping[str, str]) -> sk.Ledger:
    """Return the ledger with every statement judged that anything published lets one judge."""
    ledger = settle_expressions(ledger, public)
    ratings = read("snw_table")["rating"].value_counts()
    for claim in ledger:
        table, _, what = claim.check.partition(":")
        if table == "snw_table.csv":
            ledger = ledger.check({claim.claim_id: float(ratings[what])})
        elif table == "systems_table.csv":
            ledger = ledger.check({claim.claim_id: float(len(read("systems_table")))})
    return ledger.refuse({claim.claim_id: reason(claim, ledger) for claim in ledger if claim.verdict == "open"})


def reason(claim, ledger: sk.Ledger) -> str:
    """Say why a statement cannot be computed from anything published, and which statements rest on it."""
    users = [other.claim_id for other in ledger if claim.claim_id in CLAIM.findall(other.check)]
    if users:
        return f"nothing published to compute it from; held against it: {', '.join(users)}"
    reasons = {
        "design": "a statement of design, not a number",
        "method": "a statement of method, not a number",
        "finding": "a finding without a number; its data are not public",
    }
    return reasons.get(claim.kind, "stated once; nothing published to compute it from")


def make_tables(
    values: Mapping[str, str], ledger: sk.Ledger, public: pd.DataFrame, lang: str
) -> dict[str, pd.DataFrame]:
    """Return the tables by file name."""
    snw, systems, gaps, regions = (read(name) for name in ("snw_table", "systems_table", "contradictions", "regions"))
    sources = source_names(ledger, public)
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
        text("column_one", lang): [worth(*pair, values, sources) for pair in zip(gaps["one"], gaps["other"])],
        text("column_other", lang): [worth(*pair, values, sources) for pair in zip(gaps["other"], gaps["one"])],
        text("column_remark", lang): gaps[f"remark.{lang}"],
    })  # fmt: skip
    by_region = pd.DataFrame({
        text("column_quantity", lang): [text(f"axis_{quantity}", lang) for quantity in regions["quantity"]],
        text("column_region", lang): regions[f"region.{lang}"],
        text("column_value", lang): [print_value(number(key, values), values.get(key)) for key in regions["value"]],
        text("column_source", lang): [sources_of(key, sources) for key in regions["value"]],
        text("column_claim", lang): regions["value"],
    })  # fmt: skip
    return {
        "table_1_snw": matrix,
        "table_2_systems": compared,
        "table_3_contradictions": found,
        "table_4_regions": by_region,
        "table_5_units": units(lang),
    }


def units(lang: str) -> pd.DataFrame:
    """Return the rural units of Ili district under headings of one language; names as the classifier spells them."""
    table = read("ili_units")
    kinds = table["kind"].map(lambda kind: text(f"kind_{kind.replace(' ', '_')}", lang))
    return table.assign(kind=kinds).rename(columns={name: text(f"column_{name}", lang) for name in table})


def make_figures(values: Mapping[str, str], ledger: sk.Ledger, public: pd.DataFrame, lang: str) -> dict[str, Axes]:
    """Return the figures by file name."""
    regions, sources = read("regions"), source_names(ledger, public)
    origin = Origin("claims.csv, public_figures.csv", lang=lang)
    events, snw = read("events"), read("snw_table")
    named = events[f"event.{lang}"] + " (" + events["claims"].str.replace(";", ", ") + ")"
    dated = pd.DataFrame({"date": events["date"], "label": named})
    rated = pd.DataFrame({"block": snw[f"block.{lang}"], "position": snw[f"position.{lang}"], "rating": snw["rating"]})
    figures: dict[str, Axes] = {
        "figure_1_chronology": sk.draw_timeline(dated, title=text("figure_1_chronology", lang), lang=lang),
        "figure_7_snw": sk.draw_snw(rated, title=text("figure_7_snw", lang), lang=lang),
    }
    for quantity, name in FIGURES.items():
        rows = regions[regions["quantity"].isin(NOMINATION if quantity == "nomination" else (quantity,))]
        numbers = labelled(
            rows,
            {key: number(key, values) for key in rows["value"]},
            {key: sources_of(key, sources) for key in rows["value"]},
            lang,
            values,
        )
        if quantity == "nomination":
            numbers.insert(1, "kind", [text(f"kind_{kind}", lang) for kind in rows["quantity"]])
        country = regions.loc[regions["region.en"] == "Kazakhstan", f"region.{lang}"].iloc[0]
        figures[name] = draw_counts(
            numbers,
            title=text(name, lang),
            axis=text(f"axis_{quantity}", lang),
            lang=lang,
            origin=origin,
            highlight=country,
            percent=quantity in PERCENT,
        )
    return dict(sorted(figures.items()))


def source_names(ledger: sk.Ledger, public: pd.DataFrame) -> dict[str, str]:
    """Return the short name of the source of every statement and public figure."""
    names = {claim.claim_id: WORDS["sources"][claim.source] for claim in ledger}
    return names | {
        key: source.split("/")[0].removeprefix("www.").split(" (")[0].split(":")[0]
        for key, source in zip(public["figure_id"], public["source"])
    }


def number(key: str, values: Mapping[str, str]) -> float:
    """Return the value of a statement or of an expression over statements."""
    return float(evaluate(key, values, key))


def sources_of(key: str, sources: Mapping[str, str]) -> str:
    """Return the sources that a value rests on."""
    return ", ".join(dict.fromkeys(sources[name] for name in CLAIM.findall(key)))


def worth(key: str, against: str, values: Mapping[str, str], sources: Mapping[str, str]) -> str:
    """Return a value with its source; one worked out with its parts, as exact as the value it is held against."""
    if key in values:
        return f"{values[key]} ({sources_of(key, sources)}, {key})"
    return f"{print_value(number(key, values), values.get(against))} ({sources_of(key, sources)}: {key})"


if __name__ == "__main__":
    main(["replicate", str(HERE), *sys.argv[1:]])
