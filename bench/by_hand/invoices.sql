-- Invoices: revenue, and the part of it that came by partners.
create temp table invoiced as
select invoice_date as day, owner_id as person_id, sum(amount_net) as amount,
    sum(amount_net) filter (where partner_id is not null) as of_partners
from invoices
where status in ('issued', 'paid') and invoice_date is not null
group by all;

create temp table invoiced_by_path as from by_period('invoiced', false, false);
create temp table invoiced_by_unit as from by_unit('invoiced_by_path');

insert into by_hand
select 'revenue', is_to_date, grain, period_start, level, unit_id, amount, null, amount
from invoiced_by_unit
where amount is not null
union all
select 'partner_revenue_share', is_to_date, grain, period_start, level, unit_id, coalesce(of_partners, 0), amount,
    divided(coalesce(of_partners, 0), amount)
from invoiced_by_unit
where amount <> 0 and level in ('company', 'region');
