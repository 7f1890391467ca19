"""The command line: one program with a command for each thing that scholars do without writing Python."""

from surveykit.cli.program import main as main
