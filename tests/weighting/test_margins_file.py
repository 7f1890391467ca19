"""Population targets from a file: CSV as people save it, TOML, and what is refused."""

import pandas as pd
import pytest

import surveykit as sk

ANSWERS = pd.DataFrame({"sex": ["f", "f", "f", "m"], "young": [1, 0, 1, 0]})
BY_HAND = [20.0, 10.0, 20.0, 50.0]  # the example of `rake`, worked out by hand: sex halves, young 0.4 of 100


def raked(path, total=100):
    return sk.rake(sk.SurveyDesign(ANSWERS), sk.read_margins_file(path), total=total).weights.round(4).tolist()


@pytest.mark.parametrize("text", [
    "column,level,target\nsex,f,0.5\nsex,m,0.5\nyoung,1,0.4\nyoung,0,0.6\n",
    "column;level;target\nsex;f;0,5\nsex;m;0,5\nyoung;1;0,4\nyoung;0;0,6\n",
    "\ufeffcolumn\tlevel\ttarget\tnote\nsex\tf\t50\tcensus\nsex\tm\t50\tcensus\nyoung\t1\t40\tcensus\nyoung\t0\t60\tcensus\n",
], ids=["comma", "semicolon and decimal comma", "tab, byte-order mark, a further column"])  # fmt: skip
def test_csv(tmp_path, text):
    (tmp_path / "margins.csv").write_text(text, encoding="utf-8")
    assert raked(tmp_path / "margins.csv") == BY_HAND


def test_toml(tmp_path):
    (tmp_path / "m.toml").write_text("[sex]\nf = 0.5\nm = 0.5\n[young]\n1 = 0.4\n0 = 0.6\n")
    assert raked(tmp_path / "m.toml") == BY_HAND


def test_a_cross_table(tmp_path):
    (tmp_path / "m.csv").write_text("sex,young,share\nf,0,0.1\nf,1,0.4\nm,0,0.5\n")
    assert raked(tmp_path / "m.csv") == BY_HAND


def test_a_codebook_of_the_same_name_is_not_asked(tmp_path):
    (tmp_path / "m.csv").write_text("column,level,target\nsex,f,1\nsex,m,1\n")
    (tmp_path / "m.toml").write_text("[sex]\nf = 1\nm = 1\n")
    assert sk.read_margins_file(tmp_path / "m.csv")["target"].tolist() == [1, 1]


@pytest.mark.parametrize(("name", "text"), [
    ("m.csv", "column,level,target,data_status\nsex,f,1,SIMULATED\nsex,m,1,SIMULATED\n"),
    ("cross.csv", "sex,young,share,data_status\nf,0,0.1,SIMULATED\nf,1,0.4,SIMULATED\nm,0,0.5,SIMULATED\n"),
    ("m.toml", "simulated = true\n[sex]\nf = 1\nm = 1\n"),
])  # fmt: skip
def test_simulated_targets_are_refused_for_real_answers(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    table = sk.read_margins_file(tmp_path / name)
    real = sk.SurveyDesign(ANSWERS)
    for weigh in (sk.rake, sk.poststratify, sk.calibrate, sk.summarize_weights):
        with pytest.raises(sk.ArgumentError, match="margins of a simulated population, but the answers are real"):
            weigh(real, table)
    simulated = sk.SurveyDesign(sk.Survey(ANSWERS, provenance=sk.Provenance(simulated=True)))
    assert sk.rake(simulated, table).weights.shape == (4,)


@pytest.mark.parametrize(("name", "content", "error", "words"), [
    ("absent.csv", None, sk.ReadError, "there is no file"),
    ("empty.csv", "", sk.ReadError, "is empty"),
    ("none.csv", "column,level,target\n", sk.WeightingError, "holds no targets; give a line for each level"),
    ("none.toml", "simulated = true\n", sk.WeightingError, "holds no targets"),
    ("broken.toml", "[sex\n", sk.ReadError, "'broken.toml' is no valid TOML"),
    ("flat.toml", "sex = 0.5\n", sk.WeightingError, r"must give each level of 'sex' a number, under the heading \[sex\]"),
    ("text.toml", "[sex]\nf = 'half'\n", sk.WeightingError, "must give each level of 'sex' a number"),
])  # fmt: skip
def test_what_is_no_file_of_targets(tmp_path, name, content, error, words):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(error, match=words):
        sk.read_margins_file(tmp_path / name)


def test_a_table_of_other_columns_is_refused_by_the_raking(tmp_path):
    (tmp_path / "m.csv").write_text("variable,category,value\nsex,f,1\n")
    with pytest.raises(sk.ArgumentError, match="needs the columns 'column', 'level', 'target'"):
        raked(tmp_path / "m.csv")


def test_summaries_take_the_table(tmp_path):
    (tmp_path / "m.csv").write_text("column,level,target\nsex,f,3\nsex,m,1\n")
    table = sk.read_margins_file(tmp_path / "m.csv")
    assert sk.summarize_weights(sk.SurveyDesign(ANSWERS), table).margins["relative_error"].tolist() == [0, 0]
