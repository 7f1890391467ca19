import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from tests.replication.conftest import SMALL


@pytest.mark.slow
def test_outputs_that_nobody_touched(study, out):
    found = sk.verify_outputs(out, study)
    assert found.succeeded and found.checked >= 4
    assert "are what the study and the data give" in found.summary()


@pytest.mark.slow
def test_an_output_changed_by_hand(study, out):
    path = out / "tables" / "means.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("3.", "4."), encoding="utf-8")
    (out / "ledger.html").unlink()
    (out / "note.txt").write_text("x")
    assert sk.verify_outputs(out, study).findings == (
        "output ledger.html is gone from the folder",
        "output tables/means.csv was changed after the run",
        "note.txt is in the folder, but no run wrote it",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "claims.csv",
            "MY-02,my paper,p. 1,count,Settlements in the study,10",
            "MY-02,my paper,p. 1,count,Settlements in the study,11",
        ),
        ("data/ili_2023.csv", "2023-0001,S01,", "2023-0001,S01,"),
    ],
)
def test_an_input_changed_by_hand(study, out, file, old, new):
    path = study / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    lines = text.replace(old, new).splitlines()
    if file.startswith("data"):
        del lines[5]  # a respondent disappears
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    findings = sk.verify_outputs(out, study).findings
    assert f"input {file} is not the one that the outputs were made from" in findings
    assert any("comes out otherwise when the study is run again" in finding for finding in findings)


@pytest.mark.slow
def test_on_the_command_line(study, out, tmp_path):
    run = CliRunner().invoke
    good = run(main, ["verify", str(out), "--study", str(study)])
    assert good.exit_code == 0, good.output
    (out / "report.html").write_text("x")
    bad = run(main, ["verify", str(out), "--study", str(study), "--quiet"])
    assert bad.exit_code == 1 and "output report.html was changed after the run" in bad.stdout
    none = run(main, ["verify", str(tmp_path), "--study", str(study)])
    assert none.exit_code == 2 and "is not the output folder of a run" in none.stderr
    shutil.move(study, tmp_path / "other")
    (tmp_path / "other" / "study.toml").write_text("[study]\ntitle = 'Another'\n")  # else it is the same, renamed
    other = run(main, ["verify", str(out), "--study", str(tmp_path / "other")])
    assert other.exit_code == 2 and "the outputs are those of the study 'study'" in other.stderr


@pytest.mark.slow
def test_the_study_is_found_by_its_name(out, study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["verify", str(out), "--quiet"]).exit_code == 0
    (tmp_path / "analysis").mkdir()
    study.rename(tmp_path / "analysis" / "study")
    assert sk.verify_outputs(out).succeeded
    monkeypatch.chdir(tmp_path / "analysis" / "study")
    with pytest.raises(sk.ReadError, match=r"those of the study 'study', and there is no such folder here .* --study"):
        sk.verify_outputs(out)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            '"data_status": "SIMULATED"',
            '"data_status": "as supplied"',
            "manifest.json says data_status 'as supplied', but the study gives 'SIMULATED'",
        ),
        ('"seed": 0', '"seed": 7', "manifest.json says seed 7, but the study gives 0"),
        (
            '"conventions": "surveykit"',
            '"conventions": "stata"',
            "manifest.json says conventions 'stata', but the study gives 'surveykit'",
        ),
        (
            '"program": "study.toml, [[tables]] means"',
            '"program": "by hand"',
            "manifest.json says of tables/means.csv what the study does not give",
        ),
        (
            '"file": "tables/means.csv"',
            '"file": "tables/other.csv"',
            "manifest.json lists tables/other.csv, which the study does not make",
        ),
        ('"format": 1', '"format": 1, "note": "mine"', "manifest.json was changed after the run"),
    ],
)
def test_a_manifest_changed_by_hand(study, out, old, new, finding):
    path = out / "manifest.json"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = sk.verify_outputs(out, study)
    assert not found.succeeded and finding in found.findings


@pytest.mark.slow
def test_an_input_outside_the_folder_is_one(study, tmp_path):
    shutil.move(study / "data", tmp_path / "data")
    (study / "results").mkdir()
    (study / "results" / "old.txt").write_text("left by a run")
    (study / "notes" / "results").mkdir(parents=True)
    (study / "notes" / "results" / "read.txt").write_text("mine")
    text = SMALL.replace('"data/', '"../data/').replace('"claims.csv"', '"results/claims.csv"')
    shutil.move(study / "claims.csv", study / "results" / "claims.csv")
    (study / "study.toml").write_text(text, encoding="utf-8")
    run = sk.replicate_study(study, out=tmp_path / "out")
    assert {"../data/ili_2023.csv", "../data/codebook.toml", "results/claims.csv", "notes/results/read.txt"} < set(
        run.manifest.inputs
    )
    assert "results/old.txt" not in run.manifest.inputs
    assert sk.verify_outputs(tmp_path / "out", study).succeeded
    path = tmp_path / "data" / "ili_2023.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert (
        "input ../data/ili_2023.csv is not the one that the outputs were made from"
        in sk.verify_outputs(tmp_path / "out", study).findings
    )


@pytest.mark.slow
def test_a_program_outside_the_folder_is_not_run(study, tmp_path):
    (tmp_path / "other.py").write_text("raise SystemExit('run')")
    (study / "study.toml").write_text('[study]\nprogram = "../other.py"\n')
    with pytest.raises(
        sk.ReadError, match=r"names the program '../other.py', which lies outside its folder; put it into"
    ):
        sk.replicate_study(study, out=tmp_path / "out")


PROGRAM = """
from pathlib import Path
import surveykit as sk

def replicate(data, out, lang="en"):
    Path("ran").write_text("x")
    (out / "table.csv").write_text("a\\n1\\n")
    return sk.Ledger()
"""


@pytest.fixture
def with_program(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (study / "study.toml").write_text(SMALL.replace("[study]", '[study]\nprogram = "mine.py"'), encoding="utf-8")
    (study / "mine.py").write_text(PROGRAM, encoding="utf-8")
    return study


@pytest.mark.slow
def test_a_program_is_announced_before_it_runs(with_program, tmp_path):
    run = CliRunner().invoke
    line = f"surveykit runs {str(Path('study') / 'mine.py')!r}, the program of the study 'study'"
    said = []
    sk.replicate_study("study", out="api", announce=lambda text: said.append((text, Path("ran").exists())))
    assert said == [(line.removeprefix("surveykit "), False)]
    done = run(main, ["replicate", "study", "--out", "out"])
    assert done.exit_code == 0 and done.stderr.splitlines()[0] == line
    assert run(main, ["replicate", "study", "--out", "out", "--quiet"]).output == ""
    Path("ran").unlink()
    done = run(main, ["verify", "out", "--study", "study"])
    assert done.exit_code == 0 and done.stderr.splitlines()[0] == line and Path("ran").exists()


@pytest.mark.slow
def test_a_study_goes_without_its_program(with_program, tmp_path):
    run = CliRunner().invoke
    done = run(main, ["replicate", "study", "--out", "out", "--no-program"])
    assert done.exit_code == 0 and "surveykit runs" not in done.output and not Path("ran").exists()
    assert (tmp_path / "out" / "tables" / "means.csv").exists() and not (tmp_path / "out" / "table.csv").exists()
    assert run(main, ["verify", "out", "--study", "study", "--no-program", "--quiet"]).exit_code == 0
    (with_program / "study.toml").write_text('[study]\nprogram = "mine.py"\n', encoding="utf-8")
    done = run(main, ["replicate", "study", "--out", "none", "--no-program"])
    assert (
        done.exit_code == 2
        and "is made by its program 'mine.py' alone; without it there is nothing to run" in done.stderr
    )


@pytest.mark.slow
def test_verify_without_the_program_says_what_it_did_not_do(with_program, tmp_path):
    run = CliRunner().invoke
    assert run(main, ["replicate", "study", "--out", "out", "--quiet"]).exit_code == 0
    Path("ran").unlink()
    done = run(main, ["verify", "out", "--study", "study", "--no-program"])
    assert done.exit_code == 0 and not Path("ran").exists()
    assert (
        "are what the manifest says" in done.stdout and "the program 'mine.py' of the study was not run" in done.stdout
    )
    (with_program / "data" / "ili_2023.csv").write_text("changed\n")
    (tmp_path / "out" / "table.csv").write_text("a\n2\n")
    found = sk.verify_outputs("out", "study", program=False)
    assert found.findings == (
        "output table.csv was changed after the run",
        "input data/ili_2023.csv is not the one that the outputs were made from",
    )
    with_program.rename(tmp_path / "other")
    (tmp_path / "other" / "study.toml").write_text("[study]\ntitle = 'Another'\n")  # else it is the same, renamed
    with pytest.raises(sk.ReadError, match="those of the study 'study', but 'other' was given"):
        sk.verify_outputs("out", "other", program=False)


@pytest.mark.slow
def test_a_study_without_a_program_has_nothing_to_announce(study, out):
    said = []
    assert sk.verify_outputs(out, study, program=False, announce=said.append).succeeded and said == []
