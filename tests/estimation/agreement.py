"""Agreement with a reference at the tolerance that the reference states."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd

from surveykit.design import SurveyDesign
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
        assert math.isclose(mine, reference, rel_tol=tol, abs_tol=tol if reference == 0 else 0), \
            f"{what}: {mine!r} against {reference!r} (tol {tol})"


def more_expected() -> dict[str, dict]:
    """R's answers that expected.json lacks (tests/reference/make_estimation_reference.R)."""
    path = Path(__file__).parent.parent / "reference" / "estimation_expected.json"
    return json.loads(path.read_text(encoding="utf-8"))
