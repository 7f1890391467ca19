import pandas as pd
import pytest

import surveykit as sk
from surveykit.simulation.study_files import write_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("simulated") / "data"
    write_study(sk.simulate_study(5), target)
    return target


@pytest.mark.slow
def test_the_files_come_back_as_the_waves(folder):
    study = sk.simulate_study(5)
    back = {
        "2021": sk.read_spss(folder / "ili_2021.sav"),
        "2023": sk.read_csv(folder / "ili_2023.csv", codebook=folder / "codebook.toml"),
    }
    for wave, survey in back.items():
        pd.testing.assert_frame_equal(survey.frame, study.waves[wave].frame, check_dtype=False)
        assert survey.provenance.simulated, "the flag must survive the file"
        assert survey.provenance.weight == "base_weight"
        for name in ("trust_akim", "budget_say"):
            assert survey.count_missing(name).to_dict() == study.waves[wave].count_missing(name).to_dict()
    assert back["2021"].codebook["trust_akim"].label(5) == "Полностью доверяю"
    assert back["2023"].codebook["trust_akim"].label(5, "kk") == "Толық сенемін"


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(folder, tmp_path):
    for path in write_study(sk.simulate_study(5), tmp_path / "again"):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_every_file_says_simulated(folder):
    assert b"SIMULATED" in (folder / "ili_2021.sav").read_bytes()[:200]
    for name in ("codebook.toml", "README.txt", "truth.csv", "margins.csv", "settlements.csv"):
        assert "SIMULATED" in (folder / name).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(sk.WriteError, match="cannot be made"):
        write_study(sk.simulate_study(5), tmp_path / "file" / "data")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["margins.csv", "codebook.toml", "README.txt", "ili_2021.sav"])
def test_files_that_no_simulation_wrote_are_kept(tmp_path, name):
    (tmp_path / name).write_text("mine")
    (tmp_path / "other.txt").write_text("mine too")
    with pytest.raises(
        sk.WriteError, match=f"holds '?{name}'?, which no simulation wrote and which would be lost; name a new or"
    ):
        write_study(sk.simulate_study(5), tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "mine", "other.txt": "mine too"}


@pytest.mark.slow
def test_another_simulation_is_replaced(tmp_path):
    write_study(sk.simulate_study(5), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    write_study(sk.simulate_study(6), tmp_path)
    assert "--seed 6" in (tmp_path / "README.txt").read_text() and (tmp_path / "notes.txt").exists()
