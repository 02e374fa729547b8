-- One row per grain (week and longer) and period that has ended: whether it closes by itself by the business date.
-- A period closes so many working days after its end; one that was over before the warehouse first ran closes only by hand.
{{ config(materialized='ephemeral') }}
with periods as (
    select grain, period_start, period_end from {{ ref('periods') }} where grain <> 'day' and not is_partial
),

calendar_days as (
    select
        day,
        sum(case when is_working then 1 else 0 end) over (order by day) as working_days
    from {{ ref('calendar_days') }}
),

company as (
    select close_after, closing_since from {{ source('definitions', 'company') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

final as (
    select
        periods.grain,
        periods.period_start,
        now.working_days - ended.working_days >= company.close_after
        and since.working_days - ended.working_days < company.close_after as is_closing
    from periods
    cross join company
    cross join run
    inner join calendar_days as ended on periods.period_end = ended.day
    inner join calendar_days as now on run.as_of_date = now.day
    inner join calendar_days as since on company.closing_since = since.day
)

select * from final
