"""Imports a bundle into the Superset whose environment runs this: `python apply.py kpi.zip`; twice is the same as once.

Belongs here: what needs Superset itself. Does not: what is in the bundle. It stands alone: Superset has an environment
of its own, in which nothing of KPI Warehouse is installed. KPI_SUPERSET_URI replaces the bundle's address of the data
(for PostgreSQL with its log-in, which no bundle holds).
"""

from __future__ import annotations

import os
import sys
import zipfile
from typing import Any

import yaml


def main(path: str) -> None:
    from superset.app import create_app

    with create_app().app_context():
        counted = apply(path)
    print(", ".join(f"{count} {what}" for what, count in counted.items()))


def apply(path: str) -> dict[str, int]:
    """Imports everything, then roles and row filters; counts of what is there then. In Superset's app context."""
    from flask import g
    from superset import db, security_manager
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    with zipfile.ZipFile(path) as bundle:
        files = {name.split("/", 1)[1]: bundle.read(name).decode() for name in bundle.namelist()}
    said = yaml.safe_load(files.pop("readers.yaml"))
    if address := os.environ.get("KPI_SUPERSET_URI"):
        (name,) = [one for one in files if one.startswith("databases/")]
        files[name] = yaml.safe_dump(yaml.safe_load(files[name]) | {"sqlalchemy_uri": address})
    g.user = security_manager.find_user(os.environ.get("KPI_SUPERSET_USER", "admin"))
    # Not the import of dashboards: that one leaves charts and datasets that are there as they are.
    ImportAssetsCommand(files).run()
    ids = [yaml.safe_load(text)["uuid"] for name, text in files.items() if name.startswith("datasets/")]
    _readers(said, ids)
    db.session.commit()
    return _counted()


def _readers(said: dict[str, Any], ids: list[str]) -> None:
    """The roles of the bundle, each with its row filters; filters of ours that the bundle has no longer go."""
    from superset import db, security_manager
    from superset.connectors.sqla.models import RowLevelSecurityFilter, SqlaTable
    from superset.utils.core import RowLevelSecurityFilterType

    datasets = {one.table_name: one for one in db.session.query(SqlaTable) if str(one.uuid) in ids}
    suffix = next(iter(datasets.values())).database.database_name
    basis = security_manager.find_role("Gamma").permissions
    roles = {}
    for one in said["roles"]:
        role = security_manager.find_role(one["name"]) or security_manager.add_role(one["name"])
        opened = [
            security_manager.add_permission_view_menu("datasource_access", dataset.perm)
            for dataset in datasets.values()
        ]
        role.permissions = list({*role.permissions, *basis, *opened})
        roles[one["name"]] = role
    wanted: dict[str, tuple[str, str, list[Any], str]] = {}
    everybody = [*roles.values(), security_manager.find_role("Admin")]
    for name in said["hidden"]:
        wanted[f"KPI nobody else: {name} ({suffix})"] = (RowLevelSecurityFilterType.BASE, "1 = 0", everybody, name)
    for one in said["roles"]:
        for name, clause in one.get("rows", {}).items():
            key = f"{one['name']}: {name} ({suffix})"
            wanted[key] = (RowLevelSecurityFilterType.REGULAR, clause, [roles[one["name"]]], name)
    there = {rule.name: rule for rule in db.session.query(RowLevelSecurityFilter) if rule.name.startswith("KPI ")}
    for key, (kind, clause, for_roles, name) in wanted.items():
        rule = there.get(key) or RowLevelSecurityFilter(name=key)
        rule.filter_type, rule.clause, rule.roles, rule.tables = kind, clause, for_roles, [datasets[name]]
        rule.group_key = (
            None if kind == RowLevelSecurityFilterType.BASE else "kpi"
        )  # of two roles of one person: either
        db.session.add(rule)
    for key, rule in there.items():
        if key.endswith(f"({suffix})") and key not in wanted:
            db.session.delete(rule)


def _counted() -> dict[str, int]:
    from superset import db, security_manager
    from superset.connectors.sqla.models import RowLevelSecurityFilter, SqlaTable
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    kinds = {"databases": Database, "datasets": SqlaTable, "charts": Slice, "dashboards": Dashboard}
    counted = {what: db.session.query(model).count() for what, model in kinds.items()}
    counted["row filters"] = db.session.query(RowLevelSecurityFilter).count()
    counted["roles"] = sum(role.name.startswith("KPI ") for role in security_manager.get_all_roles())
    return counted


if __name__ == "__main__":
    main(sys.argv[1])
