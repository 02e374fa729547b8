-- One row per KPI and version of its meaning.
with kpis as (
    select * from {{ source('definitions', 'kpis') }}
),

company as (
    select currency from {{ source('definitions', 'company') }}
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
        case when unit = 'money' then company.currency end as currency,
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
    cross join company
)

select * from final
