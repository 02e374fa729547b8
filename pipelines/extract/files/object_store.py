"""A bucket of an S3-compatible object store as a place of files: listed by a table's glob, fetched when needed.

Belongs here: asking the store, bounded in time and memory, and that what was fetched is one whole object. Does not:
which objects are new (arrivals.py), what they hold (csv_file.py, …), what a failure means (object_failures.py).
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.errors import KpiError
from pipelines.extract.contract.files import FilesConnection, wrong_endpoint, wrong_place
from pipelines.extract.files.object_failures import ByChance, NotFetched, Unreachable, readable
from pipelines.extract.files.source_file import Mark, SourceFile, told_as
from pipelines.settings import Settings

if TYPE_CHECKING:
    import datetime as dt

    import s3fs

BLOCK = 8 << 20  # bytes asked for at once, and what a fetch needs of memory twice
ATTEMPTS = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between attempts
CONNECT, SILENCE = 5.0, 20.0  # seconds without a connection, without a byte
LONGEST = 60.0  # seconds of one request: a store that sends a byte now and then must not hang the run

T = TypeVar("T")


@dataclass(frozen=True)
class Store:
    """One bucket, the prefix in it that names of files begin below, and how to log in."""

    system: str
    bucket: str
    prefix: str  # "" or exports/crm/
    endpoint: str | None = None
    region: str | None = None
    addressing: str | None = None
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    anonymous: bool = False

    def address(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def list_files(self, glob: str) -> list[StoredFile]:
        """The objects that match, in no order; folders and the objects that stand for folders are none.

        Raises KpiError: no such bucket, log-in refused, not reachable, an object whose name no file can have.
        """
        parts = PurePosixPath(glob).parts
        plain = re.split(r"[*?\[]", "/".join(parts))[0]
        found = []
        for said in self._listed(self.prefix + plain):
            name = str(said["Key"]).removeprefix(self.prefix)
            if said["Key"].endswith("/") or not matches(tuple(name.split("/")), parts):
                continue
            if {"", ".", ".."} & set(name.split("/")) or re.search(r"[\x00-\x1f\x7f]", name):
                said_safely = re.sub(r"[\x00-\x1f\x7f]", "?", said["Key"])
                raise NotFetched(
                    f"system {self.system}: no file can be called that",
                    file=self.address(said_safely),
                    next_step="rename the object, or narrow from.glob",
                )
            found.append(StoredFile(self, name, int(said["Size"]), _bare(said.get("ETag")), said["LastModified"]))
        return found

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        further: dict[str, str] = {}
        while True:
            ask = partial(self._call, "list_objects_v2", Bucket=self.bucket, Prefix=prefix, **further)
            page = self._try(ask, self.address(prefix))
            yield from page.get("Contents", [])
            if not page.get("IsTruncated"):
                return
            if page.get("NextContinuationToken") in (None, further.get("ContinuationToken")):
                raise NotFetched(
                    f"system {self.system}: the list of objects breaks off",
                    file=self.address(prefix),
                    next_step="report it to the store's operator",
                )
            further = {"ContinuationToken": page["NextContinuationToken"]}

    def part(self, file: StoredFile, first: int, length: int) -> bytes:
        """`length` bytes of an object from byte `first` on, of just the version that was listed.

        Raises Unreachable where ATTEMPTS tries failed; NotFetched: vanished, changed, refused.
        """
        return self._try(lambda: self._part(file, first, length), file.address)

    def _part(self, file: StoredFile, first: int, length: int) -> bytes:
        from fsspec.asyn import sync

        listed = {"IfMatch": f'"{file.etag}"'} if file.etag else {}
        span = f"bytes={first}-{first + length - 1}"
        answer = self._call("get_object", Bucket=self.bucket, Key=self.prefix + file.name, Range=span, **listed)
        try:
            # Also where the store does not know If-Match: every part must be of the version that was listed.
            total = str(answer.get("ContentRange", f"/{answer['ContentLength']}")).rpartition("/")[2]
            same = _bare(answer.get("ETag")) == file.etag if file.etag else answer["LastModified"] == file.modified
            if not same or total != str(file.size):
                raise _changed(file)
            if answer["ContentLength"] != length:
                raise NotFetched(
                    f"system {self.system}: the store does not give parts of objects",
                    file=file.address,
                    next_step="report it to the store's operator",
                )
            data: bytes = sync(self._filesystem.loop, answer["Body"].read, timeout=LONGEST)
        finally:
            answer["Body"].close()
        if len(data) != length:
            raise ByChance("an answer that is cut off")
        return data

    def _call(self, method: str, **said: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._filesystem.call_s3(method, timeout=LONGEST, **said)
        return answer

    def _try(self, ask: Callable[[], T], address: str) -> T:
        import tenacity

        def once() -> T:
            try:
                return ask()
            except ByChance:
                raise
            except Exception as error:  # whatever driver and network raise; only our words of it go on
                raise readable(error, self.system, address) from None

        trying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_exponential_jitter(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE, jitter=FIRST_PAUSE),
            retry=tenacity.retry_if_exception_type(ByChance),
            reraise=True,
        )
        try:
            return trying(once)
        except ByChance as last:
            raise Unreachable(
                f"system {self.system}: the object store failed {ATTEMPTS} times, at last: {last}",
                file=address,
                next_step="see whether it runs and connection.endpoint is right, then run again",
            ) from None

    @property
    def _filesystem(self) -> s3fs.S3FileSystem:
        log_in = (self.key, self.secret, self.anonymous)
        return _filesystem(self.endpoint, self.region, self.addressing, log_in, CONNECT, SILENCE, os.getpid())


@lru_cache(maxsize=8)
def _filesystem(
    endpoint: str | None,
    region: str | None,
    addressing: str | None,
    log_in: tuple[str | None, str | None, bool],
    connect: float,
    silence: float,
    pid: int,
) -> s3fs.S3FileSystem:
    """One client for all tables of a system, since making one costs 0.1 s; of each process its own."""
    import s3fs

    key, secret, anonymous = log_in
    system = s3fs.S3FileSystem(
        anon=anonymous,
        key=key,
        secret=secret,
        endpoint_url=endpoint,
        client_kwargs={"region_name": region} if region else {},
        config_kwargs={
            "connect_timeout": connect,
            "read_timeout": silence,
            "retries": {"total_max_attempts": 1},  # trying again is done in one place, Store._try
            "s3": {"addressing_style": addressing or "auto"},
            # Other stores than Amazon's do not know its newer checksums.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
        skip_instance_cache=True,
        use_listings_cache=False,
    )
    system.retries = 1
    return system


@dataclass(frozen=True)
class StoredFile:
    """An object as it was listed; `name` is its key below the prefix, as a file's is its path below the folder."""

    store: Store
    name: str
    size: int
    etag: str | None
    modified: dt.datetime

    @property
    def address(self) -> str:
        return self.store.address(self.store.prefix + self.name)

    @property
    def mark(self) -> Mark | None:
        """What tells this version of the object from any other; None where the store gives no ETag."""
        if not self.etag:
            return None
        return Mark(self.store.endpoint or "", self.address, self.etag, self.size, self.modified.isoformat())

    @contextmanager
    def fetched(self, place: Path, most: int | None = None) -> Iterator[SourceFile]:
        """The object as a file in `place`, for as long as the block; only its first `most` bytes where that is said.

        A KpiError of the block about the file then names the object. Raises as Store.part does.
        """
        place.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=".tmp-", suffix=_ending(self.name), dir=place)
        copy, size = Path(path), self.size if most is None else min(self.size, most)
        try:
            with os.fdopen(handle, "wb") as file:
                for first in range(0, size, BLOCK):
                    file.write(self.store.part(self, first, min(BLOCK, size - first)))
            with told_as(copy, self.address):
                yield SourceFile(copy, self.name)
        finally:
            copy.unlink(missing_ok=True)


def connect(said: FilesConnection, system: str, settings: Settings) -> Store:
    """The store of a contract; nothing is asked of it yet. Raises KpiError naming a variable that is not set."""
    path = settings.expand(said.path).removeprefix("s3://").rstrip("/")
    bucket, _, prefix = path.partition("/")
    endpoint = settings.expand(said.endpoint) if said.endpoint else None
    if endpoint and (wrong := wrong_endpoint(endpoint)):
        raise KpiError(f"system {system}: connection.endpoint: {wrong}", next_step="correct the environment variable")
    return Store(
        system,
        bucket,
        f"{prefix}/" if prefix else "",
        endpoint,
        settings.expand(said.region) if said.region else None,
        said.addressing,
        settings.expand(said.key) if said.key else None,
        settings.expand(said.secret) if said.secret else None,
        said.anonymous,
    )


@contextmanager
def sample(address: str) -> Iterator[Path]:
    """One object as a file of its own name for as long as the block, fetched with the machine's own log-in.

    A KpiError of the block about the file names the object. Raises KpiError: no address, no such object, and as
    Store.part does.
    """
    bucket, _, key = address.removeprefix("s3://").partition("/")
    prefix, _, name = key.rpartition("/")
    if wrong := wrong_place(address) or (None if name else "no object; write s3://bucket/prefix/file"):
        raise KpiError(wrong, next_step="name a sample of the system: a file, or an object as s3://bucket/prefix/file")
    found = Store(bucket, bucket, f"{prefix}/" if prefix else "").list_files(re.sub(r"([*?\[])", r"[\1]", name))
    if not found:
        raise KpiError("no such object", file=address, next_step="name a sample of the system")
    with (
        tempfile.TemporaryDirectory(prefix="kpi-sample-") as scratch,
        found[0].fetched(Path(scratch)) as copy,
        told_as(Path(scratch) / name, address),
    ):
        yield copy.path.rename(Path(scratch) / name)


def matches(name: tuple[str, ...], glob: tuple[str, ...]) -> bool:
    """Whether Path.glob would find a file of this name, both by their parts: ** is any number of folders."""
    if not glob or not name:
        return not glob and not name
    if glob[0] == "**":
        return len(glob) > 1 and (matches(name, glob[1:]) or (len(name) > 1 and matches(name[1:], glob)))
    return fnmatchcase(name[0], glob[0]) and matches(name[1:], glob[1:])


def _changed(file: StoredFile) -> NotFetched:
    said = f"system {file.store.system}: the object changed while it was read"
    return NotFetched(said, file=file.address, next_step="run again; nothing of it was loaded")


def _bare(etag: str | None) -> str | None:
    return etag.removeprefix("W/").strip('"') if etag else None


def _ending(name: str) -> str:
    """What the readers know a file's form by, and nothing else of a name that somebody else chose."""
    found = re.search(r"(\.[A-Za-z0-9]{1,10}){1,2}$", name)
    return found[0] if found else ""
