"""The process that sends: `python -m pipelines.watch.alerts.sender`, one message a line in, one outcome a line out.

Belongs here: Apprise, and what it may connect to. Does not: what is sent, when, and what is written down (outbox.py).

A process of its own, because a guard on sockets cannot be taken off again (an audit hook), because a channel that
hangs can then be ended, and because nothing else of ours has to import Apprise. The guard sees the address that is
really connected to, after DNS and whatever a redirect or a proxy says: what is checked is what is called.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from pipelines.watch.alerts.address import is_allowed_host, refusal
from pipelines.watch.alerts.schemes import MAIL, address_problem

CONNECT_SECONDS, READ_SECONDS = 4.0, 8.0
CODES = {"dingtalk": "errcode", "wecombot": "errcode", "feishu": "code"}  # who says under HTTP 200 that it refused
MAX_ANSWER = 65_536  # bytes of an answer that are read; the longest documented one has 200


class Call:
    """What the message under way may do, and what became of it."""

    host = ""
    scheme = ""
    allowed: tuple[str, ...] = ()
    server: str | None = None
    refused: str | None = None
    status: int | None = None
    code: str | None = None  # what the service itself says of a message that HTTP took
    moved = False


class Refused(OSError):
    """An address that must not be called; an OSError, so that the libraries in between take it as no connection."""


def guard(event: str, args: tuple[Any, ...]) -> None:
    """The audit hook: every connection of this process passes here, with the address it goes to."""
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = args[1]
        if args[0].family not in (socket.AF_INET, socket.AF_INET6) or event != "socket.connect":
            Call.refused = "only TCP connections are made"
        else:
            Call.refused = refusal(str(address[0]), Call.host, Call.allowed)
        if Call.refused:
            raise Refused(Call.refused)
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
        Call.refused = "nothing is started"
        raise Refused(Call.refused)


def send(asked: dict[str, Any]) -> dict[str, Any]:
    """Sends {address, server, to, title, body, severity, allowed}; {sent, reason} without any secret.

    Of a report also {html, attach}: what a mail shows beside `body`, and the files that come with it.
    """
    import apprise
    from apprise import plugins

    Call.host, Call.allowed, Call.server = "", tuple(asked["allowed"]), asked["server"]
    Call.refused = Call.status = Call.code = None
    Call.moved = False
    if problem := address_problem(asked["address"], Call.allowed):
        return {"sent": False, "reason": problem}
    asset = apprise.AppriseAsset(
        app_id="KPI Warehouse",
        app_desc="KPI Warehouse",
        app_url="",
        async_mode=False,
        http_redirects=False,
        image_url_mask=False,
        interpret_emojis=False,
        pgp_autogen=False,
        pem_autogen=False,
        service_timeout=0,  # ours is that of outbox.py, which ends the process
    )
    said = plugins.url_to_dict(asked["address"], secure_logging=True)
    if not said:
        return {"sent": False, "reason": "Apprise does not know what to make of the address"}
    said |= {"cto": CONNECT_SECONDS, "rto": READ_SECONDS, "include_image": False, "include_footer": False}
    html = asked.get("html") if said["schema"] in MAIL else None
    if said["schema"] in MAIL:
        said["targets"] = [asked["to"]] if asked["to"] else []
    if html:
        said["format"] = "html"
        own_text_beside_html(asked["body"])
    plugin: Any = apprise.Apprise.instantiate(said, asset=asset)
    if plugin is None:
        return {"sent": False, "reason": "Apprise does not know what to make of the address"}
    if said["schema"] in MAIL:
        Call.host = plugin.smtp_host
        if plugin.secure_mode == "insecure" and not is_allowed_host(Call.host, Call.allowed):
            return {"sent": False, "reason": "mail without TLS only to hosts among allowed_hosts"}
    Call.scheme = said["schema"]
    kinds = {"critical": apprise.NotifyType.FAILURE, "warning": apprise.NotifyType.WARNING}
    service = apprise.Apprise(asset=asset)
    service.add(plugin)
    took = service.notify(
        body=html or asked["body"],
        title=asked["title"],
        # Teams shows Markdown only, and words.py wrote it as such; all others get plain text.
        body_format=apprise.NotifyFormat.HTML
        if html
        else apprise.NotifyFormat.MARKDOWN
        if said["schema"] == "workflow"
        else apprise.NotifyFormat.TEXT,
        attach=attachments(asked.get("attach", [])) if said["schema"] in MAIL else None,
        notify_type=kinds.get(asked["severity"], apprise.NotifyType.INFO),
    )
    sent = bool(took) and Call.code is None and Call.refused is None
    return {"sent": sent, "reason": "" if sent else _reason(said["schema"])}


def own_text_beside_html(text: str) -> None:
    """The part of a mail for readers without HTML is ours; Apprise would make one of the HTML, without its tables."""
    from apprise.plugins.email import base

    base.convert_between = lambda *_, **__: text


def attachments(files: list[dict[str, str]]) -> Any:
    """The files of a mail, read before anything is connected to; None where there are none."""
    import apprise
    from apprise.attachment.memory import AttachMemory

    held = apprise.AppriseAttachment()
    for file in files:
        held.add(AttachMemory(content=Path(file["path"]).read_bytes(), name=file["name"], mimetype=file["type"]))
    return held if files else None


def _reason(scheme: str) -> str:
    if Call.refused:
        return f"not called: {Call.refused}"
    if Call.moved:
        return f"answered {Call.status}: it sends elsewhere, which is not followed"
    if Call.code is not None:
        return f"took the request and refused the message: {Call.code}"
    if Call.status is not None:
        return f"answered {Call.status}"
    return "the mail server did not take it, or cannot be reached" if scheme in MAIL else "no connection, or no answer"


def mend_requests() -> None:
    """Makes requests ask nobody but who is named, read no more than an answer is long, and tell us what was said."""
    import requests

    class Session(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.trust_env = False  # no proxy and no .netrc of the environment

        def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
            parts = urlsplit(str(url))
            if Call.server:
                instead = urlsplit(Call.server)
                parts = parts._replace(scheme=instead.scheme, netloc=instead.netloc)
            Call.host = parts.hostname or ""
            if parts.scheme != "https" and not is_allowed_host(Call.host, Call.allowed):
                Call.refused = f"{Call.host} is asked for without TLS and is not among allowed_hosts"
                raise requests.ConnectionError(Call.refused)
            # Apprise 2.3 quotes DingTalk's signature and requests quotes it again, so that it never fits.
            if isinstance(said := options.get("params"), dict) and "sign" in said:
                options["params"] = said | {"sign": unquote(said["sign"])}
            options["allow_redirects"] = False
            if options.get("verify", True) is True and (own := os.environ.get("REQUESTS_CA_BUNDLE")):
                options["verify"] = own
            return super().request(method, urlunsplit(parts), *args, **options)

        def send(self, request: Any, **options: Any) -> requests.Response:
            answer = super().send(request, **(options | {"stream": True}))
            content = answer.raw.read(MAX_ANSWER, decode_content=True)
            answer.close()
            answer._content, answer._content_consumed = content, True
            Call.status, Call.moved = answer.status_code, answer.is_redirect
            Call.code = _code_of(content) if Call.scheme in CODES else None
            return answer

    requests.Session = requests.sessions.Session = Session  # type: ignore[misc]


def _code_of(content: bytes) -> str | None:
    """The number by which DingTalk, WeCom and Feishu refuse a message under HTTP 200; None where it was taken.

    Only the number: what they write beside it may quote the request.
    """
    try:
        said = json.loads(content)
    except ValueError:
        return None
    name = CODES[Call.scheme]
    if isinstance(said, dict) and isinstance(said.get(name), int) and said[name] != 0:
        return f"{name} {said[name]}"
    return None


def main() -> None:
    """Answers until its input ends; whoever started it ends it where it hangs."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    logging.disable(logging.CRITICAL)  # Apprise's log quotes addresses
    mend_requests()
    sys.addaudithook(guard)
    for line in sys.stdin:
        try:
            outcome = send(json.loads(line))
        except Exception as error:  # whatever a channel does, the next message is sent
            outcome = {"sent": False, "reason": f"{type(error).__name__} in the channel"}
        answers.write(json.dumps(outcome) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
