"""The commands that speak of files: codebook and audit."""

import json

import pandas as pd
import pytest

import surveykit as sk
from tests.cli.conftest import STUDY
from tests.cli.test_studies import assert_one_line

AGREE = {1: {"en": "No"}, 2: {"en": "Yes"}}


def write(path, labels=AGREE):
    book = sk.Codebook.of([sk.Variable("q1", {"en": "Do you?"}, labels, {9: {"en": "refused"}}, measure="ordinal")])
    frame = pd.DataFrame({"q1": [1, 2, 9, path.stem.__len__()]})
    sk.write_spss(sk.Survey(frame, book, sk.Provenance(simulated=True)).with_missing_codes(), path)
    return str(path)


def test_codebook_to_the_screen_and_to_a_file(run, tmp_path):
    file = write(tmp_path / "w1.sav")
    shown = run("codebook", file)
    assert shown.exit_code == 0 and "q1,Do you?,ordinal,valid,1,No,1,1,SIMULATED" in shown.output
    for name, word in (("c.html", "<!DOCTYPE html>"), ("c.xml", "ddi:codebook:2_5"), ("c.toml", "simulated = true")):
        assert run("codebook", file, "--out", tmp_path / name).exit_code == 0
        assert word in (tmp_path / name).read_text(encoding="utf-8")
    assert run("codebook", file, "--format", "ddi").output.startswith("<?xml")
    assert run("codebook", tmp_path / "none.sav").exit_code == 2


def test_audit_says_what_changed_and_ends_with_one_when_it_matters(run, tmp_path):
    first, second = write(tmp_path / "w1.sav"), write(tmp_path / "w2.sav")
    third = write(tmp_path / "w3.sav", {1: {"en": "Yes"}, 2: {"en": "No"}})
    same = run("audit", first, second)
    assert same.exit_code == 0 and "0 variables cannot be stacked" in same.output
    other = run("audit", first, third, "--crosswalk", tmp_path / "crosswalk.toml")
    assert other.exit_code == 1 and "'q1' runs the other way" in other.output
    assert "[variables.q1]" in (tmp_path / "crosswalk.toml").read_text(encoding="utf-8")
    assert run("audit", first).exit_code == 2


def test_audit_reads_the_sheet_that_is_named_in_workbooks_and_files_of_other_kinds_as_they_are(run, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    for year in (2021, 2023):
        book = openpyxl.Workbook()
        for title, name in (("old", "q1"), ("new", f"q{year}")):
            for row in ([name, "sex"], [1, 1], [2, 2]):
                (book[title] if title in book.sheetnames else book.create_sheet(title)).append(row)
        book.save(tmp_path / f"w{year}.xlsx")
    (tmp_path / "w2025.csv").write_text("q1,sex\n1,1\n2,2\n")
    files = [tmp_path / "w2021.xlsx", tmp_path / "w2023.xlsx", tmp_path / "w2025.csv"]
    assert "2 sheets that hold tables" in run("audit", *files).output
    assert "ask the same: q1, sex" in run("audit", *files, "--sheet", "old").output
    assert "'q2021' is not in wave 'w2023'" in run("audit", *files, "--sheet", "new").output
    assert run("audit", *files, "--sheet", "odl").exit_code == 2


@pytest.mark.parametrize("arguments", [["codebook", "--help"], ["audit", "--help"]])
def test_help(run, arguments):
    assert run(*arguments).exit_code == 0


def test_inspect(run, tmp_path):
    result = run("inspect", STUDY / "data" / "ili_2021.sav")
    assert result.exit_code == 0
    assert "SIMULATED" in result.stdout and "base_weight" in result.stdout
    as_json = run("inspect", STUDY / "data" / "ili_2021.sav", "--json")
    assert isinstance(json.loads(as_json.stdout), list | dict)


@pytest.mark.parametrize(("name", "content", "words"), [
    ("absent.sav", None, "absent.sav"),
    ("empty.sav", b"", "empty"),
    ("cut.sav", "truncated", "cut.sav"),
    ("lies.sav", b"this is no SPSS file at all, only text that goes on and on\n" * 20, "lies.sav"),
])  # fmt: skip
def test_inspect_of_a_file_that_cannot_be_read(run, tmp_path, name, content, words):
    if content == "truncated":
        content = (STUDY / "data" / "ili_2021.sav").read_bytes()[:3000]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run("inspect", tmp_path / name)
    if result.exit_code:
        assert_one_line(result, words)
    else:  # a text file that calls itself .sav is read as what it is, and said to be so
        assert "warning" in result.stderr or name in result.stdout


def test_sheets_and_codebooks_of_other_kinds(run, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for title, code in (("2021", 1), ("2023", 2)):
        book.create_sheet(title).append(["id", "q1"])
        book[title].append([7, code])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.sps").write_text("VARIABLE LABELS q1 'Trust'.\nVALUE LABELS q1 1 'No' 2 'Yes'.\n")
    assert_one_line(run("inspect", tmp_path / "a.xlsx"), "2 sheets that hold tables: '2021' (2 x 2), '2023' (2 x 2)")
    options = ("--sheet", "2023", "--codebook", tmp_path / "a.sps")
    result = run("inspect", tmp_path / "a.xlsx", *options)
    assert result.exit_code == 0 and "Trust" in result.stdout and "2=Yes" in result.stdout
    listed = run("codebook", tmp_path / "a.xlsx", *options)
    assert listed.exit_code == 0 and "Trust" in listed.stdout
