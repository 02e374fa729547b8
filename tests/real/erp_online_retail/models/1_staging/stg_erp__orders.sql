-- One row per invoice number; a number that begins with C cancels what was ordered under another.
with lines as (
    select
        order_id,
        order_date,
        customer_id,
        status,
        amount_net,
        currency
    from {{ ref('stg_erp__order_lines') }}
),

final as (
    select
        order_id,
        min(customer_id) as customer_id,
        min(order_date) as order_date,
        min(status) as status,
        sum(amount_net) as amount_gross,
        cast(0 as decimal(18, 4)) as discount,
        sum(amount_net) as amount_net,
        min(currency) as currency
    from lines
    group by order_id
)

select * from final
