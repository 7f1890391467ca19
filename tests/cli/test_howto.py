"""The commands of the page for those who write no Python print what the page says."""

import re
import shlex

import pytest
from click.testing import CliRunner

from surveykit.cli import main
from tests.cli.conftest import ROOT

pytestmark = pytest.mark.slow  # whole commands on the shipped study

PAGE = ROOT / "docs" / "howto" / "without_python.md"


def test_the_page_shows_what_the_commands_print(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "analysis").symlink_to(ROOT / "analysis")
    blocks = re.findall(
        r"^```console\n\$ surveykit (.*?[^\\])\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    assert len(blocks) == 5
    for command, said in blocks:
        result = CliRunner().invoke(main, shlex.split(command.replace("\\\n", " ")))
        pattern = ".*".join(re.escape(part) for part in " ".join(said.split()).split("..."))
        assert re.fullmatch(pattern, " ".join(result.output.split())), f"{command}\n{result.output}"
    assert {"ili_weighted.csv", "ili_weighted.toml", "ili_report"} <= {path.name for path in tmp_path.iterdir()}


def test_the_reference_lists_every_command():
    listed = set(
        re.findall(
            r"^\| `([a-z]+)[ `]", (ROOT / "docs" / "reference" / "command_line.md").read_text(encoding="utf-8"), re.M
        )
    )
    assert listed == set(main.commands)
