-- What is overdue: an amount comes with the first day of its span and goes with the last.
create temp table overdue_changes as
select from_date as day, owner_id as person_id, sum(unpaid_amount) as change
from receivable_balances
where until_date is null or until_date > from_date
group by all
union all
select until_date, owner_id, -sum(unpaid_amount)
from receivable_balances
where until_date > from_date
group by all;

insert into by_hand
select 'overdue_amount', is_to_date, grain, period_start, level, unit_id, still_open, null, still_open
from open_at_ends('overdue_changes');
