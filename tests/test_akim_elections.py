"""The published statements: all judged, the judgements worked out here by hand, and a number changed by hand is caught."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study import load_program
from surveykit.replication.study_file import read_study

pytestmark = pytest.mark.slow  # a study from end to end

STUDY = Path(__file__).parent.parent / "analysis" / "akim_elections"
PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "published"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return sk.replicate_study(STUDY, out=tmp_path_factory.mktemp("akims") / "out")


def test_all_82_have_a_verdict_and_none_surprises(run):
    assert len(run.ledger) == 82
    assert run.ledger.count() == {"reproduced": 23, "differs": 5, "not recomputable": 54, "open": 0}
    assert run.succeeded
    assert all(claim.why for claim in run.ledger if claim.verdict != "reproduced")


@pytest.mark.parametrize(("claim", "value", "verdict"), [
    ("KHA-10", 141900 / 2297, "reproduced"),  # 61.776
    ("KHA-12", 87800 / 2297, "reproduced"),  # 38.224
    ("KHA-08", 1419 + 878, "reproduced"),
    ("KHA-16", 226 + 42, "reproduced"),
    ("KHA-18", 22600 / 268, "reproduced"),  # 84.3
    ("SAN-09", 2500 + 240 + 210 + 90 + 30, "reproduced"),  # more than 3,000
    ("SAN-05", 5, "reproduced"),
    ("SAN-07", 3, "reproduced"),
    ("SAN-24", 45800 / 2297, "differs"),  # 19.94, not 19.3
    ("INS-03", 250000 / 2345, "differs"),  # 106.6, not 90
])  # fmt: skip
def test_verdicts_worked_out_by_hand(run, claim, value, verdict):
    assert run.ledger[claim].recomputed == pytest.approx(value, abs=1e-9)
    assert run.ledger[claim].verdict == verdict


def test_a_second_run_gives_the_same(run):
    assert sk.verify_outputs(run.folder, STUDY).findings == ()


def test_contradictions_are_findings(run):
    table = pd.read_csv(run.folder / "tables" / "table_3_contradictions.csv", dtype=str)
    text = " ".join(table.to_numpy().ravel())
    for value in ("2021-05-24", "2021-05-25", "2,778 ", "2345", "19.3", "19.9", "78.54", "79.10", "627", "562"):
        assert value in text


def test_the_figures_draw_the_statements(run):
    numbers = pd.read_csv(run.folder / "figures" / "figure_3_women.csv")
    assert numbers["value"].round(1).tolist()[:3] == [19.3, 19.9, 33.0]
    for number in range(1, 8):
        assert len(list((run.folder / "figures").glob(f"figure_{number}_*.svg"))) == 1


def test_nomination_is_drawn_by_type_and_region(run):
    numbers = pd.read_csv(run.folder / "figures" / "figure_2_nomination.csv")
    found = numbers.pivot(index="label", columns="kind", values="value")
    assert found.loc["Kazakhstan"].to_dict() == {"parties": 38.2, "themselves": 61.8}
    assert found.sum(axis="columns").round(9).eq(100).all()
    assert sorted(found.index) == ["Akmola", "Karaganda", "Kazakhstan", "North Kazakhstan"]


@pytest.mark.parametrize(("old", "new", "claim"), [
    (",1419,candidates", ",1491,candidates", "KHA-10"),
    (",61.8,percent,1,100 * KHA-09 / KHA-08,,,", ",61.9,percent,1,100 * KHA-09 / KHA-08,,,", "SAN-15"),
    (",2021-05-25,date", ",2021-05-24,date", "KHA-03"),  # a known difference that goes away is reported too
])  # fmt: skip
def test_a_number_changed_by_hand_is_caught(tmp_path, old, new, claim):
    folder = tmp_path / "study"
    shutil.copytree(STUDY, folder)
    text = (folder / "claims.csv").read_text(encoding="utf-8")
    assert old in text
    (folder / "claims.csv").write_text(text.replace(old, new), encoding="utf-8")
    program = load_program(read_study(folder)).__globals__
    public = program["read"]("public_figures")
    ledger = program["check"](
        sk.Ledger.from_csv(folder / "claims.csv"), dict(zip(public["figure_id"], public["value"]))
    )
    assert claim in [surprise.claim_id for surprise in ledger.surprises]


def test_the_statements_are_those_that_were_collected():
    if not PUBLISHED.is_dir():
        pytest.skip("the collected statements (shared/published beside the project) are not here")
    collected = pd.read_csv(PUBLISHED / "claims.csv", dtype=str, keep_default_na=False)
    ledger = sk.Ledger.from_csv(STUDY / "claims.csv")
    for row in collected.to_dict("records"):
        claim = ledger[row["claim_id"]]
        assert (claim.source, claim.rounding) == (row["source"], row["rounding"]) or claim.claim_id == "SAN-32"
        assert claim.published == row["value"] or claim.claim_id in ("SAN-08", "SAN-32")


@pytest.mark.parametrize("lang", ["kk"])
def test_other_languages(tmp_path, lang):
    run = sk.replicate_study(STUDY, out=tmp_path / "out", lang=lang)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert {"ru": "Сильная", "kk": "Күшті"}[lang] in page
    assert {"ru": "воспроизведено", "kk": "қайталанды"}[lang] in (run.folder / "ledger.html").read_text(
        encoding="utf-8"
    )
