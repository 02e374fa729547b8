-- One row per grain, period that runs or ran, level and unit: what the open deals promised on the day up to which as
-- much of it had passed as has of the running one. Each amount counts by the win probability of its stage, known on that
-- day from the stays that were over and the deals that were decided by then.
with ways as (
    select kpi_id from {{ source('definitions', 'kpi_landing') }} where way = 'pipeline'
),

goals as (
    select goals.grain, goals.period_start, run.as_of_date
    from {{ source('definitions', 'goals') }} as goals
    inner join ways on goals.kpi_id = ways.kpi_id
    cross join {{ source('definitions', 'run') }} as run
    where goals.is_in_force and run.as_of_date between goals.period_start and goals.period_end
    group by goals.grain, goals.period_start, run.as_of_date
),

positions as (
    select grain, period_start, as_of_date as day from goals
    union all
    select same_parts.grain, same_parts.period_start, same_parts.last_day as day
    from {{ ref('same_parts') }} as same_parts
    inner join goals on same_parts.grain = goals.grain
),

company as (
    select company_id, time_zone from {{ source('definitions', 'company') }}
),

deals as (
    select
        deals.deal_id,
        deals.status,
        {{ local_date('deals.closed_at', 'company.time_zone') }} as closed_date
    from {{ ref('deals') }} as deals
    cross join company
    where exists (select 1 from goals)
),

stays as (
    select
        deal_stages.deal_id,
        deal_stages.stage,
        deal_stages.owner_id,
        deal_stages.amount,
        {{ local_date('deal_stages.entered_at', 'company.time_zone') }} as entered_date,
        {{ local_date('deal_stages.left_at', 'company.time_zone') }} as left_date
    from {{ ref('deal_stages') }} as deal_stages
    cross join company
    where exists (select 1 from goals)
),

employee_units as (
    select employee_id, valid_from, valid_to, region_id, department_id, team_id from {{ ref('employee_units') }}
),

days as (
    select day from positions group by day
),

-- What a stay has taught from a day on.
lessons as (
    select
        stays.stage,
        greatest({{ add_days('stays.left_date', 1) }}, deals.closed_date) as day,
        count(*) as stays,
        sum(case when deals.status = 'won' then 1 else 0 end) as won
    from stays
    inner join deals on stays.deal_id = deals.deal_id
    where deals.status in ('won', 'lost') and stays.left_date is not null and deals.closed_date is not null
    group by stays.stage, greatest({{ add_days('stays.left_date', 1) }}, deals.closed_date)
),

stages as (
    select
        days.day,
        lessons.stage,
        cast({{ divide('sum(lessons.won)', 'sum(lessons.stays)') }} as decimal(18, 12)) as win_probability
    from days
    inner join lessons on days.day >= lessons.day
    group by days.day, lessons.stage
),

promised as (
    select
        days.day,
        stays.owner_id,
        sum(cast(cast(stays.amount as decimal(38, 4)) * cast(stages.win_probability as decimal(38, 12)) as decimal(38, 12))) as amount
    from days
    inner join stays
        on days.day >= stays.entered_date and (stays.left_date > days.day or stays.left_date is null)
    inner join stages on days.day = stages.day and stays.stage = stages.stage
    group by days.day, stays.owner_id
),

placed as (
    select
        promised.day,
        promised.amount,
        company.company_id,
        {%- for level in ['region', 'department', 'team'] %}
        coalesce(employee_units.{{ level }}_id, 'unassigned') as {{ level }}_id,
        {%- endfor %}
        coalesce(employee_units.employee_id, 'unassigned') as rep_id
    from promised
    cross join company
    left join employee_units
        on promised.owner_id = employee_units.employee_id
        and promised.day between employee_units.valid_from and employee_units.valid_to
),

of_units as (
    {%- for level in ['company', 'region', 'department', 'team', 'rep'] %}
    select day, '{{ level }}' as level, {{ level }}_id as unit_id, sum(amount) as amount
    from placed
    group by day, {{ level }}_id
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        positions.grain,
        positions.period_start,
        of_units.level,
        of_units.unit_id,
        cast(of_units.amount as decimal(38, 12)) as amount
    from positions
    inner join of_units on positions.day = of_units.day
)

select * from final
