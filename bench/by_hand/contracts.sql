-- Contracts: what was won and by how many customers, what was renewed, how long an approval takes.
create temp table contracts_signed as
select signed_date as day, owner_id as person_id, count(*) as contracts, sum(amount) as amount,
    count(*) filter (where has_stage_history) as captured,
    sum(greatest(amount - previous_amount, 0)) filter (where previous_amount is not null) as more,
    0 as ended, 0 as renewed
from contracts
where approval = 'approved' and signed_date is not null
group by all
union all
select end_date, owner_id, 0, null, 0, null, count(*), count(*) filter (where local_day(renewed_at) <= end_date + 30)
from contracts
where approval = 'approved' and end_date + 30 <= as_of()
group by all;

create temp table contracts_by_path as from by_period('contracts_signed', false, false);
create temp table contracts_by_unit as from by_unit('contracts_by_path');

insert into by_hand
select 'won_amount', is_to_date, grain, period_start, level, unit_id, amount, null, amount
from contracts_by_unit
where amount is not null
union all
select 'upsell_amount', is_to_date, grain, period_start, level, unit_id, more, null, more
from contracts_by_unit
where more is not null
union all
select 'deal_captured_rate', is_to_date, grain, period_start, level, unit_id, captured, contracts,
    divided(captured, contracts)
from contracts_by_unit
where contracts > 0
union all
select 'renewal_rate', is_to_date, grain, period_start, level, unit_id, renewed, ended, divided(renewed, ended)
from contracts_by_unit
where ended > 0 and not is_to_date;

create temp table signing as
select signed_date as day, owner_id as person_id, customer_id as key
from contracts
where approval = 'approved' and signed_date is not null;

create temp table signing_first as
select signed_date as day, owner_id as person_id, customer_id as key
from contracts
where approval = 'approved' and is_first_of_customer and signed_date is not null;

create temp table signing_referred as
select signed_date as day, owner_id as person_id, customer_id as key
from contracts
where approval = 'approved' and is_first_of_customer and acquisition_source = 'referral' and signed_date is not null;

create temp table first_signing as from first_days('signing');
create temp table first_signing_first as from first_days('signing_first');
create temp table first_referred as from first_days('signing_referred');

insert into by_hand
select 'won_customers', is_to_date, grain, period_start, level, unit_id, counted, null, counted
from distinct_by_period('first_signing', true, true)
union all
select 'new_customers', is_to_date, grain, period_start, level, unit_id, counted, null, counted
from distinct_by_period('first_signing_first', false, false);

create temp table approvals as
select local_day(decided_at) as day, owner_id as person_id, cast(approval_hours as double) as value
from contracts
where decided_at is not null;

insert into by_hand
select 'approval_hours', is_to_date, grain, period_start, level, unit_id, quantiles[1], null, quantiles[1]
from ordered_by_period('approvals', false)
where level in ('company', 'region', 'department');
