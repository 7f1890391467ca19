"""Which published numbers could be changed by a digit without anything noticing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from surveykit.errors import CodebookError
from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.expressions import CLAIM, recompute
from surveykit.replication.quotations import stands_in
from surveykit.replication.rounding import agrees

COMPUTED, QUOTED, NOTHING = "computed", "quotation", "no"

Recompute = Callable[[Claim, Mapping[str, str]], float | str | None]


def mark_changed_digits(
    ledger: Ledger, extra: Mapping[str, str] | None = None, recompute: Recompute = recompute
) -> Ledger:
    """Return a judged ledger that says of every number whether one changed digit of it would be noticed, and by what.

    Parameters
    ----------
    ledger : Ledger
        With its verdicts.
    extra : mapping from name to value, optional
        Further published values that checks use.
    recompute : callable
        What a claim is when it is computed from published values, or None; expressions by default.

    Notes
    -----
    Every digit is changed into each of the nine others, one at a time. A change is noticed "computed" when the verdict
    on the claim, or on one that is computed from it, is no longer the expected one; it is noticed by the "quotation"
    when the changed value no longer stands in the quoted words. "computed 7/36" are 7 of 36 changes. Quotation and
    value changed together are noticed by neither.
    """
    values = {claim.claim_id: claim.published for claim in ledger} | dict(extra or {})
    users: dict[str, list[Claim]] = {claim.claim_id: [] for claim in ledger}
    for claim in ledger:
        for name in dict.fromkeys(CLAIM.findall(claim.check)):
            users.get(name, []).append(claim)
    return Ledger(
        tuple(replace(claim, caught=_mark(claim, users[claim.claim_id], values, recompute)) for claim in ledger)
    )


def changes_of(published: str) -> Iterator[str]:
    """Yield a value with one digit changed, in every way there is.

    Examples
    --------
    >>> len(list(changes_of("61.8"))), next(changes_of("61.8"))
    (27, '01.8')
    """
    for at, old in enumerate(published):
        if old in "0123456789":
            yield from (published[:at] + new + published[at + 1 :] for new in "0123456789" if new != old)


def _mark(claim: Claim, users: list[Claim], values: Mapping[str, str], recompute: Recompute) -> str:
    changed = list(changes_of(claim.published))
    if not changed:
        return ""
    computed = sum(_computation_notices(claim, new, users, values, recompute) for new in changed)
    held = bool(claim.quotation) and stands_in(claim.published, claim.quotation) is True
    quoted = sum(held and stands_in(new, claim.quotation) is False for new in changed)
    marks = [_share(name, n, len(changed)) for name, n in ((COMPUTED, computed), (QUOTED, quoted)) if n]
    return ";".join(marks) or NOTHING


def _share(name: str, noticed: int, tried: int) -> str:
    return name if noticed == tried else f"{name} {noticed}/{tried}"


def _computation_notices(
    claim: Claim, new: str, users: list[Claim], values: Mapping[str, str], recompute: Recompute
) -> bool:
    if claim.recomputed is not None and _surprises(claim, new, claim.recomputed):
        return True
    changed = {**values, claim.claim_id: new}
    for user in users:
        try:
            value = recompute(user, changed)
        except CodebookError:
            return True  # the run ends with a sentence
        if value is not None and _surprises(user, user.published, value):
            return True
    return False


def _surprises(claim: Claim, published: str, recomputed: float | str) -> bool:
    verdict = "reproduced" if agrees(published, recomputed, claim.rounding) else "differs"
    return verdict != (claim.expected or "reproduced")
