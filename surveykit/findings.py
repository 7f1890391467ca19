"""What a table of estimates or tests found, chosen from its numbers: sentences as records, said by a page."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from surveykit.codebook import Codebook
from surveykit.words.messages import UNKNOWN, Listed, Message, Number, PValue, Quoted, Share, Slot
from surveykit.words.pages import method_word, word

MOST_SENTENCES = 3
"""So many rows are told one by one; of more, the highest and the lowest."""
MOST_DIGITS = 6
DIFFERENCES = {
    "difference": "groups",
    "paired": "paired",
    "ranks": "ranks",
    "trend": "trend",
    "coefficient": "coefficient",
}
"""Quantities with a direction and a test, by the first part of their sentences' keys."""
TESTS = {"association": "association_test", "fit": "fit_test", "terms": "terms_test"}
"""Quantities with a test alone."""
VALUES = {
    "mean": "quantity_mean", "total": "quantity_total", "ratio": "quantity_ratio", "quantile": "quantity_quantile",
    "variance": "quantity_variance", "covariance": "quantity_covariance", "correlation": "quantity_correlation",
    "standardized_mean": "quantity_standardized_mean", "prediction": "quantity_prediction",
    "marginal_effect": "quantity_marginal_effect", "contrast": "quantity_contrast", "icc": "quantity_icc",
}  # fmt: skip
"""Quantities with an estimate and an interval alone, by the words for them."""
OF_TWO = ("covariance", "correlation", "marginal_effect")
"""Quantities that relate an outcome to the variable in `term`."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the columns, groups and answers of a result are called in one language.

    Attributes
    ----------
    lang : str
    codebook : Codebook
        Asks the questions.
    groups : mapping from str to str
        Names of groups by their texts in the table; one that is not there is said as it is.
    levels : mapping from (outcome, text) to str
        Answers, likewise.
    everybody : set of str
        Texts in the column `group` that stand for all respondents; a category may be called "all" as well.
    terms : mapping from str to str
        Terms of a model, likewise.
    """

    lang: str
    codebook: Codebook
    groups: Mapping[str, str]
    levels: Mapping[tuple[str, str], str]
    everybody: frozenset[str] = frozenset({"all"})
    terms: Mapping[str, str] = field(default_factory=dict)

    def question(self, outcome: str) -> Quoted:
        """Return what an outcome asks."""
        return Quoted(self.codebook[outcome].ask(self.lang))

    def group(self, name: str) -> Quoted:
        """Return what a group is called."""
        return Quoted(self.groups.get(name, name))

    def level(self, outcome: str, text: str) -> Quoted:
        """Return what an answer is called."""
        return Quoted(self.levels.get((outcome, text), text))

    def term(self, name: str) -> Quoted:
        """Return what a term of a model is called."""
        return Quoted(self.terms.get(name, name))

    def word(self, key: str) -> str:
        """Return a word of surveykit's."""
        return word(key, self.lang)

    def method(self, name: str) -> str:
        """Return what a method is called."""
        return method_word(name, self.lang)


def digits_of(rows: pd.DataFrame) -> int:
    """Return with how many decimals estimates are said: so many that the smallest error keeps two digits.

    Two digits of an error are all that it can bear, and an estimate is not known better than its error (JCGM 100:2008,
    7.2.6). Two decimals where no error is known.
    """
    errors = rows["std_error"].to_numpy(dtype=float) if "std_error" in rows else np.empty(0)
    errors = errors[np.isfinite(errors) & (errors > 0)]
    return 2 if not len(errors) else int(np.clip(1 - math.floor(math.log10(errors.min())), 0, MOST_DIGITS))


def is_shown(p_value: float, alpha: float) -> bool:
    """Return whether a test shows a difference at a level; one that gives no p shows none."""
    return p_value < alpha


def direction(row: pd.Series, alpha: float) -> str:
    """Return "higher", "lower" or "not_shown" for the estimate of a row and its test."""
    if not is_shown(row["p_value"], alpha):
        return "not_shown"
    return "higher" if row["estimate"] > 0 else "lower"


def interval(row: pd.Series, digits: int, confidence: float) -> dict[str, Slot]:
    """Return what a sentence says of an interval."""
    ends: dict[str, Slot] = {name: Number(float(row[f"conf_{name}"]), digits, True) for name in ("low", "high")}
    return {**ends, "percent": Share(confidence, 0 if round(100 * confidence, 6) % 1 == 0 else 1)}


def say_test(row: pd.Series, names: Names) -> Message:
    """Return the method and the p-value of a row."""
    return Message("test", {"method": names.method(str(row["method"])), "p": PValue(float(row["p_value"]))})


def count(value: float) -> Slot:
    """Return a number of respondents or clusters; one that is not known is said as such."""
    return int(value) if np.isfinite(value) else Number(math.nan)


def describe(quantity: str, table: pd.DataFrame, names: Names, confidence: float) -> list[Message]:
    """Return what a table found, as sentences; none for a quantity that has no sentence, or a table without rows.

    Parameters
    ----------
    quantity : str
        What its rows are; see `Result.quantity`.
    table : DataFrame
        In the glossary's columns.
    names : Names
    confidence : float
        Level of the intervals; a test shows what has a p below one minus this.
    """
    known = (
        table[table["estimate"].notna() | table["p_value"].notna()]
        if {"estimate", "p_value"} <= set(table)
        else table[:0]
    )
    if not len(known):
        return (
            nobody_answered(table, names) if quantity in {*DIFFERENCES, *TESTS, *VALUES, "share", "agreement"} else []
        )
    if quantity in DIFFERENCES:
        return _differences(DIFFERENCES[quantity], known, names, confidence)
    if quantity in TESTS:
        return first_told([_test(TESTS[quantity], row, names, 1 - confidence) for row in _rows(known)])
    if quantity == "agreement":
        right = known[known["term"] == "right"]  # the answers right of the centre, which a reader asks for
        return first_told([_share(row, names, confidence, "agreement") for row in _rows(right)])
    hidden = _hidden(table)
    if quantity == "share":
        # which answer was given most often is not known where one of them is hidden
        whole = [name for name in ("outcome", "group") if name in table and table[name].notna().any()]
        torn = hidden.groupby([table[name] for name in whole], sort=False).transform("any")
        return _shares(known[~torn[known.index]], names, confidence, whole, torn.any())
    return _values(quantity, known, names, confidence, hidden.any()) if quantity in VALUES else []


def nobody_answered(table: pd.DataFrame, names: Names) -> list[Message]:
    """Return a sentence on the outcomes that nobody answered; none where numbers are missing for another reason."""
    if not len(table) or "n" not in table or not _of_nobody(table).all():
        return []
    outcomes = dict.fromkeys(str(name) for name in table["outcome"].dropna())
    return [Message("nobody", {"outcomes": Listed(tuple(names.question(name) for name in outcomes))})]


def first_told(messages: list[Message]) -> list[Message]:
    """Return the first few sentences, and one on how many rows they leave untold."""
    left = len(messages) - MOST_SENTENCES
    return messages if left <= 0 else [*messages[:MOST_SENTENCES], Message("further", {"n": left})]


def _hidden(table: pd.DataFrame) -> pd.Series:
    """Return which rows have lost an estimate that there is: somebody answered, or it is not said how many."""
    return table["estimate"].isna() & ~_of_nobody(table)


def _of_nobody(table: pd.DataFrame) -> pd.Series:
    return (table["n"] == 0).fillna(False).astype(bool)  # of a hidden row it is not told, and a missing one is no zero


def _rows(table: pd.DataFrame) -> Iterable[pd.Series]:
    return (row for _, row in table.iterrows())


def _differences(family: str, table: pd.DataFrame, names: Names, confidence: float) -> list[Message]:
    alpha = 1 - confidence
    if family == "coefficient" and len(table) > MOST_SENTENCES:
        return [_coefficients(table, names, confidence)]
    key = [name for name in ("outcome", "group", "baseline", "term") if table[name].notna().any()]
    # the method put first tells; the others stand in the table
    first = table.drop_duplicates(key)
    return first_told([_difference(family, row, names, confidence, alpha) for row in _rows(first)])


def _difference(family: str, row: pd.Series, names: Names, confidence: float, alpha: float) -> Message:
    digits = digits_of(row.to_frame().T)
    slots: dict[str, Slot] = {
        "difference": Number(float(row["estimate"]), digits, True),
        **interval(row, digits, confidence),
        "tests": say_test(row, names),
        "n": count(float(row["n"])),
    }
    if family == "paired":
        slots |= {name: names.question(str(row[name])) for name in ("group", "baseline")}
    elif family == "coefficient":
        slots |= {"outcome": names.question(str(row["outcome"])), "term": names.term(str(row["term"]))}
    elif family == "trend":
        slots |= {name: names.question(str(row[name])) for name in ("outcome", "group")}
    else:
        slots |= {"outcome": names.question(str(row["outcome"]))}
        slots |= {name: names.group(str(row[name])) for name in ("group", "baseline")}
    return Message(f"{family}.{direction(row, alpha)}", slots)


def _coefficients(table: pd.DataFrame, names: Names, confidence: float) -> Message:
    shown = table["p_value"] < 1 - confidence

    def listed(terms: pd.Series) -> Slot:
        return Listed(tuple(names.term(str(term)) for term in terms)) if len(terms) else UNKNOWN

    slots: dict[str, Slot] = {
        "outcome": names.question(str(table["outcome"].iloc[0])),
        "percent": Share(confidence, 0),
        "shown": listed(table.loc[shown, "term"]),
        "not_shown": listed(table.loc[~shown, "term"]),
        "n": count(float(table["n"].iloc[0])),
    }
    return Message("coefficient.range", slots)


def _test(family: str, row: pd.Series, names: Names, alpha: float) -> Message:
    shown = "shown" if is_shown(row["p_value"], alpha) else "not_shown"
    slots: dict[str, Slot] = {
        "outcome": names.question(str(row["outcome"])),
        "tests": say_test(row, names),
        "n": count(float(row["n"])),
    }
    slots |= {"group": names.question(str(row["group"]))} if family == "association_test" else {}
    slots |= {"term": Quoted(str(row["term"]))} if family == "terms_test" else {}
    return Message(f"{family}.{shown}", slots)


def _who(row: pd.Series, names: Names, quantity: str) -> dict[str, Slot]:
    """Return the outcome of a row, with what it is related to, and its group where it is one of several."""
    group, told = row.get("group"), dict[str, Slot](outcome=names.question(str(row["outcome"])))
    if quantity in OF_TWO and isinstance(row.get("term"), str):
        both = dict.fromkeys((str(row["outcome"]), str(row["term"])))
        told["outcome"] = Listed(tuple(names.question(name) for name in both), " × ")
    return told if not isinstance(group, str) or group in names.everybody else {**told, "group": names.group(group)}


def _which(what: str, row: pd.Series) -> Slot:
    """Return what an estimate is; of a quantile, which one."""
    return Message("quantile", {"probability": Number(float(row["probability"]))}) if "probability" in row else what


def _values(quantity: str, table: pd.DataFrame, names: Names, confidence: float, hidden: bool) -> list[Message]:
    what, digits = names.word(VALUES[quantity]), digits_of(table)

    def tell(row: pd.Series) -> Message:
        who = _who(row, names, quantity)
        ends = {name: Number(float(row[f"conf_{name}"]), digits) for name in ("low", "high")}
        told: dict[str, Slot] = {
            "what": _which(what, row),
            "estimate": Number(float(row["estimate"]), digits),
            "n": count(float(row["n"])),
        }
        return Message(
            "estimate.group" if "group" in who else "estimate.all",
            {**who, **told, **interval(row, digits, confidence), **ends},
        )

    return _few_or_range("estimate", table, tell, names, lambda value: Number(value, digits), quantity, hidden)


def _shares(table: pd.DataFrame, names: Names, confidence: float, groups: list[str], hidden: bool) -> list[Message]:
    if not len(table):
        return []
    # ties: the first answer in the order of the table
    most = table.loc[table.groupby(groups, sort=False)["estimate"].idxmax()]

    def tell(row: pd.Series) -> Message:
        return _share(row, names, confidence, "share")

    return _few_or_range("share", most, tell, names, Share, "share", hidden)


def _share(row: pd.Series, names: Names, confidence: float, family: str) -> Message:
    """Return the share of an answer, or of several together."""
    who = _who(row, names, family)
    slots: dict[str, Slot] = {
        "level": names.level(str(row["outcome"]), str(row["level"])),
        "share": Share(float(row["estimate"])),
        "n": count(float(row["n"])),
        **interval(row, 0, confidence),
        **{name: Share(float(row[f"conf_{name}"])) for name in ("low", "high")},
    }
    return Message(f"{family}.group" if "group" in who else f"{family}.all", {**who, **slots})


def _few_or_range(
    family: str,
    table: pd.DataFrame,
    tell: Callable[[pd.Series], Message],
    names: Names,
    number: Callable[[float], Slot],
    quantity: str,
    hidden: bool,
) -> list[Message]:
    """Return a sentence for each row of a few; of more, one on the highest and the lowest, where all are known."""
    if len(table) <= MOST_SENTENCES or hidden:
        return first_told([tell(row) for row in _rows(table)])
    ends = {"highest": table.loc[table["estimate"].idxmax()], "lowest": table.loc[table["estimate"].idxmin()]}
    slots: dict[str, Slot] = {"n_rows": len(table)}
    slots |= {"what": names.word(VALUES[quantity])} if family == "estimate" else {}
    for name, value in (("highest", "high"), ("lowest", "low")):
        who = [*_who(ends[name], names, quantity).values()]
        who += [_which("", ends[name])] if "probability" in ends[name] else []
        who += [names.level(str(ends[name]["outcome"]), str(ends[name]["level"]))] if family == "share" else []
        slots |= {name: Listed(tuple(who)), value: number(float(ends[name]["estimate"]))}
    return [Message(f"{family}.range", slots)]
