-- Stages of deals: what was entered and left, how many deals went on, what is open.
create temp table stages_moved as
with days as (
    select local_day(entered_at) as entered, local_day(left_at) as gone, owner_id as person_id from deal_stages
)
select entered as day, person_id, count(*) as entered, 0 as gone,
    count(*) filter (where gone is null or gone > entered) as change
from days
where entered is not null
group by all
union all
select gone as day, person_id, 0, count(*), -count(*) filter (where gone > entered)
from days
where gone is not null
group by all;

create temp table stages_by_path as from by_period('stages_moved', true, true);

insert into by_hand
select 'stage_net_flow', is_to_date, grain, period_start, level, unit_id, entered - gone, null, entered - gone
from by_unit('stages_by_path')
where entered + gone > 0
union all
select 'stage_open_count', is_to_date, grain, period_start, level, unit_id, still_open, null, still_open
from open_at_ends('stages_moved');

-- Deals by the days on which they left a stage, those that went on apart.
create temp table stages_left as
select local_day(left_at) as day, owner_id as person_id, deal_id as key from deal_stages where left_at is not null;

create temp table stages_gone_on as
select local_day(left_at) as day, owner_id as person_id, deal_id as key
from deal_stages
where left_at is not null and moved in ('forward', 'won');

create temp table first_left as from first_days('stages_left');
create temp table first_gone_on as from first_days('stages_gone_on');

insert into by_hand
select 'stage_conversion', is_to_date, grain, period_start, level, unit_id, coalesce(gone_on.counted, 0), left_.counted,
    divided(coalesce(gone_on.counted, 0), left_.counted)
from distinct_by_period('first_left', true, true) as left_
left join distinct_by_period('first_gone_on', true, true) as gone_on
    using (is_to_date, grain, period_start, level, unit_id);

-- What is open on the business date, in the running period of each grain.
create temp table stages_open as
select as_of() as day, owner_id as person_id, sum(cast(cast(amount as decimal(38, 4)) * win_probability as decimal(38, 12))) as weighted
from deal_stages
where local_day(entered_at) <= as_of() and (left_at is null or local_day(left_at) > as_of())
group by all;

create temp table stages_open_by_path as
select false as is_to_date, spans.grain, spans.period_start, path, weighted
from credited('stages_open') as stages_open
inner join spans on spans.last_day = stages_open.day
where spans.span = 'period' and not spans.is_to_date;

insert into by_hand
select 'pipeline_weighted', is_to_date, grain, period_start, level, unit_id, weighted, null, weighted
from by_unit('stages_open_by_path')
where weighted is not null;
