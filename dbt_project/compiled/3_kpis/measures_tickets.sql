-- One row per period, level, unit, cut and date counted by: the measures of tickets.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with tickets as (
    select
        agent_id,
        created_at,
        first_response_at,
        resolved_at,
        closed_at,
        reopened_count,
        first_response_working_minutes,
        resolution_working_hours,
        is_resolution_in_sla
    from {{ ref('tickets') }}
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
        first_day,
        last_day
    from {{ ref('spans') }}
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

facts_by_first_response_at as (
    select
        {{ local_date('tickets.first_response_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        tickets.first_response_working_minutes as first_response_time
    from tickets
    cross join run
    where tickets.first_response_at is not null
),

placed_by_first_response_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_first_response_at.first_response_time
    from facts_by_first_response_at
    inner join calendar_days
        on facts_by_first_response_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_first_response_at.person_id = employee_units.employee_id
        and facts_by_first_response_at.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_first_response_at.day <= run.as_of
),

grouped_by_first_response_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('first_response_time') }} as decimal(38,12)) as first_response_time
    from placed_by_first_response_at
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

compared_by_first_response_at as (
    -- The spans a running period is compared with: the same working days of the periods before and a year ago.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('first_response_time') }} as decimal(38,12)) as first_response_time
    from placed_by_first_response_at
    inner join spans on placed_by_first_response_at.day between spans.first_day and spans.last_day
    where spans.span = 'period' and spans.is_to_date and spans.grain in ('month', 'quarter')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

facts_by_created_at as (
    select
        {{ local_date('tickets.created_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        case when tickets.reopened_count > 0 then 1 end as reopened_share__numerator,
        1 as reopened_share__denominator
    from tickets
    cross join run
    where tickets.created_at is not null
),

placed_by_created_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_created_at.reopened_share__numerator,
        facts_by_created_at.reopened_share__denominator
    from facts_by_created_at
    inner join calendar_days
        on facts_by_created_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_created_at.person_id = employee_units.employee_id
        and facts_by_created_at.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_created_at.day <= run.as_of
),

grouped_by_created_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(reopened_share__numerator), 0) as decimal(38,12)) as reopened_share__numerator,
        cast(nullif(count(reopened_share__denominator), 0) as decimal(38,12)) as reopened_share__denominator
    from placed_by_created_at
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

compared_by_created_at as (
    -- The spans a running period is compared with: the same working days of the periods before and a year ago.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(reopened_share__numerator), 0) as decimal(38,12)) as reopened_share__numerator,
        cast(nullif(count(reopened_share__denominator), 0) as decimal(38,12)) as reopened_share__denominator
    from placed_by_created_at
    inner join spans on placed_by_created_at.day between spans.first_day and spans.last_day
    where spans.span = 'period' and spans.is_to_date and spans.grain in ('month', 'quarter')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

facts_by_closed_at as (
    select
        {{ local_date('tickets.closed_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        case when tickets.is_resolution_in_sla then 1 end as resolution_sla__numerator,
        1 as resolution_sla__denominator
    from tickets
    cross join run
    where tickets.closed_at is not null
),

placed_by_closed_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_closed_at.resolution_sla__numerator,
        facts_by_closed_at.resolution_sla__denominator
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
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(resolution_sla__numerator), 0) as decimal(38,12)) as resolution_sla__numerator,
        cast(nullif(count(resolution_sla__denominator), 0) as decimal(38,12)) as resolution_sla__denominator
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

compared_by_closed_at as (
    -- The spans a running period is compared with: the same working days of the periods before and a year ago.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(resolution_sla__numerator), 0) as decimal(38,12)) as resolution_sla__numerator,
        cast(nullif(count(resolution_sla__denominator), 0) as decimal(38,12)) as resolution_sla__denominator
    from placed_by_closed_at
    inner join spans on placed_by_closed_at.day between spans.first_day and spans.last_day
    where spans.span = 'period' and spans.is_to_date and spans.grain in ('month', 'quarter')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

facts_by_resolved_at as (
    select
        {{ local_date('tickets.resolved_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        tickets.resolution_working_hours as resolution_time
    from tickets
    cross join run
    where tickets.resolved_at is not null
),

placed_by_resolved_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_resolved_at.resolution_time
    from facts_by_resolved_at
    inner join calendar_days
        on facts_by_resolved_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_resolved_at.person_id = employee_units.employee_id
        and facts_by_resolved_at.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_resolved_at.day <= run.as_of
),

grouped_by_resolved_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('resolution_time') }} as decimal(38,12)) as resolution_time
    from placed_by_resolved_at
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

compared_by_resolved_at as (
    -- The spans a running period is compared with: the same working days of the periods before and a year ago.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('resolution_time') }} as decimal(38,12)) as resolution_time
    from placed_by_resolved_at
    inner join spans on placed_by_resolved_at.day between spans.first_day and spans.last_day
    where spans.span = 'period' and spans.is_to_date and spans.grain in ('month', 'quarter')
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
        first_response_time,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time
    from grouped_by_first_response_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        first_response_time,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time
    from compared_by_first_response_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as first_response_time,
        reopened_share__numerator,
        reopened_share__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time
    from grouped_by_created_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as first_response_time,
        reopened_share__numerator,
        reopened_share__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time
    from compared_by_created_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        resolution_sla__numerator,
        resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time
    from grouped_by_closed_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        resolution_sla__numerator,
        resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time
    from compared_by_closed_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        resolution_time
    from grouped_by_resolved_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        resolution_time
    from compared_by_resolved_at
)

select * from final
