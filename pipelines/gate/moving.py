"""Bounds that move: with the business calendar, and with what a table used to hold.

Belongs here: turning what a suite says (`of_usual`, `min_working_days_ago`) into the plain numbers and moments that
Great Expectations compares with, and whether such a rule holds. Does not: the counts (history.py), running GX.

Usual is the median of the last ten business dates on which the table was checked. The median, because one bad day must
not make the next look right; of ten, because a table that really has a new size is taken for usual after six of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipelines.extract.contract import SNAPSHOT_DAY, SourceContract
from pipelines.gate import history, rules
from pipelines.gate.history import Count
from pipelines.gate.suite import Expectation, Suite
from pipelines.model.calendar import is_working
from pipelines.model.company import Company
from pipelines.shape import Label

if TYPE_CHECKING:
    import duckdb

LOOKED_AT = 10  # business dates
KNOWN_FROM = 3  # with fewer nobody knows what is usual, and the rule holds
SHARES = ("of_usual", "added_of_usual")
DAYS = ("min_working_days_ago", "max_days_ahead")
UNKNOWN = {"min_value": 0}  # every table has so many rows


@dataclass(frozen=True)
class Moment:
    """What bounds hang on: the business date, the company's calendar, and the earlier counts of this table.

    `zone` is the one that timestamps of the table are in; `instants` are its columns that are timestamps, not dates.
    `past` rows are those of earlier snapshots: what is usual of such a table, and counted of it, is the newest.
    """

    as_of: date
    company: Company | None
    counts: Sequence[Count] = ()
    zone: str = "UTC"
    instants: frozenset[str] = frozenset()
    past: int = 0

    @property
    def calendar(self) -> Company:
        assert self.company is not None, "a suite that counts working days needs the company's calendar"
        return self.company


def of_raw_table(
    con: duckdb.DuckDBPyConnection, contract: SourceContract, table: str, as_of: date, company: Company | None
) -> Moment:
    """What the bounds of a raw table hang on; its times are in the zone of its source."""
    columns = contract.tables[table].loaded_columns
    instants = frozenset(column.name for column in columns if column.type == "timestamp")
    address = f"{contract.raw_schema}.{table}"
    past = 0
    if contract.tables[table].delivery == "snapshot":
        raw = rules.qualified(address)
        newest = f"{SNAPSHOT_DAY} = (select max({SNAPSHOT_DAY}) from {raw})"
        past = con.execute(f"select count(*) filter (not ({newest})) from {raw}").fetchall()[0][0]
    return Moment(as_of, company, history.before(con, address, as_of), contract.time_zone, instants, past)


def of_published_table(con: duckdb.DuckDBPyConnection, suite: Suite, as_of: date, company: Company | None) -> Moment:
    """The same of a published table, whose dates are the company's own."""
    return Moment(as_of, company, history.before(con, suite.address, as_of))


def is_moving(rule: Expectation) -> bool:
    return not {*SHARES, *DAYS}.isdisjoint(rule.kwargs)


def needs_calendar(suites: Iterable[Suite]) -> bool:
    return any(not {"added_of_usual", *DAYS}.isdisjoint(rule.kwargs) for suite in suites for rule in suite.expectations)


def resolved(suite: Suite, moment: Moment) -> Suite:
    """The suite with plain bounds, its checks under the same names."""
    found = [_resolved(rule, moment) if is_moving(rule) else rule for rule in suite.expectations]
    return replace(suite, expectations=found)


def answers(con: duckdb.DuckDBPyConnection, now: Suite, said: Suite) -> dict[str, bool] | None:
    """Check name → whether each moving rule of `said` holds, by our own SQL on the plain bounds of `now`.

    With the deliveries these are all that its outcome hangs on: a table that is unchanged need not be asked again
    because a day has passed. None where the table cannot be asked.
    """
    import duckdb

    asked = {name: now.checks[name] for name, rule in said.checks.items() if is_moving(rule)}
    if not asked:
        return {}
    conditions = ", ".join(rules.holds(rule.type, rule.kwargs) for rule in asked.values())
    try:
        row = con.execute(f"select {conditions} from {rules.qualified(now.address)}").fetchone()
    except duckdb.Error:  # a column that is not there: Great Expectations says so
        return None
    return dict(zip(asked, row or (), strict=True))


def with_bounds(rule: Expectation, plain: Expectation, rows: int, past: int = 0) -> Expectation:
    """The rule with a reason that says what was expected, for those who read that it failed.

    `rows` are those of the table without `past`, its earlier snapshots.
    """
    if not is_moving(rule):
        return rule
    low, high = plain.kwargs.get("min_value"), plain.kwargs.get("max_value")
    if rule.type == rules.ROW_COUNT:
        low, high = (None if bound is None else bound - past for bound in (low, high))
        zh = f"现有 {rows:,} 行，通常{_said(low, '不少于 {}')}{_said(high, '不多于 {}')}"
        en = f"There are {rows:,} rows, usually{_said(low, ' {} or more')}{_said(high, ' and at most {}')}"
    else:
        zh = f"最新日期应{_said(low, '不早于 {}')}{_said(high, '早于 {}')}"
        en = f"The newest should be{_said(low, ' of {} or later')}{_said(high, ' before {}')}"
    joined = Label(zh=_joined(rule.why_in("zh"), zh, "。"), en=_joined(rule.why_in("en"), en, ". "))
    return rule.model_copy(update={"why": joined})


def working_day(company: Company, as_of: date, ago: int) -> date:
    """The working day `ago` working days before `as_of`; 0 is `as_of`, or the last one before it that was worked."""
    day = as_of
    while not is_working(company, day):
        day -= timedelta(days=1)
    for _ in range(ago):
        day -= timedelta(days=1)
        while not is_working(company, day):
            day -= timedelta(days=1)
    return day


def _resolved(rule: Expectation, moment: Moment) -> Expectation:
    said = rule.kwargs
    if "of_usual" in said:
        plain = _of_usual(said.pop("of_usual"), moment)
    elif "added_of_usual" in said:
        plain = _added(said.pop("added_of_usual"), moment)
    else:
        plain = _days(said, moment)
    fields = {key: getattr(rule, key) for key in Expectation.model_fields}
    return Expectation.model_validate(fields | said | plain)


def _of_usual(share: Mapping[str, float], moment: Moment) -> dict[str, Any]:
    if len(moment.counts) < KNOWN_FROM:
        return UNKNOWN
    return _band(share, moment.past, median(count.rows for count in moment.counts[:LOOKED_AT]))


def _added(share: Mapping[str, float], moment: Moment) -> dict[str, Any]:
    """Bounds of all rows, from the rows that a working day adds.

    Only working days are compared: on a Sunday nothing is usual. A run that was left out is made up for, since what
    was added is divided among the working days since the last one.
    """
    company, as_of = moment.calendar, moment.as_of
    worked = [count for count in moment.counts if is_working(company, count.day)]
    if not is_working(company, as_of) or len(worked) <= KNOWN_FROM:
        return UNKNOWN
    added = [
        (later.rows - earlier.rows) / _working_days(company, earlier.day, later.day)
        for later, earlier in pairwise(worked[: LOOKED_AT + 1])
    ]
    passed = _working_days(company, worked[0].day, as_of)
    return _band(share, worked[0].rows, median(added) * passed)


def _band(share: Mapping[str, float], base: int, usual: float) -> dict[str, Any]:
    """Whole rows, rounded in favour of the table. Where nothing is usual, nothing is known."""
    if usual <= 0:
        return UNKNOWN
    found: dict[str, Any] = {}
    if "min" in share:
        found["min_value"] = base + math.floor(share["min"] * usual)
    if "max" in share:
        found["max_value"] = base + math.ceil(share["max"] * usual)
    return found


def _working_days(company: Company, after: date, until: date) -> int:
    """Working days after one working day, up to and with another."""
    return sum(is_working(company, after + timedelta(days=day)) for day in range(1, (until - after).days + 1))


def _days(said: dict[str, Any], moment: Moment) -> dict[str, Any]:
    ago, ahead = said.pop("min_working_days_ago", None), said.pop("max_days_ahead", None)
    found: dict[str, Any] = {}
    if ago is not None:
        oldest = working_day(moment.calendar, moment.as_of, ago)
        found["min_value"] = _midnight(oldest, said["column"], moment)
    if ahead is not None:
        after = moment.as_of + timedelta(days=ahead + 1)
        found |= {"max_value": _midnight(after, said["column"], moment), "strict_max": True}
    return found


def _midnight(day: date, column: str, moment: Moment) -> datetime:
    """The beginning of a day of the company, as the table's own clock shows it; a date has no clock."""
    naive = datetime.combine(day, time())
    if column not in moment.instants:
        return naive
    local = naive.replace(tzinfo=ZoneInfo(moment.calendar.time_zone))
    return local.astimezone(ZoneInfo(moment.zone)).replace(tzinfo=None)


def _said(bound: Any, form: str) -> str:
    if bound is None:
        return ""
    shown = f"{bound:,}" if isinstance(bound, int) else f"{bound:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return form.format(shown)


def _joined(why: str, more: str, between: str) -> str:
    return f"{why.rstrip(' .。')}{between}{more}"
