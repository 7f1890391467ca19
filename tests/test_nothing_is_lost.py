"""The two promises on files, held against every command and function that writes.

"A folder that holds files that no run wrote is refused"; "No command ever writes over a file that it reads".
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from surveykit.replication.manifest import read_manifest
from tests.cli.test_comparing import ROLES, small_frame
from tests.replication.conftest import SMALL

pytestmark = pytest.mark.slow  # whole commands, each on a folder of its own

QUICK = (*ROLES, "--methods", "cr2", "--quiet")


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Data with a codebook beside them, margins, a second wave and a study."""
    monkeypatch.chdir(tmp_path)
    small_frame().to_csv("in.csv", index=False)
    small_frame().to_csv("later.csv", index=False)
    Path("in.toml").write_text('[variables.sex.labels]\n1.en = "Man"\n2.en = "Woman"\n', encoding="utf-8")
    Path("m.csv").write_text("column,level,target\nsex,1,480\nsex,2,520\n", encoding="utf-8")
    return tmp_path


def everything(folder: Path) -> dict[str, object]:
    """Every file and link below a folder, with its bytes or where it points."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def assert_refused(result, words: str, before: dict[str, object], folder: Path) -> None:
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("surveykit: ")]
    assert len(lines) == 1 and words in lines[0] and "Traceback" not in result.output, result.stderr
    assert everything(folder) == before


WRITERS = {
    "weight": (["in.csv", "m.csv", "in.toml"], ".csv", lambda out: ["weight", "in.csv", "--margins", "m.csv", "--out", out]),
    "weight as .sav": (["in.csv", "m.csv"], ".sav", lambda out: ["weight", "in.csv", "--margins", "m.csv", "--out", out]),
    "compare": (["in.csv", "m.csv", "in.toml"], ".csv", lambda out: ["compare", "in.csv", "trust", *QUICK, "--margins", "m.csv", "--out", out]),
    "report": (["in.csv", "m.csv", "in.toml"], ".md", lambda out: ["report", "in.csv", "trust", *QUICK, "--margins", "m.csv", "--out", out]),
    "codebook": (["in.csv", "in.toml"], ".toml", lambda out: ["codebook", "in.csv", "--out", out]),
    "codebook as csv": (["in.csv", "in.toml"], ".csv", lambda out: ["codebook", "in.csv", "--out", out, "--format", "csv"]),
    "audit": (["in.csv", "later.csv", "in.toml"], ".toml", lambda out: ["audit", "in.csv", "later.csv", "--crosswalk", out]),
}  # fmt: skip
"""What each command reads, how its output ends, and the command."""
BY_NAME, BY_LINK = ("itself", "relative", "absolute"), ("symbolic link", "link to a link", "hard link")
CASES = [
    (command, read, alias)
    for command, (inputs, suffix, _) in WRITERS.items()
    for read in inputs
    for alias in (*BY_LINK, *(BY_NAME if read.endswith(suffix) else ()))
]


@pytest.mark.parametrize(("command", "read", "alias"), CASES, ids=["-".join(case) for case in CASES])
def test_no_command_writes_over_a_file_that_it_reads(run, folder, command, read, alias):
    _, suffix, words = WRITERS[command]
    name = f"alias{suffix}"
    if alias in BY_NAME:
        name = {"itself": read, "relative": f"../{folder.name}/./{read}", "absolute": str(folder / read)}[alias]
    elif alias == "hard link":
        os.link(read, name)
    else:
        os.symlink(read, "first" if alias == "link to a link" else name)
        if alias == "link to a link":
            os.symlink("first", name)
    before = everything(folder)
    assert_refused(run(*words(name)), "is read by this command and is never written over", before, folder)


@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize("what", ["folder", "device", "no folder"])
def test_an_output_that_is_no_file(run, folder, command, what):
    _, suffix, words = WRITERS[command]
    name = f"{what}{suffix}" if what != "no folder" else f"none/out{suffix}"
    if what == "folder":
        os.mkdir(name)
    elif what == "device":
        os.mkfifo(name)
    if command == "report" and what == "folder":
        (folder / name / "thesis.docx").write_text("x")  # a folder is meant as one
    before = everything(folder)
    said = {"folder": "is a folder", "device": "is a device or a pipe", "no folder": "does not exist; make it first"}[
        what
    ]
    said = "holds files that no run of surveykit wrote" if command == "report" and what == "folder" else said
    assert_refused(run(*words(name)), said, before, folder)


def test_a_link_to_another_file_is_written_through_and_keeps_its_permissions(run, folder):
    (folder / "deep").mkdir()
    target = folder / "deep" / "table.csv"
    assert run("compare", "in.csv", "sex", *QUICK, "--out", "deep/table.csv").exit_code == 0
    before = target.read_text()
    target.chmod(0o600)
    os.symlink("deep/table.csv", "out.csv")
    assert run("compare", "in.csv", "trust", *QUICK, "--out", "out.csv").exit_code == 0
    assert os.path.islink("out.csv") and target.read_text() != before
    assert target.stat().st_mode & 0o777 == 0o600


def study_command(folder: Path) -> list[str]:
    if not (folder / "study").exists():
        sk.init_study(folder / "study")
        (folder / "study" / "study.toml").write_text(SMALL, encoding="utf-8")
    return ["replicate", "study", "--quiet", "--out"]


FOLDERS = {
    "replicate": study_command,
    "report": lambda folder: ["report", "in.csv", "trust", *QUICK, "--out"],
}


@pytest.fixture(params=FOLDERS)
def to_folder(request, run, folder):
    words = FOLDERS[request.param](folder)
    return lambda out: run(*words, out)


def test_a_thesis_beside_somebody_elses_manifest(to_folder, folder):
    (folder / "out").mkdir()
    for manifest in ("{}", "not even JSON", '{"name": "my web app", "icons": []}', '{"format": 1, "outputs": {}}'):
        (folder / "out" / "manifest.json").write_text(manifest)
        before = everything(folder)
        assert_refused(to_folder("out"), "holds files that no run of surveykit wrote ('manifest.json'", before, folder)
        (folder / "out" / "thesis.docx").write_text("ten years of work")
        before = everything(folder)
        assert_refused(to_folder("out"), "('manifest.json', 'thesis.docx')", before, folder)


@pytest.mark.parametrize(
    "name", ["notes.txt", "tables/notes.txt", "deep/er/notes.txt", ".hidden", "tables/table_99.csv"]
)
def test_a_file_moved_into_the_results(to_folder, folder, name):
    assert to_folder("out").exit_code == 0
    (folder / "out" / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "out" / name).write_text("mine")
    before = everything(folder)
    assert_refused(to_folder("out"), f"no run of surveykit wrote ('{name}')", before, folder)


def test_a_result_that_somebody_edited(to_folder, folder):
    assert to_folder("out").exit_code == 0
    (folder / "out" / "README.md").write_text("with my remarks")
    before = everything(folder)
    assert_refused(to_folder("out"), "that were changed after the run that wrote them ('README.md')", before, folder)


def test_a_manifest_that_somebody_edited(to_folder, folder):
    assert to_folder("out").exit_code == 0
    path = folder / "out" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 1,\n "note": "mine"'))
    before = everything(folder)
    assert_refused(to_folder("out"), "that no run of surveykit wrote ('README.md', ", before, folder)


def test_a_second_run_replaces_the_first_and_nothing_else(to_folder, folder):
    assert to_folder("out").exit_code == 0
    first = everything(folder)
    (folder / "out" / ".DS_Store").write_text("left by the desktop")
    assert to_folder("out").exit_code == 0
    assert everything(folder) == first | {"out/.DS_Store": b"left by the desktop"}


@pytest.mark.parametrize("place", [".", "..", "{absolute}", "study", "study/data", "study/../study"])
def test_a_folder_of_the_study_or_of_the_input(run, folder, place):
    words = study_command(folder)
    before = everything(folder)
    assert_refused(run(*words, place.format(absolute=folder)), "holds files that this run reads (", before, folder)


@pytest.mark.parametrize("place", [".", "..", "{absolute}", "../{name}"])
def test_a_report_into_the_folder_of_its_data(run, folder, place):
    before = everything(folder)
    out = place.format(absolute=folder, name=folder.name)
    assert_refused(
        run("report", "in.csv", "trust", *QUICK, "--out", out),
        "holds files that this run reads (in.csv",
        before,
        folder,
    )


@pytest.mark.parametrize("place", ["/", "~"])
def test_the_root_of_the_disk_and_the_home(run, folder, place, monkeypatch):
    (folder / "home").mkdir()
    (folder / "home" / "letter.txt").write_text("x")
    monkeypatch.setenv("HOME", str(folder / "home"))
    before = everything(folder)
    out = os.path.expanduser(place)
    result = run("simulate", "--out", out + "/letter.txt" if place == "~" else "/proc/nothing", "--quiet")
    assert result.exit_code == 2
    said = "holds files that" if place == "~" else "surveykit"
    assert_refused(run(*FOLDERS["report"](folder), out), said, before, folder)


def test_data_moved_into_the_results_are_still_data(run, folder):
    """The next report reads them from there: an input inside the folder is a refusal, whoever wrote the rest."""
    assert run(*FOLDERS["report"](folder), "out").exit_code == 0
    shutil.move("in.csv", "out/in.csv")
    before = everything(folder)
    assert_refused(
        run("report", "out/in.csv", "trust", *QUICK, "--out", "out"), "that this run reads (out/in.csv)", before, folder
    )
    os.symlink("out", "other")
    before = everything(folder)
    assert_refused(
        run("report", "other/in.csv", "trust", *QUICK, "--out", "out"),
        "that this run reads (other/in.csv)",
        before,
        folder,
    )


def test_results_as_the_data_of_the_next_run(run, folder):
    """A table that an earlier run wrote, whole and listed, is an input all the same."""
    assert run(*FOLDERS["report"](folder), "out").exit_code == 0
    before = everything(folder)
    result = run(
        "compare",
        "out/tables/table_2.csv",
        "estimate",
        "--settlement",
        "outcome",
        "--elected",
        "outcome",
        "--out",
        "out/tables/table_2.csv",
    )
    assert_refused(result, "never written over", before, folder)
    result = run(
        "report", "out/tables/table_2.csv", "estimate", "--settlement", "outcome", "--elected", "method", "--out", "out"
    )
    assert result.exit_code == 2 and everything(folder) == before


def test_data_of_another_folder_are_kept_too(run, folder):
    words = study_command(folder)
    holder = folder / "holder"
    shutil.copytree(folder / "study" / "data", holder)
    before = everything(folder)
    for data in ("holder", "holder/ili_2023.csv"):
        assert_refused(
            run("replicate", "study", "--data", data, "--quiet", "--out", "holder"),
            "that this run reads (holder/",
            before,
            folder,
        )
    assert words[0] == "replicate"


def test_results_inside_the_study_are_no_input_of_the_next_run(run, folder):
    """Standing in the study's folder, as people do: two runs say the same, and verify holds."""
    study_command(folder)
    os.chdir("study")
    assert run("replicate", ".", "--out", "output", "--quiet").exit_code == 0
    first = everything(folder / "study")
    assert run("replicate", ".", "--out", "output", "--quiet").exit_code == 0
    assert everything(folder / "study") == first
    assert not [name for name in read_manifest("output/manifest.json").inputs if "output" in name]
    assert run("verify", "output", "--study", ".", "--quiet").exit_code == 0


@pytest.mark.parametrize("link", ["tables", "tables/table_1.csv", "out"])
def test_links_in_the_results(run, folder, link):
    """What a link in the folder points to is somebody else's: nothing is written through it."""
    words = FOLDERS["report"](folder)
    assert run(*words, "out").exit_code == 0
    place = folder / "out" / link if link != "out" else folder / "out"
    shutil.move(place, folder / "elsewhere")
    if link == "tables/table_1.csv":
        (folder / "elsewhere").write_text("mine")
    else:
        (folder / "elsewhere" / "mine.csv").write_text("mine")
    place.symlink_to(folder / "elsewhere")
    before = everything(folder)
    said = {
        "out": "is a file or a link, not a folder",
        "tables": "('tables')",
        "tables/table_1.csv": "('tables/table_1.csv')",
    }
    assert_refused(run(*words, "out"), said[link], before, folder)


def test_a_parent_that_is_closed(run, folder, monkeypatch):
    """A folder given to one person in a folder of everybody's: the run works inside it."""
    (folder / "given").mkdir()
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and allowed(path, mode))
    for _ in range(2):
        assert run(*FOLDERS["report"](folder), "given").exit_code == 0
    assert not [name for name in everything(folder) if "/." in f"/{name}"]


def test_simulate_and_init(run, folder):
    for command in (["simulate", "--quiet", "--out"], ["init", "--quiet"]):
        for out in ("in.csv", "in.csv/deep"):
            before = everything(folder)
            result = run(*command, out)
            assert result.exit_code == 2 and everything(folder) == before, result.output
    before = everything(folder)
    assert_refused(run("init", "."), "exists and is not an empty folder", before, folder)
    assert run("simulate", "--out", "made", "--quiet").exit_code == 0
    whole = everything(folder)
    assert run("simulate", "--out", "made", "--quiet", "--seed", "3").exit_code == 0, (
        "files of a simulation are replaced"
    )
    assert everything(folder).keys() == whole.keys()
    (folder / "made" / "codebook.toml").write_text("# my labels\n")
    before = everything(folder)
    assert_refused(
        run("simulate", "--out", "made"), "codebook.toml, which was changed since a simulation wrote it", before, folder
    )


def test_a_crosswalk_that_was_edited(run, folder):
    assert run("audit", "in.csv", "later.csv", "--crosswalk", "cross.toml").exit_code in (0, 1)
    assert run("audit", "in.csv", "later.csv", "--crosswalk", "cross.toml").exit_code in (0, 1), (
        "the same bytes lose nothing"
    )
    with open("cross.toml", "a", encoding="utf-8") as file:
        file.write("# settled with the field team\n")
    before = everything(folder)
    assert_refused(
        run("audit", "in.csv", "later.csv", "--crosswalk", "cross.toml"), "it was changed since", before, folder
    )


def test_a_codebook_that_was_edited(run, folder):
    words = ["weight", "in.csv", "--margins", "m.csv", "--quiet", "--out", "out.csv"]
    assert run(*words).exit_code == 0
    assert run(*words, "--total", "1000").exit_code == 0, "what surveykit wrote it replaces"
    with open("out.toml", "a", encoding="utf-8") as file:
        file.write("# checked by hand\n")
    before = everything(folder)
    assert_refused(
        run(*words),
        "out.toml' is there already, and surveykit did not write it or it was changed since",
        before,
        folder,
    )


def test_figures_beside_a_page(run, folder):
    words = ["report", "in.csv", "trust", *QUICK, "--out", "page.md"]
    (folder / "page-figure1.svg").write_text("<svg>a drawing of mine</svg>")
    before = everything(folder)
    assert_refused(
        run(*words),
        "page-figure1.svg' is there already, and surveykit did not write it or it was changed since",
        before,
        folder,
    )
    (folder / "page-figure1.svg").unlink()
    for _ in range(2):
        assert run(*words).exit_code == 0
    assert len(list(folder.glob("page-figure*.svg"))) == 3


# The functions: what they know of where the answers came from, they keep.


def surveys(folder: Path) -> dict[str, sk.Survey]:
    one, other = sk.read_csv("in.csv"), sk.read_csv("later.csv")
    other = sk.Survey(other.frame.iloc[:-1].reset_index(drop=True), other.codebook, other.provenance)
    return {
        "read": one,
        "changed": one.with_columns({"twice": one.frame["trust"] * 2}),
        "stacked": sk.stack_waves(
            {"1": one, "2": sk.Survey(other.frame, other.codebook, sk.Provenance("x", "ab" * 32))}
        ),
    }


@pytest.mark.parametrize("kind", ["read", "changed", "stacked"])
@pytest.mark.parametrize(
    "write",
    [
        lambda survey, path: sk.write_csv(survey, path, delimiter=";"),
        sk.write_spss,
        lambda survey, path: sk.export_codebook(survey, path, format="csv"),
        lambda survey, path: sk.write_csv(survey, "new.csv", codebook=path),
    ],
)
@pytest.mark.parametrize("alias", ["in.csv", "copy.csv", "link.csv"])
def test_functions_keep_the_file_that_a_survey_came_from(folder, kind, write, alias):
    survey = surveys(folder)[kind]
    shutil.copy("in.csv", "copy.csv")
    os.symlink("in.csv", "link.csv")
    before = everything(folder)
    with pytest.raises(sk.WriteError, match="the answers that this output rests on|must end in one of .toml"):
        write(survey, alias)
    assert everything(folder) == before


def test_functions_keep_the_file_that_a_result_came_from(folder):
    design = sk.SurveyDesign(sk.read_csv("in.csv"), weight="w", cluster="settlement")
    result = sk.means(design, "trust", by="akim")
    shutil.copy("in.csv", "page.html")
    shutil.copy("in.csv", "figure.csv")
    before = everything(folder)
    for write in (
        lambda: sk.write_table(result, "in.csv"),
        lambda: sk.write_report([result], "page.html", title="t"),
        lambda: sk.save_figure(sk.draw_shares(sk.shares(design, "sex")), "figure.svg"),
    ):
        with pytest.raises(sk.WriteError, match="never written over|would be lost"):
            write()
    assert everything(folder) == before


def test_the_same_bytes_may_be_written_again(folder):
    """A script that is run twice: what it writes is what it read, and nothing is lost."""
    sk.write_csv(sk.read_csv("in.csv"), "a.csv")
    survey = sk.read_csv("a.csv")
    for _ in range(2):
        sk.write_csv(survey, "b.csv")
        sk.write_csv(survey, "a.csv")
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


EDITED = '# my own words\n[variables.sex]\nquestion.en = "Sex"\n[variables.sex.labels]\n1.en = "Man"\n2.en = "Woman"\n'
OVER = {
    "draft": sk.draft_codebook,
    "write_codebook": lambda survey, path: sk.write_codebook(survey.codebook, path),
    "export": lambda survey, path: sk.export_codebook(survey, path, format="csv"),
    "export as toml": lambda survey, path: sk.export_codebook(survey, path, format="toml"),
    "csv": lambda survey, path: sk.write_csv(survey, path, delimiter=";"),
    "csv as it was": sk.write_csv,
    "codebook of a csv": lambda survey, path: sk.write_csv(survey, "new.csv", codebook=path),
    "description": lambda survey, path: sk.write_table(sk.describe_columns(survey), path),
    "head": lambda survey, path: sk.write_table(survey.frame.head(), path),
    "result": lambda survey, path: sk.write_table(sk.frequencies(survey, "trust"), path),
}
"""Every function that could write over a file that a survey was read from."""


@pytest.mark.parametrize("kind", ["beside", "named", "with a .sav", "stacked"])
@pytest.mark.parametrize("target", ["in.csv", "in.toml"])
@pytest.mark.parametrize("how", OVER)
def test_functions_keep_every_file_that_a_survey_was_read_from(folder, kind, target, how):
    Path("in.toml").write_text(EDITED, encoding="utf-8")
    if kind == "with a .sav":
        sk.write_spss(sk.read_csv("in.csv"), "in.sav")
        survey = sk.read_survey("in.sav", codebook="in.toml")
        target = {"in.csv": "in.sav"}.get(target, target)
    else:
        survey = sk.read_csv("in.csv", codebook="in.toml" if kind == "named" else None)
    if kind == "stacked":
        survey = sk.stack_waves({"1": survey, "2": sk.Survey(survey.frame.copy(), survey.codebook, sk.Provenance("x"))})
    before = everything(folder)
    if how == "csv as it was" and target == "in.csv" and kind != "stacked":
        OVER[how](survey, target)  # the same bytes lose nothing
    else:
        with pytest.raises(sk.WriteError):
            OVER[how](survey, target)
    assert everything(folder) == before


def test_a_codebook_file_ends_in_toml(folder):
    survey = sk.read_csv("in.csv")
    for write in (OVER["draft"], OVER["write_codebook"], OVER["export as toml"], OVER["codebook of a csv"]):
        with pytest.raises(sk.WriteError, match=r"must end in one of .toml"):
            write(survey, "book.csv")
    assert not Path("book.csv").exists() and not Path("new.csv").exists()


@pytest.mark.parametrize("how", ["draft", "write_codebook", "export as toml", "codebook of a csv"])
def test_a_codebook_that_somebody_edited_is_kept(folder, how):
    survey = sk.read_csv("in.csv")
    for _ in range(2):  # the same bytes lose nothing
        OVER[how](survey, "book.toml")
    with open("book.toml", "a", encoding="utf-8") as file:
        file.write("# checked by hand\n")
    before = everything(folder)
    with pytest.raises(sk.WriteError, match="surveykit did not write it or it was changed since"):
        OVER[how](survey, "book.toml")
    assert everything(folder) == before


def test_the_command_codebook_keeps_one_that_somebody_edited(run, folder):
    words = ["codebook", "in.csv", "--out", "my.toml"]
    assert run(*words).exit_code == 0 and run(*words).exit_code == 0
    with open("my.toml", "a", encoding="utf-8") as file:
        file.write("# checked by hand\n")
    before = everything(folder)
    assert_refused(
        run(*words), "my.toml' is there already, and surveykit did not write it or it was changed since", before, folder
    )


def page(path, text="Trust"):
    survey = sk.read_csv("in.csv")
    figure = sk.draw_shares(sk.shares(sk.SurveyDesign(survey, weight="w", cluster="settlement"), "sex"))
    return sk.write_report([text, figure], path, title="t")


KINDS = [".html", ".docx", ".md", ".tex"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_surveykit_did_not_write_is_kept(folder, kind):
    path = folder / f"thesis{kind}"
    for content in (b"my thesis, made with surveykit", b"PK\x03\x04 cut", b""):
        path.write_bytes(content)
        before = everything(folder)
        with pytest.raises(sk.WriteError, match="surveykit did not write it or it was changed since"):
            page(path)
        assert everything(folder) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_somebody_edited_is_kept(folder, kind):
    path = folder / f"page{kind}"
    page(path)
    page(path, "What surveykit wrote it replaces.")
    if kind == ".docx":
        docx = pytest.importorskip("docx")
        document = docx.Document(path)
        document.add_paragraph("a paragraph of mine")
        document.save(path)
    else:
        path.write_bytes(path.read_bytes().replace(b"wrote", b"WROTE"))
    before = everything(folder)
    with pytest.raises(sk.WriteError, match="surveykit did not write it or it was changed since"):
        page(path)
    assert everything(folder) == before


@pytest.mark.parametrize(("kind", "figure"), [(".md", "svg"), (".tex", "pdf")])
def test_figures_of_one_report_are_not_those_of_another(folder, kind, figure):
    page(f"a b{kind}")
    taken = folder / f"a_b-figure1.{figure}"
    before = everything(folder)
    with pytest.raises(sk.WriteError, match="belongs to 'a b.* beside it"):
        page(f"a_b{kind}")
    assert everything(folder) == before
    page(f"a b{kind}")
    for content in (taken.read_bytes().replace(b"0", b"1", 1), b"<svg>drawn by hand beside surveykit</svg>"):
        taken.write_bytes(content)
        before = everything(folder)
        with pytest.raises(sk.WriteError, match="surveykit did not write it or it was changed since"):
            page(f"a b{kind}")
        assert everything(folder) == before


@pytest.mark.parametrize("edited", ["figure.csv", "figure.txt"])
def test_what_lies_beside_a_figure_is_kept_when_it_was_edited(folder, edited):
    survey = sk.read_csv("in.csv")
    figure = sk.draw_shares(sk.shares(sk.SurveyDesign(survey, weight="w", cluster="settlement"), "sex"))
    for kind in ("svg", "png", "svg"):
        sk.save_figure(figure, f"figure.{kind}")
    with open(edited, "a", encoding="utf-8") as file:
        file.write("checked\n")
    before = everything(folder)
    with pytest.raises(sk.WriteError, match="was changed since"):
        sk.save_figure(figure, "figure.svg")
    assert everything(folder) == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_an_output_stream_on_a_full_disk(folder):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "surveykit.cli", "codebook", "in.csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(sk.__file__).parents[1])},
        )
    assert done.returncode == 2 and "the disk is full" in done.stderr and "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
