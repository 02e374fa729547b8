-- One row per unit: each manager's team, each regional office.
with sales_teams as (
    select
        unit_id,
        region_id
    from {{ ref('stg_crm__sales_teams') }}
),

teams as (
    select
        unit_id,
        'team' as level,
        min(region_id) as parent_id
    from sales_teams
    group by unit_id
),

regions as (
    select
        region_id as unit_id,
        'region' as level,
        'company' as parent_id
    from sales_teams
    group by region_id
),

units as (
    select
        unit_id,
        level,
        parent_id
    from teams
    union all
    select
        unit_id,
        level,
        parent_id
    from regions
),

final as (
    select
        unit_id,
        cast('2000-01-01' as date) as valid_from,
        unit_id as name_zh,
        unit_id as name_en,
        level,
        parent_id
    from units
)

select * from final
