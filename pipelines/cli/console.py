"""How the command looks in a terminal: one console, one way to complain, one way to show progress."""

from __future__ import annotations

import os
import time
from functools import cache
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, KpiErrors

if TYPE_CHECKING:
    from rich.console import Console

STEPS = {"prepare": 0, "extract": 1, "gate": 2, "model": 3, "publish": 4, "watch": 5}
STATUS_STYLE = {"green": "green", "amber": "yellow", "red": "red", "blocked": "red"}


@cache
def console(stderr: bool = False) -> Console:
    from rich.console import Console

    found = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = 120  # a log file has no width; rich would take 80 and cut the table
    return found


def complain(error: KpiError) -> None:
    """Each mistake on its own line of standard error."""
    for one in error.errors if isinstance(error, KpiErrors) else [error]:
        console(stderr=True).print(f"[red]error[/red] {_plain(str(one))}")


class Progress:
    """Prints what a run says: the step's heading once, then its lines; the many lines of dbt on one line in place."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.step = ""
        self.live = console().is_terminal

    def __call__(self, step: str, text: str) -> None:
        if step != self.step:
            self.step = step
            console().print(f"[bold]{STEPS[step]}/5 {step}[/bold] [dim]{self._seconds()}[/dim]")
        if step == "model" and "/" in text.split(" ")[0]:
            self._in_place(text)
        else:
            console().print(f"    {_plain(text)}")

    def _in_place(self, text: str) -> None:
        """dbt builds a hundred nodes: a terminal sees the newest, a log file every tenth."""
        done, total = text.split(" ")[0].split("/")
        if self.live:
            console().print(f"    {_plain(text)[:100]:<100}", end="\n" if done == total else "\r")
        elif int(done) % 25 == 0 or done == total:
            console().print(f"    {_plain(text)}")

    def _seconds(self) -> str:
        return f"after {time.monotonic() - self.started:.1f} s"


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
