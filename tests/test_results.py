from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from surveykit.results import GLOSSARY, Origin, Result, Row, escape_latex, glossary_frame, table_of

NASTY = '<script>alert("x")</script> & 5 % of_a $ \\ {b} ~ ^ #1\nsecond line'


def make(simulated: bool = False) -> Result:
    table = glossary_frame(
        {"outcome": [NASTY, "q2"], "estimate": [1.5, -0.25], "p_value": [0.0001, 0.5], "n": [10, 2000]}
    )
    return Result(table, "Means by hand.", Origin("a.sav", "00", simulated, "weighted by w"), {"n_rows": 2}, "Table 1")


def test_glossary_order_and_missing_columns():
    table = glossary_frame({"n": [1], "estimate": [2.0], "extra": [3]}, extra=("extra",))
    assert tuple(table.columns) == (*GLOSSARY, "extra")
    assert table["p_value"].isna().all() and table["group"].isna().all()


def test_a_frame_becomes_a_result_table_too():
    rows = pd.DataFrame({"n": [1, 2], "outcome": ["a", "b"], "extra": ["x", "y"], "dropped": 0}, index=[4, 7])
    table = glossary_frame(rows, extra=("extra",))
    assert tuple(table.columns) == (*GLOSSARY, "extra") and table["outcome"].tolist() == ["a", "b"]
    assert glossary_frame({"method": "by hand", "n": []})["n"].size == 0


def test_rows_become_a_table_in_the_glossary_s_order():
    rows = [Row(2.0, 0.5, outcome="q1", n=10, extra={"icc": 0.1}), Row(outcome="q2", n=20, extra={"icc": 0.2})]
    table = table_of(rows, ("icc",))
    assert tuple(table.columns) == (*GLOSSARY, "icc") and table["outcome"].tolist() == ["q1", "q2"]
    assert table["estimate"].isna().tolist() == [False, True] and table["group"].isna().all()
    assert table["n"].tolist() == [10, 20] and table["n"].dtype == "int64" and table["icc"].tolist() == [0.1, 0.2]


def test_no_rows_make_an_empty_table_that_keeps_texts_apart_from_numbers():
    table = table_of([], ("icc",))
    assert tuple(table.columns) == (*GLOSSARY, "icc") and len(table) == 0
    assert table["outcome"].dtype == object and table["estimate"].dtype == float


def test_a_row_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Row(2.0).estimate = 3.0


def test_tidy_is_a_copy_in_full_precision():
    result = make()
    copy = result.tidy()
    copy.loc[0, "estimate"] = 99
    assert result.table.loc[0, "estimate"] == 1.5


def test_a_table_without_rows_says_so():
    result = Result(glossary_frame({"outcome": []}), "Nothing was found.")
    assert result.summary() == "(no rows)\nNothing was found."
    assert "<table" in result._repr_html_() and r"\begin{table}" in result.to_latex()


def test_glance_names_weight_source_and_flag():
    row = make().glance().iloc[0]
    assert (row["n_rows"], row["weight"], row["source"], row["simulated"]) == (2, "weighted by w", "a.sav", False)


def test_html_escapes_what_comes_from_files():
    page = make()._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_latex_escapes_what_comes_from_files():
    page = make().to_latex(caption="A & B", label="tab:one")
    assert r"\$ \textbackslash{} \{b\}" in page
    assert r"\caption{A \& B}" in page and r"\label{tab:one}" in page
    assert escape_latex("a\nb") == "a b"


@pytest.mark.parametrize("render", [Result.summary, Result._repr_html_, Result.to_latex, str])
def test_simulated_answers_say_so_in_every_rendering(render):
    assert "SIMULATED" in render(make(simulated=True))
    assert "SIMULATED" not in render(make())


def test_maketables_finds_what_it_needs_without_being_imported():
    result = make(simulated=True)
    table = result.__maketables_coef_table__
    assert table.index.name == "Coefficient" and list(table.index) == [NASTY, "q2"]
    assert table["b"].tolist() == [1.5, -0.25] and table["p"].tolist() == [0.0001, 0.5]
    assert "SIMULATED" in result.__maketables_depvar__
    assert result.__maketables_stat__("N") == 2 and result.__maketables_stat__("r2") is None


def test_maketables_prints_a_result():
    maketables = pytest.importorskip("maketables", reason="the extra surveykit-settlements[tables] is not installed")
    assert "q2" in maketables.ETable([make()]).make(type="tex")
