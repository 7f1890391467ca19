"""Every key of study.toml with values of the wrong kind: a sentence comes out, and nothing else."""

import copy
import datetime
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.replication.study_file import SECTIONS, WAVE_KEYS

STEPS = {
    "means": {"outcomes": ["q1", "answers"], "by": "akim", "wave": "one", "claims": ["A"]},
    "shares": {"outcomes": ["q1"], "by": "akim", "wave": "one", "interval": "logit"},
    "sample": {"by": "akim"},
    "comparison": {"comparison": "main", "methods": ["cr2"]},
    "reliability": {"scales": ["answers"], "wave": "one"},
    "joint_display": {"comparison": "main", "links": {"water": "q1"}, "opposed": ["water"]},
    "themes": {"by": "akim"},
    "group_time": {"first_wave": "elected", "outcomes": "q1", "term": "overall"},
    "missing": {"outcomes": ["q1"], "by": "akim"},
    "recovery": {"comparison": "main", "truth": "truth.csv"},
}
FIGURES = {
    "shares": {"outcomes": ["q1", "q2"], "by": "akim", "neutral": "split", "wave": "one", "claims": ["A"]},
    "differences": {"comparison": "main", "outcomes": ["q1"], "methods": ["cr2"]},
    "influence": {"comparison": "main", "outcome": "q1", "estimand": "person"},
}
CONTENT = {
    "study": {"title": {"en": "Small"}, "summary": "s", "claims": "claims.csv", "seed": 1, "formats": ["csv", "svg"]},
    "data": {"where": "w", "required": False, "codebook": "book.toml"},
    "waves": {"one": {"file": "one.csv", "delimiter": ",", "decimal": ".", "encoding": "utf-8"}},
    "design": {"weight": "w", "cluster": "village", "lonely_psu": "adjust"},
    "raking": {"margins": "margins.csv", "max_weight_ratio": 9.0, "tolerance": 1e-8},
    "scales": [
        {
            "name": "answers",
            "items": ["q1", "q2"],
            "lowest": 1,
            "highest": 5,
            "reversed_items": ["q2"],
            "min_answered": 1,
        }
    ],
    "collapsed": [{"items": ["q1"], "top": 2, "lowest": 1, "highest": 5}],
    "comparisons": {
        "main": {
            "wave": "one",
            "outcomes": ["q1"],
            "group": "akim",
            "baseline": 0,
            "settlement": "village",
            "methods": ["cr2"],
            "allow_single": False,
        }
    },
    "findings": {"A": {"outcome": "q1", "wave": "one", "group": {"akim": 1}, "level": 4, "above": 0.5}},
    "interviews": {"coding": "coding.csv", "quotations": "quotations.csv", "codebook": "book.toml"},
    "outputs": [{"name": "x", "file": "tables/a.csv", "claims": ["A"]}],
}
VALUES = [
    0, -1, 7, 10**400, 1.5, -0.5, float("nan"), float("inf"), True, False, "", " ", "q1", "zz", "Intercept", "a\0b", ".",
    "..", "/", "/dev/zero", "x" * 5000, "one.csv", "book.toml", "utf-16", "cr2", "hex", "\n", "\x1b[2J", [], ["q1"], ["q1", "q1"],
    ["zz"], [1], [[]], [["q1"]], [True], [""], [{}], {}, {"en": "x"}, {"en": 1}, {"q1": "q2"}, {"zz": 1}, {"": {}}, {"": ""},
    {"akim": float("nan")}, {"akim": 10**400}, datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), datetime.time(1),
]  # fmt: skip
"""Of every kind that TOML knows, right for some key and wrong for most."""


def toml(value: object) -> str:
    """Return a value as TOML on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        return '"' + "".join(one if one.isalnum() else f"\\u{ord(one):04x}" for one in value) + '"'
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def places() -> list[tuple[str, ...]]:
    """Return where a value can stand: section, name or kind of the entry, key."""
    found: list[tuple[str, ...]] = [(section,) for section in SECTIONS]
    for section, keys in SECTIONS.items():
        if section == "waves":
            found += [(section, "one"), *((section, "one", key) for key in WAVE_KEYS)]
        elif section in ("comparisons", "findings"):
            name = "main" if section == "comparisons" else "A"
            found += [(section, name), *((section, name, key) for key in keys)]
        elif section in ("tables", "figures"):
            steps = STEPS if section == "tables" else FIGURES
            found += [(section, kind, key) for kind, given in steps.items() for key in given]
            found += [(section, "means" if section == "tables" else "shares", key) for key in keys]
        else:
            found += [(section, key) for key in keys]
    return list(dict.fromkeys(found))


def content_with(place: tuple[str, ...], value: object) -> dict[str, object]:
    """Return a study that has one value at one place, and as few steps as show it."""
    content: dict = copy.deepcopy(CONTENT)
    section = place[0]
    kind = place[1] if section in ("tables", "figures") and len(place) > 1 else "means"
    step = STEPS if section == "tables" else FIGURES
    if section in ("tables", "figures"):
        content[section] = [{"name": "a", "kind": kind, **copy.deepcopy(step.get(kind, {}))}]
    else:
        names = {"comparisons": "comparison", "scales": "reliability", "interviews": "joint_display"}
        kind = names.get(section, "means")
        content["tables"] = [{"name": "a", "kind": kind, **STEPS[kind]}]
    if len(place) == 1:
        content[section] = value
    elif section in ("tables", "figures"):
        content[section][0][place[2]] = value
    elif isinstance(content[section], list):
        content[section][0][place[1]] = value
    elif len(place) == 2:
        content[section][place[1]] = value
    else:
        content[section][place[1]][place[2]] = value
    if "interviews" not in (section, kind) and kind not in ("joint_display", "themes"):
        content.pop("interviews", None)
    return content


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    numbers = np.random.default_rng(3)
    frame = pd.DataFrame({"village": np.repeat([f"S{n}" for n in range(8)], 10), "akim": np.repeat([0, 1], 40)})
    frame = frame.assign(q1=numbers.integers(1, 6, 80), q2=numbers.integers(1, 6, 80), w=1.0, sex=np.tile([1, 2], 40))
    frame.assign(elected="one").to_csv(folder / "one.csv", index=False)
    (folder / "margins.csv").write_text("column,level,target\nsex,1,48\nsex,2,52\n")
    (folder / "claims.csv").write_text("claim_id,statement,published\nA,claim,\n")
    (folder / "coding.csv").write_text(
        "interview,passage,settlement,akim,coder,theme,present\ni1,p1,S1,0,k,water,1\ni2,p2,S7,1,k,water,0\n"
    )
    (folder / "quotations.csv").write_text("passage,quotation,cleared\np1,none,yes\n")
    (folder / "truth.csv").write_text(
        "wave,outcome,statistic,estimand,quantity,value\none,q1,mean,person,difference,0\n"
    )
    (folder / "book.toml").write_text('[variables.akim.labels]\n0.en = "appointed"\n1.en = "elected"\n')
    return folder


def drive(study: Path, place: tuple[str, ...], value: object, out: Path) -> str:
    """Run a study with one value at one place; return what was said, or nothing where it ran."""
    lines = [f"{key} = {toml(one)}" for key, one in content_with(place, value).items()]
    (study / "study.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sk.replicate_study(study, out=out, progress=lambda steps: steps)
        except sk.SurveyKitError as error:
            return str(error)
        finally:
            plt.close("all")
    return ""


PLACES = places()


@pytest.mark.parametrize(
    "kind",
    [
        *(("tables", kind) for kind in STEPS if kind not in ("recovery", "group_time")),
        *(("figures", kind) for kind in FIGURES),
    ],
    ids=str,
)
def test_the_study_itself_runs(study, tmp_path, kind):
    assert drive(study, (*kind, "title"), "a title", tmp_path / "out") == ""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=st.sampled_from(VALUES))
def test_any_value_anywhere_is_a_sentence(study, tmp_path_factory, place, value):
    drive(study, place, value, tmp_path_factory.mktemp("out") / "out")  # only SurveyKitError is caught there
