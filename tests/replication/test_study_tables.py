"""The kinds of tables of a study.toml."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study_comparisons import Comparisons
from surveykit.replication.study_tables import make_table


@pytest.fixture(scope="module")
def make(two_waves):
    comparisons = Comparisons(two_waves, "en")
    return lambda kind, **options: make_table({"name": "t", "kind": kind, **options}, two_waves, comparisons, "en")


def test_the_sample_is_counted_by_wave_and_group(make, two_waves):
    table = make("sample", by="akim").table
    for wave, design in (("2021", two_waves.designs["2021"]), ("2023", two_waves.designs["2023"])):
        rows, frame = table[table["wave"] == wave], design.survey.frame
        assert rows["n"].sum() == len(frame) and rows["n_clusters"].sum() == frame["settlement"].nunique()
        assert rows["n_weighted"].sum() == pytest.approx(design.weights.sum())


def test_tables_are_those_of_the_functions(make, two_waves):
    design = two_waves.designs["2023"]
    assert make("means", outcomes="trust_akim").table.equals(sk.means(design, "trust_akim", lang="en").table)
    assert make("weights").table.equals(sk.summarize_weights(design).table)
    assert set(make("comparison", comparison="main", methods=["cr2"]).table["method"]) == {"cr2"}
    missing = make("missing", outcomes="trust_akim").table
    assert "empty" in set(missing["reason"]), "tables keep the name; the page says the word"


def test_intervals_beside_the_truth_are_counted(make):
    found = make("recovery", comparison="main", truth="data/truth.csv")
    table = found.table
    inside = (table["conf_low"] <= table["true_difference"]) & (table["true_difference"] <= table["conf_high"])
    assert table["covered"].tolist() == inside.tolist()
    assert f"{inside.sum()} of {len(table)} intervals cover the true difference" in found.method
    assert table["error"].tolist() == pytest.approx((table["estimate"] - table["true_difference"]).tolist())


def test_wrong_options(make):
    with pytest.raises(sk.ArgumentError, match="kind of table 't'.*'mean'"):
        make("mean")
    with pytest.raises(sk.CodebookError, match="'t' is of the kind 'means' and needs `outcomes`"):
        make("means")
    with pytest.raises(sk.CodebookError, match=r"'t' needs \[\[scales\]\]"):
        make("reliability")


def test_who_did_not_answer_is_said_on_the_page_and_named_in_the_table(folder, tmp_path):
    described = (folder / "study.toml").read_text(encoding="utf-8")
    table = '[[tables]]\nname = "absent"\nkind = "missing"\noutcomes = "trust_akim"\n'
    (folder / "study.toml").write_text(described + table, encoding="utf-8")
    frame = pd.read_csv(folder / "data" / "ili_2023.csv")
    frame.loc[:19, "trust_akim"] = None
    frame.to_csv(folder / "data" / "ili_2023.csv", index=False)
    run = sk.replicate_study(folder, out=tmp_path / "out", lang="kk")
    assert "empty" in set(pd.read_csv(run.folder / "tables" / "absent.csv")["reason"])
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "жауап жоқ" in page and ">empty<" not in page
