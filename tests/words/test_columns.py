"""What heads the columns of tables: every column of every result, in three languages."""

import re
import warnings

import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import SurveyKitError
from surveykit.report.tables.table_text import page_table
from surveykit.words.columns import HEADINGS
from surveykit.words.pages import LANGUAGES, WORDS
from tests.public_calls import FUNCTIONS, World

SECONDS_EACH = ("replicate_study", "verify_outputs", "run_study", "write_study", "init_study")
"""What they return is no result."""
OF_THE_USER = {"polychoric_correlations: correlation", "polychoric_correlations: thresholds", "check_quality: flags"}
"""Matrices whose columns are items, codes and rules of the user."""
SAME_IN_ALL = {"chisq", "code"}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, sk.Result]:
    """Every result that a public function returns, by the function."""
    found = {}
    with warnings.catch_warnings(action="ignore"):
        world = World(tmp_path_factory.mktemp("columns"))
        for name in FUNCTIONS:
            if name in SECONDS_EACH:
                continue
            try:
                made = getattr(sk, name)(**world.arguments(name))
            except SurveyKitError:  # a reader of a kind of file that the world does not hold
                continue
            for number, part in enumerate(made if isinstance(made, tuple) else (made,)):
                if isinstance(part, sk.Result):
                    found[f"{name} {number}" if number else name] = part
    return found


def tables_of(result: sk.Result) -> dict[str, pd.DataFrame]:
    """Return the table of a result and the further ones that it carries."""
    names = {*vars(result), *(name for name in ("missing", "influence", "draws") if hasattr(result, name))}
    return {name: getattr(result, name) for name in sorted(names) if isinstance(getattr(result, name), pd.DataFrame)}


@pytest.mark.parametrize("column", HEADINGS)
def test_a_heading_stands_in_three_languages(column):
    texts = HEADINGS[column]
    assert len(texts) == 3 and all(text and text == text.strip() for text in texts)
    assert texts[0] != column or column == "χ²"
    if column not in SAME_IN_ALL:
        assert len({*texts}) > 1
    assert not re.search("[а-яё]", texts[0]) and not re.search("[әғқңөұүһі]", texts[1])


def test_a_column_has_one_heading():
    """A name in both lists is one that the other words use in another sense."""
    assert {*HEADINGS} & {*WORDS} == {"settlement", "hidden"}


@pytest.mark.slow
def test_no_column_of_any_result_is_printed_raw(results):
    assert len(results) > 35
    raw = {
        (name, table, column)
        for name, result in results.items()
        for table, frame in tables_of(result).items()
        if f"{name}: {table}" not in OF_THE_USER
        for column in map(str, frame.columns)
        if column not in HEADINGS and column not in WORDS
    }
    assert raw == set()


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_columns_of_a_page_are_headed_alike(results, lang):
    for name, result in results.items():
        header = page_table(result, lang=lang, layout="tidy").header
        assert len({*header}) == len(header), (name, header)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_numbers_of_a_page_follow_its_language(results, lang):
    """A decimal comma, no comma between thousands; the method, which is in English, and formulas of the user's apart."""
    for name, result in results.items():
        for layout in (None, "tidy"):
            page = page_table(result, lang=lang, layout=layout)
            for row in page.rows:
                english = [cell for cell in row if re.fullmatch(r"[\[(]?[−-]?[\d,]*\.\d+.*", cell)]
                assert not english, (name, english)
            said = [note for note in page.notes if note not in result.method]
            assert not [note for note in said if re.search(r"\d\.\d", note)], name
