-- One row per KPI with a goal that runs, level, unit, value of the cut, earlier period and way that is used: how its
-- estimate of that period turned out.
with tests as (
    select * from {{ ref('landing_estimates') }} where periods_back > 0
),

landing_ways as (
    select kpi_id, level, cut, grain, way from {{ ref('landing_ways') }} group by kpi_id, level, cut, grain, way
),

final as (
    {%- for way in ['run_rate', 'seasonal', 'pipeline'] %}
    select
        tests.kpi_id,
        tests.level,
        tests.unit_id,
        tests.cut,
        tests.cut_value,
        tests.grain,
        tests.period_start,
        '{{ way }}' as way,
        {{ divide('tests.whole', 'tests.' ~ way) }} as came_to,  -- 1.1: a tenth more than was said
        tests.whole < tests.so_far as has_fallen,
        tests.whole > 1 as is_above_one
    from tests
    inner join landing_ways
        on tests.kpi_id = landing_ways.kpi_id
        and tests.level = landing_ways.level
        and tests.cut = landing_ways.cut
        and tests.grain = landing_ways.grain
        and landing_ways.way = '{{ way }}'
    where tests.{{ way }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from final
