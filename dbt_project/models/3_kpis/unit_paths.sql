-- One row per unit of the organisation and span of days in which those above it did not change.
{{ config(materialized='ephemeral') }}
with units as (
    select
        unit_id,
        level,
        parent_id,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from {{ ref('org_units') }}
),

final as (
    select
        unit_1.unit_id,
        greatest(unit_1.valid_from, coalesce(unit_2.valid_from, unit_1.valid_from), coalesce(unit_3.valid_from, unit_1.valid_from))
            as valid_from,
        least(unit_1.valid_to, coalesce(unit_2.valid_to, unit_1.valid_to), coalesce(unit_3.valid_to, unit_1.valid_to))
            as valid_to,
        {{ unit_of_level('region') }} as region_id,
        {{ unit_of_level('department') }} as department_id,
        {{ unit_of_level('team') }} as team_id
    from units as unit_1
    left join units as unit_2
        on unit_1.parent_id = unit_2.unit_id
        and unit_1.valid_from <= unit_2.valid_to
        and unit_1.valid_to >= unit_2.valid_from
    left join units as unit_3
        on unit_2.parent_id = unit_3.unit_id
        and unit_1.valid_from <= unit_3.valid_to
        and unit_1.valid_to >= unit_3.valid_from
        and unit_2.valid_from <= unit_3.valid_to
        and unit_2.valid_to >= unit_3.valid_from
)

select * from final
