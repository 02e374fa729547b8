"""All that the page's script draws from, as one packed text: who, what, when, and the figures of every unit.

Belongs here: the names of the parts. Does not: their form (pack.py), the figures (cube.py, goals.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipelines.publish import format as fmt
from pipelines.publish.owners import link
from pipelines.publish.page import cube, goals
from pipelines.publish.page.cards import changing_held
from pipelines.publish.page.data import CARD, LEVELS, PageData
from pipelines.publish.page.pack import Columns
from pipelines.publish.words import AIMS, CADENCES, QUALITY, STATUS, WORDS, Words, plain
from pipelines.publish.words import LEVELS as LEVEL_WORDS

if TYPE_CHECKING:
    import duckdb


def payload(
    con: duckdb.DuckDBPyConnection,
    data: PageData,
    addresses: Mapping[str, str],
    names: Mapping[str, Words],
    cells: Mapping[str, int] = MappingProxyType(cube.CELLS),
) -> str:
    """The packed text; templates/page_unpack.js says what is in it by reading it."""
    digits, blocks = cube.read(con, data, cells)
    columns = Columns()
    for grain, block in blocks.items():
        for part in ("series", "cells", "goals"):
            for name, numbers in getattr(block, part).items():
                columns.add(f"{grain}.{part}.{name}", numbers)
    places = {unit: at for at, unit in enumerate(data.units)}
    return columns.packed(
        {
            "asOf": str(data.publication["as_of_date"]),
            "kpis": [_kpi(row, digits[kpi], addresses) for kpi, row in data.kpis.items()],
            "units": [
                {"id": u.id, **u.label._asdict(), "level": u.level, "up": places.get(u.parent or "", -1)}
                for u in data.units.values()
            ],
            "levels": [{"id": level, **LEVEL_WORDS[level]._asdict()} for level in LEVELS],
            "grains": {grain: _grain(data, grain, block) for grain, block in blocks.items()},
            "statuses": [{"id": key, **words._asdict()} for key, words in STATUS.items()],
            "qualities": [{"id": key, **QUALITY[key]._asdict()} for key in cube.QUALITIES],
            "aims": [{"id": key, **words._asdict()} for key, words in AIMS.items()],
            "words": {key: words._asdict() for key, words in WORDS.items()},
            "held": _held(data),
            "people": {who: names[who]._asdict() for who in sorted(_owners(data)) if who in names},
            "feedback": _feedback(data, places),
            **goals.read(con, data),
        }
    )


def _kpi(row: dict[str, Any], digits: int, addresses: Mapping[str, str]) -> dict[str, Any]:
    mail = addresses.get(row["owner"])
    return {
        "id": row["kpi_id"], "zh": row["label_zh"], "en": row["label_en"], "unit": row["unit"],
        "way": row["direction"], "digits": digits, "aim": row["business_goal"], "owner": row["owner"],
        "steward": row["steward"], "formula": row["formula"], "version": row["definition_version"],
        "says": Words(row["description_zh"], row["description_en"])._asdict() if row["description_en"] else None,
        "cadence": CADENCES.get(str(row["cadence"]), plain(str(row["cadence"])))._asdict(),
        "mail": mail and link(mail, f"{row['label_zh']} · {row['label_en']}"),
    }  # fmt: skip


def _owners(data: PageData) -> set[str]:
    return {row[role] for row in data.kpis.values() for role in ("owner", "steward") if row[role]}


def _grain(data: PageData, grain: str, block: cube.Block) -> dict[str, Any]:
    return {
        "periods": [
            {**fmt.period(grain, start)._asdict(), "start": str(start), "short": fmt.short_period(grain, start)}
            for start in data.periods[grain]
        ],
        "depth": block.depth,
        "card": CARD[grain],
        "partial": any(row["is_partial"] for key, row in data.values.items() if key[1:] == (grain, data.newest(grain))),
    }


def _held(data: PageData) -> list[dict[str, Any]]:
    """What the newest figures of the whole company would be with the rows that are set aside."""
    return [
        {"kpi": kpi, "grain": grain, **said._asdict()}
        for grain, starts in data.periods.items()
        for kpi in data.kpis
        if starts and (said := changing_held(data, kpi, grain))
    ]


def _feedback(data: PageData, places: Mapping[str, int]) -> list[dict[str, Any]]:
    """What people said of the newest periods."""
    return [
        {"kpi": row["kpi_id"], "grain": row["grain"], "unit": places[row["unit_id"]], "said": row["said"],
         "author": row["author"]}
        for row in data.feedback
        if row["unit_id"] in places and data.periods.get(row["grain"])
        and row["period_start"] == data.newest(row["grain"])
    ]  # fmt: skip
