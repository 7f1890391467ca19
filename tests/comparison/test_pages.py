"""The pages on few settlements run as they are printed, one block after another."""

import re
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = ["docs/howto/compare_settlements.md", "docs/explanation/few_settlements.md"]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_run(page, capsys):
    matplotlib.use("Agg")
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)
    assert blocks, f"{page} shows no code"
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)
    if page.endswith("few_settlements.md"):
        promised = re.findall(r"^# prints (.*)$", "\n".join(blocks), re.M)
        assert promised
        assert capsys.readouterr().out.splitlines() == promised
