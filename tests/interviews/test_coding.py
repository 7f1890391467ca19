import pandas as pd
import pytest

import surveykit as sk
from surveykit.interviews.coding import (
    Coding,
    agree_on,
    cleared_quotations,
    read_coding,
    theme_agreement,
    theme_prevalence,
)

# Two interviews (one settlement of each kind), three passages, three coders, one theme and another that nobody finds.
SEEN = {("P1", "A"): 1, ("P1", "B"): 1, ("P1", "C"): 0, ("P2", "A"): 1, ("P2", "B"): 0, ("P2", "C"): 0,
        ("P3", "A"): 1, ("P3", "B"): 1, ("P3", "C"): 1}  # fmt: skip
OWNER = {"P1": ("I1", "S1", "appointed"), "P2": ("I1", "S1", "appointed"), "P3": ("I2", "S2", "elected")}


def make_table() -> pd.DataFrame:
    rows = [
        (*OWNER[passage], passage, coder, theme, present if theme == "trust" else 0)
        for (passage, coder), present in SEEN.items()
        for theme in ("trust", "budget")
    ]
    return pd.DataFrame(rows, columns=["interview", "settlement", "akim", "passage", "coder", "theme", "present"])


@pytest.fixture
def coding() -> Coding:
    quoted = pd.DataFrame(
        {"passage": ["P1", "P3"], "quotation": ["We trust him.", "Do not print this."], "cleared": ["yes", "no"]}
    )
    return Coding(make_table(), quoted)


@pytest.mark.parametrize(("rule", "found"), [("any", ["P1", "P2", "P3"]), ("majority", ["P1", "P3"]), ("all", ["P3"])])
def test_what_coders_agree_on(coding, rule, found):
    agreed = agree_on(coding, rule)
    trust = agreed[(agreed["theme"] == "trust") & agreed["present"]]
    assert trust["passage"].tolist() == found


def test_prevalence_by_hand(coding):
    table = theme_prevalence(coding, by="akim").table
    trust = table[table["theme"] == "trust"].set_index("group")
    assert trust["estimate"].to_dict() == {"appointed": 1.0, "elected": 1.0}  # one interview of one, each
    assert trust["mentions"].to_dict() == {"appointed": 1, "elected": 1}
    assert trust["n"].to_dict() == {"appointed": 1, "elected": 1}
    assert table[table["theme"] == "budget"]["estimate"].tolist() == [0.0, 0.0]
    strict = theme_prevalence(coding, by="akim", rule="all").table
    assert strict[strict["theme"] == "trust"]["estimate"].tolist() == [0.0, 1.0]
    assert "there is no interval" in theme_prevalence(coding).method


def test_agreement_of_a_theme(coding):
    table = theme_agreement(coding, draws=0).table.set_index("outcome")
    # trust, nominal alpha by hand: coincidences o01 = 4/2 = 2 of n = 9, ones 6, zeros 3: 1 - 8 * 4 / (2 * 18) = 1/9
    assert table.loc["trust", "estimate"] == pytest.approx(1 / 9)
    assert table.loc["trust", "percent"] == pytest.approx(1 / 3)
    assert pd.isna(table.loc["budget", "estimate"])  # never there: nothing varies


def test_quotations_stay_inside_unless_cleared(coding):
    shown = cleared_quotations(coding)
    assert shown["quotation"].tolist() == ["We trust him."]
    assert list(shown.columns) == ["theme", "quotation"]
    for result in (theme_prevalence(coding), theme_agreement(coding, draws=0)):
        assert "Do not print" not in result.summary() + result._repr_html_() + result.to_latex()


def test_read_from_files(tmp_path):
    make_table().to_csv(tmp_path / "coding.csv", index=False)
    (tmp_path / "book.toml").write_text(
        'simulated = true\n[variables.theme]\ntype = "text"\n[variables.theme.labels]\n'
        'budget.en = "The budget"\nbudget.kk = "Бюджет"\ntrust.en = "Trust"\n',
        encoding="utf-8",
    )
    coding = read_coding(tmp_path / "coding.csv", codebook=tmp_path / "book.toml")
    assert coding.themes == ["budget", "trust"]  # the codebook's order
    assert coding.origin.simulated and coding.origin.sha256
    result = theme_prevalence(coding, lang="kk")
    assert result.table["outcome"].tolist() == ["Бюджет", "Trust"]
    assert "SIMULATED" in result.summary()


def test_the_callers_table_stays_as_it_was(coding):
    table = make_table()
    other = Coding(table)
    table["present"] = 0
    assert other.table["present"].sum() == 6


def test_words_of_the_errors(tmp_path):
    table = make_table()
    with pytest.raises(sk.ColumnError, match=r"`coding` names 'coder'"):
        Coding(table.drop(columns="coder"))
    with pytest.raises(sk.CodeError, match=r"`present` must be 1 .* or 0, but holds 2"):
        Coding(table.replace({"present": {1: 2}}))
    with pytest.raises(sk.CodeError, match=r"coder 'A' coded theme 'trust' in passage 'P1' twice"):
        Coding(pd.concat([table, table.iloc[:1]]))
    with pytest.raises(sk.CodeError, match=r"passage 'P1' belongs to two interviews"):
        Coding(table.assign(interview=["I9", *table["interview"][1:]]))
    with pytest.raises(sk.ArgumentError, match=r"`rule` must be one of"):
        agree_on(Coding(table), "most")
    with pytest.raises(sk.ColumnError, match=r"`by` names 'akimm'.*did you mean 'akim'"):
        theme_prevalence(Coding(table), by="akimm")
    table.assign(present="yes").to_csv(tmp_path / "coding.csv", index=False)
    with pytest.raises(sk.CodeError, match=r"`present` must be 1"):
        read_coding(tmp_path / "coding.csv")


def make_pairs(**further) -> pd.DataFrame:
    """Return six passages of four interviews, coded by two: ann, bek."""
    seen = [
        ("I1", "P1", 1, 0),
        ("I1", "P2", 0, 0),
        ("I2", "P3", 1, 0),
        ("I2", "P4", 1, 1),
        ("I3", "P5", 0, 0),
        ("I4", "P6", 0, 1),
    ]
    rows = [
        {
            "interview": i,
            "passage": p,
            "coder": coder,
            "theme": "corr",
            "present": found,
            **{name: value(coder, p) for name, value in further.items()},
        }
        for i, p, one, other in seen
        for coder, found in (("ann", one), ("bek", other))
    ]
    return pd.DataFrame(rows)


def test_a_column_in_which_coders_differ_changes_no_prevalence():
    table = make_pairs(
        memo=lambda coder, passage: f"{coder} on {passage}", role=lambda coder, passage: f"role of {passage}"
    )
    for rows in (make_pairs(), table, table.assign(settlement="S1")):
        assert theme_prevalence(Coding(rows)).table["estimate"].tolist() == [0.25]  # both found it in P4 of I2 alone
        assert len(agree_on(Coding(rows))) == 6
    assert list(agree_on(Coding(table)).columns) == ["interview", "passage", "theme", "role", "present"]
    with pytest.raises(sk.ColumnError, match="`by` names 'memo', which coders of one passage filled differently"):
        theme_prevalence(Coding(table), by="memo")
    with pytest.raises(sk.ColumnError, match="`settlement` names 'memo', which coders of one passage"):
        theme_prevalence(Coding(table), settlement="memo")


def test_a_theme_that_no_two_coders_coded_has_no_agreement():
    book = sk.Codebook.of([sk.Variable("theme", labels={"corr": "Corruption", "roads": "Roads"})])
    alone = {"interview": "I1", "passage": "P1", "coder": "ann", "theme": "solo", "present": 1}
    table = pd.concat([make_pairs(), pd.DataFrame([alone])], ignore_index=True)
    result = theme_agreement(Coding(table, codebook=book), draws=0).table.set_index("outcome")
    assert result.index.tolist() == ["Corruption", "Roads", "solo"]
    assert result["n"].tolist() == [6, 0, 0] and result["n_clusters"].tolist() == [4, 0, 0]
    assert result["estimate"].notna().tolist() == result["percent"].notna().tolist() == [True, False, False]


def test_a_passage_that_one_coder_coded_is_no_agreement():
    result = theme_agreement(Coding(make_pairs().drop(index=[1, 3, 5, 7])), draws=0).table
    assert result[["n", "n_clusters", "percent"]].to_numpy().tolist() == [[2, 2, 0.5]]  # P5 alike, P6 not


def rows(*given: tuple[str, str, str, int, object]) -> Coding:
    """One coder; interview, passage, theme, present, akim."""
    table = pd.DataFrame(given, columns=["interview", "passage", "theme", "present", "akim"])
    return Coding(table.assign(coder="x", settlement="S" + table["interview"]))


LOOKED_FOR_IN_THREE = [(f"I{k}", f"P{k}", "roads", int(k < 4), "e" if k < 3 else "b") for k in range(6)] + [
    (f"I{k}", f"P{k}", "water", int(k > 0), "e") for k in range(3)]  # fmt: skip


def test_a_theme_has_its_share_of_the_interviews_in_which_it_was_looked_for():
    """Looked for in three of six interviews and found in two: 2/3 and not 2/6; in none of b, so that b has no share."""
    whole = theme_prevalence(rows(*LOOKED_FOR_IN_THREE))
    table = whole.table.set_index("theme")
    assert table["estimate"].to_dict() == {"roads": 4 / 6, "water": 2 / 3}
    assert table["n"].to_dict() == {"roads": 6, "water": 3} and table.loc["water", "n_clusters"] == 3
    assert "fewer than all for water (3 of 6)" in whole.method
    by = theme_prevalence(rows(*LOOKED_FOR_IN_THREE), by="akim")
    water = by.table[by.table["theme"] == "water"].set_index("group")
    assert water.loc["e", "estimate"] == 2 / 3 and pd.isna(water.loc["b", "estimate"]) and water.loc["b", "n"] == 0
    assert "water (0 of 3 with akim b)" in by.method


def test_a_table_of_finds_says_that_it_takes_every_interview_for_asked():
    with pytest.warns(sk.SurveyKitWarning, match="no row of the coding says that a theme is absent"):
        found = theme_prevalence(rows(("I0", "P0", "roads", 1, "e"), ("I1", "P1", "water", 1, "e")))
    assert found.table["estimate"].tolist() == [0.5, 0.5] and "every interview counts" in found.method


@pytest.mark.parametrize("empty", ["", " ", None, float("nan")])
def test_an_interview_without_a_group_is_left_out_and_named(empty):
    given = [(f"I{k}", f"P{k}", "roads", k % 2, "e" if k < 3 else "b") for k in range(6)]
    given[4] = ("I4", "P4", "roads", 0, empty)
    with pytest.warns(
        sk.SurveyKitWarning, match=r"'akim', which is empty for 1 of 6 interviews \(I4\); they are left out"
    ):
        table = theme_prevalence(rows(*given), by="akim").table
    assert table[["group", "estimate", "n"]].values.tolist() == [["b", 1.0, 2], ["e", 1 / 3, 3]]
    one_cell = [*given[:4], ("I4", "P4", "roads", 0, "b"), ("I4", "P4b", "roads", 0, empty), given[5]]
    assert theme_prevalence(rows(*one_cell), by="akim").table["n"].tolist() == [3, 3]  # its other passage says it
    with pytest.raises(sk.ColumnError, match="empty for every interview"):
        theme_prevalence(rows(("I0", "P0", "roads", 0, empty)), by="akim")


def test_an_interview_of_two_groups_is_refused():
    given = [("I0", "P0", "roads", 1, "e"), ("I0", "P1", "roads", 0, "b"), ("I1", "P2", "roads", 0, "b")]
    with pytest.raises(sk.ColumnError, match=r"interview 'I0' has several values \(e, b\)"):
        theme_prevalence(rows(*given), by="akim")
