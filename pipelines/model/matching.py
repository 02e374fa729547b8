"""How customers of several systems are found to be one: the shape of `kpi_definitions/matching.yml`.

Belongs here: the rules as people write them. Does not: the SQL they become (compiler/links.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, did_you_mean
from pipelines.shape import Strict

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Step = Literal["width", "case", "company_suffix", "punctuation", "blanks", "digits"]
RESERVED = ("master", "link", "same_key")  # what customer_links.rule says where no rule of the file decided


class Rule(Strict):
    """Two customers are one where all fields in `match` agree after `normalise`; an empty field agrees with nothing."""

    id: Name
    match: list[Name] = Field(min_length=1, description="fields of customers, the company's own (x_…) included")
    normalise: list[Step] = Field(
        default_factory=list,
        description="before comparing: full width to half, capitals to small, Co., Ltd. and 有限公司 off the end, "
        "without punctuation, without blanks, digits only; always in this order",
    )
    confidence: float = Field(ge=0, le=1, description="how sure a link by this rule is; told, not computed with")


class Link(Strict):
    """One key linked by hand; wins over every rule."""

    system: Name
    key: str = Field(min_length=1, description="the customer's key in that system")
    customer_id: str = Field(min_length=1, description="the customer's key in the master system")


class Matching(Strict):
    """Whose customers are the canonical ones, and how those of other systems are linked to them."""

    master: Name = Field(description="system whose customers are the canonical ones")
    rules: list[Rule] = Field(
        default_factory=list, description="in order: the first that finds exactly one customer links"
    )
    links: list[Link] = Field(default_factory=list, description="kept by hand")
    keys_of: dict[Name, Name] = Field(
        default_factory=dict,
        description="system: system whose customer keys its facts carry, where it has no customers of its own",
    )

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Matching:
        ids = [rule.id for rule in self.rules]
        if repeated := next((i for i in ids if ids.count(i) > 1), None):
            raise ValueError(f"rule {repeated} stands here twice")
        if taken := next((i for i in ids if i in RESERVED), None):
            raise ValueError(f"a rule cannot be called {taken}: customer_links says that where no rule decided")
        keys = [(link.system, link.key) for link in self.links]
        if len(set(keys)) < len(keys):
            raise ValueError("two links are of the same key in the same system")
        if self.master in {link.system for link in self.links}:
            raise ValueError(f"a link is of a key in {self.master}, whose customers are the canonical ones")
        return self


class MatchingFile(NamedTuple):
    """What matching.yml says, and the file, for errors with a line."""

    matching: Matching
    file: yaml_file.YamlFile


def read_matching(folder: Path) -> MatchingFile | None:
    """The rules of `matching.yml`; None where a configuration has none. Raises KpiErrors where it is wrong."""
    path = folder / "matching.yml"
    return MatchingFile(*yaml_file.read_as(path, Matching)) if path.is_file() else None


def problems(said: MatchingFile, systems: list[str], fields: list[str]) -> list[KpiError]:
    """What cannot be, seen with the rest of the configuration: `systems` feed customers, `fields` are a customer's.

    Nothing is asked of the file where fewer than two systems feed customers: there is nothing to match.
    """
    matching, file = said
    if len(systems) < 2:
        return []
    errors = []
    if matching.master not in systems:
        hint = did_you_mean(matching.master, systems)
        errors.append(
            file.error(
                f"master {matching.master} is no enabled system that feeds customers{hint}",
                ("master",),
                f"name one of {', '.join(systems)}",
            )
        )
    for i, rule in enumerate(matching.rules):
        for field in rule.match:
            if field not in fields and not field.startswith("x_"):
                hint = did_you_mean(field, fields)
                errors.append(file.error(f"customers have no field {field}{hint}", ("rules", i, "match")))
    for i, link in enumerate(matching.links):
        if link.system not in systems:
            hint = did_you_mean(link.system, systems)
            errors.append(file.error(f"system {link.system} feeds no customers{hint}", ("links", i, "system")))
    for system, other in matching.keys_of.items():
        if other not in systems:
            hint = did_you_mean(other, systems)
            errors.append(file.error(f"system {other} feeds no customers{hint}", ("keys_of", system)))
    return errors
