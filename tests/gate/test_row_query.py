"""A query about rows of its own table becomes a condition of the one scan; every other query stays what it is."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.gate.row_query import condition

ADDRESS, COLUMNS = ("raw_x", "things"), ["a", "b", "编 号", "it's"]
TABLE = '"raw_x"."things"'


@pytest.mark.parametrize(
    "query",
    [
        f"select a, b from {TABLE} where a > 1",
        f"select * from {TABLE} where a > 1 and (b is null or b in (1, 2))",
        f"select t.a from {TABLE} as t where t.a::text like '%2%' or t.\"编 号\" <> 'x FROM y''s'",
        f"select things.a from {TABLE} where raw_x.things.a between 1 and 2 and not things.\"it's\" < date '2026-01-01'",
        f"select a from {TABLE} where regexp_matches(\"编 号\", '^\\d{{2}}') and case when a = 1 then b else 1 end = 1",
        f"select a from {TABLE} where abs(a * b - 1.10) > 0.01 and a % 2 = 0 and a not in (-1, 2e3)",
        f"select a from {TABLE} where a is distinct from b and coalesce(a, b) is not null and \"编 号\" = '1' || chr(50)",
        f"select a from {TABLE} where (a > b) or (a is null) <> (b is null)",
        f"select a from {TABLE} where year(\"it's\") = 2025 or \"it's\" - interval 1 day > '2025-12-31'::date",
    ],
)
def test_a_question_about_rows_picks_the_same_rows(query: str) -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw_x")
        con.execute(
            f"create table {TABLE} as from (values (null), (1), (2), (3)) as a(a), (values (null), (1), (2)) as b(b),"
            " (values (null), ('12'), ('x FROM y''s')) as c(\"编 号\"),"
            " (values (null), (date '2025-12-31'), (date '2026-02-01')) as d(\"it's\")"
        )
        found = condition(con, query, ADDRESS, COLUMNS)
        assert found
        ((theirs,),) = con.execute(f"select count(*) from ({query})").fetchall()
        ((ours,),) = con.execute(f"select count(*) from {TABLE} where {found}").fetchall()
    assert ours == theirs > 0


@pytest.mark.parametrize(
    "query",
    [
        f"select a from {TABLE}",
        f"select distinct a from {TABLE} where a > 1",
        f"select a from {TABLE} where a > 1 limit 1",
        f"select a from {TABLE} where a > 1 order by a",
        f"select a, count(*) from {TABLE} where a > 1 group by 1",
        f"select a from {TABLE} where a > 1 qualify row_number() over (partition by b) > 1",
        f"select a from {TABLE} where a > 1 union all select a from {TABLE} where a < 1",
        f"select a from {TABLE} where a not in (select a from raw_x.others)",
        f"select a from {TABLE} where exists (select 1 from raw_x.others as o where o.a = things.a)",
        f"select t.a from {TABLE} as t join raw_x.others as o using (a) where t.a > 1",
        f"with t as (select * from {TABLE}) select a from t where a > 1",
        f"select a from {TABLE} tablesample 10% where a > 1",
        f"select nothing from {TABLE} where a > 1",
        f"select a + 1 from {TABLE} where a > 1",
        f"select a from {TABLE} where nothing > 1",
        f"select a from {TABLE} as t where things.a > 1",
        f"select a from {TABLE} where columns(*) > 1",
        f"select a from {TABLE} where a = $1",
        "select a from raw_x.others where a > 1",
        "select a from raw_y.things where a > 1",
        "select from where",
        f"select a from {TABLE} where a > 1 -- why",
        f"select a from {TABLE} where a > 1; select a from {TABLE} where a > 2",
    ],
)
def test_every_other_query_stays_a_query(query: str) -> None:
    with duckdb.connect() as con:
        assert condition(con, query, ADDRESS, COLUMNS) is None
