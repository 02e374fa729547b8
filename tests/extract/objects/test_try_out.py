"""`kpi source check`, `kpi source draft` and `kpi run` with a bucket in the place of a folder."""

from __future__ import annotations

import gzip
import random

import pytest
import yaml

from pipelines.extract import check
from tests.conftest import kpi
from tests.extract.cut_off import CutOff
from tests.extract.objects.conftest import KEY, SECRET, Bucket, StoredSource
from tests.extract.objects.test_stored_loads import parquet
from tests.journey.conftest import new_company
from tests.journey.small_company import SmallCompany

__all__ = ["new_company"]
HEAD = "id,amount,changed\n"


def only(source: StoredSource) -> check.TableCheck:
    (found,) = check.check(source.contract, source.settings)
    return found


def digits(records: int) -> str:
    """Records that gzip cannot make much smaller: 60 bytes each."""
    chance = random.Random(7)
    return HEAD + "".join(f"{chance.getrandbits(160):048x},1.50,2026-03-01\n" for _ in range(records))


@pytest.mark.parametrize("name", ["deals_2.csv", "deals_2.csv.gz"])
def test_a_check_fetches_the_beginning_of_a_large_object_only(stored: StoredSource, name: str) -> None:
    text = digits(400_000).encode()
    stored.write("deals_1.csv", "older, and not looked at")
    stored.write(name, gzip.compress(text, 1) if name.endswith(".gz") else text)
    stored.say(from_={"glob": "deals_*.csv*"})
    with CutOff(stored.bucket.moto.port) as proxy:
        stored.through(proxy)
        found = only(stored)
        assert proxy.passed < 9 << 20 < len(text) // 2
    assert (found.problems, found.rows, found.keys) == ((), 100, "unique")
    assert found.read_from == f"{name} (the last of 2)"
    assert not stored.settings.data.exists()


def test_a_check_fetches_other_forms_whole_up_to_a_size(stored: StoredSource, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.write("deals_1.parquet", parquet())
    stored.say(from_={"glob": "deals_*.parquet"})
    assert (only(stored).rows, only(stored).problems) == (2, ())
    monkeypatch.setattr(check, "WHOLE", 10)
    (problem,) = only(stored).problems
    assert "would have to be fetched whole, so it was found and not tried" in problem.problem


def test_a_check_names_the_object_and_not_its_copy(stored: StoredSource) -> None:
    stored.write("deals_1.csv", (HEAD + '"a\n').encode("utf-16"))
    (problem,) = only(stored).problems
    assert str(problem).startswith(f"s3://{stored.bucket.name}/exports/crm/deals_1.csv")


def machine(bucket: Bucket) -> dict[str, str]:
    """What logs in a machine as its administrator set it up."""
    return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": bucket.moto.url}


def test_a_draft_of_an_object_names_its_prefix(new_company: SmallCompany, bucket: Bucket) -> None:
    bucket.put("exports/shop/deals_2026-03.csv", "商机编号,负责人,金额\nD1,e1,5\nD2,e2,6\n".encode())
    arguments = (
        "source",
        "draft",
        f"s3://{bucket.name}/exports/shop/deals_2026-03.csv",
        "--config",
        new_company.folder,
    )
    kpi(*arguments, **machine(bucket))
    said = yaml.safe_load((new_company.folder / "sources" / "shop.yml").read_text())
    assert said["connection"] == {"path": f"s3://{bucket.name}/exports/shop"}
    assert said["tables"]["deals"]["from"]["glob"] == "deals_2026-03.csv"
    done = kpi("source", "check", "shop", "--config", new_company.folder, **machine(bucket))
    assert "deals_2026-03.csv" in done.stdout
    done = kpi(*arguments[:2], f"s3://{bucket.name}/exports/none.csv", *arguments[3:], check=False, **machine(bucket))
    assert f"s3://{bucket.name}/exports/none.csv: no such object. Next: name a sample" in done.stderr
    done = kpi(*arguments[:2], f"s3://k:canary@{bucket.name}/a.csv", *arguments[3:], check=False, **machine(bucket))
    assert (done.returncode, "canary" in done.stderr) == (1, False)


def test_a_run_from_a_bucket_publishes_and_keeps_no_secret(
    new_company: SmallCompany, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (new_company.folder / "in").iterdir():
        bucket.put(f"exports/in/{file.name}", file.read_bytes())
        file.unlink()
    for path in (new_company.folder / "sources").glob("*.yml"):
        contract = yaml.safe_load(path.read_text())
        place = {
            "path": "s3://${S3_BUCKET}/exports/in",
            "endpoint": "${S3_URL}",
            "key": "${S3_KEY}",
            "secret": "${S3_SECRET}",
        }
        new_company.write(f"sources/{path.name}", contract | {"connection": place})
    monkeypatch.setenv("S3_BUCKET", bucket.name)
    monkeypatch.setenv("S3_URL", bucket.moto.url)
    done = new_company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    # Counted by hand in small_company.py: forty contracts of 1,000, six of ten deals won, orders of 50.
    figures = {kpi_id: value for kpi_id, (value, *_) in new_company.figures().items()}
    assert (figures["won_amount"], figures["win_rate"], figures["avg_order_value"]) == (40_000, 0.6, 50)
    assert not [word for word in (KEY, SECRET) if word in done.stdout + done.stderr]
    written = [path for path in new_company.data.rglob("*") if path.is_file()]
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []
