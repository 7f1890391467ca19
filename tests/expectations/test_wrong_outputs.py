"""Being wrong with it, 41 to 45: hostile labels, formulas in cells, names that climb, folders that refuse, two runs at once."""

import csv
import io
import os
import re
import threading
from pathlib import Path

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
    book = sk.Codebook.of([sk.Variable("q1", {"en": text}, levels, MISSING, measure="ordinal"), sk.Variable("akim", {"en": text}, {0: {"en": text}, 1: {"en": "b"}})])
    survey = sk.Survey(make_frame().drop(columns=["q2", "q3"]), book, sk.Provenance("a.csv", simulated=True)).with_missing_codes()
    return sk.shares(sk.SurveyDesign(survey, weight="w", cluster="settlement"), "q1", by="akim", lang="en")


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
    assert not [cell for cell in cells if cell[:1] in "=+@\t" and cell] and not [cell for cell in cells if re.match(r"-[^\d.]", cell)]
    sidecar = (tmp_path / "figure.csv").read_bytes().decode()
    assert not [cell for row in csv.reader(io.StringIO(sidecar)) for cell in row if cell[:1] in ("=", "+", "@")]


@pytest.mark.parametrize("name", ["../outside.html", "sub/../../outside.html"])
def test_43_a_name_that_climbs_out_is_refused_or_stays_where_it_was_said(name, tmp_path):
    """A path that the caller writes is the caller's; the title and captions of a report never become a path."""
    inside = tmp_path / "reports"
    inside.mkdir()
    sk.write_report(["text"], inside / "report.html", title=name)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["report.html"]


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
