-- One row per sum or count of a KPI: what its rows add up to, and what its periods do.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with calendar as (
    select min(day) as first_day from {{ ref('calendar_days') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

audit_samples_by_drawn_at as (
    select
        cast(sum(case when (is_wrong) then 1 end) as decimal(38,6)) as record_error_rate__numerator,
        cast(sum(case when (is_wrong is not null) then 1 end) as decimal(38,6)) as record_error_rate__denominator
    from {{ ref('audit_samples') }}
    cross join calendar
    cross join run
    where {{ local_date('drawn_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

contracts_by_signed_date as (
    select
        cast(sum(case when (approval = 'approved') then cast(amount as decimal(38,12)) end) as decimal(38,6)) as won_amount
    from {{ ref('delivered_contracts') }}
    cross join calendar
    cross join run
    where signed_date between calendar.first_day and run.as_of
),

customer_periods_by_period_end as (
    select
        cast(sum(case when (is_active_start and is_active_end) and grain = 'month' then 1 end) as decimal(38,6)) as retention_rate__numerator,
        cast(sum(case when (is_active_start) and grain = 'month' then 1 end) as decimal(38,6)) as retention_rate__denominator
    from {{ ref('customer_periods') }}
    cross join calendar
    cross join run
    where period_end between calendar.first_day and run.as_of
),

deals_by_closed_at as (
    select
        cast(sum(case when (status = 'won') then 1 end) as decimal(38,6)) as win_rate__numerator,
        cast(sum(case when (status in ('won', 'lost')) then 1 end) as decimal(38,6)) as win_rate__denominator
    from {{ ref('delivered_deals') }}
    cross join calendar
    cross join run
    where {{ local_date('closed_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

invoices_by_invoice_date as (
    select
        cast(sum(case when (status in ('issued', 'paid')) then cast(amount_net as decimal(38,12)) end) as decimal(38,6)) as revenue
    from {{ ref('invoices') }}
    cross join calendar
    cross join run
    where invoice_date between calendar.first_day and run.as_of
),

orders_by_order_date as (
    select
        cast(sum(case when (status not in ('cancelled', 'returned')) then cast(amount_net as decimal(38,12)) end) as decimal(38,6)) as avg_order_value__numerator,
        cast(sum(case when (status not in ('cancelled', 'returned')) then 1 end) as decimal(38,6)) as avg_order_value__denominator
    from {{ ref('delivered_orders') }}
    cross join calendar
    cross join run
    where order_date between calendar.first_day and run.as_of
),

payments_by_paid_date as (
    select
        cast(sum(case when (status = 'approved') then cast(amount as decimal(38,12)) end) as decimal(38,6)) as cash_collected
    from {{ ref('delivered_payments') }}
    cross join calendar
    cross join run
    where paid_date between calendar.first_day and run.as_of
),

surveys_by_answered_at as (
    select
        cast(sum(case when (kind = 'csat' and score >= 0.8 * scale_max) then 1 end) as decimal(38,6)) as csat_pct__numerator,
        cast(sum(case when (kind = 'csat' and score is not null) then 1 end) as decimal(38,6)) as csat_pct__denominator
    from {{ ref('surveys') }}
    cross join calendar
    cross join run
    where {{ local_date('answered_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_created_at as (
    select
        cast(sum(case when (reopened_count > 0) then 1 end) as decimal(38,6)) as reopened_share__numerator,
        cast(sum(1) as decimal(38,6)) as reopened_share__denominator
    from {{ ref('delivered_tickets') }}
    cross join calendar
    cross join run
    where {{ local_date('created_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_closed_at as (
    select
        cast(sum(1) as decimal(38,6)) as resolution_sla__denominator
    from {{ ref('delivered_tickets') }}
    cross join calendar
    cross join run
    where {{ local_date('closed_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_closed_at_derived as (
    select
        cast(sum(case when (is_resolution_in_sla) then 1 end) as decimal(38,6)) as resolution_sla__numerator
    from {{ ref('tickets') }}
    cross join calendar
    cross join run
    where {{ local_date('closed_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

final as (
    select
        'record_error_rate__numerator' as measure,
        'record_error_rate' as kpi_id,
        'audit_samples' as entity,
        coalesce(record_error_rate__numerator, 0) as source_total,
        coalesce((
            select sum(record_error_rate__numerator) from {{ ref('measures_audit_samples') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from audit_samples_by_drawn_at
    union all
    select
        'record_error_rate__denominator' as measure,
        'record_error_rate' as kpi_id,
        'audit_samples' as entity,
        coalesce(record_error_rate__denominator, 0) as source_total,
        coalesce((
            select sum(record_error_rate__denominator) from {{ ref('measures_audit_samples') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from audit_samples_by_drawn_at
    union all
    select
        'won_amount' as measure,
        'won_amount' as kpi_id,
        'contracts' as entity,
        coalesce(won_amount, 0) as source_total,
        coalesce((
            select sum(won_amount) from {{ ref('measures_contracts') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from contracts_by_signed_date
    union all
    select
        'retention_rate__numerator' as measure,
        'retention_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(retention_rate__numerator, 0) as source_total,
        coalesce((
            select sum(retention_rate__numerator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'retention_rate__denominator' as measure,
        'retention_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(retention_rate__denominator, 0) as source_total,
        coalesce((
            select sum(retention_rate__denominator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'win_rate__numerator' as measure,
        'win_rate' as kpi_id,
        'deals' as entity,
        coalesce(win_rate__numerator, 0) as source_total,
        coalesce((
            select sum(win_rate__numerator) from {{ ref('measures_deals') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'win_rate__denominator' as measure,
        'win_rate' as kpi_id,
        'deals' as entity,
        coalesce(win_rate__denominator, 0) as source_total,
        coalesce((
            select sum(win_rate__denominator) from {{ ref('measures_deals') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'revenue' as measure,
        'revenue' as kpi_id,
        'invoices' as entity,
        coalesce(revenue, 0) as source_total,
        coalesce((
            select sum(revenue) from {{ ref('measures_invoices') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from invoices_by_invoice_date
    union all
    select
        'avg_order_value__numerator' as measure,
        'avg_order_value' as kpi_id,
        'orders' as entity,
        coalesce(avg_order_value__numerator, 0) as source_total,
        coalesce((
            select sum(avg_order_value__numerator) from {{ ref('measures_orders') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from orders_by_order_date
    union all
    select
        'avg_order_value__denominator' as measure,
        'avg_order_value' as kpi_id,
        'orders' as entity,
        coalesce(avg_order_value__denominator, 0) as source_total,
        coalesce((
            select sum(avg_order_value__denominator) from {{ ref('measures_orders') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from orders_by_order_date
    union all
    select
        'cash_collected' as measure,
        'cash_collected' as kpi_id,
        'payments' as entity,
        coalesce(cash_collected, 0) as source_total,
        coalesce((
            select sum(cash_collected) from {{ ref('measures_payments') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from payments_by_paid_date
    union all
    select
        'csat_pct__numerator' as measure,
        'csat_pct' as kpi_id,
        'surveys' as entity,
        coalesce(csat_pct__numerator, 0) as source_total,
        coalesce((
            select sum(csat_pct__numerator) from {{ ref('measures_surveys') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'csat_pct__denominator' as measure,
        'csat_pct' as kpi_id,
        'surveys' as entity,
        coalesce(csat_pct__denominator, 0) as source_total,
        coalesce((
            select sum(csat_pct__denominator) from {{ ref('measures_surveys') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'reopened_share__numerator' as measure,
        'reopened_share' as kpi_id,
        'tickets' as entity,
        coalesce(reopened_share__numerator, 0) as source_total,
        coalesce((
            select sum(reopened_share__numerator) from {{ ref('measures_tickets') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from tickets_by_created_at
    union all
    select
        'reopened_share__denominator' as measure,
        'reopened_share' as kpi_id,
        'tickets' as entity,
        coalesce(reopened_share__denominator, 0) as source_total,
        coalesce((
            select sum(reopened_share__denominator) from {{ ref('measures_tickets') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from tickets_by_created_at
    union all
    select
        'resolution_sla__denominator' as measure,
        'resolution_sla' as kpi_id,
        'tickets' as entity,
        coalesce(resolution_sla__denominator, 0) as source_total,
        coalesce((
            select sum(resolution_sla__denominator) from {{ ref('measures_tickets') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from tickets_by_closed_at
    union all
    select
        'resolution_sla__numerator' as measure,
        'resolution_sla' as kpi_id,
        'tickets' as entity,
        coalesce(resolution_sla__numerator, 0) as source_total,
        coalesce((
            select sum(resolution_sla__numerator) from {{ ref('measures_tickets') }}
            where level = 'company' and grain = 'month'
        ), 0) as published_total
    from tickets_by_closed_at_derived
)

select * from final
