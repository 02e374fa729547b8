"""What every part of the sample company draws on: its days, chance without a seed, instants, rows.

Belongs here: what is about no entity in particular. Does not: anything that happens.

All chance is `u(words…)`, a hash of them: the same row gets the same draw whatever is made before it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

Row = dict[str, Any]
T = TypeVar("T")

FIRST_DAY = date(2024, 4, 1)
BUSINESS_DATE = date(2026, 5, 20)
LAST_DAY = date(2026, 5, 31)  # eleven days are known that the business date does not know yet
AHEAD_OF_UTC = timedelta(hours=8)  # Asia/Shanghai, all year round
CURRENCY = "CNY"


class Company:
    """The rows of each entity, in the order they were made."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def add(self, entity: str, **row: Any) -> Row:
        self.rows[entity].append(row)
        return row

    def __getitem__(self, entity: str) -> list[Row]:
        return self.rows[entity]


def u(*words: object) -> float:
    """A number in [0, 1) that belongs to these words and to nothing else."""
    digest = hashlib.blake2b("/".join(map(str, words)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def pick(choices: Sequence[T], *words: object) -> T:
    return choices[int(u(*words) * len(choices))]


def whole(low: int, high: int, *words: object) -> int:
    """From `low` to `high`, both included."""
    return low + int(u(*words) * (high - low + 1))


def chance(share: float, *words: object) -> bool:
    return u(*words) < share


def money(low: int, high: int, *words: object) -> Decimal:
    """An amount with cents."""
    return Decimal(whole(low * 100, high * 100, *words)) / 100


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """The instant, in UTC, at which the clocks in Shanghai show this."""
    return datetime(day.year, day.month, day.day, hour, minute, second) - AHEAD_OF_UTC


def in_office(day: date, *words: object) -> datetime:
    """Some time between 09:00 and 17:59 of that day."""
    return at(day) + timedelta(seconds=whole(9 * 3600, 18 * 3600 - 1, *words))


def local_day(instant: datetime) -> date:
    return (instant + AHEAD_OF_UTC).date()


def months() -> list[date]:
    """The first days of the 26 months."""
    starts = []
    day = FIRST_DAY
    while day <= LAST_DAY:
        starts.append(day)
        day = next_month(day)
    return starts


def next_month(start: date) -> date:
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


def last_of_month(day: date) -> date:
    return next_month(day.replace(day=1)) - timedelta(days=1)


def day_in(month: date, *words: object) -> date:
    """Some day of the month."""
    return month + timedelta(days=whole(0, (last_of_month(month) - month).days, *words))


def days_of(month: date, *numbers: int) -> Iterator[date]:
    """These days of the month, and its last."""
    yield from (month.replace(day=number) for number in numbers)
    yield last_of_month(month)
