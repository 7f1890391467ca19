"""A study's folder is one release: what one table tells of another's hidden cell is hidden as well."""

import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.report.release import Release
from tests.report.test_outsider import Outsider

STUDY = """
[study]
title = "Trust in Ili"
formats = ["csv", "svg"]
[waves.2023]
file = "ili.csv"
[design]
cluster = "v"
[comparisons.main]
outcomes = ["q"]
group = "akim"
baseline = "appointed"
settlement = "v"
[[tables]]
name = "villages"
kind = "means"
by = "v"
outcomes = ["q"]
[[tables]]
name = "answers"
kind = "shares"
by = "akim"
outcomes = ["q"]
[[tables]]
name = "difference"
kind = "comparison"
comparison = "main"
[[tables]]
name = "verdict"
kind = "feasibility"
comparison = "main"
[[figures]]
name = "influence"
kind = "influence"
comparison = "main"
outcome = "q"
[[figures]]
name = "draws"
kind = "randomization"
comparison = "main"
outcome = "q"
estimand = "person"
"""
SIZES = {"A": 3, "B": 30, "C": 40, "D": 50, "E": 9, "F": 25}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    study = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(4)
    rows = [
        (v, "elected" if v in "ABE" else "appointed", rng.integers(1, 4)) for v, n in SIZES.items() for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["v", "akim", "q"])
    frame.to_csv(study / "ili.csv", index=False)
    (study / "study.toml").write_text(STUDY)
    out = study.parent / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        sk.replicate_study(study, out=out)
    return frame, out


def test_the_folder_does_not_tell_a_hidden_village(folder):
    """The table of villages alone, the influence figure's numbers and the averages of the kinds: all read at once."""
    frame, out = folder
    outsider = Outsider(frame)
    villages = pd.read_csv(out / "tables" / "villages.csv")
    assert villages.loc[villages["hidden"].astype(bool), "group"].tolist() == ["A", "E"]
    outsider.reads_means(villages.assign(std_error=np.nan))
    outsider.reads_shares(pd.read_csv(out / "tables" / "answers.csv"))
    for v in "AE":
        least, greatest = outsider.ends(outsider.counts(v))
        assert least <= SIZES[v] <= greatest and greatest - least >= 2
    influence = pd.read_csv(out / "figures" / "influence.csv")
    assert influence.loc[influence["left_out"].isin(["A", "E"]), "estimate"].isna().all()


def test_no_file_of_the_folder_holds_what_is_made_of_the_hidden_village(folder):
    frame, out = folder
    table = pd.read_csv(out / "tables" / "difference.csv")
    assert table["std_error"].isna().all() and table["p_value"].isna().all()
    assert pd.read_csv(out / "tables" / "verdict.csv")["largest_share_of_arm"].isna().all()
    assert not list((out / "figures").glob("draws*"))  # every assignment's difference: sums of the villages' averages
    page = (out / "report.html").read_text()
    assert "beside the tables it would give away the answers of a few persons" in page
    average = frame.groupby("v")["q"].mean()
    settlements = average[["A", "B", "E"]].mean()
    for path in out.rglob("*"):
        if path.suffix in (".csv", ".html", ".svg", ".txt", ".json", ".md"):
            text = path.read_text(encoding="utf-8")
            assert f"{settlements:.3f}" not in text and repr(float(settlements)) not in text, path.name


def test_the_log_says_what_is_hidden_and_which_tables_made_it_necessary(folder):
    log = pd.read_csv(folder[1] / "hidden.csv")
    of_villages = log[(log["table"] == "tables/villages") & log["group"].notna() & log["reason"].isna()]
    assert of_villages[["group", "why", "hidden_by"]].to_numpy().tolist() == [
        ["A", "few", "alone"], ["E", "protects", "alone"],
    ]  # fmt: skip
    errors = log[log["why"] == "errors withheld"]
    assert dict(zip(errors["table"], errors["hidden_by"]))["tables/answers"] == "together"
    assert "hidden.csv" in (folder[1] / "manifest.json").read_text()


def test_where_nothing_is_hidden_results_stay_and_the_log_is_empty():
    frame = pd.DataFrame({"v": ["A"] * 30 + ["B"] * 30, "q": [1, 2, 3] * 20})
    given = {"a": sk.means(sk.SurveyDesign(frame), "q", by="v"), "b": sk.shares(sk.SurveyDesign(frame), "q")}
    release = Release.of(given)
    assert all(release.results[name] is given[name] for name in given) and release.log.empty
