-- Parts of the app that few people use, month by month (quarter, year).
insert into by_hand
select 'idle_features', false, grain, period_start, 'company', company(), count(*) filter (where use_share < 0.2), null,
    count(*) filter (where use_share < 0.2)
from module_periods
where period_end <= as_of()
group by grain, period_start;
