"""The keys promised to BI are the keys the dbt models say and test."""

from __future__ import annotations

import yaml

from pipelines.publish.tables import KEYS, REQUIRED
from pipelines.settings import DBT_PROJECT


def test_keys_are_those_of_the_dbt_models() -> None:
    said = {
        model["name"]: tuple(model["config"]["meta"]["key"])
        for path in (DBT_PROJECT / "models" / "5_published").glob("*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    }
    assert set(REQUIRED) <= set(said)
    assert {name: set(key) for name, key in said.items()} == {name: set(KEYS[name]) for name in said}
