"""Labels that repeat head their rows once."""

from dataclasses import replace

import pandas as pd

from surveykit.report.pages.table_file import html_table, latex_table
from surveykit.report.tables.table_text import page_table


def test_a_label_that_repeats_heads_its_rows_once(item_shares):
    text = html_table(page_table(item_shares, lang="en"))
    width = len(page_table(item_shares, lang="en").header) - 1
    heading = f'<tr class="across"><th scope="rowgroup" colspan="{width}">I trust the akim</th></tr>'
    assert text.count(heading) == text.count("I trust the akim") == 1 and text.count("<tbody>") == 2
    rows = [line for line in text.splitlines() if line.startswith("<tr><t")]
    assert [row.count("<td") + row.count("<th") for row in rows] == [width] * 21
    assert latex_table(page_table(item_shares, lang="en")).count("I trust the akim") == 1


def test_labels_that_repeat_inside_a_group_stand_once_in_it(comparison):
    rows = pd.concat([comparison.table, comparison.table.assign(outcome="q2")], ignore_index=True)
    text = html_table(page_table(replace(comparison, table=rows), lang="en"))
    assert text.count('<th scope="rowgroup" rowspan="2">') == 4 and text.count("person average") == 2
