-- One row per KPI, grain, period, level and unit in which something happened, up to the business date.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
select
    'avg_order_value' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(avg_order_value__numerator, 0) as decimal(38,6)) as numerator,
    cast(avg_order_value__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(avg_order_value__numerator, 0) as decimal(38,6)) / nullif(cast(avg_order_value__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_orders') }}
where avg_order_value__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'cash_collected' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(cash_collected as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(cash_collected as decimal(38,6)) as value
from {{ ref('measures_payments') }}
where cash_collected is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'csat_pct' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(csat_pct__numerator, 0) as decimal(38,6)) as numerator,
    cast(csat_pct__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(csat_pct__numerator, 0) as decimal(38,6)) / nullif(cast(csat_pct__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_surveys') }}
where csat_pct__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'first_response_time' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(first_response_time as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(first_response_time as decimal(38,6)) as value
from {{ ref('measures_tickets') }}
where first_response_time is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'new_customers' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(new_customers as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(new_customers as decimal(38,6)) as value
from {{ ref('measures_contracts') }}
where new_customers is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'record_error_rate' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(record_error_rate__numerator, 0) as decimal(38,6)) as numerator,
    cast(record_error_rate__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(record_error_rate__numerator, 0) as decimal(38,6)) / nullif(cast(record_error_rate__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_audit_samples') }}
where record_error_rate__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'reopened_share' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(reopened_share__numerator, 0) as decimal(38,6)) as numerator,
    cast(reopened_share__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(reopened_share__numerator, 0) as decimal(38,6)) / nullif(cast(reopened_share__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_tickets') }}
where reopened_share__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'resolution_sla' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(resolution_sla__numerator, 0) as decimal(38,6)) as numerator,
    cast(resolution_sla__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(resolution_sla__numerator, 0) as decimal(38,6)) / nullif(cast(resolution_sla__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_tickets') }}
where resolution_sla__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'resolution_time' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(resolution_time as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(resolution_time as decimal(38,6)) as value
from {{ ref('measures_tickets') }}
where resolution_time is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'retention_rate' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(retention_rate__numerator, 0) as decimal(38,6)) as numerator,
    cast(retention_rate__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(retention_rate__numerator, 0) as decimal(38,6)) / nullif(cast(retention_rate__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_customer_periods') }}
where retention_rate__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'revenue' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(revenue as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(revenue as decimal(38,6)) as value
from {{ ref('measures_invoices') }}
where revenue is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'sales_cycle_days' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(sales_cycle_days as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(sales_cycle_days as decimal(38,6)) as value
from {{ ref('measures_deals') }}
where sales_cycle_days is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'win_rate' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(coalesce(win_rate__numerator, 0) as decimal(38,6)) as numerator,
    cast(win_rate__denominator as decimal(38,6)) as denominator,
    cast(cast(coalesce(win_rate__numerator, 0) as decimal(38,6)) / nullif(cast(win_rate__denominator as decimal(38,6)), 0) as decimal(38,6)) as value
from {{ ref('measures_deals') }}
where win_rate__denominator <> 0
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')

union all

select
    'won_amount' as kpi_id,
    grain,
    period_start,
    level,
    unit_id,
    cast(won_amount as decimal(38,6)) as numerator,
    cast(null as decimal(38,6)) as denominator,
    cast(won_amount as decimal(38,6)) as value
from {{ ref('measures_contracts') }}
where won_amount is not null
    and grain in ('month', 'quarter')
    and level in ('company', 'region', 'department', 'team', 'rep')
