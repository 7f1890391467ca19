"""codecheck.yml: what a CODECHECKER needs to run a study again."""

import pytest


@pytest.mark.slow
def test_codecheck_lists_every_output(out):
    text = (out / "codecheck.yml").read_text(encoding="utf-8")
    assert text.startswith("---\n# SIMULATED answers")
    assert '  - file: "tables/means.csv"' in text
    assert 'command: "surveykit replicate study --out DIR --lang en"' in text
