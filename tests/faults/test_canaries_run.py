"""Two whole runs with secrets in every log-in and personal values in every record: neither is in a byte they leave.

The first loads all and sets records aside, at the door and in the gate; in the second each source fails in its own way.
Looked through: warehouse, landing, what is published, the page, alerts, Dagster's and dbt's folders, the terminal.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from tests.conftest import kpi
from tests.extract.databases.conftest import serve
from tests.extract.rest.server import Asked, Reply, serving
from tests.faults.canaries import ID_NUMBER, IN_A_HEADER, MAIL, NAME, PARTS, PERSONAL, PHONE, SECRET, search
from tests.journey.small_company import CONTRACTS, LABEL, SmallCompany

PERSONS = {"手机": PHONE, "邮箱": MAIL, "身份证": ID_NUMBER, "联系人": NAME}
MARKED = [
    {"name": "手机", "personal": "hash", "form": "phone"},
    {"name": "邮箱", "personal": "hash", "form": "email"},
    {"name": "身份证", "personal": "drop"},
    {"name": "联系人", "personal": "hash", "form": "name"},
]
HAS_FORM = {
    "type": "expect_column_values_to_be_in_set", "column": "_手机_is_valid", "value_set": [True], "level": "row",
    "severity": "critical",
}  # fmt: skip
ENVIRONMENT = {
    "CANARY": IN_A_HEADER,
    "CANARY_WITH_SIGNS": quote(SECRET, safe=""),
    "KPI_PSEUDONYM_KEY": "the-key-of-these-runs Goldammer",
    "KPI_LOG_LEVEL": "debug",
}
WORDS = [*PERSONAL, SECRET, *PARTS, IN_A_HEADER, "Goldammer"]


def lay_down(company: SmallCompany, api: str, address: str) -> None:
    company.lay_down()
    path = company.folder / "sources" / "crm.yml"
    crm = yaml.safe_load(path.read_text(encoding="utf-8"))
    crm["tables"]["contracts"]["columns"] += MARKED
    crm["tables"]["contracts"]["block_above"] = "20%"
    company.write("sources/crm.yml", crm)
    company.suite("raw_crm/contracts", HAS_FORM)
    columns = [{"name": "id"}, *MARKED, {"name": "n", "type": "integer"}]
    said = {"label": LABEL, "owner": "sales_ops"}
    table = {"delivery": "full", "key": ["id"], "block_above": "100%", "columns": columns}
    reach = {"base_url": api, "attempts": 1, "auth": {"bearer": "${CANARY}"}}
    people = {"people": {"from": {"rest": {"path": "/people"}}} | table}
    company.write("sources/desk.yml", {"system": "desk", "kind": "rest", "connection": reach, "tables": people} | said)
    reach = {"url": address.replace("postgres@", "postgres:${CANARY_WITH_SIGNS}@")}
    people = {"people": {"from": {"database": {"table": "people"}}} | table}
    company.write(
        "sources/shop.yml", {"system": "shop", "kind": "database", "connection": reach, "tables": people} | said
    )
    rows = [row | PERSONS for row in CONTRACTS]
    rows[3] |= {"金额": "N/A"}  # at the door
    rows[5] |= {"手机": f"{PHONE}00000"}  # in the gate
    company.deliver("contracts", rows)


def looked_through(company: SmallCompany, *spoken: str) -> None:
    found, places, size = search(WORDS, company.data, *spoken)
    assert found == []
    assert places > 30, "the run left something to look through"
    print(f"0 of {len(WORDS)} words in {places} places, {size:,} bytes")


@pytest.mark.faults
def test_two_runs_leave_no_secret_and_no_personal_value(tmp_path: Path) -> None:
    records = [PERSONS | {"id": str(n), "n": "x" if n == 2 else "1"} for n in range(3)]
    fails: list[str] = []

    def answer(asked: Asked) -> Reply:
        assert asked.headers["authorization"] == f"Bearer {IN_A_HEADER}"
        return Reply({"error": repr(asked.headers), "person": PERSONS}, 401) if fails else Reply(records)

    company = SmallCompany(tmp_path / "company")
    for server in serve("postgresql", tmp_path):
        names = ", ".join(f'"{name}" text' for name in ("id", *PERSONS, "n"))
        values = ", ".join("(" + ", ".join(f"'{r[k]}'" for k in ("id", *PERSONS, "n")) + ")" for r in records)
        server.execute(f"create table people ({names})", f"insert into people values {values}")
        with serving(answer) as api:
            lay_down(company, api.url, server.url)
            done = kpi("run", "--config", company.folder, check=False, **ENVIRONMENT)
            assert done.returncode == 0, done.stdout + done.stderr
            aside = "select count(*) from quarantine_crm.contracts"
            assert company.working(f"{aside} where stage = 'load'") == [(1,)]
            assert company.working(f"{aside} where stage <> 'load'") == [(1,)]
            assert company.working("select sum(quarantined) from loads.ledger where system <> 'crm'") == [(2,)]
            looked_through(company, done.stdout, done.stderr)

            fails.append("yes")
            server.execute('alter table people rename column "手机" to phone')
            path = company.folder / "in" / "contracts.csv"
            path.write_text(f"{path.read_text(encoding='utf-8')}C99,{PHONE},{NAME}\n", encoding="utf-8")
            again = kpi("run", "--config", company.folder, check=False, **ENVIRONMENT)
            assert again.returncode == 1, again.stdout + again.stderr
            refused = "select count(distinct system) from loads.findings where outcome = 'refuse'"
            assert company.working(refused) == [(3,)]
            looked_through(company, again.stdout, again.stderr)
            for system in ("desk", "shop", "crm"):
                checked = kpi("source", "check", system, "--config", company.folder, check=False, **ENVIRONMENT)
                assert checked.returncode == 1
                looked_through(company, checked.stdout, checked.stderr)
