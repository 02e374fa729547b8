"""A definition may hold arithmetic over one entity's columns, and nothing else whatever it is dressed as."""

from __future__ import annotations

import pytest

from pipelines.model import expression

COLUMNS = ["status", "amount", "created_at", "closed_at", "is_new"]

ALLOWED = [
    "amount",
    "-amount * 2 + 1",
    "amount / nullif(amount, 0)",
    "round(abs(amount), 2)",
    "coalesce(amount, 0) > 0",
    "greatest(amount, 1) <= least(amount, 2)",
    "status = 'won'",
    "status <> 'it''s'",
    "status in ('won', 'lost') and not is_new",
    "status not in ('void')",
    "amount between 1 and 2 or status is null",
    "status is not null",
    "case when amount > 0 then amount else 0 end",
    "date_diff('day', created_at, closed_at) <= 3",
    "closed_at <= as_of",
    "created_at >= period_start and created_at <= period_end",
    "true",
    "'赢单' = status",
]

INJECTIONS = [
    "1); drop table entities.deals",
    "amount; drop table entities.deals",
    "status = 'won' -- and the rest",
    "/* */ amount",
    "amount /* {{ 1 }} */",
    "{{ env_var('KPI_PSEUDONYM_KEY') }}",
    "{% set x = run_query('select 1') %}amount",
    "{# #}amount",
    "status = 'won' union select phone from raw_crm.contacts",
    "(select max(phone) from raw_crm.contacts)",
    "amount in (select 1)",
    "exists (select 1 from raw_crm.contacts)",
    "amount = any(select 1)",
    "select 1",
    "delete from entities.deals",
    "attach 'x.duckdb'",
    "copy entities.deals to 'x.csv'",
    "pragma version",
    "read_csv('/etc/passwd')",
    "read_text('/proc/self/environ')",
    "getenv('HOME')",
    "current_setting('temp_directory')",
    "random()",
    "now()",
    "current_date",
    "sum(amount)",
    "count(*)",
    "row_number() over ()",
    "list_transform([1], x -> x)",
    "[1, 2]",
    "status[1]",
    "*",
    "columns(*)",
    "amount as x",
    "amount, 1",
    "amount::blob",
    "cast(amount as varchar)",
    "try_cast(amount as int)",
    "date '2026-01-01'",
    "interval 1 day",
    "raw_crm.contacts.phone",
    "contacts.phone",
    "status like '%'",
    "status ~ '.*'",
    "status similar to '.*'",
    "status || 'x'",
    "status collate nocase",
    "$1",
    "?",
    "status = 'a\\'",
    "amount\x00",
    "status = 'open",
    "amount amount",
    "not",
    "",
    "   ",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_expression_allows_arithmetic_and_conditions(text: str) -> None:
    assert expression.problem(text, COLUMNS) is None


@pytest.mark.parametrize("text", INJECTIONS)
def test_expression_refuses_everything_else_in_words(text: str) -> None:
    problem = expression.problem(text, COLUMNS)
    assert problem
    assert "\n" not in problem


def test_expression_names_the_nearest_column() -> None:
    assert expression.problem("amuont > 1", COLUMNS) == "unknown column amuont (did you mean amount?)"
    assert expression.problem("closed_at < asof", COLUMNS) == "unknown column asof (did you mean as_of?)"


def test_expression_knows_no_name_of_the_run_where_none_is_meant() -> None:
    assert expression.problem("closed_at <= as_of", COLUMNS, run_names=()) is not None


def test_expression_lists_what_may_be_called() -> None:
    assert str(expression.problem("sqrt(amount)", COLUMNS)).endswith(f"allowed are {', '.join(expression.FUNCTIONS)}")


def test_expression_of_a_contract_may_cast_and_nothing_more() -> None:
    assert expression.problem("cast(closed_at as date)", COLUMNS, casts=True) is None
    assert expression.problem("cast(closed_at as date)", COLUMNS) is not None
    assert expression.problem("cast((select 1) as date)", COLUMNS, casts=True) is not None


@pytest.mark.parametrize(
    "text", ["(" * 200 + "1" + ")" * 200, "not " * 400 + "true", "a" * 100_000, " + ".join(["1"] * 5000)]
)
def test_expression_of_monstrous_size_is_refused_and_does_not_crash(text: str) -> None:
    problem = expression.problem(text, COLUMNS)
    assert problem
    assert len(problem) < 200


def test_columns_of_finds_every_column_read() -> None:
    assert expression.columns_of("case when is_new then abs(amount) else 0 end > 1 and status = 'amount'") == {
        "is_new", "amount", "status",
    }  # fmt: skip
