"""The goals of the companies: the same target for every unit of a level, so that each goal is one file without a unit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import yaml

from tests.kpis.catalogue.counting import MONTHS, REP, Span

OF_COMPANY = {"month": 60_000, "quarter": 240_000, "year": 480_000}
SHARE = {"company": 1, "region": 2, "department": 4, "team": 5, "rep": 8}
YEAR = 2026


def signed(span: Span, level: str) -> Fraction | None:
    """The target of contract value signed."""
    return Fraction(OF_COMPANY[span.grain], SHARE[level]) if span.first.year == YEAR else None


def write(folder: Path) -> None:
    """A goal for contract value signed for each grain and level."""
    folder.mkdir(parents=True, exist_ok=True)
    for grain in MONTHS:
        for level in REP:
            name = f"signed_by_{level}_a_{grain}"
            said = {
                "id": name, "label": {"zh": name, "en": name}, "kpi": "won_amount", "scope": {"level": level},
                "period": {"grain": grain, "from": date(YEAR, 1, 1), "to": date(YEAR, 12, 31)},
                "target": {"value": OF_COMPANY[grain] // SHARE[level]}, "owner": "vp_sales",
            }  # fmt: skip
            (folder / f"{name}.yml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
