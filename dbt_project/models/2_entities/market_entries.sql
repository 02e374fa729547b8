-- One row per market (customer region, or segment) that was opened, and the day on which it was.
with company as (
    select new_market_revenue from {{ source('definitions', 'company') }}
),

invoices as (
    select customer_id, invoice_date, amount_net
    from {{ ref('invoices') }}
    where status in ('issued', 'paid')
),

customers as (
    select customer_id, region_id, tier from {{ ref('customers') }}
),

sold as (
    select 'region' as kind, customers.region_id as market_id, invoices.invoice_date as day, invoices.amount_net
    from invoices
    inner join customers on invoices.customer_id = customers.customer_id
    union all
    select 'segment' as kind, customers.tier as market_id, invoices.invoice_date as day, invoices.amount_net
    from invoices
    inner join customers on invoices.customer_id = customers.customer_id
),

days as (
    select kind, market_id, day, sum(amount_net) as amount
    from sold
    where market_id is not null and day is not null
    group by kind, market_id, day
),

so_far as (
    select kind, market_id, day, sum(amount) over (partition by kind, market_id order by day) as amount
    from days
),

final as (
    select
        so_far.kind,
        so_far.market_id,
        min(so_far.day) as opened_date
    from so_far
    cross join company
    where so_far.amount >= company.new_market_revenue
    group by so_far.kind, so_far.market_id
)

select * from final
