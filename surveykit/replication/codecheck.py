"""codecheck.yml: what a CODECHECKER needs to run a study again (https://codecheck.org.uk/spec/config/latest)."""

import json
from collections.abc import Iterable

from surveykit.replication.manifest import Output
from surveykit.replication.study_file import Study

CODECHECK_FILE = "codecheck.yml"


def format_codecheck(made: Iterable[Output], study: Study, lang: str, command: str, simulated: bool = False) -> str:
    """Return a codecheck.yml: the paper, the outputs to be compared, what each is, and the command that makes them.

    Texts are written as JSON strings, which are valid YAML whatever they hold. Who checks, when and with what outcome
    is for the checker to fill in; the keys stand there, empty.
    """
    about = study.section("study")
    lines = [
        "---",
        "version: https://codecheck.org.uk/spec/config/1.0/",
        "paper:",
        f"  title: {_text(study.heading(lang))}",
        *(["  authors:"] if about.get("authors") else []),
        *(f"    - name: {_text(name)}" for name in about.get("authors", ())),
        *([f"  reference: {_text(about['reference'])}"] if about.get("reference") else []),
        f"command: {_text(command)}",
        "manifest:",
    ]
    lines[1:1] = ["# SIMULATED answers: made by a program, not findings."] if simulated else []
    for one in made:
        comment = ", ".join(part for part in (one.caption or one.name, *one.claims) if part)
        lines += [f"  - file: {_text(one.file)}", f"    comment: {_text(comment)}"]
    lines += ["codechecker: []", 'report: ""', 'check_time: ""', 'summary: ""', 'certificate: ""']
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(" ".join(value.split()), ensure_ascii=False)
