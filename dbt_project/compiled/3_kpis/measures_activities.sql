-- One row per period, level, unit, cut and date counted by: the measures of activities.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with activities as (
    select
        kind,
        owner_id,
        customer_id,
        due_at,
        done_at,
        has_check_in,
        note_length
    from {{ ref('activities') }}
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

customers as (
    select
        customer_id,
        tier
    from {{ ref('customers') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_by_due_at as (
    select
        {{ local_date('activities.due_at', "'Asia/Shanghai'") }} as day,
        activities.owner_id as person_id,
        case when activities.kind in ('call', 'mail', 'meeting') and activities.done_at <= activities.due_at then 1 end as follow_up_on_time__numerator,
        case when activities.kind in ('call', 'mail', 'meeting') then 1 end as follow_up_on_time__denominator
    from activities
    cross join run
    where activities.due_at is not null
),

summed_by_due_at as (
    select
        day,
        person_id,
        count(follow_up_on_time__numerator) as follow_up_on_time__numerator,
        count(follow_up_on_time__denominator) as follow_up_on_time__denominator
    from facts_by_due_at
    group by day, person_id
),

placed_by_due_at as (
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
        summed_by_due_at.follow_up_on_time__numerator,
        summed_by_due_at.follow_up_on_time__denominator
    from summed_by_due_at
    inner join calendar_days
        on summed_by_due_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_due_at.person_id = employee_units.employee_id
        and summed_by_due_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_due_at.day <= run.as_of
),

grouped_by_due_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(follow_up_on_time__numerator), 0) as decimal(38,12)) as follow_up_on_time__numerator,
        cast(nullif(sum(follow_up_on_time__denominator), 0) as decimal(38,12)) as follow_up_on_time__denominator
    from placed_by_due_at
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

compared_by_due_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(follow_up_on_time__numerator), 0) as decimal(38,12)) as follow_up_on_time__numerator,
        cast(nullif(sum(follow_up_on_time__denominator), 0) as decimal(38,12)) as follow_up_on_time__denominator
    from placed_by_due_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('follow_up_on_time') and cut = 'none'
    ) as spans on placed_by_due_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

facts_by_done_at as (
    select
        {{ local_date('activities.done_at', "'Asia/Shanghai'") }} as day,
        activities.owner_id as person_id,
        activities.kind as cut_kind,
        activities.customer_id as key_of_segment,
        case when activities.kind in ('call', 'mail', 'meeting') then 1 end as follow_ups,
        case when activities.kind = 'visit' and (activities.has_check_in or activities.note_length >= 20) then activities.customer_id end as valid_visits
    from activities
    cross join run
    where activities.done_at is not null
),

summed_by_done_at as (
    select
        day,
        person_id,
        count(follow_ups) as follow_ups
    from facts_by_done_at
    group by day, person_id
),

placed_by_done_at as (
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
        summed_by_done_at.follow_ups
    from summed_by_done_at
    inner join calendar_days
        on summed_by_done_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_done_at.person_id = employee_units.employee_id
        and summed_by_done_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_done_at.day <= run.as_of
),

grouped_by_done_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(follow_ups), 0) as decimal(38,12)) as follow_ups
    from placed_by_done_at
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

compared_by_done_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(follow_ups), 0) as decimal(38,12)) as follow_ups
    from placed_by_done_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('follow_ups', 'valid_visits') and cut = 'none'
    ) as spans on placed_by_done_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_done_at_by_kind as (
    select
        day,
        person_id,
        cut_kind,
        count(follow_ups) as follow_ups
    from facts_by_done_at
    group by day, person_id, cut_kind
),

placed_by_done_at_by_kind as (
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
        coalesce(cast(summed_by_done_at_by_kind.cut_kind as string), 'unassigned') as cut_kind,
        summed_by_done_at_by_kind.follow_ups
    from summed_by_done_at_by_kind
    inner join calendar_days
        on summed_by_done_at_by_kind.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_done_at_by_kind.person_id = employee_units.employee_id
        and summed_by_done_at_by_kind.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_done_at_by_kind.day <= run.as_of
),

grouped_by_done_at_by_kind as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'kind' as cut,
        cut_kind as cut_value,
        cast(nullif(sum(follow_ups), 0) as decimal(38,12)) as follow_ups
    from placed_by_done_at_by_kind
    group by grouping sets (
        (month_start, company_id, cut_kind),
        (month_start, region_id, cut_kind),
        (month_start, department_id, cut_kind),
        (month_start, team_id, cut_kind),
        (month_start, rep_id, cut_kind),
        (quarter_start, company_id, cut_kind),
        (quarter_start, region_id, cut_kind),
        (quarter_start, department_id, cut_kind),
        (quarter_start, team_id, cut_kind),
        (quarter_start, rep_id, cut_kind),
        (year_start, company_id, cut_kind),
        (year_start, region_id, cut_kind),
        (year_start, department_id, cut_kind),
        (year_start, team_id, cut_kind),
        (year_start, rep_id, cut_kind)
    )
),

compared_by_done_at_by_kind as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'kind' as cut,
        cut_kind as cut_value,
        cast(nullif(sum(follow_ups), 0) as decimal(38,12)) as follow_ups
    from placed_by_done_at_by_kind
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('follow_ups', 'valid_visits') and cut = 'kind'
    ) as spans on placed_by_done_at_by_kind.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_kind),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_kind),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_kind),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_kind),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_kind)
    )
),

placed_each_by_done_at as (
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
        coalesce(cast(facts_by_done_at.cut_kind as string), 'unassigned') as cut_kind,
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        facts_by_done_at.valid_visits
    from facts_by_done_at
    inner join calendar_days
        on facts_by_done_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_done_at.person_id = employee_units.employee_id
        and facts_by_done_at.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on facts_by_done_at.key_of_segment = customers_of_cut_segment.customer_id
    where facts_by_done_at.day <= run.as_of
),

grouped_each_by_done_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct valid_visits), 0) as decimal(38,12)) as valid_visits
    from placed_each_by_done_at
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

compared_each_by_done_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct valid_visits), 0) as decimal(38,12)) as valid_visits
    from placed_each_by_done_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('follow_ups', 'valid_visits') and cut = 'none'
    ) as spans on placed_each_by_done_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_done_at_by_segment as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(distinct valid_visits), 0) as decimal(38,12)) as valid_visits
    from placed_each_by_done_at
    group by grouping sets (
        (month_start, company_id, cut_segment),
        (month_start, region_id, cut_segment),
        (month_start, department_id, cut_segment),
        (month_start, team_id, cut_segment),
        (month_start, rep_id, cut_segment),
        (quarter_start, company_id, cut_segment),
        (quarter_start, region_id, cut_segment),
        (quarter_start, department_id, cut_segment),
        (quarter_start, team_id, cut_segment),
        (quarter_start, rep_id, cut_segment),
        (year_start, company_id, cut_segment),
        (year_start, region_id, cut_segment),
        (year_start, department_id, cut_segment),
        (year_start, team_id, cut_segment),
        (year_start, rep_id, cut_segment)
    )
),

compared_each_by_done_at_by_segment as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(distinct valid_visits), 0) as decimal(38,12)) as valid_visits
    from placed_each_by_done_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('follow_ups', 'valid_visits') and cut = 'segment'
    ) as spans on placed_each_by_done_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_segment)
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
        follow_up_on_time__numerator,
        follow_up_on_time__denominator,
        cast(null as decimal(38,12)) as follow_ups,
        cast(null as decimal(38,12)) as valid_visits
    from grouped_by_due_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        follow_up_on_time__numerator,
        follow_up_on_time__denominator,
        cast(null as decimal(38,12)) as follow_ups,
        cast(null as decimal(38,12)) as valid_visits
    from compared_by_due_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        follow_ups,
        cast(null as decimal(38,12)) as valid_visits
    from grouped_by_done_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        follow_ups,
        cast(null as decimal(38,12)) as valid_visits
    from compared_by_done_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        follow_ups,
        cast(null as decimal(38,12)) as valid_visits
    from grouped_by_done_at_by_kind
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        follow_ups,
        cast(null as decimal(38,12)) as valid_visits
    from compared_by_done_at_by_kind
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        cast(null as decimal(38,12)) as follow_ups,
        valid_visits
    from grouped_each_by_done_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        cast(null as decimal(38,12)) as follow_ups,
        valid_visits
    from compared_each_by_done_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        cast(null as decimal(38,12)) as follow_ups,
        valid_visits
    from grouped_each_by_done_at_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as follow_up_on_time__numerator,
        cast(null as decimal(38,12)) as follow_up_on_time__denominator,
        cast(null as decimal(38,12)) as follow_ups,
        valid_visits
    from compared_each_by_done_at_by_segment
)

select * from final
