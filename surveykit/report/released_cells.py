"""The cells behind tables that are published together: how many persons each rests on, and which add up to which."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import permutations

import numpy as np
import pandas as pd
from scipy import sparse

from surveykit.codebook import as_code
from surveykit.comparison.answers.crosstab import Crosstab
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.estimation.engine.domains import Carried
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.estimation.quantities.wide_form import ALL
from surveykit.estimation.tables.sample_description import SampleDescription
from surveykit.hidden_marks import DOMINATED, FEW, FEW_IN_GROUP, PROTECTS, SMALL_GROUP
from surveykit.report.protection import Cells, Protection, protect
from surveykit.results import Result

_GROUP, _STAYS, _ASSUMED, _ASSUMED_ANSWERS = 50.0, 1e3, 1e6, 20.0
"""Costs of hiding a group with its mean and differences, of hiding an estimate for everybody, and of believing that a
total over groups stays unknown which stands in no table: of respondents never, of those who gave an answer rather than
lose a group of dozens because nobody in another one gave it."""

MODEL = "model"
"""First of the context of cells that stand behind a model's coefficients."""
Key = tuple[object, ...]
Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """When a cell rests on too few; see `hide_small_cells`."""

    minimum_n: int
    minimum_settlements: int = 1
    dominance: float = 0.9
    p_percent: float = 0.1

    @property
    def spread(self) -> int:
        """How far apart the numbers must lie that a hidden small count may still be."""
        return (self.minimum_n - 1) // 2

    def is_dominated(self, heaviest: tuple[float, float], total: float) -> bool:
        """Return whether two respondents hold too much of the weight, or one could work out the other too closely."""
        first, second = heaviest
        if not first > 0 or not total > 0:
            return False
        rest = max(total - first - second, 0.0)
        return first + second > self.dominance * total or rest < self.p_percent * first


@dataclass(slots=True)
class _Row:
    """A row of a table: the cells that it shows, the first of them its own."""

    result: int
    frame: str
    place: int
    cells: list[int]


@dataclass(slots=True)
class ReleasedCells:
    """Everything that is published together, as cells and rows that show them."""

    rules: Rules
    values: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    place: dict[Key, int] = field(default_factory=dict)
    sums: list[dict[int, float]] = field(default_factory=list)
    brings: list[tuple[int, int]] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    unsaid: set[int] = field(default_factory=set)
    tells: dict[int, int] = field(default_factory=dict)  # answers whose marks tell of their group, with its cell

    def cell(self, key: Key, value: float, why: str = "", whole: bool = False) -> int:
        """Return the place of a cell, which is made when it is not there; one of another number is another cell.

        `whole`: the group is hidden as a whole, so that the mark says nothing of this one of its answers.
        """
        known = self.place.get(key)
        if known is not None and self.values[known] != value:
            key = (*key, value)
            known = self.place.get(key)
        if known is not None:
            if why and not self.why[known]:
                self._set(known, key, value, why, whole)
            return known
        at = self.place[key] = len(self.values)
        for each in (self.values, self.low, self.high, self.width, self.cost):
            each.append(0.0)
        self.why.append("")
        self._set(at, key, value, why, whole)
        return at

    def _set(self, at: int, key: Key, value: float, why: str, whole: bool) -> None:
        least, rules = self.rules.minimum_n, self.rules
        low, high, width = float(least), np.inf, 1.0 if why else 0.0
        if why == FEW:
            low, high, width = 1.0, least - 1.0, float(rules.spread)
        elif why == FEW_IN_GROUP:
            high, width = SMALL_GROUP * least - 1.0, float(rules.spread)
        if whole:
            low, width = 0.0, width if value else 0.0
        cost = 1 + value / (1e6 + value)
        if key[3] == "n":
            cost += _GROUP
        if not why and key[2] == ():
            cost = _STAYS
        if not why and value == 0:
            cost = np.inf  # nobody is behind it, and an outsider would know that it is none of the small ones
        if key[3] in ("sum", "squares"):
            low, cost = -np.inf, _GROUP if key[2] else _STAYS
        elif not why and value == 0:
            high = 0.0
        low = min(low, value)
        self.values[at], self.low[at], self.high[at], self.width[at], self.cost[at] = value, low, high, width, cost
        self.why[at] = why

    def total(self, parts: Sequence[int], whole: int | None, unknown: float = _ASSUMED) -> None:
        """Say that parts add up to a whole; where it stands nowhere, it is taken as known to the outsider."""
        value = sum(self.values[part] for part in parts)
        if whole is None or self.values[whole] != value:
            whole = len(self.values)
            for each, new in zip(
                (self.values, self.low, self.high, self.width, self.cost), (value, -np.inf, np.inf, 0.0, unknown)
            ):
                each.append(new)
            self.why.append("")
        self.sums.append({**dict.fromkeys(parts, 1.0), whole: -1.0})

    def solve(self, fixed: Iterable[int]) -> Protection:
        """Return what is to be hidden when the cells `fixed` are published already.

        Where all is hidden that could be, and a cell is still known too well, the marks tell it: three that say "n < 5"
        in a group that does as well are 1 or 2 each. Then they are not said.
        """
        fixed = list(fixed)
        known: dict[bytes, Protection] = {}
        while True:
            found = self._solve(fixed, known)
            around = {cell for one in self.sums if not one.keys().isdisjoint(found.exposed.tolist()) for cell in one}
            around |= {self.tells[cell] for cell in around & self.tells.keys()}  # its answers' marks tell of a group
            new = {*around, *found.exposed.tolist()} - self.unsaid - {*fixed}
            new = {cell for cell in new if found.hidden[cell] and np.isfinite(self.low[cell])}
            if not new:
                return found
            self.unsaid |= new
            for cell in new:
                self.low[cell], self.high[cell] = 0.0, np.inf

    def _solve(self, fixed: Sequence[int], known: dict[bytes, Protection]) -> Protection:
        cost = np.array(self.cost)
        cost[fixed] = np.inf
        triples = [(at, cell, value) for at, one in enumerate(self.sums) for cell, value in one.items()]
        at, cell, value = (np.array(each) for each in zip(*triples)) if triples else (np.empty(0, int),) * 3
        relations = sparse.csr_array((value.astype(float), (at, cell)), shape=(len(self.sums), len(cost)))
        cells = Cells(
            np.array(self.values),
            relations,
            np.array(self.low),
            np.array(self.high),
            np.array(self.width),
            cost,
            tuple(self.brings),
        )
        return protect(cells, np.array([bool(why) for why in self.why], dtype=bool), known)


def release_of(results: Sequence[Result], rules: Rules) -> ReleasedCells:
    """Return the cells of results that are published together."""
    release = ReleasedCells(rules)
    for number, result in enumerate(results):
        if isinstance(result, Crosstab):
            _add_crosstab(release, number, result)
        elif isinstance(result, SampleDescription):
            _add_sample(release, number, result)
        elif result.fitted_models:
            _add_models(release, number, result)
        else:
            _add_table(release, number, result, result.table, "table")
        if isinstance(result, SettlementComparison):
            _add_table(release, number, result, result.groups, "groups")
            _add_influence(release, number, result)
        missing = missing_of(result)
        if len(missing):
            _add_missing(release, number, result, missing, "missing")
    _add_model_links(release)
    _add_sums(release, results)
    _add_group_totals(release, _nested(results, release))
    _add_level_totals(release)
    _add_reason_totals(release)
    _add_marks_of_answers(release)
    return release


def missing_of(result: Result) -> pd.DataFrame:
    """Return the table of those who did not answer that belongs to a result; empty where there is none."""
    if isinstance(result, Estimates):
        return result.missing if result.count_missing is not None else pd.DataFrame()
    return result.missing if isinstance(result, SettlementComparison | Crosstab | SampleDescription) else pd.DataFrame()


def _text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)


def _groups(result: Result, table: pd.DataFrame) -> list[Group | None]:
    """Return what each row's group stands for; () for everybody, None for a row of no group."""
    if isinstance(result, Crosstab) and "group" not in table:
        return [()] * len(table)  # its missing answers are those of everybody
    names = table["group"].tolist() if "group" in table else [None] * len(table)
    if "baseline" in table:  # a difference is of no group
        names = [name if pd.isna(other) else None for name, other in zip(names, table["baseline"])]
    known = {name: result.group_codes.get(name) for name in set(names) if isinstance(name, str)}
    everybody = set(known) <= {"all"} and not any(known.values())
    return [
        None
        if not isinstance(name, str)
        else ()
        if (name == "all" and everybody) or known[name] == ()
        else tuple(sorted((column, str(code)) for column, code in known[name] or (("", name),)))
        for name in names
    ]


def _context(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(_text(row.get(name)) for name in ("wave", "term"))


def _add_table(release: ReleasedCells, number: int, result: Result, table: pd.DataFrame, frame: str) -> None:
    """Add the rows that rest on the respondents of one group."""
    if not {"group", "n"} <= set(table.columns) or "left_out" in table:
        return
    if "reason" in table:
        return _add_missing(release, number, result, table, frame)
    rules = release.rules
    heaviest = result.heaviest() if isinstance(result, Estimates) and result.heaviest and result.design.weight else {}
    persons = result.persons() if isinstance(result, Estimates) and result.persons else {}
    sums = isinstance(result, Estimates) and result.of_sums
    for place, (row, group) in enumerate(zip(table.to_dict("records"), _groups(result, table))):
        if group is None or pd.isna(row["n"]):
            continue
        outcome, context, n = _text(row.get("outcome")), _context(row), int(row["n"])
        why = _why_of_group(rules, row, heaviest.get((outcome, str(row["group"])))) if group else ""
        base = release.cell((outcome, context, group, "n"), n, why)
        level = _text(row.get("level"))
        if not level or sums:
            release.rows.append(_Row(number, frame, place, [base]))
            continue
        share = row.get("estimate")
        count = persons.get((outcome, str(row["group"]), level))
        if count is None:  # a table made by hand: a share times n is a whole number, or near one
            count = 0 if share is None or pd.isna(share) else round(float(share) * n)
        code = result.level_codes.get(outcome, {}).get(level, level)
        reason = (why or _why_of_answer(rules, count, n)) if group else ""
        whole = bool(why) or reason == FEW_IN_GROUP
        cell = release.cell((outcome, context, group, ("level", code)), count, reason, whole)
        release.brings.append((base, cell))
        release.rows.append(_Row(number, frame, place, [cell, base]))


def _add_crosstab(release: ReleasedCells, number: int, result: Crosstab) -> None:
    """Add the persons behind each number, whatever its percent is of: bases are sums of the same cells."""
    for place, (row, group) in enumerate(zip(result.table.to_dict("records"), _groups(result, result.table))):
        name, text = (str(row[each]) for each in ("outcome", "group"))
        level, term = _text(row["level"]), _text(row["term"])
        if group is None or (name, term, "", text) not in result.persons:
            continue
        n = result.persons[name, term, "", text]
        base, why = _add_group(release, name, group, n, result.carried.get((name, term, text)))
        if not level:
            release.rows.append(_Row(number, "table", place, [base]))
            continue
        cells = _add_answer(release, result, name, group, level, result.persons[name, term, level, text], n, why, base)
        if result.percent == "row":  # its base is everybody who gave that answer
            count = result.persons[name, term, level, ALL]
            cells.append(_add_answer(release, result, name, (), level, count, 0, "", None)[0])
        release.rows.append(_Row(number, "table", place, cells))


def _add_sample(release: ReleasedCells, number: int, result: SampleDescription) -> None:
    """Add the persons that a description of the sample counts: respondents, answers, reasons for none."""
    for place, (row, group) in enumerate(zip(result.table.to_dict("records"), _groups(result, result.table))):
        if group is None or row["term"] in ("independence", "standardized_difference"):
            continue
        name, level = _text(row["outcome"]), _text(row["level"])
        if row["term"] == "missing":
            cells = [_add_reason(release, name, group, level, int(row["count"]))]
        else:
            base, why = _add_group(release, name, group, int(row["n"]), result.carried.get((name, str(row["group"]))))
            cells = [base]
            if level:
                count = int(row["count"])
                cells = _add_answer(release, result, name, group, level, count, int(row["n"]), why, base)
        release.rows.append(_Row(number, "table", place, cells))


def _add_models(release: ReleasedCells, number: int, result: Result) -> None:
    """Add the respondents whose answers coefficients hold against each other.

    With the constant a coefficient is the average of its answer, if nothing else stands in the model; so it is a cell
    like that of a mean. Without it and one more, the total of everybody gives it back, as in any table.
    """
    from surveykit.estimation.models.level_cells import level_cells
    from surveykit.estimation.models.model_fit import ModelFit

    for name, fit in result.fitted_models.items():
        assert isinstance(fit, ModelFit)
        cells = level_cells(fit)
        context = (MODEL, sha256(fit.data.rows.tobytes()).hexdigest())  # the same respondents: the same cells
        taken = Counter(group for groups in cells.of_term.values() for group in groups)
        places = {}
        for group, n in cells.persons.items():
            why = FEW if 0 < n < release.rules.minimum_n else ""
            place = places[group] = release.cell((fit.data.outcome, context, group, "n"), n, why)
            release.cost[place] += _GROUP * max(taken[group] - 1, 0)  # a reference takes many coefficients along
        for place, row in enumerate(result.table.to_dict("records")):
            behind = cells.of_term.get(_text(row["term"]), ()) if _text(row.get("model")) == name else ()
            if behind and row["method"] not in ("reference", "fit"):
                release.rows.append(_Row(number, "table", place, [places[group] for group in behind]))


def _add_model_links(release: ReleasedCells) -> None:
    """The coefficient of a group goes where the group is hidden in a table of the same outcome.

    So it does where an answer is of a question that has two: their average is the share of one of them.
    """
    of_group: dict[Key, list[int]] = {}
    for (outcome, _, group), parts in _parts_of(release, "level").items():
        if len(parts) == 2 and group:
            of_group.setdefault((outcome, group), []).extend(parts.values())
    for key, at in release.place.items():
        if key[3] == "n" and key[2]:
            of_group.setdefault((key[0], key[2]), []).append(at)
    for key, at in release.place.items():
        if key[3] == "n" and key[1][0] == MODEL:  # type: ignore[index]
            release.brings += [(other, at) for other in of_group.get((key[0], key[2]), ()) if other != at]


def _add_group(release: ReleasedCells, outcome: str, group: Group, n: int, carried: Carried | None) -> tuple[int, str]:
    why = ""
    if group:
        row: dict[str, object] = {"n": n}
        if carried is not None:
            row |= {"n_clusters": carried.n_clusters, "n_weighted": carried.total}
        why = _why_of_group(release.rules, row, None if carried is None else (carried.first, carried.second))
    return release.cell((outcome, ("", ""), group, "n"), n, why), why


def _add_answer(
    release: ReleasedCells,
    result: Result,
    outcome: str,
    group: Group,
    level: str,
    count: int,
    n: int,
    why: str,
    base: int | None,
) -> list[int]:
    """Add who of a group gave an answer; return its cell and that of the group."""
    code = result.level_codes.get(outcome, {}).get(level, level)
    reason = (why or _why_of_answer(release.rules, count, n)) if group else ""
    whole = bool(why) or reason == FEW_IN_GROUP
    cell = release.cell((outcome, ("", ""), group, ("level", code)), count, reason, whole)
    if base is None:
        return [cell]
    release.brings.append((base, cell))
    return [cell, base]


def _add_reason(release: ReleasedCells, outcome: str, group: Group, reason: str, n: int) -> int:
    """Add those of a group who did not answer for one reason; they go with the group."""
    why = FEW if group and 0 < n < release.rules.minimum_n else ""
    cell = release.cell((outcome, ("", ""), group, ("reason", reason)), n, why)
    base = release.place.get((outcome, ("", ""), group, "n"))
    if base is not None:
        release.brings.append((base, cell))
    return cell


def _why_of_group(rules: Rules, row: dict[str, object], heaviest: tuple[float, float] | None) -> str:
    n = int(row["n"])  # type: ignore[call-overload]
    if n == 0:
        return ""
    if n < rules.minimum_n:
        return FEW
    settlements = row.get("n_clusters")
    if settlements is not None and not pd.isna(settlements) and settlements < rules.minimum_settlements:  # type: ignore[operator]
        return DOMINATED
    weight = row.get("n_weighted")
    known = heaviest is not None and weight is not None
    return DOMINATED if known and rules.is_dominated(heaviest, float(weight)) else ""  # type: ignore[arg-type]


def _why_of_answer(rules: Rules, count: int, n: int) -> str:
    """Return why the answer of `count` of `n` respondents is hidden: those who gave it are few, or the others are."""
    if n == 0:
        return ""
    if n < SMALL_GROUP * rules.minimum_n:
        return FEW_IN_GROUP
    if 0 < count < rules.minimum_n:
        return FEW
    return PROTECTS if 0 < n - count < rules.minimum_n else ""


def _add_missing(release: ReleasedCells, number: int, result: Result, table: pd.DataFrame, frame: str) -> None:
    """Add the counts of those who did not answer, by reason."""
    for place, (row, group) in enumerate(zip(table.to_dict("records"), _groups(result, table))):
        if group is None or pd.isna(row["n"]):
            continue
        cell = _add_reason(release, _text(row.get("outcome")), group, str(row["reason"]), int(row["n"]))
        release.rows.append(_Row(number, frame, place, [cell]))


def _add_influence(release: ReleasedCells, number: int, result: SettlementComparison) -> None:
    """Add the settlements that are left out in turn: with the averages of both sides, each row tells one of them."""
    compared = result.feasibility.compared
    variable, lang = result.origin.codebook[compared.settlement], result.origin.lang
    codes = {variable.label(code, lang): str(code) for code in variable.labels}
    sides: dict[tuple[str, bool], set[int]] = {}
    for place, row in enumerate(result.influence.to_dict("records")):
        if pd.isna(row["n"]):
            continue
        outcome, n, name = str(row["outcome"]), int(row["n"]), str(row["left_out"])
        why = FEW if 0 < n < release.rules.minimum_n else ""
        group = ((compared.settlement, codes.get(name, name)),)
        cell = release.cell((outcome, ("", ""), group, "n"), n, why)
        sides.setdefault((outcome, bool(row["treated"])), set()).add(cell)
        release.rows.append(_Row(number, "influence", place, [cell]))
    for (outcome, treated), parts in sides.items():
        label = compared.label if treated else compared.baseline
        side = tuple((column, str(code)) for column, code in compared.group_codes.get(label, ()))
        whole = release.place.get((outcome, ("", ""), side, "n")) if side else None
        if whole is not None:  # what was compared stays: two settlements hidden in it keep each other's answers
            release.cost[whole] = np.inf
        release.total(sorted(parts), whole)


def _add_group_totals(release: ReleasedCells, nested: Mapping[tuple[str, str], Mapping[str, str]]) -> None:
    """Groups that differ in one column add up to the total over it, and settlements to what is told of their kind."""
    lines: dict[Key, list[int]] = {}
    inside: dict[Key, list[int]] = {}
    for (outcome, context, group, kind, *rest), at in list(release.place.items()):
        if rest:
            continue
        for column, code in group:  # type: ignore[attr-defined]
            over = tuple(pair for pair in group if pair[0] != column)  # type: ignore[attr-defined]
            lines.setdefault((outcome, context, over, kind, column), []).append(at)
            for (part, of), whole in nested.items():
                if part == column and of not in dict(over) and code in whole:
                    wider = tuple(sorted([*over, (of, whole[code])]))
                    inside.setdefault((outcome, context, wider, kind, column), []).append(at)
    for line, parts in lines.items():
        of_persons = line[3] == "n"
        release.total(parts, release.place.get(line[:-1]), _ASSUMED if of_persons else _ASSUMED_ANSWERS)
    for line, parts in inside.items():
        wider_cell = release.place.get(line[:-1])
        if wider_cell is not None and release.values[wider_cell] == sum(release.values[part] for part in parts):
            release.total(parts, wider_cell)


def _nested(results: Sequence[Result], release: ReleasedCells) -> dict[tuple[str, str], dict[str, str]]:
    """Return which columns of groups lie within which others, code by code, as settlements lie in kinds of them."""
    columns = {pair[0] for key in release.place for pair in key[2]}  # type: ignore[attr-defined]
    found: dict[tuple[str, str], dict[str, str]] = {}
    for frame in {id(one.design): one.design.survey.frame for one in results if isinstance(one, Estimates)}.values():
        for part, of in permutations(sorted(columns & set(frame.columns)), 2):
            pairs = frame[[part, of]].dropna().drop_duplicates()
            if len(pairs) and not pairs[part].duplicated().any():
                codes = zip(*(map(str, map(as_code, pairs[name])) for name in (part, of)))
                found.setdefault((part, of), {}).update(codes)
    return found


def _parts_of(release: ReleasedCells, kind: str) -> dict[Key, dict[object, int]]:
    found: dict[Key, dict[object, int]] = {}
    for key, at in release.place.items():
        if len(key) == 4 and isinstance(key[3], tuple) and key[3][0] == kind:
            found.setdefault(key[:3], {})[key[3][1]] = at
    return found


def _add_level_totals(release: ReleasedCells) -> None:
    """Answers add up to those who answered."""
    for key, parts in _parts_of(release, "level").items():
        base = release.place.get((*key, "n"))
        if base is not None and release.values[base] == sum(release.values[part] for part in parts.values()):
            release.total(list(parts.values()), base)


def _add_marks_of_answers(release: ReleasedCells) -> None:
    """The marks of hidden answers say of a hidden group as well whether it is of fewer than twice the least."""
    twice = float(SMALL_GROUP * release.rules.minimum_n)
    for key, parts in _parts_of(release, "level").items():
        base = release.place.get((*key, "n"))
        if base is None or key[2] == () or release.values[base] == 0:
            continue
        if any(release.why[part] == FEW_IN_GROUP for part in parts.values()):
            release.high[base] = min(release.high[base], twice - 1)
        elif not release.why[base] and release.values[base] >= twice:
            release.low[base] = max(release.low[base], twice)
        release.tells.update(dict.fromkeys(parts.values(), base))


def _add_reason_totals(release: ReleasedCells) -> None:
    """Reasons add up to all who did not answer; that is no secret, and a single reason is then none either."""
    for parts in _parts_of(release, "reason").values():
        given = [part for part in parts.values() if release.values[part] > 0]
        if len(given) > 1:
            release.total(given, None)


def _add_sums(release: ReleasedCells, results: Sequence[Result]) -> None:
    """Means beside shares of the same answers say what the codes add up to; errors, what their squares add up to."""
    levels = _parts_of(release, "level")
    if not levels:
        return
    names = {at: key for key, at in release.place.items()}
    for row in release.rows:
        place = names[row.cells[-1]]
        parts = levels.get(place[:3]) if place[3:] == ("n",) and len(row.cells) == 1 else None
        if not parts or not all(isinstance(code, int) for code in parts):
            continue
        result = results[row.result]
        single = isinstance(result, Estimates) and not result.design.cluster
        for kind, power in (("sum", 1), ("squares", 2))[: 2 if single else 1]:
            weights = {at: float(code) ** power for code, at in parts.items()}  # type: ignore[arg-type]
            value = sum(release.values[at] * weight for at, weight in weights.items())
            cell = release.cell((*place[:3], kind), value)
            release.sums.append({**weights, cell: -1.0})
            release.brings.append((row.cells[0], cell))
            row.cells.append(cell)
