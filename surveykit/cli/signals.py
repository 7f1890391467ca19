"""How a command ends when it is asked to: Ctrl-C and SIGTERM, at once and with nothing half-written left."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from surveykit.files.swap import interrupt, is_swapping
from surveykit.files.temporary import remove_temporaries
from surveykit.files.touched import files_that_stand

EXIT_CODES = {int(signal.SIGINT): 130, int(signal.SIGTERM): 143}
"""As the shell counts: 128 and the number of the signal."""
GRACE = 1.5
"""Seconds after which a command is ended from outside: a long call into a library does not hear of a signal."""


def told_at_the_end() -> str:
    """Return what an interrupted command says: what stands already, because its turn came before the signal's."""
    names = [os.path.relpath(path) for path in files_that_stand()]
    if not names:
        return "interrupted; nothing half-written was left"
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"interrupted; written before that, whole: {shown}; nothing half-written was left"


@contextmanager
def signals_end_the_command() -> Iterator[list[int]]:
    """Turn the first Ctrl-C or SIGTERM of the block into KeyboardInterrupt; give a list that then holds its number.

    Whoever swallows the exception, or does not come to it within `GRACE`, is ended all the same. A signal that the
    program was started to ignore (nohup) stays ignored.
    """
    caught: list[int] = []
    over = threading.Event()

    def take(number: int, frame: Any) -> None:
        if not caught:  # one is enough: a second one must not disturb the clearing up
            caught.append(number)
            threading.Thread(target=_insist, args=(number, over), daemon=True).start()
            interrupt()

    before = {}
    for number in EXIT_CODES:
        with suppress(ValueError):  # only the main thread of a program may set it
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, take)
    try:
        yield caught
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _insist(number: int, over: threading.Event) -> None:
    """End the program from another thread, unless it ends by itself."""
    if over.wait(GRACE):
        return
    while is_swapping():  # a few changes of names, which end by themselves and must not be cut in two
        over.wait(0.05)
    remove_temporaries()
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{told_at_the_end()}\n")
        sys.stderr.flush()
    os._exit(EXIT_CODES[number])
