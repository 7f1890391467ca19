"""`surveykit report`: a page or a folder, the verdict on the terminal, nothing half-written."""

import json

import pandas as pd
import pytest

import surveykit as sk
from tests.cli.test_comparing import ROLES, assert_one_line, expected, small_frame

TWO = ("--methods", "cr2", "--methods", "randomization")


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_frame().to_csv("answers.csv", index=False)
    return "answers.csv"


@pytest.mark.slow
def test_a_folder_with_the_numbers_of_the_function(run, file, tmp_path):
    result = run("report", file, "trust", "roads", *ROLES, "--out", "out")
    assert result.exit_code == 0, result.output
    of_function = expected(["trust", "roads"])
    assert result.stdout.splitlines() == [of_function.headline(), "", "out/report.html"]
    written = pd.read_csv("out/tables/table_3.csv")
    for name in ("estimate", "conf_low", "conf_high", "p_value", "p_wy"):
        pd.testing.assert_series_equal(written[name], of_function.table[name], check_exact=True, check_dtype=False)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["inputs"]) == ["answers.csv"]
    again = run("report", file, "trust", *ROLES, *TWO, "--out", "out", "--quiet")
    assert again.output == "" and len(list((tmp_path / "out" / "tables").iterdir())) == 5


@pytest.mark.slow
def test_errors_know_of_the_raking(run, file, tmp_path):
    (tmp_path / "m.csv").write_text("column,level,target\nsex,1,0.4\nsex,2,0.6\n")
    assert run("report", file, "trust", *ROLES, *TWO, "--margins", "m.csv", "--out", "out", "--quiet").output == ""
    design = sk.rake(sk.SurveyDesign(small_frame(), weight="w", cluster="settlement"), {"sex": {1: 0.4, 2: 0.6}})
    means = pd.read_csv("out/tables/table_2.csv")
    assert means["std_error"].tolist() == sk.means(design, "trust", by="akim").table["std_error"].tolist()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert sorted(manifest["inputs"]) == ["answers.csv", "m.csv"]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["html", "md", "tex", "docx"])
def test_a_page(run, file, tmp_path, suffix):
    if suffix == "docx":
        pytest.importorskip("docx")
    result = run(
        "report", file, "trust", *ROLES, *TWO, "--out", f"page.{suffix}", "--title", "My <report>", "--lang", "kk"
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"page.{suffix}").stat().st_size > 1000
    if suffix == "html":
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert "My &lt;report&gt;" in page and "Кім жауап бермеді" not in page and "Айырмалар" in page


@pytest.mark.slow
def test_json_and_the_exit_code_of_a_verdict(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_frame(3, 3).to_csv("six.csv", index=False)
    result = run("report", "six.csv", "trust", *ROLES, *TWO, "--out", "r.html", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"data_status": "as supplied", "verdict": "cannot answer",
                                         "title": "Elected against appointed", "file": "r.html"}  # fmt: skip


@pytest.mark.slow
def test_simulated_answers_say_so(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sk.write_spss(sk.Survey(small_frame(), provenance=sk.Provenance(simulated=True)), "s.sav", weight="w")
    result = run("report", "s.sav", "trust", *ROLES[:4], *TWO, "--out", "r.html")
    assert result.stdout.startswith("SIMULATED answers")
    assert "SIMULATED" in (tmp_path / "r.html").read_text(encoding="utf-8")


WRONG = [
    ("unknown outcome", ["trsut", *ROLES, "--out", "r.html"], "did you mean 'trust'"),
    ("text outcome", ["remark", *ROLES, "--out", "out"], "holds text such as 'said something'"),
    ("over the input", ["trust", *ROLES, "--out", "answers.csv"], "`--out` must end in one of .html"),
    ("of no kind", ["trust", *ROLES, "--out", "r.pdf"], "must end in one of .html, .docx, .md, .tex, or name a folder"),
    ("into no folder", ["trust", *ROLES, "--out", "none/r.html"], "does not exist"),
    ("into somebody's folder", ["trust", *ROLES, *TWO, "--out", "mine"], "holds files that no run of surveykit wrote"),
    ("one elected", ["trust", "--settlement", "settlement", "--elected", "first", "--out", "out"], "pass --allow-single"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_use_is_one_line_and_leaves_nothing(run, file, tmp_path, arguments, words):
    frame = small_frame()
    frame.assign(first=(frame["settlement"] == "S01").astype(int)).to_csv("answers.csv", index=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert_one_line(run("report", file, *arguments), words)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_must_be_given(run, file):
    assert run("report", file, "trust", *ROLES).exit_code == 2
    assert run("report", file, "--out", "r.html", *ROLES).exit_code == 2
