"""From a file and the roles of its columns to a design: what is written over nothing, and which weight holds."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.cli.data import check_outputs, make_design, read_data, run_comparison
from tests.cli.test_comparing import small_frame

ROLES = {
    "group": "akim", "settlement": "settlement", "baseline": None, "weight": None, "cluster": None, "stratum": (), "lonely_psu": "error",
    "zero_weights": "error", "margins": None, "max_weight_ratio": None, "sheet": None, "estimand": "both", "methods": ("cr2",),
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    sk.write_csv(sk.Survey(small_frame()), tmp_path / "in.csv")
    return tmp_path / "in.csv"


def test_an_output_is_never_an_input_however_it_is_spelt(tmp_path, file):
    (tmp_path / "link.csv").symlink_to(file)
    for name in ("in.csv", "link.csv", "sub/../in.csv"):
        (tmp_path / "sub").mkdir(exist_ok=True)
        with pytest.raises(
            sk.WriteError, match="is read by this command and is never written over; give --out another"
        ):
            check_outputs([tmp_path / name], [None, file])
    check_outputs([tmp_path / "out.csv"], [file])
    with pytest.raises(sk.WriteError):
        check_outputs([tmp_path / "nowhere" / "out.csv"], [file])


def test_the_weight_of_the_file_holds_unless_another_is_given():
    frame = pd.DataFrame({"w": [1.0, 2.0], "v": [3.0, 4.0], "settlement": ["A", "B"]})
    survey = sk.Survey(frame, provenance=sk.Provenance(weight="w"))
    assert make_design(survey, None).weights.tolist() == [1, 2]
    assert make_design(survey, "v").weights.tolist() == [3, 4]
    assert make_design(survey, "v", "settlement").cluster == ("settlement",)


def test_the_settlement_is_the_cluster_and_the_lower_code_the_baseline(file):
    design, result = run_comparison(file, None, ["trust"], {**ROLES, "estimand": "person"}, "en")
    assert design.cluster == ("settlement",) and len(read_data(file, None, None)) == len(design)
    assert set(result.table["baseline"]) == {"appointed"} and set(result.table["estimand"]) == {"person"}


def test_a_ceiling_without_margins_is_refused(file):
    with pytest.raises(sk.ArgumentError, match="it needs `margins`; give both, or none"):
        run_comparison(file, None, ["trust"], {**ROLES, "max_weight_ratio": 3.0}, None)
