-- One row per period, level, unit, cut and date counted by: the measures of surveys.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with surveys as (
    select
        kind,
        customer_id,
        employee_id,
        agent_id,
        owner_id,
        product_id,
        channel,
        site,
        ticket_kind,
        sent_at,
        answered_at,
        score,
        scale_max
    from {{ ref('surveys') }}
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

products as (
    select
        product_id,
        category
    from {{ ref('products') }}
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

facts_by_answered_at as (
    select
        {{ local_date('surveys.answered_at', "'Asia/Shanghai'") }} as day,
        surveys.agent_id as person_id,
        surveys.site as cut_site,
        surveys.product_id as key_of_product_category,
        surveys.channel as cut_channel,
        case when surveys.kind = 'csat' and surveys.ticket_kind = 'service_order' and surveys.score >= 0.8 * surveys.scale_max then 1 end as aftersales_csat__numerator,
        case when surveys.kind = 'csat' and surveys.ticket_kind = 'service_order' and surveys.score is not null then 1 end as aftersales_csat__denominator,
        case when surveys.kind = 'csat' and surveys.score >= 0.8 * surveys.scale_max then 1 end as csat_pct__numerator,
        case when surveys.kind = 'csat' and surveys.score is not null then 1 end as csat_pct__denominator,
        case when surveys.kind = 'csat' and surveys.scale_max > 0 then cast((cast(surveys.score as double) / nullif(cast(surveys.scale_max as double), 0)) * 5 as decimal(38,12)) end as csat_score__numerator,
        case when surveys.kind = 'csat' and surveys.scale_max > 0 and surveys.score is not null then 1 end as csat_score__denominator
    from surveys
    cross join run
    where surveys.answered_at is not null
),

summed_by_answered_at as (
    select
        day,
        person_id,
        count(aftersales_csat__numerator) as aftersales_csat__numerator,
        count(aftersales_csat__denominator) as aftersales_csat__denominator,
        count(csat_pct__numerator) as csat_pct__numerator,
        count(csat_pct__denominator) as csat_pct__denominator,
        sum(csat_score__numerator) as csat_score__numerator,
        count(csat_score__denominator) as csat_score__denominator
    from facts_by_answered_at
    group by day, person_id
),

placed_by_answered_at as (
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
        summed_by_answered_at.aftersales_csat__numerator,
        summed_by_answered_at.aftersales_csat__denominator,
        summed_by_answered_at.csat_pct__numerator,
        summed_by_answered_at.csat_pct__denominator,
        summed_by_answered_at.csat_score__numerator,
        summed_by_answered_at.csat_score__denominator
    from summed_by_answered_at
    inner join calendar_days
        on summed_by_answered_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_answered_at.person_id = employee_units.employee_id
        and summed_by_answered_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_answered_at.day <= run.as_of
),

grouped_by_answered_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(aftersales_csat__numerator), 0) as decimal(38,12)) as aftersales_csat__numerator,
        cast(nullif(sum(aftersales_csat__denominator), 0) as decimal(38,12)) as aftersales_csat__denominator,
        cast(nullif(sum(csat_pct__numerator), 0) as decimal(38,12)) as csat_pct__numerator,
        cast(nullif(sum(csat_pct__denominator), 0) as decimal(38,12)) as csat_pct__denominator
    from placed_by_answered_at
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

compared_by_answered_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(aftersales_csat__numerator), 0) as decimal(38,12)) as aftersales_csat__numerator,
        cast(nullif(sum(aftersales_csat__denominator), 0) as decimal(38,12)) as aftersales_csat__denominator,
        cast(nullif(sum(csat_pct__numerator), 0) as decimal(38,12)) as csat_pct__numerator,
        cast(nullif(sum(csat_pct__denominator), 0) as decimal(38,12)) as csat_pct__denominator
    from placed_by_answered_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('aftersales_csat', 'csat_pct', 'csat_score') and cut = 'none'
    ) as spans on placed_by_answered_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_by_answered_at_2 as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(csat_score__numerator) as decimal(38,12)) as csat_score__numerator,
        cast(nullif(sum(csat_score__denominator), 0) as decimal(38,12)) as csat_score__denominator
    from placed_by_answered_at
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

compared_by_answered_at_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(csat_score__numerator) as decimal(38,12)) as csat_score__numerator,
        cast(nullif(sum(csat_score__denominator), 0) as decimal(38,12)) as csat_score__denominator
    from placed_by_answered_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('aftersales_csat', 'csat_pct', 'csat_score') and cut = 'none'
    ) as spans on placed_by_answered_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_answered_at_by_site as (
    select
        day,
        person_id,
        cut_site,
        count(aftersales_csat__numerator) as aftersales_csat__numerator,
        count(aftersales_csat__denominator) as aftersales_csat__denominator
    from facts_by_answered_at
    group by day, person_id, cut_site
),

placed_by_answered_at_by_site as (
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
        coalesce(cast(summed_by_answered_at_by_site.cut_site as string), 'unassigned') as cut_site,
        summed_by_answered_at_by_site.aftersales_csat__numerator,
        summed_by_answered_at_by_site.aftersales_csat__denominator
    from summed_by_answered_at_by_site
    inner join calendar_days
        on summed_by_answered_at_by_site.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_answered_at_by_site.person_id = employee_units.employee_id
        and summed_by_answered_at_by_site.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_answered_at_by_site.day <= run.as_of
),

grouped_by_answered_at_by_site as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'site' as cut,
        cut_site as cut_value,
        cast(nullif(sum(aftersales_csat__numerator), 0) as decimal(38,12)) as aftersales_csat__numerator,
        cast(nullif(sum(aftersales_csat__denominator), 0) as decimal(38,12)) as aftersales_csat__denominator
    from placed_by_answered_at_by_site
    group by grouping sets (
        (month_start, company_id, cut_site),
        (month_start, region_id, cut_site),
        (month_start, department_id, cut_site),
        (month_start, team_id, cut_site),
        (month_start, rep_id, cut_site),
        (quarter_start, company_id, cut_site),
        (quarter_start, region_id, cut_site),
        (quarter_start, department_id, cut_site),
        (quarter_start, team_id, cut_site),
        (quarter_start, rep_id, cut_site),
        (year_start, company_id, cut_site),
        (year_start, region_id, cut_site),
        (year_start, department_id, cut_site),
        (year_start, team_id, cut_site),
        (year_start, rep_id, cut_site)
    )
),

compared_by_answered_at_by_site as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'site' as cut,
        cut_site as cut_value,
        cast(nullif(sum(aftersales_csat__numerator), 0) as decimal(38,12)) as aftersales_csat__numerator,
        cast(nullif(sum(aftersales_csat__denominator), 0) as decimal(38,12)) as aftersales_csat__denominator
    from placed_by_answered_at_by_site
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('aftersales_csat', 'csat_pct', 'csat_score') and cut = 'site'
    ) as spans on placed_by_answered_at_by_site.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_site),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_site),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_site),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_site),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_site)
    )
),

summed_by_answered_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(csat_score__numerator) as csat_score__numerator,
        count(csat_score__denominator) as csat_score__denominator
    from facts_by_answered_at
    group by day, person_id, key_of_product_category
),

placed_by_answered_at_by_product_category as (
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
        summed_by_answered_at_by_product_category.csat_score__numerator,
        summed_by_answered_at_by_product_category.csat_score__denominator
    from summed_by_answered_at_by_product_category
    inner join calendar_days
        on summed_by_answered_at_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_answered_at_by_product_category.person_id = employee_units.employee_id
        and summed_by_answered_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_answered_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_answered_at_by_product_category.day <= run.as_of
),

grouped_by_answered_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(csat_score__numerator) as decimal(38,12)) as csat_score__numerator,
        cast(nullif(sum(csat_score__denominator), 0) as decimal(38,12)) as csat_score__denominator
    from placed_by_answered_at_by_product_category
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

compared_by_answered_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(csat_score__numerator) as decimal(38,12)) as csat_score__numerator,
        cast(nullif(sum(csat_score__denominator), 0) as decimal(38,12)) as csat_score__denominator
    from placed_by_answered_at_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('aftersales_csat', 'csat_pct', 'csat_score') and cut = 'product_category'
    ) as spans on placed_by_answered_at_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

summed_by_answered_at_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        sum(csat_score__numerator) as csat_score__numerator,
        count(csat_score__denominator) as csat_score__denominator
    from facts_by_answered_at
    group by day, person_id, cut_channel
),

placed_by_answered_at_by_channel as (
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
        coalesce(cast(summed_by_answered_at_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_answered_at_by_channel.csat_score__numerator,
        summed_by_answered_at_by_channel.csat_score__denominator
    from summed_by_answered_at_by_channel
    inner join calendar_days
        on summed_by_answered_at_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_answered_at_by_channel.person_id = employee_units.employee_id
        and summed_by_answered_at_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_answered_at_by_channel.day <= run.as_of
),

grouped_by_answered_at_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(sum(csat_score__numerator) as decimal(38,12)) as csat_score__numerator,
        cast(nullif(sum(csat_score__denominator), 0) as decimal(38,12)) as csat_score__denominator
    from placed_by_answered_at_by_channel
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

compared_by_answered_at_by_channel as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(sum(csat_score__numerator) as decimal(38,12)) as csat_score__numerator,
        cast(nullif(sum(csat_score__denominator), 0) as decimal(38,12)) as csat_score__denominator
    from placed_by_answered_at_by_channel
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('aftersales_csat', 'csat_pct', 'csat_score') and cut = 'channel'
    ) as spans on placed_by_answered_at_by_channel.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_channel)
    )
),

facts_by_answered_at_of_employee_id as (
    select
        {{ local_date('surveys.answered_at', "'Asia/Shanghai'") }} as day,
        surveys.employee_id as person_id,
        case when surveys.kind = 'employee' then surveys.score end as employee_sat,
        case when surveys.kind = 'employee' then surveys.employee_id end as employee_sat__people
    from surveys
    cross join run
    where surveys.answered_at is not null
),

placed_each_by_answered_at_of_employee_id as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.quarter_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        facts_by_answered_at_of_employee_id.employee_sat,
        facts_by_answered_at_of_employee_id.employee_sat__people
    from facts_by_answered_at_of_employee_id
    inner join calendar_days
        on facts_by_answered_at_of_employee_id.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_answered_at_of_employee_id.person_id = employee_units.employee_id
        and facts_by_answered_at_of_employee_id.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_answered_at_of_employee_id.day <= run.as_of
),

grouped_each_by_answered_at_of_employee_id as (
    select
        false as is_to_date,
        case when grouping(quarter_start) = 0 then 'quarter' end as grain,
        quarter_start as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(department_id) = 0 then 'department' end as level,
        coalesce(company_id, department_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(cast(sum(employee_sat) as double) / nullif(count(employee_sat), 0) as decimal(38,12)) as employee_sat,
        cast(nullif(count(distinct employee_sat__people), 0) as decimal(38,12)) as employee_sat__people
    from placed_each_by_answered_at_of_employee_id
    group by grouping sets (
        (quarter_start, company_id),
        (quarter_start, department_id)
    )
),

facts_by_answered_at_of_owner_id as (
    select
        {{ local_date('surveys.answered_at', "'Asia/Shanghai'") }} as day,
        surveys.owner_id as person_id,
        surveys.customer_id as key_of_segment,
        case when surveys.kind = 'nps' and surveys.score >= 9 then 1 end as nps__promoters,
        case when surveys.kind = 'nps' and surveys.score <= 6 then 1 end as nps__detractors,
        case when surveys.kind = 'nps' and surveys.score is not null then 1 end as nps__answers
    from surveys
    cross join run
    where surveys.answered_at is not null
),

summed_by_answered_at_of_owner_id as (
    select
        day,
        person_id,
        count(nps__promoters) as nps__promoters,
        count(nps__detractors) as nps__detractors,
        count(nps__answers) as nps__answers
    from facts_by_answered_at_of_owner_id
    group by day, person_id
),

placed_by_answered_at_of_owner_id as (
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
        summed_by_answered_at_of_owner_id.nps__promoters,
        summed_by_answered_at_of_owner_id.nps__detractors,
        summed_by_answered_at_of_owner_id.nps__answers
    from summed_by_answered_at_of_owner_id
    inner join calendar_days
        on summed_by_answered_at_of_owner_id.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_answered_at_of_owner_id.person_id = employee_units.employee_id
        and summed_by_answered_at_of_owner_id.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_answered_at_of_owner_id.day <= run.as_of
),

grouped_by_answered_at_of_owner_id as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(nps__promoters), 0) as decimal(38,12)) as nps__promoters,
        cast(nullif(sum(nps__detractors), 0) as decimal(38,12)) as nps__detractors,
        cast(nullif(sum(nps__answers), 0) as decimal(38,12)) as nps__answers
    from placed_by_answered_at_of_owner_id
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

compared_by_answered_at_of_owner_id as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(nps__promoters), 0) as decimal(38,12)) as nps__promoters,
        cast(nullif(sum(nps__detractors), 0) as decimal(38,12)) as nps__detractors,
        cast(nullif(sum(nps__answers), 0) as decimal(38,12)) as nps__answers
    from placed_by_answered_at_of_owner_id
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('nps') and cut = 'none'
    ) as spans on placed_by_answered_at_of_owner_id.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_answered_at_of_owner_id_by_segment as (
    select
        day,
        person_id,
        key_of_segment,
        count(nps__promoters) as nps__promoters,
        count(nps__detractors) as nps__detractors,
        count(nps__answers) as nps__answers
    from facts_by_answered_at_of_owner_id
    group by day, person_id, key_of_segment
),

placed_by_answered_at_of_owner_id_by_segment as (
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
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        summed_by_answered_at_of_owner_id_by_segment.nps__promoters,
        summed_by_answered_at_of_owner_id_by_segment.nps__detractors,
        summed_by_answered_at_of_owner_id_by_segment.nps__answers
    from summed_by_answered_at_of_owner_id_by_segment
    inner join calendar_days
        on summed_by_answered_at_of_owner_id_by_segment.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_answered_at_of_owner_id_by_segment.person_id = employee_units.employee_id
        and summed_by_answered_at_of_owner_id_by_segment.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on summed_by_answered_at_of_owner_id_by_segment.key_of_segment = customers_of_cut_segment.customer_id
    where summed_by_answered_at_of_owner_id_by_segment.day <= run.as_of
),

grouped_by_answered_at_of_owner_id_by_segment as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(sum(nps__promoters), 0) as decimal(38,12)) as nps__promoters,
        cast(nullif(sum(nps__detractors), 0) as decimal(38,12)) as nps__detractors,
        cast(nullif(sum(nps__answers), 0) as decimal(38,12)) as nps__answers
    from placed_by_answered_at_of_owner_id_by_segment
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

compared_by_answered_at_of_owner_id_by_segment as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(sum(nps__promoters), 0) as decimal(38,12)) as nps__promoters,
        cast(nullif(sum(nps__detractors), 0) as decimal(38,12)) as nps__detractors,
        cast(nullif(sum(nps__answers), 0) as decimal(38,12)) as nps__answers
    from placed_by_answered_at_of_owner_id_by_segment
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('nps') and cut = 'segment'
    ) as spans on placed_by_answered_at_of_owner_id_by_segment.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_segment)
    )
),

facts_by_sent_at as (
    select
        {{ local_date('surveys.sent_at', "'Asia/Shanghai'") }} as day,
        surveys.agent_id as person_id,
        surveys.channel as cut_channel,
        case when surveys.answered_at is not null then 1 end as survey_response_rate__numerator,
        1 as survey_response_rate__denominator
    from surveys
    cross join run
    where surveys.sent_at is not null
),

summed_by_sent_at as (
    select
        day,
        person_id,
        count(survey_response_rate__numerator) as survey_response_rate__numerator,
        count(survey_response_rate__denominator) as survey_response_rate__denominator
    from facts_by_sent_at
    group by day, person_id
),

placed_by_sent_at as (
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
        summed_by_sent_at.survey_response_rate__numerator,
        summed_by_sent_at.survey_response_rate__denominator
    from summed_by_sent_at
    inner join calendar_days
        on summed_by_sent_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_sent_at.person_id = employee_units.employee_id
        and summed_by_sent_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_sent_at.day <= run.as_of
),

grouped_by_sent_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(survey_response_rate__numerator), 0) as decimal(38,12)) as survey_response_rate__numerator,
        cast(nullif(sum(survey_response_rate__denominator), 0) as decimal(38,12)) as survey_response_rate__denominator
    from placed_by_sent_at
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

compared_by_sent_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(survey_response_rate__numerator), 0) as decimal(38,12)) as survey_response_rate__numerator,
        cast(nullif(sum(survey_response_rate__denominator), 0) as decimal(38,12)) as survey_response_rate__denominator
    from placed_by_sent_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('survey_response_rate') and cut = 'none'
    ) as spans on placed_by_sent_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_sent_at_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        count(survey_response_rate__numerator) as survey_response_rate__numerator,
        count(survey_response_rate__denominator) as survey_response_rate__denominator
    from facts_by_sent_at
    group by day, person_id, cut_channel
),

placed_by_sent_at_by_channel as (
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
        coalesce(cast(summed_by_sent_at_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_sent_at_by_channel.survey_response_rate__numerator,
        summed_by_sent_at_by_channel.survey_response_rate__denominator
    from summed_by_sent_at_by_channel
    inner join calendar_days
        on summed_by_sent_at_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_sent_at_by_channel.person_id = employee_units.employee_id
        and summed_by_sent_at_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_sent_at_by_channel.day <= run.as_of
),

grouped_by_sent_at_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(survey_response_rate__numerator), 0) as decimal(38,12)) as survey_response_rate__numerator,
        cast(nullif(sum(survey_response_rate__denominator), 0) as decimal(38,12)) as survey_response_rate__denominator
    from placed_by_sent_at_by_channel
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

compared_by_sent_at_by_channel as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(survey_response_rate__numerator), 0) as decimal(38,12)) as survey_response_rate__numerator,
        cast(nullif(sum(survey_response_rate__denominator), 0) as decimal(38,12)) as survey_response_rate__denominator
    from placed_by_sent_at_by_channel
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('survey_response_rate') and cut = 'channel'
    ) as spans on placed_by_sent_at_by_channel.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_channel)
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
        aftersales_csat__numerator,
        aftersales_csat__denominator,
        csat_pct__numerator,
        csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        aftersales_csat__numerator,
        aftersales_csat__denominator,
        csat_pct__numerator,
        csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        csat_score__numerator,
        csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        csat_score__numerator,
        csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        aftersales_csat__numerator,
        aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at_by_site
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        aftersales_csat__numerator,
        aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at_by_site
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        csat_score__numerator,
        csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        csat_score__numerator,
        csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        csat_score__numerator,
        csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        csat_score__numerator,
        csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        employee_sat,
        employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_each_by_answered_at_of_employee_id
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        nps__promoters,
        nps__detractors,
        nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at_of_owner_id
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        nps__promoters,
        nps__detractors,
        nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at_of_owner_id
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        nps__promoters,
        nps__detractors,
        nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from grouped_by_answered_at_of_owner_id_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        nps__promoters,
        nps__detractors,
        nps__answers,
        cast(null as decimal(38,12)) as survey_response_rate__numerator,
        cast(null as decimal(38,12)) as survey_response_rate__denominator
    from compared_by_answered_at_of_owner_id_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        survey_response_rate__numerator,
        survey_response_rate__denominator
    from grouped_by_sent_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        survey_response_rate__numerator,
        survey_response_rate__denominator
    from compared_by_sent_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        survey_response_rate__numerator,
        survey_response_rate__denominator
    from grouped_by_sent_at_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as aftersales_csat__numerator,
        cast(null as decimal(38,12)) as aftersales_csat__denominator,
        cast(null as decimal(38,12)) as csat_pct__numerator,
        cast(null as decimal(38,12)) as csat_pct__denominator,
        cast(null as decimal(38,12)) as csat_score__numerator,
        cast(null as decimal(38,12)) as csat_score__denominator,
        cast(null as decimal(38,12)) as employee_sat,
        cast(null as decimal(38,12)) as employee_sat__people,
        cast(null as decimal(38,12)) as nps__promoters,
        cast(null as decimal(38,12)) as nps__detractors,
        cast(null as decimal(38,12)) as nps__answers,
        survey_response_rate__numerator,
        survey_response_rate__denominator
    from compared_by_sent_at_by_channel
)

select * from final
