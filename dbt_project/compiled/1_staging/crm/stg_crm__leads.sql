-- One row per usable record of raw_crm.leads, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'leads') }}
),

records as (
    select
        {{ adapter.quote("线索编号") }} as lead_id,
        {{ adapter.quote("创建时间") }} as created_at,
        {{ adapter.quote("来源") }} as source,
        {{ adapter.quote("负责人编号") }} as owner_id,
        {{ adapter.quote("状态") }} as status,
        {{ adapter.quote("转化时间") }} as converted_at,
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("商机编号") }} as deal_id,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'leads') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        lead_id,
        {{ to_utc('created_at', "'Asia/Shanghai'") }} as created_at,
        case when trim(source) = '展会' then 'exhibition' when trim(source) = '官网' then 'website' when trim(source) = '转介绍' then 'referral' when trim(source) = '电话' then 'phone' when trim(source) = '渠道伙伴' then 'partner' end as source,
        owner_id,
        case when trim(status) = '已转化' then 'converted' when trim(status) = '无效' then 'junk' when trim(status) = '跟进中' then 'open' end as status,
        case when trim(status) = '已转化' then false when trim(status) = '无效' then true when trim(status) = '跟进中' then false end as is_junk,
        {{ to_utc('converted_at', "'Asia/Shanghai'") }} as converted_at,
        customer_id,
        deal_id,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
