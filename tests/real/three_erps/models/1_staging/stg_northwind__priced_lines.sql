-- One row per line of an order; prices and discounts were kept in four-byte floats (9.80000019) and are of cents.
with lines as (
    select
        order_id,
        product_id,
        quantity,
        cast(round(unit_price, 2) as decimal(18, 4)) as unit_price,
        cast(round(discount, 2) as decimal(4, 2)) as discount
    from {{ ref('stg_northwind__order_details') }}
),

final as (
    select
        order_id,
        product_id,
        quantity,
        unit_price,
        cast(quantity * unit_price as decimal(18, 4)) as amount_gross,
        cast(quantity * unit_price * (1 - discount) as decimal(18, 4)) as amount_net
    from lines
)

select * from final
