-- One row per sales rep and the days of each territory; reps without one belong to the company.
with reps as (
    select
        employee_id,
        territory_id
    from {{ ref('stg_adventureworks__sales_person') }}
),

territories as (
    select
        businessentityid as employee_id,
        territoryid as territory_id,
        cast(startdate as date) as valid_from,
        cast(enddate as date) as valid_to
    from {{ source('raw_adventureworks', 'sales_territory_history') }}
),

names as (
    -- By name: a plain number is also an employee of Northwind, and units and people share one list.
    select
        territory_id,
        unit_id
    from {{ ref('stg_adventureworks__sales_territory') }}
),

final as (
    select
        reps.employee_id,
        coalesce(territories.valid_from, cast('1990-01-01' as date)) as valid_from,
        territories.valid_to,
        reps.employee_id as name,
        coalesce(names.unit_id, 'company') as unit_id,
        'rep' as role
    from reps
    left join territories on reps.employee_id = territories.employee_id
    left join names on coalesce(territories.territory_id, reps.territory_id) = names.territory_id
)

select * from final
