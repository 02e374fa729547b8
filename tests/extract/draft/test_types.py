"""Types come from all values; where two readings fit, both are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.extract.draft.conftest import Drafted


def one_column(values: list[str]) -> str:
    return "line;x\n" + "".join(f"r{n};{value}\n" for n, value in enumerate(values))


@pytest.mark.parametrize(
    ("values", "type_", "format_", "thousands"),
    [
        (["1", "-20", "300"], "integer", None, None),
        (["1.5", "20", "-3.25"], "decimal(18,2)", None, None),
        (["1.0625", "2"], "decimal(18,4)", None, None),
        (["1,234.50", "12.00"], "decimal(18,2)", None, ","),
        (["1.234,50", "12,00"], "decimal(18,2)", None, "."),
        (["1,5", "20,25"], "decimal(18,2)", None, "."),
        (["1 234.5", "7"], "decimal(18,2)", None, " "),
        (["1e5", "2.5e-3"], "double", None, None),
        (["yes", "no", "No"], "boolean", None, None),
        (["是", "否"], "boolean", None, None),
        (["007", "12"], "text", None, None),
        (["12345678901234567890123456789012345678901234"], "text", None, None),
        (["2026-01-05", "2026-12-31"], "date", None, None),
        (["2026-01-05 10:00:00", "2026-01-06 00:00:00"], "timestamp", None, None),
        (["2026-01-05T10:00:00Z"], "timestamp", None, None),
        (["2026/1/5", "2026/12/31"], "date", "%Y/%m/%d", None),
        (["2026年1月5日", "2026年12月31日"], "date", "%Y年%m月%d日", None),
        (["05.01.2026", "31.12.2026"], "date", "%d.%m.%Y", None),
        (["01/31/2026 1:05 PM", "12/01/2026 12:00 AM"], "timestamp", "%m/%d/%Y %I:%M %p", None),
        (["29-02-2016 01:16", "01-03-2016 12:00"], "timestamp", "%d-%m-%Y %H:%M", None),
        (["01/09/21", "30/11/21"], "date", "%d/%m/%y", None),
        (["5 Jan 2026", "31 Dec 2026"], "date", "%d %b %Y", None),
        (["Jan 5, 2026", "Dec 31, 2026"], "date", "%b %d, %Y", None),
        (["20260105", "20261231"], "date", "%Y%m%d", None),
        (["10:30", "23:59"], "time", None, None),
        (["12%", "3.5%"], "text", None, None),
        (["¥1,200.00", "¥5.00"], "text", None, None),
        (["2026-13-45", "2026-02-30"], "text", None, None),
    ],
)
def test_a_type_fits_every_value(
    drafted: Callable[..., Drafted],
    tmp_path: Path,
    values: list[str],
    type_: str,
    format_: str | None,
    thousands: str | None,
) -> None:
    made = drafted("x.csv", one_column(values))
    found = made.column("x")
    assert (found.type, found.format, found.thousands) == (type_, format_, thousands)
    loaded = made.load(tmp_path / "data")
    assert (loaded.loaded, loaded.quarantined) == (len(values), 0)


def test_two_orders_of_day_and_month_are_both_told(drafted: Callable[..., Drafted]) -> None:
    made = drafted("x.csv", one_column(["01/02/2026", "03/04/2026"]))
    assert made.column("x").format == "%d/%m/%Y"
    assert "# doubtful: %d/%m/%Y or %m/%d/%Y? both fit every value" in made.line("x")
    sure = drafted("y.csv", one_column(["01/01/2026", "13/04/2026"]))
    assert "doubtful" not in sure.line("x")


def test_an_open_order_follows_the_other_dates_of_the_file(drafted: Callable[..., Drafted]) -> None:
    made = drafted("x.csv", "line,a,b\nr1,01/02/2026,01/31/2026\nr2,03/04/2026,02/01/2026\n")
    assert made.column("a").format == made.column("b").format == "%m/%d/%Y"
    assert "taken as in the file's other dates" in made.line("a")


def test_one_value_late_in_a_long_file_decides(drafted: Callable[..., Drafted]) -> None:
    made = drafted("x.csv", one_column(["01/02/2026"] * 60_000 + ["01/13/2026"]))
    assert made.column("x").format == "%m/%d/%Y"


def test_thousands_or_decimals_are_both_told(drafted: Callable[..., Drafted]) -> None:
    assert "both fit every value" in drafted("x.csv", one_column(["1,234", "5,678"])).line("x")
    assert "both fit every value" in drafted("y.csv", one_column(["1.234", "5.678"])).line("x")


def test_words_for_no_value_become_nulls_and_a_few_misfits_are_counted(
    drafted: Callable[..., Drafted], tmp_path: Path
) -> None:
    made = drafted("x.csv", one_column(["1.50"] * 297 + ["?", "N/A", "oops"]))
    assert made.column("x").type == "decimal(18,2)"
    assert made.column("x").nulls == ["?", "N/A"]
    assert "1 of 298 values are not so" in made.line("x")
    loaded = made.load(tmp_path / "data")
    assert (loaded.loaded, loaded.quarantined) == (299, 1)


FORMS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y %H:%M", "%Y-%m-%d %H:%M:%S"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(FORMS),
    moments=st.lists(
        st.datetimes(min_value=dt.datetime(1990, 1, 1), max_value=dt.datetime(2090, 1, 1)), min_size=3, max_size=30
    ),
)
def test_dates_of_any_form_are_read_as_they_were_written(
    drafted: Callable[..., Drafted], form: str, moments: list
) -> None:
    made = drafted("x.csv", one_column([f"{moment:{form}}" for moment in moments]))
    found = made.column("x")
    days_tell = any(moment.day > 12 for moment in moments)
    is_same = all(moment.day == moment.month for moment in moments)
    if found.format and days_tell:
        assert found.format == form
    assert found.type in ("date", "timestamp")
    assert days_tell or is_same or found.format in (None, form) or "both fit" in made.line("x")
