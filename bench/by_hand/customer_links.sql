-- Keys of customers that no rule has matched, on the business date.
insert into by_hand
select 'unmatched_customers', false, spans.grain, spans.period_start, 'company', company(), counted.unmatched, null,
    counted.unmatched
from (select count(*) as links, count(*) filter (where rule is null) as unmatched from customer_links) as counted
inner join spans on spans.last_day = as_of()
where spans.span = 'period' and not spans.is_to_date and counted.links > 0;
