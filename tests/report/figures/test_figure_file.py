import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from surveykit.errors import WriteError
from surveykit.files.record import RECORD
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.figure_file import save_figure, svg_of
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.figures.weights_figure import draw_weights
from surveykit.report.pages.table_file import write_table

ROOT = Path(__file__).parents[3]
AGAIN = """
import sys
from surveykit.estimation.quantities.shares import shares
from surveykit.files.record import RECORD
from surveykit.report.figures.figure_file import save_figure
from surveykit.report.figures.likert_figure import draw_shares
from tests.report.conftest import make_design
ax = draw_shares(shares(make_design(), ["q1", "q2"], by="akim", lang="en"), lang="kk")
for kind in ("svg", "pdf", "png"):
    save_figure(ax, sys.argv[1] + "/figure." + kind, dpi=100)
"""


def test_the_sidecar_holds_the_numbers_and_the_hash(item_shares, tmp_path):
    ax = draw_shares(item_shares)
    save_figure(ax, tmp_path / "answers.svg")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [RECORD, "answers.csv", "answers.svg", "answers.txt"]
    sidecar = pd.read_csv(tmp_path / "answers.csv")
    pd.testing.assert_series_equal(sidecar["value"], plotted_numbers(ax)["value"], check_exact=True)
    assert set(sidecar["sha256"]) == {"ab" * 32} and set(sidecar["data_status"]) == {"SIMULATED"}
    *words, seal = (tmp_path / "answers.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    assert "".join(words) == alt_text(ax) + "\n" and seal.startswith("surveykit sha256=")


@pytest.mark.slow
def test_metadata_say_simulated_and_hold_the_text_version(item_shares, tmp_path):
    ax = draw_shares(item_shares, title="Answers")
    svg = save_figure(ax, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "SIMULATED: Answers" in svg and "<dc:date>" not in svg
    ET.fromstring(svg)
    with Image.open(save_figure(ax, tmp_path / "a.png", dpi=60)) as picture:
        assert picture.text["Title"] == "SIMULATED: Answers"
        assert picture.text["Description"] == " ".join(alt_text(ax).split())
    assert b"CreationDate" not in save_figure(ax, tmp_path / "a.pdf").read_bytes()


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(tmp_path):
    folders = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Almaty")):
        folder = tmp_path / f"run{seed}"
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", AGAIN, str(folder)], check=True, env=environment, cwd=folder)
        folders.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert folders[0] == folders[1]
    assert len(folders[0]) == 6


@pytest.mark.slow
def test_several_panels_share_one_file(item_shares, weights, tmp_path):
    figure = Figure(figsize=(10, 9), layout="constrained")
    above, under = figure.subplots(2)
    draw_shares(item_shares, above)
    draw_weights(weights, under)
    save_figure(above, tmp_path / "panels.svg")
    assert set(pd.read_csv(tmp_path / "panels.csv")["panel"]) == {1, 2}


def test_settings_stay_and_the_svg_has_no_metadata(item_shares):
    before = dict(mpl.rcParams)
    svg = svg_of(draw_shares(item_shares))
    assert dict(mpl.rcParams) == before
    assert svg.startswith("<svg") and "<metadata>" not in svg and "<script" not in svg


def test_a_wrong_ending_writes_nothing(item_shares, tmp_path):
    with pytest.raises(WriteError, match=r"must end in one of \.svg, \.pdf, \.png"):
        save_figure(draw_shares(item_shares), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"),
    [("trust.csv", b"outcome,estimate\nq1,2\n"), ("trust.csv", b"\xff\xfeq\x00"), ("trust.txt", b"my notes\n")],
)
def test_a_file_that_is_no_sidecar_is_not_replaced(item_shares, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    ax = draw_shares(item_shares)
    with pytest.raises(WriteError, match=rf"{name}' is there already, and surveykit did not write it"):
        save_figure(ax, tmp_path / "trust.svg")
    assert [path.name for path in tmp_path.iterdir()] == [name] and (tmp_path / name).read_bytes() == content
    save_figure(ax, tmp_path / "trust.svg", sidecar=False)
    assert (tmp_path / name).read_bytes() == content


@pytest.mark.slow
def test_a_table_of_the_same_name_is_not_replaced(item_shares, tmp_path):
    write_table(item_shares, tmp_path / "trust.csv")
    (tmp_path / "facts.csv").write_text(item_shares.glance().to_csv(index=False), encoding="utf-8")
    for name in ("trust.svg", "facts.svg"):
        with pytest.raises(WriteError, match="would be lost"):
            save_figure(draw_shares(item_shares), tmp_path / name)


@pytest.mark.slow
def test_a_figure_is_saved_again(item_shares, weights, tmp_path):
    figure = Figure(figsize=(10, 9), layout="constrained")
    above, under = figure.subplots(2)
    draw_weights(weights, above)
    draw_shares(item_shares, under)
    for ax in (draw_shares(item_shares), draw_weights(weights), above, draw_shares(item_shares)):
        for kind in ("svg", "png"):
            save_figure(ax, tmp_path / f"figure.{kind}", dpi=40)
    assert len(list(tmp_path.iterdir())) == 5
