"""Crosstabs, shares and means as pages: what each file format makes of a line above the header, in three languages."""

import csv
import re
import zipfile

import openpyxl
import pandas as pd
import pytest

import surveykit as sk
from surveykit.report.tables.table_text import page_table

ANSWERS = pd.DataFrame({
    "trust": [1 + (k * k % 11 > 3) for k in range(48)], "akim": [0, 0, 1, 1] * 12, "sex": [1, 2, 2, 2, 1, 1] * 8,
    "village": [f"S{k // 4}" for k in range(48)],
})  # fmt: skip
BOOK = sk.Codebook.of([
    sk.Variable("trust", {"en": "Trust & more", "ru": "Доверие", "kk": "Сенім"}, {
        1: {"en": "yes", "ru": "да", "kk": "иә"}, 2: {"en": "no", "ru": "нет", "kk": "жоқ"}}),
    sk.Variable("akim", {"en": "Akim", "ru": "Аким", "kk": "Әкім"}, {
        0: {"en": "appointed", "ru": "назначен", "kk": "тағайындалған"}, 1: {"en": "elected", "ru": "избран", "kk": "сайланған"}}),
    sk.Variable("sex", {"en": "Sex", "ru": "Пол", "kk": "Жынысы"}, {
        1: {"en": "man", "ru": "мужчина", "kk": "ер"}, 2: {"en": "woman", "ru": "женщина", "kk": "әйел"}}),
])  # fmt: skip


@pytest.fixture(scope="module")
def design():
    return sk.SurveyDesign(sk.Survey(ANSWERS, BOOK), cluster="village")


@pytest.fixture(scope="module")
def found(design):
    return sk.crosstab(design, "trust", ["akim", "sex"], means_of="trust")


@pytest.mark.parametrize(("lang", "above", "heads", "labels", "note"), [
    ("en", ["", "Akim", "Sex"], ["appointed", "elected", "Total", "man", "woman", "Total"],
     ["yes", "no", "Total", "Mean", "n", "Weighted n"], "Column percent."),
    ("ru", ["", "Аким", "Пол"], ["назначен", "избран", "Всего", "мужчина", "женщина", "Всего"],
     ["да", "нет", "Всего", "Среднее", "n", "Взвешенное n"], "Проценты по столбцу."),
    ("kk", ["", "Әкім", "Жынысы"], ["тағайындалған", "сайланған", "Барлығы", "ер", "әйел", "Барлығы"],
     ["иә", "жоқ", "Барлығы", "Орташа", "n", "Салмақталған n"], "Баған бойынша пайыз."),
])  # fmt: skip
def test_a_page_speaks_its_language(found, lang, above, heads, labels, note):
    page = page_table(found, lang=lang)
    assert [text for text, _ in page.above] == above
    assert [columns for _, columns in page.above] == [2, 3, 3]
    assert list(page.header[2:]) == heads
    assert [row[1] for row in page.rows] == labels
    assert page.notes[0] == note
    assert page.title.startswith(BOOK["trust"].ask(lang))


def test_numbers_by_hand(found):
    yes = [100 * ((ANSWERS["trust"] == 1) & (ANSWERS["akim"] == akim)).sum() / 24 for akim in (0, 1)]
    page = page_table(found)
    assert list(page.rows[0][2:5]) == [f"{yes[0]:.1f}", f"{yes[1]:.1f}", f"{sum(yes) / 2:.1f}"]
    assert list(page.rows[4][2:5]) == ["24", "24", "48"]


def test_html_has_headers_of_groups(found, tmp_path):
    text = sk.write_table(found, tmp_path / "a.html", digits=0).read_text(encoding="utf-8")
    head = text.split("<thead>")[1].split("</thead>")[0]
    assert '<th scope="colgroup" colspan="3">Akim</th><th scope="colgroup" colspan="3">Sex</th>' in head
    assert text.count("<tr>") == text.count("</tr>") - text.count('<tr class="across">')
    assert "Trust &amp; more" in text
    assert re.search(r'<th scope="row">yes</th><td class="r">\d\d</td>', text)


def test_word_repeats_both_header_rows(found, tmp_path):
    with zipfile.ZipFile(sk.write_table(found, tmp_path / "a.docx")) as parts:
        document = parts.read("word/document.xml").decode("utf-8")
    rows = re.findall(r"<w:tr>.*?</w:tr>", document, flags=re.DOTALL)
    assert ["<w:tblHeader/>" in row for row in rows[:3]] == [True, True, False]
    assert '<w:gridSpan w:val="3"/>' in rows[0]
    assert "Akim" in rows[0] and "elected" in rows[1]


def test_a_spreadsheet_merges_the_line_above(found, tmp_path):
    sheet = openpyxl.load_workbook(sk.write_table(found, tmp_path / "a.xlsx")).active
    assert [sheet["C2"].value, sheet["F2"].value, sheet["C3"].value] == ["Akim", "Sex", "appointed"]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A2:B2", "C2:E2", "F2:H2"}


def test_latex_spans_columns(found, tmp_path):
    for text in (sk.write_table(found, tmp_path / "a.tex").read_text(encoding="utf-8"), found.to_latex()):
        assert r"\multicolumn{3}{" in text
        assert r"Trust \& more" in text
        assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 1
    written = (tmp_path / "a.tex").read_text(encoding="utf-8")
    assert r"\cmidrule(lr){2-4} \cmidrule(lr){5-7}" in written
    lines = [line for line in written.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
    assert {len(re.findall(r"(?<!\\)&", line)) for line in lines} == {6}


def test_markdown_says_the_question_in_each_head(found, tmp_path):
    text = sk.write_table(found, tmp_path / "a.md").read_text(encoding="utf-8")
    assert "| Akim: appointed | Akim: elected | Akim: Total | Sex: man |" in text


def test_csv_stays_tidy_unless_asked(found, tmp_path):
    tidy = pd.read_csv(sk.write_table(found, tmp_path / "a.csv"))
    assert list(tidy.columns) == list(sk.GLOSSARY)
    with sk.write_table(found, tmp_path / "b.csv", layout="wide").open(encoding="utf-8") as file:
        head, first, *_ = csv.reader(file)
    assert head[:4] == ["outcome", "level", "Akim: appointed", "Akim: elected"]
    assert first[:2] == ["Trust & more", "yes"]
    assert float(first[2]) == tidy["estimate"].iloc[0] * 100


def test_a_described_sample_is_written_wide_with_every_number_of_a_cell(design, tmp_path):
    sample = sk.describe_sample(design, ["trust", "sex"], by="akim")
    wide = pd.read_csv(sk.write_table(sample, tmp_path / "a.csv", layout="wide", lang="en"))
    assert [*wide.columns[:4]] == ["outcome", "level", "appointed", "appointed (2)"]
    frame = design.survey.frame
    men = wide[wide["level"] == "man"].iloc[0]
    appointed = design.survey.codebook["akim"].labels
    code = next(code for code, texts in appointed.items() if "appointed" in texts.values())
    assert men["appointed"] == ((frame["akim"] == code) & (frame["sex"] == 1)).sum()
    models = sk.compare_models([sk.fit_model("trust ~ sex", design)])
    fitted = pd.read_csv(sk.write_table(models, tmp_path / "b.csv", layout="wide", lang="en"))
    assert fitted[fitted["level"] == "n"].iloc[0, 2] == len(frame)


def test_header_cells_in_a_notebook_have_a_scope(found, design):
    for result in (found, sk.means(design, "trust", by="akim")):
        cells = re.findall(r"<th\b[^>]*>", result._repr_html_())
        assert cells and all("scope=" in cell for cell in cells)


def test_shares_and_means_are_wide_on_request(design, tmp_path):
    shares = sk.shares(design, "trust", by="akim")
    text = sk.write_table(shares, tmp_path / "a.md", layout="wide", digits=2).read_text(encoding="utf-8")
    assert "| Akim: appointed | Akim: elected |" in text
    assert re.search(r"\| yes \| \d\d\.\d\d \| \d\d\.\d\d \|", text)
    assert "| Total | 100.00 | 100.00 |" in text
    means = sk.write_table(sk.means(design, "trust"), tmp_path / "b.md", layout="wide").read_text(encoding="utf-8")
    assert f"| Mean | {ANSWERS['trust'].mean():.2f} |" in means
    counted = sk.write_table(sk.totals(design, "village", by="akim"), tmp_path / "c.md", layout="wide")
    assert "| S0 | 2 | 2 |" in counted.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [
    lambda design: sk.quantiles(design, "trust", [0.1, 0.5]),
    lambda design: sk.fit_model("trust ~ sex", design),
    lambda design: sk.frequencies(design.survey, "trust"),
    lambda design: design.data,
])  # fmt: skip
def test_what_has_not_one_number_for_each_group_is_refused(design, make, tmp_path):
    with pytest.raises(sk.ArgumentError, match="wide"):
        sk.write_table(make(design), tmp_path / "a.html", layout="wide")


def test_a_crosstab_prints_as_a_page_and_in_notebooks(found):
    assert "appointed" in str(found).splitlines()[2]
    assert 'colspan="3"' in found._repr_html_()


def test_a_report_takes_a_crosstab(found, tmp_path):
    path = sk.write_report([found], tmp_path / "r.html", title="Report")
    assert '<th scope="colgroup" colspan="3">Akim</th>' in path.read_text(encoding="utf-8")
    for kind in ("docx", "tex", "md"):
        sk.write_report([found], tmp_path / f"r.{kind}", title="Report")


def test_simulated_answers_are_called_so(tmp_path):
    study = sk.simulate_study(1)
    survey = study.survey if hasattr(study, "survey") else next(iter(study.waves.values()))
    column = next(name for name in survey.codebook if len(survey.codebook[name].labels) == 5)
    found = sk.crosstab(sk.SurveyDesign(survey, weight="base_weight"), column, "sex")
    assert "SIMULATED" in found.to_latex() and "SIMULATED" in str(found)
    for kind in ("html", "md", "tex"):
        assert "SIMULATED" in sk.write_table(found, tmp_path / f"a.{kind}").read_text(encoding="utf-8")
