-- The tables a run leaves in the working file, as far as publishing reads them.
create schema published;
create schema gate;
create schema loads;
create schema definitions;
create table definitions.run (run_id varchar, as_of_date date);
create table definitions.working_days (day date, is_provisional boolean);
create table gate.verdicts (
    run_id varchar, system varchar, table_name varchar, verdict varchar, failed_rules int, quarantined_rows bigint,
    quarantined_share double, kpis_affected varchar
);
create table gate.results (
    run_id varchar, system varchar, table_name varchar, check_name varchar, expectation_type varchar, column_name varchar,
    level varchar, severity varchar, status varchar, failed_rows bigint, checked_rows bigint, failed_share double,
    owner varchar, why_zh varchar, why_en varchar, kpis_affected varchar
);
create table loads.ledger (
    system varchar, table_name varchar, batch_id varchar, source_file varchar, file_hash varchar, contract_hash varchar,
    source_rows bigint, loaded bigint, quarantined bigint, duplicates bigint, watermark varchar, loaded_at timestamp,
    run_id varchar
);
create table published.kpi_catalog (
    kpi_id varchar, definition_version int, valid_from date, area varchar, is_core boolean, business_goal varchar, type varchar,
    unit varchar, direction varchar, owner varchar, steward varchar, cadence varchar, formula varchar, sql varchar,
    label_zh varchar, label_en varchar, description_zh varchar, description_en varchar
);
create table published.units (
    unit_id varchar, valid_from date, level varchar, parent_id varchar, path varchar, valid_to date, label_zh varchar,
    label_en varchar
);
create table published.kpi_values (
    kpi_id varchar, grain varchar, period_start date, level varchar, unit_id varchar, cut varchar, cut_value varchar,
    period_end date, value decimal(38, 6), value_now decimal(38, 6), state varchar, quality varchar, is_partial boolean,
    is_closed boolean, year_ago_change decimal(38, 6), definition_version int, as_of_date date, run_id varchar
);
create table published.goal_targets (
    goal_id varchar, revision int, level varchar, unit_id varchar, cut varchar, cut_value varchar, grain varchar,
    period_start date, kpi_id varchar, target decimal(38, 6), recorded_at timestamp
);
create table published.goal_attainment (
    goal_id varchar, level varchar, unit_id varchar, cut varchar, cut_value varchar, grain varchar, period_start date,
    kpi_id varchar, target decimal(38, 6), actual decimal(38, 6), attainment decimal(38, 6), pace decimal(38, 6),
    status varchar, quality varchar, is_closed boolean, as_of_date date, run_id varchar, label_zh varchar, label_en varchar,
    period_end date
);
create table published.goal_drivers (
    goal_id varchar, level varchar, unit_id varchar, grain varchar, period_start date, kpi_id varchar, parent_kpi_id varchar,
    ratio decimal(38, 12), fitted_ratio decimal(38, 12), fit decimal(38, 6), fitted_on int, required decimal(38, 6),
    required_to_date decimal(38, 6), actual decimal(38, 6), is_link_broken boolean, broken_by varchar, quality varchar,
    as_of_date date, run_id varchar, label_zh varchar, label_en varchar
);
create table published.quarantine_effect as
select
    'win_rate' as kpi_id, 'month' as grain, date '2026-06-01' as period_start, 0.41::decimal(38, 6) as value,
    0.4231::decimal(38, 6) as value_with_held, 0.0131::decimal(38, 6) as difference, 33::bigint as held_rows,
    0::bigint as unread_rows, 'raw_crm.deals' as tables, '赢单率' as label_zh, 'Win rate' as label_en
union all
select
    'won_amount', 'month', date '2026-06-01', 1, 1, 0, 0, 4, 'raw_crm.contracts', '签单金额', 'Contract value signed';
create table published.load_status (
    system varchar, "table" varchar, source_rows bigint, loaded bigint, quarantined bigint, duplicates bigint,
    watermark varchar, loaded_at timestamp, is_stale boolean
);
create table published.scorecards as
select
    'region_2026' as scorecard_id, 'region' as level, unit_id, 'quarter' as grain, date '2026-04-01' as period_start,
    date '2026-06-30' as period_end, score::decimal(38, 6) as score, weight_covered::decimal(38, 6) as weight_covered, status,
    guardrail, date '2026-06-17' as as_of_date, 'run_2' as run_id, '大区记分卡' as label_zh, 'Region scorecard' as label_en
from (values
    ('region_east', 1.085, 1.0, 'green', 'win_rate'),
    ('region_south', 0.7, 0.6, 'low_coverage', null)
) as said (unit_id, score, weight_covered, status, guardrail)
union all
select
    'region_2026', 'region', 'region_east', 'quarter', date '2026-01-01', date '2026-03-31', 0.1, 1, 'red', null,
    date '2026-06-17', 'run_2', '大区记分卡', 'Region scorecard';
create table published.scorecard_items as
select
    'region_2026' as scorecard_id, 'region' as level, unit_id, 'quarter' as grain, date '2026-04-01' as period_start, kpi_id,
    weight::decimal(38, 6) as weight, goal_id, counted_share::decimal(38, 6) as counted_share,
    part_of_score::decimal(38, 6) as part_of_score, status, guardrail, date '2026-06-17' as as_of_date, 'run_2' as run_id,
    label_zh, label_en
from (values
    ('region_east', 'won_amount', 60.0, 'fy26_won_amount', 1.2, 0.72, 'green', 'win_rate', '签单金额', 'Contract value signed'),
    ('region_east', 'csat_pct', 40.0, 'fy26_csat_pct', 0.9125, 0.365, 'amber', null, '客户满意度', 'Customer satisfaction'),
    ('region_south', 'won_amount', 60.0, 'fy26_won_amount', 0.7, 0.7, 'red', null, '签单金额', 'Contract value signed'),
    ('region_south', 'csat_pct', 40.0, null, null, null, 'no_target', null, '客户满意度', 'Customer satisfaction')
) as said (unit_id, kpi_id, weight, goal_id, counted_share, part_of_score, status, guardrail, label_zh, label_en)
union all
select
    'region_2026', 'region', 'region_east', 'quarter', date '2026-01-01', 'won_amount', 100, null, 0.1, 0.1, 'red', null,
    date '2026-06-17', 'run_2', '签单金额', 'Contract value signed';
create table published.feedback as
select
    act_no::bigint as act_no, timestamp '2026-06-16 09:00' as given_at, author, kpi_id, grain, period_start, unit_id, said
from (values
    (3, 'sales_east', 'won_amount', 'month', date '2026-06-01', 'lanhai', '六月少记一单'),
    (4, 'vp_sales', 'won_amount', 'month', date '2026-06-01', 'region_east', 'East has not booked <b>one</b> yet'),
    (5, 'vp_sales', 'won_amount', 'month', date '2026-05-01', 'lanhai', 'of May')
) as said (act_no, author, kpi_id, grain, period_start, unit_id, said);
