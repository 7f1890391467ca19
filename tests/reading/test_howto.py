"""The TOML that the pages on reading files show is what they say."""

import re
import tomllib
from pathlib import Path

from surveykit.reading.codebook_file import parse_codebook
from surveykit.reading.waves.crosswalk import parse_crosswalk

ROOT = Path(__file__).parent.parent.parent


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_codebook_of_the_reference_page_is_one():
    found = parse_codebook(tomllib.loads(blocks("reference/codebook_toml.md", "toml")[0]))
    assert found.simulated and found.codebook["q1"].label(99) == "Бас тартты"
    assert found.codebook["sex"].label(2, "en") == "female"
    assert found.codebook["settlement"].labels["S01"]


def test_the_crosswalk_of_the_page_is_one():
    found = parse_crosswalk(tomllib.loads(blocks("howto/stack_waves.md", "toml")[0]))
    assert found.variables["councillor"].source == {"r5": "Q71C", "r6": "Q68_TUN_C"}
    assert found.variables["satisfaction"].settled and found.drop == ("q99",)
