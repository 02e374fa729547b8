"""Late, repeated, shuffled and corrected deliveries give what a load of everything at once gives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.extract.conftest import Source

HEAD = "id,amount,changed\n"
CONTENT = "select id, amount, changed from raw_crm.deals order by all"


def history(rng: random.Random) -> dict[str, str]:
    """Files by name: each a day's new and changed records; some come 1, 31 or 400 days late, none with equal cursors."""
    files: dict[str, list[str]] = {}
    for number in range(120):
        day = rng.randint(1, 28)
        late = rng.choice([0, 0, 0, 1, 31, 400])
        stamp = f"2026-01-{day:02} 10:{number // 60:02}:{number % 60:02}"
        name = f"deals_{day + late:04}.csv"
        files.setdefault(name, []).append(
            f"k{rng.randint(1, 30)},{rng.randint(1, 10**6)}.{rng.randint(0, 99):02},{stamp}\n"
        )
    return {name: HEAD + "".join(lines) for name, lines in files.items()}


def loaded(place: Path, batches: list[dict[str, str]]) -> list[tuple[object, ...]]:
    source = Source(place).say(hold_below=0)
    for number, files in enumerate(batches):
        for name, text in files.items():
            source.write(name, text)
        source.load(f"r{number}")
    return source.rows(CONTENT)


def late_data_equals_a_full_rebuild(place: Path, seed: int) -> None:
    rng = random.Random(seed)
    files = history(rng)
    at_once = loaded(place / "at_once", [files])
    by_day = loaded(place / "by_day", [{name: files[name]} for name in sorted(files)])
    names = list(files)
    rng.shuffle(names)
    shuffled = loaded(place / "shuffled", [{name: files[name]} for name in names])
    doubled = loaded(
        place / "doubled", [{name: files[name], f"deals_again_{n}.csv": files[name]} for n, name in enumerate(names)]
    )
    newest: dict[str, tuple[str, str]] = {}
    for text in files.values():
        for line in text.splitlines()[1:]:
            key, amount, changed = line.split(",")
            newest[key] = max(newest.get(key, ("", "")), (changed, amount))
    expected = sorted((key, amount, changed) for key, (changed, amount) in newest.items())
    assert [(key, str(amount), str(changed)) for key, amount, changed in at_once] == expected, f"seed {seed}"
    assert at_once == by_day == shuffled == doubled, f"seed {seed}"


def test_late_data_equals_a_full_rebuild(tmp_path):
    late_data_equals_a_full_rebuild(tmp_path, 1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(20))
def test_late_data_equals_a_full_rebuild_in_twenty_draws(tmp_path, seed):
    late_data_equals_a_full_rebuild(tmp_path, seed)


def test_hard_deletes_of_a_full_table_are_gone_and_corrections_taken(tmp_path):
    source = Source(tmp_path).say(delivery="full")
    source.write("deals_1.csv", HEAD + "a,1,2026-01-01\nb,1,2026-01-01\n")
    source.load("r1")
    source.write("deals_1.csv", HEAD + "b,2,2026-01-01\n")
    source.load("r2")
    assert [(key, str(amount)) for key, amount, _ in source.rows(CONTENT)] == [("b", "2.00")]
