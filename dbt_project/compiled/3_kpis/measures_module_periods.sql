-- One row per period, level, unit, cut and date counted by: the measures of module_periods.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with module_periods as (
    select
        grain,
        period_start,
        period_end,
        use_share
    from {{ ref('module_periods') }}
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
        module_periods.period_end as day,
        false as is_to_date,
        module_periods.grain,
        module_periods.period_start,
        cast(null as string) as person_id,
        case when module_periods.use_share < 0.2 then 1 end as idle_features__idle,
        1 as idle_features__modules
    from module_periods
    cross join run
    where module_periods.period_end is not null
),

summed_by_period_end as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        count(idle_features__idle) as idle_features__idle,
        count(idle_features__modules) as idle_features__modules
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
        summed_by_period_end.idle_features__idle,
        summed_by_period_end.idle_features__modules
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
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(idle_features__idle), 0) as decimal(38,12)) as idle_features__idle,
        cast(nullif(sum(idle_features__modules), 0) as decimal(38,12)) as idle_features__modules
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id)
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
        idle_features__idle,
        idle_features__modules
    from grouped_by_period_end
)

select * from final
