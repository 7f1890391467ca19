"""Published findings without a number, put to the data where the data are there, refused where they are not."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import pandas as pd

from surveykit._checks import check_columns
from surveykit.design import SurveyDesign
from surveykit.design_audit import clusters_across
from surveykit.replication.claims import FAILS, HOLDS, UNDECIDED, Claim, Ledger
from surveykit.replication.expressions import settle_expressions
from surveykit.replication.study_data import StudyData
from surveykit.replication.study_doors import shares
from surveykit.replication.study_file import STUDY_FILE, Study
from surveykit.words.messages import Figure, Message, Slot, Told


def check_findings(ledger: Ledger, study: Study, data: StudyData) -> Ledger:
    """Return the ledger with expressions worked out, findings tested on real answers, the rest refused with a reason.

    A finding of study.toml, ``[findings.ILI-03]``, names an outcome, a group, a wave, the lowest answer that
    counts (`level`) and a share that must be exceeded (`above`). It holds when the whole interval of the share of
    such answers lies above it, fails when the whole interval lies below, and is undecided otherwise: an interval that
    holds both says neither. The units of the interval are the settlements of the study's comparisons, whose akims are
    elected or not, also where villages are the clusters of the sample.
    """
    ledger = settle_expressions(ledger)
    for claim_id, given in study.section("findings").items():
        claim = ledger[claim_id]
        if data.absent([given["outcome"]], given.get("wave")):
            absent = Message("ledger.absent", {"outcome": given["outcome"]})
            ledger = ledger.refuse({claim_id: Told.of(absent)})
        elif data.simulated:
            ledger = ledger.refuse({claim_id: _untested(given, study, estimate_finding(claim_id, given, data))})
        else:
            finding = estimate_finding(claim_id, given, data)
            ledger = _replace(ledger, replace(claim, published=claim.published or HOLDS))
            ledger = ledger.check({claim_id: finding.value}, {claim_id: finding.sentence})
    return ledger.refuse(
        {claim.claim_id: claim.why or claim.note or _reason(claim) for claim in ledger if claim.verdict == "open"}
    )


def _untested(given: Mapping[str, Any], study: Study, shown: "Finding") -> Told:
    """Return why simulated answers test nothing, what would, the line that runs it, and that the test does run."""
    slots: dict[str, Slot] = {
        "line": f"surveykit replicate {shlex.quote(study.name)} --data FILE --out DIR",
        "test": describe(given),
        "shown": shown.sentence,
        "value": Message(f"ledger_value.{shown.value}"),
    }
    return Told.of(Message("ledger.simulated", slots))


def describe(given: Mapping[str, Any]) -> Message:
    """Return in words the estimate that tests a finding."""
    group = " & ".join(f"{column} = {code}" for column, code in given["group"].items())
    slots: dict[str, Slot] = {
        "level": Figure(str(given["level"])),
        "outcome": given["outcome"],
        "group": group,
        "above": Figure(f"{given['above']:g}"),
    }
    return Message("ledger.test", slots)


@dataclass(frozen=True)
class Finding:
    """What the data say of a finding: "holds", "fails" or "undecided", and the numbers behind it."""

    value: str
    sentence: Told


def estimate_finding(claim_id: str, given: Mapping[str, Any], data: StudyData) -> Finding:
    """Return what the interval of the share says; without an interval nothing is decided."""
    design = _by_settlement(data.design(given.get("wave")), data.study)
    frame, book = design.survey.frame, design.survey.codebook
    check_columns(frame, [given["outcome"], *given["group"]], f"{STUDY_FILE}: [findings.{claim_id}]")
    where = frame[given["outcome"]].notna()
    for column, code in given["group"].items():
        where &= frame[column] == book.code_of(column, code)
    if not where.any():
        return Finding(UNDECIDED, Told.of(Message("ledger.nobody")))
    high = (frame[given["outcome"]] >= given["level"]).astype(float)
    marked = design.with_survey(design.survey.with_columns({"favourable": high}))
    table = shares(marked, "favourable", where=where.to_numpy()).table
    rows = {float(level): row for level, row in zip(table["level"], table.to_dict("records"))}
    row = rows.get(1.0, rows[min(rows)])
    share, low, high_end = (float(row[name]) for name in ("estimate", "conf_low", "conf_high"))
    if 1.0 not in rows:  # nobody gave such an answer: the table has the share of the others
        share, low, high_end = 1 - share, 1 - high_end, 1 - low
    above = float(given["above"])
    value = HOLDS if low > above else FAILS if high_end < above else UNDECIDED
    ends = f"[{100 * low:.1f}; {100 * high_end:.1f}]" if isfinite(low) and isfinite(high_end) else ""
    slots: dict[str, Slot] = {
        "share": Figure(f"{100 * share:.1f}"),
        "interval": Figure(ends) if ends else Message("ledger.no_interval"),
        "n": Figure(str(int(row["n"]))),
        "n_settlements": Figure(str(int(row["n_clusters"]))),
        "above": Figure(f"{100 * above:g}"),
    }
    return Finding(value, Told.of(Message("ledger.shown", slots)))


def _by_settlement(design: SurveyDesign, study: Study) -> SurveyDesign:
    """Return the design with the settlements of the comparisons as clusters, where those of the sample are finer."""
    names = {given["settlement"] for given in study.section("comparisons").values()}
    if len(names) != 1 or design.cluster == tuple(names) or clusters_across(design, *names):
        return design
    weights = None
    if design.weight is not None or design.steps:
        weights = pd.Series(design.weights, index=design.survey.frame.index, name=design.weight or "study weights")
    return SurveyDesign(design.survey, weight=weights, cluster=tuple(names), lonely_psu=design.lonely_psu)


def _replace(ledger: Ledger, claim: Claim) -> Ledger:
    return Ledger(tuple(claim if one.claim_id == claim.claim_id else one for one in ledger))


def _reason(claim: Claim) -> Told:
    known = ("microdata", "unsourced", "design", "method")
    reason = claim.check if claim.check in known else claim.kind if claim.kind in known else "nothing"
    return Told.of(Message(f"ledger.{reason}"))
