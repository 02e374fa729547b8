-- One row per order with items: what was sold on the day of the order, freight left out.
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

final as (
    select
        order_id as invoice_id,
        'invoice' as kind,
        'issued' as status,
        customer_id,
        order_id,
        order_date as invoice_date,
        amount_net,
        currency
    from orders
    where amount_net > 0
)

select * from final
