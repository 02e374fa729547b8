"""Text from data in a message: nothing in it may mention, link, format, reorder or begin a header.

Belongs here: the signs each channel acts upon. Does not: our own words (words.py).

Signs are replaced by their full-width twins, not put behind backslashes: how DingTalk, Feishu and WeCom escape is not
documented, and Feishu acts on <at …> even in plain text. Names stay readable, and nothing can be undone on the way.
Slack, mail and JSON are sent as plain text: Apprise writes &, < and > as Slack documents, the others act on nothing.
"""

from __future__ import annotations

import re
import unicodedata

MARKDOWN = "<>@[]!`*~|\\"  # Teams shows Markdown only
ACTS_ON = {"dingtalk": "<>@", "feishu": "<>@", "wecombot": "<>@", "workflow": MARKDOWN}


def one_line(text: str) -> str:
    """The text on one line, without control characters and without those that turn or hide text."""
    kept = "".join(" " if _is_break(sign) else sign for sign in text if not _is_hidden(sign))
    return " ".join(kept.split())


def inert(text: str, scheme: str) -> str:
    """`one_line`, and what `scheme` would act upon made inert; no address in it is a link."""
    said = one_line(text)
    said = re.sub(r"(?i)\b(www)\.", r"\1．", said.replace("://", "：//"))
    said = re.sub(r"(?i)\b(mailto|javascript|data|file|tel):", r"\1：", said)
    said = "".join(chr(ord(sign) + 0xFEE0) if sign in ACTS_ON.get(scheme, "") else sign for sign in said)
    # An underscore is half of every table's name, so here it keeps its shape.
    return said.replace("_", "\\_") if scheme == "workflow" else said


def link(label: str, address: str, scheme: str) -> str:
    """One of our own links, as the channel shows it."""
    return f"[{label}]({address})" if scheme == "workflow" else f"{label}: {address}"


def _is_break(sign: str) -> bool:
    return sign in "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"


def _is_hidden(sign: str) -> bool:
    return not _is_break(sign) and unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn")
