-- One row per sum or count of a KPI: what its rows add up to, and what its periods do.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with calendar as (
    select min(day) as first_day from {{ ref('calendar_days') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

activities_by_due_at as (
    select
        cast(sum(case when activities.kind in ('call', 'mail', 'meeting') and activities.done_at <= activities.due_at then 1 end) as decimal(38,6)) as follow_up_on_time__numerator,
        cast(sum(case when activities.kind in ('call', 'mail', 'meeting') then 1 end) as decimal(38,6)) as follow_up_on_time__denominator
    from {{ ref('activities') }} as activities
    cross join calendar
    cross join run
    where {{ local_date('activities.due_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

activities_by_done_at as (
    select
        cast(sum(case when activities.kind in ('call', 'mail', 'meeting') then 1 end) as decimal(38,6)) as follow_ups
    from {{ ref('activities') }} as activities
    cross join calendar
    cross join run
    where {{ local_date('activities.done_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

audit_samples_by_drawn_at as (
    select
        cast(sum(case when audit_samples.is_wrong then 1 end) as decimal(38,6)) as record_error_rate__numerator,
        cast(sum(case when audit_samples.is_wrong is not null then 1 end) as decimal(38,6)) as record_error_rate__denominator
    from {{ ref('audit_samples') }} as audit_samples
    cross join calendar
    cross join run
    where {{ local_date('audit_samples.drawn_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

contracts_by_signed_date as (
    select
        cast(sum(case when contracts.approval = 'approved' then 1 end) as decimal(38,6)) as deal_captured_rate__denominator,
        cast(sum(case when contracts.approval = 'approved' then contracts.amount end) as decimal(38,6)) as won_amount
    from {{ ref('delivered_contracts') }} as contracts
    cross join calendar
    cross join run
    where contracts.signed_date between calendar.first_day and run.as_of
),

contracts_by_signed_date_derived as (
    select
        cast(sum(case when contracts.approval = 'approved' and contracts.has_stage_history then 1 end) as decimal(38,6)) as deal_captured_rate__numerator,
        cast(sum(case when contracts.approval = 'approved' and contracts.previous_amount is not null then cast(greatest(contracts.amount - contracts.previous_amount, 0) as decimal(38,12)) end) as decimal(38,6)) as upsell_amount
    from {{ ref('contracts') }} as contracts
    cross join calendar
    cross join run
    where contracts.signed_date between calendar.first_day and run.as_of
),

customer_periods_by_period_end as (
    select
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_valid and customer_periods.is_engaged_90 then 1 end end) as decimal(38,6)) as active_rate__numerator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_valid then 1 end end) as decimal(38,6)) as active_rate__denominator,
        cast(sum(case when customer_periods.grain = 'quarter' then case when customer_periods.is_active_end then 1 end end) as decimal(38,6)) as clv__customers,
        cast(sum(case when customer_periods.grain = 'quarter' then case when customer_periods.is_active_start then 1 end end) as decimal(38,6)) as clv__were,
        cast(sum(case when customer_periods.grain = 'quarter' then case when customer_periods.is_active_start and not customer_periods.is_active_end then 1 end end) as decimal(38,6)) as clv__lost,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_active_end then 1 end end) as decimal(38,6)) as complaint_rate__customers,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_active_start and customer_periods.is_cross_sold then 1 end end) as decimal(38,6)) as cross_sell_rate__numerator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_active_start then 1 end end) as decimal(38,6)) as cross_sell_rate__denominator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_member and customer_periods.has_order_30 then 1 end end) as decimal(38,6)) as member_active_rate__numerator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_member then 1 end end) as decimal(38,6)) as member_active_rate__denominator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_active_start then 1 end end) as decimal(38,6)) as new_customer_rate__denominator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.orders_12m >= 2 then 1 end end) as decimal(38,6)) as repurchase_rate__numerator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.orders_12m >= 1 then 1 end end) as decimal(38,6)) as repurchase_rate__denominator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_active_start and customer_periods.is_active_end then 1 end end) as decimal(38,6)) as retention_rate__numerator,
        cast(sum(case when customer_periods.grain = 'month' then case when customer_periods.is_active_start then 1 end end) as decimal(38,6)) as retention_rate__denominator
    from {{ ref('customer_periods') }} as customer_periods
    cross join calendar
    cross join run
    where customer_periods.period_end between calendar.first_day and run.as_of
),

deal_stages_by_left_at as (
    select
        cast(sum(1) as decimal(38,6)) as stage_net_flow__gone
    from {{ ref('delivered_deal_stages') }} as deal_stages
    cross join calendar
    cross join run
    where {{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

deal_stages_by_entered_at as (
    select
        cast(sum(1) as decimal(38,6)) as stage_net_flow__entered
    from {{ ref('delivered_deal_stages') }} as deal_stages
    cross join calendar
    cross join run
    where {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

deals_by_closed_at as (
    select
        cast(sum(case when deals.status = 'lost' then 1 end) as decimal(38,6)) as loss_reason_share__numerator,
        cast(sum(case when deals.status = 'lost' then 1 end) as decimal(38,6)) as loss_reason_share__denominator,
        cast(sum(case when deals.status = 'won' then 1 end) as decimal(38,6)) as win_rate__numerator,
        cast(sum(case when deals.status in ('won', 'lost') then 1 end) as decimal(38,6)) as win_rate__denominator,
        cast(sum(case when deals.status = 'won' then deals.amount end) as decimal(38,6)) as win_rate_amount__numerator,
        cast(sum(case when deals.status in ('won', 'lost') then deals.amount end) as decimal(38,6)) as win_rate_amount__denominator
    from {{ ref('delivered_deals') }} as deals
    cross join calendar
    cross join run
    where {{ local_date('deals.closed_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

employee_periods_by_period_end as (
    select
        cast(sum(case when employee_periods.grain = 'month' then case when employee_periods.is_licensed and employee_periods.used_7 then 1 end end) as decimal(38,6)) as app_active_users__numerator,
        cast(sum(case when employee_periods.grain = 'month' then case when employee_periods.is_licensed then 1 end end) as decimal(38,6)) as app_active_users__denominator,
        cast(sum(case when employee_periods.grain = 'month' then case when employee_periods.role in ('sales', 'sales_rep') then employee_periods.active_share end end) as decimal(38,6)) as rep_output__denominator
    from {{ ref('employee_periods') }} as employee_periods
    cross join calendar
    cross join run
    where employee_periods.period_end between calendar.first_day and run.as_of
),

invoices_by_invoice_date as (
    select
        cast(sum(case when invoices.status in ('issued', 'paid') and invoices.partner_id is not null then invoices.amount_net end) as decimal(38,6)) as partner_revenue_share__numerator,
        cast(sum(case when invoices.status in ('issued', 'paid') then invoices.amount_net end) as decimal(38,6)) as partner_revenue_share__denominator,
        cast(sum(case when invoices.status in ('issued', 'paid') then invoices.amount_net end) as decimal(38,6)) as revenue
    from {{ ref('invoices') }} as invoices
    cross join calendar
    cross join run
    where invoices.invoice_date between calendar.first_day and run.as_of
),

leads_by_created_at as (
    select
        cast(sum(case when not coalesce(leads.is_junk, false) then 1 end) as decimal(38,6)) as leads_created
    from {{ ref('leads') }} as leads
    cross join calendar
    cross join run
    where {{ local_date('leads.created_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

leads_by_shared_at as (
    select
        cast(sum(case when leads.accepted_at is not null then 1 end) as decimal(38,6)) as partner_lead_accept__numerator,
        cast(sum(1) as decimal(38,6)) as partner_lead_accept__denominator
    from {{ ref('leads') }} as leads
    cross join calendar
    cross join run
    where {{ local_date('leads.shared_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

market_entries_by_opened_date as (
    select
        cast(sum(1) as decimal(38,6)) as new_markets
    from {{ ref('market_entries') }} as market_entries
    cross join calendar
    cross join run
    where market_entries.opened_date between calendar.first_day and run.as_of
),

module_periods_by_period_end as (
    select
        cast(sum(case when module_periods.grain = 'month' then case when module_periods.use_share < 0.2 then 1 end end) as decimal(38,6)) as idle_features__idle,
        cast(sum(case when module_periods.grain = 'month' then 1 end) as decimal(38,6)) as idle_features__modules
    from {{ ref('module_periods') }} as module_periods
    cross join calendar
    cross join run
    where module_periods.period_end between calendar.first_day and run.as_of
),

order_lines_by_order_date as (
    select
        cast(sum(case when order_lines.status not in ('cancelled', 'returned') then cast(order_lines.amount_net - cast(order_lines.quantity as decimal(38,4)) * cast(order_lines.unit_cost as decimal(38,4)) as decimal(38,12)) end) as decimal(38,6)) as clv__margin,
        cast(sum(case when order_lines.status not in ('cancelled', 'returned') then cast(cast(order_lines.quantity as decimal(38,4)) * cast(order_lines.unit_cost as decimal(38,4)) as decimal(38,12)) end) as decimal(38,6)) as stock_turnover__cogs
    from {{ ref('order_lines') }} as order_lines
    cross join calendar
    cross join run
    where order_lines.order_date between calendar.first_day and run.as_of
),

orders_by_order_date as (
    select
        cast(sum(case when orders.status not in ('cancelled', 'returned') then orders.amount_net end) as decimal(38,6)) as avg_order_value__numerator,
        cast(sum(case when orders.status not in ('cancelled', 'returned') then 1 end) as decimal(38,6)) as avg_order_value__denominator,
        cast(sum(case when orders.status not in ('cancelled', 'returned') then 1 end) as decimal(38,6)) as purchase_frequency__numerator
    from {{ ref('delivered_orders') }} as orders
    cross join calendar
    cross join run
    where orders.order_date between calendar.first_day and run.as_of
),

payments_by_paid_date as (
    select
        cast(sum(case when payments.status = 'approved' then payments.amount end) as decimal(38,6)) as cash_collected
    from {{ ref('delivered_payments') }} as payments
    cross join calendar
    cross join run
    where payments.paid_date between calendar.first_day and run.as_of
),

receivables_by_due_date as (
    select
        cast(sum(receivables.amount_due) as decimal(38,6)) as collection_rate__denominator
    from {{ ref('receivables') }} as receivables
    cross join calendar
    cross join run
    where receivables.due_date between calendar.first_day and run.as_of
),

surveys_by_answered_at as (
    select
        cast(sum(case when surveys.kind = 'csat' and surveys.ticket_kind = 'service_order' and surveys.score >= 0.8 * surveys.scale_max then 1 end) as decimal(38,6)) as aftersales_csat__numerator,
        cast(sum(case when surveys.kind = 'csat' and surveys.ticket_kind = 'service_order' and surveys.score is not null then 1 end) as decimal(38,6)) as aftersales_csat__denominator,
        cast(sum(case when surveys.kind = 'csat' and surveys.score >= 0.8 * surveys.scale_max then 1 end) as decimal(38,6)) as csat_pct__numerator,
        cast(sum(case when surveys.kind = 'csat' and surveys.score is not null then 1 end) as decimal(38,6)) as csat_pct__denominator,
        cast(sum(case when surveys.kind = 'csat' and surveys.scale_max > 0 then cast((cast(surveys.score as double) / nullif(cast(surveys.scale_max as double), 0)) * 5 as decimal(38,12)) end) as decimal(38,6)) as csat_score__numerator,
        cast(sum(case when surveys.kind = 'csat' and surveys.scale_max > 0 and surveys.score is not null then 1 end) as decimal(38,6)) as csat_score__denominator
    from {{ ref('surveys') }} as surveys
    cross join calendar
    cross join run
    where {{ local_date('surveys.answered_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

surveys_by_answered_at_of_owner_id as (
    select
        cast(sum(case when surveys.kind = 'nps' and surveys.score >= 9 then 1 end) as decimal(38,6)) as nps__promoters,
        cast(sum(case when surveys.kind = 'nps' and surveys.score <= 6 then 1 end) as decimal(38,6)) as nps__detractors,
        cast(sum(case when surveys.kind = 'nps' and surveys.score is not null then 1 end) as decimal(38,6)) as nps__answers
    from {{ ref('surveys') }} as surveys
    cross join calendar
    cross join run
    where {{ local_date('surveys.answered_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

surveys_by_sent_at as (
    select
        cast(sum(case when surveys.answered_at is not null then 1 end) as decimal(38,6)) as survey_response_rate__numerator,
        cast(sum(1) as decimal(38,6)) as survey_response_rate__denominator
    from {{ ref('surveys') }} as surveys
    cross join calendar
    cross join run
    where {{ local_date('surveys.sent_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_created_at as (
    select
        cast(sum(case when tickets.kind = 'complaint' then 1 end) as decimal(38,6)) as complaints,
        cast(sum(case when tickets.reopened_count > 0 then 1 end) as decimal(38,6)) as reopened_share__numerator,
        cast(sum(1) as decimal(38,6)) as reopened_share__denominator
    from {{ ref('delivered_tickets') }} as tickets
    cross join calendar
    cross join run
    where {{ local_date('tickets.created_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_response_due_at as (
    select
        cast(sum(1) as decimal(38,6)) as first_response_sla__denominator
    from {{ ref('delivered_tickets') }} as tickets
    cross join calendar
    cross join run
    where {{ local_date('tickets.response_due_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_response_due_at_derived as (
    select
        cast(sum(case when tickets.is_response_in_sla then 1 end) as decimal(38,6)) as first_response_sla__numerator
    from {{ ref('tickets') }} as tickets
    cross join calendar
    cross join run
    where {{ local_date('tickets.response_due_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_closed_at as (
    select
        cast(sum(1) as decimal(38,6)) as resolution_sla__denominator
    from {{ ref('delivered_tickets') }} as tickets
    cross join calendar
    cross join run
    where {{ local_date('tickets.closed_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_closed_at_derived as (
    select
        cast(sum(case when tickets.is_resolution_in_sla then 1 end) as decimal(38,6)) as resolution_sla__numerator
    from {{ ref('tickets') }} as tickets
    cross join calendar
    cross join run
    where {{ local_date('tickets.closed_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

tickets_by_resolved_at_derived as (
    select
        cast(sum(tickets.resolution_working_hours) as decimal(38,6)) as resolution_time_mean__numerator,
        cast(sum(case when tickets.resolution_working_hours is not null then 1 end) as decimal(38,6)) as resolution_time_mean__denominator
    from {{ ref('tickets') }} as tickets
    cross join calendar
    cross join run
    where {{ local_date('tickets.resolved_at', "'Asia/Shanghai'") }} between calendar.first_day and run.as_of
),

final as (
    select
        'follow_up_on_time__numerator' as measure,
        'follow_up_on_time' as kpi_id,
        'activities' as entity,
        coalesce(follow_up_on_time__numerator, 0) as source_total,
        coalesce((
            select sum(follow_up_on_time__numerator) from {{ ref('measures_activities') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from activities_by_due_at
    union all
    select
        'follow_up_on_time__denominator' as measure,
        'follow_up_on_time' as kpi_id,
        'activities' as entity,
        coalesce(follow_up_on_time__denominator, 0) as source_total,
        coalesce((
            select sum(follow_up_on_time__denominator) from {{ ref('measures_activities') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from activities_by_due_at
    union all
    select
        'follow_ups' as measure,
        'follow_ups' as kpi_id,
        'activities' as entity,
        coalesce(follow_ups, 0) as source_total,
        coalesce((
            select sum(follow_ups) from {{ ref('measures_activities') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from activities_by_done_at
    union all
    select
        'record_error_rate__numerator' as measure,
        'record_error_rate' as kpi_id,
        'audit_samples' as entity,
        coalesce(record_error_rate__numerator, 0) as source_total,
        coalesce((
            select sum(record_error_rate__numerator) from {{ ref('measures_audit_samples') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from audit_samples_by_drawn_at
    union all
    select
        'deal_captured_rate__denominator' as measure,
        'deal_captured_rate' as kpi_id,
        'contracts' as entity,
        coalesce(deal_captured_rate__denominator, 0) as source_total,
        coalesce((
            select sum(deal_captured_rate__denominator) from {{ ref('measures_contracts') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from contracts_by_signed_date
    union all
    select
        'won_amount' as measure,
        'won_amount' as kpi_id,
        'contracts' as entity,
        coalesce(won_amount, 0) as source_total,
        coalesce((
            select sum(won_amount) from {{ ref('measures_contracts') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from contracts_by_signed_date
    union all
    select
        'deal_captured_rate__numerator' as measure,
        'deal_captured_rate' as kpi_id,
        'contracts' as entity,
        coalesce(deal_captured_rate__numerator, 0) as source_total,
        coalesce((
            select sum(deal_captured_rate__numerator) from {{ ref('measures_contracts') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from contracts_by_signed_date_derived
    union all
    select
        'upsell_amount' as measure,
        'upsell_amount' as kpi_id,
        'contracts' as entity,
        coalesce(upsell_amount, 0) as source_total,
        coalesce((
            select sum(upsell_amount) from {{ ref('measures_contracts') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from contracts_by_signed_date_derived
    union all
    select
        'active_rate__numerator' as measure,
        'active_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(active_rate__numerator, 0) as source_total,
        coalesce((
            select sum(active_rate__numerator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'active_rate__denominator' as measure,
        'active_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(active_rate__denominator, 0) as source_total,
        coalesce((
            select sum(active_rate__denominator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'clv__customers' as measure,
        'clv' as kpi_id,
        'customer_periods' as entity,
        coalesce(clv__customers, 0) as source_total,
        coalesce((
            select sum(clv__customers) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'quarter'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'clv__were' as measure,
        'clv' as kpi_id,
        'customer_periods' as entity,
        coalesce(clv__were, 0) as source_total,
        coalesce((
            select sum(clv__were) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'quarter'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'clv__lost' as measure,
        'clv' as kpi_id,
        'customer_periods' as entity,
        coalesce(clv__lost, 0) as source_total,
        coalesce((
            select sum(clv__lost) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'quarter'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'complaint_rate__customers' as measure,
        'complaint_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(complaint_rate__customers, 0) as source_total,
        coalesce((
            select sum(complaint_rate__customers) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'cross_sell_rate__numerator' as measure,
        'cross_sell_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(cross_sell_rate__numerator, 0) as source_total,
        coalesce((
            select sum(cross_sell_rate__numerator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'cross_sell_rate__denominator' as measure,
        'cross_sell_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(cross_sell_rate__denominator, 0) as source_total,
        coalesce((
            select sum(cross_sell_rate__denominator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'member_active_rate__numerator' as measure,
        'member_active_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(member_active_rate__numerator, 0) as source_total,
        coalesce((
            select sum(member_active_rate__numerator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'member_active_rate__denominator' as measure,
        'member_active_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(member_active_rate__denominator, 0) as source_total,
        coalesce((
            select sum(member_active_rate__denominator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'new_customer_rate__denominator' as measure,
        'new_customer_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(new_customer_rate__denominator, 0) as source_total,
        coalesce((
            select sum(new_customer_rate__denominator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'repurchase_rate__numerator' as measure,
        'repurchase_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(repurchase_rate__numerator, 0) as source_total,
        coalesce((
            select sum(repurchase_rate__numerator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'repurchase_rate__denominator' as measure,
        'repurchase_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(repurchase_rate__denominator, 0) as source_total,
        coalesce((
            select sum(repurchase_rate__denominator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'retention_rate__numerator' as measure,
        'retention_rate' as kpi_id,
        'customer_periods' as entity,
        coalesce(retention_rate__numerator, 0) as source_total,
        coalesce((
            select sum(retention_rate__numerator) from {{ ref('measures_customer_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from customer_periods_by_period_end
    union all
    select
        'stage_net_flow__gone' as measure,
        'stage_net_flow' as kpi_id,
        'deal_stages' as entity,
        coalesce(stage_net_flow__gone, 0) as source_total,
        coalesce((
            select sum(stage_net_flow__gone) from {{ ref('measures_deal_stages') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deal_stages_by_left_at
    union all
    select
        'stage_net_flow__entered' as measure,
        'stage_net_flow' as kpi_id,
        'deal_stages' as entity,
        coalesce(stage_net_flow__entered, 0) as source_total,
        coalesce((
            select sum(stage_net_flow__entered) from {{ ref('measures_deal_stages') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deal_stages_by_entered_at
    union all
    select
        'loss_reason_share__numerator' as measure,
        'loss_reason_share' as kpi_id,
        'deals' as entity,
        coalesce(loss_reason_share__numerator, 0) as source_total,
        coalesce((
            select sum(loss_reason_share__numerator) from {{ ref('measures_deals') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'loss_reason_share__denominator' as measure,
        'loss_reason_share' as kpi_id,
        'deals' as entity,
        coalesce(loss_reason_share__denominator, 0) as source_total,
        coalesce((
            select sum(loss_reason_share__denominator) from {{ ref('measures_deals') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'win_rate__numerator' as measure,
        'win_rate' as kpi_id,
        'deals' as entity,
        coalesce(win_rate__numerator, 0) as source_total,
        coalesce((
            select sum(win_rate__numerator) from {{ ref('measures_deals') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'win_rate_amount__numerator' as measure,
        'win_rate_amount' as kpi_id,
        'deals' as entity,
        coalesce(win_rate_amount__numerator, 0) as source_total,
        coalesce((
            select sum(win_rate_amount__numerator) from {{ ref('measures_deals') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'win_rate_amount__denominator' as measure,
        'win_rate_amount' as kpi_id,
        'deals' as entity,
        coalesce(win_rate_amount__denominator, 0) as source_total,
        coalesce((
            select sum(win_rate_amount__denominator) from {{ ref('measures_deals') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from deals_by_closed_at
    union all
    select
        'app_active_users__numerator' as measure,
        'app_active_users' as kpi_id,
        'employee_periods' as entity,
        coalesce(app_active_users__numerator, 0) as source_total,
        coalesce((
            select sum(app_active_users__numerator) from {{ ref('measures_employee_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from employee_periods_by_period_end
    union all
    select
        'app_active_users__denominator' as measure,
        'app_active_users' as kpi_id,
        'employee_periods' as entity,
        coalesce(app_active_users__denominator, 0) as source_total,
        coalesce((
            select sum(app_active_users__denominator) from {{ ref('measures_employee_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from employee_periods_by_period_end
    union all
    select
        'rep_output__denominator' as measure,
        'rep_output' as kpi_id,
        'employee_periods' as entity,
        coalesce(rep_output__denominator, 0) as source_total,
        coalesce((
            select sum(rep_output__denominator) from {{ ref('measures_employee_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from employee_periods_by_period_end
    union all
    select
        'partner_revenue_share__numerator' as measure,
        'partner_revenue_share' as kpi_id,
        'invoices' as entity,
        coalesce(partner_revenue_share__numerator, 0) as source_total,
        coalesce((
            select sum(partner_revenue_share__numerator) from {{ ref('measures_invoices') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from invoices_by_invoice_date
    union all
    select
        'partner_revenue_share__denominator' as measure,
        'partner_revenue_share' as kpi_id,
        'invoices' as entity,
        coalesce(partner_revenue_share__denominator, 0) as source_total,
        coalesce((
            select sum(partner_revenue_share__denominator) from {{ ref('measures_invoices') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from invoices_by_invoice_date
    union all
    select
        'revenue' as measure,
        'revenue' as kpi_id,
        'invoices' as entity,
        coalesce(revenue, 0) as source_total,
        coalesce((
            select sum(revenue) from {{ ref('measures_invoices') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from invoices_by_invoice_date
    union all
    select
        'leads_created' as measure,
        'leads_created' as kpi_id,
        'leads' as entity,
        coalesce(leads_created, 0) as source_total,
        coalesce((
            select sum(leads_created) from {{ ref('measures_leads') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from leads_by_created_at
    union all
    select
        'partner_lead_accept__numerator' as measure,
        'partner_lead_accept' as kpi_id,
        'leads' as entity,
        coalesce(partner_lead_accept__numerator, 0) as source_total,
        coalesce((
            select sum(partner_lead_accept__numerator) from {{ ref('measures_leads') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from leads_by_shared_at
    union all
    select
        'partner_lead_accept__denominator' as measure,
        'partner_lead_accept' as kpi_id,
        'leads' as entity,
        coalesce(partner_lead_accept__denominator, 0) as source_total,
        coalesce((
            select sum(partner_lead_accept__denominator) from {{ ref('measures_leads') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from leads_by_shared_at
    union all
    select
        'new_markets' as measure,
        'new_markets' as kpi_id,
        'market_entries' as entity,
        coalesce(new_markets, 0) as source_total,
        coalesce((
            select sum(new_markets) from {{ ref('measures_market_entries') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from market_entries_by_opened_date
    union all
    select
        'idle_features__idle' as measure,
        'idle_features' as kpi_id,
        'module_periods' as entity,
        coalesce(idle_features__idle, 0) as source_total,
        coalesce((
            select sum(idle_features__idle) from {{ ref('measures_module_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from module_periods_by_period_end
    union all
    select
        'idle_features__modules' as measure,
        'idle_features' as kpi_id,
        'module_periods' as entity,
        coalesce(idle_features__modules, 0) as source_total,
        coalesce((
            select sum(idle_features__modules) from {{ ref('measures_module_periods') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from module_periods_by_period_end
    union all
    select
        'clv__margin' as measure,
        'clv' as kpi_id,
        'order_lines' as entity,
        coalesce(clv__margin, 0) as source_total,
        coalesce((
            select sum(clv__margin) from {{ ref('measures_order_lines') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'quarter'
        ), 0) as published_total
    from order_lines_by_order_date
    union all
    select
        'stock_turnover__cogs' as measure,
        'stock_turnover' as kpi_id,
        'order_lines' as entity,
        coalesce(stock_turnover__cogs, 0) as source_total,
        coalesce((
            select sum(stock_turnover__cogs) from {{ ref('measures_order_lines') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from order_lines_by_order_date
    union all
    select
        'avg_order_value__numerator' as measure,
        'avg_order_value' as kpi_id,
        'orders' as entity,
        coalesce(avg_order_value__numerator, 0) as source_total,
        coalesce((
            select sum(avg_order_value__numerator) from {{ ref('measures_orders') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from orders_by_order_date
    union all
    select
        'purchase_frequency__numerator' as measure,
        'purchase_frequency' as kpi_id,
        'orders' as entity,
        coalesce(purchase_frequency__numerator, 0) as source_total,
        coalesce((
            select sum(purchase_frequency__numerator) from {{ ref('measures_orders') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from payments_by_paid_date
    union all
    select
        'collection_rate__denominator' as measure,
        'collection_rate' as kpi_id,
        'receivables' as entity,
        coalesce(collection_rate__denominator, 0) as source_total,
        coalesce((
            select sum(collection_rate__denominator) from {{ ref('measures_receivables') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from receivables_by_due_date
    union all
    select
        'aftersales_csat__numerator' as measure,
        'aftersales_csat' as kpi_id,
        'surveys' as entity,
        coalesce(aftersales_csat__numerator, 0) as source_total,
        coalesce((
            select sum(aftersales_csat__numerator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'aftersales_csat__denominator' as measure,
        'aftersales_csat' as kpi_id,
        'surveys' as entity,
        coalesce(aftersales_csat__denominator, 0) as source_total,
        coalesce((
            select sum(aftersales_csat__denominator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'csat_pct__numerator' as measure,
        'csat_pct' as kpi_id,
        'surveys' as entity,
        coalesce(csat_pct__numerator, 0) as source_total,
        coalesce((
            select sum(csat_pct__numerator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'csat_score__numerator' as measure,
        'csat_score' as kpi_id,
        'surveys' as entity,
        coalesce(csat_score__numerator, 0) as source_total,
        coalesce((
            select sum(csat_score__numerator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'csat_score__denominator' as measure,
        'csat_score' as kpi_id,
        'surveys' as entity,
        coalesce(csat_score__denominator, 0) as source_total,
        coalesce((
            select sum(csat_score__denominator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at
    union all
    select
        'nps__promoters' as measure,
        'nps' as kpi_id,
        'surveys' as entity,
        coalesce(nps__promoters, 0) as source_total,
        coalesce((
            select sum(nps__promoters) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at_of_owner_id
    union all
    select
        'nps__detractors' as measure,
        'nps' as kpi_id,
        'surveys' as entity,
        coalesce(nps__detractors, 0) as source_total,
        coalesce((
            select sum(nps__detractors) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at_of_owner_id
    union all
    select
        'nps__answers' as measure,
        'nps' as kpi_id,
        'surveys' as entity,
        coalesce(nps__answers, 0) as source_total,
        coalesce((
            select sum(nps__answers) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_answered_at_of_owner_id
    union all
    select
        'survey_response_rate__numerator' as measure,
        'survey_response_rate' as kpi_id,
        'surveys' as entity,
        coalesce(survey_response_rate__numerator, 0) as source_total,
        coalesce((
            select sum(survey_response_rate__numerator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_sent_at
    union all
    select
        'survey_response_rate__denominator' as measure,
        'survey_response_rate' as kpi_id,
        'surveys' as entity,
        coalesce(survey_response_rate__denominator, 0) as source_total,
        coalesce((
            select sum(survey_response_rate__denominator) from {{ ref('measures_surveys') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from surveys_by_sent_at
    union all
    select
        'complaints' as measure,
        'complaints' as kpi_id,
        'tickets' as entity,
        coalesce(complaints, 0) as source_total,
        coalesce((
            select sum(complaints) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_created_at
    union all
    select
        'reopened_share__numerator' as measure,
        'reopened_share' as kpi_id,
        'tickets' as entity,
        coalesce(reopened_share__numerator, 0) as source_total,
        coalesce((
            select sum(reopened_share__numerator) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_created_at
    union all
    select
        'first_response_sla__denominator' as measure,
        'first_response_sla' as kpi_id,
        'tickets' as entity,
        coalesce(first_response_sla__denominator, 0) as source_total,
        coalesce((
            select sum(first_response_sla__denominator) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_response_due_at
    union all
    select
        'first_response_sla__numerator' as measure,
        'first_response_sla' as kpi_id,
        'tickets' as entity,
        coalesce(first_response_sla__numerator, 0) as source_total,
        coalesce((
            select sum(first_response_sla__numerator) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_response_due_at_derived
    union all
    select
        'resolution_sla__denominator' as measure,
        'resolution_sla' as kpi_id,
        'tickets' as entity,
        coalesce(resolution_sla__denominator, 0) as source_total,
        coalesce((
            select sum(resolution_sla__denominator) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
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
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_closed_at_derived
    union all
    select
        'resolution_time_mean__numerator' as measure,
        'resolution_time_mean' as kpi_id,
        'tickets' as entity,
        coalesce(resolution_time_mean__numerator, 0) as source_total,
        coalesce((
            select sum(resolution_time_mean__numerator) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_resolved_at_derived
    union all
    select
        'resolution_time_mean__denominator' as measure,
        'resolution_time_mean' as kpi_id,
        'tickets' as entity,
        coalesce(resolution_time_mean__denominator, 0) as source_total,
        coalesce((
            select sum(resolution_time_mean__denominator) from {{ ref('measures_tickets') }}
            where level = 'company' and cut = 'none' and not is_to_date and grain = 'month'
        ), 0) as published_total
    from tickets_by_resolved_at_derived
)

select * from final
