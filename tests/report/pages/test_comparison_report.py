"""The report on a comparison: what it holds, in which order, and that its numbers are those of the functions."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import surveykit as sk
from surveykit.comparison.found import EXACT
from surveykit.report.tables.table_text import page_table

KINDS = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}


def make_design(
    n_elected: int = 5, n_appointed: int = 5, weight: str | None = "w", simulated: bool = False
) -> sk.SurveyDesign:
    rng = np.random.default_rng(11)
    place = np.repeat(np.arange(n_elected + n_appointed), 14)
    frame = pd.DataFrame({
        "settlement": [f"S{number + 1:02d}" for number in place],
        "akim": np.where(place < n_elected, "elected", "appointed"),
        "trust": rng.integers(1, 6, len(place)).astype(float),
        "voice": rng.integers(1, 6, len(place)).astype(float),
        "heard": rng.integers(0, 2, len(place)).astype(float),
        "income": rng.normal(100, 20, len(place)),
        "w": rng.uniform(0.5, 2, len(place)),
    })  # fmt: skip
    frame.loc[::7, "trust"] = np.nan
    survey = sk.Survey(frame, provenance=sk.Provenance(simulated=simulated))
    return sk.SurveyDesign(survey, weight=weight, cluster="settlement")


def compose(design: sk.SurveyDesign, outcomes, lang="en", **more):
    result = sk.compare_settlements(design, outcomes, **KINDS, methods=["cr2", "randomization"], lang=lang, **more)
    return result, sk.compose_report(design, result)


def contents(parts) -> list:
    return [part.content if isinstance(part, sk.Exhibit) else part for part in parts]


@pytest.mark.slow
def test_the_verdict_comes_first_and_everything_after_it_in_order():
    _, parts = compose(make_design(), ["trust", "heard"])
    said = [part for part in parts if isinstance(part, str)]
    # of both outcomes together, then of each; that it is an association is said once
    assert said[0] == "# What was found" and said[1].startswith("Outcomes compared between the groups")
    assert sum("by itself" in text for text in said[1:4]) == 1 and len(said[1:4]) == 3
    assert said[4].startswith("Feasibility of the comparison: ")
    assert said[5:] == [
        "# Answers by kind of settlement", "# Differences", "# Leaving out one settlement at a time",
        "# Who did not answer, and why", "# Feasibility of the comparison", "# Weights"]  # fmt: skip


@pytest.mark.slow
def test_items_of_one_scale_share_a_figure_and_measurements_have_none():
    _, parts = compose(make_design(), ["trust", "voice", "heard", "income"])
    answers = parts[parts.index("# Answers by kind of settlement") + 1 : parts.index("# Differences")]
    figures = [part.content for part in answers if isinstance(part.content, Axes)]
    drawn = [list(dict.fromkeys(sk.plotted_numbers(ax)["outcome"])) for ax in figures]
    assert drawn == [["trust", "voice"], ["heard"]]
    means = answers[-1].content.table
    assert list(dict.fromkeys(means["outcome"])) == ["trust", "voice", "heard", "income"]


@pytest.mark.slow
def test_the_numbers_are_those_of_the_functions():
    design = make_design()
    result, parts = compose(design, ["trust", "heard"])
    tables = [one for one in contents(parts) if isinstance(one, sk.Result)]
    heads = tables.pop(0).table.set_index("outcome")
    first = result.table[(result.table["estimand"] == "person") & (result.table["method"] == "cr2")].set_index(
        "outcome"
    )
    names = ["estimate", "conf_low", "conf_high", "p_value", "n"]
    pd.testing.assert_frame_equal(heads[names], first[names], check_dtype=False)
    exact = result.table[(result.table["estimand"] == "person") & (result.table["method"].isin(EXACT))]
    assert heads["p_exact"].tolist() == exact.drop_duplicates("outcome")["p_value"].tolist()
    pd.testing.assert_frame_equal(tables[0].table, sk.means(design, ["trust", "heard"], by="akim", lang="en").table)
    assert tables[1] is result
    assert tables[2].table["n"].sum() == design.survey.frame["trust"].isna().sum()
    assert tables[3] is result.feasibility
    assert tables[4].facts == sk.summarize_weights(design).facts
    drawn = sk.plotted_numbers(next(one for one in contents(parts) if isinstance(one, Axes)))
    drawn = drawn[drawn["mark"] == "level"].set_index(["group", "level"])["value"]
    shares = sk.shares(design, "trust", by="akim").table.set_index(["group", "level"])["estimate"]
    np.testing.assert_array_equal(drawn[shares.index], shares)


def test_what_is_not_there_has_no_heading():
    _, parts = compose(make_design(weight=None), "voice")
    headings = [part for part in parts if isinstance(part, str)]
    assert not {"# Weights", "# Who did not answer, and why"} & set(headings)


@pytest.mark.slow
def test_one_settlement_on_a_side_has_no_figure_of_influence(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="no degrees of freedom are left"):
        _, parts = compose(make_design(1, 9), "trust", allow_single=True)
    assert (
        any("CANNOT ANSWER" in part.upper() for part in parts if isinstance(part, str))
        and "# Leaving out one settlement at a time" not in parts
    )
    assert sk.write_report(parts, tmp_path / "r.html", title="One").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "heading"), [("ru", "# Кто не ответил и почему"), ("kk", "# Кім жауап бермеді және неге")]
)
def test_languages(lang, heading, tmp_path):
    _, parts = compose(make_design(), "trust", lang=lang)
    assert heading in parts
    page = sk.write_report(parts, tmp_path / "r.html", title="T", lang=lang).read_text(encoding="utf-8")
    assert heading[2:] in page and "Who did not answer" not in page


def test_it_takes_a_comparison_only():
    design = make_design()
    with pytest.raises(sk.ArgumentError, match="takes a SettlementComparison as .comparison., but an Estimates"):
        sk.compose_report(design, sk.means(design, "trust"))


def test_an_empty_cell_has_its_word_beside_a_reason_that_is_called_empty():
    """What a row is counts, and not what it is called: the reason keeps its own label, the empty cells get the word."""
    frame = make_design().survey.frame.fillna({"trust": 9.0})
    frame.loc[frame.index[:12], "trust"] = np.nan
    frame.loc[frame.index[28:40], "trust"] = 9  # enough of either, so that no cell is hidden
    book = sk.Codebook.of([sk.Variable("trust", missing={9: {"en": "empty", "kk": "бос қалды"}})])
    design = sk.SurveyDesign(sk.Survey(frame, book).with_missing_codes(), cluster="settlement")
    result = sk.compare_settlements(design, "trust", **KINDS, methods=["cr2"], lang="en")
    assert set(result.missing["reason"]) == {"empty (9)", "empty (no code)"}
    for lang, said in (("en", {"empty", "no answer"}), ("kk", {"бос қалды", "жауап жоқ"})):
        missing = contents(sk.compose_report(design, result, lang=lang))[-3]
        rows = page_table(missing, lang=lang).rows
        assert {cell for row in rows for cell in row} >= said
