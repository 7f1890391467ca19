"""The program itself: how a command is run, how an error becomes one line, which exit code it ends with."""

import codecs
import errno
import io
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import click

import surveykit as sk
from surveykit.cli.language import Speaking, language_of, tell
from surveykit.cli.memory import with_room
from surveykit.cli.signals import EXIT_CODES, signals_end_the_command, told_at_the_end
from surveykit.cli.terminal import say
from surveykit.files.temporary import remove_temporaries
from surveykit.files.touched import keeping_what_is_read

FINDING, WRONG_USE, INTERRUPTED, READER_GONE = 1, 2, 130, 141


class Tool(Speaking, click.Group):
    """A group whose commands answer a user's error with one line and exit code 2."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the program; where a signal ended it, leave with the signal's own exit code.

        Python ends itself by SIGINT, whatever the exit code, once a KeyboardInterrupt has passed through code that a
        library ran as a text while it was imported, even one that was caught since.
        """
        try:
            return super().main(*args, **options)
        except SystemExit as end:
            if not args and "args" not in options and end.code in EXIT_CODES.values():  # a process of its own
                for stream in (sys.stdout, sys.stderr):
                    with suppress(OSError, ValueError):
                        stream.flush()
                os._exit(int(end.code or 0))
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into one line on the standard error stream."""
        debug = bool(ctx.params.get("debug"))
        _spell_out_what_a_stream_lacks()
        with warnings.catch_warnings(), signals_end_the_command() as caught:
            warnings.simplefilter("always", sk.SurveyKitWarning)
            warnings.showwarning = _warnings_shown_once()
            try:
                with keeping_what_is_read():
                    code = super().invoke(ctx)
            except (click.exceptions.Exit, click.ClickException, click.Abort):
                raise
            except KeyboardInterrupt:
                self._end(ctx, caught)
            except BrokenPipeError:  # whoever read has gone (`| head`), as any program of the shell takes it
                _drop_what_is_left()
                ctx.exit(READER_GONE)
            except Exception as error:
                if caught:  # a library took the interruption for a failure of its own
                    self._end(ctx, caught)
                if debug:
                    say(traceback.format_exc(), err=True)
                command = self.get_command(ctx, ctx.invoked_subcommand or "")
                say(f"surveykit: {as_options(_sentence(error), command)}", err=True)
                if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                    _drop_what_is_left()
                ctx.exit(WRONG_USE)
        ctx.exit(code or 0)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command that looks first whether there is room to begin."""
        if cmd.callback is not None:
            cmd.callback = with_room(cmd.callback)
        super().add_command(cmd, name)

    @staticmethod
    def _end(ctx: click.Context, caught: list[int]) -> NoReturn:
        """End an interrupted command."""
        remove_temporaries()
        say(told_at_the_end(), err=True)
        ctx.exit(EXIT_CODES[caught[0]] if caught else INTERRUPTED)


def as_options(text: str, command: click.Command | None) -> str:
    """Return a sentence in which a function's arguments have the names of the command's options.

    `max_weight_ratio` becomes `--max-weight-ratio`, allow_single=True becomes --allow-single, and weight='w' becomes
    --weight 'w': whoever types commands has never seen the function.
    """
    for option in [one for one in command.params if isinstance(one, click.Option)] if command else []:
        name, typed = re.escape(str(option.name)), option.opts[0]
        text = re.sub(rf"`{name}`", f"`{typed}`", text)
        text = re.sub(rf"\w+\({name}=\.\.\.\)", typed, text)
        text = re.sub(rf"(?<![\w`'\"-]){name}=True\b", typed, text)
        text = re.sub(rf"(?<![\w`'\"-]){name}=(?=['\"\d])", f"{typed} ", text)
        text = re.sub(rf"(?<![\w`'\"-]){name}=(?=\s)", typed, text)
    return text


SPELLED = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00d7": "x", "\u2026": "...", "\u221e": "inf", "\u2264": "<=",
    "\u2265": ">=", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"', "\u2019": "'", "\u00a0": " ",
}  # fmt: skip
"""Plain spellings of characters that an old encoding (cp1251, cp866, cp1252) does not have."""


def _spell_out_what_a_stream_lacks() -> None:
    """Let output to a stream of an old encoding spell characters plainly: a minus must not end a program, or vanish."""

    def spell(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)
        return "".join(SPELLED.get(each, "?") for each in error.object[error.start : error.end]), error.end

    codecs.register_error("surveykit-spelled", spell)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors="surveykit-spelled")


def _drop_what_is_left() -> None:
    """Send the rest of the output nowhere, so that Python has nothing to complain of when it closes the stream."""
    with suppress(OSError, ValueError):  # a stream without a number, as in tests
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _sentence(error: Exception) -> str:
    """Return an error as one line; one that surveykit did not foresee says so."""
    text = " ".join(str(error).split()) or type(error).__name__
    if _is_out_of_memory(error):
        return "out of memory: the data, or what is computed from them, do not fit; take a part of the rows or columns, or a machine (or a limit, `ulimit -v`) with more"
    if isinstance(error, sk.SurveyKitError):
        return text
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and not error.filename:
        return "the output cannot be written, because the disk is full; free some room, or send it to another disk"
    if isinstance(error, OSError):
        name = error.filename or "a file"
        return f"{name} cannot be used ({error.strerror or text}); check the name and the permissions"
    return f"unexpected {type(error).__name__}: {text}; run again with --debug and report it"


NO_MEMORY = re.compile(
    r"cannot allocate|unable to allocate|failed to map segment|can't start new thread|bad_alloc", re.IGNORECASE
)
"""How libraries say that there is no memory, when they say it in words of their own."""


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error, or the one behind it, is that the memory did not suffice."""
    while error is not None:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        if not isinstance(error, sk.SurveyKitError) and NO_MEMORY.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _warnings_shown_once() -> Callable[..., None]:
    """Return what shows a warning of surveykit's as one line, and the same one only once."""
    shown: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
        from surveykit.words.messages import said_in, told_of  # it takes pandas, which help need not wait for

        context = click.get_current_context(silent=True)
        lang = language_of(context)
        text = as_options(" ".join(said_in(told_of(message), lang).split()), context.command if context else None)
        if issubclass(category, sk.SurveyKitWarning) and text not in shown:
            shown.add(text)
            say(tell("warning: {text}", text=text), err=True)

    return show
