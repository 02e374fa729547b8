"""What a contract may say, and how a wrong one is told."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract, json_schema, read_contract, read_contracts
from pipelines.settings import Settings

GOOD = """\
system: crm
kind: files
label: {zh: 客户, en: CRM}
owner: sales_ops
connection: {path: data}
tables:
  deals:
    from: {glob: "deals_*.csv.gz"}
    delivery: full
    block_above: 2%
    entities: [deals, {contracts: {where: "status = 'won'"}}]
    columns:
      - {name: 商机编号, as: deal_id, required: true}
      - {name: 金额, type: "decimal(18,2)"}
      - {name: 手机, type: integer, personal: hash}
      - {name: 邮箱, personal: drop}
"""


def read(tmp_path, text=GOOD, name="crm.yml"):
    (tmp_path / name).write_text(text)
    return read_contract(tmp_path / name)


def test_contract_reads_what_shapes_says(tmp_path):
    table = read(tmp_path).tables["deals"]
    assert table.block_above == 0.02
    assert table.from_.file_format == "csv"
    assert [mapping.entity for mapping in table.entities] == ["deals", "contracts"]
    assert [column.name for column in table.loaded_columns] == ["商机编号", "金额", "手机", "_手机_is_valid"]
    assert [column.duckdb_type for column in table.loaded_columns] == ["varchar", "decimal(18,2)", "varchar", "boolean"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("delivery: full", "delivery: upsert", 7, "delivery upsert needs a key"),
        ("delivery: full", "delivery: snapshot", 7, "delivery snapshot needs a key"),
        ("delivery: full", "delivery: full\n    key: [id]", 7, "key names id, which is not among the columns"),
        ("delivery: full", "delivery: full\n    key: [邮箱]", 7, "邮箱 is dropped as personal"),
        ("delivery: full", "delivry: full", 9, "unknown field tables.deals.delivry"),
        ("block_above: 2%", "block_above: 2", 10, "less than or equal to 1"),
        ('"decimal(18,2)"', "money", 14, "type"),
        ('"decimal(18,2)"', 'date, format: "%d-%b"', 14, "format %d-%b has no year"),
        ('"decimal(18,2)"', 'timestamp, format: "%d/%m %H:%M%%Y"', 14, "has no year"),
        ("connection: {path: data}", "connection: {folder: data}", 5, "connection.path is missing"),
        ('"deals_*.csv.gz"', '"../*.csv"', 1, "must stay inside connection.path"),
        ('"deals_*.csv.gz"', '"*.csv", header: [商机编号, 金额]', 7, "column 手机 is not in the header"),
        ("{name: 邮箱,", "{name: _Batch_ID,", 7, "the load uses this name itself"),
        ("{name: 邮箱,", "{name: 手机,", 7, "手机 stands twice"),
        ("{path: data}", "\n  path: data\n  region: cn-north-1", 7, "a local folder has no region"),
        ("{path: data}", "\n  path: data\n  anonymous: true", 7, "a local folder has no anonymous"),
        ("{path: data}", "\n  path: s3://bucket\n  key: ${K}", 7, "give both key and secret"),
        (
            "{path: data}",
            "\n  path: s3://bucket\n  key: ${K}\n  secret: hunter2",
            8,
            "a secret stands in the environment",
        ),
        ("{path: data}", "\n  path: s3://bucket\n  endpoint: minio:9000", 7, "no address of a store"),
        ("{path: data}", "\n  path: s3://bucket\n  endpoint: http://hunter2@minio", 7, "no address of a store"),
        ("{path: data}", "\n  path: s3://bucket\n  adressing: path", 7, "unknown field connection.adressing"),
        ("{path: data}", '{path: "gs://bucket/crm"}', 5, "gs:// is not supported; give a local folder or s3://"),
        ("{path: data}", '{path: "az://bucket/crm"}', 5, "az:// is not supported"),
        ("{path: data}", '{path: "s3://u:hunter2@bucket/crm"}', 5, "no address of a bucket"),
        ("{path: data}", '{path: "s3://bucket/crm?X-Amz-Signature=hunter2"}', 5, "no address of a bucket"),
        ("{path: data}", '{path: "s3://bucket/../crm"}', 5, "none called . or .."),
        ("owner: sales_ops", "owner: sales_ops\ntime_zone: Asia/Peking", 5, "unknown time zone Asia/Peking"),
    ],
)
def test_contract_that_is_wrong_is_refused_with_file_and_line(tmp_path, old, new, line, said):
    assert old in GOOD
    with pytest.raises(KpiError) as error:
        read(tmp_path, GOOD.replace(old, new))
    assert f"crm.yml:{line}: " in str(error.value)
    assert said in str(error.value)
    assert "hunter2" not in str(error.value)


def test_contract_refuses_columns_that_fold_to_one(source):
    source.columns(Name="text", name="text").say(key=["Name"], cursor=None)
    with pytest.raises(ValidationError, match="Name and name differ only in case"):
        _ = source.contract


def test_contract_must_stand_in_the_file_of_its_system(tmp_path):
    with pytest.raises(KpiError, match=r"crm must stand in crm\.yml"):
        read(tmp_path, name="erp.yml")


def test_contracts_are_read_in_order_and_only_enabled_ones(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    for system, enabled in (("erp", "true"), ("crm", "true"), ("zoho", "false")):
        (folder / f"{system}.yml").write_text(GOOD.replace("system: crm", f"system: {system}\nenabled: {enabled}"))
    assert [contract.system for contract in read_contracts(Settings(config=tmp_path))] == ["crm", "erp"]


def test_contracts_tells_the_errors_of_all_files_at_once(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "crm.yml").write_text(GOOD.replace("kind: files", "kind: file"))
    (folder / "erp.yml").write_text("a: [")
    with pytest.raises(KpiError) as error:
        read_contracts(Settings(config=tmp_path))
    assert "crm.yml:2" in str(error.value)
    assert "erp.yml" in str(error.value)


def test_contracts_none_enabled_is_an_error(tmp_path):
    (tmp_path / "sources").mkdir()
    with pytest.raises(KpiError, match="no enabled source"):
        read_contracts(Settings(config=tmp_path))


def test_json_schema_knows_the_words_of_the_file():
    schema = json.dumps(json_schema())
    for word in ('"from"', '"as"', '"upsert"', '"personal"', '"block_above"'):
        assert word in schema
    assert SourceContract.__name__ in schema
