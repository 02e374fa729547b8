"""The keys of the pseudonyms, and pseudonyms made with them.

Belongs here: reading and making keys, the HMAC. Does not: batches (hiding.py), landed pseudonyms (rotation.py).

Keys form a chain: a pseudonym is the HMAC under the newest key of … of the HMAC under the first. So a new key is added
at the end, and a pseudonym made before it is brought up to date without the value it hides.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets

from pipelines.errors import KpiError
from pipelines.extract.contract.column import Form
from pipelines.extract.personal import forms
from pipelines.settings import Settings

SHORTEST_KEY = 16  # characters; a shorter key can be guessed from one known phone number


def key(settings: Settings) -> bytes:
    """The keys, one a line, the newest last: KPI_PSEUDONYM_KEY (commas between), else data/pseudonym.key.

    The file is made once with one key, readable by its owner only.
    Raises KpiError where a key is shorter than 16 characters, stands twice, or there is none.
    """
    if settings.pseudonym_key is not None:
        return _long_enough(settings.pseudonym_key.get_secret_value(), "KPI_PSEUDONYM_KEY")
    path = settings.data / "pseudonym.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        passing = path.with_name(f".{path.name}.{os.getpid()}")
        passing.unlink(missing_ok=True)
        handle = os.open(passing, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(passing, path)  # whole or not at all, and never over a key another process just made
        except FileExistsError:
            pass
        finally:
            passing.unlink(missing_ok=True)
    return _long_enough(path.read_text(), str(path))


def chain(secret: bytes) -> list[bytes]:
    """The keys of `key()`, the newest last."""
    return secret.splitlines()


def pseudonym(value: str, secret: bytes, form: Form = "text", country: str = "CN") -> str | None:
    """64 hex digits; equal persons give equal ones in every system, however the value is written. None for a blank."""
    said = forms.read(value, form, country)
    return seal(said.text.encode(), chain(secret)) if said else None


def seal(hidden: bytes, keys: list[bytes]) -> str:
    """The HMAC-SHA256 of `hidden` under each key in turn, as hex."""
    for one in keys:
        hidden = hmac.digest(one, hidden, hashlib.sha256)
    return hidden.hex()


def marks(secret: bytes) -> list[str]:
    """A mark per key by which it is known again, which says nothing of it."""
    return [hmac.digest(one, b"mark of this key", hashlib.sha256).hex()[:16] for one in chain(secret)]


def _long_enough(text: str, where: str) -> bytes:
    found = [part.strip() for part in re.split(r"[,\r\n]+", text) if part.strip()]
    wrong = ""
    if not found or any(len(one) < SHORTEST_KEY for one in found):
        wrong = f"{where} is shorter than {SHORTEST_KEY} characters" + (", or one of its keys is" if found[1:] else "")
    elif len(set(found)) < len(found):
        wrong = f"{where} holds the same key twice"
    if wrong:
        raise KpiError(wrong, next_step="use 32 random bytes: python -c 'import secrets; print(secrets.token_hex(32))'")
    return "\n".join(found).encode()
