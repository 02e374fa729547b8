-- One row per period, level, unit, cut and date counted by: the measures of customer_links.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with customer_links as (
    select
        source_system,
        rule
    from {{ ref('customer_links') }}
),

calendar_days as (
    select
        day,
        week_start,
        month_start,
        quarter_start,
        year_start
    from {{ ref('calendar_days') }}
),

employee_units as (
    select
        employee_id,
        valid_from,
        valid_to,
        region_id,
        department_id,
        team_id
    from {{ ref('employee_units') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_as_of_now as (
    select
        run.as_of as day,
        cast(null as string) as person_id,
        customer_links.source_system as cut_source_system,
        case when customer_links.rule is null then 1 end as unmatched_customers__unmatched,
        1 as unmatched_customers__keys
    from customer_links
    cross join run
),

summed_as_of_now as (
    select
        day,
        person_id,
        count(unmatched_customers__unmatched) as unmatched_customers__unmatched,
        count(unmatched_customers__keys) as unmatched_customers__keys
    from facts_as_of_now
    group by day, person_id
),

placed_as_of_now as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.week_start,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_as_of_now.unmatched_customers__unmatched,
        summed_as_of_now.unmatched_customers__keys
    from summed_as_of_now
    inner join calendar_days
        on summed_as_of_now.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_as_of_now.person_id = employee_units.employee_id
        and summed_as_of_now.day between employee_units.valid_from and employee_units.valid_to
    where summed_as_of_now.day <= run.as_of
),

grouped_as_of_now as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(unmatched_customers__unmatched), 0) as decimal(38,12)) as unmatched_customers__unmatched,
        cast(nullif(sum(unmatched_customers__keys), 0) as decimal(38,12)) as unmatched_customers__keys
    from placed_as_of_now
    group by grouping sets (
        (day, company_id),
        (week_start, company_id),
        (month_start, company_id),
        (quarter_start, company_id),
        (year_start, company_id)
    )
),

summed_as_of_now_by_source_system as (
    select
        day,
        person_id,
        cut_source_system,
        count(unmatched_customers__unmatched) as unmatched_customers__unmatched,
        count(unmatched_customers__keys) as unmatched_customers__keys
    from facts_as_of_now
    group by day, person_id, cut_source_system
),

placed_as_of_now_by_source_system as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.week_start,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(summed_as_of_now_by_source_system.cut_source_system as string), 'unassigned') as cut_source_system,
        summed_as_of_now_by_source_system.unmatched_customers__unmatched,
        summed_as_of_now_by_source_system.unmatched_customers__keys
    from summed_as_of_now_by_source_system
    inner join calendar_days
        on summed_as_of_now_by_source_system.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_as_of_now_by_source_system.person_id = employee_units.employee_id
        and summed_as_of_now_by_source_system.day between employee_units.valid_from and employee_units.valid_to
    where summed_as_of_now_by_source_system.day <= run.as_of
),

grouped_as_of_now_by_source_system as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'source_system' as cut,
        cut_source_system as cut_value,
        cast(nullif(sum(unmatched_customers__unmatched), 0) as decimal(38,12)) as unmatched_customers__unmatched,
        cast(nullif(sum(unmatched_customers__keys), 0) as decimal(38,12)) as unmatched_customers__keys
    from placed_as_of_now_by_source_system
    group by grouping sets (
        (month_start, company_id, cut_source_system),
        (quarter_start, company_id, cut_source_system),
        (year_start, company_id, cut_source_system)
    )
),

final as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        unmatched_customers__unmatched,
        unmatched_customers__keys
    from grouped_as_of_now
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        unmatched_customers__unmatched,
        unmatched_customers__keys
    from grouped_as_of_now_by_source_system
)

select * from final
