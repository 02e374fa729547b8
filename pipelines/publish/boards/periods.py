"""What periods are called on a board.

Belongs here: names. Does not: which periods there are (reading.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipelines.publish import format as fmt
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.words import BOARD_WORDS
from pipelines.publish.words import Words


def name(grain: str, start: date) -> Words:
    if grain != "year":
        return fmt.period(grain, start)
    named = start + fmt.NAMED_BY
    return Words(f"{named.year}年", str(named.year))


def open_name(file: Published, grain: str) -> Words:
    """The newest period of a grain, with a word for its not being over."""
    start = file.newest(grain)
    if start is None:
        return Words("–", "–")
    return _so_far(name(grain, start)) if file.is_running(grain) else name(grain, start)


def month_names(file: Published, starts: Sequence[date]) -> list[Words]:
    """Months as heads of columns, the running one with a word for its not being over."""
    names = [month_name(start) for start in starts]
    return [*names[:-1], _so_far(names[-1])] if names and file.is_running("month") else names


def _so_far(called: Words) -> Words:
    so_far = BOARD_WORDS["so_far"]
    return Words(f"{called.zh}{so_far.zh}", f"{called.en} {so_far.en}")


def month_name(start: date) -> Words:
    """A month without its year, but for the first of a calendar year: 5月 · May, 26年1月 · Jan 26."""
    named = start + fmt.NAMED_BY
    zh, en = f"{named.month}月", fmt.period("month", start).en.split()[0]
    return Words(zh, en) if named.month != 1 else Words(f"{named:%y}年{zh}", f"{en} {named:%y}")


def tick_name(start: date) -> Words:
    """A month beneath a chart: the first of a calendar year gives its place to the year."""
    named = start + fmt.NAMED_BY
    return month_name(start) if named.month != 1 else Words(f"{named:%y}年", f"{named:%Y}")


def titled(period: Words, number: Words) -> Words:
    """A number and the period it is of."""
    return Words(f"{period.zh} {number.zh}", f"{period.en} {number.en}")
