-- One row per grain, period, level and unit: the measures of deals.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with deals as (
    select
        owner_id,
        closed_at,
        status,
        cycle_days
    from {{ ref('deals') }}
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

facts_by_closed_at as (
    select
        {{ local_date('closed_at', "'Asia/Shanghai'") }} as day,
        owner_id as person_id,
        case when status = 'won' then cast(cycle_days as decimal(38,12)) end as sales_cycle_days,
        case when status = 'won' then 1 end as win_rate__numerator,
        case when status in ('won', 'lost') then 1 end as win_rate__denominator
    from deals
    cross join run
    where closed_at is not null
),

placed_by_closed_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.month_start,
        calendar_days.quarter_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_closed_at.sales_cycle_days,
        facts_by_closed_at.win_rate__numerator,
        facts_by_closed_at.win_rate__denominator
    from facts_by_closed_at
    inner join calendar_days
        on facts_by_closed_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_closed_at.person_id = employee_units.employee_id
        and facts_by_closed_at.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_closed_at.day <= run.as_of
),

grouped_by_closed_at as (
    select
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        cast({{ exact_median('sales_cycle_days') }} as decimal(38,6)) as sales_cycle_days,
        cast(nullif(count(win_rate__numerator), 0) as decimal(38,6)) as win_rate__numerator,
        cast(nullif(count(win_rate__denominator), 0) as decimal(38,6)) as win_rate__denominator
    from placed_by_closed_at
    group by grouping sets (
        (month_start, company_id),
        (month_start, region_id),
        (month_start, department_id),
        (month_start, team_id),
        (month_start, rep_id),
        (quarter_start, company_id),
        (quarter_start, region_id),
        (quarter_start, department_id),
        (quarter_start, team_id),
        (quarter_start, rep_id)
    )
),

final as (
    select
        grain,
        period_start,
        level,
        unit_id,
        sales_cycle_days,
        win_rate__numerator,
        win_rate__denominator
    from grouped_by_closed_at
)

select * from final
