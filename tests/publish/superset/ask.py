"""Runs inside Superset: asks every chart for its rows, as people of several roles; prints JSON. See test_superset.py."""

from __future__ import annotations

import json
from typing import Any

PEOPLE = {"boss": "KPI lanhai", "east": "KPI region_east", "guest": "Gamma"}


def main() -> None:
    from superset.app import create_app

    with create_app().app_context():
        print("\n" + json.dumps(answers()))


def answers() -> dict[str, dict[str, Any]]:
    """By person and chart: how many rows, or the error; under `units` whose rows they were."""
    from flask import g
    from superset import db, security_manager
    from superset.models.slice import Slice

    found: dict[str, dict[str, Any]] = {}
    for name, role in PEOPLE.items():
        roles = [security_manager.find_role(role)]
        g.user = security_manager.find_user(name) or security_manager.add_user(
            name, name, name, f"{name}@x.y", roles, name
        )
        said: dict[str, Any] = {"units": []}
        for chart in db.session.query(Slice):
            result = chart.datasource.query(_query(chart))
            said[chart.slice_name] = result.error_message or len(result.df)
            for column in ("unit_en", "owner_id"):
                if column in result.df:
                    said["units"] = sorted({*said["units"], *result.df[column].dropna()})
        found[name] = said
    return found


def _query(chart: Any) -> dict[str, Any]:
    said = json.loads(chart.params)
    columns = said.get("all_columns") or [*said.get("groupby", []), *([said["x_axis"]] if said.get("x_axis") else [])]
    metrics = said.get("metrics") or ([said["metric"]] if said.get("metric") else None)
    where = " and ".join(f"({one['sqlExpression']})" for one in said["adhoc_filters"])
    return {
        "columns": columns, "metrics": metrics, "groupby": columns if metrics else [], "filter": [],
        "is_timeseries": False, "granularity": None, "from_dttm": None, "to_dttm": None, "row_limit": 1000,
        "extras": {"where": where} if where else {}, "orderby": [],
    }  # fmt: skip


if __name__ == "__main__":
    main()
