-- One row per reconciliation: how many months of a customer are due, and how many of them do not agree.
with breaks as (
    select * from {{ ref('reconciliation_breaks') }}
),

checks as (
    select * from {{ source('definitions', 'reconciliations') }}
),

run as (
    select run_id from {{ source('definitions', 'run') }}
),

counted as (
    select
        check_id,
        count(*) as checked_rows,
        count(case when is_apart then 1 end) as failed_rows
    from breaks
    where is_due
    group by check_id
),

final as (
    select
        run.run_id,
        checks.left_entity,
        checks.check_id,
        checks.severity,
        case when coalesce(counted.failed_rows, 0) > 0 then 'fail' else 'pass' end as status,
        cast(coalesce(counted.failed_rows, 0) as bigint) as failed_rows,
        cast(coalesce(counted.checked_rows, 0) as bigint) as checked_rows,
        {{ divide('counted.failed_rows', 'counted.checked_rows') }} as failed_share,
        checks.owner,
        checks.why_zh,
        checks.why_en,
        checks.kpis_affected
    from checks
    cross join run
    left join counted on checks.check_id = counted.check_id
)

select * from final
