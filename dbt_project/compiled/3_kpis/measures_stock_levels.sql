-- One row per period, level, unit, cut and date counted by: the measures of stock_levels.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with stock_levels as (
    select
        product_id,
        day,
        value
    from {{ ref('stock_levels') }}
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

days_by_average_day as (
    -- The days of each period that have rows, and how many there are.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.period_end,
        spans.first_day,
        spans.last_day,
        states.day,
        count(*) over (partition by spans.is_to_date, spans.grain, spans.period_start) as days
    from (select stock_levels.day as day from stock_levels group by stock_levels.day) as states
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stock_turnover')
    ) as spans on states.day between spans.first_day and spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
),

facts_by_average_day as (
    select
        stock_levels.day as day,
        days_by_average_day.is_to_date,
        days_by_average_day.grain,
        days_by_average_day.period_start,
        cast(null as string) as person_id,
        stock_levels.product_id as key_of_product_category,
        days_by_average_day.days,
        stock_levels.value as stock_turnover__stock
    from stock_levels
    cross join run
    inner join days_by_average_day
        on stock_levels.day = days_by_average_day.day
),

summed_by_average_day as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        max(days) as days,
        sum(stock_turnover__stock) as stock_turnover__stock
    from facts_by_average_day
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id
),

placed_by_average_day as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_average_day.is_to_date,
        summed_by_average_day.grain,
        summed_by_average_day.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_average_day.days,
        summed_by_average_day.stock_turnover__stock
    from summed_by_average_day
    cross join run
    cross join company
    left join employee_units
        on summed_by_average_day.person_id = employee_units.employee_id
        and summed_by_average_day.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_average_day.day <= run.as_of
),

grouped_by_average_day as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(cast(sum(stock_turnover__stock) as double) / max(days) as decimal(38,12)) as stock_turnover__stock
    from placed_by_average_day
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id)
    )
),

summed_by_average_day_by_product_category as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        key_of_product_category,
        max(days) as days,
        sum(stock_turnover__stock) as stock_turnover__stock
    from facts_by_average_day
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id, key_of_product_category
),

placed_by_average_day_by_product_category as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_average_day_by_product_category.is_to_date,
        summed_by_average_day_by_product_category.grain,
        summed_by_average_day_by_product_category.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_average_day_by_product_category.days,
        summed_by_average_day_by_product_category.stock_turnover__stock
    from summed_by_average_day_by_product_category
    cross join run
    cross join company
    left join employee_units
        on summed_by_average_day_by_product_category.person_id = employee_units.employee_id
        and summed_by_average_day_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_average_day_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_average_day_by_product_category.day <= run.as_of
),

grouped_by_average_day_by_product_category as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' end as level,
        company_id as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(cast(sum(stock_turnover__stock) as double) / max(days) as decimal(38,12)) as stock_turnover__stock
    from placed_by_average_day_by_product_category
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_product_category)
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
        stock_turnover__stock
    from grouped_by_average_day
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        stock_turnover__stock
    from grouped_by_average_day_by_product_category
)

select * from final
