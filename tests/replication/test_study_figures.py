"""The kinds of figures of a study.toml."""

import pytest
from matplotlib.axes import Axes

import surveykit as sk
from surveykit.replication.study_comparisons import Comparisons
from surveykit.replication.study_figures import FIGURES, draw_figure, figure_source, heading

OPTIONS = {
    "shares": {"outcomes": "trust_akim", "by": "akim"}, "differences": {"comparison": "main"}, "weights": {}, "influence": {"comparison": "main"},
}  # fmt: skip


def make_figure(options, data, comparisons, lang):
    return draw_figure(options, figure_source(options, data, comparisons, lang), lang)


@pytest.mark.parametrize("kind", OPTIONS)
def test_each_kind_is_drawn_with_its_title(two_waves, kind):
    options = {"name": "f", "kind": kind, "title": {"en": "Trust", "ru": "Доверие"}, **OPTIONS[kind]}
    drawn = make_figure(options, two_waves, Comparisons(two_waves, "ru"), "ru")
    assert isinstance(drawn, Axes) and "Доверие" in sk.alt_text(drawn)
    assert (heading(options, "en"), heading({"name": "f"}, "en")) == ("Trust", "")


def test_the_shares_drawn_are_those_of_the_design(two_waves):
    drawn = make_figure(
        {"name": "f", "kind": "shares", **OPTIONS["shares"]}, two_waves, Comparisons(two_waves, "en"), "en"
    )
    numbers = sk.shares(two_waves.designs["2023"], "trust_akim", by="akim", lang="en").table["estimate"]
    drawn_numbers = sk.plotted_numbers(drawn)
    assert sorted(drawn_numbers.loc[drawn_numbers["mark"] == "level", "value"]) == pytest.approx(sorted(numbers))


def test_wrong_options(two_waves):
    comparisons = Comparisons(two_waves, "en")
    with pytest.raises(sk.ArgumentError, match="kind of figure 'f'.*'pie'"):
        make_figure({"name": "f", "kind": "pie"}, two_waves, comparisons, "en")
    with pytest.raises(sk.ArgumentError, match="`wave` must be one of.*'2031'"):
        make_figure({"name": "f", "kind": "weights", "wave": "2031"}, two_waves, comparisons, "en")
    for kind in sorted(set(FIGURES) - {"weights"}):
        with pytest.raises(sk.CodebookError, match=f"'f' is of the kind '{kind}' and needs `(outcomes|comparison)`"):
            make_figure({"name": "f", "kind": kind}, two_waves, comparisons, "en")
