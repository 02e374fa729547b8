"""A pack as a configuration of its own, on the sample company: what `kpi run --pack finance` runs.

Belongs here: the files of that folder. Does not: the shape of a pack (pack.py), what the sample company does
(extract/demo/sample/). The folder is one to copy: whoever has a CRM of their own changes sources/ and keeps the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.demo.sample import BUSINESS_DATE, contract
from pipelines.model.company import read_business_goals, read_people
from pipelines.model.kpi.catalogue import SHIPPED, read_kpis
from pipelines.model.pack import Pack, read_packs

HEAD = "# Written by `kpi run --pack {pack}`, which writes it again: copy the folder before you change it.\n"
COMPANY = {
    "name": {"zh": "样本公司", "en": "Sample Company"},
    "currency": "CNY",
    "time_zone": "Asia/Shanghai",
    "holidays": "CN",
    "business_date": BUSINESS_DATE,
}


def read_pack(name: str) -> Pack:
    """A pack of the shipped catalogue. Raises KpiError where there is none of that name."""
    packs = read_packs(SHIPPED)
    if name not in packs:
        raise KpiError(
            f"there is no pack {name}{did_you_mean(name, list(packs))}",
            file=SHIPPED / "packs",
            next_step=f"take one of {', '.join(packs)}",
        )
    return packs[name].pack


def write(pack: Pack, folder: Path) -> list[str]:
    """Makes `folder` the configuration of a pack; other files in it stay. Returns the paths that changed."""
    wanted = texts(pack)
    changed = []
    (folder / "expectations").mkdir(parents=True, exist_ok=True)
    for path, text in wanted.items():
        target = folder / path
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def texts(pack: Pack) -> dict[str, str]:
    """Every file of the configuration by its path: the pack's KPIs and guardrails, and whom and what they name."""
    catalogue = sorted({*pack.kpis, *pack.guardrails.values()})
    goals = read_business_goals(SHIPPED)
    kpis = read_kpis(SHIPPED / "none_of_its_own", catalogue)
    said: dict[str, dict[str, Any]] = {
        "company": COMPANY | {"catalogue": catalogue, "packs": [pack.id]},
        "people": {
            "people": [
                person.model_dump(include={"id", "name", "language", "roles"}, mode="json")
                for person in read_people(SHIPPED).values()
            ]
        },
        "business_goals": {
            "business_goals": [
                goal.model_dump(mode="json") | {"kpis": [kpi for kpi in goal.kpis if kpi in kpis]}
                for goal in goals.values()
                if any(file.kpi.business_goal == goal.id for file in kpis.values())
            ]
        },
    }
    head = HEAD.format(pack=pack.id)
    files = {f"kpi_definitions/{name}.yml": head + _yaml(data) for name, data in said.items()}
    return files | {"sources/sample.yml": contract.text()}


def _yaml(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=160)
