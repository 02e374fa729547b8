"""`kpi close`: a period that is over keeps the figures that are published of it now."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

from pipelines.cli.console import console
from pipelines.cli.served import open_served
from pipelines.errors import KpiError
from pipelines.keep import acts, closes
from pipelines.settings import Settings

GRAINS = ("week", "month", "quarter", "year")

# The targets of the same periods, as they are judged now; and what their splits left over.
GOAL_ROWS = """
select
    targets.*, judged.period_end, judged.actual, judged.attainment, judged.pace, judged.gap, judged.status,
    judged.counted_share, judged.guardrail, judged.quality, closing.as_of_date as closed_as_of,
    now() at time zone 'UTC' as closed_at,
    '{who}' as closed_by, ? as run_id
from published.goal_targets as targets
join (
    select goal_id, grain, period_start, revision, max(as_of_date) as as_of_date
    from published.goal_attainment
    where grain = '{grain}' and period_start = date '{start}' and not is_closed and kpi_id in (
        select kpi_id from published.kpi_values
        where grain = '{grain}' and period_start = date '{start}' and not is_closed and not is_partial
            and quality <> 'blocked'
    )
    group by goal_id, grain, period_start, revision
) as closing using (goal_id, grain, period_start, revision)
left join published.goal_attainment as judged
    using (goal_id, level, unit_id, cut, cut_value, grain, period_start, revision)
where judged.goal_id is not null or targets.set_by = 'unallocated'
"""

# What a check blocked stays open: it would keep what nobody may rely on; and cohorts whose days have not passed.
ROWS = """
select
    figures.*, catalog.definition_hash, now() at time zone 'UTC' as closed_at, '{who}' as closed_by, ? as run_id
from (
    select * exclude (run_id), value as published_value, as_of_date as closed_as_of
    from published.kpi_values
    where grain = '{grain}' and period_start = date '{start}' and not is_closed and not is_partial
        and quality <> 'blocked'
) as figures
inner join published.kpi_catalog as catalog
    on figures.kpi_id = catalog.kpi_id and figures.definition_version = catalog.definition_version
"""


def close(settings: Settings, grain: str, period: str, reason: str) -> None:
    """Closes the period of `grain` that `period` (2026-04, or a day in it) lies in, with what is published now.

    Raises KpiError: no such grain or period, not over yet, no reason, nothing left to close.
    """
    if grain not in GRAINS:
        raise KpiError(f"{grain} is not closed", next_step=f"one of {', '.join(GRAINS)}")
    day = _day(period)
    if not reason.strip():
        raise KpiError("--reason is missing: it is kept with your name", next_step='add --reason "audited"')
    with open_served(settings, is_locked=False) as con:
        found = con.execute(
            """
            select period_start, bool_or(period_end > as_of_date), count(*) filter (is_closed),
                count(*) filter (not is_closed and (quality = 'blocked' or is_partial)), count(*)
            from published.kpi_values where grain = ? and ? between period_start and period_end group by period_start
            """,
            [grain, day],
        ).fetchone()
        if found is None:
            raise KpiError(f"no {grain} with {day} is published", next_step="kpi show won_amount --grain " + grain)
        start, is_running, closed, blocked, total = found
        if is_running:
            raise KpiError(f"the {grain} from {start} is not over yet", next_step="close it when it is")
        if closed + blocked == total:
            raise KpiError(
                f"the {grain} from {start} has nothing left to close ({closed:,} closed, {blocked:,} blocked)"
            )
        run_id = str(uuid.uuid4())
        who = acts.who(settings).replace("'", "''")
        named = {"who": who, "grain": grain, "start": start}
        done = closes.prepare(con, settings, closes.FIGURES, ROWS.format(**named), run_id)
        closes.prepare(con, settings, closes.GOALS, GOAL_ROWS.format(**named), run_id)
    acts.record(
        settings, closes.BY_HAND, f"{grain} {start}", reason, {"figures": done, "run_id": run_id}, datetime.now(UTC)
    )
    closes.stand(settings, run_id)
    held = f"; {blocked:,} stay open, because a check blocked them or their days have not passed" if blocked else ""
    console().print(f"{grain} from {start}: {done:,} figures closed{held}. The next run publishes them as closed")


def _day(period: str) -> date:
    try:
        return date.fromisoformat(period if len(period) > 7 else f"{period}-01")
    except ValueError as error:
        raise KpiError(f"{period} is no period", next_step="write it as 2026-04, or as a day in it") from error
