-- The stock on average over the days of a period that were delivered.
create temp table stock_on_average as
with days as (
    select day, sum(value) as value from stock_levels where day <= as_of() group by day
)
select spans.is_to_date, spans.grain, spans.period_start, divided(sum(days.value), count(*)) as stock
from days
inner join spans on days.day between spans.first_day and spans.last_day
where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
group by all;
