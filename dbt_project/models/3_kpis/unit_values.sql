-- One row per KPI, grain (month or longer), period, level and live unit, since the KPI's first with a number.
with numbers as (
    select kpi_id, grain, period_start, level, unit_id, numerator, denominator, value
    from {{ ref('kpi_numbers') }}
),

kpis as (
    select kpi_id, definition_version, unit, is_ratio, min_denominator from {{ source('definitions', 'kpis') }}
),

periods as (
    select * from {{ ref('periods') }} where grain in ('month', 'quarter', 'year')
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

quality as (
    select kpi_id, quality from {{ source('gate', 'kpi_quality') }}
),

first_numbers as (
    select kpi_id, grain, min(period_start) as period_start from numbers group by kpi_id, grain
),

current_periods as (
    select grain, max(period_start) as period_start from periods group by grain
),

-- A KPI that never had a number says so in the current period.
first_periods as (
    select
        kpi_grains.kpi_id,
        kpi_grains.grain,
        coalesce(first_numbers.period_start, current_periods.period_start) as period_start
    from {{ source('definitions', 'kpi_grains') }} as kpi_grains
    inner join current_periods on kpi_grains.grain = current_periods.grain
    left join first_numbers
        on kpi_grains.kpi_id = first_numbers.kpi_id and kpi_grains.grain = first_numbers.grain
),

live_units_of_periods as (
    select periods.grain, periods.period_start, live_units.level, live_units.unit_id
    from periods
    inner join {{ ref('live_units') }} as live_units
        on live_units.valid_from <= periods.period_end and live_units.valid_to >= periods.period_start
    group by periods.grain, periods.period_start, live_units.level, live_units.unit_id
),

-- Every live unit, and whoever else has a number: `unassigned`, or a unit that was closed.
scaffold as (
    select first_periods.kpi_id, units.grain, units.period_start, units.level, units.unit_id
    from live_units_of_periods as units
    inner join first_periods on units.grain = first_periods.grain and units.period_start >= first_periods.period_start
    inner join {{ source('definitions', 'kpi_levels') }} as kpi_levels
        on first_periods.kpi_id = kpi_levels.kpi_id and units.level = kpi_levels.level
    union
    select kpi_id, grain, period_start, level, unit_id from numbers
),

-- exact_value is what further arithmetic reads; the published value is rounded once, at the end.
valued as (
    select
        scaffold.*,
        periods.period_end,
        periods.previous_start,
        periods.year_ago_start,
        periods.is_partial,
        kpis.definition_version,
        kpis.unit in ('ratio', 'points') as is_in_points,
        numbers.numerator,
        numbers.denominator,
        cast(
            case when kpis.is_ratio then {{ divide('numbers.numerator', 'numbers.denominator') }} else numbers.value end
            as decimal(38, 12)
        ) as exact_value,
        kpis.is_ratio and numbers.denominator < kpis.min_denominator as is_small_sample
    from scaffold
    inner join periods on scaffold.grain = periods.grain and scaffold.period_start = periods.period_start
    inner join kpis on scaffold.kpi_id = kpis.kpi_id
    left join numbers
        on scaffold.kpi_id = numbers.kpi_id
        and scaffold.grain = numbers.grain
        and scaffold.period_start = numbers.period_start
        and scaffold.level = numbers.level
        and scaffold.unit_id = numbers.unit_id
),

-- A part-finished period is not compared yet: the same working days of the other period come with issue D.
final as (
    select
        valued.kpi_id,
        valued.grain,
        valued.period_start,
        valued.level,
        valued.unit_id,
        'none' as cut,
        'all' as cut_value,
        valued.period_end,
        {{ half_up('valued.exact_value') }} as value,
        valued.exact_value,
        valued.numerator,
        valued.denominator,
        case
            when valued.exact_value is null then 'no_data'
            when valued.is_small_sample then 'small_sample'
            else 'ok'
        end as state,
        coalesce(quality.quality, 'blocked') as quality,  -- fail closed: no word of the gate is not a good word
        valued.is_partial,
        {{ half_up('previous.exact_value') }} as previous_value,
        {{ change_from('previous') }} as previous_change,
        {{ half_up('year_ago.exact_value') }} as year_ago_value,
        {{ change_from('year_ago') }} as year_ago_change,
        valued.definition_version,
        run.as_of_date,
        run.run_id
    from valued
    cross join run
    left join quality on valued.kpi_id = quality.kpi_id
    {%- for other in ['previous', 'year_ago'] %}
    left join valued as {{ other }}
        on valued.kpi_id = {{ other }}.kpi_id
        and valued.grain = {{ other }}.grain
        and valued.{{ other }}_start = {{ other }}.period_start
        and valued.level = {{ other }}.level
        and valued.unit_id = {{ other }}.unit_id
    {%- endfor %}
)

select * from final
