"""Agreement with a reference at the tolerance that the reference states."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd

from surveykit.design import SurveyDesign
from surveykit.weighting.poststratification import poststratify
from surveykit.weighting.replicates import replicate_weights
from tests.estimation.designs import DESIGNS


def make_design(frame: pd.DataFrame, name: str) -> SurveyDesign:
    """A design by its reference name; DHALF has two half samples in each settlement."""
    if name == "DHALF":
        halves = frame.assign(half=frame["settlement"] + "-" + frame["half"].astype(str))
        return SurveyDesign(halves, weight="w", cluster="half", stratum="settlement")
    return SurveyDesign(frame, weight="w", **DESIGNS[name])


def assert_equals(ours, theirs, tol: float, what: str = "") -> None:
    """Relative tolerance, absolute where the reference is 0."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert ours.shape == theirs.shape, f"{what}: {ours.shape} against {theirs.shape}"
    for mine, reference in zip(ours.ravel(), theirs.ravel()):
        assert math.isclose(mine, reference, rel_tol=tol, abs_tol=tol if reference == 0 else 0), (
            f"{what}: {mine!r} against {reference!r} (tol {tol})"
        )


def more_expected() -> dict[str, dict]:
    """R's answers that expected.json lacks (tests/reference/make_estimation_reference.R)."""
    path = Path(__file__).parent.parent / "reference" / "estimation_expected.json"
    return json.loads(path.read_text(encoding="utf-8"))


REPLICATED = ("JKn.D1", "JKn.D6", "JKn.D1.mse", "JKn.D6.mse")


def replication_expected() -> dict[str, dict]:
    """R's answers under replicate weights and post-stratification (tests/reference/make_replication_reference.R)."""
    path = Path(__file__).parent.parent / "reference" / "replication_expected.json"
    return json.loads(path.read_text(encoding="utf-8"))


def replicated_design(frame: pd.DataFrame, margins: dict, name: str) -> SurveyDesign:
    """A design by its name in replication_expected.json, education as categories."""
    frame = frame.assign(educ=frame["educ"].astype("category"))
    if name.startswith("ps."):
        targets = {
            tuple(int(code) for code in cell.split("|")): total for cell, total in margins["sex_by_ageband"].items()
        }
        return poststratify(make_design(frame, "D1"), {("sex", "ageband"): targets})
    if not name.startswith("JKn."):
        return make_design(frame, name)
    design = make_design(frame, name.split(".")[1])
    return design.with_replicates(replicate_weights(design, "JKn", mse=name.endswith(".mse")))
