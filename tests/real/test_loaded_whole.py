"""Every file of these folders of real data is a table of a contract, and every record in it is loaded or set aside."""

from __future__ import annotations

import csv

import pytest

from pipelines.extract.contract import read_contract
from tests.real.conftest import HERE

pytestmark = pytest.mark.real

SYSTEMS = [
    ("olist", "erp", "erp_olist"),
    ("olist", "crm", "crm_olist_funnel"),
    ("three_erps", "northwind", "erp_northwind"),
    ("three_erps", "adventureworks", "erp_adventureworks"),
    ("three_erps", "quickbooks", "erp_quickbooks_seeds"),
]


SET_ASIDE = {"invoice_line": 2}  # QuickBooks: "Product A" and "Service B" stand where the day of a service belongs
REVIEWS = 4  # ProductReview.csv has 34 lines: its comments hold line breaks without quotes


def records(path, place) -> int:
    """Counted by the csv module: no file but the reviews has a line break outside quotes."""
    if path.name == "ProductReview.csv":
        return REVIEWS
    with path.open(encoding="utf-8", newline="") as lines:
        quoting = csv.QUOTE_NONE if place.format == "bcp" or not place.quote else csv.QUOTE_MINIMAL
        rows = sum(1 for row in csv.reader(lines, delimiter=place.delimiter, quoting=quoting) if row)
    return rows - (place.header != "none")


@pytest.mark.parametrize(("config", "system", "folder"), SYSTEMS)
def test_every_file_is_a_table_and_no_record_is_lost(served, real_data, config, system, folder):
    tables = read_contract(HERE / config / "sources" / f"{system}.yml").tables
    counted = {name: records(real_data / folder / table.from_.glob, table.from_) for name, table in tables.items()}
    assert {table.from_.glob for table in tables.values()} == {path.name for path in (real_data / folder).glob("*.csv")}
    told = served(config).rows(
        'select "table", source_rows, loaded, quarantined, duplicates from published.load_status where system = ?',
        system,
    )
    aside = {name: SET_ASIDE.get(name, 0) for name in counted}
    assert {name: counts for name, *counts in told} == {
        name: [rows, rows - aside[name], aside[name], 0] for name, rows in counted.items()
    }


@pytest.mark.parametrize(("config", "system", "folder"), SYSTEMS)
def test_every_column_of_every_file_is_named(real_data, config, system, folder):
    for table in read_contract(HERE / config / "sources" / f"{system}.yml").tables.values():
        with (real_data / folder / table.from_.glob).open(encoding="utf-8", newline="") as lines:
            first = next(csv.reader(lines, delimiter=table.from_.delimiter))
        names = [column.name for column in table.columns]
        # Without a header the number must do; the first line of a review stops short of its last column.
        if table.from_.header == "none":
            assert len(names) == len(first) + (table.from_.glob == "ProductReview.csv")
        else:
            assert names == first
