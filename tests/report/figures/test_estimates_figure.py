"""Estimates as dots: what is drawn is what the results hold, and nothing that answers no question."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.report.figures.difference_figure import draw_differences
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.estimates_figure import draw_estimates
from surveykit.results import Result
from surveykit.survey import Survey
from tests.report.figures.test_likert_figure import texts_of


@pytest.fixture(scope="module")
def answers() -> SurveyDesign:
    """300 respondents of 30 villages; income in tens of thousands."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"village": np.repeat(np.arange(30), 10), "sex": rng.integers(1, 3, 300)})
    frame["q1"], frame["q2"] = rng.integers(1, 6, 300), rng.integers(1, 6, 300)
    frame["yes"], frame["age"] = rng.integers(0, 2, 300), rng.integers(18, 80, 300)
    frame["income"] = rng.gamma(3, 40_000, 300).round()
    answers = {code: {"en": f"answer {code}"} for code in range(1, 6)}
    book = Codebook.of(
        [
            Variable("q1", {"en": "The akim listens"}, answers),
            Variable("q2", {"en": "I trust the akim"}, answers),
            Variable("sex", {"en": "Sex"}, {1: {"en": "man"}, 2: {"en": "woman"}}),
        ]
    )
    return SurveyDesign(Survey(frame, book), cluster="village")


def marks(ax) -> list[float]:
    return [line.get_xdata()[0] for line in ax.lines if line.get_marker() in "osD^" and len(line.get_xdata()) == 1]


def test_the_marks_of_means_are_the_estimates_and_stand_beside_them(answers):
    result = means(answers, ["q1", "q2"], by="sex")
    ax = draw_estimates(result)
    assert marks(ax) == result.table["estimate"].tolist() == plotted_numbers(ax)["estimate"].tolist()
    row = result.table.iloc[0]
    printed = f"{row['estimate']:.2f} [{row['conf_low']:.2f}; {row['conf_high']:.2f}]"
    assert printed in texts_of(ax) and str(row["n"]) in texts_of(ax)
    assert f"The akim listens, man: {printed}, n = {row['n']}" in alt_text(ax)


def test_outcomes_of_different_units_have_panels_of_their_own(answers):
    ax = draw_estimates(means(answers, ["q1", "income", "q2"], by="sex"), units={"income": "tenge"})
    above, below = ax.figure.axes
    # the two items have the same codes and share a panel; the record is that of both panels
    assert len(marks(above)) == 4 and len(marks(below)) == 2
    assert below.get_xlabel() == "Estimate, tenge" and max(marks(above)) < 6
    assert len(plotted_numbers(ax)) == len(plotted_numbers(below)) == 6
    below.figure.draw_without_rendering()
    assert all(re.fullmatch(r"\d+,000", label.get_text()) for label in below.get_xticklabels())


def test_ticks_follow_the_language(answers):
    ax = draw_estimates(means(answers, "income", by="sex"), lang="ru")
    ax.figure.draw_without_rendering()
    assert all(re.fullmatch("\\d+\u202f000", label.get_text()) for label in ax.get_xticklabels())


def test_one_axes_does_not_hold_two_units(answers):
    result = means(answers, ["q1", "income"])
    with pytest.raises(ArgumentError, match="`ax` holds one unit, but the outcomes have 2; leave `ax` out"):
        draw_estimates(result, Figure().subplots())
    assert len(marks(draw_estimates(result, Figure().subplots(), units="points"))) == 2


def test_shares_are_percentages_with_a_mark_per_group(answers):
    result = shares(answers, "q1", by="sex")
    ax = draw_estimates(result)
    assert sorted(marks(ax)) == sorted(result.table["estimate"])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["man", "woman"]
    share = result.table["estimate"].iloc[0]
    assert any(text.startswith(f"{100 * share:.0f}% [") for text in texts_of(ax))


def test_odds_ratios_stand_on_a_logarithmic_axis_without_the_constant(answers):
    fit = fit_model("yes ~ C(sex) + age", answers, family="binomial")
    ax = draw_estimates(fit)
    assert ax.get_xscale() == "log" and "Odds ratio" in ax.get_xlabel()
    wanted = np.exp(fit.table.set_index("term")["estimate"].drop("Intercept"))
    assert [each for each in marks(ax) if not np.isnan(each)] == pytest.approx(wanted.tolist())
    assert "reference" in texts_of(ax) and "Intercept" not in alt_text(ax)
    plain = draw_estimates(fit, exponentiate=False)
    assert plain.get_xscale() == "linear" and plain.get_xlabel() == "Coefficient"


def test_several_models_are_told_apart_by_colour(answers):
    fits = [fit_model(formula, answers) for formula in ("q1 ~ C(sex)", "q1 ~ C(sex) + age")]
    ax = draw_estimates(fits, names=["bare", "with age"])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["bare", "with age"]
    assert plotted_numbers(ax).dropna(subset="estimate")["series"].tolist() == ["bare", "with age", "with age"]
    # the reference answer stands once
    assert texts_of(ax).count("reference") == 1


def test_an_ordinal_model_draws_no_threshold(answers):
    fit = fit_model("q1 ~ C(sex)", answers, family="ordinal")
    assert (fit.table["term"].str.contains(r"\|")).sum() == 4
    for ax in (draw_estimates(fit), draw_differences(fit)):
        assert plotted_numbers(ax).dropna(subset="estimate")["term"].tolist() == ["C(sex)[T.2]"]
        assert "Difference" not in texts_of(ax)


def test_a_contrast_has_a_line_at_zero(answers):
    found = contrast(means(answers, "q1", by="sex"), [-1, 1], name="women minus men")
    ax = draw_estimates(found)
    assert marks(ax) == found.table["estimate"].tolist()
    assert 0.0 in [line.get_xdata()[0] for line in ax.lines if list(line.get_ydata()) == [0, 1]]
    assert "women minus men" in alt_text(ax) and f"p = {found.table['p_value'].iloc[0]:.3f}" in alt_text(ax)


def test_hidden_cells_have_no_mark(answers):
    frame = answers.data.assign(few=np.where(np.arange(300) < 3, "a", np.where(np.arange(300) < 60, "b", "c")))
    ax = draw_estimates(means(SurveyDesign(frame), "q1", by="few"))
    assert np.isnan(marks(ax)).tolist() == [True, True, False]
    assert sum("hidden" in text for text in texts_of(ax)) >= 2


def test_labels_and_mathematics_of_the_caller_stay_what_they_are(answers):
    ax = draw_estimates(
        means(answers, "q1", by="sex"),
        labels={"woman": "Women (born before 2000)"},
        title=r"Effect $\beta$ of $5 and $6",
    )
    assert "Women (born before 2000)" in [label.get_text() for label in ax.get_yticklabels()]
    assert r"Effect $\beta$ of \$5 and \$6" in texts_of(ax)
    ax.set_xlabel(r"$\beta_1$")
    assert ax.xaxis.label.get_parse_math()


def test_what_is_no_estimate_is_refused(answers):
    with pytest.raises(ArgumentError, match="must hold at least one result"):
        draw_estimates([])
    with pytest.raises(ArgumentError, match="but a int is among them"):
        draw_estimates([means(answers, "q1"), 3])
    with pytest.raises(ArgumentError, match="models alone or other results alone"):
        draw_estimates([means(answers, "q1"), fit_model("q1 ~ C(sex)", answers)])
    with pytest.raises(ArgumentError, match="no coefficient beside constants"):
        draw_estimates(fit_model("q1 ~ 1", answers))
    with pytest.raises(ArgumentError, match=r"`outcomes` must be among \['q1'\], but 'q9'"):
        draw_estimates(means(answers, "q1"), outcomes="q9")


def test_a_second_interval_is_drawn_thick_from_the_columns_of_the_table():
    table = pd.DataFrame({
        "outcome": ["q"], "level": [None], "group": ["all"], "estimate": [0.5], "conf_low": [0.1], "conf_high": [0.9],
        "conf90_low": [0.2], "conf90_high": [0.8], "n": [30],
    })  # fmt: skip
    result = Result(table, "", facts={"confidence": 0.95}, group_codes={"all": ()})
    ax = draw_estimates(result, inner_level=0.9, notes=("Taken as independent.",))
    lines = {tuple(line.get_xdata()): line.get_linewidth() for line in ax.lines if len(line.get_xdata()) == 2}
    assert lines[0.2, 0.8] > lines[0.1, 0.9]
    said = [text.get_text() for text in ax.texts]
    assert "Thick line: 90% interval; thin line: 95% interval." in said and "Taken as independent." in said
    assert plotted_numbers(ax)[["conf90_low", "conf90_high"]].to_numpy().tolist() == [[0.2, 0.8]]
    with pytest.raises(ColumnError, match="conf80_low"):
        draw_estimates(result, inner_level=0.8)
    with pytest.raises(ArgumentError, match="`inner_level` must lie between 0 and 1"):
        draw_estimates(result, inner_level=90)
