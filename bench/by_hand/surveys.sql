-- Surveys: of customers to agents and to account owners, and of employees; each names who is asked about.
create temp table answers_to_agents as
select local_day(answered_at) as day, agent_id as person_id,
    count(score) as answers, count(*) filter (where score >= 0.8 * scale_max) as satisfied,
    count(score) filter (where ticket_kind = 'service_order') as aftersales,
    count(*) filter (where ticket_kind = 'service_order' and score >= 0.8 * scale_max) as aftersales_satisfied,
    count(score) filter (where scale_max > 0) as scored,
    coalesce(sum(cast(score / scale_max * 5 as decimal(38, 12))) filter (where scale_max > 0), 0) as stars,
    0 as sent, 0 as answered
from surveys
where kind = 'csat' and answered_at is not null
group by all
union all
select local_day(sent_at), agent_id, 0, 0, 0, 0, 0, 0, count(*), count(answered_at)
from surveys
where sent_at is not null
group by all;

create temp table agents_by_path as from by_period('answers_to_agents', true, true);
create temp table agents_by_unit as from by_unit('agents_by_path');

insert into by_hand
select 'csat_score', is_to_date, grain, period_start, level, unit_id, stars, scored, divided(stars, scored)
from agents_by_unit
where scored > 0
union all
select 'csat_pct', is_to_date, grain, period_start, level, unit_id, satisfied, answers, divided(satisfied, answers)
from agents_by_unit
where answers > 0 and grain in ('month', 'quarter', 'year')
union all
select 'aftersales_csat', is_to_date, grain, period_start, level, unit_id, aftersales_satisfied, aftersales,
    divided(aftersales_satisfied, aftersales)
from agents_by_unit
where aftersales > 0 and grain in ('month', 'quarter', 'year')
union all
select 'survey_response_rate', is_to_date, grain, period_start, level, unit_id, answered, sent, divided(answered, sent)
from agents_by_unit
where sent > 0 and grain in ('month', 'quarter', 'year');

create temp table answers_to_owners as
select local_day(answered_at) as day, owner_id as person_id, count(*) as rows_, count(score) as answers,
    count(*) filter (where score >= 9) as promoters, count(*) filter (where score <= 6) as detractors
from surveys
where kind = 'nps' and answered_at is not null
group by all;

create temp table owners_by_path as from by_period('answers_to_owners', false, false);

insert into by_hand
with figures as (
    select is_to_date, grain, period_start, level, unit_id,
        divided(100 * (promoters - detractors), answers) as nps
    from by_unit('owners_by_path')
    where answers > 0
)
select 'nps', is_to_date, grain, period_start, level, unit_id, nps, null, nps from figures;

create temp table answers_of_employees as
select local_day(answered_at) as day, employee_id as person_id, sum(score) as scores, count(score) as answers
from surveys
where kind = 'employee' and answered_at is not null
group by all;

create temp table employees_by_path as from by_period('answers_of_employees', false, false);

insert into by_hand
select 'employee_sat', is_to_date, grain, period_start, level, unit_id, divided(scores, answers), null,
    divided(scores, answers)
from by_unit('employees_by_path')
where answers > 0 and grain = 'quarter' and level in ('company', 'department') and not is_to_date;
