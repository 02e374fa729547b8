"""Beside a number stand what people said of it, and a link to its owner where people.yml has an address."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.model.company import Person
from pipelines.publish.owners import addresses, link
from pipelines.publish.page import write_page
from pipelines.publish.serving import publish
from pipelines.settings import Settings

from .conftest import AS_OF, NOW, RUN


@pytest.fixture
def cards(settings: Settings) -> Callable[..., dict[str, str]]:
    """The card of each KPI by month, as HTML, by its English label."""

    def write(owners: Mapping[str, str] | None = None) -> dict[str, str]:
        path: Path = publish(settings, RUN, AS_OF, NOW, "abc").path
        text = write_page(path, settings.serving, addresses=owners or {}).read_text(encoding="utf-8")
        board = re.search(r'<div class="board" data-for="month">(.*?)<div class="board"', text, re.S)
        assert board
        card = r'(<article class="card.*?<h4>.*?<span lang="en">(.*?)</span>.*?</article>)'
        return {label: whole for whole, label in re.findall(card, board.group(1), re.S)}

    return write


def heard(card: str) -> list[str]:
    said = re.findall(r'<p class="held heard">(.*?)</p>', re.sub(r'<span lang="zh">.*?</span>', "", card), re.S)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in said]


def test_a_card_shows_what_was_said_of_its_period_the_newest_first(cards: Callable[..., dict[str, str]]) -> None:
    shown = cards()
    assert heard(shown["Contract value signed"]) == [
        "East region: “East has not booked <b>one</b> yet” – vp_sales",
        "“六月少记一单” – sales_east",
    ]
    assert "<b>one</b>" not in shown["Contract value signed"]
    assert [label for label, card in shown.items() if heard(card)] == ["Contract value signed"]


def test_a_link_writes_to_the_owner_only_where_an_address_is_configured(cards: Callable[..., dict[str, str]]) -> None:
    assert not [card for card in cards().values() if "mailto:" in card]
    assert not [card for card in cards({"somebody_else": "x@example.com"}).values() if "mailto:" in card]
    shown = cards({"sales_ops": "qin@example.com"})
    links = [re.findall(r'href="(mailto:[^"]+)"', card) for card in shown.values()]
    assert all(len(one) == 1 for one in links)
    href = html.unescape(re.findall(r'href="(mailto:[^"]+)"', shown["Win rate"])[0])
    assert urlsplit(href).path == "qin@example.com"
    assert parse_qs(urlsplit(href).query) == {"subject": ["赢单率 · Win rate · Jun 2026"]}


def person(name: str, mail: str | None) -> Person:
    return Person.model_validate({"id": name, "name": name, "mail": mail})


def test_an_address_is_never_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_OF_OPS", "ops@example.com")
    monkeypatch.delenv("MAIL_OF_NOBODY", raising=False)
    mails = {
        "qin": "qin@example.com", "ops": "${MAIL_OF_OPS}", "unset": "${MAIL_OF_NOBODY}", "none": None,
        "odd": "a@b.com?bcc=c@d.com", "two": "a@b.com,c@d.com", "word": "me",
    }  # fmt: skip
    people = {name: person(name, mail) for name, mail in mails.items()}
    assert addresses(Settings(), people) == {"qin": "qin@example.com", "ops": "ops@example.com"}


def test_a_subject_adds_no_header() -> None:
    made = link("a@b.com", "Win rate\r\nBcc: c@d.com&cc=e@f.com?x")
    assert parse_qs(urlsplit(made).query) == {"subject": ["Win rate\r\nBcc: c@d.com&cc=e@f.com?x"]}
    assert not re.search(r"[\r\n\s]", made)
    assert parseaddr(urlsplit(made).path)[1] == "a@b.com"
