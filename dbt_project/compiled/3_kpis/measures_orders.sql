-- One row per period, level, unit, cut and date counted by: the measures of orders.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with orders as (
    select
        customer_id,
        owner_id,
        channel,
        order_date,
        status,
        amount_net
    from {{ ref('orders') }}
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

facts_by_order_date as (
    select
        orders.order_date as day,
        orders.owner_id as person_id,
        orders.channel as cut_channel,
        orders.customer_id as key_of_segment,
        case when orders.status not in ('cancelled', 'returned') then orders.amount_net end as avg_order_value__numerator,
        case when orders.status not in ('cancelled', 'returned') then 1 end as avg_order_value__denominator,
        case when orders.status not in ('cancelled', 'returned') then 1 end as purchase_frequency__numerator,
        case when orders.status not in ('cancelled', 'returned') then orders.customer_id end as purchase_frequency__denominator
    from orders
    cross join run
    where orders.order_date is not null
),

summed_by_order_date as (
    select
        day,
        person_id,
        sum(avg_order_value__numerator) as avg_order_value__numerator,
        count(avg_order_value__denominator) as avg_order_value__denominator,
        count(purchase_frequency__numerator) as purchase_frequency__numerator
    from facts_by_order_date
    group by day, person_id
),

placed_by_order_date as (
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
        summed_by_order_date.avg_order_value__numerator,
        summed_by_order_date.avg_order_value__denominator,
        summed_by_order_date.purchase_frequency__numerator
    from summed_by_order_date
    inner join calendar_days
        on summed_by_order_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_order_date.person_id = employee_units.employee_id
        and summed_by_order_date.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_order_date.day <= run.as_of
),

grouped_by_order_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(avg_order_value__numerator) as decimal(38,12)) as avg_order_value__numerator,
        cast(nullif(sum(avg_order_value__denominator), 0) as decimal(38,12)) as avg_order_value__denominator,
        cast(nullif(sum(purchase_frequency__numerator), 0) as decimal(38,12)) as purchase_frequency__numerator
    from placed_by_order_date
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

compared_by_order_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(avg_order_value__numerator) as decimal(38,12)) as avg_order_value__numerator,
        cast(nullif(sum(avg_order_value__denominator), 0) as decimal(38,12)) as avg_order_value__denominator,
        cast(nullif(sum(purchase_frequency__numerator), 0) as decimal(38,12)) as purchase_frequency__numerator
    from placed_by_order_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('avg_order_value', 'purchase_frequency') and cut = 'none'
    ) as spans on placed_by_order_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_order_date_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        sum(avg_order_value__numerator) as avg_order_value__numerator,
        count(avg_order_value__denominator) as avg_order_value__denominator
    from facts_by_order_date
    group by day, person_id, cut_channel
),

placed_by_order_date_by_channel as (
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
        coalesce(cast(summed_by_order_date_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_order_date_by_channel.avg_order_value__numerator,
        summed_by_order_date_by_channel.avg_order_value__denominator
    from summed_by_order_date_by_channel
    inner join calendar_days
        on summed_by_order_date_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_order_date_by_channel.person_id = employee_units.employee_id
        and summed_by_order_date_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_order_date_by_channel.day <= run.as_of
),

grouped_by_order_date_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(sum(avg_order_value__numerator) as decimal(38,12)) as avg_order_value__numerator,
        cast(nullif(sum(avg_order_value__denominator), 0) as decimal(38,12)) as avg_order_value__denominator
    from placed_by_order_date_by_channel
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

compared_by_order_date_by_channel as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(sum(avg_order_value__numerator) as decimal(38,12)) as avg_order_value__numerator,
        cast(nullif(sum(avg_order_value__denominator), 0) as decimal(38,12)) as avg_order_value__denominator
    from placed_by_order_date_by_channel
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('avg_order_value', 'purchase_frequency') and cut = 'channel'
    ) as spans on placed_by_order_date_by_channel.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_channel),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_channel)
    )
),

summed_by_order_date_by_segment as (
    select
        day,
        person_id,
        key_of_segment,
        count(purchase_frequency__numerator) as purchase_frequency__numerator
    from facts_by_order_date
    group by day, person_id, key_of_segment
),

placed_by_order_date_by_segment as (
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
        summed_by_order_date_by_segment.purchase_frequency__numerator
    from summed_by_order_date_by_segment
    inner join calendar_days
        on summed_by_order_date_by_segment.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_order_date_by_segment.person_id = employee_units.employee_id
        and summed_by_order_date_by_segment.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on summed_by_order_date_by_segment.key_of_segment = customers_of_cut_segment.customer_id
    where summed_by_order_date_by_segment.day <= run.as_of
),

grouped_by_order_date_by_segment as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(sum(purchase_frequency__numerator), 0) as decimal(38,12)) as purchase_frequency__numerator
    from placed_by_order_date_by_segment
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

compared_by_order_date_by_segment as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(sum(purchase_frequency__numerator), 0) as decimal(38,12)) as purchase_frequency__numerator
    from placed_by_order_date_by_segment
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('avg_order_value', 'purchase_frequency') and cut = 'segment'
    ) as spans on placed_by_order_date_by_segment.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_segment)
    )
),

placed_each_by_order_date as (
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
        coalesce(cast(facts_by_order_date.cut_channel as string), 'unassigned') as cut_channel,
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        facts_by_order_date.purchase_frequency__denominator
    from facts_by_order_date
    inner join calendar_days
        on facts_by_order_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_order_date.person_id = employee_units.employee_id
        and facts_by_order_date.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on facts_by_order_date.key_of_segment = customers_of_cut_segment.customer_id
    where facts_by_order_date.day <= run.as_of
),

grouped_each_by_order_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct purchase_frequency__denominator), 0) as decimal(38,12)) as purchase_frequency__denominator
    from placed_each_by_order_date
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

compared_each_by_order_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct purchase_frequency__denominator), 0) as decimal(38,12)) as purchase_frequency__denominator
    from placed_each_by_order_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('avg_order_value', 'purchase_frequency') and cut = 'none'
    ) as spans on placed_each_by_order_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_order_date_by_segment as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(distinct purchase_frequency__denominator), 0) as decimal(38,12)) as purchase_frequency__denominator
    from placed_each_by_order_date
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

compared_each_by_order_date_by_segment as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(distinct purchase_frequency__denominator), 0) as decimal(38,12)) as purchase_frequency__denominator
    from placed_each_by_order_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('avg_order_value', 'purchase_frequency') and cut = 'segment'
    ) as spans on placed_each_by_order_date.day between spans.first_day and spans.last_day
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
        avg_order_value__numerator,
        avg_order_value__denominator,
        purchase_frequency__numerator,
        cast(null as decimal(38,12)) as purchase_frequency__denominator
    from grouped_by_order_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        avg_order_value__numerator,
        avg_order_value__denominator,
        purchase_frequency__numerator,
        cast(null as decimal(38,12)) as purchase_frequency__denominator
    from compared_by_order_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        avg_order_value__numerator,
        avg_order_value__denominator,
        cast(null as decimal(38,12)) as purchase_frequency__numerator,
        cast(null as decimal(38,12)) as purchase_frequency__denominator
    from grouped_by_order_date_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        avg_order_value__numerator,
        avg_order_value__denominator,
        cast(null as decimal(38,12)) as purchase_frequency__numerator,
        cast(null as decimal(38,12)) as purchase_frequency__denominator
    from compared_by_order_date_by_channel
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as avg_order_value__numerator,
        cast(null as decimal(38,12)) as avg_order_value__denominator,
        purchase_frequency__numerator,
        cast(null as decimal(38,12)) as purchase_frequency__denominator
    from grouped_by_order_date_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as avg_order_value__numerator,
        cast(null as decimal(38,12)) as avg_order_value__denominator,
        purchase_frequency__numerator,
        cast(null as decimal(38,12)) as purchase_frequency__denominator
    from compared_by_order_date_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as avg_order_value__numerator,
        cast(null as decimal(38,12)) as avg_order_value__denominator,
        cast(null as decimal(38,12)) as purchase_frequency__numerator,
        purchase_frequency__denominator
    from grouped_each_by_order_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as avg_order_value__numerator,
        cast(null as decimal(38,12)) as avg_order_value__denominator,
        cast(null as decimal(38,12)) as purchase_frequency__numerator,
        purchase_frequency__denominator
    from compared_each_by_order_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as avg_order_value__numerator,
        cast(null as decimal(38,12)) as avg_order_value__denominator,
        cast(null as decimal(38,12)) as purchase_frequency__numerator,
        purchase_frequency__denominator
    from grouped_each_by_order_date_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as avg_order_value__numerator,
        cast(null as decimal(38,12)) as avg_order_value__denominator,
        cast(null as decimal(38,12)) as purchase_frequency__numerator,
        purchase_frequency__denominator
    from compared_each_by_order_date_by_segment
)

select * from final
