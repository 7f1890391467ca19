"""codecheck.yml: what a CODECHECKER needs to run a study again."""

import pytest

import surveykit as sk


@pytest.mark.slow
def test_codecheck_lists_every_output(out):
    text = (out / "codecheck.yml").read_text(encoding="utf-8")
    assert text.startswith("---\n# SIMULATED answers")
    assert '  - file: "tables/means.csv"' in text
    assert 'command: "surveykit replicate study --out DIR --lang en"' in text


@pytest.mark.slow
def test_codecheck_names_paper_authors_and_what_the_checker_fills_in(study, tmp_path):
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert "[study]\n" in text
    more = '[study]\nauthors = ["A. Author", "B. \\"Quoted\\" Author"]\nreference = "https://doi.org/10.0000/x"\n'
    file.write_text(text.replace("[study]\n", more, 1), encoding="utf-8")
    sk.replicate_study(study, out=tmp_path / "again")
    told = (tmp_path / "again" / "codecheck.yml").read_text(encoding="utf-8")
    assert '  authors:\n    - name: "A. Author"\n    - name: "B. \\"Quoted\\" Author"\n' in told
    assert '  reference: "https://doi.org/10.0000/x"\n' in told
    assert told.endswith('codechecker: []\nreport: ""\ncheck_time: ""\nsummary: ""\ncertificate: ""\n')
