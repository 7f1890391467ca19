"""`surveykit explore`: the page of the function, what is said of it, and what cannot be done."""

import json

import pandas as pd
import pytest

import surveykit as sk
from tests.cli.test_comparing import assert_one_line, small_frame


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_frame().to_csv("answers.csv", index=False)
    return "answers.csv"


def test_the_page_is_that_of_the_function(run, file, tmp_path):
    options = ("--weight", "w", "--cluster", "settlement", "--by", "sex", "--lang", "kk", "--title", "Ili")
    result = run("explore", file, *options, "--out", "page.html")
    assert result.exit_code == 0 and result.stdout == "\npage.html\n", result.output
    design = sk.SurveyDesign(sk.read_csv(file), weight="w", cluster="settlement")
    sk.write_explorer(design, "same.html", groups=["sex"], lang="kk", title="Ili")
    assert (tmp_path / "page.html").read_bytes() == (tmp_path / "same.html").read_bytes()
    assert run("explore", file, *options, "--out", "page.html", "--quiet").output == ""
    as_json = run("explore", file, *options, "--out", "page.html", "--json")
    assert json.loads(as_json.stdout) == {"data_status": "as supplied", "file": "page.html"}


def test_margins_are_raked_to(run, file, tmp_path):
    (tmp_path / "m.csv").write_text("column,level,target\nsex,1,0.4\nsex,2,0.6\n")
    result = run(
        "explore", file, "--weight", "w", "--margins", "m.csv", "--question", "sex", "--out", "p.html", "--quiet"
    )
    assert result.exit_code == 0, result.output
    assert '"share":[[[400,' in (tmp_path / "p.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--out", "page.pdf"), ".html"),
        (("--out", "answers.csv"), "answers.csv"),
        (("--out", "p.html", "--by", "sexx"), "sexx"),
        (("--out", "p.html", "--question", "nothing"), "nothing"),
        (("--out", "p.html", "--max-weight-ratio", "3"), "margins"),
    ],
)
def test_what_cannot_be_done_is_one_line(run, file, options, said):
    before = pd.read_csv(file)
    result = run("explore", file, *options)
    assert_one_line(result, said)
    pd.testing.assert_frame_equal(pd.read_csv(file), before)
