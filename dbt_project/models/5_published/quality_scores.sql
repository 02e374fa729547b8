-- One row per day and scope: a table, a system, a data owner, an employee (rep) or the company.
with counts as (
    select * from {{ ref('quality_counts') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

scoped as (
    select counts.*, 'company' as scope, company.company_id as scope_id
    from counts
    cross join company
    {%- for scope, column in [('system', 'source'), ('table', 'table_name'), ('owner', 'data_owner'), ('rep', 'owner_id')] %}
    union all
    select *, '{{ scope }}' as scope, {{ column }} as scope_id from counts
    {%- endfor %}
),

summed as (
    select
        day,
        scope,
        scope_id,
        sum(rows) as rows,
        {{ divide('sum(filled)', 'sum(required)') }} as completeness,
        {{ divide('sum(valid)', 'sum(checked)') }} as validity,
        1 - {{ divide('sum(duplicate)', 'sum(rows)') }} as uniqueness,
        {{ divide('sum(entered_on_time)', 'sum(activities)') }} as timeliness
    from scoped
    group by day, scope, scope_id
),

-- What a table says nothing of does not count: the score is the mean of what is known.
final as (
    select
        day,
        scope,
        scope_id,
        cast(rows as bigint) as rows,
        {{ half_up('completeness') }} as completeness,
        {{ half_up('validity') }} as validity,
        {{ half_up('uniqueness') }} as uniqueness,
        {{ half_up('timeliness') }} as timeliness,
        {%- set parts = ['completeness', 'validity', 'uniqueness', 'timeliness'] %}
        {{ half_up(
            '(coalesce(' ~ parts | join(', 0) + coalesce(') ~ ', 0)) / nullif('
            ~ '(case when ' ~ parts | join(' is null then 0 else 1 end) + (case when ') ~ ' is null then 0 else 1 end), 0)'
        ) }} as score
    from summed
)

select * from final
