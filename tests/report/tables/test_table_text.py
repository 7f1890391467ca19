"""A result as the text of a table: rounded, in words, in one language."""

import pandas as pd

from surveykit.report.tables.table_text import page_table


def test_pages_round_and_leave_empty_columns_out(found):
    table = page_table(found, digits=2)
    assert table.header == ("Outcome", "Group", "Estimate", "n")
    assert table.rows == (("q1", "a", "1.23", "10"), ("q2", "b", "2.00", "1,234"))
    assert table.numeric == (False, False, True, True)


def test_columns_that_repeat_one_label_move_into_the_notes(item_shares):
    table = page_table(item_shares, lang="en")
    assert "Method" not in table.header
    assert "Method: linearized (Taylor); Clusters: 4." in table.notes


def test_a_page_in_another_language(item_shares):
    table = page_table(item_shares, lang="kk")
    assert table.header[:3] == ("Көрсеткіш", "Жауап", "Топ")
    assert table.rows[0][:3] == ("Әкім тұрғындарды тыңдайды", "Мүлдем келіспеймін", "тағайындалған әкім")
    assert table.notes[0].startswith("SIMULATED")


def test_the_verdict_stands_under_the_table(comparison):
    assert any(note.startswith("Feasibility of the comparison: fragile") for note in page_table(comparison).notes)


def test_the_ends_of_an_interval_stand_in_one_column(item_shares):
    table = page_table(item_shares, lang="ru", digits=2)
    place = table.header.index("95\u202f% ДИ")
    row = item_shares.table.iloc[0]
    said = f"[{row['conf_low']:.2f}; {row['conf_high']:.2f}]"
    assert table.rows[0][place] == said.replace(".", ",") and table.numeric[place]
    assert page_table(item_shares, lang="en", digits=2).rows[0][place] == said


def test_percentages_stand_flush_right_and_years_do_not():
    table = page_table(pd.DataFrame({"wave": ["2021", "2023"], "agree": ["61.5%", "\u22122 %"], "note": ["5%", "few"]}))
    assert table.numeric == (False, True, False)
