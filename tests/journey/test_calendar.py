"""A company whose months are whole weeks, in a year whose public holidays nobody knows yet: through the command alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import yaml

from tests.journey.small_company import CONTRACTS, SmallCompany

# Fiscal March 2026 runs from Monday, 23 February to Sunday, 29 March.
SIGNED = ["2026-02-22", "2026-02-23", "2026-03-29", "2026-03-30", *["2026-03-02"] * 36]
# Fiscal 2027 ends on Sunday, 2 January 2028.
SAID = "Working days of 2027–2028 are provisional"
SAID_ZH = "2027–2028 年的工作日为暂定"


def test_months_of_whole_weeks_and_a_year_without_known_holidays(new_company: SmallCompany) -> None:
    path = new_company.folder / "kpi_definitions" / "company.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8")) | {"calendar": 445, "holidays": "CN"}
    new_company.write("kpi_definitions/company.yml", said)
    new_company.deliver("contracts", [r | {"签订日期": day} for r, day in zip(CONTRACTS, SIGNED, strict=True)])
    done = new_company.run("--as-of", "2027-01-15")
    assert done.returncode == 0, done.stdout + done.stderr

    signed = new_company.query(
        """
        select period_start, period_end, value from published.kpi_values
        where kpi_id = 'won_amount' and level = 'company' and grain = 'month' and cut = 'none' and value is not null order by 1
        """
    )
    assert signed == [
        (date(2026, 1, 26), date(2026, 2, 22), Decimal(1000)),
        (date(2026, 2, 23), date(2026, 3, 29), Decimal(38000)),
        (date(2026, 3, 30), date(2026, 4, 26), Decimal(1000)),
    ]
    quarters = new_company.query(
        """
        select period_start, period_end, value from published.kpi_values
        where kpi_id = 'won_amount' and level = 'company' and grain = 'quarter' and cut = 'none' and value is not null order by 1
        """
    )
    assert quarters == [
        (date(2025, 12, 29), date(2026, 3, 29), Decimal(39000)),
        (date(2026, 3, 30), date(2026, 6, 28), Decimal(1000)),
    ]
    # The goal says 2026-03-01 to 2026-03-31, and means the company's March.
    goals = new_company.query("select period_start, period_end, target, actual, status from published.goal_attainment")
    assert goals == [(date(2026, 2, 23), date(2026, 3, 29), Decimal(50000), Decimal(38000), "red")]

    assert SAID in done.stdout
    assert new_company.query("select provisional_years from published.publication") == [("2027–2028",)]
    page = (new_company.data / "serving" / "index.html").read_text(encoding="utf-8")
    assert SAID in page
    assert SAID_ZH in page
    assert "2027年1月" in page  # which begins on 4 January
    notices = (new_company.data / "reports" / "notices.md").read_text(encoding="utf-8")
    assert SAID in notices
    assert SAID_ZH in notices
