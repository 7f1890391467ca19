"""The script that a doubting reader runs; where R is at hand it runs here too."""

import importlib.util
import shutil
import subprocess

import numpy as np
import pytest

from tests.conftest import REFERENCE

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

spec = importlib.util.spec_from_file_location("compare_with_r", REFERENCE / "compare_with_r.py")
compare_with_r = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare_with_r)


def r_is_here() -> bool:
    program = shutil.which("Rscript")
    if program is None:
        return False
    asked = [program, "-e", "stopifnot(requireNamespace('survey'), requireNamespace('jsonlite'))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not r_is_here(), reason="R with the packages survey and jsonlite is not here")
@pytest.mark.parametrize(
    "roles",
    [
        ["--weight", "w", "--cluster", "settlement", "--stratum", "stratum"],
        [
            "--weight",
            "w",
            "--cluster",
            "settlement",
            "ea",
            "--stratum",
            "stratum",
            "--fpc",
            "fpc_settlements",
            "fpc_eas",
        ],
        ["--weight", "w"],
        ["--stratum", "stratum", "sex"],
    ],
    ids=["clusters", "two stages", "weights only", "crossed strata"],
)
def test_r_agrees_on_the_reference_data(roles, capsys):
    code = compare_with_r.main(
        [
            str(REFERENCE / "ili_like.csv"),
            *roles,
            "--outcomes",
            "income",
            "q1",
            "--items",
            "q2",
            "--group",
            "elected",
            "--missing",
            "98",
            "99",
        ]
    )
    assert code == 0, capsys.readouterr().out


def test_a_difference_is_seen():
    table = compare_with_r.compare(
        {"a": [1.0, np.nan], "b": [1.0], "c": [2.0, 3.0]}, {"a": [1.0, "NaN"], "b": [1.1], "c": [2.0]}
    )
    assert table["largest_relative_difference"].tolist() == [0, pytest.approx(1 / 11), np.inf]
