"""What stands in a board's markup, as a browser would read it."""

from __future__ import annotations

from decimal import Decimal
from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"br", "img", "input", "link", "meta", "hr"}


class Number(NamedTuple):
    """A `<data>`: what its attributes say of it, its value, its text in both languages."""

    names: dict[str, str]
    value: Decimal | None
    zh: str
    en: str
    classes: list[str]


class Read(HTMLParser):
    """Collects numbers, tags and attributes; `rows` are the numbers of each table row that names somebody or something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.numbers: list[Number] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.links: list[str] = []
        self.rows: dict[str, list[Number]] = {}
        self.text: list[str] = []
        self._data: dict[str, str] | None = None
        self._said = {"zh": "", "en": ""}
        self._language: str | None = None
        self._row: str | None = None
        self.feed(html)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(named)
        self.links += [named["href"]] if "href" in named else []
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self._row = next(
                (named[name] for name in ("data-owner", "data-deal", "data-person") if name in named), None
            )
        if tag == "data":
            self._data, self._said = named, {"zh": "", "en": ""}
        if tag == "span" and self._data is not None:
            self._language = named.get("lang")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"
        if tag == "span":
            self._language = None
        if tag == "data" and self._data is not None:
            one = self._data
            names = {name.removeprefix("data-"): value for name, value in one.items() if name.startswith("data-")}
            value = Decimal(one["value"]) if one["value"] else None
            number = Number(names, value, self._said["zh"], self._said["en"], one.get("class", "").split())
            self.numbers.append(number)
            if self._row is not None:
                self.rows.setdefault(self._row, []).append(number)
            self._data = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._data is not None:
            for language in [self._language] if self._language else ["zh", "en"]:
                self._said[language] += data
