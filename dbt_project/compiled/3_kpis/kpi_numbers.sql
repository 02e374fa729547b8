-- One row per KPI, period (is_to_date: a part of it), level, unit and cut in which something happened.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with avg_order_value as (
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
        cast(cast(cast(coalesce(avg_order_value__numerator, 0) as double) / nullif(cast(avg_order_value__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_orders') }}
    where avg_order_value__denominator <> 0
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        cast(cast(cast(coalesce(csat_pct__numerator, 0) as double) / nullif(cast(csat_pct__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_surveys') }}
    where csat_pct__denominator <> 0
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        cast(cast(cast(coalesce(record_error_rate__numerator, 0) as double) / nullif(cast(record_error_rate__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_audit_samples') }}
    where record_error_rate__denominator <> 0
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        cast(cast(cast(coalesce(reopened_share__numerator, 0) as double) / nullif(cast(reopened_share__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where reopened_share__denominator <> 0
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        cast(cast(cast(coalesce(resolution_sla__numerator, 0) as double) / nullif(cast(resolution_sla__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_tickets') }}
    where resolution_sla__denominator <> 0
        and grain in ('month', 'quarter')
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
        and grain in ('month', 'quarter')
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
        cast(cast(cast(coalesce(retention_rate__numerator, 0) as double) / nullif(cast(retention_rate__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_customer_periods') }}
    where retention_rate__denominator <> 0
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
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
        cast(cast(cast(coalesce(win_rate__numerator, 0) as double) / nullif(cast(win_rate__denominator as double), 0) as decimal(38,12)) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from {{ ref('measures_deals') }}
    where win_rate__denominator <> 0
        and grain in ('month', 'quarter')
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
        and grain in ('month', 'quarter')
        and level in ('company', 'region', 'department', 'team', 'rep')
        and cut in ('none')
),

final as (
    select * from avg_order_value
    union all
    select * from cash_collected
    union all
    select * from csat_pct
    union all
    select * from first_response_time
    union all
    select * from new_customers
    union all
    select * from record_error_rate
    union all
    select * from reopened_share
    union all
    select * from resolution_sla
    union all
    select * from resolution_time
    union all
    select * from retention_rate
    union all
    select * from revenue
    union all
    select * from sales_cycle_days
    union all
    select * from win_rate
    union all
    select * from won_amount
)

select * from final
