-- One row per usable record of raw_crm.customers, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'customers') }}
),

records as (
    select
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("客户名称") }} as name,
        {{ adapter.quote("行业") }} as industry,
        {{ adapter.quote("规模") }} as size,
        {{ adapter.quote("等级") }} as tier,
        {{ adapter.quote("大区") }} as region_id,
        {{ adapter.quote("来源") }} as acquisition_source,
        {{ adapter.quote("负责人编号") }} as owner_id,
        {{ adapter.quote("状态") }} as status,
        {{ adapter.quote("创建时间") }} as created_at,
        {{ adapter.quote("更新时间") }} as updated_at,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'customers') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        customer_id,
        name,
        industry,
        case when trim(size) = '小型' then 'small' when trim(size) = '中型' then 'medium' when trim(size) = '大型' then 'large' end as size,
        tier,
        case when trim(region_id) = '华东' then 'region_east' when trim(region_id) = '华南' then 'region_south' end as region_id,
        case when trim(acquisition_source) = '展会' then 'exhibition' when trim(acquisition_source) = '官网' then 'website' when trim(acquisition_source) = '转介绍' then 'referral' when trim(acquisition_source) = '电话' then 'phone' when trim(acquisition_source) = '渠道伙伴' then 'partner' end as acquisition_source,
        owner_id,
        case when trim(status) = '正常' then 'active' when trim(status) = '停用' then 'inactive' end as status,
        {{ to_utc('created_at', "'Asia/Shanghai'") }} as created_at,
        {{ to_utc('updated_at', "'Asia/Shanghai'") }} as updated_at,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
