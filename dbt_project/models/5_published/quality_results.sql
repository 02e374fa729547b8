-- One row per table and check of the latest run.
with results as (
    select * from {{ source('gate', 'results') }}
),

run as (
    select run_id from {{ source('definitions', 'run') }}
),

final as (
    select
        results.run_id,
        results.table_name as {{ adapter.quote('table') }},
        results.check_name as {{ adapter.quote('check') }},
        results.level,
        results.severity,
        results.status,
        cast(results.failed_rows as bigint) as failed_rows,
        cast(results.checked_rows as bigint) as checked_rows,
        {{ half_up('results.failed_share') }} as failed_share,
        results.owner,
        results.why_zh,
        results.why_en,
        results.kpis_affected
    from results
    inner join run on results.run_id = run.run_id
)

select * from final
