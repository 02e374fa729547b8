"""What is packed in a page is what stands in its serving file: every figure, and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipelines.publish.page import data as page_data
from pipelines.publish.page.pack import Columns
from pipelines.publish.page.write import render

from .unpacked import cells, head_and_columns

PUBLISHED = """
with goals as (
    select * from published.goal_attainment
    qualify row_number() over (partition by kpi_id, grain, level, unit_id, period_start order by goal_id) = 1
)
select v.kpi_id, v.grain, v.period_start::varchar, v.level, v.unit_id, v.value::double, g.target::double,
    (case when not g.is_closed and g.pace is not null then g.pace else g.attainment end)::double,
    v.year_ago_change::double,
    case when v.quality = 'blocked' then 'blocked' when v.state <> 'ok' then v.state
        else coalesce(g.status, 'no_target') end,
    v.quality
from published.kpi_values as v
left join goals as g using (kpi_id, grain, level, unit_id, period_start)
where v.grain = 'month' or v.period_start >= date '2023-07-01'
"""


def test_every_figure_of_the_page_is_that_of_the_table(drawn: Path, serving_file: Path) -> None:
    with duckdb.connect(str(serving_file), read_only=True) as con:
        expected = con.execute(PUBLISHED).fetchall()
    shown = list(cells(drawn.read_text(encoding="utf-8")))
    assert len(shown) == len(expected) == 8 * 10 * (30 + 10)
    assert sorted(map(repr, map(tuple, shown))) == sorted(map(repr, expected))


def test_a_level_that_does_not_fit_goes_back_less_far_and_the_page_says_so(serving_file: Path) -> None:
    with page_data.opened(serving_file) as con:
        text = render(
            con, page_data.read_from(con), cells={"month": 8 * 30 * 4, "quarter": 9999}
        )  # company 8, regions 24: four levels do not fit
    head, _ = head_and_columns(text)
    depth = dict(zip([level["id"] for level in head["levels"]], head["grains"]["month"]["depth"], strict=True))
    assert depth["company"] == 30
    assert depth["region"] == 30
    assert 1 <= depth["rep"] < 30
    shown = list(cells(text))
    newest = {(c.kpi, c.level, c.unit) for c in shown if c.grain == "month" and c.start == "2026-06-01"}
    assert len(newest) == 8 * 10
    assert "this level goes back {} periods only" in head["words"]["short_history"]["en"]


def test_two_pages_of_one_file_are_the_same_bytes(serving_file: Path) -> None:
    def once() -> str:
        with page_data.opened(serving_file) as con:
            return render(con, page_data.read_from(con))

    assert once() == once()


@pytest.mark.parametrize("numbers", [[], [0], [0, 1, 255, 256, 65_535, 2**53]])
def test_a_column_comes_back_as_it_went_in(numbers: list[int]) -> None:
    columns = Columns()
    columns.add("x", np.asarray(numbers, dtype=np.int64))
    columns.add("y", np.asarray([7, 8], dtype=np.int64))
    text = f'<script type="text/plain" id="data">{columns.packed({"a": "<é>"})}</script>'
    head, back = head_and_columns(text)
    assert back["x"].tolist() == numbers
    assert back["y"].tolist() == [7, 8]
    assert head["a"] == "<é>"
