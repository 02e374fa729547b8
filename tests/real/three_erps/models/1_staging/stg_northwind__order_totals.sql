-- One row per order with the sum of its lines; what was shipped counts as delivered.
with orders as (
    select
        order_id,
        customer_id,
        owner_id,
        order_date,
        promised_date,
        delivered_date,
        currency
    from {{ ref('stg_northwind__orders') }}
),

lines as (
    select
        order_id,
        product_id,
        quantity,
        unit_price,
        amount_gross,
        amount_net
    from {{ ref('stg_northwind__priced_lines') }}
),

final as (
    select
        orders.order_id,
        orders.customer_id,
        orders.owner_id,
        orders.order_date,
        orders.promised_date,
        orders.delivered_date,
        case when orders.delivered_date is null then 'open' else 'delivered' end as status,
        sum(lines.amount_gross) as amount_gross,
        sum(lines.amount_gross - lines.amount_net) as discount,
        sum(lines.amount_net) as amount_net,
        orders.currency
    from orders
    inner join lines on orders.order_id = lines.order_id
    group by all
)

select * from final
