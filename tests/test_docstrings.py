"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import surveykit

MODULES = [
    name for _, name, _ in pkgutil.walk_packages(surveykit.__path__, "surveykit.") if not name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert result.failed == 0
