"""At the end of a run, whatever its outcome, the right owner hears the right sentence once; and when a run died, its steward."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import REPOSITORY
from tests.conftest import kpi
from tests.journey.small_company import CONTRACTS, DEALS, HAS_OWNER, NOT_EMPTY, ORDERS, SOURCES, SmallCompany
from tests.watch.alerts.receivers import Post, Web, post_office

CANARIES = {"手机": "13912345678", "邮箱": "canary@evil.example", "身份证": "11010519491231002X"}
PEOPLE = [
    {"id": "vp_sales", "name": "VP", "channels": ["mail"], "mail": "vp@example.com"},
    {"id": "sales_ops", "name": {"zh": "秦岚", "en": "Qin Lan"}, "language": "zh", "deputy": "vp_sales", "channels": ["chat", "mail"], "mail": "${OPS_MAIL}"},
    {"id": "data_crm", "name": "Data", "roles": ["engineer"], "channels": ["chat"]},
    {"id": "data_erp", "name": "Erp", "channels": ["chat"]},
]  # fmt: skip


class Broken:
    """The small company with every kind of fault at once, its first run, and what came by chat and mail."""

    def __init__(self, company: SmallCompany, web: Web, post: Post, port: int) -> None:
        self.company, self.web, self.post = company, web, post
        self.environment = {"CHAT_TOKEN": "tok0secret", "OPS_MAIL": "qin@example.com", "SMTP_PORT": str(port)}
        company.write("kpi_definitions/people.yml", {"people": PEOPLE})
        self.channels("data_crm")
        self.break_it()
        self.done = self.run()

    def channels(self, steward: str) -> None:
        said = {
            "chat": {"address": "dingtalk://${CHAT_TOKEN}", "server": self.web.address},
            "mail": {"address": "mailto://127.0.0.1:${SMTP_PORT}?from=kpi@example.com&mode=insecure"},
        }
        self.company.write("kpi_definitions/channels.yml", {
            "link": "https://kpi.example.com/reports", "stewards": [steward], "allowed_hosts": ["127.0.0.1"],
            "channels": said,
        })  # fmt: skip

    def break_it(self) -> None:
        contracts = SOURCES["crm"]["contracts"]
        personal = [{"name": name, "as": f"x_p{i}", "type": "text", "personal": kind}
                    for i, (name, kind) in enumerate(zip(CANARIES, ("hash", "hash", "drop"), strict=True))]  # fmt: skip
        said = {"kind": "files", "label": {"zh": "小", "en": "S"}, "owner": "sales_ops", "time_zone": "Asia/Shanghai"}
        tables = {
            "deals": {"from": {"glob": "deals.csv"}, "delivery": "full"} | SOURCES["crm"]["deals"],
            "contracts": {"from": {"glob": "contracts.csv"}, "delivery": "full", "key": ["合同编号"]}
            | contracts | {"columns": [*contracts["columns"], *personal]},
        }  # fmt: skip
        self.company.write(
            "sources/crm.yml", {"system": "crm"} | said | {"connection": {"path": "in"}, "tables": tables}
        )
        why = {"why": {"zh": "<at user_id='all'>", "en": "<!channel> https://evil.example"}}
        self.company.suite("raw_crm/contracts", NOT_EMPTY, HAS_OWNER | why)
        self.company.deliver(
            "contracts", [row | CANARIES | ({"负责人": ""} if n < 2 else {}) for n, row in enumerate(CONTRACTS)]
        )
        self.company.deliver("orders", [row | ({"customer": ""} if n < 3 else {}) for n, row in enumerate(ORDERS)])
        self.company.deliver("deals", DEALS[:5])  # ten are the least

    def run(self) -> subprocess.CompletedProcess[str]:
        return kpi("run", "--config", self.company.folder, check=False, **self.environment)

    def alert(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return kpi("alert", *arguments, "--config", self.company.folder, check=False, **self.environment, **more)

    @property
    def chat(self) -> list[str]:
        return [one.body["text"]["content"] for one in self.web.got]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    company = SmallCompany(tmp_path_factory.mktemp("broken") / "company").lay_down()
    with Web().running() as web, post_office() as (post, port):
        yield Broken(company, web, post, port)


def test_the_owner_hears_of_everything_once_on_each_channel(broken: Broken) -> None:
    assert broken.done.returncode == 1
    assert "alerts to 1 people: 1 by chat, 1 by mail" in broken.done.stdout
    (text,) = broken.chat
    assert text.startswith("KPI 提醒 · 秦岚：3 项新的问题")
    assert "raw_crm.deals 整表不符合规则 table_row_count_to_be_between" in text
    assert "该表已暂停使用，相关指标保留上一次的正确数值" in text
    assert "raw_crm.contracts 有 2 行（共 40 行）不符合规则 not_be_null(负责人)" in text
    assert "受影响的指标：新客户数、签单金额。受影响的目标：小公司。" in text
    assert "https://kpi.example.com/reports/fix_lists/raw_crm.contracts.not_be_null_" in text
    assert "raw_erp.orders 有 3 行（共 20 行）不符合规则 not_be_null(customer)" in text
    assert broken.post.to == [["qin@example.com"]]
    assert "raw_crm.deals 整表不符合规则" in broken.post.mails[0].get_content()
    assert "<at" not in text
    assert "evil.example" not in text  # that is the English one


def test_nothing_personal_and_no_secret_leaves_the_warehouse(broken: Broken) -> None:
    said = broken.done.stdout + broken.done.stderr + "".join(one.text for one in broken.web.got)
    said += "".join(mail.as_string() + mail.get_content() for mail in broken.post.mails)
    data = broken.company.data
    files = [data / "alerts.sqlite", *(data / "reports").rglob("*"), *(data / "dagster").rglob("*")]
    assert any("fix_lists" in str(path) and path.suffix == ".csv" for path in files)
    said += "".join(path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file())
    for canary in [*CANARIES.values(), "tok0secret"]:
        assert canary not in said


def test_list_says_how_each_alert_stands_and_ack_who_sees_to_it(broken: Broken) -> None:
    listed = broken.alert("list").stdout
    assert "3 alerts are open" in listed
    assert "told sales_ops by chat, sales_ops by mail" in " ".join(listed.split())
    assert (bad := broken.alert("ack", "A99", "--reason", "x")).returncode == 1
    assert "there is no alert A99" in bad.stderr
    assert "needs a reason" in broken.alert("ack", "A1").stderr
    done = broken.alert("ack", "A1", "--reason", "calling the branch", KPI_USER="sales_ops")
    assert (done.returncode, done.stderr) == (0, "")
    assert "acknowledged by sales_ops" in " ".join(broken.alert("list").stdout.split())


def test_a_trial_message_goes_to_whoever_asks(broken: Broken) -> None:
    before = len(broken.web.got), len(broken.post.to)
    assert broken.alert("test", "mail", KPI_USER="sales_ops").stdout == "sent by mail\n"
    assert broken.alert("test", "chat", KPI_USER="data_erp").stdout == "sent by chat\n"
    assert (len(broken.web.got), len(broken.post.to)) == (before[0] + 1, before[1] + 1)
    assert "data_erp has no `mail`" in broken.alert("test", "mail", KPI_USER="data_erp").stderr
    broken.web.answer, kept = (lambda one: (500, b"", {}, 0)), broken.web.answer
    assert "chat did not take the message: answered 500" in broken.alert("test", "chat", KPI_USER="data_erp").stderr
    broken.web.answer = kept


def test_a_run_that_stops_before_it_began_is_told_to_the_steward(broken: Broken) -> None:
    path = broken.company.folder / "kpi_definitions" / "goals" / "2026" / "march_signed.yml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("won_amount", "won_amuont"), encoding="utf-8")
    before = len(broken.chat)
    try:
        done = broken.run()
    finally:
        path.write_text(good, encoding="utf-8")
    assert done.returncode == 1
    (text,) = broken.chat[before:]
    assert text.startswith("KPI alert · Data: 1 new problem")
    assert "The nightly run stopped before its end" in text
    assert "march_signed.yml:5: unknown KPI won_amuont" in text


@pytest.mark.faults
def test_a_run_that_was_killed_is_told_to_the_steward_by_whoever_looks_next(broken: Broken) -> None:
    broken.channels("data_erp")
    before = len(broken.chat)
    run = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", "--config", str(broken.company.folder)],
        cwd=REPOSITORY, env=os.environ | broken.environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert run.stdout
    for line in run.stdout:
        if "raw_crm" in line:
            break
    assert broken.alert("send").stdout == "nothing is due\n"  # it is alive
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(20)
    assert broken.alert("send").stdout == "alerts to 1 people: 1 by chat\n"
    (text,) = broken.chat[before:]
    assert "Its process ended without a word" in text
    assert broken.alert("send").stdout == "nothing is due\n"


@pytest.mark.faults
def test_bi_reads_what_was_told_by_the_run_before(broken: Broken) -> None:
    broken.alert("ack", "A1", "--reason", "calling the branch", KPI_USER="sales_ops")
    broken.run()
    told = broken.company.query(
        'select alert_id, owner, "table", told_by, acknowledged_by, closed_at from published.alerts'
        " where told_by = 'chat, mail' order by acknowledged_by nulls last, 3"
    )
    assert sorted((owner, table) for _, owner, table, *_ in told) == [
        ("sales_ops", "raw_crm.contracts"), ("sales_ops", "raw_crm.deals"), ("sales_ops", "raw_erp.orders")
    ]  # fmt: skip
    assert (told[0][0], told[0][4]) == ("A1", "sales_ops")


@pytest.mark.faults
def test_nobody_is_told_twice_by_the_next_run_and_a_mended_source_ends_it(broken: Broken) -> None:
    broken.company.deliver("contracts", [row | CANARIES for row in CONTRACTS])
    broken.company.deliver("orders", ORDERS)
    broken.company.deliver("deals", DEALS)
    before = len(broken.chat)
    done = broken.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert broken.chat[before:] == []
    assert broken.alert("list").stdout.splitlines()[0] == "0 alerts are open"


def test_apprise_is_not_imported_by_help_by_dagster_or_without_channels(tmp_path: Path) -> None:
    script = (
        "import sys\nimport pipelines.definitions\nfrom pipelines.cli.app import app\nfrom pipelines.watch import run, sensors\n"
        "from pipelines.watch.alerts import outbox, run as alerts\nfrom typer.testing import CliRunner\n"
        "assert CliRunner().invoke(app, ['alert', '--help']).exit_code == 0\nprint('apprise' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
