-- One row per period, level, unit, cut and date counted by: the measures of payments.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with payments as (
    select
        owner_id,
        paid_date,
        amount,
        status,
        due_date
    from {{ ref('payments') }}
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

span_days_by_due_date_in_period as (
    -- Each day with the spans it lies in: a row finds them by its day, at a tenth of what two bounds cost.
    select
        calendar_days.day,
        spans.span,
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.period_end,
        spans.first_day,
        spans.last_day
    from calendar_days
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('collection_rate')
    ) as spans
        on calendar_days.day between spans.first_day and spans.last_day
),

facts_by_paid_date as (
    select
        payments.paid_date as day,
        payments.owner_id as person_id,
        case when payments.status = 'approved' then payments.amount end as cash_collected
    from payments
    cross join run
    where payments.paid_date is not null
),

summed_by_paid_date as (
    select
        day,
        person_id,
        sum(cash_collected) as cash_collected
    from facts_by_paid_date
    group by day, person_id
),

placed_by_paid_date as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_paid_date.cash_collected
    from summed_by_paid_date
    inner join calendar_days
        on summed_by_paid_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_paid_date.person_id = employee_units.employee_id
        and summed_by_paid_date.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_paid_date.day <= run.as_of
),

grouped_by_paid_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(cash_collected) as decimal(38,12)) as cash_collected
    from placed_by_paid_date
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
        (quarter_start, rep_id),
        (year_start, company_id),
        (year_start, region_id),
        (year_start, department_id),
        (year_start, team_id),
        (year_start, rep_id)
    )
),

compared_by_paid_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(cash_collected) as decimal(38,12)) as cash_collected
    from placed_by_paid_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('cash_collected') and cut = 'none'
    ) as spans on placed_by_paid_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

facts_by_due_date_in_period as (
    select
        payments.due_date as day,
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        payments.owner_id as person_id,
        case when payments.status = 'approved' and payments.paid_date <= spans.last_day then payments.amount end as collection_rate__numerator
    from (
        select
            owner_id,
            paid_date,
            status,
            due_date,
            sum(amount) as amount
        from payments
        group by owner_id, paid_date, status, due_date
    ) as payments
    cross join run
    inner join span_days_by_due_date_in_period as spans on payments.due_date = spans.day
    where payments.due_date is not null
        and spans.span = 'period' and spans.grain in ('week', 'month', 'quarter', 'year')
),

summed_by_due_date_in_period as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        sum(collection_rate__numerator) as collection_rate__numerator
    from facts_by_due_date_in_period
    where grain in ('week', 'month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id
),

placed_by_due_date_in_period as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_due_date_in_period.is_to_date,
        summed_by_due_date_in_period.grain,
        summed_by_due_date_in_period.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_due_date_in_period.collection_rate__numerator
    from summed_by_due_date_in_period
    cross join run
    cross join company
    left join employee_units
        on summed_by_due_date_in_period.person_id = employee_units.employee_id
        and summed_by_due_date_in_period.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_due_date_in_period.day <= run.as_of
),

grouped_by_due_date_in_period as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(collection_rate__numerator) as decimal(38,12)) as collection_rate__numerator
    from placed_by_due_date_in_period
    where grain in ('week', 'month', 'quarter', 'year')
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
        cash_collected,
        cast(null as decimal(38,12)) as collection_rate__numerator
    from grouped_by_paid_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cash_collected,
        cast(null as decimal(38,12)) as collection_rate__numerator
    from compared_by_paid_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as cash_collected,
        collection_rate__numerator
    from grouped_by_due_date_in_period
)

select * from final
