"""What is true in the simulated district: the parameters, and the exact values that an estimate ought to recover."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from surveykit.codebook import Codebook
from surveykit.reading.codebooks.any_codebook import read_codebook
from surveykit.toml_file import read_toml

PARAMETERS = Path(__file__).parent / "truth.toml"
INSTRUMENT = Path(__file__).parent / "instrument.toml"
NOT_ASKED = 97
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
NODE_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()
CELL_COLUMNS = ["settlement", "sex", "age_group", "education", "adults", "takes_part"]
TRUTH_COLUMNS = ["outcome", "statistic", "wave", "group", "baseline", "estimand", "quantity", "value"]


@dataclass(frozen=True)
class Item:
    """How one item is answered.

    Attributes
    ----------
    name, theme : str
    codes : tuple of int
        Answer codes in order.
    appointed : tuple of float
        Shares (summing to 1) where the akim is appointed, for the reference person; see truth.toml.
    elected : tuple of float or None
        Shares where exposure is 1, for an item without order; None for an ordered item.
    effect, change : float
        Shift of the log-odds of a higher answer by the election; in the second wave.
    dont_know : float
        Share of "don't know" from 0 to 1.
    reversed : bool
        True when a higher answer is the less favourable one.
    """

    name: str
    theme: str
    codes: tuple[int, ...]
    appointed: tuple[float, ...]
    elected: tuple[float, ...] | None = None
    effect: float = 0.0
    change: float = 0.0
    dont_know: float = 0.0
    reversed: bool = False

    @property
    def direction(self) -> int:
        """1, or -1 for an item whose higher answers are the less favourable ones."""
        return -1 if self.reversed else 1

    @property
    def thresholds(self) -> np.ndarray:
        """Cut points of the cumulative logit."""
        below = np.cumsum(self.appointed)[:-1]
        return np.asarray(np.log(below / (1 - below)))

    def log_odds(self, exposure: np.ndarray, shift: np.ndarray, wave: int) -> np.ndarray:
        """Return the log-odds of a higher answer: `shift` is what makes a person favourable, whatever the item."""
        log_odds: np.ndarray = self.direction * (self.effect * exposure + self.change * wave + shift)
        return log_odds

    def at_most(self, log_odds: np.ndarray) -> np.ndarray:
        """Return the probability of each answer or a lower one, the last one (1) left out: one column per threshold."""
        return np.asarray(expit(self.thresholds - np.asarray(log_odds)[..., None]))

    def at_most_nominal(self, exposure: np.ndarray) -> np.ndarray:
        """Return the same for an item without order."""
        mixed = np.multiply.outer(1 - exposure, self.appointed) + np.multiply.outer(exposure, self.elected or ())
        return np.cumsum(mixed, axis=-1)[..., :-1]


@dataclass(frozen=True, eq=False)
class District:
    """The simulated population and how it answers.

    Attributes
    ----------
    parameters : mapping
        The content of truth.toml.
    items : mapping from name to Item
    book : Codebook
        The questionnaire, which says who is asked what.
    cells : pandas.DataFrame
        One row per settlement, sex, age group and education: number of adults, and how often they take part.
    settlements : pandas.DataFrame
        One row per settlement: adults, month of the first election, exposure and mood by wave.
    """

    parameters: Mapping[str, Any] = field(repr=False)
    items: Mapping[str, Item] = field(repr=False)
    book: Codebook = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    settlements: pd.DataFrame = field(repr=False)

    @property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves."""
        return tuple(self.parameters["waves"])

    def shift(self, frame: pd.DataFrame, wave: int) -> np.ndarray:
        """Return what makes the people of `frame` favourable besides their disposition: mood, sex, age, education."""
        person = self.parameters["person"]
        mood = self.settlements.set_index("settlement")[f"mood_{self.waves[wave]}"]
        return np.asarray(
            mood[frame["settlement"]].to_numpy()
            + person["woman"] * (frame["sex"] == 2).to_numpy()
            + person["age"] * (frame["age_group"].to_numpy() - 2.5)
            + person["education"] * (frame["education"].to_numpy() - 2.0)
        )

    def exposure(self, frame: pd.DataFrame, wave: int) -> np.ndarray:
        """Return how much of an election's full effect the people of `frame` feel in a wave."""
        exposure = self.settlements.set_index("settlement")[f"exposure_{self.waves[wave]}"]
        return np.asarray(exposure[frame["settlement"]].to_numpy())

    def answer_rate(self, item: Item, frame: pd.DataFrame, wave: int) -> np.ndarray:
        """Return the share of those asked who answer the item (neither don't know nor refused).

        By education, by kind of akim and by language: of the interview, or of the settlement's people on average.
        """
        person = self.parameters["person"]
        by_education = np.asarray(person["dont_know"])[frame["education"].to_numpy() - 1]
        by_kind = np.asarray(person["dont_know_kind"])[(self.exposure(frame, wave) > 0).astype(int)]
        kazakh, russian = person["dont_know_language"]
        if "language" in frame:
            by_language = np.where(frame["language"] == 1, kazakh, russian)
        else:
            speaks = self.settlements.set_index("settlement")["kazakh"][frame["settlement"]].to_numpy()
            by_language = speaks * kazakh + (1 - speaks) * russian
        said = item.dont_know * by_education * by_kind * by_language
        return np.asarray(1 - said - self.parameters["population"]["refuses"])

    def asked(self, item: Item, wave: int) -> np.ndarray:
        """Return in which settlements an item is asked in a wave, by the skip rules that rest on settlement or akim."""
        akim = np.where(self.settlements[f"exposure_{self.waves[wave]}"] > 0, 2, 1)
        return self.book[item.name].was_asked(
            pd.DataFrame({"settlement": self.settlements["settlement"], "akim": akim})
        )


def read_district(path: Path = PARAMETERS, effect: float = 1.0) -> District:
    """Read the parameters and build the population; `effect` multiplies every effect of the elections."""
    parameters = read_toml(path)
    items = {name: _read_item(name, given, effect) for name, given in parameters["items"].items()}
    settlements = pd.DataFrame([
        {"settlement": code, "elected": given["elected"],
         **{f"exposure_{wave}": given["exposure"][number] for number, wave in enumerate(parameters["waves"])},
         **{f"mood_{wave}": given["mood"][number] for number, wave in enumerate(parameters["waves"])},
         **{f"interviews_{wave}": given["interviews"][number] for number, wave in enumerate(parameters["waves"])},
         "kazakh": given["kazakh"], "villages": given["villages"]}
        for code, given in parameters["settlements"].items()
    ])  # fmt: skip
    cells = pd.DataFrame(
        [
            row
            for code, given in parameters["settlements"].items()
            for row in _make_cells(code, given, parameters["population"])
        ],
        columns=CELL_COLUMNS,
    )
    settlements.insert(1, "adults", cells.groupby("settlement")["adults"].sum()[settlements["settlement"]].to_numpy())
    return District(parameters, items, read_codebook(INSTRUMENT), cells, settlements)


def _read_item(name: str, given: Mapping[str, Any], effect: float) -> Item:
    shares = np.asarray(given["appointed"], dtype=float) / 100
    elected = tuple(np.asarray(given["elected"], dtype=float) / 100) if "elected" in given else None
    codes = tuple(range(0, 2)) if len(shares) == 2 else tuple(range(1, len(shares) + 1))
    if elected is not None:
        elected = tuple(shares + effect * (np.asarray(elected) - shares))
    return Item(
        name,
        given["theme"],
        codes,
        tuple(shares),
        elected,
        effect * given.get("effect", 0.0),
        given.get("change", 0.05),
        given["dont_know"],
        given.get("reversed", False),
    )


def _make_cells(code: str, given: Mapping[str, Any], population: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    ages = np.asarray(population["age_groups"]) * np.array([given["young"], 1.0, 1.0, 1.0])
    ages = ages / ages.sum()
    rows = []
    for sex, share_sex in ((1, 1 - population["women"]), (2, population["women"])):
        for age_group, share_age in enumerate(ages, start=1):
            takes_part = population["answers_age_group"][age_group - 1]
            takes_part *= population["answers_man"] if sex == 1 else 1.0
            for education, share in enumerate(population["education"][age_group - 1], start=1):
                adults = round(given["adults"] * share_sex * share_age * share)
                rows.append((code, sex, age_group, education, adults, takes_part))
    return rows


def true_values(district: District) -> pd.DataFrame:
    """Return what an estimate ought to recover, worked out exactly from the parameters (no sampling, no drawing).

    Parameters
    ----------
    district : District

    Returns
    -------
    pandas.DataFrame
        Columns outcome, statistic ("mean" in scale points, "top2" share of the two highest answers), wave, group,
        baseline, estimand ("person" or "settlement"), quantity, value. Quantities: ``"level"`` of a group;
        ``"difference"`` elected minus appointed, as it is in the population, moods included; ``"effect"`` of the
        election in the settlements that held one; ``"did"``, change of the settlements that elected between the waves
        minus change of those that had not elected yet, and ``"did effect"``, the part of it that the election caused.

    Notes
    -----
    Expectations over dispositions are Gauss-Hermite sums with 41 nodes, averaged over the four interviewers of a
    settlement. People who would answer "don't know" or refuse are left out, as an estimate from those who answer leaves
    them out, and so are settlements where an item is not asked: what has no people on one side has no row.
    """
    rows: list[tuple[Any, ...]] = []
    for item in district.items.values():
        if item.elected is not None:
            continue
        for statistic in ("mean", "top2") if len(item.codes) == 5 else ("mean",):
            rows += _item_truth(district, item, statistic)
    return pd.DataFrame(rows, columns=TRUTH_COLUMNS)


def expected_answer(district: District, item: Item, statistic: str, wave: int, without: bool = False) -> np.ndarray:
    """Return the expected answer (or share of the two highest answers) in each cell; `without` elections if asked."""
    cells = district.cells
    exposure = np.zeros(len(cells)) if without else district.exposure(cells, wave)
    dispositions = district.parameters["person"]["loading"] * NODES
    interviewers = np.asarray(district.parameters["person"]["interviewer"])
    shift = district.shift(cells, wave)[:, None, None] + interviewers[None, :, None] + dispositions[None, None, :]
    at_most = item.at_most(item.log_odds(exposure[:, None, None], shift, wave)).mean(axis=1)  # over interviewers
    if statistic == "top2":
        return np.asarray((1 - at_most[..., -2]) @ NODE_WEIGHTS)
    return np.asarray(item.codes[-1] - at_most.sum(axis=-1) @ NODE_WEIGHTS)


def _item_truth(district: District, item: Item, statistic: str) -> list[tuple[Any, ...]]:
    """Return what is true of one item, in the order of `TRUTH_COLUMNS`."""
    rows: list[tuple[Any, ...]] = []
    levels, without, asked = {}, {}, {}
    for number, wave in enumerate(district.waves):
        answering = district.cells["adults"].to_numpy() * district.answer_rate(item, district.cells, number)
        levels[wave] = _by_settlement(district, expected_answer(district, item, statistic, number), answering)
        without[wave] = _by_settlement(district, expected_answer(district, item, statistic, number, True), answering)
        elected = district.settlements[f"exposure_{wave}"].to_numpy() > 0
        asked[wave] = district.asked(item, number)
        sides = {"elected": elected & asked[wave], "appointed": ~elected & asked[wave]}
        for estimand in ("person", "settlement"):
            mean = {name: _pool(levels[wave], of, estimand) for name, of in sides.items()}
            caused = mean["elected"] - _pool(without[wave], sides["elected"], estimand)
            found = [
                ("elected", None, "level", mean["elected"]),
                ("appointed", None, "level", mean["appointed"]),
                ("elected", "appointed", "difference", mean["elected"] - mean["appointed"]),
                ("elected", "appointed", "effect", caused),
            ]
            rows += [
                (item.name, statistic, wave, group, baseline, estimand, quantity, value)
                for group, baseline, quantity, value in found
            ]
    before, after = district.waves[0], district.waves[-1]
    both = asked[before] & asked[after]
    later = district.settlements[f"exposure_{after}"].to_numpy() > 0
    newly = (district.settlements[f"exposure_{before}"] == 0).to_numpy() & later & both
    not_yet = ~later & both
    for estimand in ("person", "settlement"):
        change = {
            name: _pool(levels[after], of, estimand) - _pool(levels[before], of, estimand)
            for name, of in (("elected", newly), ("appointed", not_yet))
        }
        caused = _pool(levels[after], newly, estimand) - _pool(without[after], newly, estimand)
        for quantity, value in (("did", change["elected"] - change["appointed"]), ("did effect", caused)):
            rows.append((item.name, statistic, after, "elected", "appointed", estimand, quantity, value))
    return [row for row in rows if not np.isnan(row[-1])]


def _by_settlement(district: District, expected: np.ndarray, answering: np.ndarray) -> np.ndarray:
    """Return one row per settlement: sum of expected answers, number of people who answer."""
    of_cell = pd.Categorical(district.cells["settlement"], categories=district.settlements["settlement"]).codes
    return np.stack([np.bincount(of_cell, expected * answering), np.bincount(of_cell, answering)], axis=1)


def _pool(totals: np.ndarray, chosen: np.ndarray, estimand: str) -> float:
    """Return the average over the chosen settlements; NaN where there is none."""
    if not chosen.any():
        return float("nan")
    kept = totals[chosen]
    if estimand == "person":
        return float(kept[:, 0].sum() / kept[:, 1].sum())
    return float((kept[:, 0] / kept[:, 1]).mean())
