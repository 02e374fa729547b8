"""Fourteen tables, fifteen rules for each, and the same rules as one query written by hand a table.

Belongs here: what `bench.gate` checks. The query is what somebody would write who knows the data: it says nothing of
our code, and the counts of both must be equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipelines.gate.suite import Suite, SuiteFile
from pipelines.yaml_file import YamlFile

TABLES = {f"table_{number:02}": share for number, share in enumerate((30, 20, 10, 8, 6, 5, 5, 4, 4, 3, 2, 1, 1, 1), 1)}

# One row in a thousand or less breaks each rule, as in a table that is looked after; keys are texts.
MADE = """
create table raw_bench.{table} as
select printf('SO-%09d', n - (n % 9973 = 1)::int) as id, n // 3 as order_no, n % 3 + (n % 20011 = 2)::int as line_no,
    case when n % 5003 > 0 then 'C' || (hash(n) % 40000) end as customer, 'P' || (hash(n + 1) % 900) as product,
    1 + hash(n + 2) % 40 - 41 * (n % 7001 = 3)::int as quantity,
    case when n % 3001 > 0 then (hash(n + 4) % 90000000 / 100.0)::decimal(18,2) end as amount,
    hash(n + 3) % 9000000 / 1000.0 as price, date '2023-01-01' + (n % 1100)::int as ordered,
    case when n % 4 > 0 then date '2023-01-03' + (n % 1100)::int - 5 * (n % 6007 = 5)::int end as shipped,
    ['open', 'paid', 'sent', 'closed', 'odd'][1 + n % 4 + (n % 9001 = 7)::int] as status,
    ['微信', '门店', 'web', 'phone'][1 + n % 4] as channel,
    case when n % 7 > 0 then printf('1%d8%08d', 3 - (n % 8009 = 9)::int, hash(n + 5) % 100000000) end as phone,
    case when n % 4001 = 11 then '客' else '客户' || (hash(n) % 40000) end as name,
    'b' || (n // 100000) as _batch_id, n as _row_number
from range({rows}) as made(n)
"""

RULES: list[dict[str, Any]] = [
    {"type": "expect_table_row_count_to_be_between", "min_value": 1},
    {"type": "expect_column_values_to_be_unique", "column": "id"},
    {"type": "expect_compound_columns_to_be_unique", "column_list": ["order_no", "line_no"]},
    {"type": "expect_column_values_to_not_be_null", "column": "customer"},
    {"type": "expect_column_values_to_not_be_null", "column": "amount"},
    {"type": "expect_column_values_to_be_in_set", "column": "status", "value_set": ["open", "paid", "sent", "closed"]},
    {"type": "expect_column_values_to_be_in_set", "column": "channel", "value_set": ["微信", "门店", "web", "phone"]},
    {"type": "expect_column_values_to_be_between", "column": "amount", "min_value": 0, "max_value": 899999},
    {"type": "expect_column_values_to_be_between", "column": "quantity", "min_value": 0, "strict_min": True},
    {"type": "expect_column_values_to_be_between", "column": "price", "max_value": 8999.5},
    {"type": "expect_column_values_to_match_regex", "column": "phone", "regex": "^1[3-9][0-9]{9}$"},
    {"type": "expect_column_value_lengths_to_be_between", "column": "name", "min_value": 3, "max_value": 7},
    {"type": "expect_column_pair_values_a_to_be_greater_than_b", "column_A": "shipped", "column_B": "ordered",
     "or_equal": True},
    {"type": "unexpected_rows_expectation", "unexpected_rows_query":
     "select _batch_id, _row_number from {batch} where quantity > 30 and status = 'odd'"},
    {"type": "unexpected_rows_expectation", "unexpected_rows_query":
     "select _batch_id, _row_number from {batch} where product not in (select product from raw_bench.products)"},
]  # fmt: skip

BY_HAND = """
select count(*) = 0 as is_empty,
    (select coalesce(sum(n), 0) from (select count(*) as n from {table} group by id having n > 1)) as same_id,
    (select coalesce(sum(n), 0) from (select count(*) as n from {table} group by order_no, line_no having n > 1))
        as same_line,
    count(*) - count(customer) as no_customer,
    count(*) - count(amount) as no_amount,
    count_if(status not in ('open', 'paid', 'sent', 'closed')) as odd_status,
    count_if(channel not in ('微信', '门店', 'web', 'phone')) as odd_channel,
    count_if(amount not between 0 and 899999) as odd_amount,
    count_if(quantity <= 0) as odd_quantity,
    count_if(price > 8999.5) as odd_price,
    count_if(not regexp_matches(phone, '^1[3-9][0-9]{{9}}$')) as odd_phone,
    count_if(length(name) not between 3 and 7) as odd_name,
    count_if(shipped < ordered) as sent_early,
    count_if(quantity > 30 and status = 'odd') as odd_order,
    count_if(product not in (select product from raw_bench.products)) as no_product
from {table}
"""


def make(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Fills the tables of schema raw_bench with `rows` rows altogether, and a small one that they refer to."""
    con.execute("create schema raw_bench")
    con.execute("create table raw_bench.products as select 'P' || n as product from range(1, 900) as made(n)")
    for table, share in TABLES.items():
        con.execute(MADE.format(table=table, rows=rows * share // sum(TABLES.values())))


def suites() -> list[Suite]:
    said = SuiteFile.model_validate(
        {"expectations": [{"level": "table", "severity": "critical", "why": "-", **rule} for rule in RULES]}
    )
    return [Suite(f"raw_bench.{table}", None, said.expectations, YamlFile(Path(table), {}, {})) for table in TABLES]
