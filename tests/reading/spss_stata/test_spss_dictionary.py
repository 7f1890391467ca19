"""What the dictionary of an SPSS file claims."""

import subprocess

import pytest

import surveykit as sk
from surveykit.reading.spss_stata.spss_dictionary import read_dictionary
from tests.reading.sav_bytes import sav
from tests.reading.spss_stata.test_spss_file import write
from tests.reading.spss_stata.test_spss_writer import survey


@pytest.mark.parametrize("order", ["<", ">"])
def test_weight_by_is_named_and_counts_elements_of_eight_bytes(tmp_path, order):
    columns = [("name", 20, ""), ("w", 0, "Weight")]
    path = write(tmp_path, sav(columns, [("a", 1.5), ("b", 0.5)], weight=4, order=order, declared="UTF-8"))
    survey = sk.read_spss(path)
    assert survey.provenance.weight == "w"
    assert list(survey.frame["w"]) == [1.5, 0.5]


def test_the_weight_position_is_that_of_pspp(tmp_path):
    sk.write_spss(survey(), tmp_path / "a.sav")
    assert read_dictionary(tmp_path / "a.sav").weight == b"w"
    syntax = tmp_path / "a.sps"
    syntax.write_text(f"GET FILE='{tmp_path / 'a.sav'}'.\nSHOW WEIGHT.\n")
    try:
        said = subprocess.run(["pspp", str(syntax)], capture_output=True, text=True, timeout=60, check=False)
    except FileNotFoundError:
        pytest.skip("PSPP is not installed")
    assert "WEIGHT is w" in said.stdout
