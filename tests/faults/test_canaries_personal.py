"""Personal values of records that fail turn up nowhere in the clear: data folder, errors, findings, logs, terminal.

Every record holds a phone number, an e-mail address, an identity number and a name in columns marked hash or drop; the
delivered files themselves lie outside the data folder. Invariant: 0 hits, also in the chain behind every error.
"""

from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipelines.errors import KpiError
from pipelines.extract import check, system
from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.extract.conftest import NOW
from tests.extract.databases.conftest import serve
from tests.extract.rest.server import Reply, serving
from tests.faults import workbooks
from tests.faults.canaries import ID_NUMBER, MAIL, NAME, PERSONAL, PHONE, said_of, search
from tests.faults.named import WRITERS

COLUMNS: list[dict[str, Any]] = [
    {"name": "id"},
    {"name": "手机", "personal": "hash", "form": "phone"},
    {"name": "mail", "personal": "hash", "form": "email"},
    {"name": "身份证", "personal": "drop"},
    {"name": "name", "personal": "hash", "form": "name"},
    {"name": "n", "type": "integer"},
]
NAMES = [column["name"] for column in COLUMNS]
GOOD = ["1", PHONE, MAIL, ID_NUMBER, NAME, "1"]
KEY = "a key of these tests that is long enough"
# Records that cannot be loaded, each with all four values: no key, no number, none of the forms.
FAILING = [
    GOOD,
    ["", *GOOD[1:]],
    ["2", *GOOD[1:5], "N/A"],
    ["3", f"{PHONE}x", f"{MAIL}@", f"{ID_NUMBER}0", f"{NAME}1", "x"],
    ["4", f"+86 {PHONE[:3]}-{PHONE[3:]}", MAIL.upper(), ID_NUMBER.lower(), f" {NAME} ", "1.5"],
]
Row = list[str]


def written(ending: str, rows: list[Row] = FAILING, names: list[str] = NAMES) -> bytes:
    return WRITERS[ending](names, rows, ["text"] * len(names))


def text(*rows: Row, head: list[str] = NAMES) -> str:
    return "".join(",".join(row) + "\n" for row in (head, *rows))


RECORD = json.dumps(dict(zip(NAMES, GOOD, strict=True)), ensure_ascii=False)
PARQUET = written("parquet")
BEHIND = "".join(workbooks.text(f"{c}2", v) for c, v in zip("ABCDEFG", [*GOOD, PHONE], strict=True))
# Name → (file, content, what `from` says); what the name says is what is wrong with it.
FILES: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    **{f"{ending}: untypable records": (f"d.{ending}", written(ending), {}) for ending in WRITERS},
    **{f"{ending}: no header": (f"d.{ending}", written(ending, FAILING[1:], GOOD), {}) for ending in ("csv", "xlsx")},
    **{f"{ending}: another column": (f"d.{ending}", written(ending, [GOOD], ["neu", *NAMES[1:]]), {}) for ending in WRITERS},
    "csv: a field too many": ("d.csv", text(GOOD, [*GOOD, PHONE]).encode(), {}),
    "csv: a field too few": ("d.csv", text(GOOD, GOOD[1:]).encode(), {}),
    "csv: a quote that never ends": ("d.csv", text(GOOD, ['"2', *GOOD[1:]]).encode(), {}),
    "csv: a quote inside": ("d.csv", text(GOOD, ["2", f'"{PHONE}"{PHONE}', *GOOD[2:]]).encode(), {}),
    "csv: another encoding": ("d.csv", text(GOOD, FAILING[3]).encode("gb18030"), {}),
    "csv: said to be another encoding": ("d.csv", text(GOOD).encode() + b"\xff", {"encoding": "gb18030"}),
    "csv: a NUL": ("d.csv", (text(GOOD) + f"{PHONE}\0{NAME}\n").encode(), {}),
    "csv: two files joined": ("d.csv", (text(GOOD) + text(GOOD)).encode(), {}),
    "csv: another delimiter": ("d.csv", text(GOOD).encode(), {"delimiter": ";"}),
    "csv: no positions": ("d.csv", text(GOOD, head=GOOD).encode(), {"names": [*NAMES[:5], "n", "m"]}),
    "csv.gz: cut off": ("d.csv.gz", gzip.compress(text(*FAILING * 50).encode(), 0)[:900], {}),
    "json: cut off": ("d.json", f"[{RECORD}, {RECORD[:-9]}".encode(), {}),
    "json: not an object": ("d.json", f'[{RECORD}, "{PHONE}"]'.encode(), {}),
    "json: a key twice": ("d.json", f'[{RECORD[:-1]}, "x": {{"{PHONE}": 1, "{PHONE}": 2}}}}]'.encode(), {}),
    "json: half a character": ("d.json", ('[{"id": "1", "name": "' + NAME + '\\ud83d"}]').encode(), {}),
    "json: no JSON": ("d.json", text(GOOD).encode(), {}),
    "jsonl: cut off": ("d.jsonl", f"{RECORD}\n{RECORD[:-9]}".encode(), {}),
    "jsonl: half a character": ("d.jsonl", ('{"id": "1", "name": "' + NAME + '\\ud83d"}').encode(), {}),
    "jsonl: an array": ("d.jsonl", f"[{RECORD}]".encode(), {}),
    "xlsx: values beside the header": ("d.xlsx", workbooks.book(workbooks.row(2, BEHIND)), {}),
    "xlsx: no workbook": ("d.xlsx", text(GOOD).encode(), {}),
    "xlsx: no such sheet": ("d.xlsx", written("xlsx"), {"sheet": "gone"}),
    "parquet: damaged": ("d.parquet", PARQUET[:200] + PARQUET[400:], {}),
    "parquet: no Parquet": ("d.parquet", text(GOOD).encode(), {}),
    "bcp: a field too few": ("d.txt", text(GOOD[1:]).encode(), {"format": "bcp", "header": "none"}),
}  # fmt: skip


def contract(kind: str, connection: dict[str, Any], from_: dict[str, Any], **said: Any) -> SourceContract:
    table = {"from": from_, "delivery": "upsert", "key": ["id"], "columns": COLUMNS, "hold_below": 0} | said
    return SourceContract.model_validate(
        {"system": "crm", "kind": kind, "label": {"zh": "源", "en": "Source"}, "owner": "sales_ops"}
        | {"connection": connection, "tables": {"t": table}}
    )


def met(made: SourceContract, place: Path) -> tuple[Settings, str, list[Any]]:
    """Loads twice and checks, whatever comes of it."""
    settings = Settings(config=place, data_dir=place / "data", pseudonym_key=SecretStr(KEY))
    said: list[Any] = []
    for run_id in ("r1", "r2"):
        with open_warehouse(settings) as con:
            try:
                said += [load for _, load in system.load_system(con, made, ["t"], settings, run_id, NOW)]
            except KpiError as error:
                said.append(error)
            con.execute("checkpoint")
    said += list(check.check(made, settings))
    return settings, said_of(*said), said


def is_told(outcome: Any) -> bool:
    """Whether something of the delivery failed as it should: refused by name, or set aside."""
    return not isinstance(outcome, KpiError) and bool(outcome.refused or outcome.quarantined)


def holds_nothing(settings: Settings, said: str, printed: str) -> None:
    words = [*PERSONAL, KEY, PHONE[:3] + "-" + PHONE[3:]]
    found, places, size = search(words, settings.data, said, printed)
    assert found == []
    assert places > 2
    print(f"0 of {len(words)} words in {places} places, {size:,} bytes")


@pytest.mark.parametrize("wrong", FILES)
def test_no_personal_value_of_a_file_that_fails_is_told_or_kept(tmp_path, wrong, capfd, caplog):
    caplog.set_level(logging.INFO)
    name, content, from_ = FILES[wrong]
    folder = tmp_path / "delivered"
    folder.mkdir()
    (folder / name).write_bytes(content)
    made = contract(
        "files", {"path": str(folder)}, {"glob": "d.*", "format": None, **from_} if from_ else {"glob": name}
    )
    settings, said, outcomes = met(made, tmp_path)
    assert is_told(outcomes[0]), outcomes[0]
    holds_nothing(settings, said, "".join(capfd.readouterr()) + caplog.text)


# A query whose failure quotes a value of a record.
QUOTING = {
    "postgresql": ['cast("手机" as integer)', "cast(mail as date)", "name::json", "chr(0) || name"],
    "mariadb": ["extractvalue('<a/>', concat('~', mail))", "(select 1 union select 2 where 手机 <> '')"],
}


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "sqlite"])
def test_no_personal_value_of_a_database_that_fails_is_told_or_kept(tmp_path, kind, capfd, caplog):
    caplog.set_level(logging.INFO)
    quote = "`" if kind == "mariadb" else '"'
    columns = ", ".join(f"{quote}{name}{quote} varchar(99)" for name in NAMES)
    rows = ", ".join("(" + ", ".join(f"'{value}'" for value in row) + ")" for row in FAILING)
    for server in serve(kind, tmp_path / "server"):
        (tmp_path / "server").mkdir(exist_ok=True)
        server.execute(f"create table t ({columns})", f"insert into t values {rows}")
        wrong = [f"select t.id, {said} as n from t" for said in QUOTING.get(kind, [])]
        for number, place in enumerate([{"table": "t"}, *({"query": query} for query in wrong)]):
            said = {"columns": COLUMNS if not number else [COLUMNS[0], COLUMNS[-1]]}
            made = contract("database", {"url": server.url}, {"database": place}, **said)
            settings, spoken, outcomes = met(made, tmp_path / str(number))
            assert isinstance(outcomes[0], KpiError) if number else is_told(outcomes[0]), outcomes[0]
            holds_nothing(settings, spoken, "".join(capfd.readouterr()) + caplog.text)


ANSWERS: dict[str, Any] = {
    "untypable records": [dict(zip(NAMES, row, strict=True)) for row in FAILING],
    "half a character": ('[{"id": "1", "name": "' + NAME + '\\ud83d"}]').encode(),
    "a key twice": f'[{RECORD[:-1]}, "x": {{"{PHONE}": 1, "{PHONE}": 2}}}}]'.encode(),
    "no list": {"person": GOOD},
    "no objects": [GOOD],
    "no JSON": text(GOOD).encode(),
    "other keys": [{"neu": PHONE, "手机": PHONE}],
    "a part of a text": [{"id": "1", "name": {"x": NAME}, "n": "x"}, {"id": "2", "name": [PHONE]}],
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_personal_value_of_an_api_that_fails_is_told_or_kept(tmp_path, answer, capfd, caplog):
    caplog.set_level(logging.INFO)
    with serving(lambda asked: Reply(ANSWERS[answer])) as api:
        made = contract("rest", {"base_url": api.url, "attempts": 1}, {"rest": {"path": "/t"}})
        settings, said, outcomes = met(made, tmp_path)
    assert isinstance(outcomes[0], KpiError) or is_told(outcomes[0])
    holds_nothing(settings, said, "".join(capfd.readouterr()) + caplog.text)


@pytest.mark.parametrize("status", [400, 403, 404, 422, 500])
def test_no_personal_value_that_an_api_quotes_is_told_or_kept(tmp_path, status, capfd, caplog):
    body = {"error": f"no such person: {NAME}", "message": PHONE, "code": MAIL, "errorCode": ID_NUMBER}
    with serving(lambda asked: Reply(body, status)) as api:
        made = contract("rest", {"base_url": api.url, "attempts": 1}, {"rest": {"path": "/t"}})
        settings, said, outcomes = met(made, tmp_path)
    assert isinstance(outcomes[0], KpiError)
    holds_nothing(settings, said, "".join(capfd.readouterr()) + caplog.text)


def test_the_search_finds_what_is_kept_in_the_clear(tmp_path, capfd):
    """Without marks the same records are found in raw, landing and quarantine: the search itself works."""
    (tmp_path / "d.csv").write_bytes(written("csv"))
    clear = [{"name": name, "type": "integer" if name == "n" else "text"} for name in NAMES]
    settings, said, _ = met(contract("files", {"path": str(tmp_path)}, {"glob": "d.csv"}, columns=clear), tmp_path)
    found, _, _ = search(PERSONAL, settings.data, said)
    for word in PERSONAL:
        assert any(place.startswith("landing") and place.endswith(word) for place in found), word
        assert f"warehouse/warehouse.duckdb unpacked: {word}" in found
    assert not [place for place in found if place.startswith("said")], "and no error tells them even so"
