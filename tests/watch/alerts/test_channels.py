"""channels.yml: what cannot be is refused with its line, and no secret is read out or left in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import KpiError, KpiErrors
from pipelines.model import check
from pipelines.settings import Settings, load
from pipelines.watch.alerts.channels import Channel, filled_in, problems, read_channels
from tests.watch.alerts.office import Office

GOOD = {
    "mail": {"address": "mailtos://kpi:${SMTP_PASSWORD}@smtp.example.com:465?from=kpi@example.com&mode=ssl"},
    "chat": {"address": "dingtalk://${DINGTALK_SECRET}@${DINGTALK_TOKEN}"},
    "slack": {"address": "slack://${SLACK}"},
    "hook": {"address": "jsons://user:${HOOK_PASSWORD}@hooks.example.com/kpi?+X-Token=${HOOK_TOKEN}"},
    "teams": {"address": "workflow://prod-1.logic.azure.com:443/${TEAMS_ID}/${TEAMS_SIGNATURE}"},
    "whole": {"address": "${ANY_CHANNEL}"},
    "ours": {"address": "feishu://${FEISHU}", "server": "https://feishu.example.com"},
}


@pytest.fixture
def made(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")


def refused(office: Office, channels: dict[str, Any], **said: Any) -> list[str]:
    office.channels(channels, **said)
    found = read_channels(office.settings.kpi_definitions)
    assert found
    return [str(error) for error in problems(found, {})]


def test_every_kind_of_channel_is_taken_without_its_secrets_being_there(made: Office) -> None:
    assert refused(made, GOOD, allowed_hosts=[]) == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file:///etc/passwd", "file:// is not one of"),
        ("syslog://localhost", "syslog:// is not one of"),
        ("apprise://localhost/cfg", "apprise:// is not one of"),
        ("https://hooks.slack.com/services/a/b/c", "https:// is not one of"),
        ("slack://${T}?template=/etc/passwd", "option template"),
        ("workflow://h/${A}/${B}?template=http://169.254.169.254/", "option template"),
        ("mailtos://u:${P}@h?pgppub=/etc/passwd", "option pgppub"),
        ("mailtos://u:${P}@h?bcc=x@evil.example", "option bcc"),
        ("mailtos://u:${P}@h?MODE=insecure", "without TLS"),
        ("mailto://u:${P}@h", "without TLS"),
        ("json://hooks.example.com/x", "without TLS"),
        ("jsons://${H}?verify=no", "option verify"),
        ("jsons://${H}?redirect=yes", "option redirect"),
        ("jsons://${H}?%76erify=no", "option verify"),
        ("jsons://h/a b", "blanks"),
        ("jsons://h/a\r\nX: y", "blanks"),
        ("jsons://", "names no host"),
        ("jsons://h:99999/", "no address"),
        ("nonsense", "no address"),
        ("dingtalk://abcdef0123456789", "belongs into the environment"),
        ("mailtos://kpi:hunter2@smtp.example.com", "belongs into the environment"),
        ("jsons://u:hunter2@example.com", "belongs into the environment"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_its_line(address: str, said: str, made: Office) -> None:
    (error,) = refused(made, {"chat": {"address": address}}, allowed_hosts=[])
    assert said in error
    assert "channels.yml:4: channel chat:" in error
    assert not {"hunter2", "abcdef0123456789"} & set(error.replace("@", " ").replace("/", " ").split())


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("http://chat.example.com", "without TLS"),
        ("https://user@chat.example.com", "scheme and host only"),
        ("https://chat.example.com/elsewhere", "scheme and host only"),
        ("ftp://chat.example.com", "scheme and host only"),
        ("https://[::1", "no address"),
    ],
)
def test_a_server_is_a_scheme_and_a_host(server: str, said: str, made: Office) -> None:
    (error,) = refused(made, {"chat": {"address": "feishu://${T}", "server": server}}, allowed_hosts=[])
    assert said in error
    assert "channels.yml:5:" in error


def test_hosts_of_ones_own_may_do_without_tls(made: Office) -> None:
    own = {"mail": {"address": "mailto://mail.local:25?from=k@example.com"}, "hook": {"address": "json://10.2.3.4/x"}}
    assert len(refused(made, own, allowed_hosts=[])) == 2
    assert refused(made, own, allowed_hosts=["mail.local", "10.2.0.0/16"]) == []


def test_validate_holds_people_and_channels_together(tmp_path: Path) -> None:
    from tests.journey.small_company import SmallCompany

    company = SmallCompany(tmp_path / "company").lay_down()
    said = [{"id": p, "name": p} for p in ("vp_sales", "data_crm", "data_erp")]
    said.append({"id": "sales_ops", "name": "S", "channels": ["mail", "dingtak"]})
    company.write("kpi_definitions/people.yml", {"people": said})
    mail = {"address": "mailtos://k:${P}@smtp.example.com"}
    company.write(
        "kpi_definitions/channels.yml", {"stewards": ["data_cmr"], "channels": {"mail": mail, "dingtalk": {"address": "dingtalk://${T}"}}}
    )  # fmt: skip
    with pytest.raises(KpiErrors) as caught:
        check.read_definitions(load(company.folder))
    told = str(caught.value)
    assert "channels.yml:2: steward data_cmr is nobody in people.yml (did you mean data_crm?)" in told
    assert "sales_ops of people.yml is to hear by dingtak, which is no channel (did you mean dingtalk?)" in told
    assert "sales_ops of people.yml is to hear by mail but has no `mail` there" in told


@pytest.mark.parametrize("hours", ["20-8", "25:00-08:00", "20:00-20:00", "20:00"])
def test_quiet_hours_are_two_times(hours: str, made: Office) -> None:
    made.people([{"id": "zhou", "name": "Z", "quiet_hours": hours}])
    from pipelines.model.company import read_people

    with pytest.raises(KpiErrors, match="is not two times such as 20:00-08:00"):
        read_people(made.settings.kpi_definitions)


def test_a_password_with_every_sign_stays_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "a@b/c:d?e#f%g h&i=j")
    monkeypatch.setenv("T", "T1/B2/c3")
    address = filled_in(Channel(address="mailtos://kpi:${P}@smtp.example.com?from=k@example.com"), Settings())
    import apprise

    plugin: Any = apprise.Apprise.instantiate(address)
    assert (plugin.smtp_host, plugin.password) == ("smtp.example.com", "a@b/c:d?e#f%g h&i=j")
    assert filled_in(Channel(address="slack://${T}"), Settings()) == "slack://T1/B2/c3"


def test_a_secret_that_is_not_set_is_named_not_guessed() -> None:
    with pytest.raises(KpiError, match="the environment variable NOT_SET_ANYWHERE is not set"):
        filled_in(Channel(address="feishu://${NOT_SET_ANYWHERE}"), Settings())


def test_a_field_nobody_knows_is_refused_with_the_nearest(made: Office) -> None:
    made.channels(GOOD, alowed_hosts=[])
    with pytest.raises(KpiErrors, match="unknown field alowed_hosts"):
        read_channels(made.settings.kpi_definitions)
