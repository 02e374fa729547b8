
  
  create view "warehouse"."staging"."stg_crm__contracts__dbt_tmp" as (
    -- One row per usable record of raw_crm.contracts, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_crm"."contracts"
),

records as (
    select
        "合同编号" as contract_id,
        "客户编号" as customer_id,
        "商机编号" as deal_id,
        "负责人编号" as owner_id,
        "产品编号" as product_id,
        "签订日期" as signed_date,
        "开始日期" as start_date,
        "结束日期" as end_date,
        "合同金额" as amount,
        "审批状态" as approval,
        "提交时间" as submitted_at,
        "审批时间" as decided_at,
        "续签合同编号" as renews_contract_id,
        _batch_id,
        _row_number
    from "warehouse"."raw_crm"."contracts" as delivered
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
        case when approval = '已批准' then 'approved' when approval = '审批中' then 'pending' when approval = '已驳回' then 'rejected' when approval = '已作废' then 'void' end as approval,
        timezone('UTC', timezone('Asia/Shanghai', submitted_at)) as submitted_at,
        timezone('UTC', timezone('Asia/Shanghai', decided_at)) as decided_at,
        renews_contract_id,
        'CNY' as currency,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
