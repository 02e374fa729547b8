"""Charts: scales of round numbers, nothing drawn where nothing is known, words in both languages."""

from __future__ import annotations

import re

import pytest

from pipelines.publish.charts import Column, Label, Line, Mark, bar, columns, lines, split
from pipelines.publish.charts.scale import FOOT, HEIGHT, TOP, scale, tick
from pipelines.publish.words import Words
from tests.publish.boards.markup import Read

MAY, JUNE, SAID = Words("5月", "May"), Words("6月", "Jun"), Words("说<明>", 'said "so"')


def numbers(pattern: str, html: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, html)]


@pytest.mark.parametrize(
    ("values", "is_count", "ticks"),
    [
        ([66, 32], True, [0, 20, 40, 60, 80]),
        ([3], True, [0, 1, 2, 3]),
        ([0.93, 0.4], False, [0, 0.25, 0.5, 0.75, 1.0]),
        ([-20, 60], True, [-20, 0, 20, 40, 60]),
        ([], False, [0, 0.25, 0.5, 0.75, 1.0][:2]),
    ],
)
def test_a_scale_holds_its_values_and_zero_in_round_steps(
    values: list[float], is_count: bool, ticks: list[float]
) -> None:
    made = scale(values, is_count)
    assert made.ticks == pytest.approx(ticks) or not values
    assert made.low <= min([0, *values])
    assert made.high >= max([0, *values])
    assert made.y(made.high) == TOP
    assert made.y(made.low) == HEIGHT - FOOT


def test_a_scale_survives_values_that_are_no_numbers() -> None:
    assert scale([float("nan"), float("inf"), None, 4]).high == 4


def test_numbers_of_a_scale_have_no_decimals_that_are_zero() -> None:
    assert tick(30_000_000, "money") == ("3,000万", "30M")
    assert tick(12_500_000, "money") == ("1,250万", "12.5M")
    assert tick(0.25, "ratio") == ("25%", "25%")
    assert tick(100, "count") == ("100", "100")


def test_columns_are_as_high_as_their_numbers_and_stand_on_each_other() -> None:
    html = columns(
        [Column(MAY, [Mark("a", 30, SAID), Mark("b", 10, SAID)]), Column(JUNE, [Mark("a", 20, SAID)])], "count", SAID
    )
    heights = numbers(r'<rect class="[ab]"[^>]* height="([\d.]+)"', html)
    assert heights[0] == pytest.approx(heights[1] * 3, abs=0.2)
    assert heights[0] == pytest.approx(heights[2] * 1.5, abs=0.2)
    tops = numbers(r'<rect class="[ab]" x="[\d.]+%" y="([\d.]+)"', html)
    assert tops[1] == pytest.approx(tops[0] - heights[1], abs=0.2)


def test_a_missing_number_is_a_gap_and_not_a_zero() -> None:
    known = [Column(MAY, [Mark("a", value, SAID)], point=Mark("p", value, SAID)) for value in (3, None, 4, 5)]
    html = columns(known, "count", SAID)
    assert len(re.findall(r'<rect class="a"', html)) == 3
    assert len(re.findall(r'<line class="p"', html)) == 1, "the line breaks at the gap"
    assert columns([Column(MAY, [Mark("a", None, SAID)])], "count", SAID) == ""
    assert lines([Line("a", [])], "count", SAID, []) == ""


def test_a_period_that_is_not_over_looks_unlike_the_others() -> None:
    html = columns(
        [Column(MAY, [Mark("a", 3, SAID)]), Column(JUNE, [Mark("a", 2, SAID)], is_partial=True)], "count", SAID
    )
    assert html.count("b-part") == 1


def test_a_line_runs_from_left_to_right_within_its_frame() -> None:
    html = lines(
        [Line("a", [(0.0, 0.0), (0.5, 10.0), (1.0, 40.0)])],
        "count",
        SAID,
        [(0.5, MAY)],
        band=[(0.5, 10, 10), (1, 20, 40)],
    )
    path = re.search(r'<path class="a" d="M([^"]+)"', html)
    assert path
    points = [tuple(map(float, point.split())) for point in path.group(1).split("L")]
    assert [x for x, _ in points] == [0, 500, 1000]
    assert points[0][1] == HEIGHT - FOOT
    assert points[-1][1] == TOP
    assert 'class="b-band"' in html


def test_labels_that_would_lie_on_each_other_are_pushed_apart() -> None:
    labels = [Label("l", (0.9, 40.0), SAID), Label("l", (0.9, 39.5), SAID)]
    html = lines([Line("a", [(0.0, 0.0), (1.0, 40.0)])], "count", SAID, [], labels)
    first, _, second, _ = numbers(r'<text class="l"[^>]* y="([\d.]+)"', html)
    assert second - first >= 14


def test_charts_say_what_they_are_in_both_languages_and_carry_no_markup_of_others() -> None:
    for html in (
        columns([Column(SAID, [Mark("a", 3, SAID)])], "count", SAID),
        lines([Line("a", [(0.0, 0.0), (1.0, 4.0)], [SAID, SAID])], "count", SAID, [(0.5, SAID)]),
    ):
        assert 'role="img" aria-label="说&lt;明&gt; · said &#34;so&#34;"' in html
        read = Read(html)
        assert read.tags <= {"div", "span", "svg", "line", "rect", "text", "title", "path", "circle"}
        assert "style" not in read.attributes


def test_bars_in_tables_stay_within_their_cell() -> None:
    assert numbers(r'class="a" x="[\d.]+%" width="([\d.]+)%"', bar(1.7, "a", 0.8)) == [100]
    assert "b-tick" in bar(None, "a", 0.8)
    parts = split([("a", 0.5, SAID), ("b", 0.25, SAID), ("c", 0.0, SAID)])
    assert numbers(r'x="([\d.]+)%" width="[\d.]+%"', parts) == [0, 50]
    assert 'class="c"' not in parts
