"""Back-testing on real sales: on days of months that are over, where each month was said to land, and where it landed.

Belongs here: laying sales of real companies down by day and seller, and running the models as of a day. Does not: what
must come out. `python -m tests.real.landings` prints the figures that docs/goals.md names.
"""

from __future__ import annotations

import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pipelines.model import check
from pipelines.model.check import Definitions
from pipelines.settings import Settings
from tests.model.goal.targets import Rows, company, deal, goal, warehouse

Sales = dict[tuple[date, str], Decimal]  # by day and who sold
WAYS = ("run_rate", "seasonal")


class Said(NamedTuple):
    """What was said of one unit's month, and what it came to."""

    level: str
    way: str
    landing: float
    low: float | None
    high: float | None
    chance: float | None
    target: float | None
    came_to: float
    said: dict[str, float | None]  # by each way

    @property
    def is_hit(self) -> bool:
        return self.target is not None and self.came_to >= self.target

    def is_in_chances(self, low: float, high: float) -> bool:
        return self.chance is not None and self.target is not None and low <= self.chance < high


def olist(data: Path) -> Sales:
    """A marketplace: the price of what was sold, by the state of the seller; 2017 and eight months of 2018."""
    with (data / "erp_olist" / "olist_sellers_dataset.csv").open(encoding="utf-8") as lines:
        states = {row["seller_id"]: row["seller_state"] for row in csv.DictReader(lines)}
    with (data / "erp_olist" / "olist_orders_dataset.csv").open(encoding="utf-8") as lines:
        days = {row["order_id"]: date.fromisoformat(row["order_purchase_timestamp"][:10]) for row in csv.DictReader(lines)}  # fmt: skip
    found: Sales = defaultdict(Decimal)
    with (data / "erp_olist" / "olist_order_items_dataset.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if date(2017, 1, 1) <= (day := days[row["order_id"]]) <= date(2018, 8, 28):
                found[day, states[row["seller_id"]]] += Decimal(row["price"])
    return found


def adventureworks(data: Path) -> Sales:
    """A maker of bicycles: what was ordered from vendors, by the buyer; three and a half years, in few large orders."""
    found: Sales = defaultdict(Decimal)
    with (data / "erp_adventureworks" / "PurchaseOrderHeader.csv").open(encoding="utf-8") as lines:
        for row in csv.reader(lines, delimiter="\t"):
            found[date.fromisoformat(row[6][:10]), f"buyer {row[3]}"] += Decimal(row[8])
    return found


def lay(sales: Sales) -> dict[str, Rows]:
    sellers = sorted({who for _, who in sales})
    start = min(day for day, _ in sales)
    given = company([(who, "t", "sales", start) for who in sellers], [("t", "all")])
    given["deals"] = [deal(f"{day} {who}", who, amount, day) for (day, who), amount in sales.items()]
    return given


def said_on(shipped: Definitions, sales: Sales, as_of: date, holidays: str = "none", days: Iterable[int] = range(1, 8)) -> list[Said]:  # fmt: skip
    """Of each unit of the company and its sellers: where the month of `as_of` was said to land."""
    hours = shipped.company.working_hours.model_copy(update={"days": list(days)})
    own = shipped.company.model_copy(
        update={"holidays": holidays, "working_hours": hours, "calendar_from": min(day for day, _ in sales).replace(day=1)}
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        first = as_of.replace(month=1, day=1)
        period = {"grain": "month", "from": first.isoformat(), "to": first.replace(month=12, day=31).isoformat()}
        goal(
            Path(folder),
            target={"base": "previous_period", "change": "0%"},
            period=period,
            cascade=[{"to": "rep", "by": "share_of_base"}],
        )
        until = {key: amount for key, amount in sales.items() if key[0] <= as_of}
        con = warehouse(shipped._replace(company=own), Path(folder), lay(until), as_of, model="goal_attainment")
    rows = con.execute(
        """
        select level, unit_id, landing_method, landing, landing_low, landing_high, hit_probability, target, run_rate,
            seasonal
        from goal_attainment
        inner join landing_estimates using (kpi_id, level, unit_id, cut, cut_value, grain, period_start)
        where periods_back = 0 and landing is not null
        """
    ).fetchall()
    con.close()
    whole: dict[str, Decimal] = defaultdict(Decimal)
    for (day, who), amount in sales.items():
        if (day.year, day.month) == (as_of.year, as_of.month):
            whole["company"] += amount
            whole[who] += amount
    return [
        Said(level, way, *(None if x is None else float(x) for x in figures), float(whole[unit]),
             {name: None if x is None else float(x) for name, x in zip(WAYS, by_way, strict=True)})
        for level, unit, way, *figures, by_way in ((*row[:8], row[8:]) for row in rows)
    ]  # fmt: skip


def months(first: date, last: date, days: Iterable[int]) -> list[date]:
    """These days of each month from `first` to `last`."""
    found, month = [], first
    while month <= last:
        found += [month.replace(day=day) for day in days]
        month = (month + timedelta(days=31)).replace(day=1)
    return found


def coverage(said: Iterable[Said]) -> tuple[int, int]:
    """Of how many intervals, how many held what came."""
    known = [(one.low, one.came_to, one.high) for one in said if one.low is not None and one.high is not None]
    return len(known), sum(low <= came_to <= high for low, came_to, high in known)


def errors(said: Iterable[Said], way: str) -> float | None:
    """The mean absolute error of a way, as a share of what came; of those of whom every way said something."""
    known = [one for one in said if all(x is not None for x in one.said.values())]
    said_of = {"chosen": lambda one: one.landing}.get(way, lambda one: one.said[way])
    came = sum(one.came_to for one in known)
    return sum(abs(said_of(one) - one.came_to) for one in known) / came if came else None


def main() -> None:
    settings = Settings()
    shipped = check.read_definitions(settings)
    for read, first, last in (
        (olist, date(2017, 10, 1), date(2018, 7, 1)), (adventureworks, date(2024, 11, 1), date(2025, 6, 1)),
    ):  # fmt: skip
        sales = read(settings.real_data)
        print(read.__name__, min(sales)[0], max(sales)[0], len(sales), "days and sellers", flush=True)
        said = [one for as_of in months(first, last, (8, 15, 22)) for one in said_on(shipped, sales, as_of)]
        for level in ("company", "rep"):
            some = [one for one in said if one.level == level]
            known, held = coverage(some)
            ways = {way: sum(one.way == way for one in some) for way in WAYS}
            found = {way: errors(some, way) for way in (*WAYS, "chosen")}
            print(level, len(some), "said by", ways, f"; intervals {held} of {known}; errors", found, flush=True)
        for low, high in ((0, 0.25), (0.25, 0.75), (0.75, 1)):
            hits = [one.is_hit for one in said if one.is_in_chances(low, high)]
            print(f"chance {low} to {high}: {sum(hits)} of {len(hits)} reached their target", flush=True)


if __name__ == "__main__":
    main()
