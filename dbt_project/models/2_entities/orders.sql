-- One row per order.
with delivered as (
    select * from {{ ref('delivered_orders') }}
),

counted as (
    select order_id, customer_id, order_date from delivered
    where status not in ('cancelled', 'returned') and customer_id is not null
),

first_days as (
    select customer_id, min(order_date) as order_date from counted group by customer_id
),

-- Two groupings instead of one window: the second sees only each customer's first day.
firsts as (
    select min(counted.order_id) as order_id
    from counted
    inner join first_days on counted.customer_id = first_days.customer_id and counted.order_date = first_days.order_date
    group by counted.customer_id
),

final as (
    select
        delivered.*,
        firsts.order_id is not null as is_first_of_customer
    from delivered
    left join firsts on delivered.order_id = firsts.order_id
)

select * from final
