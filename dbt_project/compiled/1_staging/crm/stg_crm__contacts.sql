-- One row per usable record of raw_crm.contacts, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'contacts') }}
),

records as (
    select
        {{ adapter.quote("联系人编号") }} as contact_id,
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("姓名") }} as name,
        {{ adapter.quote("手机") }} as phone,
        {{ adapter.quote("邮箱") }} as email,
        {{ adapter.quote("创建时间") }} as created_at,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'contacts') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        contact_id,
        customer_id,
        name,
        phone,
        email,
        {{ to_utc('created_at', "'Asia/Shanghai'") }} as created_at,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
