-- One row per customer number seen on an invoice.
with orders as (
    select
        customer_id,
        order_date
    from {{ ref('stg_erp__orders') }}
    where customer_id is not null
),

final as (
    select
        customer_id,
        customer_id as name,
        'active' as status,
        cast(min(order_date) as timestamp) as created_at
    from orders
    group by customer_id
)

select * from final
