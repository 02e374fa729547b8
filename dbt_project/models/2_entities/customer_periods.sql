-- One row per customer, grain (month, quarter, year) and period since the customer is known.
with customers as (
    select
        customer_id, status, owner_id, region_id, is_member, member_since, created_at, first_order_date, first_contract_date
    from {{ ref('customers') }}
),

periods as (
    select grain, period_start, period_end from {{ ref('periods') }} where grain in ('month', 'quarter', 'year')
),

run as (
    select run.as_of_date, company.time_zone
    from {{ source('definitions', 'run') }} as run
    cross join {{ source('definitions', 'company') }} as company
),

-- A customer without any date is known from the business date on.
known as (
    select
        customers.*,
        run.as_of_date,
        least(
            coalesce({{ local_date('customers.created_at', 'run.time_zone') }}, run.as_of_date),
            coalesce(customers.first_order_date, run.as_of_date),
            coalesce(customers.first_contract_date, run.as_of_date)
        ) as known_date
    from customers
    cross join run
),

customer_periods as (
    select
        known.*,
        periods.grain,
        periods.period_start,
        {{ add_days('periods.period_start', -1) }} as day_before,
        least(periods.period_end, known.as_of_date) as period_end
    from known
    inner join periods on periods.period_end >= known.known_date
),

-- The days asked about: the ends of periods and the days before their starts, mostly the same days.
asked_days as (
    select {{ add_days('period_start', -1) }} as day from periods
    union
    select least(periods.period_end, run.as_of_date) as day from periods cross join run
),

events as (
    select customer_id, day, orders, contacts, active_until, new_categories, 0 as is_asked from {{ ref('customer_days') }}
    union all
    select
        known.customer_id,
        asked_days.day,
        0 as orders,
        0 as contacts,
        cast(null as date) as active_until,
        0 as new_categories,
        1 as is_asked
    from known
    inner join asked_days on asked_days.day >= {{ add_days('known.known_date', -370) }}  -- a year back, at least
),

days as (
    select
        customer_id,
        day,
        sum(orders) as orders,
        max(contacts) as contacts,
        max(active_until) as active_until,
        sum(new_categories) as new_categories,
        max(is_asked) as is_asked
    from events
    group by customer_id, day
),

-- One sweep over the days of each customer: 0.8 CPU s where joining 1 M orders to 1 M customer periods took 1.9.
swept as (
    select
        customer_id,
        day,
        is_asked,
        max(active_until) over (partition by customer_id order by day) as active_until,
        max(contacts) over last_90 as contacts_90,
        sum(orders) over (
            partition by customer_id order by day range between interval 364 days preceding and current row
        ) as orders_12m,
        sum(case when orders > 0 then 1 else 0 end) over last_90 as buying_days_90,
        sum(orders) over (
            partition by customer_id order by day range between interval 29 days preceding and current row
        ) as orders_30,
        sum(new_categories) over (partition by customer_id order by day) as categories
    from days
    window last_90 as (partition by customer_id order by day range between interval 89 days preceding and current row)
),

states as (
    select * from swept where is_asked = 1
),

final as (
    select
        customer_periods.customer_id,
        customer_periods.grain,
        customer_periods.period_start,
        customer_periods.period_end,
        coalesce(at_start.active_until >= at_start.day, false) as is_active_start,
        coalesce(at_end.active_until >= at_end.day, false) as is_active_end,
        coalesce(
            customer_periods.first_contract_date between customer_periods.period_start and customer_periods.period_end, false
        ) as is_new,
        coalesce(customer_periods.status in ('active', 'inactive'), false) as is_valid,
        at_end.contacts_90 > 0 as is_engaged_90,
        cast(at_end.orders_12m as int) as orders_12m,
        cast(at_end.buying_days_90 as int) as buying_days_90,
        customer_periods.owner_id,
        customer_periods.region_id,
        coalesce(customer_periods.is_member, false)
        and coalesce(customer_periods.member_since <= customer_periods.period_end, true) as is_member,
        at_end.orders_30 > 0 as has_order_30,
        coalesce(at_start.active_until >= at_start.day, false) and at_end.categories > at_start.categories as is_cross_sold
    from customer_periods
    inner join states as at_start
        on customer_periods.customer_id = at_start.customer_id and customer_periods.day_before = at_start.day
    inner join states as at_end
        on customer_periods.customer_id = at_end.customer_id and customer_periods.period_end = at_end.day
)

select * from final
