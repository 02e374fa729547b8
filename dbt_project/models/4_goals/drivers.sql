-- One row per goal, level, unit, period and KPI that leads to it: how much of it is required, and whether the link from it
-- to its parent is the one that broke.
with links as (
    select goal_id, level, grain, kpi_id, parent_kpi_id, depth, ratio from {{ source('definitions', 'goal_drivers') }}
),

judgements as (
    select goal_id, level, unit_id, grain, period_start, target, target_to_date, actual, status
    from {{ ref('judgements') }}
    where cut = 'none'
),

fits as (
    select * from {{ ref('driver_fits') }}
),

kpis as (
    select kpi_id, direction, label_zh, label_en from {{ source('definitions', 'kpis') }} where is_current
),

quality as (
    select kpi_id, quality from {{ source('gate', 'kpi_quality') }}
),

driving as (
    select kpi_id, grain from links group by kpi_id, grain
),

-- Of the drivers only: a warehouse has millions of rows of other KPIs, and most have no driver at all.
figures as (
    select
        unit_values.kpi_id,
        unit_values.grain,
        unit_values.period_start,
        unit_values.level,
        unit_values.unit_id,
        unit_values.exact_value,
        unit_values.state
    from {{ ref('unit_values') }} as unit_values
    inner join driving on unit_values.kpi_id = driving.kpi_id and unit_values.grain = driving.grain
    where unit_values.cut = 'none'
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

counted as (
    select kpi_id, grain from figures where exact_value is not null group by kpi_id, grain
),

-- What is counted and did not happen is 0. What was never counted, or is hidden, is not known.
linked as (
    select
        links.goal_id,
        links.level,
        judgements.unit_id,
        links.grain,
        judgements.period_start,
        links.kpi_id,
        links.parent_kpi_id,
        links.depth,
        links.ratio as said_ratio,
        coalesce(cast(links.ratio as double), fits.fitted_ratio) as ratio,
        fits.fitted_ratio,
        fits.fit,
        coalesce(fits.fitted_on, 0) as fitted_on,
        case
            when figures.state = 'no_data' and counted.kpi_id is not null then cast(0 as decimal(38, 6))
            else {{ half_up('figures.exact_value') }}
        end as actual,
        kpis.direction,
        coalesce(quality.quality, 'blocked') as quality,
        case when judgements.target > 0 then judgements.target end as goal_target,
        case when judgements.target > 0 then judgements.target_to_date end as goal_target_to_date,
        judgements.status in ('amber', 'red') and case kpis.direction
            when 'down' then judgements.actual > judgements.target_to_date
            else judgements.actual < judgements.target_to_date
        end as is_goal_missed,
        kpis.label_zh,
        kpis.label_en
    from links
    inner join judgements on links.goal_id = judgements.goal_id and links.level = judgements.level
    inner join kpis on links.kpi_id = kpis.kpi_id
    left join quality on links.kpi_id = quality.kpi_id
    left join fits
        on links.kpi_id = fits.kpi_id
        and links.parent_kpi_id = fits.parent_kpi_id
        and links.level = fits.level
        and links.grain = fits.grain
        and judgements.period_start = fits.period_start
    left join figures
        on links.kpi_id = figures.kpi_id
        and links.level = figures.level
        and links.grain = figures.grain
        and judgements.period_start = figures.period_start
        and judgements.unit_id = figures.unit_id
    left join counted on links.kpi_id = counted.kpi_id and links.grain = counted.grain
),

-- From the goal down, a link a step: its parent's number times the ratio.
{% for depth in range(1, 5) -%}
{{ required_at(depth) }},

{% endfor -%}
required as (
    {%- for depth in range(1, 5) %}
    select * from judged_{{ depth }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Of the drivers of one parent: how many are short, and how many are known to be or not to be.
below as (
    select
        goal_id,
        level,
        unit_id,
        period_start,
        parent_kpi_id,
        count(is_short) as known,
        sum(case when is_short then 1 else 0 end) as short
    from required
    group by goal_id, level, unit_id, period_start, parent_kpi_id
),

-- The chain breaks once: at what is short though nothing below it is, or below what is short, though that was reached.
explained as (
    select
        required.*,
        case
            when not required.is_parent_missed then null
            when required.is_short and coalesce(own.known, 0) = 0 then 'activity'
            when not required.is_short and beside.short = 0 then 'conversion'
        end as broken_by
    from required
    inner join below as beside
        on required.goal_id = beside.goal_id
        and required.level = beside.level
        and required.unit_id = beside.unit_id
        and required.period_start = beside.period_start
        and required.parent_kpi_id = beside.parent_kpi_id
    left join below as own
        on required.goal_id = own.goal_id
        and required.level = own.level
        and required.unit_id = own.unit_id
        and required.period_start = own.period_start
        and required.kpi_id = own.parent_kpi_id
),

final as (
    select
        explained.goal_id,
        explained.level,
        explained.unit_id,
        explained.grain,
        explained.period_start,
        explained.kpi_id,
        explained.parent_kpi_id,
        coalesce(explained.said_ratio, cast(explained.fitted_ratio as decimal(38, 12))) as ratio,
        cast(explained.fitted_ratio as decimal(38, 12)) as fitted_ratio,
        {{ half_up('explained.fit') }} as fit,
        explained.fitted_on,
        explained.required,
        explained.required_to_date,
        explained.actual,
        explained.broken_by is not null as is_link_broken,
        explained.broken_by,
        explained.quality,
        explained.label_zh,
        explained.label_en,
        run.as_of_date,
        run.run_id
    from explained
    cross join run
)

select * from final
