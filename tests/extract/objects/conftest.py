"""A bucket of a real S3 server: moto's, as a process of its own, asked over HTTP."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.extract.conftest import Source
from tests.extract.cut_off import CutOff

KEY, SECRET = "AKIACANARYKEY", "canary+secret/0123456789"  # what no error may show
PREFIX = "exports/crm/"


class Moto:
    """The server; its buckets live as long as it does."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.numbers = itertools.count(1)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"moto's server ended with status {self.process.returncode}")
            try:
                urllib.request.urlopen(f"{self.url}/moto-api/data.json", timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("moto's server does not answer")

    def ask_for_log_in(self, wanted: bool) -> None:
        """From now on requests must be signed by a key that the server knows; or need not."""
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth",
            data=b"0" if wanted else b"inf",
            headers={"content-type": "text/plain"},
            method="POST",
        )
        urllib.request.urlopen(request, timeout=5).close()


class Bucket:
    """A bucket of its own for each test."""

    def __init__(self, moto: Moto) -> None:
        import boto3

        self.moto, self.name = moto, f"kpi-{next(moto.numbers)}"
        self.client = boto3.client(
            "s3", endpoint_url=moto.url, aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1"
        )
        self.client.create_bucket(Bucket=self.name)

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content)

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)


class StoredSource(Source):
    """The source of the other tests, its files in a bucket."""

    def __init__(self, place: Path, bucket: Bucket) -> None:
        super().__init__(place)
        self.folder.rmdir()
        self.bucket = bucket
        self.connection = {
            "path": f"s3://{bucket.name}/{PREFIX.rstrip('/')}",
            "endpoint": bucket.moto.url,
            "key": "${S3_KEY}",
            "secret": "${S3_SECRET}",
        }

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        self.bucket.put(PREFIX + name, content if isinstance(content, bytes) else content.encode(encoding))
        return Path(name)

    def delete(self, name: str) -> None:
        self.bucket.delete(PREFIX + name)

    def through(self, proxy: CutOff) -> None:
        self.connection["endpoint"] = f"http://127.0.0.1:{proxy.port}"

    def directly(self) -> None:
        self.connection["endpoint"] = self.bucket.moto.url


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    server = Moto()
    try:
        server.wait()
        yield server
    finally:
        server.process.terminate()
        server.process.wait(10)


@pytest.fixture(autouse=True)
def _only_the_log_in_of_the_tests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("S3_KEY", KEY)
    monkeypatch.setenv("S3_SECRET", SECRET)


@pytest.fixture
def bucket(moto: Moto) -> Bucket:
    return Bucket(moto)


@pytest.fixture
def stored(tmp_path: Path, bucket: Bucket) -> StoredSource:
    return StoredSource(tmp_path / "stored", bucket)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Fewer attempts and shorter waits than a real store deserves."""
    from pipelines.extract.files import object_store

    def set_to(**limits: Any) -> None:
        for name, value in {"ATTEMPTS": 2, "FIRST_PAUSE": 0.01, "LONGEST_PAUSE": 0.01, **limits}.items():
            monkeypatch.setattr(object_store, name, value)

    set_to()
    return set_to
