-- One row per system and table: what its deliveries held and what became of it.
with ledger as (
    select
        system,
        table_name,
        source_rows,
        loaded,
        quarantined,
        duplicates,
        watermark,
        loaded_at,
        row_number() over (partition by system, table_name order by loaded_at desc, batch_id desc) as newest
    from {{ source('loads', 'ledger') }}
),

run as (
    select run.as_of_date, company.time_zone
    from {{ source('definitions', 'run') }} as run
    cross join {{ source('definitions', 'company') }} as company
),

working_days as (
    select day from {{ ref('calendar_days') }} where is_working
),

summed as (
    select
        system,
        table_name,
        sum(source_rows) as source_rows,
        sum(loaded) as loaded,
        sum(quarantined) as quarantined,
        sum(duplicates) as duplicates,
        max(case when newest = 1 then watermark end) as watermark,
        max(loaded_at) as loaded_at
    from ledger
    group by system, table_name
),

-- A delivery of the night after a working day is on time; more than one working day without any is not.
missed as (
    select summed.system, summed.table_name, count(*) as working_days
    from summed
    cross join run
    inner join working_days
        on working_days.day > {{ local_date('summed.loaded_at', 'run.time_zone') }}
        and working_days.day <= run.as_of_date
    group by summed.system, summed.table_name
),

final as (
    select
        summed.system,
        summed.table_name as {{ adapter.quote('table') }},
        cast(summed.source_rows as bigint) as source_rows,
        cast(summed.loaded as bigint) as loaded,
        cast(summed.quarantined as bigint) as quarantined,
        cast(summed.duplicates as bigint) as duplicates,
        summed.watermark,
        summed.loaded_at,
        coalesce(missed.working_days > 1, false) as is_stale
    from summed
    left join missed on summed.system = missed.system and summed.table_name = missed.table_name
)

select * from final
