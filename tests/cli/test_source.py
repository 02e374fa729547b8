"""`kpi source`: a contract from a sample, a system tried, and a sample never seen before that becomes KPIs."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest
import yaml

from tests.conftest import kpi
from tests.journey.small_company import SmallCompany

# A CRM nobody wrote a contract for: semicolons, GB18030, day first, a person's phone; six of ten deals won.
SAMPLE = "商机编号;客户名称;业务员;当前阶段;成交日期;预计金额;联系电话;创建日期\n" + "".join(
    f"S{n};某某公司{n};E{n % 3};{'已成交' if n <= 6 else '黄了' if n <= 9 else '丢单'};{12 + n}/03/2026;1.000,50;1391234{n:04};05/01/2026\n"
    for n in range(1, 11)
)


@pytest.fixture
def stranger(new_company: SmallCompany) -> Path:
    """A sample in the company's folder, whose own CRM no longer delivers deals."""
    path = new_company.folder / "stranger" / "opportunities_2026-03.csv"
    path.parent.mkdir()
    path.write_bytes(SAMPLE.encode("gb18030"))
    contract = yaml.safe_load((new_company.folder / "sources" / "crm.yml").read_text())
    del contract["tables"]["deals"]
    new_company.write("sources/crm.yml", contract)
    (new_company.folder / "expectations" / "raw_crm" / "deals.yml").unlink()
    return path


def test_a_sample_never_seen_before_becomes_a_kpi_by_one_contract(new_company: SmallCompany, stranger: Path) -> None:
    kpi("source", "draft", stranger, "--entity", "deals", "--table", "deals", "--config", new_company.folder)
    path = new_company.folder / "sources" / "stranger.yml"
    kpi("validate", "--config", new_company.folder)
    text = path.read_text()
    assert [value for value in ("S1", "1391234", "某某") if value in text] == []
    assert "doubtful: unknown words are taken as open: 黄了" in text
    # The small edits of a person: whose it is, and what 黄了 ("it went yellow") means, which no list knows.
    text = text.replace("owner: vp_sales", "owner: sales_ops").replace("丢单: {", "黄了: {status: lost}, 丢单: {")
    path.write_text(text)
    kpi("source", "check", "stranger", "--config", new_company.folder)
    done = new_company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    value, state, _ = new_company.figures()["win_rate"]
    assert (value, state) == (0.6, "ok")


def test_a_draft_never_overwrites_unless_forced_and_can_be_printed(new_company: SmallCompany, stranger: Path) -> None:
    arguments = ("source", "draft", stranger, "--config", new_company.folder)
    printed = kpi(*arguments, "--out", "stdout").stdout
    assert yaml.safe_load(printed)["system"] == "stranger"
    kpi(*arguments)
    path = new_company.folder / "sources" / "stranger.yml"
    path.write_text("# mine\n")
    done = kpi(*arguments, check=False)
    assert (done.returncode, path.read_text()) == (1, "# mine\n")
    assert "is there already. Next: say --out stdout" in done.stderr
    kpi(*arguments, "--force")
    assert path.read_text() == printed


def test_a_check_that_fails_ends_red_with_a_next_step_for_each(new_company: SmallCompany) -> None:
    new_company.deliver(
        "deals", [{"商机编号": "D1", "负责人": "e1", "阶段": "赢单", "创建": "2026-01-05", "关闭": "bald"}]
    )
    done = kpi("source", "check", "crm", "--config", new_company.folder, check=False)
    assert done.returncode == 1
    assert "1 of 1 records have a 关闭 that is not date" in done.stderr
    assert all(" Next: " in line for line in done.stderr.splitlines())
    assert "bald" not in done.stdout + done.stderr
    wrong = kpi("source", "check", "crn", "--config", new_company.folder, check=False)
    assert "unknown system crn (did you mean crm?)" in wrong.stderr


def test_the_list_names_every_system_with_its_last_load(new_company: SmallCompany) -> None:
    assert kpi("source", "list", "--config", new_company.folder).stdout.count("never") == 3


@pytest.mark.parametrize("verb", ["draft", "check", "list"])
def test_each_verb_explains_itself(verb: str) -> None:
    assert "--config" in kpi("source", verb, "--help").stdout


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_draft_and_check_of_100_mb_take_less_than_five_seconds(new_company: SmallCompany, encoding: str) -> None:
    head, *records = SAMPLE.splitlines()
    path = new_company.folder / "large" / "deals.csv"
    path.parent.mkdir()
    with path.open("w", encoding=encoding) as file:
        file.write(head + "\n")
        piece, number = "", 0
        while file.tell() < 100_000_000:
            piece = "".join(f"L{number + n};{record.partition(';')[2]}\n" for n, record in enumerate(records * 1000))
            file.write(piece)
            number += len(records) * 1000
    for verb in (("draft", path), ("check", "large")):
        began, cpu, busy = time.monotonic(), _cpu_of_children(), os.getloadavg()[0] >= os.cpu_count()
        kpi("source", *verb, "--config", new_company.folder)
        # On a busy machine the clock tells of the others; what it would be on two free cores, the CPU time tells.
        took = (_cpu_of_children() - cpu) / 2 if busy else time.monotonic() - began
        assert took < 5, verb


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
