-- One row per period, level, unit, cut and date counted by: the measures of leads.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with leads as (
    select
        created_at,
        source,
        channel,
        campaign_id,
        owner_id,
        is_junk,
        converted_at,
        partner_id,
        shared_at,
        accepted_at
    from {{ ref('leads') }}
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

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_by_created_at_with_converted_at_in_90_days as (
    select
        {{ local_date('leads.created_at', "'Asia/Shanghai'") }} as day,
        leads.owner_id as person_id,
        leads.channel as cut_channel,
        leads.source as cut_source,
        leads.campaign_id as cut_campaign,
        case when {{ add_days(local_date('leads.created_at', "'Asia/Shanghai'"), 90) }} <= run.as_of and {{ local_date('leads.converted_at', "'Asia/Shanghai'") }} <= {{ add_days(local_date('leads.created_at', "'Asia/Shanghai'"), 90) }} then 1 end as lead_conversion__numerator,
        case when {{ add_days(local_date('leads.created_at', "'Asia/Shanghai'"), 90) }} <= run.as_of then 1 end as lead_conversion__denominator
    from leads
    cross join run
    where leads.created_at is not null
),

summed_by_created_at_with_converted_at_in_90_days as (
    select
        day,
        person_id,
        count(lead_conversion__numerator) as lead_conversion__numerator,
        count(lead_conversion__denominator) as lead_conversion__denominator
    from facts_by_created_at_with_converted_at_in_90_days
    group by day, person_id
),

placed_by_created_at_with_converted_at_in_90_days as (
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
        summed_by_created_at_with_converted_at_in_90_days.lead_conversion__numerator,
        summed_by_created_at_with_converted_at_in_90_days.lead_conversion__denominator
    from summed_by_created_at_with_converted_at_in_90_days
    inner join calendar_days
        on summed_by_created_at_with_converted_at_in_90_days.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_with_converted_at_in_90_days.person_id = employee_units.employee_id
        and summed_by_created_at_with_converted_at_in_90_days.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_with_converted_at_in_90_days.day <= run.as_of
),

grouped_by_created_at_with_converted_at_in_90_days as (
    select
        false as is_to_date,
        case when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(lead_conversion__numerator), 0) as decimal(38,12)) as lead_conversion__numerator,
        cast(nullif(sum(lead_conversion__denominator), 0) as decimal(38,12)) as lead_conversion__denominator
    from placed_by_created_at_with_converted_at_in_90_days
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

summed_by_created_at_with_converted_at_in_90_days_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        count(lead_conversion__numerator) as lead_conversion__numerator,
        count(lead_conversion__denominator) as lead_conversion__denominator
    from facts_by_created_at_with_converted_at_in_90_days
    group by day, person_id, cut_channel
),

placed_by_created_at_with_converted_at_in_90_days_by_channel as (
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
        coalesce(cast(summed_by_created_at_with_converted_at_in_90_days_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_created_at_with_converted_at_in_90_days_by_channel.lead_conversion__numerator,
        summed_by_created_at_with_converted_at_in_90_days_by_channel.lead_conversion__denominator
    from summed_by_created_at_with_converted_at_in_90_days_by_channel
    inner join calendar_days
        on summed_by_created_at_with_converted_at_in_90_days_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_with_converted_at_in_90_days_by_channel.person_id = employee_units.employee_id
        and summed_by_created_at_with_converted_at_in_90_days_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_with_converted_at_in_90_days_by_channel.day <= run.as_of
),

grouped_by_created_at_with_converted_at_in_90_days_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(lead_conversion__numerator), 0) as decimal(38,12)) as lead_conversion__numerator,
        cast(nullif(sum(lead_conversion__denominator), 0) as decimal(38,12)) as lead_conversion__denominator
    from placed_by_created_at_with_converted_at_in_90_days_by_channel
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

summed_by_created_at_with_converted_at_in_90_days_by_source as (
    select
        day,
        person_id,
        cut_source,
        count(lead_conversion__numerator) as lead_conversion__numerator,
        count(lead_conversion__denominator) as lead_conversion__denominator
    from facts_by_created_at_with_converted_at_in_90_days
    group by day, person_id, cut_source
),

placed_by_created_at_with_converted_at_in_90_days_by_source as (
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
        coalesce(cast(summed_by_created_at_with_converted_at_in_90_days_by_source.cut_source as string), 'unassigned') as cut_source,
        summed_by_created_at_with_converted_at_in_90_days_by_source.lead_conversion__numerator,
        summed_by_created_at_with_converted_at_in_90_days_by_source.lead_conversion__denominator
    from summed_by_created_at_with_converted_at_in_90_days_by_source
    inner join calendar_days
        on summed_by_created_at_with_converted_at_in_90_days_by_source.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_with_converted_at_in_90_days_by_source.person_id = employee_units.employee_id
        and summed_by_created_at_with_converted_at_in_90_days_by_source.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_with_converted_at_in_90_days_by_source.day <= run.as_of
),

grouped_by_created_at_with_converted_at_in_90_days_by_source as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'source' as cut,
        cut_source as cut_value,
        cast(nullif(sum(lead_conversion__numerator), 0) as decimal(38,12)) as lead_conversion__numerator,
        cast(nullif(sum(lead_conversion__denominator), 0) as decimal(38,12)) as lead_conversion__denominator
    from placed_by_created_at_with_converted_at_in_90_days_by_source
    group by grouping sets (
        (month_start, company_id, cut_source),
        (month_start, region_id, cut_source),
        (month_start, department_id, cut_source),
        (month_start, team_id, cut_source),
        (month_start, rep_id, cut_source),
        (quarter_start, company_id, cut_source),
        (quarter_start, region_id, cut_source),
        (quarter_start, department_id, cut_source),
        (quarter_start, team_id, cut_source),
        (quarter_start, rep_id, cut_source),
        (year_start, company_id, cut_source),
        (year_start, region_id, cut_source),
        (year_start, department_id, cut_source),
        (year_start, team_id, cut_source),
        (year_start, rep_id, cut_source)
    )
),

summed_by_created_at_with_converted_at_in_90_days_by_campaign as (
    select
        day,
        person_id,
        cut_campaign,
        count(lead_conversion__numerator) as lead_conversion__numerator,
        count(lead_conversion__denominator) as lead_conversion__denominator
    from facts_by_created_at_with_converted_at_in_90_days
    group by day, person_id, cut_campaign
),

placed_by_created_at_with_converted_at_in_90_days_by_campaign as (
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
        coalesce(cast(summed_by_created_at_with_converted_at_in_90_days_by_campaign.cut_campaign as string), 'unassigned') as cut_campaign,
        summed_by_created_at_with_converted_at_in_90_days_by_campaign.lead_conversion__numerator,
        summed_by_created_at_with_converted_at_in_90_days_by_campaign.lead_conversion__denominator
    from summed_by_created_at_with_converted_at_in_90_days_by_campaign
    inner join calendar_days
        on summed_by_created_at_with_converted_at_in_90_days_by_campaign.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_with_converted_at_in_90_days_by_campaign.person_id = employee_units.employee_id
        and summed_by_created_at_with_converted_at_in_90_days_by_campaign.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_with_converted_at_in_90_days_by_campaign.day <= run.as_of
),

grouped_by_created_at_with_converted_at_in_90_days_by_campaign as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'campaign' as cut,
        cut_campaign as cut_value,
        cast(nullif(sum(lead_conversion__numerator), 0) as decimal(38,12)) as lead_conversion__numerator,
        cast(nullif(sum(lead_conversion__denominator), 0) as decimal(38,12)) as lead_conversion__denominator
    from placed_by_created_at_with_converted_at_in_90_days_by_campaign
    group by grouping sets (
        (month_start, company_id, cut_campaign),
        (month_start, region_id, cut_campaign),
        (month_start, department_id, cut_campaign),
        (month_start, team_id, cut_campaign),
        (month_start, rep_id, cut_campaign),
        (quarter_start, company_id, cut_campaign),
        (quarter_start, region_id, cut_campaign),
        (quarter_start, department_id, cut_campaign),
        (quarter_start, team_id, cut_campaign),
        (quarter_start, rep_id, cut_campaign),
        (year_start, company_id, cut_campaign),
        (year_start, region_id, cut_campaign),
        (year_start, department_id, cut_campaign),
        (year_start, team_id, cut_campaign),
        (year_start, rep_id, cut_campaign)
    )
),

facts_by_created_at as (
    select
        {{ local_date('leads.created_at', "'Asia/Shanghai'") }} as day,
        leads.owner_id as person_id,
        leads.channel as cut_channel,
        leads.source as cut_source,
        leads.campaign_id as cut_campaign,
        case when not coalesce(leads.is_junk, false) then 1 end as leads_created
    from leads
    cross join run
    where leads.created_at is not null
),

summed_by_created_at as (
    select
        day,
        person_id,
        count(leads_created) as leads_created
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
        summed_by_created_at.leads_created
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
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
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
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('leads_created') and cut = 'none'
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

summed_by_created_at_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        count(leads_created) as leads_created
    from facts_by_created_at
    group by day, person_id, cut_channel
),

placed_by_created_at_by_channel as (
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
        coalesce(cast(summed_by_created_at_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_created_at_by_channel.leads_created
    from summed_by_created_at_by_channel
    inner join calendar_days
        on summed_by_created_at_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_by_channel.person_id = employee_units.employee_id
        and summed_by_created_at_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_by_channel.day <= run.as_of
),

grouped_by_created_at_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at_by_channel
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

compared_by_created_at_by_channel as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at_by_channel
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('leads_created') and cut = 'channel'
    ) as spans on placed_by_created_at_by_channel.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_channel)
    )
),

summed_by_created_at_by_source as (
    select
        day,
        person_id,
        cut_source,
        count(leads_created) as leads_created
    from facts_by_created_at
    group by day, person_id, cut_source
),

placed_by_created_at_by_source as (
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
        coalesce(cast(summed_by_created_at_by_source.cut_source as string), 'unassigned') as cut_source,
        summed_by_created_at_by_source.leads_created
    from summed_by_created_at_by_source
    inner join calendar_days
        on summed_by_created_at_by_source.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_by_source.person_id = employee_units.employee_id
        and summed_by_created_at_by_source.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_by_source.day <= run.as_of
),

grouped_by_created_at_by_source as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'source' as cut,
        cut_source as cut_value,
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at_by_source
    group by grouping sets (
        (month_start, company_id, cut_source),
        (month_start, region_id, cut_source),
        (month_start, department_id, cut_source),
        (month_start, team_id, cut_source),
        (month_start, rep_id, cut_source),
        (quarter_start, company_id, cut_source),
        (quarter_start, region_id, cut_source),
        (quarter_start, department_id, cut_source),
        (quarter_start, team_id, cut_source),
        (quarter_start, rep_id, cut_source),
        (year_start, company_id, cut_source),
        (year_start, region_id, cut_source),
        (year_start, department_id, cut_source),
        (year_start, team_id, cut_source),
        (year_start, rep_id, cut_source)
    )
),

compared_by_created_at_by_source as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'source' as cut,
        cut_source as cut_value,
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at_by_source
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('leads_created') and cut = 'source'
    ) as spans on placed_by_created_at_by_source.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_source),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_source),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_source),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_source),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_source)
    )
),

summed_by_created_at_by_campaign as (
    select
        day,
        person_id,
        cut_campaign,
        count(leads_created) as leads_created
    from facts_by_created_at
    group by day, person_id, cut_campaign
),

placed_by_created_at_by_campaign as (
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
        coalesce(cast(summed_by_created_at_by_campaign.cut_campaign as string), 'unassigned') as cut_campaign,
        summed_by_created_at_by_campaign.leads_created
    from summed_by_created_at_by_campaign
    inner join calendar_days
        on summed_by_created_at_by_campaign.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_by_campaign.person_id = employee_units.employee_id
        and summed_by_created_at_by_campaign.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_by_campaign.day <= run.as_of
),

grouped_by_created_at_by_campaign as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'campaign' as cut,
        cut_campaign as cut_value,
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at_by_campaign
    group by grouping sets (
        (month_start, company_id, cut_campaign),
        (month_start, region_id, cut_campaign),
        (month_start, department_id, cut_campaign),
        (month_start, team_id, cut_campaign),
        (month_start, rep_id, cut_campaign),
        (quarter_start, company_id, cut_campaign),
        (quarter_start, region_id, cut_campaign),
        (quarter_start, department_id, cut_campaign),
        (quarter_start, team_id, cut_campaign),
        (quarter_start, rep_id, cut_campaign),
        (year_start, company_id, cut_campaign),
        (year_start, region_id, cut_campaign),
        (year_start, department_id, cut_campaign),
        (year_start, team_id, cut_campaign),
        (year_start, rep_id, cut_campaign)
    )
),

compared_by_created_at_by_campaign as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'campaign' as cut,
        cut_campaign as cut_value,
        cast(nullif(sum(leads_created), 0) as decimal(38,12)) as leads_created
    from placed_by_created_at_by_campaign
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('leads_created') and cut = 'campaign'
    ) as spans on placed_by_created_at_by_campaign.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_campaign)
    )
),

facts_by_shared_at as (
    select
        {{ local_date('leads.shared_at', "'Asia/Shanghai'") }} as day,
        leads.owner_id as person_id,
        leads.partner_id as cut_partner,
        case when leads.accepted_at is not null then 1 end as partner_lead_accept__numerator,
        1 as partner_lead_accept__denominator
    from leads
    cross join run
    where leads.shared_at is not null
),

summed_by_shared_at as (
    select
        day,
        person_id,
        count(partner_lead_accept__numerator) as partner_lead_accept__numerator,
        count(partner_lead_accept__denominator) as partner_lead_accept__denominator
    from facts_by_shared_at
    group by day, person_id
),

placed_by_shared_at as (
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
        summed_by_shared_at.partner_lead_accept__numerator,
        summed_by_shared_at.partner_lead_accept__denominator
    from summed_by_shared_at
    inner join calendar_days
        on summed_by_shared_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_shared_at.person_id = employee_units.employee_id
        and summed_by_shared_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_shared_at.day <= run.as_of
),

grouped_by_shared_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(partner_lead_accept__numerator), 0) as decimal(38,12)) as partner_lead_accept__numerator,
        cast(nullif(sum(partner_lead_accept__denominator), 0) as decimal(38,12)) as partner_lead_accept__denominator
    from placed_by_shared_at
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

compared_by_shared_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(partner_lead_accept__numerator), 0) as decimal(38,12)) as partner_lead_accept__numerator,
        cast(nullif(sum(partner_lead_accept__denominator), 0) as decimal(38,12)) as partner_lead_accept__denominator
    from placed_by_shared_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_lead_accept') and cut = 'none'
    ) as spans on placed_by_shared_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_shared_at_by_partner as (
    select
        day,
        person_id,
        cut_partner,
        count(partner_lead_accept__numerator) as partner_lead_accept__numerator,
        count(partner_lead_accept__denominator) as partner_lead_accept__denominator
    from facts_by_shared_at
    group by day, person_id, cut_partner
),

placed_by_shared_at_by_partner as (
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
        coalesce(cast(summed_by_shared_at_by_partner.cut_partner as string), 'unassigned') as cut_partner,
        summed_by_shared_at_by_partner.partner_lead_accept__numerator,
        summed_by_shared_at_by_partner.partner_lead_accept__denominator
    from summed_by_shared_at_by_partner
    inner join calendar_days
        on summed_by_shared_at_by_partner.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_shared_at_by_partner.person_id = employee_units.employee_id
        and summed_by_shared_at_by_partner.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_shared_at_by_partner.day <= run.as_of
),

grouped_by_shared_at_by_partner as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'partner' as cut,
        cut_partner as cut_value,
        cast(nullif(sum(partner_lead_accept__numerator), 0) as decimal(38,12)) as partner_lead_accept__numerator,
        cast(nullif(sum(partner_lead_accept__denominator), 0) as decimal(38,12)) as partner_lead_accept__denominator
    from placed_by_shared_at_by_partner
    group by grouping sets (
        (month_start, company_id, cut_partner),
        (month_start, region_id, cut_partner),
        (month_start, department_id, cut_partner),
        (month_start, team_id, cut_partner),
        (month_start, rep_id, cut_partner),
        (quarter_start, company_id, cut_partner),
        (quarter_start, region_id, cut_partner),
        (quarter_start, department_id, cut_partner),
        (quarter_start, team_id, cut_partner),
        (quarter_start, rep_id, cut_partner),
        (year_start, company_id, cut_partner),
        (year_start, region_id, cut_partner),
        (year_start, department_id, cut_partner),
        (year_start, team_id, cut_partner),
        (year_start, rep_id, cut_partner)
    )
),

compared_by_shared_at_by_partner as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'partner' as cut,
        cut_partner as cut_value,
        cast(nullif(sum(partner_lead_accept__numerator), 0) as decimal(38,12)) as partner_lead_accept__numerator,
        cast(nullif(sum(partner_lead_accept__denominator), 0) as decimal(38,12)) as partner_lead_accept__denominator
    from placed_by_shared_at_by_partner
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_lead_accept') and cut = 'partner'
    ) as spans on placed_by_shared_at_by_partner.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_partner),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_partner),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_partner),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_partner),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_partner)
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
        lead_conversion__numerator,
        lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_with_converted_at_in_90_days
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        lead_conversion__numerator,
        lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_with_converted_at_in_90_days_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        lead_conversion__numerator,
        lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_with_converted_at_in_90_days_by_source
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        lead_conversion__numerator,
        lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_with_converted_at_in_90_days_by_campaign
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
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
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
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
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from compared_by_created_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_by_source
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from compared_by_created_at_by_source
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from grouped_by_created_at_by_campaign
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        leads_created,
        cast(null as decimal(38,12)) as partner_lead_accept__numerator,
        cast(null as decimal(38,12)) as partner_lead_accept__denominator
    from compared_by_created_at_by_campaign
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        partner_lead_accept__numerator,
        partner_lead_accept__denominator
    from grouped_by_shared_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        partner_lead_accept__numerator,
        partner_lead_accept__denominator
    from compared_by_shared_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        partner_lead_accept__numerator,
        partner_lead_accept__denominator
    from grouped_by_shared_at_by_partner
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as lead_conversion__numerator,
        cast(null as decimal(38,12)) as lead_conversion__denominator,
        cast(null as decimal(38,12)) as leads_created,
        partner_lead_accept__numerator,
        partner_lead_accept__denominator
    from compared_by_shared_at_by_partner
)

select * from final
