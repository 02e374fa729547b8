"""A secret in an address, a log-in or a variable turns up in no error and no byte of the data folder, however a read fails.

Each way to fail is met twice, by a load and by `kpi source check`. Invariant: 0 hits in text, repr, arguments and chain of
every error, in what was printed or logged, and in all bytes below the data folder.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pipelines.errors import KpiError
from pipelines.extract import check, system
from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.extract.conftest import NOW
from tests.extract.cut_off import CutOff
from tests.extract.databases.conftest import SERVERS, administer, serve
from tests.faults.canaries import IN_A_HEADER, PARTS, SECRET, hits, said_of, search

ENCODED = quote(SECRET, safe="")
COLUMNS = [{"name": "id"}, {"name": "n", "type": "integer"}]
USER = f"kpi_canary_{os.getpid()}"
PORTS = {"postgresql": 5432, "mariadb": 3306}
CLOSED = 9  # nothing listens there


def contract(kind: str, connection: dict[str, Any], from_: dict[str, Any], **table: Any) -> SourceContract:
    said = {"from": from_, "delivery": "full", "key": ["id"], "columns": COLUMNS} | table
    return SourceContract.model_validate(
        {"system": "crm", "kind": kind, "label": {"zh": "源", "en": "Source"}, "owner": "sales_ops"}
        | {"connection": connection, "tables": {"t": said}}
    )


def failing(made: SourceContract, place: Path) -> str:
    """Everything that is said while a load and a check of it fail; both must."""
    settings = Settings(config=place, data_dir=place / "data")
    said: list[Any] = []
    with open_warehouse(settings) as con:
        try:
            said += [load for _, load in system.load_system(con, made, ["t"], settings, "r1", NOW)]
        except KpiError as error:
            said.append(error)
    assert isinstance(said[-1], KpiError) or said[-1].refused, "it did not fail"
    said += list(check.check(made, settings))
    assert not said[-1].fits
    return said_of(*said)


def holds_nothing(place: Path, said: str, printed: str) -> None:
    words = [SECRET, *PARTS, IN_A_HEADER]
    found, places, size = search(words, place / "data", said, printed)
    assert found == []
    assert places > 2
    print(f"0 of {len(words)} words in {places} places, {size:,} bytes")


def test_the_search_finds_what_it_looks_for():
    import base64

    written = [SECRET, SECRET.upper(), ENCODED, base64.b64encode(f"user:{SECRET}".encode()).decode(), repr(SECRET)]
    for text in written:
        assert SECRET in hits([SECRET], f"something before {text} and behind".encode()), text
    hiding = KpiError("nothing is said")
    hiding.__context__, hiding.__suppress_context__ = ValueError(SECRET), True
    assert SECRET in said_of(hiding), "also what only stands behind an error"


# Databases


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(kind, name of a database that has a table t, and u that the canary's user may not read)."""
    kind = request.param
    for server in serve(kind, tmp_path_factory.mktemp(kind)):
        server.execute("create table t (id varchar(9), n integer)", "create table u (id varchar(9), n integer)")
        server.execute("insert into t values ('1', 1)")
        name = server.url.rpartition("/")[2]
        if kind == "postgresql":
            server.execute(f"create role {USER} login", f"grant select on t to {USER}")
        else:
            administer(kind, f"create user {USER}@'127.0.0.1' identified by '{SECRET.replace('%', '%%')}'")
            administer(kind, f"grant select on {name}.t to {USER}@'127.0.0.1'")
        try:
            yield kind, name
        finally:
            if kind == "postgresql":
                server.execute(f"drop owned by {USER}", f"drop role {USER}")
            else:
                administer(kind, f"drop user {USER}@'127.0.0.1'")


IN_T: dict[str, Any] = {"table": "t"}
QUOTED = {
    "postgresql": "cast('${CANARY}' as integer)",  # invalid input syntax for type integer: "…"
    "mariadb": "extractvalue('<a/>', concat('~', '${CANARY}'))",  # XPATH syntax error: '…'
}
# What goes wrong: the address (of {user}, {password}, {port}, {name}), and what is asked for.
BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "log-in refused": ("nobody:{password}@127.0.0.1:{port}/{name}", IN_T),
    "log-in refused, unencoded": ("nobody:{plain}@127.0.0.1:{port}/{name}", IN_T),
    "not there": ("{user}:{password}@127.0.0.1:{closed}/{name}", IN_T),
    "unknown host": ("{user}:{password}@no-such-host.invalid/{name}", IN_T),
    "a port that is none": ("{user}:{password}@127.0.0.1:{password}/{name}", IN_T),
    "no such database": ("{user}:{password}@127.0.0.1:{port}/{password}", IN_T),
    "an option that is none": ("{user}@127.0.0.1:{port}/{name}?pass={password}", IN_T),
    "no such table": ("{user}:{password}@127.0.0.1:{port}/{name}", {"table": "gone"}),
    "permission denied": ("{user}:{password}@127.0.0.1:{port}/{name}", {"table": "u"}),
    "no such column": (
        "{user}:{password}@127.0.0.1:{port}/{name}",
        {"query": "select id, '${CANARY}' as n, gone from t"},
    ),
    "wrong columns": ("{user}:{password}@127.0.0.1:{port}/{name}", {"query": "select '${CANARY}' as x from t"}),
    "no SQL": ("{user}:{password}@127.0.0.1:{port}/{name}", {"query": "selec '${CANARY}' from t"}),
    "a value that it quotes": (
        "{user}:{password}@127.0.0.1:{port}/{name}",
        {"query": "select id, {quoted} as n from t"},
    ),
    "connection lost": ("{user}:{password}@127.0.0.1:{cut}/{name}", IN_T),
    "silent user": ("{password}:{password}@127.0.0.1:{closed}/{password}", IN_T),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_no_secret_of_an_address_is_told(tmp_path, database, broken, monkeypatch, capfd, caplog):
    kind, name = database
    address, said_of_it = BROKEN[broken]
    place = {word: text.replace("{quoted}", QUOTED[kind]) for word, text in said_of_it.items()}
    monkeypatch.setenv("CANARY", SECRET)
    caplog.set_level(logging.INFO)
    with CutOff(PORTS[kind], limit=60) as cut:
        values = {"user": USER, "password": ENCODED, "plain": SECRET, "port": PORTS[kind], "closed": CLOSED}
        monkeypatch.setenv("ADDRESS", address.format(name=name, cut=cut.port, **values))
        made = contract("database", {"url": f"{kind}://${{ADDRESS}}"}, {"database": place})
        said = failing(made, tmp_path)
    holds_nothing(tmp_path, said, "".join(capfd.readouterr()) + caplog.text)


@pytest.mark.parametrize(
    "url", ["oracle://u:{p}@h/d", "{p}", "mysql+{p}://h/d", "sqlite:////gone/{p}/x.db", "mssql://{p}"]
)
def test_no_secret_of_an_address_that_nothing_can_read_is_told(tmp_path, url, monkeypatch, capfd, caplog):
    monkeypatch.setenv("ADDRESS", url.format(p=SECRET))
    said = failing(contract("database", {"url": "${ADDRESS}"}, {"database": IN_T}), tmp_path)
    holds_nothing(tmp_path, said, "".join(capfd.readouterr()) + caplog.text)


def test_the_servers_are_those_of_the_other_tests():
    assert {kind: int(url.rsplit(":", 1)[1].rstrip("/")) for kind, url in SERVERS.items()} == PORTS
