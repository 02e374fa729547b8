-- One row per usable record of raw_crm.employees, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'employees') }}
),

records as (
    select
        {{ adapter.quote("工号") }} as employee_id,
        {{ adapter.quote("姓名") }} as name,
        {{ adapter.quote("部门编号") }} as unit_id,
        {{ adapter.quote("上级工号") }} as manager_id,
        {{ adapter.quote("岗位") }} as role,
        {{ adapter.quote("入职日期") }} as hired_date,
        {{ adapter.quote("离职日期") }} as left_date,
        {{ adapter.quote("生效日期") }} as valid_from,
        {{ adapter.quote("失效日期") }} as valid_to,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'employees') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        employee_id,
        name,
        unit_id,
        manager_id,
        role,
        hired_date,
        left_date,
        valid_from,
        valid_to,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
