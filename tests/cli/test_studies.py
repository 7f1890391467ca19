"""The command line: what it prints, its exit codes, and that a user's error is one line that leaves nothing behind."""

import hashlib
import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import STUDY


def change(folder: Path, old: str, new: str, name: str = "study.toml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def assert_one_line(result, words: str, code: int = 2) -> None:
    assert result.exit_code == code, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("surveykit: ")]
    assert len(lines) == 1 and words in lines[0], result.stderr
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_replicate_prints_a_line_per_claim(run, study, tmp_path):
    result = run("replicate", study, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("SIMULATED answers")
    assert "not recomputable ILI-03" in result.stdout
    assert "33 claims: 12 reproduced, 11 differs, 10 not recomputable" in result.stdout
    made = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {
        "manifest.json",
        "ledger.csv",
        "ledger.html",
        "report.html",
        "README.md",
        "tables/means.csv",
        "figures/weights.svg",
    } <= made


@pytest.mark.slow
def test_quiet_and_json(run, study, tmp_path):
    quiet = run("replicate", study, "--out", tmp_path / "out", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")
    content = json.loads(run("replicate", study, "--out", tmp_path / "out", "--json").stdout)
    assert content["succeeded"] is True and content["data_status"] == "SIMULATED"
    assert content["count"]["not recomputable"] == 10
    assert content["claims"][2]["claim_id"] == "ILI-03"


@pytest.mark.slow
def test_a_number_that_should_reproduce_and_does_not_ends_with_one(run, study, tmp_path):
    change(
        study,
        "rounding,check,expected,why,note,quotation",
        "rounding,check,expected,why,note,quotation\n"
        "ADD-1,made up,,,Two and two,5,,0,ADD-2 + ADD-2,,,,\nADD-2,made up,,,Two,2,,0,,,,,",
        "claims.csv",
    )
    result = run("replicate", study, "--out", tmp_path / "out")
    assert_one_line(result, "ADD-1 is differs, which is not as expected", code=1)
    assert (tmp_path / "out" / "ledger.csv").exists()


@pytest.mark.slow
def test_real_data_are_not_called_simulated_and_test_the_findings(run, study, tmp_path):
    """The shipped answers under other names and codes, as if they were real: a mapping brings them back."""
    holder = tmp_path / "holder"
    holder.mkdir()
    import pandas as pd

    frame = pd.read_csv(study / "data" / "ili_2023.csv").rename(columns={"elections_good": "q12", "akim": "akim_type"})
    frame["akim_type"] = frame["akim_type"] - 1
    frame.assign(year=2023).to_csv(holder / "field.csv", index=False)
    (holder / "mapping.toml").write_text(
        '[wave]\ncolumn = "year"\ncodes = {2023 = "2023"}\n[columns]\n'
        'elections_good = "q12"\nakim = "akim_type"\n[codes.akim]\n0 = 1\n1 = 2\n'
    )
    result = run("replicate", study, "--data", holder / "field.csv", "--out", tmp_path / "unraked")
    assert result.exit_code == 0 and "not raked: beside the file lies no margins.csv of the real" in result.stdout
    margins = pd.read_csv(study / "data" / "margins.csv").drop(columns="data_status")
    margins.to_csv(holder / "margins.csv", index=False)
    result = run("replicate", study, "--data", holder / "field.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "reproduced       ILI-03" in result.stdout and "SIMULATED" not in result.stdout
    assert "SIMULATED" not in (tmp_path / "out" / "tables" / "means.csv").read_text(encoding="utf-8")
    shipped = run("replicate", study, "--out", tmp_path / "shipped")
    assert shipped.exit_code == 0
    real, simulated = (pd.read_csv(tmp_path / name / "tables" / "means.csv") for name in ("out", "shipped"))
    assert real["estimate"].tolist() == simulated["estimate"].tolist()


@pytest.mark.slow
def test_simulate_writes_what_is_shipped(run, tmp_path):
    result = run("simulate", "--out", tmp_path / "data")
    assert result.exit_code == 0
    assert all(line.startswith("SIMULATED") for line in result.stdout.splitlines())
    for path in sorted((STUDY / "data").iterdir()):
        assert (tmp_path / "data" / path.name).read_bytes() == path.read_bytes(), f"{path.name} is not what is shipped"


COMPARISON = """
[comparisons.main]
outcomes = "trust_akim"
group = "akim"
baseline = "BASE"
settlement = "settlement"
[[tables]]
name = "differences"
kind = "comparison"
comparison = "main"
"""


WRONG = [
    ("no such study", lambda s: s.rename(s.parent / "elsewhere"), "there is no study"),
    ("no study.toml", lambda s: (s / "study.toml").unlink(), "has no study.toml"),
    ("broken TOML", lambda s: change(s, 'title = "Small"', "title = Small"), "is no valid TOML"),
    ("unknown section", lambda s: change(s, "[raking]", "[rakeing]"), "did you mean 'raking'"),
    ("unknown key", lambda s: change(s, 'cluster = "settlement"', 'clusters = "settlement"'), "did you mean 'cluster'"),
    ("unknown kind", lambda s: change(s, 'kind = "means"', 'kind = "mean"'), "did you mean 'means'"),
    ("unknown column", lambda s: change(s, '"influence"]', '"influense"]'), "did you mean 'influence'"),
    ("unknown weight", lambda s: change(s, '"base_weight"', '"base_wieght"'), "did you mean 'base_weight'"),
    ("unknown wave", lambda s: change(s, 'kind = "means"', 'kind = "means"\nwave = "2022"'), "`wave` must be one of"),
    ("needed option", lambda s: change(s, 'outcomes = ["trust_akim", "influence"]\n', ""), "needs `outcomes`"),
    ("unknown claim", lambda s: change(s, "findings.ILI-03", "findings.ILI-33"), "no claim 'ILI-33'"),
    ("data file gone", lambda s: (s / "data" / "ili_2023.csv").unlink(), "ask its authors"),
    ("weight negative", lambda s: spoil_weight(s, "-3"),
     "base_weight"),
    ("weight text", lambda s: spoil_weight(s, "heavy"), "base_weight"),
    ("weight empty", lambda s: spoil_weight(s, ""), "base_weight"),
    ("margin missing", lambda s: change(s, "sex,1,", "sex,3,", "data/margins.csv"), "sex"),
    ("scale too short", lambda s: append(s, '[[scales]]\nname = "t"\nitems = ["trust_akim", "roads"]\nlowest = 1\n'
                                            "highest = 4\n"), "trust_akim"),
    ("name that climbs", lambda s: change(s, 'name = "means"', 'name = "../means"'), "may hold letters"),
    ("baseline misspelt", lambda s: append(s, COMPARISON.replace("BASE", "apointed")), "did you mean 'appointed'"),
    ("group of nobody", lambda s: append(s, COMPARISON.replace("BASE", "appointed")) or rewrite(
        s, lambda lines: [lines[0], *(line for line in lines[1:] if line.split(",")[lines[0].split(",").index("akim")] == "1")]), "akim"),
    ("no rows", lambda s: rewrite(s, lambda lines: lines[:1]), "ili_2023.csv"),
    ("unknown code", lambda s: spoil_cell(s, "trust_akim", "7") or append(
        s, '[[scales]]\nname = "t"\nitems = ["trust_akim", "trust_kenes"]\nlowest = 1\nhighest = 5\n'), "trust_akim"),
    ("finding without level", lambda s: change(s, "level = 4\n", ""), "needs `level`"),
    ("seed", lambda s: change(s, 'title = "Small"', 'title = "Small"\nseed = -1'), "`seed` must be a whole number"),
    ("program absent", lambda s: change(s, 'title = "Small"', 'title = "Small"\nprogram = "gone.py"'), "gone.py"),
]  # fmt: skip


def append(folder: Path, text: str) -> None:
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def rewrite(folder: Path, change_lines) -> None:
    path = folder / "data" / "ili_2023.csv"
    path.write_text("\n".join(change_lines(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")


def spoil_weight(folder: Path, value: str) -> None:
    spoil_cell(folder, "base_weight", value)


def spoil_cell(folder: Path, column: str, value: str) -> None:
    def spoil(lines):
        cells = lines[1].split(",")
        cells[lines[0].split(",").index(column)] = value
        return [lines[0], ",".join(cells), *lines[2:]]

    rewrite(folder, spoil)


@pytest.mark.slow
@pytest.mark.parametrize(("spoil", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_study_is_one_line_and_leaves_nothing(run, study, tmp_path, spoil, words):
    spoil(study)
    result = run("replicate", study, "--out", tmp_path / "out")
    assert_one_line(result, words)
    assert not (tmp_path / "out").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]


@pytest.mark.slow
def test_an_output_folder_that_is_not_ours_or_cannot_be_made(run, study, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep me")
    assert_one_line(run("replicate", study, "--out", tmp_path / "out"), "no run of surveykit wrote")
    assert (tmp_path / "out" / "mine.txt").read_text() == "keep me"
    assert_one_line(run("replicate", study, "--out", tmp_path / "out" / "mine.txt" / "deep"), "cannot be written")
    assert_one_line(run("simulate", "--out", tmp_path / "out" / "mine.txt" / "deep"), "cannot be made")


def test_data_that_are_absent(run, study, tmp_path):
    assert_one_line(
        run("replicate", study, "--data", tmp_path / "gone.sav", "--out", tmp_path / "out"), "ask its authors"
    )
    change(study, "[data]", "[data]\nrequired = true")
    assert_one_line(run("replicate", study, "--out", tmp_path / "out"), "not part of this project; ask its authors")


@pytest.mark.slow
def test_printed_commands_hold_for_names_with_spaces(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = run("init", "Study 1; it's mine")
    line = made.stdout.strip().splitlines()[-1].removeprefix("run it: ")
    words = ["surveykit", "replicate", "Study 1; it's mine", "--out", "results/Study 1; it's mine"]
    assert shlex.split(line) == words
    assert run(*words[1:], "--quiet").exit_code == 0
    told = (tmp_path / words[-1] / "codecheck.yml").read_text(encoding="utf-8")
    command = json.loads(
        next(line for line in told.splitlines() if line.startswith("command: ")).removeprefix("command: ")
    )
    assert shlex.split(command)[:3] == ["surveykit", "replicate", "Study 1; it's mine"]


@pytest.mark.slow
def test_a_run_keeps_its_time_and_memory_beside_the_manifest(run, study, tmp_path):
    out = tmp_path / "out"
    done = run("replicate", study, "--out", out)
    assert done.exit_code == 0, done.output
    record = json.loads((out / "manifest.run.json").read_text(encoding="utf-8"))
    assert record["seconds"] > 0 and record["peak_memory_mb"] > 50 and record["processors"] > 0
    manifest = (out / "manifest.json").read_bytes()
    assert record["manifest_sha256"] == hashlib.sha256(manifest).hexdigest() and b"run.json" not in manifest
    assert run("verify", out, "--study", study).exit_code == 0
    assert run("replicate", study, "--out", out, "--quiet").exit_code == 0  # and again, over its own


@pytest.mark.slow
def test_verify_tells_in_json_what_it_found(run, study, tmp_path):
    out = tmp_path / "out"
    run("replicate", study, "--out", out, "--quiet")
    told = json.loads(run("verify", out, "--study", study, "--json").output)
    assert told["succeeded"] and told["findings"] == [] and told["checked"] > 3 and told["run_again"]
    (out / "ledger.csv").write_text("changed")
    again = run("verify", out, "--study", study, "--json")
    assert again.exit_code == 1
    assert json.loads(again.output)["findings"] == ["output ledger.csv was changed after the run"]


@pytest.mark.slow
def test_a_study_and_outputs_that_were_moved_and_renamed_are_verified(run, study, tmp_path):
    run("replicate", study, "--out", tmp_path / "out", "--quiet")
    moved, elsewhere = tmp_path / "elsewhere" / "renamed", tmp_path / "results of May"
    moved.parent.mkdir()
    study.rename(moved)
    (tmp_path / "out").rename(elsewhere)
    found = run("verify", elsewhere, "--study", moved)
    assert found.exit_code == 0, found.output
    assert "the folder of the study is called 'renamed' now; it was 'study'" in found.output


@pytest.mark.slow
def test_another_study_is_refused(run, study, tmp_path):
    run("replicate", study, "--out", tmp_path / "out", "--quiet")
    other = tmp_path / "other"
    shutil.copytree(study, other)
    (other / "study.toml").write_text((other / "study.toml").read_text().replace("Small", "Another"))
    found = run("verify", tmp_path / "out", "--study", other)
    assert found.exit_code == 2 and "are those of the study 'study', but 'other' was given" in found.output


@pytest.mark.slow
def test_other_data_are_told_of_at_once(run, study, tmp_path):
    out = tmp_path / "out"
    run("replicate", study, "--out", out, "--quiet")
    data = next(path for path in (study / "data").glob("*.csv") if path.name.startswith("ili_"))
    lines = data.read_text(encoding="utf-8").splitlines(keepends=True)
    data.write_text("".join(lines[:-1]), encoding="utf-8")
    found = run("verify", out, "--study", study)
    assert found.exit_code == 1
    first = found.output.splitlines()[0]
    assert first == f"surveykit sees that input data/{data.name} is not the one that the outputs were made from"
    again = run("replicate", study, "--out", out)
    assert f"surveykit finds other data than those of the outputs in '{out}', which will be replaced" in again.output


@pytest.mark.slow
def test_a_study_in_analysis_is_found_by_its_name(run, study, tmp_path, monkeypatch):
    (tmp_path / "analysis").mkdir()
    study.rename(tmp_path / "analysis" / "small")
    monkeypatch.chdir(tmp_path)
    done = run("replicate", "small", "--out", "out", "--quiet")
    assert done.exit_code == 0, done.output
    words = next(line for line in Path("out/codecheck.yml").read_text().splitlines() if line.startswith("command"))
    assert '"surveykit replicate small --out DIR --lang en"' in words
