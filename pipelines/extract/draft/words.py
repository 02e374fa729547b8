"""Names of columns matched to the fields of entities, by the words of words.yml.

Belongs here: folding names, the words of a field, which column gets which field, which entity a table is.
Does not: what the columns hold (types.py, keys.py), words of values (values.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipelines import yaml_file
from pipelines.model.entities import Entity, read_entities

FILE = Path(__file__).with_name("words.yml")
LIKE = 0.82  # from here on two names are alike: 客户名 and 客户名称 are 0.86, 商机名称 and 商机编号 0.5


class Match(NamedTuple):
    """The field a column seems to be; `why` is empty where it is sure."""

    field: str
    why: str


@cache
def vocabulary() -> dict[str, Any]:
    """words.yml as it stands."""
    data: dict[str, Any] = yaml_file.read(FILE).data
    return data


def fold(name: str) -> str:
    """`Close_Date`, `CloseDate` and ` close date ` as `close date`; `金额（元）` as `金额`; `Size__c` as `size`."""
    text = unicodedata.normalize("NFKC", name).removesuffix("__c")
    text = re.sub(r"[\(\[{（【<][^()\[\]{}（）【】<>]*[\)\]}）】>]", " ", text) if text[:1] not in "([{（【<" else text
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.sub(r"[^\w]|_", " ", text).casefold().split())


def compact(name: str) -> str:
    """The folded name without blanks; of a name that is all brackets, itself."""
    return fold(name).replace(" ", "")


@cache
def words_of(entity_name: str) -> dict[str, dict[str, bool]]:
    """Per field of an entity its words, compacted, and whether each is sure; a sure one wins over a doubtful one."""
    entity, said = read_entities()[entity_name], vocabulary()
    own = said.get(entity_name, {})
    found: dict[str, dict[str, bool]] = {}
    for column in entity.delivered:
        words = {compact(column.name): True}
        listed = [*own.get(column.name, []), *said["any"].get(column.name, [])]
        for word in [*listed, *_reference_words(column.name, entity)]:
            words.setdefault(compact(word), not word.endswith("~"))
        found[column.name] = words
    return found


@cache
def _referred() -> dict[str, str]:
    """customer_id → customers: the fields that are the whole key of an entity."""
    return {entity.key[0]: entity.name for entity in read_entities().values() if len(entity.key) == 1} | {
        "employee_id": "employees",
        "unit_id": "org_units",
    }


def _reference_words(field: str, entity: Entity) -> list[str]:
    """Words of a field that is the key of an entity, here or where it is referred to."""
    home = _referred().get(field)
    if home is None:
        return []
    said = vocabulary()
    names, keys = said["names"].get(home, []), said["key"]
    words = [f"{name} {key}" for name in names for key in keys]
    is_own = home == entity.name
    # 客户名称 beside no 客户编号 may be what the customers are known by.
    words += [f"{name}~" for name in names] if is_own else names
    words += [f"{name} {last}~" for name in names for last in ("name", "名称")] if not is_own else []
    return words


def match(names: Sequence[str], entity: Entity, fits: Sequence[frozenset[str]], alike: bool = True) -> dict[int, Match]:
    """Which column (by place) is which field; a field goes to one column, the surest and then the first.

    `fits` are the types of entity fields that each column's values can fill. Sure words come first, then doubtful
    ones, then names that are alike (which takes longer; `alike` = False leaves them out).
    """
    claims = sorted(_claims(names, entity, fits, alike), key=lambda claim: (-claim[0], claim[1], claim[2]))
    taken: dict[int, Match] = {}
    for score, place, field, why in claims:
        if place not in taken and field not in {match.field for match in taken.values()}:
            taken[place] = Match(field, why if score < 1 else "")
    return taken


def _claims(
    names: Sequence[str], entity: Entity, fits: Sequence[frozenset[str]], alike: bool
) -> list[tuple[float, int, str, str]]:
    claims = []
    bare_keys = {compact(word) for word in vocabulary()["key"]}
    prefixes = sorted({compact(word) for word in vocabulary()["names"].get(entity.name, [])}, key=len, reverse=True)
    for place, name in enumerate(names):
        said = compact(name) or name
        bare = next((said.removeprefix(p) for p in prefixes if said.startswith(p) and len(said) > len(p)), said)
        for field, words in words_of(entity.name).items():
            if _kind(entity.type_of(field)) not in fits[place]:
                continue
            if (score := _score(said, bare, words)) is not None:
                claims.append((score, place, field, f"{name} may be {field} or something else"))
            elif alike and said not in bare_keys and (best := _likeness(said, words)) >= LIKE:
                claims.append((best / 2, place, field, f"{name} is like a word for {field}"))
    return claims


def _score(said: str, bare: str, words: dict[str, bool]) -> float | None:
    if said in words:
        return 1.0 if words[said] else 0.8
    if bare in words:  # "deal amount" of deals is its amount
        return 0.95 + 0.05 * words[bare] if words[bare] else 0.7
    return None


def _likeness(said: str, words: dict[str, bool]) -> float:
    best = 0.0
    for word in words:
        if abs(len(word) - len(said)) <= max(len(said), len(word)) * 0.3 and len(said) > 2:
            matcher = SequenceMatcher(None, said, word, autojunk=False)
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
                best = max(best, matcher.ratio())
    return best


def _kind(entity_type: str | None) -> str:
    """text, whole, number, date, timestamp or boolean."""
    said = entity_type or "string"
    if said.startswith("decimal"):
        return "number"
    return {"string": "text", "int": "whole", "bigint": "whole"}.get(said, said)


def propose(
    names: Sequence[str], fits: Sequence[frozenset[str]], called: Sequence[str], unique: Sequence[bool]
) -> list[tuple[float, str]]:
    """Entities by how well they fit, best first; `called` are names of the file and its table.

    A field that many entities have says little, so each counts the less the more have it; a key that is unique in the
    file, and the entity's own name, count most.
    """
    entities = [entity for entity in read_entities().values() if not entity.is_derived]
    shared = {f: sum(f in words_of(e.name) for e in entities) for e in entities for f in words_of(e.name)}
    ranked = []
    for entity in entities:
        found = match(names, entity, fits, alike=False)
        score = sum((0.4 if m.why else 1.0) / shared[m.field] ** 0.5 for m in found.values())
        score += _key_score(entity, found, unique)
        score += _name_score(entity.name, called)
        ranked.append((round(score / (1 + 0.02 * len(names)), 3), entity.name))
    return sorted(ranked, key=lambda one: (-one[0], one[1]))


def _key_score(entity: Entity, found: dict[int, Match], unique: Sequence[bool]) -> float:
    places = {m.field: place for place, m in found.items()}
    if not all(field in places for field in entity.key):
        return -0.5
    if len(entity.key) == 1:
        return 2.0 if unique[places[entity.key[0]]] else -1.0
    # One row a stay, a line, a day: the first column of such a key comes again and again.
    return 1.5 if not any(unique[places[field]] for field in entity.key) else -0.5


def _name_score(entity_name: str, called: Sequence[str]) -> float:
    words = {compact(word) for word in [entity_name, *vocabulary()["names"].get(entity_name, [])]}
    words |= {f"{word}s" for word in words if word.isascii()}
    said = {compact(name) for name in called}
    return 1.5 if said & words else 0.7 if any(len(w) > 1 and w in name for w in words for name in said) else 0.0
