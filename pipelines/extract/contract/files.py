"""Where records lie when the source is files: a folder or an object store, and the log-in of the store."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from pipelines.shape import Strict, wrong_at

KNOWN = "a local folder or s3://bucket/prefix"
OF_A_STORE = ("endpoint", "region", "addressing", "key", "secret", "anonymous")


class FilesConnection(Strict):
    """A local folder, or a bucket of an S3-compatible object store and how to log in there."""

    path: str = Field(description=f"{KNOWN}; a relative folder lies in the configuration")
    endpoint: str | None = Field(
        None, description="s3: the store's address where it is not Amazon's: https://host:9000"
    )
    region: str | None = Field(None, description="s3: the bucket's region, where the store has such")
    addressing: Literal["path", "virtual"] | None = Field(
        None,
        description="s3: host/bucket or bucket.host (Aliyun OSS, Tencent COS); default: path where endpoint is said",
    )
    key: str | None = Field(
        None, description="s3: access key, as ${S3_KEY}; without key and secret the machine's own log-in is taken"
    )
    secret: str | None = Field(None, description="s3: secret of the access key, only by name: ${S3_SECRET}")
    anonymous: bool = Field(False, description="s3: the bucket is open to everybody")

    @model_validator(mode="after")
    def _place_and_log_in_agree(self) -> FilesConnection:
        if wrong := wrong_place(self.path) if not self.path.startswith("${") else None:
            raise wrong_at(("path",), wrong)
        said = [name for name in OF_A_STORE if getattr(self, name)]
        if said and not self.path.startswith("${") and not is_store(self.path):
            raise wrong_at((said[0],), f"a local folder has no {said[0]}; it is for s3://bucket/prefix")
        if bool(self.key) != bool(self.secret):
            raise wrong_at(("key" if self.key else "secret",), "give both key and secret, or neither")
        if self.secret and not re.fullmatch(r"\$\{\w+\}", self.secret):
            raise wrong_at(("secret",), "a secret stands in the environment; name it here: ${S3_SECRET}")
        if self.key and self.anonymous:
            raise wrong_at(("anonymous",), "give either key and secret or anonymous: true")
        if self.endpoint and "${" not in self.endpoint and (wrong := wrong_endpoint(self.endpoint)):
            raise wrong_at(("endpoint",), wrong)
        return self


def is_store(path: str) -> bool:
    """Whether the path is one of an object store, and not a folder's."""
    return path.startswith("s3://")


def wrong_place(path: str) -> str | None:
    """What is wrong with a path; never the path itself, which may be a signed address."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", path)
    if not scheme:
        return None
    if not is_store(path):
        return f"{scheme[1]}:// is not supported; give {KNOWN}"
    named = re.sub(r"\$\{[^}]*\}", "name", path)
    if not re.fullmatch(r"s3://[A-Za-z0-9][A-Za-z0-9._-]{1,254}(/[^?#\x00-\x1f]*)?", named):
        return "no address of a bucket; write s3://bucket/prefix, without log-in and parameters"
    if {".", "..", ""} & set(named.removeprefix("s3://").rstrip("/").split("/")):
        return "a prefix has no empty parts, and none called . or .."
    return None


def wrong_endpoint(endpoint: str) -> str | None:
    """What is wrong with the address of a store, which must hold neither log-in nor parameters."""
    if re.fullmatch(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", endpoint):
        return None
    return "no address of a store; write https://host:port, without log-in and parameters"
