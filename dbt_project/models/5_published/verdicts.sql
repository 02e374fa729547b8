-- One row per checked table of the latest run.
with verdicts as (
    select * from {{ source('gate', 'verdicts') }}
),

run as (
    select run_id from {{ source('definitions', 'run') }}
),

final as (
    select
        verdicts.run_id,
        verdicts.table_name as {{ adapter.quote('table') }},
        verdicts.verdict,
        cast(verdicts.failed_rules as int) as failed_rules,
        {{ half_up('verdicts.quarantined_share') }} as quarantined_share,
        verdicts.kpis_affected
    from verdicts
    inner join run on verdicts.run_id = run.run_id
)

select * from final
