-- One row per period, level, unit, cut and date counted by: the measures of market_entries.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with market_entries as (
    select
        kind,
        opened_date
    from {{ ref('market_entries') }}
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

facts_by_opened_date as (
    select
        market_entries.opened_date as day,
        cast(null as string) as person_id,
        market_entries.kind as cut_kind,
        1 as new_markets
    from market_entries
    cross join run
    where market_entries.opened_date is not null
),

summed_by_opened_date as (
    select
        day,
        person_id,
        count(new_markets) as new_markets
    from facts_by_opened_date
    group by day, person_id
),

placed_by_opened_date as (
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
        summed_by_opened_date.new_markets
    from summed_by_opened_date
    inner join calendar_days
        on summed_by_opened_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_opened_date.person_id = employee_units.employee_id
        and summed_by_opened_date.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_opened_date.day <= run.as_of
),

grouped_by_opened_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(new_markets), 0) as decimal(38,12)) as new_markets
    from placed_by_opened_date
    group by grouping sets (
        (month_start, company_id),
        (quarter_start, company_id),
        (year_start, company_id)
    )
),

compared_by_opened_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(new_markets), 0) as decimal(38,12)) as new_markets
    from placed_by_opened_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('new_markets') and cut = 'none'
    ) as spans on placed_by_opened_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id)
    )
),

summed_by_opened_date_by_kind as (
    select
        day,
        person_id,
        cut_kind,
        count(new_markets) as new_markets
    from facts_by_opened_date
    group by day, person_id, cut_kind
),

placed_by_opened_date_by_kind as (
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
        coalesce(cast(summed_by_opened_date_by_kind.cut_kind as string), 'unassigned') as cut_kind,
        summed_by_opened_date_by_kind.new_markets
    from summed_by_opened_date_by_kind
    inner join calendar_days
        on summed_by_opened_date_by_kind.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_opened_date_by_kind.person_id = employee_units.employee_id
        and summed_by_opened_date_by_kind.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_opened_date_by_kind.day <= run.as_of
),

grouped_by_opened_date_by_kind as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'kind' as cut,
        cut_kind as cut_value,
        cast(nullif(sum(new_markets), 0) as decimal(38,12)) as new_markets
    from placed_by_opened_date_by_kind
    group by grouping sets (
        (month_start, company_id, cut_kind),
        (quarter_start, company_id, cut_kind),
        (year_start, company_id, cut_kind)
    )
),

compared_by_opened_date_by_kind as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'kind' as cut,
        cut_kind as cut_value,
        cast(nullif(sum(new_markets), 0) as decimal(38,12)) as new_markets
    from placed_by_opened_date_by_kind
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('new_markets') and cut = 'kind'
    ) as spans on placed_by_opened_date_by_kind.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_kind)
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
        new_markets
    from grouped_by_opened_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        new_markets
    from compared_by_opened_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        new_markets
    from grouped_by_opened_date_by_kind
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        new_markets
    from compared_by_opened_date_by_kind
)

select * from final
