-- One row per KPI with a goal that runs, level, unit, value of the cut and period: where each way says that it lands, from
-- as many working days as have passed of the running one (periods_back 0), and what it came to.
with run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

goals as (
    select goals.goal_id, goals.kpi_id, goals.level, goals.grain, goals.cut, goals.period_start
    from {{ source('definitions', 'goals') }} as goals
    cross join run
    where goals.is_in_force and run.as_of_date >= goals.period_start and run.as_of_date < goals.period_end
),

steps as (
    select goal_id, to_level from {{ source('definitions', 'goal_steps') }}
),

kpis as (
    select kpi_id, definition_version, grows from {{ source('definitions', 'kpis') }} where is_current
),

ways as (
    select kpi_id, way from {{ source('definitions', 'kpi_landing') }}
),

asked as (
    select kpi_id, level, grain, cut, period_start from goals
    union
    select goals.kpi_id, steps.to_level as level, goals.grain, goals.cut, goals.period_start
    from goals
    inner join steps on goals.goal_id = steps.goal_id
),

unit_values as (
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value, exact_value from {{ ref('unit_values') }}
),

numbers as (
    select kpi_id, definition_version, grain, period_start, level, unit_id, cut, cut_value, value
    from {{ ref('kpi_numbers') }}
    where is_to_date
),

pipeline as (
    select grain, period_start, level, unit_id, amount from {{ ref('open_pipeline') }}
),

same_parts as (
    select grain, period_start, year_ago_start, periods_back, working_days, working_days_to_date from {{ ref('same_parts') }}
),

running_periods as (
    select grain, period_start, year_ago_start, working_days, working_days_to_date from {{ ref('periods') }} where is_partial
),

-- What was reached by the day, and in the end; another version is another figure. Doubles: no cent is published of them, and
-- decimals took three times as long.
earlier as (
    select
        asked.kpi_id,
        asked.level,
        numbers.unit_id,
        asked.cut,
        numbers.cut_value,
        asked.grain,
        same_parts.period_start,
        same_parts.year_ago_start,
        same_parts.periods_back,
        {{ divide('same_parts.working_days_to_date', 'same_parts.working_days') }} as share_gone,
        cast(numbers.value as double) as so_far,
        cast(whole.exact_value as double) as whole
    from asked
    inner join same_parts on asked.grain = same_parts.grain
    inner join numbers
        on asked.kpi_id = numbers.kpi_id
        and asked.grain = numbers.grain
        and same_parts.period_start = numbers.period_start
        and asked.level = numbers.level
        and asked.cut = numbers.cut
    inner join kpis on numbers.kpi_id = kpis.kpi_id and numbers.definition_version = kpis.definition_version
    inner join unit_values as whole
        on asked.kpi_id = whole.kpi_id
        and asked.grain = whole.grain
        and same_parts.period_start = whole.period_start
        and asked.level = whole.level
        and numbers.unit_id = whole.unit_id
        and asked.cut = whole.cut
        and numbers.cut_value = whole.cut_value
    where whole.exact_value is not null
),

running as (
    select
        asked.kpi_id,
        asked.level,
        unit_values.unit_id,
        asked.cut,
        unit_values.cut_value,
        asked.grain,
        asked.period_start,
        running_periods.year_ago_start,
        cast(0 as bigint) as periods_back,
        {{ divide('running_periods.working_days_to_date', 'running_periods.working_days') }} as share_gone,
        cast(unit_values.exact_value as double) as so_far,
        cast(null as double) as whole
    from asked
    inner join running_periods on asked.grain = running_periods.grain and asked.period_start = running_periods.period_start
    inner join unit_values
        on asked.kpi_id = unit_values.kpi_id
        and asked.grain = unit_values.grain
        and asked.period_start = unit_values.period_start
        and asked.level = unit_values.level
        and asked.cut = unit_values.cut
    where unit_values.exact_value is not null
),

-- What comes of open deals by the end of a period, learnt at each level from the eight periods before it.
turned as (
    select
        earlier.kpi_id,
        earlier.level,
        earlier.cut,
        earlier.grain,
        earlier.period_start,
        sum(cast(earlier.whole - earlier.so_far as decimal(38, 6))) as came,
        sum(pipeline.amount) as promised
    from earlier
    inner join ways on earlier.kpi_id = ways.kpi_id and ways.way = 'pipeline'
    inner join pipeline
        on earlier.grain = pipeline.grain
        and earlier.period_start = pipeline.period_start
        and earlier.level = pipeline.level
        and earlier.unit_id = pipeline.unit_id
    where earlier.cut = 'none'
    group by earlier.kpi_id, earlier.level, earlier.cut, earlier.grain, earlier.period_start
),

periods_asked as (
    select grain, period_start, periods_back from same_parts where periods_back <= 8
    union all
    select grain, period_start, cast(0 as bigint) as periods_back from running_periods
),

turning as (
    select
        turned.kpi_id,
        turned.level,
        turned.cut,
        turned.grain,
        periods_asked.period_start,
        greatest({{ divide('sum(turned.came)', 'sum(turned.promised)') }}, 0) as share_turning
    from turned
    inner join same_parts on turned.grain = same_parts.grain and turned.period_start = same_parts.period_start
    inner join periods_asked
        on turned.grain = periods_asked.grain
        and same_parts.periods_back between periods_asked.periods_back + 1 and periods_asked.periods_back + 8
    group by turned.kpi_id, turned.level, turned.cut, turned.grain, periods_asked.period_start
),

year_ago as (
    select earlier.*
    from earlier
    inner join ways on earlier.kpi_id = ways.kpi_id and ways.way = 'seasonal'
    where earlier.so_far > 0 and earlier.whole > 0
),

tested as (
    select * from running
    union all
    select * from earlier where periods_back <= 8
),

said as (
    select
        tested.*,
        -- A figure that does not grow is its own run rate.
        case when kpis.grows then {{ divide('tested.so_far', 'tested.share_gone') }} else tested.so_far end
            as run_rate,
        case when kpis.grows then tested.so_far * {{ divide('year_ago.whole', 'year_ago.so_far') }} end as seasonal,
        tested.so_far + turning.share_turning * pipeline.amount as pipeline
    from tested
    inner join kpis on tested.kpi_id = kpis.kpi_id
    left join year_ago
        on tested.kpi_id = year_ago.kpi_id
        and tested.grain = year_ago.grain
        and tested.year_ago_start = year_ago.period_start
        and tested.level = year_ago.level
        and tested.unit_id = year_ago.unit_id
        and tested.cut = year_ago.cut
        and tested.cut_value = year_ago.cut_value
    left join turning
        on tested.kpi_id = turning.kpi_id
        and tested.level = turning.level
        and tested.cut = turning.cut
        and tested.grain = turning.grain
        and tested.period_start = turning.period_start
    left join pipeline
        on tested.grain = pipeline.grain
        and tested.period_start = pipeline.period_start
        and tested.level = pipeline.level
        and tested.unit_id = pipeline.unit_id
),

-- An estimate of nothing has no errors of its size; and one that no decimal holds is none.
final as (
    select
        kpi_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        periods_back,
        so_far,
        whole,
        {%- for way in ['run_rate', 'seasonal', 'pipeline'] %}
        case when {{ way }} > 0 and {{ way }} < 1e24 then {{ way }} end as {{ way }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from said
)

select * from final
