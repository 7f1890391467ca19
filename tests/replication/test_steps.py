"""The steps of a study, those of a program of its own among them."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study_data import load_study_data
from surveykit.replication.study_file import read_study
from tests.replication.test_study_data import tables_of


@pytest.mark.slow
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


@pytest.mark.slow
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


PROGRAM = """
import surveykit as sk
def replicate(data, out, lang="en"):
    (out / "figures").mkdir()
    (out / "figures" / "one.svg").write_text("<svg/>")
    (out / "figures" / "one.csv").write_text("x")
    return sk.Ledger.from_csv(out.parent / "two" / "claims.csv").check({"MY-02": 10, "MY-03": 5, "MY-04":
    5}).refuse({"MY-01": lang})
"""


@pytest.mark.slow
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


@pytest.mark.slow
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
