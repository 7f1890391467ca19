"""Cells that rest on too few respondents are hidden, with those from which they could be worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from surveykit.comparison.answers.crosstab import Crosstab
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.estimation.tables.sample_description import SampleDescription
from surveykit.hidden_marks import DOMINATED, FEW, PROTECTS, SMALL_GROUP, UNSAID, hidden_mark
from surveykit.report.released_cells import ReleasedCells, Rules, missing_of, release_of
from surveykit.report.withheld import WITHHELD, closed_outcomes, without_hidden_settlements
from surveykit.results import Result
from surveykit.weighting.diagnostics import MEASURES, WeightComparison, WeightSummary
from surveykit.words.messages import Figure, Message, Slot, Told
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

MINIMUM_N = 5
"""Respondents that a cell must rest on to be shown, unless the caller asks for more."""
HIDDEN, WHY = "hidden", "hidden_why"
COEFFICIENTS = "coefficients"
"""The fact that the cells hidden are those of a model's coefficients."""
_KEPT = (
    *("outcome", "level", "group", "baseline", "term", "estimand", "method", "wave", "reason", "left_out", "treated"),
    *("model", "variable", "code", "measure"),
)
BESIDE_GROUPS = ("standardized_difference", "independence")
"""Rows of a description of the sample that compare the groups: exact functions of all their cells."""
LOG_COLUMNS = ("table", "outcome", "group", "level", "reason", "left_out", "why")

AnyResult = TypeVar("AnyResult", bound=Result)


def hide_small_cells(
    result: AnyResult,
    minimum_n: int = MINIMUM_N,
    *,
    minimum_settlements: int = 1,
    dominance: float = 0.9,
    p_percent: float = 0.1,
) -> AnyResult:
    """Return a result in which cells of too few respondents are missing and marked, with those that would tell them.

    Parameters
    ----------
    result : Result
        Its table has columns group and n (unweighted respondents); rows for everybody ("all", where there is no other
        group) and differences between groups (with a baseline) stay as they are; a `contrast` of cells of which one
        is to be hidden is hidden too.
    minimum_n : int
        Respondents that a cell must rest on. The cell of a mean is the group. The cell of a share is the respondents
        who gave that answer, and also those of the group who did not; in a group of fewer than twice as many every
        answer is hidden, since there 0 and 100 % tell what each of them said.
    minimum_settlements : int
        Clusters that a group must rest on. 1: no rule, so that tables by settlement can be made.
    dominance : float
        Share of a group's weight that its two heaviest respondents may hold at most.
    p_percent : float
        Weight of all but the two heaviest respondents, as a share of the heaviest: the least that keeps the second
        from working out the first.

    Returns
    -------
    Result
        Of the same class. Hidden rows have missing values for every number, True in the column `hidden`, and in
        `hidden_why` one of "few" (respondents), "few in group", "dominated", "protects" (another cell), "unsaid" (the
        reason would tell too much). `facts` and `method` say what was done. Tables, figures, sidecar files and text
        versions made of it show the same mask.

    Raises
    ------
    ArgumentError
        When `minimum_n` is no whole number of at least 1, or cells are hidden already.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Further cells are hidden until an outsider who knows the totals over the groups (with several `by` columns: over
    each of them), all visible cells, that counts are whole numbers and what the marks say, still has more than one
    number to choose from for each hidden cell: for a small one at least half as many as its mark allows. The fewest
    cells that do are searched for. Where more than 60 could go or more than 300 hang together they are taken one by
    one: that no fewer would do is not proved there, that the outsider learns nothing is. A group in which nobody
    answered hides nobody, and stays. `hide_together` does the same for several results that are published together.

    The smallest and largest weight are hidden where fewer than that many respondents have it.

    `write_table`, `write_report`, `draw_shares`, `draw_trend`, `draw_influence` and `draw_dots` hide cells below 5 by
    themselves; `Result.to_latex` and the like show the table as it is. To show small cells everywhere,
    pass `show_small_cells(result, why=...)`, which is written into the method.

    The groups of a table made by hand are taken as those of one column, and the method says so: give `group_codes` to
    `Result` where they cross several. Its shares are taken to be of n respondents, not weighted.

    R: ``sdcTable::protectTable``.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, chapter 4. Fischetti & Salazar-González (2001), Solving the
    cell suppression problem on tabular data with linear constraints, Management Science 47. The rules and the defaults
    of dominance are those of acro (Smith et al. 2023).

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2", "S3"], "estimate": [2.0, 4, 3], "n": [4, 9, 80]})
    >>> sk.hide_small_cells(sk.Result(table, "Means.")).table["hidden"].tolist()
    [True, True, False]
    """
    rules = _rules(minimum_n, minimum_settlements, dominance, p_percent)
    done = result.facts.get("minimum_n")
    if isinstance(done, int) and done > 0:
        if minimum_n <= done:
            return result
        raise ArgumentError(f"cells below {done} are hidden already; pass the result as it was computed")
    as_computed = {name: fact for name, fact in result.facts.items() if name != "minimum_n"}
    found: AnyResult = _hide([replace(result, facts=as_computed)], rules)[0]
    return found


def hide_together(
    results: Sequence[Result],
    minimum_n: int = MINIMUM_N,
    *,
    minimum_settlements: int = 1,
    dominance: float = 0.9,
    p_percent: float = 0.1,
) -> list[Any]:
    """Return results that are published together under one mask: no cell can be worked out from any of them.

    Parameters
    ----------
    results : sequence of Result
        As they were computed. One that `show_small_cells` has passed, or that was hidden before, stays as it is, and
        the others are hidden so that they tell nothing further.
    minimum_n, minimum_settlements, dominance, p_percent
        As in `hide_small_cells`.

    Returns
    -------
    list of Result
        In the same order, each of its own class.

    Raises
    ------
    ArgumentError
        When what is shown already gives a hidden cell away, whatever else is hidden.

    Notes
    -----
    Groups are the same when they stand for the same columns and codes: a table by settlement adds up to that by kind of
    settlement, one by settlement and sex to both; the difference without a settlement tells what its row in a table
    does; a mean beside shares of the same answers is one more equation on them.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2", "S3"], "estimate": [2.0, 4, 3], "n": [4, 9, 80]})
    >>> both = sk.hide_together([sk.Result(table, "Means."), sk.Result(table, "Again.")])
    >>> [one.table["hidden"].tolist() for one in both]
    [[True, True, False], [True, True, False]]
    """
    wrong = next((one for one in results if not isinstance(one, Result)), None)
    if wrong is not None:
        raise ArgumentError(f"`results` must be a list of results, but it holds a {type(wrong).__name__}")
    return _hide(results, _rules(minimum_n, minimum_settlements, dominance, p_percent))


def _rules(minimum_n: int, minimum_settlements: int, dominance: float, p_percent: float) -> Rules:
    for name, value, of in (
        ("minimum_n", minimum_n, "respondents"),
        ("minimum_settlements", minimum_settlements, "settlements"),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ArgumentError(f"`{name}` must be a whole number of {of}, at least 1, not {value!r}")
    return Rules(minimum_n, minimum_settlements, dominance, p_percent)


def show_small_cells(result: AnyResult, *, why: str) -> AnyResult:
    """Return a result whose small cells will be shown; the reason becomes part of its method.

    Parameters
    ----------
    result : Result
    why : str
        Why cells of few respondents may be shown.

    Returns
    -------
    Result
        Of the same class.

    Raises
    ------
    ArgumentError
        When no reason is given, or the cells are hidden already.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2"], "estimate": [2.0, 4.0], "n": [4, 90]})
    >>> sk.show_small_cells(sk.Result(table, "Shares."), why="the answers are simulated").method
    'Shares. Disclosure control switched off: the answers are simulated.'
    """
    if not why.strip():
        raise ArgumentError("`why` must say why small cells may be shown; it is written into the method")
    if result.facts.get("minimum_n"):
        raise ArgumentError("the small cells of this result are hidden already; pass the result as it was computed")
    sentence = Message("disclosure.off", {"why": why.strip().rstrip(".")})
    method = Told.of(result.method, sentence, between=" ")
    return replace(result, facts={**result.facts, "minimum_n": 0}, method=method)


def protected(result: AnyResult) -> AnyResult:
    """Return a result as it may leave the house: as it is if its small cells were dealt with or it has none."""
    return result if "minimum_n" in result.facts else as_published(result, hide_small_cells(result))


def as_published(before: AnyResult, after: AnyResult) -> AnyResult:
    """Return a result as it is published: where nothing is hidden as it was, also what its method says."""
    uncounted = isinstance(after, Crosstab) and after.few_ungrouped
    if after is before or not (after.facts["hidden_rows"] or WITHHELD in after.facts or uncounted):
        return before
    return after if is_hidden(after.table).any() or WITHHELD in after.facts else replace(after, method=before.method)


def is_hidden(table: pd.DataFrame) -> np.ndarray:
    """Return which rows of a table are hidden, (rows,)."""
    return table[HIDDEN].to_numpy(dtype=bool) if HIDDEN in table else np.zeros(len(table), dtype=bool)


def only_where_hidden(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is published: where none of its cells is hidden, no column says so."""
    return table if is_hidden(table).any() else table.drop(columns=[HIDDEN, WHY], errors="ignore")


def mark_of(why: object, lang: str | None, facts: Mapping[str, Any]) -> str:
    """Return what stands in place of a hidden number."""
    return hidden_mark(why, lang, int(facts.get("minimum_n", MINIMUM_N)))


def hidden_note(table: pd.DataFrame, lang: str | None, facts: Mapping[str, Any]) -> str:
    """Return the sentences under a table or figure in which cells are hidden; "" where none is."""
    withheld = [word("withheld_note", lang)] if facts.get(WITHHELD) else []
    if not is_hidden(table).any():
        return "".join(withheld)
    least = int(facts["minimum_n"])
    said = [word("hidden_note", lang, n=least)]
    why = set(table[WHY]) if WHY in table else set()
    if facts.get(COEFFICIENTS):
        said.append(word("hidden_coefficients_note", lang, n=least))
    elif "level" in table and table["level"].notna().any():
        said.append(word("hidden_answers_note", lang, n=least, twice=SMALL_GROUP * least))
    if DOMINATED in why:
        said.append(word("hidden_dominated_note", lang))
    return " ".join([*said, *withheld])


def hidden_log(names: Sequence[str], results: Sequence[Result]) -> pd.DataFrame:
    """Return what was hidden in results of these names and why, without any hidden value."""
    rows = []
    for name, result in zip(names, results):
        frames = [result.table, *(getattr(result, one) for one in ("influence", "groups") if hasattr(result, one))]
        for frame in [*frames, missing_of(result)]:
            if WHY in frame:
                gone = frame[is_hidden(frame)].assign(table=name, why=lambda here: here[WHY])
                rows.append(gone.reindex(columns=list(LOG_COLUMNS)).drop_duplicates())
        if result.facts.get(WITHHELD):
            rows.append(pd.DataFrame([{"table": name, "why": "errors withheld"}], columns=list(LOG_COLUMNS)))
    log = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(LOG_COLUMNS))
    return log.assign(data_status=SIMULATED) if any(one.origin.simulated for one in results) else log


def _hide(results: Sequence[Result], rules: Rules) -> list[Any]:
    """Return results under one mask; those dealt with before stay."""
    release = release_of(results, rules)
    dealt_with = {number for number, one in enumerate(results) if "minimum_n" in one.facts}
    shown = {cell for row in release.rows if row.result in dealt_with for cell in row.cells}
    for cell in shown:
        release.why[cell] = ""
    found = release.solve(shown)
    if shown and len(found.exposed) > len(release.solve(()).exposed):
        raise ArgumentError(
            "what is shown already gives cells of few respondents away that others of the results hide; pass all of them to hide_together() as they were computed, and draw figures from what it returns"
        )
    masks, closed = _masks(results, release, found.hidden), closed_outcomes(results, release, found.hidden)
    _close(masks, results, closed)
    return [
        one if number in dealt_with else without_hidden_settlements(_masked_result(one, masks[number], rules), closed)
        for number, one in enumerate(results)
    ]


def _close(masks: "list[Masks]", results: Sequence[Result], closed: frozenset[str]) -> None:
    """Hide the averages over settlements of outcomes of which a settlement is hidden, and the differences of them."""
    for one, mask in zip(results, masks):
        for name in {*mask} - {"missing"}:
            frame = getattr(one, name)
            if not {"outcome", "estimand"} <= set(frame):
                continue
            gone = (frame["outcome"].isin(closed) & (frame["estimand"] == "settlement")).to_numpy()
            mask[name][gone & (mask[name] == "")] = PROTECTS


Masks = dict[str, np.ndarray]
"""Why each row of a result's tables is hidden, "" where it is not: of "table", "groups", "influence", "missing"."""


def _masks(results: Sequence[Result], release: ReleasedCells, hidden: np.ndarray) -> list[Masks]:
    masks: list[Masks] = [
        {"table": np.full(len(one.table), "", dtype=object), "missing": np.full(len(missing_of(one)), "", dtype=object)}
        for one in results
    ]
    for one, mask in zip(results, masks):
        if isinstance(one, SettlementComparison):
            mask |= {name: np.full(len(getattr(one, name)), "", dtype=object) for name in ("groups", "influence")}
    for row in release.rows:
        gone = [cell for cell in row.cells if hidden[cell]]
        if gone:
            why = next((why for cell in gone if (why := release.why[cell])), PROTECTS)
            masks[row.result][row.frame][row.place] = UNSAID if release.unsaid & {*gone} else why
    for one, mask in zip(results, masks):
        if isinstance(one, SettlementComparison) and (mask["groups"] != "").any():
            # a difference and one side tell the other side
            lost = {*one.groups["outcome"][mask["groups"] != ""]}
            mask["table"][one.table["outcome"].isin(lost).to_numpy()] = PROTECTS
        if isinstance(one, SampleDescription) and (mask["table"] != "").any():
            lost = {*one.table["outcome"][mask["table"] != ""].dropna()}
            mask["table"][(one.table["outcome"].isin(lost) & one.table["term"].isin(BESIDE_GROUPS)).to_numpy()] = (
                PROTECTS
            )
        if isinstance(one, WeightSummary | WeightComparison):
            few = [row for row, n in one.persons.items() if n < release.rules.minimum_n]
            mask["table"][few] = FEW
        if (
            one.fitted_models and "model" in one.table
        ):  # a sum of squares between the groups is made of all their averages
            lost = {*one.table["model"][mask["table"] != ""]}
            mask["table"][(one.table["model"].isin(lost) & (one.table["method"] == "fit")).to_numpy()] = PROTECTS
        if isinstance(one, Estimates) and one.combines is not None:
            source, used = one.combines
            if source.facts.get("minimum_n") != 0:  # else it is shown on purpose
                known = is_hidden(
                    source.table if "minimum_n" in source.facts else _hide([source], release.rules)[0].table
                )
                mask["table"][:] = PROTECTS if known[used].any() else mask["table"]
    return masks


def _masked_result(result: AnyResult, masks: Masks, rules: Rules) -> AnyResult:
    sentences: list[Slot] = [Message("disclosure.hidden", {"n": Figure(str(rules.minimum_n))})]
    hidden = sum(int((mask != "").sum()) for mask in masks.values())
    groups = result.table["group"].dropna() if "group" in result.table else ()
    if hidden and None in result.meanings_of(groups) and not isinstance(result, SettlementComparison):
        sentences.append(Message("disclosure.no_codes"))
    facts = {**result.facts, "minimum_n": rules.minimum_n, "hidden_rows": hidden}
    if isinstance(result, WeightSummary):
        told = {MEASURES[name]: name for name in MEASURES}
        facts |= dict.fromkeys((told[name] for name in result.table["measure"][masks["table"] != ""]), None)
    if result.fitted_models:
        facts[COEFFICIENTS] = True
    changes: dict[str, object] = {
        "table": _masked(result.table, masks["table"]),
        "facts": facts,
        "method": Told.of(result.method, *sentences, between=" "),
    }
    if isinstance(result, Estimates) and result.count_missing is not None:
        counts = only_where_hidden(_masked(result.missing, masks["missing"]))
        changes["count_missing"] = lambda: counts
    if isinstance(result, SettlementComparison) and hidden:
        frames = {name: getattr(result, name) for name in ("groups", "influence", "missing")}
        changes |= {name: only_where_hidden(_masked(frame, masks[name])) for name, frame in frames.items()}
    if isinstance(result, Crosstab):
        few = tuple(name for name, n in result.ungrouped.items() if 0 < n < rules.minimum_n)
        changes |= {
            "ungrouped": {name: n for name, n in result.ungrouped.items() if name not in few},
            "few_ungrouped": few,
        }
    if isinstance(result, Crosstab | SampleDescription):
        changes["missing"] = only_where_hidden(_masked(result.missing, masks["missing"]))
    if isinstance(result, Crosstab) and len(result.tests):
        changes["tests"] = _known_tests(result.tests, changes["table"])
    if isinstance(result, Crosstab) and len(result.comparisons):
        table = changes["table"]
        changes |= {"comparisons": _known_pairs(result.comparisons, table), "table": _known_letters(table)}
    return replace(result, **changes)  # type: ignore[arg-type]


def _known_tests(tests: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the tests of independence without the numbers of those on a hidden cell: F is a function of all cells."""
    gone = set(zip(*(table.loc[is_hidden(table), name] for name in ("outcome", "term"))))
    why = [PROTECTS if pair in gone else "" for pair in zip(tests["outcome"], tests["term"])]
    return only_where_hidden(_masked(tests, np.array(why, dtype=object)))


def _known_pairs(pairs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the tests of columns without those of which one side is hidden."""
    names = ["outcome", "estimand", "level", "term"]
    gone = set(zip(*(table.loc[is_hidden(table), name].fillna("") for name in [*names, "group"])))
    lines = list(zip(*(pairs[name].fillna("") for name in names)))
    why = [
        PROTECTS if {(*line, one), (*line, other)} & gone else ""
        for line, one, other in zip(lines, pairs["group"], pairs["baseline"])
    ]
    return only_where_hidden(_masked(pairs, np.array(why, dtype=object)))


def _known_letters(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose letters name no hidden cell: they would say on which side of a visible one it lies."""
    lines = list(zip(*(table[name].fillna("") for name in ("outcome", "estimand", "level", "term"))))
    visible = {(line, letter) for line, letter in zip(lines, table["column_letter"]) if isinstance(letter, str)}
    kept = [
        " ".join(one for one in letters.split() if (line, one) in visible) or None if isinstance(letters, str) else None
        for line, letters in zip(lines, table["larger_than"])
    ]
    return table.assign(larger_than=kept)


def _masked(table: pd.DataFrame, why: np.ndarray) -> pd.DataFrame:
    masked, hidden = table.copy(), why != ""
    for name in masked.columns if hidden.any() else ():
        if name not in _KEPT:
            counted = pd.api.types.is_integer_dtype(masked[name].dtype)  # beside a missing one 411 would turn 411.0
            masked[name] = (masked[name].astype("Int64") if counted else masked[name]).mask(hidden)
    return masked.assign(**{HIDDEN: hidden.astype(bool), WHY: why})
