"""Targets on real data: AdventureWorks' quotas as goals, and Maven's won value against a file of quotas."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
import yaml

from pipelines.model.goal import read_goals
from tests.conftest import kpi
from tests.model.goal.targets import KPIS, company, goal
from tests.model.laid import compute, laid
from tests.real.conftest import HERE

pytestmark = pytest.mark.real
QUARTERS = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}


def test_the_quotas_of_adventureworks_are_goals(shipped, real_data, known, known_rows, tmp_path):
    """A quota begins a day or two before the quarter: those quarters are of a year that starts in June."""
    with (real_data / "erp_adventureworks" / "SalesPersonQuotaHistory.csv").open(encoding="utf-8") as lines:
        quotas = [(row[0], date.fromisoformat(row[1][:10]), row[2]) for row in csv.reader(lines, delimiter="\t")]
    starts = {begins: (begins + timedelta(days=3)).replace(day=1) for _, begins, _ in quotas}
    said = "unit_id,period_start,target\n" + "".join(
        f"{rep},{starts[begins]},{quota}\n" for rep, begins, quota in quotas
    )
    reps = sorted({rep for rep, _, _ in quotas})
    from_, to = min(starts.values()), (max(starts.values()) + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    goal(
        tmp_path, files={"quotas.csv": said}, scope={"level": "company"},
        period={"grain": "quarter", "from": from_.isoformat(), "to": to.isoformat()},
        cascade=[{"to": "rep", "by": "bottom_up", "file": "quotas.csv"}],
    )  # fmt: skip
    june = shipped.company.model_copy(update={"fiscal_year_start": 6, "holidays": "none"})
    given = company([(rep, "t", "sales", date(2021, 1, 1)) for rep in reps], [("t", "world")])
    con = laid(shipped, KPIS, given, date(2024, 9, 1), company=june, goals=read_goals(tmp_path))
    compute(con, shipped, KPIS, "targets")
    figures = known["erp_adventureworks"]
    of_reps = con.execute(
        "select count(*), count(distinct unit_id), sum(target) from targets where level = 'rep'"
    ).fetchone()
    assert of_reps == (figures["quota_rows"], len(reps), Decimal(figures["quota_total"]))
    by_quarter = dict(
        con.execute(
            "select period_start, target from targets where level = 'company' and target is not null"
        ).fetchall()
    )
    expected = {
        starts[date.fromisoformat(row["quota_date"])]: Decimal(row["quota"])
        for row in known_rows("erp_adventureworks_quota_by_quarter")
    }
    assert by_quarter == expected


def test_won_value_of_maven_against_quotas_is_as_counted_by_hand(real_data, tmp_path):
    """35 reps with a quota of their own by quarter; attainment is won value ÷ quota, and the parts add up to the company."""
    data = real_data / "crm_maven"
    with (data / "sales_teams.csv").open(encoding="utf-8") as lines:
        reps = sorted(row["sales_agent"] for row in csv.DictReader(lines))
    quota = {rep: Decimal(40_000 + 2_500 * n) + Decimal(n % 7) / 100 for n, rep in enumerate(reps)}
    config = tmp_path / "config"
    shutil.copytree(HERE / "crm_maven", config)
    folder = config / "kpi_definitions" / "goals" / "2017"
    folder.mkdir(parents=True)
    months = ["2017-01", "2017-04", "2017-07", "2017-10"]
    with (folder / "quotas.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["unit_id", *months])
        out.writerows([rep, *[amount] * 4] for rep, amount in quota.items())
    said = {
        "id": "quota_2017", "label": {"zh": "配额", "en": "Quotas"}, "kpi": "won_amount", "scope": {"level": "company"},
        "period": {"grain": "quarter", "from": date(2017, 1, 1), "to": date(2017, 12, 31)}, "owner": "vp_sales",
        "cascade": [{"to": "region", "by": "bottom_up"}, {"to": "rep", "by": "bottom_up", "file": "quotas.csv"}],
    }  # fmt: skip
    (folder / "quota_2017.yml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    kpi("run", "--config", config, "--data-dir", tmp_path / "data", KPI_REAL_DATA=str(real_data))
    won: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    with (data / "sales_pipeline.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["deal_stage"] == "Won":
                won[row["sales_agent"], QUARTERS[int(row["close_date"][5:7])]] += Decimal(row["close_value"])
    with duckdb.connect(str(tmp_path / "data" / "serving" / "kpi.duckdb"), read_only=True) as con:
        rows = con.execute(
            "select unit_id, period_start, target, actual, attainment, gap, status from published.goal_attainment"
            " where level = 'rep'"
        ).fetchall()
        company_target, regions = con.execute(
            "select sum(target) filter (level = 'company'), sum(target) filter (level = 'region') from"
            " published.goal_attainment where period_start = date '2017-04-01'"
        ).fetchone()
    assert len(rows) == 35 * 4
    assert company_target == regions == sum(quota.values())
    for rep, start, target, actual, attainment, gap, status in rows:
        key = (rep, QUARTERS[start.month])
        assert target == quota[rep]
        if key not in won:  # no contract of theirs: nothing is known, which is not 0 %
            assert (actual, attainment, status) == (None, None, "no_data")
            continue
        share = Fraction(won[key]) / Fraction(quota[rep])
        assert (actual, gap) == (won[key], won[key] - quota[rep])
        assert abs(Fraction(attainment) - share) <= Fraction(1, 2_000_000)
        assert status == ("green" if share >= 1 else "amber" if share >= Fraction(9, 10) else "red")
