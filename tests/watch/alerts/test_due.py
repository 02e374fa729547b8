"""Who hears what when: one alert per check and owner in four hours, then a digest; quiet hours; the deputy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.model.company import Person
from pipelines.watch.alerts.channels import Channel, Channels
from pipelines.watch.alerts.due import Telling, due, held_back, is_quiet
from pipelines.watch.alerts.history import Event, Finding, State, fold, observe
from tests.watch.alerts.office import HOUR, NOON, ZONE, finding

CHANNELS = Channels(channels={name: Channel(address="feishu://${T}") for name in ("chat", "mail")})


def person(name: str, **said: Any) -> Person:
    return Person.model_validate({"id": name, "name": name, "channels": ["chat"]} | said)


class Story:
    """Runs, clocks and channels, without a file or a server: events made by the code, outcomes said by the test."""

    def __init__(self, *people: Person) -> None:
        self.people = {one.id: one for one in people}
        self.events: list[tuple[int, Event]] = []
        self.now = NOON
        self.down: set[str] = set()
        self.sent: list[tuple[dt.datetime, Telling]] = []
        self.acknowledged: dict[int, dt.datetime] = {}

    @property
    def state(self) -> State:
        state = fold(self.events)
        for no, at in self.acknowledged.items():
            state.alerts[no].acknowledged_at = at
        return state

    def add(self, *events: Event) -> None:
        for event in events:
            self.events.append((len(self.events) + 1, event))

    def run(self, *findings: Finding, judged: str = "raw_crm.deals") -> list[Telling]:
        self.add(*observe(self.state, findings, {judged}, self.now))
        return self.deliver()

    def deliver(self) -> list[Telling]:
        """Sends what is due, or fails to where a channel is down; returns what came through."""
        came = []
        for no, telling in enumerate(due(self.state, self.people, CHANNELS, self.now, ZONE)):
            name = f"{len(self.events)}-{no}"
            said = {
                "person": telling.person,
                "channel": telling.channel,
                "kind": telling.kind,
                "alerts": telling.alerts,
            }
            self.add(Event(self.now, "attempt", name, said))
            if telling.channel in self.down:
                self.add(Event(self.now, "failed", name, {"reason": "down"}))
            else:
                self.add(Event(self.now, "sent", name, {}))
                self.sent.append((self.now, telling))
                came.append(telling)
        return came

    def after(self, hours: float) -> Story:
        self.now += dt.timedelta(hours=hours)
        return self


def kinds(tellings: list[Telling]) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(t.person, t.kind, t.alerts) for t in tellings]


def test_new_findings_are_one_message_to_each_owner() -> None:
    story = Story(person("zhou"), person("lee"))
    assert kinds(story.run(finding(check="a"), finding(check="b"), finding("lee"))) == [
        ("zhou", "alert", (1, 2)),
        ("lee", "alert", (3,)),
    ]


def test_a_check_is_told_once_in_four_hours_and_then_in_a_digest() -> None:
    story = Story(person("zhou"))
    assert kinds(story.run(finding())) == [("zhou", "alert", (1,))]
    assert story.after(3.9).run(finding()) == []
    assert kinds(story.after(0.1).run(finding())) == [("zhou", "digest", (1,))]
    assert story.after(1).run(finding()) == []
    assert kinds(story.after(3).run(finding())) == [("zhou", "digest", (1,))]


def test_a_digest_needs_a_run_that_found_it_again() -> None:
    story = Story(person("zhou"))
    story.run(finding())
    assert story.after(12).deliver() == []


def test_a_new_check_beside_an_old_one_is_told_at_once() -> None:
    story = Story(person("zhou"))
    story.run(finding(check="a"))
    assert kinds(story.after(1).run(finding(check="a"), finding(check="b"))) == [("zhou", "alert", (5,))]


def test_what_is_mended_is_told_no_more_and_new_when_it_comes_back() -> None:
    story = Story(person("zhou"))
    story.run(finding())
    assert story.after(24).run() == []
    assert story.state.open == []
    assert [t.kind for t in story.after(24).run(finding())] == ["alert"]


def test_a_check_that_comes_and_goes_is_still_told_once_in_four_hours() -> None:
    story = Story(person("zhou"))
    story.run(finding())
    story.after(1).run()
    assert story.after(1).run(finding()) == []
    assert [t.kind for t in story.after(2).deliver()] == ["alert"]


def test_a_run_that_did_not_look_at_a_table_closes_nothing() -> None:
    story = Story(person("zhou"))
    story.run(finding())
    story.after(24).run(judged="raw_erp.orders")
    assert len(story.state.open) == 1


def grown_stale(check: str = "stage_not_left", owner: str = "zhou") -> Finding:
    return finding(owner, check, severity="info")


def test_what_has_grown_stale_is_told_once_in_a_week_all_of_it_in_one_message() -> None:
    story = Story(person("zhou", channels=["chat", "mail"]), person("lee"))
    story.now = dt.datetime(2026, 3, 30, 6, tzinfo=ZONE)  # a Monday
    found = grown_stale("a"), grown_stale("b")
    assert kinds(story.run(*found)) == [("zhou", "weekly", (1, 2)), ("zhou", "weekly", (1, 2))]
    for _ in range(6):
        assert story.after(24).run(*found) == []
    assert [t.kind for t in story.after(24).run(*found)] == ["weekly", "weekly"]


def test_what_comes_and_goes_within_a_week_is_no_second_digest() -> None:
    story = Story(person("zhou"))
    story.run(grown_stale())
    story.after(24).run()
    assert story.state.open == []
    assert story.after(24).run(grown_stale()) == []


def test_a_weekly_digest_waits_for_a_channel_and_for_quiet_hours_and_takes_nothing_from_alerts() -> None:
    story = Story(person("zhou", quiet_hours="20:00-08:00"))
    story.now, story.down = dt.datetime(2026, 3, 30, 9, tzinfo=ZONE), {"chat"}
    assert story.run(grown_stale(), finding(check="b")) == []
    story.down = set()
    assert sorted(t.kind for t in story.after(1).deliver()) == ["alert", "weekly"]
    story.now = dt.datetime(2026, 4, 6, 2, tzinfo=ZONE)
    assert story.run(grown_stale(), finding(check="b")) == []
    assert sorted(t.kind for t in story.after(6).deliver()) == ["digest", "weekly"]


def test_what_has_grown_stale_is_never_passed_on_to_a_deputy() -> None:
    story = Story(person("zhou", deputy="lee"), person("lee"))
    story.run(grown_stale())
    assert story.after(48).run(grown_stale()) == []


def test_quiet_hours_hold_back_until_they_end_critical_things_too() -> None:
    story = Story(person("zhou", quiet_hours="20:00-08:00"), person("lee"))
    story.now = dt.datetime(2026, 3, 31, 2, tzinfo=ZONE)
    assert kinds(story.run(finding(), finding("lee"))) == [("lee", "alert", (2,))]
    assert held_back(story.state, story.people, CHANNELS, story.now, ZONE) == {"zhou"}
    assert story.after(5.9).deliver() == []
    assert kinds(story.after(0.1).deliver()) == [("zhou", "alert", (1,))]


def test_what_is_mended_in_quiet_hours_wakes_nobody() -> None:
    story = Story(person("zhou", quiet_hours="20:00-08:00"))
    story.now = dt.datetime(2026, 3, 31, 2, tzinfo=ZONE)
    story.run(finding())
    story.after(2).run()
    assert story.after(6).deliver() == []


BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("zone", "hours", "utc", "quiet"),
    [
        (ZONE, "20:00-08:00", "2026-03-31T12:00", True),  # 20:00
        (ZONE, "20:00-08:00", "2026-03-31T11:59", False),
        (ZONE, "20:00-08:00", "2026-03-31T16:00", True),  # midnight
        (ZONE, "20:00-08:00", "2026-03-31T23:59", True),
        (ZONE, "20:00-08:00", "2026-04-01T00:00", False),  # 08:00
        (ZONE, "12:00-14:00", "2026-03-31T05:00", True),
        (ZONE, "12:00-14:00", "2026-03-31T06:00", False),
        (BERLIN, "22:00-02:30", "2026-03-29T00:59", True),  # 01:59, the last minute before the clocks go forward
        (BERLIN, "22:00-02:30", "2026-03-29T01:00", False),  # 03:00: 02:30 does not exist that night
        (BERLIN, "22:00-02:30", "2026-10-25T00:29", True),  # 02:29, the first time
        (BERLIN, "22:00-02:30", "2026-10-25T00:30", False),
        (BERLIN, "22:00-02:30", "2026-10-25T01:00", True),  # 02:00 for the second time
        (BERLIN, "22:00-02:30", "2026-10-25T01:30", False),
        (NEW_YORK, "01:00-03:00", "2026-03-08T06:59", True),
        (NEW_YORK, "01:00-03:00", "2026-03-08T07:00", False),  # 03:00 at once
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(zone: ZoneInfo, hours: str, utc: str, quiet: bool) -> None:
    at = dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)
    assert is_quiet(person("zhou", quiet_hours=hours), at, zone) is quiet


def test_what_nobody_acknowledges_goes_to_the_deputy_once() -> None:
    story = Story(person("zhou", deputy="lee"), person("lee"))
    story.run(finding())
    assert story.after(23).deliver() == []
    assert kinds(story.after(1).deliver()) == [("lee", "escalation", (1,))]
    assert story.after(24).deliver() == []


def test_the_manager_stands_in_where_there_is_no_deputy() -> None:
    story = Story(person("zhou", manager="lee"), person("lee"))
    story.run(finding())
    assert kinds(story.after(24).deliver()) == [("lee", "escalation", (1,))]


def test_a_warning_is_not_passed_on() -> None:
    story = Story(person("zhou", deputy="lee"), person("lee"))
    story.run(finding(severity="warning"))
    assert story.after(48).deliver() == []


def test_an_owner_out_of_reach_has_a_deputy_as_well() -> None:
    for owner in (person("zhou", deputy="lee", channels=[]), person("zhou", deputy="lee", channels=["mail"])):
        story = Story(owner, person("lee"))
        story.down = {"mail"}
        story.run(finding())
        assert kinds(story.after(24).deliver()) == [("lee", "escalation", (1,))]


def test_quiet_hours_do_not_start_the_clock_of_the_deputy() -> None:
    story = Story(person("zhou", deputy="lee", quiet_hours="20:00-08:00"), person("lee"))
    story.now = dt.datetime(2026, 3, 31, 21, tzinfo=ZONE)
    story.run(finding())
    story.after(11).deliver()  # told at eight
    assert story.after(23.5).deliver() == []
    assert [t.kind for t in story.after(0.5).deliver()] == ["escalation"]


def test_a_deputy_who_owns_the_check_as_well_hears_of_it_once() -> None:
    story = Story(person("zhou", deputy="lee"), person("lee"))
    story.run(finding("zhou"), finding("lee"))
    assert story.after(24).deliver() == []


def test_an_acknowledged_alert_is_neither_repeated_nor_passed_on_for_a_week() -> None:
    story = Story(person("zhou", deputy="lee"), person("lee"))
    story.run(finding())
    story.acknowledged[1] = story.after(1).now
    assert story.after(30).run(finding()) == []
    assert {t.kind for t in story.after(7 * 24).run(finding())} == {"digest", "escalation"}


def test_each_channel_of_a_person_is_told_and_a_failed_one_again() -> None:
    story = Story(person("zhou", channels=["chat", "mail"]))
    story.down = {"mail"}
    assert [t.channel for t in story.run(finding())] == ["chat"]
    assert story.after(1).deliver() == []
    story.down = set()
    assert [t.channel for t in story.deliver()] == ["mail"]
    assert story.deliver() == []


def test_an_attempt_that_nobody_saw_the_end_of_is_made_again() -> None:
    story = Story(person("zhou"))
    story.add(*observe(story.state, [finding()], set(), story.now))
    said = {"person": "zhou", "channel": "chat", "kind": "alert", "alerts": [1]}
    story.add(Event(story.now, "attempt", "killed", said))
    assert kinds(story.deliver()) == [("zhou", "alert", (1,))]
    assert story.deliver() == []


CHECKS = ("a", "b", "c")
STEP = st.tuples(
    st.sampled_from([0.0, 0.05, 0.5, 1, 2, 4, 7, 12, 25]),
    st.one_of(st.none(), st.frozensets(st.sampled_from(CHECKS))),  # None: no run, the sensor only
    st.frozensets(st.sampled_from(["chat", "mail"])),  # what is down
    st.one_of(st.none(), st.sampled_from(CHECKS)),  # what is acknowledged
)


def histories() -> Iterator[Story]:
    yield Story(
        person("zhou", deputy="lee", channels=["chat", "mail"], quiet_hours="20:00-08:00"),
        person("lee", channels=["mail"], quiet_hours="23:00-01:00"),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=30))
def test_over_any_history_nobody_hears_twice_in_four_hours_and_nothing_is_lost(steps: list[Any]) -> None:
    (story,) = histories()
    for hours, found, down, acknowledged in steps:
        story.after(hours).down = set(down)
        open_now = {alert.check[1]: alert for alert in story.state.open}
        if acknowledged in open_now:
            story.acknowledged[open_now[acknowledged].no] = story.now
        if found is None:
            story.deliver()
        else:
            owners = {"a": "zhou", "b": "zhou", "c": "lee"}
            story.run(*(finding(owners[check], check) for check in sorted(found)))
        assert story.deliver() == []  # twice is the same as once
    state = story.state

    last: dict[tuple[str, str, Any], dt.datetime] = {}
    digests: dict[tuple[str, str], dt.datetime] = {}
    for at, telling in story.sent:
        assert not is_quiet(story.people[telling.person], at, ZONE)
        for no in telling.alerts:
            key = (telling.person, telling.channel, state.alerts[no].check)
            assert key not in last or at - last[key] >= 4 * HOUR
            last[key] = at
        if telling.kind == "digest":
            whom = (telling.person, telling.channel)
            assert whom not in digests or at - digests[whom] >= 4 * HOUR
            digests[whom] = at
    for alert in state.alerts.values():
        told_after = [at for at, t in story.sent if alert.no in t.alerts and alert.closed_at and at > alert.closed_at]
        assert told_after == [], "what is mended is told no more"

    # Nothing is lost: once all works and nobody sleeps, every open alert has been told on every channel of its owner.
    story.down = set()
    for _ in range(5):
        story.after(6).deliver()
    for alert in story.state.open:
        if alert.acknowledged_at is None:
            owner = story.people[alert.finding.owner]
            assert {(owner.id, channel) for channel in owner.channels} <= set(alert.told)
