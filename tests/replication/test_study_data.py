"""The data of a study: its waves, from the files that there are."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study_data import load_study_data
from surveykit.replication.study_file import read_study


def tables_of(run) -> set[str]:
    return {path.stem for path in (run.folder / "tables").glob("*.csv")}


@pytest.mark.slow
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


@pytest.mark.slow
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
