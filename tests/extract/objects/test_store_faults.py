"""A store that refuses, hangs, cuts off or changes its mind: all or nothing, told in plain words, nobody's secret shown."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract import landing
from pipelines.extract.files import object_store
from tests.extract.cut_off import CutOff
from tests.extract.objects.conftest import KEY, PREFIX, SECRET, Moto, StoredSource
from tests.extract.rest.server import Reply, serving
from tests.faults.countdown import load

HEAD = "id,amount,changed\n"
FIRST = HEAD + "D1,1.50,2026-01-01\nD2,2.25,2026-01-02\n"
CLOSED = 9  # a port of this machine that nobody listens on


def many(first: int, amount: int = 1) -> str:
    """3,000 records, 100 kB."""
    return HEAD + "".join(f"M{number},{amount},2026-01-01 08:00:00\n" for number in range(first, first + 3_000))


def refused(source: StoredSource, run_id: str = "r1") -> KpiError:
    """Why nothing of it was loaded; with it, that no word anywhere in it is secret."""
    with pytest.raises(KpiError) as error:
        source.load(run_id)
    told = "".join(traceback.format_exception(error.value))
    for secret in (KEY, SECRET, "canary", "Signature", "X-Amz", "Credential"):
        assert secret not in str(error.value)
        assert secret not in told
    assert "\n" not in str(error.value)
    assert error.value.next_step
    assert list(source.settings.data.rglob(".tmp-*.csv")) == []
    return error.value


@pytest.fixture
def guarded(stored: StoredSource, moto: Moto) -> Iterator[StoredSource]:
    """A bucket of a server that looks at who asks."""
    stored.write("deals_1.csv", FIRST)
    moto.ask_for_log_in(True)
    yield stored
    moto.ask_for_log_in(False)


def test_a_key_that_the_store_does_not_know_is_told(guarded: StoredSource) -> None:
    assert "the store refuses the log-in. Next: check key and secret in the environment" in str(refused(guarded))


def test_a_wrong_secret_and_a_missing_right_are_told_apart(
    guarded: StoredSource, moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    moto.ask_for_log_in(False)
    said: dict[str, Any] = {"endpoint_url": moto.url, "region_name": "us-east-1"}
    iam = boto3.client("iam", aws_access_key_id="a", aws_secret_access_key="b", **said)
    iam.create_user(UserName=guarded.bucket.name)
    made = iam.create_access_key(UserName=guarded.bucket.name)["AccessKey"]
    moto.ask_for_log_in(True)
    monkeypatch.setenv("S3_KEY", made["AccessKeyId"])
    assert "the store refuses the log-in" in str(refused(guarded))
    monkeypatch.setenv("S3_SECRET", made["SecretAccessKey"])
    error = refused(guarded)
    assert "the store refuses to give it. Next: allow the key s3:ListBucket" in str(error)
    assert made["AccessKeyId"] not in str(error)
    moto.ask_for_log_in(False)


def test_a_bucket_that_is_not_there_is_told(stored: StoredSource) -> None:
    stored.connection["path"] = "s3://no-such-bucket/exports"
    assert str(refused(stored)).startswith(
        "s3://no-such-bucket/exports/deals_: system crm: there is no such bucket. Next:"
    )


def test_no_object_that_matches_is_told_with_place_and_glob(stored: StoredSource) -> None:
    assert f"s3://{stored.bucket.name}/exports/crm/: system crm: no file matches deals_*.csv" in str(refused(stored))


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        (f"http://127.0.0.1:{CLOSED}", "the object store failed 2 times, at last: it cannot be reached"),
        ("http://no-such-host.invalid", "the object store failed 2 times, at last: it cannot be reached"),
        ("https://127.0.0.1:{port}", "the store cannot be asked|it cannot be reached|certificate"),
        ("${S3_NOT_SET}", "the environment variable S3_NOT_SET is not set"),
        ("http://canary@${S3_HOST}", "connection.endpoint: no address of a store"),
    ],
)
def test_an_endpoint_that_is_none_is_told_at_once(
    stored: StoredSource, quick: Callable[..., None], monkeypatch: pytest.MonkeyPatch, endpoint: str, said: str
) -> None:
    monkeypatch.setenv("S3_HOST", "somewhere")
    stored.connection["endpoint"] = endpoint.replace("{port}", str(stored.bucket.moto.port))
    begun = time.monotonic()
    assert any(words in str(refused(stored)) for words in said.split("|"))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply("<html>no S3 here canary</html>", headers={"content-type": "text/html"}), "failed 2 times, at last: HTTP 500"),
        (Reply(b"<Error><Code>SlowDown</Code></Error>", 503), "failed 2 times, at last: HTTP 503"),
        (Reply(b"<Error><Code>NotImplemented</Code><Message>canary</Message></Error>", 400), "HTTP 400 NotImplemented"),
        (Reply(b"<Error><Code>RequestTimeTooSkewed</Code></Error>", 403), "Next: set the clock"),
        (Reply(b"<Error><Code>AuthorizationHeaderMalformed</Code></Error>", 400), "Next: say connection.region"),
        (Reply(b"", fault="reset"), "at last: it cannot be reached"),
        (Reply(b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"), "the list of objects breaks off"),
        (Reply(b"<ListBucketResult>" + b" " * 400, fault="slow"), "at last: no answer in time"),
    ],
)  # fmt: skip
def test_an_answer_of_any_kind_is_told_in_our_words(stored, quick, reply: Reply, said: str) -> None:
    quick(LONGEST=0.5)
    with serving(lambda asked: reply) as api:
        stored.connection["endpoint"] = api.url
        assert any(words in str(refused(stored)) for words in said.split("|"))


def test_a_store_that_is_silent_does_not_hang_the_run(stored: StoredSource, quick: Callable[..., None]) -> None:
    quick(SILENCE=0.3)
    begun = time.monotonic()
    with CutOff(stored.bucket.moto.port, hold=True) as proxy:
        stored.through(proxy)
        assert "at last: no answer in time" in str(refused(stored))
    assert time.monotonic() - begun < 5


def test_a_connection_cut_once_is_tried_again(stored: StoredSource, quick: Callable[..., None]) -> None:
    stored.write("deals_1.csv", many(0))

    def cut() -> None:
        raise OSError

    with CutOff(stored.bucket.moto.port, 50_000, then=cut) as proxy:
        stored.through(proxy)
        assert stored.load().loaded == 3_000
        assert proxy.connections == 3


@pytest.mark.parametrize("step", [32_000, pytest.param(4_000, marks=pytest.mark.faults)])
def test_a_store_cut_off_after_any_number_of_bytes_loads_all_or_nothing(
    stored: StoredSource, quick: Callable[..., None], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(object_store, "BLOCK", 32_768)
    stored.say(hold_below=0)
    stored.write("deals_1.csv", many(0))
    stored.write("deals_2.csv", many(3_000))
    stored.load("first")
    stored.write("deals_1.csv", many(0, amount=2))
    stored.write("deals_2.csv", many(3_000, amount=2))
    states, cut = set(), 0
    for number, limit in enumerate(range(100, 260_000, step)):
        with CutOff(stored.bucket.moto.port, limit, all_together=True) as proxy:
            stored.through(proxy)
            loaded = stored.try_load(f"r{number}")
        cut += bool(loaded.refused)
        assert all(one.kind == "unreachable" for one in loaded.refused)
        assert len(loaded.refused) <= 1  # nor is the second asked for once the store is away
        states.add(stored.rows("select sum(amount)::int from raw_crm.deals")[0][0])
    assert cut >= 150_000 // step
    assert states <= {6_000, 9_000, 12_000}
    stored.directly()
    stored.load("last")
    assert stored.rows("select count(*), sum(amount)::int from raw_crm.deals") == [(6_000, 12_000)]
    assert stored.rows("select count(*) from loads.ledger") == [(4,)]


def test_a_full_table_cut_off_between_its_files_stays_as_it_was(
    stored: StoredSource, quick: Callable[..., None]
) -> None:
    stored.say(delivery="full", key=[], cursor=None)
    stored.write("deals_1.csv", many(0))
    stored.load("first")
    stored.write("deals_1.csv", many(0, amount=2))
    stored.write("deals_2.csv", many(3_000, amount=2))
    with CutOff(stored.bucket.moto.port, 120_000, all_together=True) as proxy:
        stored.through(proxy)
        assert stored.try_load("cut").refused[0].name == "deals_2.csv"
    assert stored.rows("select count(*), sum(amount)::int from raw_crm.deals") == [(3_000, 3_000)]
    stored.directly()
    assert stored.load("whole").loaded == 6_000


def test_a_table_made_anew_keeps_what_could_not_be_fetched_again(
    stored: StoredSource, quick: Callable[..., None]
) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.write("deals_3.csv", FIRST.replace("D", "E"))
    with CutOff(stored.bucket.moto.port, all_together=True) as proxy:
        stored.through(proxy)
        stored.load("first")
        stored.write("deals_2.csv", many(0))
        stored.columns(id="text", amount="double", changed="timestamp")
        proxy.limit = proxy.passed + 50_000
        assert [one.name for one in stored.try_load("cut").refused] == ["deals_2.csv"]
        assert stored.rows("select typeof(amount), count(*) from raw_crm.deals group by all") == [("DOUBLE", 4)]
        proxy.limit = None
        assert stored.load("whole").loaded == 3_000


@pytest.mark.parametrize("same_size", [True, False])
def test_an_object_that_changes_while_it_is_fetched_is_not_loaded(
    stored: StoredSource, monkeypatch: pytest.MonkeyPatch, same_size: bool
) -> None:
    monkeypatch.setattr(object_store, "BLOCK", 32_768)
    stored.write("deals_1.csv", many(0))
    stored.write("deals_2.csv", FIRST)
    later = many(0, amount=2 if same_size else 20)
    with CutOff(stored.bucket.moto.port, 50_000, True, then=lambda: stored.write("deals_1.csv", later)) as proxy:
        stored.through(proxy)
        loaded = stored.try_load("r1")
    (one,) = loaded.refused
    assert str(one.error).startswith(
        f"s3://{stored.bucket.name}/exports/crm/deals_1.csv: system crm: the object changed"
    )
    assert loaded.loaded == 2  # the other one came whole
    stored.directly()
    assert stored.load("r2").loaded == 3_000
    assert stored.rows("select min(amount)::int from raw_crm.deals where id = 'M7'") == [(2 if same_size else 20,)]


def test_an_object_that_changes_after_it_was_listed_is_not_loaded_where_the_store_knows_no_if_match(
    stored: StoredSource, tmp_path: Path
) -> None:
    stored.write("deals_1.csv", FIRST)
    (file,) = object_store.connect(stored.contract.connection, "crm", stored.settings).list_files("*.csv")
    stored.write("deals_1.csv", FIRST.replace("D1", "D9"))
    plain = object_store.Store._call

    class Ignorant(object_store.Store):
        def _call(self, method: str, **said: Any) -> dict[str, Any]:
            return plain(self, method, **{name: value for name, value in said.items() if name != "IfMatch"})

    store = Ignorant(**{name: getattr(file.store, name) for name in file.store.__dataclass_fields__})
    with pytest.raises(KpiError, match="the object changed while it was read"):
        store.part(file, 0, file.size)


def test_an_object_that_vanishes_is_refused_alone(stored: StoredSource) -> None:
    stored.write("deals_1.csv", many(0))
    stored.write("deals_2.csv", FIRST)
    with CutOff(stored.bucket.moto.port, 50_000, True, then=lambda: stored.delete("deals_2.csv")) as proxy:
        stored.through(proxy)
        loaded = stored.try_load("r1")
    (one,) = loaded.refused
    assert "deals_2.csv: system crm: the object vanished after it was listed. Next: run again" in str(one.error)
    assert loaded.loaded == 3_000
    stored.directly()
    assert not stored.load("r2").refused


def test_a_list_that_cannot_be_had_forgets_nothing(stored: StoredSource, quick: Callable[..., None]) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.load("r1")
    stored.connection["endpoint"] = f"http://127.0.0.1:{CLOSED}"
    loaded = stored.try_load("r2")
    assert [one.kind for one in loaded.refused] == ["unreachable"]
    assert stored.rows("select count(*) from loads.objects") == [(1,)]


def killed_as_it_lands(contract: dict[str, Any], data: Path, number: int) -> None:
    """Loads until the `number`-th object is about to be landed."""
    plain, left = landing.write, itertools.count(1)

    def landed(*said: Any, **named: Any) -> landing.Landed:
        if next(left) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(*said, **named)

    landing.write = landed
    load(contract, data, "killed")


@pytest.fixture
def two_objects(stored: StoredSource) -> StoredSource:
    """Two that anybody may read, so that a process of its own can."""
    stored.connection = {name: stored.connection[name] for name in ("path", "endpoint")} | {"anonymous": True}
    stored.write("deals_1.csv", FIRST)
    stored.write("deals_2.csv", many(0))
    for name in ("deals_1.csv", "deals_2.csv"):
        stored.bucket.client.put_object_acl(Bucket=stored.bucket.name, Key=PREFIX + name, ACL="public-read")
    return stored


def ended(killed: Callable[..., None], *said: Any) -> int | None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.countdown", "s3fs"])
    child = processes.Process(target=killed, args=said)
    child.start()
    child.join()
    return child.exitcode


def whole(stored: StoredSource) -> None:
    stored.load("again")
    assert list(stored.settings.data.rglob(".tmp-*")) == []
    assert stored.rows("select count(*), count(distinct id) from raw_crm.deals") == [(3_002, 3_002)]
    assert stored.rows("select count(*) from loads.ledger") == [(2,)]


@pytest.mark.parametrize("number", [1, 2])
def test_a_load_killed_with_an_object_fetched_is_whole_after_one_rerun(two_objects: StoredSource, number: int) -> None:
    contract, data = two_objects.contract.model_dump(by_alias=True), two_objects.settings.data
    assert ended(killed_as_it_lands, contract, data, number) == -signal.SIGKILL
    assert [path.suffix for path in data.rglob(".tmp-*")] == [".csv"]
    whole(two_objects)


@pytest.mark.faults
def test_a_load_of_objects_killed_at_every_boundary_is_whole_after_one_rerun(two_objects: StoredSource) -> None:
    contract, data = two_objects.contract.model_dump(by_alias=True), two_objects.settings.data
    for point in range(1, 1_000):
        status = ended(load, contract, data, "killed", point)
        assert status in (0, -signal.SIGKILL)
        if status == 0:
            break
        whole(two_objects)
        shutil.rmtree(data)
    assert point > 60
