"""What every part of the demo company draws on: chance without a seed, working time, the days of the story.

Belongs here: SQL macros and the table `days`. Does not: anything about customers, orders or tickets.

All chance is `u(row number, word)`: a hash, so the same row gets the same draw whatever the number of threads
or the order in which rows are made. No row reads the clock.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.extract.personal.forms import CREDIT_DIGITS, CREDIT_WEIGHTS

if TYPE_CHECKING:
    import duckdb

FIRST_DAY = date(2023, 6, 1)
BUSINESS_DATE = date(2026, 5, 20)  # the same stands in kpi_definitions/company.yml

# An instrument maker sells when laboratories spend their budgets: little around the Spring Festival, much in
# the closing month of a quarter and before the year ends.
MONTH_WEIGHT = {1: 80, 2: 62, 3: 112, 4: 98, 5: 100, 6: 114, 7: 92, 8: 94, 9: 112, 10: 90, 11: 112, 12: 134}
SPRING_FESTIVAL = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))
# On top of a growing number of customers; together they make won_amount grow by about 8 % a year.
GROWTH_A_YEAR = 0.04

MACROS = f"""
create macro first_day() as date '{FIRST_DAY}';
create macro business_date() as date '{BUSINESS_DATE}';
-- A number in [0, 1) that belongs to row n and to the word, and to nothing else. hash(n, word) would not do: it joins
-- the two hashes by a rule so simple that the draws of two words move together (won deals all fell into one year).
create macro u(n, word) as (hash(xor(n::ubigint, hash(word))) >> 11)::double / 9007199254740992.0;
-- A unified social credit code (GB 32100) of 17 signs and the one that checks them.
create macro credit_code(signs) as signs || substr('{CREDIT_DIGITS}', cast(1 + (31 - list_sum(list_transform(
    range(1, 18), lambda place: (strpos('{CREDIT_DIGITS}', signs[place]) - 1) * {list(CREDIT_WEIGHTS)}[place]
)) % 31) % 31 as integer), 1);
create macro pick(words, r) as words[1 + floor(r * len(words))::bigint];
create macro whole(low, high, r) as (low + floor(r * (high - low + 1)))::int;
-- The day itself, or the Monday after a weekend.
create macro workday(d) as (d + (case isodow(d) when 6 then 2 when 7 then 1 else 0 end)::int)::date;
create macro clock(d, r) as d::timestamp + to_seconds(32400 + floor(r * 32400)::bigint);
-- Working minutes (Monday to Friday, 09:00 to 18:00) since Monday 2018-01-01, and back again.
create macro week_day(d) as datediff('day', date '2018-01-01', d::date) % 7;
create macro to_work(moment) as
    (datediff('day', date '2018-01-01', moment::date) // 7) * 2700
    + case when week_day(moment) >= 5 then 2700
           else week_day(moment) * 540 + greatest(0, least(540, hour(moment) * 60 + minute(moment) - 540)) end;
create macro from_work(m) as
    (date '2018-01-01' + ((m // 2700) * 7 + (m % 2700) // 540)::int)::timestamp
    + to_minutes(540 + m % 540);
create macro after_work(moment, m) as greatest(from_work(to_work(moment) + m::bigint), moment + interval 1 minute);
"""


def weight(day: date) -> int:
    """How much business a day brings, in thousandths of an ordinary one."""
    at_rest = day.isoweekday() >= 6 or (day.month == 10 and day.day <= 7) or (day.month == 5 and day.day <= 3)
    at_rest = at_rest or any(-2 <= (day - festival).days <= 6 for festival in SPRING_FESTIVAL)
    years = (day - FIRST_DAY).days / 365
    return max(1, round(10 * MONTH_WEIGHT[day.month] * (1 + GROWTH_A_YEAR * years) * (0.03 if at_rest else 1)))


def build(con: duckdb.DuckDBPyConnection) -> None:
    """The macros, and `days`: day, before (weight of all days before it), up_to (that and its own)."""
    con.execute(MACROS)
    weights = [weight(FIRST_DAY + timedelta(days=n)) for n in range((BUSINESS_DATE - FIRST_DAY).days + 1)]
    con.execute(
        """create table days as
        select first_day() + (n - 1)::int as day, sum(weight) over (order by n)::bigint as up_to,
            up_to - weight as before
        from (select generate_subscripts($weights, 1) as n, unnest($weights)::bigint as weight)""",
        {"weights": weights},
    )
