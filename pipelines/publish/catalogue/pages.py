"""The catalogue drawn and written: data/serving/catalogue/, only where what it is drawn from has changed.

Belongs here: what goes onto which page, and the mark that says whether anything changed. Does not: gathering
(content.py), words, looks (templates/catalogue_*).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.model.entities import FOLDER as ENTITIES
from pipelines.publish.catalogue import content, words
from pipelines.publish.catalogue.content import Aim, Catalogue, KpiPage
from pipelines.publish.definitions_hash import definitions_hash
from pipelines.publish.markup import TEMPLATES, environment, inlined
from pipelines.publish.words import CADENCES, LEVELS, STATUS, plain
from pipelines.settings import Settings

NAME = "catalogue"
MARK = ".definitions"  # beside the pages: what they were drawn from
HERE = Path(__file__).parent


class Written(NamedTuple):
    """Where the catalogue stands, and how many pages were written; 0 where nothing had changed."""

    path: Path
    pages: int


def write_catalogue(settings: Settings, language: str = "zh") -> Written:
    """Writes the pages that differ, removes those of what is gone. Raises KpiErrors for unsound definitions."""
    folder = settings.serving / NAME
    index, mark = folder / "index.html", folder / MARK
    now = fingerprint(settings, language)
    if index.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == now:
        return Written(index, 0)
    written, keep = 0, {index, mark}
    mark.unlink(missing_ok=True)  # stopped half way, the next run draws them all again
    for path, text in draw(content.read(settings), now, language):
        target = folder / path
        keep.add(target)
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.next")
        aside.write_text(text, encoding="utf-8")
        aside.replace(target)
        written += 1
    for left in folder.rglob("*.html"):
        if left not in keep:
            left.unlink()
    mark.write_text(now, encoding="utf-8")
    return Written(index, written)


def fingerprint(settings: Settings, language: str) -> str:
    """A hash over all the pages are drawn from: what people wrote, the dictionary, compiled SQL, and this code."""
    digest = hashlib.sha256(f"{definitions_hash(settings)} {language}".encode())
    folders = [(ENTITIES, "*.yml"), (settings.compiled, "*.sql"), (TEMPLATES, "*"), (HERE, "*.py")]
    for folder, pattern in folders:
        for path in sorted(path for path in folder.rglob(pattern) if path.is_file()):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def draw(catalogue: Catalogue, mark: str, language: str = "zh") -> Iterator[tuple[str, str]]:
    """Every page by its path below catalogue/."""
    drawn = environment(
        words.WORDS, LEVELS=LEVELS, STATUS=STATUS, CADENCES=CADENCES, UNITS=words.UNITS, DIRECTIONS=words.DIRECTIONS,
        GRAINS=words.GRAINS, given_table=content.given_table, percent=_percent,
    )  # fmt: skip
    style, style_hash = inlined("page.css", "catalogue.css")
    script, script_hash = inlined("catalogue.js")
    frame = {
        "language": language, "style": style, "style_hash": style_hash, "script": script, "script_hash": script_hash,
    }  # fmt: skip
    shared = {
        "company": catalogue.company, "kpis": catalogue.kpis, "entities": catalogue.entities, "mark": mark[:12],
        "by_goal": list(_by_goal(catalogue)),
    }  # fmt: skip

    def page(template: str, root: str, one: Any = None) -> str:
        return drawn.get_template(f"catalogue_{template}.html.j2").render(
            one=one, page=shared | {"root": root}, **frame
        )

    yield "index.html", page("index", "")
    for kpi_id, kpi in catalogue.kpis.items():
        yield f"kpis/{kpi_id}.html", page("kpi", "../", kpi)
    for name, entity in catalogue.entities.items():
        yield f"entities/{name}.html", page("entity", "../", entity)


def _by_goal(catalogue: Catalogue) -> Iterator[tuple[Aim, list[KpiPage]]]:
    """The KPIs under the goal of the business they serve, in the order of the goals."""
    for goal_id in dict.fromkeys([*catalogue.aims, *(one.kpi.business_goal for one in catalogue.kpis.values())]):
        some = [one for one in catalogue.kpis.values() if one.kpi.business_goal == goal_id]
        if some:
            yield catalogue.aims.get(goal_id) or Aim(plain(goal_id)), some


def _percent(share: Decimal) -> str:
    return f"{share * 100:.0f}%"
