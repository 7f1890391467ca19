"""The program has every command of the room, and each explains itself."""

import pytest

from surveykit.cli import main

COMMANDS = {
    "inspect",
    "codebook",
    "audit",
    "weight",
    "compare",
    "report",
    "explore",
    "replicate",
    "map",
    "verify",
    "simulate",
    "init",
}


def test_the_commands_are_these():
    assert set(main.commands) == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_says_what_it_does_and_each_option_too(run, command):
    shown = run(command, "-h")
    assert shown.exit_code == 0 and main.commands[command].help.split("\n")[0] in " ".join(shown.output.split())
    for option in main.commands[command].params:
        assert option.param_type_name == "argument" or option.help, option.name
