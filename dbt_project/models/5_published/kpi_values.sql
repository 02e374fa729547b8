-- One row per KPI, grain, period, level, unit and cut.
with measured as (
    select * from {{ ref('unit_values') }}
),

kpis as (
    select kpi_id, bounds, label_zh, label_en from {{ source('definitions', 'kpis') }}
),

final as (
    select
        measured.kpi_id,
        measured.grain,
        measured.period_start,
        measured.level,
        measured.unit_id,
        measured.cut,
        measured.cut_value,
        measured.period_end,
        measured.value,
        measured.value as value_now,  -- until periods are closed, the live value is the value
        case
            when kpis.bounds = 'wilson' and measured.value is not null
                then {{ half_up(wilson('measured.numerator', 'measured.denominator', 'low')) }}
        end as value_low,
        case
            when kpis.bounds = 'wilson' and measured.value is not null
                then {{ half_up(wilson('measured.numerator', 'measured.denominator', 'high')) }}
        end as value_high,
        measured.numerator,
        measured.denominator,
        measured.state,
        measured.quality,
        measured.is_partial,
        false as is_closed,
        measured.previous_value,
        measured.previous_change,
        measured.year_ago_value,
        measured.year_ago_change,
        measured.definition_version,
        measured.as_of_date,
        measured.run_id,
        kpis.label_zh,
        kpis.label_en
    from measured
    inner join kpis on measured.kpi_id = kpis.kpi_id
)

select * from final
