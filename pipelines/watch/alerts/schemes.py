"""What an address of a channel may be: scheme, options, TLS, secrets by name.

Belongs here: looking at the text of an address. Does not: where it leads (address.py), the file it stands in
(channels.py). Imports nothing heavy, since the sending process begins anew for each delivery.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from pipelines.watch.alerts.address import is_allowed_host

# Apprise's schemes that we send by, and of their options those that lead nowhere else: `template` would read a file,
# `redirect` follow one, `verify` let any certificate pass, `smtp` and `server` are looked at as hosts.
SCHEMES: dict[str, frozenset[str]] = {
    "mailto": frozenset({"from", "name", "smtp", "mode", "reply"}),
    "mailtos": frozenset({"from", "name", "smtp", "mode", "reply"}),
    "slack": frozenset(),
    "workflow": frozenset({"pa", "route", "ver", "api-version"}),
    "dingtalk": frozenset(),
    "feishu": frozenset(),
    "wecombot": frozenset(),
    "json": frozenset(),
    "jsons": frozenset(),
}
MAIL = ("mailto", "mailtos")
BY_TOKEN = ("slack", "workflow", "dingtalk", "feishu", "wecombot")  # whoever has the address may write
UNKNOWN = "unknown"  # stands for a secret that is not filled in yet; the address is looked at again when it is
PORT = re.compile(r":\$\{\w+(?::-[^}]*)?\}(?=[/?#]|$)")
PLACEHOLDER = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def address_problem(address: str, allowed: Sequence[str]) -> str | None:
    """Why a channel's address is refused, whether its secrets are filled in or not; None where it is fine.

    Never quotes what may be a secret.
    """
    if PLACEHOLDER.fullmatch(address):
        return None  # the whole address is a secret: looked at again when it is known
    scheme, colon, _ = address.lower().partition("://")
    if not colon or not re.fullmatch(r"[a-z0-9+.-]{1,20}", scheme):
        return "no address"
    if scheme not in SCHEMES:
        return f"{scheme}:// is not one of {', '.join(SCHEMES)}"
    if re.search(r"[\x00-\x20\x7f\\]", address):
        return "blanks, backslashes and control characters have no place in an address"
    try:
        parts = urlsplit(PLACEHOLDER.sub(UNKNOWN, PORT.sub(":1", address)))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "no address"
    if not host:
        return "it names no host"
    options = _options(parts.query)
    for option in options:
        if option not in SCHEMES[scheme] and not (scheme.startswith("json") and option.startswith("+")):
            return (
                f"the option {option} is not allowed here" if re.fullmatch(r"[\w:+-]{1,30}", option) else "no address"
            )
    host = options.get("smtp", host)
    open_ = "mode=insecure" if options.get("mode", "").lower() == "insecure" else ""
    if scheme in ("json", "mailto"):
        open_ = open_ or f"{scheme}://"
    if open_ and UNKNOWN not in host and not is_allowed_host(host, allowed):
        return f"{open_} is without TLS: take one with it ({scheme.rstrip('s')}s://), or list the host in allowed_hosts"
    return None


def open_secret(address: str) -> str | None:
    """Secrets stand in the environment, not in a file that is shared."""
    if PLACEHOLDER.fullmatch(address):
        return None
    scheme, _, rest = address.partition("://")
    user = re.split(r"[/?#]", PLACEHOLDER.sub("${", rest))[0].rpartition("@")[0]
    if scheme.lower() in BY_TOKEN and not PLACEHOLDER.search(address):
        return "its token belongs into the environment: write it as ${NAME}"
    if ":" in user and "${" not in user.partition(":")[2]:
        return "its password belongs into the environment: write it as ${NAME}"
    return None


def _options(query: str) -> dict[str, str]:
    """As Apprise reads them: names in small letters, + as it stands."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return {unquote(name).lower(): unquote(value) for name, _, value in pairs}


def server_problem(server: str, allowed: Sequence[str]) -> str | None:
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "server is no address"
    if not host or parts.username or parts.path.strip("/") or parts.query or parts.scheme not in ("http", "https"):
        return "server must be scheme and host only, as https://chat.example.com"
    if parts.scheme == "http" and not is_allowed_host(host, allowed):
        return "server is without TLS: write https://, or name the host under allowed_hosts"
    return None
