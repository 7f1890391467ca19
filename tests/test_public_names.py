"""Every public name resolves, once, and the package loads nothing heavy before it is asked to."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import surveykit

MAKE = Path(__file__).parent.parent / "docs" / "reference" / "make_reference.py"


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
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_the_stub_and_the_page_of_names_are_what_the_package_offers():
    spec = importlib.util.spec_from_file_location("make_reference", MAKE)
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    remedy = "run: python docs/reference/make_reference.py"
    assert make.STUB.read_text(encoding="utf-8") == make.stub_text(), remedy
    assert make.PAGE.read_text(encoding="utf-8") == make.page_text(), remedy


def test_a_former_name_works_and_says_what_it_is_called_now():
    with pytest.warns(surveykit.SurveyKitWarning, match="standardised_means is spelled sk.standardized_means now"):
        assert surveykit.standardised_means is surveykit.standardized_means
    assert "standardised_means" not in surveykit.__all__
