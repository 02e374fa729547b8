"""What an object store or its driver says, in our words: theirs may quote an access key or a signed address.

Belongs here: telling failures apart, and which of them are worth another try. Does not: trying again (object_store.py).
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.errors import KpiError

AGAIN = "run again; nothing of it was loaded"
LOG_IN = "check key and secret in the environment"
ANOTHER_REGION = ("the bucket lies in another region", "say connection.region")
REFUSED_LOG_IN = ("the store refuses the log-in", LOG_IN)

BY_CHANCE = {
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "RequestTimeout",
    "RequestTimeoutException",
}
CODES = {
    "NoSuchBucket": ("there is no such bucket", "correct connection.path, or endpoint and region"),
    "InvalidBucketName": ("there can be no such bucket", "correct connection.path"),
    "NoSuchKey": ("the object vanished after it was listed", "run again, or deliver it again"),
    "PreconditionFailed": ("the object changed while it was read", AGAIN),
    "InvalidRange": ("the object changed while it was read", AGAIN),
    "AccessDenied": ("the store refuses to give it", "allow the key s3:ListBucket on the bucket and s3:GetObject"),
    "InvalidObjectState": ("the object is archived", "restore it, or move it out of the prefix"),
    "InvalidAccessKeyId": REFUSED_LOG_IN,
    "SignatureDoesNotMatch": REFUSED_LOG_IN,
    "InvalidToken": REFUSED_LOG_IN,
    "ExpiredToken": ("the log-in has expired", LOG_IN),
    "RequestTimeTooSkewed": ("this machine's clock is wrong, so the store refuses the log-in", "set the clock"),
    "PermanentRedirect": ANOTHER_REGION,
    "TemporaryRedirect": ANOTHER_REGION,
    "AuthorizationHeaderMalformed": ANOTHER_REGION,
    "SecondLevelDomainForbidden": ("the store wants the bucket before its host", "say connection.addressing: virtual"),
}
STATUS = {
    301: "PermanentRedirect",
    403: "AccessDenied",
    404: "NoSuchKey",
    412: "PreconditionFailed",
    416: "InvalidRange",
}


class NotFetched(KpiError):
    """One object could not be had whole; others may be."""


class Unreachable(NotFetched):
    """The store itself failed, however often it was asked: there is no use in asking it for the next object."""


class ByChance(Exception):
    """A failure that another try may mend; the text is for people."""


def readable(error: Exception, system: str, address: str) -> KpiError | ByChance:
    """What a failed request means; an own KpiError stays itself."""
    import botocore.exceptions as boto
    from aiohttp import ClientError as HttpError
    from botocore.parsers import ResponseParserError
    from fsspec.exceptions import FSTimeoutError

    if isinstance(error, KpiError):
        return error
    cause = error.__cause__ if isinstance(error.__cause__, boto.BotoCoreError | boto.ClientError) else error
    if isinstance(cause, boto.ClientError):
        return _answered(cause.response, system, address)
    if isinstance(cause, boto.NoCredentialsError | boto.PartialCredentialsError):
        step = "give connection.key and secret, or anonymous: true for a bucket open to everybody"
        return NotFetched(f"system {system}: nobody to log in as", file=address, next_step=step)
    if isinstance(cause, boto.SSLError):
        step = "let the machine trust it (AWS_CA_BUNDLE), or correct connection.endpoint"
        return NotFetched(f"system {system}: the store's certificate is not trusted", file=address, next_step=step)
    if isinstance(cause, FSTimeoutError | TimeoutError | boto.ReadTimeoutError | boto.ConnectTimeoutError):
        return ByChance("no answer in time")
    if isinstance(cause, boto.EndpointConnectionError | boto.ProxyConnectionError):
        return ByChance("it cannot be reached")
    if isinstance(cause, ResponseParserError):
        return ByChance("an answer that is not S3's")
    if isinstance(cause, boto.HTTPClientError | boto.IncompleteReadError | HttpError | ConnectionError):
        return ByChance("the connection was lost")
    step = "correct connection.path, endpoint and region"
    return NotFetched(
        f"system {system}: the store cannot be asked ({type(cause).__name__})", file=address, next_step=step
    )


def _answered(response: dict[str, Any], system: str, address: str) -> KpiError | ByChance:
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code = str(response.get("Error", {}).get("Code", ""))
    if code in BY_CHANCE or status >= 500 or status == 429:
        return ByChance(f"HTTP {status}")
    problem, step = CODES.get(code) or CODES.get(STATUS.get(status, "")) or _unknown(code, status)
    return NotFetched(f"system {system}: {problem}", file=address, next_step=step)


def _unknown(code: str, status: int) -> tuple[str, str]:
    """The store's own short word for what is wrong, and never its sentence."""
    word = f" {code}" if re.fullmatch(r"[A-Za-z]{3,40}", code) else ""
    return f"the store refuses it: HTTP {status}{word}", "correct connection.path, endpoint and region"
