-- One row per KPI, period (is_to_date: a part of it), level, unit and cut in which something happened.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with periods_to_date as (
    select
        periods.grain,
        periods.period_start,
        periods.previous_start,
        periods.year_ago_start,
        periods.is_partial,
        least(periods.period_end, run.as_of_date) as last_day,
        run.as_of_date as as_of
    from {{ ref('periods') }} as periods
    cross join {{ source('definitions', 'run') }} as run
),

active_rate as (
    select
        'active_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(active_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(active_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(active_rate__numerator, 0) as double) / nullif(cast(active_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_periods') }}
    where active_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region')
        and cut in ('none', 'segment', 'customer_region')
),

aftersales_csat as (
    select
        'aftersales_csat' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(aftersales_csat__numerator, 0) as decimal(38,12)) as numerator,
        cast(aftersales_csat__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(aftersales_csat__numerator, 0) as double) / nullif(cast(aftersales_csat__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_surveys') }}
    where aftersales_csat__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'site')
),

app_active_users as (
    select
        'app_active_users' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(app_active_users__numerator, 0) as decimal(38,12)) as numerator,
        cast(app_active_users__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(app_active_users__numerator, 0) as double) / nullif(cast(app_active_users__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_employee_periods') }}
    where app_active_users__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department')
        and cut in ('none')
),

approval_hours as (
    select
        'approval_hours' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(approval_hours as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(approval_hours as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where approval_hours is not null
        and grain in ('week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department')
        and cut in ('none')
),

avg_order_value as (
    select
        'avg_order_value' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(avg_order_value__numerator, 0) as decimal(38,12)) as numerator,
        cast(avg_order_value__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(avg_order_value__numerator, 0) as double) / nullif(cast(avg_order_value__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_orders') }}
    where avg_order_value__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'channel')
),

backlog as (
    select
        'backlog' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(backlog as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(backlog as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where backlog is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team')
        and cut in ('none', 'priority', 'kind')
),

cash_collected as (
    select
        'cash_collected' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(cash_collected as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(cash_collected as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_payments') }}
    where cash_collected is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

retention_rate as (
    select
        'retention_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(retention_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(retention_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(retention_rate__numerator, 0) as double) / nullif(cast(retention_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_periods') }}
    where retention_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
),

churn_rate__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(retention) as retention
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            value as retention
        from retention_rate
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'segment')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

churn_rate as (
    select
        'churn_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(1 - retention as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(1 - retention as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from churn_rate__parts
    where coalesce(retention) is not null
),

clv__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(margin) as margin,
        max(customers) as customers,
        max(were) as were,
        max(lost) as lost
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            clv__margin as margin,
            cast(null as decimal(38,12)) as customers,
            cast(null as decimal(38,12)) as were,
            cast(null as decimal(38,12)) as lost
        from {{ ref('measures_order_lines') }}
        where clv__margin is not null
            and grain in ('quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'segment')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as margin,
            clv__customers as customers,
            cast(null as decimal(38,12)) as were,
            cast(null as decimal(38,12)) as lost
        from {{ ref('measures_customer_periods') }}
        where clv__customers is not null
            and grain in ('quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'segment')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as margin,
            cast(null as decimal(38,12)) as customers,
            clv__were as were,
            cast(null as decimal(38,12)) as lost
        from {{ ref('measures_customer_periods') }}
        where clv__were is not null
            and grain in ('quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'segment')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as margin,
            cast(null as decimal(38,12)) as customers,
            cast(null as decimal(38,12)) as were,
            clv__lost as lost
        from {{ ref('measures_customer_periods') }}
        where clv__lost is not null
            and grain in ('quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'segment')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

clv as (
    select
        'clv' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast((cast(coalesce(margin, 0) as double) / nullif(cast(coalesce(customers, 0) as double), 0)) * case when coalesce(were, 0) > 0 and coalesce(lost, 0) = 0 then (cast(3650.0 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0)) when coalesce(lost, 0) > 0 then least(greatest((cast(coalesce(were, 0) as double) / nullif(cast(coalesce(lost, 0) as double), 0)), (cast(365.0 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0))), (cast(3650.0 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0))) end as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast((cast(coalesce(margin, 0) as double) / nullif(cast(coalesce(customers, 0) as double), 0)) * case when coalesce(were, 0) > 0 and coalesce(lost, 0) = 0 then (cast(3650.0 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0)) when coalesce(lost, 0) > 0 then least(greatest((cast(coalesce(were, 0) as double) / nullif(cast(coalesce(lost, 0) as double), 0)), (cast(365.0 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0))), (cast(3650.0 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0))) end as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from clv__parts
    inner join periods_to_date using (grain, period_start)
    where coalesce(margin, customers, were, lost) is not null
),

collection_rate__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(denominator) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            collection_rate__numerator as numerator,
            cast(null as decimal(38,12)) as denominator
        from {{ ref('measures_payments') }}
        where collection_rate__numerator is not null
            and grain in ('week', 'month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            collection_rate__denominator as denominator
        from {{ ref('measures_receivables') }}
        where collection_rate__denominator is not null
            and grain in ('week', 'month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

collection_rate as (
    select
        'collection_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from collection_rate__parts
    where denominator <> 0
),

complaints as (
    select
        'complaints' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(complaints as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(complaints as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where complaints is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category', 'customer_region')
        and not (grain = 'day' and level = 'rep')
),

complaint_rate__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(customers) as customers,
        max(complaints) as complaints
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            complaint_rate__customers as customers,
            cast(null as decimal(38,12)) as complaints
        from {{ ref('measures_customer_periods') }}
        where complaint_rate__customers is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'customer_region')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as customers,
            value as complaints
        from complaints
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'customer_region')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

complaint_rate as (
    select
        'complaint_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast((cast(100 * coalesce(complaints, 0) as double) / nullif(cast(coalesce(customers, 0) as double), 0)) as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast((cast(100 * coalesce(complaints, 0) as double) / nullif(cast(coalesce(customers, 0) as double), 0)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from complaint_rate__parts
    where coalesce(complaints, customers) is not null
),

completeness as (
    select
        'completeness' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(completeness__numerator, 0) as decimal(38,12)) as numerator,
        cast(completeness__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(completeness__numerator, 0) as double) / nullif(cast(completeness__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_quality_counts') }}
    where completeness__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'source')
        and not (grain = 'day' and level = 'rep')
),

cross_sell_rate as (
    select
        'cross_sell_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(cross_sell_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(cross_sell_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(cross_sell_rate__numerator, 0) as double) / nullif(cast(cross_sell_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_periods') }}
    where cross_sell_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
),

csat_score as (
    select
        'csat_score' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(csat_score__numerator, 0) as decimal(38,12)) as numerator,
        cast(csat_score__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(csat_score__numerator, 0) as double) / nullif(cast(csat_score__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_surveys') }}
    where csat_score__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category', 'channel')
        and not (grain = 'day' and level = 'rep')
),

csat_change as (
    select
        'csat_change' as kpi_id,
        1 as definition_version,
        this_period.is_to_date,
        this_period.grain,
        this_period.period_start,
        this_period.level,
        this_period.unit_id,
        this_period.cut,
        this_period.cut_value,
        cast(this_period.value - other_period.value as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(this_period.value - other_period.value as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from (
        select * from csat_score
        where not is_to_date
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
    ) as this_period
    inner join periods_to_date
        on this_period.grain = periods_to_date.grain
        and this_period.period_start = periods_to_date.period_start
    inner join csat_score as other_period
        on periods_to_date.previous_start = other_period.period_start
        and periods_to_date.is_partial = other_period.is_to_date
        and this_period.definition_version = other_period.definition_version
        and this_period.grain = other_period.grain
        and this_period.level = other_period.level
        and this_period.unit_id = other_period.unit_id
        and this_period.cut = other_period.cut
        and this_period.cut_value = other_period.cut_value
),

csat_pct as (
    select
        'csat_pct' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(csat_pct__numerator, 0) as decimal(38,12)) as numerator,
        cast(csat_pct__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(csat_pct__numerator, 0) as double) / nullif(cast(csat_pct__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_surveys') }}
    where csat_pct__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

customer_conversion as (
    select
        'customer_conversion' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(customer_conversion__numerator, 0) as decimal(38,12)) as numerator,
        cast(customer_conversion__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(customer_conversion__numerator, 0) as double) / nullif(cast(customer_conversion__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customers') }}
    where customer_conversion__denominator <> 0
        and grain in ('week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'channel')
),

deal_captured_rate as (
    select
        'deal_captured_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(deal_captured_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(deal_captured_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(deal_captured_rate__numerator, 0) as double) / nullif(cast(deal_captured_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where deal_captured_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

duplicate_rate as (
    select
        'duplicate_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(duplicate_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(duplicate_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(duplicate_rate__numerator, 0) as double) / nullif(cast(duplicate_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_quality_counts') }}
    where duplicate_rate__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'source')
        and not (grain = 'day' and level = 'rep')
),

employee_sat as (
    select
        'employee_sat' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(employee_sat as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(employee_sat as decimal(38,12)) as value,
        employee_sat__people as people
    from {{ ref('measures_surveys') }}
    where employee_sat is not null
        and grain in ('quarter')
        and level in ('company', 'department')
        and cut in ('none')
),

entry_on_time as (
    select
        'entry_on_time' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(entry_on_time__numerator, 0) as decimal(38,12)) as numerator,
        cast(entry_on_time__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(entry_on_time__numerator, 0) as double) / nullif(cast(entry_on_time__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_quality_counts') }}
    where entry_on_time__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'source')
        and not (grain = 'day' and level = 'rep')
),

first_response_p90 as (
    select
        'first_response_p90' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(first_response_p90 as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(first_response_p90 as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where first_response_p90 is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'channel')
        and not (grain = 'day' and level = 'rep')
),

first_response_sla as (
    select
        'first_response_sla' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(first_response_sla__numerator, 0) as decimal(38,12)) as numerator,
        cast(first_response_sla__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(first_response_sla__numerator, 0) as double) / nullif(cast(first_response_sla__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where first_response_sla__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'priority', 'channel')
        and not (grain = 'day' and level = 'rep')
),

first_response_time as (
    select
        'first_response_time' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(first_response_time as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(first_response_time as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where first_response_time is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

follow_up_on_time as (
    select
        'follow_up_on_time' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(follow_up_on_time__numerator, 0) as decimal(38,12)) as numerator,
        cast(follow_up_on_time__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(follow_up_on_time__numerator, 0) as double) / nullif(cast(follow_up_on_time__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_activities') }}
    where follow_up_on_time__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
        and not (grain = 'day' and level = 'rep')
),

follow_ups as (
    select
        'follow_ups' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(follow_ups as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(follow_ups as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_activities') }}
    where follow_ups is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'kind')
        and not (grain = 'day' and level = 'rep')
),

idle_features as (
    select
        'idle_features' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(idle_features__idle, 0) as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(coalesce(idle_features__idle, 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_module_periods') }}
    where coalesce(idle_features__idle, idle_features__modules) is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company')
        and cut in ('none')
),

lead_conversion as (
    select
        'lead_conversion' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(lead_conversion__numerator, 0) as decimal(38,12)) as numerator,
        cast(lead_conversion__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(lead_conversion__numerator, 0) as double) / nullif(cast(lead_conversion__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_leads') }}
    where lead_conversion__denominator <> 0
        and grain in ('week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'channel', 'source', 'campaign')
),

leads_created as (
    select
        'leads_created' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(leads_created as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(leads_created as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_leads') }}
    where leads_created is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'channel', 'source', 'campaign')
        and not (grain = 'day' and level = 'rep')
),

loss_reason_share__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(max(case when cut = 'none' then denominator end)) over (partition by is_to_date, grain, period_start, level, unit_id) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            loss_reason_share__numerator as numerator,
            cast(null as decimal(38,12)) as denominator
        from {{ ref('measures_deals') }}
        where loss_reason_share__numerator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'loss_reason')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            loss_reason_share__denominator as denominator
        from {{ ref('measures_deals') }}
        where loss_reason_share__denominator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'loss_reason')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

loss_reason_share as (
    select
        'loss_reason_share' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from loss_reason_share__parts
    where denominator <> 0
),

member_active_rate as (
    select
        'member_active_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(member_active_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(member_active_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(member_active_rate__numerator, 0) as double) / nullif(cast(member_active_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_periods') }}
    where member_active_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
),

new_customers as (
    select
        'new_customers' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(new_customers as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(new_customers as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where new_customers is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'campaign')
),

new_customer_growth as (
    select
        'new_customer_growth' as kpi_id,
        1 as definition_version,
        this_period.is_to_date,
        this_period.grain,
        this_period.period_start,
        this_period.level,
        this_period.unit_id,
        this_period.cut,
        this_period.cut_value,
        this_period.value as numerator,
        other_period.value as denominator,
        case when other_period.value > 0 then cast(cast(this_period.value - other_period.value as double) / cast(other_period.value as double) as decimal(38,12)) end as value,
        cast(null as decimal(38,12)) as people
    from (
        select * from new_customers
        where not is_to_date
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none')
    ) as this_period
    inner join periods_to_date
        on this_period.grain = periods_to_date.grain
        and this_period.period_start = periods_to_date.period_start
    inner join new_customers as other_period
        on periods_to_date.previous_start = other_period.period_start
        and periods_to_date.is_partial = other_period.is_to_date
        and this_period.definition_version = other_period.definition_version
        and this_period.grain = other_period.grain
        and this_period.level = other_period.level
        and this_period.unit_id = other_period.unit_id
        and this_period.cut = other_period.cut
        and this_period.cut_value = other_period.cut_value
),

new_customer_rate__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(denominator) as denominator,
        max(numerator) as numerator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            new_customer_rate__denominator as denominator,
            cast(null as decimal(38,12)) as numerator
        from {{ ref('measures_customer_periods') }}
        where new_customer_rate__denominator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as denominator,
            value as numerator
        from new_customers
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

new_customer_rate as (
    select
        'new_customer_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from new_customer_rate__parts
    where denominator <> 0
),

new_markets as (
    select
        'new_markets' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(new_markets as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(new_markets as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_market_entries') }}
    where new_markets is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company')
        and cut in ('none', 'kind')
),

nps as (
    select
        'nps' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast((cast(100 * (coalesce(nps__promoters, 0) - coalesce(nps__detractors, 0)) as double) / nullif(cast(coalesce(nps__answers, 0) as double), 0)) as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast((cast(100 * (coalesce(nps__promoters, 0) - coalesce(nps__detractors, 0)) as double) / nullif(cast(coalesce(nps__answers, 0) as double), 0)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_surveys') }}
    where coalesce(nps__promoters, nps__detractors, nps__answers) is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
),

overdue_amount as (
    select
        'overdue_amount' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(overdue_amount as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(overdue_amount as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_receivable_balances') }}
    where overdue_amount is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'customer_id', 'segment')
        and not (grain = 'day' and level = 'rep')
),

partner_lead_accept as (
    select
        'partner_lead_accept' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(partner_lead_accept__numerator, 0) as decimal(38,12)) as numerator,
        cast(partner_lead_accept__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(partner_lead_accept__numerator, 0) as double) / nullif(cast(partner_lead_accept__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_leads') }}
    where partner_lead_accept__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'partner')
),

partner_revenue_share__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(max(case when cut = 'none' then denominator end)) over (partition by is_to_date, grain, period_start, level, unit_id) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            partner_revenue_share__numerator as numerator,
            cast(null as decimal(38,12)) as denominator
        from {{ ref('measures_invoices') }}
        where partner_revenue_share__numerator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'partner')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            partner_revenue_share__denominator as denominator
        from {{ ref('measures_invoices') }}
        where partner_revenue_share__denominator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none', 'partner')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

partner_revenue_share as (
    select
        'partner_revenue_share' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from partner_revenue_share__parts
    where denominator <> 0
),

pipeline_weighted as (
    select
        'pipeline_weighted' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(pipeline_weighted as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(pipeline_weighted as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deal_stages') }}
    where pipeline_weighted is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'stage', 'product_category')
        and not (grain = 'day' and level = 'rep')
),

purchase_frequency__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(denominator) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            purchase_frequency__numerator as numerator,
            cast(null as decimal(38,12)) as denominator
        from {{ ref('measures_orders') }}
        where purchase_frequency__numerator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'segment')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            purchase_frequency__denominator as denominator
        from {{ ref('measures_orders') }}
        where purchase_frequency__denominator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'segment')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

purchase_frequency as (
    select
        'purchase_frequency' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from purchase_frequency__parts
    where denominator <> 0
),

record_error_rate as (
    select
        'record_error_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(record_error_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(record_error_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(record_error_rate__numerator, 0) as double) / nullif(cast(record_error_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_audit_samples') }}
    where record_error_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

referral_rate__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(denominator) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            referral_rate__numerator as numerator,
            cast(null as decimal(38,12)) as denominator
        from {{ ref('measures_contracts') }}
        where referral_rate__numerator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            value as denominator
        from new_customers
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region')
            and cut in ('none')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

referral_rate as (
    select
        'referral_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from referral_rate__parts
    where denominator <> 0
),

renewal_rate as (
    select
        'renewal_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(renewal_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(renewal_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(renewal_rate__numerator, 0) as double) / nullif(cast(renewal_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where renewal_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
),

reopen_rate as (
    select
        'reopen_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(reopen_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(reopen_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(reopen_rate__numerator, 0) as double) / nullif(cast(reopen_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where reopen_rate__denominator <> 0
        and grain in ('week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category')
),

reopened_share as (
    select
        'reopened_share' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(reopened_share__numerator, 0) as decimal(38,12)) as numerator,
        cast(reopened_share__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(reopened_share__numerator, 0) as double) / nullif(cast(reopened_share__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where reopened_share__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

won_amount as (
    select
        'won_amount' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(won_amount as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(won_amount as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where won_amount is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category')
),

rep_output__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(denominator) as denominator,
        max(numerator) as numerator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            rep_output__denominator as denominator,
            cast(null as decimal(38,12)) as numerator
        from {{ ref('measures_employee_periods') }}
        where rep_output__denominator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team')
            and cut in ('none')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as denominator,
            value as numerator
        from won_amount
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team')
            and cut in ('none')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

rep_output as (
    select
        'rep_output' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from rep_output__parts
    where denominator <> 0
),

repurchase_rate as (
    select
        'repurchase_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(repurchase_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(repurchase_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(repurchase_rate__numerator, 0) as double) / nullif(cast(repurchase_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_periods') }}
    where repurchase_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
),

resolution_sla as (
    select
        'resolution_sla' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(resolution_sla__numerator, 0) as decimal(38,12)) as numerator,
        cast(resolution_sla__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(resolution_sla__numerator, 0) as double) / nullif(cast(resolution_sla__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where resolution_sla__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

resolution_time as (
    select
        'resolution_time' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(resolution_time as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(resolution_time as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where resolution_time is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

resolution_time_mean as (
    select
        'resolution_time_mean' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(resolution_time_mean__numerator, 0) as decimal(38,12)) as numerator,
        cast(resolution_time_mean__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(resolution_time_mean__numerator, 0) as double) / nullif(cast(resolution_time_mean__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where resolution_time_mean__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category', 'priority')
        and not (grain = 'day' and level = 'rep')
),

revenue as (
    select
        'revenue' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(revenue as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(revenue as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_invoices') }}
    where revenue is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment', 'customer_region')
),

sales_cycle_days as (
    select
        'sales_cycle_days' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(sales_cycle_days as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(sales_cycle_days as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deals') }}
    where sales_cycle_days is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category')
),

sales_growth_mom as (
    select
        'sales_growth_mom' as kpi_id,
        1 as definition_version,
        this_period.is_to_date,
        this_period.grain,
        this_period.period_start,
        this_period.level,
        this_period.unit_id,
        this_period.cut,
        this_period.cut_value,
        this_period.value as numerator,
        other_period.value as denominator,
        case when other_period.value > 0 then cast(cast(this_period.value - other_period.value as double) / cast(other_period.value as double) as decimal(38,12)) end as value,
        cast(null as decimal(38,12)) as people
    from (
        select * from won_amount
        where not is_to_date
            and grain in ('month')
            and level in ('company', 'region')
            and cut in ('none')
    ) as this_period
    inner join periods_to_date
        on this_period.grain = periods_to_date.grain
        and this_period.period_start = periods_to_date.period_start
    inner join won_amount as other_period
        on periods_to_date.previous_start = other_period.period_start
        and periods_to_date.is_partial = other_period.is_to_date
        and this_period.definition_version = other_period.definition_version
        and this_period.grain = other_period.grain
        and this_period.level = other_period.level
        and this_period.unit_id = other_period.unit_id
        and this_period.cut = other_period.cut
        and this_period.cut_value = other_period.cut_value
),

sales_growth_yoy as (
    select
        'sales_growth_yoy' as kpi_id,
        1 as definition_version,
        this_period.is_to_date,
        this_period.grain,
        this_period.period_start,
        this_period.level,
        this_period.unit_id,
        this_period.cut,
        this_period.cut_value,
        this_period.value as numerator,
        other_period.value as denominator,
        case when other_period.value > 0 then cast(cast(this_period.value - other_period.value as double) / cast(other_period.value as double) as decimal(38,12)) end as value,
        cast(null as decimal(38,12)) as people
    from (
        select * from won_amount
        where not is_to_date
            and grain in ('month', 'quarter')
            and level in ('company', 'region')
            and cut in ('none')
    ) as this_period
    inner join periods_to_date
        on this_period.grain = periods_to_date.grain
        and this_period.period_start = periods_to_date.period_start
    inner join won_amount as other_period
        on periods_to_date.year_ago_start = other_period.period_start
        and periods_to_date.is_partial = other_period.is_to_date
        and this_period.definition_version = other_period.definition_version
        and this_period.grain = other_period.grain
        and this_period.level = other_period.level
        and this_period.unit_id = other_period.unit_id
        and this_period.cut = other_period.cut
        and this_period.cut_value = other_period.cut_value
),

stage_conversion as (
    select
        'stage_conversion' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(stage_conversion__numerator, 0) as decimal(38,12)) as numerator,
        cast(stage_conversion__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(stage_conversion__numerator, 0) as double) / nullif(cast(stage_conversion__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deal_stages') }}
    where stage_conversion__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'stage', 'product_category')
        and not (grain = 'day' and level = 'rep')
),

stage_net_flow__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(entered) as entered,
        max(gone) as gone
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            stage_net_flow__entered as entered,
            cast(null as decimal(38,12)) as gone
        from {{ ref('measures_deal_stages') }}
        where stage_net_flow__entered is not null
            and grain in ('day', 'week', 'month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'stage', 'product_category')
            and not (grain = 'day' and level = 'rep')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as entered,
            stage_net_flow__gone as gone
        from {{ ref('measures_deal_stages') }}
        where stage_net_flow__gone is not null
            and grain in ('day', 'week', 'month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none', 'stage', 'product_category')
            and not (grain = 'day' and level = 'rep')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

stage_net_flow as (
    select
        'stage_net_flow' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(entered, 0) - coalesce(gone, 0) as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(coalesce(entered, 0) - coalesce(gone, 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from stage_net_flow__parts
    where coalesce(entered, gone) is not null
),

stage_open_count as (
    select
        'stage_open_count' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(stage_open_count as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(stage_open_count as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deal_stages') }}
    where stage_open_count is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'stage', 'product_category')
        and not (grain = 'day' and level = 'rep')
),

stock_turnover__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(cogs) as cogs,
        max(stock) as stock
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            stock_turnover__cogs as cogs,
            cast(null as decimal(38,12)) as stock
        from {{ ref('measures_order_lines') }}
        where stock_turnover__cogs is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company')
            and cut in ('none', 'product_category')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as cogs,
            stock_turnover__stock as stock
        from {{ ref('measures_stock_levels') }}
        where stock_turnover__stock is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company')
            and cut in ('none', 'product_category')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

stock_turnover as (
    select
        'stock_turnover' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast((cast((cast(coalesce(cogs, 0) * 365 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0)) as double) / nullif(cast(coalesce(stock, 0) as double), 0)) as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast((cast((cast(coalesce(cogs, 0) * 365 as double) / nullif(cast(({{ days_between('periods_to_date.period_start', 'periods_to_date.last_day') }} + 1) as double), 0)) as double) / nullif(cast(coalesce(stock, 0) as double), 0)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from stock_turnover__parts
    inner join periods_to_date using (grain, period_start)
    where coalesce(cogs, stock) is not null
),

survey_response_rate as (
    select
        'survey_response_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(survey_response_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(survey_response_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(survey_response_rate__numerator, 0) as double) / nullif(cast(survey_response_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_surveys') }}
    where survey_response_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'channel')
),

unmatched_customers as (
    select
        'unmatched_customers' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(unmatched_customers__unmatched, 0) as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(coalesce(unmatched_customers__unmatched, 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_links') }}
    where coalesce(unmatched_customers__unmatched, unmatched_customers__keys) is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company')
        and cut in ('none', 'source_system')
),

upsell_amount as (
    select
        'upsell_amount' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(upsell_amount as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(upsell_amount as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where upsell_amount is not null
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

valid_visits as (
    select
        'valid_visits' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(valid_visits as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(valid_visits as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_activities') }}
    where valid_visits is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'segment')
        and not (grain = 'day' and level = 'rep')
),

visit_to_customer__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(denominator) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            value as numerator,
            cast(null as decimal(38,12)) as denominator
        from valid_visits
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            value as denominator
        from new_customers
        where value is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

visit_to_customer as (
    select
        'visit_to_customer' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from visit_to_customer__parts
    where denominator <> 0
),

win_rate as (
    select
        'win_rate' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(win_rate__numerator, 0) as decimal(38,12)) as numerator,
        cast(win_rate__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(win_rate__numerator, 0) as double) / nullif(cast(win_rate__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deals') }}
    where win_rate__denominator <> 0
        and grain in ('month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

win_rate_amount as (
    select
        'win_rate_amount' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(win_rate_amount__numerator, 0) as decimal(38,12)) as numerator,
        cast(win_rate_amount__denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(win_rate_amount__numerator, 0) as double) / nullif(cast(win_rate_amount__denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deals') }}
    where win_rate_amount__denominator <> 0
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category')
        and not (grain = 'day' and level = 'rep')
),

won_customers as (
    select
        'won_customers' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(won_customers as decimal(38,12)) as numerator,
        cast(null as decimal(38,12)) as denominator,
        cast(won_customers as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_contracts') }}
    where won_customers is not null
        and grain in ('day', 'week', 'month', 'quarter', 'year')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none', 'product_category')
        and not (grain = 'day' and level = 'rep')
),

final as (
    select * from active_rate
    union all
    select * from aftersales_csat
    union all
    select * from app_active_users
    union all
    select * from approval_hours
    union all
    select * from avg_order_value
    union all
    select * from backlog
    union all
    select * from cash_collected
    union all
    select * from churn_rate
    union all
    select * from clv
    union all
    select * from collection_rate
    union all
    select * from complaint_rate
    union all
    select * from complaints
    union all
    select * from completeness
    union all
    select * from cross_sell_rate
    union all
    select * from csat_change
    union all
    select * from csat_pct
    union all
    select * from csat_score
    union all
    select * from customer_conversion
    union all
    select * from deal_captured_rate
    union all
    select * from duplicate_rate
    union all
    select * from employee_sat
    union all
    select * from entry_on_time
    union all
    select * from first_response_p90
    union all
    select * from first_response_sla
    union all
    select * from first_response_time
    union all
    select * from follow_up_on_time
    union all
    select * from follow_ups
    union all
    select * from idle_features
    union all
    select * from lead_conversion
    union all
    select * from leads_created
    union all
    select * from loss_reason_share
    union all
    select * from member_active_rate
    union all
    select * from new_customer_growth
    union all
    select * from new_customer_rate
    union all
    select * from new_customers
    union all
    select * from new_markets
    union all
    select * from nps
    union all
    select * from overdue_amount
    union all
    select * from partner_lead_accept
    union all
    select * from partner_revenue_share
    union all
    select * from pipeline_weighted
    union all
    select * from purchase_frequency
    union all
    select * from record_error_rate
    union all
    select * from referral_rate
    union all
    select * from renewal_rate
    union all
    select * from reopen_rate
    union all
    select * from reopened_share
    union all
    select * from rep_output
    union all
    select * from repurchase_rate
    union all
    select * from resolution_sla
    union all
    select * from resolution_time
    union all
    select * from resolution_time_mean
    union all
    select * from retention_rate
    union all
    select * from revenue
    union all
    select * from sales_cycle_days
    union all
    select * from sales_growth_mom
    union all
    select * from sales_growth_yoy
    union all
    select * from stage_conversion
    union all
    select * from stage_net_flow
    union all
    select * from stage_open_count
    union all
    select * from stock_turnover
    union all
    select * from survey_response_rate
    union all
    select * from unmatched_customers
    union all
    select * from upsell_amount
    union all
    select * from valid_visits
    union all
    select * from visit_to_customer
    union all
    select * from win_rate
    union all
    select * from win_rate_amount
    union all
    select * from won_amount
    union all
    select * from won_customers
)

select * from final
