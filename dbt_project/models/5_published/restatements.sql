-- One row per figure of a closed period that would be another one today, and why.
with figures as (
    select
        kpi_id,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        value,
        value_now,
        definition_hash,
        as_of_date,
        run_id
    from {{ ref('all_unit_values') }}
    where has_closed
),

closed as (
    select * from {{ source('definitions', 'closes') }}
),

-- Where the whole company's figure is what it was, nothing came late: it only lies elsewhere now.
companies as (
    select
        kpi_id,
        grain,
        period_start,
        coalesce(value = value_now, value is null and value_now is null) as is_same
    from figures
    where level = 'company' and cut = 'none'
),

kpis as (
    select kpi_id, label_zh, label_en from {{ source('definitions', 'kpis') }} where is_current
),

final as (
    select
        figures.kpi_id,
        figures.grain,
        figures.period_start,
        figures.level,
        figures.unit_id,
        figures.cut,
        figures.cut_value,
        figures.value as published_value,
        figures.value_now,
        case
            when figures.definition_hash <> closed.definition_hash then 'definition'
            when companies.is_same then 'organisation'
            else 'late_data'
        end as cause,
        closed.closed_as_of,
        figures.as_of_date,
        figures.run_id,
        kpis.label_zh,
        kpis.label_en
    from figures
    inner join kpis on figures.kpi_id = kpis.kpi_id
    inner join closed
        on figures.kpi_id = closed.kpi_id
        and figures.grain = closed.grain
        and figures.period_start = closed.period_start
        and figures.level = closed.level
        and figures.unit_id = closed.unit_id
        and figures.cut = closed.cut
        and figures.cut_value = closed.cut_value
    left join companies
        on figures.kpi_id = companies.kpi_id
        and figures.grain = companies.grain
        and figures.period_start = companies.period_start
    where coalesce(figures.value <> figures.value_now, (figures.value is null) <> (figures.value_now is null))
)

select * from final
