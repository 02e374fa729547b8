-- One row per order, its buyer and the sum of its items; 775 orders have none.
with orders as (
    select
        order_id,
        order_customer_id,
        order_date,
        approved_date,
        delivered_date,
        promised_date,
        status,
        order_status,
        currency
    from {{ ref('stg_erp__orders') }}
),

-- Staging keeps the day of these; by the minute the answer is another.
times as (
    select
        order_id,
        order_delivered_customer_date as delivered_at,
        order_estimated_delivery_date as promised_at
    from {{ source('raw_erp', 'orders') }}
),

customers as (
    select
        order_customer_id,
        customer_id,
        region_id
    from {{ ref('stg_erp__customers') }}
),

items as (
    select
        order_id,
        line_no,
        product_id,
        unit_price,
        freight
    from {{ ref('stg_erp__order_items') }}
),

final as (
    select
        orders.order_id,
        min(customers.customer_id) as customer_id,
        min(orders.order_date) as order_date,
        min(orders.promised_date) as promised_date,
        min(orders.delivered_date) as delivered_date,
        min(orders.status) as status,
        cast(coalesce(sum(items.unit_price), 0) as decimal(18, 4)) as amount_gross,
        cast(0 as decimal(18, 4)) as discount,
        cast(coalesce(sum(items.unit_price), 0) as decimal(18, 4)) as amount_net,
        min(orders.currency) as currency,
        min(orders.order_status) as x_order_status,
        min(times.delivered_at) as x_delivered_at,
        min(times.promised_at) as x_promised_at,
        cast(coalesce(sum(items.freight), 0) as decimal(18, 4)) as x_freight
    from orders
    left join customers on orders.order_customer_id = customers.order_customer_id
    left join times on orders.order_id = times.order_id
    left join items on orders.order_id = items.order_id
    group by orders.order_id
)

select * from final
