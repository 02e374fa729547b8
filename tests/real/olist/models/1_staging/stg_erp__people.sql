-- One row per buyer; each order of one carries a customer number of its own.
with customers as (
    select
        order_customer_id,
        customer_id,
        region_id
    from {{ ref('stg_erp__customers') }}
),

final as (
    select
        customer_id,
        customer_id as name,
        min(region_id) as region_id,
        'active' as status
    from customers
    group by customer_id
)

select * from final
