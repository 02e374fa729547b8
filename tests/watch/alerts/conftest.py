"""A configuration of people and channels with nothing else in it, and servers for it to talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.watch.alerts.outbox import Sender
from tests.watch.alerts.office import Office
from tests.watch.alerts.receivers import Post, Web, post_office


@pytest.fixture
def web() -> Iterator[Web]:
    with Web().running() as server:
        yield server


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    with post_office() as found:
        yield found


@pytest.fixture(scope="session")
def sender() -> Iterator[Sender]:
    """One sending process for many tests: to start one costs a third of a second."""
    with Sender() as process:
        yield process


@pytest.fixture
def office(tmp_path: Path, web: Web, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> Office:
    """People with one chat channel, DingTalk's, whose server is `web`."""
    monkeypatch.setenv("CHAT_TOKEN", "tok0secret")
    made = Office(tmp_path / "office", sender=sender)
    made.channels({"chat": {"address": "dingtalk://${CHAT_TOKEN}", "server": web.address}})
    return made
