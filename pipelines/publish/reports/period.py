"""Which period a report is about: read from what somebody typed, and found among those that are published.

Belongs here: 2026-05, 2026-Q2, 2026; the last complete one; what a period is called. Does not: figures (data.py).

A month and a quarter are called by the calendar month or quarter in which they begin, as on the page; a fiscal year
by the number of the calendar year in which it ends, as in model/fiscal.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, cast

from pipelines.errors import KpiError, did_you_mean
from pipelines.model.company import Company
from pipelines.model.fiscal import fiscal_day
from pipelines.model.report import ReportGrain
from pipelines.publish import format as fmt
from pipelines.publish.words import Words

GRAINS: tuple[ReportGrain, ...] = ("month", "quarter", "year")
WRITTEN = {"month": r"([0-9]{4})-(0[1-9]|1[0-2])", "quarter": r"([0-9]{4})-?Q([1-4])", "year": r"([0-9]{4})"}


class Period(NamedTuple):
    """A period of a grain that is published; `is_running` as of the publication."""

    grain: ReportGrain
    start: date
    end: date
    name: str  # as people type it: 2026-05, 2026-Q2, 2026
    label: Words
    is_running: bool


class Span(NamedTuple):
    """First and last day of a published period."""

    start: date
    end: date


def find(asked: str, spans: dict[str, list[Span]], as_of: date, company: Company) -> Period:
    """The period that `asked` names; without a word the last complete month, for a grain its last complete period.

    `spans` are the published periods by grain, oldest first. Raises KpiError: no period, or one without figures.
    """
    if asked in ("", *GRAINS):
        return _last_complete(cast(ReportGrain, asked or "month"), spans, as_of, company)
    grain = next((grain for grain in GRAINS if re.fullmatch(WRITTEN[grain], asked)), None)
    if grain is None:
        hint = did_you_mean(asked, GRAINS)
        raise KpiError(f"{asked[:60]} is no period{hint}", next_step="write 2026-05, 2026-Q2 or 2026")
    known = {_name(grain, span.start, company): span for span in spans.get(grain, [])}
    wanted = re.sub(r"(?<=[0-9])Q", "-Q", asked)
    if wanted not in known:
        raise KpiError(f"no figures of {asked} are published", next_step=_there_are(list(known), grain))
    return _period(grain, known[wanted], as_of, company)


def of_start(grain: ReportGrain, span: Span, as_of: date, company: Company) -> Period:
    return _period(grain, span, as_of, company)


def label(grain: str, start: date, company: Company) -> Words:
    """What a period is called: 2026年5月 · May 2026; 2026年 · 2026; a fiscal year 2026财年 · FY 2026."""
    if grain != "year":
        return fmt.period(grain, start)
    number = fiscal_day(company, start).year
    if company.fiscal_year_start == 1:
        return Words(f"{number}年", str(number))
    return Words(f"{number}财年", f"FY {number}")


def _last_complete(grain: ReportGrain, spans: dict[str, list[Span]], as_of: date, company: Company) -> Period:
    over = [span for span in spans.get(grain, []) if span.end < as_of or span.end == as_of]
    if not over:
        raise KpiError(f"no complete {grain} is published", next_step="name a period: --period 2026-05")
    return _period(grain, over[-1], as_of, company)


def _period(grain: ReportGrain, span: Span, as_of: date, company: Company) -> Period:
    name = _name(grain, span.start, company)
    return Period(grain, span.start, span.end, name, label(grain, span.start, company), span.end > as_of)


def _name(grain: str, start: date, company: Company) -> str:
    if grain == "year":
        return str(fiscal_day(company, start).year)
    named = start + fmt.NAMED_BY
    if grain == "month":
        return f"{named:%Y-%m}"
    return f"{named.year}-Q{(named.month - 1) // 3 + 1}"


def _there_are(known: Sequence[str], grain: str) -> str:
    return f"there are {known[0]} to {known[-1]}" if known else f"no {grain} is published yet: kpi run"
