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

summed_by_period_end as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        count(active_rate__numerator) as active_rate__numerator,
        count(active_rate__denominator) as active_rate__denominator,
        count(clv__customers) as clv__customers,
        count(clv__were) as clv__were,
        count(clv__lost) as clv__lost,
        count(complaint_rate__customers) as complaint_rate__customers,
        count(cross_sell_rate__numerator) as cross_sell_rate__numerator,
        count(cross_sell_rate__denominator) as cross_sell_rate__denominator,
        count(member_active_rate__numerator) as member_active_rate__numerator,
        count(member_active_rate__denominator) as member_active_rate__denominator,
        count(new_customer_rate__denominator) as new_customer_rate__denominator,
        count(repurchase_rate__numerator) as repurchase_rate__numerator,
        count(repurchase_rate__denominator) as repurchase_rate__denominator,
        count(retention_rate__numerator) as retention_rate__numerator,
        count(retention_rate__denominator) as retention_rate__denominator
    from facts_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id
),

placed_by_period_end as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_period_end.is_to_date,
        summed_by_period_end.grain,
        summed_by_period_end.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_period_end.active_rate__numerator,
        summed_by_period_end.active_rate__denominator,
        summed_by_period_end.clv__customers,
        summed_by_period_end.clv__were,
        summed_by_period_end.clv__lost,
        summed_by_period_end.complaint_rate__customers,
        summed_by_period_end.cross_sell_rate__numerator,
        summed_by_period_end.cross_sell_rate__denominator,
        summed_by_period_end.member_active_rate__numerator,
        summed_by_period_end.member_active_rate__denominator,
        summed_by_period_end.new_customer_rate__denominator,
        summed_by_period_end.repurchase_rate__numerator,
        summed_by_period_end.repurchase_rate__denominator,
        summed_by_period_end.retention_rate__numerator,
        summed_by_period_end.retention_rate__denominator
    from summed_by_period_end
    cross join run
    cross join company
    left join employee_units
        on summed_by_period_end.person_id = employee_units.employee_id
        and summed_by_period_end.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_period_end.day <= run.as_of
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
        cast(nullif(sum(active_rate__numerator), 0) as decimal(38,12)) as active_rate__numerator,
        cast(nullif(sum(active_rate__denominator), 0) as decimal(38,12)) as active_rate__denominator,
        cast(nullif(sum(complaint_rate__customers), 0) as decimal(38,12)) as complaint_rate__customers,
        cast(nullif(sum(new_customer_rate__denominator), 0) as decimal(38,12)) as new_customer_rate__denominator
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
        cast(nullif(sum(clv__customers), 0) as decimal(38,12)) as clv__customers,
        cast(nullif(sum(clv__were), 0) as decimal(38,12)) as clv__were,
        cast(nullif(sum(clv__lost), 0) as decimal(38,12)) as clv__lost
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
        cast(nullif(sum(cross_sell_rate__numerator), 0) as decimal(38,12)) as cross_sell_rate__numerator,
        cast(nullif(sum(cross_sell_rate__denominator), 0) as decimal(38,12)) as cross_sell_rate__denominator,
        cast(nullif(sum(member_active_rate__numerator), 0) as decimal(38,12)) as member_active_rate__numerator,
        cast(nullif(sum(member_active_rate__denominator), 0) as decimal(38,12)) as member_active_rate__denominator,
        cast(nullif(sum(repurchase_rate__numerator), 0) as decimal(38,12)) as repurchase_rate__numerator,
        cast(nullif(sum(repurchase_rate__denominator), 0) as decimal(38,12)) as repurchase_rate__denominator,
        cast(nullif(sum(retention_rate__numerator), 0) as decimal(38,12)) as retention_rate__numerator,
        cast(nullif(sum(retention_rate__denominator), 0) as decimal(38,12)) as retention_rate__denominator
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

summed_by_period_end_by_segment as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        key_of_segment,
        count(active_rate__numerator) as active_rate__numerator,
        count(active_rate__denominator) as active_rate__denominator,
        count(clv__customers) as clv__customers,
        count(clv__were) as clv__were,
        count(clv__lost) as clv__lost,
        count(cross_sell_rate__numerator) as cross_sell_rate__numerator,
        count(cross_sell_rate__denominator) as cross_sell_rate__denominator,
        count(member_active_rate__numerator) as member_active_rate__numerator,
        count(member_active_rate__denominator) as member_active_rate__denominator,
        count(repurchase_rate__numerator) as repurchase_rate__numerator,
        count(repurchase_rate__denominator) as repurchase_rate__denominator,
        count(retention_rate__numerator) as retention_rate__numerator,
        count(retention_rate__denominator) as retention_rate__denominator
    from facts_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id, key_of_segment
),

placed_by_period_end_by_segment as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_period_end_by_segment.is_to_date,
        summed_by_period_end_by_segment.grain,
        summed_by_period_end_by_segment.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        summed_by_period_end_by_segment.active_rate__numerator,
        summed_by_period_end_by_segment.active_rate__denominator,
        summed_by_period_end_by_segment.clv__customers,
        summed_by_period_end_by_segment.clv__were,
        summed_by_period_end_by_segment.clv__lost,
        summed_by_period_end_by_segment.cross_sell_rate__numerator,
        summed_by_period_end_by_segment.cross_sell_rate__denominator,
        summed_by_period_end_by_segment.member_active_rate__numerator,
        summed_by_period_end_by_segment.member_active_rate__denominator,
        summed_by_period_end_by_segment.repurchase_rate__numerator,
        summed_by_period_end_by_segment.repurchase_rate__denominator,
        summed_by_period_end_by_segment.retention_rate__numerator,
        summed_by_period_end_by_segment.retention_rate__denominator
    from summed_by_period_end_by_segment
    cross join run
    cross join company
    left join employee_units
        on summed_by_period_end_by_segment.person_id = employee_units.employee_id
        and summed_by_period_end_by_segment.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on summed_by_period_end_by_segment.key_of_segment = customers_of_cut_segment.customer_id
    where summed_by_period_end_by_segment.day <= run.as_of
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
        cast(nullif(sum(active_rate__numerator), 0) as decimal(38,12)) as active_rate__numerator,
        cast(nullif(sum(active_rate__denominator), 0) as decimal(38,12)) as active_rate__denominator
    from placed_by_period_end_by_segment
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_segment),
        (is_to_date, grain, period_start, region_id, cut_segment)
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
        cast(nullif(sum(clv__customers), 0) as decimal(38,12)) as clv__customers,
        cast(nullif(sum(clv__were), 0) as decimal(38,12)) as clv__were,
        cast(nullif(sum(clv__lost), 0) as decimal(38,12)) as clv__lost
    from placed_by_period_end_by_segment
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
        cast(nullif(sum(cross_sell_rate__numerator), 0) as decimal(38,12)) as cross_sell_rate__numerator,
        cast(nullif(sum(cross_sell_rate__denominator), 0) as decimal(38,12)) as cross_sell_rate__denominator,
        cast(nullif(sum(member_active_rate__numerator), 0) as decimal(38,12)) as member_active_rate__numerator,
        cast(nullif(sum(member_active_rate__denominator), 0) as decimal(38,12)) as member_active_rate__denominator,
        cast(nullif(sum(repurchase_rate__numerator), 0) as decimal(38,12)) as repurchase_rate__numerator,
        cast(nullif(sum(repurchase_rate__denominator), 0) as decimal(38,12)) as repurchase_rate__denominator,
        cast(nullif(sum(retention_rate__numerator), 0) as decimal(38,12)) as retention_rate__numerator,
        cast(nullif(sum(retention_rate__denominator), 0) as decimal(38,12)) as retention_rate__denominator
    from placed_by_period_end_by_segment
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_segment),
        (is_to_date, grain, period_start, region_id, cut_segment),
        (is_to_date, grain, period_start, department_id, cut_segment),
        (is_to_date, grain, period_start, team_id, cut_segment),
        (is_to_date, grain, period_start, rep_id, cut_segment)
    )
),

summed_by_period_end_by_customer_region as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        key_of_customer_region,
        count(active_rate__numerator) as active_rate__numerator,
        count(active_rate__denominator) as active_rate__denominator,
        count(complaint_rate__customers) as complaint_rate__customers
    from facts_by_period_end
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id, key_of_customer_region
),

placed_by_period_end_by_customer_region as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_period_end_by_customer_region.is_to_date,
        summed_by_period_end_by_customer_region.grain,
        summed_by_period_end_by_customer_region.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(customers_of_cut_customer_region.region_id as string), 'unassigned') as cut_customer_region,
        summed_by_period_end_by_customer_region.active_rate__numerator,
        summed_by_period_end_by_customer_region.active_rate__denominator,
        summed_by_period_end_by_customer_region.complaint_rate__customers
    from summed_by_period_end_by_customer_region
    cross join run
    cross join company
    left join employee_units
        on summed_by_period_end_by_customer_region.person_id = employee_units.employee_id
        and summed_by_period_end_by_customer_region.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_customer_region
        on summed_by_period_end_by_customer_region.key_of_customer_region = customers_of_cut_customer_region.customer_id
    where summed_by_period_end_by_customer_region.day <= run.as_of
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
        cast(nullif(sum(active_rate__numerator), 0) as decimal(38,12)) as active_rate__numerator,
        cast(nullif(sum(active_rate__denominator), 0) as decimal(38,12)) as active_rate__denominator,
        cast(nullif(sum(complaint_rate__customers), 0) as decimal(38,12)) as complaint_rate__customers
    from placed_by_period_end_by_customer_region
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_customer_region),
        (is_to_date, grain, period_start, region_id, cut_customer_region)
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
)

select * from final
