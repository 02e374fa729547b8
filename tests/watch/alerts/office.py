"""Who works there and by which channels they hear: the small part of a configuration that alerts read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from pipelines.model.company import read_people
from pipelines.settings import Settings
from pipelines.watch.alerts import outbox, record
from pipelines.watch.alerts.channels import Channels, read_channels
from pipelines.watch.alerts.history import Event, Finding, State, observe

ZONE = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 3, 31, 4, tzinfo=dt.UTC)  # 12:00 in Shanghai
HOUR = dt.timedelta(hours=1)
PEOPLE = [
    {
        "id": "zhou",
        "name": {"zh": "周文", "en": "Zhou Wen"},
        "language": "zh",
        "deputy": "lee",
        "channels": ["chat"],
        "mail": "zhou@example.com",
    },
    {"id": "lee", "name": "Lee", "language": "en", "manager": "boss", "channels": ["chat"], "mail": "lee@example.com"},
    {"id": "boss", "name": "Boss", "channels": [], "roles": ["engineer"]},
]


def finding(owner: str = "zhou", check: str = "has_owner", **said: Any) -> Finding:
    text = {"en": f"2 rows break {check}.", "zh": f"2 行不符合 {check}。"}
    return Finding(**{"owner": owner, "table": "raw_crm.deals", "check": check, "severity": "critical",
                      "failed_rows": 2, "text": text, "fix_list": None} | said)  # fmt: skip


class Office:
    def __init__(
        self, folder: Path, people: Sequence[dict[str, Any]] = PEOPLE, sender: outbox.Sender | None = None
    ) -> None:
        self.folder, self.sender = folder, sender
        (folder / "sources").mkdir(parents=True)
        (folder / "kpi_definitions").mkdir()
        self.write("company.yml", {"name": {"zh": "司", "en": "Co"}, "currency": "CNY", "time_zone": str(ZONE)})
        self.people(people)
        self.settings = Settings(config=folder, data_dir=folder / "data")

    def write(self, name: str, said: dict[str, Any]) -> Path:
        path = self.folder / "kpi_definitions" / name
        path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    def people(self, people: Sequence[dict[str, Any]]) -> None:
        self.write("people.yml", {"people": list(people)})

    def channels(self, channels: dict[str, Any], **said: Any) -> Path:
        return self.write("channels.yml", {"allowed_hosts": ["127.0.0.1"], "channels": channels} | said)

    @property
    def said(self) -> Channels:
        found = read_channels(self.settings.kpi_definitions)
        assert found
        return found.said

    def finds(self, *findings: Finding, at: dt.datetime = NOON, judged: Sequence[str] = ("raw_crm.deals",)) -> State:
        """What a run that ends at `at` puts on record."""

        def derive(state: State) -> list[Event]:
            return observe(state, findings, set(judged), at)

        return record.append(self.settings, derive)

    def delivers(self, at: dt.datetime = NOON) -> outbox.Delivered:
        people = read_people(self.settings.kpi_definitions)
        return outbox.deliver(self.settings, people, self.said, at, ZONE, self.sender)

    @property
    def state(self) -> State:
        return record.read(self.settings)
