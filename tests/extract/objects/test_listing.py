"""A bucket lists the files that a folder would: the same names, the same order, whatever else lies there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.extract import files
from pipelines.extract.files.object_store import Store, matches
from tests.extract.conftest import Source
from tests.extract.objects.conftest import PREFIX, Bucket, StoredSource

NAMES = [
    "deals_1.csv", "deals_2.csv.gz", "deals_10.csv", "Deals_3.CSV", ".deals_4.csv", "deals_5.csv.bak", "a/deals_1.csv",
    "a/b/deals_2.csv", "a/b/c/deals_3.csv.gz", "2026/03/x1.csv", "2026/04/x2.csv", "2026/04/xx.csv", "销售/三月 报表.csv",
    "销售/[旧] 100%.csv", "deals 1+2&3=#?.csv", "é.csv", "b/deals_9.csv/inner.csv",
]  # fmt: skip
GLOBS = [
    "*", "*.csv", "deals_*.csv*", "deals_?.csv", "[!d]*.csv", "**/*.csv", "**/deals_*.csv.gz", "a/**/*.csv", "*/*.csv",
    "2026/*/x?.csv", "2026/0[34]/x[0-9].csv", "销售/*.csv", "销售/[[]旧] *.csv", "deals_1.csv", "./a/deals_1.csv", "a/**",
    "**/b/**/*", "deals 1+2&3=#[?].csv", "nothing/*.csv",
]  # fmt: skip


def names(source: Source, glob: str) -> list[str]:
    table = source.say(from_={"glob": glob}).contract.tables["deals"]
    try:
        return [file.name for file in files.list_files(source.contract, table, source.settings)]
    except KpiError as error:
        if "no file matches" not in str(error):
            raise
        return []


def test_a_glob_finds_the_same_objects_as_files_in_the_same_order(tmp_path: Path, stored: StoredSource) -> None:
    local = Source(tmp_path / "local")
    for name in NAMES:
        (local.folder / name).parent.mkdir(parents=True, exist_ok=True)
        local.write(name, name)
        stored.write(name, name)
    stored.bucket.put(PREFIX, b"")  # what consoles leave for a folder
    stored.bucket.put(PREFIX + "a/", b"")
    stored.bucket.put(PREFIX + "deals_empty.csv/", b"")
    stored.bucket.put("exports/crm_old/deals_1.csv", b"another prefix")
    stored.bucket.put("deals_1.csv", b"beside the prefix")
    assert {glob: names(stored, glob) for glob in GLOBS} == {glob: names(local, glob) for glob in GLOBS}
    assert len(names(stored, "**/*")) == len(NAMES)


def test_more_objects_than_one_answer_holds_are_all_listed(stored: StoredSource) -> None:
    wanted = [f"deals_{number:04}.csv" for number in range(1_050)]
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda name: stored.write(name, ""), wanted))
    assert names(stored, "deals_*.csv") == wanted


@pytest.mark.parametrize("name", ["../deals_1.csv", "a//deals_1.csv", "a/./deals_1.csv", "a/deals_\t1.csv"])
def test_an_object_that_no_file_can_be_called_is_refused_where_the_glob_means_it(stored, name: str) -> None:
    stored.write("deals_2.csv", "")
    stored.write(name, "")
    assert names(stored, "*.csv") == ["deals_2.csv"]
    table = stored.say(from_={"glob": "**/*.csv"}).contract.tables["deals"]
    with pytest.raises(
        KpiError, match=f"s3://{stored.bucket.name}/.*: system crm: no file can be called that"
    ) as error:
        files.list_files(stored.contract, table, stored.settings)
    assert str(error.value).isprintable()


def test_a_whole_bucket_is_a_place_of_files_too(stored: StoredSource, bucket: Bucket) -> None:
    bucket.put("deals_1.csv", b"")
    stored.connection["path"] = f"s3://{bucket.name}/"
    assert names(stored, "*.csv") == ["deals_1.csv"]


def test_the_place_may_stand_in_the_environment(stored: StoredSource, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.write("deals_1.csv", "")
    monkeypatch.setenv("CRM_PLACE", stored.connection["path"])
    stored.connection["path"] = "${CRM_PLACE}"
    assert names(stored, "*.csv") == ["deals_1.csv"]


@pytest.mark.parametrize(
    ("addressing", "address"), [(None, "https://s.example/bucket/k"), ("virtual", "https://bucket.s.example/k")]
)
def test_the_bucket_stands_behind_the_host_or_before_it(addressing: str | None, address: str) -> None:
    from fsspec.asyn import sync

    system = Store("crm", "bucket", "", "https://s.example", addressing=addressing, key="k", secret="s")._filesystem
    signed = sync(system.loop, system.s3.generate_presigned_url, "get_object", {"Bucket": "bucket", "Key": "k"})
    assert signed.startswith(address)


@pytest.mark.parametrize(
    ("name", "glob"), [("a", "**"), ("a/b", "**"), ("a/b", "*"), ("b", "a/**/b"), ("a/b/c", "a/**/b")]
)
def test_a_name_that_is_not_meant_does_not_match(name: str, glob: str) -> None:
    assert not matches(tuple(name.split("/")), tuple(glob.split("/")))
