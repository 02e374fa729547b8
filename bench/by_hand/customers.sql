-- Customers by the day they were entered: how many of them signed within 90 days.
create temp table customers_of_days as
with known as (
    select customer_id, owner_id, local_day(created_at) as day
    from customers
    where created_at is not null and local_day(created_at) + 90 <= as_of()
),
signed as (
    select distinct known.customer_id
    from known
    inner join contracts as c
        on known.customer_id = c.customer_id and c.signed_date between known.day and known.day + 90
    where c.approval = 'approved'
)
select day, owner_id as person_id, count(*) as customers, count(signed.customer_id) as signed
from known left join signed using (customer_id)
group by all;

create temp table customers_by_path as from by_period('customers_of_days', false, true);

insert into by_hand
select 'customer_conversion', is_to_date, grain, period_start, level, unit_id, signed, customers, divided(signed, customers)
from by_unit('customers_by_path')
where not is_to_date;
