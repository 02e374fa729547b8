"""Deals that stand still: by owner, and those farthest over what is usual.

Belongs here: reading and grouping deals_stalled. Does not: what counts as stalled (dbt model deals_stalled says that).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from pipelines.publish.boards.figures import Sheet, drawn
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Key, Unit
from pipelines.publish.boards.words import said
from pipelines.publish.charts import bar

OWNERS, DEALS = 15, 15
QUERY = """
    select deal_id, owner_id, customer_id, stage, entered_date, days_in_stage, usual_days from published.deals_stalled
    order by days_in_stage - usual_days desc, deal_id
"""


class Deal(NamedTuple):
    """A row of deals_stalled."""

    id: str
    owner: str | None
    customer: str | None
    stage: str
    since: date
    days: int
    usual: Decimal

    @property
    def over(self) -> Decimal:
        return self.days - self.usual


def deals(file: Published) -> list[Deal]:
    """Those farthest over what is usual first."""
    return [Deal(*row) for row in file.rows("deals_stalled", QUERY)]


def stalled(file: Published, late: list[Deal]) -> dict[str, Any]:
    """The owners with the most of them, and the deals themselves."""
    sheet, start = Sheet(file), file.newest("month") or file.as_of
    of: dict[str, list[Deal]] = defaultdict(list)
    for deal in late:
        of[deal.owner or ""].append(deal)
    owners = sorted(of, key=lambda owner: (-len(of[owner]), -sum(deal.over for deal in of[owner]), owner))
    units = [file.units[owner] for owner in owners[:OWNERS] if owner in file.units]
    open_now = file.values(file.has("stage_open_count"), units, "month", [start])
    top = max((len(found) for found in of.values()), default=0)
    return {
        "sheet": sheet,
        "count": len(late),
        "more_owners": max(len(owners) - OWNERS, 0),
        "more_deals": max(len(late) - DEALS, 0),
        "owners": [
            {
                "owner": _person(file, owner),
                "count": sheet.derived(len(of[owner])),
                "bar": bar(len(of[owner]) / top, "b-s2"),
                "share": _share(sheet, len(of[owner]), drawn(open_now.get(Key("stage_open_count", owner, start)))),
                "over": sheet.derived(Decimal(median(deal.over for deal in of[owner]))),
                "longest": sheet.derived(max(deal.days for deal in of[owner])),
            }
            for owner in owners[:OWNERS]
        ],
        "deals": [
            {
                "deal": deal,
                "owner": _person(file, deal.owner or ""),
                "stage": said(deal.stage),
                "days": sheet.derived(deal.days),
                "usual": sheet.derived(deal.usual),
                "over": sheet.derived(deal.over),
            }
            for deal in late[:DEALS]
        ],
    }


def _share(sheet: Sheet, count: int, open_now: float | None) -> Any:
    """Of the deals the owner has open; none where that is not known, or counts deals another way."""
    return sheet.derived(Decimal(count) / Decimal(open_now) if open_now and open_now >= count else None, "ratio")


def _person(file: Published, owner: str) -> Unit | str:
    """The owner by name; by id one who is no unit of the file."""
    return file.units.get(owner) or owner or "–"
