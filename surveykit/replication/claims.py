"""The ledger: every published number, what it is when it is computed again, and the verdict."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from surveykit._checks import as_names, check_option, some, suggest
from surveykit.errors import CodebookError, ReadError
from surveykit.files.writing import check_target, write_text_whole
from surveykit.formatting import printable_lines
from surveykit.reading.csv.plain_table import read_plain_table
from surveykit.replication.quotations import stands_in
from surveykit.replication.rounding import agrees, show_value
from surveykit.spreadsheet_text import csv_text, plain

Verdict = Literal["reproduced", "differs", "undecided", "not recomputable", "open"]
VERDICTS = ("reproduced", "differs", "undecided", "not recomputable", "open")
HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"
"""What an interval says of a finding: it lies above what is claimed, below it, or on both sides."""


@dataclass(frozen=True)
class Claim:
    r"""One statement of a publication.

    Attributes
    ----------
    claim_id, source, locator : str
        Name of the claim; which publication; where in it ("abstract", "Table 2, row 3").
    statement : str
        What is claimed, in this project's words.
    published : str
        The value as printed; empty for a finding without a number.
    unit : str
        "percent", "respondents", "date", ...
    rounding : str
        How the value was rounded in print; see `agrees`.
    kind : str
        "count", "share", "date", "finding", "design", ...
    check : str
        How it can be checked: an expression over other claims, an estimate, "microdata", "unsourced".
    expected : str
        The verdict that is known and explained ("differs", with a reason in `why`); empty means "reproduced" for
        whatever is recomputed. A verdict other than the expected one makes a replication fail.
    recomputed : float, str or None
        The value computed again.
    verdict : {"reproduced", "differs", "undecided", "not recomputable", "open"}
        "open" until it is checked; "undecided" when the data are there and cannot tell.
    why : str
        Why it differs or cannot be recomputed.
    note : str
        What the reader should know of the source.
    quotation : str
        The words of the source, briefly. Where they have numbers, `published` must be among them.
    caught : str
        Whether one changed digit of `published` would be noticed: "computed" (by a verdict), "computed 7/36" (in 7 of
        36 changes), "quotation", both, or "no"; empty for what has no digit, and where nobody asked.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "published.csv"
    ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\n")
    ...     claim = sk.Ledger.from_csv(file).check({"A": 61.78})["A"]
    ...
    >>> claim.published, claim.recomputed, claim.verdict
    ('61.8', 61.78, 'reproduced')
    """

    claim_id: str
    source: str = ""
    locator: str = ""
    statement: str = ""
    published: str = ""
    unit: str = ""
    rounding: str = ""
    kind: str = ""
    check: str = ""
    expected: str = ""
    recomputed: float | str | None = None
    verdict: Verdict = "open"
    why: str = ""
    note: str = ""
    quotation: str = ""
    caught: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that is known and explained.

        An undecided one contradicts nothing: data that cannot tell are no finding against whoever could.
        """
        wanted = self.expected or ("reproduced" if self.recomputed is not None else "not recomputable")
        return self.verdict == wanted or (self.verdict == "undecided" and wanted == "reproduced")

    def line(self) -> str:
        """Return the claim as one line for the terminal."""
        values = {"published": self.published, "recomputed": show_value(self.recomputed, self.rounding)}
        told = ", ".join(f"{name} {value}" for name, value in values.items() if value)
        mark = "" if self.as_expected else "  <-- not as expected"
        reason = f" ({self.why})" if self.why and self.verdict != "reproduced" else ""
        return f"{self.verdict:<16} {self.claim_id:<10} {self.statement}: {told or 'no number'}{reason}{mark}"


COLUMNS = tuple(field.name for field in fields(Claim))
_ALIASES = {"value": "published"}


@dataclass(frozen=True)
class Ledger:
    r"""Published statements beside their recomputed values; every change makes another ledger.

    Attributes
    ----------
    claims : tuple of Claim
        What is claimed, where, how it was rounded, what was recomputed and the verdict on it; `from_csv` reads them.

    Raises
    ------
    CodebookError
        When two claims have one id, or a claim is asked for that is not there.
    ArgumentError
        When a verdict is unknown.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "published.csv"
    ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
    ...     ledger = sk.Ledger.from_csv(file)
    ...
    >>> ledger = ledger.check({"A": 100 * 1419 / 2297})
    >>> ledger["A"].verdict, ledger["B"].verdict
    ('reproduced', 'open')
    >>> print(ledger)
    reproduced       A          self-nominated: published 61.8, recomputed 61.776
    open             B          turnout: published 59.1  <-- not as expected
    2 claims: 1 reproduced, 1 open
    """

    claims: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        names = [claim.claim_id for claim in self.claims]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise CodebookError(f"the ledger lists claim {twice[0]!r} twice; give every claim its own id")
        for claim in self.claims:
            check_option(claim.verdict, VERDICTS, f"verdict of claim {claim.claim_id}")
            if claim.expected:
                check_option(claim.expected, VERDICTS[:-1], f"expected of claim {claim.claim_id}")

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def __getitem__(self, claim_id: str) -> Claim:
        for claim in self.claims:
            if claim.claim_id == claim_id:
                return claim
        names = [claim.claim_id for claim in self.claims]
        raise CodebookError(f"the ledger has no claim {claim_id!r}{suggest(claim_id, names)}")

    @classmethod
    def from_csv(cls, path: str | Path) -> "Ledger":
        r"""Read a ledger from a CSV: `claim_id` and any of the fields of `Claim` (`value` stands for `published`).

        Raises
        ------
        ReadError
            When the file is absent or no CSV, lacks `claim_id`, or has a column that a ledger does not know.
        CodebookError
            When two claims have one id, or a published number does not stand in the words quoted for it.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> [claim.statement for claim in ledger]
        ['self-nominated', 'turnout']
        """
        file = Path(path)
        table = read_plain_table(file, "a ledger of claims").rename(columns=_ALIASES)
        if "claim_id" not in table:
            raise ReadError(f"{file.name} has no column 'claim_id'; its columns are {some(table.columns)}")
        unknown = [name for name in table.columns if name not in COLUMNS]
        if unknown:
            raise ReadError(
                f"{file.name} has a column {unknown[0]!r} that a ledger does not know{suggest(unknown[0], COLUMNS)}"
            )
        return cls(tuple(_read_claim(row) for row in table.to_dict("records")))

    def check(self, values: Mapping[str, float | str], why: Mapping[str, str] | None = None) -> "Ledger":
        r"""Return the ledger with these claims recomputed and judged; `why` explains those that differ.

        Raises
        ------
        CodebookError
            When the ledger has no such claim, or its rounding is no rule that is known.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> checked = ledger.check({"A": 61.78, "B": 58.4}, why={"B": "counted without spoiled ballots"})
        >>> [(claim.verdict, claim.why) for claim in checked]
        [('reproduced', ''), ('differs', 'counted without spoiled ballots')]
        """
        reasons = dict(why or {})
        for name in [*values, *reasons]:
            _ = self[name]
        return Ledger(tuple(
            _judge(claim, values[claim.claim_id], reasons.get(claim.claim_id, claim.why))
            if claim.claim_id in values else claim
            for claim in self.claims
        ))  # fmt: skip

    def refuse(self, reasons: Mapping[str, str]) -> "Ledger":
        r"""Return the ledger with these claims marked as not recomputable, each for its stated reason.

        Raises
        ------
        CodebookError
            When the ledger has no such claim, or a reason is empty.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> ledger.refuse({"B": "the protocols are not public"})["B"].verdict
        'not recomputable'
        """
        for name, reason in reasons.items():
            if not reason.strip() or not self[name].claim_id:
                raise CodebookError(f"claim {name!r} is refused without a reason; say why it cannot be recomputed")
        return Ledger(tuple(
            replace(claim, verdict="not recomputable", recomputed=None, why=reasons[claim.claim_id])
            if claim.claim_id in reasons else claim
            for claim in self.claims
        ))  # fmt: skip

    def select(self, claim_ids: Iterable[str]) -> "Ledger":
        r"""Return the ledger of some claims only.

        Raises
        ------
        CodebookError
            When the ledger has no such claim.
        ArgumentError
            When one is named twice.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> len(ledger.select(["A"]))
        1
        """
        wanted = set(as_names(claim_ids, "claim_ids"))
        for name in sorted(wanted):
            _ = self[name]  # a claim that is not there must not look like one without surprises
        return Ledger(tuple(claim for claim in self.claims if claim.claim_id in wanted))

    @property
    def surprises(self) -> tuple[Claim, ...]:
        r"""The claims whose verdict is not the expected one (and those left open): what makes a replication fail.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> [claim.claim_id for claim in ledger.check({"A": 61.78}).surprises]
        ['B']
        """
        return tuple(claim for claim in self.claims if not claim.as_expected)

    def count(self) -> dict[str, int]:
        r"""Return the number of claims by verdict.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> ledger.check({"A": 61.78}).count()
        {'reproduced': 1, 'differs': 0, 'undecided': 0, 'not recomputable': 0, 'open': 1}
        """
        return {verdict: sum(claim.verdict == verdict for claim in self.claims) for verdict in VERDICTS}

    @property
    def table(self) -> pd.DataFrame:
        r"""The ledger as a table of texts, one claim a row.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> ledger.table[["claim_id", "published", "verdict"]]
          claim_id published verdict
        0        A      61.8    open
        1        B      59.1    open
        """
        rows = [[_text(getattr(claim, name)) for name in COLUMNS] for claim in self.claims]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)

    def to_csv(self, path: str | Path) -> None:
        r"""Write the ledger as CSV (UTF-8, LF); read back by `from_csv`.

        Raises
        ------
        WriteError
            When the name does not end in .csv, the file cannot be written, or is there and surveykit did not write it
            or it was changed since: a ledger kept by hand stays.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     sk.Ledger.from_csv(file).check({"A": 61.78}).to_csv(file.with_name("checked.csv"))
        ...     print(sk.Ledger.from_csv(file.with_name("checked.csv"))["A"].verdict)
        ...
        reproduced
        """
        write_text_whole(csv_text(self.table), check_target(path, (".csv",)))

    def summary(self) -> str:
        r"""Return one line per claim, and the count of verdicts.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import surveykit as sk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "published.csv"
        ...     _ = file.write_text("claim_id,statement,value,rounding\nA,self-nominated,61.8,1\nB,turnout,59.1,1\n")
        ...     ledger = sk.Ledger.from_csv(file)
        ...
        >>> print(ledger.summary())
        open             A          self-nominated: published 61.8  <-- not as expected
        open             B          turnout: published 59.1  <-- not as expected
        2 claims: 2 open
        """
        counted = ", ".join(f"{number} {verdict}" for verdict, number in self.count().items() if number)
        lines = [*(claim.line() for claim in self.claims), f"{len(self)} claims: {counted or 'none'}"]
        return printable_lines("\n".join(lines))

    def __str__(self) -> str:
        return self.summary()


def _read_claim(row: Mapping[str, str]) -> Claim:
    cells = {name: plain(cell).strip() for name, cell in row.items()}
    if not cells["claim_id"]:
        raise ReadError("a ledger has a row without `claim_id`; give every claim an id")
    recomputed = cells.pop("recomputed", "")
    verdict = cells.pop("verdict", "") or "open"
    claim = Claim(**cells, recomputed=_number_or_text(recomputed), verdict=verdict)  # type: ignore[arg-type]
    if claim.quotation and stands_in(claim.published, claim.quotation) is False:
        raise CodebookError(
            f"claim {claim.claim_id!r} has the published value {claim.published!r}, which does not stand in its quotation {claim.quotation!r}; correct one of them"
        )
    return claim


def _number_or_text(text: str) -> float | str | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _judge(claim: Claim, value: float | str, why: str) -> Claim:
    if not claim.published:
        raise CodebookError(
            f"claim {claim.claim_id!r} has no published value to hold {value!r} against; fill the column `published`, or refuse() the claim"
        )
    kept = value if isinstance(value, str) else float(value)
    verdict: Verdict = "reproduced" if agrees(claim.published, kept, claim.rounding) else "differs"
    if kept == UNDECIDED and claim.published in (HOLDS, FAILS):
        verdict = "undecided"
    return replace(claim, recomputed=kept, verdict=verdict, why=why)


def _text(value: object) -> str:
    if isinstance(value, float):
        # twelve digits: the last ones of a sum differ between machines, and the file is compared byte by byte
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(f"{value:.12g}"))
    return "" if value is None else str(value)
