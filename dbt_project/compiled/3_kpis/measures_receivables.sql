-- One row per period, level, unit, cut and date counted by: the measures of receivables.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with receivables as (
    select
        owner_id,
        due_date,
        amount_due
    from {{ ref('receivables') }}
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

spans as (
    select
        span,
        is_to_date,
        grain,
        period_start,
        period_end,
        first_day,
        last_day
    from {{ ref('spans') }}
),

goal_spans as (
    select
        kpi_id,
        cut,
        span,
        is_to_date,
        grain,
        period_start,
        period_end,
        first_day,
        last_day
    from {{ ref('goal_spans') }}
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

facts_by_due_date as (
    select
        receivables.due_date as day,
        receivables.owner_id as person_id,
        receivables.amount_due as collection_rate__denominator
    from receivables
    cross join run
    where receivables.due_date is not null
),

summed_by_due_date as (
    select
        day,
        person_id,
        sum(collection_rate__denominator) as collection_rate__denominator
    from facts_by_due_date
    group by day, person_id
),

placed_by_due_date as (
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
        summed_by_due_date.collection_rate__denominator
    from summed_by_due_date
    inner join calendar_days
        on summed_by_due_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_due_date.person_id = employee_units.employee_id
        and summed_by_due_date.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_due_date.day <= run.as_of
),

grouped_by_due_date as (
    select
        false as is_to_date,
        case when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(collection_rate__denominator) as decimal(38,12)) as collection_rate__denominator
    from placed_by_due_date
    group by grouping sets (
        (week_start, company_id),
        (week_start, region_id),
        (week_start, department_id),
        (week_start, team_id),
        (week_start, rep_id),
        (month_start, company_id),
        (month_start, region_id),
        (month_start, department_id),
        (month_start, team_id),
        (month_start, rep_id),
        (quarter_start, company_id),
        (quarter_start, region_id),
        (quarter_start, department_id),
        (quarter_start, team_id),
        (quarter_start, rep_id),
        (year_start, company_id),
        (year_start, region_id),
        (year_start, department_id),
        (year_start, team_id),
        (year_start, rep_id)
    )
),

compared_by_due_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(collection_rate__denominator) as decimal(38,12)) as collection_rate__denominator
    from placed_by_due_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('collection_rate') and cut = 'none'
    ) as spans on placed_by_due_date.day between spans.first_day and spans.last_day
    where spans.grain in ('week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
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
        collection_rate__denominator
    from grouped_by_due_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        collection_rate__denominator
    from compared_by_due_date
)

select * from final
