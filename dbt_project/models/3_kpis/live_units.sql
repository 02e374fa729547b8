-- One row per level, unit and span of days in which the unit was there: reps are units of the level rep.
{{ config(materialized='ephemeral') }}
with company as (
    select company_id from {{ source('definitions', 'company') }}
),

units as (
    select level, unit_id, valid_from, coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from {{ ref('org_units') }}
    where level <> 'company'  -- the company level is one unit, whatever the chart calls its top
),

left_dates as (
    select employee_id, max(left_date) as left_date from {{ ref('employees') }} group by employee_id
),

final as (
    select 'company' as level, company_id as unit_id, cast('0001-01-01' as date) as valid_from, cast('9999-12-31' as date) as valid_to
    from company
    union all
    select level, unit_id, valid_from, valid_to from units
    union all
    select
        'rep' as level,
        employee_units.employee_id as unit_id,
        employee_units.valid_from,
        least(employee_units.valid_to, coalesce(left_dates.left_date, employee_units.valid_to)) as valid_to
    from {{ ref('employee_units') }} as employee_units
    left join left_dates on employee_units.employee_id = left_dates.employee_id
)

select * from final
