-- One row per goal, grain and period that runs or ends today, of goals whose phasing is history or months: how much of it is due, and was
-- the day before.
with goals as (
    select goal_id, kpi_id, grain, period_start, period_end, phasing
    from {{ source('definitions', 'goals') }}
    where phasing in ('history', 'months') and accumulate = 'sum'
    group by goal_id, kpi_id, grain, period_start, period_end, phasing
),

months as (
    select goal_id, fiscal_month, share from {{ source('definitions', 'goal_months') }}
),

periods as (
    select grain, period_start, year_ago_start, working_days_to_date, working_days_to_date_before, is_partial
    from {{ ref('all_periods') }}
    where is_started and days_to_date_before < days
),

-- Last year's figure by as many working days, and by the end: the company's, since one deal makes a rep's.
reached as (
    select kpi_id, grain, period_start, value
    from {{ ref('kpi_numbers') }}
    where is_to_date and level = 'company' and cut = 'none'
),

whole as (
    select kpi_id, grain, period_start, exact_value
    from {{ ref('unit_values') }}
    where level = 'company' and cut = 'none'
),

days as (
    select working_days.fiscal_month, working_days.fiscal_year, working_days.day, working_days.is_working, run.as_of_date
    from {{ ref('working_days') }} as working_days
    cross join {{ source('definitions', 'run') }} as run
    where working_days.calendar_id = 'company'
),

months_of_periods as (
    select
        goals.goal_id,
        goals.grain,
        goals.period_start,
        days.fiscal_month,
        sum(case when days.is_working then 1 else 0 end) as working_days,
        sum(case when days.is_working and days.day <= days.as_of_date then 1 else 0 end) as working_days_to_date,
        sum(case when days.is_working and days.day < days.as_of_date then 1 else 0 end) as working_days_to_date_before
    from goals
    inner join periods on goals.grain = periods.grain and goals.period_start = periods.period_start
    inner join days on days.day between goals.period_start and goals.period_end
    where goals.phasing = 'months'
    group by goals.goal_id, goals.grain, goals.period_start, days.fiscal_month
),

by_months as (
    select
        months_of_periods.goal_id,
        months_of_periods.grain,
        months_of_periods.period_start,
        {%- for when in ['', '_before'] %}
        {{ divide(
            'sum(months.share * '
            ~ divide('months_of_periods.working_days_to_date' ~ when, 'months_of_periods.working_days') ~ ')',
            'sum(months.share)'
        ) }} as share_due{{ when }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from months_of_periods
    inner join months
        on months_of_periods.goal_id = months.goal_id and months_of_periods.fiscal_month = months.fiscal_month
    group by months_of_periods.goal_id, months_of_periods.grain, months_of_periods.period_start
),

by_history as (
    select
        goals.goal_id,
        goals.grain,
        goals.period_start,
        periods.working_days_to_date,
        periods.working_days_to_date_before,
        least(greatest({{ divide('coalesce(reached.value, 0)', 'whole.exact_value') }}, 0), 1) as share_due
    from goals
    inner join periods on goals.grain = periods.grain and goals.period_start = periods.period_start
    inner join whole
        on goals.kpi_id = whole.kpi_id and goals.grain = whole.grain and periods.year_ago_start = whole.period_start
    left join reached
        on goals.kpi_id = reached.kpi_id and goals.grain = reached.grain and periods.year_ago_start = reached.period_start
    where goals.phasing = 'history' and periods.is_partial and whole.exact_value > 0
),

-- Of history one place is computed: the day before, a day's part of it less was due.
final as (
    select goal_id, grain, period_start, share_due, share_due_before from by_months where share_due is not null
    union all
    select
        goal_id,
        grain,
        period_start,
        share_due,
        coalesce(share_due * {{ divide('working_days_to_date_before', 'working_days_to_date') }}, share_due) as share_due_before
    from by_history
)

select * from final
