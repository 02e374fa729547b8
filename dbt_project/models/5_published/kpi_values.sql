-- One row per KPI, grain, period, level, unit and cut.
with measured as (
    select * from {{ ref('all_unit_values') }}
),

kpis as (
    select kpi_id, bounds, is_personal_at_rep, label_zh, label_en
    from {{ source('definitions', 'kpis') }}
    where is_current
),

closings as (
    select grain, period_start, is_closing from {{ ref('closings') }}
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
        measured.value_now,
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
        -- What a check blocked is not closed, for it would stay as it is; nor a cohort whose days have not passed.
        measured.has_closed or (
            coalesce(closings.is_closing, false) and measured.quality <> 'blocked' and not measured.is_partial
        ) as is_closed,
        kpis.is_personal_at_rep and measured.level = 'rep' as is_personal,
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
    left join closings on measured.grain = closings.grain and measured.period_start = closings.period_start
)

select * from final
