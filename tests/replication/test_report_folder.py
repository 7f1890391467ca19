"""A report as a folder: numbered as the page, hashed, replaced whole or left as it was."""

import hashlib
import json

import pandas as pd
import pytest

import surveykit as sk
from tests.report.pages.test_comparison_report import compose, make_design


def write(folder, simulated=False, **more):
    result, parts = compose(make_design(simulated=simulated), ["trust", "heard"])
    return result, sk.write_report_folder(parts, folder, title="Elected | appointed", **more)


@pytest.mark.slow
def test_every_table_and_figure_of_the_page_is_a_file(tmp_path):
    result, page = write(tmp_path / "out")
    assert page == tmp_path / "out" / "report.html"
    text = page.read_text(encoding="utf-8")
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    tables = sorted(name for name in files if name.startswith("tables/"))
    assert tables == [f"tables/table_{number}.csv" for number in range(1, 6)]
    for number in range(1, 6):
        assert f"Figure {number}. " in text
        assert {f"figures/figure_{number}.{kind}" for kind in ("svg", "pdf", "csv", "txt")} <= files
    assert "Table 5. " in text and "Table 6. " not in text and "Figure 6. " not in text
    written = pd.read_csv(tmp_path / "out" / "tables" / "table_2.csv")  # the second table of the page
    assert written["estimate"].tolist() == result.table["estimate"].tolist()
    assert r"| Figure 3 | figures/figure\_3.svg |" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_manifest_has_the_hash_of_everything(tmp_path):
    (tmp_path / "data.csv").write_text("a\n1\n")
    write(tmp_path / "out", inputs=[tmp_path / "data.csv"])
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"] == {"data.csv": hashlib.sha256(b"a\n1\n").hexdigest()}
    found = {
        path.relative_to(tmp_path / "out").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert manifest["outputs"] == found
    assert manifest["data_status"] == "as supplied"


@pytest.mark.slow
def test_two_runs_write_the_same_bytes_and_the_second_replaces_the_first(tmp_path):
    write(tmp_path / "a")
    first = {path.name: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    write(tmp_path / "a")
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()} == first


@pytest.mark.slow
def test_simulated_answers_say_so_in_every_file(tmp_path):
    write(tmp_path / "out", simulated=True)
    for path in (tmp_path / "out").rglob("*"):
        if path.suffix in (".html", ".csv", ".txt", ".md", ".json", ".svg"):
            assert "SIMULATED" in path.read_text(encoding="utf-8"), path.name


@pytest.mark.slow
def test_somebody_elses_folder_and_a_failed_run_are_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    with pytest.raises(sk.WriteError, match="holds files that no run of surveykit wrote"):
        write(tmp_path / "mine")
    with pytest.raises(sk.ReadError, match="there is no file"):
        write(tmp_path / "out", inputs=[tmp_path / "gone.csv"])
    with pytest.raises(sk.ArgumentError):
        sk.write_report_folder([object()], tmp_path / "out", title="T")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine", "notes.txt"]
