-- The quality of records on the last counted day of each period.
create temp table last_counted as
select spans.is_to_date, spans.grain, spans.period_start, max(days.day) as day
from (select distinct day from quality_counts) as days
inner join spans on days.day between spans.first_day and spans.last_day
where spans.span = 'period'
group by all;

create temp table counts_of_days as
select day, owner_id as person_id, sum(filled) as filled, sum(required) as required, sum(duplicate) as duplicate,
    sum("rows") as all_rows, sum(entered_on_time) as on_time, sum(activities) as activities
from quality_counts
group by all;

create temp table counts_by_path as
select last_counted.* exclude (day), counts.* exclude (day)
from credited('counts_of_days') as counts inner join last_counted using (day);

create temp table counts_by_unit as from by_unit('counts_by_path');

insert into by_hand
select 'completeness', is_to_date, grain, period_start, level, unit_id, coalesce(filled, 0), required,
    divided(coalesce(filled, 0), required)
from counts_by_unit
where required <> 0
union all
select 'duplicate_rate', is_to_date, grain, period_start, level, unit_id, coalesce(duplicate, 0), all_rows,
    divided(coalesce(duplicate, 0), all_rows)
from counts_by_unit
where all_rows <> 0
union all
select 'entry_on_time', is_to_date, grain, period_start, level, unit_id, coalesce(on_time, 0), activities,
    divided(coalesce(on_time, 0), activities)
from counts_by_unit
where activities <> 0;
