-- One row per usable record of raw_crm.deals, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'deals') }}
),

records as (
    select
        {{ adapter.quote("商机编号") }} as deal_id,
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("负责人编号") }} as owner_id,
        {{ adapter.quote("产品编号") }} as product_id,
        {{ adapter.quote("线索编号") }} as lead_id,
        {{ adapter.quote("阶段") }} as column_6,
        {{ adapter.quote("金额") }} as amount,
        {{ adapter.quote("创建时间") }} as created_at,
        {{ adapter.quote("预计成交日期") }} as expected_close_date,
        {{ adapter.quote("关闭日期") }} as closed_at,
        {{ adapter.quote("输单原因") }} as loss_reason,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'deals') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        deal_id,
        customer_id,
        owner_id,
        product_id,
        lead_id,
        case when trim(column_6) = '初步接触' then 'contact' when trim(column_6) = '需求确认' then 'qualified' when trim(column_6) = '方案报价' then 'proposal' when trim(column_6) = '商务谈判' then 'negotiation' when trim(column_6) = '赢单' then 'won' when trim(column_6) = '输单' then 'lost' when trim(column_6) = '作废' then 'void' when column_6 is not null then 'unknown' end as stage,
        case when trim(column_6) = '初步接触' then 'open' when trim(column_6) = '需求确认' then 'open' when trim(column_6) = '方案报价' then 'open' when trim(column_6) = '商务谈判' then 'open' when trim(column_6) = '赢单' then 'won' when trim(column_6) = '输单' then 'lost' when trim(column_6) = '作废' then 'void' when column_6 is not null then 'open' end as status,
        amount,
        {{ to_utc('created_at', "'Asia/Shanghai'") }} as created_at,
        expected_close_date,
        {{ to_utc('cast(closed_at as timestamp)', "'Asia/Shanghai'") }} as closed_at,
        case when trim(loss_reason) = '价格' then 'price' when trim(loss_reason) = '竞争对手' then 'competitor' when trim(loss_reason) = '预算取消' then 'budget cancelled' when trim(loss_reason) = '技术不符' then 'technical misfit' when trim(loss_reason) = '无回应' then 'no response' end as loss_reason,
        'CNY' as currency,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
