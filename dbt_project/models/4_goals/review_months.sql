-- One row per KPI that is published by month: how its figure at the company moved in the last twelve whole months.
with kpis as (
    select kpi_id, business_goal, direction from {{ source('definitions', 'kpis') }} where is_current
),

business_goals as (
    select business_goal, kpi_id from {{ source('definitions', 'business_goals') }}
),

figures as (
    select kpi_id, period_start, exact_value, state, quality, year_ago_change
    from {{ ref('all_unit_values') }}
    where grain = 'month' and level = 'company' and cut = 'none' and not is_partial
),

months as (
    select
        figures.kpi_id,
        kpis.business_goal,
        figures.period_start,
        figures.state = 'ok' and figures.quality <> 'blocked' as is_known,
        figures.exact_value - lag(figures.exact_value) over (partition by figures.kpi_id order by figures.period_start) as step,
        -- 1 for the better, -1 for the worse, against the same month of last year.
        case kpis.direction
            when 'up' then sign(figures.year_ago_change)
            when 'down' then -sign(figures.year_ago_change)
        end as better,
        row_number() over (partition by figures.kpi_id order by figures.period_start desc) as months_ago
    from figures
    inner join kpis on figures.kpi_id = kpis.kpi_id
),

recent as (
    select * from months where months_ago <= 12
),

together as (
    select
        recent.kpi_id,
        sum(case when recent.better = first_kpi.better then 1 else 0 end) as months_alike,
        count(*) as months_compared
    from recent
    inner join business_goals
        on recent.business_goal = business_goals.business_goal and recent.kpi_id <> business_goals.kpi_id
    inner join recent as first_kpi
        on business_goals.kpi_id = first_kpi.kpi_id and recent.period_start = first_kpi.period_start
    where recent.better <> 0 and first_kpi.better <> 0
    group by recent.kpi_id
),

moved as (
    select
        kpi_id,
        count(step) as steps,
        cast(abs(sum(step)) as decimal(38, 6)) as moved_in_all,
        cast(sum(abs(step)) as decimal(38, 6)) as moved_by_step,
        {{ divide('sum(case when is_known then 0 else 1 end)', 'count(*)') }} as gaps
    from recent
    group by kpi_id
),

final as (
    select
        moved.kpi_id,
        case when together.months_compared >= 6 then {{ divide('together.months_alike', 'together.months_compared') }} end as relevance,
        case when moved.steps >= 6 then 1 - {{ divide('moved.moved_in_all', 'moved.moved_by_step') }} end as noise,
        moved.gaps
    from moved
    left join together on moved.kpi_id = together.kpi_id
)

select * from final
