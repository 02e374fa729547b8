-- One row per item of an order.
with orders as (
    select
        order_id,
        customer_id,
        order_date,
        status,
        amount_net,
        currency
    from {{ ref('stg_erp__order_totals') }}
),

items as (
    select
        order_id,
        line_no,
        product_id,
        unit_price
    from {{ ref('stg_erp__order_items') }}
),

final as (
    select
        items.order_id,
        items.line_no,
        items.product_id,
        cast(1 as decimal(18, 4)) as quantity,
        items.unit_price,
        items.unit_price as amount_net,
        orders.currency,
        orders.order_date,
        orders.customer_id,
        orders.status
    from items
    inner join orders on items.order_id = orders.order_id
)

select * from final
