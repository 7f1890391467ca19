"""`python -m surveykit.cli`."""

from surveykit.cli.program import main

main()
