-- One row per line of an order, numbered within it.
with lines as (
    select
        order_id,
        product_id,
        quantity,
        unit_price,
        amount_gross,
        amount_net
    from {{ ref('stg_northwind__priced_lines') }}
),

orders as (
    select
        order_id,
        customer_id,
        owner_id,
        order_date,
        status,
        currency
    from {{ ref('stg_northwind__order_totals') }}
),

final as (
    select
        lines.order_id,
        row_number() over (partition by lines.order_id order by lines.product_id) as line_no,
        lines.product_id,
        lines.quantity,
        lines.unit_price,
        lines.amount_net,
        orders.currency,
        orders.order_date,
        orders.customer_id,
        orders.owner_id,
        orders.status
    from lines
    inner join orders on lines.order_id = orders.order_id
)

select * from final
