"""What a run says while it works, whoever listens: the terminal under `kpi run`, Dagster's log elsewhere.

Belongs here: the one-line channel between a step and its listener. Does not: how it looks (cli/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, str], None]

_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


def say(step: str, text: str) -> None:
    """Tells the listener, if there is one, what `step` (extract, gate, model, publish, watch) is doing."""
    if (listener := _listener.get()) is not None:
        listener(step, text)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block, `listener(step, text)` hears everything that is said."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
