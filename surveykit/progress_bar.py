"""Progress of what takes long: a bar on the standard error stream, for whoever asked for one and sits at a terminal."""

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

One = TypeVar("One")
DELAY = 1.0
"""Seconds after which a bar appears: what is done sooner needs none."""

_SHOWN: ContextVar[bool] = ContextVar("progress shown", default=False)


@contextmanager
def progress(shown: bool = True) -> Iterator[None]:
    """Show a bar for whatever takes longer than a second, within a ``with`` block.

    Parameters
    ----------
    shown : bool
        False hides the bars inside a block that shows them.

    Notes
    -----
    The bar goes to the standard error stream, and only where that is a terminal; it is gone when the work is done.
    Numbers and files do not change. The commands of `surveykit` show progress unless ``--quiet`` is given.

    Examples
    --------
    >>> import surveykit as sk
    >>> with sk.progress():
    ...     print(sk.adjust_p_values([0.01, 0.04], "holm"))
    ...
    [0.02 0.04]
    """
    token = _SHOWN.set(shown)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def track(items: Iterable[One], what: str, total: int | None = None) -> Iterable[One]:
    """Return the items of a loop, with a bar that counts them when `progress` is on; else as they are.

    Parameters
    ----------
    items : iterable
    what : str
        What one item is, in the plural: "replicates".
    total : int, optional
        How many there are, where `items` does not tell.
    """
    if not (_SHOWN.get() and sys.stderr.isatty()):
        return items
    from tqdm import tqdm  # only now: 20 ms that nobody without a bar should wait for

    many = total if total is not None else len(items) if isinstance(items, Sized) else None
    bar: Iterable[One] = tqdm(
        items, desc=what, total=many, file=sys.stderr, leave=False, delay=DELAY, unit="", dynamic_ncols=True
    )
    return bar
