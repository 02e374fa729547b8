"""A value that is not written as its type: parsed exactly or its record set aside; the sum is conserved; never a
silent NULL.

What each writing means was set down by hand in MEANT, and what each type takes of it in TAKEN: no code of the load is
asked. The count is of writings × types × formats.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.extract.conftest import Source
from tests.faults import workbooks

# What a person means by it; None: no number at all.
MEANT: dict[str, str | None] = {
    "1,200.50": "1200.50", "1.200,50": "1200.50", "1 200": "1200", "1'200": "1200", "1_000": "1000",
    "¥5": "5", "5元": "5", "$5": "5", "5%": "0.05", "(5)": "-5", "5-": "-5", "−5": "-5", "－5": "-5", "+5": "5", "--5": "5",
    "１２": "12", "٣": "3", "五": "5", "1e3": "1000", "1E-2": "0.01", "0x10": "16", "1.005": "1.005", "1.50": "1.50",
    "5.": "5", ".5": "0.5", "00012": "12", " 7 ": "7", "\u00a07": "7", "5\u200b": "5", "１，２": "12", "1/2": "0.5",
    "99999999999999999999": "99999999999999999999", "1e400": None, "NaN": None, "Infinity": None, "N/A": None,
    "null": None, "-": None, "true": None, "是": None, "Total": None, "#N/A": None, "1.2.3": None,
}  # fmt: skip
TIMES = [
    "2026-03-01", "2026-3-1", "2026-02-30", "2026/03/01", "01/02/2026", "20260301", "2026年3月1日", "1 March 2026",
    "46083", "0000-00-00", "２０２６-０３-０１", "2026-03-01T00:00:00", "2026-03-01 10:00", "2026-03-01T10:00:00Z",
    "2026-03-01 24:00", "2026-03-01 10:00:00.5", "10:00", "10:00:01.25", "25:00", "10：00", "10:00 AM", "now", "epoch",
]  # fmt: skip
WHOLE = {"+5": "5", "00012": "12", " 7 ": "7", "\u00a07": "7", "46083": "46083", "20260301": "20260301"}
FRACTIONS = WHOLE | {"1.50": "1.50", "5.": "5", ".5": "0.5"}
NOON = dt.datetime(2026, 3, 1)
TAKEN: dict[str, dict[str, Any]] = {
    "integer": {text: int(number) for text, number in WHOLE.items()},
    "decimal(18,2)": {text: Decimal(number) for text, number in FRACTIONS.items()},
    "decimal(18,0)": {text: Decimal(number) for text, number in (WHOLE | {"5.": "5"}).items()},
    "decimal(38,6)": {text: Decimal(n) for text, n in (FRACTIONS | {"1.005": "1.005",
                                                                   "99999999999999999999": "99999999999999999999"}).items()},
    "double": {"99999999999999999999": 1e20, "1e3": 1000.0, "1E-2": 0.01, "1.005": 1.005}
    | {text: float(number) for text, number in FRACTIONS.items()},
    "boolean": {"true": True, "是": True},
    "date": {"2026-03-01": NOON.date(), "2026-3-1": NOON.date(), "2026-03-01T00:00:00": NOON.date()},
    "timestamp": {
        "2026-03-01": NOON, "2026-3-1": NOON, "2026-03-01T00:00:00": NOON,
        "2026-03-01 10:00": NOON.replace(hour=10), "2026-03-01T10:00:00Z": NOON.replace(hour=10),
        "2026-03-01 10:00:00.5": NOON.replace(hour=10, microsecond=500_000),
        "2026-03-01 24:00": dt.datetime(2026, 3, 2),  # as ISO 8601 has it
    },
    "time": {"10:00": dt.time(10), "10:00:01.25": dt.time(10, 0, 1, 250_000)},
    "text": {text: text for text in [*MEANT, *TIMES]},
}  # fmt: skip


def as_csv(values: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("n", "v"), *enumerate(values)])
    return text.getvalue().encode()


def as_lines(values: list[str]) -> bytes:
    return "".join(json.dumps({"n": n, "v": value}) + "\n" for n, value in enumerate(values)).encode()


def as_workbook(values: list[str]) -> bytes:
    rows = "".join(
        workbooks.row(n, workbooks.number(f"A{n}", str(n - 2)), workbooks.text(f"B{n}", value))
        for n, value in enumerate(values, 2)
    )
    header = workbooks.row(1, workbooks.text("A1", "n"), workbooks.text("B1", "v"))
    return workbooks.zipped(workbooks.parts(workbooks.sheet(rows.replace("<t>", '<t xml:space="preserve">'), header)))


FORMATS = {"csv": as_csv, "jsonl": as_lines, "xlsx": as_workbook}


def drifted(place: Path, ending: str, kind: str, values: list[str]) -> tuple[dict[int, Any], dict[int, str]]:
    """What raw holds and what was set aside, both by record number from 0."""
    source = Source(place).columns(n="integer", v=kind)
    source.say(key=[], cursor=None, delivery="append", from_={"glob": f"d.{ending}"})
    source.write(f"d.{ending}", FORMATS[ending](values))
    load = source.load()
    held = dict(source.rows("select n, v from raw_crm.deals"))
    aside = dict(source.rows("select _row_number - 1, json_extract_string(record, '$.v') from quarantine_crm.deals"))
    assert load.loaded + load.quarantined == load.source_rows == len(values)
    assert (load.loaded, load.quarantined) == (len(held), len(aside))
    return held, aside


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("kind", TAKEN)
def test_value_is_parsed_exactly_or_set_aside(tmp_path, ending, kind):
    values = [*MEANT, *TIMES]
    held, aside = drifted(tmp_path, ending, kind, values)
    assert {values[n]: value for n, value in held.items()} == TAKEN[kind]
    assert {values[n] for n in aside} == set(values) - set(TAKEN[kind])
    assert all(values[n] == text for n, text in aside.items()), "what was set aside is what was delivered"
    assert None not in held.values(), "never a silent NULL"


def sum_is_conserved(place: Path, seed: int) -> None:
    rng = random.Random(seed)
    plain = [f"{rng.randint(-(10**6), 10**6)}.{rng.randint(0, 99):02}" for _ in range(200)]
    values = [*plain, *rng.choices([text for text, number in MEANT.items() if number], k=200), *[""] * 20]
    rng.shuffle(values)
    number_of = {text: Decimal(number) for text, number in MEANT.items() if number} | {p: Decimal(p) for p in plain}
    for ending in FORMATS:
        held, aside = drifted(place / ending, ending, "decimal(18,2)", values)
        loaded = sum((value for value in held.values() if value is not None), Decimal(0))
        known = sum((number_of[text] for text in aside.values()), Decimal(0))
        assert loaded + known == sum(number_of[text] for text in values if text), f"seed {seed}, {ending}"
        assert Counter(held.values())[None] == values.count(""), "an empty cell is the only NULL"


def test_sum_of_a_drifted_column_is_conserved(tmp_path):
    sum_is_conserved(tmp_path, 12)


@pytest.mark.faults
def test_sum_of_a_drifted_column_is_conserved_in_thirty_draws(tmp_path):
    for seed in range(30):
        sum_is_conserved(tmp_path / str(seed), seed)


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        (["1", "2"], ["1.5", "2"], ["2.00"]),
        (["10.25"], ["10.255"], []),
        (["5"], ["5,0"], []),
        (["5"], ["5.000"], ["5.00"]),
        (["5"], ["9" * 17], []),
    ],
)
def test_integers_and_scales_that_drift_between_deliveries(tmp_path, before, after, taken):
    """A column that changes its writing from one delivery to the next changes nothing of what was loaded."""
    kind = "integer" if before == ["1", "2"] else "decimal(18,2)"
    source = Source(tmp_path).columns(n="integer", v=kind).say(key=[], cursor=None, delivery="append", hold_below=0)
    for name, values in (("deals_1.csv", before), ("deals_2.csv", after)):
        source.write(name, as_csv(values))
        load = source.load()
    expected = ["2"] if kind == "integer" else taken
    second = source.rows("select cast(v as varchar) from raw_crm.deals where _source_file = 'deals_2.csv'")
    assert [value for (value,) in second] == expected
    assert load.quarantined == len(after) - len(expected)
    first = source.rows("select v from raw_crm.deals where _source_file = 'deals_1.csv' order by n")
    assert [value for (value,) in first] == [Decimal(value) for value in before]
