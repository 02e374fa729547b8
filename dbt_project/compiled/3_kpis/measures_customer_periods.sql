-- One row per period, level, unit, cut and date counted by: the measures of customer_periods.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with customer_periods as (
    select
        grain,
        period_start,
        period_end,
        is_active_start,
        is_active_end,
        owner_id
    from {{ ref('customer_periods') }}
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
        customer_periods.period_end as day,
        false as is_to_date,
        customer_periods.grain,
        customer_periods.period_start,
        customer_periods.owner_id as person_id,
        case when customer_periods.is_active_start and customer_periods.is_active_end then 1 end as retention_rate__numerator,
        case when customer_periods.is_active_start then 1 end as retention_rate__denominator
    from customer_periods
    cross join run
    where customer_periods.period_end is not null
),

placed_by_period_end as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        facts_by_period_end.is_to_date,
        facts_by_period_end.grain,
        facts_by_period_end.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_period_end.retention_rate__numerator,
        facts_by_period_end.retention_rate__denominator
    from facts_by_period_end
    cross join run
    cross join company
    left join employee_units
        on facts_by_period_end.person_id = employee_units.employee_id
        and facts_by_period_end.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_period_end.day <= run.as_of
),

grouped_by_period_end as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(retention_rate__numerator), 0) as decimal(38,12)) as retention_rate__numerator,
        cast(nullif(count(retention_rate__denominator), 0) as decimal(38,12)) as retention_rate__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id),
        (is_to_date, grain, period_start, rep_id)
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
        retention_rate__numerator,
        retention_rate__denominator
    from grouped_by_period_end
)

select * from final
