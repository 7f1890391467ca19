"""`surveykit weight`: the weights of `rake`, the diagnostics, a file that comes back, and nothing half-written."""

import json

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

BOOK = """
[variables.sex]
question.en = "Sex"
[variables.sex.labels]
1.en = "Man"
2.en = "Woman"
[variables.sex.missing]
9.en = "Refused"
[variables.q]
[variables.q.missing]
99.en = "Refused"
"""
TARGETS = {"sex": {1: 480.0, 2: 520.0}, "young": {0: 600.0, 1: 400.0}}


def small_frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({"id": np.arange(60), "sex": rng.permutation([1, 2] * 30), "young": rng.permutation([0, 0, 1] * 20),
                         "q": rng.choice([1, 2, 3, 99], 60), "remark": ["so"] * 60, "w": rng.uniform(0.5, 2, 60).round(3)})  # fmt: skip


def answered() -> pd.DataFrame:
    """The frame as it is after its codebook was read: 99 is declared missing there."""
    frame = small_frame()
    return frame.assign(q=frame["q"].mask(frame["q"] == 99))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_frame().to_csv("in.csv", index=False)
    (tmp_path / "in.toml").write_text(BOOK)
    rows = [f"{name},{level},{target:g}" for name, levels in TARGETS.items() for level, target in levels.items()]
    (tmp_path / "m.csv").write_text("\n".join(["column,level,target", *rows]) + "\n")
    (tmp_path / "deep").mkdir()
    return tmp_path


def assert_one_line(result, words: str) -> None:
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("surveykit: ")]
    assert len(lines) == 1 and words in lines[0], result.stderr
    assert "Traceback" not in result.output and result.stdout == ""


def raked(**options) -> np.ndarray:
    return sk.rake(sk.SurveyDesign(answered(), weight="w"), TARGETS, **options).weights


@pytest.mark.parametrize("out", ["out.csv", "out.sav", "out.zsav", "out.parquet", "out.feather"])
def test_the_weights_are_those_of_rake_and_the_file_comes_back(run, folder, out):
    if out.endswith(("parquet", "feather")):
        pytest.importorskip("pyarrow")
    result = run("weight", "in.csv", "--margins", "m.csv", "--weight", "w", "--out", out)
    assert result.exit_code == 0, result.output
    back = sk.read_survey(out)
    np.testing.assert_array_equal(back.frame["raked_weight"], raked())
    assert back.provenance.weight == "raked_weight"  # the file names its weight
    assert back.codebook["sex"].label(2) == "Woman"
    assert back.count_missing("q").to_dict() == sk.read_survey("in.csv").count_missing("q").to_dict()
    assert back.frame["w"].tolist() == small_frame()["w"].tolist() and back.frame["remark"].tolist() == ["so"] * 60
    assert [line for line in result.stdout.splitlines() if line.startswith("out.")] == [
        out,
        *(["out.toml"] if out == "out.csv" else []),
    ]


def test_margins_in_toml_and_every_option(run, folder):
    (folder / "m.toml").write_text("[sex]\nMan = 0.48\nWoman = 0.52\n[young]\n0 = 0.6\n1 = 0.4\n")
    result = run(
        "weight",
        "in.csv",
        "--margins",
        "m.toml",
        "--weight",
        "w",
        "--out",
        "out.sav",
        "--column",
        "wt",
        "--total",
        "5000",
        "--max-weight-ratio",
        "1.8",
        "--quiet",
    )
    assert result.output == ""
    found = sk.read_survey("out.sav").frame["wt"].to_numpy()
    np.testing.assert_allclose(found, raked(total=5000, max_weight_ratio=1.8), rtol=1e-12)
    assert found.max() <= 1.8 * found.mean() * (1 + 1e-9) and found.sum() == pytest.approx(5000)


def test_the_diagnostics_are_those_of_the_functions(run, folder):
    content = json.loads(
        run("weight", "in.csv", "--margins", "m.csv", "--weight", "w", "--out", "out.sav", "--json").stdout
    )
    before = sk.SurveyDesign(answered(), weight="w")
    compared = sk.compare_weights(before, sk.rake(before, TARGETS))
    assert content["weights"] == compared.table.to_dict("records")
    margins = pd.DataFrame(content["margins"])
    assert margins["share_after"].tolist() == pytest.approx([0.48, 0.52, 0.6, 0.4], rel=1e-8)
    assert margins["share_target"].tolist() == pytest.approx([0.48, 0.52, 0.6, 0.4], rel=1e-12)
    assert margins["share_unweighted"].tolist() == pytest.approx([0.5, 0.5, 2 / 3, 1 / 3])
    frame = small_frame()
    men = frame.loc[frame["sex"] == 1, "w"].sum() / frame["w"].sum()
    assert margins["share_before"][0] == pytest.approx(men)
    assert content["data_status"] == "as supplied" and content["steps"] == ["raked to sex, young"]
    shown = run("weight", "in.csv", "--margins", "m.csv", "--weight", "w", "--out", "out.sav").stdout
    assert "design effect of unequal weights (Kish)" in shown and "After: weighted by w; raked to sex, young." in shown


def test_trimming_says_that_the_margins_are_lost(run, folder):
    result = run(
        "weight",
        "in.csv",
        "--margins",
        "m.csv",
        "--weight",
        "w",
        "--out",
        "out.sav",
        "--trim-upper",
        "25",
        "--trim-lower",
        "8",
    )
    assert "trimming has moved the margins" in result.stderr and "--max-weight-ratio keeps both" in result.stderr
    design = sk.rake(sk.SurveyDesign(answered(), weight="w"), TARGETS)
    with pytest.warns(sk.SurveyKitWarning):
        expected = sk.trim_weights(design, lower=8, upper=25).weights
    np.testing.assert_array_equal(sk.read_survey("out.sav").frame["raked_weight"], expected)


def test_it_begins_with_the_weight_that_the_file_names(run, folder):
    sk.write_spss(sk.Survey(answered()), "named.sav", weight="w")
    run("weight", "named.sav", "--margins", "m.csv", "--out", "out.sav")
    np.testing.assert_array_equal(sk.read_survey("out.sav").frame["raked_weight"], raked())


@pytest.mark.parametrize("out", ["out.csv", "out.sav"])
def test_simulated_answers_stay_simulated(run, folder, out):
    sk.write_spss(sk.Survey(answered(), provenance=sk.Provenance(simulated=True)), "s.sav")
    result = run("weight", "s.sav", "--margins", "m.csv", "--out", out)
    assert result.stdout.startswith("SIMULATED answers")
    assert sk.read_survey(out).provenance.simulated
    assert (
        json.loads(run("weight", "s.sav", "--margins", "m.csv", "--out", out, "--json").stdout)["data_status"]
        == "SIMULATED"
    )


def test_two_runs_write_the_same_bytes(run, folder):
    for name in ("a", "b"):
        (folder / name).mkdir()
        for out in ("out.sav", "out.csv"):
            assert run("weight", "in.csv", "--margins", "m.csv", "--out", f"{name}/{out}").exit_code == 0
    for out in ("out.sav", "out.csv", "out.toml"):
        assert (folder / "a" / out).read_bytes() == (folder / "b" / out).read_bytes()


M = ["--margins", "m.csv"]
WRONG = [
    ("no file", ["gone.sav", *M, "--out", "out.sav"], None, "there is no file"),
    ("no margins", ["in.csv", "--margins", "gone.csv", "--out", "out.sav"], None, "there is no file 'gone.csv'"),
    ("unknown weight", ["in.csv", *M, "--weight", "ww", "--out", "out.sav"], None, "`--weight` names 'ww'"),
    ("text weight", ["in.csv", *M, "--weight", "remark", "--out", "out.sav"], None, "remark"),
    ("unknown column", ["in.csv", *M, "--out", "out.sav"], "column,level,target\nsexx,1,1\n", "did you mean 'sex'"),
    ("unknown level", ["in.csv", *M, "--out", "out.sav"], "column,level,target\nsex,Womn,1\nsex,1,1\n", "did you mean 'Woman'"),
    ("missed level", ["in.csv", *M, "--out", "out.sav"], "column,level,target\nsex,1,1\n", "`--margins` must give a target for every level"),
    ("not adding up", ["in.csv", *M, "--out", "out.sav"], "column,level,target\nsex,1,480\nsex,2,520\nyoung,0,600\nyoung,1,500\n",
     "must add up to one total, but 'sex' adds up to 1,000 and 'young' to 1,100; correct them, or pass --total"),
    ("shares not adding up", ["in.csv", *M, "--out", "out.sav"], "column,level,target\nsex,1,0.4\nsex,2,0.5\n", "must add up to 1"),
    ("text target", ["in.csv", *M, "--out", "out.sav"], "column,level,target\nsex,1,few\nsex,2,many\n", "must be a number that is not negative"),
    ("simulated margins", ["in.csv", *M, "--out", "out.sav"], "column,level,target,data_status\nsex,1,1,SIMULATED\nsex,2,1,SIMULATED\n",
     "margins of a simulated population, but the answers are real"),
    ("ceiling too low", ["in.csv", *M, "--out", "out.sav", "--max-weight-ratio", "1.01"], None, "`--max-weight-ratio`"),
    ("too few sweeps", ["in.csv", *M, "--out", "out.sav", "--max-iterations", "1"], None, "raise `--max-iterations`"),
    ("name taken", ["in.csv", *M, "--out", "out.sav", "--column", "q"], None, "`--column` names 'q', which the data have already"),
    ("name that SPSS refuses", ["in.csv", *M, "--out", "out.sav", "--column", "my weight"], None, "cannot name an SPSS variable"),
    ("over the input", ["in.csv", *M, "--out", "in.csv"], None, "never written over"),
    ("over the input by another way", ["in.csv", *M, "--out", "deep/../in.csv"], None, "never written over"),
    ("over the margins", ["in.csv", *M, "--out", "m.csv"], None, "never written over"),
    ("codebook over the margins", ["in.csv", "--margins", "m.toml", "--out", "m.csv"], None, "never written over"),
    ("codebook over another file", ["in.csv", *M, "--out", "other.csv"], None, "'other.toml' exists already"),
    ("into a folder", ["in.csv", *M, "--out", "deep.sav"], None, "is a folder"),
    ("into no folder", ["in.csv", *M, "--out", "none/out.sav"], None, "does not exist"),
    ("of no kind", ["in.csv", *M, "--out", "out.xlsx"], None, "must end in one of .sav, .zsav, .csv"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "margins", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_wrong_use_is_one_line_and_leaves_nothing(run, folder, arguments, margins, words):
    if margins is not None:
        (folder / "m.csv").write_text(margins)
    (folder / "m.toml").write_text("[sex]\n1 = 1\n2 = 1\n")
    (folder / "other.toml").write_text("[variables.x]\n")
    (folder / "deep.sav").mkdir()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert_one_line(run("weight", *arguments), words)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_write_that_fails_leaves_nothing(run, folder, monkeypatch):
    def full(*given, **options):
        raise sk.WriteError("'out.csv' cannot be written (No space left on device); choose another folder")

    monkeypatch.setattr(sk, "write_csv", full)
    before = sorted(folder.rglob("*"))
    assert_one_line(run("weight", "in.csv", "--margins", "m.csv", "--out", "out.csv"), "No space left")
    assert sorted(folder.rglob("*")) == before


def test_what_must_be_given(run, folder):
    assert run("weight", "in.csv", "--out", "out.sav").exit_code == 2
    assert run("weight", "in.csv", "--margins", "m.csv").exit_code == 2
