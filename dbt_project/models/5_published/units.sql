-- One row per unit (company, region, department, team, rep, and `unassigned`) and day from which it holds.
with company as (
    select company_id, name_zh, name_en from {{ source('definitions', 'company') }}
),

charted as (
    select * from {{ ref('org_units') }}
),

tops as (
    select unit_id from charted where level = 'company' group by unit_id
),

org_units as (
    select
        charted.unit_id,
        charted.valid_from,
        charted.level,
        -- The top of the chart is published as the company, whatever its id there.
        case when tops.unit_id is null then charted.parent_id else company.company_id end as parent_id,
        charted.valid_to,
        charted.name_zh as label_zh,
        charted.name_en as label_en
    from charted
    cross join company
    left join tops on charted.parent_id = tops.unit_id
    where charted.level <> 'company'
),

names as (
    select employee_id, name, row_number() over (partition by employee_id order by valid_from desc) as newest
    from {{ ref('employees') }}
),

reps as (
    select
        spans.employee_id as unit_id,
        spans.valid_from,
        'rep' as level,
        spans.unit_id as parent_id,
        nullif(spans.valid_to, cast('9999-12-31' as date)) as valid_to,
        names.name as label_zh,
        names.name as label_en
    from {{ ref('employee_units') }} as spans
    left join names on spans.employee_id = names.employee_id and names.newest = 1
),

everywhere as (
    select
        company_id as unit_id,
        cast('1900-01-01' as date) as valid_from,
        'company' as level,
        cast(null as string) as parent_id,
        cast(null as date) as valid_to,
        name_zh as label_zh,
        name_en as label_en
    from company
    union all
    select
        'unassigned' as unit_id,
        cast('1900-01-01' as date) as valid_from,
        'unassigned' as level,
        company_id as parent_id,
        cast(null as date) as valid_to,
        '未分配' as label_zh,
        'Unassigned' as label_en
    from company
),

listed as (
    select * from everywhere
    union all
    select * from org_units
    union all
    select * from reps
),

-- From the company down, as it stood on the first day of the row: company / region / department / team / rep.
final as (
    select
        listed.unit_id,
        listed.valid_from,
        listed.level,
        listed.parent_id,
        concat_ws('/', above_3.parent_id, above_2.parent_id, above_1.parent_id, listed.parent_id, listed.unit_id) as path,
        listed.valid_to,
        listed.label_zh,
        listed.label_en
    from listed
    left join org_units as above_1
        on listed.parent_id = above_1.unit_id
        and listed.valid_from >= above_1.valid_from
        and (listed.valid_from <= above_1.valid_to or above_1.valid_to is null)
    left join org_units as above_2
        on above_1.parent_id = above_2.unit_id
        and listed.valid_from >= above_2.valid_from
        and (listed.valid_from <= above_2.valid_to or above_2.valid_to is null)
    left join org_units as above_3
        on above_2.parent_id = above_3.unit_id
        and listed.valid_from >= above_3.valid_from
        and (listed.valid_from <= above_3.valid_to or above_3.valid_to is null)
)

select * from final
