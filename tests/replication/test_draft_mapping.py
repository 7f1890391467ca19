"""A first mapping for a holder's file: every item that is recognized, every code of it, the rest as comments."""

import tomllib

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study_mapping import read_mapping
from tests.holders_files import HOLDERS


@pytest.fixture
def study(tmp_path):
    sk.init_study(tmp_path / "study")
    return tmp_path / "study"


def test_questions_of_the_study_in_another_language_are_recognized(study, tmp_path):
    book = sk.read_codebook(study / "data" / "codebook.toml")
    names = {"В1": "elections_good", "В2": "trust_akim", "В3": "gatherings"}
    texts = [sk.Variable(q, {"ru": book[item].ask("ru")}, {1: {"ru": "Ни разу"}}) for q, item in names.items()]
    frame = pd.DataFrame({name: [1.0, 2.0, 7.0] for name in names} | {"вес": [1.0, 1.1, 0.9]})
    survey = sk.Survey(frame, sk.Codebook.of(texts), sk.Provenance("field", weight="вес"))
    sk.write_spss(survey, tmp_path / "held.sav", lang="ru")
    draft = sk.draft_mapping(study, tmp_path / "held.sav")
    mapping = tomllib.loads(draft)
    assert mapping["columns"] == {"base_weight": "вес"} | {item: q for q, item in names.items()}
    assert mapping["codes"]["gatherings"] == {"1": 1}, "2 and 7 have no words, beside one that has"
    assert "# 7 = ?" in draft and "one of 1 Never" in draft


def test_the_akims_unit_goes_before_its_villages(study, tmp_path):
    """The file calls its villages as the study calls the akim's unit, and has both."""
    mapping = tomllib.loads(sk.draft_mapping(study, HOLDERS["thirty villages"](tmp_path)))
    assert mapping["columns"]["settlement"] == "unit" and mapping["columns"]["akim"] == "is_elected"


def test_every_code_of_every_item_is_there(study, tmp_path):
    file = HOLDERS["other codes"](tmp_path)
    draft = sk.draft_mapping(study, file)
    for code in ("избран", "назначен", "Мужской", "Женский", "до 25", "старше 60"):
        assert f'"{code}"' in draft, code
    assert tomllib.loads(draft)["wave"] == {"column": "Год", "codes": {"2022": "2022", "2025": "2025"}}


def test_the_draft_is_a_mapping_and_does_not_replace_one(run_command, study, tmp_path):
    file = HOLDERS["other codes"](tmp_path)
    (tmp_path / "mapping.toml").unlink()
    result = run_command("map", file, "--study", study)
    assert result.exit_code == 0 and "correct it, then run" in result.output
    assert read_mapping(tmp_path / "mapping.toml")["columns"]["akim"] == "Аким"
    again = run_command("map", file, "--study", study)
    assert again.exit_code == 2 and "may hold your corrections" in again.output


def test_a_study_without_items_has_nothing_to_map_to(tmp_path):
    (tmp_path / "study.toml").write_text('[waves.2023]\nfile = "a.csv"\n', encoding="utf-8")
    (tmp_path / "held.csv").write_text("q1\n1\n", encoding="utf-8")
    with pytest.raises(sk.CodebookError, match="names no codebook under .data."):
        sk.draft_mapping(tmp_path, tmp_path / "held.csv")


@pytest.fixture
def run_command():
    from click.testing import CliRunner

    from surveykit.cli import main

    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("name", ["a\n[columns]\nb.csv", "a\x1b[2Jb.csv", "a{study}.csv"])
def test_a_draft_is_toml_whatever_the_file_is_called(study, tmp_path, name):
    (tmp_path / name).write_text("okrug,trust_akim\nA,4\nB,2\n", encoding="utf-8")
    assert tomllib.loads(sk.draft_mapping(study, tmp_path / name))["columns"]["trust_akim"] == "trust_akim"


def test_a_draft_is_toml_whatever_labels_say(study, tmp_path):
    book = sk.Codebook.of([
        sk.Variable("trust_akim", {"en": "Trust\x1b[2J\x00"}, {1: {"en": "No\x01\nfoo = 1"}, 2: {"en": "\x7f"}}),
        sk.Variable("un\nknown", {"en": "\x0b\x02"}),
    ])  # fmt: skip
    frame = pd.DataFrame({"trust_akim": [1, 2], "un\nknown": [1, 2]})
    pytest.importorskip("pyarrow")
    sk.write_parquet(sk.Survey(frame, book), tmp_path / "held.parquet")
    draft = sk.draft_mapping(study, tmp_path / "held.parquet")
    assert tomllib.loads(draft)["columns"]["trust_akim"] == "trust_akim" and "# Trust[2J" in draft
