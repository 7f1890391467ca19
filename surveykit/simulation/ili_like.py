"""A study like the published one, with a known truth: ten coded settlements, two waves, a staggered reform."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_generator
from surveykit.codebook import Codebook
from surveykit.errors import ArgumentError
from surveykit.simulation.interviews import SimulatedInterviews, simulate_interviews
from surveykit.simulation.truth import NOT_ASKED, District, Item, read_district, true_values
from surveykit.survey import Provenance, Survey

DONT_KNOW, REFUSED = 98, 99
YOUNGEST, OLDEST = np.array([18, 30, 45, 60]), np.array([29, 44, 59, 84])
SENTENCE = "SIMULATED answers of a made-up population; no person and no village stands behind them"


@dataclass(frozen=True, eq=False)
class SimulatedStudy:
    """Simulated waves with what is true of them.

    Attributes
    ----------
    waves : mapping from name of the wave to Survey
    truth : pandas.DataFrame
        Exact values that estimates ought to recover; see `true_values`.
    settlements : pandas.DataFrame
        One row per settlement: adults, month of the first direct election, exposure and mood by wave, interviews.
    margins : pandas.DataFrame
        Population counts for raking: column, level, target.
    interviews : SimulatedInterviews
        Coded structured interviews, held at the time of the last wave.
    seed : int or None
        What the draws came from; None when a Generator was passed in.
    """

    waves: Mapping[str, Survey]
    truth: pd.DataFrame = field(repr=False)
    settlements: pd.DataFrame = field(repr=False)
    margins: pd.DataFrame = field(repr=False)
    interviews: SimulatedInterviews = field(repr=False)
    seed: int | None = None


def simulate_study(
    rng: np.random.Generator | int | None = None, *, effect: float = 1.0, interviews: float = 1.0
) -> SimulatedStudy:
    """Simulate the waves of a study of residents and their elected or appointed akim.

    Parameters
    ----------
    rng : numpy Generator or int, optional
        Source of randomness, or a seed. By default the seed of the shipped study, 20210725.
    effect : float
        Multiplies every effect of the elections; 0 gives a district in which they change nothing.
    interviews : float
        Multiplies the number of interviews in each settlement.

    Returns
    -------
    SimulatedStudy

    Raises
    ------
    ArgumentError
        When `effect` is no number, `interviews` is not above 0, or `rng` is no Generator and no seed.

    Notes
    -----
    Ten settlements (akims' units of thirty villages in all) between 3,200 and 44,000 adults. Two had elected their akim
    before the first wave, three more did so between the waves, five had not by the second. All ten are in the sample.
    Each wave is a new one: in a settlement, households are drawn at random and in each one adult, so a respondent
    stands for the more adults the larger the household; `base_weight` adds up to the adults of each settlement. Men and
    the young take part less often, which raking to sex and age mends. "Don't know" is said the more often the less
    schooling, where the akim is appointed, and in Russian. Four interviewers work in each settlement, and answers lean
    by interviewer. What is asked only of some (`asked_of` in the codebook) has code 97 for the others: questions on the
    election where none was held, the akim's way into office for those who have not heard of the reform, street lighting
    where there is none.
    Settlements are *not* a margin for raking: they are the clusters, and a variance that takes their sums as fixed
    would find nothing left between them. Answers follow a cumulative logit model; all its numbers are in
    `simulation/truth.toml`, and what they imply is worked out by `true_values`.

    Examples
    --------
    >>> import surveykit as sk
    >>> study = sk.simulate_study(1, interviews=0.2)
    >>> {wave: len(survey) for wave, survey in study.waves.items()}
    {'2021': 180, '2023': 200}
    >>> study.waves["2023"].provenance.simulated
    True
    """
    if not math.isfinite(effect):
        raise ArgumentError(f"`effect` must be a number (1 = as in the study, 0 = none), but {effect!r} was given")
    if not 0 < interviews < math.inf:
        raise ArgumentError(f"`interviews` must be above 0 (1 = as in the study), but {interviews!r} was given")
    district = read_district(effect=effect)
    seed = district.parameters["seed"] if rng is None else rng
    generator = as_generator(seed)
    waves = {wave: _draw_wave(district, number, generator, interviews) for number, wave in enumerate(district.waves)}
    coded = simulate_interviews(district, generator.spawn(1)[0])
    whence = None if isinstance(seed, np.random.Generator) else int(seed)
    margins, truth = margins_of(district), true_values(district)
    return SimulatedStudy(MappingProxyType(waves), truth, district.settlements, margins, coded, whence)


def margins_of(district: District) -> pd.DataFrame:
    """Return the population counts of sex and age group as a table column, level, target."""
    rows = [
        {"column": name, "level": level, "target": int(adults)}
        for name in ("sex", "age_group")
        for level, adults in district.cells.groupby(name)["adults"].sum().items()
    ]
    return pd.DataFrame(rows)


def _draw_wave(district: District, wave: int, rng: np.random.Generator, interviews: float) -> Survey:
    drawn = [_draw_people(district, row, wave, rng, interviews) for _, row in district.settlements.iterrows()]
    people = pd.concat(drawn, ignore_index=True)
    people.insert(0, "id", [f"{district.waves[wave]}-{number:04d}" for number in range(1, len(people) + 1)])
    dispositions = _draw_dispositions(district, len(people), rng)
    answers = {
        name: _draw_answers(district, item, people, wave, dispositions[item.theme], rng)
        for name, item in district.items.items()
    }
    answers = _skip(district.book, people, answers)
    answers = _break_off(answers, district.parameters["population"]["breaks_off"], rng)
    frame = people.assign(**answers)
    source = f"simulation of wave {district.waves[wave]}"
    provenance = Provenance(source, format="simulation", simulated=True, weight="base_weight", notes=(SENTENCE,))
    return Survey(frame, district.book.keep(frame.columns), provenance).with_missing_codes()


def _draw_people(
    district: District, settlement: Any, wave: int, rng: np.random.Generator, interviews: float
) -> pd.DataFrame:
    """Draw who is interviewed in one settlement: households at random, one adult in each, not everybody takes part."""
    population = district.parameters["population"]
    code, name = settlement["settlement"], district.waves[wave]
    n = max(2, round(settlement[f"interviews_{name}"] * interviews))
    cells = district.cells[district.cells["settlement"] == code]
    chance = (cells["adults"] * cells["takes_part"]).to_numpy()
    drawn = cells.iloc[rng.choice(len(cells), size=n, p=chance / chance.sum())]
    adults = np.asarray(population["adults_in_household"])
    households = adults / np.arange(1, len(adults) + 1)
    size = rng.choice(len(adults), size=n, p=households / households.sum()) + 1
    age_group = drawn["age_group"].to_numpy()
    age = rng.integers(YOUNGEST[age_group - 1], OLDEST[age_group - 1], endpoint=True)
    activities = np.cumsum(np.asarray(population["employment"])[age_group - 1], axis=1)[:, :-1]
    elected = settlement[f"exposure_{name}"] > 0
    first = next((wave for wave in district.waves if settlement[f"exposure_{wave}"] > 0), None)
    return pd.DataFrame({
        "settlement": code,
        "village": [f"{code}-{number}" for number in rng.integers(1, settlement["villages"] + 1, size=n)],
        "consent": 1,
        "akim": 2 if elected else 1,
        "first_wave": float(first) if first else np.nan,
        "interviewer": [f"I{number:02d}" for number in rng.integers(1, 5, size=n) + 4 * (int(code[1:]) % 5)],
        "language": np.where(rng.random(n) < settlement["kazakh"], 1, 2),
        "sex": drawn["sex"].to_numpy(),
        "age": age,
        "age_group": age_group,
        "education": drawn["education"].to_numpy(),
        "employment": 1 + (rng.random(n)[:, None] > activities).sum(axis=1),
        "residence_years": np.where(rng.random(n) < population["born_here"], age, rng.integers(0, age)),
        "adults": size,
        "base_weight": np.round(settlement["adults"] * size / size.sum(), 4),
    })  # fmt: skip


def _draw_dispositions(district: District, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw each person's favourable disposition to each theme, in log-odds; dispositions are correlated."""
    person = district.parameters["person"]
    themes = list(dict.fromkeys(item.theme for item in district.items.values()))
    general = rng.standard_normal(n)
    own = rng.standard_normal((len(themes), n))
    mixed = np.sqrt(person["shared"]) * general + np.sqrt(1 - person["shared"]) * own
    return dict(zip(themes, person["loading"] * mixed))


def _draw_answers(
    district: District, item: Item, people: pd.DataFrame, wave: int, disposition: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    exposure = district.exposure(people, wave)
    if item.elected is None:
        leaning = np.asarray(district.parameters["person"]["interviewer"])[_place_of_interviewer(people)]
        at_most = item.at_most(item.log_odds(exposure, district.shift(people, wave) + leaning + disposition, wave))
    else:
        at_most = item.at_most_nominal(exposure)
    chosen = (rng.random(len(people))[:, None] > at_most).sum(axis=1)
    answers: np.ndarray = np.asarray(item.codes, dtype=float)[chosen]
    refuses = district.parameters["population"]["refuses"]
    silent = rng.random(len(people))
    answers[silent < 1 - district.answer_rate(item, people, wave)] = DONT_KNOW
    answers[silent < refuses] = REFUSED
    return answers


def _place_of_interviewer(people: pd.DataFrame) -> np.ndarray:
    """Return which of the four of a settlement asked, from 0."""
    return np.asarray((people["interviewer"].str[1:].astype(int).to_numpy() - 1) % 4)


def _skip(book: Codebook, people: pd.DataFrame, answers: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Give those who are not asked a question the code that says so, by the skip rules of the questionnaire."""
    filled = people.assign(**answers)
    for name in answers:
        filled[name] = filled[name].where(book[name].was_asked(filled), NOT_ASKED)
    return {name: filled[name].to_numpy() for name in answers}


def _break_off(answers: dict[str, np.ndarray], share: float, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Leave the rest of the questionnaire empty in interviews that ended early."""
    n = len(next(iter(answers.values())))
    last = np.where(rng.random(n) < share, rng.integers(len(answers) // 2, len(answers), size=n), len(answers))
    return {name: np.where(number < last, values, np.nan) for number, (name, values) in enumerate(answers.items())}
