"""The page of the command line names every command."""

import re

from surveykit.cli import main
from tests.cli.conftest import ROOT


def test_the_reference_lists_every_command():
    listed = set(
        re.findall(
            r"^\| `([a-z]+)[ `]", (ROOT / "docs" / "reference" / "command_line.md").read_text(encoding="utf-8"), re.M
        )
    )
    assert listed == set(main.commands)
