"""Nobody sees another's rows or changes anything, by whatever door of the server they come (faults.md, test 19).

The role matrix: {rep, manager, another region's manager, engineer, anonymous} × {read own, read other, edit goal, edit
closed period, read personal data, export}, 30 of 30. Anonymous is a log-in that may read and is nobody in people.yml.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from pipelines.model.company import Person
from pipelines.publish.audience import COMPANY, EVERYONE, WHOSE, Unit
from pipelines.publish.postgres.access import reader_units
from tests.conftest import lacking

from .conftest import PREFIX, SERVER, Door, Warehouse, door, login
from .people import ALL, ROLES

DENIED = "42501"
OF_UNITS = [
    "kpi_values",
    "goal_attainment",
    "goal_targets",
    "scorecards",
    "scorecard_items",
    "feedback",
    "closes",
    "units",
]
DOORS = [f"{PREFIX}.{{}}", f"{PREFIX}_g1.{{}}"]  # the view, and the table behind it


@pytest.fixture(scope="module")
def served(database: str, first_file, tmp_path_factory) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """A database with one version in it; tests here only read."""
    from pipelines.settings import Settings

    url = SERVER.format(login("nightly"), database)
    settings = Settings(data_dir=tmp_path_factory.mktemp("served"), postgres_url=url, postgres_prefix=PREFIX)
    settings.serving.mkdir()
    shutil.copyfile(first_file, settings.serving / "kpi.duckdb")
    one = Warehouse(settings, database)
    one.publish()
    yield database
    one.clean()


@pytest.fixture
def truth(served: str) -> Iterator[Door]:
    """The superuser, whom no policy holds: what there is."""
    with door("postgres", served) as admin:
        yield admin


def rows_of(who: Door, table: str, column: str = "unit_id") -> list[str]:
    return sorted(str(unit) for (unit,) in who.rows(f"select {column} from {table}"))


def read_own(role: str, reader: Door, truth: Door) -> None:
    """All of one's own rows, row by row, in each table and through each door."""
    for table in OF_UNITS:
        for address in DOORS:
            own = [unit for unit in rows_of(truth, f"{PREFIX}_g1.{table}") if unit in ROLES[role]]
            assert rows_of(reader, address.format(table)) == own, table
    assert set(rows_of(reader, f"{PREFIX}.kpi_values")) == ROLES[role]


def read_other(role: str, reader: Door, truth: Door) -> None:
    """None of anybody else's, also where the question names them; of the company's own tables the company alone reads."""
    others = ALL - ROLES[role]
    for table in OF_UNITS:
        for address in DOORS:
            for other in others:
                assert reader.rows(f"select * from {address.format(table)} where unit_id = '{other}'") == []
    stalled = {"rep": 1, "manager": 1, "other_manager": 1, "engineer": 3, "anonymous": 0}  # one belongs to nobody
    assert len(reader.rows(f"select * from {PREFIX}.deals_stalled")) == stalled[role]
    for table in ("acts", "quarantine_effect"):
        there = truth.rows(f"select count(*) from {PREFIX}_g1.{table}")[0][0]
        assert there
        assert reader.rows(f"select count(*) from {PREFIX}.{table}") == [(there if role == "engineer" else 0,)]
    for table in ("kpi_catalog", "quality_results", "verdicts"):  # of these everybody reads all
        there = truth.rows(f"select count(*) from {PREFIX}_g1.{table}")
        assert reader.rows(f"select count(*) from {PREFIX}.{table}") == there


def edit_goal(role: str, reader: Door, truth: Door) -> None:
    no_edit(reader, truth, "goal_targets", "target = 1", "true")


def edit_closed(role: str, reader: Door, truth: Door) -> None:
    no_edit(reader, truth, "kpi_values", "value = 1", "is_closed")
    no_edit(reader, truth, "closes", "published_value = 1", "true")


def no_edit(reader: Door, truth: Door, table: str, change: str, where: str) -> None:
    before = truth.rows(f"select md5(string_agg(one::text, '|' order by one::text)) from {PREFIX}_g1.{table} as one")
    assert before[0][0]
    for address in DOORS:
        for statement in (
            f"update {{}} set {change} where {where}",
            f"delete from {{}} where {where}",
            "insert into {} select * from {}",
            "truncate {}",
            "drop view {}",
            "alter table {} disable row level security",
            "create policy mine on {} using (true)",
            "lock table {} in exclusive mode",
        ):
            said = reader.refuses(statement.format(*[address.format(table)] * 2))
            # 42809: a table is no view, a view no table.
            of_the_kind = statement.startswith(("update", "delete", "insert", "lock"))
            assert said == DENIED or (not of_the_kind and said == "42809"), statement
    after = truth.rows(f"select md5(string_agg(one::text, '|' order by one::text)) from {PREFIX}_g1.{table} as one")
    assert after == before


def read_personal(role: str, reader: Door, truth: Door) -> None:
    """People's names and figures: of one's own people only, and not from the server's statistics either."""
    own = {unit for unit in ROLES[role] if unit.startswith("e0")}
    assert reader.names(f"select unit_id from {PREFIX}.units where level = 'rep'") == own
    assert reader.names(f"select unit_id from {PREFIX}.kpi_values where level = 'rep'") == own
    assert reader.names(f"select owner_id from {PREFIX}.deals_stalled where owner_id is not null") <= own
    protected = [table for table, whose in WHOSE.items() if whose != EVERYONE]
    named = ", ".join(f"'{table}'" for table in protected)
    statistics = f"select tablename::text from pg_stats where schemaname = '{PREFIX}_g1' and tablename in ({named})"
    assert "kpi_values" in truth.names(statistics)
    assert reader.names(statistics) == set()
    assert reader.refuses("select * from pg_statistic") == DENIED
    assert reader.names(f"select login from {PREFIX}.reader_units") <= {login(role)}


def export(role: str, reader: Door, truth: Door) -> None:
    """COPY gives what select gives, and files of the server are not written."""
    address = SERVER.format(login(role), reader.database)
    for copied in (f"(select unit_id from {PREFIX}.kpi_values)", f"{PREFIX}_g1.kpi_values (unit_id)"):
        done = psql(address, f"copy {copied} to stdout")
        assert done.returncode == 0, done.stderr
        assert set(done.stdout.split()) == ROLES[role]
    for outside in ("'/tmp/kpi_export'", "program 'cat'"):
        assert "must be superuser or have privileges" in psql(address, f"copy (select 1) to {outside}").stderr
    whole = psql(address, f"set row_security = off; copy {PREFIX}_g1.kpi_values to stdout")
    assert (whole.stdout, "row-level security" in whole.stderr) == ("", True)


def psql(address: str, statement: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("psql") is None:
        lacking("postgresql", "psql is not installed")
    return subprocess.run(
        ["psql", "-XqAt", "-d", address, "-c", statement], capture_output=True, text=True, timeout=60, check=False
    )


ACTS = [read_own, read_other, edit_goal, edit_closed, read_personal, export]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("role", ROLES)
def test_the_role_matrix(role: str, act, served: str, truth: Door) -> None:  # type: ignore[no-untyped-def]
    with door(login(role), served) as reader:
        act(role, reader, truth)


def test_a_log_in_without_a_role_reads_nothing(served: str) -> None:
    with door(login("outsider"), served) as reader:
        for table in ("kpi_values", "publication", "reader_units"):
            assert reader.refuses(f"select * from {PREFIX}.{table}") == DENIED
            assert reader.refuses(f"select * from {PREFIX}_g1.publication") == DENIED


def test_the_owner_of_the_tables_is_held_too(served: str) -> None:
    with door(login("nightly"), served) as loader:
        loader.run(f"set role {PREFIX}_loader")
        assert loader.rows(f"select * from {PREFIX}_g1.kpi_values") == []
        forced = f"select bool_and(relrowsecurity and relforcerowsecurity), count(*)::int from pg_class where relnamespace = '{PREFIX}_g1'::regnamespace and relkind = 'r'"
        assert loader.rows(forced)[0][0] is True
        assert loader.rows(forced)[0][1] > 15


def test_every_view_asks_for_its_reader(served: str, truth: Door) -> None:
    options = truth.rows(
        f"select relname::text, reloptions from pg_class where relnamespace = '{PREFIX}'::regnamespace and relkind = 'v'"
    )
    assert len(options) > 15
    for view, said in options:
        assert set(said) == {"security_invoker=true", "security_barrier=true"}, view


def test_a_role_is_not_put_on_and_policies_are_not_put_off(served: str) -> None:
    with door(login("rep"), served) as reader:
        for other in (login("manager"), login("engineer"), f"{PREFIX}_loader", f"{PREFIX}_manager", "postgres"):
            assert reader.refuses(f"set role {other}") == DENIED
            assert reader.refuses(f"set session authorization {other}") == DENIED
        reader.run(f"set role {PREFIX}_reader")  # a group is nobody of people.yml
        assert reader.rows(f"select * from {PREFIX}.kpi_values") == []
        reader.con.rollback()
        reader.run("set row_security = off")
        assert reader.refuses(f"select * from {PREFIX}.kpi_values") == DENIED


LEAK = """
create function pg_temp.leak(unit text) returns boolean language plpgsql cost 0.0000001 as $$
begin if unit <> 'e001' then raise exception 'seen: %', unit using errcode = 'P0001'; end if; return true; end $$
"""


def test_a_function_in_a_condition_is_not_asked_of_rows_that_are_hidden(served: str, truth: Door) -> None:
    """The planner asks cheap conditions first, unless a barrier keeps it from it."""
    with door(login("rep"), served) as reader:
        reader.run(LEAK)
        for address in DOORS:
            found = reader.names(f"select unit_id from {address.format('kpi_values')} where pg_temp.leak(unit_id)")
            assert found == {"e001"}
        # A text that is no number, read as one, would be told in the error.
        assert reader.rows(f"select * from {PREFIX}.units where label_en = 'Li Na' and unit_id::int = 1") == []
    truth.run(LEAK)
    assert truth.refuses(f"select * from {PREFIX}_g1.kpi_values where pg_temp.leak(unit_id)") == "P0001"  # it can fail


def test_views_of_readers_show_the_rows_of_whoever_looks(served: str) -> None:
    with door(login("engineer"), served) as engineer:
        engineer.run(f"create temp view mine as select * from {PREFIX}.kpi_values")
        assert set(rows_of(engineer, "mine")) == ALL
        assert engineer.refuses(f"create view {PREFIX}_views.of_a_reader as select 1") == DENIED
        assert engineer.refuses(f"create table {PREFIX}.t (x int)") == DENIED
        assert engineer.refuses(f"create table {PREFIX}_g1.t (x int)") == DENIED
    own = f"{PREFIX}_views.of_the_east"
    with door(login("manager"), served, autocommit=True) as manager:
        manager.run(
            f"create view {own} as select * from {PREFIX}.kpi_values", f"grant select on {own} to {PREFIX}_reader"
        )
        try:
            assert set(rows_of(manager, own)) == ROLES["manager"]
            for role in ("rep", "other_manager", "anonymous"):
                with door(login(role), served) as reader:
                    assert set(rows_of(reader, own)) == ROLES[role]
        finally:
            manager.run(f"drop view {own}")


def test_a_statement_that_was_prepared_follows_the_role(served: str, truth: Door) -> None:
    truth.run(f"set role {login('manager')}", f"prepare one as select distinct unit_id from {PREFIX}.kpi_values")
    for _ in range(7):  # from the sixth on the plan is a generic one
        assert prepared(truth) == ROLES["manager"]
    truth.run(f"set role {login('rep')}")
    assert prepared(truth) == ROLES["rep"]


def prepared(truth: Door) -> set[str]:
    """What `execute one` gives; the driver's own way is COPY, which takes no execute."""
    with truth.con.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
        cursor.execute("execute one")
        return {row[0] for row in cursor.fetchall()}


def test_who_sees_what_is_said_of_people_below_and_of_what_a_split_leaves_over() -> None:
    units = [
        Unit("c", "company", None),
        Unit("east", "region", "c"),
        Unit("team", "team", "east"),
        Unit("e1", "rep", "team"),
    ]
    people = {
        name: Person.model_validate({"id": name, "name": name} | said)
        for name, said in {
            "boss": {"unit": "company", "roles": ["manager"]},
            "both": {"unit": "company", "roles": ["manager", "rep"], "employee_id": "e1"},
            "east": {"unit": "east", "roles": ["manager"]},
            "seller": {"unit": "team", "roles": ["rep"], "employee_id": "e1"},
            "nobody": {},
        }.items()
    }
    rows = reader_units(units, people)
    assert [row for row in rows if row[0] in ("boss", "both")] == [("boss", "c", True), ("both", "c", True)]
    assert {unit for who, unit, _ in rows if who == "seller"} == {"e1", "e1/unallocated"}
    assert {unit for who, unit, _ in rows if who == "east" and "/" not in unit} == {"east", "team", "e1"}
    assert ("east", "east/unallocated", False) in rows
    assert "nobody" not in {who for who, _, _ in rows}
    assert COMPANY not in {unit for _, unit, _ in rows}
