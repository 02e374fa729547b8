"""`kpi feedback`: what somebody says of a published figure, kept with their name."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from pipelines.cli.console import console
from pipelines.cli.served import open_served
from pipelines.errors import KpiError, did_you_mean
from pipelines.keep import feedback
from pipelines.model.goal.figures import period_of
from pipelines.model.tables import COMPANY_ID
from pipelines.settings import Settings

LONGEST = 2000  # a remark; what is longer is a document
# The middle of a period lies in it in a 445 calendar too, where it begins days beside the calendar day it is called by.
WRITTEN = (("month", "[0-9]{4}-[0-9]{2}", 14), ("quarter", "[0-9]{4}-?Q[1-4]", 44), ("year", "[1-9][0-9]{3}", 182))


def give(settings: Settings, kpi: str, period: str, unit: str, text: str) -> None:
    """Writes down a remark on a figure of `kpi` in `period` (2026-05, 2026-Q2, 2026), of `unit` or the company.

    Raises KpiError: no such KPI, period or unit published; no text, or one longer than LONGEST.
    """
    if not text.strip():
        raise KpiError("--text is missing: it is kept with your name", next_step='add --text "…"')
    if len(text) > LONGEST:
        raise KpiError(f"--text has {len(text):,} characters; a remark has {LONGEST:,} at the most")
    grain, named = _period(period)
    unit = unit or COMPANY_ID
    with open_served(settings) as con:
        known = [row[0] for row in con.execute("select kpi_id from published.kpi_catalog group by 1").fetchall()]
        if kpi not in known:
            raise KpiError(f"no KPI {kpi} is published{did_you_mean(kpi, known)}", next_step="kpi show won_amount")
        units = [row[0] for row in con.execute("select unit_id from published.units group by 1").fetchall()]
        if unit not in units:
            raise KpiError(f"no unit {unit} is published{did_you_mean(unit, units)}", next_step="leave --unit out")
        found = con.execute(
            """
            select period_start from published.kpi_values
            where kpi_id = ? and grain = ? and unit_id = ? and cut = 'none' and ? between period_start and period_end
            group by period_start
            """,
            [kpi, grain, unit, named],
        ).fetchone()
    if found is None:
        raise KpiError(
            f"no figure of {kpi} for {unit} in {period} is published",
            next_step=f"kpi show {kpi} --grain {grain} names those that are",
        )
    feedback.give(settings, kpi, grain, found[0], unit, text.strip(), datetime.now(UTC))
    console().print(f"kept; the next run shows it beside {kpi} of {period}", markup=False)


def _period(period: str) -> tuple[str, date]:
    """The grain that a period is written in, and a day in its middle."""
    for grain, written, middle in WRITTEN:
        if re.fullmatch(written, period):
            first = date(int(period), 1, 1) if grain == "year" else period_of(period, grain)
            if first:
                return grain, first + timedelta(days=middle)
    raise KpiError(f"{period} is no period", next_step="write 2026-05, 2026-Q2 or 2026")
