import zipfile

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Codebook, Variable
from surveykit.comparison.answers.crosstab import crosstab
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.estimation.tables.model_comparison import compare_models
from surveykit.estimation.tables.sample_description import describe_sample
from surveykit.report.disclosure import hide_small_cells, hide_together, show_small_cells
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.estimates_figure import draw_estimates
from surveykit.report.figures.figure_file import save_figure
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.document import write_report
from surveykit.report.pages.result_file import write_result
from surveykit.report.pages.table_file import write_table
from surveykit.results import Result
from surveykit.survey import Survey
from surveykit.weighting.diagnostics import compare_weights, summarize_weights
from tests.report.conftest import make_survey

SIZES = {"S01": 4, "S02": 9, "S03": 40, "S04": 60}


@pytest.fixture(scope="module")
def by_settlement():
    """Shares by settlement: S01 has four respondents, S02 nine."""
    survey = make_survey()
    rows = np.concatenate([np.flatnonzero(survey.frame["q1"].notna())[: sum(SIZES.values())]])
    small = survey.keep_rows(np.isin(np.arange(len(survey)), rows), "enough")
    small = small.with_columns({"settlement": np.repeat(list(SIZES), list(SIZES.values()))})
    return shares(SurveyDesign(small, weight="w"), "q1", by="settlement", lang="en")


def small_cells(result: Result) -> list[bool]:
    return hide_small_cells(result).table["hidden"].tolist()


def test_marks_of_answers_tell_of_their_groups(by_settlement):
    """Of 113 respondents S03 and S04 are 100: "n < 5" and "n < 10" that make 13 are 4 and 9, so S03 goes as well."""
    hidden = hide_small_cells(by_settlement).table.groupby("group")["hidden"].all()
    assert hidden.to_dict() == {"S01": True, "S02": True, "S03": True, "S04": False}


@pytest.mark.slow
def test_everything_that_leaves_the_house_has_the_same_mask(by_settlement, tmp_path):
    secret = by_settlement.table[by_settlement.table["group"].isin(["S01", "S02"])]
    numbers = {repr(float(value)) for value in secret["estimate"] if value > 0}
    percents = {f"{100 * value:.1f}%" for value in secret["estimate"]}
    shown = {f"{100 * value:.1f}%" for value in by_settlement.table["estimate"]} - percents
    ax = draw_shares(by_settlement)
    save_figure(ax, tmp_path / "figure.svg")
    write_table(by_settlement, tmp_path / "table.csv")
    write_report([by_settlement, ax], tmp_path / "page.html", title="x")
    everything = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert not any(number in everything for number in numbers)
    plotted = plotted_numbers(ax)
    nobody = (plotted["group"] == "S02") & (plotted["mark"] == "missing")  # in S02 all answered, which hides nobody
    secret = plotted[plotted["group"].isin(["S01", "S02"]) & ~nobody]
    assert secret[["value", "n", "conf_low", "x_from"]].isna().all(axis=None)
    assert plotted.loc[(plotted["group"] == "S04") & (plotted["mark"] == "level"), "value"].notna().all()
    said = alt_text(ax)
    assert "hidden to protect another cell" in said and "hidden to protect another cell" in everything
    assert "S01: hidden (n < 5)." in said and "S02: hidden (n < 10)." in said
    assert not any(f" {percent}" in said.split("S03")[0] for percent in percents) and any(p in said for p in shown)
    table = pd.read_csv(tmp_path / "table.csv")
    assert table.groupby("group")["hidden"].sum().to_dict() == {"S01": 5, "S02": 5, "S03": 5, "S04": 0}
    assert "hidden (n &lt; 5)" in everything and "Cells resting on fewer than 5 respondents are hidden" in everything


def test_word_has_the_mask_too(by_settlement, tmp_path):
    pytest.importorskip("docx")
    path = write_table(by_settlement, tmp_path / "t.docx")
    with zipfile.ZipFile(path) as archive:
        text = archive.read("word/document.xml").decode("utf-8")
    assert text.count("hidden (n &lt; 5)") == 6 and text.count("hidden (n &lt; 10)") == 5
    assert not [value for value in by_settlement.table["estimate"][:10] if f">{value:.3f}<" in text and value > 0]


def test_the_missing_answers_of_a_hidden_group_are_hidden():
    hidden = hide_small_cells(shares(SurveyDesign(make_survey(), weight="w"), "q1", by="village"), 40)
    assert hidden.table["hidden"].all() and hidden.missing[["n", "share"]].isna().all(axis=None)


def test_switching_it_off_is_explicit_and_recorded(by_settlement, tmp_path):
    shown = show_small_cells(by_settlement, why="the settlements consented")
    assert "Disclosure control switched off: the settlements consented." in shown.method
    assert plotted_numbers(draw_shares(shown))["value"].notna().all()
    assert pd.read_csv(write_table(shown, tmp_path / "t.csv"))["estimate"].notna().all()
    with pytest.raises(ArgumentError, match="`why` must say why small cells may be shown"):
        show_small_cells(by_settlement, why=" ")


def test_what_was_shown_on_purpose_can_still_be_hidden(by_settlement):
    shown = show_small_cells(by_settlement, why="a lecture")
    again = hide_small_cells(shown)
    assert again.table["hidden"].tolist() == hide_small_cells(by_settlement).table["hidden"].tolist()
    assert again.table["hidden"].any() and again.facts["minimum_n"] == 5
    assert "switched off: a lecture" in again.method and "fewer than 5" in again.method
    with pytest.raises(ArgumentError, match="hidden already"):
        show_small_cells(again, why="a lecture")


def test_a_higher_minimum_hides_more_and_says_so(by_settlement):
    strict = hide_small_cells(by_settlement, 50)
    assert strict.facts["minimum_n"] == 50 and strict.table["hidden"].all()
    assert "cells on fewer than 50 respondents hidden, with complements" in strict.method
    assert type(strict) is type(by_settlement)
    assert "hidden (n < 100)" in alt_text(draw_shares(strict))
    assert hide_small_cells(strict, 10) is strict
    with pytest.raises(ArgumentError, match="cells below 50 are hidden already"):
        hide_small_cells(strict, 60)


def test_the_result_itself_stays_as_it_was(by_settlement):
    before = by_settlement.table.copy()
    hide_small_cells(by_settlement)
    assert by_settlement.table.equals(before)


def test_everybody_and_differences_are_not_cells():
    table = pd.DataFrame({"outcome": "q1", "group": ["all", "elected"], "baseline": [None, "appointed"], "n": [3, 4]})
    assert not any(small_cells(Result(table, "")))
    assert not any(small_cells(Result(pd.DataFrame({"estimate": [1.0]}), "")))


def test_a_table_of_numbers_drawn_is_not_masked_a_second_time(tmp_path):
    drawn = pd.DataFrame({"group": ["a", "b"], "value": [3.0, 40.0], "n": [3, 40]})
    assert "hidden" not in write_table(drawn, tmp_path / "t.md").read_text()
    assert "3.000" in write_table(drawn, tmp_path / "t.md").read_text()


def test_means_are_masked_as_shares_are():
    result = hide_small_cells(means(SurveyDesign(make_survey(), weight="w"), "q1", by=["village", "akim"]), 1000)
    assert result.table["hidden"].all()


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "5"])
def test_a_minimum_that_is_no_count_is_refused(wrong):
    with pytest.raises(ArgumentError, match="`minimum_n` must be a whole number of respondents, at least 1"):
        hide_small_cells(Result(pd.DataFrame(), ""), wrong)


def test_groups_of_a_table_made_by_hand_are_those_of_one_column_and_the_method_says_so():
    """Unless the caller says what they stand for; a total over all is known in either case."""
    names = [f"{place}, {sex}" for place in "ABC" for sex in ("men", "women")]
    table = pd.DataFrame({"outcome": "q", "group": names, "estimate": 1.0, "n": [2, 30, 40, 50, 60, 70]})
    plain = hide_small_cells(Result(table, "Means."))
    assert plain.table["hidden"].tolist() == [True, True, False, False, False, False]
    assert "Groups without codes are taken as those of one column." in plain.method
    known = {name: (("place", name[0]), ("sex", name[3:])) for name in names}
    crossed = hide_small_cells(Result(table, "Means.", group_codes=known))
    assert crossed.table["hidden"].tolist() == [True, True, True, True, False, False]  # two places by two sexes
    assert "without codes" not in crossed.method


def test_a_group_named_all_is_a_group_beside_others():
    table = pd.DataFrame({"outcome": "q", "group": ["all", "other", "third"], "n": [3, 40, 50]})
    assert small_cells(Result(table, "")) == [True, True, False]
    everybody = pd.DataFrame({"outcome": ["q", "r"], "group": "all", "n": [3, 4]})
    assert not any(small_cells(Result(everybody, "")))


@pytest.mark.parametrize("place", ["Aqsu", "Aqsu, north"])
@pytest.mark.parametrize("sex", ["women", "women, all ages"])
def test_commas_inside_labels_hide_the_same_cells(place, sex):
    """The totals follow from the columns: every label may hold a comma, or one of them, or none."""
    n = {"A": 4, "B": 9, "C": 30, "D": 40, "E": 22, "F": 18}
    frame = pd.DataFrame(
        [(name, at % 2, at % 5) for name, size in n.items() for at in range(size)], columns=["v", "sex", "q"]
    )
    masks = []
    for labels in ({name: f"{place} {name}" for name in n}, {"A": place}):
        book = Codebook.of([Variable("v", labels=labels), Variable("sex", labels={0: "men", 1: sex})])
        found = hide_small_cells(means(SurveyDesign(Survey(frame, book)), "q", by=["v", "sex"]))
        assert found.table["hidden"].tolist()[:4] == [True] * 4
        masks.append(found.table["hidden"].tolist())
    plain = frame.assign(v=frame["v"].map(ord))
    masks.append(hide_small_cells(means(SurveyDesign(plain), "q", by=["v", "sex"])).table["hidden"].tolist())
    assert masks[0] == masks[1] == masks[2]


def test_a_lone_group_named_all_is_not_everybody():
    book = Codebook.of([Variable("g", labels={1: "all"})])
    frame = pd.DataFrame({"g": [1, 1, 1, np.nan, np.nan, np.nan], "q": [1, 2, 3, 4, 5, 5]})
    design = SurveyDesign(Survey(frame, book))
    assert hide_small_cells(means(design, "q", by="g")).table["hidden"].tolist() == [True]
    assert hide_small_cells(means(design, "q", where=frame["g"].notna())).table["hidden"].tolist() == [False]


def test_a_contrast_that_gives_a_hidden_cell_back_is_hidden(tmp_path):
    """A of 4 respondents, B beside it; A - C and C tell A."""
    frame = pd.DataFrame({"v": list("A" * 4 + "B" * 9 + "C" * 30 + "D" * 40), "q": [1, 2, 3, 4, 5] * 16 + [1, 2, 3]})
    found = means(SurveyDesign(frame), "q", by="v")
    for weights, gone in (([1, 0, -1, 0], True), ([0, 1, 0, -1], True), ([0, 0, 1, -1], False)):
        made = contrast(found, weights)
        table = hide_small_cells(made).table
        assert table["hidden"].tolist() == [gone] and table["estimate"].isna().tolist() == [gone]
        text = write_table(made, tmp_path / "c.csv").read_text()
        assert (str(made.table["estimate"].item()) in text) != gone
        again = hide_small_cells(contrast(made, [2.0])).table
        assert again["estimate"].isna().tolist() == [gone]
    assert hide_small_cells(contrast(hide_small_cells(found), [1, 0, -1, 0])).table["std_error"].isna().all()
    shown = contrast(show_small_cells(found, why="a test"), [1, 0, -1, 0])
    assert hide_small_cells(shown).table["hidden"].tolist() == [False]
    outcomes = means(SurveyDesign(frame.assign(r=1)), ["q", "r"])
    assert hide_small_cells(contrast(outcomes, [1, -1])).table["hidden"].tolist() == [False]


def people(sizes, answers=(1, 2, 3, 4, 5)):
    """Settlements of so many persons, who give the answers in turn."""
    rows = [(name, answers[at % len(answers)]) for name, size in sizes.items() for at in range(size)]
    return pd.DataFrame(rows, columns=["v", "q"])


def test_the_cell_of_a_share_is_who_gave_the_answer_and_who_did_not():
    """A: 3 of 30 say 1; B: 27 of 30 do; C and D have many of both."""
    frame = pd.concat(
        [
            people({name: 30}, [1] * ones + [2] * (30 - ones))
            for name, ones in (("A", 3), ("B", 27), ("C", 12), ("D", 18))
        ],
        ignore_index=True,
    )
    found = hide_small_cells(shares(SurveyDesign(frame), "q", by="v")).table
    assert found["hidden_why"].tolist() == ["few", "protects", "protects", "few", "", "", "", ""]


@pytest.mark.parametrize(("size", "gone"), [(5, True), (9, True), (10, False)])
def test_a_small_group_that_answers_alike_is_hidden_whole(size, gone):
    frame = pd.concat([people({"A": size}, [1]), people({"B": 60, "C": 80}, [1, 2])], ignore_index=True)
    table = hide_small_cells(shares(SurveyDesign(frame), "q", by="v")).table
    assert table.loc[table["group"] == "A", "hidden"].tolist() == [gone, gone]


def test_a_group_that_was_not_asked_hides_nobody_and_is_said(tmp_path):
    frame = pd.DataFrame({"akim": ["elected"] * 60 + ["other"] * 60, "q": [1.0, 2, 3] * 20 + [np.nan] * 60})
    with pytest.warns(SurveyKitWarning, match="no interval"):
        found = means(SurveyDesign(frame), "q", by="akim")
    assert not any(small_cells(found))
    text = write_table(found, tmp_path / "t.md").read_text()
    assert "nobody asked" in text and "2.000" in text and "hidden" not in text


def test_two_respondents_who_hold_the_weight_are_hidden():
    frame = people({"A": 20, "B": 20, "C": 20}).assign(w=1.0)
    frame.loc[[0, 1], "w"] = 200.0
    found = hide_small_cells(means(SurveyDesign(frame, weight="w"), "q", by="v")).table
    assert found["hidden_why"].tolist()[0] == "dominated" and found["hidden"].sum() == 2
    lax = hide_small_cells(means(SurveyDesign(frame, weight="w"), "q", by="v"), dominance=1.0, p_percent=0.0)
    assert not lax.table["hidden"].any()


def test_a_table_and_a_finer_one_are_hidden_together():
    """Alone, the table by sex needs no mask beyond its own; beside the one by settlement the same cells add up."""
    frame = people({"A": 3, "B": 40, "C": 50, "D": 60})
    frame["sex"] = np.arange(len(frame)) % 2
    design = SurveyDesign(frame)
    with pytest.warns(SurveyKitWarning, match="no interval"):
        found = [means(design, "q", by="v"), means(design, "q", by=["v", "sex"])]
    coarse, fine = hide_together(found)
    gone = coarse.table.loc[coarse.table["hidden"], "group"].tolist()
    hidden = fine.table.loc[fine.table["hidden"], "group"].tolist()
    assert "A" in gone and len(gone) >= 2
    for place in gone:  # else its two halves would add up to it
        assert any(name.startswith(place) for name in hidden)
    with pytest.raises(ArgumentError, match="must be a list of results"):
        hide_together([coarse, "text"])


def test_what_nobody_may_work_out_from_a_published_table_is_refused():
    frame = people({"A": 3, "B": 40, "C": 50})
    found = means(SurveyDesign(frame), "q", by="v")
    shown = show_small_cells(found, why="a test")
    assert not hide_together([shown, found])[1].table["hidden"].any()  # it is published


VILLAGES = {"A": 3, "B": 12, "C": 40, "D": 60}
"""A is small; all of B give 1, so that each answer of B is hidden with it."""


def four_villages():
    frame = people(VILLAGES, [1, 2])
    frame["weight"] = 1.0 + np.arange(len(frame)) % 3  # a share times n is then no count
    frame.loc[frame["v"] == "B", "q"] = 1
    return SurveyDesign(frame, weight="weight")


@pytest.mark.parametrize("percent", ["column", "row", "total", None])
def test_a_crosstab_hides_the_persons_behind_each_cell(percent, tmp_path):
    """The same cells whatever the percent is of, counted and not read off a weighted share."""
    found = crosstab(four_villages(), "q", "v", percent=percent)
    answers = found.table[found.table["level"].notna() & (found.table["group"] != "all")]
    assert {(row.level, row.group): found.persons["q", "v", row.level, row.group] for row in answers.itertuples()} == {
        ("1", "A"): 2, ("2", "A"): 1, ("1", "B"): 12, ("2", "B"): 0, ("1", "C"): 20, ("2", "C"): 20, ("1", "D"): 30,
        ("2", "D"): 30,
    }  # fmt: skip
    shown = hide_small_cells(found)
    gone = shown.table[shown.table["hidden"]]
    assert {"A"} < set(gone["group"]) and gone["estimate"].isna().all() and gone["n"].isna().all()
    page = write_table(found, tmp_path / "t.md").read_text(encoding="utf-8").replace("\\<", "<")
    assert "hidden (n < 5)" in page and "hidden to protect another cell" in page


def test_no_letter_and_no_test_of_a_column_tells_a_hidden_one():
    frame = pd.concat([people({"A": 4, "B": 9}, [1]), people({"C": 40, "D": 60}, [1, 2, 3, 4, 5])], ignore_index=True)
    with pytest.warns(SurveyKitWarning, match="some pairs of columns"):
        found = crosstab(SurveyDesign(frame), None, "v", means_of="q", letters=0.5)
    assert found.table.set_index("group").loc["C", "larger_than"] == "A B"
    shown = hide_small_cells(found)
    assert shown.table.set_index("group")["larger_than"].isna().all()
    known = shown.comparisons.dropna(subset="estimate")
    assert list(zip(known["group"], known["baseline"])) == [("C", "D")]
    assert found.comparisons["estimate"].notna().all()


def test_missing_answers_of_a_crosstab_are_part_of_the_release():
    """Of everybody 7 did not answer; by village A's 2 and B's 5: what A hides, neither B nor the total gives back."""
    frame = people({"A": 30, "B": 40}, [1, 2])
    frame.loc[[0, 1, 30, 31, 32, 33, 34], "q"] = np.nan
    table, by_village = hide_together(
        [crosstab(SurveyDesign(frame), "q", "v"), shares(SurveyDesign(frame), "q", by="v")]
    )
    gone = by_village.missing["n"].isna()
    assert gone.tolist() == [True, True] or table.missing["n"].isna().all()
    assert gone[0]


def test_a_description_of_the_sample_hides_sizes_answers_and_what_compares_them(tmp_path):
    found = describe_sample(four_villages(), ["q"], by="v", categorical="q", p_values=True)
    shown = hide_small_cells(found)
    gone = shown.table[shown.table["hidden"]]
    assert set(gone.loc[gone["term"] == "respondents", "group"]) == {"A", "B"}  # else the rest would tell A
    assert gone["count"].isna().all() and gone["estimate"].isna().all()
    assert shown.table.loc[shown.table["term"] == "independence", "p_value"].isna().all()
    page = write_table(found, tmp_path / "t.md").read_text(encoding="utf-8").replace("\\<", "<")
    assert "2 (" not in page.split("| 1 ")[1].split("|")[1]
    assert (
        "hidden"
        not in write_table(describe_sample(four_villages(), ["q"], categorical="q"), tmp_path / "a.md").read_text()
    )


def test_wide_tables_say_why_a_cell_is_hidden(tmp_path):
    found = means(four_villages(), "q", by="v")
    page = write_table(found, tmp_path / "t.md", layout="wide").read_text(encoding="utf-8").replace("\\<", "<")
    assert "hidden (n < 5)" in page and "hidden to protect another cell" in page
    numbers = pd.read_csv(write_table(found, tmp_path / "t.csv", layout="wide"))
    assert numbers.loc[0, [name for name in numbers if name.endswith(("A", "B"))]].isna().all()


def test_the_test_of_a_crosstab_goes_with_its_hidden_cells():
    """F, Pearson's chi square and the design effect are functions of all cells: with the margins, of the hidden ones."""
    few, enough = ([3, 20, 30], [12, 30, 20]), ([13, 20, 30], [12, 30, 20])
    frame = pd.concat(
        [pd.DataFrame({"q": np.repeat([1, 2, 3], few[side]), "g": name}) for side, name in enumerate("ab")],
        ignore_index=True,
    )
    frame["other"] = [1 + at % 3 for at in range(len(frame))]
    hidden = hide_small_cells(crosstab(SurveyDesign(frame), ["q", "other"], "g"))
    tests = hidden.tests.set_index("outcome")
    assert tests.loc["q", ["statistic", "p_value", "pearson", "mean_deff"]].isna().all()
    assert tests.loc["other", "statistic"] >= 0  # none of its cells is hidden
    assert not any("q × g: F(" in note for note in hidden.notes())
    frame = pd.concat(
        [pd.DataFrame({"q": np.repeat([1, 2, 3], enough[side]), "g": name}) for side, name in enumerate("ab")]
    )
    shown = hide_small_cells(crosstab(SurveyDesign(frame.reset_index(drop=True)), "q", "g"))
    assert "hidden" not in shown.tests and shown.tests["statistic"].notna().all()


def modelled(sizes: dict[str, int]) -> SurveyDesign:
    return SurveyDesign(people(sizes).assign(age=lambda here: np.arange(len(here)) % 37))


def test_the_coefficient_of_a_small_settlement_is_hidden_with_one_more_and_the_fit(tmp_path):
    """Settlement C of 3: constant plus coefficient is its average; the fit and all others but it tell it too."""
    design = modelled({"A": 40, "B": 50, "C": 3, "D": 20})
    fits = [fit_model("q ~ C(v)", design), fit_model("q ~ age", design)]
    result = compare_models(fits)
    table = hide_small_cells(result).table
    first = table[(table["model"] == "(1)") & (table["method"] != "reference")].set_index("term")
    assert first.loc["C(v)[T.C]", "hidden_why"] == "few"
    assert first.loc[["C(v)[T.B]", "C(v)[T.D]"], "hidden"].sum() == 1
    assert not first.loc["Intercept", "hidden"] and first.loc["r_squared", "hidden"]
    assert table.loc[table["hidden"], ["estimate", "std_error", "p_value", "n"]].isna().all(axis=None)
    assert not table.loc[table["model"] == "(2)", "hidden"].any()
    true = format(float(fits[0].params["C(v)[T.C]"]), ".3f").lstrip("-")
    for lang, mark in (("en", "hidden (n"), ("ru", "скрыто (n"), ("kk", "жасырылған (n")):
        text = write_table(result, tmp_path / f"{lang}.md", lang=lang).read_text()
        assert mark in text and true not in text.replace(",", ".")
    assert "those of the reference" in write_table(result, tmp_path / "t.md", lang="en").read_text()
    assert repr(float(fits[0].params["C(v)[T.C]"])) not in write_result(fits[0], tmp_path / "fit.json").read_text()


def test_a_figure_of_a_model_draws_no_hidden_coefficient():
    """Nor do its numbers beside it tell one, nor its ratios of odds."""
    design = modelled({"A": 40, "B": 50, "C": 3, "D": 20})
    for fit in (fit_model("q ~ C(v)", design), fit_model("I(q > 1) ~ C(v)", design, family="binomial")):
        ax = draw_estimates(fit, lang="en")
        numbers = plotted_numbers(ax).set_index("level")
        assert numbers.loc[["C"], ["estimate", "conf_low", "conf_high", "p_value", "n"]].isna().all(axis=None)
        assert numbers["estimate"].notna().sum() == 1
        assert "v, C: hidden (n < 5)" in alt_text(ax)
        open_ = draw_estimates(show_small_cells(fit, why="simulated"), lang="en")
        assert plotted_numbers(open_)["estimate"].notna().sum() == 3


def test_a_figure_of_a_model_draws_no_error_made_of_a_hidden_settlement():
    frame = people({"A": 40, "B": 50, "C": 3, "D": 20}).assign(age=lambda here: np.arange(len(here)) % 37)
    with pytest.warns(SurveyKitWarning):
        fit = fit_model("q ~ C(v) + age", SurveyDesign(frame, cluster="v"), variance="cr0")
        numbers = plotted_numbers(draw_estimates(fit)).set_index("term")
    assert np.isfinite(numbers.loc["age", "estimate"]) and np.isnan(numbers.loc["age", "conf_low"])


def test_a_small_reference_takes_all_coefficients_held_against_it_and_the_constant():
    table = hide_small_cells(fit_model("q ~ C(v) + age", modelled({"A": 3, "B": 50, "C": 40}))).table
    assert table.loc[table["hidden"], "term"].tolist() == ["Intercept", "C(v)[T.B]", "C(v)[T.C]"]
    alone = hide_small_cells(fit_model("q ~ C(v)", modelled({"A": 3, "B": 50})))
    assert "Nobody answered" not in alone.finding("en")


def test_the_coefficient_of_a_settlement_that_a_table_hides_is_hidden_too():
    """Of B, C and D alone nobody is few; beside the table by settlement what hides A hides B, and its coefficient."""
    design = modelled({"A": 3, "B": 10, "C": 50, "D": 60})
    where = (design.survey.frame["v"] != "A").to_numpy()
    fit = fit_model("q ~ C(v, Treatment('D'))", design, where=where)
    assert not any(small_cells(fit))
    table, model = hide_together([means(design, "q", by="v"), fit])
    gone = table.table.loc[table.table["hidden"], "group"].tolist()
    assert gone == ["A", "B"]
    assert model.table.set_index("term").loc["C(v, Treatment('D'))[T.B]", "hidden"]


def test_a_model_in_which_nobody_is_few_stays_as_it_is():
    result = compare_models([fit_model("q ~ C(v) * age", modelled({"A": 30, "B": 50, "C": 40}))])
    assert not any(small_cells(result))


@pytest.mark.parametrize("percent", ["column", "row", None])
def test_two_respondents_who_hold_the_weight_are_hidden_in_a_crosstab_and_a_description(percent, tmp_path):
    """The first two of A hold 400 of 418: more than nine tenths."""
    frame = people({"A": 20, "B": 40, "C": 40}, [1, 2]).assign(w=1.0)
    frame.loc[[0, 1], "w"] = 200.0
    for design, gone in ((SurveyDesign(frame, weight="w"), True), (SurveyDesign(frame), False)):
        for result in (
            crosstab(design, "q", "v", percent=percent),
            describe_sample(design, "q", by="v", categorical="q"),
        ):
            table = hide_small_cells(result).table
            assert table.loc[(table["group"] == "A") & table["level"].notna(), "hidden"].all() == gone
            said = write_table(result, tmp_path / "t.md", lang="en").read_text()
            assert ("two respondents hold most of the weight" in said) == gone
    lax = hide_small_cells(crosstab(SurveyDesign(frame, weight="w"), "q", "v"), dominance=1.0, p_percent=0.0)
    assert not lax.table["hidden"].any()


def test_few_without_a_group_are_not_counted_under_a_crosstab(tmp_path):
    frame = people({"A": 30, "B": 40}, [1, 2])
    for absent, said in ((3, "fewer than 5 respondents"), (6, "6 respondents")):
        result = crosstab(SurveyDesign(frame.assign(v=frame["v"].mask(frame.index < absent))), "q", "v")
        text = write_table(result, tmp_path / "t.md", lang="en").read_text()
        assert f"{said} without an answer stand in no column" in text
        assert ("3 respondents without" not in text) and hide_small_cells(result).ungrouped == (
            {} if absent < 5 else {"v": 6}
        )


def test_the_largest_weight_is_hidden_where_few_have_it(tmp_path):
    """10 of weight 1, 3 of 2 and 6 of 0.5: the largest is that of three."""
    design = SurveyDesign(pd.DataFrame({"w": [1.0] * 10 + [2.0] * 3 + [0.5] * 6}), weight="w")
    found = hide_small_cells(summarize_weights(design))
    gone = found.table.loc[found.table["hidden"], "measure"].tolist()
    assert gone == ["largest weight", "largest to mean weight", "largest to smallest weight"]
    assert found.facts["largest"] is None and found.facts["smallest"] == 0.5
    assert write_table(found, tmp_path / "t.md", lang="kk").read_text().count("жасырылған (n") == 3
    assert hide_small_cells(compare_weights(design, design)).table["hidden"].sum() == 3
    assert not any(small_cells(summarize_weights(SurveyDesign(design.survey.frame))))


@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_predictions_go_where_a_coefficient_goes():
    answers = pd.DataFrame({"v": np.arange(100) % 10, "q": np.random.default_rng(4).normal(3, 1, 100)})
    answers["g"] = ["a"] * 2 + ["b"] * 49 + ["c"] * 49
    model = sk.fit_model("q ~ C(g)", sk.SurveyDesign(answers, cluster="v"))
    for made in (
        sk.average_predictions(model, "g"),
        sk.average_marginal_effects(model),
        sk.predictions(model, {"g": "a"}),
    ):
        assert sk.hide_small_cells(made).table["estimate"].isna().all()
        assert sk.hide_together([model, made])[1].table["estimate"].isna().all()
    many = sk.fit_model("q ~ C(g)", sk.SurveyDesign(answers[answers["g"] != "a"], cluster="v"))
    assert sk.hide_small_cells(sk.average_predictions(many, "g")).table["estimate"].notna().all()


@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_a_model_does_not_tell_a_hidden_answer_of_two():
    answers = pd.DataFrame({"yes": 0, "sex": ["f"] * 50 + ["m"] * 50, "v": np.arange(100) % 10})
    answers.loc[[0, *range(50, 70)], "yes"] = 1
    design = sk.SurveyDesign(answers, cluster="v")
    shares, model = sk.hide_together([sk.shares(design, "yes", by="sex"), sk.fit_model("yes ~ C(sex)", design)])
    assert shares.table.query("group == 'f'")["estimate"].isna().all()
    assert model.table.loc[model.table["term"].str.contains("sex|Intercept"), "estimate"].isna().all()
