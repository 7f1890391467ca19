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
    assert tables == [f"tables/table_{number}.csv" for number in range(1, 7)]
    for number in range(1, 6):
        assert f"Figure {number}. " in text
        assert {f"figures/figure_{number}.{kind}" for kind in ("svg", "pdf", "csv", "txt")} <= files
    assert "Table 6. " in text and "Table 7. " not in text and "Figure 6. " not in text
    written = pd.read_csv(tmp_path / "out" / "tables" / "table_3.csv")  # the third table of the page
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


def test_what_is_hidden_and_why_is_written_beside_the_report(tmp_path):
    """A of 3 is small, and B of 9 goes with it, else the total would tell A."""
    sizes = {"A": 3, "B": 9, "C": 40, "D": 50}
    frame = pd.DataFrame([(name, 1 + at % 3) for name, n in sizes.items() for at in range(n)], columns=["v", "q"])
    found = sk.means(sk.SurveyDesign(frame), "q", by="v")
    whole = sk.means(sk.SurveyDesign(frame), "q")
    page = sk.write_report_folder([whole, found], tmp_path / "out", title="t")
    log = pd.read_csv(page.parent / "hidden.csv")
    assert set(log["reason"].dropna()) == {"empty"}  # with a group, how many of it did not answer
    of_means = log[log["reason"].isna()]
    assert of_means[["table", "outcome", "group", "why"]].to_numpy().tolist() == [
        ["Table 2", "q", "A", "few"],
        ["Table 2", "q", "B", "protects"],
    ]
    assert "hidden.csv" in (page.parent / "README.md").read_text()
    assert "hidden.csv" in json.loads((page.parent / "manifest.json").read_text())["outputs"]
    assert "hidden" not in pd.read_csv(page.parent / "tables" / "table_1.csv")  # of everybody nothing is
    text = (page.parent / "tables" / "table_2.csv").read_text()
    assert ",40,40," in text  # n and n_clusters stay whole numbers beside missing ones


def test_there_is_no_list_of_hidden_cells_where_none_is(tmp_path):
    frame = pd.DataFrame({"v": ["A"] * 30 + ["B"] * 30, "q": [1, 2, 3] * 20})
    page = sk.write_report_folder([sk.means(sk.SurveyDesign(frame), "q", by="v")], tmp_path / "out", title="t")
    assert not (page.parent / "hidden.csv").exists()
    assert "hidden" not in (page.parent / "tables" / "table_1.csv").read_text()
