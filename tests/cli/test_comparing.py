"""`surveykit compare`: the verdict first, the numbers of compare_settlements, and one line for every wrong use."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import surveykit as sk


def small_frame(n_elected: int = 5, n_appointed: int = 5) -> pd.DataFrame:
    """Twelve respondents in each settlement, no two settlements alike."""
    rng = np.random.default_rng(7)
    place = np.repeat(np.arange(n_elected + n_appointed), 12)
    elected = place < n_elected
    return pd.DataFrame({
        "settlement": [f"S{number + 1:02d}" for number in place],
        "zone": np.where(place % 2 == 0, "north", "south"),
        "akim": np.where(elected, "elected", "appointed"),
        "sex": rng.integers(1, 3, len(place)),
        "trust": np.clip(np.round(3 + 0.4 * elected + 0.1 * place + rng.normal(0, 1, len(place))), 1, 5).astype(int),
        "roads": rng.integers(1, 6, len(place)),
        "remark": ["said something"] * len(place),
        "w": rng.uniform(0.5, 2, len(place)).round(3),
        "none": np.where(np.arange(len(place)) % 6 == 0, 0, 1),
    })  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "answers.csv"
    small_frame().to_csv(path, index=False)
    return path


ROLES = ("--settlement", "settlement", "--elected", "akim", "--weight", "w")


def assert_one_line(result, words: str) -> None:
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("surveykit: ")]
    assert len(lines) == 1 and words in lines[0], result.stderr
    assert "Traceback" not in result.output and result.stdout == ""


def expected(outcomes, **more) -> sk.Result:
    design = sk.SurveyDesign(small_frame(), weight="w", cluster="settlement")
    return sk.compare_settlements(
        design, outcomes, group="akim", baseline="appointed", settlement="settlement", methods="everyday", **more
    )


def test_the_verdict_stands_first_and_the_method_last(run, file):
    result = run("compare", file, "trust", *ROLES)
    assert result.exit_code == 0, result.output
    of_function = expected("trust")
    lines = [line for line in result.stdout.splitlines() if line]
    assert lines[0] == of_function.headline() and lines[0].startswith("Feasibility: ")
    assert lines[1] == "elected against appointed"
    assert lines[-1] == of_function.method


@pytest.mark.slow
def test_the_numbers_are_those_of_the_function(run, file):
    content = json.loads(run("compare", file, "trust", "roads", *ROLES, "--adjust-for", "sex", "--json").stdout)
    of_function = expected(["trust", "roads"], adjust_for=["sex"])
    table = pd.DataFrame(content["table"])
    assert len(table) == len(of_function.table)
    for name in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high", "p_holm", "p_wy", "n"):
        np.testing.assert_array_equal(table[name].astype(float), of_function.table[name].astype(float), err_msg=name)
    assert content["verdict"] == of_function.feasibility.verdict
    assert content["reasons"] == list(of_function.feasibility.reasons)
    assert content["data_status"] == "as supplied"
    assert content["method"] == of_function.method


def test_the_printed_row_is_the_interval_of_cr2_with_the_exact_test_beside_it(run, file):
    shown = run("compare", file, "trust", *ROLES, "--estimand", "person").stdout
    rows = expected("trust").table.query("estimand == 'person'").set_index("method")
    line = next(line for line in shown.splitlines() if line.split()[:1] == ["trust"])
    cr2 = rows.loc["cr2"]
    assert f"{cr2['estimate']:.3f}" in line and f"{cr2['conf_high']:.3f}" in line and " cr2 " in line
    assert f"{rows.loc['randomization_studentized', 'p_value']:.3f}" in line
    assert not [line for line in shown.splitlines() if "settlement " in line and line.split()[:1] == ["trust"]]


def test_every_option_reaches_the_function(run, file):
    content = json.loads(
        run(
            "compare",
            file,
            "trust",
            *ROLES,
            "--baseline",
            "elected",
            "--stratum",
            "zone",
            "--blocks",
            "zone",
            "--methods",
            "cr2",
            "--methods",
            "randomization",
            "--confidence",
            "0.9",
            "--seed",
            "3",
            "--estimand",
            "settlement",
            "--json",
        ).stdout
    )
    design = sk.SurveyDesign(small_frame(), weight="w", cluster="settlement", stratum="zone")
    with pytest.warns(sk.SurveyKitWarning, match="blocks of 'zone' differ"):
        of_function = sk.compare_settlements(
            design,
            "trust",
            group="akim",
            baseline="elected",
            settlement="settlement",
            strata="zone",
            methods=["cr2", "randomization"],
            confidence=0.9,
            rng=3,
        )
    rows = of_function.table.query("estimand == 'settlement'")
    assert [row["method"] for row in content["table"]] == ["cr2", "randomization"]
    for name in ("estimate", "conf_low", "conf_high", "p_value"):
        assert [row[name] for row in content["table"]] == rows[name].tolist()
    assert content["title"] == "appointed against elected"
    assert content["facts"]["confidence"] == 0.9


def test_rows_of_weight_zero_are_left_out_when_asked(run, file):
    content = json.loads(
        run("compare", file, "trust", *ROLES[:4], "--weight", "none", "--zero-weights", "drop", "--json").stdout
    )
    kept = small_frame().query("none > 0")
    design = sk.SurveyDesign(kept, cluster="settlement")
    of_function = sk.compare_settlements(
        design, "trust", group="akim", baseline="appointed", settlement="settlement", methods="everyday"
    )
    assert [row["estimate"] for row in content["table"]] == of_function.table["estimate"].tolist()
    assert content["table"][0]["n"] == len(kept) == 100


def test_a_warning_is_said_once_and_a_label_does_not_steer_the_terminal(run, tmp_path):
    frame = small_frame().assign(same=3).replace({"akim": {"elected": "\x1b[31melected"}})
    sk.write_spss(sk.Survey(frame), tmp_path / "a.sav")
    result = run("compare", tmp_path / "a.sav", "same", *ROLES, "--adjust-for", "sex")
    assert result.stderr.splitlines() == [
        "warning: everybody gave the same answer to 'same', so there is nothing to test"
    ]
    assert "\x1b" not in result.output and "\nappointed against [31melected\n" in result.stdout
    wrong = run("compare", tmp_path / "a.sav", "same", *ROLES, "--baseline", "x\x1b[31m")
    assert wrong.exit_code == 2 and "\x1b" not in wrong.output


def test_margins_are_raked_before_comparing(run, file, tmp_path):
    (tmp_path / "m.csv").write_text("column,level,target\nsex,1,0.4\nsex,2,0.6\n")
    content = json.loads(
        run(
            "compare", file, "trust", *ROLES, "--margins", tmp_path / "m.csv", "--max-weight-ratio", "3", "--json"
        ).stdout
    )
    design = sk.rake(
        sk.SurveyDesign(small_frame(), weight="w", cluster="settlement"), {"sex": {1: 0.4, 2: 0.6}}, max_weight_ratio=3
    )
    of_function = sk.compare_settlements(
        design, "trust", group="akim", baseline="appointed", settlement="settlement", methods="everyday"
    )
    assert [row["estimate"] for row in content["table"]] == of_function.table["estimate"].tolist()
    assert "weighted by w; raked to sex (ceiling 3)" in content["method"]


@pytest.mark.slow
def test_a_baseline_is_named_by_label_or_by_code(run, tmp_path):
    frame = small_frame().replace({"akim": {"elected": 2, "appointed": 1}})
    frame.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "book.toml").write_text(
        "[variables.akim]\nmeasure = 'nominal'\n[variables.akim.labels]\n1.en = 'appointed'\n2.en = 'elected'\n"
    )
    for baseline in ([], ["--baseline", "1"], ["--baseline", "appointed"]):
        result = run("compare", tmp_path / "a.csv", "trust", *ROLES, "--codebook", tmp_path / "book.toml", *baseline)
        assert result.exit_code == 0, result.output
        assert "\nelected against appointed\n" in result.stdout


def test_three_against_three_cannot_answer_and_ends_with_one(run, tmp_path):
    small_frame(3, 3).to_csv(tmp_path / "six.csv", index=False)
    result = run("compare", tmp_path / "six.csv", "trust", *ROLES)
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "Feasibility: CANNOT ANSWER. 3 settlement(s) in the group 'elected' stand against 3"
    )
    assert run("compare", tmp_path / "six.csv", "trust", *ROLES, "--quiet").output == ""


def test_one_elected_settlement_is_refused_unless_asked_for(run, tmp_path):
    small_frame(1, 9).to_csv(tmp_path / "one.csv", index=False)
    refused = run("compare", tmp_path / "one.csv", "trust", *ROLES)
    assert_one_line(refused, "pass --allow-single to see the randomization test alone")
    result = run("compare", tmp_path / "one.csv", "trust", *ROLES, "--allow-single")
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if line.split()[:2] == ["trust", "person"])
    assert " randomization " in line  # the only method with a p


def test_simulated_answers_say_so_first_and_in_every_output(run, tmp_path):
    survey = sk.Survey(small_frame(), provenance=sk.Provenance(simulated=True))
    sk.write_spss(survey, tmp_path / "s.sav", weight="w")
    result = run(
        "compare",
        tmp_path / "s.sav",
        "trust",
        "--settlement",
        "settlement",
        "--elected",
        "akim",
        "--out",
        tmp_path / "t.csv",
        "--out",
        tmp_path / "t.md",
    )
    assert result.stdout.startswith("SIMULATED answers")
    assert "weighted by w" in result.stdout  # the weight that the file names
    assert result.stdout.splitlines()[-2:] == [str(tmp_path / "t.csv"), str(tmp_path / "t.md")]
    assert set(pd.read_csv(tmp_path / "t.csv")["data_status"]) == {"SIMULATED"}
    assert "SIMULATED" in (tmp_path / "t.md").read_text(encoding="utf-8")
    as_json = run("compare", tmp_path / "s.sav", "trust", "--settlement", "settlement", "--elected", "akim", "--json")
    assert json.loads(as_json.stdout)["data_status"] == "SIMULATED"


EXTRAS = {"docx": "docx", "xlsx": "openpyxl"}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "html", "md", "tex", "docx", "xlsx"])
def test_the_table_in_every_format(run, file, tmp_path, suffix):
    if suffix in EXTRAS:
        pytest.importorskip(EXTRAS[suffix])
    out = tmp_path / f"t.{suffix}"
    assert run("compare", file, "trust", *ROLES, "--out", out, "--lang", "ru", "--quiet").output == ""
    assert out.stat().st_size > 200
    if suffix == "csv":
        written = pd.read_csv(out)
        assert written["estimate"].tolist() == expected("trust").table["estimate"].tolist()


WRONG = [
    ("no file", ["gone.csv", "trust", *ROLES], "there is no file"),
    ("unknown outcome", ["answers.csv", "trsut", *ROLES], "did you mean 'trust'"),
    ("text outcome", ["answers.csv", "remark", *ROLES], "'remark', which holds text such as 'said something'"),
    ("unknown settlement", ["answers.csv", "trust", *ROLES[2:], "--settlement", "setlement"], "did you mean 'settlement'"),
    ("unknown group", ["answers.csv", "trust", "--settlement", "settlement", "--elected", "akimm"], "`--elected` names 'akimm'"),
    ("three kinds", ["answers.csv", "trust", "--settlement", "settlement", "--elected", "settlement"], "`--elected` must have two groups"),
    ("varies inside", ["answers.csv", "trust", "--settlement", "settlement", "--elected", "sex"], "must be the same for everybody in a settlement"),
    ("unknown weight", ["answers.csv", "trust", *ROLES[:4], "--weight", "wt"], "`--weight` names 'wt'"),
    ("text weight", ["answers.csv", "trust", *ROLES[:4], "--weight", "remark"], "remark"),
    ("weight of zero", ["answers.csv", "trust", *ROLES[:4], "--weight", "none"], 'pass --zero-weights "drop" to leave them out'),
    ("lonely strata", ["answers.csv", "trust", *ROLES, "--stratum", "settlement"], 'or pass --lonely-psu "remove", "certainty"'),
    ("unknown baseline", ["answers.csv", "trust", *ROLES, "--baseline", "apointed"], "did you mean 'appointed'"),
    ("unknown method", ["answers.csv", "trust", *ROLES, "--methods", "cr4"], "`--methods` must be one of"),
    ("held equal and asked", ["answers.csv", "trust", *ROLES, "--adjust-for", "trust"], "`--adjust-for` names trust"),
    ("confidence", ["answers.csv", "trust", *ROLES, "--confidence", "95"], "`--confidence` must lie between 0 and 1"),
    ("ceiling of nothing", ["answers.csv", "trust", *ROLES, "--max-weight-ratio", "5"], "needs `--margins`"),
    ("unknown margins", ["answers.csv", "trust", *ROLES, "--margins", "gone.csv"], "there is no file 'gone.csv'"),
    ("twice", ["answers.csv", "trust", "trust", *ROLES], "`outcomes` names 'trust' twice"),
    ("over the input", ["answers.csv", "trust", *ROLES, "--out", "answers.csv"], "is never written over"),
    ("over the input, otherwise named", ["answers.csv", "trust", *ROLES, "--out", "deep/../answers.csv"], "is never written over"),
    ("into a folder", ["answers.csv", "trust", *ROLES, "--out", "deep"], "is a folder"),
    ("into no folder", ["answers.csv", "trust", *ROLES, "--out", "none/t.csv"], "does not exist"),
    ("of no kind", ["answers.csv", "trust", *ROLES, "--out", "t.pdf"], "must end in one of"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_use_is_one_line_and_leaves_nothing(run, file, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert_one_line(run("compare", *arguments), words)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_must_be_given(run, file):
    assert run("compare", file, *ROLES).exit_code == 2  # no outcome
    assert run("compare", file, "trust", "--elected", "akim").exit_code == 2
    assert run("compare", file, "trust", *ROLES, "--estimand", "village").exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "cp1252", "utf-8"])
def test_output_to_a_stream_of_an_old_encoding_keeps_its_minus(file, encoding):
    """What a redirection on Windows gives: the true minus is spelled as a hyphen, never dropped."""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [
        sys.executable,
        "-m",
        "surveykit.cli",
        "compare",
        str(file),
        "trust",
        "--settlement",
        "settlement",
        "--elected",
        "akim",
        "--baseline",
        "elected",
    ]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(encoding)
    assert ("\u2212" if encoding == "utf-8" else "-") + "0." in text.replace("-1.", "-0.").replace(
        "\u22121.", "\u22120."
    )
    found = subprocess.run([*command, "--json"], capture_output=True, env=environment, check=False)
    assert json.loads(found.stdout.decode(encoding))
