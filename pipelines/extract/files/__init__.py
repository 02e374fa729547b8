"""Files as a source: which there are, what they hold, how many records.

Belongs here: the narrow interface the load uses (list, read as Arrow batches, count independently); databases and
REST will offer the same. Does not: any one format (csv_file.py, excel_file.py, json_file.py, parquet_file.py).
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.contract.files import FilesConnection
from pipelines.extract.files import bcp_file, csv_file, encoding, excel_file, json_file, parquet_file
from pipelines.extract.files.source_file import SourceFile, refuse_bomb
from pipelines.extract.source import Records
from pipelines.settings import Settings

__all__ = ["SourceFile", "connection_path", "count_records", "explain", "list_files", "read"]

FORMATS: dict[str, ModuleType] = {
    "csv": csv_file,
    "bcp": bcp_file,
    "xlsx": excel_file,
    "json": json_file,
    "jsonl": json_file,
    "parquet": parquet_file,
}


def connection_path(contract: SourceContract, settings: Settings) -> Path:
    """The folder of a source; a relative one lies in the configuration."""
    assert isinstance(contract.connection, FilesConnection)
    return settings.config / Path(settings.expand(contract.connection.path)).expanduser()


def list_files(contract: SourceContract, table: TableContract, settings: Settings) -> list[SourceFile]:
    """The table's files, sorted by name.

    Raises KpiError naming path and glob: no such folder, no file, a file that a link places outside the folder.
    """
    root, glob = connection_path(contract, settings), table.from_.glob or ""
    if not root.is_dir():
        raise KpiError(
            f"system {contract.system}: no such folder (looking for {glob})",
            file=root,
            next_step=f"put the files there, or correct connection.path in sources/{contract.system}.yml",
        )
    real, found = root.resolve(), []
    for path in root.glob(glob):
        if path.is_symlink() and not path.exists():
            raise KpiError("the file is a link to nothing", file=path, next_step="copy the file in")
        if not path.is_file():
            continue
        if not path.resolve().is_relative_to(real):
            raise KpiError("the file is a link to outside the source's folder", file=path, next_step="copy it in")
        found.append(SourceFile(path, path.relative_to(root).as_posix()))
    if not found:
        raise KpiError(
            f"system {contract.system}: no file matches {glob}",
            file=root,
            next_step=f"deliver the file, or correct from.glob in sources/{contract.system}.yml",
        )
    return sorted(found, key=lambda file: file.name)


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns in the file's order of records: text as delivered, or typed from Parquet.

    Nothing is decided here about values: null stays null, text stays text. `scratch` is a folder for a passing copy.
    Raises KpiError (some only while reading on): wrong header, wrong encoding, not of the format.
    """
    records: Records = FORMATS[table.from_.file_format].read(source, table, scratch)
    return records


def count_records(source: SourceFile, table: TableContract) -> int:
    """How many records the file holds, found by other code than `read` uses; raises KpiError as `read` does.

    Of text it also looks whether the bytes are what the contract calls them, where that can be seen.
    """
    if table.from_.file_format in ("csv", "json", "jsonl"):
        refuse_bomb(source)
        encoding.refuse_another(source, table.from_.encoding)
    return int(FORMATS[table.from_.file_format].count(source, table))


def explain(source: SourceFile, table: TableContract) -> None:
    """Of a file in which another number of records was counted than read: KpiError where the reason can be found."""
    if table.from_.file_format == "csv":
        csv_file.explain(source, table)
