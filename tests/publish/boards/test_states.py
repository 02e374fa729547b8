"""What a board shows where there is no number, or none that may be shown; and to whom."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.publish import boards
from pipelines.publish.audience import WHOSE
from pipelines.publish.boards.words import BOARD_WORDS
from pipelines.publish.words import STATUS
from tests.publish.boards.conftest import TABLES, about, drawn
from tests.publish.boards.markup import Read
from tests.publish.boards.preview import preview

Changed = Callable[..., Path]
HOSTILE = (
    "\"'><img src=x onerror=document.title='ran'></title><script>document.title='ran'</script>😀{{ 7*7 }}" + "长" * 220
)
ALLOWED = {
    "section", "div", "h3", "h4", "p", "span", "a", "small", "b", "br", "ul", "li", "time", "data", "figure", "figcaption",
    "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "svg", "use", "rect", "line", "circle", "path",
    "text", "title",
}  # fmt: skip


def all_numbers(path: Path) -> list:
    return [one for board in drawn(path).values() for one in Read(board.html).numbers]


def test_all_five_stand_in_their_order(filled: Path) -> None:
    found = drawn(filled)
    assert list(found) == ["revenue", "funnel", "pipeline", "activity", "service"]
    assert [found[name].title for name in found] == [BOARD_WORDS[name] for name in found]


def test_a_blocked_number_is_a_word_and_no_number(changed: Changed) -> None:
    path = changed("update kpi_values set quality = 'blocked' where kpi_id = 'won_amount'")
    mine = [one for one in all_numbers(path) if one.names.get("kpi") == "won_amount"]
    assert mine
    assert {one.value for one in mine if "goal" not in one.names} == {None}
    assert {one.zh for one in mine if one.value is None} == {"待修复"}
    html = drawn(path)["revenue"].html
    assert BOARD_WORDS["legend_blocked"].zh in html
    assert STATUS["blocked"].en in html
    assert [one for one in mine if "goal" in one.names] == [], "nothing is judged by a number that is held back"


def test_what_is_hidden_for_privacy_or_rests_on_few_cases_says_so(changed: Changed) -> None:
    path = changed(
        "update kpi_values set state = 'suppressed', value = null where kpi_id = 'csat_pct' and level = 'team'",
        "update kpi_values set state = 'small_sample' where kpi_id = 'resolution_sla'",
    )
    numbers = [one for one in Read(drawn(path)["service"].html).numbers if "kpi" in one.names]
    hidden = [one for one in numbers if one.names["kpi"] == "csat_pct" and one.names["unit"].startswith("team")]
    assert hidden
    assert {(one.value, one.en) for one in hidden} == {(None, "hidden")}
    few = [one for one in numbers if one.names["kpi"] == "resolution_sla" and "of" not in one.names]
    assert few
    assert all("small_sample" in one.classes and one.value is not None for one in few)
    said = drawn(path)["service"].html
    assert BOARD_WORDS["legend_suppressed"].zh in said
    assert BOARD_WORDS["legend_small_sample"].en in said


def test_doubts_are_marked_one_by_one_unless_one_sentence_says_it_of_all(changed: Changed) -> None:
    some = drawn(changed("update kpi_values set quality = 'warn' where kpi_id = 'won_amount' and level = 'region'"))
    assert BOARD_WORDS["legend_warn"].zh in some["revenue"].html
    assert "b-all-warn" not in some["revenue"].html
    warned = [one for one in Read(some["revenue"].html).numbers if "warn" in one.classes]
    assert {one.names["unit"] for one in warned} == {"region_east", "region_south"}
    every = drawn(changed("update kpi_values set quality = 'warn'"))
    assert all("b-all-warn" in board.html for board in every.values())


def test_a_number_without_a_goal_says_that_it_has_none(changed: Changed) -> None:
    html = drawn(changed("delete from goal_attainment"))["revenue"].html
    assert STATUS["no_target"].zh in html
    assert STATUS["green"].zh not in html
    assert [one for one in Read(html).numbers if "goal" in one.names] == []


def test_a_period_says_that_it_is_not_over_only_while_it_is_not(changed: Changed) -> None:
    html = drawn(changed("update kpi_values set is_partial = false where grain = 'month'"))["revenue"].html
    assert "2026年5月至今" not in html
    assert "2026年第2季度至今" in html
    assert "b-part" not in html
    running = drawn(changed("update kpi_values set is_closed = false"))["revenue"].html
    assert "2026年5月至今" in running
    assert "May to date" in running
    assert "b-part" in running


def test_a_kpi_with_only_nulls_leaves_the_board_whole(changed: Changed) -> None:
    path = changed("update kpi_values set value = null, state = 'no_data' where kpi_id in ('won_amount', 'follow_ups')")
    mine = [one for one in all_numbers(path) if one.names.get("kpi") == "won_amount" and "goal" not in one.names]
    assert mine
    assert {(one.value, one.zh) for one in mine if one.names.get("of") in (None, "value")} == {(None, "–")}


def test_a_file_without_figures_has_no_boards_and_kpis_without_them_an_empty_state(changed: Changed) -> None:
    assert drawn(changed(*(f"delete from {table}" for table in TABLES))) == {}
    assert drawn(changed("delete from kpi_values where grain = 'month'"))["activity"]
    path = changed("update kpi_values set value = null, numerator = null, denominator = null, state = 'no_data'")
    for board in drawn(path).values():
        assert BOARD_WORDS["no_figures"].zh in board.html
        assert Read(board.html).numbers == []


def test_a_company_without_the_kpis_of_a_board_has_no_such_board_and_some_missing_are_named(changed: Changed) -> None:
    service = ", ".join(f"'{kpi}'" for kpi in boards.service.KPIS)
    path = changed(
        *(f"delete from {table} where kpi_id in ({service}, 'won_customers', 'won_amount')"
          for table in ("kpi_catalog", "kpi_values", "goal_attainment")),
    )  # fmt: skip
    found = drawn(path)
    assert "service" not in found
    shown = {one.names["kpi"] for one in Read(found["revenue"].html).numbers if "kpi" in one.names}
    assert shown == {"new_customers", "cash_collected"}, "new customers stand in for customers signed"
    assert "won_customers、won_amount" in found["revenue"].html


def test_a_regions_file_shows_the_regions_board_and_nothing_of_others(changed: Changed) -> None:
    mine = "('region_east', 'team_e1', 'team_e2', 'e001', 'e002')"
    columns = {table: WHOSE[table] for table in TABLES if not WHOSE[table].islower() or "_" in WHOSE[table]}
    path = changed(*(f"delete from {table} where {column} not in {mine}" for table, column in columns.items()))
    assert set(columns) == {"units", "kpi_values", "goal_attainment", "deals_stalled"}
    html = "".join(board.html for board in drawn(path).values())
    assert {one.names["unit"] for one in Read(html).numbers if "unit" in one.names} <= set(
        mine.strip("()").replace("'", "").split(", ")
    )
    assert "华东大区" in html
    for word in ("蓝海仪器", "华南大区", "深圳组", "李娜", "D3", "D4"):
        assert word not in html
    first = next(one for one in Read(drawn(path)["revenue"].html).numbers if one.names)
    assert first.names["unit"] == "region_east"


def test_hostile_words_are_shown_and_not_run(changed: Changed, chromium: str, tmp_path: Path) -> None:
    word = HOSTILE.replace("'", "''")
    path = changed(
        f"update units set label_zh = '{word}', label_en = '{word}'",
        f"update kpi_catalog set label_zh = '{word}', label_en = '{word}'",
        f"update kpi_values set cut_value = '{word}' where cut_value in ('price', 'contact', 'call')",
        f"update deals_stalled set stage = '{word}', owner_id = '{word}' where deal_id = 'D4'",
        f"update deals_stalled set deal_id = '{word}' where deal_id = 'D2'",
    )
    for board in drawn(path).values():
        read = Read(board.html)
        assert read.tags <= ALLOWED, read.tags - ALLOWED
        assert not {name for name in read.attributes if name.startswith("on") or name == "style"}
        assert HOSTILE in read.text
    page = tmp_path / "boards.html"
    page.write_text(preview(path), encoding="utf-8")
    told = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         f"--user-data-dir={tmp_path / 'chromium'}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "<title>boards</title>" in told.stdout, "a script that ran would have changed it"


def test_no_board_needs_a_style_attribute_or_a_script(filled: Path) -> None:
    for board in drawn(filled).values():
        read = Read(board.html)
        assert read.tags <= ALLOWED, read.tags - ALLOWED
        assert "style" not in read.attributes


def test_five_thousand_people_are_cut_to_those_who_matter(changed: Changed) -> None:
    """The copies stand behind the people of the sample, who have goals; one who did nothing this month is named."""
    path = changed(
        "insert into units by name select * exclude (n) replace ('r' || n as unit_id, 'rep ' || n as label_zh, 'rep ' || n as label_en)"
        " from units, range(5000) as numbers(n) where unit_id = 'e001'",
        "insert into kpi_values by name select * exclude (n) replace ('r' || n as unit_id, value + n as value) from kpi_values as v,"
        " range(5000) as numbers(n) where unit_id = 'e001' and kpi_id in ('valid_visits', 'follow_ups') and cut = 'none'"
        " and period_start >= date '2026-01-01'",
        "update kpi_values set value = null, state = 'no_data' where unit_id = 'r7' and grain = 'month'"
        " and period_start = date '2026-05-01'",
        "insert into deals_stalled by name select * exclude (n) replace ('x' || n as deal_id, 'r' || n as owner_id) from deals_stalled,"
        " range(5000) as numbers(n) where deal_id = 'D1'",
    )
    found = drawn(path)
    read = Read(found["activity"].html)
    assert len(read.rows) == boards.activity.PEOPLE
    assert {"e001", "e002", "e003"} < set(read.rows), "who has a goal stands before who has none"
    assert "另有 4,963 人未列出。" in found["activity"].html
    assert 'data-none="r7"' in found["activity"].html
    assert found["activity"].html.count("data-none=") == 1
    assert "另有 4,988 人未列出。" in found["pipeline"].html
    assert len(found["activity"].html) < 200_000


def test_no_activity_is_said_of_nobody_who_left_or_whose_figures_are_held_back(changed: Changed) -> None:
    month = "grain = 'month' and period_start = date '2026-05-01' and kpi_id in ('valid_visits', 'follow_ups')"
    path = changed(
        f"update kpi_values set value = null, state = 'no_data' where unit_id = 'e001' and {month}",
        f"update kpi_values set quality = 'blocked', value = 0 where unit_id = 'e002' and {month}",
        f"delete from kpi_values where unit_id = 'e003' and {month}",
    )
    html = drawn(path)["activity"].html
    assert 'data-none="e001"' in html
    assert 'data-none="e002"' not in html
    assert 'data-none="e003"' not in html
    assert "e003" not in Read(html).rows


def test_a_publication_without_stalled_deals_still_has_its_pipeline(changed: Changed) -> None:
    assert BOARD_WORDS["no_stalled"].zh in drawn(changed("drop table deals_stalled"))["pipeline"].html


def test_the_callers_connection_is_left_as_it_was(filled: Path) -> None:
    with duckdb.connect(str(filled), read_only=True) as con:
        before = con.execute("select table_name from duckdb_tables()").fetchall()
        boards.sections(con)
        assert con.execute("select table_name from duckdb_tables()").fetchall() == before
    assert about("won_amount")["unit"] == "money"
