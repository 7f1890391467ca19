"""One rule for all writers: a file is replaced when surveykit wrote it and nobody changed it since, and else it stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from surveykit.files.record import RECORD, read_record
from surveykit.files.writing import write_text_whole
from surveykit.replication.claims import Claim
from surveykit.replication.ledger_page import write_ledger_page


def survey(seed: int) -> sk.Survey:
    numbers = np.random.default_rng(seed)
    frame = pd.DataFrame({"village": np.repeat(["A", "B", "C", "D"], 30), "trust": numbers.integers(1, 6, 120)})
    frame["sex"] = np.tile([1, 2], 60)
    labels = {code: {"en": f"{seed}: {code}"} for code in range(1, 6)}
    return sk.Survey(frame, sk.Codebook.of([sk.Variable("trust", {"en": f"Trust {seed}"}, labels)]))


def shares(seed: int) -> sk.Result:
    return sk.shares(sk.SurveyDesign(survey(seed), cluster="village"), "trust")


def figure(seed: int):
    return sk.draw_shares(shares(seed))


def ledger(seed: int) -> sk.Ledger:
    return sk.Ledger((Claim("A", statement=f"claim {seed}"),))


def table(seed: int, path: Path) -> None:
    sk.write_table(shares(seed), path)


def report(seed: int, path: Path) -> None:
    sk.write_report([shares(seed), figure(seed)], path, title="t")


def picture(seed: int, path: Path) -> None:
    sk.save_figure(figure(seed), path, dpi=40)


WRITERS = {
    **{f"table{kind}": table for kind in (".csv", ".md", ".html", ".tex", ".docx", ".xlsx")},
    **{f"picture{kind}": picture for kind in (".svg", ".pdf", ".png")},
    **{f"report{kind}": report for kind in (".html", ".md", ".tex", ".docx")},
    **{
        f"codebook{kind}": lambda seed, path: sk.export_codebook(survey(seed), path)
        for kind in (".toml", ".csv", ".html", ".xml")
    },
    "book.toml": lambda seed, path: sk.write_codebook(survey(seed).codebook, path),
    "draft.toml": lambda seed, path: sk.draft_codebook(survey(seed), path),
    "data.csv": lambda seed, path: sk.write_csv(survey(seed), path),
    "with.toml": lambda seed, path: sk.write_csv(survey(seed), path.with_suffix(".csv"), codebook=path),
    "data.sav": lambda seed, path: sk.write_spss(survey(seed), path),
    "data.zsav": lambda seed, path: sk.write_spss(survey(seed), path),
    "claims.csv": lambda seed, path: ledger(seed).to_csv(path),
    "claims.html": lambda seed, path: write_ledger_page(ledger(seed), path, title="t"),
    "cross.toml": lambda seed, path: sk.audit_waves({"a": survey(1), "b": survey(seed + 1)}).propose_crosswalk(path),
}
"""Every function that writes a file, by a name that it writes."""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", WRITERS)
def test_a_script_that_is_run_again_needs_no_flag(tmp_path, name):
    for seed in (1, 1, 2, 1):
        WRITERS[name](seed, tmp_path / name)
    again = contents(tmp_path)
    (tmp_path / "new").mkdir()
    WRITERS[name](1, tmp_path / "new" / name)
    assert {path: text for path, text in again.items() if path != RECORD} == {
        path: text for path, text in contents(tmp_path / "new").items() if path != RECORD
    }


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_somebody_else_made_stays(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine, and precious")
    with pytest.raises(sk.WriteError, match="would be lost"):
        WRITERS[name](1, tmp_path / name)
    assert contents(tmp_path) == {name: b"mine, and precious"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_was_changed_stays(tmp_path, name):
    WRITERS[name](1, tmp_path / name)
    before = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(before[:-9] + bytes([before[-9] ^ 1]) + before[-8:])
    changed = contents(tmp_path)
    for seed in (1, 2):
        with pytest.raises(sk.WriteError, match="would be lost"):
            WRITERS[name](seed, tmp_path / name)
        assert contents(tmp_path) == changed


@pytest.mark.parametrize("name", ["table.csv", "picture.png", "book.toml", "data.sav"])
def test_the_same_bytes_of_somebody_else_stay_theirs(tmp_path, name):
    WRITERS[name](1, tmp_path / name)
    os.unlink(tmp_path / RECORD)
    WRITERS[name](1, tmp_path / name)
    with pytest.raises(sk.WriteError, match="would be lost"):
        WRITERS[name](2, tmp_path / name)


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.tex", "report.docx"])
def test_a_page_is_known_again_by_its_seal(tmp_path, name):
    """A page that was sent to another folder, or came with a version that kept no record."""
    WRITERS[name](1, tmp_path / name)
    os.unlink(tmp_path / RECORD)
    WRITERS[name](2, tmp_path / name)


def test_an_edit_of_texts_alone_is_kept(tmp_path, monkeypatch):
    """A codebook that was edited still parses, and formats to the bytes that it has."""
    monkeypatch.chdir(tmp_path)
    sk.write_codebook(survey(1).codebook, "book.toml")
    edited = Path("book.toml").read_text(encoding="utf-8").replace("1: 3", "Neither, corrected")
    Path("book.toml").write_text(edited, encoding="utf-8")
    for write in (
        lambda: sk.write_codebook(survey(1).codebook, "book.toml"),
        lambda: sk.export_codebook(survey(1), "book.toml"),
        lambda: sk.draft_codebook(survey(1), "book.toml"),
        lambda: sk.write_csv(survey(1), "new.csv", codebook="book.toml"),
    ):
        with pytest.raises(sk.WriteError, match="would be lost"):
            write()
    assert Path("book.toml").read_text(encoding="utf-8") == edited and not Path("new.csv").exists()


def test_what_was_read_stays_whatever_it_holds_now(tmp_path, monkeypatch):
    """Data, margins, a form and a ledger, corrected after they were read."""
    monkeypatch.chdir(tmp_path)
    survey(1).frame.to_csv("data.csv", index=False)
    Path("margins.csv").write_text("column,level,target\nsex,1,48\nsex,2,52\n")
    Path("form.csv").write_text("type,name,label\nselect_one yes,q1,Do you?\n")
    Path("claims.csv").write_text("claim_id,statement\nA,claim\n")
    data, margins = sk.read_csv("data.csv"), sk.read_margins_file("margins.csv")
    raked = sk.rake(sk.SurveyDesign(data, cluster="village"), margins)
    claims = sk.Ledger.from_csv("claims.csv")
    for name in ("data.csv", "margins.csv", "form.csv", "claims.csv"):
        with open(name, "a") as stream:
            stream.write("\n")
    before = contents(tmp_path)
    for write in (
        lambda: sk.write_csv(data, "data.csv"),
        lambda: sk.write_spss(data, "data.csv.sav") or sk.write_table(sk.means(raked, "trust"), "data.csv"),
        lambda: sk.write_table(sk.summarize_weights(raked, margins), "margins.csv"),
        lambda: sk.export_codebook(data.codebook, "form.csv"),
        lambda: claims.to_csv("claims.csv"),
    ):
        with pytest.raises(sk.WriteError, match="would be lost"):
            write()
    assert {name: text for name, text in contents(tmp_path).items() if name in before} == before
    with pytest.raises(sk.WriteError, match="must end in one of .csv"):
        claims.to_csv("precious.docx")


def test_a_weighted_csv_and_its_codebook_edited(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    survey(1).frame.to_csv("in.csv", index=False)
    Path("m.csv").write_text("column,level,target\nsex,1,48\nsex,2,52\n")
    words = ["weight", "in.csv", "--margins", "m.csv", "--out", "weighted.csv", "--quiet"]
    for _ in range(2):
        assert CliRunner().invoke(main, words).exit_code == 0
    book = Path("weighted.toml")
    book.write_text(book.read_text(encoding="utf-8").replace("Weight", "My weight"), encoding="utf-8")
    before = contents(tmp_path)
    assert "weighted.toml' is there already" in CliRunner().invoke(main, words).stderr
    assert contents(tmp_path) == before


def test_the_numbers_beside_a_figure_are_those_of_one_figure(tmp_path):
    sk.save_figure(figure(1), tmp_path / "fig.png", dpi=40)
    before = contents(tmp_path)
    with pytest.raises(sk.WriteError, match=r"fig.csv' belongs to 'fig.png' beside it"):
        sk.save_figure(figure(2), tmp_path / "fig.svg")
    assert contents(tmp_path) == before
    for seed in (1, 2, 1):  # the same figure in two kinds, again and again
        sk.save_figure(figure(seed), tmp_path / "fig.png", dpi=40)
        sk.save_figure(figure(seed), tmp_path / "fig.svg")
    (tmp_path / "fig.png").unlink()
    sk.save_figure(figure(2), tmp_path / "fig.svg")  # what they belonged to is gone


def test_a_table_is_not_replaced_by_the_numbers_of_a_figure(tmp_path):
    sk.write_table(shares(1), tmp_path / "fig.csv")
    with pytest.raises(sk.WriteError, match=r"fig.csv' is an output of its own"):
        sk.save_figure(figure(1), tmp_path / "fig.svg")
    sk.save_figure(figure(1), tmp_path / "fig.svg", sidecar=False)


def test_one_codebook_is_not_that_of_two_waves(tmp_path):
    sk.write_csv(survey(1), tmp_path / "a.csv", codebook=tmp_path / "book.toml")
    with pytest.raises(sk.WriteError, match=r"belongs to 'a.csv'"):
        sk.write_csv(survey(2), tmp_path / "b.csv", codebook=tmp_path / "book.toml")
    assert not (tmp_path / "b.csv").exists()


@pytest.mark.parametrize("other", ["./zz.toml", "deep/../zz.toml", "link.toml", "hard.toml"])
def test_one_file_under_two_names(tmp_path, monkeypatch, other):
    monkeypatch.chdir(tmp_path)
    Path("deep").mkdir()
    if other == "link.toml":
        Path(other).symlink_to("zz.toml")
    if other == "hard.toml":
        Path("zz.toml").write_text("")
        os.link("zz.toml", other)
    before = sorted(os.listdir())
    with pytest.raises(sk.WriteError, match="is named for two files that belong together"):
        sk.write_csv(survey(1), "zz.toml", codebook=other)
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("content", ["{}", "[" * 200_000, "my notes", '{"format": 1, "files": {"a.txt": 3}}', None])
def test_a_record_of_somebody_else_stays_and_says_nothing(tmp_path, content):
    if content is None:
        os.mkfifo(tmp_path / RECORD)
    else:
        (tmp_path / RECORD).write_text(content)
    write_text_whole("one", tmp_path / "a.txt")
    assert content is None or (tmp_path / RECORD).read_text() == content
    with pytest.raises(sk.WriteError, match="would be lost"):
        write_text_whole("two", tmp_path / "a.txt")


def test_the_record_says_what_lies_there_and_forgets_what_is_gone(tmp_path):
    write_text_whole("one", tmp_path / "a.txt")
    write_text_whole("two", tmp_path / "b.txt")
    assert set(json.loads((tmp_path / RECORD).read_text())["files"]) == {"a.txt", "b.txt"}
    (tmp_path / "a.txt").unlink()
    write_text_whole("three", tmp_path / "b.txt")
    found = read_record(tmp_path)
    # from `printf two | sha256sum` and `printf three | sha256sum`
    assert [digest[:8] for digest in found["b.txt"].hashes] == ["3fc4ccfe", "8b5b9db0"] and set(found) == {"b.txt"}


def test_a_name_that_is_not_utf8_has_its_place(tmp_path):
    place = os.fsdecode(os.fsencode(tmp_path) + b"/\xffd.txt")
    for text in ("one", "two"):
        write_text_whole(text, place)
    assert Path(place).read_text() == "two"


def test_several_programs_write_into_one_folder(tmp_path):
    """No line of the record is lost, so that each of them may write again."""
    program = "import sys; from surveykit.files.writing import write_text_whole as w\nfor n in range(20): w(f'{n}', sys.argv[1])"
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path / f"{n}.txt")]) for n in range(4)]
    assert [one.wait(120) for one in running] == [0] * 4
    assert set(read_record(tmp_path)) == {f"{n}.txt" for n in range(4)}
