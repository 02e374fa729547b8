-- One row per KPI with a goal that runs, level, unit and value of the cut: the way that said best where the last eight
-- periods land, by the sum of its errors over all units of the level, and what it says of the running one.
with estimates as (
    select * from {{ ref('landing_estimates') }}
),

running as (
    select * from estimates where periods_back = 0
),

tests as (
    select * from estimates where periods_back > 0
),

-- Each way is held against the run rate over the same units and periods: some say nothing of the first year.
-- Rounded, since a sum of doubles has another last digit in another run.
scores as (
    select
        kpi_id,
        level,
        cut,
        grain,
        {%- for way in ['seasonal', 'pipeline'] %}
        case when count(run_rate + {{ way }}) >= 8 then round({{ divide(
            'sum(case when run_rate is not null then abs(whole - ' ~ way ~ ') end)',
            'sum(case when ' ~ way ~ ' is not null then abs(whole - run_rate) end)'
        ) }}, 6) end as {{ way }}_to_run_rate
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from tests
    group by kpi_id, level, cut, grain
),

compared as (
    select
        running.*,
        coalesce(case when running.seasonal is not null then scores.seasonal_to_run_rate end, 1) as seasonal_to_run_rate,
        coalesce(case when running.pipeline is not null then scores.pipeline_to_run_rate end, 1) as pipeline_to_run_rate
    from running
    left join scores
        on running.kpi_id = scores.kpi_id
        and running.level = scores.level
        and running.cut = scores.cut
        and running.grain = scores.grain
),

chosen as (
    select
        compared.*,
        case
            when pipeline_to_run_rate < 1 and pipeline_to_run_rate < seasonal_to_run_rate then 'pipeline'
            when seasonal_to_run_rate < 1 then 'seasonal'
            else 'run_rate'
        end as way
    from compared
),

final as (
    select
        kpi_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        so_far,
        way,
        case way when 'pipeline' then pipeline when 'seasonal' then seasonal else run_rate end as estimate
    from chosen
)

select * from final
