-- Leads: how many came, how many of them were won within 90 days, how many of those shared by partners were accepted.
create temp table leads_of_days as
with days as (
    select local_day(created_at) as created, local_day(converted_at) as converted, owner_id, is_junk from leads
)
select created as day, owner_id as person_id, count(*) filter (where is_junk is not true) as leads,
    count(*) filter (where created + 90 <= as_of()) as ripe,
    count(*) filter (where created + 90 <= as_of() and converted <= created + 90) as converted,
    0 as shared, 0 as accepted
from days
where created is not null
group by all
union all
select local_day(shared_at), owner_id, 0, 0, 0, count(*), count(accepted_at)
from leads
where shared_at is not null
group by all;

create temp table leads_by_path as from by_period('leads_of_days', true, true);
create temp table leads_by_unit as from by_unit('leads_by_path');

insert into by_hand
select 'leads_created', is_to_date, grain, period_start, level, unit_id, leads, null, leads
from leads_by_unit
where leads > 0
union all
select 'lead_conversion', is_to_date, grain, period_start, level, unit_id, converted, ripe, divided(converted, ripe)
from leads_by_unit
where ripe > 0 and grain <> 'day' and not is_to_date
union all
select 'partner_lead_accept', is_to_date, grain, period_start, level, unit_id, accepted, shared, divided(accepted, shared)
from leads_by_unit
where shared > 0 and grain in ('month', 'quarter', 'year');
