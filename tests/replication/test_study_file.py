"""study.toml: every key has its kind, and formats are those that can be written."""

from pathlib import Path

import pytest

import surveykit as sk
from surveykit.replication.study_file import SECTIONS, STUDY_FILE, WAVE_KEYS, read_study
from surveykit.replication.study_values import KINDS

WAVE = '[waves.1]\nfile = "s.csv"\n'


TABLE = '[[tables]]\nname = "a"\nkind = "means"\noutcomes = ["q1"]\n'


FIGURE = '[[figures]]\nname = "b"\nkind = "shares"\noutcomes = "q1"\n'


def read(folder: Path, text: str):
    (folder / STUDY_FILE).write_text(text, encoding="utf-8")
    return read_study(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[study]\ntitle = 5\n", r"`title` in \[study\] must be a text, or one for each language .*, but 5 was given"),
        ("[study]\nformats = 5\n", r"`formats` in \[study\] must be a list of texts"),
        (
            '[study]\nformats = "csv"\n' + TABLE,
            r"`formats` in \[study\] must be a list of texts, .*, but 'csv' was given",
        ),
        ("[study]\nprogram = 5\n", r"`program` in \[study\] must be a text in quotation marks"),
        ("[study]\nclaims = 5\n", r"`claims` in \[study\] must be a text"),
        ("[waves.1]\n", r"\[waves.1\] needs `file`; add it"),
        (
            "[waves.1]\nfile = 5\n",
            r"`file` in \[waves.1\] must be a text in quotation marks that can name a file, but 5 was given",
        ),
        ("[design]\nweight = 3\n", r"`weight` in \[design\] must be a text"),
        ("[raking]\nmargins = 4\n", r"`margins` in \[raking\] must be a text"),
        ("[raking]\ntolerance = 1e-6\n", r"\[raking\] needs `margins`"),
        ('[comparisons.m]\noutcomes = ["q1"]\n', r"\[comparisons.m\] needs `group`; add it"),
        ("[interviews]\ncoding = 5\n", r"`coding` in \[interviews\] must be a text"),
        ("[data]\ncodebook = 5\n", r"`codebook` in \[data\] must be a text"),
        ('[data]\nrequired = "yes"\n', r"`required` in \[data\] must be true or false, but 'yes' was given"),
        ('[[scales]]\nname = "s"\nitems = "q1"\n', r"`items` in \[\[scales\]\] 's' must be a list of texts"),
        ('[[collapsed]]\nitems = ["q1"]\ntop = "a"\n', r"`top` in \[\[collapsed\]\] must be a whole number, but 'a'"),
        (
            '[[tables]]\nname = "a"\nkind = "means"\noutcomes = [1]\n',
            r"`outcomes` in \[\[tables\]\] 'a' must be a text or a list",
        ),
        ("[findings.A]\nabove = true\n", r"`above` in \[findings.A\] must be a number, but True was given"),
        ('[findings.A]\ngroup = "elected"\n', r"`group` in \[findings.A\] must be a table \{ column = code \}"),
        ("[[outputs]]\nfile = 5\n", r"`file` in \[\[outputs\]\] must be a text"),
    ],
)
def test_a_value_of_the_wrong_kind(tmp_path, text, said):
    with pytest.raises(sk.CodebookError, match=f"study.toml: {said}"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("formats", "steps", "said"),
    [
        ('["docx"]', TABLE, r"study.toml: `formats` in \[study\] must be among .*'png'\], but 'docx' was given"),
        ('["csv"]', TABLE + FIGURE, r"has \[\[figures\]\], but `formats` .* add one of \['svg', 'pdf', 'png'\]"),
        (
            '["svg"]',
            TABLE,
            r"has \[\[tables\]\], but `formats` in \[study\] names no format that they can be written in",
        ),
        ("[]", FIGURE, r"has \[\[figures\]\], but"),
    ],
)
def test_formats_in_which_nothing_can_be_written(tmp_path, formats, steps, said):
    with pytest.raises(sk.CodebookError, match=said):
        read(tmp_path, f"[study]\nformats = {formats}\n{WAVE}{steps}")


def test_formats_for_all_there_is(tmp_path):
    assert read(tmp_path, f'[study]\nformats = ["csv"]\n{WAVE}{TABLE}').section("study")["formats"] == ["csv"]
    assert read(tmp_path, f"{WAVE}{TABLE}{FIGURE}").section("study") == {}


def test_every_key_has_its_kind():
    """All keys but those checked elsewhere, or not used."""
    for section, keys in SECTIONS.items():
        known = WAVE_KEYS if section == "waves" else keys
        assert set(known) - {"seed", "mapping", "columns"} == set(KINDS[section]), section
