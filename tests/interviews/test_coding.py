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
    rows = [(*OWNER[passage], passage, coder, theme, present if theme == "trust" else 0)
            for (passage, coder), present in SEEN.items() for theme in ("trust", "budget")]
    return pd.DataFrame(rows, columns=["interview", "settlement", "akim", "passage", "coder", "theme", "present"])


@pytest.fixture
def coding() -> Coding:
    quoted = pd.DataFrame({"passage": ["P1", "P3"], "quotation": ["We trust him.", "Do not print this."],
                           "cleared": ["yes", "no"]})
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
    (tmp_path / "book.toml").write_text('simulated = true\n[variables.theme]\ntype = "text"\n[variables.theme.labels]\n'
                                        'budget.en = "The budget"\nbudget.kk = "Бюджет"\ntrust.en = "Trust"\n',
                                        encoding="utf-8")
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
    seen = [("I1", "P1", 1, 0), ("I1", "P2", 0, 0), ("I2", "P3", 1, 0), ("I2", "P4", 1, 1), ("I3", "P5", 0, 0), ("I4", "P6", 0, 1)]
    rows = [{"interview": i, "passage": p, "coder": coder, "theme": "corr", "present": found,
             **{name: value(coder, p) for name, value in further.items()}}
            for i, p, one, other in seen for coder, found in (("ann", one), ("bek", other))]
    return pd.DataFrame(rows)


def test_a_column_in_which_coders_differ_changes_no_prevalence():
    table = make_pairs(memo=lambda coder, passage: f"{coder} on {passage}", role=lambda coder, passage: f"role of {passage}")
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
