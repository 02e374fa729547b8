-- One row per reconciliation, customer and month: what either side says.
-- Compiled by `kpi compile` from kpi_definitions/reconciliations.yml; change that, not this.
with calendar_days as (
    select
        day,
        month_start
    from {{ ref('calendar_days') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

contracts_ordered_left_facts as (
    select
        signed_date as day,
        coalesce(customer_id, 'unassigned') as customer_id,
        contract_id as link_id,
        cast(amount as decimal(38,6)) as amount
    from {{ ref('contracts') }}
    cross join run
    where signed_date is not null
        and (approval = 'approved')
),

contracts_ordered_right_facts as (
    select
        order_date as day,
        coalesce(customer_id, 'unassigned') as customer_id,
        contract_id as link_id,
        cast(amount_net as decimal(38,6)) as amount
    from {{ ref('orders') }}
    cross join run
    where order_date is not null
        and (contract_id is not null and status <> 'cancelled')
),

contracts_ordered_left as (
    select
        contracts_ordered_left_facts.customer_id,
        contracts_ordered_left_facts.link_id,
        calendar_days.month_start as month,
        contracts_ordered_left_facts.amount
    from contracts_ordered_left_facts
    inner join calendar_days
        on contracts_ordered_left_facts.day = calendar_days.day
    cross join run
    where contracts_ordered_left_facts.day <= run.as_of
),

contracts_ordered_right as (
    select
        contracts_ordered_right_facts.customer_id,
        contracts_ordered_right_facts.link_id,
        calendar_days.month_start as month,
        contracts_ordered_right_facts.amount
    from contracts_ordered_right_facts
    inner join calendar_days
        on contracts_ordered_right_facts.day = calendar_days.day
    cross join run
    where contracts_ordered_right_facts.day <= run.as_of
),

contracts_ordered_months as (
    select
        link_id,
        min(month) as month
    from contracts_ordered_left
    where link_id is not null
    group by link_id
),

orders_invoiced_left_facts as (
    select
        order_date as day,
        coalesce(customer_id, 'unassigned') as customer_id,
        order_id as link_id,
        cast(amount_net as decimal(38,6)) as amount
    from {{ ref('orders') }}
    cross join run
    where order_date is not null
        and (status in ('delivered', 'returned'))
),

orders_invoiced_right_facts as (
    select
        invoice_date as day,
        coalesce(customer_id, 'unassigned') as customer_id,
        order_id as link_id,
        cast(amount_net as decimal(38,6)) as amount
    from {{ ref('invoices') }}
    cross join run
    where invoice_date is not null
        and (kind = 'invoice' and status <> 'void')
),

orders_invoiced_left as (
    select
        orders_invoiced_left_facts.customer_id,
        orders_invoiced_left_facts.link_id,
        calendar_days.month_start as month,
        orders_invoiced_left_facts.amount
    from orders_invoiced_left_facts
    inner join calendar_days
        on orders_invoiced_left_facts.day = calendar_days.day
    cross join run
    where orders_invoiced_left_facts.day <= run.as_of
),

orders_invoiced_right as (
    select
        orders_invoiced_right_facts.customer_id,
        orders_invoiced_right_facts.link_id,
        calendar_days.month_start as month,
        orders_invoiced_right_facts.amount
    from orders_invoiced_right_facts
    inner join calendar_days
        on orders_invoiced_right_facts.day = calendar_days.day
    cross join run
    where orders_invoiced_right_facts.day <= run.as_of
),

orders_invoiced_months as (
    select
        link_id,
        min(month) as month
    from orders_invoiced_left
    where link_id is not null
    group by link_id
),

invoices_paid_left_facts as (
    select
        invoice_date as day,
        coalesce(customer_id, 'unassigned') as customer_id,
        invoice_id as link_id,
        cast(amount_net + coalesce(tax, 0) as decimal(38,6)) as amount
    from {{ ref('invoices') }}
    cross join run
    where invoice_date is not null
        and (kind = 'invoice' and status <> 'void')
),

invoices_paid_right_facts as (
    select
        paid_date as day,
        coalesce(customer_id, 'unassigned') as customer_id,
        invoice_id as link_id,
        cast(amount as decimal(38,6)) as amount
    from {{ ref('payments') }}
    cross join run
    where paid_date is not null
        and (status = 'approved')
),

invoices_paid_left as (
    select
        invoices_paid_left_facts.customer_id,
        invoices_paid_left_facts.link_id,
        calendar_days.month_start as month,
        invoices_paid_left_facts.amount
    from invoices_paid_left_facts
    inner join calendar_days
        on invoices_paid_left_facts.day = calendar_days.day
    cross join run
    where invoices_paid_left_facts.day <= run.as_of
),

invoices_paid_right as (
    select
        invoices_paid_right_facts.customer_id,
        invoices_paid_right_facts.link_id,
        calendar_days.month_start as month,
        invoices_paid_right_facts.amount
    from invoices_paid_right_facts
    inner join calendar_days
        on invoices_paid_right_facts.day = calendar_days.day
    cross join run
    where invoices_paid_right_facts.day <= run.as_of
),

invoices_paid_months as (
    select
        link_id,
        min(month) as month
    from invoices_paid_left
    where link_id is not null
    group by link_id
),

amounts as (
    select
        'contracts_ordered' as check_id,
        customer_id,
        month,
        amount as left_amount,
        cast(0 as decimal(38,6)) as right_amount
    from contracts_ordered_left
    union all
    select
        'contracts_ordered' as check_id,
        contracts_ordered_right.customer_id,
        coalesce(contracts_ordered_months.month, contracts_ordered_right.month) as month,
        cast(0 as decimal(38,6)) as left_amount,
        contracts_ordered_right.amount as right_amount
    from contracts_ordered_right
    left join contracts_ordered_months
        on contracts_ordered_right.link_id = contracts_ordered_months.link_id
    union all
    select
        'orders_invoiced' as check_id,
        customer_id,
        month,
        amount as left_amount,
        cast(0 as decimal(38,6)) as right_amount
    from orders_invoiced_left
    union all
    select
        'orders_invoiced' as check_id,
        orders_invoiced_right.customer_id,
        coalesce(orders_invoiced_months.month, orders_invoiced_right.month) as month,
        cast(0 as decimal(38,6)) as left_amount,
        orders_invoiced_right.amount as right_amount
    from orders_invoiced_right
    left join orders_invoiced_months
        on orders_invoiced_right.link_id = orders_invoiced_months.link_id
    union all
    select
        'invoices_paid' as check_id,
        customer_id,
        month,
        amount as left_amount,
        cast(0 as decimal(38,6)) as right_amount
    from invoices_paid_left
    union all
    select
        'invoices_paid' as check_id,
        invoices_paid_right.customer_id,
        coalesce(invoices_paid_months.month, invoices_paid_right.month) as month,
        cast(0 as decimal(38,6)) as left_amount,
        invoices_paid_right.amount as right_amount
    from invoices_paid_right
    left join invoices_paid_months
        on invoices_paid_right.link_id = invoices_paid_months.link_id
),

final as (
    select
        check_id,
        customer_id,
        month,
        cast(sum(left_amount) as decimal(38,6)) as left_amount,
        cast(sum(right_amount) as decimal(38,6)) as right_amount
    from amounts
    group by check_id, customer_id, month
)

select * from final
