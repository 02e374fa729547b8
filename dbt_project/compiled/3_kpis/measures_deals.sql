-- One row per period, level, unit, cut and date counted by: the measures of deals.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with deals as (
    select
        owner_id,
        product_id,
        closed_at,
        status,
        amount,
        loss_reason,
        cycle_days
    from {{ ref('deals') }}
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

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_by_closed_at as (
    select
        {{ local_date('deals.closed_at', "'Asia/Shanghai'") }} as day,
        deals.owner_id as person_id,
        deals.loss_reason as cut_loss_reason,
        deals.product_id as key_of_product_category,
        case when deals.status = 'lost' then 1 end as loss_reason_share__numerator,
        case when deals.status = 'lost' then 1 end as loss_reason_share__denominator,
        case when deals.status = 'won' then deals.cycle_days end as sales_cycle_days,
        case when deals.status = 'won' then 1 end as win_rate__numerator,
        case when deals.status in ('won', 'lost') then 1 end as win_rate__denominator,
        case when deals.status = 'won' then deals.amount end as win_rate_amount__numerator,
        case when deals.status in ('won', 'lost') then deals.amount end as win_rate_amount__denominator
    from deals
    cross join run
    where deals.closed_at is not null
),

summed_by_closed_at as (
    select
        day,
        person_id,
        count(loss_reason_share__numerator) as loss_reason_share__numerator,
        count(loss_reason_share__denominator) as loss_reason_share__denominator,
        count(win_rate__numerator) as win_rate__numerator,
        count(win_rate__denominator) as win_rate__denominator,
        sum(win_rate_amount__numerator) as win_rate_amount__numerator,
        sum(win_rate_amount__denominator) as win_rate_amount__denominator
    from facts_by_closed_at
    group by day, person_id
),

placed_by_closed_at as (
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
        summed_by_closed_at.loss_reason_share__numerator,
        summed_by_closed_at.loss_reason_share__denominator,
        summed_by_closed_at.win_rate__numerator,
        summed_by_closed_at.win_rate__denominator,
        summed_by_closed_at.win_rate_amount__numerator,
        summed_by_closed_at.win_rate_amount__denominator
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
        cast(nullif(sum(loss_reason_share__numerator), 0) as decimal(38,12)) as loss_reason_share__numerator,
        cast(nullif(sum(loss_reason_share__denominator), 0) as decimal(38,12)) as loss_reason_share__denominator,
        cast(nullif(sum(win_rate__numerator), 0) as decimal(38,12)) as win_rate__numerator,
        cast(nullif(sum(win_rate__denominator), 0) as decimal(38,12)) as win_rate__denominator
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
        cast(nullif(sum(loss_reason_share__numerator), 0) as decimal(38,12)) as loss_reason_share__numerator,
        cast(nullif(sum(loss_reason_share__denominator), 0) as decimal(38,12)) as loss_reason_share__denominator,
        cast(nullif(sum(win_rate__numerator), 0) as decimal(38,12)) as win_rate__numerator,
        cast(nullif(sum(win_rate__denominator), 0) as decimal(38,12)) as win_rate__denominator
    from placed_by_closed_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('loss_reason_share', 'sales_cycle_days', 'win_rate', 'win_rate_amount') and cut = 'none'
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

grouped_by_closed_at_2 as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(win_rate_amount__numerator) as decimal(38,12)) as win_rate_amount__numerator,
        cast(sum(win_rate_amount__denominator) as decimal(38,12)) as win_rate_amount__denominator
    from placed_by_closed_at
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

compared_by_closed_at_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(win_rate_amount__numerator) as decimal(38,12)) as win_rate_amount__numerator,
        cast(sum(win_rate_amount__denominator) as decimal(38,12)) as win_rate_amount__denominator
    from placed_by_closed_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('loss_reason_share', 'sales_cycle_days', 'win_rate', 'win_rate_amount') and cut = 'none'
    ) as spans on placed_by_closed_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_closed_at_by_loss_reason as (
    select
        day,
        person_id,
        cut_loss_reason,
        count(loss_reason_share__numerator) as loss_reason_share__numerator
    from facts_by_closed_at
    group by day, person_id, cut_loss_reason
),

placed_by_closed_at_by_loss_reason as (
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
        coalesce(cast(summed_by_closed_at_by_loss_reason.cut_loss_reason as string), 'unassigned') as cut_loss_reason,
        summed_by_closed_at_by_loss_reason.loss_reason_share__numerator
    from summed_by_closed_at_by_loss_reason
    inner join calendar_days
        on summed_by_closed_at_by_loss_reason.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_closed_at_by_loss_reason.person_id = employee_units.employee_id
        and summed_by_closed_at_by_loss_reason.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_closed_at_by_loss_reason.day <= run.as_of
),

grouped_by_closed_at_by_loss_reason as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'loss_reason' as cut,
        cut_loss_reason as cut_value,
        cast(nullif(sum(loss_reason_share__numerator), 0) as decimal(38,12)) as loss_reason_share__numerator
    from placed_by_closed_at_by_loss_reason
    group by grouping sets (
        (month_start, company_id, cut_loss_reason),
        (month_start, region_id, cut_loss_reason),
        (month_start, department_id, cut_loss_reason),
        (month_start, team_id, cut_loss_reason),
        (month_start, rep_id, cut_loss_reason),
        (quarter_start, company_id, cut_loss_reason),
        (quarter_start, region_id, cut_loss_reason),
        (quarter_start, department_id, cut_loss_reason),
        (quarter_start, team_id, cut_loss_reason),
        (quarter_start, rep_id, cut_loss_reason),
        (year_start, company_id, cut_loss_reason),
        (year_start, region_id, cut_loss_reason),
        (year_start, department_id, cut_loss_reason),
        (year_start, team_id, cut_loss_reason),
        (year_start, rep_id, cut_loss_reason)
    )
),

compared_by_closed_at_by_loss_reason as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'loss_reason' as cut,
        cut_loss_reason as cut_value,
        cast(nullif(sum(loss_reason_share__numerator), 0) as decimal(38,12)) as loss_reason_share__numerator
    from placed_by_closed_at_by_loss_reason
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('loss_reason_share', 'sales_cycle_days', 'win_rate', 'win_rate_amount') and cut = 'loss_reason'
    ) as spans on placed_by_closed_at_by_loss_reason.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_loss_reason),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_loss_reason),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_loss_reason),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_loss_reason),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_loss_reason)
    )
),

summed_by_closed_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(win_rate_amount__numerator) as win_rate_amount__numerator,
        sum(win_rate_amount__denominator) as win_rate_amount__denominator
    from facts_by_closed_at
    group by day, person_id, key_of_product_category
),

placed_by_closed_at_by_product_category as (
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
        summed_by_closed_at_by_product_category.win_rate_amount__numerator,
        summed_by_closed_at_by_product_category.win_rate_amount__denominator
    from summed_by_closed_at_by_product_category
    inner join calendar_days
        on summed_by_closed_at_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_closed_at_by_product_category.person_id = employee_units.employee_id
        and summed_by_closed_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_closed_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_closed_at_by_product_category.day <= run.as_of
),

grouped_by_closed_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(win_rate_amount__numerator) as decimal(38,12)) as win_rate_amount__numerator,
        cast(sum(win_rate_amount__denominator) as decimal(38,12)) as win_rate_amount__denominator
    from placed_by_closed_at_by_product_category
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

compared_by_closed_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(win_rate_amount__numerator) as decimal(38,12)) as win_rate_amount__numerator,
        cast(sum(win_rate_amount__denominator) as decimal(38,12)) as win_rate_amount__denominator
    from placed_by_closed_at_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('loss_reason_share', 'sales_cycle_days', 'win_rate', 'win_rate_amount') and cut = 'product_category'
    ) as spans on placed_by_closed_at_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

placed_each_by_closed_at as (
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
        coalesce(cast(facts_by_closed_at.cut_loss_reason as string), 'unassigned') as cut_loss_reason,
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        facts_by_closed_at.sales_cycle_days
    from facts_by_closed_at
    inner join calendar_days
        on facts_by_closed_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_closed_at.person_id = employee_units.employee_id
        and facts_by_closed_at.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on facts_by_closed_at.key_of_product_category = products_of_cut_product_category.product_id
    where facts_by_closed_at.day <= run.as_of
),

grouped_each_by_closed_at as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('sales_cycle_days') }} as decimal(38,12)) as sales_cycle_days
    from placed_each_by_closed_at
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

compared_each_by_closed_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('sales_cycle_days') }} as decimal(38,12)) as sales_cycle_days
    from placed_each_by_closed_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('loss_reason_share', 'sales_cycle_days', 'win_rate', 'win_rate_amount') and cut = 'none'
    ) as spans on placed_each_by_closed_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_closed_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast({{ exact_median('sales_cycle_days') }} as decimal(38,12)) as sales_cycle_days
    from placed_each_by_closed_at
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

compared_each_by_closed_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast({{ exact_median('sales_cycle_days') }} as decimal(38,12)) as sales_cycle_days
    from placed_each_by_closed_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('loss_reason_share', 'sales_cycle_days', 'win_rate', 'win_rate_amount') and cut = 'product_category'
    ) as spans on placed_each_by_closed_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
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
        loss_reason_share__numerator,
        loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        win_rate__numerator,
        win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
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
        loss_reason_share__numerator,
        loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        win_rate__numerator,
        win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
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
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        win_rate_amount__numerator,
        win_rate_amount__denominator
    from grouped_by_closed_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        win_rate_amount__numerator,
        win_rate_amount__denominator
    from compared_by_closed_at_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
    from grouped_by_closed_at_by_loss_reason
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
    from compared_by_closed_at_by_loss_reason
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        win_rate_amount__numerator,
        win_rate_amount__denominator
    from grouped_by_closed_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        cast(null as decimal(38,12)) as sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        win_rate_amount__numerator,
        win_rate_amount__denominator
    from compared_by_closed_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
    from grouped_each_by_closed_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
    from compared_each_by_closed_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
    from grouped_each_by_closed_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as loss_reason_share__numerator,
        cast(null as decimal(38,12)) as loss_reason_share__denominator,
        sales_cycle_days,
        cast(null as decimal(38,12)) as win_rate__numerator,
        cast(null as decimal(38,12)) as win_rate__denominator,
        cast(null as decimal(38,12)) as win_rate_amount__numerator,
        cast(null as decimal(38,12)) as win_rate_amount__denominator
    from compared_each_by_closed_at_by_product_category
)

select * from final
