-- One row per period, level, unit, cut and date counted by: the measures of order_lines.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with order_lines as (
    select
        product_id,
        quantity,
        amount_net,
        unit_cost,
        order_date,
        customer_id,
        owner_id,
        status
    from {{ ref('order_lines') }}
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

facts_by_order_date as (
    select
        order_lines.order_date as day,
        order_lines.owner_id as person_id,
        order_lines.customer_id as key_of_segment,
        order_lines.product_id as key_of_product_category,
        case when order_lines.status not in ('cancelled', 'returned') then cast(order_lines.amount_net - cast(order_lines.quantity as decimal(38,4)) * cast(order_lines.unit_cost as decimal(38,4)) as decimal(38,12)) end as clv__margin,
        case when order_lines.status not in ('cancelled', 'returned') then cast(cast(order_lines.quantity as decimal(38,4)) * cast(order_lines.unit_cost as decimal(38,4)) as decimal(38,12)) end as stock_turnover__cogs
    from order_lines
    cross join run
    where order_lines.order_date is not null
),

summed_by_order_date as (
    select
        day,
        person_id,
        sum(clv__margin) as clv__margin,
        sum(stock_turnover__cogs) as stock_turnover__cogs
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
        summed_by_order_date.clv__margin,
        summed_by_order_date.stock_turnover__cogs
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
        case when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(clv__margin) as decimal(38,12)) as clv__margin
    from placed_by_order_date
    group by grouping sets (
        (quarter_start, company_id),
        (quarter_start, region_id),
        (year_start, company_id),
        (year_start, region_id)
    )
),

compared_by_order_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(clv__margin) as decimal(38,12)) as clv__margin
    from placed_by_order_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('clv', 'stock_turnover') and cut = 'none'
    ) as spans on placed_by_order_date.day between spans.first_day and spans.last_day
    where spans.grain in ('quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id)
    )
),

grouped_by_order_date_2 as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(stock_turnover__cogs) as decimal(38,12)) as stock_turnover__cogs
    from placed_by_order_date
    group by grouping sets (
        (month_start, company_id),
        (quarter_start, company_id),
        (year_start, company_id)
    )
),

compared_by_order_date_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(stock_turnover__cogs) as decimal(38,12)) as stock_turnover__cogs
    from placed_by_order_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('clv', 'stock_turnover') and cut = 'none'
    ) as spans on placed_by_order_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id)
    )
),

summed_by_order_date_by_segment as (
    select
        day,
        person_id,
        key_of_segment,
        sum(clv__margin) as clv__margin
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
        summed_by_order_date_by_segment.clv__margin
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
        case when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(sum(clv__margin) as decimal(38,12)) as clv__margin
    from placed_by_order_date_by_segment
    group by grouping sets (
        (quarter_start, company_id, cut_segment),
        (quarter_start, region_id, cut_segment),
        (year_start, company_id, cut_segment),
        (year_start, region_id, cut_segment)
    )
),

compared_by_order_date_by_segment as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(sum(clv__margin) as decimal(38,12)) as clv__margin
    from placed_by_order_date_by_segment
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('clv', 'stock_turnover') and cut = 'segment'
    ) as spans on placed_by_order_date_by_segment.day between spans.first_day and spans.last_day
    where spans.grain in ('quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_segment)
    )
),

summed_by_order_date_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(stock_turnover__cogs) as stock_turnover__cogs
    from facts_by_order_date
    group by day, person_id, key_of_product_category
),

placed_by_order_date_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_order_date_by_product_category.stock_turnover__cogs
    from summed_by_order_date_by_product_category
    inner join calendar_days
        on summed_by_order_date_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_order_date_by_product_category.person_id = employee_units.employee_id
        and summed_by_order_date_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_order_date_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_order_date_by_product_category.day <= run.as_of
),

grouped_by_order_date_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(stock_turnover__cogs) as decimal(38,12)) as stock_turnover__cogs
    from placed_by_order_date_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (year_start, company_id, cut_product_category)
    )
),

compared_by_order_date_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(stock_turnover__cogs) as decimal(38,12)) as stock_turnover__cogs
    from placed_by_order_date_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('clv', 'stock_turnover') and cut = 'product_category'
    ) as spans on placed_by_order_date_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category)
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
        clv__margin,
        cast(null as decimal(38,12)) as stock_turnover__cogs
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
        clv__margin,
        cast(null as decimal(38,12)) as stock_turnover__cogs
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
        cast(null as decimal(38,12)) as clv__margin,
        stock_turnover__cogs
    from grouped_by_order_date_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as clv__margin,
        stock_turnover__cogs
    from compared_by_order_date_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        clv__margin,
        cast(null as decimal(38,12)) as stock_turnover__cogs
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
        clv__margin,
        cast(null as decimal(38,12)) as stock_turnover__cogs
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
        cast(null as decimal(38,12)) as clv__margin,
        stock_turnover__cogs
    from grouped_by_order_date_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as clv__margin,
        stock_turnover__cogs
    from compared_by_order_date_by_product_category
)

select * from final
