"""Unit totals: the three ways of counting items agree with each other and with pandas."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine import totals as module
from surveykit.estimation.engine.domains import make_domains
from surveykit.estimation.engine.levels import read_levels
from surveykit.estimation.engine.totals import Tabulator, count_outcomes, make_outcome, make_outcomes, sum_outcomes

ITEMS = ["q1", "q2", "q3", "yes", "income"]


@pytest.fixture
def frame():
    rng = np.random.default_rng(3)
    n = 400
    frame = pd.DataFrame(
        {
            "village": rng.integers(0, 5, n),
            "group": rng.choice([1.0, 2.0, np.nan], n),
            "w": rng.uniform(0.5, 3, n),
            "q1": rng.integers(1, 6, n),
            "q2": rng.choice([1.0, 2, 3, 4, 5, np.nan], n),
            "q3": rng.integers(2, 7, n),
            "yes": rng.integers(0, 2, n),
            "income": rng.lognormal(3, 1, n),
        }
    )
    frame.loc[::7, "income"] = np.nan
    return frame


def prepare(frame, by="group"):
    design = SurveyDesign(frame, weight="w", cluster="village")
    domains = make_domains(design, by)
    return domains, Tabulator.of(design.units.of_row, design.units.n_units, domains, design.weights)


def by_pandas(frame, name):
    """Return weighted sums of a column and of weights by village and group, (villages, groups)."""
    here = frame.dropna(subset=[name, "group"])
    sums = (
        pd.DataFrame(
            {"top": here["w"] * here[name], "weight": here["w"], "village": here["village"], "group": here["group"]}
        )
        .groupby(["village", "group"])
        .sum()
        .unstack(fill_value=0.0)
    )
    return sums["top"].to_numpy(), sums["weight"].to_numpy()


@pytest.mark.parametrize("way", ["one by one", "in pairs", "table by table"])
def test_counts_by_level_equal_pandas(frame, monkeypatch, way):
    _, tabulator = prepare(frame)
    if way != "one by one":
        monkeypatch.setattr(module, "PAIRED_FROM", 0)
    if way == "table by table":
        monkeypatch.setattr(module, "LARGEST_TABLE", 1)
    names = ["q1", "q2", "q3", "yes"]
    if way == "in pairs":  # enough respondents for the squared table of 5 villages, 3 groups and 6 answers twice
        frame = pd.concat([frame] * 3, ignore_index=True)
        _, tabulator = prepare(frame)
    seen = []
    for batch, tables in tabulator.by_levels(read_levels(frame, names)):
        for position, table in zip(batch, tables):
            name = names[position]
            seen.append(name)
            here = frame.dropna(subset=[name, "group"])
            wanted = here.pivot_table(index=["village", "group"], columns=name, values="w", aggfunc="sum", fill_value=0)
            # additions in another order: 1e-12
            np.testing.assert_allclose(table.reshape(-1, table.shape[2]), wanted.to_numpy(), rtol=1e-12)
    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize("paired_from", [0, 65_536])
def test_sums_of_scales_and_of_numbers_equal_pandas(frame, monkeypatch, paired_from):
    monkeypatch.setattr(module, "PAIRED_FROM", paired_from)
    _, tabulator = prepare(frame)
    outcomes = make_outcomes(frame, ITEMS, "outcomes")
    top, weight, squares = sum_outcomes(outcomes, tabulator)
    assert top.shape == weight.shape == (5, 10)
    inside = frame.dropna(subset=["group"])
    for number, name in enumerate(ITEMS):
        wanted = by_pandas(frame, name)
        np.testing.assert_allclose(top[:, 2 * number : 2 * number + 2], wanted[0], rtol=1e-12)
        np.testing.assert_allclose(weight[:, 2 * number : 2 * number + 2], wanted[1], rtol=1e-12)
        square = (inside["w"] * (inside[name] - outcomes[number].centre) ** 2).groupby(inside["group"]).sum()
        np.testing.assert_allclose(squares[2 * number : 2 * number + 2], square, rtol=1e-12)
        alone = outcomes[number].sums(tabulator)
        np.testing.assert_allclose(alone[0], top[:, 2 * number : 2 * number + 2], rtol=1e-12)


def test_respondents_who_answered_are_counted_by_group(frame):
    domains, _ = prepare(frame)
    counts = count_outcomes(make_outcomes(frame, ITEMS, "outcomes"), domains)
    for name, found in zip(ITEMS, counts):
        assert found.tolist() == frame.dropna(subset=["group"]).groupby("group")[name].count().tolist()


def test_one_group_of_everybody_needs_no_spare_cell(frame):
    _, tabulator = prepare(frame, by=None)
    assert tabulator.width == 1
    assert tabulator.sums()[:, 0] == pytest.approx(frame.groupby("village")["w"].sum().to_numpy(), rel=1e-12)


def test_infinite_values_and_texts_are_refused(frame):
    with pytest.raises(ArgumentError, match="`y` names 'income', which holds infinite values; make them missing first"):
        make_outcome(frame["income"].replace(np.nan, np.inf), "y")
    with pytest.raises(Exception, match="`outcomes` names 'text', which holds text such as 'a'"):
        make_outcomes(frame.assign(text="a"), ["q1", "text"], "outcomes")
