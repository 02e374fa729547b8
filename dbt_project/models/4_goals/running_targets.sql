-- One row per goal, level, unit, value of its cut and period that runs or ends on the business date: the revision in force.
{{ config(materialized='ephemeral') }}
with targets as (
    select * from {{ ref('targets') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

final as (
    select targets.*
    from targets
    cross join run
    where targets.is_in_force
        and targets.set_by <> 'unallocated'
        and run.as_of_date between targets.period_start and targets.period_end
)

select * from final
