"""What is wrong now, by whose it is: the notices of a run, and the run itself where it did not come to its end.

Belongs here: turning these into findings. Does not: the sentences about data (watch/notices.py), what was known before
(history.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipelines.errors import KpiError, KpiErrors, without_data
from pipelines.model.company import Person
from pipelines.watch.alerts.channels import Channels
from pipelines.watch.alerts.escape import one_line
from pipelines.watch.alerts.history import Finding
from pipelines.watch.notices import Notice

RUN = "nightly_kpis"  # the table that alerts about a run itself stand under
STOPPED = "run_stopped"


def from_notices(
    found: Iterable[Notice],
    lists: Mapping[tuple[str, str], str],
    stewards_of: Mapping[str, str],
    otherwise: Sequence[str],
) -> list[Finding]:
    """A finding per notice; a rule that could not be run is our fault: it goes to the stewards of the KPIs it guards.

    `stewards_of` gives each KPI's steward; where no KPI is touched, `otherwise` hear of it, and where these are nobody
    the rule's own owner: a rule that is not run and of which nobody hears looks like one that holds.
    """
    made = []
    for notice in found:
        owners: Sequence[str] = [notice.owner]
        if notice.status == "error":
            owners = sorted({stewards_of[kpi] for kpi in notice.kpis if kpi in stewards_of}) or otherwise or owners
        made += [
            Finding(
                owner, notice.table, notice.check, notice.severity, notice.failed_rows, dict(notice.texts),
                lists.get((notice.table, notice.check)),
            )
            for owner in owners
        ]  # fmt: skip
    return made


def from_failure(failure: BaseException | str, owners: Sequence[str]) -> list[Finding]:
    """A finding per steward for a run that stopped or died."""
    reason = one_line(failure if isinstance(failure, str) else _words(failure))
    text = {
        "en": f"The nightly run stopped before its end, and the last published figures are still served. {reason}",
        "zh": f"夜间任务未能完成，目前仍提供上一次发布的数据。{reason}",
    }
    return [Finding(owner, RUN, STOPPED, "critical", 0, text) for owner in owners]


def stewards(people: Mapping[str, Person], channels: Channels | None) -> list[str]:
    """Who hears of runs that stopped: those named in channels.yml, else every engineer."""
    if channels and channels.stewards:
        return channels.stewards
    return [person.id for person in people.values() if "engineer" in person.roles]


def _words(failure: BaseException) -> str:
    """What may be said of an error: our own words, and of any other its kind, since its text may hold a record."""
    if isinstance(failure, KpiErrors):
        more = f" (and {len(failure.errors) - 1} more)" if len(failure.errors) > 1 else ""
        return without_data(str(failure.errors[0]) + more)
    if isinstance(failure, KpiError):
        return without_data(str(failure))
    return f"{type(failure).__name__}. Next: look at the run's log."
