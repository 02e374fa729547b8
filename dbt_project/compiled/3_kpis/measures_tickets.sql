-- One row per grain, period, level and unit: the measures of tickets.
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
        {{ local_date('first_response_at', "'Asia/Shanghai'") }} as day,
        agent_id as person_id,
        cast(first_response_working_minutes as decimal(38,12)) as first_response_time
    from tickets
    cross join run
    where first_response_at is not null
),

placed_by_first_response_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
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
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        cast({{ exact_median('first_response_time') }} as decimal(38,6)) as first_response_time
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

facts_by_created_at as (
    select
        {{ local_date('created_at', "'Asia/Shanghai'") }} as day,
        agent_id as person_id,
        case when reopened_count > 0 then 1 end as reopened_share__numerator,
        1 as reopened_share__denominator
    from tickets
    cross join run
    where created_at is not null
),

placed_by_created_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
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
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        cast(nullif(count(reopened_share__numerator), 0) as decimal(38,6)) as reopened_share__numerator,
        cast(nullif(count(reopened_share__denominator), 0) as decimal(38,6)) as reopened_share__denominator
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

facts_by_closed_at as (
    select
        {{ local_date('closed_at', "'Asia/Shanghai'") }} as day,
        agent_id as person_id,
        case when is_resolution_in_sla then 1 end as resolution_sla__numerator,
        1 as resolution_sla__denominator
    from tickets
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
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        cast(nullif(count(resolution_sla__numerator), 0) as decimal(38,6)) as resolution_sla__numerator,
        cast(nullif(count(resolution_sla__denominator), 0) as decimal(38,6)) as resolution_sla__denominator
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

facts_by_resolved_at as (
    select
        {{ local_date('resolved_at', "'Asia/Shanghai'") }} as day,
        agent_id as person_id,
        cast(resolution_working_hours as decimal(38,12)) as resolution_time
    from tickets
    cross join run
    where resolved_at is not null
),

placed_by_resolved_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
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
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' end as grain,
        coalesce(month_start, quarter_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        cast({{ exact_median('resolution_time') }} as decimal(38,6)) as resolution_time
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

combined as (
    select
        grain,
        period_start,
        level,
        unit_id,
        first_response_time,
        cast(null as decimal(38,6)) as reopened_share__numerator,
        cast(null as decimal(38,6)) as reopened_share__denominator,
        cast(null as decimal(38,6)) as resolution_sla__numerator,
        cast(null as decimal(38,6)) as resolution_sla__denominator,
        cast(null as decimal(38,6)) as resolution_time
    from grouped_by_first_response_at
    union all
    select
        grain,
        period_start,
        level,
        unit_id,
        cast(null as decimal(38,6)) as first_response_time,
        reopened_share__numerator,
        reopened_share__denominator,
        cast(null as decimal(38,6)) as resolution_sla__numerator,
        cast(null as decimal(38,6)) as resolution_sla__denominator,
        cast(null as decimal(38,6)) as resolution_time
    from grouped_by_created_at
    union all
    select
        grain,
        period_start,
        level,
        unit_id,
        cast(null as decimal(38,6)) as first_response_time,
        cast(null as decimal(38,6)) as reopened_share__numerator,
        cast(null as decimal(38,6)) as reopened_share__denominator,
        resolution_sla__numerator,
        resolution_sla__denominator,
        cast(null as decimal(38,6)) as resolution_time
    from grouped_by_closed_at
    union all
    select
        grain,
        period_start,
        level,
        unit_id,
        cast(null as decimal(38,6)) as first_response_time,
        cast(null as decimal(38,6)) as reopened_share__numerator,
        cast(null as decimal(38,6)) as reopened_share__denominator,
        cast(null as decimal(38,6)) as resolution_sla__numerator,
        cast(null as decimal(38,6)) as resolution_sla__denominator,
        resolution_time
    from grouped_by_resolved_at
),

final as (
    select
        grain,
        period_start,
        level,
        unit_id,
        max(first_response_time) as first_response_time,
        max(reopened_share__numerator) as reopened_share__numerator,
        max(reopened_share__denominator) as reopened_share__denominator,
        max(resolution_sla__numerator) as resolution_sla__numerator,
        max(resolution_sla__denominator) as resolution_sla__denominator,
        max(resolution_time) as resolution_time
    from combined
    group by grain, period_start, level, unit_id
)

select * from final
