-- One row per table and check of the latest run.
with gate_results as (
    select * from {{ source('gate', 'results') }}
),

reconciliation_results as (
    select * from {{ ref('reconciliation_results') }}
),

run as (
    select run_id from {{ source('definitions', 'run') }}
),

results as (
    select
        gate_results.run_id,
        gate_results.table_name,
        gate_results.check_name,
        gate_results.level,
        gate_results.severity,
        gate_results.status,
        gate_results.failed_rows,
        gate_results.checked_rows,
        gate_results.failed_share,
        gate_results.owner,
        gate_results.why_zh,
        gate_results.why_en,
        gate_results.kpis_affected
    from gate_results
    inner join run on gate_results.run_id = run.run_id
    where gate_results.system <> 'reconciliation'  -- of an earlier build of this run
    union all
    select
        run_id,
        'entities.' || left_entity as table_name,
        check_id as check_name,
        'customer_month' as level,
        severity,
        status,
        failed_rows,
        checked_rows,
        failed_share,
        owner,
        why_zh,
        why_en,
        kpis_affected
    from reconciliation_results
),

final as (
    select
        run_id,
        table_name as {{ adapter.quote('table') }},
        check_name as {{ adapter.quote('check') }},
        level,
        severity,
        status,
        cast(failed_rows as bigint) as failed_rows,
        cast(checked_rows as bigint) as checked_rows,
        {{ half_up('failed_share') }} as failed_share,
        owner,
        why_zh,
        why_en,
        kpis_affected
    from results
)

select * from final
