"""The blocks of the pages on weighting and on Likert items run as they are printed."""

import re
import warnings

import pytest

from surveykit.errors import SurveyKitWarning


@pytest.mark.slow
@pytest.mark.parametrize("page", ["weight_a_survey", "code_likert_items"])
def test_blocks_run(page, request, monkeypatch, capsys):
    root = request.config.rootpath
    monkeypatch.chdir(root)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (root / "docs" / "howto" / f"{page}.md").read_text(encoding="utf-8"), re.M | re.S
    )
    assert len(blocks) > 4
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurveyKitWarning)
        for block in blocks:
            exec(compile(block, page, "exec"), names)
    assert "SIMULATED" in capsys.readouterr().out
