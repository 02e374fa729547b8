-- Records that were drawn by lot and looked at by somebody.
create temp table records_drawn as
select local_day(drawn_at) as day, owner_id as person_id, count(*) filter (where is_wrong) as wrong, count(*) as seen
from audit_samples
where drawn_at is not null and is_wrong is not null
group by all;

create temp table records_by_path as from by_period('records_drawn', false, false);

insert into by_hand
select 'record_error_rate', is_to_date, grain, period_start, level, unit_id, wrong, seen, divided(wrong, seen)
from by_unit('records_by_path');
