-- One row per usable record of raw_crm.deal_stages, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'deal_stages') }}
),

records as (
    select
        {{ adapter.quote("商机编号") }} as deal_id,
        {{ adapter.quote("进入时间") }} as entered_at,
        {{ adapter.quote("阶段") }} as stage,
        {{ adapter.quote("阶段序号") }} as stage_order,
        {{ adapter.quote("离开时间") }} as left_at,
        {{ adapter.quote("去向") }} as moved,
        {{ adapter.quote("负责人编号") }} as owner_id,
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("产品编号") }} as product_id,
        {{ adapter.quote("金额") }} as amount,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'deal_stages') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        deal_id,
        {{ to_utc('entered_at', "'Asia/Shanghai'") }} as entered_at,
        case when trim(stage) = '初步接触' then 'contact' when trim(stage) = '需求确认' then 'qualified' when trim(stage) = '方案报价' then 'proposal' when trim(stage) = '商务谈判' then 'negotiation' end as stage,
        stage_order,
        {{ to_utc('left_at', "'Asia/Shanghai'") }} as left_at,
        case when trim(moved) = '推进' then 'forward' when trim(moved) = '退回' then 'back' when trim(moved) = '赢单' then 'won' when trim(moved) = '输单' then 'lost' end as moved,
        owner_id,
        customer_id,
        product_id,
        amount,
        'CNY' as currency,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
