-- One row per market (region or segment of customers) in which the company has arrived.
with customers as (
    select customer_id, region_id, tier from {{ ref('customers') }}
),

company as (
    select new_market_revenue from {{ source('definitions', 'company') }}
),

sold as (
    select
        customers.region_id,
        customers.tier,
        invoices.invoice_date,
        sum(invoices.amount_net) as amount_net
    from {{ ref('invoices') }} as invoices
    inner join customers on invoices.customer_id = customers.customer_id
    where invoices.status in ('issued', 'paid')
    group by customers.region_id, customers.tier, invoices.invoice_date
),

markets as (
    select 'region' as market, region_id as market_id, invoice_date, amount_net from sold where region_id is not null
    union all
    select 'segment' as market, tier as market_id, invoice_date, amount_net from sold where tier is not null
),

days as (
    select market, market_id, invoice_date, sum(amount_net) as amount_net
    from markets
    group by market, market_id, invoice_date
),

so_far as (
    select
        market,
        market_id,
        invoice_date,
        sum(amount_net) over (partition by market, market_id order by invoice_date) as amount_net
    from days
),

final as (
    select
        so_far.market,
        so_far.market_id,
        min(so_far.invoice_date) as opened_date
    from so_far
    cross join company
    where so_far.amount_net >= company.new_market_revenue
    group by so_far.market, so_far.market_id
)

select * from final
