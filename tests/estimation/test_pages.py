"""The pages on estimation run as they are printed."""

import re

import pytest

from tests.conftest import REFERENCE

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

ROOT = REFERENCE.parent.parent
PAGES = ["docs/howto/estimate.md", "docs/howto/regression.md", "docs/explanation/conventions.md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_run(page, monkeypatch, tmp_path):
    """In a folder of its own, where a clone's data are at hand and what the page writes is nobody's loss."""
    for name in ("analysis", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)
    assert blocks, f"{page} shows no code"
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)
