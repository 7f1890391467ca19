"""What no page may hold, whoever wrote the label, and names of files that no page could print."""

import os
import re
import shutil
import zipfile
from pathlib import Path
from xml.dom import minidom

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.claims import Claim
from surveykit.replication.ledger_page import write_ledger_page

EVIL = "\x1b[31m\x1b]0;t\x07\x00\x9b2J\x7f\ufffe"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@pytest.fixture(scope="module")
def design() -> sk.SurveyDesign:
    numbers = np.random.default_rng(5)
    frame = pd.DataFrame({"village": np.repeat([f"S{n}" for n in range(8)], 15), "akim": np.repeat([0, 1], 60)})
    frame = frame.assign(q1=numbers.integers(1, 4, 120), w=numbers.uniform(1, 2, 120))
    labels = {code: {"en": f"{EVIL}{code}"} for code in (1, 2, 3)}
    book = sk.Codebook.of(
        [
            sk.Variable("q1", {"en": f"Question{EVIL}"}, labels, universe={"en": EVIL}, mode={"en": EVIL}),
            sk.Variable("akim", {"en": f"Akim{EVIL}"}, {0: {"en": f"{EVIL}a"}, 1: {"en": f"{EVIL}b"}}),
        ],
        {"en": f"Title{EVIL}"},
    )
    survey = sk.Survey(frame, book, sk.Provenance(f"data{EVIL}.csv", "ab" * 32))
    return sk.SurveyDesign(survey, weight="w", cluster="village")


@pytest.fixture(scope="module")
def folder(design, tmp_path_factory) -> Path:
    """Every kind of output that holds labels."""
    place = tmp_path_factory.mktemp("pages")
    shares = sk.shares(design, "q1", by="akim")
    comparison = sk.compare_settlements(
        design, "q1", group="akim", settlement="village", baseline=0, methods=["cr2", "randomization"]
    )
    changed = sk.rake(design, pd.DataFrame({"column": "q1", "level": [1, 2, 3], "target": [1, 1, 1]}))
    snw = sk.snw_matrix(pd.DataFrame({"position": [f"a{EVIL}", "b"], "rating": ["S", "W"]}))
    figures = {
        "shares": sk.draw_shares(shares, title=f"T{EVIL}"),
        "differences": sk.draw_differences(comparison, title=EVIL),
        "influence": sk.draw_influence(comparison, title=EVIL),
        "randomization": sk.draw_randomization(comparison, title=f"T{EVIL}"),
        "weights": sk.draw_weights(sk.compare_weights(design, changed), title=EVIL),
        "snw": sk.draw_snw(snw, title=EVIL),
        "dots": sk.draw_dots(pd.DataFrame({"label": [EVIL, "b"], "value": [1.0, 2.0]}), title=EVIL),
    }
    for name, ax in figures.items():
        sk.save_figure(ax, place / f"{name}.svg")
    for kind in ("csv", "md", "html", "tex", "docx", "xlsx"):
        sk.write_table(shares, place / f"table.{kind}", title=EVIL)
    for kind in ("html", "md", "tex", "docx"):
        parts = [f"# {EVIL}", f"text {EVIL}", shares, *figures.values()]
        sk.write_report(parts, place / f"report.{kind}", title=f"T{EVIL}", subtitle=EVIL)
    for kind in ("csv", "html", "xml", "toml"):
        sk.export_codebook(design.survey, place / f"book.{kind}")
    ledger = sk.Ledger((Claim("A", statement=EVIL, why=EVIL, published=EVIL),))
    ledger.to_csv(place / "ledger.csv")
    write_ledger_page(ledger, place / "ledger.html", title=EVIL)
    sk.write_report_folder([shares, figures["shares"]], place / "folder", title=f"T{EVIL}", subtitle=EVIL)
    return place


def test_no_output_holds_a_control_character(folder):
    seen = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
            for text in texts:
                minidom.parseString(text)
        elif path.is_file() and path.suffix not in (".pdf", ".png"):
            texts = [path.read_bytes().decode("utf-8")]
        else:
            continue
        seen.add(path.suffix)
        if path.suffix in (".svg", ".xml"):
            minidom.parseString(texts[0])
        assert not [CONTROLS.search(text) for text in texts if CONTROLS.search(text)], path
    assert seen == {".csv", ".docx", ".html", ".json", ".md", ".svg", ".tex", ".toml", ".txt", ".xlsx", ".xml"}


NAME = os.fsdecode(b"\xffd")


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """Data whose file has a name that is no UTF-8."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"village": np.repeat(["A", "B", "C", "D"], 30), "q1": np.tile([1, 2, 3], 40), "w": 1.0})
    frame.to_csv("plain.csv", index=False)
    try:
        shutil.copy("plain.csv", f"{NAME}.csv")
    except OSError:
        pytest.skip("this disk takes no such name")
    return sk.read_csv(f"{NAME}.csv")


def test_a_name_that_is_not_utf8_passes_everywhere(odd, tmp_path):
    assert odd.provenance.source == "?d.csv"
    shares = sk.shares(sk.SurveyDesign(odd, cluster="village"), "q1")
    figure = sk.draw_shares(shares)
    for stem in (NAME, "plain2"):
        for kind in ("html", "docx", "md", "tex"):
            sk.write_report([shares, figure], f"{stem}.{kind}", title="t")
        for kind in ("csv", "md", "html", "tex", "docx", "xlsx"):
            sk.write_table(shares, f"{stem}-table.{kind}")
        for kind in ("svg", "pdf", "png"):
            sk.save_figure(figure, f"{stem}-figure.{kind}", dpi=40)
        for kind in ("html", "csv", "xml", "toml"):
            sk.export_codebook(odd, f"{stem}-book.{kind}")
        sk.draft_codebook(odd, f"{stem}-draft.toml")
        sk.write_csv(odd, f"{stem}-data.csv", codebook=f"{stem}-data.toml")
        sk.write_spss(odd, f"{stem}-data.sav")
        sk.write_report_folder([shares, figure], f"{stem}-folder", title="t", inputs=[f"{NAME}.csv"])
        sk.write_report_folder([shares, figure], f"{stem}-folder", title="t", inputs=[f"{NAME}.csv"])
    assert "?d.csv" in Path("plain2.html").read_text(encoding="utf-8")
    assert sk.read_survey(f"{NAME}-data.sav").provenance.source == "?d-data.sav"
    sk.audit_waves({"a": odd, "b": sk.read_csv("plain.csv")}).propose_crosswalk(f"{NAME}-cross.toml")


def test_a_study_of_such_a_name_runs(tmp_path):
    place, out = (Path(os.fsdecode(os.fsencode(tmp_path) + name)) for name in (b"/\xffstudy", b"/\xffout"))
    sk.init_study(place)
    run = sk.replicate_study(place, out=out)
    assert run.manifest.study == "?study" and sk.verify_outputs(out, place).succeeded
