-- One row per customer and day on which something happened: orders, contact, categories bought for the first time, and
-- until when it keeps the customer active.
-- “In the trailing 365 days” holds on the day itself and the 364 after it; a contract without end runs 365 days.
with company as (
    select time_zone from {{ source('definitions', 'company') }}
),

orders as (
    select customer_id, order_date as day, status not in ('cancelled', 'returned') as is_counted
    from {{ ref('orders') }}
),

contracts as (
    select customer_id, coalesce(start_date, signed_date) as day, end_date
    from {{ ref('contracts') }}
    where approval = 'approved'
),

tickets as (
    select tickets.customer_id, {{ local_date('tickets.created_at', 'company.time_zone') }} as day
    from {{ ref('tickets') }} as tickets
    cross join company
),

visits as (
    select activities.customer_id, {{ local_date('activities.done_at', 'company.time_zone') }} as day
    from {{ ref('activities') }} as activities
    cross join company
    where activities.kind = 'visit'
    union all
    select customer_id, done_date as day from {{ ref('service_visits') }}
),

products as (
    select product_id, category from {{ ref('products') }} where category is not null
),

-- The first day of each category of products that a customer bought.
first_bought as (
    select order_lines.customer_id, min(order_lines.order_date) as day
    from {{ ref('order_lines') }} as order_lines
    inner join products on order_lines.product_id = products.product_id
    where order_lines.status not in ('cancelled', 'returned')
    group by order_lines.customer_id, products.category
),

facts as (
    select
        customer_id,
        day,
        case when is_counted then 1 else 0 end as orders,
        1 as contacts,
        case when is_counted then {{ add_days('day', 364) }} end as active_until,
        0 as new_categories
    from orders
    union all
    select
        customer_id,
        day,
        0 as orders,
        0 as contacts,
        {{ add_days('coalesce(end_date, ' ~ add_days('day', 364) ~ ')', 364) }} as active_until,
        0 as new_categories
    from contracts
    union all
    select customer_id, day, 0 as orders, 1 as contacts, cast(null as date) as active_until, 0 as new_categories from tickets
    union all
    select customer_id, day, 0 as orders, 1 as contacts, cast(null as date) as active_until, 0 as new_categories from visits
    union all
    select customer_id, day, 0 as orders, 0 as contacts, cast(null as date) as active_until, 1 as new_categories from first_bought
),

final as (
    select
        customer_id,
        day,
        sum(orders) as orders,
        max(contacts) as contacts,
        max(active_until) as active_until,
        sum(new_categories) as new_categories
    from facts
    where customer_id is not null and day is not null
    group by customer_id, day
)

select * from final
