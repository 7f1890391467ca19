"""Every public name resolves, once, and the package loads nothing heavy before it is asked to."""

import subprocess
import sys

import pytest

import surveykit


@pytest.mark.parametrize("name", surveykit.__all__)
def test_public_name_resolves_and_is_documented(name):
    thing = getattr(surveykit, name)
    if callable(thing):
        assert thing.__doc__, f"{name} has no docstring"


def test_no_name_is_listed_twice():
    assert len(surveykit.__all__) == len(set(surveykit.__all__))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'reed_spss'"):
        surveykit.reed_spss


def test_importing_the_package_loads_no_heavy_library():
    code = "import surveykit, sys; print([m for m in ('pandas', 'matplotlib', 'statsmodels') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
