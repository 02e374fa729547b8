-- One row per usable record of raw_crm.org_units, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'org_units') }}
),

records as (
    select
        {{ adapter.quote("部门编号") }} as unit_id,
        {{ adapter.quote("上级部门编号") }} as parent_id,
        {{ adapter.quote("层级") }} as level,
        {{ adapter.quote("中文名称") }} as name_zh,
        {{ adapter.quote("英文名称") }} as name_en,
        {{ adapter.quote("生效日期") }} as valid_from,
        {{ adapter.quote("失效日期") }} as valid_to,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'org_units') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        unit_id,
        parent_id,
        level,
        name_zh,
        name_en,
        valid_from,
        valid_to,
        'company' as calendar_id,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
