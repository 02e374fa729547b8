-- One row per period, level, unit, cut and date counted by: the measures of employee_periods.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with employee_periods as (
    select
        employee_id,
        grain,
        period_start,
        period_end,
        role,
        is_licensed,
        active_share,
        used_7
    from {{ ref('employee_periods') }}
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

facts_by_period_end as (
    select
        employee_periods.period_end as day,
        false as is_to_date,
        employee_periods.grain,
        employee_periods.period_start,
        employee_periods.employee_id as person_id,
        case when employee_periods.is_licensed and employee_periods.used_7 then 1 end as app_active_users__numerator,
        case when employee_periods.is_licensed then 1 end as app_active_users__denominator,
        case when employee_periods.role in ('sales', 'sales_rep') then employee_periods.active_share end as rep_output__denominator
    from employee_periods
    cross join run
    where employee_periods.period_end is not null
),

summed_by_period_end as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        count(app_active_users__numerator) as app_active_users__numerator,
        count(app_active_users__denominator) as app_active_users__denominator,
        sum(rep_output__denominator) as rep_output__denominator
    from facts_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id
),

placed_by_period_end as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_period_end.is_to_date,
        summed_by_period_end.grain,
        summed_by_period_end.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_period_end.app_active_users__numerator,
        summed_by_period_end.app_active_users__denominator,
        summed_by_period_end.rep_output__denominator
    from summed_by_period_end
    cross join run
    cross join company
    left join employee_units
        on summed_by_period_end.person_id = employee_units.employee_id
        and summed_by_period_end.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_period_end.day <= run.as_of
),

grouped_by_period_end as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' end as level,
        coalesce(company_id, region_id, department_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(app_active_users__numerator), 0) as decimal(38,12)) as app_active_users__numerator,
        cast(nullif(sum(app_active_users__denominator), 0) as decimal(38,12)) as app_active_users__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id)
    )
),

grouped_by_period_end_2 as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' end as level,
        coalesce(company_id, region_id, department_id, team_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(rep_output__denominator) as decimal(38,12)) as rep_output__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id)
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
        app_active_users__numerator,
        app_active_users__denominator,
        cast(null as decimal(38,12)) as rep_output__denominator
    from grouped_by_period_end
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as app_active_users__numerator,
        cast(null as decimal(38,12)) as app_active_users__denominator,
        rep_output__denominator
    from grouped_by_period_end_2
)

select * from final
