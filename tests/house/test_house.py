"""The house holds its own rules: names, places, schemas, sizes; what a reviewer would otherwise have to see."""

from __future__ import annotations

import ast
import gc
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines import yaml_file
from pipelines.extract.contract import read_all_contracts, read_contracts
from pipelines.gate import moving, rules
from pipelines.gate.suite import read_suites
from pipelines.model import schemas
from pipelines.model.compiler import folder, staging
from pipelines.model.entities import read_entities
from pipelines.publish.tables import KEYS, columns
from pipelines.settings import DBT_PROJECT, REPOSITORY, Settings

SHIPPED = Settings()
REAL = sorted(path for path in (REPOSITORY / "tests" / "real").iterdir() if (path / "sources").is_dir())
STEPS = ["extract", "gate", "model", "publish", "watch"]
MAX_LINES = 400
# Cost seconds each to import, so the function that needs one imports it.
HEAVY = {
    "great_expectations",
    "pandas",
    "dbt",
    "openpyxl",
    "scipy",
    "python_calamine",
    "chinese_calendar",
    "matplotlib",
}


def modules() -> list[Path]:
    return sorted((REPOSITORY / "pipelines").rglob("*.py"))


def written_files(settings: Settings) -> list[tuple[str, Path]]:
    """Every YAML file of a configuration, with the name of the schema that it must follow."""
    home = settings.kpi_definitions
    return [
        *(("source", path) for path in sorted(settings.sources.glob("*.yml"))),
        *(("suite", path) for path in sorted(settings.expectations.rglob("*.yml"))),
        *((name, home / f"{name}.yml") for name in ("company", "people", "business_goals")),
        *((name, path) for name in ("matching", "channels", "report_rules") for path in home.glob(f"{name}.yml")),
        *(("kpi", path) for path in sorted((home / "kpis").rglob("*.yml"))),
        *(("goal", path) for path in sorted((home / "goals").rglob("*.yml"))),
        *(("pack", path) for path in sorted((home / "packs").glob("*.yml"))),
        *(("scorecard", path) for path in sorted((home / "scorecards").glob("*.yml"))),
        *(("report", path) for path in sorted((home / "reports").glob("*.yml"))),
    ]


def as_json(value: Any) -> Any:
    """The value as an editor sees it: YAML's dates are texts to a JSON Schema."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_schemas_are_those_of_the_code() -> None:
    assert folder.differences(schemas.compile_all(), SHIPPED.kpi_definitions / "schema") == [], "run `kpi compile`"


@pytest.mark.parametrize("home", [REPOSITORY, *REAL], ids=lambda path: path.name)
def test_every_file_people_wrote_follows_its_schema(home: Path) -> None:
    import jsonschema

    validators = {
        name.removesuffix(".json"): jsonschema.Draft202012Validator(json.loads(text))
        for name, text in schemas.compile_all().items()
    }
    files = written_files(Settings(config=home))
    assert {kind for kind, _ in files} >= {"source", "suite", "company", "people", "business_goals"}
    wrong = [
        f"{path.relative_to(REPOSITORY)}: {'.'.join(map(str, error.absolute_path))}: {error.message}"
        for kind, path in files
        for error in validators[kind].iter_errors(as_json(yaml_file.read(path).data))
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", ["kpi", "source", "goal", "company", "pack", "scorecard"])
def test_a_schema_refuses_a_field_that_nobody_knows(kind: str) -> None:
    import jsonschema

    path = next(path for found, path in written_files(SHIPPED) if found == kind)
    schema = json.loads(schemas.compile_all()[f"{kind}.json"])
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(as_json(yaml_file.read(path).data) | {"surprise": 1}, schema)


def test_every_raw_and_every_published_table_has_a_suite_at_its_address() -> None:
    enabled, off = read_all_contracts(SHIPPED)
    tables = {f"{c.raw_schema}.{table}" for c in [*enabled, *off] for table in c.tables}
    assert set(read_suites(SHIPPED, also_off=True)) == tables | set(columns())
    assert set(columns()) <= {f"published.{table}" for table in KEYS}


def test_a_suite_has_rows_a_key_columns_and_a_bound_that_moves() -> None:
    """What every suite of a raw table says at the least; and its people read `why` in both languages."""
    for address, suite in read_suites(SHIPPED, also_off=True).items():
        kinds = {rule.type for rule in suite.expectations}
        assert all(not isinstance(rule.why, str) for rule in suite.expectations), address
        if suite.schema == "published":
            continue
        assert kinds & {"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"}, address
        assert {rules.ROW_COUNT, rules.COLUMNS} <= kinds, address
        assert any(moving.is_moving(rule) for rule in suite.expectations), address


def test_a_contract_stands_in_the_file_of_its_system() -> None:
    for contract in read_contracts(SHIPPED):
        assert (SHIPPED.sources / f"{contract.system}.yml").is_file()


def test_staging_models_carry_the_address_of_their_table() -> None:
    expected = {
        f"{contract.system}/{staging.model_name(contract.system, table)}.sql"
        for contract in read_contracts(SHIPPED)
        for table in contract.tables
    }
    home = SHIPPED.compiled / "1_staging"
    assert {path.relative_to(home).as_posix() for path in home.rglob("*.sql")} == expected
    assert all(re.fullmatch(r"[a-z]+/stg_[a-z]+__[a-z_]+\.sql", name) for name in expected)


def test_layers_of_models_are_numbered_in_the_order_of_the_data() -> None:
    written = {path.name for path in (DBT_PROJECT / "models").iterdir() if path.is_dir()}
    compiled = {path.name for path in SHIPPED.compiled.iterdir()}
    assert written | compiled == {"1_staging", "2_entities", "3_kpis", "4_goals", "5_published"}


def test_columns_say_by_their_name_what_they_are() -> None:
    endings = {"_at": ("timestamp",), "_date": ("date",)}
    wrong = []
    for entity in read_entities().values():
        for column in entity.columns:
            for ending, types in endings.items():
                if column.name.endswith(ending) and column.type not in types:
                    wrong.append(f"{entity.name}.{column.name} is {column.type}")
            if column.name.startswith(("is_", "has_")) and column.type != "boolean":
                wrong.append(f"{entity.name}.{column.name} is {column.type}")
            if column.type == "timestamp" and not column.name.endswith("_at"):
                wrong.append(f"{entity.name}.{column.name} is {column.type}")
    # A working day opens and closes at a time of the day, not at an instant.
    assert [w for w in wrong if not w.startswith("working_days.")] == []


def test_singular_tests_assert_a_truth() -> None:
    names = [path.name for path in (DBT_PROJECT / "tests").glob("*.sql")]
    assert names
    assert [name for name in names if not re.fullmatch(r"assert_[a-z_]+\.sql", name)] == []


def test_definitions_are_named_by_what_they_define() -> None:
    for kind, path in written_files(SHIPPED):
        if kind in ("kpi", "goal"):
            assert yaml_file.read(path).data["id"] == path.stem


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_a_package_with_its_assets(step: str) -> None:
    package = REPOSITORY / "pipelines" / step
    assert (package / "__init__.py").is_file()
    assert (package / "assets.py").is_file()


def test_steps_stand_in_the_order_of_the_data() -> None:
    assert sorted(STEPS) == STEPS
    known = {*STEPS, "cli", "sources"}
    assert {
        path.name for path in (REPOSITORY / "pipelines").iterdir() if path.is_dir() and path.name != "__pycache__"
    } <= known | {"keep"}


def test_no_module_is_longer_than_a_person_reads() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): count for path, count in lines.items() if count > MAX_LINES} == {}


def parsed(path: Path) -> ast.Module:
    """The module's syntax; without garbage being collected meanwhile, which CPython 3.11 does not always survive:
    "AST constructor recursion depth mismatch", where an object that another test left complains as it goes.
    """
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def test_every_module_says_what_belongs_there() -> None:
    silent = [
        path.relative_to(REPOSITORY).as_posix()
        for path in modules()
        if path.name != "__main__.py" and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_no_module_imports_what_is_heavy_at_its_top() -> None:
    found = []
    for path in modules():
        for node in parsed(path).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path.relative_to(REPOSITORY)}: {name}" for name in names if name.split(".")[0] in HEAVY]
    assert found == []


def tracked() -> list[Path]:
    """Every file of the repository that git knows, this one left out."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return [REPOSITORY / name for name in done.stdout.split("\0") if name and not name.endswith("test_house.py")]


def places(pattern: str, paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:100]}")
    return found


def test_no_tracked_file_names_a_folder_of_some_machine() -> None:
    assert places(r"(?<![\w.}/-])/(work|root|home|Users|tmp/scratch)/[A-Za-z]", tracked()) == []


def test_no_tracked_file_names_a_package_index() -> None:
    pattern = r"--(extra-)?index-url|--find-links|index-url *=|https?://[^\s\"']*/simple\b|https?://[^\s/]*:[^\s/]*@"
    assert places(pattern, tracked()) == []


def test_nothing_that_a_run_makes_is_tracked() -> None:
    made = (".duckdb", ".parquet", ".msgpack", ".xlsx", ".sqlite", ".pyc")
    assert [path.name for path in tracked() if path.name.endswith(made)] == []


def test_compiled_models_hold_no_rendered_sql() -> None:
    # dbt once wrote the SQL it ran over the models it was made from.
    sql = [path for path in tracked() if path.suffix == ".sql"]
    assert places(r"__dbt_tmp|\"warehouse\"\.", sql) == []
