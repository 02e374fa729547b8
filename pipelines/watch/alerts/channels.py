"""The channels alerts go by: the shape of `kpi_definitions/channels.yml`.

Belongs here: what may stand in it, and a channel's address with its secrets filled in. Does not: sending (outbox.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import quote, urlsplit

from pydantic import Field, StringConstraints

from pipelines import yaml_file
from pipelines.errors import KpiError, did_you_mean
from pipelines.model.company import Person
from pipelines.settings import Settings
from pipelines.shape import Strict
from pipelines.watch.alerts.schemes import MAIL, PLACEHOLDER, address_problem, open_secret, server_problem

FILE = "channels.yml"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Channel(Strict):
    """One way to reach people."""

    address: str = Field(min_length=4, description="Apprise's address of it, secrets as ${NAME}: dingtalk://${TOKEN}")
    server: str | None = Field(
        None, description="another server that answers alike, as https://chat.example.com: a private installation"
    )

    @property
    def scheme(self) -> str:
        return self.address.partition("://")[0].lower()


class Channels(Strict):
    """How owners hear of what was found; a configuration without this file sends nothing."""

    link: str | None = Field(None, description="where people open data/reports/, as https://kpi.example.com/reports")
    repeat_hours: int = Field(4, ge=1, le=168, description="for so long nobody hears of one check twice")
    escalate_hours: int = Field(24, ge=1, le=720, description="what nobody acknowledged by then goes to the deputy")
    acknowledged_days: int = Field(7, ge=1, le=90, description="for so long an acknowledged alert is not repeated")
    stewards: list[str] = Field(
        [], description="who hear of runs that stopped and rules that cannot be run; without it every engineer"
    )
    allowed_hosts: list[str] = Field(
        [], description="hosts, addresses or networks of your own that may be called, also without TLS"
    )
    channels: dict[Name, Channel]


class ChannelsFile(NamedTuple):
    """What channels.yml says, and the file, for errors with a line."""

    said: Channels
    file: yaml_file.YamlFile


def read_channels(folder: Path) -> ChannelsFile | None:
    """channels.yml; None where a configuration has none. Raises KpiErrors where it is wrong."""
    path = folder / FILE
    return ChannelsFile(*yaml_file.read_as(path, Channels)) if path.is_file() else None


def problems(found: ChannelsFile, people: Mapping[str, Person]) -> Iterator[KpiError]:
    """What cannot be, also seen with the people: each with its line."""
    said, file = found
    for name, channel in said.channels.items():
        place = ("channels", name, "address")
        if problem := address_problem(channel.address, said.allowed_hosts) or open_secret(channel.address):
            yield file.error(f"channel {name}: {problem}", place)
        if channel.server and (problem := server_problem(channel.server, said.allowed_hosts)):
            yield file.error(f"channel {name}: {problem}", ("channels", name, "server"))
    for i, steward in enumerate(said.stewards):
        if steward not in people:
            hint = did_you_mean(steward, list(people))
            yield file.error(f"steward {steward} is nobody in people.yml{hint}", ("stewards", i))
    for person in people.values():
        for name in person.channels:
            if name not in said.channels:
                hint = did_you_mean(name, list(said.channels))
                yield file.error(f"{person.id} of people.yml is to hear by {name}, which is no channel{hint}")
            elif said.channels[name].scheme in MAIL and not person.mail:
                yield file.error(f"{person.id} of people.yml is to hear by {name} but has no `mail` there")
    if said.link and urlsplit(said.link).scheme not in ("https", "http"):
        yield file.error("link must begin with https://", ("link",))


def filled_in(channel: Channel, settings: Settings) -> str:
    """The address with its secrets. Raises KpiError naming a variable that is not set."""
    whole = PLACEHOLDER.fullmatch(channel.address) is not None
    authority = re.split(r"[/?#]", PLACEHOLDER.sub(lambda m: "x" * len(m.group()), channel.address).partition("//")[2])
    user_ends = len(channel.address.partition("//")[0]) + 2 + authority[0].rfind("@")

    def value(match: re.Match[str]) -> str:
        found = settings.expand(match.group())
        # A password may hold @ and /; behind it stand host:port, and Slack's token, three parts with / between them.
        return found if whole else quote(found, safe="" if match.start() < user_ends else "/:")

    return PLACEHOLDER.sub(value, channel.address)
