"""Being wrong with it, 41 to 45: hostile labels, formulas in cells, names that climb, folders that refuse, two runs at once."""

import csv
import io
import os
import re
import threading
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from tests.expectations.conftest import LEVELS, MISSING, make_frame
from tests.expectations.words import one_sentence

HOSTILE = [
    '<script>alert("x")</script>', "a & b", r"back\slash", "5 % of_a $ ~ ^ #1 {b}", "first\nsecond\r\nthird", "x" * 300,
    "\u202eright to left \u05e9\u05dc\u05d5\u05dd", '"quoted", with commas; and semicolons',
]  # fmt: skip
FORMULAS = ["=1+1", "+A1*2", "-2 persons", "@SUM(A1)", "\t=1"]


def shares_named(text: str) -> sk.Result:
    levels = {**LEVELS, 1: {"en": text}}
    book = sk.Codebook.of(
        [
            sk.Variable("q1", {"en": text}, levels, MISSING, measure="ordinal"),
            sk.Variable("akim", {"en": text}, {0: {"en": text}, 1: {"en": "b"}}),
        ]
    )
    survey = sk.Survey(
        make_frame().drop(columns=["q2", "q3"]), book, sk.Provenance("a.csv", simulated=True)
    ).with_missing_codes()
    return sk.shares(sk.SurveyDesign(survey, weight="w", cluster="settlement"), "q1", by="akim", lang="en")


@pytest.mark.slow
@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS], ids=range(len(HOSTILE) + len(FORMULAS)))
def test_41_and_42_texts_from_files_are_text_wherever_they_land(text, tmp_path):
    result = shares_named(text)
    ax = sk.draw_shares(result)
    for ending in ("csv", "md", "html", "tex"):
        sk.write_table(result, tmp_path / f"table.{ending}", lang="en")
    sk.write_report([result, ax], tmp_path / "report.html", title=text)
    sk.save_figure(ax, tmp_path / "figure.svg")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    tables = {ending: (tmp_path / f"table.{ending}").read_bytes().decode() for ending in ("csv", "md", "html", "tex")}
    for html in (page, tables["html"], result._repr_html_(), (tmp_path / "figure.svg").read_text(encoding="utf-8")):
        assert "<script>alert" not in html
    for latex in (tables["tex"], result.to_latex()):
        cells = latex.split(r"\toprule", 1)[1].rsplit(r"\bottomrule", 1)[0]
        assert not re.search(r"(?m)(?<!\\)[%#_](?!$)", cells), "what LaTeX would read as a command is escaped"
        assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    rows = [line for line in tables["md"].splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1, "a label breaks no row of a Markdown table"
    cells = [cell for row in csv.reader(io.StringIO(tables["csv"])) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+@\t" and cell] and not [
        cell for cell in cells if re.match(r"-[^\d.]", cell)
    ]
    sidecar = (tmp_path / "figure.csv").read_bytes().decode()
    assert not [cell for row in csv.reader(io.StringIO(sidecar)) for cell in row if cell[:1] in ("=", "+", "@")]


CONTROL = "bell\x07 escape\x1b[2J null\x00 csi\x9b31m override\u202egnp end\uffff"


@pytest.mark.filterwarnings("ignore::surveykit.SurveyKitWarning")
def test_41_what_is_printed_steers_no_terminal(tmp_path):
    """`print` and `summary` write to a terminal as the commands do, where a label could clear it or hide a line."""
    text = CONTROL + "\rover it\x85"
    result = shares_named(text)
    book = sk.Codebook.of([sk.Variable("trust", {"en": text}, missing=MISSING)])
    frame = make_frame().rename(columns={"q1": "trust"}).drop(columns=["q2", "q3"])
    design = sk.SurveyDesign(sk.Survey(frame, book).with_missing_codes(), weight="w", cluster="settlement")
    roles = {"group": "akim", "baseline": 0, "settlement": "settlement", "methods": ["cr2"]}
    compared = sk.compare_settlements(design, "trust", **roles)
    stored = sk.read_result(sk.write_result(result, tmp_path / "stored.json"))
    (tmp_path / "claims.csv").write_text(f"claim_id,statement,published,rounding\nA,{CONTROL},1,1\n", encoding="utf-8")
    ledger = sk.Ledger.from_csv(tmp_path / "claims.csv")
    table, sample = sk.crosstab(design, rows="trust", columns="akim"), sk.describe_sample(design, ["trust"])
    for printed in (result, compared, stored, ledger, table, sample, sk.means(design, "trust", by="akim")):
        for said in (printed.summary(), str(printed)):
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", said), said
    assert "escape[2J" in str(result), "the words stay"


@pytest.mark.slow
@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS, CONTROL], ids=range(len(HOSTILE) + len(FORMULAS) + 1))
def test_41_and_42_office_files_and_figures_are_well_formed_and_run_nothing(text, tmp_path):
    openpyxl, _ = pytest.importorskip("openpyxl"), pytest.importorskip("docx")
    result = shares_named(text)
    drawn = [] if text == CONTROL else [sk.draw_shares(result)]  # a figure has no glyph for them
    sk.write_table(result, tmp_path / "table.xlsx", lang="en")
    sk.write_table(result, tmp_path / "table.docx", lang="en")
    sk.write_report([result, *drawn], tmp_path / "report.docx", title=text)
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "table.xlsx").active.iter_rows() for cell in row]
    assert cells and not [cell.value for cell in cells if cell.data_type == "f"]
    for name in ("table.xlsx", "table.docx", "report.docx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            for part in archive.namelist():
                if part.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(part))
    for ax in drawn:
        sk.save_figure(ax, tmp_path / "figure.svg")
        ElementTree.parse(tmp_path / "figure.svg")


@pytest.mark.parametrize("name", ["../outside.html", "sub/../../outside.html"])
def test_43_a_name_that_climbs_out_is_refused_or_stays_where_it_was_said(name, tmp_path):
    """A path that the caller writes is the caller's; the title and captions of a report never become a path."""
    inside = tmp_path / "reports"
    inside.mkdir()
    sk.write_report(["text"], inside / "report.html", title=name)
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert written == ["reports/.surveykit.json", "reports/report.html"], "the page, and the record of who wrote it"


def test_44_a_folder_that_cannot_be_written(tmp_path):
    result = shares_named("plain")
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    for write in (
        lambda: sk.write_table(result, blocked / "table.csv"),
        lambda: sk.write_report([result], blocked / "report.html", title="t"),
        lambda: sk.save_figure(sk.draw_shares(result), blocked / "figure.svg"),
        lambda: sk.write_csv(sk.Survey(make_frame()), blocked / "data.csv"),
        lambda: sk.write_spss(sk.Survey(make_frame()), blocked / "data.sav"),
        lambda: sk.write_codebook(sk.Codebook(), blocked / "book.toml"),
        lambda: sk.export_codebook(sk.Survey(make_frame()), blocked / "book.html"),
        lambda: sk.init_study(blocked / "study"),
    ):
        one_sentence(write, sk.WriteError)
    assert [path.name for path in tmp_path.iterdir()] == ["file"] and blocked.read_text() == "in the way"


@pytest.mark.slow
def test_44_a_full_disk_is_said_as_such(tmp_path, monkeypatch):
    result, survey = shares_named("plain"), sk.Survey(make_frame())

    def full(*given, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for write in (
        lambda: sk.write_table(result, tmp_path / "t.csv"),
        lambda: sk.write_report([result], tmp_path / "r.md", title="t"),
        lambda: sk.save_figure(sk.draw_shares(result), tmp_path / "f.svg"),
        lambda: sk.write_csv(survey, tmp_path / "d.csv", codebook=tmp_path / "d.toml"),
        lambda: sk.write_spss(survey, tmp_path / "d.sav"),
        lambda: sk.write_codebook(sk.Codebook(), tmp_path / "b.toml"),
        lambda: sk.export_codebook(survey, tmp_path / "b.html"),
        lambda: sk.Ledger().to_csv(tmp_path / "l.csv"),
        lambda: sk.write_report_folder([result], tmp_path / "folder", title="t"),
        lambda: sk.init_study(tmp_path / "study"),
    ):
        text = one_sentence(write, sk.WriteError)
        assert (
            "(No space left on device); choose a folder on another disk, or free some room: this disk is full" in text
        )
        assert "writing-" not in text and "/.folder" not in text, "no hidden file that the user never named"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", ["table", "report", "figure", "csv", "codebook", "sav"])
def test_44_an_interrupted_run_leaves_no_half_written_file(write, tmp_path, monkeypatch):
    result, survey = shares_named("plain"), sk.Survey(make_frame())
    calls = {
        "table": lambda: sk.write_table(result, tmp_path / "t.csv"),
        "report": lambda: sk.write_report([result], tmp_path / "r.html", title="t"),
        "figure": lambda: sk.save_figure(sk.draw_shares(result), tmp_path / "f.svg"),
        "csv": lambda: sk.write_csv(survey, tmp_path / "d.csv"),
        "codebook": lambda: sk.write_codebook(sk.Codebook(), tmp_path / "b.toml"),
        "sav": lambda: sk.write_spss(survey, tmp_path / "d.sav"),
    }

    def interrupt(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        calls[write]()
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_45_two_runs_into_one_folder_at_once(tmp_path):
    """Both end in a sentence or a result, and what is there afterwards is one whole run."""
    study, out = tmp_path / "study", tmp_path / "out"
    sk.init_study(study)
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(sk.replicate_study(study, out=out))
        except sk.SurveyKitError as error:
            ends.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 2 and any(not isinstance(end, Exception) for end in ends)
    result = CliRunner().invoke(main, ["verify", str(out), "--study", str(study)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "study"]
