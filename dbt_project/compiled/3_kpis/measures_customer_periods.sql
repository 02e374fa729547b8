-- One row per period, level, unit, cut and date counted by: the measures of customer_periods.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with customer_periods as (
    select
        customer_id,
        grain,
        period_start,
        period_end,
        is_active_start,
        is_active_end,
        is_valid,
        is_engaged_90,
        orders_12m,
        owner_id,
        is_member,
        has_order_30,
        is_cross_sold
    from {{ ref('customer_periods') }}
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
        tier,
        region_id
    from {{ ref('customers') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_by_period_end as (
    select
        customer_periods.period_end as day,
        false as is_to_date,
        customer_periods.grain,
        customer_periods.period_start,
        customer_periods.owner_id as person_id,
        customer_periods.customer_id as key_of_segment,
        customer_periods.customer_id as key_of_customer_region,
        case when customer_periods.is_valid and customer_periods.is_engaged_90 then 1 end as active_rate__numerator,
        case when customer_periods.is_valid then 1 end as active_rate__denominator,
        case when customer_periods.is_active_end then 1 end as clv__customers,
        case when customer_periods.is_active_start then 1 end as clv__were,
        case when customer_periods.is_active_start and not customer_periods.is_active_end then 1 end as clv__lost,
        case when customer_periods.is_active_end then 1 end as complaint_rate__customers,
        case when customer_periods.is_active_start and customer_periods.is_cross_sold then 1 end as cross_sell_rate__numerator,
        case when customer_periods.is_active_start then 1 end as cross_sell_rate__denominator,
        case when customer_periods.is_member and customer_periods.has_order_30 then 1 end as member_active_rate__numerator,
        case when customer_periods.is_member then 1 end as member_active_rate__denominator,
        case when customer_periods.is_active_start then 1 end as new_customer_rate__denominator,
        case when customer_periods.orders_12m >= 2 then 1 end as repurchase_rate__numerator,
        case when customer_periods.orders_12m >= 1 then 1 end as repurchase_rate__denominator,
        case when customer_periods.is_active_start and customer_periods.is_active_end then 1 end as retention_rate__numerator,
        case when customer_periods.is_active_start then 1 end as retention_rate__denominator
    from customer_periods
    cross join run
    where customer_periods.period_end is not null
),

placed_by_period_end as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        facts_by_period_end.is_to_date,
        facts_by_period_end.grain,
        facts_by_period_end.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        coalesce(cast(customers_of_cut_customer_region.region_id as string), 'unassigned') as cut_customer_region,
        facts_by_period_end.active_rate__numerator,
        facts_by_period_end.active_rate__denominator,
        facts_by_period_end.clv__customers,
        facts_by_period_end.clv__were,
        facts_by_period_end.clv__lost,
        facts_by_period_end.complaint_rate__customers,
        facts_by_period_end.cross_sell_rate__numerator,
        facts_by_period_end.cross_sell_rate__denominator,
        facts_by_period_end.member_active_rate__numerator,
        facts_by_period_end.member_active_rate__denominator,
        facts_by_period_end.new_customer_rate__denominator,
        facts_by_period_end.repurchase_rate__numerator,
        facts_by_period_end.repurchase_rate__denominator,
        facts_by_period_end.retention_rate__numerator,
        facts_by_period_end.retention_rate__denominator
    from facts_by_period_end
    cross join run
    cross join company
    left join employee_units
        on facts_by_period_end.person_id = employee_units.employee_id
        and facts_by_period_end.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on facts_by_period_end.key_of_segment = customers_of_cut_segment.customer_id
    left join customers as customers_of_cut_customer_region
        on facts_by_period_end.key_of_customer_region = customers_of_cut_customer_region.customer_id
    where facts_by_period_end.day <= run.as_of
),

grouped_by_period_end as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(active_rate__numerator), 0) as decimal(38,12)) as active_rate__numerator,
        cast(nullif(count(active_rate__denominator), 0) as decimal(38,12)) as active_rate__denominator,
        cast(nullif(count(complaint_rate__customers), 0) as decimal(38,12)) as complaint_rate__customers,
        cast(nullif(count(new_customer_rate__denominator), 0) as decimal(38,12)) as new_customer_rate__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id)
    )
),

grouped_by_period_end_2 as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(clv__customers), 0) as decimal(38,12)) as clv__customers,
        cast(nullif(count(clv__were), 0) as decimal(38,12)) as clv__were,
        cast(nullif(count(clv__lost), 0) as decimal(38,12)) as clv__lost
    from placed_by_period_end
    where grain in ('quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id)
    )
),

grouped_by_period_end_3 as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(cross_sell_rate__numerator), 0) as decimal(38,12)) as cross_sell_rate__numerator,
        cast(nullif(count(cross_sell_rate__denominator), 0) as decimal(38,12)) as cross_sell_rate__denominator,
        cast(nullif(count(member_active_rate__numerator), 0) as decimal(38,12)) as member_active_rate__numerator,
        cast(nullif(count(member_active_rate__denominator), 0) as decimal(38,12)) as member_active_rate__denominator,
        cast(nullif(count(repurchase_rate__numerator), 0) as decimal(38,12)) as repurchase_rate__numerator,
        cast(nullif(count(repurchase_rate__denominator), 0) as decimal(38,12)) as repurchase_rate__denominator,
        cast(nullif(count(retention_rate__numerator), 0) as decimal(38,12)) as retention_rate__numerator,
        cast(nullif(count(retention_rate__denominator), 0) as decimal(38,12)) as retention_rate__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id),
        (is_to_date, grain, period_start, rep_id)
    )
),

grouped_by_period_end_by_segment as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(active_rate__numerator), 0) as decimal(38,12)) as active_rate__numerator,
        cast(nullif(count(active_rate__denominator), 0) as decimal(38,12)) as active_rate__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_segment),
        (is_to_date, grain, period_start, region_id, cut_segment)
    )
),

grouped_by_period_end_by_customer_region as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'customer_region' as cut,
        cut_customer_region as cut_value,
        cast(nullif(count(active_rate__numerator), 0) as decimal(38,12)) as active_rate__numerator,
        cast(nullif(count(active_rate__denominator), 0) as decimal(38,12)) as active_rate__denominator,
        cast(nullif(count(complaint_rate__customers), 0) as decimal(38,12)) as complaint_rate__customers
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_customer_region),
        (is_to_date, grain, period_start, region_id, cut_customer_region)
    )
),

grouped_by_period_end_by_segment_2 as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(clv__customers), 0) as decimal(38,12)) as clv__customers,
        cast(nullif(count(clv__were), 0) as decimal(38,12)) as clv__were,
        cast(nullif(count(clv__lost), 0) as decimal(38,12)) as clv__lost
    from placed_by_period_end
    where grain in ('quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_segment),
        (is_to_date, grain, period_start, region_id, cut_segment)
    )
),

grouped_by_period_end_by_segment_3 as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(count(cross_sell_rate__numerator), 0) as decimal(38,12)) as cross_sell_rate__numerator,
        cast(nullif(count(cross_sell_rate__denominator), 0) as decimal(38,12)) as cross_sell_rate__denominator,
        cast(nullif(count(member_active_rate__numerator), 0) as decimal(38,12)) as member_active_rate__numerator,
        cast(nullif(count(member_active_rate__denominator), 0) as decimal(38,12)) as member_active_rate__denominator,
        cast(nullif(count(repurchase_rate__numerator), 0) as decimal(38,12)) as repurchase_rate__numerator,
        cast(nullif(count(repurchase_rate__denominator), 0) as decimal(38,12)) as repurchase_rate__denominator,
        cast(nullif(count(retention_rate__numerator), 0) as decimal(38,12)) as retention_rate__numerator,
        cast(nullif(count(retention_rate__denominator), 0) as decimal(38,12)) as retention_rate__denominator
    from placed_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_segment),
        (is_to_date, grain, period_start, region_id, cut_segment),
        (is_to_date, grain, period_start, department_id, cut_segment),
        (is_to_date, grain, period_start, team_id, cut_segment),
        (is_to_date, grain, period_start, rep_id, cut_segment)
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
        active_rate__numerator,
        active_rate__denominator,
        cast(null as decimal(38,12)) as clv__customers,
        cast(null as decimal(38,12)) as clv__were,
        cast(null as decimal(38,12)) as clv__lost,
        complaint_rate__customers,
        cast(null as decimal(38,12)) as cross_sell_rate__numerator,
        cast(null as decimal(38,12)) as cross_sell_rate__denominator,
        cast(null as decimal(38,12)) as member_active_rate__numerator,
        cast(null as decimal(38,12)) as member_active_rate__denominator,
        new_customer_rate__denominator,
        cast(null as decimal(38,12)) as repurchase_rate__numerator,
        cast(null as decimal(38,12)) as repurchase_rate__denominator,
        cast(null as decimal(38,12)) as retention_rate__numerator,
        cast(null as decimal(38,12)) as retention_rate__denominator
    from grouped_by_period_end
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as active_rate__numerator,
        cast(null as decimal(38,12)) as active_rate__denominator,
        clv__customers,
        clv__were,
        clv__lost,
        cast(null as decimal(38,12)) as complaint_rate__customers,
        cast(null as decimal(38,12)) as cross_sell_rate__numerator,
        cast(null as decimal(38,12)) as cross_sell_rate__denominator,
        cast(null as decimal(38,12)) as member_active_rate__numerator,
        cast(null as decimal(38,12)) as member_active_rate__denominator,
        cast(null as decimal(38,12)) as new_customer_rate__denominator,
        cast(null as decimal(38,12)) as repurchase_rate__numerator,
        cast(null as decimal(38,12)) as repurchase_rate__denominator,
        cast(null as decimal(38,12)) as retention_rate__numerator,
        cast(null as decimal(38,12)) as retention_rate__denominator
    from grouped_by_period_end_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as active_rate__numerator,
        cast(null as decimal(38,12)) as active_rate__denominator,
        cast(null as decimal(38,12)) as clv__customers,
        cast(null as decimal(38,12)) as clv__were,
        cast(null as decimal(38,12)) as clv__lost,
        cast(null as decimal(38,12)) as complaint_rate__customers,
        cross_sell_rate__numerator,
        cross_sell_rate__denominator,
        member_active_rate__numerator,
        member_active_rate__denominator,
        cast(null as decimal(38,12)) as new_customer_rate__denominator,
        repurchase_rate__numerator,
        repurchase_rate__denominator,
        retention_rate__numerator,
        retention_rate__denominator
    from grouped_by_period_end_3
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        active_rate__numerator,
        active_rate__denominator,
        cast(null as decimal(38,12)) as clv__customers,
        cast(null as decimal(38,12)) as clv__were,
        cast(null as decimal(38,12)) as clv__lost,
        cast(null as decimal(38,12)) as complaint_rate__customers,
        cast(null as decimal(38,12)) as cross_sell_rate__numerator,
        cast(null as decimal(38,12)) as cross_sell_rate__denominator,
        cast(null as decimal(38,12)) as member_active_rate__numerator,
        cast(null as decimal(38,12)) as member_active_rate__denominator,
        cast(null as decimal(38,12)) as new_customer_rate__denominator,
        cast(null as decimal(38,12)) as repurchase_rate__numerator,
        cast(null as decimal(38,12)) as repurchase_rate__denominator,
        cast(null as decimal(38,12)) as retention_rate__numerator,
        cast(null as decimal(38,12)) as retention_rate__denominator
    from grouped_by_period_end_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        active_rate__numerator,
        active_rate__denominator,
        cast(null as decimal(38,12)) as clv__customers,
        cast(null as decimal(38,12)) as clv__were,
        cast(null as decimal(38,12)) as clv__lost,
        complaint_rate__customers,
        cast(null as decimal(38,12)) as cross_sell_rate__numerator,
        cast(null as decimal(38,12)) as cross_sell_rate__denominator,
        cast(null as decimal(38,12)) as member_active_rate__numerator,
        cast(null as decimal(38,12)) as member_active_rate__denominator,
        cast(null as decimal(38,12)) as new_customer_rate__denominator,
        cast(null as decimal(38,12)) as repurchase_rate__numerator,
        cast(null as decimal(38,12)) as repurchase_rate__denominator,
        cast(null as decimal(38,12)) as retention_rate__numerator,
        cast(null as decimal(38,12)) as retention_rate__denominator
    from grouped_by_period_end_by_customer_region
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as active_rate__numerator,
        cast(null as decimal(38,12)) as active_rate__denominator,
        clv__customers,
        clv__were,
        clv__lost,
        cast(null as decimal(38,12)) as complaint_rate__customers,
        cast(null as decimal(38,12)) as cross_sell_rate__numerator,
        cast(null as decimal(38,12)) as cross_sell_rate__denominator,
        cast(null as decimal(38,12)) as member_active_rate__numerator,
        cast(null as decimal(38,12)) as member_active_rate__denominator,
        cast(null as decimal(38,12)) as new_customer_rate__denominator,
        cast(null as decimal(38,12)) as repurchase_rate__numerator,
        cast(null as decimal(38,12)) as repurchase_rate__denominator,
        cast(null as decimal(38,12)) as retention_rate__numerator,
        cast(null as decimal(38,12)) as retention_rate__denominator
    from grouped_by_period_end_by_segment_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as active_rate__numerator,
        cast(null as decimal(38,12)) as active_rate__denominator,
        cast(null as decimal(38,12)) as clv__customers,
        cast(null as decimal(38,12)) as clv__were,
        cast(null as decimal(38,12)) as clv__lost,
        cast(null as decimal(38,12)) as complaint_rate__customers,
        cross_sell_rate__numerator,
        cross_sell_rate__denominator,
        member_active_rate__numerator,
        member_active_rate__denominator,
        cast(null as decimal(38,12)) as new_customer_rate__denominator,
        repurchase_rate__numerator,
        repurchase_rate__denominator,
        retention_rate__numerator,
        retention_rate__denominator
    from grouped_by_period_end_by_segment_3
)

select * from final
