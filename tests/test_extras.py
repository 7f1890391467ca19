"""A missing extra answers with the line that installs it."""

import json
import tomllib

import pytest

from surveykit.errors import MissingExtraError
from surveykit.extras import require
from tests.conftest import REFERENCE


def test_what_is_there_is_handed_out():
    assert require("json", "excel") is json


@pytest.mark.parametrize("extra", ["excel", "word", "big", "tables"])
def test_what_is_absent_is_installed_by_one_line_of_an_extra_that_exists(extra):
    declared = tomllib.loads((REFERENCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert extra in declared["project"]["optional-dependencies"]
    with pytest.raises(MissingExtraError) as caught:
        require("no_such_package", extra)
    assert f'install it with: pip install "surveykit-settlements[{extra}]"' in str(caught.value)
    assert isinstance(caught.value.__cause__, ImportError)
