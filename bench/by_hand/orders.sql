-- Orders that stand: their amount and number, and how many customers ordered.
create temp table orders_placed as
select order_date as day, owner_id as person_id, sum(amount_net) as amount, count(*) as orders
from orders
where status not in ('cancelled', 'returned') and order_date is not null
group by all;

create temp table orders_by_path as from by_period('orders_placed', false, false);
create temp table orders_by_unit as from by_unit('orders_by_path');

create temp table orders_of_customers as
select order_date as day, owner_id as person_id, customer_id as key
from orders
where status not in ('cancelled', 'returned') and order_date is not null;

create temp table first_orders as from first_days('orders_of_customers');

insert into by_hand
select 'avg_order_value', is_to_date, grain, period_start, level, unit_id, coalesce(amount, 0), orders,
    divided(coalesce(amount, 0), orders)
from orders_by_unit
where orders > 0
union all
select 'purchase_frequency', is_to_date, grain, period_start, level, unit_id, orders, counted, divided(orders, counted)
from orders_by_unit
inner join distinct_by_period('first_orders', false, false) using (is_to_date, grain, period_start, level, unit_id);
