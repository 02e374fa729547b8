-- One row per usable record of raw_crm.contracts, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'contracts') }}
),

records as (
    select
        {{ adapter.quote("合同编号") }} as contract_id,
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("商机编号") }} as deal_id,
        {{ adapter.quote("负责人编号") }} as owner_id,
        {{ adapter.quote("产品编号") }} as product_id,
        {{ adapter.quote("签订日期") }} as signed_date,
        {{ adapter.quote("开始日期") }} as start_date,
        {{ adapter.quote("结束日期") }} as end_date,
        {{ adapter.quote("合同金额") }} as amount,
        {{ adapter.quote("审批状态") }} as approval,
        {{ adapter.quote("提交时间") }} as submitted_at,
        {{ adapter.quote("审批时间") }} as decided_at,
        {{ adapter.quote("续签合同编号") }} as renews_contract_id,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'contracts') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        contract_id,
        customer_id,
        deal_id,
        owner_id,
        product_id,
        signed_date,
        start_date,
        end_date,
        amount,
        case when trim(approval) = '已批准' then 'approved' when trim(approval) = '审批中' then 'pending' when trim(approval) = '已驳回' then 'rejected' when trim(approval) = '已作废' then 'void' end as approval,
        {{ to_utc('submitted_at', "'Asia/Shanghai'") }} as submitted_at,
        {{ to_utc('decided_at', "'Asia/Shanghai'") }} as decided_at,
        renews_contract_id,
        'CNY' as currency,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
