-- One row per KPI and version of its meaning.
with kpis as (
    select * from {{ source('definitions', 'kpis') }}
),

company as (
    select currency from {{ source('definitions', 'company') }}
),

final as (
    select
        kpis.kpi_id,
        kpis.definition_version,
        kpis.valid_from,
        kpis.area,
        kpis.is_core,
        kpis.business_goal,
        kpis.type,
        kpis.unit,
        case when kpis.unit = 'money' then company.currency end as currency,
        kpis.direction,
        kpis.owner,
        kpis.steward,
        kpis.cadence,
        kpis.formula,
        kpis.sql,
        kpis.definition_hash,
        kpis.label_zh,
        kpis.label_en,
        kpis.description_zh,
        kpis.description_en
    from kpis
    cross join company
)

select * from final
