"""The study runner: what a program must offer, what is left out when data are missing, how another's file is mapped."""

from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study_data import load_study_data
from surveykit.replication.study_file import read_study

STUDY = """
[study]
title.en = "Two waves"
title.kk = "Екі толқын"
claims = "claims.csv"
formats = ["csv"]
[data]
codebook = "data/codebook.toml"
[waves.2021]
file = "data/ili_2021.sav"
[waves.2023]
file = "data/ili_2023.csv"
codebook = "data/codebook.toml"
[design]
weight = "base_weight"
cluster = "settlement"
[raking]
margins = "data/margins.csv"
[interviews]
coding = "data/coding.csv"
codebook = "data/codebook.toml"
[comparisons.main]
wave = "2023"
outcomes = ["trust_akim"]
group = "akim"
baseline = "appointed"
settlement = "settlement"
methods = ["cr2"]
[[tables]]
name = "early"
kind = "means"
wave = "2021"
outcomes = "trust_akim"
[[tables]]
name = "late"
kind = "means"
outcomes = "trust_akim"
[[tables]]
name = "both"
kind = "means"
wave = "all"
by = "wave"
outcomes = "trust_akim"
[[tables]]
name = "recovered"
kind = "recovery"
comparison = "main"
truth = "data/truth.csv"
[[tables]]
name = "changes"
kind = "group_time"
first_wave = "first_wave"
outcomes = "trust_akim"
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    sk.init_study(tmp_path / "two")
    (tmp_path / "two" / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "two"


def tables_of(run) -> set[str]:
    return {path.stem for path in (run.folder / "tables").glob("*.csv")}


def test_every_step_on_the_shipped_answers(folder, tmp_path):
    steps = []
    run = sk.replicate_study(folder, out=tmp_path / "out", progress=lambda todo: steps.extend(todo) or todo)
    assert tables_of(run) == {"early", "late", "both", "recovered", "changes"}
    assert len(steps) == 5
    both = pd.read_csv(run.folder / "tables" / "both.csv")
    early = pd.read_csv(run.folder / "tables" / "early.csv")
    assert both["group"].astype(str).tolist() == ["2021", "2023"]
    assert both["estimate"].iloc[0] == pytest.approx(early["estimate"].iloc[0], abs=1e-12)
    assert run.manifest.simulated and run.manifest.lang == "en"


def test_steps_without_their_data_are_left_out(folder, tmp_path):
    """A real file of one wave: no first wave, no stacked waves, no truth to recover."""
    held = tmp_path / "held.csv"
    held.write_bytes((folder / "data" / "ili_2023.csv").read_bytes())
    pd.read_csv(folder / "data" / "margins.csv").drop(columns="data_status").to_csv(
        tmp_path / "margins.csv", index=False
    )
    run = sk.replicate_study(folder, data=held, out=tmp_path / "out")
    assert tables_of(run) == {"late"}
    assert not run.manifest.simulated
    assert {"--data held.csv", "--data margins.csv"} <= set(run.manifest.inputs)
    data = load_study_data(read_study(folder), held)
    assert data.coding is None, "interviews of the project must not be mixed with answers of another's file"
    assert load_study_data(read_study(folder)).coding is not None


def test_a_folder_of_files_with_the_same_names(folder, tmp_path):
    held = tmp_path / "held"
    held.mkdir()
    for name in ("ili_2021.sav", "ili_2023.csv"):
        (held / name).write_bytes((folder / "data" / name).read_bytes())
    run = sk.replicate_study(folder, data=held, out=tmp_path / "out")
    assert "early" in tables_of(run)
    (held / "ili_2021.sav").unlink()
    with pytest.raises(sk.ReadError, match=r"there is no .*ili_2021.sav"):
        sk.replicate_study(folder, data=held, out=tmp_path / "out")


@pytest.mark.parametrize(("mapping", "error", "words"), [
    ("[colums]\n", sk.CodebookError, "has the key 'colums'.*did you mean 'columns'"),
    ("[columns\n", sk.ReadError, "is no valid TOML"),
    ('[columns]\nakim = "akim_typ"\n', sk.ColumnError, "names 'akim_typ', which is not a column"),
    ("[codes.akim]\n1 = 1\n", sk.CodeError, r"codes.akim does not say what '2(\.0)?' means"),
    ('[wave]\nname = "2022"\n', sk.ArgumentError, "wave.name` must be one of"),
    ('[wave]\ncolumn = "id"\n', sk.ReadError, "no row of 'held.csv' belongs to a wave"),
    ('[wave]\ncolumn = "akim"\ncodes.1 = "2023"\n', sk.ReadError,
     r"every row of 'held.csv' must belong to a wave .* but in \d+ of \d+ rows 'akim' is 2"),
])  # fmt: skip
def test_a_mapping_that_does_not_fit(folder, tmp_path, mapping, error, words):
    (tmp_path / "held.csv").write_bytes((folder / "data" / "ili_2023.csv").read_bytes())
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    with pytest.raises(error, match=words):
        sk.replicate_study(folder, data=tmp_path / "held.csv", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


PROGRAM = """
import surveykit as sk
def replicate(data, out, lang="en"):
    (out / "figures").mkdir()
    (out / "figures" / "one.svg").write_text("<svg/>")
    (out / "figures" / "one.csv").write_text("x")
    return sk.Ledger.from_csv(out.parent / "two" / "claims.csv").check({"MY-02": 10, "MY-03": 5, "MY-04":
    5}).refuse({"MY-01": lang})
"""


def test_a_study_with_its_own_program(folder, tmp_path):
    (folder / "study.toml").write_text(
        '[study]\nprogram = "run.py"\n[[outputs]]\nfile = "figures/one.svg"\nname = "Figure 1"\nclaims = ["MY-02"]\n',
        encoding="utf-8",
    )
    (folder / "run.py").write_text(PROGRAM, encoding="utf-8")
    run = sk.replicate_study(folder, out=tmp_path / "out", lang="kk")
    assert run.ledger.count()["reproduced"] == 3 and run.ledger["MY-01"].why == "kk"
    figure = next(one for one in run.manifest.made if one.name == "Figure 1")
    assert (figure.file, figure.program, figure.claims) == ("figures/one.svg", "run.py", ("MY-02",))
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.parametrize(("text", "words"), [
    ("x = 1\n", r"needs a function replicate\(data, out, lang\)"),
    ("def replicate(data, out, lang):\n    return None\n", "must return a Ledger, not NoneType"),
])  # fmt: skip
def test_a_program_that_does_not_keep_to_the_form(folder, tmp_path, text, words):
    (folder / "study.toml").write_text('[study]\nprogram = "run.py"\n', encoding="utf-8")
    (folder / "run.py").write_text(text, encoding="utf-8")
    with pytest.raises(sk.ReadError, match=words):
        sk.replicate_study(folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_titles_in_the_language_asked_for(folder):
    study = read_study(folder)
    assert (study.heading("kk"), study.heading("en"), study.heading("ru")) == ("Екі толқын", "Two waves", "Two waves")
    assert study.name == "two"


@pytest.mark.parametrize("column", ["year", "wave"])
def test_one_file_with_both_waves(folder, tmp_path, column):
    """The mapping says which column tells the wave; nothing is then called simulated, and the changes are computed."""
    shipped = load_study_data(read_study(folder))
    both = [shipped.unraked[wave].survey.data.assign(**{column: int(wave)}) for wave in ("2021", "2023")]
    held = tmp_path / "held.csv"
    pd.concat(both, ignore_index=True).rename(columns={"elections_good": "q12"}).to_csv(held, index=False)
    (tmp_path / "mapping.toml").write_text(
        f'[wave]\ncolumn = "{column}"\n[columns]\nelections_good = "q12"\n', encoding="utf-8"
    )
    pd.read_csv(folder / "data" / "margins.csv").drop(columns="data_status").to_csv(
        tmp_path / "margins.csv", index=False
    )
    run = sk.replicate_study(folder, data=held, out=tmp_path / "out")
    assert {"early", "late", "both"} <= tables_of(run)
    assert not [path for path in run.folder.rglob("*.html") if "SIMULATED" in path.read_text(encoding="utf-8")]
    ours = sk.replicate_study(folder, out=tmp_path / "ours")
    theirs = pd.read_csv(run.folder / "tables" / "both.csv")["estimate"]
    assert theirs.tolist() == pytest.approx(pd.read_csv(ours.folder / "tables" / "both.csv")["estimate"].tolist())


def test_who_did_not_answer_is_said_on_the_page_and_named_in_the_table(folder, tmp_path):
    table = '[[tables]]\nname = "absent"\nkind = "missing"\noutcomes = "trust_akim"\n'
    (folder / "study.toml").write_text(STUDY + table, encoding="utf-8")
    frame = pd.read_csv(folder / "data" / "ili_2023.csv")
    frame.loc[:4, "trust_akim"] = None
    frame.to_csv(folder / "data" / "ili_2023.csv", index=False)
    run = sk.replicate_study(folder, out=tmp_path / "out", lang="kk")
    assert "empty" in set(pd.read_csv(run.folder / "tables" / "absent.csv")["reason"])
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "жауап жоқ" in page and ">empty<" not in page
