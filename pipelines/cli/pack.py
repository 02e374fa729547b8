"""`kpi run --pack`: a pack of the catalogue on the sample company, as a configuration below the data folder."""

from __future__ import annotations

from pathlib import Path

from pipelines import settings as configuration
from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.settings import Settings


def make(settings: Settings, name: str) -> Settings:
    """Writes data/packs/<name>/ and, once, the sample company it reads. Returns the settings to run it with.

    Raises KpiError for an unknown pack, and beside a configuration, which has a company of its own.
    """
    from pipelines.extract.demo import sample
    from pipelines.model import pack_folder

    if not settings.is_default:
        raise KpiError(
            "--pack runs on the sample company, not on that of --config",
            file=settings.config,
            next_step=f"leave out --config (KPI_CONFIG), or name {name} under packs: of its company.yml",
        )
    pack = pack_folder.read_pack(name)
    folder = settings.data / "packs" / pack.id
    changed = pack_folder.write(pack, folder)
    books = folder / "data" / "sample"
    if changed:
        console().print(f"the pack {pack.id} as a configuration: {folder}")
    if "sources/sample.yml" in changed or not _is_there(books):
        console().print("generating the sample company: twenty-six months of everything a source may deliver")
        sample.generate(books)
    return configuration.load(folder, folder / "data")


def _is_there(books: Path) -> bool:
    return (books / "customers.csv").is_file()
