"""Every record of a hostile source is loaded, set aside or a declared duplicate; the count is the generator's own."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.extract.conftest import Source

Row = dict[str, str | None]
NAMES = ("id", "amount", "changed", "note")
AMOUNTS = [
    "1",
    "-0.5",
    "1e3",
    "1,200.50",
    "¥5",
    "N/A",
    "１２",
    "(5)",
    " 7 ",
    "",
    None,
    "99999999999999999999",
    "NaN",
    "0x1F",
    "1_000",
]
CHANGED = ["2026-01-01", "2026-02-30", "01/02/2026", "2026-01-01T10:00:00+08:00", "", None, "yesterday"]
NOTES = ["x", "两\n行", 'a "quoted" word', ",;\t|", "𠮷野家", "🙂", "=1+1", " ", None, "a\r\nb", "\\N", "' or 1=1 --"]


def rows(rng: random.Random) -> list[Row]:
    keys = ["", None, *(f"k{n}" for n in range(12))]
    return [
        {
            "id": rng.choice(keys),
            "amount": rng.choice(AMOUNTS),
            "changed": rng.choice(CHANGED),
            "note": rng.choice(NOTES),
        }
        for _ in range(rng.randint(1, 60))
    ]


def as_csv(records: list[Row], delimiter: str = ",", header: bool = True) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([NAMES] * header + [[row[name] or "" for name in NAMES] for row in records])
    return text.getvalue()


def as_json(records: list[Row]) -> bytes:
    return json.dumps(records, ensure_ascii=False).encode()


def as_lines(records: list[Row]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in records).encode()


def as_parquet(records: list[Row]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({name: pa.array([row[name] for row in records], pa.string()) for name in NAMES}), out)
    return out.getvalue()


def as_workbook(records: list[Row]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(NAMES)
    for row in records:
        book.active.append([row[name] or "-" for name in NAMES])  # a row of empty cells is no record
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def gb18030(records: list[Row]) -> bytes:
    return as_csv(records).encode("gb18030")


SOURCES: dict[str, tuple[str, dict[str, Any], Callable[[list[Row]], bytes]]] = {
    "csv": ("csv", {}, lambda r: as_csv(r).encode()),
    "csv with a byte order mark": ("csv", {}, lambda r: as_csv(r).encode("utf-8-sig")),
    "csv without header": ("csv", {"header": "none"}, lambda r: as_csv(r, header=False).encode()),
    "tsv, zipped": ("tsv.gz", {"delimiter": "\t"}, lambda r: gzip.compress(as_csv(r, "\t").encode())),
    "GB18030": ("csv", {"encoding": "gb18030"}, gb18030),
    "UTF-16": ("csv", {"encoding": "utf-16"}, lambda r: as_csv(r).encode("utf-16")),
    "JSON": ("json", {}, as_json),
    "JSON lines": ("jsonl", {}, as_lines),
    "Parquet": ("parquet", {}, as_parquet),
    "Excel": ("xlsx", {}, as_workbook),
}


def conserves(place: Path, kind: str, seed: int) -> None:
    rng = random.Random(f"{kind} {seed}")
    ending, said, write = SOURCES[kind]
    source = Source(place).columns(id="text", amount="decimal(18,2)", changed="timestamp", note="text")
    delivery = rng.choice(["upsert", "append", "full", "snapshot"])
    keyed = delivery in ("upsert", "snapshot") or rng.random() < 0.5
    source.say(
        delivery=delivery,
        key=["id"] if keyed else [],
        cursor=rng.choice(["changed", None]),
        hold_below=0,
        from_={"glob": f"deals_*.{ending}", "day": "%d", **said},
    )
    delivered = 0
    for day in range(1, rng.randint(2, 4)):
        records = rows(rng)
        source.write(f"deals_0{day}.{ending}", write(records))
        delivered += len(records)
        if delivery != "full" and rng.random() < 0.5:
            source.load(f"r{day}")
    source.load("last")
    ledger = source.rows("select sum(source_rows), sum(loaded + quarantined + duplicates) from loads.ledger")
    # The same records twice under two names count once in the ledger; the generator never makes that.
    assert ledger == [(delivered, delivered)], f"{kind}, seed {seed}"
    aside = source.rows("select count(distinct (_batch_id, _row_number)) from quarantine_crm.deals")
    in_raw = source.rows("select count(*) from raw_crm.deals")
    if not keyed:
        assert in_raw[0][0] + aside[0][0] == delivered, f"{kind}, seed {seed}"
    doubled = source.rows(
        "select id from raw_crm.deals group by id, if(? , _source_file, '') having count(*) > 1".replace(
            "?", str(delivery == "snapshot").lower()
        )
    )
    assert not (keyed and doubled), f"{kind}, seed {seed}"


@pytest.mark.parametrize("kind", SOURCES)
def test_records_are_conserved(tmp_path, kind):
    for seed in range(3):
        conserves(tmp_path / str(seed), kind, seed)


@pytest.mark.faults
@pytest.mark.parametrize("kind", SOURCES)
def test_records_are_conserved_in_fifty_draws(tmp_path, kind):
    for seed in range(50):
        conserves(tmp_path / str(seed), kind, seed)
