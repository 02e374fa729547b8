"""The page people open, drawn from any audience's serving file: data/serving/index.html and those of its folders.

Belongs here: putting the parts into one file of HTML. Does not: the parts. The file loads nothing: style and script are
in it and allowed by their hash, and no style attribute is used, since a policy by hash refuses those. What the first
screen shows is HTML; the rest is packed (payload.py) and drawn when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipelines.publish.markup import TEMPLATES, environment, inlined
from pipelines.publish.page import cube
from pipelines.publish.page.cards import grain_cards
from pipelines.publish.page.data import GRAINS, PageData, opened, read_from, text_time
from pipelines.publish.page.page_boards import board_sections
from pipelines.publish.page.payload import payload
from pipelines.publish.page.quality import by_kpi, failures, loads
from pipelines.publish.page.scorecards import scorecards
from pipelines.publish.words import LEVELS as LEVEL_WORDS
from pipelines.publish.words import QUALITY, STATUS, Words

if TYPE_CHECKING:
    import duckdb

FILE = "index.html"
STYLES = ("page.css", "page_views.css")
SCRIPTS = tuple(
    f"page_{part}.js" for part in ("unpack", "words", "parts", "cards", "chart", "table", "goals", "find", "views")
)


def write_page(
    serving_file: Path,
    folder: Path,
    language: str = "zh",
    addresses: Mapping[str, str] = MappingProxyType({}),
    catalogue: str = "catalogue/",
    names: Mapping[str, Words] = MappingProxyType({}),
) -> Path:
    """Writes FILE into `folder` by rename, for whoever may see what is in the serving file.

    `language` is shown first, `addresses` and `names` are owners' (owners.py), `catalogue` is the way to the
    catalogue's folder from there. Raises KpiError as data.read does.
    """
    path, aside = folder / FILE, folder / f".{FILE}.next"
    folder.mkdir(parents=True, exist_ok=True)
    with opened(serving_file) as con:
        text = render(con, read_from(con), language, addresses, catalogue, names)
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    return path


def render(
    con: duckdb.DuckDBPyConnection,
    data: PageData,
    language: str = "zh",
    addresses: Mapping[str, str] = MappingProxyType({}),
    catalogue: str = "catalogue/",
    names: Mapping[str, Words] = MappingProxyType({}),
    cells: Mapping[str, int] = MappingProxyType(cube.CELLS),
) -> str:
    """The page as text."""
    drawn = environment(
        STATUS=STATUS, QUALITY=QUALITY, LEVELS=LEVEL_WORDS, called=lambda who: names.get(who, Words(who, who))
    )
    boards = board_sections(con, catalogue)
    style, style_hash = inlined(*STYLES, *_of_boards(boards))
    script, script_hash = inlined(*SCRIPTS)
    grains = {grain: grain_cards(data, grain, addresses) for grain in GRAINS if data.periods[grain]}
    return drawn.get_template("page.html.j2").render(
        language=language,
        top=data.top,
        publication=data.publication | {"published_at": text_time(data.publication["published_at"])},
        grains=grains,
        first_grain=_first_grain(grains),
        scorecards=scorecards(data),
        boards=boards,
        failures=failures(data, addresses),
        kpis=by_kpi(data, addresses),
        checks=data.checks,
        loads=loads(data),
        catalogue=catalogue,
        style=style,
        script=script,
        style_hash=style_hash,
        script_hash=script_hash,
        payload=payload(con, data, addresses, names, cells),
    )


def _of_boards(boards: list[Any]) -> tuple[str, ...]:
    return ("boards.css",) if boards and (TEMPLATES / "boards.css").is_file() else ()


def _first_grain(grains: dict[str, dict[str, Any]]) -> str:
    """The month, unless only another grain has goals."""
    return next((grain for grain, shown in grains.items() if shown["goals"]), next(iter(grains), "month"))
