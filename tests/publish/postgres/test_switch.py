"""A switch waits for readers and for nobody else: they see one version, it gives up in time, and a dead one leaves nothing."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from pipelines.errors import KpiError
from pipelines.publish.postgres.serve import publish

from .conftest import PEOPLE, PREFIX, Warehouse, door, login
from .publisher import start


def generation(reader) -> int:  # type: ignore[no-untyped-def]
    return int(reader.rows(f"select generation from {PREFIX}.publication")[0][0])


def test_a_reader_is_waited_for_and_named(warehouse: Warehouse) -> None:
    warehouse.publish()
    warehouse.next(2)
    with door(login("manager"), warehouse.database) as reader:
        assert generation(reader) == 1
        publishing = threading.Thread(target=warehouse.publish)
        publishing.start()
        seen, until = set(), time.monotonic() + 20
        while not any("waiting for" in one for one in warehouse.told) and time.monotonic() < until:
            seen |= reader.names(
                f"select run_id from {PREFIX}.goal_attainment"
            )  # other views too, while it asks for all
            seen |= reader.names(f"select run_id from {PREFIX}.kpi_values")
            assert generation(reader) == 1
        assert seen == {"run_2"}
        reader.con.rollback()  # the transaction ends
        publishing.join(20)
        assert generation(reader) == 2
    (told,) = [one for one in warehouse.told if "waiting for" in one]
    assert f"waiting for {login('manager')} (process " in told


def test_patience_ends_and_yesterdays_version_is_served(warehouse: Warehouse) -> None:
    warehouse.publish()
    warehouse.next(2)
    impatient = warehouse.settings.model_copy(update={"postgres_patience": 0.5})
    with door(login("rep"), warehouse.database) as reader:
        assert generation(reader) == 1
        with pytest.raises(
            KpiError, match=rf"still serves the version before: {login('rep')} \(process .*kpi postgres publish"
        ):
            publish(impatient, PEOPLE, warehouse.told.append)
        assert warehouse.served() == 1
    done = warehouse.publish()
    assert (done.rows, done.generation, warehouse.served()) == ({}, 2, 2)  # it lay there loaded


def test_an_old_version_goes_when_its_reader_has(warehouse: Warehouse) -> None:
    warehouse.publish()
    with door(login("engineer"), warehouse.database) as reader:
        assert reader.rows(f"select 1 from {PREFIX}_g1.publication") == [(1,)]  # past the stable views
        for number in (2, 3, 4):
            warehouse.next(number)
            warehouse.publish()
        assert warehouse.schemas() == ["g1", "g2", "g3", "g4"]
        assert any("g1 is read still" in one for one in warehouse.told)
    warehouse.publish()
    assert warehouse.schemas() == ["g2", "g3", "g4"]


def test_one_publisher_at_a_time(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.publish.postgres.serve.ANOTHER_LOADER", 0.3)
    with door(login("nightly"), warehouse.database) as other:
        other.rows(f"select pg_advisory_lock(hashtext('kpi_warehouse'), hashtext('{PREFIX}'))::text")
        with pytest.raises(KpiError, match="another process is loading PostgreSQL"):
            warehouse.publish()
    assert warehouse.publish().generation == 1


def test_of_a_publisher_killed_while_it_loads_nothing_is_left(warehouse: Warehouse) -> None:
    warehouse.publish()
    warehouse.next(
        2,
        "insert into published.kpi_values select v.* replace (kpi_id || n as kpi_id) from published.kpi_values as v, range(25) as r(n)",
    )
    process = start(warehouse)
    with door("postgres", warehouse.database) as admin:
        while not admin.rows(
            "select 1 from pg_stat_activity where query ilike 'COPY%kpi_values%' and state = 'active'"
        ):
            admin.con.rollback()
            assert process.exitcode is None
        process.kill()
        process.join(20)
    assert process.exitcode == -signal.SIGKILL
    assert (warehouse.served(), warehouse.schemas()) == (1, ["g1"])
    assert warehouse.publish().generation == 2
    assert warehouse.served() == 2


def test_the_publisher_of_these_tests_publishes(warehouse: Warehouse) -> None:
    process = start(warehouse)
    process.join(60)
    assert process.exitcode == 0
    assert warehouse.served() == 1
