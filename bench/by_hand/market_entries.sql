-- Markets by the day on which they were opened: of the whole company.
create temp table markets_opened as
select opened_date as day, cast(null as varchar) as person_id, count(*) as markets
from market_entries
where opened_date is not null
group by all;

create temp table markets_by_path as from by_period('markets_opened', false, false);

insert into by_hand
select 'new_markets', is_to_date, grain, period_start, level, unit_id, markets, null, markets
from by_unit('markets_by_path')
where level = 'company';
