-- One row per figure of a closed period: what was published when it closed.
with figures as (
    select * from {{ ref('kpi_values') }} where is_closed
),

meanings as (
    select kpi_id, definition_version, definition_hash from {{ source('definitions', 'kpis') }}
),

closed as (
    select * from {{ source('definitions', 'closes') }}
),

run as (
    select started_at from {{ source('definitions', 'run') }}
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
        figures.numerator,
        figures.denominator,
        figures.state,
        coalesce(closed.definition_version, figures.definition_version) as definition_version,
        coalesce(closed.definition_hash, meanings.definition_hash) as definition_hash,
        coalesce(closed.closed_as_of, figures.as_of_date) as closed_as_of,
        coalesce(closed.closed_at, run.started_at) as closed_at,
        coalesce(closed.closed_by, 'calendar') as closed_by,
        coalesce(closed.run_id, figures.run_id) as run_id
    from figures
    cross join run
    inner join meanings
        on figures.kpi_id = meanings.kpi_id
        and figures.definition_version = meanings.definition_version
    left join closed
        on figures.kpi_id = closed.kpi_id
        and figures.grain = closed.grain
        and figures.period_start = closed.period_start
        and figures.level = closed.level
        and figures.unit_id = closed.unit_id
        and figures.cut = closed.cut
        and figures.cut_value = closed.cut_value
)

select * from final
