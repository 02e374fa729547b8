-- What was earned and what the goods cost, of lines that stand.
create temp table lines_sold as
select order_date as day, owner_id as person_id, sum(amount_net - quantity * unit_cost) as margin,
    sum(quantity * unit_cost) as cost
from order_lines
where status not in ('cancelled', 'returned') and order_date is not null
group by all;

create temp table lines_by_path as from by_period('lines_sold', false, false);
create temp table lines_by_unit as from by_unit('lines_by_path');
