"""What the commands print is read and never obeyed, whatever labels, names and values bring along."""

import ast
import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.cli import main
from surveykit.cli.terminal import printable
from tests.cli.test_comparing import ROLES, small_frame

CLI = Path(__file__).parent.parent.parent / "surveykit" / "cli"
EVIL = {
    "clear screen": "\x1b[2J", "title (OSC)": "\x1b]0;owned\x07", "8-bit CSI": "\x9b31m", "8-bit OSC": "\x9d0;owned\x9c",
    "bell": "\x07", "overwrite the line": "fine\rsurveykit: all is well", "right to left": "\u202egnp.exe", "isolate": "\u2067abc\u2069",
    "backspace": "abc\b\b\bxyz", "delete": "\x7f", "shift out": "\x0e", "device status": "\x1b[6n", "zero width": "a\u200bb", "tag": "a\U000e0041",
}  # fmt: skip
HARMFUL = [
    chr(code)
    for code in range(0x110000)
    if chr(code) not in "\n" and unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs")
]


def assert_harmless(text: str) -> None:
    found = sorted({each for each in text if each != "\n" and unicodedata.category(each) in ("Cc", "Cf", "Cs")})
    assert not found, [hex(ord(each)) for each in found]


def test_every_character_that_steers_is_left_out():
    assert printable("".join(HARMFUL)).strip(" ?") == ""
    assert printable("tab\tand no-break\u00a0space\u2028line") == "tab and no-break space line"
    assert printable("Қазақша «да» – 5 % № 1\nяк") == "Қазақша «да» – 5 % № 1\nяк", "writing is left as it is"


@pytest.mark.slow
@given(st.text())
def test_any_text_is_harmless_and_what_is_printable_stays(text):
    shown = printable(text)
    assert_harmless(shown)
    assert [each for each in shown if each.isprintable() and each not in " ?"] == [
        each for each in text if each.isprintable() and each not in " ?"
    ]


def test_one_door_to_the_terminal():
    """Nothing in the command line prints by another way."""
    for path in CLI.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            allowed = path.name == "terminal.py" or (path.name == "signals.py" and called.startswith("sys.stderr"))
            assert allowed or called not in (
                "click.echo",
                "click.secho",
                "print",
                "sys.stdout.write",
                "sys.stderr.write",
                "traceback.print_exc",
            ), path.name


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A survey whose every text is hostile: labels, questions, settlements, the title, a column."""
    monkeypatch.chdir(tmp_path)
    text = "".join(EVIL.values())
    plain = text.replace("\r", "")  # a bare CR ends a record
    frame = small_frame().assign(settlement=lambda data: data["settlement"] + plain, odd=plain)
    frame["akim"] = (frame["akim"] == "elected").astype(int)
    book = sk.Codebook.of(
        [
            sk.Variable("trust", {"en": text}, {code: {"en": f"{code}{text}"} for code in range(1, 6)}),
            sk.Variable("akim", {"en": text}, {0: {"en": f"appointed{text}"}, 1: {"en": f"elected{text}"}}),
        ]
    )
    survey = sk.Survey(frame, book)
    sk.write_csv(survey, "in.csv")
    sk.write_codebook(book, "in.toml")
    sk.write_csv(sk.Survey(frame.assign(trust=frame["trust"] + 1), book), "later.csv")
    Path("m.csv").write_text("column,level,target\nsex,1,480\nsex,2,520\n", encoding="utf-8")
    return text


COMMANDS = [
    ["codebook", "in.csv"], ["codebook", "in.csv", "--format", "toml"], ["codebook", "in.csv", "--format", "html"], ["codebook", "in.csv", "--format", "ddi"],
    ["inspect", "in.csv"], ["inspect", "in.csv", "--json"], ["audit", "in.csv", "later.csv"], ["compare", "in.csv", "trust", *ROLES],
    ["compare", "in.csv", "trust", *ROLES, "--json"], ["report", "in.csv", "trust", *ROLES, "--out", "out.html"],
    ["weight", "in.csv", "--margins", "m.csv", "--out", "out.csv"], ["compare", "in.csv", "{evil}", *ROLES], ["codebook", "in.csv", "--out", "{evil}.csv"],
    ["--debug", "compare", "in.csv", "{evil}", *ROLES], ["compare", "in.csv", "trust", *ROLES, "--baseline", "{evil}"],
    ["verify", "{evil}"], ["replicate", "{evil}", "--out", "x"],
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(words)[:60] for words in COMMANDS])
def test_hostile_labels_and_names(evil, words):
    result = CliRunner().invoke(main, [word.replace("{evil}", evil.replace("/", "")) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert_harmless(result.output)
    if "--json" in words:  # a program gets what was there
        assert words[0] == "inspect" or "\x1b[2J\x1b]0;owned\x07\x9b31m" in str(json.loads(result.stdout)["title"])


def test_a_file_keeps_what_the_terminal_does_not_show(evil):
    assert CliRunner().invoke(main, ["codebook", "in.csv", "--out", "out.toml"]).exit_code == 0
    assert sk.read_codebook("out.toml")["akim"].label(1) == f"elected{evil}"
