"""Published findings without a number, put to the data where the data are there, refused where they are not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surveykit._checks import check_columns
from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.expressions import settle_expressions
from surveykit.replication.study_data import StudyData
from surveykit.replication.study_doors import shares
from surveykit.replication.study_file import STUDY_FILE, Study

SIMULATED_REASON = "the answers at hand are simulated, so they cannot test it; the real microdata are not public"
NOTHING = "stated once, with nothing published to compute it from"
HOLDS, FAILS = "holds", "does not hold"


def check_findings(ledger: Ledger, study: Study, data: StudyData) -> Ledger:
    """Return the ledger with expressions worked out, findings tested on real answers, the rest refused with a reason.

    A finding of study.toml, ``[findings.ILI-03]``, names an outcome, a group, a wave, the lowest answer that counts
    (`level`) and a share that must be exceeded (`above`): it holds when the lower end of the interval of the share of
    such answers lies above it.
    """
    ledger = settle_expressions(ledger)
    for claim_id, given in study.section("findings").items():
        claim = ledger[claim_id]
        if data.simulated:
            reason = f"{SIMULATED_REASON}; it would be tested by: {describe(given)}"
            ledger = ledger.refuse({claim_id: reason})
        else:
            ledger = _replace(ledger, replace(claim, published=claim.published or HOLDS))
            ledger = ledger.check({claim_id: HOLDS if _holds(claim_id, given, data) else FAILS})
    return ledger.refuse(
        {claim.claim_id: claim.why or claim.note or _reason(claim) for claim in ledger if claim.verdict == "open"}
    )


def describe(given: Mapping[str, Any]) -> str:
    """Return in words the estimate that tests a finding."""
    group = " & ".join(f"{column} = {code}" for column, code in given["group"].items())
    return f"the weighted share of answers {given['level']} or higher to {given['outcome']!r} where {group}, its interval from linearized cluster totals; it holds when the whole interval lies above {given['above']:g}"


def _holds(claim_id: str, given: Mapping[str, Any], data: StudyData) -> bool:
    design = data.design(given.get("wave"))
    frame, book = design.survey.frame, design.survey.codebook
    check_columns(frame, [given["outcome"], *given["group"]], f"{STUDY_FILE}: [findings.{claim_id}]")
    where = frame[given["outcome"]].notna()
    for column, code in given["group"].items():
        where &= frame[column] == book.code_of(column, code)
    high = (frame[given["outcome"]] >= given["level"]).astype(float).where(where)
    marked = design.with_survey(design.survey.with_columns({"favourable": high}))
    table = shares(marked, "favourable", where=where.to_numpy()).table
    low = table.loc[table["level"].astype(float) == 1, "conf_low"]
    return bool(len(low)) and bool(low.iloc[0] > given["above"])


def _replace(ledger: Ledger, claim: Claim) -> Ledger:
    return Ledger(tuple(claim if one.claim_id == claim.claim_id else one for one in ledger))


def _reason(claim: Claim) -> str:
    reasons = {
        "microdata": "needs the study's microdata, which are not public",
        "unsourced": "the source gives no number and no data",
        "design": "a statement of design, not a number",
        "method": "a statement of method, not a number",
    }
    return reasons.get(claim.check) or reasons.get(claim.kind) or NOTHING
