"""The language of a command: its help, its answers and its warnings."""

import copy
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import click

from surveykit.cli.options import LANGUAGES
from surveykit.words.command_line import in_words

LANGUAGE = "surveykit.language"
"""Where click's context keeps the language that was asked for, before anything is done with the other options."""


def language_of(context: click.Context | None) -> str:
    """Return the language that the program or the command was asked to speak; English where none was."""
    return str(context.meta.get(LANGUAGE, "en")) if context else "en"


def tell(text: str, /, **values: object) -> str:
    """Return what a command says in the language that it was asked to speak."""
    return in_words(text, language_of(click.get_current_context(silent=True)), **values)


def asked_language(arguments: Sequence[str]) -> str | None:
    """Return the last language that arguments name behind --lang; None where they name none that is known.

    Examples
    --------
    >>> asked_language(["compare", "--help", "--lang", "ru"]), asked_language(["--lang=kk"]), asked_language(["--lang"])
    ('ru', 'kk', None)
    """
    behind = [following for option, following in pairwise(arguments) if option == "--lang"]
    joined = [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    return next((each for each in reversed([*joined, *behind]) if each in LANGUAGES), None)


class Speaking(click.Command):
    """A command whose help is in the language that --lang names, wherever it stands in the line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the language first: --help is answered before any other option is looked at."""
        lang = asked_language(args)
        if lang is not None:
            ctx.meta[LANGUAGE] = lang
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """Return the help in the language that was asked for."""
        lang = language_of(ctx)
        if lang == "en":
            return super().get_help(ctx)
        return click.Command.get_help(in_language(self, ctx, lang), ctx)


def in_language(command: click.Command, ctx: click.Context, lang: str) -> click.Command:
    """Return a copy of a command with its help in one language."""
    ctx.formatter_class = partial(_Formatter, lang)  # type: ignore[assignment]  # click calls it, and no more
    translated = copy.copy(command)
    translated.help = in_words(command.help or "", lang)
    translated.params = [_option(one, ctx, lang) for one in command.get_params(ctx)]
    translated.add_help_option = False  # it is among the parameters already
    if isinstance(translated, click.Group):
        translated.commands = {name: _summary(one, lang) for name, one in translated.commands.items()}
    return translated


def _summary(command: click.Command, lang: str) -> click.Command:
    translated = copy.copy(command)
    translated.help = in_words(command.help or "", lang)
    return translated


def _option(parameter: click.Parameter, ctx: click.Context, lang: str) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    translated, extra = copy.copy(parameter), parameter.get_help_extra(ctx)
    notes = [in_words("default: {value}", lang, value=extra["default"])] if "default" in extra else []
    notes += [in_words("required", lang)] if "required" in extra else []
    told = in_words(parameter.help or "", lang)
    translated.help = f"{told}  [{'; '.join(notes)}]" if notes else told
    translated.show_default = translated.required = False
    return translated


class _Formatter(click.HelpFormatter):
    """Help with headings in one language."""

    def __init__(self, lang: str, **options: Any) -> None:
        super().__init__(**options)
        self.lang = lang

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        super().write_usage(prog, args, f"{in_words('Usage', self.lang)}: " if prefix is None else prefix)

    def section(self, name: str) -> Any:
        """Begin a section under its heading."""
        return super().section(in_words(name, self.lang))
