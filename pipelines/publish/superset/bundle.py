"""The files that Superset imports, in one zip: database, datasets, charts, dashboards; and roles beside them.

Belongs here: Superset's form of it. Does not: what is shown (boards.py), who sees it (readers.py). Each thing's id is
made of its name, so that an import replaces what an earlier one brought; the zip has no time in it, so that equal is
equal.
"""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from pipelines.publish import read_only
from pipelines.publish.served import FILE
from pipelines.publish.superset.boards import BOARDS, DATASETS, Board, Chart, Dataset

if TYPE_CHECKING:
    from pipelines.settings import Settings

Target = Literal["duckdb", "postgres"]
TARGETS: dict[str, Target] = {"duckdb": "duckdb", "postgres": "postgres"}
KINDS = {"rows": "table", "line": "echarts_timeseries_line", "bar": "echarts_timeseries_bar", "pie": "pie"}
_OURS = uuid.uuid5(uuid.NAMESPACE_DNS, "kpi-warehouse.invalid")
_TIMELESS = (2026, 1, 1, 0, 0, 0)
# A BI user's SQL could read every file of the machine otherwise (facts.md); locked, it cannot be turned on again.
_LOCKED = {"read_only": True, "config": {"enable_external_access": "false", "lock_configuration": "true"}}


def write(settings: Settings, target: Target, path: Path) -> Path:
    """Writes the bundle of the serving file or of PostgreSQL. Raises KpiError where nothing is published yet."""
    from pipelines.publish.superset.readers import readers

    shapes = _columns(settings)
    schema = "published" if target == "duckdb" else settings.postgres_prefix
    files: dict[str, Any] = {
        "metadata.yaml": {"version": "1.0.0", "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"},
        f"databases/{_name(target)}.yaml": _database(settings, target),
        "readers.yaml": readers(settings, target),
    }
    for dataset in DATASETS:
        files[f"datasets/{_name(target)}/{dataset.name}.yaml"] = _dataset(target, dataset, schema, shapes[dataset.name])
    for board in BOARDS:
        for chart in board.charts:
            files[f"charts/{board.id}_{_slug(chart.name)}.yaml"] = _chart(target, board, chart)
        files[f"dashboards/{board.id}.yaml"] = _dashboard(target, board)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
            bundle.writestr(zipfile.ZipInfo(f"kpi/{name}", _TIMELESS), text)
    return path


def id_of(target: Target, kind: str, name: str) -> str:
    """The same for the same thing, whoever makes the bundle."""
    return str(uuid.uuid5(_OURS, f"{target}/{kind}/{name}"))


def _database(settings: Settings, target: Target) -> dict[str, Any]:
    """The address of PostgreSQL has no log-in in it: apply.py takes it from the environment."""
    if target == "duckdb":
        address, extra = f"duckdb:///{settings.serving / 'kpi.duckdb'}", {"engine_params": {"connect_args": _LOCKED}}
    else:
        address, extra = "postgresql://kpi_superset@localhost:5432/kpi", {}
    return {
        "database_name": _name(target),
        "sqlalchemy_uri": address,
        "expose_in_sqllab": False,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": extra,
        "uuid": id_of(target, "database", "kpi"),
        "version": "1.0.0",
    }


def _dataset(target: Target, dataset: Dataset, schema: str, columns: dict[str, str]) -> dict[str, Any]:
    return {
        "table_name": dataset.called(target),
        "main_dttm_col": dataset.time,
        "schema": schema,
        "sql": dataset.sql.format(schema=schema),
        "uuid": id_of(target, "dataset", dataset.name),
        "metrics": [
            {"metric_name": name, "expression": expression, "verbose_name": name.replace("_", " ").capitalize()}
            for name, expression in dataset.metrics.items()
        ],
        "columns": [
            {
                "column_name": name,
                "type": kind,
                "is_dttm": kind in ("DATE", "TIMESTAMP"),
                "is_active": True,
                "groupby": True,
                "filterable": True,
            }
            for name, kind in columns.items()
        ],
        "version": "1.0.0",
        "database_uuid": id_of(target, "database", "kpi"),
    }


def _chart(target: Target, board: Board, chart: Chart) -> dict[str, Any]:
    filters = [
        {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": said, "filterOptionName": f"filter_{i}"}
        for i, said in enumerate(chart.where)
    ]
    dataset = next(one for one in DATASETS if one.name == chart.dataset)
    params: dict[str, Any] = {"viz_type": KINDS[chart.kind], "adhoc_filters": filters, "row_limit": 5000}
    if chart.kind == "rows":
        params |= {"query_mode": "raw", "all_columns": list(chart.by), "table_timestamp_format": "smart_date"}
    elif chart.kind == "pie":
        params |= {"groupby": list(chart.by), "metric": chart.metric}
    else:
        params |= {
            "x_axis": dataset.time,
            "groupby": list(chart.by),
            "metrics": [chart.metric],
            "time_grain_sqla": None,
        }
    return {
        "slice_name": chart.name,
        "viz_type": KINDS[chart.kind],
        "params": params,
        "uuid": id_of(target, "chart", f"{board.id}/{chart.name}"),
        "version": "1.0.0",
        "dataset_uuid": id_of(target, "dataset", chart.dataset),
    }


def _dashboard(target: Target, board: Board) -> dict[str, Any]:
    rows = [f"ROW-{i}" for i in range(len(board.charts))]
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
    }
    for row, (i, chart) in zip(rows, enumerate(board.charts), strict=True):
        place = {"type": "ROW", "id": row, "children": [f"CHART-{i}"], "parents": ["ROOT_ID", "GRID_ID"]}
        # chartId is any number here: the import replaces it, and fails where there is none (Superset 6.1).
        shown = {
            "uuid": id_of(target, "chart", f"{board.id}/{chart.name}"),
            "sliceName": chart.name,
            "width": 12,
            "chartId": i,
        }
        position[row] = place | {"meta": {"background": "BACKGROUND_TRANSPARENT"}}
        position[f"CHART-{i}"] = {
            "type": "CHART", "id": f"CHART-{i}", "children": [], "parents": ["ROOT_ID", "GRID_ID", row],
            "meta": shown | {"height": 50},
        }  # fmt: skip
    return {
        "dashboard_title": board.title,
        "slug": f"kpi_{board.id}_{target}",
        "published": True,
        "position": position,
        "metadata": {},
        "uuid": id_of(target, "dashboard", board.id),
        "version": "1.0.0",
    }


def _columns(settings: Settings) -> dict[str, dict[str, str]]:
    """Name and type of each dataset's columns, as the serving file answers its query."""
    with read_only.opened(settings.serving / FILE) as con:
        return {
            dataset.name: {
                str(row[0]): str(row[1])
                for row in con.execute(f"describe {dataset.sql.format(schema='published')}").fetchall()
            }
            for dataset in DATASETS
        }


def _name(target: Target) -> str:
    return f"kpi_{target}"


def _slug(text: str) -> str:
    return "_".join(text.lower().replace("-", " ").split())
