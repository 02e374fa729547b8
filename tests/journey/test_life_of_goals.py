"""What was promised stays what it was: goals change by somebody's word only, and a closed period's judgement not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from subprocess import CompletedProcess
from typing import Any

import yaml

from tests.conftest import kpi
from tests.journey.small_company import CONTRACTS, SmallCompany

FILE = "kpi_definitions/goals/2026/march_signed.yml"
LATE = {"合同编号": "C99", "客户": "K99", "负责人": "e1", "签订日期": "2026-02-03", "金额": "7.00"}


def run(company: SmallCompany, as_of: str, user: str = "") -> str:
    done = kpi("run", "--config", company.folder, "--as-of", as_of, check=False, KPI_USER=user)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def goals(company: SmallCompany, *arguments: str, user: str = "vp_sales") -> CompletedProcess[str]:
    return kpi("goals", *arguments, "--config", company.folder, check=False, KPI_USER=user)


def say(company: SmallCompany, **changed: Any) -> None:
    said = yaml.safe_load((company.folder / FILE).read_text(encoding="utf-8"))
    company.write(FILE, said | changed)


def march(company: SmallCompany) -> list[tuple[Any, ...]]:
    return company.query(
        "select target::double, actual::double, status, is_closed, target_now::double from published.goal_attainment"
        " where goal_id = 'march_signed' and period_start = date '2026-03-01'"
    )


def records(company: SmallCompany) -> list[tuple[Any, ...]]:
    return company.query(
        "select goal_id, state, recorded_by, known_from::varchar from published.goal_history order by act_no"
    )


def test_a_goal_in_force_changes_by_the_word_of_somebody_who_may_and_each_day_keeps_its_own(
    company: SmallCompany,
) -> None:
    run(company, "2026-03-31")
    assert march(company) == [(50000, 40000, "red", False, 50000)]
    assert records(company) == [("march_signed", "approved", None, "2026-03-31")]

    say(company, target={"value": 30000})
    said = run(company, "2026-04-01")  # the night's run, which is nobody
    assert f"{FILE}" in said
    assert "march_signed as its file says it is not in force: nobody has approved that" in said
    assert march(company) == [(50000, 40000, "red", False, 50000)]
    done = goals(company, "approve", "march_signed", "--reason", "x", user="sales_ops")
    assert done.returncode != 0
    assert "sales_ops may not approve it. Next: KPI_USER=vp_sales" in done.stderr

    run(company, "2026-04-02", user="vp_sales")  # whose word it is
    assert march(company) == [(30000, 40000, "green", False, 30000)]
    assert records(company)[1:] == [("march_signed", "approved", "vp_sales", "2026-04-02")]
    run(company, "2026-03-31")  # that day again, as it was shown
    assert march(company) == [(50000, 40000, "red", False, 50000)]
    run(company, "2026-04-07")  # five working days after its end
    assert march(company) == [(30000, 40000, "green", True, 30000)]
    assert company.query("select target::double, closed_by, closed_as_of::varchar from published.goal_closes") == [
        (30000, "calendar", "2026-04-07")
    ]


def test_a_closed_judgement_stays_whatever_is_said_late_or_taken_away(company: SmallCompany) -> None:
    company.deliver("contracts", [*CONTRACTS, LATE])
    say(company, target={"base": "previous_period", "change": "0%"}, owner="vp_sales")
    run(company, "2026-04-06", user="vp_sales")
    shown = [(7, 40000, "green", False, 7)]
    assert march(company) == shown
    done = kpi("close", "month", "2026-03", "--reason", "audited", "--config", company.folder, KPI_USER="sales_ops")
    assert done.returncode == 0, done.stderr

    # A late record moves what the target stands on, and not the target.
    company.deliver("contracts", [*CONTRACTS, LATE | {"金额": "90000.00"}])
    run(company, "2026-04-08")
    assert march(company) == [(7, 40000, "green", True, 90000)]
    assert company.query("select target::double, closed_by, status from published.goal_closes") == [
        (7, "sales_ops", "green")
    ]

    # Nobody says it anew.
    say(company, target={"value": 1})
    done = goals(company, "approve", "march_signed", "--reason", "easier")
    assert done.returncode != 0
    assert "changes its targets for month 2026-03-01, which has closed" in done.stderr
    assert "march_signed changes its targets" in run(company, "2026-04-09", user="vp_sales")
    assert march(company) == [(7, 40000, "green", True, 90000)]

    # Nor does it go with its file.
    (company.folder / FILE).unlink()
    assert "the file of march_signed is gone" in run(company, "2026-04-10")
    assert goals(company, "withdraw", "march_signed", "--reason", "another plan").returncode == 0
    assert run(company, "2026-04-10")
    assert march(company) == [(7, 40000, "green", True, None)]
    assert [row[1] for row in records(company)] == ["approved", "approved", "draft"]
    assert company.query("select target::double, goal_state from published.goal_targets") == [(7, "approved")]


def test_a_record_changed_from_outside_stops_the_run_and_what_is_served_stays(company: SmallCompany) -> None:
    run(company, "2026-03-31")
    before = (company.served.read_bytes(), march(company))
    file = company.data / "acts.sqlite"
    kept = file.read_bytes()
    for surgery in ("update acts set detail = replace(detail, '50000', '10')", "delete from acts", "gone"):
        if surgery == "gone":
            file.unlink()
        else:
            with closing(sqlite3.connect(file)) as con, con:
                con.execute("drop trigger if exists acts_are_not_changed")
                con.execute("drop trigger if exists acts_are_not_deleted")
                con.execute(surgery)
        done = company.run("--as-of", "2026-04-01")
        assert done.returncode != 0
        assert "the record of acts was changed from outside: act 1" in done.stderr, done.stderr
        assert (company.served.read_bytes(), march(company)) == before
        file.write_bytes(kept)
    run(company, "2026-04-01")
