-- One row per customer.
with delivered as (
    select * from {{ ref('delivered_customers') }}
),

first_orders as (
    select customer_id, min(order_date) as first_order_date
    from {{ ref('orders') }}
    where status not in ('cancelled', 'returned') and customer_id is not null
    group by customer_id
),

first_contracts as (
    select customer_id, signed_date as first_contract_date
    from {{ ref('contracts') }}
    where is_first_of_customer
),

final as (
    select
        delivered.*,
        first_orders.first_order_date,
        first_contracts.first_contract_date
    from delivered
    left join first_orders on delivered.customer_id = first_orders.customer_id
    left join first_contracts on delivered.customer_id = first_contracts.customer_id
)

select * from final
