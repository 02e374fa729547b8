"""The tables of the working file that exist before any source does.

Belongs here: their columns, for every step that writes or reads them. Does not: raw and quarantine tables
(extract/raw_tables.py makes them from contracts) and what dbt builds.
"""

from __future__ import annotations

VERSION = 3  # raise it with every change to a table below; a working file of another version is refused, not guessed at

BASE_TABLES = f"""
create schema if not exists loads;
create table if not exists loads.base_version as select {VERSION} as version;
create schema if not exists gate;
create schema if not exists definitions;

-- One row per delivery that raw holds: (system, table_name, file_hash).
create table if not exists loads.ledger (
    system varchar not null, table_name varchar not null, batch_id varchar not null,
    source_file varchar not null, file_hash varchar not null, contract_hash varchar not null,
    source_rows bigint not null, loaded bigint not null, quarantined bigint not null, duplicates bigint not null,
    watermark varchar, loaded_at timestamp not null, run_id varchar not null
);

-- One row per object of a store that was hashed, as the store last listed it; what raw holds only the ledger says.
create table if not exists loads.objects (
    system varchar not null, table_name varchar not null, store varchar not null, address varchar not null,
    etag varchar not null, size bigint not null, modified varchar not null, file_hash varchar not null
);

-- One row per run, delivery and what was odd about it: drift of its columns, held back, refused.
create table if not exists loads.findings (
    run_id varchar not null, system varchar not null, table_name varchar not null, source_file varchar not null,
    file_hash varchar not null, contract_hash varchar not null, kind varchar not null, column_name varchar not null,
    outcome varchar not null, why_zh varchar not null, why_en varchar not null, found_at timestamp not null
);

-- One row per run, table and check.
create table if not exists gate.results (
    run_id varchar not null, system varchar not null, table_name varchar not null, check_name varchar not null,
    expectation_type varchar, column_name varchar, level varchar not null, severity varchar not null,
    status varchar not null, failed_rows bigint, checked_rows bigint, failed_share double,
    owner varchar, why_zh varchar, why_en varchar, kpis_affected varchar
);

-- One row per run and table.
create table if not exists gate.verdicts (
    run_id varchar not null, system varchar not null, table_name varchar not null, verdict varchar not null,
    failed_rules integer, quarantined_rows bigint, quarantined_share double, kpis_affected varchar
);

-- One row per entity fed by a table that this run blocked.
create table if not exists gate.blocked_entities (entity varchar not null);

-- One row per KPI.
create table if not exists gate.kpi_quality (kpi_id varchar not null, quality varchar not null);

-- One row per table: the fingerprint of what was checked last, and the run that did it.
create table if not exists gate.fingerprints (
    table_name varchar not null, fingerprint varchar not null, run_id varchar not null
);

-- One row per table and business date on which it was checked.
create table if not exists gate.row_counts (
    table_name varchar not null, day date not null, rows bigint not null, primary key (table_name, day)
);

-- One row per day, table and employee: what the gate counted of the records that raw held on that day,
-- whose fingerprint is `content`.
create table if not exists gate.quality_counts (
    day date not null, table_name varchar not null, system varchar not null, data_owner varchar not null,
    owner_id varchar not null, content varchar, rows bigint not null, required bigint not null, filled bigint not null,
    checked bigint not null, valid bigint not null, duplicate bigint not null, entered_on_time bigint not null,
    activities bigint not null
);

-- One row per KPI that rows in quarantine touch and period that they change, and its current period: of this run.
create table if not exists gate.quarantine_effect (
    run_id varchar not null, kpi_id varchar not null, grain varchar not null, period_start date not null,
    value decimal(38,6), value_with_held decimal(38,6), held_rows bigint not null, unread_rows bigint not null,
    tables varchar not null
);
"""
