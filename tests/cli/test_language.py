"""Help, answers and warnings of commands are in the language that --lang names."""

import copy
import inspect
import re

import click
import pytest

from surveykit.cli import main
from surveykit.cli.language import asked_language
from surveykit.words.command_line import command_line_words
from tests.cli.conftest import STUDY

CODES = {
    *("CSV", "TOML", "DDI", "XLSForm", "Excel", "JSON", "SIMULATED", "Python", "LANG", "FILE", "FOLDER", "NAME", "WEIGHT", "BY"),
    *("column", "level", "target", "error", "drop", "everyday", "all", "cr2", "wild", "randomization", "mapping", "analysis"),
    *("surveykit", "toml", "sav", "zsav", "parquet", "feather", "csv", "sps", "lss", "qsf", "html", "xlsx", "docx", "md", "tex"),
}  # fmt: skip
"""Formats, endings, placeholders of the usage line, values that are typed as they are."""
COMPARE = ("compare", STUDY / "data" / "ili_2021.sav", "trust_akim", "--settlement", "settlement", "--elected", "akim")


def help_texts() -> list[str]:
    found = []
    for command in (main, *main.commands.values()):
        options = [
            one for one in copy.copy(command).get_params(click.Context(command)) if isinstance(one, click.Option)
        ]
        found += [inspect.cleandoc(text or "") for text in (command.help, *(one.help for one in options))]
    return sorted({*found})


@pytest.mark.parametrize("text", help_texts())
def test_every_help_text_has_russian_and_kazakh(text):
    entry = command_line_words()[text]
    assert len({*entry.values()}) == 3 and set(entry) == {"en", "ru", "kk"}


@pytest.mark.parametrize("text", command_line_words())
def test_no_latin_word_is_left_and_gaps_are_the_same(text):
    entry = command_line_words()[text]
    assert len({frozenset(re.findall(r"\{\w+\}", said)) for said in entry.values()}) == 1
    for lang in ("ru", "kk"):
        bare = re.sub(r"\{\w+\}|--[\w-]+", "", entry[lang])
        assert set(re.findall(r"[A-Za-z]\w+", bare)) <= CODES


@pytest.mark.parametrize("lang", ["ru", "kk"])
@pytest.mark.parametrize("name", sorted(main.commands))
def test_help_is_told_in_the_language(run, name, lang):
    shown = run("--lang", lang, name, "--help")
    entry = command_line_words()[inspect.cleandoc(main.commands[name].help)]
    told, joined = entry[lang], " ".join(shown.output.split())
    assert shown.exit_code == 0 and " ".join(told.split()) in joined
    assert not re.search(r"Usage|Options|required|default:|Show this", joined)


def test_the_language_may_stand_before_or_behind_the_command_and_the_environment_says_nothing(run, monkeypatch):
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    told = [run("--lang", "ru", "compare", "--help"), run("compare", "--lang", "ru", "--help"), run("compare", "--help", "--lang=ru")]  # fmt: skip
    assert len({one.output for one in told}) == 1 and "Сравнить ответы" in told[0].output
    assert "Compare the answers" in run("compare", "--help").output


def test_a_language_that_is_not_known_is_no_language():
    assert asked_language(["--lang", "fr"]) is None and asked_language(["--lang", "ru", "--lang", "kk"]) == "kk"


def test_answers_and_warnings_follow(run):
    behind, before = run(*COMPARE, "--lang", "ru"), run("--lang", "ru", *COMPARE)
    assert behind.output == before.output
    assert "SIMULATED: ответы созданы программой" in behind.output
    assert "made by a program" not in behind.output


def test_the_program_s_language_is_that_of_what_a_command_writes(run, tmp_path):
    page = tmp_path / "page.html"
    asked = [*COMPARE[1:], "--methods", "cr2", "--quiet", "--out", page]
    assert run("--lang", "kk", "report", *asked).exit_code in (0, 1)
    assert '<html lang="kk"' in page.read_text(encoding="utf-8")


def test_commands_that_write_no_page_answer_too(run, tmp_path):
    assert "запуск: surveykit replicate" in run("--lang", "ru", "init", tmp_path / "mine").output
