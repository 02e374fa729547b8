-- One row per period, level, unit, cut and date counted by: the measures of tickets.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with tickets as (
    select
        ticket_id,
        customer_id,
        agent_id,
        product_id,
        channel,
        kind,
        priority,
        created_at,
        first_response_at,
        first_resolved_at,
        resolved_at,
        closed_at,
        reopened_count,
        response_due_at,
        first_response_working_minutes,
        resolution_working_hours,
        is_response_in_sla,
        is_resolution_in_sla
    from {{ ref('tickets') }}
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

calendar_days as (
    select
        day,
        week_start,
        month_start,
        quarter_start,
        year_start
    from {{ ref('calendar_days') }}
),

products as (
    select
        product_id,
        category
    from {{ ref('products') }}
),

customers as (
    select
        customer_id,
        region_id
    from {{ ref('customers') }}
),

ticket_events as (
    select
        ticket_id,
        changed_at,
        kind
    from {{ ref('ticket_events') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

lives_open_from_created_at_until_closed_at as (
    select
        {{ local_date('tickets.created_at', "'Asia/Shanghai'") }} as begins,
        {{ local_date('tickets.closed_at', "'Asia/Shanghai'") }} as ends,
        tickets.agent_id as person_id,
        tickets.priority as cut_priority,
        tickets.kind as cut_kind,
        1 as backlog
    from tickets
    cross join run
    where {{ local_date('tickets.created_at', "'Asia/Shanghai'") }} <= run.as_of and ({{ local_date('tickets.closed_at', "'Asia/Shanghai'") }} is null or {{ local_date('tickets.closed_at', "'Asia/Shanghai'") }} > {{ local_date('tickets.created_at', "'Asia/Shanghai'") }})
),

summed_open_from_created_at_until_closed_at as (
    select
        day,
        person_id,
        sum(backlog) as backlog,
        sum(rows_of_backlog) as rows_of_backlog
    from (
        select
            begins as day,
            person_id,
            backlog,
            case when backlog is not null then 1 end as rows_of_backlog
        from lives_open_from_created_at_until_closed_at
        union all
        select
            ends as day,
            person_id,
            -backlog as backlog,
            case when backlog is not null then -1 end as rows_of_backlog
        from lives_open_from_created_at_until_closed_at
        where ends is not null
    ) as moves
    group by day, person_id
),

ended_open_from_created_at_until_closed_at as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        case when running.rows_of_backlog <> 0 then running.backlog end as backlog
    from (
        select
            person_id,
            day,
            lead(day) over (partition by person_id order by day) as next_day,
            sum(backlog) over (partition by person_id order by day rows between unbounded preceding and current row) as backlog,
            sum(rows_of_backlog) over (partition by person_id order by day rows between unbounded preceding and current row) as rows_of_backlog
        from summed_open_from_created_at_until_closed_at
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('backlog')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('day', 'week', 'month', 'quarter', 'year')
        and (running.rows_of_backlog <> 0)
),

placed_open_from_created_at_until_closed_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_created_at_until_closed_at.is_to_date,
        ended_open_from_created_at_until_closed_at.grain,
        ended_open_from_created_at_until_closed_at.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        ended_open_from_created_at_until_closed_at.backlog
    from ended_open_from_created_at_until_closed_at
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_created_at_until_closed_at.person_id = employee_units.employee_id
        and ended_open_from_created_at_until_closed_at.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_created_at_until_closed_at.day <= run.as_of
),

grouped_open_from_created_at_until_closed_at as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' end as level,
        coalesce(company_id, region_id, department_id, team_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(backlog), 0) as decimal(38,12)) as backlog
    from placed_open_from_created_at_until_closed_at
    where grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id)
    )
),

summed_open_from_created_at_until_closed_at_by_priority as (
    select
        day,
        person_id,
        cut_priority,
        sum(backlog) as backlog,
        sum(rows_of_backlog) as rows_of_backlog
    from (
        select
            begins as day,
            person_id,
            cut_priority,
            backlog,
            case when backlog is not null then 1 end as rows_of_backlog
        from lives_open_from_created_at_until_closed_at
        union all
        select
            ends as day,
            person_id,
            cut_priority,
            -backlog as backlog,
            case when backlog is not null then -1 end as rows_of_backlog
        from lives_open_from_created_at_until_closed_at
        where ends is not null
    ) as moves
    group by day, person_id, cut_priority
),

ended_open_from_created_at_until_closed_at_by_priority as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        running.cut_priority,
        case when running.rows_of_backlog <> 0 then running.backlog end as backlog
    from (
        select
            person_id,
            cut_priority,
            day,
            lead(day) over (partition by person_id, cut_priority order by day) as next_day,
            sum(backlog) over (partition by person_id, cut_priority order by day rows between unbounded preceding and current row) as backlog,
            sum(rows_of_backlog) over (partition by person_id, cut_priority order by day rows between unbounded preceding and current row) as rows_of_backlog
        from summed_open_from_created_at_until_closed_at_by_priority
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('backlog')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
        and (running.rows_of_backlog <> 0)
),

placed_open_from_created_at_until_closed_at_by_priority as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_created_at_until_closed_at_by_priority.is_to_date,
        ended_open_from_created_at_until_closed_at_by_priority.grain,
        ended_open_from_created_at_until_closed_at_by_priority.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(ended_open_from_created_at_until_closed_at_by_priority.cut_priority as string), 'unassigned') as cut_priority,
        ended_open_from_created_at_until_closed_at_by_priority.backlog
    from ended_open_from_created_at_until_closed_at_by_priority
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_created_at_until_closed_at_by_priority.person_id = employee_units.employee_id
        and ended_open_from_created_at_until_closed_at_by_priority.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_created_at_until_closed_at_by_priority.day <= run.as_of
),

grouped_open_from_created_at_until_closed_at_by_priority as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' end as level,
        coalesce(company_id, region_id, department_id, team_id) as unit_id,
        'priority' as cut,
        cut_priority as cut_value,
        cast(nullif(sum(backlog), 0) as decimal(38,12)) as backlog
    from placed_open_from_created_at_until_closed_at_by_priority
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_priority),
        (is_to_date, grain, period_start, region_id, cut_priority),
        (is_to_date, grain, period_start, department_id, cut_priority),
        (is_to_date, grain, period_start, team_id, cut_priority)
    )
),

summed_open_from_created_at_until_closed_at_by_kind as (
    select
        day,
        person_id,
        cut_kind,
        sum(backlog) as backlog,
        sum(rows_of_backlog) as rows_of_backlog
    from (
        select
            begins as day,
            person_id,
            cut_kind,
            backlog,
            case when backlog is not null then 1 end as rows_of_backlog
        from lives_open_from_created_at_until_closed_at
        union all
        select
            ends as day,
            person_id,
            cut_kind,
            -backlog as backlog,
            case when backlog is not null then -1 end as rows_of_backlog
        from lives_open_from_created_at_until_closed_at
        where ends is not null
    ) as moves
    group by day, person_id, cut_kind
),

ended_open_from_created_at_until_closed_at_by_kind as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        running.cut_kind,
        case when running.rows_of_backlog <> 0 then running.backlog end as backlog
    from (
        select
            person_id,
            cut_kind,
            day,
            lead(day) over (partition by person_id, cut_kind order by day) as next_day,
            sum(backlog) over (partition by person_id, cut_kind order by day rows between unbounded preceding and current row) as backlog,
            sum(rows_of_backlog) over (partition by person_id, cut_kind order by day rows between unbounded preceding and current row) as rows_of_backlog
        from summed_open_from_created_at_until_closed_at_by_kind
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('backlog')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
        and (running.rows_of_backlog <> 0)
),

placed_open_from_created_at_until_closed_at_by_kind as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_created_at_until_closed_at_by_kind.is_to_date,
        ended_open_from_created_at_until_closed_at_by_kind.grain,
        ended_open_from_created_at_until_closed_at_by_kind.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(ended_open_from_created_at_until_closed_at_by_kind.cut_kind as string), 'unassigned') as cut_kind,
        ended_open_from_created_at_until_closed_at_by_kind.backlog
    from ended_open_from_created_at_until_closed_at_by_kind
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_created_at_until_closed_at_by_kind.person_id = employee_units.employee_id
        and ended_open_from_created_at_until_closed_at_by_kind.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_created_at_until_closed_at_by_kind.day <= run.as_of
),

grouped_open_from_created_at_until_closed_at_by_kind as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' end as level,
        coalesce(company_id, region_id, department_id, team_id) as unit_id,
        'kind' as cut,
        cut_kind as cut_value,
        cast(nullif(sum(backlog), 0) as decimal(38,12)) as backlog
    from placed_open_from_created_at_until_closed_at_by_kind
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_kind),
        (is_to_date, grain, period_start, region_id, cut_kind),
        (is_to_date, grain, period_start, department_id, cut_kind),
        (is_to_date, grain, period_start, team_id, cut_kind)
    )
),

facts_by_created_at as (
    select
        {{ local_date('tickets.created_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        tickets.product_id as key_of_product_category,
        tickets.customer_id as key_of_customer_region,
        case when tickets.kind = 'complaint' then 1 end as complaints,
        case when tickets.reopened_count > 0 then 1 end as reopened_share__numerator,
        1 as reopened_share__denominator
    from tickets
    cross join run
    where tickets.created_at is not null
),

summed_by_created_at as (
    select
        day,
        person_id,
        count(complaints) as complaints,
        count(reopened_share__numerator) as reopened_share__numerator,
        count(reopened_share__denominator) as reopened_share__denominator
    from facts_by_created_at
    group by day, person_id
),

placed_by_created_at as (
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
        summed_by_created_at.complaints,
        summed_by_created_at.reopened_share__numerator,
        summed_by_created_at.reopened_share__denominator
    from summed_by_created_at
    inner join calendar_days
        on summed_by_created_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at.person_id = employee_units.employee_id
        and summed_by_created_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at.day <= run.as_of
),

grouped_by_created_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(complaints), 0) as decimal(38,12)) as complaints
    from placed_by_created_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_by_created_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(complaints), 0) as decimal(38,12)) as complaints
    from placed_by_created_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('complaints', 'reopened_share') and cut = 'none'
    ) as spans on placed_by_created_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_by_created_at_2 as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(reopened_share__numerator), 0) as decimal(38,12)) as reopened_share__numerator,
        cast(nullif(sum(reopened_share__denominator), 0) as decimal(38,12)) as reopened_share__denominator
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
        (quarter_start, rep_id),
        (year_start, company_id),
        (year_start, region_id),
        (year_start, department_id),
        (year_start, team_id),
        (year_start, rep_id)
    )
),

compared_by_created_at_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(reopened_share__numerator), 0) as decimal(38,12)) as reopened_share__numerator,
        cast(nullif(sum(reopened_share__denominator), 0) as decimal(38,12)) as reopened_share__denominator
    from placed_by_created_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('complaints', 'reopened_share') and cut = 'none'
    ) as spans on placed_by_created_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_created_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        count(complaints) as complaints
    from facts_by_created_at
    group by day, person_id, key_of_product_category
),

placed_by_created_at_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_created_at_by_product_category.complaints
    from summed_by_created_at_by_product_category
    inner join calendar_days
        on summed_by_created_at_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_by_product_category.person_id = employee_units.employee_id
        and summed_by_created_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_created_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_created_at_by_product_category.day <= run.as_of
),

grouped_by_created_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(complaints), 0) as decimal(38,12)) as complaints
    from placed_by_created_at_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
    )
),

compared_by_created_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(complaints), 0) as decimal(38,12)) as complaints
    from placed_by_created_at_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('complaints', 'reopened_share') and cut = 'product_category'
    ) as spans on placed_by_created_at_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

summed_by_created_at_by_customer_region as (
    select
        day,
        person_id,
        key_of_customer_region,
        count(complaints) as complaints
    from facts_by_created_at
    group by day, person_id, key_of_customer_region
),

placed_by_created_at_by_customer_region as (
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
        coalesce(cast(customers_of_cut_customer_region.region_id as string), 'unassigned') as cut_customer_region,
        summed_by_created_at_by_customer_region.complaints
    from summed_by_created_at_by_customer_region
    inner join calendar_days
        on summed_by_created_at_by_customer_region.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_by_customer_region.person_id = employee_units.employee_id
        and summed_by_created_at_by_customer_region.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_customer_region
        on summed_by_created_at_by_customer_region.key_of_customer_region = customers_of_cut_customer_region.customer_id
    where summed_by_created_at_by_customer_region.day <= run.as_of
),

grouped_by_created_at_by_customer_region as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'customer_region' as cut,
        cut_customer_region as cut_value,
        cast(nullif(sum(complaints), 0) as decimal(38,12)) as complaints
    from placed_by_created_at_by_customer_region
    group by grouping sets (
        (month_start, company_id, cut_customer_region),
        (month_start, region_id, cut_customer_region),
        (month_start, department_id, cut_customer_region),
        (month_start, team_id, cut_customer_region),
        (month_start, rep_id, cut_customer_region),
        (quarter_start, company_id, cut_customer_region),
        (quarter_start, region_id, cut_customer_region),
        (quarter_start, department_id, cut_customer_region),
        (quarter_start, team_id, cut_customer_region),
        (quarter_start, rep_id, cut_customer_region),
        (year_start, company_id, cut_customer_region),
        (year_start, region_id, cut_customer_region),
        (year_start, department_id, cut_customer_region),
        (year_start, team_id, cut_customer_region),
        (year_start, rep_id, cut_customer_region)
    )
),

compared_by_created_at_by_customer_region as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'customer_region' as cut,
        cut_customer_region as cut_value,
        cast(nullif(sum(complaints), 0) as decimal(38,12)) as complaints
    from placed_by_created_at_by_customer_region
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('complaints', 'reopened_share') and cut = 'customer_region'
    ) as spans on placed_by_created_at_by_customer_region.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_customer_region)
    )
),

facts_by_first_response_at as (
    select
        {{ local_date('tickets.first_response_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        tickets.channel as cut_channel,
        tickets.first_response_working_minutes as first_response_p90,
        tickets.first_response_working_minutes as first_response_time
    from tickets
    cross join run
    where tickets.first_response_at is not null
),

placed_each_by_first_response_at as (
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
        coalesce(cast(facts_by_first_response_at.cut_channel as string), 'unassigned') as cut_channel,
        facts_by_first_response_at.first_response_p90,
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

grouped_each_by_first_response_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_percentile('first_response_p90', 0.9) }} as decimal(38,12)) as first_response_p90
    from placed_each_by_first_response_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_each_by_first_response_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_percentile('first_response_p90', 0.9) }} as decimal(38,12)) as first_response_p90
    from placed_each_by_first_response_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('first_response_p90', 'first_response_time') and cut = 'none'
    ) as spans on placed_each_by_first_response_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_first_response_at_2 as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('first_response_time') }} as decimal(38,12)) as first_response_time
    from placed_each_by_first_response_at
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

compared_each_by_first_response_at_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('first_response_time') }} as decimal(38,12)) as first_response_time
    from placed_each_by_first_response_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('first_response_p90', 'first_response_time') and cut = 'none'
    ) as spans on placed_each_by_first_response_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_first_response_at_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast({{ exact_percentile('first_response_p90', 0.9) }} as decimal(38,12)) as first_response_p90
    from placed_each_by_first_response_at
    group by grouping sets (
        (month_start, company_id, cut_channel),
        (month_start, region_id, cut_channel),
        (month_start, department_id, cut_channel),
        (month_start, team_id, cut_channel),
        (month_start, rep_id, cut_channel),
        (quarter_start, company_id, cut_channel),
        (quarter_start, region_id, cut_channel),
        (quarter_start, department_id, cut_channel),
        (quarter_start, team_id, cut_channel),
        (quarter_start, rep_id, cut_channel),
        (year_start, company_id, cut_channel),
        (year_start, region_id, cut_channel),
        (year_start, department_id, cut_channel),
        (year_start, team_id, cut_channel),
        (year_start, rep_id, cut_channel)
    )
),

compared_each_by_first_response_at_by_channel as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast({{ exact_percentile('first_response_p90', 0.9) }} as decimal(38,12)) as first_response_p90
    from placed_each_by_first_response_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('first_response_p90', 'first_response_time') and cut = 'channel'
    ) as spans on placed_each_by_first_response_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_channel)
    )
),

facts_by_response_due_at as (
    select
        {{ local_date('tickets.response_due_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        tickets.priority as cut_priority,
        tickets.channel as cut_channel,
        case when tickets.is_response_in_sla then 1 end as first_response_sla__numerator,
        1 as first_response_sla__denominator
    from tickets
    cross join run
    where tickets.response_due_at is not null
),

summed_by_response_due_at as (
    select
        day,
        person_id,
        count(first_response_sla__numerator) as first_response_sla__numerator,
        count(first_response_sla__denominator) as first_response_sla__denominator
    from facts_by_response_due_at
    group by day, person_id
),

placed_by_response_due_at as (
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
        summed_by_response_due_at.first_response_sla__numerator,
        summed_by_response_due_at.first_response_sla__denominator
    from summed_by_response_due_at
    inner join calendar_days
        on summed_by_response_due_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_response_due_at.person_id = employee_units.employee_id
        and summed_by_response_due_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_response_due_at.day <= run.as_of
),

grouped_by_response_due_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(first_response_sla__numerator), 0) as decimal(38,12)) as first_response_sla__numerator,
        cast(nullif(sum(first_response_sla__denominator), 0) as decimal(38,12)) as first_response_sla__denominator
    from placed_by_response_due_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_by_response_due_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(first_response_sla__numerator), 0) as decimal(38,12)) as first_response_sla__numerator,
        cast(nullif(sum(first_response_sla__denominator), 0) as decimal(38,12)) as first_response_sla__denominator
    from placed_by_response_due_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('first_response_sla') and cut = 'none'
    ) as spans on placed_by_response_due_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_response_due_at_by_priority as (
    select
        day,
        person_id,
        cut_priority,
        count(first_response_sla__numerator) as first_response_sla__numerator,
        count(first_response_sla__denominator) as first_response_sla__denominator
    from facts_by_response_due_at
    group by day, person_id, cut_priority
),

placed_by_response_due_at_by_priority as (
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
        coalesce(cast(summed_by_response_due_at_by_priority.cut_priority as string), 'unassigned') as cut_priority,
        summed_by_response_due_at_by_priority.first_response_sla__numerator,
        summed_by_response_due_at_by_priority.first_response_sla__denominator
    from summed_by_response_due_at_by_priority
    inner join calendar_days
        on summed_by_response_due_at_by_priority.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_response_due_at_by_priority.person_id = employee_units.employee_id
        and summed_by_response_due_at_by_priority.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_response_due_at_by_priority.day <= run.as_of
),

grouped_by_response_due_at_by_priority as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'priority' as cut,
        cut_priority as cut_value,
        cast(nullif(sum(first_response_sla__numerator), 0) as decimal(38,12)) as first_response_sla__numerator,
        cast(nullif(sum(first_response_sla__denominator), 0) as decimal(38,12)) as first_response_sla__denominator
    from placed_by_response_due_at_by_priority
    group by grouping sets (
        (month_start, company_id, cut_priority),
        (month_start, region_id, cut_priority),
        (month_start, department_id, cut_priority),
        (month_start, team_id, cut_priority),
        (month_start, rep_id, cut_priority),
        (quarter_start, company_id, cut_priority),
        (quarter_start, region_id, cut_priority),
        (quarter_start, department_id, cut_priority),
        (quarter_start, team_id, cut_priority),
        (quarter_start, rep_id, cut_priority),
        (year_start, company_id, cut_priority),
        (year_start, region_id, cut_priority),
        (year_start, department_id, cut_priority),
        (year_start, team_id, cut_priority),
        (year_start, rep_id, cut_priority)
    )
),

compared_by_response_due_at_by_priority as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'priority' as cut,
        cut_priority as cut_value,
        cast(nullif(sum(first_response_sla__numerator), 0) as decimal(38,12)) as first_response_sla__numerator,
        cast(nullif(sum(first_response_sla__denominator), 0) as decimal(38,12)) as first_response_sla__denominator
    from placed_by_response_due_at_by_priority
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('first_response_sla') and cut = 'priority'
    ) as spans on placed_by_response_due_at_by_priority.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_priority)
    )
),

summed_by_response_due_at_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        count(first_response_sla__numerator) as first_response_sla__numerator,
        count(first_response_sla__denominator) as first_response_sla__denominator
    from facts_by_response_due_at
    group by day, person_id, cut_channel
),

placed_by_response_due_at_by_channel as (
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
        coalesce(cast(summed_by_response_due_at_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_response_due_at_by_channel.first_response_sla__numerator,
        summed_by_response_due_at_by_channel.first_response_sla__denominator
    from summed_by_response_due_at_by_channel
    inner join calendar_days
        on summed_by_response_due_at_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_response_due_at_by_channel.person_id = employee_units.employee_id
        and summed_by_response_due_at_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_response_due_at_by_channel.day <= run.as_of
),

grouped_by_response_due_at_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(first_response_sla__numerator), 0) as decimal(38,12)) as first_response_sla__numerator,
        cast(nullif(sum(first_response_sla__denominator), 0) as decimal(38,12)) as first_response_sla__denominator
    from placed_by_response_due_at_by_channel
    group by grouping sets (
        (month_start, company_id, cut_channel),
        (month_start, region_id, cut_channel),
        (month_start, department_id, cut_channel),
        (month_start, team_id, cut_channel),
        (month_start, rep_id, cut_channel),
        (quarter_start, company_id, cut_channel),
        (quarter_start, region_id, cut_channel),
        (quarter_start, department_id, cut_channel),
        (quarter_start, team_id, cut_channel),
        (quarter_start, rep_id, cut_channel),
        (year_start, company_id, cut_channel),
        (year_start, region_id, cut_channel),
        (year_start, department_id, cut_channel),
        (year_start, team_id, cut_channel),
        (year_start, rep_id, cut_channel)
    )
),

compared_by_response_due_at_by_channel as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(first_response_sla__numerator), 0) as decimal(38,12)) as first_response_sla__numerator,
        cast(nullif(sum(first_response_sla__denominator), 0) as decimal(38,12)) as first_response_sla__denominator
    from placed_by_response_due_at_by_channel
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('first_response_sla') and cut = 'channel'
    ) as spans on placed_by_response_due_at_by_channel.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_channel)
    )
),

events_by_first_resolved_at_with_ticket_events_changed_at_in_7_days as (
    select
        tickets.ticket_id,
        1 as is_met
    from tickets
    cross join run
    inner join ticket_events as happened
        on tickets.ticket_id = happened.ticket_id
        and {{ local_date('happened.changed_at', "'Asia/Shanghai'") }} >= {{ local_date('tickets.first_resolved_at', "'Asia/Shanghai'") }}
        and {{ local_date('happened.changed_at', "'Asia/Shanghai'") }} <= {{ add_days(local_date('tickets.first_resolved_at', "'Asia/Shanghai'"), 7) }}
        and (happened.kind = 'reopened')
        and {{ local_date('happened.changed_at', "'Asia/Shanghai'") }} <= run.as_of
    group by tickets.ticket_id
),

facts_by_first_resolved_at_with_ticket_events_changed_at_in_7_days as (
    select
        {{ local_date('tickets.first_resolved_at', "'Asia/Shanghai'") }} as day,
        tickets.agent_id as person_id,
        tickets.product_id as key_of_product_category,
        case when {{ add_days(local_date('tickets.first_resolved_at', "'Asia/Shanghai'"), 7) }} <= run.as_of and events_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.is_met = 1 then 1 end as reopen_rate__numerator,
        case when {{ add_days(local_date('tickets.first_resolved_at', "'Asia/Shanghai'"), 7) }} <= run.as_of then 1 end as reopen_rate__denominator
    from tickets
    cross join run
    left join events_by_first_resolved_at_with_ticket_events_changed_at_in_7_days on tickets.ticket_id = events_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.ticket_id
    where tickets.first_resolved_at is not null
),

summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days as (
    select
        day,
        person_id,
        count(reopen_rate__numerator) as reopen_rate__numerator,
        count(reopen_rate__denominator) as reopen_rate__denominator
    from facts_by_first_resolved_at_with_ticket_events_changed_at_in_7_days
    group by day, person_id
),

placed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days as (
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
        summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.reopen_rate__numerator,
        summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.reopen_rate__denominator
    from summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days
    inner join calendar_days
        on summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.person_id = employee_units.employee_id
        and summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days.day <= run.as_of
),

grouped_by_first_resolved_at_with_ticket_events_changed_at_in_7_days as (
    select
        false as is_to_date,
        case when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(reopen_rate__numerator), 0) as decimal(38,12)) as reopen_rate__numerator,
        cast(nullif(sum(reopen_rate__denominator), 0) as decimal(38,12)) as reopen_rate__denominator
    from placed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days
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

summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        count(reopen_rate__numerator) as reopen_rate__numerator,
        count(reopen_rate__denominator) as reopen_rate__denominator
    from facts_by_first_resolved_at_with_ticket_events_changed_at_in_7_days
    group by day, person_id, key_of_product_category
),

placed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.reopen_rate__numerator,
        summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.reopen_rate__denominator
    from summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category
    inner join calendar_days
        on summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.person_id = employee_units.employee_id
        and summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category.day <= run.as_of
),

grouped_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(reopen_rate__numerator), 0) as decimal(38,12)) as reopen_rate__numerator,
        cast(nullif(sum(reopen_rate__denominator), 0) as decimal(38,12)) as reopen_rate__denominator
    from placed_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
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

summed_by_closed_at as (
    select
        day,
        person_id,
        count(resolution_sla__numerator) as resolution_sla__numerator,
        count(resolution_sla__denominator) as resolution_sla__denominator
    from facts_by_closed_at
    group by day, person_id
),

placed_by_closed_at as (
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
        summed_by_closed_at.resolution_sla__numerator,
        summed_by_closed_at.resolution_sla__denominator
    from summed_by_closed_at
    inner join calendar_days
        on summed_by_closed_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_closed_at.person_id = employee_units.employee_id
        and summed_by_closed_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_closed_at.day <= run.as_of
),

grouped_by_closed_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(resolution_sla__numerator), 0) as decimal(38,12)) as resolution_sla__numerator,
        cast(nullif(sum(resolution_sla__denominator), 0) as decimal(38,12)) as resolution_sla__denominator
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
        (quarter_start, rep_id),
        (year_start, company_id),
        (year_start, region_id),
        (year_start, department_id),
        (year_start, team_id),
        (year_start, rep_id)
    )
),

compared_by_closed_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(resolution_sla__numerator), 0) as decimal(38,12)) as resolution_sla__numerator,
        cast(nullif(sum(resolution_sla__denominator), 0) as decimal(38,12)) as resolution_sla__denominator
    from placed_by_closed_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('resolution_sla') and cut = 'none'
    ) as spans on placed_by_closed_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
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
        tickets.product_id as key_of_product_category,
        tickets.priority as cut_priority,
        tickets.resolution_working_hours as resolution_time,
        tickets.resolution_working_hours as resolution_time_mean__numerator,
        case when tickets.resolution_working_hours is not null then 1 end as resolution_time_mean__denominator
    from tickets
    cross join run
    where tickets.resolved_at is not null
),

summed_by_resolved_at as (
    select
        day,
        person_id,
        sum(resolution_time_mean__numerator) as resolution_time_mean__numerator,
        count(resolution_time_mean__denominator) as resolution_time_mean__denominator
    from facts_by_resolved_at
    group by day, person_id
),

placed_by_resolved_at as (
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
        summed_by_resolved_at.resolution_time_mean__numerator,
        summed_by_resolved_at.resolution_time_mean__denominator
    from summed_by_resolved_at
    inner join calendar_days
        on summed_by_resolved_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_resolved_at.person_id = employee_units.employee_id
        and summed_by_resolved_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_resolved_at.day <= run.as_of
),

grouped_by_resolved_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(resolution_time_mean__numerator) as decimal(38,12)) as resolution_time_mean__numerator,
        cast(nullif(sum(resolution_time_mean__denominator), 0) as decimal(38,12)) as resolution_time_mean__denominator
    from placed_by_resolved_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_by_resolved_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(resolution_time_mean__numerator) as decimal(38,12)) as resolution_time_mean__numerator,
        cast(nullif(sum(resolution_time_mean__denominator), 0) as decimal(38,12)) as resolution_time_mean__denominator
    from placed_by_resolved_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('resolution_time', 'resolution_time_mean') and cut = 'none'
    ) as spans on placed_by_resolved_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_resolved_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(resolution_time_mean__numerator) as resolution_time_mean__numerator,
        count(resolution_time_mean__denominator) as resolution_time_mean__denominator
    from facts_by_resolved_at
    group by day, person_id, key_of_product_category
),

placed_by_resolved_at_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_resolved_at_by_product_category.resolution_time_mean__numerator,
        summed_by_resolved_at_by_product_category.resolution_time_mean__denominator
    from summed_by_resolved_at_by_product_category
    inner join calendar_days
        on summed_by_resolved_at_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_resolved_at_by_product_category.person_id = employee_units.employee_id
        and summed_by_resolved_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_resolved_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_resolved_at_by_product_category.day <= run.as_of
),

grouped_by_resolved_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(resolution_time_mean__numerator) as decimal(38,12)) as resolution_time_mean__numerator,
        cast(nullif(sum(resolution_time_mean__denominator), 0) as decimal(38,12)) as resolution_time_mean__denominator
    from placed_by_resolved_at_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
    )
),

compared_by_resolved_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(resolution_time_mean__numerator) as decimal(38,12)) as resolution_time_mean__numerator,
        cast(nullif(sum(resolution_time_mean__denominator), 0) as decimal(38,12)) as resolution_time_mean__denominator
    from placed_by_resolved_at_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('resolution_time', 'resolution_time_mean') and cut = 'product_category'
    ) as spans on placed_by_resolved_at_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

summed_by_resolved_at_by_priority as (
    select
        day,
        person_id,
        cut_priority,
        sum(resolution_time_mean__numerator) as resolution_time_mean__numerator,
        count(resolution_time_mean__denominator) as resolution_time_mean__denominator
    from facts_by_resolved_at
    group by day, person_id, cut_priority
),

placed_by_resolved_at_by_priority as (
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
        coalesce(cast(summed_by_resolved_at_by_priority.cut_priority as string), 'unassigned') as cut_priority,
        summed_by_resolved_at_by_priority.resolution_time_mean__numerator,
        summed_by_resolved_at_by_priority.resolution_time_mean__denominator
    from summed_by_resolved_at_by_priority
    inner join calendar_days
        on summed_by_resolved_at_by_priority.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_resolved_at_by_priority.person_id = employee_units.employee_id
        and summed_by_resolved_at_by_priority.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_resolved_at_by_priority.day <= run.as_of
),

grouped_by_resolved_at_by_priority as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'priority' as cut,
        cut_priority as cut_value,
        cast(sum(resolution_time_mean__numerator) as decimal(38,12)) as resolution_time_mean__numerator,
        cast(nullif(sum(resolution_time_mean__denominator), 0) as decimal(38,12)) as resolution_time_mean__denominator
    from placed_by_resolved_at_by_priority
    group by grouping sets (
        (month_start, company_id, cut_priority),
        (month_start, region_id, cut_priority),
        (month_start, department_id, cut_priority),
        (month_start, team_id, cut_priority),
        (month_start, rep_id, cut_priority),
        (quarter_start, company_id, cut_priority),
        (quarter_start, region_id, cut_priority),
        (quarter_start, department_id, cut_priority),
        (quarter_start, team_id, cut_priority),
        (quarter_start, rep_id, cut_priority),
        (year_start, company_id, cut_priority),
        (year_start, region_id, cut_priority),
        (year_start, department_id, cut_priority),
        (year_start, team_id, cut_priority),
        (year_start, rep_id, cut_priority)
    )
),

compared_by_resolved_at_by_priority as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'priority' as cut,
        cut_priority as cut_value,
        cast(sum(resolution_time_mean__numerator) as decimal(38,12)) as resolution_time_mean__numerator,
        cast(nullif(sum(resolution_time_mean__denominator), 0) as decimal(38,12)) as resolution_time_mean__denominator
    from placed_by_resolved_at_by_priority
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('resolution_time', 'resolution_time_mean') and cut = 'priority'
    ) as spans on placed_by_resolved_at_by_priority.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_priority),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_priority)
    )
),

placed_each_by_resolved_at as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        coalesce(cast(facts_by_resolved_at.cut_priority as string), 'unassigned') as cut_priority,
        facts_by_resolved_at.resolution_time
    from facts_by_resolved_at
    inner join calendar_days
        on facts_by_resolved_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_resolved_at.person_id = employee_units.employee_id
        and facts_by_resolved_at.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on facts_by_resolved_at.key_of_product_category = products_of_cut_product_category.product_id
    where facts_by_resolved_at.day <= run.as_of
),

grouped_each_by_resolved_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('resolution_time') }} as decimal(38,12)) as resolution_time
    from placed_each_by_resolved_at
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

compared_each_by_resolved_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('resolution_time') }} as decimal(38,12)) as resolution_time
    from placed_each_by_resolved_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('resolution_time', 'resolution_time_mean') and cut = 'none'
    ) as spans on placed_each_by_resolved_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
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
        backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_open_from_created_at_until_closed_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_open_from_created_at_until_closed_at_by_priority
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_open_from_created_at_until_closed_at_by_kind
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
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
        cast(null as decimal(38,12)) as backlog,
        complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
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
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        reopened_share__numerator,
        reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_created_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        reopened_share__numerator,
        reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_by_created_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_created_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_by_created_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_created_at_by_customer_region
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_by_created_at_by_customer_region
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_each_by_first_response_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_each_by_first_response_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_each_by_first_response_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_each_by_first_response_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_each_by_first_response_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_each_by_first_response_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        first_response_sla__numerator,
        first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_response_due_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        first_response_sla__numerator,
        first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_by_response_due_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        first_response_sla__numerator,
        first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_response_due_at_by_priority
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        first_response_sla__numerator,
        first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_by_response_due_at_by_priority
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        first_response_sla__numerator,
        first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_response_due_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        first_response_sla__numerator,
        first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_by_response_due_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        reopen_rate__numerator,
        reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_first_resolved_at_with_ticket_events_changed_at_in_7_days
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        reopen_rate__numerator,
        reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_by_first_resolved_at_with_ticket_events_changed_at_in_7_days_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        resolution_sla__numerator,
        resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
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
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        resolution_sla__numerator,
        resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
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
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        resolution_time_mean__numerator,
        resolution_time_mean__denominator
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
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        resolution_time_mean__numerator,
        resolution_time_mean__denominator
    from compared_by_resolved_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        resolution_time_mean__numerator,
        resolution_time_mean__denominator
    from grouped_by_resolved_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        resolution_time_mean__numerator,
        resolution_time_mean__denominator
    from compared_by_resolved_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        resolution_time_mean__numerator,
        resolution_time_mean__denominator
    from grouped_by_resolved_at_by_priority
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        cast(null as decimal(38,12)) as resolution_time,
        resolution_time_mean__numerator,
        resolution_time_mean__denominator
    from compared_by_resolved_at_by_priority
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from grouped_each_by_resolved_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as backlog,
        cast(null as decimal(38,12)) as complaints,
        cast(null as decimal(38,12)) as reopened_share__numerator,
        cast(null as decimal(38,12)) as reopened_share__denominator,
        cast(null as decimal(38,12)) as first_response_p90,
        cast(null as decimal(38,12)) as first_response_time,
        cast(null as decimal(38,12)) as first_response_sla__numerator,
        cast(null as decimal(38,12)) as first_response_sla__denominator,
        cast(null as decimal(38,12)) as reopen_rate__numerator,
        cast(null as decimal(38,12)) as reopen_rate__denominator,
        cast(null as decimal(38,12)) as resolution_sla__numerator,
        cast(null as decimal(38,12)) as resolution_sla__denominator,
        resolution_time,
        cast(null as decimal(38,12)) as resolution_time_mean__numerator,
        cast(null as decimal(38,12)) as resolution_time_mean__denominator
    from compared_each_by_resolved_at
)

select * from final
