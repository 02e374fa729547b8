"""Every pack of the catalogue is a configuration that holds, on the sample company."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.model import check, pack_folder
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.pack import read_packs
from pipelines.settings import load

PACKS = read_packs(SHIPPED)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_a_configuration_whose_every_kpi_is_computed(tmp_path: Path, name: str) -> None:
    pack = PACKS[name].pack
    pack_folder.write(pack, tmp_path)
    definitions = check.read_definitions(load(tmp_path, tmp_path / "data"))
    assert set(definitions.company.catalogue) == {*pack.kpis, *pack.guardrails.values()}
    assert definitions.company.packs == [name]
    assert definitions.computed == set(definitions.kpis) >= set(definitions.company.catalogue)
    assert all(set(goal.kpis) <= set(definitions.kpis) for goal in definitions.business_goals.values())


def test_a_folder_that_is_up_to_date_is_left_alone_and_what_was_changed_is_written_again(tmp_path: Path) -> None:
    pack = PACKS["finance"].pack
    assert "kpi_definitions/company.yml" in pack_folder.write(pack, tmp_path)
    assert pack_folder.write(pack, tmp_path) == []
    (tmp_path / "kpi_definitions" / "company.yml").write_text("name: x\n", encoding="utf-8")
    (tmp_path / "kpi_definitions" / "goals").mkdir()
    assert pack_folder.write(pack, tmp_path) == ["kpi_definitions/company.yml"]
    assert (tmp_path / "kpi_definitions" / "goals").is_dir()
    assert (
        (tmp_path / "kpi_definitions" / "company.yml")
        .read_text(encoding="utf-8")
        .startswith("# Written by `kpi run --pack finance`")
    )


def test_an_unknown_pack_is_told_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(KpiError, match=r"there is no pack finanse \(did you mean finance\?\).*b2b, .*services"):
        pack_folder.read_pack("finanse")
