-- One row per KPI and version of its meaning.
with kpis as (
    select * from {{ source('definitions', 'kpis') }}
),

final as (
    select
        kpi_id,
        definition_version,
        valid_from,
        area,
        business_goal,
        type,
        unit,
        direction,
        owner,
        steward,
        cadence,
        formula,
        sql,
        label_zh,
        label_en,
        description_zh,
        description_en
    from kpis
)

select * from final
